"""`templates/README.md`, followed to the letter in a browser by somebody who knows nothing else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Page, Running

pytestmark = pytest.mark.slow
BLOCK = re.compile(r"<!-- browser: (\w+) -->\n\n```\n(.*?)\n```", re.DOTALL)


@pytest.fixture(scope="module")
def manual(project_root: Path) -> str:
    page = (project_root / "templates" / "README.md").read_text("utf-8")
    return page.partition("## Ten minutes in the browser")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def blocks(manual: str) -> dict[str, str]:
    found = dict(BLOCK.findall(manual))
    assert list(found) == ["old", "new", "behind", "type", "find", "mistake", "told"]
    return found


def test_the_ten_minutes_in_the_browser_go_as_the_page_for_volunteers_says(
    start: Callable[..., Running],
    visit: Callable[..., Page],
    campaigns: Path,
    manual: str,
    blocks: dict[str, str],
    run_cli: Any,
) -> None:
    assert "    advocacy preview campaigns/microsoft.yaml\n" in manual
    page = visit(start(campaigns / "microsoft.yaml").address).ready()
    tab, keys = page.tab, page.tab.keyboard
    copy = campaigns / "templates" / "letters" / "call-to-follow.md"

    # Take a copy.
    tab.get_by_role("button", name="Make my own copy").click()
    tab.wait_for_selector(".editor:not([hidden]) .cm-content[contenteditable=true]")
    page.until("document.getElementById('notice').hidden")
    assert copy.is_file()

    # Change the opening.
    old, new = blocks["old"], blocks["new"]
    tab.click(f"#pages .words >> text={old.split(chr(10))[0][:50]}")
    page.until("document.activeElement.classList.contains('cm-content')")
    assert tab.eval_on_selector(".cm-activeLine", "line => line.textContent") == old.split("\n")[0]
    keys.press("Home")
    keys.press("Control+Home")
    for _ in range(old.count("\n")):
        keys.press("Shift+Control+ArrowDown")
        keys.press("Shift+ArrowDown")
    keys.press("Shift+End")
    keys.press("Shift+End")
    keys.insert_text(new)
    page.see("We ask Microsoft for one sentence", "#pages")
    page.good()
    tab.get_by_role("button", name="Save").first.click()
    page.saved()
    assert copy.read_text("utf-8").startswith(new)

    # Add a fact.
    page.to(blocks["behind"])
    keys.type(f" {blocks['type']}")
    tab.get_by_role("tab", name="Facts").click()
    tab.get_by_label("Find", exact=True).fill(blocks["find"])
    assert tab.locator("#facts li").count() == 1
    tab.get_by_role("button", name="Quote study-up-to-100-times").click()
    page.see("The Washington Post put it in one sentence: “Asian", "#pages")
    page.see("and type of search.”")
    page.good()

    # Make a mistake, and put it right.
    tab.get_by_role("tab", name="Text", exact=True).click()
    wrong = blocks["mistake"]
    tab.locator(".cm-chip", has_text="quotation: “Asian").click()
    tab.get_by_role("button", name="Edit as text").click()
    page.replace(wrong.replace('"', 's"'), wrong)
    page.good(False)
    for words in blocks["told"].splitlines():
        page.see(words, "#stop-box")
    page.replace(wrong, wrong.replace('"', 's"'))
    page.good()
    tab.get_by_role("button", name="Save").first.click()
    page.saved()

    # Try another day.
    slider = tab.get_by_role("slider", name="Key dates")
    slider.focus()
    keys.press("ArrowRight")
    page.good(False)
    page.until("CSS.highlights.get('dead')?.size > 0")
    keys.press("ArrowLeft")
    page.good()

    # What was done in the browser is a letter as any other.
    result = run_cli("check", campaigns / "microsoft.yaml", "--stage", "call")
    assert result.returncode == 0, result.stderr
    text = copy.read_text("utf-8")
    assert text.startswith(new)
    quoted = '{{ quote("study-up-to-100-times") }}'
    assert f"{blocks['behind']} {blocks['type']} {quoted}" in text.replace("\n", " ")


def test_every_word_in_bold_is_the_name_of_something_on_the_page(
    start: Callable[..., Running], visit: Callable[..., Page], campaigns: Path, manual: str
) -> None:
    page = visit(start(campaigns / "microsoft.yaml").address).ready()
    there = page.tab.evaluate(
        "[...document.querySelectorAll('button, label, [role=tab]')].map(e => e.textContent.trim())"
    )
    steps = re.findall(r"(?m)^\*\*([^*]+\.)\*\*", manual)
    assert len(steps) >= 7
    named = set(re.findall(r"\*\*([^*]+)\*\*", manual)) - set(steps)
    assert len(named) >= 12
    assert named <= set(there), "the page calls these otherwise"
