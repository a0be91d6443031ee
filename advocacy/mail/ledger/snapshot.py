"""A passing copy of a ledger's file, for someone who only looks and cannot write: the folder may be
read-only, the disk full, or another program may hold the ledger.

What a dead sender left is settled in the copy, as the next run will settle it in the ledger.
"""

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import faults
from advocacy.mail.ledger.carrying import side_files
from advocacy.mail.ledger.sqlite import SqliteBackend

UNWRITABLE = ("ledger-read-only", "ledger-not-written", "ledger-locked")
"""Codes of problems in spite of which a ledger can be looked into."""
TRIES = 20
PAUSE_SECONDS = 0.05
_PREFIX = "advocacy-look-"
_SALT = slice(16, 24)
"""Where a log says which it is (https://sqlite.org/fileformat2.html#the_write_ahead_log)."""


class SnapshotBackend(SqliteBackend):
    """A copy of a ledger's file, opened; it goes when it is closed.

    Raises AdvocacyError where the file cannot be read, or copied.
    """

    def __init__(self, path: Path) -> None:
        _remove_left()
        folder = _copied(path)
        self._folder = folder
        try:
            super().__init__(path, create=False, snapshot=folder / path.name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def close(self) -> None:
        """Close the copy, and remove it."""
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)


def _copied(path: Path) -> Path:
    """Copy a ledger's file with its log into a folder of its own, for this user alone."""
    told: OSError | None = None
    for place in dict.fromkeys((tempfile.gettempdir(), "/dev/shm")):  # noqa: S108 - the next best
        try:
            folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))
        except OSError as error:
            told = told or error
            continue
        try:
            _copy_whole(path, folder / path.name)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            told = told or error
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        else:
            return folder
    if told is None:
        raise AssertionError
    raise AdvocacyError(faults.of_file(path, told)) from told


def _copy_whole(path: Path, copy: Path) -> None:
    """Copy the file and its log as they were at one moment, even while somebody sends.

    What is only added to the log does no harm: SQLite takes of it what is whole. But the file must
    not change, and the log not begin anew. Raises AdvocacyError where there is no such moment.
    """
    wal, _ = side_files(path)
    for _ in range(TRIES):
        before = _moment(path, wal)
        with suppress(FileNotFoundError):  # it may go while it is looked for
            shutil.copyfile(path, copy)
            if wal.exists():
                shutil.copyfile(wal, side_files(copy)[0])
            if _moment(path, wal) == before:
                return
        side_files(copy)[0].unlink(missing_ok=True)
        time.sleep(PAUSE_SECONDS)
    told = "it changes all the time"
    raise AdvocacyError(faults.fault("ledger-locked", path, told=told))


def _moment(path: Path, wal: Path) -> tuple[object, ...]:
    """What changes when the file does, or another log begins."""
    found = path.stat()
    salt = b""
    with suppress(FileNotFoundError), wal.open("rb") as file:
        salt = file.read(_SALT.stop)[_SALT]
    return found.st_ino, found.st_mtime_ns, found.st_size, salt


def _remove_left() -> None:
    """Remove copies whose processes were killed."""
    for place in dict.fromkeys((tempfile.gettempdir(), "/dev/shm")):  # noqa: S108
        for folder in Path(place).glob(f"{_PREFIX}*"):
            number = folder.name.removeprefix(_PREFIX).partition("-")[0]
            with suppress(OSError, ValueError):
                if folder.lstat().st_uid == os.geteuid() and not _runs(int(number)):
                    shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
