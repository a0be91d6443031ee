"""The ledger in a SQLite file: durable at each commit, readable by its owner alone.

Write-ahead log with `synchronous = FULL`: a commit returns when the log is on the disk
(https://sqlite.org/pragma.html#pragma_synchronous). How a copy of the file without its log is
known: `carrying`.
"""

import os
import secrets
import sqlite3
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from advocacy.errors import AdvocacyError, Problem
from advocacy.files.writing import sync_folder, temporary_path
from advocacy.mail.ledger import faults
from advocacy.mail.ledger.carrying import LedgerLog, side_files
from advocacy.mail.ledger.home import (
    LedgerHome,
    LedgerMemory,
    find_doubt,
    is_newest,
    this_host,
    this_machine,
)
from advocacy.mail.ledger.schema import LEDGER, VERSION, create_tables, upgrade, version

PRIVATE = 0o600
APPLICATION_ID = 0x41445643  # "ADVC"
BUSY_SECONDS = 30.0
_FULL = 2
_COMPLETE_1 = """
SELECT NOT EXISTS (
    SELECT 1 FROM advocacy_run WHERE ended_at IS NULL
    AND id > (SELECT complete_to FROM advocacy_ledger))
"""
"""Whether a file of version 1 says that it holds everything."""
_IN_LOG = """
UPDATE advocacy_ledger SET complete = 1, generation = generation + 1 RETURNING generation
"""
_HOME = "SELECT name, machine, host, place, generation, used_at FROM advocacy_ledger"


