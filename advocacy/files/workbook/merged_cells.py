"""Cells that are merged over several rows, and the value that each of these rows has."""

import re
from typing import IO

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


def column_of(letters: str) -> int:
    """The number of a column from its letters: 0 for A, 26 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def letters_of(column: int) -> str:
    """A column as spreadsheets call it: A, B … Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
