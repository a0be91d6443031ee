"""Tables on paper: short words stay on one line, long rows are divided, short ones are not."""

from pathlib import Path
from typing import Any

import pytest

from advocacy.documents.pdf.page_filling import half_empty_pages
from advocacy.documents.pdf.tables import widen_short

from .test_page_filling import laid_out

REMARK = "The lamps were out on each of the evenings on which we counted them, all year long. "


def cells(document: Any) -> list[tuple[int, str, int]]:
    """Each cell of the text's tables: its page, its words, and how many lines it has there."""
    return [
        (
            number,
            " ".join(_words(box)),
            sum(type(b).__name__ == "LineBox" for b in box.descendants()),
        )
        for number, page in enumerate(document.pages)
        for box in page._page_box.descendants()
        if type(box).__name__ == "TableCellBox"
    ]


def _words(box: Any) -> list[str]:
    return " ".join(b.text for b in box.descendants() if type(b).__name__ == "TextBox").split()


def test_a_column_of_short_words_beside_sentences_has_one_line_each(small_campaign: Path) -> None:
    rows = "\n".join(f"| row {n} | {REMARK * 3} | {n} km |" for n in range(10, 14))
    (document,), _ = laid_out(small_campaign, f"| Row | Remark | Way |\n|--|--|--:|\n{rows}\n")
    lines = {words: count for _, words, count in cells(document)}
    assert {lines[f"row {n}"] for n in range(10, 14)} == {1}
    assert lines[" ".join((REMARK * 3).split())] > 2


def test_a_row_that_is_long_is_divided_and_the_first_page_is_filled(small_campaign: Path) -> None:
    text = f"Here it is.\n\n| Row | Remark |\n|--|--|\n| row 1 | {REMARK * 40} |\n"
    (document,), _ = laid_out(small_campaign, text)
    assert half_empty_pages(document) == ()
    parts = [(page, count) for page, words, count in cells(document) if words.count("lamps") > 1]
    assert [page for page, _ in parts] == [0, 1]
    assert all(count >= 3 for _, count in parts)


@pytest.mark.parametrize("before", range(20, 26))
def test_no_cell_is_empty_because_its_words_are_on_the_next_page(
    small_campaign: Path, before: int
) -> None:
    lines = "\n\n".join(f"Line {n}." for n in range(before))
    row = f"| row 1 | {REMARK * 8} |"
    (document,), _ = laid_out(
        small_campaign, f"{lines}\n\n| Row | Remark |\n|--|--|\n{row}\n\nWe thank you.\n"
    )
    pages = {page for page, words, _ in cells(document) if words == "row 1"}
    (page,) = pages
    assert any(at == page and "lamps" in words for at, words, _ in cells(document))


def test_the_sum_of_widths_stays_and_no_column_gives_more_than_it_can_spare() -> None:
    widths = widen_short([20, 40, 340], [15, 20, 60], [60, 50, 4000])
    assert sum(widths) == pytest.approx(400)
    assert widths[:2] == [60, 50]
    assert widen_short([100, 300], [90, 290], [110, 900]) == pytest.approx([110, 290])
    assert widen_short([100, 300], [90, 295], [110, 900]) == [100, 300]
    assert widen_short([], [], []) == []
