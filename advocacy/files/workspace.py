"""The workspace: the only folders that the tool reads for a campaign.

It is the campaign's folder and the templates' folders. A path that leaves it, by `..`, as an
absolute path or through a symbolic link, is a problem.
"""

import stat
from dataclasses import dataclass
from pathlib import Path

from advocacy.errors import AdvocacyError, Place, Problem, did_you_mean
from advocacy.files.cache import by_file, file_status
from advocacy.files.characters import shown
from advocacy.resources import templates_dir


@dataclass(frozen=True, slots=True)
class Workspace:
    """Resolved folders: the campaign's, and the templates' in search order."""

    folder: Path
    templates: tuple[Path, ...]

    @classmethod
    def of(cls, campaign: Path, templates: Path | None = None) -> "Workspace":
        """The workspace of a campaign file, with an own templates folder in front."""
        folder = campaign.parent.resolve()
        search = [templates.resolve()] if templates else []
        return cls(folder, (*search, folder / "templates", templates_dir().resolve()))

    def contains(self, path: Path) -> bool:
        """Whether a path, with every symbolic link followed, lies inside."""
        resolved = path.resolve()
        roots = (self.folder, *self.templates)
        return any(resolved.is_relative_to(root) for root in roots)

    def file(self, name: str, place: Place | None = None) -> Path:
        """The path of a file that the campaign names, from the campaign's folder.

        Raises AdvocacyError where it lies outside the workspace or there is no such file.
        """
        path = self.folder / name
        self._require_inside(path, name, place)
        if not path.is_file():
            raise AdvocacyError(_missing(path, name, place))
        return path

    def file_or_folder(self, name: str, place: Place | None = None) -> Path:
        """The same, where it may be a folder, of which every link leads inside the workspace."""
        path = self.folder / name
        self._require_inside(path, name, place)
        if not path.is_dir():
            return self.file(name, place)
        for found in path.rglob("*"):
            if found.is_symlink():
                self._require_inside(found, f"{name}/{found.relative_to(path).as_posix()}", place)
        return path

    def _require_inside(self, path: Path, name: str, place: Place | None) -> None:
        try:
            is_inside = self.contains(path)
            path.is_file()
        except (OSError, RuntimeError, ValueError):  # too long, or a link to itself
            raise AdvocacyError(
                Problem(
                    "missing-file",
                    f"{shown(name)} is not a valid file name.",
                    "Write the name of a file of the campaign.",
                    place,
                )
            ) from None
        if not is_inside:
            raise AdvocacyError(
                Problem(
                    "outside-workspace",
                    f"`{name}` is a link to a file outside the campaign's folder."
                    if path.is_symlink()
                    else f"`{name}` is outside the campaign's folder.",
                    f"Copy it to {self.folder}, and write `{Path(name).name}`.",
                    place,
                )
            )

    def template(self, name: str) -> Path | None:
        """The first file of that name (`letters/call.md`) in the templates' search order."""
        for folder in self.templates:
            path = _found_inside(folder, name)
            if path is not None:
                return path
        return None

    def unusable_template(self, name: str) -> Problem | None:
        """That something else than an ordinary file of the folder has the name of a template."""
        for folder in self.templates:
            path = folder / name
            what = describe_unusable(path)
            if what is not None:
                return Problem(
                    "unknown-template",
                    f"The template `{name}` is {what}.",
                    f"Put an ordinary file in its place, in {folder}.",
                )
        return None

    def template_files(self, folder: str) -> list[str]:
        """The names (`partials/nist.md`) of all files below a folder of the templates."""
        found = {
            path.relative_to(root).as_posix()
            for root in self.templates
            for path in (root / folder).rglob("*")
            if path.is_file()
        }
        return sorted(found)

    def template_names(self, folder: str, suffix: str) -> list[str]:
        """The names, without suffix, of all templates in `letters`, `layouts`, `partials`."""
        found = {
            path.name.removesuffix(suffix)
            for root in self.templates
            for path in (root / folder).glob(f"*{suffix}")
        }
        return sorted(found)


def _found_inside(folder: Path, name: str) -> Path | None:
    """The file of that name, where it is an ordinary one and lies in the folder, links followed."""
    found = f"{folder}/{name}"
    status = file_status(found)
    if status is None or not stat.S_ISREG(status.st_mode):
        return None
    # Every letter asks for its templates; following links takes 60 microseconds each time.
    return by_file(found, ("inside", str(folder)), lambda: _inside(folder, name))


def _inside(folder: Path, name: str) -> Path | None:
    path = folder / name
    return path if path.resolve().is_relative_to(folder.resolve()) else None


def _missing(path: Path, name: str, place: Place | None) -> Problem:
    what = describe_unusable(path)
    if what is None:
        return Problem("missing-file", f"There is no file `{name}`.", _similar(path), place)
    return Problem(
        "missing-file",
        f"`{name}` is {what}.",
        "Put an ordinary file in its place, or write the name of one.",
        place,
    )


def describe_unusable(path: Path) -> str | None:
    """What stands in the place of an ordinary file, such as `a folder`; None where nothing does."""
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISLNK(mode):
        return "a link to a file that is missing or in another folder"
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return kinds.get(stat.S_IFMT(mode))


def _similar(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"The folder {path.parent} does not exist either. Correct the name."
    return did_you_mean(path.name, names, f"Correct the name, or put the file in {path.parent}.")


def campaigns_folder(folder: Path | None) -> Path:
    """The folder that the option names, else `campaigns/` here, else this folder."""
    return folder or (Path("campaigns") if Path("campaigns").is_dir() else Path())
