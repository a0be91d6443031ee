"""The fault bench: any fault of a server, any sequence of commands, killed in between.

    python -m tests.mail.fault_bench --sequences 500 --out soak.jsonl

Each sequence follows from its seed alone: which faults the server commits, which commands are run,
and at which step of SMTP or after how long each is killed. At its end it says how many people were
mailed twice, lost, or spoken of wrongly, and how many a kill left uncertain. A file of results is
added to from the seed where it ends.

Commands run in children of one process that has imported everything, so that a sequence takes
seconds. Waits between tries are shortened there; nothing else is.
"""

import gc
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stdout, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from advocacy.campaign.loading import load_campaign
from advocacy.errors import AdvocacyError
from advocacy.letters.approvals import record_approval
from advocacy.mail.ledger import State, open_ledger
from advocacy.mail.ledger.runs import UNHEARD

from ..conftest import SMALL_CAMPAIGN, SMALL_FACTS, SMALL_LETTER, SMALL_SOURCES
from .fault_server import BenchServer
from .test_send import DAY, TODAY, person, write_list

MAILING = "parks/call"
PEOPLE = 40
ROUNDS = 8
KILL_AT = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "END", "ANSWERED")
"""The steps of SMTP at which a command is killed; `ANSWERED` is after the last one."""
ALARMS = ("ledger-", "bug in advocacy", "Traceback")
_SERVE = """
import json, os, signal, sys, time
sys.path[:0] = [os.getcwd()]
from tests.mail.fault_bench import serve_commands
serve_commands()
"""


def serve_commands() -> None:
    """Run the commands that stdin names, each in a child that is like a process of its own."""
    import advocacy.cli.send
    import advocacy.cli.status  # noqa: F401
    from advocacy.cli import group
    from advocacy.mail import smtp
    from advocacy.mail.ledger import postgres, sqlite  # noqa: F401
    from advocacy.mail.sending import senders, sending  # noqa: F401
    from advocacy.mail.status import status  # noqa: F401

    senders.LONGEST_PAUSE = 0.01
    smtp.FIRST_WAIT = 0.001
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        # What every command would do anew is done once, before the children are made.
        prepare(Path(folder))
        os.environ["ADVOCACY_SMTP"] = f"maildir:{folder}/box"
        campaign, people = f"{folder}/parks.yaml", f"{folder}/people.csv"
        group.main(["send", campaign, "--recipients", people, *TODAY, "--workers", "1"])
    gc.freeze()  # what is collected in a child would be copied first
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            os.environ.update(asked["environ"])
            os.chdir(asked["folder"])
            log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            for number in (1, 2):
                os.dup2(log, number)
            tempfile.tempdir = None
            if asked["held"]:
                os.kill(os.getpid(), signal.SIGSTOP)
            sys.exit(group.main(asked["words"]))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def prepare(folder: Path) -> None:
    """Write an approved campaign and its list."""
    (folder / "templates" / "letters").mkdir(parents=True)
    for name, text in (
        ("parks.yaml", SMALL_CAMPAIGN), ("facts.yaml", SMALL_FACTS),
        ("sources.yaml", SMALL_SOURCES), ("templates/letters/open.md", SMALL_LETTER),
    ):  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    campaign, _ = load_campaign(folder / "parks.yaml")
    assert campaign is not None
    record_approval(campaign, "call", "Jane Doe", DAY)
    write_list(folder / "people.csv", [person(n) for n in range(PEOPLE)])


