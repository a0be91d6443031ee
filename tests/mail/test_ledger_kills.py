"""Killed at any call that touches the ledger's files: nothing is lost, and nothing wrong is said.

A mailing was killed with one message at the server. Then each command that opens the ledger is
killed at its calls, and somebody looks at the mailing, rehearses it, and sends the rest.
"""

import os
import random
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

from advocacy.mail.ledger import State

from .consent.conftest import KEY
from .consent.test_bounces import bounce
from .fault_bench import MAILING, Commands, Sequence, commands_running
from .fault_server import BenchServer
from .test_send import TODAY, person, write_list

pytestmark = pytest.mark.slow
CALLS = "openat,write,pwrite64,ftruncate,unlink,unlinkat,link,linkat,rename,fchmod,chmod"
PEOPLE = 6
STEP = int(os.environ.get("ADVOCACY_KILL_STEP", "5"))
"""A command is killed at each of so many calls, from a random one on; 1 visits them all."""
ASK = ["send", "parks.yaml", "--recipients", "people.csv", *TODAY, "--workers", "1"]
SEND = [*ASK, "--send", "--patience", "0", "--connections", "2"]
OPENERS = {
    "send": [*SEND, "--yes", "9"],
    "dry run": ASK,
    "test": [*ASK, "--test-to", "me@parks.example"],
    "refused: too many": [*SEND, "--yes", "1"],
    "refused: not new": [*SEND, "--yes", "9", "--new-mailing"],
    "assume sent": [*SEND, "--yes", "9", "--assume-sent"],
    "status": ["status", "parks.yaml", "--recipients", "people.csv"],
    "bounces": ["bounces", "import", "box.mbox", "--campaigns", "."],
    "replied": ["replied", "p0", "--campaigns", "."],
    "forget": ["forget", "p0@d0.example", "--campaigns", ".", "--yes"],
    "uncertain": ["uncertain", "parks.yaml"],
    "uncertain: arrived": ["uncertain", "parks.yaml", "--arrived", "p2"],
    "uncertain: resend": ["uncertain", "parks.yaml", "--resend", "p2"],
}


class Trial(Sequence):
    """A mailing that was killed, in a folder that can be had again and again."""

    def begin(self) -> None:
        """Send until the server has the third message, and kill the sender."""
        self.connections = 1
        self._prepare()
        write_list(self.folder / "people.csv", [person(n) for n in range(PEOPLE)])
        self._environ["ADVOCACY_KEY"] = KEY
        self.server.watch = self._seen
        self._kill_after([*SEND[:-1], "1", "--yes", "9", "--new-mailing"], 30.0, "END", 3)
        assert self.report.kills == 1
        _, _, message = self.server.received[0]
        (line,) = [one for one in message.splitlines() if one.startswith(b"Message-ID")]
        sender = "letters@friends.example"
        returned = line.decode().partition(": ")[2]
        notice = bounce(sender, returned=returned, recipient="p0@d0.example")
        (self.folder / "box.mbox").write_bytes(b"From x\n" + notice)

    def killed_at(self, words: list[str], number: int, strace: str) -> bool:
        """Run a command and kill it at its n-th call on the ledger's files; whether it was."""
        with self._log.open("w"):
            pass
        process = self.commands.begin(words, self.folder, self._environ, held=True)
        files = [f"{self._file}{end}" for end in ("", "-wal", "-shm")]
        tracer = subprocess.Popen(
            [strace, "-f", "-qq", "-o", "/dev/null", "-p", str(process),
             *(word for file in files for word in ("-P", file)),
             "-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=KILL:when={number}"],
        )  # fmt: skip
        status = Path(f"/proc/{process}/status")
        while "TracerPid:\t0" in status.read_text() or "\nState:\tR" in status.read_text():
            assert tracer.poll() is None
        with _going_on(process):
            code = self.commands.end()
        tracer.wait()
        self._check(code)
        return code == -signal.SIGKILL

    def finish(self) -> None:
        """Look at it, rehearse it, send the rest: nobody twice, nobody lost, nothing wrong said."""
        self._copy()
        self._status(self.folder)
        self._command(ASK)
        for _ in range(2):
            assert self._command([*SEND, "--yes", "9"]) in (0, 3), self._log.read_text()
        states = self._counts()
        assert states[State.SENDING] == states[State.DEFERRED] == states[State.REFUSED] == 0
        assert states[State.UNCERTAIN] <= 1 + 2
        got = self.server.delivered
        assert max(got.values()) == 1, got
        with self._open() as ledger:
            records = list(ledger.records(MAILING))
        open_ = {one.address for one in records if one.state is State.UNCERTAIN}
        assumed = {one.address for one in records if "Assumed" in one.reply}
        missing = {f"p{n}@d{n % 3}.example" for n in range(PEOPLE)} - set(got)
        assert missing <= open_ | assumed, "somebody was lost"
        assert not self.report.false_claims


@contextmanager
def _going_on(process: int) -> Iterator[None]:
    """Let a held process go on, again each second: a signal is lost while strace attaches."""
    ended = threading.Event()

    def signal_it() -> None:
        while True:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)
            if ended.wait(1):
                return

    thread = threading.Thread(target=signal_it)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    with commands_running() as running:
        yield running


@pytest.fixture(scope="module")
def trial(commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """The mailing, with a copy of its folder as it was after the kill."""
    folder = tmp_path_factory.mktemp("kills") / "here"
    folder.mkdir()
    server = BenchServer()
    found = Trial(1, folder, commands, server)
    found.begin()
    shutil.copytree(folder, folder.with_name("before"))
    yield found
    server.close()


@pytest.mark.parametrize("name", OPENERS)
def test_killed_at_any_call_on_the_ledger_it_is_believed_afterwards(
    trial: Trial, tool: Callable[[str], str], name: str
) -> None:
    strace, before = tool("strace"), trial.folder.with_name("before")
    received = list(trial.server.received[:2])
    start, kills = random.randint(1, STEP), 0
    print(f"first call {start}, step {STEP}")
    for number in count(start, STEP):
        shutil.rmtree(trial.folder)
        shutil.copytree(before, trial.folder)
        trial.server.received[:] = received
        killed = trial.killed_at(OPENERS[name], number, strace)
        kills += killed
        trial.finish()
        if not killed:
            break
    print(f"{name}: {kills} kills")
