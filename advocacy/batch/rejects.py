"""Rejected rows, collected in a file that can be corrected and fed back as `--recipients`."""

import csv
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from itertools import islice
from pathlib import Path
from typing import IO

from advocacy.campaign.recipients.column_headers import KNOWN
from advocacy.campaign.recipients.columns import REJECT_COLUMNS, column_names
from advocacy.campaign.recipients.formats import CsvHeader, csv_header
from advocacy.campaign.recipients.list_details import CSV_SUFFIXES
from advocacy.campaign.recipients.original_rows import original_rows
from advocacy.errors import Level, Place, Problem
from advocacy.files.writing import check_no_link, csv_line, replace_file

NAME = "problems.csv"
MOST = 100_000
"""The largest number of rejected rows; more are not corrected by hand."""
NOT_OF_A_ROW = frozenset({"no-email", "near-column", "column-missing", "other-language"})
_LINES_OF_A_ROW = 60


class Rejects:
    """The rows with which something is wrong, held in a temporary file.

    `listed` is the list that they come from; without one, there are none: addressees of a
    campaign's own file are corrected there. `columns` is what the campaign calls its columns.
    """

    def __init__(self, listed: Path | None, columns: Mapping[str, str]) -> None:
        self._list, self._columns = listed, columns
        self._spool: IO[str] | None = None  # opened for the first row, so that most runs need none
        # Where in the file there is something about each row, by its line.
        self._at: dict[int, list[int]] = {}

    def add(self, problems: Iterable[Problem], place: Place | None, row: Mapping[str, str]) -> None:
        """Note what is wrong with a row at that place; notes do not count."""
        told = [p for p in problems if p.level is not Level.NOTE and p.code not in NOT_OF_A_ROW]
        if not told or place is None or not place.line or place.path != self._list:
            return
        if place.line not in self._at and len(self._at) >= MOST:
            return
        codes = [problem.code for problem in told]
        messages = [problem.message for problem in told]
        if self._spool is None:
            self._spool = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - see `write`
        self._at.setdefault(place.line, []).append(self._spool.tell())
        self._spool.write(json.dumps([codes, messages, row]) + "\n")

    def write(self, folder: Path, *, replaces: bool = True) -> Path | None:
        """Write `problems.csv` into the campaign's folder, or remove an older one.

        It `replaces` the older one. A list that is itself that file is left alone: what remains
        goes into another.
        Raises AdvocacyError where it cannot be written.
        """
        check_no_link(folder, folder.parent)
        path = folder / NAME
        if self._list is not None and path.exists() and path.samefile(self._list):
            path = folder / "problems-again.csv"
        with self._spool or nullcontext():
            self._leave_out_header()
            if not self._at:
                if replaces:
                    with suppress(OSError):
                        path.unlink()
                return None
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with replace_file(path) as file:
                file.writelines(map(csv_line, self._table()))
        return path

    @property
    def _is_csv(self) -> bool:
        return self._list is not None and self._list.suffix.lower() in CSV_SUFFIXES

    def _leave_out_header(self) -> None:
        """Leave out what is wrong with the header of a CSV file: it is no row to be corrected."""
        if self._at and self._is_csv and self._list is not None:
            last = csv_header(self._list, self._columns).row
            self._at = {line: found for line, found in self._at.items() if line > last}

    def _table(self) -> Iterator[list[str]]:
        cells: Iterator[list[str]] | None
        if self._is_csv and self._list is not None:
            found = csv_header(self._list, self._columns)
            header = list(found.cells)
            cells = _rows(self._list, sorted(self._at), found)
        elif self._list and (cells := original_rows(self._list, self._columns, sorted(self._at))):
            header = next(cells, [])
        else:
            names = dict.fromkeys(name for *_, row in self._read() for name in row)
            header = [name for name in KNOWN if name in names]
            header += [name for name in names if name not in KNOWN]
            cells = ([str(row.get(name, "")) for name in header] for *_, row in self._read())
        keep = [index for index, name in enumerate(header) if name not in REJECT_COLUMNS]
        yield [*REJECT_COLUMNS, *(header[index] for index in keep)]
        name = self._list.name if self._list is not None else ""
        for (line, codes, messages, _), row in zip(self._read(), cells, strict=True):
            row += [""] * (len(header) - len(row))
            yield [name, str(line), codes, messages, *(row[index] for index in keep)]

    def _read(self) -> Iterator[tuple[int, str, str, dict[str, str]]]:
        """Each row once, in the order of the list, with everything that is wrong with it."""
        for line in sorted(self._at):
            codes: dict[str, None] = {}
            messages: dict[str, None] = {}
            row: dict[str, str] = {}
            for at in self._at[line]:
                assert self._spool is not None  # noqa: S101 - it has every row of `_at`
                self._spool.seek(at)
                some, said, cells = json.loads(self._spool.readline())
                codes |= dict.fromkeys(some)
                messages |= dict.fromkeys(said)
                row = cells or row
            yield line, " ".join(codes), " ".join(messages), row


