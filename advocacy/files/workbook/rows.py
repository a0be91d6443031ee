"""The rows of a sheet: values of cells by their columns, one row after the other."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Protocol

from advocacy.files.workbook.merged_cells import MergedCells, column_of
from advocacy.files.workbook.xml_parts import (
    LONGEST_TEXT,
    BrokenPartError,
    TextBuffer,
    parse_part,
)

MOST_COLUMNS = 16_384
MOST_ROWS = 1_048_576
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
DATE = 255
_LAST_DAY = 2_958_466  # after 9999-12-31


@dataclass(frozen=True, slots=True)
class FormulaError:
    """What a formula with an error shows, such as #N/A."""

    shown: str


Value = str | bool | int | float | dt.date | dt.time | FormulaError


class Texts(Protocol):
    """The texts that cells share, by number."""

    def __getitem__(self, number: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Styles:
    """How numbers are shown, by a byte for each style, and whether days count from 1904.

    The byte is DATE for a day or a time, a number of digits for one with zeros before it
    (`00000`, as postal codes have), and 0 for any other.
    """

    shown: bytes
    since_1904: bool

    def value(self, number: float, style: str) -> Value:
        """A number, or the text, the day or the time that a cell shows of it."""
        index = int(style) if style.isdecimal() and len(style) < 7 else 0
        shown = self.shown[index] if index < len(self.shown) else 0
        if shown != DATE or not 0 <= number < _LAST_DAY:
            whole = number.is_integer() and abs(number) < 1e15
            if whole and number >= 0 and shown not in (0, DATE):
                return str(int(number)).zfill(shown)
            return int(number) if whole else number
        days, seconds = divmod(round(number * 86_400), 86_400)
        time = dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
        if days == 0:
            return time
        if self.since_1904:
            first = dt.date(1904, 1, 1)
        else:  # Lotus 1-2-3, and so Excel, take 1900 for a leap year
            first = dt.date(1899, 12, 30 if days > 59 else 31)
        day = min(first.toordinal() + days, dt.date.max.toordinal())
        return _moment_of(dt.date.fromordinal(day), time)


@dataclass(slots=True)
class Row:
    """A row by its number, from 1: the values by their columns, from 0, and whether it is hidden.

    Cells that are merged over several rows have their value in each of them.
    """

    number: int
    hidden: bool = False
    cells: dict[int, Value] = field(default_factory=dict)


def rows_of_sheet(
    part: IO[bytes], texts: Texts, styles: Styles, merged: MergedCells
) -> Iterator[Row]:
    """The rows of a sheet that hold anything.

    Raises BrokenPartError where it is not a sheet, ValueError for a number that is none.
    """
    reader = _Reader(texts, styles)
    carried: dict[int, tuple[int, Value]] = {}
    for _ in parse_part(part, reader.start, reader.end, reader.text):
        for row in reader.rows:
            if not row.cells:
                continue
            own = list(row.cells.items())
            for column, (last, value) in carried.items():
                if row.number <= last:
                    row.cells.setdefault(column, value)
            for column, value in own if merged else ():
                last = merged.get((row.number, column), 0)
                if last:
                    carried[column] = (last, value)
            yield row
        reader.rows.clear()


class _Reader:
    """What the XML of a sheet says, gathered in `rows` as each row ends."""

    def __init__(self, texts: Texts, styles: Styles) -> None:
        self.rows: list[Row] = []
        self._texts, self._styles = texts, styles
        self._row = Row(0)
        self._number = 0
        self._column = -1
        self._kind = self._style = ""
        self._text = TextBuffer()
        self._room = LONGEST_TEXT  # a row of more text is refused: no more of it is kept
        self._wanted = False
        self._aside = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """A row, a cell, or a value begins."""
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" or (name == "t" and not self._aside):
            self._wanted = True
        elif name == "row":
            self._number = int(attributes.get("r") or self._number + 1)
            if not 0 < self._number <= MOST_ROWS:
                raise BrokenPartError("a row beyond the last")
            self._row = Row(self._number, attributes.get("hidden", "0") in ("1", "true"))
            self._column = -1
            self._room = LONGEST_TEXT
        elif name == "rPh":
            self._aside = True

    def end(self, name: str) -> None:
        """A value, a cell, or a row ends."""
        if name in ("v", "t"):
            self._wanted = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self.rows.append(self._row)
        elif name == "rPh":
            self._aside = False

    def text(self, data: str) -> None:
        """Keep the text of a value."""
        if self._wanted:
            self._text.add(data)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._text.clear()
        self._column += 1
        place = attributes.get("r")
        if place is not None:
            found = _REFERENCE.fullmatch(place)
            if found is None:
                raise BrokenPartError("a cell without a place")
            self._column = column_of(found[1])
        if self._column >= MOST_COLUMNS:
            raise BrokenPartError("a cell beyond the last column")
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "0")

    def _end_cell(self) -> None:
        text = str(self._text)
        if text and self._room > 0:
            value = self._value(text)
            if isinstance(value, str):
                self._room -= len(value)
            if value != "":
                self._row.cells[self._column] = value

    def _value(self, text: str) -> Value:
        kind = self._kind
        if kind == "s":
            return _unescaped(self._texts[int(text)])
        if kind == "n":
            return self._styles.value(float(text), self._style)
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "e":
            return FormulaError(text.strip())
        if kind == "d":
            return _moment(text.strip())
        return _unescaped(text)  # inlineStr, and str: what a formula came to


def _unescaped(text: str) -> str:
    """A text with its characters that XML cannot hold, written `_x000D_` (ECMA-376, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _moment(text: str) -> Value:
    """A day or a time in ISO 8601, as strict workbooks have it."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return _moment_of(moment.date(), moment.time())


def _moment_of(day: dt.date, time: dt.time) -> Value:
    return dt.datetime.combine(day, time) if time != dt.time() else day
