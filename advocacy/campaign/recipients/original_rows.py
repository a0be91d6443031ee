"""Rows of a list as they stand in its file, to be corrected there: of workbooks, and of JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from advocacy.campaign.recipients.formats import (
    KeysAndValues,
    as_pairs,
    object_of_line,
    shown,
    taken_apart,
)
from advocacy.campaign.recipients.open_data import own_records
from advocacy.campaign.recipients.table import LONGEST_ROW, as_text
from advocacy.campaign.recipients.xlsxlist import find_header, first_sheet, headers_of
from advocacy.errors import AdvocacyError, Place, ignore
from advocacy.files.text import open_binary
from advocacy.files.workbook import FormulaError, SheetRow, open_workbook

_OWN = "own"
"""Any name of a column that the tool does not know: its values are text as they are shown."""


def original_rows(
    path: Path, renamed: Mapping[str, str], lines: Sequence[int]
) -> Iterator[list[str]] | None:
    """The header of a list, then its rows that stand in these lines, in order, as texts.

    `renamed` is the campaign's `columns:`. A line that has no such row gives an empty one. None
    for lists of other kinds, whose rows are read in other ways, or are records of open data, and
    where several records stand in one line.
    Raises AdvocacyError where the file can no longer be read.
    """
    kind = path.suffix.lower()
    if kind == ".xlsx":
        return _of_workbook(path, renamed, lines)
    if kind in (".jsonl", ".ndjson"):
        return _of_objects(_objects_of_lines(path, lines), _objects_of_lines(path, lines))
    if kind in (".json", ".yaml", ".yml") and path.is_file():
        wanted = set(lines)
        records = [one for one in own_records(path) if one.place.line in wanted]
        if [one.place.line for one in records] == list(lines):  # else several stand in one line
            found = [list(taken_apart(as_pairs(one))) for one in records]
            return _of_objects(found, found)
    return None


def _of_workbook(
    path: Path, renamed: Mapping[str, str], lines: Sequence[int]
) -> Iterator[list[str]]:
    wanted = iter(lines)
    with open_workbook(path) as book:
        sheet = first_sheet(book, Place(path), ignore)
        if sheet is None:
            return
        _, header, rows = find_header(book.rows(sheet), renamed)
        names = headers_of(header)
        yield names
        line = next(wanted, None)
        for row in rows:
            while line is not None and line < row.number:
                yield []
                line = next(wanted, None)
            if line == row.number:
                yield [_text(row, column) for column in range(len(names))]
                line = next(wanted, None)
        yield from ([] for left in (line, *wanted) if left is not None)


def _text(row: SheetRow, column: int) -> str:
    value = row.cells.get(column, "")
    if isinstance(value, FormulaError):
        return value.shown
    return as_text(_OWN, value, Place(Path(), row.number), "")


def _objects_of_lines(path: Path, lines: Sequence[int]) -> Iterator[KeysAndValues]:
    """The objects in those lines, empty where a line holds none."""
    wanted = set(lines)
    with open_binary(path) as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_ROW * 4), b""), start=1):
            if number in wanted:
                try:
                    text = line.removeprefix(b"\xef\xbb\xbf")
                    yield list(taken_apart(object_of_line(text, Place(path, number))))
                except AdvocacyError:
                    yield []


def _of_objects(
    once: Iterable[KeysAndValues], again: Iterable[KeysAndValues]
) -> Iterator[list[str]]:
    """The keys of all objects, then the values of each, of the same objects once again."""
    keys = list(dict.fromkeys(key for pairs in once for key, _ in pairs))
    yield keys
    for pairs in again:
        values = dict(pairs)
        yield [shown(values.get(key)) for key in keys]