class SqliteBackend:
    """A ledger's file, opened.

    Raises AdvocacyError where the file is missing (unless `create`), damaged, of a newer version,
    held by somebody else, not to be written, or lacks its -wal, unless `incomplete` allows that.
    With a `snapshot`, a passing copy of the file, that is opened in its place.
    """

    one_writer = True
    name = "sqlite"

    def __init__(
        self,
        path: Path,
        *,
        create: bool,
        incomplete: bool = False,
        busy_seconds: float = BUSY_SECONDS,
        snapshot: Path | None = None,
    ) -> None:
        self.path = path
        self.is_snapshot = snapshot is not None
        self.shown = str(path)
        self._real = path.resolve()
        self._file = snapshot or path
        wal, _ = side_files(self._file)
        if not self._file.exists():
            if wal.exists():
                raise AdvocacyError(faults.damaged(path, f"only its {wal.name} exists"))
            if not create:
                raise AdvocacyError(faults.fault(faults.MISSING, path))
            self._create()
        self._memory: LedgerMemory | None = None
        self._generation = deque([0], maxlen=1)
        self._is_known = False
        with self.translated(), self._told_of_files():
            _look_at(self._file)
            self._make_private()
            found = self._file.stat()
            self._identity = (found.st_dev, found.st_ino)
            self.engine = _engine(self._file, busy_seconds, self._generation)
            self._log = LedgerLog(wal, self.engine)
            try:
                self._check_contents(incomplete=incomplete)
                if self.doubt() is None:
                    self._remember(self._home())
            except BaseException:
                self._close_file()
                raise

    def now(self, _connection: Connection) -> float:
        """The time, by this machine's clock."""
        return time.time()

    def guard(self) -> None:
        """Have the file say that the log belongs to it, before anything is written there alone.

        Raises AdvocacyError where the path is no longer this file: nobody would find it again.
        """
        if not self._is_still_there():
            raise AdvocacyError(faults.fault("ledger-moved", self.path))
        if not self._log.set_apart():
            told = "another program is reading it"
            raise AdvocacyError(faults.fault("ledger-locked", self.path, told=told))

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what the database says into what the user can do."""
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            problem = faults.of_sqlite(self.path, error)
            if problem is None:
                raise
            raise AdvocacyError(problem) from error

    def pauses(self, _error: DBAPIError, *, repeatable: bool) -> tuple[float, ...]:  # noqa: ARG002
        """The seconds to wait before each new try: SQLite has waited itself for what passes."""
        return ()

    def wait_until(self, in_a_hurry: Callable[[], bool], on_wait: Callable[[], None]) -> None:
        """A file answers at once, or not at all."""

    def examine(self, connection: Connection) -> None:
        """Read the whole file and its indexes, before letters are given out by it.

        Raises AdvocacyError where it is damaged.
        """
        told = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if told != "ok":
            raise AdvocacyError(faults.damaged(self.path, str(told)))

    def doubt(self) -> Problem | None:
        """Say why it is in doubt whether a mailing goes on with this copy of the ledger, if so."""
        home = self._home()
        seen = LedgerMemory(home.name).read() if home.name else None
        return find_doubt(home, self._real, seen, this_machine())

    def _is_newest(self) -> bool:
        home = self._home()
        seen = LedgerMemory(home.name).read() if home.name else None
        return is_newest(home, self._real, seen, this_machine())

    def claim(self, connection: Connection, now: float) -> None:
        """Write down that the ledger is at home here, and has all that there is of it."""
        home = self._home(connection)
        seen = LedgerMemory(home.name).read() if home.name else None
        here = replace(
            home,
            name=home.name or secrets.token_hex(16),
            machine=this_machine(),
            host=this_host(),
            place=str(self._real),
            generation=max(home.generation, seen.generation + 1 if seen is not None else 0),
            used_at=now,
        )
        connection.execute(update(LEDGER).values(asdict(here)))
        self._generation.append(here.generation)
        self._log.is_due = True  # so that the file itself knows of the run that begins
        self._remember(here)

    def written(self) -> None:
        """Have this machine remember that the ledger was changed."""
        if self._memory is not None:
            self._memory.write(self._generation[-1], self._real)

    def _remember(self, home: LedgerHome) -> None:
        self._memory = LedgerMemory(home.name) if home.name and not self.is_snapshot else None

    def _home(self, connection: Connection | None = None) -> LedgerHome:
        with nullcontext(connection) if connection else self.engine.connect() as open_one:
            return LedgerHome(*open_one.exec_driver_sql(_HOME).one())

    def close(self) -> None:
        """Close the file, whole and so marked; the last one that does so removes the log."""
        if self._memory is not None:
            self._memory.close()
        self._close_file()

    def _close_file(self) -> None:
        # Where the disk is full, say, the log stays, with all that it has to tell.
        with suppress(DBAPIError, sqlite3.Error, OSError):
            if self._is_known and self._is_still_there() and self._log.has_frames():
                self._log.finish()
        self.engine.dispose()

    def _is_still_there(self) -> bool:
        try:
            found = self._file.stat()
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def _create(self) -> None:
        """Make the file whole under another name, then give it its own, if nobody was sooner."""
        made = temporary_path(self.path)
        try:
            handle = os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE)
            try:
                os.fchmod(handle, PRIVATE)  # whatever the umask
                with self.translated():
                    engine = _engine(made, BUSY_SECONDS)
                    with _writing(engine) as connection:
                        create_tables(connection)
                    with engine.connect() as connection:
                        raw: Any = connection.connection.dbapi_connection
                        raw.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                    engine.dispose()
                os.fsync(handle)
            finally:
                os.close(handle)
            _give_name(made, self.path)
            sync_folder(self._real.parent)
        except OSError as error:
            raise AdvocacyError(faults.of_file(self.path, error)) from error
        finally:
            for file in (made, *side_files(made)):
                with suppress(OSError):
                    file.unlink()

    def _make_private(self) -> None:
        for file in (self._file, *side_files(self._file)):
            with suppress(OSError):  # another's file, or none
                if file.stat().st_mode & 0o777 != PRIVATE:
                    file.chmod(PRIVATE)

    def _check_contents(self, *, incomplete: bool) -> None:
        """See that the tables are of a version we know and that no log was left behind.

        Raises AdvocacyError.
        """
        with self.engine.connect() as connection:
            found = version(connection)
            if found == 0:
                raise AdvocacyError(faults.damaged(self.path, "it has no tables"))
            if found > VERSION:
                raise AdvocacyError(
                    faults.fault("ledger-newer", self.path, found=found, known=VERSION)
                )
            asked = "SELECT complete FROM advocacy_ledger" if found > 1 else _COMPLETE_1
            complete = bool(connection.exec_driver_sql(asked).scalar_one())
            # While the file is open, nobody takes away a log that has something to tell.
            is_there = self._log.has_frames()
        if not (complete or is_there or incomplete or (found > 1 and self._is_newest())):
            raise AdvocacyError(
                faults.fault("ledger-incomplete", self.path, wal=f"{self.path.name}-wal")
            )
        self._is_known = True
        if found < VERSION:
            self._upgrade()
        elif not complete:
            with _writing(self.engine):
                pass  # the log says that it is whole, before it can be carried over

    def _upgrade(self) -> None:
        engine = self.engine.execution_options(advocacy_upgrades=True)
        with _writing(engine) as connection:
            found = version(connection)  # another process may have been sooner
            if found < VERSION:
                upgrade(connection, found)

    @contextmanager
    def _told_of_files(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise AdvocacyError(faults.of_file(self.path, error)) from error


def _look_at(path: Path) -> None:
    """See that a file is no empty one: SQLite would take it for an empty database.

    It is not opened: to close it again would break the locks of a connection that this process
    has to it already (https://sqlite.org/howtocorrupt.html, 2.2). Raises AdvocacyError.
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise AdvocacyError(faults.damaged(path, "it is a folder"))
    if found.st_size == 0:
        raise AdvocacyError(faults.damaged(path, "it is empty"))


def _give_name(made: Path, path: Path) -> None:
    """Give a file its name, unless that is taken: then somebody was sooner, and theirs is used."""
    try:
        path.hardlink_to(made)
    except FileExistsError:
        return
    except OSError:  # a disk without links
        if not path.exists():
            made.rename(path)


def _engine(path: Path, busy_seconds: float, generation: "deque[int] | None" = None) -> Engine:
    """Open a file; its `generation` is told at each transaction that writes. Without, it is new."""
    new = generation is None
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path.absolute())),
        hide_parameters=True,
        connect_args={"timeout": busy_seconds, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # we alone begin transactions
        found = raw.execute("PRAGMA application_id").fetchone()[0]
        if found != APPLICATION_ID and not new:
            raise AdvocacyError(faults.damaged(path, "it is the database of another program"))
        mode = raw.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        raw.execute("PRAGMA synchronous = FULL")
        # On a Mac fsync leaves data in the drive's cache; elsewhere these say nothing.
        raw.execute("PRAGMA fullfsync = ON")
        raw.execute("PRAGMA checkpoint_fullfsync = ON")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA wal_autocheckpoint = 0")  # `carrying` alone carries the log over
        raw.execute("PRAGMA journal_size_limit = 0")
        full = raw.execute("PRAGMA synchronous").fetchone()[0]
        if mode != "wal" or full != _FULL:
            raise AdvocacyError(
                faults.of_file(path, OSError(0, f"no write-ahead log there (mode {mode})"))
            )

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("advocacy_writes"):
            connection.exec_driver_sql("BEGIN")
            return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if generation is not None and not options.get("advocacy_upgrades"):
            generation.append(connection.exec_driver_sql(_IN_LOG).scalar_one())

    return engine


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(advocacy_writes=True).begin() as connection:
        yield connection
