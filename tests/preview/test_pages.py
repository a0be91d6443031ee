"""Pages for the screen: their pictures, and where their words stand."""

import io
from itertools import pairwise

import pypdfium2
import pytest
from PIL import Image

from advocacy.documents.pdf.weasyprint_patches import weasyprint
from advocacy.documents.typesetter import font_configuration
from advocacy.preview.pages import render_pages


def pdf_of(html: str) -> bytes:
    page: bytes = weasyprint.HTML(string=html).write_pdf(font_config=font_configuration())
    return page


@pytest.mark.parametrize("color", ["black", "#7a1f3d"])
def test_pictures_of_pages_are_those_that_the_pdf_has(color: str) -> None:
    html = f"<p style='color: {color}'>The park is open until nine.</p><hr>"
    pdf = pdf_of(html)
    (page,) = render_pages(pdf, 500, frozenset())
    document = pypdfium2.PdfDocument(pdf)
    wanted = document[0].render(scale=500 / page.width).to_pil().convert("RGB")
    document.close()
    assert page.png is not None
    picture = Image.open(io.BytesIO(page.png))
    assert picture.convert("RGB").tobytes() == wanted.tobytes()
    assert picture.size == wanted.size
    assert picture.mode == ("L" if color == "black" else "RGB")
    (again,) = render_pages(pdf, 500, frozenset({page.digest}))
    assert again.png is None
    assert [run.text for run in again.runs] == ["The park is open until nine."]


@pytest.mark.parametrize(
    ("direction", "line"),
    [
        ("ltr", "The office of the chief staff is difficult, offers effort."),
        ("rtl", "نطلب منكم أن تبقوا الحديقة مفتوحة حتى الساعة 2025 مساء."),
        ("rtl", "אנו מבקשים ABC לפתוח את הפארק."),
    ],
)
def test_the_words_of_a_line_are_one_run_with_ligatures_and_from_right_to_left(
    direction: str, line: str
) -> None:
    style = "font-family: 'EB Garamond'; font-size: 12pt"
    pdf = pdf_of(f'<meta charset=utf-8><p dir={direction} style="{style}">{line}</p>')
    (page,) = render_pages(pdf, 500, frozenset())
    assert [run.text for run in page.runs] == [line]


def test_words_of_two_directions_are_runs_of_their_own_each_where_it_stands() -> None:
    line = "We write שלום רב to you."
    pdf = pdf_of(f"<meta charset=utf-8><p style='font-family: \"EB Garamond\"'>{line}</p>")
    (page,) = render_pages(pdf, 500, frozenset())
    runs = sorted(page.runs, key=lambda run: run.left)
    assert [run.text for run in runs] == ["We write", "רב", "שלום", "to you."]
    for one, after in pairwise(runs):
        assert one.left + one.width <= after.left
