"""How quickly one letter becomes a document."""

import time
from pathlib import Path

import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.email import message as email
from advocacy.documents.pdf import paper
from advocacy.documents.pdf import render as pdf
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

MICROSOFT = Path(__file__).resolve().parents[2] / "campaigns" / "microsoft.yaml"


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    found, problems = load_campaign(MICROSOFT)
    assert found is not None
    assert problems == []
    return found


@pytest.fixture(scope="module")
def letter(campaign: Campaign) -> CheckedLetter:
    checked, problems = check(compose_letters(campaign).letters[0], campaign)
    assert checked is not None, problems
    return checked


def test_a_pdf_costs_little_more_than_weasyprint_itself(campaign, letter, side_by_side) -> None:
    from advocacy.documents.typesetter import weasyprint

    html = paper.paper_html(letter, campaign.workspace)
    result = side_by_side(
        "pdf_from_html",
        "weasyprint",
        lambda: pdf.pdf_from_html(html, campaign.workspace),
        lambda: weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1"),
    )
    assert result.ratio <= 1.1


def test_an_email_without_attachment(campaign, letter, capsys) -> None:
    email.render_email(letter, campaign.workspace)
    count = 500
    start = time.perf_counter()
    for _ in range(count):
        email.render_email(letter, campaign.workspace)
    each = (time.perf_counter() - start) / count * 1000
    with capsys.disabled():
        print(f"\nemail with HTML and text: {each:.2f} ms a letter (goal: 1 ms)")
