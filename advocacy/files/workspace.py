"""The workspace: the only folders that the tool reads for a campaign.

It is the campaign's folder, the templates' folders, and the folders of the files that the
campaign names. A path that leaves it, by `..`, as an absolute path or through a symbolic
link, is a problem.
"""

import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from advocacy.errors import AdvocacyError, Place, Problem, nearest
from advocacy.resources import templates_dir


@dataclass(frozen=True, slots=True)
class Workspace:
    """Resolved folders: the campaign's, the templates' in search order, and the named files'."""

    folder: Path
    templates: tuple[Path, ...]
    named: tuple[Path, ...] = ()

    @classmethod
    def of(cls, campaign: Path, templates: Path | None = None) -> "Workspace":
        """The workspace of a campaign file, with an own templates folder in front."""
        folder = campaign.parent.resolve()
        search = [templates.resolve()] if templates else []
        return cls(folder, (*search, folder / "templates", templates_dir().resolve()))

    def naming(self, *files: Path) -> "Workspace":
        """The workspace with the folders of files that the campaign names."""
        folders = (*self.named, *(file.parent.resolve() for file in files))
        return replace(self, named=tuple(dict.fromkeys(folders)))

    def contains(self, path: Path) -> bool:
        """Whether a path, with every symbolic link followed, lies inside."""
        resolved = path.resolve()
        roots = (self.folder, *self.templates, *self.named)
        return any(resolved.is_relative_to(root) for root in roots)

    def file(self, name: str, place: Place | None = None) -> Path:
        """The path of a file that the campaign names, from the campaign's folder.

        Raises AdvocacyError where it lies outside the workspace or there is no such file.
        """
        path = self.folder / name
        if not self.contains(path):
            raise AdvocacyError(
                Problem(
                    "outside-workspace",
                    f"`{name}` lies outside the campaign's folder.",
                    f"Copy it into {self.folder}, and name it from there.",
                    place,
                )
            )
        if not path.is_file():
            raise AdvocacyError(
                Problem("missing-file", f"There is no file `{name}`.", _similar(path), place)
            )
        return path

    def template(self, name: str) -> Path | None:
        """The first file of that name (`letters/call.md`) in the templates' search order."""
        for folder in self.templates:
            path = _found_inside(folder, name)
            if path is not None:
                return path
        return None

    def template_names(self, folder: str, suffix: str) -> list[str]:
        """The names, without suffix, of all templates in `letters`, `layouts`, `partials`."""
        found = {
            path.name.removesuffix(suffix)
            for root in self.templates
            for path in (root / folder).glob(f"*{suffix}")
        }
        return sorted(found)


_Answer = TypeVar("_Answer")


class _Settled(threading.local):
    known: dict[str, os.stat_result | None] | None = None
    answers: dict[Any, Any] | None = None


_settled = _Settled()


@contextmanager
def settled() -> Iterator[None]:
    """While it lasts, files are taken to stay as they are: each is asked for its state once.

    For a task of a batch, which asks for the same files again and again. Only in this thread.
    """
    before = _settled.known, _settled.answers
    _settled.known, _settled.answers = {}, {}
    try:
        yield
    finally:
        _settled.known, _settled.answers = before


def remembered(key: Any, make: Callable[[], _Answer]) -> _Answer:
    """What `make` gives, asked once while files are settled; `key` names the question."""
    known = _settled.answers
    if known is None:
        return make()
    if key not in known:
        known[key] = make()
    answer: _Answer = known[key]
    return answer


def status_of(path: str) -> os.stat_result | None:
    """What the system says of a file or folder; None where there is none."""
    known = _settled.known
    if known is not None and path in known:
        return known[path]
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path takes longer than the question
    except (OSError, ValueError):
        status = None
    if known is not None:
        known[path] = status
    return status


# Letters ask for the same few files again and again: what was found inside is followed to its
# end once, until another file takes its place.
_inside: dict[tuple[str, str], tuple[int, int, Path]] = {}
_MOST_KNOWN = 4096


def _found_inside(folder: Path, name: str) -> Path | None:
    """The file of that name, where it is one and lies in the folder, links followed."""
    key = (str(folder), name)
    status = status_of(f"{folder}/{name}")
    if status is None or not stat.S_ISREG(status.st_mode):
        return None
    known = _inside.get(key)
    if known is not None and known[:2] == (status.st_dev, status.st_ino):
        return known[2]
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        return None
    if len(_inside) >= _MOST_KNOWN:
        _inside.clear()
    _inside[key] = (status.st_dev, status.st_ino, path)
    return path


def _similar(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"There is no folder {path.parent} either; correct the name."
    near = nearest(path.name, names)
    return f"Did you mean `{near}`?" if near else f"Correct the name, or put it into {path.parent}."
