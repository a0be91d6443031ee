"""Merge sources into a sources file; nothing that people wrote there is lost or overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advocacy.authoring.sources.formats import read_items
from advocacy.authoring.sources.read_source import Item, ReadSource
from advocacy.campaign.sources import parse_sources
from advocacy.errors import AdvocacyError, Level, Place, Problem, has_errors
from advocacy.files.file_names import slug
from advocacy.files.yaml.editing import AppendItems, Change, Edit, SetValue, create_file, edit_file
from advocacy.files.yaml.reading import YamlMap, read_yaml, read_yaml_text
from advocacy.files.yaml.splicing import written

ORDER = (
    "id", "type", "genre", "author", "editor", "interviewer", "title", "container-title",
    "publisher", "publisher-place", "number", "volume", "issue", "page", "issued", "accessed",
    "DOI", "URL",
)  # fmt: skip
_BY_TITLE = frozenset(("bill", "hearing", "legal_case", "legislation", "regulation", "treaty"))
"""Types of source that are cited by title, not by author."""
HEADER = """\
# Sources, as CSL-YAML (what Zotero and pandoc read and write). Facts name them by `id`.
# `issued` and `accessed` are dates: 2020, 2020-06, or 2020-06-10.
"""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that the file and the import have with different values."""

    source: str
    field: str
    here: str
    there: str


