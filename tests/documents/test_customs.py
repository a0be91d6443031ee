"""Letters that hold everything, as offices write them in German, French, Spanish, and English."""

import io
import subprocess
import zipfile
from pathlib import Path

import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.pdf.render import render_pdf
from advocacy.documents.text import render_text
from advocacy.documents.word.docx import render_docx
from advocacy.errors import has_errors
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

from .test_goldens import read_aloud

DATA = Path(__file__).resolve().parent.parent / "data" / "customs"
LANGUAGES = ("de", "fr", "es", "en-GB", "en-US")


def letter_in(language: str, stage: str = "call") -> tuple[CheckedLetter, Campaign]:
    campaign, problems = load_campaign(DATA / language / "campaign.yaml")
    assert campaign is not None
    assert not has_errors(problems), problems
    day = campaign.file.stages[stage].from_
    composed = compose_letters(campaign, day=day, stage=stage)
    assert not has_errors(composed.problems), composed.problems
    checked, wrong = check(composed.letters[0], campaign)
    assert checked is not None, wrong
    return checked, campaign


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_that_holds_everything_reads_as_it_was_reviewed(
    language: str, golden, tmp_path: Path, tool
) -> None:
    tool("pdfinfo")
    checked, campaign = letter_in(language)
    golden(f"customs/{language}.txt", render_text(checked, campaign.workspace))
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_pdf(checked, campaign.workspace).data)
    tree = subprocess.run(
        ["pdfinfo", "-struct-text", str(path)], capture_output=True, text=True, check=True
    ).stdout
    golden(f"customs/{language}.tags", read_aloud(tree))


def test_american_letters_have_the_marks_of_american_english() -> None:
    checked, campaign = letter_in("en-US")
    text = " ".join(render_text(checked, campaign.workspace).split())
    for piece in (
        "Parents’ Alliance for North Park",
        "John O’Brien",
        "Re: Light in “North Park” in the evening",
        "“not one of the ‘evening’ lamps”",
        "North Park—all of them",
        "Our plan: “a ‘real’ park”.",
        "We write to North Park Stores, Inc. What we ask",
        "“Council Reads the ‘Lights in Our Parks Act,’”",
        "The City’s report",
    ):
        assert piece in text, piece
    assert "o'brien@" in str(checked.letter.recipient.email)


def test_a_window_letter_that_holds_everything_prints(tmp_path: Path, tool) -> None:
    tool("pdfinfo")
    checked, campaign = letter_in("en-US", "window")
    pdf = render_pdf(checked, campaign.workspace)
    assert pdf.pages == 3
    assert not [one for one in pdf.problems if one.code != "enclosure-without-tags"]


def test_word_has_the_same_lines_above_the_text() -> None:
    checked, campaign = letter_in("de")
    data = render_docx(checked, campaign.workspace)
    text = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    for piece in (
        "Einschreiben",
        "Beispielstadt, 1. Juni 2026",
        "Ihr Zeichen:",
        "Frau Abgeordnete",
    ):
        assert piece in text, piece
    assert "Betreff" not in text
