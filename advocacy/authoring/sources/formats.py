"""Read sources from other programs: CSL-JSON, CSL-YAML, BibTeX and RIS, as CSL items.

Zotero and pandoc exchange CSL; `bibtex.py` and `ris.py` read the others. Dates become EDTF text,
names the parts that CSL has, and markup inside titles goes. What cannot be kept is told.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from advocacy.authoring.sources.bibtex import read_bibtex
from advocacy.authoring.sources.dates import edtf_of
from advocacy.authoring.sources.read_source import (
    Item,
    ReadSource,
    plain_names,
    plain_text,
    report_losses,
)
from advocacy.authoring.sources.ris import read_ris
from advocacy.campaign.sources import CSL_VARIABLES
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.yaml.reading import YamlMap, read_text, scan_yaml_text

Kind = Literal["csljson", "cslyaml", "bibtex", "ris"]
SUFFIXES: Mapping[str, Kind] = {
    ".json": "csljson",
    ".yaml": "cslyaml",
    ".yml": "cslyaml",
    ".bib": "bibtex",
    ".bibtex": "bibtex",
    ".ris": "ris",
}
NAMES = frozenset(
    "author chair collection-editor compiler composer container-author contributor curator "
    "director editor editorial-director editor-translator executive-producer guest host "
    "illustrator interviewer narrator organizer original-author performer producer recipient "
    "reviewed-author script-writer series-creator translator".split()
)
DATES = frozenset("accessed available-date event-date issued original-date submitted".split())
RENAMED: Mapping[str, str] = {
    "journalAbbreviation": "container-title-short",
    "shortTitle": "title-short",
}
"""Keys of CSL-JSON that have other names in CSL 1.0.2."""
LEFT_OUT = frozenset(
    "abstract annote categories citation-label custom first-reference-note-number keyword note "
    "source year-suffix".split()
)
"""CSL variables that no letter prints; they would only make the file longer."""
_SILENT = frozenset(("citation-key", "first-reference-note-number", "year-suffix"))


MOST_TEXT = 4_000_000
"""Characters of a file; a library of a thousand sources has less than 2,000,000."""
MOST_ENTRIES = 5_000
MOST_NAMES = 500
"""Names in one list of a source, such as its authors; styles print no more than 20."""
MOST_NAMES_IN_ALL = 50_000


def read_items(path: Path) -> tuple[list[ReadSource], list[Problem]]:
    """Read the sources of a file, and report what of them could not be read or kept.

    The ending of its name says what it is; a file with another is judged by its beginning.
    Raises AdvocacyError where the file cannot be read at all.
    """
    text = read_text(path)
    if len(text) > MOST_TEXT:
        raise AdvocacyError(_too_long(path, f"more than {MOST_TEXT:,} characters"))
    kind = SUFFIXES.get(path.suffix.lower()) or _guess_kind(text)
    if kind == "ris":
        read, problems = read_ris(text, path)
    elif kind == "bibtex":
        read, problems = read_bibtex(text, path)
    else:
        read, problems = _read_csl(
            _json(text, path) if kind == "csljson" else _yaml(text, path), path
        )
    if not read and problems:
        raise AdvocacyError(problems)
    if len(read) > MOST_ENTRIES:
        raise AdvocacyError(_too_long(path, f"more than {MOST_ENTRIES:,} sources"))
    long = [one for one in read if any(len(found) > MOST_NAMES for found in _lists([one]))]
    short = [one for one in read if all(len(found) <= MOST_NAMES for found in _lists([one]))]
    problems += map(_too_many_names, long)
    if sum(map(len, _lists(short))) > MOST_NAMES_IN_ALL:
        raise AdvocacyError(_too_long(path, f"more than {MOST_NAMES_IN_ALL:,} names"))
    sources = [_cleaned(one) for one in short]
    return sources, [*problems, *report_losses(sources)]


def _too_long(path: Path, what: str) -> Problem:
    message = f"The file has {what}, which is too much for one import."
    return Problem("bad-import", message, "Divide it into several files.", Place(path))


def _lists(read: Sequence[ReadSource]) -> list[list[Any]]:
    return [value for one in read for value in one.item.values() if isinstance(value, list)]


def _too_many_names(read: ReadSource) -> Problem:
    name = plain_text(read.item.get("id") or read.item.get("title") or "?")[:60]
    message = f"`{name}` was not imported: it has a list of more than {MOST_NAMES} names."
    hint = "Keep the first names, and add one such as “and others”."
    return Problem("bad-import", message, hint, read.place)


def _guess_kind(text: str) -> Kind:
    start = text.lstrip("\ufeff \t\r\n")[:200]
    if start.startswith(("[", "{")):
        return "csljson"
    if re.match(r"TY\s+-", start):
        return "ris"
    return "bibtex" if start.startswith(("@", "%")) else "cslyaml"


def _json(text: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        where = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else ()
        place = Place(path, *where)
        message = "The file is not valid JSON."
        hint = "Export it again as CSL JSON."
        raise AdvocacyError(Problem("bad-json", message, hint, place)) from None


def _yaml(text: str, path: Path) -> Any:
    # A bare list, as some programs write it, is read under the key it ought to have.
    if re.match(r"\s*(---\s*\n)?- ", text):
        text = "references:\n" + re.sub(r"^\s*---\s*\n", "", text)
    data, problems = scan_yaml_text(text, path)
    if data is None or problems:
        raise AdvocacyError(problems)
    return data


def _read_csl(raw: Any, path: Path) -> tuple[list[ReadSource], list[Problem]]:
    if isinstance(raw, Mapping):
        raw = raw.get("references", raw.get("items", [raw] if "type" in raw else None))
    if not isinstance(raw, list):
        message = "The file does not contain a list of sources."
        hint = "Export it again as CSL JSON, BibTeX, or RIS."
        raise AdvocacyError(Problem("no-sources", message, hint, Place(path)))
    read: list[ReadSource] = []
    problems: list[Problem] = []
    for number, entry in enumerate(raw, 1):
        if not isinstance(entry, Mapping):
            message = f"Entry {number} is not a source."
            problems.append(Problem("no-sources", message, "Remove the entry.", Place(path)))
            continue
        place = entry.place if isinstance(entry, YamlMap) and entry.place else Place(path)
        read.append(ReadSource(dict(entry), place))
    return read, problems


def _cleaned(read: ReadSource) -> ReadSource:
    """The item with the variables of CSL alone, as a sources file has them."""
    item: Item = {}
    lost, unread = list(read.lost), dict(read.unread)
    for key, value in read.item.items():
        name = RENAMED.get(key, key)
        if value in (None, "", [], {}):
            continue
        if name in DATES:
            day = edtf_of(value)
            if day is None:
                unread[name] = _shown_date(value)
            item |= {name: day} if day else {}
        elif name not in CSL_VARIABLES or name in LEFT_OUT or not _keep(item, name, value):
            lost += [key] if key not in _SILENT else []
    if own := read.item.get("citation-key"):
        item["citation-key"] = plain_text(own)
    if page := item.get("page"):
        item["page"] = re.sub(r"\s*[-–—]+\s*$", "", page)
    if doi := item.get("DOI"):
        item["DOI"] = re.sub(r"(?i)^(https?://(dx\.)?doi\.org/|doi:\s*)", "", doi)
    return replace(read, item=item, lost=tuple(dict.fromkeys(lost)), unread=unread)


def _keep(item: Item, name: str, value: Any) -> bool:
    """Put a value into the item as plain text or names; False where it is neither."""
    if name in NAMES:
        names = list(plain_names(value)) if isinstance(value, list) else []
        item |= {name: names} if names else {}
        return bool(names)
    if isinstance(value, list | Mapping):
        return False
    item.setdefault(name, plain_text(value))
    return True


def _shown_date(value: Any) -> str:
    if isinstance(value, Mapping):
        told = (value.get(key) for key in ("literal", "raw", "date-parts", "season"))
        value = ", ".join(str(part) for part in told if part)
    return plain_text(value)[:60]
