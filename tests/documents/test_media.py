"""One text, every medium: the same words in the same order, and the same references."""

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pikepdf
import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.email.html import render_html
from advocacy.documents.pdf.render import render_pdf
from advocacy.documents.text import render_text
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

ROOT = Path(__file__).resolve().parent.parent.parent
URL = re.compile(r"https?://[^\s<>]+")


def shipped() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "campaigns").glob("*.yaml")):
        campaign, _ = load_campaign(path)
        if campaign is not None:
            for name, stage in campaign.file.stages.items():
                if stage.signed_by != "supporters":  # those need a list of people
                    yield path.name, name


@dataclass(frozen=True)
class Media:
    """The body's words and the addresses referred to."""

    words: list[str]
    addresses: set[str]


def letter_of(name: str, stage: str) -> tuple[CheckedLetter, Campaign]:
    campaign, _ = load_campaign(ROOT / "campaigns" / name)
    assert campaign is not None
    day = campaign.file.stages[stage].from_
    letter = compose_letters(campaign, day=day, stage=stage).letters[0]
    checked, problems = check(letter, campaign)
    assert checked is not None, problems
    return checked, campaign


def body(text: str, checked: CheckedLetter) -> list[str]:
    """The words between salutation and close."""
    letter = checked.letter
    flat = " ".join(text.split())
    start = flat.index(letter.salutation) + len(letter.salutation)
    return flat[start : flat.index(letter.close, start)].split()


def in_text(checked: CheckedLetter, campaign: Campaign) -> Media:
    text = render_text(checked, campaign.workspace)
    addresses = {url.rstrip(".,;") for url in URL.findall(text)}
    plain = re.sub(r"\[\d+(?:,\d+)*\]", "", text)
    plain = re.sub(r"(?m)^ *(?:[1-9]\.|[-*•]) ", "", plain)
    return Media(body(plain, checked), addresses)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text, self.addresses, self.skipping = "", set[str](), 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if href.startswith("http"):
            self.addresses.add(href)
        if tag in ("sup", "style", "title") or self.skipping:
            self.skipping += 1
        self.text += " " if tag in ("p", "li", "br", "td", "div", "h1", "h2") else ""

    def handle_endtag(self, tag: str) -> None:
        self.skipping -= bool(self.skipping)
        self.text += " " if tag in ("p", "li", "td", "div", "h1", "h2") else ""

    def handle_data(self, data: str) -> None:
        self.text += "" if self.skipping else data


def in_html(checked: CheckedLetter, campaign: Campaign) -> Media:
    page = _Page()
    page.feed(render_html(checked, campaign.workspace))
    return Media(body(page.text, checked), page.addresses)


def in_pdf(checked: CheckedLetter, campaign: Campaign, path: Path) -> Media:
    data = render_pdf(checked, campaign.workspace).data
    path.write_bytes(data)
    tree = subprocess.run(
        ["pdfinfo", "-struct-text", str(path)], capture_output=True, text=True, check=True
    ).stdout
    with pikepdf.open(io.BytesIO(data)) as pdf:
        addresses = {
            str(annotation.A.URI)
            for page in pdf.pages
            for annotation in page.get("/Annots", [])
            if "/A" in annotation and str(annotation.A.get("/URI", "")).startswith("http")
        }
    return Media(body(_read_tree(tree), checked), addresses)


def _read_tree(tree: str) -> str:
    """The text of the structure tree without notes, references and labels of lists."""
    text, skip_below = "", None
    for line in tree.splitlines():
        depth = len(line) - len(line.lstrip())
        if skip_below is not None and depth > skip_below:
            continue
        skip_below = None
        content = line.strip()
        if content.startswith('"'):
            words = content[1:-1]
            # A hyphen that only the line's end asked for is U+2010 here.
            text += (
                words[:-1] if words.endswith("‐") else words + ("" if words[-1:] == "/" else " ")
            )
        elif re.match(r"(Note|Reference|Lbl)\b", content):
            skip_below = depth
            text = text.rstrip(" ") if content.startswith("Reference") else text
        elif "(block)" in content:
            text += " "
    return text


def close_up(words: list[str]) -> str:
    """The words without the spaces, which a mark that was taken out may have left or taken."""
    return "".join(words)


@pytest.mark.parametrize(("name", "stage"), list(shipped()))
def test_the_body_and_the_references_are_the_same_in_every_medium(
    name: str, stage: str, tmp_path: Path, tool
) -> None:
    tool("pdfinfo")
    checked, campaign = letter_of(name, stage)
    text, html = in_text(checked, campaign), in_html(checked, campaign)
    pdf = in_pdf(checked, campaign, tmp_path / "letter.pdf")
    assert len(text.words) > 80
    assert html.words == text.words
    assert close_up(pdf.words) == close_up(text.words)
    assert len(text.addresses) >= 2
    assert html.addresses == text.addresses
    assert pdf.addresses == text.addresses


def test_every_shipped_stage_was_compared() -> None:
    assert len(list(shipped())) >= 8
