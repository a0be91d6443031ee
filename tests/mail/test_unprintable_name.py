"""Somebody whose name no font can print gets the email as the campaign says."""

import re
from pathlib import Path

import pypdfium2
import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.letters.approvals import record_approval

from .sink import Sink
from .test_send import DAY, TODAY, Run, advocacy, person, sink, write_list

__all__ = ["advocacy", "sink"]
NAME = "𒀀𒁀 𒂀"


@pytest.fixture
def mailed(small_campaign: Path, tmp_path: Path, advocacy: Run, sink: Sink):
    """Mail a person of that name, as the stage's `unprintable_name` says, with more options."""

    def send(says: str, *options: str) -> int:
        text = small_campaign.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^    (attach|unprintable_name): .*\n", "", text)
        text += f"    attach: [pdf]\n{says}"
        small_campaign.write_text(text, encoding="utf-8")
        campaign, _ = load_campaign(small_campaign)
        assert campaign is not None
        record_approval(campaign, "call", "Jane Doe", DAY)
        people = write_list(tmp_path / "people.csv", [person(1), person(2, name=NAME)])
        for file in small_campaign.parent.glob("*.ledger.sqlite*"):
            file.unlink()
        sink.taken.clear()
        command = ("send", small_campaign, "--recipients", people, *TODAY, "--send", "--yes", 2)
        return advocacy(*command, "--new-mailing", *options)

    return send


def attached(sink: Sink, to: str) -> list[bytes]:
    """The contents of the files attached to the message to somebody."""
    return [part.get_content() for part in sink.message(to).iter_attachments()]


def test_the_email_goes_without_the_pdf_or_with_one_without_the_name_or_not_at_all(
    mailed, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mailed("") == 3, "without a word of the campaign the letter is refused"
    assert set(sink.to) == {"p1@d1.example"}
    assert mailed("    unprintable_name: no-pdf\n") == 0
    assert attached(sink, "p2@d2.example") == []
    assert len(attached(sink, "p1@d1.example")) == 1
    assert NAME in sink.message("p2@d2.example").get_body(("plain",)).get_content()
    assert mailed("    unprintable_name: no-name\n") == 0
    (data,) = attached(sink, "p2@d2.example")
    document = pypdfium2.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    assert "Springfield Parks Department" in text
    assert "Person" not in text
    assert "warning unprintable-character" in capsys.readouterr().err


def test_emails_go_without_the_pdf_where_that_is_asked_for(
    mailed, small_campaign: Path, advocacy: Run, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mailed("", "--format", "eml") == 0
    assert [attached(sink, to) for to in sink.to] == [[], []]
    text = small_campaign.read_text(encoding="utf-8")
    small_campaign.write_text(text.replace("    attach: [pdf]\n", ""), encoding="utf-8")
    assert advocacy("send", small_campaign, *TODAY, "--format", "pdf,eml") == 1
    assert "have no PDF attached" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("says", "told", "cure"),
    [
        ("", "This person gets no email.", "write in the stage `unprintable_name: no-pdf`"),
        ("    unprintable_name: no-pdf\n", "gets the email without the PDF.", "`--format eml`"),
        ("    unprintable_name: no-name\n", "with a PDF that greets the organization", "--format"),
    ],
)
def test_it_is_said_what_somebody_whose_name_cannot_be_printed_gets(
    mailed, capsys: pytest.CaptureFixture[str], says: str, told: str, cure: str
) -> None:
    mailed(says)
    out, err = (re.sub(r"\s+", " ", text) for text in capsys.readouterr())
    assert told in err
    assert cure in err
    assert "leave `pdf` out" not in err
    assert ("Rows without a letter" in out) == (not says), "who gets it is in no list to correct"


def test_status_knows_whose_letter_could_not_be_composed_and_why(
    mailed, small_campaign: Path, advocacy: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    mailed("")
    told = capsys.readouterr().out
    assert "1 left (1 could not be composed)" in told
    assert "1 letter could not be composed. Correct the problems above" in told
    assert "To continue, run the command again" not in told, "that alone would not help"
    people = Path("people.csv")
    status = ("status", small_campaign, "--recipients", people)
    assert advocacy(*status) == 0
    assert "1 left (1 could not be composed)" in capsys.readouterr().out
    assert advocacy(*status, "--report", "csv") == 0
    assert "left,not composed: unprintable-character," in capsys.readouterr().out
    command = ("send", small_campaign, "--recipients", people, *TODAY, "--format", "eml")
    assert advocacy(*command, "--send", "--yes", 1) == 0, "those are tried again"
    assert advocacy(*status) == 0
    assert " 0 left\n" in capsys.readouterr().out
