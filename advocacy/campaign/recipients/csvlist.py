"""Recipients from CSV: strict, streamed, and every value text.

How rows are read is said in `advocacy.files.csv_rows`.
"""

import re
from collections.abc import Iterator, Mapping
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
from advocacy.campaign.recipients.rows import LONGEST_ROW, recipient_of
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.csv_rows import Lines, has_bad_bytes, header_of, lines_of, not_utf8, rows_of
from advocacy.files.spreadsheets import as_before
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
