"""US legal sources print as lawyers cite them: a case, a statute, a bill."""

from typing import Any

import pytest

from advocacy.campaign.citation_styles import read_style
from advocacy.campaign.legal_citations import with_legal_forms
from advocacy.documents.citations.formatting import Citation, format_citations

STYLE = "chicago-notes-bibliography"
ITEMS: dict[str, dict[str, Any]] = {
    "parks": {
        "type": "legal_case",
        "title": "Example v. Springfield Parks, LLC",
        "volume": "913",
        "container-title": "F.3d",
        "page": "898",
        "authority": "9th Cir.",
        "issued": "2019-01-15",
    },
    "code": {
        "type": "legislation",
        "title": "Example Parks Act",
        "volume": "42",
        "container-title": "U.S.C.",
        "section": "12182",
        "issued": "1990",
    },
    "act": {
        "type": "legislation",
        "title": "Example Parks Act of 1990",
        "number": "101-336",
        "volume": "104",
        "container-title": "Stat.",
        "page": "327",
        "issued": "1990-07-26",
    },
    "bill": {
        "type": "bill",
        "title": "Cameras in Parks Act",
        "number": "S. 3779",
        "chapter-number": "119th Cong.",
        "issued": "2026-02-04",
    },
    "report": {
        "type": "report",
        "title": "Yearly Figures",
        "publisher": "Example",
        "issued": "2020",
    },
}


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """The notes of one letter, in their order."""
    notes = [
        (Citation("parks", (("page", "905"),)),),
        (Citation("code"),),
        (Citation("act"),),
        (Citation("bill", (("section", "2"),)),),
        (Citation("parks", (("page", "906"),)),),
        (Citation("report", (("page", "3"),)),),
    ]
    found = format_citations(notes, ITEMS, style=STYLE, language="en-US")
    return [note.text for note in found.notes]


def test_the_page_of_a_case_stands_before_its_court_and_year(printed: list[str]) -> None:
    assert printed[0] == "Example v. Springfield Parks, LLC, 913 F.3d 898, 905 (9th Cir. 2019)."


def test_a_case_that_was_cited_before_keeps_its_reporter(printed: list[str]) -> None:
    assert printed[4] == "Example v. Springfield Parks, LLC, 913 F.3d at 906."


def test_a_statute_is_cited_by_its_code_or_its_public_law(printed: list[str]) -> None:
    assert printed[1] == "Example Parks Act, 42 U.S.C. § 12182 (1990)."
    assert printed[2] == "Example Parks Act of 1990, Pub. L. No. 101-336, 104 Stat. 327 (1990)."


def test_the_section_of_a_bill_stands_before_its_year(printed: list[str]) -> None:
    assert printed[3] == "Cameras in Parks Act, S. 3779, 119th Cong. § 2 (2026)."


def test_other_sources_print_as_the_style_has_them(printed: list[str]) -> None:
    assert printed[5] == "Yearly Figures (Example, 2020), 3."


def test_a_style_without_these_passages_is_left_as_it_is() -> None:
    # If the styles change, the passages are no longer found, and this says so first.
    assert '<text term="at"/><text variable="locator"/>' in read_style(STYLE).xml
    for other in ("apa", "bluebook-law-review"):
        xml = read_style(other).xml
        assert with_legal_forms(xml) == xml
