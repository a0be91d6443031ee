"""What a database's errors mean to the user, and what to do about each."""

import errno
from pathlib import Path
from typing import Any

from advocacy.errors import Place, Problem
from advocacy.mail import problem

MISSING = "ledger-missing"
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_READ_ONLY = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")


def fault(code: str, ledger: Path | str, entry: str | None = None, **words: Any) -> Problem:
    """A problem of a ledger: the path of its file, or how a server's address is shown."""
    place = Place(ledger) if isinstance(ledger, Path) else None
    return problem(code, entry=entry, place=place, ledger=ledger, **words)


def damaged(path: Path, told: str) -> Problem:
    """That a file is not a ledger, or a damaged one."""
    return fault("ledger-damaged", path, told=told)


def of_postgres(shown: str, state: str, told: str, lost: bool) -> Problem | None:
    """What an error of PostgreSQL means; None where it is a bug of ours.

    `state` is its SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), empty
    where there was no connection.
    """
    if lost:
        return fault("ledger-unreachable", shown, told=told)
    if not state or state.startswith(("28", "42501", "3D")):
        return fault("ledger-refused", shown, told=told)
    if state.startswith(("55P03", "57014")):
        return fault("ledger-locked", shown, "ledger-locked-on-server", told=told)
    if state.startswith(("25006", "53", "58")):
        return fault("ledger-not-written", shown, "ledger-not-written-on-server", told=told)
    return None


def of_file(path: Path, error: OSError) -> Problem:
    """What an error of the file system means."""
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    code = "ledger-not-written" if is_full else "ledger-read-only"
    return fault(code, path, told=(error.strerror or str(error)).lower())


def of_sqlite(path: Path, error: Exception) -> Problem | None:
    """What an error of SQLite means; None where it is a bug of ours."""
    origin = getattr(error, "orig", None) or error  # SQLAlchemy wraps it
    name: str = getattr(origin, "sqlite_errorname", "")
    told = str(origin)
    if name.startswith(_DAMAGED):
        return damaged(path, told)
    if name.startswith(_LOCKED):
        return fault("ledger-locked", path, told=told)
    if name.startswith(_READ_ONLY):
        return fault("ledger-read-only", path, told=told)
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOLFS")):
        return fault("ledger-not-written", path, told=told)
    return None
