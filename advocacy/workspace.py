"""The workspace: the only folders that the tool reads for a campaign.

It is the campaign's folder, the templates' folders, and the folders of the files that the
campaign names. A path that leaves it, by `..`, as an absolute path or through a symbolic
link, is a problem.
"""

import os
import stat
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from advocacy.errors import AdvocacyError, Place, Problem, nearest
from advocacy.resources import templates_dir

T = TypeVar("T")
Look = dict[Any, Any]
_look: ContextVar[Look | None] = ContextVar("_look", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """While it lasts, every file is looked at once, and taken to stay as it was then.

    Letters ask each time whether their templates are still the same. For a few hundred of
    them, made in less than a second, one answer does.
    """
    token = _look.set({})
    try:
        yield
    finally:
        _look.reset(token)


def current_look() -> object | None:
    """What stands for the look that is under way, if one is."""
    return _look.get()


def status(path: str) -> os.stat_result | None:
    """What the system says of a file, links followed; None where it says nothing."""
    return once((path,), (), lambda: _status(path))


def once(question: tuple[Hashable, ...], about: tuple[object, ...], answer: Callable[[], T]) -> T:
    """An answer that depends on files, and on these very objects: given once in a look."""
    look = _look.get()
    if look is None:
        return answer()
    key = (*question, *map(id, about))
    known = look.get(key)
    if known is None:
        known = look[key] = (about, answer())
    found: T = known[1]
    return found


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 - a Path takes longer than the question
    except (OSError, ValueError):
        return None


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


# Letters ask for the same few files again and again: what was found inside is followed to its
# end once, until another file takes its place.
_inside: dict[tuple[str, str], tuple[int, int, Path]] = {}
_MOST_KNOWN = 4096


def _found_inside(folder: Path, name: str) -> Path | None:
    """The file of that name, where it is one and lies in the folder, links followed."""
    key = (str(folder), name)
    found = status(f"{folder}/{name}")
    if found is None or not stat.S_ISREG(found.st_mode):
        return None
    known = _inside.get(key)
    if known is not None and known[:2] == (found.st_dev, found.st_ino):
        return known[2]
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        return None
    if len(_inside) >= _MOST_KNOWN:
        _inside.clear()
    _inside[key] = (found.st_dev, found.st_ino, path)
    return path


def _similar(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"There is no folder {path.parent} either; correct the name."
    near = nearest(path.name, names)
    return f"Did you mean `{near}`?" if near else f"Correct the name, or put it into {path.parent}."
