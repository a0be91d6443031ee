"""Back to any text that was saved, and what of a letter is approved."""

from datetime import date
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.letters.approvals import record_approval

from .conftest import SMALL_LETTER, Page

pytestmark = pytest.mark.slow


def test_each_save_can_be_seen_and_brought_back(
    page: Page, shared_campaign: Path, tmp_path: Path
) -> None:
    letter = shared_campaign.parent / "templates/letters/open.md"
    page.replace("Many came", "Families came")
    page.save()
    page.replace("Families came", "Everyone came")
    page.until("document.getElementById('saved').textContent === 'Unsaved changes'")
    page.tab.wait_for_timeout(1000)  # saves are told apart by their second
    page.save()
    page.tab.click("#history-open")
    page.tab.wait_for_selector("#history-list li")
    assert page.tab.locator("#history-list li").count() == 3
    assert page.tab.locator("#history-list li >> nth=0").inner_text().count(",") == 2
    page.see("Everyone came", "#history-text mark")
    page.see("Families came", "#history-text del")
    rows = page.tab.locator("#history-list li").all_inner_texts()
    assert len(set(rows)) == 3, "saves of one minute are told apart"
    page.tab.screenshot(path=tmp_path / "history.png")
    page.tab.click("#history-list button >> nth=2")
    page.see("Many came", "#history-text")
    page.tab.click("#history-use")
    page.see("Many came", "#plain")
    page.tab.click("#undo")
    page.see("Everyone came", "#plain")
    page.tab.click("#redo")
    page.tab.click("#save")
    page.saved()
    assert letter.read_text("utf-8") == SMALL_LETTER


def test_a_save_that_only_removes_a_line_shows_it(page: Page) -> None:
    page.replace("Please answer by", "Answer by")
    page.save()
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+Home")
    page.tab.keyboard.press("Shift+End")
    page.tab.keyboard.press("Delete")
    page.save()
    page.tab.click("#history-open")
    page.see("We ask you to keep the park open", "#history-text del")
    page.tab.click("#history-close")


def test_the_page_says_who_approved_and_that_a_change_would_undo_it(
    page: Page, shared_campaign: Path
) -> None:
    assert page.tab.is_hidden("#approval")
    campaign, _ = load_campaign(shared_campaign)
    assert campaign is not None
    path = record_approval(campaign, "call", "Jo Li", date(2026, 3, 1))
    page.see("Approved by Jo Li on March 1, 2026.", "#approval")
    page.replace("Many came", "Families came")
    page.see("If you save this change, it must be approved again.", "#approval")
    page.save()
    page.see(
        "Approved by Jo Li on March 1, 2026, but changed since: the template letters/open.md",
        "#approval",
    )
    path.unlink()
