"""What constituents may rely on: their own address stands above their letter, on plain paper."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.pdf.paper import paper_html
from advocacy.documents.pdf.render import render_pdf
from advocacy.documents.text import render_text
from advocacy.documents.word.docx import render_docx
from advocacy.letters.compose import compose_letters
from advocacy.letters.digests import letter_digest
from advocacy.letters.letter import CheckedLetter, check

HEAD = "id,name,address,city,region,postal_code,country,state,consent\n"


@pytest.fixture(scope="module")
def campaign(project_root: Path) -> Campaign:
    found, problems = load_campaign(project_root / "campaigns" / "congress.yaml")
    assert found is not None, problems
    return found


def letter(campaign: Campaign, folder: Path, row: str) -> CheckedLetter:
    """The letter of a supporter to Senator Moreno."""
    path = folder / "people.csv"
    path.write_text(HEAD + row + "\n", "utf-8")
    people = People(supporters=path)
    letters = compose_letters(campaign, people=people, day=date(2026, 6, 22)).letters
    (mine,) = [one for one in letters if one.recipient.id == "m001242"]
    checked, problems = check(mine, campaign)
    assert checked is not None, problems
    return checked


def test_the_writers_address_is_above_and_the_organization_nowhere_on_paper(
    campaign: Campaign, tmp_path: Path
) -> None:
    row = "anna,Anna Lee,12 High Street,Columbus,OH,43215,,OH,yes"
    one = letter(campaign, tmp_path, row)
    html = paper_html(one, campaign.workspace).partition("<body")[2]
    assert '<p class="writer" data-fit="letterhead">Anna Lee<br>12 High Street<br>' in html
    assert "Columbus, OH 43215" in html
    assert "Example Civil Liberties Coalition" not in html
    signed = html.partition('class="signatories')[2]
    assert "Anna Lee" in signed
    assert "High Street" not in signed
    text = render_text(one, campaign.workspace)
    assert "Anna Lee\n12 High Street, Columbus, OH 43215" in text
    with zipfile.ZipFile(io.BytesIO(render_docx(one, campaign.workspace))) as word:
        found = re.sub(r"<[^>]*>", " ", word.read("word/document.xml").decode())
    assert found.split()[:5] == ["Anna", "Lee", "12", "High", "Street"]
    assert "Example Civil Liberties Coalition" not in found
    assert found.count("High Street") == 1


def test_without_a_street_it_is_the_organizations_paper(campaign: Campaign, tmp_path: Path) -> None:
    one = letter(campaign, tmp_path, "bo,Bo Diaz,,Columbus,OH,43215,,OH,yes")
    html = paper_html(one, campaign.workspace).partition("<body")[2]
    assert 'class="writer"' not in html
    assert "Example Civil Liberties Coalition" in html


def test_fast_and_full_layouts_are_the_same(campaign: Campaign, tmp_path: Path, differ) -> None:
    row = "jo,José Müller,3 rue de l’Église,Columbus,OH,43215,,OH,yes"
    one = letter(campaign, tmp_path, row)
    fast = render_pdf(one, campaign.workspace)
    assert fast.typeset == "fast"
    assert differ(fast.data, render_pdf(one, campaign.workspace, typeset="full").data) == []


def test_another_address_is_another_letter(campaign: Campaign, tmp_path: Path) -> None:
    rows = ("12 High Street", "14 High Street")
    digests = {
        letter_digest(
            letter(campaign, tmp_path, f"anna,Anna Lee,{row},Columbus,OH,43215,,OH,yes").letter
        )
        for row in rows
    }
    assert len(digests) == 2
