"""Drafts: letters for colleagues, which say what they are in every medium and are never sent."""

import email
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from email import policy
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from advocacy.batch.campaigns import RenderRequest, render_campaign
from advocacy.batch.recorder import RenderSummary
from advocacy.batch.verify import verify_campaign
from advocacy.campaign.loading import load_campaign
from advocacy.documents.frame import draft_html
from advocacy.documents.pdf.render import render_pdf
from advocacy.errors import Level
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check, make_draft

FORMATS = ("pdf", "eml", "html", "txt", "docx")
FOLDER = "out/parks/call"


@pytest.fixture
def render(small_campaign: Path, tmp_path: Path) -> Callable[..., RenderSummary]:
    def rendered(**options: Any) -> RenderSummary:
        return render_campaign(RenderRequest(small_campaign, output=tmp_path / "out", **options))

    return rendered


@pytest.fixture
def refused(small_campaign: Path, edit: Any) -> None:
    """A letter with an invented quotation."""
    template = small_campaign.parent / "templates/letters/open.md"
    edit(template, "Many came after work.", "They said: “We will close every park in town.”")


@pytest.mark.usefixtures("refused")
def test_a_refused_letter_is_made_as_a_draft_that_says_so_in_every_medium(
    render: Any, tmp_path: Path
) -> None:
    result = render(draft=True, formats=FORMATS)
    assert (result.made, result.refused) == (1, 0)
    told = {(one.code, one.level) for one in result.problems}
    assert ("quotation-not-verbatim", Level.WARNING) in told
    folder = tmp_path / FOLDER
    message = email.message_from_bytes((folder / "doe.eml").read_bytes(), policy=policy.SMTP)
    assert message["Subject"].startswith("DRAFT: ")
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        assert part.get_content().count("DRAFT: not for sending.") == 2
    for name in ("doe.txt", "doe.html"):
        assert (folder / name).read_text("utf-8").count("DRAFT: not for sending.") == 2
    with zipfile.ZipFile(folder / "doe.docx") as word:
        assert "DRAFT: not for sending." in word.read("word/document.xml").decode()
        headers = [word.read(n).decode() for n in word.namelist() if "header" in n]
        assert any("DRAFT" in header for header in headers)
    assert json.loads((folder / "manifest.jsonl").read_text("utf-8"))["draft"] is True


def test_the_word_lies_across_every_page_as_an_artifact_and_leaves_the_text_to_read(
    small_campaign: Path,
) -> None:
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    letter = compose_letters(campaign).letters[0]
    long = letter.body.markdown + "\n\nWe walk there every evening." * 80
    letter = replace(letter, body=replace(letter.body, markdown=long))
    checked, _ = check(letter, campaign)
    assert checked is not None
    plain = render_pdf(checked, campaign.workspace, typeset="full")
    draft = render_pdf(make_draft(letter), campaign.workspace)
    assert draft.pages == plain.pages > 1
    with pypdfium2.PdfDocument(plain.data) as one, pypdfium2.PdfDocument(draft.data) as two:
        for before, after in zip(one, two, strict=True):
            assert before.get_textpage().get_text_range() == after.get_textpage().get_text_range()
            assert red(after) > 0.05 > red(before)


def red(page: Any) -> float:
    """The share of a page's dots that are reddish."""
    picture = page.render(scale=0.5).to_pil().convert("RGB")
    dots = list(picture.get_flattened_data() if hasattr(picture, "get_flattened_data")
                else picture.getdata())  # fmt: skip
    return sum(r - g > 20 for r, g, _ in dots) / len(dots)


def test_a_draft_counts_as_made_for_no_later_run(render: Any, tmp_path: Path) -> None:
    assert render(draft=True, formats=("eml", "txt")).made == 1
    assert render(draft=True, formats=("eml", "txt")).made == 1
    assert render(formats=("txt",)).made == 1
    folder = tmp_path / FOLDER
    assert "DRAFT" not in (folder / "doe.txt").read_text("utf-8")
    assert not (folder / "doe.eml").exists()  # the draft's own; it may not pass for the letter's
    entry = json.loads((folder / "manifest.jsonl").read_text("utf-8"))
    assert "draft" not in entry
    assert list(entry["files"]) == ["doe.txt"]
    assert render(formats=("txt",)).unchanged == 1


@pytest.mark.usefixtures("refused")
def test_a_draft_is_verified_as_one(render: Any, small_campaign: Path, tmp_path: Path) -> None:
    render(draft=True, formats=("eml", "txt"))
    result = verify_campaign(RenderRequest(small_campaign, output=tmp_path / "out"))
    assert (result.same, [p for p in result.problems if p.level is Level.ERROR]) == (2, [])


def test_a_letter_with_an_ended_fact_can_be_a_draft(render: Any, edit: Any, tmp_path: Path) -> None:
    edit(tmp_path / "small/facts.yaml", "checked: 2026-03-01", "until: 2026-02-01")
    assert render(formats=("txt",)).refused == 1
    assert render(formats=("txt",), draft=True).made == 1


def test_no_layout_hides_the_banner() -> None:
    page = "<html><body class='x'><p>Text</p></body></html>"
    assert draft_html(page).index("DRAFT") > page.index("<body")
    assert draft_html("<p>no body</p>").startswith("<p lang")
