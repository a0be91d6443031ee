"""Recipients from an Excel workbook: of the sheets that are to be seen, the first with anything."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from advocacy.campaign.recipients.column_headers import KNOWN
from advocacy.campaign.recipients.columns import (
    Columns,
    below_title,
    names_people,
    read_header,
)
from advocacy.campaign.recipients.list_details import ListDetails
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.postal import complete_values
from advocacy.campaign.recipients.table import LONGEST_ROW, as_text, recipient_of
from advocacy.errors import (
    AdvocacyError,
    Level,
    Place,
    Problem,
    Report,
    count_noun,
    has_errors,
    reporting,
)
from advocacy.files.csv_rows import MOST_ABOVE
from advocacy.files.workbook import (
    FormulaError,
    Sheet,
    SheetRow,
    Workbook,
    letters_of,
    open_workbook,
)

MOST_SHEETS = 50
"""The number of sheets that are searched for a list."""


def read_xlsx(
    path: Path, renamed: Mapping[str, str], report: Report, details: ListDetails
) -> Iterator[Recipient]:
    """The recipients of a workbook's list in turn.

    Rows that are hidden, by hand or by a filter, are left out: who looks at the list does not
    see them. Lines in places are rows of the sheet. `details` is filled in. Nothing but the
    current rows is kept.
    """
    with reporting(report), open_workbook(path) as book:
        sheet = first_sheet(book, Place(path), report)
        if sheet is not None:
            details.kind, details.sheet = "Excel workbook", sheet.name
            yield from _read(book.rows(sheet), path, renamed, report, details)


def first_sheet(book: Workbook, place: Place, report: Report) -> Sheet | None:
    """The first sheet with anything on it, of those that are to be seen if there is one."""
    sheets = sorted(book.sheets, key=lambda sheet: sheet.hidden)[:MOST_SHEETS]
    filled = [sheet for sheet in sheets if book.has_cells(sheet)]
    if not filled:
        hint = "Its first row names the columns: name, email …"
        report(Problem("empty-file", "The workbook is empty.", hint, place))
        return None
    if len(filled) > 1:
        report(_several(filled[0], filled[1:], place))
    return filled[0]


def _several(chosen: Sheet, others: list[Sheet], place: Place) -> Problem:
    names = ", ".join(f"“{sheet.name}”{' (hidden)' * sheet.hidden}" for sheet in others[:5])
    more = f" and {len(others) - 5} more" if len(others) > 5 else ""
    message = f"Only the sheet “{chosen.name}” is read. Other sheets: {names}{more}."
    hint = "If the list is on another sheet, move that sheet to the front, or save it as CSV."
    return Problem("several-sheets", message, hint, place, Level.NOTE)


def _read(
    rows: Iterator[SheetRow],
    path: Path,
    renamed: Mapping[str, str],
    report: Report,
    details: ListDetails,
) -> Iterator[Recipient]:
    above, header, rest = find_header(rows, renamed)
    place = Place(path, header.number)
    columns = read_header(headers_of(header), renamed, place)
    details.header_row = header.number
    details.add_header(headers_of(header), columns, renamed)
    for problem in [below_title(place)] * bool(above) + list(columns.problems):
        report(problem)
    if has_errors(columns.problems):
        return
    hidden: list[int] = []
    for row in rest:
        if not _is_filled(row):
            continue
        details.rows += 1
        if row.hidden:
            hidden.append(row.number)
            continue
        recipient = None
        with reporting(report):
            place = Place(path, row.number)
            values = _values(columns, row, place, report)
            recipient = recipient_of(values, place, report, f"row {row.number}")
        if recipient is not None:
            yield recipient
    if hidden:
        report(_left_out(hidden, path))
    if not details.rows:
        message = "The list has a header but no rows."
        report(Problem("empty-list", message, "Add the people, one per row.", Place(path)))


def find_header(
    rows: Iterator[SheetRow], renamed: Mapping[str, str]
) -> tuple[list[SheetRow], SheetRow, Iterator[SheetRow]]:
    """The rows above the header, the header, and the rows below it.

    The header is the first of the first rows that can only be one, else the first row.
    """
    first = list(islice(filter(_is_filled, rows), MOST_ABOVE + 1))
    at = next((i for i, row in enumerate(first) if names_people(headers_of(row), renamed)), 0)
    return first[:at], first[at], chain(first[at + 1 :], rows)


def _is_filled(row: SheetRow) -> bool:
    return any(str(value).strip() for value in row.cells.values())


def headers_of(row: SheetRow) -> list[str]:
    """The texts of a header row, empty where a cell is."""
    width = 1 + max(column for column, value in row.cells.items() if str(value).strip())
    return [str(row.cells.get(column, "")) for column in range(width)]


def _left_out(rows: list[int], path: Path) -> Problem:
    people = count_noun(len(rows), "row is", "rows are")
    message = f"{people} hidden, the first of them row {rows[0]}. Hidden rows get no letter."
    hint = "To write to them, show the rows or clear the filter, and save the workbook."
    return Problem("hidden-rows", message, hint, Place(path), Level.WARNING)


def _values(columns: Columns, row: SheetRow, place: Place, report: Report) -> dict[str, Any]:
    """A row's texts by the names of their columns. Raises AdvocacyError with all that is wrong."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    length = 0
    for index, cell in sorted(row.cells.items()):
        where = f"{letters_of(index)}{place.line}"
        name = columns.names[index] if index < len(columns.names) else ""
        if isinstance(cell, FormulaError):
            problem = _formula_error(name, cell, where, place)
            if problem.level is Level.ERROR:
                problems.append(problem)
            else:
                report(problem)
            continue
        try:
            text = as_text(name, cell, place, where)
        except AdvocacyError as error:
            problems += error.problems
            continue
        length += len(text)
        if text and not name:
            message = f"“{text:.40}” in {where} is in a column without a name."
            problems.append(Problem("cell-without-column", message, "Name the column.", place))
        elif text:
            values[name] = text
    if length > LONGEST_ROW:
        message = f"The row is longer than {LONGEST_ROW:,} characters."
        problems.append(Problem("row-too-long", message, "Shorten it.", place))
    if problems:
        raise AdvocacyError(problems)
    complete_values(values, columns)
    return values


def _formula_error(name: str, cell: FormulaError, where: str, place: Place) -> Problem:
    """A formula that came to an error: the value of a letter, or of a column that few print."""
    known = name in KNOWN or not name
    level = Level.ERROR if known else Level.WARNING
    if not cell.shown:
        message = f"`{name}` in {where} is a formula whose value is not stored."
        hint = "Open the workbook in your spreadsheet program, and save it."
        return Problem("formula-error", message, hint, place, level)
    message = f"`{name}` in {where} is a formula with an error ({cell.shown:.20})."
    hint = "Correct the formula." if known else "Correct it if a letter prints this column."
    return Problem("formula-error", message, hint, place, level)
