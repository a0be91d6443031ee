"""The preview as a program: what it prints, answers, sends, and how it ends."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy.preview.server import _write_redirect

from .conftest import Running, Tab

pytestmark = pytest.mark.slow
Start = Callable[..., Running]


def test_the_page_is_served_with_a_policy_that_lets_nothing_in(
    start: Start, small_campaign: Path
) -> None:
    running = start(small_campaign)
    status, headers, html = running.ask("")
    assert status == 200
    assert b"Skip to the letter" in html
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    status, headers, _ = running.ask("frame")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    for name in ("../app.py", "..%2Fapp.py", "app.py", "index.html"):
        assert running.ask(f"static/{name}")[0] == 404
    assert running.ask("static/main.js")[1]["content-type"].startswith("text/javascript")
    assert running.ask("", host="evil.example")[0] == 421
    assert running.ask("show", {}, origin="http://evil.example")[0] == 403
    assert running.ask("show", {}, content_type="text/plain")[0] == 415
    assert running.ask("show", {"desk": "not-there-at-all"})[0] == 410
    assert running.end() == 0


def test_a_saved_file_is_told_at_once_and_only_what_changed_is_sent(
    start: Start, small_campaign: Path
) -> None:
    running = start(small_campaign)
    tab = Tab(running)
    tab.show()
    (page,) = tab.told("pages")
    assert running.ask(f"picture/{page['digest']}.png")[2].startswith(b"\x89PNG")
    tab.told("facts")
    assert running.ask(f"letter.pdf?desk={tab.desk}")[2].startswith(b"%PDF-")
    time.sleep(0.3)
    letter = small_campaign.parent / "templates/letters/open.md"
    before = len(tab.events)
    # As editors save: a new file under another name, then renamed.
    (letter.parent / ".open.md.swp").write_text("x", encoding="utf-8")
    fresh = letter.with_name("open.md~new")
    fresh.write_text("Please keep it open.\n", encoding="utf-8")
    fresh.rename(letter)
    assert "Please keep it open." in tab.told("text", before)
    assert [page["digest"]] != [one["digest"] for one in tab.told("pages", before)]
    sent = {name for _, payload in tab.events[before:] for name in payload}
    assert not {"title", "stages", "chosen", "functions"} & sent
    before = len(tab.events)
    letter.write_text("Please keep it open. {{ oh }}\n", encoding="utf-8")
    assert tab.told("ok", before) is False
    assert tab.told("problems", before)[0]["line"] == 1
    # Who opens the page now sees the last good letter, and what is wrong.
    other = Tab(running, "another-tab-of-tests")
    other.show()
    assert "Please keep it open." in other.told("text")
    assert other.told("pages")
    assert running.end() == 0


def test_a_letter_that_would_be_refused_is_shown_with_the_reason_and_not_handed_out(
    start: Start, small_campaign: Path, edit
) -> None:
    letter = small_campaign.parent / "templates/letters/open.md"
    edit(letter, "Many came after work.", "They said: “We will close every park in town.”")
    running = start(small_campaign)
    tab = Tab(running)
    tab.show()
    assert tab.told("wordsOk") is False
    assert "quotation-not-verbatim" in [one["code"] for one in tab.told("lints")]
    assert tab.told("pages")
    assert running.ask(f"letter.pdf?desk={tab.desk}")[0] == 404
    before = len(tab.events)
    edit(letter, "They said: “We will close every park in town.”", "Many came after work.")
    assert tab.told("wordsOk", before) is True
    assert running.ask(f"letter.pdf?desk={tab.desk}")[2].startswith(b"%PDF-")
    assert running.end() == 0


def test_an_older_question_that_arrives_late_changes_nothing_and_a_long_text_is_refused(
    start: Start, small_campaign: Path
) -> None:
    running = start(small_campaign)
    tab = Tab(running)
    tab.show(number=2, drafts={"letters/open.md": "The newer text.\n"})
    assert "The newer text." in tab.told("text")
    tab.show(number=1, drafts={"letters/open.md": "The older text.\n"})
    before = len(tab.events)
    tab.show(number=3, drafts={"letters/open.md": "The newest text.\n"})
    assert "The newest text." in tab.told("text", before)
    # A page of the question before may still arrive, under its own number, and so may the same
    # letter again, when the watch over the folders has begun anew.
    numbers = [p["number"] for kind, p in tab.events[before:] if kind == "letter"]
    assert 1 not in numbers
    assert numbers == sorted(numbers)
    assert numbers[-1] == 3
    assert not any("older" in str(payload.get("text")) for _, payload in tab.events)
    long = {"desk": tab.desk, "number": 4, "drafts": {"letters/open.md": "x" * 1_000_001}}
    status, _, answer = running.ask("show", long)
    assert status == 413
    assert json.loads(answer)["problems"][0]["code"] == "text-too-long"
    assert running.end() == 0


def test_no_process_and_no_draft_outlives_a_server_that_is_killed(
    start: Start, small_campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    running = start(small_campaign)
    tab = Tab(running)
    tab.show(drafts={"letters/open.md": "Only a draft.\n"})
    assert "Only a draft." in tab.told("text")
    tab.told("pages")
    assert list(temporary.rglob("open.md"))
    running.process.kill()
    ends = time.monotonic() + 20
    while list(temporary.glob("advocacy-preview-*")) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not list(temporary.glob("advocacy-preview-*"))


def test_the_token_stands_in_no_command_line(tmp_path: Path) -> None:
    page = _write_redirect(tmp_path, "http://127.0.0.1:8000/secret/")
    assert page.stat().st_mode & 0o777 == 0o600
    assert "url=http://127.0.0.1:8000/secret/" in page.read_text("utf-8")
    assert "secret" not in page.as_uri()


def test_a_new_folder_of_templates_is_noticed(start: Start, campaigns: Path) -> None:
    running = start(campaigns / "microsoft.yaml")
    tab = Tab(running)
    tab.show()
    tab.told("facts")
    time.sleep(0.3)
    before = len(tab.events)
    letters = campaigns / "templates" / "letters"
    letters.mkdir(parents=True)
    time.sleep(0.5)
    (letters / "call-to-follow.md").write_text("We ask you in our own words.\n", encoding="utf-8")
    assert "in our own words" in tab.told("text", before)


def test_for_a_projector_nothing_can_be_changed(start: Start, small_campaign: Path) -> None:
    running = start(small_campaign, "--read-only")
    tab = Tab(running)
    tab.show(drafts={"letters/open.md": "Scribbled.\n"})
    assert "Scribbled" not in tab.told("text")
    before = {path: path.read_bytes() for path in small_campaign.parent.rglob("*.*")}
    asked = {"desk": tab.desk, "name": "letters/open.md", "text": "x", "base": "y"}
    assert running.ask("save", asked)[0] == 403
    assert running.ask("save-field", {**asked, "keys": ["title"]})[0] == 403
    assert running.ask("copy", {"desk": tab.desk, "name": "letters/open.md"})[0] == 403
    assert {path: path.read_bytes() for path in small_campaign.parent.rglob("*.*")} == before


def test_files_are_asked_for_by_the_names_that_the_page_was_given(
    start: Start, small_campaign: Path
) -> None:
    running = start(small_campaign)
    tab = Tab(running)
    tab.show()
    (name,) = [file["name"] for file in tab.told("files") if file["kind"] == "letter"]
    answer = json.loads(running.ask(f"file?desk={tab.desk}&name={name}")[2])
    assert answer["text"].startswith("We ask you")
    for bad in ("../../etc/passwd", "/etc/passwd", "letters/../../parks.yaml", ""):
        assert running.ask(f"file?desk={tab.desk}&name={bad}")[0] == 404
    asked = {"desk": tab.desk, "name": name, "text": "Mine.\n", "base": answer["digest"]}
    letter = small_campaign.parent / "templates/letters/open.md"
    letter.write_text("Theirs.\n", encoding="utf-8")
    status, _, data = running.ask("save", asked)
    assert (status, json.loads(data)["text"]) == (409, "Theirs.\n")
    status, _, _ = running.ask("save", {**asked, "base": json.loads(data)["digest"]})
    assert (status, letter.read_text("utf-8")) == (200, "Mine.\n")


def test_a_letter_that_cannot_be_laid_out_leaves_the_page_as_it_is(
    start: Start, small_campaign: Path
) -> None:
    layouts = small_campaign.parent / "templates" / "layouts"
    layouts.mkdir()
    (layouts / "letter.html").write_text(
        '{% extends "layouts/window-10.html" %}<img src="http://192.0.2.1/x.png">', "utf-8"
    )
    running = start(small_campaign)
    tab = Tab(running)
    tab.show()
    assert tab.told("ok") is True
    assert "keep the park open" in tab.told("text")
    assert tab.told("paperOk") is False or tab.told("paperProblems")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_and_quietly_with_a_page_still_open(
    small_campaign: Path, how: signal.Signals
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "advocacy", "preview", str(small_campaign), "--no-open"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    running = Running(process, process.stdout.readline().strip())
    tab = Tab(running)
    tab.show()
    tab.told("pages")
    process.send_signal(how)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said.splitlines() == ["Press Ctrl-C here to stop.", "The preview has ended."]
    assert tab.events[-1][0] == "bye"


def test_a_port_that_is_taken_is_told_in_one_line(run_cli, small_campaign: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run_cli("preview", small_campaign, "--no-open", "--port", str(port))
    assert result.returncode == 1
    assert result.stdout == ""
    assert f"port-taken: Port {port} of this machine cannot be used" in result.stderr


def test_a_campaign_that_is_not_there_is_told_before_anything_begins(run_cli) -> None:
    result = run_cli("preview", "nothing.yaml", "--no-open")
    assert result.returncode == 1
    assert "nothing.yaml" in result.stderr
    assert "Traceback" not in result.stderr


def test_outside_the_browser_nothing_of_it_is_imported(campaigns: Path) -> None:
    code = (
        "import sys; from advocacy.cli.group import main; "
        f"main(['check', {str(campaigns / 'microsoft.yaml')!r}]); "
        f"main(['render', {str(campaigns / 'microsoft.yaml')!r}, '--format', 'pdf,eml,txt']); "
        "found = {name.split('.')[0] for name in sys.modules}; "
        "own = {name for name in sys.modules if name.startswith('advocacy.preview')}; "
        "print(sorted(found & {'starlette', 'uvicorn', 'watchfiles', 'anyio'} | own))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=campaigns, capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == "[]"


def test_nobody_is_shown_the_page_of_another_person(
    start: Start, small_campaign: Path, edit
) -> None:
    edit(small_campaign, "    template: open\n", "    template: open\n    layout: window-10\n")
    long = ", ".join(f"Department {number} of the Parks of Springfield" for number in range(9))
    other = f"\n    - {{id: roe, name: Richard Roe, city: X, address: [{long}]}}"
    edit(small_campaign, "jane@parks.example}", "jane@parks.example}" + other)
    running = start(small_campaign)
    tab = Tab(running)
    tab.show()
    tab.told("facts")
    assert tab.told("pages")
    before = len(tab.events)
    tab.show(choices={"person": "roe"})
    assert "Dear Richard Roe" in tab.told("text", before)
    (problem,) = tab.told("paperProblems", before)
    assert problem["code"] == "address-too-long"
    assert tab.told("pages", before) == []
