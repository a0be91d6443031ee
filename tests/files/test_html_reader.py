"""HTML that strangers wrote is read to its end, whatever it declares."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advocacy.files.html_reader import HtmlReader


class _Words(HtmlReader):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


@pytest.mark.parametrize("odd", ["<![endip ]>", "<![x[y]]>", "<![if !mso]>", "<!>", "<!x y>"])
def test_an_odd_declaration_is_a_comment_and_the_rest_is_read(odd: str) -> None:
    reader = _Words()
    reader.feed(f"<p>before</p>{odd}<p>after</p>")
    reader.close()
    assert reader.words == ["before", "after"]


@example("<![endip ]>")
@given(st.text(alphabet="<>![]-abi /='\"&;?", max_size=40))
def test_no_html_ends_the_reader_with_an_error(html: str) -> None:
    reader = _Words()
    reader.feed(html)
    reader.close()
