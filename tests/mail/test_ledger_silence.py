"""A database server that neither answers nor closes the connection, as a process that was stopped.

The run says so, and ends; Ctrl-C ends it soon, and nothing that was sent is lost.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import Result, State, open_ledger, silence
from advocacy.mail.ledger.postgres import PostgresBackend
from advocacy.mail.ledger.silence import SilenceWatch
from advocacy.mail.ledger.store import Ledger

from .ledger_fixtures import MAILING, TEXT, Cluster, entry, taken
from .sink import Sink
from .test_send import TODAY, Run, advocacy, parks, people, person, sink, write_list

pytestmark = pytest.mark.slow

__all__ = ["advocacy", "parks", "people", "sink"]
DONE = [Result("ann", State.SENT, 250, "ok")]


def processes(server: Cluster) -> list[int]:
    """The server's processes, the first one first."""
    first = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    found = [first]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = stat.read_text().rpartition(")")[2].split()
            if int(words[1]) == first:
                found.append(int(stat.parent.name))
    return found


def tell(found: list[int], number: int) -> None:
    """Send processes a signal."""
    for one in found:
        with suppress(ProcessLookupError):  # one that served a connection may have ended
            os.kill(one, number)


@contextmanager
def stopped(server: Cluster) -> Iterator[None]:
    """The server, with all its processes stopped."""
    found = processes(server)
    tell(found, signal.SIGSTOP)
    try:
        yield
    finally:
        tell(found, signal.SIGCONT)


@pytest.fixture
def ledger(postgres_url: str) -> Iterator[Ledger]:
    with Ledger(PostgresBackend(postgres_url, create=True), wait=lambda _: None) as ledger:
        ledger.start(MAILING, "parks", "call", TEXT)
        yield ledger


def test_a_silent_server_is_given_up_and_told_of(
    ledger: Ledger, postgres_server: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(silence, "SILENT_SECONDS", 0.15)
    monkeypatch.setattr(silence, "TOLD_SECONDS", 0.05)
    ledger.wait_until(lambda: False, lambda: told.append("out of reach"))
    run = ledger.begin_run(MAILING)
    assert ledger.exchange(run, [], [entry("ann")])
    with (
        stopped(postgres_server),
        pytest.raises(AdvocacyError, match="the server does not answer"),
    ):
        ledger.exchange(run, DONE, [entry("bob")])
    assert told == ["out of reach"]
    monkeypatch.undo()
    answers = ledger.exchange(run, DONE, [entry("bob")])
    assert taken(answers) == ["bob"]
    assert ledger.end_run(run, "finished") == 1
    assert ledger.counts(MAILING)[State.SENT] == 1


def test_a_server_that_goes_on_in_time_costs_nothing(
    ledger: Ledger, postgres_server: Cluster
) -> None:
    run = ledger.begin_run(MAILING)
    with stopped(postgres_server):
        waker = threading.Timer(0.3, tell, (processes(postgres_server), signal.SIGCONT))
        waker.start()
        assert taken(ledger.exchange(run, [], [entry("ann")])) == ["ann"]
        waker.join()
    ledger.exchange(run, DONE, [])
    ledger.end_run(run, "finished")
    assert ledger.counts(MAILING)[State.SENT] == 1


@pytest.mark.parametrize("connected", [True, False])
def test_somebody_in_a_hurry_does_not_wait_for_a_silent_server(
    ledger: Ledger, postgres_server: Cluster, monkeypatch: pytest.MonkeyPatch, *, connected: bool
) -> None:
    monkeypatch.setattr(silence, "SILENT_SECONDS", float("inf"))
    run = ledger.begin_run(MAILING)
    assert ledger.exchange(run, [], [entry("ann")])
    if not connected:
        ledger._backend.engine.dispose()
    asked = threading.Event()
    ledger.wait_until(asked.is_set, lambda: None)
    threading.Timer(0.2, asked.set).start()
    with stopped(postgres_server), pytest.raises(AdvocacyError, match="ledger-unreachable"):
        ledger.exchange(run, DONE, [])
    asked.clear()
    ledger.exchange(run, DONE, [])
    ledger.end_run(run, "finished")


@pytest.mark.parametrize("connected", [True, False])
def test_ctrl_c_ends_a_question_to_a_silent_server(
    ledger: Ledger, postgres_server: Cluster, monkeypatch: pytest.MonkeyPatch, *, connected: bool
) -> None:
    monkeypatch.setattr(silence, "SILENT_SECONDS", float("inf"))
    if not connected:
        ledger._backend.engine.dispose()

    def ask() -> None:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        ledger.counts(MAILING)

    with stopped(postgres_server), pytest.raises(KeyboardInterrupt):
        ask()
    assert not any(ledger.counts(MAILING).values()), "and the ledger can be asked again"


def test_a_silent_server_is_not_said_to_refuse_the_login(
    postgres_server: Cluster, postgres_url: str
) -> None:
    url = f"{postgres_url}&connect_timeout=2"
    with stopped(postgres_server), pytest.raises(AdvocacyError, match="ledger-unreachable"):
        PostgresBackend(url, create=True)


def test_a_connection_that_comes_too_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "SILENT_SECONDS", 0.1)
    may_go, closed = threading.Event(), threading.Event()

    def connect() -> str:
        may_go.wait(60)
        return "late"

    assert SilenceWatch().connect(connect, lambda _: closed.set()) is None
    may_go.set()
    assert closed.wait(60)


def stop_at(server: Cluster, sink: Sink, count: int) -> Callable[[], None]:
    """Stop the server's processes once so many messages came; returns what lets them go on."""
    halted: list[int] = []

    def stop(step: str, _: str) -> None:
        if step == "data" and len(sink.taken) == count:
            halted.extend(processes(server))
            tell(halted, signal.SIGSTOP)

    sink.answer = stop
    return lambda: tell(halted, signal.SIGCONT)


def test_one_ctrl_c_ends_a_run_whose_ledger_is_silent(
    advocacy: Run, parks: Path, people: Path, sink: Sink, postgres_server: Cluster,
    postgres_url: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("ADVOCACY_LEDGER", postgres_url)
    write_list(people, [person(n) for n in range(300)])
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 300)
    go_on = stop_at(postgres_server, sink, 120)
    try:
        sending = subprocess.Popen(
            [sys.executable, "-m", "advocacy", *map(str, command), "--new-mailing"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | {"ADVOCACY_SMTP": sink.url},
        )  # fmt: skip
        assert sending.stderr is not None
        line = next(line for line in sending.stderr if "ledger" in line)
        assert "The ledger cannot be reached. Trying again" in line
        asked = time.monotonic()
        sending.send_signal(signal.SIGINT)
        out, errors = sending.communicate(timeout=100)
        print(f"ended after {time.monotonic() - asked:.1f} s")
    finally:
        go_on()
    assert sending.returncode == 130
    assert "The ledger lacks the last results. They are kept on this machine" in out
    assert "Traceback" not in out + errors
    count = int(re.findall(r"([0-9,]+) messages sent now", out)[0].replace(",", ""))
    assert count <= sink.to.total() <= count + 4
    sink.answer = lambda _step, _address: None
    assert advocacy("status", parks, "--recipients", people) == 0
    with open_ledger(parks) as ledger:
        counts = ledger.counts(MAILING)
    assert counts[State.SENT] >= count
    assert counts[State.UNCERTAIN] <= 4
    assert advocacy(*command) in (0, 3)
    assert set(sink.to.values()) == {1}
