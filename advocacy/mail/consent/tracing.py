"""Where a person stands in the files of a folder: whole rows to remove, and mere mentions to tell.

A row is theirs where one cell of it is their address; a message, where it is from them, to them,
or reports of them alone. A row that only mentions the address, in a note say, is somebody else's:
it is told, and left.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from advocacy.batch.record import JOURNAL
from advocacy.batch.record import NAME as MANIFEST
from advocacy.campaign.recipients.column_headers import KNOWN
from advocacy.campaign.recipients.columns import column_names
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.csv_rows import header_of, rows_of
from advocacy.files.text import open_binary
from advocacy.files.workbook import open_workbook
from advocacy.files.writing import replace_file
from advocacy.mail import problem
from advocacy.mail.consent.addresses import ADDRESS, address_key
from advocacy.mail.consent.suppression_file import FILE as SUPPRESSED
from advocacy.mail.consent.suppression_file import key_of, opened_lines

LISTS = (".csv", ".tsv")
LINES = (".jsonl", ".ndjson")
SHEETS = (".xlsx", ".xls", ".ods")
TEXTS = (".txt", ".yaml", ".yml", ".md", ".html", ".json")
MESSAGES = (".eml", ".mbox")
BOM = b"\xef\xbb\xbf"
_MAILDIR = ("cur", "new")
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_PEOPLE = re.compile(
    rb"(?im)^>?(?:(?P<failed>Final-Recipient|Original-Recipient|X-Failed-Recipients)"
    rb"|To|Cc|From|Reply-To|Delivered-To|X-Original-To|Envelope-To): ?(?P<who>[^\r\n]{0,4000})"
)
"""Fields that say whom a message is from, to, or about; in a report also those that it returns."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A person in a file: lines that are theirs, and lines that mention them.

    `names` are what their rows call them. `is_whole`: nobody else is in the file. `unread` says
    why a file could not be searched.
    """

    path: Path
    lines: tuple[int, ...] = ()
    mentions: tuple[int, ...] = ()
    names: frozenset[str] = frozenset()
    is_whole: bool = False
    unread: str = ""


def traces(
    folder: Path, key: str, *, also: tuple[Path, ...] = (), kinds: tuple[str, ...] = ()
) -> Iterator[Trace]:
    """The files of some kinds below a folder, and others, that hold a person's address.

    The suppression list, ledgers and manifests are not looked into: they have their own ways.
    """
    for path in [*_files(folder, kinds or LISTS + LINES + SHEETS + TEXTS + MESSAGES), *also]:
        found = trace(path, key)
        if found.lines or found.mentions or found.unread:
            yield found


def _files(folder: Path, kinds: tuple[str, ...]) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(where, name)
            own_way = name in (SUPPRESSED, MANIFEST, JOURNAL)
            # Links and pipes that somebody put there are nobody's list.
            if _kind(path) in kinds and not own_way and path.is_file():
                yield path


def _kind(path: Path) -> str:
    """The suffix that says how a file is read; messages of a Maildir have none of their own."""
    return ".eml" if path.parent.name in _MAILDIR else path.suffix.lower()


def trace(path: Path, key: str) -> Trace:
    """Where a person's address stands in a file."""
    kind = _kind(path)
    own: list[int] = []
    mentions: list[int] = []
    names: set[str] = set()
    is_whole = kind in MESSAGES
    try:
        if kind in SHEETS:
            return Trace(path, mentions=tuple(_sheet_rows(path, key)))
        with open_binary(path) as file:
            for row in _rows(file, path, key, kind):
                if row.is_own:
                    own.append(row.line)
                    names.update(row.names)
                elif row.is_mention:
                    mentions.append(row.line)
                is_whole = is_whole and row.is_own
    except AdvocacyError as error:
        return Trace(path, unread=error.problems[0].message)
    return Trace(path, tuple(own), tuple(mentions), frozenset(names), is_whole and bool(own))


def remove_rows(path: Path, key: str) -> int:
    """Remove a person's rows or messages from a file; how many. All else in it stays as it is.

    Raises AdvocacyError where the file cannot be read or written; it is then untouched.
    """
    count = 0
    with open_binary(path) as file, replace_file(path, durable=True) as out:
        bom = file.peek(3)[:3] == BOM
        out.write(BOM if bom else b"")
        for row in _rows(file, path, key, _kind(path)):
            count += row.is_own
            if not row.is_own:
                out.write(row.text.encode("utf-8", "surrogateescape"))
    return count


