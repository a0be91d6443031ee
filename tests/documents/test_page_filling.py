"""Pages are filled: none stays half empty for notes, and the last has more than a signature."""

from pathlib import Path
from typing import Any

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.documents.pdf.guarded import pdf_from_html
from advocacy.documents.pdf.page_filling import _empty_part, half_empty_pages, lines_on_last_page
from advocacy.documents.pdf.paper import layout_css, paper_html
from advocacy.documents.pdf.render import render_pdf
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check

pytestmark = pytest.mark.slow

NOTE = " with a note that is long, for it says where each of the things is that it speaks of" * 6


def pages_with_space(document: Any, part: float) -> list[int]:
    """The pages, but the last, whose text leaves more than a part of them empty."""
    pages = [page._page_box for page in document.pages[:-1]]
    return [number for number, page in enumerate(pages, 1) if _empty_part(page) > part]


SENTENCE = "The park is open, and we have counted who comes. "


def laid_out(campaign_path: Path, text: str) -> tuple[list[Any], Any]:
    """The documents that a letter of this text is laid out to, and the letter's campaign."""
    (campaign_path.parent / "templates" / "letters" / "open.md").write_text(text, "utf-8")
    campaign, problems = load_campaign(campaign_path)
    assert campaign is not None, problems
    (letter,) = compose_letters(campaign).letters
    checked, wrong = check(letter, campaign)
    assert checked is not None, wrong
    seen: list[Any] = []
    css = layout_css(letter.layout, campaign.workspace)
    html = paper_html(checked, campaign.workspace)
    pdf_from_html(html, campaign.workspace, css, inspect=seen.append)
    assert render_pdf(checked, campaign.workspace).pages == len(seen[0].pages)
    return seen, campaign


def test_a_paragraph_with_many_long_notes_is_divided(small_campaign: Path) -> None:
    marks = "".join(f"The lamp of path {i} is out.[^{i}] " for i in range(7))
    notes = "\n\n".join(f"[^{i}]: Note {i}{NOTE}." for i in range(7))
    text = f"We write.\n\n{marks}{SENTENCE * 4}\n\nWe thank you.\n\n{notes}\n"
    (document,), _ = laid_out(small_campaign, text)
    assert half_empty_pages(document) == ()


@pytest.mark.parametrize("lines", [33, 34, 35, 36, 37, 38])
def test_the_last_page_has_three_lines_of_the_text(small_campaign: Path, lines: int) -> None:
    body = "\n\n".join(f"Line {i} of the letter." for i in range(lines - 10))
    (document,), _ = laid_out(small_campaign, f"{body}\n\nWe thank you.\n")
    assert lines_on_last_page(document) is None


ENDS = {
    "two short paragraphs": "We thank you.\n\nGoodbye.",
    "a list": f"- {SENTENCE * 2}\n- {SENTENCE * 2}\n- {SENTENCE * 2}",
    "a list and a line": "We ask:\n\n- for light\n- for air\n- for time\n\nGoodbye.",
    "a quotation": f"> {SENTENCE}\n>\n> {SENTENCE}\n>\n> {SENTENCE}",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_the_last_page_has_three_lines_whatever_the_text_ends_with(
    small_campaign: Path, end: str
) -> None:
    for lines in (16, 17, 18):
        body = "\n\n".join(f"Line {i} of the letter." for i in range(lines))
        (document,), _ = laid_out(small_campaign, f"{body}\n\n{end}\n")
        assert lines_on_last_page(document) is None
        assert half_empty_pages(document) == ()


@pytest.mark.parametrize("end", ["- for light", "Goodbye.", f"{SENTENCE * 6}"])
def test_long_paragraphs_at_the_end_do_not_leave_a_page_half_empty(
    small_campaign: Path, end: str
) -> None:
    for lines in range(13, 19):
        body = "\n\n".join(f"Line {i} of the letter." for i in range(lines))
        (document,), _ = laid_out(
            small_campaign, f"{body}\n\n{SENTENCE * 8}\n\n{SENTENCE * 8}\n\n{end}\n"
        )
        if len(document.pages) > 1:
            assert lines_on_last_page(document) is None
            assert 1 not in pages_with_space(document, 0.22)


def test_a_page_that_its_writer_ends_is_not_half_empty(small_campaign: Path) -> None:
    (document,), _ = laid_out(small_campaign, f"{SENTENCE}\n\n+++\n\n{SENTENCE * 20}\n")
    assert len(document.pages) == 2
    assert half_empty_pages(document) == ()


def test_a_page_that_cannot_be_filled_and_a_short_last_one_are_found(small_campaign: Path) -> None:
    whole = "\\\n".join(f"Line {i} of the paragraph" for i in range(3))
    (document,), _ = laid_out(small_campaign, f"{SENTENCE}\n\n+++\n\n{whole}\n\n+++\n\nBye.\n")
    assert lines_on_last_page(document) == 1
