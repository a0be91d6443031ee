"""Writing files whole or not at all, readable by their owner alone where people's data is.

Files with people's data have mode 0600. What colleagues share, such as campaigns, sources, and
approvals, has the mode that the user's umask leaves, and 0600 beside a list or a ledger. A shared
file that is edited keeps its mode.
"""

import csv
import errno
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import IO, Any

from advocacy.errors import AdvocacyError, Place, Problem

PRIVATE, SHARED = 0o600, 0o644
_PEOPLE = (".csv", ".tsv", ".xlsx", ".xls", ".ods", ".jsonl", ".ndjson", ".sqlite")
"""How the names of lists and ledgers end."""
CANNOT_WRITE, NO_ROOM = "cannot-write", "no-room"
"""Codes of problems after which nothing more can be written."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_TEMPORARY = re.compile(r"\..*\.[0-9a-f]{8}\.tmp")
WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*|)")
"""Names that Windows keeps for devices, in lower case and with any suffix: no file can have one."""
OTHER_OUTPUT = "Free up space or choose another folder with `--output DIR`"


def temporary_path(path: Path) -> Path:
    """A new name beside `path` under which to write it first; `sweep` knows such names."""
    return path.with_name(f".{path.name[:80]}.{os.urandom(4).hex()}.tmp")


def prepare_folder(folder: Path, output: Path | None = None) -> None:
    """Make a folder for letters, with its parents.

    `output` is the folder above it that the user chose: it may be a link, those within it may not.
    Raises AdvocacyError where it cannot be made or written to.
    """
    if output is not None:
        check_no_link(folder, output)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".{os.urandom(4).hex()}.tmp"
        os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
        probe.unlink()
    except OSError as error:
        raise AdvocacyError(cannot_write(folder, error)) from error


def write_file(path: Path, data: bytes) -> None:
    """Write a file under a temporary name, then rename it, so that no half file is ever seen.

    Raises AdvocacyError where the file cannot be written; an older one is then untouched.
    """
    folder, name = os.path.split(path)
    temporary = f"{folder}/.{name[:80]}.{os.urandom(4).hex()}.tmp"
    done = False
    try:
        # Letters are written by the thousand; a file object would take longer than the file.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
        finally:
            os.close(handle)
        os.replace(temporary, path)  # noqa: PTH105 - Path.replace takes longer
        done = True
    except OSError as error:
        raise AdvocacyError(cannot_write(path, error)) from error
    finally:
        if not done:  # after an interrupt too
            with suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108


@contextmanager
def replace_file(
    path: Path, *, shared: bool = False, durable: bool = False, advice: str = OTHER_OUTPUT
) -> Iterator[IO[bytes]]:
    """Open a file to write that takes the place of `path` when the block ends without an error.

    It is written under a temporary name, then renamed: nobody ever sees half a file, and after
    an error the old one is untouched. `shared`: colleagues may read it, see `new_mode`. `durable`:
    its content is on the disk before it gets its name. `advice` is the first half of the hint if
    it cannot be written.
    Raises AdvocacyError where it cannot be written.
    """
    temporary = temporary_path(path)
    done = False
    try:
        mode = new_mode(path) if shared else PRIVATE
        kept = stat.S_IMODE(path.stat().st_mode) if shared and path.exists() else None
        # The system takes the umask from the mode of a new file.
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if kept is not None:
            temporary.chmod(kept)
        temporary.replace(path)
        done = True
    except OSError as error:
        raise AdvocacyError(cannot_write(path, error, advice)) from error
    finally:
        if not done:  # after an interrupt too
            with suppress(OSError):
                temporary.unlink()


def new_mode(path: Path) -> int:
    """The mode, before the umask, of a new file that colleagues share.

    Where a list or a ledger is beside it, or in `lists` there, the file is its owner's alone.
    """
    for folder in (path.parent, path.parent / "lists"):
        with suppress(OSError):
            if any(name.lower().endswith(_PEOPLE) for name in os.listdir(folder)):
                return PRIVATE
    return SHARED


def open_own(path: Path, flags: int) -> int:
    """Open a file that the tool keeps itself; returns its descriptor.

    A link that somebody put in its place is not followed, and a pipe is not waited for. Raises
    FileNotFoundError where there is none, AdvocacyError where it is no file of the tool's own.
    """
    try:
        handle = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, PRIVATE)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):
            raise AdvocacyError(_not_own(path)) from None
        raise AdvocacyError(cannot_write(path, error)) from error
    status = os.fstat(handle)
    # What is written in place may have no second name: it could be anybody's file.
    shared = status.st_nlink > 1 and flags & (os.O_WRONLY | os.O_RDWR)
    if stat.S_ISREG(status.st_mode) and not shared:
        return handle
    os.close(handle)
    raise AdvocacyError(_not_own(path))


def check_no_link(folder: Path, output: Path) -> None:
    """Raise AdvocacyError where a folder in the user's output folder is a link, or one above it."""
    within = folder.relative_to(output).parts
    for depth in range(1, len(within) + 1):
        place = output.joinpath(*within[:depth])
        if place.is_symlink():
            message = f"{place.name} must be a folder, but it is a link."
            hint = "Remove it, or choose another folder with `--output DIR`."
            raise AdvocacyError(Problem("not-a-file", message, hint, Place(place)))


def _not_own(path: Path) -> Problem:
    return Problem(
        "not-a-file",
        f"{path.name} must be a regular file, but it is a link, a pipe, or a folder.",
        "Remove it, or choose another folder with `--output DIR`.",
        Place(path),
    )


def sync_folder(folder: Path) -> None:
    """Have a folder's new entries survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path, *, older: float = 0) -> None:
    """Remove what a run that was killed left half written, if it is `older` than so many seconds.

    With 0, no other run may be at work there.
    """
    with suppress(OSError), os.scandir(folder) as found:
        for file in found:
            if _TEMPORARY.fullmatch(file.name):
                with suppress(OSError):
                    if older and time.time() - file.stat(follow_symlinks=False).st_mtime < older:
                        continue
                    Path(file.path).unlink()


def cannot_write(path: Path, error: OSError, advice: str = OTHER_OUTPUT) -> Problem:
    """That a file or folder cannot be written, with what the system says."""
    return Problem(
        CANNOT_WRITE,
        f"{path} cannot be written: {(error.strerror or str(error)).lower()}.",
        f"{advice}, then run the same command again.",
        Place(path),
    )


def no_room(error: OSError) -> Problem | None:
    """That a disk is full, where the error says so: any disk, a temporary folder's too."""
    # Python finds no folder for temporary files where every disk is full.
    if error.errno not in _NO_ROOM and "usable temporary directory" not in str(error):
        return None
    where = f" ({error.filename})" if error.filename else ""
    return Problem(
        NO_ROOM,
        f"There was no space left to write{where}: {(error.strerror or str(error)).lower()}.",
        "Free up space, then run the same command again. Finished files are kept.",
    )


# Also behind blanks, and in the full-width forms that Excel takes for the same.
_FORMULA = re.compile(r"'?(?:[\t\r]|[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20])")


def spreadsheet_safe(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, made plain text (OWASP's advice)."""
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def as_before(value: str) -> str:
    """The text that `spreadsheet_safe` made into this."""
    plain = value[1:]
    return plain if value.startswith("'") and spreadsheet_safe(plain) == value else value


def csv_line(cells: Iterable[Any]) -> bytes:
    """A line of CSV in UTF-8, safe for spreadsheets."""
    out = StringIO()
    csv.writer(out).writerow([spreadsheet_safe(cell) for cell in cells])
    return out.getvalue().encode(errors="replace")
