"""Where a person stands in the files of a folder: whole rows to remove, and mere mentions to tell.

A row is theirs where one cell of it is their address. A row that only mentions the address, in a
note say, is somebody else's: it is told, and left.
"""

import json
import os
from collections.abc import Iterable, Iterator
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
TEXTS = (".txt", ".yaml", ".yml", ".md", ".eml", ".html", ".json", ".mbox")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Trace:
    """A person in a file: lines that are theirs, and lines that mention them.

    `unread` says why a file could not be searched.
    """

    path: Path
    lines: tuple[int, ...] = ()
    mentions: tuple[int, ...] = ()
    unread: str = ""


def traces(
    folder: Path, key: str, *, also: tuple[Path, ...] = (), kinds: tuple[str, ...] = ()
) -> Iterator[Trace]:
    """The files of some kinds below a folder, and others, that hold a person's address.

    The suppression list, ledgers and manifests are not looked into: they have their own ways.
    """
    for path in [*_files(folder, kinds or LISTS + LINES + SHEETS + TEXTS), *also]:
        found = trace(path, key)
        if found.lines or found.mentions or found.unread:
            yield found


def _files(folder: Path, kinds: tuple[str, ...]) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            own_way = name in (SUPPRESSED, MANIFEST, JOURNAL)
            if Path(name).suffix.lower() in kinds and not own_way:
                yield Path(where, name)


def trace(path: Path, key: str) -> Trace:
    """Where a person's address stands in a file."""
    kind = path.suffix.lower()
    own: list[int] = []
    mentions: list[int] = []
    try:
        if kind in SHEETS:
            return Trace(path, mentions=tuple(_sheet_rows(path, key)))
        with open_binary(path) as file:
            for number, _, is_own, is_mention in _rows(file, path, key, kind):
                if is_own:
                    own.append(number)
                elif is_mention:
                    mentions.append(number)
    except AdvocacyError as error:
        return Trace(path, unread=error.problems[0].message)
    return Trace(path, tuple(own), tuple(mentions))


def remove_rows(path: Path, key: str) -> int:
    """Remove a person's rows from a list; how many. All else in the file stays as it is.

    Raises AdvocacyError where the file cannot be read or written; it is then untouched.
    """
    count = 0
    with open_binary(path) as file, replace_file(path, durable=True) as out:
        bom = file.peek(3)[:3] == BOM
        out.write(BOM if bom else b"")
        for _, text, is_own, _ in _rows(file, path, key, path.suffix.lower()):
            count += is_own
            if not is_own:
                out.write(text.encode("utf-8", "surrogateescape"))
    return count


Found = tuple[int, str, bool, bool]
"""A row's line, its text, whether it is the person's, and whether it mentions them."""


def _rows(file: BufferedReader, path: Path, key: str, kind: str) -> Iterator[Found]:
    if kind in LISTS:
        yield from _csv_rows(file, path, key)
        return
    for number, line in enumerate(file, 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "surrogateescape")
        mentioned = _mentions(text, key)
        is_own = mentioned and kind in LINES and _is_theirs(text, key)
        yield number, text, is_own, mentioned


def _csv_rows(file: BufferedReader, path: Path, key: str) -> Iterator[Found]:
    known = frozenset(KNOWN)
    with opened_lines(file, path) as lines:
        cells, delimiter, _ = header_of(lines, path, lambda c: len(known & {*column_names(c, {})}))
    file.seek(0)  # the header, and what stands above it, are rows like others here
    with opened_lines(file, path) as lines:
        for start, found in rows_of(lines, delimiter or ",", path, max(1, len(cells))):
            mentioned = _mentions("".join(lines.row), key)
            row = [] if isinstance(found, Problem) else found
            is_own = mentioned and any(key_of(cell) == key for cell in row)
            yield start, "".join(lines.row), is_own, mentioned


def _mentions(text: str, key: str) -> bool:
    return "@" in text and any(address_key(found) == key for found in ADDRESS.findall(text))


def _is_theirs(line: str, key: str) -> bool:
    try:
        record: Any = json.loads(line)
    except ValueError:
        return False
    values = record.values() if isinstance(record, dict) else ()
    return any(isinstance(value, str) and key_of(value) == key for value in values)


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
