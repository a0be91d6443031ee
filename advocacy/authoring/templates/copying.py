"""Begin a letter or a layout beside the campaigns: a copy of another one, or a letter that asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advocacy.authoring.new_campaign.files import letter_text
from advocacy.authoring.writing import write_new
from advocacy.errors import AdvocacyError, Problem, nearest
from advocacy.files.workspace import Workspace


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """What was written: `kind` is `letter` or `layout`, `files` are the new files.

    `original` is the name of what was copied, empty for a letter that copies none. `replaces`
    says that there was a template of the name before, so that campaigns in the folder that name
    it get the new one from now on.
    """

    kind: str
    name: str
    original: str
    files: tuple[Path, ...]
    replaces: bool


def new_template(
    name: str,
    folder: Path,
    *,
    letter: str | None = None,
    layout: str | None = None,
    templates: Path | None = None,
) -> NewTemplate:
    """Write a letter, with its translations, or a layout, with its styles, under a name.

    It is a copy of `letter` or `layout`. If neither is named, it is a copy of the letter or
    layout of that name; if there is none, a letter that makes the campaign's asks and says
    nothing else. The files stand in `templates/` of the folder. Raises AdvocacyError for a
    template that does not exist, and if a file exists already or cannot be written.
    """
    workspace = Workspace.of(folder / "campaign.yaml", templates)
    if letter is None and layout is None:
        if workspace.template(f"letters/{name}.md"):
            letter = name
        elif workspace.template(f"layouts/{name}.html"):
            layout = name
    kind, original = ("layout", layout) if layout else ("letter", letter or "")
    if layout:
        texts = _read(_layout_files(workspace, layout))
    elif letter:
        texts = _read(_letter_files(workspace, letter))
    else:
        texts = {".md": letter_text("en").encode()}
    place = folder / "templates" / f"{kind}s"
    contents = {place / f"{name}{rest}": data for rest, data in texts.items()}
    if layout and name != layout:
        _not_on_itself(name, layout, contents)
    first = next(iter(contents))
    replaces = workspace.template(f"{kind}s/{first.name}") is not None
    write_new(contents)
    return NewTemplate(kind, name, original, tuple(contents), replaces)


def _read(files: Mapping[str, Path]) -> dict[str, bytes]:
    return {rest: path.read_bytes() for rest, path in files.items()}


def _letter_files(workspace: Workspace, name: str) -> dict[str, Path]:
    """Find the files of a letter by what follows its name: `.md`, `.fr.md`."""
    known = workspace.template_names("letters", ".md")
    names = [one for one in known if one == name or one.startswith(f"{name}.")]
    found = {
        one.removeprefix(name) + ".md": workspace.template(f"letters/{one}.md") for one in names
    }
    files = {rest: path for rest, path in found.items() if path is not None}
    if ".md" not in files:
        raise AdvocacyError(_unknown("template", "letter", name, known))
    return files


def _layout_files(workspace: Workspace, name: str) -> dict[str, Path]:
    found = {rest: workspace.template(f"layouts/{name}{rest}") for rest in (".html", ".css")}
    files = {rest: path for rest, path in found.items() if path is not None}
    if ".html" not in files:
        known = workspace.template_names("layouts", ".html")
        raise AdvocacyError(_unknown("layout", "layout", name, known))
    return files


def _unknown(kind: str, called: str, name: str, known: list[str]) -> Problem:
    near = nearest(name, known)
    hint = f"Did you mean `{near}`?" if near else f"Available: {', '.join(known)}."
    return Problem(f"unknown-{kind}", f"No {called} is named `{name}`.", hint)


def _not_on_itself(name: str, original: str, contents: Mapping[Path, bytes]) -> None:
    """Refuse a copy that takes the name of the layout that it builds on."""
    for path, data in contents.items():
        wanted = f"layouts/{name}.html" if path.suffix == ".html" else f'"{name}.css"'
        if wanted.encode() in data:
            raise AdvocacyError(
                Problem(
                    "layout-on-itself",
                    f"The layout `{original}` is based on `{name}`, so a copy with that name "
                    f"would be based on itself.",
                    "Choose a different name for the copy.",
                )
            )
