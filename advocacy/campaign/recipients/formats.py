"""Recipients from CSV: strict, streamed, and every value text.

How rows are read is said in `advocacy.files.csv_rows`.


Recipients from JSON Lines: an object a line.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from advocacy.campaign.recipients.columns import (
    KNOWN,
    REJECT_COLUMNS,
    Columns,
    column_names,
    read_header,
)
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.table import LONGEST_ROW, as_text, recipient_of
from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.csv_rows import (
    Lines,
    as_before,
    has_bad_bytes,
    header_of,
    lines_of,
    not_utf8,
    rows_of,
)
from advocacy.files.text import open_binary

_KNOWN = frozenset(KNOWN)


def read_csv(path: Path, renamed: Mapping[str, str]) -> Iterator[Recipient | Problem]:
    """The recipients of a CSV file in turn, and every problem where it arises.

    `renamed` maps foreign headers to names of columns. Nothing but the current row is kept.
    """
    try:
        file = open_binary(path)
    except AdvocacyError as error:
        yield from error.problems
        return
    with file:
        lines = lines_of(file, path)
        if isinstance(lines, Problem):
            yield lines
            return
        yield from _read(lines, path, renamed)


def _read(lines: Lines, path: Path, renamed: Mapping[str, str]) -> Iterator[Recipient | Problem]:
    def known(cells: list[str]) -> int:
        return len(_KNOWN & set(column_names(cells, renamed)))

    header, delimiter, problem = header_of(lines, path, known)
    if problem:
        yield problem
        return
    place = Place(path, lines.number)
    columns = read_header(header, renamed, place)
    yield from columns.problems
    if any(problem.level == "error" for problem in columns.problems):
        return
    rejected = set(REJECT_COLUMNS) <= set(columns.names)
    rows = 0
    for number, cells in rows_of(lines, delimiter, path, len(header)):
        if isinstance(cells, Problem):
            rows += 1
            yield cells
            continue
        if not cells:
            continue
        rows += 1
        if rejected:  # corrected rows of an earlier batch
            cells = [
                "" if name in REJECT_COLUMNS else as_before(cell)
                for name, cell in zip(columns.names, cells, strict=True)
            ]
        yield from row_of(columns, cells, Place(path, number))
    if not rows:
        message = "The list has a header and no rows."
        yield Problem("empty-list", message, "Add the people, one a line.", place)


def row_of(columns: Columns, cells: list[str], place: Place) -> Iterator[Recipient | Problem]:
    """What comes of a row's cells."""
    whole = "".join(cells)
    if has_bad_bytes(whole):
        yield not_utf8(whole, place)
        return
    if len(whole) > LONGEST_ROW:
        message = f"The row has more than {LONGEST_ROW:,} characters."
        yield Problem("row-too-long", message, "Shorten it.", place)
        return
    values: dict[str, Any] = {
        name: text
        for name, cell in zip(columns.names, cells, strict=True)
        if (text := cell.strip())
    }
    if "" in values:
        message = f"“{values['']:.40}” stands in a column without a name."
        yield Problem("cell-without-column", message, "Name the column.", place)
        return
    gather_address(values, columns)
    recipient, problems = recipient_of(values, place)
    yield from problems
    if recipient is not None:
        yield recipient


def gather_address(values: dict[str, Any], columns: Columns) -> None:
    """Make one `address` of the lines of a cell, or of the columns `address_1` and so on."""
    text = values.pop("address", None)
    if text is not None and not columns.address and text.isprintable():
        values["address"] = (text,)
        return
    lines = [] if text is None else [part.strip() for part in re.split(r"\r\n?|\n", str(text))]
    lines += [str(values.pop(columns.names[index], "")) for index in columns.address]
    lines = [line for line in lines if line]
    if lines:
        values["address"] = tuple(lines)


def read_jsonl(path: Path, renamed: Mapping[str, str]) -> Iterator[Recipient | Problem]:
    """The recipients of a file of JSON Lines in turn, and every problem where it arises.

    `renamed` maps foreign keys to names of columns. Lists are taken for `address` alone.
    """
    try:
        file = open_binary(path)
    except AdvocacyError as error:
        yield from error.problems
        return
    headers = _Headers(renamed)
    count = 0
    with file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_ROW * 4), b""), start=1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                count += 1
                yield from _line(text, headers, Place(path, number))
    if not count:
        hint = 'Write an object a line: `{"name": "Jane Doe"}`.'
        yield Problem("empty-file", "The file is empty.", hint, Place(path))


class _Headers:
    """The columns of lines by their keys; lines of one list mostly have the same."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed
        self._known: dict[tuple[str, ...], Columns] = {}
        self._told: set[tuple[str, str]] = set()

    def of(self, keys: tuple[str, ...], place: Place) -> Columns:
        if keys not in self._known:
            if len(self._known) > 1000:
                self._known.clear()
            self._known[keys] = read_header(keys, self._renamed, place)
        return self._known[keys]

    def new(self, columns: Columns) -> Iterator[Problem]:
        """What was not told of a line before this one."""
        for note in columns.problems:
            if note.level is not Level.ERROR and (note.code, note.message) not in self._told:
                self._told.add((note.code, note.message))
                yield note


def _line(line: bytes, headers: _Headers, place: Place) -> Iterator[Recipient | Problem]:
    pairs, problem = _object(line, place)
    if problem:
        yield problem
        return
    header = headers.of(tuple(key for key, _ in pairs), place)
    yield from headers.new(header)
    wrong = [replace(p, place=place) for p in header.problems if p.level is Level.ERROR]
    if wrong:
        yield from wrong
    else:
        yield from _row(header, pairs, place)


def _object(line: bytes, place: Place) -> tuple[list[tuple[str, Any]], Problem | None]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = line[error.start]
        message = f"The byte 0x{byte:02X} in this line is not UTF-8."
        return [], Problem("not-utf8", message, "Save the file as UTF-8.", place)
    try:
        found = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        message = f"This line is not JSON: {reason or 'nested too deeply'}."
        hint = 'Write one object a line: `{"name": "Jane Doe", "email": "jane@parks.example"}`.'
        return [], Problem("not-json", message, hint, place)
    if not isinstance(found, _Pairs):
        message = "This line holds no JSON object."
        hint = 'Write one object a line: `{"name": "Jane Doe"}`.'
        return [], Problem("not-json", message, hint, place)
    return list(found), None


class _Pairs(list[tuple[str, Any]]):
    """An object's keys and values in order, those that stand twice included."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no value")


def _row(
    header: Columns, pairs: list[tuple[str, Any]], place: Place
) -> Iterator[Recipient | Problem]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, (key, value) in zip(header.names, pairs, strict=True):
        if name == "address" and isinstance(value, list) and not isinstance(value, _Pairs):
            lines = [as_text(name, line, place, f"`{key}`") for line in value]
            problems += [line for line in lines if isinstance(line, Problem)]
            text: str | Problem = "\n".join(str(line) for line in lines)
        elif isinstance(value, list):
            message = f"`{key}` is a list or an object, where text should be."
            text = Problem("not-text", message, "Write it as text.", place)
        else:
            text = as_text(name, value, place, "this line")
        if isinstance(text, Problem):
            problems.append(text)
        elif text and not name:
            message = f"“{text:.40}” has a key without letters or digits."
            problems.append(Problem("cell-without-column", message, "Name the key.", place))
        elif text:
            values[name] = re.sub(r"\r\n?", "\n", text)
    if problems:
        yield from problems
        return
    gather_address(values, header)
    recipient, found = recipient_of(values, place, "the line")
    yield from found
    if recipient is not None:
        yield recipient
