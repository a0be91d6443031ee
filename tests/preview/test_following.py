"""Letter and text follow each other: the cursor, the keyboard, and the cures of warnings."""

from pathlib import Path

import pytest

from .conftest import SMALL_LETTER, Page

pytestmark = pytest.mark.slow
HERE = "CSS.highlights.get('here') ? [...CSS.highlights.get('here')].join('') : ''"


def letter_of(campaign: Path) -> Path:
    return campaign.parent / "templates/letters/open.md"


def test_the_letter_follows_the_cursor(page: Page, shared_campaign: Path) -> None:
    long = SMALL_LETTER + "\nIt is quiet there. " * 120 + "\n\nThis is the very end.\n"
    letter_of(shared_campaign).write_text(long, "utf-8")
    page.see("This is the very end.", "#pages")
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+End")
    page.tab.keyboard.press("ArrowUp")
    page.until(f"{HERE}.includes('This is the very end')")
    page.until("document.getElementById('shown').scrollTop > 200")
    page.tab.keyboard.press("Control+Home")
    page.until(f"{HERE}.includes('We ask you to keep')")
    page.until("document.getElementById('shown').scrollTop < 200")


def test_what_is_cited_is_told_and_shown(page: Page) -> None:
    page.to("Many came after work.")
    page.tab.click("#tab-facts")
    page.tab.click("[aria-label='Cite visits']")
    page.see("Inserted after “…Many came after work.”.", "#fact-told")
    page.until(f"{HERE}.includes('Many came after work')")


def test_sentences_of_the_letter_are_reached_by_keyboard(page: Page) -> None:
    page.tab.focus("#sentence-list")
    page.see("1 of", "#sentence-list [aria-selected=true]")
    for _ in range(2):
        page.tab.keyboard.press("ArrowDown")
    page.see("Many came after work.", "#sentence-list [aria-selected=true]")
    page.until(f"{HERE}.includes('Many came after work')")
    page.tab.keyboard.press("Enter")
    page.until("document.activeElement.classList.contains('cm-content')")
    page.see("Many came after work.", ".cm-activeLine")


def test_a_warning_folds_and_carries_its_cure(page: Page, shared_campaign: Path) -> None:
    page.replace("Many came after work.", "In 2019 it had\n900 trees. Many came.")
    page.see("1 warning", "#look-title")
    page.see("cites no source", "#look-list")
    page.tab.click("#look summary")
    assert page.tab.is_hidden("#look-list")
    page.tab.click("#look summary")
    page.tab.get_by_label("Why it needs no source").fill("we counted them")
    page.tab.click("text=Mark as needing no source")
    page.see_not("cites no source", "#look-list")
    page.save()
    text = letter_of(shared_campaign).read_text("utf-8")
    assert "In 2019 it had\n900 trees. {# uncited: we counted them #} Many came." in text
    page.replace("Many came.", "In 2020 it had 950 trees.")
    page.tab.click("text=Choose a fact")
    page.until("document.activeElement.id === 'fact-words'")
    page.tab.click("[aria-label='Cite visits']")
    page.save()
    text = letter_of(shared_campaign).read_text("utf-8")
    assert 'In 2020 it had 950 trees.{{ cite("visits") }}' in text


def test_the_preview_text_of_the_inbox_can_be_written(page: Page, shared_campaign: Path) -> None:
    page.tab.click("#tab-inbox")
    page.tab.click("text=Write the preview text")
    page.until("document.activeElement.getAttribute('aria-label') === 'Preview text'")
    page.tab.keyboard.insert_text("The park belongs to all of us.")
    page.see("The park belongs to all of us.", "#inbox")
    page.tab.keyboard.press("Control+s")
    page.see("Saved", "#fields-saved")
    assert "    preview: The park belongs to all of us.\n" in shared_campaign.read_text("utf-8")
    page.tab.click("#tab-paper")


