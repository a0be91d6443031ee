"""Read RIS: one tag a line, `TY` first and `ER` last in each record.

Programs wrap long fields, leave empty lines inside records, and end files without `ER`. All that
is read. A tag that no source here keeps is told, by its name.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from advocacy.authoring.sources.dates import edtf_of
from advocacy.authoring.sources.read_source import ReadSource
from advocacy.errors import Place, Problem
from advocacy.resources import read_table

_TAG = re.compile(r"([A-Z][A-Z0-9])  ?-(?: (.*)|$)")
_HEADING = re.compile("\ufeff?[A-Za-z][A-Za-z -]*:")
"""Lines above the first record, in which publishers say who made the file."""
_ADDRESS = re.compile(r"https?://[^\s;,<>]+")
_WORK_TAGS = frozenset(("TY", "ER", "ID", "SP", "EP"))
Tags = Mapping[str, Sequence[str]]


def read_ris(text: str, path: Path) -> tuple[list[ReadSource], list[Problem]]:
    """Read the records of a file; lines that belong to none are told, with the first place."""
    records: list[tuple[int, dict[str, list[list[str]]]]] = []
    current: dict[str, list[list[str]]] | None = None
    last, strays = "", []
    for number, line in enumerate(text.splitlines(), 1):
        found = _TAG.match(line.strip("\ufeff \t"))
        if found is None:
            if current is not None and last and line.strip():
                current[last][-1].append(line.strip())
            elif line.strip() and (records or not _HEADING.match(line)):
                strays.append(number)
            continue
        tag, value = found[1], (found[2] or "").strip()
        if tag == "TY":
            current = {}
            records.append((number, current))
        if tag == "ER":
            current, last = None, ""
        elif current is None:
            strays.append(number)
        else:
            current.setdefault(tag, []).append([value])
            last = tag
    sources = [
        _source(
            {tag: [" ".join(v).strip() for v in tags[tag]] for tag in tags}, Place(path, number)
        )
        for number, tags in records
    ]
    return sources, _strays(strays, path)


def _strays(lines: Sequence[int], path: Path) -> list[Problem]:
    if not lines:
        return []
    what = "This line belongs" if len(lines) == 1 else f"{len(lines)} lines from here on belong"
    message = f"{what} to no record. A record begins with `TY  - `."
    hint = "Add `TY  - ` and the record's type above it, or remove it."
    return [Problem("bad-import", message, hint, Place(path, lines[0]))]


def _source(tags: Tags, place: Place) -> ReadSource:
    table = read_table("authoring/sources/ris.toml")
    kind = (tags.get("TY") or [""])[0].strip().upper()
    own = table["own"].get(kind, {})
    item: dict[str, Any] = {"type": table["types"].get(kind, "document")}
    if tags.get("ID"):
        item["id"] = tags["ID"][0]
    used = set(_WORK_TAGS)
    courts = own.get("authority", ())
    used |= _add_names(item, tags, {k: v for k, v in table["names"].items() if k not in courts})
    used |= _add_texts(item, tags, {**table["texts"], **own})
    used -= _keep_one_address(item, tags)
    unread: dict[str, str] = {}
    for name, sources in table["dates"].items():
        day, lost = _date([value for tag in sources for value in tags.get(tag, ()) if value])
        item |= {name: day} if day else {}
        unread |= {name: lost} if lost else {}
        used |= set(sources)
    if page := _pages(tags):
        item["page"] = page
    lost_tags = tuple(tag for tag in tags if tag not in used and any(tags[tag]))
    return ReadSource(item, place, lost_tags, unread)


def _add_names(item: dict[str, Any], tags: Tags, table: Mapping[str, str]) -> set[str]:
    for tag, name in table.items():
        people = [_name(value) for value in tags.get(tag, ()) if value]
        if people:
            item.setdefault(name, []).extend(people)
    return set(table)


def _add_texts(item: dict[str, Any], tags: Tags, table: Mapping[str, Sequence[str]]) -> set[str]:
    used: set[str] = set()
    for name, sources in table.items():
        found = next((tag for tag in sources if any(tags.get(tag, ()))), None)
        if found:
            item[name] = next(filter(None, tags[found]))
            # The same text under another tag is nothing more.
            used |= {tag for tag in sources if set(tags.get(tag, ())) <= {item[name], ""}}
    return used


def _keep_one_address(item: dict[str, Any], tags: Tags) -> set[str]:
    """Keep the first web address of the item's `URL`; the tags of what is left out."""
    written = str(item.pop("URL", ""))
    found = _ADDRESS.search(written)
    if found:
        item["URL"] = found[0]
    return {tag for tag in ("UR", "L1", "LK") if tags.get(tag) and written != item.get("URL", "")}


def _date(values: Sequence[str]) -> tuple[str, str]:
    """The first date that can be read, a fuller one of the same year if there is one; and the
    text of one that cannot, where there is no other.
    """
    # The fourth part is a word, such as the season: 2020/06/11/Spring.
    texts = [re.sub(r"^(\d{4}(?:/\d*){2})/.*$", r"\1", value) for value in values]
    year = next((text for text in texts if re.fullmatch(r"\d{4}", text)), "")
    fuller = [f"{text} {year}" for text in texts if year and not edtf_of(text)]  # `Jun 5` of 2020
    days = [day for text in (*fuller, *texts) if (day := edtf_of(text))]
    if not days:
        return "", texts[0] if texts else ""
    same = [day for day in days if day.startswith(days[0])]
    return max(same, key=len), ""


def _name(value: str) -> dict[str, str]:
    """`Family, Given, Suffix`; without a comma it is an organization."""
    family, *rest = (part.strip() for part in value.split(","))
    if not any(rest):
        return {"literal": family}
    name = {"family": family, "given": rest[0]}
    return name | ({"suffix": rest[1]} if len(rest) > 1 and rest[1] else {})


def _pages(tags: Tags) -> str:
    first = next(filter(None, tags.get("SP", ())), "").rstrip("-–—")
    last = next(filter(None, tags.get("EP", ())), "")
    return f"{first}-{last}" if first and last and first != last else first or last
