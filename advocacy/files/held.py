"""Files as they were at one moment.

A run that holds files (`cache.files_held`) reads these bytes wherever it would read the files: what
somebody saves meanwhile does not reach it. In the `folders` of templates there is nothing else for
it: a file that was not read at the beginning does not exist.
"""

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HeldFiles:
    """The bytes and the status of files by path, as they were read."""

    contents: Mapping[str, bytes] = field(default_factory=dict)
    statuses: Mapping[str, os.stat_result] = field(default_factory=dict)
    folders: tuple[str, ...] = ()

    def key(self, path: str) -> str | None:
        """The path by which a file is held, or None."""
        if path in self.contents:
            return path
        normal = os.path.normpath(path)
        return normal if normal in self.contents else None

    def hides(self, path: str) -> bool:
        """Whether a path lies in a folder of which nothing else is read."""
        normal = os.path.normpath(path)
        return any(normal.startswith(f"{folder}{os.sep}") for folder in self.folders)


def hold_files(paths: Iterable[Path], folders: Iterable[Path] = ()) -> HeldFiles:
    """Read files, each under its own path and the one that its links lead to.

    A file that cannot be read is left out. No file of the `folders` is read later.
    """
    contents: dict[str, bytes] = {}
    statuses: dict[str, os.stat_result] = {}
    for path in paths:
        found = _read(path)
        if found is not None:
            for name in {str(path), str(path.resolve())}:
                contents[name], statuses[name] = found
    return HeldFiles(contents, statuses, tuple(str(folder) for folder in folders))


def _read(path: Path) -> tuple[bytes, os.stat_result] | None:
    """A file's bytes with the status that belongs to them, which caches know them by."""
    before = None
    try:
        for _ in range(_TRIES):
            before = path.stat()
            if not stat.S_ISREG(before.st_mode) or before.st_size > _LARGEST:
                return None
            data, after = path.read_bytes(), path.stat()
            if (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino):
                return data, after
    except OSError:
        pass
    return None


_LARGEST = 24 * 1024 * 1024  # bytes of the largest picture; what is larger is refused elsewhere
_TRIES = 5
"""So often is a file read again that somebody saves just then."""
