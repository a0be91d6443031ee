"""What somebody can rely on while writing: the verdict, the line to the program, and Undo."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advocacy.preview.server import _write_redirect

from .conftest import Page, Running

pytestmark = pytest.mark.slow
Start = Callable[..., Running]
Visit = Callable[..., Page]


def letter_of(campaign: Path) -> Path:
    return campaign.parent / "templates/letters/open.md"


def test_the_verdict_says_the_same_at_the_top_and_beside_the_text(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    page.replace("Many came after work.", "They said: “We will close every park in town.”")
    page.see("Wrong: 1 error", "#state")
    page.see("Wrong: 1 error", "#verdict")
    assert page.tab.inner_text("#state") == page.tab.inner_text("#verdict")
    page.see("This letter would be refused", "#stop-title")
    for where in ("#state", "#verdict"):
        assert page.tab.get_attribute(where, "data-verdict") == "wrong"
    page.replace("They said: “We will close every park in town.”", "In 2019 it had 900 trees.")
    page.see("Worth a look: 2 warnings.", "#state")
    page.see("Worth a look: 2 warnings.", "#verdict")
    page.replace("In 2019 it had 900 trees.", "Hello \U0001fadd to you.")  # no font has it
    page.see("Paper: wrong: 1 error", "#verdict")
    page.see("Email: worth a look", "#verdict")
    page.tab.click("#tab-email")
    page.see("The email is good. The letter on paper would be refused.", "#stop-title")


def test_places_are_those_of_the_text_while_one_types(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    letter = letter_of(small_campaign)
    letter.write_text(letter.read_text("utf-8") + "\nIn 2019 it had 900 trees.\n", "utf-8")
    running = start(small_campaign)
    page = visit(running.address).ready()
    page.tab.wait_for_selector(".cm-lintRange-warning")
    page.see("Worth a look", "#state")  # nothing is under way any more
    os.kill(running.process.pid, signal.SIGSTOP)  # the answer is that of an older text
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+Home")
    page.tab.keyboard.insert_text("New words.\n\nAnd more.\n\n")
    page.see("Updating the letter", "#state")
    page.tab.click("#pages .words >> text=In 2019 it had")
    active = "document.querySelector('.cm-activeLine').textContent"
    page.until(f"{active} === 'In 2019 it had 900 trees.'")
    os.kill(running.process.pid, signal.SIGCONT)
    page.see("And more.", "#pages")
    page.see("Worth a look", "#state")
    underlined = page.tab.inner_text(".cm-lintRange-warning")
    assert underlined == "In 2019 it had 900 trees."


def test_a_program_that_has_ended_is_told_at_once_and_the_text_can_be_copied(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    running = start(small_campaign)
    page = visit(running.address).ready()
    page.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.replace("We ask you", "We kindly ask you")
    page.see("We kindly ask")
    running.process.kill()
    page.see("Not connected", "#state")
    page.see("Not connected", "#verdict")
    assert page.tab.is_visible("#gone")
    page.good(False)
    page.tab.keyboard.press("Control+s")
    page.see("Not saved", "#saved")
    assert page.tab.is_hidden("#notice")
    page.tab.keyboard.type("also ")
    page.tab.wait_for_timeout(1000)
    assert page.tab.is_hidden("#stop-box"), "nothing is wrong with the letter"
    page.tab.click("#copy-text")
    page.see("Copied", "#copy-text")
    assert "We kindly ask you" in page.tab.evaluate("navigator.clipboard.readText()")
    running.process.wait(20)
    start(small_campaign)
    page.good()
    page.see_not("Not connected", "#state")
    page.see("Unsaved changes", "#saved")
    assert page.tab.is_hidden("#gone")
    page.said.clear()  # the browser tells of each try to connect


def test_a_program_that_does_not_answer_is_told_and_a_save_that_waits_too(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    running = start(small_campaign)
    page = visit(running.address).ready()
    page.replace("We ask you", "We kindly ask you")
    page.see("We kindly ask")
    os.kill(running.process.pid, signal.SIGSTOP)
    page.tab.keyboard.press("Control+s")
    page.see("Saving…", "#saved")
    page.see("No answer yet.", "#state")
    page.see("does not answer at the moment", "#gone")
    assert page.tab.is_visible("#copy-text")
    page.good(False)
    os.kill(running.process.pid, signal.SIGCONT)
    page.saved()
    page.good()
    page.see_not("No answer", "#state")
    assert page.tab.is_hidden("#gone")


def test_eight_tabs_are_open_and_each_works(
    start: Start, browser: Any, small_campaign: Path
) -> None:
    address = start(small_campaign).address
    context = browser.new_context()  # one browser: all tabs share its six lines
    pages = [Page(context, address) for _ in range(8)]
    for page in pages:
        page.tab.bring_to_front()
        page.tab.click("#tab-plain")
        page.see("keep the park open in the evening")
    pages[0].tab.bring_to_front()
    pages[0].tab.click("#tab-text")
    pages[0].replace("We ask you", "We kindly ask you")
    pages[0].see("We kindly ask you")
    pages[0].save()
    context.close()


def test_saving_a_field_with_the_keyboard_saves_once(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    saves: list[str] = []
    page.tab.on("request", lambda one: saves.append(one.url) if "save-field" in one.url else None)
    page.tab.click("#tab-fields")
    page.tab.click("[aria-label=Subject]")
    page.tab.keyboard.press("End")
    page.tab.keyboard.type(" late")
    page.tab.keyboard.press("Control+s")
    page.see("Saved", "#fields-saved")
    page.tab.wait_for_timeout(300)
    assert len(saves) == 1
    assert "Keep the park open late" in small_campaign.read_text("utf-8")


def test_the_file_that_is_open_is_the_one_of_the_letter_and_another_is_told(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    letter_of(small_campaign).with_name("open.fr.md").write_text(
        "Nous vous demandons de garder le parc ouvert.\n", "utf-8"
    )
    page = visit(start(small_campaign).address).ready()
    page.tab.select_option("#language", "fr")
    page.see("Nous vous demandons", ".editor:not([hidden])")
    assert page.tab.input_value("#file") == "letters/open.fr.md"
    page.tab.select_option("#file", "letters/open.md")
    page.see("It comes from letters/open.fr.md.", "#notice")
    before = letter_of(small_campaign).with_name("open.fr.md").read_text("utf-8")
    page.replace("We ask you", "We kindly ask you")
    page.save()
    assert "kindly" in letter_of(small_campaign).read_text("utf-8")
    assert letter_of(small_campaign).with_name("open.fr.md").read_text("utf-8") == before
    page.tab.click("#notice >> text=Open letters/open.fr.md")
    page.see("Nous vous demandons", ".editor:not([hidden])")
    assert page.tab.is_hidden("#notice")


def test_the_file_that_the_browser_is_given_leads_to_the_page(
    start: Start, visit: Visit, small_campaign: Path, tmp_path: Path
) -> None:
    address = start(small_campaign).address
    page = visit(_write_redirect(tmp_path, address).as_uri())
    page.tab.wait_for_url(address)
    page.ready()


def test_undo_is_off_when_there_is_nothing_to_undo_and_leaves_others_words(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    assert page.tab.is_disabled("#undo")
    assert page.tab.is_disabled("#redo")
    letter = letter_of(small_campaign)
    letter.write_text(letter.read_text("utf-8").replace("Many came", "Families came"), "utf-8")
    page.see("Families came", "#editors")
    assert page.tab.is_disabled("#undo")
    page.replace("We ask you", "We kindly ask you")
    page.tab.click("#undo")
    page.see_not("kindly", "#editors")
    page.see("Families came", "#editors")
    assert page.tab.is_disabled("#undo")
    assert page.tab.is_enabled("#redo")


def test_a_citation_that_is_put_into_a_command_goes_behind_it(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    page.to("demand.rep")
    page.tab.click("#tab-facts")
    page.tab.click("[aria-label='Cite visits']")
    page.tab.click("#tab-text")
    page.tab.click("#as-text")
    page.see('Please answer by {{ demand.reply_by }}{{ cite("visits") }}.', "#editors")
