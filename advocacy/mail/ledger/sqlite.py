"""The ledger in a SQLite file: durable at each commit, readable by its owner alone.

Write-ahead log with `synchronous = FULL`: a commit returns when the log is on the disk
(https://sqlite.org/pragma.html#pragma_synchronous). The log (`-wal`) is a part of the ledger
until the last connection has closed: without it a copy of the file is an older ledger.
"""

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from advocacy.errors import AdvocacyError
from advocacy.files.writing import sync_folder, temporary_path
from advocacy.mail.ledger import faults
from advocacy.mail.ledger.schema import VERSION, create_tables, upgrade, version

PRIVATE = 0o600
APPLICATION_ID = 0x41445643  # "ADVC"
BUSY_SECONDS = 30.0
_FULL = 2


def side_files(path: Path) -> tuple[Path, Path]:
    """The write-ahead log and its index, which stand beside the file while it is in use."""
    real = path.resolve()
    return real.with_name(f"{real.name}-wal"), real.with_name(f"{real.name}-shm")


class SqliteBackend:
    """A ledger's file, opened.

    Raises AdvocacyError where the file is missing (unless `create`), damaged, of a newer version,
    held by somebody else, not to be written, or lacks its -wal.
    """

    one_writer = True
    name = "sqlite"

    def __init__(self, path: Path, *, create: bool, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self.shown = str(path)
        wal, _ = side_files(path)
        if not path.exists():
            if wal.exists():
                raise AdvocacyError(faults.damaged(path, f"only its {wal.name} exists"))
            if not create:
                raise AdvocacyError(faults.fault(faults.MISSING, path))
            self._create()
        with self.translated(), self._told_of_files():
            whole = wal.exists()
            _look_at(path)
            self._make_private()
            found = path.stat()
            self._identity = (found.st_dev, found.st_ino)
            self.engine = _engine(path, busy_seconds)
            try:
                self._check_contents(whole=whole)
            except BaseException:
                self.engine.dispose()
                raise

    def now(self, _connection: Connection) -> float:
        """The time, by this machine's clock."""
        return time.time()

    def guard(self) -> None:
        """Raise AdvocacyError where the path is no longer this file: nobody would find it again."""
        if not self._is_still_there():
            raise AdvocacyError(faults.fault("ledger-moved", self.path))

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

    def examine(self, connection: Connection) -> None:
        """Read the whole file and its indexes, before letters are given out by it.

        Raises AdvocacyError where it is damaged.
        """
        told = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if told != "ok":
            raise AdvocacyError(faults.damaged(self.path, str(told)))

    def keep(self) -> None:
        """Carry the log into the file, so that the file itself knows of a run that begins."""
        with self.translated(), self.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA wal_checkpoint(FULL)").fetchall()

    def close(self) -> None:
        """Close the file; the last one that does so carries the log into it."""
        last = 0
        with suppress(DBAPIError, sqlite3.Error), self.engine.connect() as connection:
            last = connection.exec_driver_sql("SELECT max(id) FROM advocacy_run").scalar() or 0
        self.engine.dispose()
        wal, _ = side_files(self.path)
        if wal.exists() or not last or not self._is_still_there():
            return
        # The log was carried over whole and is gone. A run that has not ended, on another machine
        # say, must not look as if its log had been left behind.
        with suppress(sqlite3.Error), closing(sqlite3.connect(self.path, timeout=1)) as raw, raw:
            raw.execute(
                "UPDATE advocacy_ledger SET complete_to = ? WHERE complete_to < ? AND EXISTS"
                " (SELECT 1 FROM advocacy_run WHERE ended_at IS NULL AND id <= ?)",
                (last, last, last),
            )

    def _is_still_there(self) -> bool:
        try:
            found = self.path.stat()
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
                    engine = _engine(made, BUSY_SECONDS, new=True)
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
            sync_folder(self.path.resolve().parent)
        except OSError as error:
            raise AdvocacyError(faults.of_file(self.path, error)) from error
        finally:
            for file in (made, *side_files(made)):
                with suppress(OSError):
                    file.unlink()

    def _make_private(self) -> None:
        for file in (self.path, *side_files(self.path)):
            with suppress(OSError):  # another's file, or none
                if file.stat().st_mode & 0o777 != PRIVATE:
                    file.chmod(PRIVATE)

    def _check_contents(self, *, whole: bool) -> None:
        """See that the tables are of a version we know and that no log was left behind.

        `whole` says that the write-ahead log is there. Without it, a run that has not ended and
        of which the file does not hold everything (`complete_to`) has its last letters in a log
        that somebody forgot to copy. Raises AdvocacyError.
        """
        with self.engine.connect() as connection:
            found = version(connection)
        if found == 0:
            raise AdvocacyError(faults.damaged(self.path, "it has no tables"))
        if found > VERSION:
            raise AdvocacyError(faults.fault("ledger-newer", self.path, found=found, known=VERSION))
        if not whole:
            with self.engine.connect() as connection:
                run = connection.exec_driver_sql(
                    "SELECT min(id) FROM advocacy_run WHERE ended_at IS NULL"
                    " AND id > (SELECT complete_to FROM advocacy_ledger)"
                ).scalar_one()
            if run is not None:
                raise AdvocacyError(
                    faults.fault(
                        "ledger-incomplete", self.path, run=run, wal=f"{self.path.name}-wal"
                    )
                )
        if found < VERSION:
            with _writing(self.engine) as connection:
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


def _engine(path: Path, busy_seconds: float, *, new: bool = False) -> Engine:
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
        full = raw.execute("PRAGMA synchronous").fetchone()[0]
        if mode != "wal" or full != _FULL:
            raise AdvocacyError(
                faults.of_file(path, OSError(0, f"no write-ahead log there (mode {mode})"))
            )

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("advocacy_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextmanager
def _writing(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(advocacy_writes=True).begin() as connection:
        yield connection
