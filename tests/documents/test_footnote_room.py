"""A note goes to the next page only where there is no room for it."""

from pathlib import Path

import pypdfium2
import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.documents.pdf.render import render_pdf
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check


@pytest.mark.parametrize("top", ["1.1in", "1in", "0.93in", "0.8in", "27mm"])
@pytest.mark.parametrize("padding", ["7pt", "6.3pt", "0"])
def test_a_short_letter_stays_on_one_page_with_its_note(
    small_campaign: Path, project_root: Path, top: str, padding: str
) -> None:
    folder = small_campaign.parent / "templates" / "layouts"
    folder.mkdir()
    css = (project_root / "templates" / "layouts" / "letter.css").read_text("utf-8")
    assert "margin: 1.1in" in css
    assert "padding-top: 7pt" in css
    css = css.replace("margin: 1.1in", f"margin: {top}").replace("top: 7pt", f"top: {padding}")
    (folder / "letter.css").write_text(css, "utf-8")
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    checked, problems = check(compose_letters(campaign).letters[0], campaign)
    assert checked is not None, problems
    with pypdfium2.PdfDocument(render_pdf(checked, campaign.workspace).data) as document:
        [page] = [one.get_textpage().get_text_range() for one in document]
    assert "Springfield Parks Department, The Park in Figures (2026)" in page
