"""Cells that are merged over several rows, and the value that each of these rows has."""

import re
from collections.abc import Iterable, Iterator
from typing import IO

from advocacy.files.workbook.cells import SheetRow, Value, column_of
from advocacy.files.workbook.xml_parts import CHUNK, elements

MOST = 100_000
_MARK = b"mergeCell"
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")

MergedCells = dict[tuple[int, int], int]
"""The last row of merged cells, by the row and the column of the first; columns count from 0."""


def merged_cells(part: IO[bytes]) -> MergedCells:
    """The cells of a sheet that are merged downward. They stand below its rows in the file.

    Most sheets have none, which costs one look at the unpacked bytes.
    """
    if not _mentions(part):
        return {}
    part.seek(0)
    found: MergedCells = {}
    for tag, attributes in elements(part):
        merged = _RANGE.fullmatch(attributes.get("ref", "")) if tag == "mergeCell" else None
        if merged and len(found) < MOST:
            first, last = int(merged[2]), int(merged[4])
            if last > first:
                found[first, column_of(merged[1])] = last
    return found


def _mentions(part: IO[bytes]) -> bool:
    rest = b""
    while chunk := part.read(CHUNK):
        if _MARK in rest + chunk:
            return True
        rest = chunk[-len(_MARK) :]
    return False


def with_merged_values(rows: Iterable[SheetRow], merged: MergedCells) -> Iterator[SheetRow]:
    """The rows, with the value of cells that are merged over several in each of these.

    A row that is otherwise empty stays so: merged cells may go on far below a list.
    """
    carried: dict[int, tuple[int, Value]] = {}
    for row in rows:
        own = list(row.cells.items())
        for column in [column for column, (last, _) in carried.items() if last < row.number]:
            del carried[column]
        for column, (_, value) in carried.items():
            row.cells.setdefault(column, value)
        for column, value in own:
            last = merged.get((row.number, column), 0)
            if last:
                carried[column] = (last, value)
        yield row
