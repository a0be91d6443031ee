"""Read BibTeX and BibLaTeX: split by bibtexparser, turned into CSL by pandoc.

pandoc reads LaTeX, names, and types as they are meant, but one entry that it cannot read costs it
the whole file, and it drops dates that are no EDTF, the capitals of titles, and the type `@misc`.
bibtexparser splits a file into entries whatever stands between them and knows their lines, so an
entry that is wrong costs itself alone, and the fields can be looked at as they were written.
"""

import json
import logging
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from advocacy.authoring.sources.dates import edtf_of
from advocacy.authoring.sources.read_source import Item, ReadSource, plain_text
from advocacy.documents.citations.pandoc import pandoc_path
from advocacy.errors import AdvocacyError, Place, Problem

DEADLINE = 60.0
"""Seconds that pandoc may take for a whole file, and for one part of it."""
MOST_TEXT = 50_000
"""Characters of an entry; pandoc takes more than linear time for a long one."""
_HEAP = "512m"
"""The memory limit of pandoc (an option of its run-time system)."""
# What pandoc makes of these fields is in the item, or is put there by this module.
_KEPT = frozenset(
    """abstract address addendum annotation annote author authortype bookauthor booktitle
    booksubtitle booktitleaddon chapter crossref date day doi edition editor editortype eid
    entrysubtype eprint eprinttype eprintclass archiveprefix primaryclass eventdate eventtitle
    holder howpublished institution isbn issn issue issuetitle journal journaltitle journalsubtitle
    label langid language location mainsubtitle maintitle month note number options organization
    origdate origlocation origpublisher origtitle pages pagetotal part publisher pubstate school
    series shortjournal shorttitle subtitle title titleaddon translator type url urldate urlday
    urlmonth urlyear venue version volume volumes xdata year""".split()
)
_ESCAPED = re.compile(r"\\([_&#%$~{}])(?:\{\})?|\{\\([_&#%$~])\}|\\textasciitilde(?:\{\})?")
_ADDRESS = re.compile(r"https?://[^\s{}]+")
_SAID_ACCESSED = re.compile(r"(?i)\[?(?:online; )?accessed:? +([^\][;]{4,30}?)\.?\]?")
_LISTS = {
    "publisher": ("publisher", "institution", "organization", "school", "howpublished"),
    "publisher-place": ("address", "location"),
}
"""Variables of CSL whose fields pandoc takes for lists, and those fields."""


def read_bibtex(text: str, path: Path) -> tuple[list[ReadSource], list[Problem]]:
    """Read the entries of a file, and report those that cannot be read, each once."""
    from bibtexparser.entrypoint import parse_string

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # it is all in the blocks
    library = parse_string(text)
    problems = [_failed(block, path) for block in library.failed_blocks]
    strings = "\n".join(str(block.raw) for block in (*library.strings, *library.preambles))
    named = [entry for entry in library.entries if entry.key]
    entries = [entry for entry in named if not _is_long(entry)]
    problems += [
        _bad(path, entry.start_line, f"it has more than {MOST_TEXT:,} characters")
        for entry in named
        if _is_long(entry)
    ]
    unnamed = [entry.start_line for entry in library.entries if not entry.key]
    problems += [_bad(path, line, "it has no key after the opening brace") for line in unnamed]
    read: list[ReadSource] = []
    until = time.monotonic() + DEADLINE
    made = _items(strings, [str(entry.raw) for entry in entries], until)
    for entry, item in zip(entries, made, strict=True):
        if isinstance(item, str):
            problems.append(_bad(path, entry.start_line, item))
            continue
        fields = {field.key.lower(): str(field.value) for field in entry.fields}
        place = Place(path, (entry.start_line or 0) + 1)
        read.append(_source(item, entry.key, fields, place))
    return read, problems


def _is_long(entry: Any) -> bool:
    return len(str(entry.raw)) > MOST_TEXT


def _failed(block: Any, path: Path) -> Problem:
    """The problem of a block that is no entry."""
    kind = type(block).__name__
    key = getattr(block, "key", None)
    if kind == "DuplicateBlockKeyBlock":
        return _bad(path, block.start_line, f"an entry above it has the same key, `{key}`")
    if kind == "DuplicateFieldKeyBlock":
        names = ", ".join(f"`{name}`" for name in sorted(block.duplicate_keys))
        return _bad(path, block.start_line, f"it has {names} twice")
    return _bad(path, block.start_line, "a brace, quotation mark, or comma is missing")


def _bad(path: Path, line: int | None, why: str) -> Problem:
    message = f"This entry was not imported: {why}."
    hint = "Correct the entry, or export the file again."
    return Problem("bad-import", message, hint, Place(path, (line or 0) + 1))


def _items(strings: str, entries: Sequence[str], until: float) -> list[Item | str]:
    """The CSL item of each entry, or why there is none.

    Where pandoc cannot read them together, it gets them in halves.
    """
    if not entries:
        return []
    left = until - time.monotonic()
    if left <= 0:
        return ["pandoc took too long"] * len(entries)
    found = _through_pandoc("\n".join([strings, *entries]), min(left, DEADLINE / 2))
    if isinstance(found, list) and len(found) == len(entries):
        return list(found)
    if len(entries) == 1:
        return [found if isinstance(found, str) else "pandoc finds no source in it"]
    half = len(entries) // 2
    return _items(strings, entries[:half], until) + _items(strings, entries[half:], until)


