"""A ledger for the tests of mailing: in a file, and on a throwaway PostgreSQL of their own."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from advocacy.mail.ledger import (
    Ledger,
    LedgerEntry,
    MailingRun,
    MailingText,
    State,
    Taken,
    open_ledger,
)
from advocacy.mail.ledger.processes import RunOwner
from advocacy.mail.ledger.schema import RUN

MAILING = "parks/call"
TEXT = MailingText({"call": "0123"}, "We ask you to keep the park open in the evening.")
HBA = """\
local all all trust
host all guarded 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""
_numbers = count(1)


def entry(name: str, address: str | None = None, **more: Any) -> LedgerEntry:
    """A letter to somebody of that name."""
    address = address or f"{name}@parks.example"
    return LedgerEntry(name, address, address, f"digest-{name}", f"person-{name}",
                 f"<{name}@friends.example>", **more)  # fmt: skip


def taken(answers: list[Taken]) -> list[str]:
    """The ids of the letters that were given out."""
    return [answer.letter_id for answer in answers if answer.taken]


def runs_of(ledger: Ledger) -> list[Any]:
    """The rows of all runs of the sender, the first one first."""
    with ledger._backend.engine.connect() as connection:
        return list(connection.execute(select(RUN).order_by(RUN.c.id)).all())


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    time: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time


@dataclass
class Books:
    """A place for one ledger, which several processes, or so it seems, may open."""

    kind: str
    campaign: Path
    environ: dict[str, str]
    clock: Clock = field(default_factory=Clock)
    dead: set[int] = field(default_factory=set)
    here: bool = True
    """Whether it can be seen from here who is alive; else leases alone tell."""
    opened: list[Ledger] = field(default_factory=list)

    def open(self, pid: int = 1, *, create: bool = False) -> Ledger:
        """The ledger as a process with that number sees it, with the tests' clock."""
        owner = RunOwner("somebody", "laptop", "boot", pid, "start")
        ledger = open_ledger(
            self.campaign, create=create, environ=self.environ, clock=self.clock, owner=owner,
            alive=lambda one: one.pid not in self.dead if self.here else None,
        )  # fmt: skip
        self.opened.append(ledger)
        return ledger

    def started(self) -> Ledger:
        """A new ledger with a mailing."""
        ledger = self.open(create=True)
        ledger.start(MAILING, "parks", "call", TEXT)
        return ledger

    def run(self, ledger: Ledger) -> MailingRun:
        """A run of the mailing."""
        return ledger.begin_run(MAILING)

    def state(self, letter_id: str) -> State | None:
        """The state of a letter, as anybody sees it."""
        standing = self.opened[0].state_of(MAILING, [letter_id]).get(letter_id)
        return standing.state if standing else None


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server of the tests' own."""

    folder: Path
    port: int
    control: Callable[..., None]

    def url(self, user: str = "tester", **query: str) -> str:
        more = "&".join(f"{key}={value}" for key, value in query.items())
        return f"postgresql://{user}@127.0.0.1:{self.port}/postgres" + (f"?{more}" if more else "")

    def sql(self, *statements: str) -> list[Any]:
        """Run statements; the first column of the last one's rows."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in statements:
                done = connection.execute(statement)
            return [row[0] for row in done.fetchall()] if done.description else []


def _binaries() -> Path:
    """Debian keeps them out of the PATH."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parts[-2])
    places = [folder for folder in folders if (folder / "initdb").exists()]
    if places:
        return places[-1]
    if found is None:
        pytest.skip("needs postgres (apt-get install postgresql)")
    return Path(found).resolve().parent


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Cluster]:
    """A server in a temporary folder, on a socket there and a free port of the loopback.

    It refuses to run as root, so for root another user runs it.
    """
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="advocacy-pg-", dir="/tmp"))
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        names = {user.pw_name: user for user in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        os.chown(folder, user.pw_uid, user.pw_gid)
        who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [binaries / program, "-D", data, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **who,
        )  # fmt: skip
        log = folder / "log"
        assert done.returncode == 0, done.stdout + (log.read_text() if log.exists() else "")

    def control(*what: str) -> None:
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        more = ["-o", options, "-l", str(folder / "log")] if what[0] in ("start", "restart") else []
        run("pg_ctl", "-s", "-w", *more, *what)

    try:
        run("initdb", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        (data / "pg_hba.conf").write_text(HBA)
        control("start")
        try:
            yield Cluster(folder, port, control)
        finally:
            control("stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: Cluster) -> str:
    """An empty place on the server: a schema of its own."""
    schema = f"test_{os.getpid()}_{next(_numbers)}"
    postgres_server.sql(f"CREATE SCHEMA {schema}")
    return postgres_server.url(options=f"-csearch_path%3D{schema}")


@pytest.fixture(params=["sqlite", "postgresql"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    """A place for a ledger, in each kind of database."""
    environ = {}
    if request.param == "postgresql":
        environ["ADVOCACY_LEDGER"] = request.getfixturevalue("postgres_url")
    books = Books(request.param, tmp_path / "parks.yaml", environ)
    yield books
    for ledger in books.opened:
        ledger.close()
