"""Recipients from CSV: strict, streamed, and every value text.

The form is RFC 4180's, with whichever delimiter the header row uses. A row that is wrong is
told with its line; the rows after it are read all the same.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.recipients.columns import (
    KNOWN,
    REJECT_COLUMNS,
    Columns,
    column_names,
    read_header,
)
from advocacy.recipients.model import Recipient
from advocacy.recipients.rows import LONGEST_ROW, recipient_of
from advocacy.spreadsheets import as_before
from advocacy.textfile import open_binary

DELIMITERS = ",;\t|"
MOST_LINES = 60
"""A row of more lines has a quotation mark that was never closed."""
_KNOWN = frozenset(KNOWN)
_SURROGATE = re.compile("[\udc80-\udcff]")


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
        wrong = _not_csv(file.peek(4)[:4], path)
        if wrong:
            yield wrong
            return
        # Bytes that are not UTF-8 become lone surrogates, which the row's problem then names.
        text = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        yield from _read(_Lines(text), path, renamed)


def _not_csv(start: bytes, path: Path) -> Problem | None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "The file is in UTF-16, which some programs call “Unicode”."
        return Problem("not-utf8", message, "Save it as CSV in UTF-8.", Place(path))
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        message = "This is a spreadsheet, not a CSV file."
        return Problem("not-csv", message, "Give it its own ending, `.xlsx`.", Place(path))
    if b"\0" in start:
        message = "This is not a text file: it holds zero bytes."
        return Problem("binary-file", message, "Name a text file.", Place(path))
    return None


class _Lines:
    """The lines of a file for a `csv.reader`, which can be given back after a broken row."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.number = 0
        self.row: list[str] = []  # the lines of the row that is being read

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.row) >= MOST_LINES:
            raise StopIteration  # the reader then says that the row does not end
        if self._again:
            line = self._again.popleft()
        else:
            line = self._text.readline(1_000_000)
            if not line:
                raise StopIteration
        self.number += 1
        self.row.append(line)
        return line

    def give_back(self) -> None:
        """Have all lines but the row's first read again, as rows of their own."""
        self._again.extendleft(reversed(self.row[1:]))
        self.number -= len(self.row) - 1
        del self.row[1:]


def _read(lines: _Lines, path: Path, renamed: Mapping[str, str]) -> Iterator[Recipient | Problem]:
    header, delimiter, problem = _header(lines, path, renamed)
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
    for number, cells in _rows(lines, delimiter, path, len(header)):
        if isinstance(cells, Problem):
            rows += 1
            yield cells
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


def _header(
    lines: _Lines, path: Path, renamed: Mapping[str, str]
) -> tuple[list[str], str, Problem | None]:
    """The header's cells and the delimiter, or what is wrong with the header."""
    for line in lines:
        lines.row.clear()
        if re.fullmatch(r"sep=.\s*", line, re.IGNORECASE) or not line.strip():
            continue  # “sep=;” is how Excel is told of a delimiter
        if _SURROGATE.search(line):
            return [], "", not_utf8(line, Place(path, lines.number))
        # The delimiter is the one that gives most known columns, else most columns.
        found = {mark: _cells(line, mark) for mark in DELIMITERS}
        fits = [
            (len(_KNOWN & set(column_names(cells, renamed))), len(cells), mark)
            for mark, cells in found.items()
        ]
        best = max(fits, key=lambda fit: fit[:2])[2]
        if not found[best]:
            message = "The header row opens a quotation mark and does not close it."
            hint = "Close it, or write the names of the columns without quotation marks."
            return [], "", Problem("broken-row", message, hint, Place(path, lines.number))
        return found[best], best, None
    hint = "The first line names the columns: name,email …"
    return [], "", Problem("empty-file", "The file is empty.", hint, Place(path))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return []


def _rows(
    lines: _Lines, delimiter: str, path: Path, width: int
) -> Iterator[tuple[int, list[str] | Problem]]:
    """The rows with the numbers of their first lines; blank ones are left out."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start = lines.number + 1
        lines.row.clear()
        fault = ""
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = _fault(str(error), len(lines.row) > 1 or not lines.row[0].endswith("\n"))
        if not fault:
            if len(cells) == width:
                yield start, cells
                continue
            if not any(cell.strip() for cell in cells):
                continue
        whole = "".join(lines.row)
        if len(lines.row) > 1:
            lines.give_back()  # a quotation mark too many must not swallow the rows after it
            fault = fault or _UNCLOSED
        place = Place(path, start)
        if _SURROGATE.search(whole):
            yield start, not_utf8(whole, place)
        elif fault:
            yield start, Problem("broken-row", fault, _QUOTES, place)
        else:
            yield start, _wrong_count(cells, width, delimiter, place)


_UNCLOSED = "This row opens a quotation mark that is not closed where the row should end."
_QUOTES = 'A cell that holds a quotation mark is written in marks, with two for one: `"5"" nail"`.'


def _fault(error: str, unclosed: bool) -> str:
    if "field larger" in error:
        return "A cell of this row is longer than a cell may be."
    if "expected after" in error:
        return "Text follows a closing quotation mark in this row."
    return _UNCLOSED if unclosed else f"This row cannot be read: {error}."


def _wrong_count(cells: list[str], width: int, delimiter: str, place: Place) -> Problem:
    shown = {"\t": "a tab"}.get(delimiter, f"`{delimiter}`")
    message = f"This row has {len(cells)} cell{'' if len(cells) == 1 else 's'}, the header {width}."
    hint = f'A cell that holds {shown} is put in quotation marks: `"Smith{delimiter} John"`.'
    if len(cells) < width:
        hint = f"Cells are divided by {shown}; write it for empty cells too."
    return Problem("wrong-cell-count", message, hint, place)


def not_utf8(text: str, place: Place) -> Problem:
    """That a line holds bytes that are not UTF-8, read as lone surrogates."""
    found = _SURROGATE.search(text)
    byte = ord(found[0]) - 0xDC00 if found else 0
    guess = bytes([byte]).decode("cp1252", "replace")
    return Problem(
        "not-utf8",
        f"The byte 0x{byte:02X} in this row is not UTF-8; in Windows-1252 it is “{guess}”.",
        "Save the list as “CSV UTF-8” in your spreadsheet program.",
        place,
    )


def row_of(columns: Columns, cells: list[str], place: Place) -> Iterator[Recipient | Problem]:
    """What comes of a row's cells."""
    whole = "".join(cells)
    if not whole.isascii() and _SURROGATE.search(whole):
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
