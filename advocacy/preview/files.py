"""Open and save the files that the page may edit: a letter's templates and the campaign's YAML.

The page can open no other file. A template that comes with the package cannot be saved; it is
copied into the campaign's folder first. A save is atomic, and refused if the file has changed
since it was opened.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from advocacy.authoring.templates.copying import new_template
from advocacy.authoring.writing import write_new
from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.content_digests import text_digest
from advocacy.files.text import read_text
from advocacy.files.yaml.editing import rewrite_file
from advocacy.letters.parts import letter_files
from advocacy.resources import templates_dir


@dataclass(frozen=True, slots=True)
class EditableFile:
    """A file that the page may open, by its name on the page.

    `kind` is `letter`, `partial` or `yaml`; a `built_in` file comes with the package.
    """

    name: str
    path: Path
    kind: str
    built_in: bool = False

    def record(self) -> dict[str, object]:
        """Describe the file for the page."""
        return {"name": self.name, "kind": self.kind, "builtIn": self.built_in}


class ChangedError(Exception):
    """A file, or a text in one, has changed since it was opened; `text` is the present text."""

    def __init__(self, text: str) -> None:
        super().__init__("the file has changed")
        self.text = text


def list_files(campaign: Campaign, stage: str, templates: Path | None) -> dict[str, EditableFile]:
    """List the files of a stage's letter and of the campaign, by name.

    `templates` is the folder that the user named with `--templates`; its files may be changed.
    """
    files: dict[str, EditableFile] = {}
    for name, path in letter_files(campaign, campaign.file.stages[stage]).items():
        kind = "letter" if name.startswith("letters/") else "partial"
        files[name] = EditableFile(name, path, kind, _built_in(path, campaign, templates))
    folder = campaign.workspace.folder
    own = [campaign.path.name, *campaign.file.facts, *campaign.file.sources]
    for name in own:
        path = folder / name
        if path.is_file() and campaign.workspace.contains(path):
            files[name] = EditableFile(name, path, "yaml")
    return files


def find_file(
    campaign: Campaign, name: str, stage: str, templates: Path | None
) -> EditableFile | None:
    """Find a file by name: of the stage that is shown, or of one that was shown before."""
    stages = campaign.file.stages
    for one in dict.fromkeys((stage if stage in stages else next(iter(stages)), *stages)):
        found = list_files(campaign, one, templates).get(name)
        if found is not None:
            return found
    return None


def _built_in(path: Path, campaign: Campaign, templates: Path | None) -> bool:
    resolved = path.resolve()
    if templates is not None and resolved.is_relative_to(templates.resolve()):
        return False
    if resolved.is_relative_to(templates_dir().resolve()):
        return True
    return not campaign.workspace.contains(path)


def open_file(file: EditableFile) -> dict[str, object]:
    """Read a file, for the page. Raises AdvocacyError where it cannot be read."""
    text = read_text(file.path)
    return {**file.record(), "text": text, "digest": text_digest(text)}


def save_file(file: EditableFile, text: str, base: str) -> dict[str, object]:
    """Save a text, if `base` is still the digest of the file's text.

    To overwrite somebody else's change, pass the digest of their text. The file keeps its line
    ends. Raises ChangedError where the text has changed, AdvocacyError where the file may not or
    cannot be written.
    """
    if file.built_in:
        raise AdvocacyError(
            Problem(
                "built-in-template",
                f"`{file.name}` is built into advocacy and cannot be changed here.",
                "Press “Make my own copy” to copy it into the campaign's folder.",
                Place(file.path),
            )
        )

    if "\0" in text:
        raise AdvocacyError(
            Problem(
                "binary-file",
                "This text contains a zero byte, so it could not be opened again.",
                "Delete it: it is shown as a red dot, and usually comes with pasted text.",
                Place(file.path),
            )
        )

    def change(raw: str) -> str:
        now = raw.replace("\r\n", "\n").replace("\r", "\n")
        if text_digest(now) != base:
            raise ChangedError(now)
        return with_line_ends(text, raw)

    rewrite_unless_changed(file.path, change, read_text)
    return open_file(file)


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def with_line_ends(text: str, raw: str) -> str:
    """Give a text, whose lines end in LF, the line ends of the file that it replaces.

    Lines before and after what has changed stay byte for byte as they are. New lines end as most
    do in the file.
    """
    old = _LINE.findall(raw)
    if "\r" not in raw:
        return text
    plain = [one.rstrip("\r\n") + ("\n" if one[-1] in "\r\n" else "") for one in old]
    new = _LINE.findall(text)
    head = _same(plain, new)
    tail = _same(plain[head:][::-1], new[head:][::-1])
    ends = Counter(one[len(one.rstrip("\r\n")) :] for one in old)
    end = max(("\r\n", "\n", "\r"), key=lambda one: ends[one])
    middle = [one.replace("\n", end) for one in new[head : len(new) - tail]]
    return "".join([*old[:head], *middle, *old[len(old) - tail :]])


def _same(one: Sequence[str], two: Sequence[str]) -> int:
    """How many lines are the same at the beginning of two lists."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b),
        min(len(one), len(two)),
    )


def rewrite_unless_changed(
    path: Path, change: Callable[[str], str], present: Callable[[Path], str]
) -> None:
    """Rewrite a file; where somebody else was quicker, raise ChangedError with `present(path)`."""
    try:
        rewrite_file(path, change)
    except AdvocacyError as error:
        if error.problems[0].code == "edit-refused":
            raise ChangedError(present(path)) from error
        raise


def copy_built_in(campaign: Campaign, file: EditableFile, templates: Path | None = None) -> Path:
    """Copy a built-in template into the campaign's folder, where it is used from then on.

    A letter is copied with its translations. Returns the new file's path. Raises AdvocacyError
    where a file is in the way.
    """
    folder = campaign.workspace.folder
    if file.kind == "letter":
        name = Path(file.name).name.removesuffix(".md")
        copied = new_template(name.partition(".")[0], folder, templates=templates)
        return copied.files[0]
    path = folder / "templates" / file.name
    write_new({path: file.path.read_bytes()})
    return path