class Commands:
    """Runs commands of the program, one after the other, and may kill them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE], cwd=Path(__file__).parents[2], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def begin(
        self, words: list[str], folder: Path, environ: dict[str, str], *, held: bool = False
    ) -> int:
        """Begin a command; its process, which stops at once and waits for SIGCONT if it is held."""
        assert self._process.stdin is not None
        asked = {"words": words, "folder": str(folder), "environ": environ,
                 "log": str(folder / "log"), "held": held}  # fmt: skip
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return self._line()

    def end(self) -> int:
        """Wait for the command that was begun; its exit code, negative for a signal."""
        return self._line()

    def _line(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()


@dataclass
class BenchReport:
    """What a sequence, or several, came to; `uncertain` is by kills alone, `most` for one kill.

    `doubles` are people mailed again who had not been called uncertain, `losses` people who got
    nothing and were not refused, `false_claims` what a command said wrongly.
    `journals_left` are files of killed runs that stay in the temporary folder; they lose nothing.
    """

    seed: int = 0
    sequences: int = 1
    commands: int = 0
    kills: int = 0
    doubles: int = 0
    losses: int = 0
    uncertain: int = 0
    most: int = 0
    too_many: int = 0
    server_faults: int = 0
    journals_left: int = 0
    false_claims: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether everything held that is promised."""
        return not (self.doubles or self.losses or self.false_claims or self.too_many)

    def add(self, other: "BenchReport") -> None:
        """Add another's figures."""
        for name in ("sequences", "commands", "kills", "doubles", "losses", "uncertain",
                     "too_many", "server_faults", "journals_left"):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.most = max(self.most, other.most)
        self.false_claims += [f"seed {other.seed}: {one}" for one in other.false_claims]