def _through_pandoc(text: str, seconds: float) -> list[Item] | str:
    """The items of a text, or what pandoc says of it. Raises AdvocacyError where it cannot run."""
    command = [str(pandoc_path()), "+RTS", f"-M{_HEAP}", "-RTS", "--sandbox"]
    try:
        done = subprocess.run(  # noqa: S603 - our own binary, no shell
            [*command, "--from=biblatex", "--to=csljson"],
            input=text.encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
        )
        items: list[Item] = json.loads(done.stdout or b"[]")
    except subprocess.CalledProcessError as error:
        said = " ".join(error.stderr.decode("utf-8", "replace").split())
        found = re.search(r"line \d+, column \d+\):\s*(.*)", said)
        return (found[1].strip() if found else said[-200:]).rstrip(".") or "pandoc cannot read it"
    except subprocess.TimeoutExpired:
        return f"pandoc did not read it within {seconds:.0f} seconds"
    except (OSError, ValueError) as error:
        message = f"pandoc cannot be run: {error}"
        hint = "Reinstall it: pip install --force-reinstall pypandoc-binary"
        raise AdvocacyError(Problem("citations-failed", message, hint)) from None
    return items


def _source(item: Item, key: str, fields: Mapping[str, str], place: Place) -> ReadSource:
    """The item as the entry's own fields have it."""
    item = {**item, "id": key}
    unread: dict[str, str] = {}
    for name, written in _dates(fields).items():
        item.pop(name, None)
        day = edtf_of(written)
        if day:
            item[name] = day
        elif day is None:
            unread[name] = written
    _mend(item, fields)
    address = next(filter(None, map(_address, (fields.get("url"), fields.get("howpublished")))), "")
    preprint = _preprint(fields)
    if address or preprint:
        item["URL"] = address or preprint
    if item.get("publisher") == item.get("URL"):  # `howpublished`, in BibTeX
        item.pop("publisher", None)
    if not item.get("type"):
        item["type"] = "webpage" if address else "article" if preprint else "document"
    if title := _own_capitals(plain_text(item.get("title", "")), fields.get("title", "")):
        item["title"] = title
    if not fields.get("shorttitle"):  # pandoc makes one of what stands before a colon
        item.pop("title-short", None)
    lost = [name for name, value in fields.items() if name not in _KEPT and value.strip()]
    if len(_ADDRESS.findall(fields.get("url", ""))) > 1:
        lost.append("url")
    return ReadSource(item, place, tuple(lost), unread)


def _mend(item: Item, fields: Mapping[str, str]) -> None:
    """Put right what pandoc takes otherwise than those who wrote it."""
    said = _SAID_ACCESSED.fullmatch(fields.get("note", "").strip("{} "))
    day = edtf_of(said[1]) if said and "accessed" not in item else None
    if day:
        item["accessed"] = day
        item.pop("note", None)
    for name, written_in in _LISTS.items():
        # pandoc takes “Standards and Technology” for two, as BibLaTeX does; nobody else writes so.
        if name in item and all(";" not in fields.get(key, "") for key in written_in):
            item[name] = str(item[name]).replace("; ", " and ")
    if item.get("DOI"):
        item["DOI"] = _unescaped(str(item["DOI"]))


def _dates(fields: Mapping[str, str]) -> dict[str, str]:
    """The dates of an entry as they were written, by the variable of CSL."""
    month, day = fields.get("month", ""), fields.get("day", "")
    year = fields.get("year", "").strip("{} ")
    plain = {key: fields[name] for key, name in _DATES.items() if fields.get(name)}
    if year and "issued" not in plain:
        number = month.strip("{} ")
        parts = (year, number.zfill(2), day.zfill(2) if day else "")
        is_number = number.isdigit()
        plain["issued"] = (
            "-".join(filter(None, parts)) if is_number else " ".join((number, day, year)).strip()
        )
    return {key: plain_text(text.replace("{", "").replace("}", "")) for key, text in plain.items()}


_DATES = {
    "issued": "date",
    "accessed": "urldate",
    "original-date": "origdate",
    "event-date": "eventdate",
}


def _address(written: str | None) -> str:
    """A web address in a field, without the escapes that LaTeX needs in it."""
    found = _ADDRESS.search(_unescaped(written or "").replace("\\url", ""))
    return found[0] if found else ""


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: found[1] or found[2] or "~", text)


def _preprint(fields: Mapping[str, str]) -> str:
    """Where a preprint stands, if it is of a collection that we know."""
    kind = (fields.get("archiveprefix") or fields.get("eprinttype") or "").strip("{} ").lower()
    number = fields.get("eprint", "").strip("{} ")
    is_arxiv = kind == "arxiv" and re.fullmatch(r"[\w.-]+(/\d+)?", number)
    return f"https://arxiv.org/abs/{number}" if is_arxiv else ""


def _own_capitals(title: str, written: str) -> str:
    """The title with the capitals that were written, which pandoc takes away."""
    raw = " ".join(written.replace("{", "").replace("}", "").split())[: len(title)]
    return raw if title and raw.casefold() == title.casefold() else title