@dataclass(frozen=True, slots=True)
class _Row:
    """A row or message: its line and text, and whether it is the person's or mentions them."""

    line: int
    text: str
    is_own: bool
    is_mention: bool
    names: tuple[str, ...] = ()


def _rows(file: BufferedReader, path: Path, key: str, kind: str) -> Iterator[_Row]:
    if kind in LISTS:
        yield from _csv_rows(file, path, key)
        return
    if kind in MESSAGES:
        yield from _messages(file, key, many=file.peek(5)[:5] == b"From ")
        return
    for number, line in enumerate(file, 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "surrogateescape")
        mentioned = _mentions(text, key)
        names = _names_in(text, key) if mentioned and kind in LINES else None
        yield _Row(number, text, names is not None, mentioned, names or ())


def _csv_rows(file: BufferedReader, path: Path, key: str) -> Iterator[_Row]:
    known = frozenset(KNOWN)
    with opened_lines(file, path) as lines:
        cells, delimiter, _ = header_of(lines, path, lambda c: len(known & {*column_names(c, {})}))
    columns = column_names(cells, {})
    file.seek(0)  # the header, and what stands above it, are rows like others here
    with opened_lines(file, path) as lines:
        for start, found in rows_of(lines, delimiter or ",", path, max(1, len(cells))):
            mentioned = _mentions("".join(lines.row), key)
            row = [] if isinstance(found, Problem) else found
            is_own = mentioned and any(key_of(cell) == key for cell in row)
            names = _names(dict(zip(columns, row, strict=False))) if is_own else ()
            yield _Row(start, "".join(lines.row), is_own, mentioned, names)


def _messages(file: BufferedReader, key: str, *, many: bool) -> Iterator[_Row]:
    """The messages of an mbox (RFC 4155), or the one of a file."""
    lines: list[bytes] = []
    began, is_blank = 1, False
    for number, line in enumerate(file, 1):
        if many and is_blank and line.startswith(b"From "):
            yield _message(b"".join(lines), began, key)
            lines, began = [], number
        lines.append(line)
        is_blank = not line.strip(b"\r\n")
    if lines:
        yield _message(b"".join(lines), began, key)


def _message(data: bytes, line: int, key: str) -> _Row:
    text = data.decode("utf-8", "surrogateescape")
    named: set[str] = set()
    failed: set[str] = set()
    for field in _PEOPLE.finditer(_FOLDED.sub(b" ", data)):
        found = ADDRESS.findall(field["who"].decode("utf-8", "replace"))
        named.update(map(address_key, found))
        failed.update(map(address_key, found if field["failed"] else ()))
    return _Row(line, text, key in named and failed <= {key}, key in named or _mentions(text, key))


def _mentions(text: str, key: str) -> bool:
    return "@" in text and any(address_key(found) == key for found in ADDRESS.findall(text))


def _names_in(line: str, key: str) -> tuple[str, ...] | None:
    """What a person's own line of JSON calls them; None where it is not theirs."""
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    cells = record if isinstance(record, dict) else {}
    texts = {name: value for name, value in cells.items() if isinstance(value, str)}
    return _names(texts) if any(key_of(value) == key for value in texts.values()) else None


def _names(row: Mapping[str, str]) -> tuple[str, ...]:
    """The name that a row states, whole or in parts."""
    parts = (row.get("given_name") or "", row.get("family_name") or "")
    return tuple(filter(None, ((row.get("name") or "").strip(), " ".join(parts).strip())))


def _sheet_rows(path: Path, key: str) -> Iterator[int]:
    """The rows of a spreadsheet that hold the address, in whichever sheet."""
    if path.suffix.lower() == ".xlsx":
        with open_workbook(path) as opened:
            for one in opened.sheets:
                for found in opened.rows(one):
                    if _holds(found.cells.values(), key):
                        yield found.number
        return
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [
            book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        ]
    except (CalamineError, OSError, ValueError) as error:
        raise AdvocacyError(
            problem("not-readable", entry="spreadsheet-unreadable", told=error)
        ) from None
    for sheet in sheets:
        for number, row in enumerate(sheet, 1):
            if _holds(row, key):
                yield number


def _holds(cells: Iterable[object], key: str) -> bool:
    return any(isinstance(cell, str) and _mentions(cell, key) for cell in cells)
