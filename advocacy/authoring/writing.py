"""Writing new files: all of them or none, and never over one that is there."""

import errno
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.writing import cannot_write, new_mode, temporary_path


def write_new(files: Mapping[Path, bytes]) -> None:
    """Write files that are not there yet, with the folders they need: all of them, or none.

    Each is written under another name first, so that no half file is ever seen. Raises
    AdvocacyError with every file that is there already, or where one cannot be written; then,
    and after an interrupt, nothing is left behind.
    """
    check_not_there(files)
    folders: list[Path] = []
    temporary: dict[Path, Path] = {}
    placed: list[Path] = []
    at = Path()
    done = False
    try:
        for at, data in files.items():
            folders += _made(at.parent)
            temporary[at] = temporary_path(at)
            handle = os.open(temporary[at], os.O_WRONLY | os.O_CREAT | os.O_EXCL, new_mode(at))
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for at, written in temporary.items():
            _place(written, at)
            placed.append(at)
        done = True
    except FileExistsError as error:
        raise AdvocacyError(_exists(at)) from error
    except OSError as error:
        advice = "Free some space, or choose a folder that you can write to: `--folder DIR`"
        raise AdvocacyError(cannot_write(at, error, advice)) from error
    finally:
        _remove(temporary.values(), [] if done else placed, [] if done else folders)


def check_not_there(paths: Iterable[Path]) -> None:
    """Raise AdvocacyError with every file that is there already."""
    taken = [path for path in paths if os.path.lexists(path)]
    if taken:
        raise AdvocacyError(_exists(path) for path in taken)


def _made(folder: Path) -> list[Path]:
    """The folders that had to be made, the outermost first."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()][::-1]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error
    return missing


def _place(written: Path, path: Path) -> None:
    """Give a written file its name. Raises FileExistsError where somebody was quicker."""
    try:
        path.hardlink_to(written)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError from None
        written.rename(path)


def _remove(temporary: Iterable[Path], placed: Iterable[Path], folders: list[Path]) -> None:
    for path in (*temporary, *placed):
        with suppress(OSError):
            path.unlink()
    for folder in reversed(folders):
        with suppress(OSError):  # somebody else has put something into it
            folder.rmdir()


def _exists(path: Path) -> Problem:
    return Problem(
        "file-exists",
        f"{path} already exists, and existing files are never overwritten.",
        "Choose a different name, or move that file.",
        Place(path),
    )
