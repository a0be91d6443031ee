"""Killed at any instruction: nobody is mailed twice or lost, and what is unknown is told."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from advocacy.mail.ledger import State, open_ledger

from .sink import Sink, serving
from .test_send import person, write_list

pytestmark = pytest.mark.slow
PEOPLE = 6
DAY = "2026-03-02"
CALLS = "write,pwrite64,fsync,fdatasync,sendto,sendmsg"
MOST_UNCERTAIN = 100
KILLS = int(os.environ.get("ADVOCACY_KILLS", "100"))


@dataclass
class Mailing:
    """A mailing that can be sent again and again, and killed while it is."""

    campaign: Path
    people: Path
    sink: Sink
    environment: dict[str, str]

    def command(self, *more: str) -> list[str]:
        sending = ["send", str(self.campaign), "--recipients", str(self.people), "--today", DAY]
        options = ["--send", "--yes", "100000", "--workers", "1", "--patience", "0", "-q"]
        return [sys.executable, "-m", "advocacy", *sending, *options, *more]

    def run(self, *more: str, under: tuple[str, ...] = ()) -> int:
        return subprocess.run(
            [*under, *self.command(*more)],
            env=self.environment,
            cwd=self.people.parent,
            capture_output=True,
            check=False,
            timeout=120,
        ).returncode

    def finish(self) -> Counter[State]:
        """Run it to its end, as somebody would who knows nothing of the crash."""
        known = self.run()
        if known == 1:  # it was killed before the ledger knew of the mailing
            assert self.run("--new-mailing") in (0, 3)
        elif known == 3:
            assert self.run() == 3  # a second look changes nothing
        else:
            assert known == 0
        with open_ledger(self.campaign) as ledger:
            return Counter(record.state for record in ledger.records("parks/call"))

    def hold_the_promise(self, people: int, kills: int = 1) -> int:
        """Nobody twice, nobody lost; returns how many are uncertain."""
        states = self.finish()
        arrived = self.sink.to
        assert states[State.SENT] + states[State.UNCERTAIN] == people, states
        assert set(arrived.values()) <= {1}, "somebody was mailed twice"
        assert states[State.SENT] <= len(arrived) <= people
        assert len(arrived) >= people - states[State.UNCERTAIN], "somebody was lost"
        assert states[State.UNCERTAIN] <= MOST_UNCERTAIN * kills
        return states[State.UNCERTAIN]


@pytest.fixture
def mailing(small_campaign: Path, tmp_path: Path, cache_folder: Path) -> Iterator[Mailing]:
    people = write_list(tmp_path / "people.csv", [person(n) for n in range(PEOPLE)])
    with serving() as sink:
        environment = {**os.environ, "ADVOCACY_SMTP": sink.url, "PYTHONDONTWRITEBYTECODE": "1"}
        approve = ["approve", str(small_campaign), "--stage", "call", "--by", "Jane Doe", "-q"]
        command = [sys.executable, "-m", "advocacy", *approve]
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=tmp_path)
        yield Mailing(small_campaign, people, sink, environment)


def forget(mailing: Mailing) -> None:
    for file in mailing.campaign.parent.glob("*.ledger.sqlite*"):
        file.unlink()
    with mailing.sink.lock:
        mailing.sink.taken.clear()


@pytest.mark.parametrize(
    ("calls", "step"), [(CALLS, 5), ("sendto,sendmsg", 2)], ids=["every call", "to the server"]
)
def test_killed_at_any_system_call_it_mails_nobody_twice_and_loses_nobody(
    mailing: Mailing, tool, calls: str, step: int
) -> None:
    strace = tool("strace")
    number, kills, uncertain = random.randint(1, step), 0, 0  # another set in each run
    print(f"first call {number}, step {step}")
    while True:
        inject = f"inject={calls}:signal=KILL:when={number}"
        under = (strace, "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", inject)
        code = mailing.run("--new-mailing", under=under)
        killed = code == -signal.SIGKILL or code == 128 + signal.SIGKILL
        kills += killed
        uncertain += mailing.hold_the_promise(PEOPLE)
        forget(mailing)
        if not killed:
            break
        number += step
    assert kills >= 3, "the sender was killed where it matters"
    print(f"{kills} kills, {uncertain} uncertain of {kills * PEOPLE}")


def test_killed_a_hundred_times_a_large_mailing_mails_nobody_twice(mailing: Mailing) -> None:
    people, seed = 60 * KILLS, random.randrange(1 << 32)
    write_list(mailing.people, [person(n) for n in range(people)])
    print(f"seed {seed}")
    chance = random.Random(seed)
    assert mailing.run("--new-mailing", "--limit", "1") == 0
    kills = 0
    for _ in range(KILLS):
        before = sum(mailing.sink.to.values())
        process = subprocess.Popen(
            mailing.command(), env=mailing.environment, cwd=mailing.people.parent,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        # Killed while it sends, not while it starts.
        while sum(mailing.sink.to.values()) == before and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(chance.random() * 0.05)
        process.kill()
        kills += process.wait() == -signal.SIGKILL
        assert set(mailing.sink.to.values()) == {1}
    uncertain = mailing.hold_the_promise(people, kills)
    print(f"{kills} kills, {uncertain} of {people} uncertain")
    assert kills > KILLS // 2