@dataclass(slots=True)
class ImportedSources:
    """What an import changed: ids of sources, with the fields that were set."""

    path: Path
    change: Change | None = None
    names: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    updated: dict[str, list[str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def import_sources(
    path: Path, into: Path | None = None, *, update: bool = False, dry_run: bool = False
) -> ImportedSources:
    """Merge a file of sources (CSL-JSON, CSL-YAML, BibTeX, RIS) into a sources file.

    A source is the same where its DOI, its address or its id is. Fields that the file lacks
    are added; a field that it has otherwise is a conflict, and stays unless `update` is set.
    `into` is, by default, the only sources file of the current folder; if the file does not
    exist, it is begun. Raises AdvocacyError if either file cannot be read.
    """
    read, problems = read_items(path)
    into = into or default_file(Path())
    return merge_sources(read, into, problems, update=update, dry_run=dry_run)


def merge_sources(
    sources: Sequence[ReadSource],
    into: Path,
    problems: Sequence[Problem] = (),
    *,
    update: bool = False,
    dry_run: bool = False,
) -> ImportedSources:
    """Merge sources that were read into a sources file, as `import_sources` says.

    `problems` are those of reading. Raises AdvocacyError if the file cannot be read or written.
    """
    result = ImportedSources(into, problems=list(problems))
    new_file = not into.exists()
    here: list[YamlMap] = [] if new_file else _entries(read_yaml(into))
    known = _Known(here)
    fresh: list[Item] = []
    edits: list[Edit] = []
    for read in sources:
        item = read.item
        number = known.find(item)
        name = _id(item, known)
        given = str(item.get("id") or item.get("title") or "")
        if number is None:
            number = known.imported_as(name, item)
        if number is not None:
            name = str(here[number]["id"])
            _merge(name, number, here[number], item, update, result, edits)
        else:
            entry = _ordered({**item, "id": name})
            wrong = _wrong(entry, read.place)
            if has_errors(wrong) or name in known.ids:
                result.problems += wrong or [_twice(name, read.place)]
                continue
            fresh.append(entry)
            known.ids.add(name)
            result.added.append(name)
        result.names.append(name)
        if given != name:
            result.renamed[given] = name
    if new_file and fresh:
        text = f"{HEADER}{written({'references': fresh}, flow=False)}\n"
        if not dry_run:
            create_file(into, text)
        result.change = Change(into, "", text)
    elif not new_file:
        edits.append(AppendItems(("references",), fresh))
        result.change = edit_file(
            into, *edits, accept=lambda data: parse_sources(data)[1], dry_run=dry_run
        )
    return result


def default_file(folder: Path) -> Path:
    """Find the only sources file of a folder of campaigns.

    Raises AdvocacyError if there is none, or several.
    """
    found = sorted(
        file for name in ("campaigns/sources", "sources") for file in (folder / name).glob("*.y*ml")
    )
    if len(found) == 1:
        return found[0]
    names = ", ".join(str(file.relative_to(folder)) for file in found)
    raise AdvocacyError(
        Problem(
            "which-file",
            f"This folder has several sources files: {names}."
            if found
            else "This folder has no sources file.",
            f"Name it: `--into {found[0].relative_to(folder) if found else 'sources.yaml'}`.",
        )
    )


def _entries(data: YamlMap) -> list[YamlMap]:
    _, problems = parse_sources(data)
    if has_errors(problems):
        raise AdvocacyError(problems)
    return list(data["references"])


class _Known:
    """The sources that a file has, found by DOI, address or id."""

    def __init__(self, entries: Sequence[YamlMap]) -> None:
        self.ids = {str(entry["id"]) for entry in entries}
        self._entries = entries
        self._by: dict[tuple[str, str], int] = {}
        for number, entry in enumerate(entries):
            for key in ("DOI", "URL", "id"):
                if entry.get(key):
                    self._by.setdefault((key, _address(key, entry[key])), number)

    def imported_as(self, name: str, item: Mapping[str, Any]) -> int | None:
        """The source of that id, which an earlier import made, if it has the same title."""
        number = self._by.get(("id", name))
        same = number is not None and _comparable(
            self._entries[number].get("title")
        ) == _comparable(item.get("title"))
        return number if same else None

    def find(self, item: Mapping[str, Any]) -> int | None:
        for key in ("DOI", "URL", "id"):
            number = self._by.get((key, _address(key, item.get(key) or "")))
            if number is not None:
                return number
        return None


def _address(key: str, value: Any) -> str:
    text = str(value).strip()
    if key == "DOI":
        return text.casefold().removeprefix("https://doi.org/").removeprefix("doi:")
    return text.rstrip("/") if key == "URL" else text


def _id(item: Mapping[str, Any], known: _Known) -> str:
    """The item's own id where it is one of ours, else one made of author and date."""
    given = str(item.get("citation-key") or item.get("id") or "")
    if given and not given.startswith(("http://", "https://")) and not given.isdigit():
        return slug(given.replace("_", "-"))
    names = item.get("author") or item.get("editor") or [{}]
    who = names[0].get("family") or names[0].get("literal") or ""
    key = "title" if item.get("type") in _BY_TITLE else "container-title"
    who = item.get(key) or who if key == "title" else who or item.get(key) or ""
    who = who or item.get("title") or ""
    parts = [" ".join(str(who).split()[:5]), str(item.get("issued") or "")]
    name = slug(" ".join(part for part in parts if part) or "source")
    if name in known.ids:
        name = slug(f"{name} {' '.join(str(item.get('title') or '').split()[:4])}")
    return name


def _ordered(item: Mapping[str, Any]) -> Item:
    keys = [key for key in ORDER if key in item]
    keys += sorted(key for key in item if key not in ORDER and key != "citation-key")
    return {key: item[key] for key in keys}


def _merge(
    name: str,
    number: int,
    here: YamlMap,
    item: Item,
    update: bool,
    result: ImportedSources,
    edits: list[Edit],
) -> None:
    changed: list[str] = []
    differs = False
    for key, value in _ordered(item).items():
        if key == "id" or (key in here and _alike(here[key], value, key)):
            continue
        if key in here and not update:
            conflict = Conflict(name, key, _shown(here[key]), _shown(value))
            if conflict not in result.conflicts:
                result.conflicts.append(conflict)
            differs = True
            continue
        before = ORDER[: ORDER.index(key)] if key in ORDER else ()
        edits.append(SetValue(("references", number, key), value, after=before))
        changed.append(key)
    if changed:
        result.updated[name] = changed
    elif not differs:
        result.kept.append(name)


def _alike(here: Any, there: Any, key: str) -> bool:
    if key in ("DOI", "URL"):
        return _address(key, here) == _address(key, there)
    return bool(_comparable(here) == _comparable(there))


def _comparable(value: Any) -> Any:
    """Without the differences that are none: kinds of quotes, of spaces, of YAML's values."""
    if isinstance(value, Mapping):
        if "date-parts" in value:
            return "-".join(f"{int(part):02d}" for part in value["date-parts"][0])
        return {str(key): _comparable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_comparable(entry) for entry in value]
    return " ".join(str(value).translate(str.maketrans("’‘“”–—", "''\"\"--")).split())


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_shown(entry) for entry in value)
    if isinstance(value, Mapping):
        return " ".join(str(value[key]) for key in ("given", "family", "literal") if key in value)
    return str(value)


def _wrong(item: Item, place: Place) -> list[Problem]:
    """Report in one message why an item cannot be a source here."""
    text = f"references:\n  - {written(item, flow=True)}\n"
    try:
        problems = parse_sources(read_yaml_text(text, place.path))[1]
    except AdvocacyError as error:
        problems = list(error.problems)
    errors = [one for one in problems if one.level is Level.ERROR]
    if not errors:
        return []
    what = " ".join(one.message for one in errors)
    message = f"`{item['id']}` was not imported: {what}"
    return [Problem(errors[0].code, message, errors[0].hint, place, Level.ERROR)]


def _twice(name: str, place: Place) -> Problem:
    return Problem(
        "duplicate-id",
        f"`{name}` is the id of two different sources; the second was not imported.",
        "Change one of the two ids in the file that you import.",
        place,
    )