def write_rejects(
    problems: Iterable[Problem], listed: Path | None, columns: Mapping[str, str], folder: Path
) -> Path | None:
    """Write the rows of a list with which something is wrong; None where there are none.

    `columns` is what the campaign calls the list's columns. Nothing is removed: another command
    may have found more. Raises AdvocacyError where the file cannot be written.
    """
    rejects = Rejects(listed, columns)
    for problem in problems:
        rejects.add([problem], problem.place, {})
    return rejects.write(folder, replaces=False)


def read_cells(
    listed: Path, lines: Sequence[int], columns: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """The rows of a list that begin in those lines, by the names that columns have.

    `columns` is what the campaign calls the list's columns. Of a list whose rows do not stand in
    lines of their own they are empty.
    """
    rows: Iterator[list[str]] | None
    if listed.suffix.lower() in CSV_SUFFIXES:
        found = csv_header(listed, columns)
        header, rows = list(found.cells), _rows(listed, lines, found)
    else:
        rows = original_rows(listed, columns, lines)
        header = next(rows, []) if rows is not None else []
    if rows is None:
        yield from ({} for _ in lines)
        return
    names = column_names(header, columns)
    for cells in rows:
        yield {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}


def _rows(path: Path, lines: Sequence[int], header: CsvHeader) -> Iterator[list[str]]:
    """The cells of the rows of a CSV file that begin in those lines, as they are.

    Cells beyond the header's are joined to the last, for a person to sort out.
    """
    width, mark = len(header.cells), header.separator
    with path.open(encoding=header.codec, errors="replace", newline="") as file:
        numbered = enumerate(file, start=1)
        ahead: list[tuple[int, str]] = []
        for wanted in lines:
            ahead = [one for one in ahead if one[0] >= wanted]
            while not ahead or ahead[-1][0] < wanted + _LINES_OF_A_ROW:
                more = next(numbered, None)
                if more is None:
                    break
                if more[0] >= wanted:
                    ahead.append(more)
            found = _cells([text for _, text in ahead[:_LINES_OF_A_ROW]], mark)
            if len(found) > width > 0:
                found[width - 1 :] = [mark.join(found[width - 1 :])]
            yield found


def _cells(lines: Sequence[str], mark: str) -> list[str]:
    """The cells of the row that begins the lines, however broken."""
    try:
        found = next(csv.reader(iter(lines), delimiter=mark), [])
    except csv.Error:
        found = []
    if len(lines) > 1 and any("\n" in cell for cell in found):
        closed = _strict(lines, mark)
        if closed is None:  # a quotation mark that was never closed swallows what follows
            found = next(csv.reader([lines[0]], delimiter=mark), [])
    return [cell.strip("\r\n") for cell in islice(found, 1000)]


def _strict(lines: Sequence[str], mark: str) -> list[str] | None:
    try:
        return next(csv.reader(iter(lines), delimiter=mark, strict=True), None)
    except csv.Error:
        return None