@dataclass
class Sequence:
    """A mailing, a server with faults, and commands that are killed; all from one seed."""

    seed: int
    folder: Path
    commands: Commands
    server: BenchServer
    ledger: str = ""
    report: BenchReport = field(default_factory=BenchReport)
    chance: random.Random = field(default_factory=random.Random)
    killed: bool = False
    _pid: int = 0
    _at: str = ""
    _times: int = 0

    def run(self) -> BenchReport:
        """Run the sequence to its end."""
        self.chance = random.Random(self.seed)
        self.report = BenchReport(self.seed)
        self.connections = self.chance.choice((1, 2, 4))
        self._prepare()
        self.server.watch = self._seen
        for _ in range(ROUNDS):
            self.server.chance = self.chance.choice((0.0, 0.02, 0.1))
            self._kill_one(self._send("--new-mailing" if not self._begun() else ""))
            if self.chance.random() < 0.5:
                self._look()
        try:
            self._finish()
        except AdvocacyError as error:
            self._claim(str(error))
        return self.report

    # --- commands ---------------------------------------------------------------------------

    def _send(self, *more: str) -> list[str]:
        return ["send", "parks.yaml", "--recipients", "people.csv", *TODAY, "--send", "--yes",
                "1000", "--workers", "1", "--patience", "0", "--connections",
                str(self.connections), *(one for one in more if one)]  # fmt: skip

    def _look(self) -> None:
        """Something that somebody does after a crash; it may be killed as well."""
        looks: list[Callable[[], None]] = [
            lambda: self._maybe_killed(["status", "parks.yaml", "--recipients", "people.csv"]),
            lambda: self._maybe_killed([one for one in self._send() if one not in
                                        ("--send", "--yes", "1000")]),
            lambda: self._maybe_killed([*self._send()[:-8], "--send", "--yes", "1"]),
            lambda: self._maybe_killed([one for one in self._send("--test-to", "me@x.example")
                                        if one not in ("--send", "--yes", "1000")]),
            self._viewer,
            self._copy,
        ]  # fmt: skip
        self.chance.choice(looks)()

    def _maybe_killed(self, words: list[str]) -> None:
        if self.chance.random() < 0.5:
            self._kill_after(words, self.chance.random() * 0.3)
        else:
            self._command(words)

    def _viewer(self) -> None:
        """Somebody opens the ledger's file with another program."""
        if self._begun() and not self.ledger:
            with closing(sqlite3.connect(self._file)) as raw:
                raw.execute("SELECT count(*) FROM advocacy_letter").fetchall()

    def _copy(self) -> None:
        """Somebody copies the ledger's file and not its log: refused, unless nothing is missing."""
        if not self._begun() or self.ledger:
            return
        away = self.folder / "away"
        shutil.rmtree(away, ignore_errors=True)
        shutil.copytree(self.folder, away, ignore=shutil.ignore_patterns("*-wal", "*-shm", "log"))
        told = self._status(away)  # first: what is known of a killed run is told to the ledger once
        known = self._status(self.folder)
        shutil.rmtree(away)
        if told is not None and told != known:
            self._claim(f"a copy without its log says {told} and not {known}")

    def _status(self, folder: Path) -> Any:
        """What `status` says of the mailing in a folder; None where it is refused."""
        with suppress(OSError):
            (folder / "log").unlink()
        code = self._run(["status", "parks.yaml", "--report", "json"], folder)
        told = (folder / "log").read_text("utf-8")
        if code or "ledger-incomplete" in told:
            if folder == self.folder:
                self._check(code)
            return None
        (mailing,) = json.loads(told[told.index("[") : told.rindex("]") + 1]) or [{}]
        names = ("sent", "refused", "put_off", "under_way")
        return [mailing.get(name) for name in names] + [len(mailing.get("uncertain", ()))]

    def _command(self, words: list[str]) -> int:
        with suppress(OSError):
            self._log.unlink()
        code = self._run(words, self.folder)
        self._check(code)
        return code

    def _run(self, words: list[str], folder: Path) -> int:
        self.report.commands += 1
        self.commands.begin(words, folder, self._environ)
        return self.commands.end()

    # --- kills ------------------------------------------------------------------------------

    def _kill_one(self, words: list[str]) -> None:
        """Run a command and kill it: at a step of SMTP, or after a time."""
        if self.chance.random() < 0.2:
            self._kill_after(words, self.chance.random() * 0.6)
            return
        step = self.chance.choice((*KILL_AT, "ANSWERED"))
        how = signal.SIGKILL if self.chance.random() < 0.9 else signal.SIGTERM
        times = 1 if step in ("GREETING", "EHLO") else self.chance.randrange(1, PEOPLE // 6)
        self._kill_after(words, 30.0, step, times, how)

    def _kill_after(
        self, words: list[str], seconds: float, step: str = "", times: int = 0,
        how: int = signal.SIGKILL,
    ) -> None:  # fmt: skip
        self.report.commands += 1
        with suppress(OSError):
            self._log.unlink()
        self._how, self._times = how, times
        self._pid = self.commands.begin(words, self.folder, self._environ)
        self._at = step
        timer = threading.Timer(seconds, self._kill)
        timer.start()
        code = self.commands.end()
        self._at = ""
        timer.cancel()
        timer.join()
        self.report.kills += code == -signal.SIGKILL
        self._check(code)

    def _seen(self, step: str) -> None:
        if step != self._at:
            return
        self._times -= 1
        if self._times <= 0:
            self._at = ""
            self._kill()

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, self._how)

    # --- judgment ---------------------------------------------------------------------------

    def _check(self, code: int) -> None:
        """See that a command said nothing wrong of the ledger, and ended as commands may."""
        told = self._log.read_text("utf-8") if self._log.exists() else ""
        found = next((line for line in told.splitlines() if any(x in line for x in ALARMS)), None)
        # Killed before the mailing was written down: it has to be started.
        if found is not None and "new-mailing" not in found:
            self._claim(found)
        if code not in (0, 1, 2, 3, 130, -signal.SIGKILL, -signal.SIGTERM):
            self._claim(f"exit code {code}")

    def _claim(self, what: str) -> None:
        self.report.false_claims.append(what)

    def _begun(self) -> bool:
        """Whether the ledger has the mailing, as far as its file tells."""
        if self.ledger:
            with suppress(Exception), self._open() as ledger:
                return ledger.mailing(MAILING) is not None
            return False
        return "parks/call" in "".join(
            file.read_bytes().decode("latin-1") for file in self.folder.glob("*.sqlite*")
        )

    def _open(self) -> Any:
        return open_ledger(self.folder / "parks.yaml", environ=self._environ)

    def _finish(self) -> None:
        """With a good server, run it until it is done; then judge."""
        self.server.chance, self.server.watch = 0.0, lambda _step: None
        for _ in range(6):
            code = self._command(self._send() if self._begun() else self._send("--new-mailing"))
            if code in (0, 3) and not self._counts()[State.DEFERRED]:
                break
        self._judge_uncertain()
        self._command(self._send("--resend-uncertain"))
        got, people = self.server.delivered, {f"p{n}@d{n % 3}.example" for n in range(PEOPLE)}
        with self._open() as ledger:
            states = {one.address: one.state for one in ledger.records(MAILING)}
        for address in people:
            twice = got[address] - 1 - (address in self._uncertain)
            self.report.doubles += max(0, twice)
            refused = states.get(address) is State.REFUSED
            self.report.losses += not got[address] and not refused
            if refused and not self.server.refused[address]:
                self._claim(f"{address} counts as refused, and no server refused it")
            if states.get(address) is State.SENT and not got[address]:
                self._claim(f"{address} counts as sent, and got nothing")
            if states.get(address) not in (State.SENT, State.REFUSED):
                self._claim(f"{address} is {states.get(address)} at the end")
        self.report.server_faults = self.server.faults.total()
        self.report.journals_left += len(list(self.folder.glob("tmp/advocacy-run-*")))

    def _counts(self) -> dict[State, int]:
        with self._open() as ledger:
            return ledger.counts(MAILING)

    def _judge_uncertain(self) -> None:
        """Who is uncertain now, and how many of them by each kill."""
        with self._open() as ledger:
            records = list(ledger.records(MAILING, [State.UNCERTAIN]))
        self._uncertain = {one.address for one in records}
        by_run = Counter(one.run for one in records if one.reply == UNHEARD)
        self.report.uncertain = by_run.total()
        self.report.most = max(by_run.values(), default=0)
        self.report.too_many = sum(n > self.connections for n in by_run.values())

    # --- the place --------------------------------------------------------------------------

    def _prepare(self) -> None:
        (self.folder / "tmp").mkdir()
        prepare(self.folder)
        self._file, self._log = self.folder / "parks.ledger.sqlite", self.folder / "log"
        self._uncertain: set[str] = set()
        self._how: int = signal.SIGKILL
        self._environ = {
            "ADVOCACY_SMTP": self.server.url, "NO_COLOR": "1", "COLUMNS": "1000",
            "TMPDIR": str(self.folder / "tmp"), "XDG_STATE_HOME": str(self.folder / "state"),
            "ADVOCACY_LEDGER": self.ledger,
        }  # fmt: skip


