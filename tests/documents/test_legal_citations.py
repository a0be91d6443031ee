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
    "rule": {
        "type": "regulation",
        "title": "Access to Parks",
        "volume": "28",
        "container-title": "C.F.R.",
        "section": "36.302",
        "issued": "2024",
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


@pytest.fixture(scope="module")
def by_the_bluebook() -> list[str]:
    """The notes of one letter in the Bluebook's own style."""
    notes = [
        (Citation("parks", (("page", "905"),)),),
        (Citation("code"),),
        (Citation("act"),),
        (Citation("bill", (("section", "2"),)),),
        (Citation("bill", (("section", "3"),)),),
        (Citation("parks", (("page", "906"),)),),
        (Citation("code"),),
        (Citation("act", (("page", "328"),)),),
        (Citation("bill", (("section", "4"),)),),
        (Citation("rule"),),
    ]
    found = format_citations(notes, ITEMS, style="bluebook-law-review", language="en-US")
    return [note.text for note in found.notes]


def test_the_bluebooks_own_style_cites_a_case(by_the_bluebook: list[str]) -> None:
    first = "Example v. Springfield Parks, LLC, 913 F.3d 898, 905 (9th Cir. 2019)."
    assert by_the_bluebook[0] == first
    assert by_the_bluebook[5] == "Example v. Springfield Parks, LLC, 913 F.3d at 906."


def test_the_bluebooks_own_style_cites_a_statute(by_the_bluebook: list[str]) -> None:
    law = "Example Parks Act of 1990, Pub. L. No. 101-336, 104 Stat. 327 (1990)."
    assert by_the_bluebook[1] == "Example Parks Act, 42 U.S.C. § 12182 (1990)."
    assert by_the_bluebook[2] == law
    assert by_the_bluebook[6] == "42 U.S.C. § 12182."
    assert by_the_bluebook[7] == "104 Stat. at 328."
    assert by_the_bluebook[9] == "Access to Parks, 28 C.F.R. § 36.302 (2024)."


def test_the_bluebooks_own_style_cites_a_bill(by_the_bluebook: list[str]) -> None:
    assert by_the_bluebook[3] == "Cameras in Parks Act, S. 3779, 119th Cong. § 2 (2026)."
    assert by_the_bluebook[4] == "Id. § 3."
    assert by_the_bluebook[8] == "S. 3779, 119th Cong. § 4."


CHICAGO = "http://slidegur.com/doc/148608/us-supreme-court---the-university-of-chicago-library"
"""“Bluebook Tips” of the D'Angelo Law Library."""
UIC = "https://libraryguides.law.uic.edu/c.php?g=1386543&p=10278844"
"""“Bluebook Guide: Legislative Materials” of the library of the University of Illinois Chicago."""
PUBLISHED: dict[str, tuple[str, dict[str, Any], tuple[tuple[str, str], ...], str]] = {
    "case": (
        CHICAGO,
        {
            "type": "legal_case",
            "title": "Doe v. Renfrow",
            "volume": "631",
            "container-title": "F.2d",
            "page": "91",
            "authority": "7th Cir.",
            "issued": "1980",
        },
        (),
        "Doe v. Renfrow, 631 F.2d 91 (7th Cir. 1980)",
    ),
    "statute": (
        CHICAGO,
        {
            "type": "legislation",
            "volume": "2",
            "container-title": "U.S.C.",
            "section": "150",
            "issued": "2006",
        },
        (),
        "2 U.S.C. § 150 (2006)",
    ),
    "bill": (
        UIC,
        {
            "type": "bill",
            "number": "S. 516",
            "chapter-number": "105th Cong.",
            "issued": "1997",
        },
        (("section", "2"),),
        "S. 516, 105th Cong. § 2 (1997)",
    ),
}
BLUEBOOK = ("bluebook-law-review", "bluebook-law-review-with-abstract", "bluebook-inline")


@pytest.mark.parametrize("style", [STYLE, *BLUEBOOK])
@pytest.mark.parametrize("kind", PUBLISHED)
def test_it_reads_as_a_law_librarys_guide_has_it(kind: str, style: str) -> None:
    page, item, place, expected = PUBLISHED[kind]
    assert page.startswith("http")
    found = format_citations(
        [(Citation(kind, place),)], {kind: item}, style=style, language="en-US"
    )
    assert found.notes[0].text.removesuffix(".") == expected


def test_in_the_bluebooks_inline_style_no_citation_points_to_a_note() -> None:
    notes = [(Citation(one),) for one in ("report", "parks", "report")]
    notes += [(Citation("parks"),), (Citation("report", (("page", "3"),)),)]
    found = format_citations(notes, ITEMS, style="bluebook-inline", language="en-US")
    assert found.in_text
    assert found.notes[2].text == "Yearly Figures, supra"
    assert found.notes[4].text == "Yearly Figures, supra, at 3"


def test_a_style_without_these_passages_is_left_as_it_is() -> None:
    # If the styles change, the passages are no longer found, and this says so first.
    assert '<text term="at"/><text variable="locator"/>' in read_style(STYLE).xml
    assert 'value="Pub. L. No."' in read_style("bluebook-law-review").xml
    xml = read_style("apa").xml
    assert with_legal_forms(xml) == xml
