"""Nothing that was typed is lost: not by a crash, a restart, or a closed tab."""

import asyncio
import os
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from advocacy.files.saved_texts import keep_text
from advocacy.files.unsaved import UnsavedText, UnsavedWork, list_unsaved, write_unsaved
from advocacy.preview.keeping import TextKeeper
from advocacy.preview.page_address import open_address
from advocacy.preview.people import Show

from .conftest import Page, Running, Tab

Start = Callable[..., Running]


def test_the_address_stays_the_same_and_is_another_while_the_port_is_taken(
    small_campaign: Path,
) -> None:
    def address(*, remembered: bool = True) -> tuple[int, str, socket.socket]:
        listener, token = open_address(small_campaign, 0, remembered=remembered)
        return listener.getsockname()[1], token, listener

    port, token, listener = address()
    other = address()
    assert other[0] != port
    assert other[1] != token
    other[2].close()
    listener.close()
    again = address()
    assert again[:2] == (port, token)
    again[2].close()
    kept = next((small_campaign.parent / ".advocacy" / "preview").iterdir())
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.chmod(0o644)  # others may have read it
    fresh = address()
    assert fresh[1] != token
    fresh[2].close()


def test_texts_of_closed_tabs_are_offered_and_those_of_open_ones_are_not(
    start: Start, small_campaign: Path
) -> None:
    running = start(small_campaign)
    tab = Tab(running)
    tab.show(number=1)
    tab.told("files")
    tab.show(
        number=2,
        drafts={"letters/open.md": "Dear Mayor, we as"},
        bases={"letters/open.md": "digest"},
    )
    assert tab.told("kept") is True
    kept = list_unsaved(small_campaign.parent)
    assert [text.text for text in kept[0].texts] == ["Dear Mayor, we as"]
    other = Tab(running, "another-tab-of-tests")
    works = running.get("unsaved")["works"]
    assert works == [], "the tab is open"
    running.process.kill()
    running.process.wait(20)
    running = start(small_campaign)
    other = Tab(running, "another-tab-of-tests")
    other.show(number=1)
    [work] = running.get("unsaved")["works"]
    assert work["texts"][0]["text"] == "Dear Mayor, we as"
    status, _, _ = running.ask("remove-unsaved", {"desk": other.desk, "id": work["id"]})
    assert status == 204
    assert list_unsaved(small_campaign.parent) == []


def test_a_tab_that_goes_on_after_a_restart_without_unsaved_text_leaves_none_behind(
    small_campaign: Path,
) -> None:
    desk, folder = "a-tab-of-tests", small_campaign.parent
    typed = Show(desk=desk, number=7, drafts={"letters/open.md": "Dear Mayor, we as"})
    assert asyncio.run(TextKeeper(small_campaign).keep(typed))
    assert len(list_unsaved(folder)) == 1
    after_restart = TextKeeper(small_campaign)
    assert asyncio.run(after_restart.keep(Show(desk="another-tab-of-tests", number=1)))
    assert len(list_unsaved(folder)) == 1, "a new tab may be offered it"
    assert asyncio.run(after_restart.keep(Show(desk=desk, number=8)))
    assert list_unsaved(folder) == []


