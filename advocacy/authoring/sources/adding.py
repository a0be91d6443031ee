"""Add a source from a saved page or PDF, and keep the file as its copy."""

from dataclasses import dataclass
from pathlib import Path

from advocacy.authoring.sources.importing import ImportedSources, default_file, merge_sources
from advocacy.authoring.sources.read_source import Item, ReadSource
from advocacy.authoring.sources.saved_file import MOST_BYTES, read_saved_file
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.text import open_binary
from advocacy.files.writing import prepare_folder, write_file


@dataclass(frozen=True, slots=True)
class AddedSource:
    """What was added: the source's id, what the file states, and where its copy is kept."""

    source: str
    item: Item
    copy: Path
    result: ImportedSources


def add_saved_file(
    path: Path,
    into: Path | None = None,
    *,
    copies: Path | None = None,
    as_id: str = "",
    url: str = "",
    dry_run: bool = False,
) -> AddedSource:
    """Add the source that a saved file is of to a sources file, and the file to the kept copies.

    `as_id` and `url` say what the file does not. A source that is there already (by its DOI, its
    address or its id) gets the fields that it lacks. `copies` is the folder of kept copies, by
    default `copies` beside the campaigns. Raises AdvocacyError where the file cannot be read, or
    where another copy is kept under that id.
    """
    into = into or default_file(Path())
    stated = read_saved_file(path)
    item = stated | ({"URL": url} if url else {}) | ({"id": as_id} if as_id else {})
    if not (item.get("id") or item.get("title")):
        item["id"] = path.stem
    read = [ReadSource(item, Place(path))]
    planned = merge_sources(read, into, dry_run=True)
    if not planned.names:
        raise AdvocacyError(planned.problems)
    name = planned.names[0]
    folder = copies or _copies_of(into)
    copy = folder / f"{name}{path.suffix.lower()}"
    data = _kept(path, copy)
    result = planned
    if not dry_run:
        if data is not None:
            prepare_folder(folder)
            write_file(copy, data)
        result = merge_sources(read, into)
    return AddedSource(name, item, copy, result)


def _copies_of(into: Path) -> Path:
    """The folder of kept copies beside the campaigns whose sources these are."""
    folder = into.parent.parent if into.parent.name == "sources" else into.parent
    return folder / "copies"


def _kept(path: Path, copy: Path) -> bytes | None:
    """The bytes of the copy to write; None where they are kept already."""
    with open_binary(path) as file:
        data = file.read(MOST_BYTES)
    others = [one for one in copy.parent.glob(f"{copy.stem}.*") if one.stem == copy.stem]
    for other in others:
        with open_binary(other) as file:
            if other == copy and file.read(MOST_BYTES) == data:
                return None
        message = f"A different copy of `{copy.stem}` already exists."
        hint = "Compare the copies. Remove the old one, or give this source another id: `--id ID`."
        raise AdvocacyError(Problem("file-exists", message, hint, Place(other)))
    return data
