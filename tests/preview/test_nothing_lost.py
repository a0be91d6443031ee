"""What was typed or saved stays, whatever comes between: other letters, others, a dead server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advocacy.errors import Place, Problem
from advocacy.files.unsaved import list_unsaved
from advocacy.preview.problems import problem_records

from .conftest import Page, Running

Start = Callable[..., Running]
Visit = Callable[..., Page]
SECOND_STAGE = "  later: {template: open, subject: Later, from: 2026-05-01, until: 2026-05-09}\n"


def letter_of(campaign: Path) -> Path:
    return campaign.parent / "templates/letters/open.md"


@pytest.mark.slow
def test_a_subject_of_another_letter_stays_kept_until_it_can_be_put_back(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    with small_campaign.open("a", encoding="utf-8") as file:
        file.write(SECOND_STAGE)
    running = start(small_campaign)
    page = visit(running.address).ready()
    page.tab.select_option("#stage", "later")
    page.see("Later", "#pages")
    page.tab.click("#tab-fields")
    page.tab.click("[aria-label=Subject]")
    page.tab.keyboard.press("End")
    page.tab.keyboard.type(" than we hoped")
    page.see("Later than we hoped", "#pages")
    page.tab.close(run_before_unload=False)
    fresh = visit(running.address).ready()
    fresh.tab.click("button:text('Restore it')")
    fresh.see("choose the letter “later” first", "#unsaved")
    assert len(list_unsaved(small_campaign.parent)) == 1
    fresh.tab.select_option("#stage", "later")
    fresh.see("Later", "#pages")
    fresh.tab.click("button:text('Restore it')")
    fresh.see("Later than we hoped", "#pages")
    assert fresh.tab.is_hidden("#unsaved")


@pytest.mark.slow
def test_an_unsaved_file_of_another_letter_says_that_the_letter_does_not_come_from_it(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    (letter_of(small_campaign).parent / "second.md").write_text("A second letter.\n", "utf-8")
    with small_campaign.open("a", encoding="utf-8") as file:
        file.write(SECOND_STAGE.replace("template: open", "template: second"))
    page = visit(start(small_campaign).address).ready()
    page.replace("We ask you", "We kindly ask you")
    page.tab.select_option("#stage", "later")
    page.see("A second letter.", "#pages")
    page.see("A second letter.", "#editors")
    page.tab.select_option("#file", "letters/open.md")
    page.see("does not come from this file, letters/open.md", "#notice")
    page.tab.click("text=Open letters/second.md")
    page.tab.wait_for_selector("#notice", state="hidden")
    page.tab.select_option("#stage", "call")
    page.see("We kindly ask you", "#pages")
    page.tab.click("#save")
    page.saved()


@pytest.mark.slow
def test_a_file_that_is_deleted_while_one_types_is_told_and_its_text_stays(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    page.replace("We ask you", "We kindly ask you")
    page.see("We kindly ask you")
    letter = letter_of(small_campaign)
    before = letter.read_text("utf-8")
    letter.unlink()
    page.see("does not exist", "#stop-list")
    page.tab.keyboard.press("Control+s")
    page.see("This file was moved or deleted. Your text stays here.", "#notice")
    assert "We kindly ask you" in page.text()
    letter.write_text(before, "utf-8")
    page.see("We kindly ask you", "#pages")
    page.save()
    assert "We kindly ask you" in letter.read_text("utf-8")
    page.said = [words for words in page.said if "404" not in words]


@pytest.mark.slow
def test_what_is_saved_while_one_compares_is_not_overwritten_unseen(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    page = visit(start(small_campaign).address).ready()
    letter = letter_of(small_campaign)
    before = letter.read_text("utf-8")
    page.replace("Many came", "Families came")
    letter.write_text(before.replace("We ask you", "We beg you"), "utf-8")
    page.tab.click("text=Compare versions")
    page.see("We beg you", "#theirs")
    third = before.replace("We ask you", "We implore you")
    letter.write_text(third, "utf-8")
    page.until("document.body.dataset.turn")
    page.tab.wait_for_timeout(1000)
    page.tab.click("#keep-mine")
    page.see("We implore you", "#theirs")
    assert letter.read_text("utf-8") == third
    page.tab.click("#keep-mine")
    page.saved()
    assert "Families came" in letter.read_text("utf-8")


@pytest.mark.slow
def test_undo_in_a_field_leaves_what_somebody_else_saved(
    start: Start, visit: Visit, small_campaign: Path, edit: Any
) -> None:
    page = visit(start(small_campaign).address).ready()
    edit(small_campaign, "subject: Keep the park open", "subject: Keep it open at night")
    page.see("Keep it open at night", "#pages")
    page.tab.click("#tab-fields")
    page.tab.click("[aria-label=Subject]")
    page.tab.keyboard.press("Control+z")
    page.tab.wait_for_timeout(500)
    assert "Keep it open at night" in page.tab.inner_text("[aria-label=Subject]")
    assert page.tab.is_disabled("#save-fields")


@pytest.mark.slow
def test_with_a_dead_server_no_dialog_waits_for_ever_and_the_open_file_stays(
    start: Start, visit: Visit, small_campaign: Path
) -> None:
    running = start(small_campaign)
    page = visit(running.address).ready()
    page.replace("Many came", "Families came")
    page.save()
    page.tab.click("#tab-versions")
    page.tab.wait_for_selector("#versions[data-ready=yes]")
    running.process.kill()
    page.see("Not connected", "#state")
    page.tab.click("#versions button >> nth=0")
    page.see("This version cannot be shown now.", "#version-pages")
    page.tab.click("#version-close")
    page.tab.click("#history-open")
    page.see("The earlier texts cannot be shown now.", "#history-what")
    page.tab.click("#history-close")
    page.tab.select_option("#file", "facts.yaml")
    page.see("facts.yaml cannot be opened now.", "#told")
    assert page.tab.input_value("#file") == "letters/open.md"
    assert "Families came" in page.text()
    page.said.clear()  # the browser tells of each try to connect


@pytest.mark.slow
def test_no_tab_is_cut_off_however_long_the_verdict_is(page: Page, shared_campaign: Path) -> None:
    claims = "\n\n".join(f"In 20{year} it had {year}00 trees." for year in range(10, 22))
    letter_of(shared_campaign).write_text(f"{claims}\n\n{{{{ nobody }}}}\n", "utf-8")
    page.see("Wrong", "#verdict")
    letter_of(shared_campaign).write_text(f"They said: “We close all.”\n\n{claims}\n", "utf-8")
    page.see("warnings", "#verdict")
    for width in (1440, 1280, 1024, 390):
        page.tab.set_viewport_size({"width": width, "height": 900})
        for name in ("write", "letter"):
            cut = page.tab.evaluate(
                "name => { const list = document.querySelector(`#${name} [role=tablist]`);"
                "return list.scrollWidth > list.clientWidth; }",
                name,
            )
            assert not cut, (width, name)
    page.tab.set_viewport_size({"width": 1440, "height": 900})


def test_of_a_long_line_the_part_is_shown_that_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "letter.md"
    path.write_text("many words " * 100 + "{{ nobody }}" + " and more" * 100 + "\n", "utf-8")

    def excerpt(column: int | None) -> str:
        problem = Problem("unknown-name", "It is not defined.", "", Place(path, 1, column))
        (record,) = problem_records([problem], None, {})
        return str(record["excerpt"])

    assert "{{ nobody }}" in excerpt(1101)
    assert excerpt(1101).startswith("…")
    assert excerpt(1101).endswith("…")
    assert excerpt(None).startswith("many words")
    assert len(excerpt(1101)) < 260


PASTE = """words => {
  const data = new DataTransfer();
  data.setData('text/plain', words);
  const options = { clipboardData: data, bubbles: true, cancelable: true };
  const event = new ClipboardEvent('paste', options);
  document.querySelector('.editor:not([hidden]) .cm-content').dispatchEvent(event);
}"""


@pytest.mark.slow
def test_half_a_character_is_replaced_and_a_text_that_is_refused_is_called_wrong(
    page: Page, shared_campaign: Path
) -> None:
    page.tab.focus(".editor:not([hidden]) .cm-content")
    page.tab.keyboard.press("Control+Home")
    page.tab.evaluate(f"({PASTE})('half \\ud83d emoji. ')")
    page.see("half \ufffd emoji.")
    page.save()
    assert letter_of(shared_campaign).read_text("utf-8").startswith("half \ufffd emoji. We")
    page.see("half \ufffd emoji.", "#editors")
    page.tab.evaluate(f"({PASTE})('word '.repeat(230000))")
    page.see("This text is too long", "#stop-list")
    page.see("Wrong", "#state")
    page.tab.wait_for_timeout(2000)
    page.see("Wrong", "#state")
    page.tab.click("#undo")
    page.see_not("This text is too long", "#stop-list")
    page.said = [words for words in page.said if "413" not in words]
