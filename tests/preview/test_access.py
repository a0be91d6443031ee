"""The page for everybody: keyboard alone, screen readers, small screens, long lists."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Page, Running

pytestmark = pytest.mark.slow
Start = Callable[..., Running]
Visit = Callable[..., Page]

AXE = """() => axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa",
    "best-practice"], iframes: false}).then(result => result.violations.map(
    fault => fault.id + ": " + fault.nodes.map(node => node.html.slice(0, 120)).join(" | ")))"""
WIDE = """() => [...document.querySelectorAll("body *")].filter(
    element => element.getClientRects().length && !element.closest(".cm-editor, iframe, .words")
    && element.getBoundingClientRect().right > innerWidth + 1
    && !element.closest("[role=tablist], .sides, pre"))
    .map(element => element.outerHTML.slice(0, 80))"""


def faults(page: Page, axe: Path, where: str) -> list[str]:
    page.tab.evaluate(axe.read_text("utf-8"))
    found = page.tab.evaluate(AXE) + page.tab.evaluate(WIDE)
    return [f"{where}: {fault}" for fault in found]


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (800, "light"), (1440, "light")])
def test_axe_finds_nothing_wrong_in_any_state_of_the_page(
    start: Start, visit: Visit, campaigns: Path, node_tool: Any, width: int, scheme: str
) -> None:
    axe = node_tool("axe-core/axe.min.js")
    running = start(campaigns / "microsoft.yaml")
    page = visit(
        running.address, viewport={"width": width, "height": 900}, color_scheme=scheme
    ).ready()
    narrow = width < 960
    found = faults(page, axe, "at first")
    for name in ("email", "plain", "inbox", "paper"):
        page.tab.click(f"#tab-{name}")
        found += faults(page, axe, name)
    if narrow:
        page.tab.click(".panes [data-pane=write]")
    page.own_copy()
    for name in ("fields", "facts", "timeline", "comments", "text"):
        page.tab.click(f"#tab-{name}")
        found += faults(page, axe, name)
    page.replace("demand.reply_by", "demand.replyby")
    page.good(False) if not narrow else page.see("Wrong: 1 error.", "#state")
    found += faults(page, axe, "with a mistake")
    if narrow:
        page.tab.click("#choosing")
    page.tab.click("#person")
    page.tab.wait_for_selector("#found li")
    # The open list covers the edge of a button below it, which has its size back when it closes.
    found += [
        fault for fault in faults(page, axe, "choosing a person") if "target-size" not in fault
    ]
    page.tab.keyboard.press("Escape")
    other = campaigns / "templates/letters/call-to-follow.md"
    other.write_text("Other words.\n", encoding="utf-8")
    page.tab.click("text=Compare versions")
    found += faults(page, axe, "two texts")
    page.tab.click("#go-back")
    assert found == []


def test_everything_has_a_role_and_a_name(start: Start, visit: Visit, small_campaign: Path) -> None:
    page = visit(start(small_campaign).address).ready()
    tab = page.tab
    for role, name in (
        ("heading", "Keep the park open"),
        ("combobox", "Letter"),
        ("combobox", "To"),
        ("slider", "Key dates"),
        ("tab", "Plain text"),
        ("tabpanel", "Paper"),
        ("textbox", "Text of letters/open.md"),
        ("button", "Save"),
        ("group", "Page 1 of 1"),
    ):
        assert tab.get_by_role(role, name=name, exact=True).count() == 1, (role, name)
    assert (
        tab.get_attribute("#slider", "aria-valuetext") == "March 2, 2026: every cited fact is true"
    )
    words = tab.get_by_role("group", name="Page 1 of 1").inner_text()
    assert "Please answer by March 16, 2026." in words, "a screen reader reads the page on paper"
    assert tab.get_attribute("#state", "role") == "status"


def test_with_the_keyboard_alone_one_chooses_writes_saves_and_reads(
    start: Start, visit: Visit, small_campaign: Path, edit: Any
) -> None:
    edit(
        small_campaign,
        "email: jane@parks.example}",
        "email: jane@parks.example}\n    - {id: roe, name: Richard Roe, title: Deputy}",
    )
    page = visit(start(small_campaign).address).ready()
    keys = page.tab.keyboard

    def to(selector: str) -> None:
        for _ in range(60):
            if page.tab.evaluate("s => document.activeElement.matches(s)", selector):
                return
            keys.press("Tab")
        raise AssertionError(f"{selector} was not reached")

    keys.press("Tab")
    assert page.tab.evaluate("document.activeElement.className") == "skip"
    to("#person")
    keys.type("roe")
    page.tab.wait_for_selector("#found li >> text=Richard Roe")
    keys.press("ArrowDown")
    page.until(
        "document.getElementById('person').getAttribute('aria-activedescendant') === 'found-0'"
    )
    keys.press("Enter")
    page.see("Dear Richard Roe")
    to(".cm-content")
    keys.press("Control+Home")
    keys.type("Good day! ")
    page.see("Good day! We ask you")
    keys.press("Control+s")
    page.saved()
    assert (
        (small_campaign.parent / "templates/letters/open.md")
        .read_text("utf-8")
        .startswith("Good day! ")
    )
    to("#tab-paper")
    keys.press("ArrowRight")
    assert page.tab.locator("#panel-email").is_visible()
    keys.press("End")
    assert page.tab.locator("#panel-versions").is_visible()
    keys.press("ArrowLeft")
    assert page.tab.locator("#panel-inbox").is_visible()
    page.see("This person has no email address.", "#inbox")


def test_the_page_works_with_fifty_thousand_people(
    start: Start, visit: Visit, small_campaign: Path, edit: Any
) -> None:
    rows = ["id,name,title,salutation,email,address,city,region,postal_code,country"]
    for number in range(50_000):
        name = {49_000: "Ольга Иванова", 31_000: "Maximiliana " * 5}.get(number, f"Person {number}")
        rows.append(
            f"p{number},{name},Clerk,{name},p{number}@list.example,{number} Main Street,"
            "Springfield,IL,62701,US"
        )
    (small_campaign.parent / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    edit(small_campaign, "facts: [facts.yaml]", "recipients: list.csv\nfacts: [facts.yaml]")
    page = visit(start(small_campaign).address).ready()
    page.see("Dear Person 0")
    page.see("of 50,000", "#people")
    page.until("!document.getElementById('people').textContent.includes('being read')")
    page.tab.click("#person")
    page.tab.keyboard.type("person 49999")
    page.see("1 found", "#people")
    page.tab.keyboard.press("Enter")
    page.see("Dear Person 49999")
    for what, name in (
        ("the longest name", "Maximiliana"),
        ("another script", "Ольга Иванова"),
    ):
        page.tab.click("#person")
        page.tab.click(f"#found-box >> text={what}")
        page.see(f"Dear {name}")
    page.replace("Many came", "Families came")
    page.see("Families came", "#pages")