def run_sequence(seed: int, commands: Commands, ledger: str = "") -> BenchReport:
    """Run the sequence of a seed, with the ledger in a file or at an address; what it came to."""
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
        server = BenchServer(seed=seed)
        try:
            return Sequence(seed, Path(folder), commands, server, ledger).run()
        finally:
            server.close()


@contextmanager
def commands_running() -> Iterator[Commands]:
    """The process that runs the commands."""
    with closing(Commands()) as commands:
        yield commands


def main() -> int:
    """Run sequences from the command line; 0 where all was well."""
    parser = ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sequences", type=int, default=500)
    parser.add_argument("--seed", type=int, help="the first seed; default: go on, else 1")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many")
    parser.add_argument("--out", type=Path, help="a file to add the results to")
    given = parser.parse_args()
    known = []
    if given.out is not None and given.out.exists():
        known = [json.loads(line) for line in given.out.read_text("utf-8").splitlines()]
    first = given.seed or max((one["seed"] for one in known), default=0) + 1
    total, begun = BenchReport(sequences=0), time.monotonic()
    for one in known:
        total.add(BenchReport(**one))
    with commands_running() as commands:
        for seed in range(first, first + given.sequences):
            if time.monotonic() - begun > given.seconds:
                break
            found = run_sequence(seed, commands, os.environ.get("ADVOCACY_BENCH_LEDGER", ""))
            total.add(found)
            if not found.is_good:
                print(f"seed {seed}: {found}", flush=True)
            if given.out is not None:
                given.out.parent.mkdir(parents=True, exist_ok=True)
                with given.out.open("a", encoding="utf-8") as out:
                    print(json.dumps(asdict(found)), file=out)
    print(
        f"{total.sequences} sequences, {total.commands} commands, {total.kills} kills, "
        f"{total.server_faults} faults of the server: {total.doubles} mailed twice, "
        f"{total.losses} lost, {len(total.false_claims)} false claims; {total.uncertain} uncertain "
        f"by kills, {total.most} at most by one"
    )
    return int(not total.is_good)


if __name__ == "__main__":
    sys.exit(main())
