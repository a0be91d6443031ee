"""The shape of a suppression list: its columns, its line ends, and rows written to fit."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.spreadsheets import spreadsheet_safe
from advocacy.mail.consent.suppression_file import COLUMNS, Raw, Row, Table

Cells = Mapping[str, str]
"""Cells by the names of their columns."""


class Editor:
    """The shape of a file: its columns with those that it lacks, its line ends."""

    def __init__(
        self, path: Path, table: Table | None, columns: Sequence[str], above: list[Raw]
    ) -> None:
        self.path = path
        texts = [text for text, _ in above]
        header = texts.pop() if table is not None and table.has_header else ""
        self._above = texts
        self._header = header
        self._bare = table is None or not table.has_header
        self.newline = "\r\n" if any(text.endswith("\r\n") for text, _ in above) else "\n"
        self.table = table or Table({}, 0)
        self._lacking = [name for name in columns if name not in self.table.at]
        if table is None:
            self._lacking = list(COLUMNS)
        self.names: list[str] = ["" for _ in range(self.table.width)]
        for name, index in self.table.at.items():
            self.names[index] = name
        self.names += self._lacking

    @property
    def last(self) -> str:
        """The last text of the head."""
        return next(reversed(self.head()), "")

    def head(self) -> list[str]:
        """What stands above the rows, with the columns that were lacking."""
        if self._bare:
            names = [name or f"column_{index}" for index, name in enumerate(self.names, 1)]
            header = self.table.delimiter.join(names) + self.newline
            above = [t if t.endswith(("\n", "\r")) else t + self.newline for t in self._above]
            return [*above, header]
        return [*self._above, self._padded(self._header, self._lacking)]

    def row(self, text: str, rows: Sequence[Row], wanted: Cells) -> str:
        """A row's new text. Raises AdvocacyError for one that is broken and is to be changed."""
        if not (rows and (wanted or self._lacking)):
            return text
        cells = _cells(text, self.table.delimiter)
        whole = len(cells) == self.table.width and len(rows) == 1
        if wanted and not whole:
            raise AdvocacyError(_broken(self.path, rows[0].line))
        if not whole:
            return text  # it is told, each time the file is read
        if not wanted:
            return self._padded(text, ["" for _ in self._lacking])
        cells += ["" for _ in self._lacking]
        named = dict(zip(self.names, cells, strict=True))
        end = text[len(text.rstrip("\r\n")) :] or self.newline
        return line_of({**named, **dict(wanted)}, self.names, self.table.delimiter, end, cells)

    def _padded(self, text: str, more: Sequence[str]) -> str:
        if not more:
            return text
        body = text.rstrip("\r\n")
        mark = self.table.delimiter
        return body + mark + mark.join(more) + (text[len(body) :] or self.newline)


def _broken(path: Path, line: int) -> Problem:
    message = "This row is broken, so it cannot be changed by a command."
    hint = f"Correct it by hand: {', '.join(COLUMNS[:2])}, and the cells that the first row names."
    return Problem("bad-suppression", message, hint, Place(path, line))


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def line_of(
    cells: Cells,
    names: Sequence[str],
    delimiter: str,
    newline: str,
    kept: Sequence[str] | None = None,
) -> str:
    """A row's text; `kept` are cells that stay as they are where `cells` says nothing else."""
    out = io.StringIO(newline="")
    values = []
    for index, name in enumerate(names):
        old = kept[index] if kept is not None else ""
        value = cells.get(name, old)
        values.append(value if kept is not None and value == old else spreadsheet_safe(value))
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerow(values)
    return out.getvalue()
