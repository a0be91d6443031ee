"""Senders that contend for one mailing, and senders that are killed: processes and threads."""

import io
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stdout
from itertools import count
from pathlib import Path

import pytest

from advocacy.mail.ledger import Ledger, Result, State, open_ledger
from advocacy.mail.ledger.transactions import Transactions

from .ledger_fixtures import MAILING, TEXT, Books, entry, taken

pytestmark = pytest.mark.slow

# A sender: prints a letter's id once it may be sent, as if the print were the letter leaving.
SENDER = """\
import random, sys, threading
from pathlib import Path
from advocacy.mail.ledger import LedgerEntry, Result, State, open_ledger
campaign, size, group, threads, seed = Path(sys.argv[1]), *map(int, sys.argv[2:6])
shuffled = list(range(size))
random.Random(seed).shuffle(shuffled)
parts = [shuffled[n::threads] for n in range(threads)]
speak = threading.Lock()

def letter(n):
    address = f"p{n}@list.example"
    return LedgerEntry(f"p{n}", address, address, "d", "r", f"<p{n}@friends.example>")

def work(ledger, run, numbers):
    told = []
    for at in range(0, len(numbers), group):
        some = [letter(n) for n in numbers[at : at + group]]
        given = [one.letter_id for one in ledger.exchange(run, told, some) if one.taken]
        with speak:
            for name in given:
                print(name, flush=True)
        told = [Result(name, State.SENT, 250, "ok") for name in given]
    ledger.exchange(run, told, [])

with open_ledger(campaign) as ledger, ledger.begin_run("parks/call") as run:
    print("READY", flush=True)
    sys.stdin.readline()
    workers = [threading.Thread(target=work, args=(ledger, run, part)) for part in parts]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
"""


