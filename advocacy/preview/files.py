"""Opening and saving the files that the page may edit: a letter's templates and the YAML.

What is not listed here cannot be opened. What lies in the package's own templates cannot be
saved: it is copied beside the campaign first. A save is atomic, and refused where the file is
no longer what was opened.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advocacy.authoring.templates.copying import new_template
from advocacy.authoring.writing import write_new
from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.text import read_text
from advocacy.files.yaml.editing import rewrite_file
from advocacy.letters.parts import letter_files
from advocacy.resources import templates_dir


@dataclass(frozen=True, slots=True)
class File:
    """A file that the page may open; `name` is how the page calls it.

    `kind` is `letter`, `partial` or `yaml`; `built_in`: it comes with the package.
    """

    name: str
    path: Path
    kind: str
    built_in: bool = False

    def record(self) -> dict[str, object]:
        """What the page gets of it."""
        return {"name": self.name, "kind": self.kind, "builtIn": self.built_in}


class ChangedError(Exception):
    """The file is no longer what was opened; `text` is what it says now."""

    def __init__(self, text: str) -> None:
        super().__init__("the file has changed")
        self.text = text


def digest_of(text: str) -> str:
    """What tells one state of a file from another."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def editable(campaign: Campaign, stage: str, templates: Path | None) -> dict[str, File]:
    """The files of a stage's letter and of the campaign, by name.

    `templates` is the folder that the user named by `--templates`: its files are theirs.
    """
    files: dict[str, File] = {}
    for name, path in letter_files(campaign, campaign.file.stages[stage]).items():
        kind = "letter" if name.startswith("letters/") else "partial"
        files[name] = File(name, path, kind, _built_in(path, campaign, templates))
    folder = campaign.workspace.folder
    own = [campaign.path.name, *campaign.file.facts, *campaign.file.sources]
    for name in own:
        path = folder / name
        if path.is_file() and campaign.workspace.contains(path):
            files[name] = File(name, path, "yaml")
    return files


def named(campaign: Campaign, name: str, stage: str, templates: Path | None) -> File | None:
    """The file of that name: of the stage that is shown, or of another that was shown before."""
    stages = campaign.file.stages
    for one in dict.fromkeys((stage if stage in stages else next(iter(stages)), *stages)):
        found = editable(campaign, one, templates).get(name)
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


def opened(file: File) -> dict[str, object]:
    """The text of a file with its digest. Raises AdvocacyError where it cannot be read."""
    text = read_text(file.path)
    return {**file.record(), "text": text, "digest": digest_of(text)}


def save(file: File, text: str, base: str) -> dict[str, object]:
    """Put a text into a file, if the file still is what `base` is the digest of.

    To put one's own text in the place of another's, `base` is that of the other's, which was
    shown. Line ends stay those of the file. Raises ChangedError where somebody else has changed
    it, AdvocacyError where it may not or cannot be written.
    """
    if file.built_in:
        raise AdvocacyError(built_in(file))

    def change(raw: str) -> str:
        now = raw.replace("\r\n", "\n").replace("\r", "\n")
        if digest_of(now) != base:
            raise ChangedError(now)
        return text.replace("\n", "\r\n") if "\r\n" in raw else text

    try:
        rewrite_file(file.path, change)
    except AdvocacyError as error:
        # Between our look at the file and its replacement somebody was quicker.
        if error.problems[0].code == "edit-refused":
            raise ChangedError(read_text(file.path)) from error
        raise
    return opened(file)


def built_in(file: File) -> Problem:
    """That a file belongs to the package."""
    return Problem(
        "built-in-template",
        f"`{file.name}` comes with advocacy and is not changed here.",
        "Make a copy beside the campaign: the button “Make my own copy” does it.",
        Place(file.path),
    )


def copy(campaign: Campaign, file: File, templates: Path | None = None) -> Path:
    """Copy a built-in template beside the campaign, where it takes the other's place.

    A letter comes with its translations. Raises AdvocacyError where a file is in the way.
    """
    folder = campaign.workspace.folder
    if file.kind == "letter":
        name = Path(file.name).name.removesuffix(".md")
        copied = new_template(name.partition(".")[0], folder, templates=templates)
        return copied.files[0]
    path = folder / "templates" / file.name
    write_new({path: file.path.read_bytes()})
    return path


def by_path(files: Mapping[str, File]) -> dict[Path, str]:
    """The names of files by where they are."""
    return {file.path.resolve(): name for name, file in files.items()}
