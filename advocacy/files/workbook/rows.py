"""The rows of a sheet: values of cells by their columns, one row after the other."""

import re
from collections.abc import Iterator, Mapping
from typing import IO, Protocol

from advocacy.files.workbook.cells import (
    FormulaError,
    SheetRow,
    Styles,
    Value,
    column_of,
    moment_in,
)
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


class TextsByNumber(Protocol):
    """The texts that cells share, by number."""

    def __getitem__(self, number: int) -> str: ...


def rows_of_sheet(part: IO[bytes], texts: TextsByNumber, styles: Styles) -> Iterator[SheetRow]:
    """The rows of a sheet that hold anything.

    Raises BrokenPartError where it is not a sheet, ValueError for a number that is none.
    """
    reader = _Reader(texts, styles)
    for _ in parse_part(part, reader.start, reader.end, reader.text):
        yield from (row for row in reader.rows if row.cells)
        reader.rows.clear()


class _Reader:
    """What the XML of a sheet says, gathered in `rows` as each row ends."""

    def __init__(self, texts: TextsByNumber, styles: Styles) -> None:
        self.rows: list[SheetRow] = []
        self._texts, self._styles = texts, styles
        self._row = SheetRow(0)
        self._number = 0
        self._column = -1
        self._kind = self._style = ""
        self._text = TextBuffer()
        self._room = LONGEST_TEXT  # a row of more text is refused: no more of it is kept
        self._wanted = False
        self._aside = False
        self._is_formula = False

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
            self._row = SheetRow(self._number, attributes.get("hidden", "0") in ("1", "true"))
            self._column = -1
            self._room = LONGEST_TEXT
        elif name == "f":
            self._is_formula = True
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
        self._is_formula = False
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
        elif self._is_formula and self._kind == "n":  # of type `str`, it came to an empty text
            self._row.cells[self._column] = FormulaError("")

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
            return moment_in(text.strip())
        return _unescaped(text)  # inlineStr, and str: what a formula came to


def _unescaped(text: str) -> str:
    """A text with its characters that XML cannot hold, written `_x000D_` (ECMA-376, 22.9.2.19)."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
