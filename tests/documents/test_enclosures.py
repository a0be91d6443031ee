"""Enclosed PDFs stand behind the letter, each with a bookmark, and cannot do harm."""

from email import message_from_bytes
from email.policy import SMTP
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from advocacy.batch.documents import BatchSettings, make_documents
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.pdf.render import render_pdf
from advocacy.documents.text import render_text
from advocacy.errors import Problem
from advocacy.letters.compose import compose_letters
from advocacy.letters.digests import letter_digest
from advocacy.letters.letter import CheckedLetter, check
from advocacy.letters.stage_text import digest_parts


def appendix(path: Path, pages: int = 2, **options: object) -> None:
    """A small PDF, changed or saved as the options say."""
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595, 842))
    if "script" in options:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction = script
    password = options.get("password")
    encryption = pikepdf.Encryption(owner=password, user=password) if password else False
    pdf.save(path, encryption=encryption, static_id=not password)


@pytest.fixture
def enclosing(small_campaign: Path, edit) -> Path:
    """The small campaign with an enclosed file of two pages."""
    appendix(small_campaign.parent / "appendix.pdf")
    edit(
        small_campaign,
        "stages:\n",
        "enclosures:\n  - A map\n  - {file: appendix.pdf, title: The City's report}\nstages:\n",
    )
    return small_campaign


def letter_of(path: Path) -> tuple[CheckedLetter, Campaign]:
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    composed = compose_letters(campaign)
    assert composed.letters, composed.problems
    checked, wrong = check(composed.letters[0], campaign)
    assert checked is not None, wrong
    return checked, campaign


def problems_of(path: Path) -> list[Problem]:
    campaign, problems = load_campaign(path)
    return problems if campaign is None else compose_letters(campaign).problems


def test_the_pages_stand_behind_the_letter_with_a_bookmark(enclosing: Path) -> None:
    checked, campaign = letter_of(enclosing)
    result = render_pdf(checked, campaign.workspace)
    assert result.data == render_pdf(checked, campaign.workspace).data
    with pikepdf.open(BytesIO(result.data)) as pdf:
        assert len(pdf.pages) == result.pages == 3
        with pdf.open_outline() as outline:
            assert outline.root[-1].title == "The City’s report"
        # What has no tags does not claim to have them, and the note says so.
        assert b"pdfuaid:part" not in pdf.Root.Metadata.read_bytes()
        assert "/StructTreeRoot" in pdf.Root
    assert [one.code for one in result.problems] == ["enclosure-without-tags"]
    assert "A map; The City’s report" in render_text(checked, campaign.workspace)


def test_an_email_without_the_pdf_has_the_files_themselves(enclosing: Path) -> None:
    checked, campaign = letter_of(enclosing)
    settings = BatchSettings(campaign, checked.letter.date)
    made = make_documents(checked, settings, ("eml",))
    (data,) = made.documents.values()
    message = message_from_bytes(data, policy=SMTP)
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "The City’s report.pdf"
    content = attached.get_content()
    assert content == (enclosing.parent / "appendix.pdf").read_bytes()


def test_a_changed_file_changes_the_letters_digest_and_what_is_approved(enclosing: Path) -> None:
    checked, campaign = letter_of(enclosing)
    before = letter_digest(checked.letter), digest_parts(campaign, "call")
    appendix(enclosing.parent / "appendix.pdf", pages=1)
    checked, campaign = letter_of(enclosing)
    assert letter_digest(checked.letter) != before[0]
    after = digest_parts(campaign, "call")
    assert [name for name in after if after[name] != before[1][name]] == ["images/appendix.pdf"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"password": "secret"}, "is encrypted"),
        ({"script": True}, "contains a program"),
        ({"pages": 101}, "has 101 pages"),
    ],
)
def test_a_file_that_could_do_harm_is_refused(
    enclosing: Path, options: dict[str, object], told: str
) -> None:
    appendix(enclosing.parent / "appendix.pdf", **options)  # type: ignore[arg-type]
    (problem,) = problems_of(enclosing)
    assert problem.code == "bad-enclosure"
    assert told in problem.message
    assert problem.place is not None
    assert problem.place.line is not None


def test_what_is_no_pdf_or_is_missing_is_told_at_its_line(enclosing: Path) -> None:
    (enclosing.parent / "appendix.pdf").write_bytes(b"%PDF-1.7 and no more")
    (problem,) = problems_of(enclosing)
    assert "is not a PDF, or is broken" in problem.message
    (enclosing.parent / "appendix.pdf").unlink()
    (problem,) = problems_of(enclosing)
    assert problem.code == "missing-file"


def test_a_file_needs_a_title(enclosing: Path, edit) -> None:
    edit(enclosing, ", title: The City's report", "")
    (problem,) = problems_of(enclosing)
    assert problem.code == "missing-key"
    assert "title" in problem.message
