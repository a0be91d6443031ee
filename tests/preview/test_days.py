"""A letter dated on a day that its stage does not cover, on the page."""

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Page, Running

pytestmark = pytest.mark.slow


def test_one_button_changes_a_date_that_no_letter_covers(
    small_campaign: Path, start: Callable[..., Running], visit: Callable[..., Page]
) -> None:
    page = visit(start(small_campaign).address).ready()
    page.tab.fill("#day", "2031-09-09")
    page.see("September 9, 2031 is outside the days of the letter", "#stop-box")
    assert "2031-" not in page.tab.inner_text("#stop-box")
    page.tab.click("#stop-box >> text=Change the letter date to")
    page.tab.wait_for_selector("#stop-box", state="hidden")
    page.good()


def test_the_timeline_shows_the_day_without_scrolling(
    small_campaign: Path, start: Callable[..., Running], visit: Callable[..., Page]
) -> None:
    page = visit(start(small_campaign).address).ready()
    page.tab.click("text=Timeline")
    day = page.tab.frame_locator("#timeline").locator(".day-flag").bounding_box()
    pane = page.tab.locator("#timeline").bounding_box()
    assert day is not None
    assert pane is not None
    assert day["x"] + day["width"] <= pane["x"] + pane["width"]