@pytest.mark.slow
def test_killed_in_the_middle_of_a_word_the_restart_offers_the_text(
    start: Start, visit: Callable[..., Page], small_campaign: Path
) -> None:
    letter = small_campaign.parent / "templates/letters/open.md"
    running = start(small_campaign)
    page = visit(running.address).ready()
    page.replace("We ask you", "We kindly ask you with half a wor")
    page.see("half a wor")
    running.process.send_signal(signal.SIGKILL)
    page.see("Not connected", "#state")
    page.tab.keyboard.type("d and more")
    running.process.wait(20)
    again = start(small_campaign)
    assert again.address == running.address
    page.see("half a word and more")  # the same tab goes on
    page.said.clear()  # the browser tells of each try to connect
    assert urlsplit(page.tab.url).path == again.root
    page.until("!document.getElementById('save').disabled")
    page.tab.close(run_before_unload=False)
    fresh = visit(again.address).ready()
    fresh.see("This text was not saved: letters/open.md", "#unsaved")
    fresh.see_not("half a word", "#editors")
    fresh.tab.click("text=Restore it")
    fresh.see("half a word and more", "#pages")
    assert fresh.tab.is_hidden("#unsaved")
    assert "kindly" not in letter.read_text("utf-8")
    fresh.tab.click("#save")
    fresh.saved()
    assert "We kindly ask you with half a word and more" in letter.read_text("utf-8")
    for _ in range(200):  # the next question of the tab says that nothing is unsaved
        if list_unsaved(small_campaign.parent):
            fresh.tab.wait_for_timeout(50)
    assert list_unsaved(small_campaign.parent) == []


def test_what_a_killed_program_left_half_written_is_removed_at_the_next_start(
    start: Start, small_campaign: Path
) -> None:
    folder = small_campaign.parent / ".advocacy"
    left, fresh = (
        folder / name / f".text.{digits}.tmp"
        for name, digits in (("unsaved", "0123abcd"), ("history/letters", "4567abcd"))
    )
    for path in (left, fresh):
        path.parent.mkdir(parents=True)
        path.write_text("half a wor", "utf-8")
    os.utime(left, (1_000_000_000, 1_000_000_000))
    running = start(small_campaign)
    Tab(running)
    assert not left.exists()
    assert fresh.exists(), "somebody may be writing it"
    os.utime(fresh, (1_000_000_000, 1_000_000_000))
    assert running.end() == 0
    assert not fresh.exists()


@pytest.mark.slow
def test_only_what_somebody_typed_and_did_not_save_is_offered(
    start: Start, visit: Callable[..., Page], small_campaign: Path
) -> None:
    letter = small_campaign.parent / "templates/letters/open.md"
    before = letter.read_text("utf-8")
    running = start(small_campaign)
    idle, page = visit(running.address).ready(), visit(running.address).ready()
    page.replace("We ask you", "We saved to ask you")
    page.save()
    for word in ("changed", "once more"):
        letter.write_text(before.replace("We ask you", f"We {word} ask you"), "utf-8")
        for one in (idle, page):
            one.see(f"We {word} ask you", "#editors")
            one.see(f"We {word} ask you", "#pages")
            one.until("!document.getElementById('save').disabled === false")
    for one in (idle, page):
        one.tab.close()
    page = visit(running.address).ready()
    page.tab.wait_for_timeout(500)
    assert page.tab.is_hidden("#unsaved")
    assert list_unsaved(small_campaign.parent) == []
    page.replace("We once more ask", "We typed to ask")
    page.see("We typed to ask", "#pages")
    page.tab.close(run_before_unload=False)
    fresh = visit(running.address).ready()
    fresh.see("We typed to ask", "#unsaved")
    assert fresh.tab.locator("#unsaved .notice").count() == 1


def test_a_text_that_was_saved_or_is_kept_twice_is_offered_once_at_most(
    start: Start, small_campaign: Path
) -> None:
    folder, letter = small_campaign.parent, "letters/open.md"
    saved = (folder / "templates" / letter).read_text("utf-8")
    keep_text(folder, letter, "Saved before\n")
    for number, text in enumerate((saved, "Saved before\n", "Typed\n", "Typed\n")):
        when = f"2026-03-0{number + 1}T10:00:00+00:00"
        texts = (UnsavedText(letter, text, "digest"),)
        write_unsaved(folder, UnsavedWork(f"tab-{number}", small_campaign.name, when, texts))
    running = start(small_campaign)
    tab = Tab(running)
    tab.show(number=1)
    tab.told("files")
    [work] = running.get("unsaved")["works"]
    assert (work["id"], work["texts"][0]["typed"]) == ("tab-3", ["Typed"])
    assert [one.tab for one in list_unsaved(folder)] == ["tab-3"]