def sender(books: Books, size: int, group: int, threads: int, seed: int) -> "subprocess.Popen[str]":
    arguments = [str(number) for number in (size, group, threads, seed)]
    return subprocess.Popen(
        [sys.executable, "-c", SENDER, str(books.campaign), *arguments],
        env=os.environ | books.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def begin(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "READY\n"


def rest(process: "subprocess.Popen[str]") -> list[str]:
    """What else it prints; `communicate` would lose what was read ahead."""
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        return process.stdout.read().split()


def real(books: Books) -> Ledger:
    """The ledger as it is, without the tests' clock."""
    ledger = open_ledger(books.campaign, create=True, environ=books.environ)
    books.opened.append(ledger)
    if ledger.mailing(MAILING) is None:
        ledger.start(MAILING, "parks", "call", TEXT)
    return ledger


def test_of_two_processes_with_many_threads_each_letter_goes_to_one(books: Books) -> None:
    ledger = real(books)
    size = 120
    senders = [sender(books, size, 4, 4, seed) for seed in (1, 2)]
    for one in senders:
        begin(one)
    for one in senders:
        go(one)
    printed = [rest(one) for one in senders]
    assert [one.returncode for one in senders] == [0, 0]
    assert Counter(name for names in printed for name in names) == Counter(
        f"p{n}" for n in range(size)
    )
    assert ledger.counts(MAILING)[State.SENT] == size


def test_many_threads_of_one_run_never_get_the_same_letter(books: Books) -> None:
    ledger = real(books)
    letters = [entry(f"p{n}") for n in range(60)]
    given: list[str] = []
    together = threading.Barrier(8)

    def work() -> None:
        together.wait()
        for at in range(0, 60, 5):
            names = taken(ledger.exchange(run, [], letters[at : at + 5]))
            ledger.exchange(run, [Result(name, State.SENT, 250, "ok") for name in names], [])
            given.extend(names)

    with ledger.begin_run(MAILING) as run:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Counter(given) == Counter(one.letter_id for one in letters)
    assert ledger.counts(MAILING)[State.SENT] == 60


def test_threads_that_wait_share_one_commit(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    if books.kind != "sqlite":
        pytest.skip("PostgreSQL groups commits itself")
    ledger = real(books)
    commits: list[int] = []
    honest = Transactions._do

    def counted(self: Transactions, jobs: list[object]) -> None:
        commits.append(len(jobs))
        honest(self, jobs)  # type: ignore[arg-type]

    with ledger.begin_run(MAILING) as run:
        monkeypatch.setattr(Transactions, "_do", counted)
        threads = [
            threading.Thread(target=ledger.exchange, args=(run, [], [entry(f"p{n}")]))
            for n in range(9)
        ]
        with ledger._db._writer:  # somebody is writing
            for thread in threads:
                thread.start()
            while len(ledger._db._jobs) < len(threads):
                threading.Event().wait(0.001)
        for thread in threads:
            thread.join()
    assert commits == [9]
    assert ledger.counts(MAILING)[State.UNCERTAIN] == 9


def killed_at_random(books: Books, kills: int) -> None:
    """Kill the sender again and again, each time after some more letters."""
    ledger = real(books)
    size, group, threads = 500 + 60 * kills, 10, 2
    chance = random.Random()
    left: Counter[str] = Counter()
    for kill in range(kills):
        process = sender(books, size, group, threads, seed=7)
        begin(process)
        go(process)
        assert process.stdout is not None
        lines = chance.randrange(1, 30)
        names = [process.stdout.readline().strip() for _ in range(lines)]
        threading.Event().wait(chance.random() / 200)
        process.send_signal(signal.SIGKILL)
        names += rest(process)
        left.update(name for name in names if name)
        assert max(left.values()) == 1, "nobody was written to twice"
        if process.returncode == 0:  # it was done before it could be killed
            break
        found = ledger.settle(MAILING)
        assert found <= group * threads * 2
        counts = ledger.counts(MAILING)
        assert counts[State.SENDING] == 0
        done = {one.letter_id for one in ledger.records(MAILING)}
        assert set(left) <= done, f"every letter that left is written down (kill {kill})"
    assert kill >= kills // 2
    uncertain = {one.letter_id for one in ledger.records(MAILING, [State.UNCERTAIN])}
    assert ledger.resend_uncertain(MAILING) == len(uncertain)
    process = sender(books, size, group, threads, seed=7)
    begin(process)
    go(process)
    left.update(rest(process))
    assert process.returncode == 0
    assert len(left) == size, "none was lost"
    assert {name for name, times in left.items() if times > 1} <= uncertain
    assert ledger.counts(MAILING)[State.SENT] == size


def test_a_sender_killed_at_random_never_writes_twice(books: Books) -> None:
    killed_at_random(books, 2)


# Everything from no ledger at all to three letters sent, again after each crash.
ALL = """\
import sys
from pathlib import Path
from advocacy.mail.ledger import LedgerEntry, MailingText, Result, State, open_ledger
with open_ledger(Path(sys.argv[1]), create=True, environ={}) as ledger:
    if ledger.mailing("parks/call") is None:
        ledger.start("parks/call", "parks", "call", MailingText({}, ""))
    ledger.settle("parks/call")
    with ledger.begin_run("parks/call") as run:
        for name in ("ann", "bob", "eve"):
            given = ledger.exchange(run, [], [LedgerEntry(name, name, name, "", "", "")])
            if given[0].taken:
                print(name, flush=True)
                ledger.exchange(run, [Result(name, State.SENT, 250, "ok")], [])
"""


def test_a_sender_killed_at_each_system_call_never_writes_twice(
    tmp_path: Path, tool: Callable[[str], str]
) -> None:
    """At writes to the ledger and waits for the disk, from its making to its closing.

    At every third, from a random one on: a few runs of the tests have visited them all.
    """
    calls = "pwrite64,fsync,fdatasync,ftruncate,unlink,link,fchmod"
    numbers = count(random.randrange(1, 4), 3)
    for number in numbers:
        folder = tmp_path / str(number)
        folder.mkdir()
        command = [sys.executable, "-c", ALL, str(folder / "parks.yaml")]
        traced = [tool("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e"]
        first = subprocess.run(
            [*traced, f"inject={calls}:signal=KILL:when={number}", *command],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        left = first.stdout.split()
        again = io.StringIO()
        with redirect_stdout(again), pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", command[2:])
            exec(ALL, {})
        left += again.getvalue().split()
        assert len(left) == len(set(left)), f"killed at call {number}"
        with open_ledger(folder / "parks.yaml", environ={}) as ledger:
            found = {one.letter_id: one.state for one in ledger.records(MAILING)}
        assert set(found) == {"ann", "bob", "eve"}, "none was lost"
        unheard = {name for name, state in found.items() if state is State.UNCERTAIN}
        assert len(unheard) <= 1
        assert set(found) - unheard <= set(left)
        assert {state for name, state in found.items() if name not in unheard} <= {State.SENT}
        if first.returncode == 0:
            break
        assert first.returncode in (137, -signal.SIGKILL), first.stderr
    assert number > 30, "it was killed at that many places"
