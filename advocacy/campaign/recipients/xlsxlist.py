"""Recipients from the first sheet of an Excel workbook."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from advocacy.campaign.recipients.columns import Columns, read_header
from advocacy.campaign.recipients.formats import gather_address
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.table import as_text, recipient_of
from advocacy.errors import AdvocacyError, Level, Place, Problem, Report, has_errors, reporting
from advocacy.files.text import open_binary

LARGEST = 2_000_000_000  # bytes, unpacked
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\s\w+:id=[\"'](\w+)[\"']")
_FAULT = re.compile(rb"<c\s(?=[^>]*\bt=[\"']e[\"'])[^>]*\br=[\"']([A-Z]+[0-9]+)[\"']")
_CHUNK = 1 << 20


def read_xlsx(path: Path, renamed: Mapping[str, str], report: Report) -> Iterator[Recipient]:
    """The recipients of a workbook's first sheet in turn.

    The sheet itself is held in memory (Excel's have at most 1,048,576 rows); recipients are
    made one at a time. Lines in places are rows of the sheet.
    """
    with reporting(report):
        rows, notes, faults = _open(path)
        for note in notes:
            report(note)
        columns: Columns | None = None
        count = 0
        for number, cells in enumerate(rows, start=1):
            place = Place(path, number)
            if all(cell in ("", None) for cell in cells):
                continue
            if columns is None:
                headers = ["" if cell is None else str(cell) for cell in cells]
                columns = read_header(headers, renamed, place)
                for problem in columns.problems:
                    report(problem)
                if has_errors(columns.problems):
                    return
                continue
            count += 1
            recipient = None
            with reporting(report):
                values = _values(columns, cells, place, faults)
                recipient = recipient_of(values, place, report, f"row {number}")
            if recipient is not None:
                yield recipient
        if columns is None:
            hint = "Its first row names the columns: name, email …"
            report(Problem("empty-file", "The first sheet is empty.", hint, Place(path)))
        elif not count:
            message = "The list has a header but no rows."
            report(Problem("empty-list", message, "Add the people, one per row.", Place(path)))


def _open(path: Path) -> tuple[Iterator[list[Any]], list[Problem], frozenset[str]]:
    from python_calamine import CalamineError, load_workbook

    place = Place(path)
    with open_binary(path) as file:
        try:
            with zipfile.ZipFile(file) as packed:
                size = sum(item.file_size for item in packed.infolist())
                faults = _faults(packed) if size <= LARGEST else frozenset[str]()
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, RuntimeError):
            raise AdvocacyError(_broken(place)) from None
    if size > LARGEST:
        message = f"The workbook has {size // 1_000_000:,} MB."
        raise AdvocacyError(
            Problem("file-too-large", message, "Split it, or save the sheet as CSV.", place)
        )
    try:
        with load_workbook(path) as book:
            names = book.sheet_names
            sheets = [book.get_sheet_by_name(name) for name in names]
    except (CalamineError, OSError, ValueError):
        raise AdvocacyError(_broken(place)) from None
    if not sheets:
        raise AdvocacyError(_broken(place))
    notes = []
    if sum(sheet.total_height > 0 for sheet in sheets) > 1:
        message = f"The workbook has {len(names)} sheets. Only the first, “{names[0]}”, is read."
        hint = "Move the list to the front, or delete the other sheets."
        notes.append(Problem("several-sheets", message, hint, place, Level.NOTE))
    # The reader gives blank rows above a table, but no blank columns to the left of it.
    left = sheets[0].start[1] if sheets[0].start else 0
    return ([None] * left + list(row) for row in sheets[0].iter_rows()), notes, faults


def _faults(packed: zipfile.ZipFile) -> frozenset[str]:
    """The cells of the first sheet whose formulas came to an error, such as #N/A.

    The reader gives them as empty cells, which nobody would notice.
    """
    try:
        first = _SHEET.search(packed.read("xl/workbook.xml"))
        links = packed.read("xl/_rels/workbook.xml.rels")
        wanted = re.escape(first[1]) if first else b""
        tag = re.search(rb"<[^>]*\bId=[\"']" + wanted + rb"[\"'][^>]*>", links)
        target = re.search(rb"Target=[\"']/?(?:xl/)?([^\"']+)[\"']", tag[0] if tag else b"")
        sheet = packed.open(f"xl/{target[1].decode()}") if target else None
    except KeyError:
        return frozenset()
    found: set[str] = set()
    rest = b""
    while sheet is not None and (chunk := sheet.read(_CHUNK)):
        data = rest + chunk
        found.update(match[1].decode() for match in _FAULT.finditer(data))
        rest = data[max(0, data.rfind(b"<")) :]
    return frozenset(found)


def _broken(place: Place) -> Problem:
    return Problem(
        "not-xlsx",
        "This is not an Excel workbook (.xlsx), or it is damaged or password-protected.",
        "Open it in your spreadsheet program and save it as .xlsx without a password, or as CSV.",
        place,
    )


def _values(
    columns: Columns, cells: list[Any], place: Place, faults: frozenset[str]
) -> dict[str, Any]:
    """A row's texts by the names of their columns. Raises AdvocacyError with all that is wrong."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for index, cell in enumerate(cells):
        where = f"{_letters(index)}{place.line}"
        name = columns.names[index] if index < len(columns.names) else ""
        try:
            text = as_text(name, cell, place, where)
        except AdvocacyError as error:
            problems += error.problems
            continue
        if text and not name:
            message = f"“{text:.40}” in {where} is in a column without a name."
            problems.append(Problem("cell-without-column", message, "Name the column.", place))
        elif where in faults:
            message = f"`{name}` in {where} is a formula with an error."
            problems.append(Problem("formula-error", message, "Correct the formula.", place))
        elif text:
            values[name] = text
    if problems:
        raise AdvocacyError(problems)
    gather_address(values, columns)
    return values


def _letters(index: int) -> str:
    """A column as spreadsheets call it: A, B … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
