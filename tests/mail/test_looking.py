"""Whoever looks at a mailing after its sender was killed sees what the next run will find."""

import csv
import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import Ledger, State, open_ledger, sqlite
from advocacy.mail.ledger import snapshot as snapshots

from .ledger_fixtures import MAILING, Books
from .sink import Sink
from .test_ledger_files import nobody
from .test_ledger_journal import killed
from .test_send import TODAY, Run, advocacy, parks, people, person, sink, write_list

__all__ = ["advocacy", "parks", "people", "sink"]
EXPECTED = {"ann": State.SENT, "bob": State.REFUSED, "cleo": State.UNCERTAIN}


def look(books: Books) -> Ledger:
    """The ledger as somebody sees it who only looks."""
    ledger = open_ledger(
        books.campaign, looking=True, environ=books.environ, clock=books.clock,
        alive=lambda one: one.pid not in books.dead if books.here else None,
    )  # fmt: skip
    books.opened.append(ledger)
    return ledger


def states(ledger: Ledger) -> dict[str, State]:
    return {one.letter_id: one.state for one in ledger.records(MAILING)}


def test_looking_finds_out_what_a_killed_sender_left_and_nothing_while_it_lives(
    books: Books,
) -> None:
    killed(books)
    books.dead.clear()
    assert set(states(look(books)).values()) == {State.SENDING}
    books.dead.add(1)
    assert states(look(books)) == EXPECTED


def test_looking_leaves_a_sender_alone_that_is_only_out_of_reach(books: Books) -> None:
    killed(books)
    books.here = False
    books.clock.time += 3600.0
    found = set(states(look(books)).values())
    assert found == ({State.UNCERTAIN} if books.kind == "sqlite" else {State.SENDING})


def test_looking_at_a_copy_takes_nothing_from_the_ledger_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = Books("sqlite", tmp_path / "here" / "parks.yaml", {})
    books.campaign.parent.mkdir()
    killed(books)
    shutil.copytree(books.campaign.parent, tmp_path / "copy")
    copy = Books("sqlite", tmp_path / "copy" / "parks.yaml", {}, dead={1})
    for ledger in (look(copy), copy.open(2)):
        ledger.settle(MAILING)
        assert states(ledger) == EXPECTED
    assert states(look(books)) == EXPECTED
    for one in (*books.opened, *copy.opened):
        one.close()


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder of somebody's that can be read by all, outside the tests' own."""
    folder = Path(tempfile.mkdtemp(prefix="advocacy-readable-"))
    folder.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("is_open", [True, False])
def test_a_folder_that_cannot_be_written_is_looked_at_all_the_same(
    readable: Path, *, is_open: bool
) -> None:
    first = Books("sqlite", readable / "other.yaml", {})
    killed(first)  # nobody may not import what is needed for the first time
    first.opened[0].close()
    snapshots.SnapshotBackend(readable / "other.ledger.sqlite").close()
    books = Books("sqlite", readable / "parks.yaml", {})
    _, run = killed(books)
    if os.geteuid() == 0:
        os.chown(run.journal.path, 65534, 65534)
    if not is_open:
        for one in books.opened:
            one.close()
    before = {path.name: path.read_bytes() for path in readable.iterdir()}
    for path in (readable, *readable.iterdir()):
        if os.geteuid() == 0:
            os.chown(path, 0, 0)
        path.chmod(0o555 if path.is_dir() else 0o444)
    with nobody(readable):
        with pytest.raises(AdvocacyError, match="ledger-read-only"):
            books.open(2).settle(MAILING)
        ledger = look(books)
        assert ledger.shown == str(readable / "parks.ledger.sqlite")
        assert ledger.doubt() is None
        assert states(ledger) == EXPECTED
        assert list(Path(tempfile.gettempdir()).glob(f"advocacy-look-{os.getpid()}-*"))
        assert states(look(books)) == EXPECTED, "the journal is still there"
    now = {path.name: path.read_bytes() for path in readable.iterdir()}
    for one in books.opened:
        one.close()
    assert not list(Path(tempfile.gettempdir()).glob(f"advocacy-look-{os.getpid()}-*"))
    assert {name: now[name] for name in before if not name.endswith("-shm")} == {
        name: data for name, data in before.items() if not name.endswith("-shm")
    }


def test_a_copy_to_look_into_that_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = Path(tempfile.mkdtemp(prefix=f"advocacy-look-{gone.pid}-"))
    (left / "parks.ledger.sqlite").touch()
    books = Books("sqlite", tmp_path / "parks.yaml", {})
    killed(books)
    snapshots.SnapshotBackend(tmp_path / "parks.ledger.sqlite").close()
    assert not left.exists()
    for one in books.opened:
        one.close()


@pytest.mark.parametrize("where", ["file", "server"])
def test_status_dry_run_and_lists_count_nobody_as_left_who_has_the_letter_of_a_killed_run(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, where: str,
) -> None:  # fmt: skip
    if where == "server":
        monkeypatch.setenv("ADVOCACY_LEDGER", request.getfixturevalue("postgres_url"))
    write_list(people, [person(n) for n in range(300)])
    ask = ("send", parks, "--recipients", people, *TODAY)
    words = [*map(str, ask), "--send", "--yes", "300", "--new-mailing", "-q"]
    running: list[subprocess.Popen[bytes]] = []

    def kill(step: str, _: str) -> None:
        if step == "data" and len(sink.taken) == 110:
            running[0].send_signal(signal.SIGKILL)
            running[0].wait()

    sink.answer = kill
    environ = os.environ | {"ADVOCACY_SMTP": sink.url}
    running.append(subprocess.Popen([sys.executable, "-m", "advocacy", *words], env=environ))
    assert running[0].wait(120) == -signal.SIGKILL
    sink.answer = lambda _step, _address: None
    got = set(sink.to)
    look_at = ("status", parks, "--recipients", people)
    capsys.readouterr()
    assert advocacy(*look_at, "--report", "csv", "--who", "all") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    by_result: dict[str, set[str]] = {}
    for row in rows:
        by_result.setdefault(row["what"], set()).add(row["email"])
    assert by_result["sent"] <= got
    assert got <= by_result["sent"] | by_result.get("uncertain", set())
    assert len(by_result.get("uncertain", set())) <= 4
    assert advocacy(*look_at, "--report", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told[0]["account"]["left"] == len(by_result["left"])
    assert advocacy(*ask) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"300 listed: {len(by_result['sent'])} sent" in shown
    assert f"{len(by_result['left'])} left." in shown


def test_on_a_full_disk_a_finished_mailing_is_shown_and_nothing_is_said_to_be_missing(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    ask = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*ask, "--send", "--yes", "12", "--new-mailing") == 0
    opened = sqlite.create_engine

    def full(url: Any, **more: Any) -> Any:
        """SQLite makes no log on a disk without room for it."""
        if str(url.database).startswith(str(parks.parent)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return opened(url, **more)

    monkeypatch.setattr(sqlite, "create_engine", full)
    capsys.readouterr()
    assert advocacy("status", parks, "--recipients", people) == 0
    told = capsys.readouterr()
    assert "12 sent" in told.out
    assert told.err == ""
    assert (
        advocacy("status", parks, "--recipients", people, "--report", "csv", "--who", "sent") == 0
    )
    assert len(capsys.readouterr().out.splitlines()) == 13
    assert advocacy(*ask) == 0
    assert "12 listed: 12 sent" in capsys.readouterr().out
    assert advocacy("replied", "p1", "--campaigns", parks.parent) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "could not be written" in told
    assert "What the ledger had recorded before is not lost." in told
    assert "uncertain" not in told
