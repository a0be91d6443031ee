"""What somebody has typed on the page of `preview` and not saved, kept beside the campaign.

Each tab of a browser has a file in `.advocacy/unsaved/`. Git ignores the folder, and its owner
alone may read it. A text may name people, so `advocacy forget` looks through these files.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from advocacy.files.writing import sweep, write_file

FOLDER = ".advocacy"
"""The folder beside a campaign for what the program keeps by itself."""
UNSAVED = "unsaved"
MOST_BYTES = 20_000_000
LEFT = 10
"""The age, in seconds, from which a half-written file is one that a killed program left."""


@dataclass(frozen=True, slots=True)
class UnsavedField:
    """The text of one value of a YAML file; `base` is the digest of what stood there before."""

    file: str
    keys: tuple[str | int, ...]
    text: str
    base: str


@dataclass(frozen=True, slots=True)
class UnsavedText:
    """The text of a file, by its name on the page; `base` as of a field."""

    file: str
    text: str
    base: str


@dataclass(frozen=True, slots=True)
class UnsavedWork:
    """What one tab has not saved.

    `campaign` is the name of the campaign's file, `when` a time with its zone (ISO 8601).
    """

    tab: str
    campaign: str
    when: str
    texts: tuple[UnsavedText, ...] = ()
    fields: tuple[UnsavedField, ...] = ()
    path: Path = field(default=Path(), compare=False)

    def words(self) -> str:
        """Everything that was typed, to search it."""
        return "\n".join([*(one.text for one in self.texts), *(one.text for one in self.fields)])


def private_folder(folder: Path, name: str) -> Path:
    """Make and return a folder beside a campaign that Git ignores and only its owner can read.

    Raises OSError.
    """
    root = folder / FOLDER
    root.mkdir(mode=0o700, exist_ok=True)
    ignore = root / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", "utf-8")
    path = root / name
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def sweep_kept(folder: Path) -> None:
    """Remove what a killed program left half written of what is kept beside a campaign."""
    for place, _, _ in os.walk(folder / FOLDER):
        sweep(Path(place), older=LEFT)


def write_unsaved(folder: Path, work: UnsavedWork) -> None:
    """Keep a tab's texts in the campaign's `folder`, in place of those from before.

    Without texts, its file is removed. Raises AdvocacyError or OSError where it cannot be written.
    """
    if not work.texts and not work.fields:
        remove_unsaved(folder, work.tab)
        return
    record = asdict(work)
    del record["path"]
    data = json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")
    write_file(private_folder(folder, UNSAVED) / f"{work.tab}.json", data)


def remove_unsaved(folder: Path, tab: str) -> None:
    """Remove what is kept of a tab. Raises OSError."""
    (folder / FOLDER / UNSAVED / f"{Path(tab).name}.json").unlink(missing_ok=True)


def list_unsaved(folder: Path) -> list[UnsavedWork]:
    """List what tabs have not saved in a campaign's folder, the newest first.

    A file that cannot be read as such is left out.
    """
    found: list[UnsavedWork] = []
    with suppress(OSError):
        for name in sorted(os.listdir(folder / FOLDER / UNSAVED)):
            path = folder / FOLDER / UNSAVED / name
            if path.suffix != ".json" or path.is_symlink():
                continue
            with suppress(OSError, ValueError, TypeError, KeyError):
                if path.stat().st_size <= MOST_BYTES:
                    record = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
                    found.append(_work(record, path))
    return sorted(found, key=lambda one: one.when, reverse=True)


def _work(record: Mapping[str, object], path: Path) -> UnsavedWork:
    texts, fields = record["texts"], record["fields"]
    if not isinstance(texts, list) or not isinstance(fields, list):
        raise TypeError(path)
    return UnsavedWork(
        path.stem,
        str(record["campaign"]),
        str(record["when"]),
        tuple(UnsavedText(**{key: str(text) for key, text in one.items()}) for one in texts),
        tuple(
            UnsavedField(str(one["file"]), tuple(one["keys"]), str(one["text"]), str(one["base"]))
            for one in fields
        ),
        path,
    )
