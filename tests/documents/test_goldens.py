"""The shipped letters, kept whole: any change of a word, a tag or a style shows in a diff."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.email.html import render_html
from advocacy.documents.email.message import render_email
from advocacy.documents.pdf.render import render_pdf
from advocacy.documents.text import render_text
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = ("microsoft", "amazon", "ibm")


def shipped() -> Iterator[tuple[str, str]]:
    for name in NAMES:
        campaign, _ = load_campaign(ROOT / "campaigns" / f"{name}.yaml")
        assert campaign is not None
        yield from ((name, stage) for stage in campaign.file.stages)


def letter_of(name: str, stage: str) -> tuple[CheckedLetter, Campaign]:
    campaign, _ = load_campaign(ROOT / "campaigns" / f"{name}.yaml")
    assert campaign is not None
    day = campaign.file.stages[stage].from_
    checked, problems = check(compose_letters(campaign, day=day, stage=stage).letters[0], campaign)
    assert checked is not None, problems
    return checked, campaign


@pytest.mark.parametrize(("name", "stage"), list(shipped()))
def test_the_text_and_the_page_of_an_email_are_the_ones_that_were_reviewed(
    name: str, stage: str, golden
) -> None:
    checked, campaign = letter_of(name, stage)
    golden(f"{name}/{stage}.txt", render_text(checked, campaign.workspace))
    golden(f"{name}/{stage}.html", render_html(checked, campaign.workspace))


def test_the_headers_of_an_email_are_the_ones_that_were_reviewed(golden) -> None:
    checked, campaign = letter_of("microsoft", "call")
    head, _, _ = render_email(checked, campaign.workspace).partition(b"\r\n\r\n")
    golden("microsoft/call.headers", head.replace(b"\r\n", b"\n") + b"\n")


@pytest.mark.parametrize(("name", "stage"), list(shipped()))
def test_the_printed_letter_is_read_aloud_as_it_was_reviewed(
    name: str, stage: str, golden, tmp_path: Path, tool
) -> None:
    tool("pdfinfo")
    checked, campaign = letter_of(name, stage)
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_pdf(checked, campaign.workspace).data)
    tree = subprocess.run(
        ["pdfinfo", "-struct-text", str(path)], capture_output=True, text=True, check=True
    ).stdout
    golden(f"{name}/{stage}.tags", read_aloud(tree))


def read_aloud(tree: str) -> str:
    """The structure tree with the text of each block on one line, wherever lines break."""
    lines: list[str] = []
    for line in tree.splitlines():
        content = line.strip()
        if content.startswith('"'):
            words = content[1:-1]
            broken = words.endswith("‐")  # a hyphen that only the line's end asked for
            lines[-1] += words[:-1] if broken else words + " "
        elif content.startswith("Reference"):
            lines[-1] = lines[-1].rstrip(" ") + "^"
        elif not re.match(r"(Span|NonStruct|Link|Object)\b", content):
            lines.append(content + ": ")
    # A smaller apostrophe among small capitals is a run of its own.
    lines = [line.replace(" ’ ", "’") for line in lines]
    return "\n".join(re.sub(r" +(?=[/,. ])", "", line).strip() for line in lines) + "\n"
