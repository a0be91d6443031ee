"""Rows of CSV files that people edit: strict, streamed, and every row with its line.

The form is RFC 4180's, with whichever delimiter the header row uses. A wrong row is reported with
its line; the rows after it are still read.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from io import BufferedReader, TextIOWrapper
from pathlib import Path

from advocacy.errors import Place, Problem, count_noun
from advocacy.files.encodings import UTF_8, Encoding
from advocacy.files.text import bad_byte, wrong_encoding

DELIMITERS = ",;\t|"
MOST_LINES = 60
"""A row of more lines has a quotation mark that was never closed."""
MOST_ABOVE = 20
"""So many lines may stand above the header of a list: a title, a date, a note."""
_SURROGATE = re.compile("[\udc80-\udcff]")


def lines_of(file: BufferedReader, path: Path, encoding: Encoding = UTF_8) -> "Lines | Problem":
    """The lines of an open file in that encoding, or what it is instead of CSV in it."""
    start = file.peek(4)[:4]
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        message = "This is a spreadsheet, not a CSV file."
        return Problem("not-csv", message, "Rename it to end in `.xlsx`.", Place(path))
    wrong = wrong_encoding(start, path, "CSV in UTF-8") if encoding == UTF_8 else None
    if wrong:
        return wrong
    # Bytes that are not in the encoding become lone surrogates, which the row's problem then names.
    codec, errors = encoding.codec, "surrogateescape"
    return Lines(TextIOWrapper(file, encoding=codec, errors=errors, newline=""))


class Lines:
    """The lines of a file for a `csv.reader`, which can be given back after a broken row."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self.number = 0
        self.row: list[str] = []  # the lines of the row that is being read
        self.passed_over = False  # whether rows above the header were

    def __iter__(self) -> "Lines":
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

    def detach(self) -> None:
        """Leave the file open for the caller that opened it."""
        self._text.detach()

    def give_back(self, keep: int = 1) -> None:
        """Have all lines but the row's first read again, as rows of their own; or all of them."""
        self._again.extendleft(reversed(self.row[keep:]))
        self.number -= len(self.row) - keep
        del self.row[keep:]


def header_of(
    lines: Lines,
    path: Path,
    known: Callable[[list[str]], int],
    is_header: Callable[[list[str]], bool] | None = None,
) -> tuple[list[str], str, Problem | None]:
    """The header's cells and the delimiter, or what is wrong with the header.

    `known` counts the columns among the cells that mean something. The header is the first row,
    or, where that is not one by `is_header`, the first of the next rows that is.
    """
    first = _next_line(lines)
    if first is None:
        hint = "The first line names the columns: name,email …"
        return [], "", Problem("empty-file", "The file is empty.", hint, Place(path))
    if is_header is not None and not is_header(_best(first, known)[0]):
        found = _header_below(lines, known, is_header)
        lines.passed_over = found is not None
        first = found or first
    if has_bad_bytes(first):
        return [], "", not_utf8(first, Place(path, lines.number))
    cells, mark = _best(first, known)
    if cells:
        return cells, mark, None
    message = "The header row has an unclosed quotation mark."
    hint = "Close it, or write the names of the columns without quotation marks."
    return [], "", Problem("broken-row", message, hint, Place(path, lines.number))


def _next_line(lines: Lines) -> str | None:
    """The next line that holds anything; “sep=;” is how Excel is told of a delimiter."""
    for line in lines:
        lines.row.clear()
        if line.strip() and not re.fullmatch(r"sep=.\s*", line, re.IGNORECASE):
            return line
    return None


def _header_below(
    lines: Lines, known: Callable[[list[str]], int], is_header: Callable[[list[str]], bool]
) -> str | None:
    """A header among the next lines, below a title; where there is none, they are given back."""
    for _ in range(MOST_ABOVE):
        line = next(lines, None)
        if line is None:
            break
        if is_header(_best(line, known)[0]):
            lines.row.clear()
            return line
    lines.give_back(keep=0)
    return None


def _best(line: str, known: Callable[[list[str]], int]) -> tuple[list[str], str]:
    """A header's cells by the delimiter that gives most known columns, else most columns."""
    found = {mark: _cells(line, mark) for mark in DELIMITERS}
    fits = [(known(cells), len(cells), mark) for mark, cells in found.items()]
    best = max(fits, key=lambda fit: fit[:2])[2]
    return found[best], best


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return []


def rows_of(
    lines: Lines, delimiter: str, path: Path, width: int
) -> Iterator[tuple[int, list[str] | Problem]]:
    """The rows with the numbers of their first lines; blank lines have no cells.

    While a row is looked at, `lines.row` is its text.
    """
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
            if not "".join(cells).strip():
                yield start, []
                continue
            if len(cells) == width:
                yield start, cells
                continue
        whole = "".join(lines.row)
        if len(lines.row) > 1:
            lines.give_back()  # a quotation mark too many must not swallow the rows after it
            fault = fault or _UNCLOSED
        place = Place(path, start)
        if has_bad_bytes(whole):
            yield start, not_utf8(whole, place)
        elif fault:
            yield start, Problem("broken-row", fault, _QUOTES, place)
        else:
            yield start, _wrong_count(cells, width, delimiter, place)


_UNCLOSED = "This row has an unclosed quotation mark."
_QUOTES = (
    "Put a cell that contains a quotation mark in quotation marks, and double the mark: "
    '`"5"" nail"`.'
)


def _fault(error: str, unclosed: bool) -> str:
    if "field larger" in error:
        return "A cell in this row is too long."
    if "expected after" in error:
        return "Text follows a closing quotation mark in this row."
    if "new-line" in error:
        return "A line break in this row is not in quotation marks."
    return _UNCLOSED if unclosed else f"This row cannot be read: {error}."


def _wrong_count(cells: list[str], width: int, delimiter: str, place: Place) -> Problem:
    shown = {"\t": "a tab"}.get(delimiter, f"`{delimiter}`")
    message = f"This row has {count_noun(len(cells), 'cell')}, the header {width}."
    hint = f'Put a cell that contains {shown} in quotation marks: `"Smith{delimiter} John"`.'
    if len(cells) < width:
        hint = f"Separate cells with {shown}, including empty cells."
    return Problem("wrong-cell-count", message, hint, place)


def not_utf8(text: str, place: Place) -> Problem:
    """That a line holds bytes that are not UTF-8, read as lone surrogates."""
    found = _SURROGATE.search(text)
    byte = ord(found[0]) - 0xDC00 if found else 0
    hint = "Save the list as “CSV UTF-8” in your spreadsheet program."
    return bad_byte(byte, "in this row", hint, place)


def has_bad_bytes(text: str) -> bool:
    """Whether a text read from a file holds bytes that are not UTF-8."""
    return not text.isascii() and bool(_SURROGATE.search(text))