def test_on_a_phone_errors_are_beside_the_text_and_the_choosers_fold(page: Page) -> None:
    page.tab.set_viewport_size({"width": 390, "height": 844})
    assert page.tab.is_hidden("#stage")
    page.tab.click("#choosing")
    assert page.tab.is_visible("#stage")
    page.tab.click("#choosing")
    page.tab.click(".panes [data-pane=write]")
    page.replace("demand.reply_by", "demand.replyby")
    page.see("demand has no replyby", "#stop-box")
    page.tab.wait_for_selector("#write #stop-box")
    wide = page.tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wide, "nothing has to be scrolled sideways"
    page.tab.click(".panes [data-pane=letter]")
    page.tab.wait_for_selector("#letter #stop-box")
    page.tab.set_viewport_size({"width": 1440, "height": 900})


def test_an_automatic_check_finds_nothing_that_shuts_people_out(
    page: Page, project_root: Path
) -> None:
    axe = project_root / "tests/tools/node_modules/axe-core/axe.min.js"
    if not axe.is_file():
        pytest.skip("needs axe-core (npm ci --prefix tests/tools)")
    page.tab.evaluate("source => void (0, eval)(source)", axe.read_text("utf-8"))

    def check(where: str) -> None:
        found = page.tab.evaluate("axe.run(document, {iframes: false}).then(r => r.violations)")
        assert [(where, one["id"]) for one in found] == []

    check("at first")
    page.tab.click(".cm-chip >> nth=0")
    page.tab.wait_for_selector(".cm-changer")
    check("a command that is open")
    page.tab.keyboard.press("Escape")
    page.tab.click("#tab-versions")
    page.tab.wait_for_selector("#versions[data-ready]")
    check("all versions")
    page.tab.click("#history-open")
    page.tab.wait_for_selector("#history[open]")
    check("earlier texts")
    page.tab.click("#history-close")
    page.tab.click("#tab-paper")


BEHIND_CURSOR = """() => {
  const { focusNode, focusOffset } = getSelection();
  const line = (focusNode.nodeType === 1 ? focusNode : focusNode.parentElement).closest('.cm-line');
  const range = document.createRange();
  range.setStart(focusNode, focusOffset);
  range.setEndAfter(line.lastChild);
  return range.toString();
}"""


def test_a_sentence_is_opened_where_it_stands_behind_emoji_and_others_like_it(
    page: Page, shared_campaign: Path
) -> None:
    text = (
        "Please 😀😀😀 help us. Thank you. Please help us. So **we** write. So we write.\n\n"
        "Please help us. Then `code` is here. Then act.\n"
    )
    letter_of(shared_campaign).write_text(text, "utf-8")
    page.see("Then act.", "#pages")
    page.see("Please help us.", "#editors")
    begins = [
        "Please 😀", "Thank you. Please", "Please help us. So", "So **we**", "So we write",
        "Please help us. Then", "Then `code`", "Then act.",
    ]  # fmt: skip
    page.tab.focus("#sentence-list")
    page.tab.keyboard.press("Home")
    for number, words in enumerate(begins):
        page.tab.focus("#sentence-list")
        if number:
            page.tab.keyboard.press("ArrowDown")
        page.tab.keyboard.press("Enter")
        page.until("document.activeElement.classList.contains('cm-content')")
        assert page.tab.evaluate(BEHIND_CURSOR).startswith(words)


def test_a_place_moves_along_with_what_is_typed_before_it(
    page: Page, shared_campaign: Path
) -> None:
    letter_of(shared_campaign).write_text("We write. In 2019 it had 900 trees.\n", "utf-8")
    page.see("In 2019 it had 900 trees.", "#editors")
    page.tab.wait_for_selector(".cm-lintRange-warning")
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+Home")
    shared = page.tab.evaluate(
        """async () => {
          const { columnOf, follow } = await import('./static/places.js');
          const then = 'We write. In 2019 it had 900 trees.', now = `Dear all, ${then}`;
          return [follow({ line: 1, column: 11 }, then, now), columnOf('😀 a b', 1, 5)];
        }"""
    )
    assert shared == [{"line": 1, "column": 21}, 6]
    page.tab.keyboard.insert_text("Dear all, ")
    page.see("Dear all, We write.", "#pages")
    page.until("document.querySelector('.cm-lintRange-warning')?.textContent.startsWith('In 2019')")
