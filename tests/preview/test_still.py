"""Nothing moves while somebody types: what the page has to say stands under the text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Page, Running

pytestmark = pytest.mark.slow

LINE = """() => document.querySelector('.editor:not([hidden]) .cm-activeLine')
    .getBoundingClientRect().top"""
CURSOR_IS_SEEN = """() => {
  const line = document.querySelector('.editor:not([hidden]) .cm-activeLine');
  const box = line.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + 30, box.bottom - 4);
  return box.bottom <= innerHeight && line.contains(at);
}"""
SIZES = {"desktop": (1440, 900), "zoomed": (720, 450), "phone": (390, 844)}


@pytest.mark.parametrize("size", SIZES)
def test_errors_warnings_and_notices_leave_the_line_where_it_is(
    start: Callable[..., Running],
    visit: Callable[..., Page],
    small_campaign: Path,
    size: str,
    tmp_path: Path,
) -> None:
    width, height = SIZES[size]
    page = visit(start(small_campaign).address, viewport={"width": width, "height": height})
    page.tab.wait_for_selector("#pages img", state="attached")
    if size != "desktop":
        page.tab.click(".panes [data-pane=write]")
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+End")
    page.tab.keyboard.type("We ask")
    page.tab.wait_for_timeout(300)
    before: Any = page.tab.evaluate(LINE)
    page.tab.keyboard.type(" {x}")
    page.tab.wait_for_selector("#stop-box:not([hidden])")
    page.tab.wait_for_timeout(300)
    page.tab.screenshot(path=tmp_path / "error.png")
    assert page.tab.evaluate(LINE) == pytest.approx(before, abs=1) or size == "zoomed"
    assert page.tab.evaluate(CURSOR_IS_SEEN)
    letter = small_campaign.parent / "templates/letters/open.md"
    letter.write_text(letter.read_text("utf-8").replace("We ask", "They ask"), "utf-8")
    page.see("Someone else has changed this file", "#notice")
    page.tab.wait_for_timeout(300)
    page.tab.screenshot(path=tmp_path / "notice.png")
    if size == "desktop":  # the line moves only as far as it would be covered
        assert page.tab.evaluate(LINE) == pytest.approx(before, abs=30)
    assert page.tab.evaluate(CURSOR_IS_SEEN)


def test_the_box_of_errors_folds_and_covers_nothing_of_the_letter(
    start: Callable[..., Running], visit: Callable[..., Page], small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    page.replace("We ask you", "{{ nobody }} asks you")
    page.tab.wait_for_selector("#stop-box:not([hidden])")
    ends = "document.getElementById('shown').getBoundingClientRect().bottom"
    begins = "document.getElementById('stop-box').getBoundingClientRect().top"
    assert page.tab.evaluate(f"{ends} <= {begins}")
    page.tab.click("#stop-box summary")
    assert page.tab.is_hidden("#stop-list")
    page.see("nobody", "#stop-first")
    assert page.tab.is_visible("#stop-first")
