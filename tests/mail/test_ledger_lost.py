"""A ledger out of reach is told of; Ctrl-C ends the run, and nothing that was sent is lost."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from advocacy.mail.ledger import State, open_ledger

from .ledger_fixtures import Cluster
from .sink import Sink
from .test_send import TODAY, Run, advocacy, parks, people, person, sink, write_list
from .test_stops import stalling

__all__ = ["advocacy", "parks", "people", "sink"]
MAILING = "parks/call"


@pytest.fixture
def stoppable(postgres_server: Cluster, postgres_url: str) -> Iterator[Cluster]:
    """The server, which runs again after the test."""
    yield postgres_server
    postgres_server.control("restart", "-m", "immediate")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_ctrl_c_ends_a_run_whose_ledger_is_out_of_reach(
    advocacy: Run, parks: Path, people: Path, sink: Sink, stoppable: Cluster, postgres_url: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int,
) -> None:  # fmt: skip
    monkeypatch.setenv("ADVOCACY_LEDGER", postgres_url)
    write_list(people, [person(n) for n in range(300)])
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 300)

    def stop(step: str, _: str) -> None:
        if step == "data" and len(sink.taken) == 120:
            stoppable.control("stop", "-m", "immediate")

    sink.answer = stop
    words = [sys.executable, "-m", "advocacy", *map(str, command), "--new-mailing"]
    sending = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"ADVOCACY_SMTP": sink.url},
    )  # fmt: skip
    assert sending.stderr is not None
    line = next(line for line in sending.stderr if "ledger" in line)
    assert "The ledger cannot be reached. Trying again" in line
    sending.send_signal(number)
    out, errors = sending.communicate(timeout=100)
    assert sending.returncode == 130
    sink.answer = lambda _step, _address: None
    count = int(re.findall(r"([0-9,]+) messages sent now", out)[0].replace(",", ""))
    assert count <= sink.to.total() <= count + 4
    assert "The ledger lacks the last results. They are kept on this machine" in out
    assert "ledger-unreachable" in out + errors or "cannot be reached" in out
    stoppable.control("start")
    capsys.readouterr()
    assert advocacy("status", parks, "--recipients", people) == 0
    with open_ledger(parks) as ledger:
        counts = ledger.counts(MAILING)
    assert counts[State.SENT] >= count
    assert counts[State.UNCERTAIN] <= 4
    assert counts[State.SENDING] == 0
    assert advocacy(*command) in (0, 3)
    assert set(sink.to.values()) == {1}


def test_a_second_ctrl_c_ends_a_mailing_at_once_with_its_account(parks: Path, people: Path) -> None:
    command = ("send", parks, "--recipients", people, *TODAY, "--send", "--yes", 12)
    with stalling(signals=False) as (url, taken):
        sending = subprocess.Popen(
            [sys.executable, "-m", "advocacy", *map(str, command), "--new-mailing"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | {"ADVOCACY_SMTP": url},
        )  # fmt: skip
        assert sending.stderr is not None
        taken.wait(60)
        sending.send_signal(signal.SIGINT)
        assert any("Press Ctrl-C again" in line for line in sending.stderr)
        sending.send_signal(signal.SIGINT)
        out, errors = sending.communicate(timeout=60)
    assert sending.returncode == 130
    assert "no file is incomplete" not in errors
    assert "The ledger has a record of what was sent." in errors
    assert "12 listed" in out
    assert re.search(r"[1-4] uncertain: they may have arrived", out)
    assert "advocacy uncertain" in out
    assert "Traceback" not in out + errors


@pytest.mark.parametrize("how", [("--send", "--yes", "12", "--new-mailing"), ()])
def test_ctrl_c_before_the_first_message_says_that_nothing_was_sent(
    advocacy: Run, parks: Path, people: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], how: tuple[str, ...],
) -> None:  # fmt: skip
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("advocacy.mail.sending.preparation.load_campaign", interrupt)
    assert advocacy("send", parks, "--recipients", people, *TODAY, *how) == 130
    assert "Interrupted. Nothing was sent." in capsys.readouterr().err
    assert sink.taken == []
