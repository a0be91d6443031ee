"""A run stops for the sender's name, for a fact that ends, and at once after Ctrl-C."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from advocacy.mail.ledger import LedgerEntry, MailingText, Result, State, open_ledger
from advocacy.mail.sending import preparation, stops

from .sink import Sink
from .test_account import rows_of
from .test_send import TODAY, Run, advocacy, parks, people, person, sink, write_list

__all__ = ["advocacy", "parks", "people", "sink"]
MAILING = "parks/call"


def delivered(campaign: Path, count: int, complaints: int) -> None:
    """As many letters as were delivered, and as many complaints as came, straight in the ledger."""
    with open_ledger(campaign, create=True) as ledger:
        ledger.start("parks/first", "parks", "call", MailingText({}, ""))
        entries = [
            LedgerEntry(f"f{n}", f"f{n}@x.example", f"f{n}@x.example", "", "", f"<f{n}@x>")
            for n in range(count)
        ]
        with ledger.begin_run("parks/first") as run:
            ledger.exchange(run, [], entries)
            sent = [Result(entry.letter_id, State.SENT, 250, "ok") for entry in entries]
            ledger.exchange(run, sent, [])
        for n in range(complaints):
            ledger.mark_bounced("parks/first", f"f{n}", "complaint")


def test_ten_refusals_among_the_last_messages_stop_a_run_until_somebody_decides_to_go_on(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    write_list(people, [person(n) for n in range(40)])
    sink.answer = lambda step, to: (
        "550 5.1.1 no" if step == "rcpt" and re.match(r"p[0-9]*[02468]@", to) else None
    )
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 40)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 3
    told = capsys.readouterr().out
    # How many were sent by then depends on the order in which groups take the domains.
    assert re.search(r"Stopped: 10 of the last [12][0-9] messages were refused by their", told)
    assert "--despite refusals" in told
    before = sink.to.total()
    assert before < 20
    assert advocacy(*command) == 3, "the same command does not go on by itself"
    assert "Stopped: The last run stopped because" in capsys.readouterr().out
    assert sink.to.total() == before
    assert advocacy(*command, "--despite", "refusals", "--connections", 1) == 3
    assert sink.to.total() > before


def test_when_the_deferred_are_tried_again_is_not_told_of_those_who_were_not_tried_at_all(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(step: str, to: str) -> str | None:
        later = to in (person(0)["email"], person(1)["email"], person(2)["email"])
        return ("451 4.7.1 later" if later else "550 5.1.1 no") if step == "rcpt" else None

    sink.answer = answer
    write_list(people, [person(n) for n in range(60)])
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 60)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 3
    told = capsys.readouterr().out
    (when,) = re.findall(r"The next run retries those who were deferred, from (\d{4})-", told)
    assert int(when) >= 2026


@pytest.mark.parametrize(
    ("letters", "complaints", "code"), [(1000, 3, 3), (1000, 2, 0), (300, 2, 0), (1001, 3, 0)]
)
def test_complaints_of_three_in_a_thousand_stop_a_mailing(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str],
    letters: int, complaints: int, code: int,
) -> None:  # fmt: skip
    delivered(parks, letters, complaints)
    write_list(people, [person(1)])
    command = ("send", parks, "--recipients", people, *TODAY)
    assert advocacy(*command) == 0
    out, err = (re.sub(r"\s+", " ", text) for text in capsys.readouterr())
    assert f"{complaints} people have reported the letter as spam" in err
    # No command is shown that would send nothing, and no share that looks like the limit.
    assert ("To send: advocacy" in out, "Problems none" in out) == (not code, not code)
    assert ("A run would send nothing now." in out, "0.3% of" in err) == (bool(code), bool(code))
    assert ("once at least 3 people" in err) == (not code)
    assert advocacy(*command, "--send", "--yes", 1, "--new-mailing") == code
    assert sink.to.total() == (0 if code else 1)
    if code:
        told = "".join(capsys.readouterr())
        assert "0.3% of 1,000 delivered" in told
        assert (
            advocacy(*command, "--send", "--yes", 1, "--new-mailing", "--despite", "complaints")
            == 0
        )
        told = re.sub(r"\s+", " ", capsys.readouterr().err)
        assert "goes on because of `--despite complaints`" in told
        assert "The mailing stops" not in told


def test_complaints_that_come_in_meanwhile_stop_a_run(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(stops, "LOOK_AT_COMPLAINTS", 0.0)
    delivered(parks, 900, 0)

    def complain(step: str, _: str) -> None:
        if step == "data" and len(sink.taken) == 4:
            with open_ledger(parks) as ledger:
                for n in range(3):
                    ledger.mark_bounced("parks/first", f"f{n}", "complaint")
            time.sleep(0.3)

    sink.answer = complain
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 12)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 3
    assert "Stopped: 3 people have reported" in capsys.readouterr().out
    assert 5 <= sink.to.total() < 12


def end_fact(campaign: Path) -> None:
    """Say in the facts file that the fact no longer holds."""
    facts = campaign.parent / "facts.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(
        text.replace("  from: 2026-01-15\n", "  from: 2026-01-15\n  until: 2026-03-01\n")
    )


@pytest.mark.parametrize(
    ("count", "after"), [(30, 12), pytest.param(1000, 400, marks=pytest.mark.slow)]
)
def test_a_fact_that_ends_stops_the_run_and_those_who_have_the_letter_are_known(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str],
    count: int, after: int,
) -> None:  # fmt: skip
    write_list(people, [person(n) for n in range(count)])
    ended = threading.Event()

    def answer(step: str, _: str) -> None:
        if step == "rcpt" and len(sink.taken) == after - 1 and not ended.is_set():
            ended.set()
            end_fact(parks)
            time.sleep(2)

    sink.answer = answer
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", count)
    assert advocacy(*command, "--new-mailing", "--connections", 1) == 3
    told = capsys.readouterr().out
    assert "Stopped: The text was changed during the mailing" in told
    assert sink.to.total() == after, "the one in hand is finished"
    assert (
        advocacy("status", parks, "--recipients", people, "--cites", "visits", "--report", "csv")
        == 0
    )
    assert {row["email"] for row in rows_of(capsys.readouterr().out)} == set(sink.to)
    assert advocacy(*command) == 1, "the fact does not hold any more"


@pytest.mark.parametrize("is_over", [True, False])
def test_nothing_that_was_composed_ahead_leaves_once_a_file_of_the_text_was_saved(
    advocacy: Run, parks: Path, people: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch,
    is_over: bool,
) -> None:  # fmt: skip
    write_list(people, [person(n) for n in range(300)])
    saved = threading.Event()
    counts: list[int] = []
    judge = preparation.text_on_disk

    def judge_slowly(*asked: Any) -> Any:
        if saved.is_set():  # nobody hands over any more; what is in hand arrives meanwhile
            time.sleep(0.3)
            counts.append(sink.to.total())
            time.sleep(0.3)
            counts.append(sink.to.total())
        return judge(*asked)

    def answer(step: str, _: str) -> None:
        if step == "rcpt" and len(sink.taken) >= 40 and not saved.is_set():
            end_fact(parks) if is_over else (parks.parent / "facts.yaml").touch()
            saved.set()
            time.sleep(0.2)

    monkeypatch.setattr(preparation, "text_on_disk", judge_slowly)
    sink.answer = answer
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 300)
    assert advocacy(*command, "--new-mailing") == (3 if is_over else 0)
    assert counts[0] == counts[1] < 300
    assert sink.to.total() == (counts[0] if is_over else 300)


@contextmanager
def stalling(*, signals: bool = True) -> Iterator[tuple[str, threading.Event]]:
    """A server that takes messages and never says a word about them, and whether it has one.

    It interrupts this process when it does, if it `signals`.
    """
    taken = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(sock: socket.socket) -> None:
        with sock, suppress(OSError):
            sock.sendall(b"220 slow\r\n")
            stream = sock.makefile("rb")
            while line := stream.readline():
                if line[:4].upper() == b"DATA":
                    sock.sendall(b"354 go\r\n")
                    while stream.readline() not in (b".\r\n", b""):
                        pass
                    taken.set()
                    if signals:
                        os.kill(os.getpid(), signal.SIGINT)
                    continue
                sock.sendall(b"250 ok\r\n")

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}", taken
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def test_one_ctrl_c_ends_a_run_whose_server_stalls(
    advocacy: Run, parks: Path, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy.mail.sending.senders.GRACE", 0.2)
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 12)
    with stalling() as (url, _):
        monkeypatch.setenv("ADVOCACY_SMTP", url)
        assert advocacy(*command, "--new-mailing", "--connections", 1) == 130
    with open_ledger(parks) as ledger:
        counts = ledger.counts(MAILING)
        (uncertain,) = ledger.records(MAILING, [State.UNCERTAIN])
    assert uncertain.reply.startswith("the run was interrupted, after the whole message was sent")
    assert counts[State.UNCERTAIN] == 1, "the message that had left may have arrived"
    assert counts[State.SENT] == counts[State.SENDING] == 0


def test_a_run_that_is_interrupted_counts_the_whole_list_or_not_at_all(
    advocacy: Run, parks: Path, people: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    write_list(people, [person(n) for n in range(1100)])
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 1100)

    def interrupt(step: str, _: str) -> None:
        if step == "data" and len(sink.taken) == 20:
            os.kill(os.getpid(), signal.SIGINT)

    sink.answer = interrupt
    assert advocacy(*command, "--new-mailing", "--workers", "1") == 130
    told, warned = capsys.readouterr()
    assert {*re.findall(r"([0-9,]+) listed", told)} <= {"1,100"}
    assert "run the command again without --new-mailing" in told
    assert "The ledger has a record of what was sent." in warned


@pytest.mark.slow
def test_a_disk_that_fills_up_is_told_and_sends_nothing_twice(
    advocacy: Run, parks: Path, people: Path, sink: Sink
) -> None:
    write_list(people, [person(n) for n in range(60)])
    running: list[subprocess.Popen[str]] = []

    def fill(step: str, _: str) -> None:
        if step == "data" and len(sink.taken) == 10:
            (wal,) = parks.parent.glob("*.ledger.sqlite-wal")
            # No file may grow beyond what the log has now: as on a full disk, it is not written.
            limit = (wal.stat().st_size, resource.RLIM_INFINITY)
            resource.prlimit(running[0].pid, resource.RLIMIT_FSIZE, limit)

    sink.answer = fill
    command = ["send", parks, "--recipients", people, *TODAY, "--send", "--yes", "60"]
    arguments = [sys.executable, "-m", "advocacy", *map(str, command), "--new-mailing"]
    sending = subprocess.Popen(
        [*arguments, "--connections", "1", "-q"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env=os.environ | {"ADVOCACY_SMTP": sink.url},
    )  # fmt: skip
    running.append(sending)
    told, _ = sending.communicate(timeout=120)
    told = " ".join(told.split())
    assert sending.returncode in (1, 3), told
    assert "could not be written" in told
    assert "those letters count as uncertain" in told
    sink.answer = lambda _step, _address: None
    assert advocacy(*command) in (0, 3)
    assert set(sink.to.values()) == {1}
    with open_ledger(parks) as ledger:
        counts = ledger.counts(MAILING)
    assert counts[State.SENT] + counts[State.UNCERTAIN] == 60
    assert sink.to.total() >= counts[State.SENT]
