"""What a database's errors mean to the user, and what to do about each."""

import errno
from pathlib import Path

from advocacy.errors import Place, Problem

MISSING = "ledger-missing"
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_LOCKED = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
_READ_ONLY = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")


def missing(shown: str, path: Path | None = None) -> Problem:
    """That there is no ledger."""
    return Problem(
        MISSING,
        f"There is no ledger {shown}: nothing says who has had this letter already.",
        "If nothing was sent before, start one with `--new-mailing`. If it was lost or moved, "
        "bring it back first: a new one would write to everybody again.",
        Place(path) if path else None,
    )


def newer(shown: str, found: int, known: int, path: Path | None = None) -> Problem:
    """That the ledger was written by a newer version of the program."""
    return Problem(
        "ledger-newer",
        f"The ledger {shown} has version {found}; this advocacy knows versions up to {known}.",
        "Update advocacy on this machine: `pip install --upgrade advocacy`.",
        Place(path) if path else None,
    )


def damaged(path: Path, told: str) -> Problem:
    """That a file is not a ledger, or a damaged one."""
    return Problem(
        "ledger-damaged",
        f"The ledger {path} cannot be read: {told}.",
        "Bring back a whole copy of it, with the -wal file that belongs to it, before anything "
        "is sent. Do not delete it: it alone knows who has had the letter.",
        Place(path),
    )


def incomplete(path: Path, run: int) -> Problem:
    """That a ledger was copied without its write-ahead log after its run had been cut short."""
    wal = f"{path.name}-wal"
    return Problem(
        "ledger-incomplete",
        f"Run {run} in the ledger {path} was cut short, and the file {wal}, which holds the last "
        "letters sent, is not beside it.",
        f"Copy {wal} from where the ledger was. If it is lost for good, some letters will be sent "
        f"twice; to go on anyway, create an empty file of that name.",
        Place(path),
    )


def moved(path: Path) -> Problem:
    """That the file was taken away while it was in use."""
    return Problem(
        "ledger-moved",
        f"The ledger {path} was moved, deleted or replaced while it was in use.",
        "Nothing more is sent. Bring it back, then run the same command again.",
        Place(path),
    )


def bad_url(told: str) -> Problem:
    """That ADVOCACY_LEDGER cannot be used; what it holds may be a password, and is not shown."""
    return Problem(
        "ledger-url",
        f"ADVOCACY_LEDGER is not the address of a ledger: {told}.",
        "Give `postgresql://user@host/database` or `sqlite:////folder/file.sqlite`, or unset it to "
        "use the file beside the campaign.",
    )


def no_driver(told: str) -> Problem:
    """That the library for PostgreSQL is there but does not work."""
    return Problem(
        "missing-library",
        f"The library for PostgreSQL cannot be used: {told.strip().partition(chr(10))[0]}.",
        "Type: pip install 'advocacy[postgres]'",
    )


def unfit(shown: str, told: str) -> Problem:
    """That a server is not fit to hold a ledger."""
    return Problem(
        "ledger-unfit",
        f"The server of the ledger {shown} cannot be trusted with it: {told}.",
        "Ask its administrator for a database with `fsync = on` and the encoding UTF8.",
    )


def of_postgres(shown: str, state: str, told: str, lost: bool) -> Problem | None:
    """What an error of PostgreSQL means; None where it is a bug of ours.

    `state` is its SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html), empty
    where there was no connection.
    """
    if lost:
        return Problem(
            "ledger-unreachable",
            f"The ledger {shown} cannot be reached: {told}.",
            "Check that the server runs and that this machine is online, then run the same command "
            "again.",
        )
    if not state or state.startswith(("28", "42501", "3D")):
        return Problem(
            "ledger-refused",
            f"The ledger {shown} refuses the login: {told}.",
            "Check the user, the password (in ADVOCACY_LEDGER, PGPASSWORD or ~/.pgpass) and the "
            "database, and that the user may create tables there.",
        )
    if state.startswith(("55P03", "57014")):
        return Problem(
            "ledger-locked",
            f"Another program holds the ledger {shown}: {told}.",
            "Close what has it open, then run the same command again.",
        )
    if state.startswith(("25006", "53", "58")):
        return Problem(
            "ledger-not-written",
            f"The ledger {shown} could not be written: {told}.",
            "What was not written down was not sent. Fix the database server, then run the same "
            "command again.",
        )
    return None


def of_file(path: Path, error: OSError) -> Problem:
    """What an error of the file system means."""
    told = (error.strerror or str(error)).lower()
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _no_room(path, told)
    return _read_only(path, told)


def of_sqlite(path: Path, error: Exception) -> Problem | None:
    """What an error of SQLite means; None where it is a bug of ours."""
    origin = getattr(error, "orig", None) or error  # SQLAlchemy wraps it
    name: str = getattr(origin, "sqlite_errorname", "")
    told = str(origin)
    if name.startswith(_DAMAGED):
        return damaged(path, told)
    if name.startswith(_LOCKED):
        return Problem(
            "ledger-locked",
            f"Another program holds the ledger {path}: {told}.",
            "Close what has it open (a database viewer, a backup, another sender), then run the "
            "same command again.",
            Place(path),
        )
    if name.startswith(_READ_ONLY):
        return _read_only(path, told)
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOLFS")):
        return _no_room(path, told)
    return None


def _read_only(path: Path, told: str) -> Problem:
    return Problem(
        "ledger-read-only",
        f"The ledger {path} cannot be written: {told}.",
        "Nothing can be sent or changed without writing it down. Allow writing to the file and "
        "its folder, or copy the campaign to where you may write.",
        Place(path),
    )


def _no_room(path: Path, told: str) -> Problem:
    return Problem(
        "ledger-not-written",
        f"The ledger {path} could not be written: {told}.",
        "What was not written down was not sent. Make room on the disk, or repair it, then run "
        "the same command again.",
        Place(path),
    )
