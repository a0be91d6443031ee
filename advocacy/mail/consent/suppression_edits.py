"""Change `suppressed.csv`: whole or not at all, with every row that others wrote kept.

Two programs that change it at the same time lose nothing: each holds a lock on the folder, reads
the file anew, and puts a whole new file in its place (mode 0600). Rows, their order, comments,
unknown columns, the delimiter and the line ends stay; columns that are needed and missing are
added at the end.
"""

import csv
import fcntl
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.csv_rows import Lines
from advocacy.files.text import open_binary
from advocacy.files.writing import cannot_write, replace_file, spreadsheet_safe, sync_folder
from advocacy.mail import problem
from advocacy.mail.consent.addresses import with_hashes
from advocacy.mail.consent.suppression_file import (
    COLUMNS,
    FILE,
    SuppressionRow,
    SuppressionTable,
    opened_lines,
    raw_rows,
    read_moment,
    table_of,
)

BOM = "\ufeff"
WHEN_ADDED = COLUMNS[:6]
"""The columns that a row needs that suppresses; a lifted one needs all."""


@dataclass(frozen=True, slots=True)
class NewSuppression:
    """Somebody to suppress: `key` is an address's key, `@domain`, `@*.domain` or a hash."""

    key: str
    reason: str = ""
    source: str = "manual"
    since: datetime | None = None
    campaign: str = ""

    def cells(self, now: datetime) -> dict[str, str]:
        """The row's cells by column."""
        domain = self.key[1:] if self.key.startswith("@") else ""
        return {
            "address": "" if domain else self.key,
            "domain": domain,
            "reason": self.reason,
            "since": moment_text(self.since or now),
            "source": self.source,
            "campaign": self.campaign,
        }


@dataclass(slots=True)
class EditOutcome:
    """What came of a change, as keys in the order in which they were given."""

    path: Path
    added: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    lifted_since: list[str] = field(default_factory=list)
    """Requests from before the entry was lifted; it remains lifted."""
    changed: list[SuppressionRow] = field(default_factory=list)


def moment_text(when: datetime) -> str:
    """Write a moment as the file has it: `2026-11-25T10:00:00Z`."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def add(
    folder: Path, people: Iterable[NewSuppression], *, now: datetime | None = None
) -> EditOutcome:
    """Suppress people for all campaigns of a folder. Existing entries are left unchanged.

    Of a person who was forgotten the hash is enough: the address does not come back. Somebody
    whose row was lifted later than they asked stays lifted, so that reading one file of requests
    twice changes nothing. Raises AdvocacyError where the file is no list, or cannot be written.
    """
    wanted = {one.key: one for one in people}
    now = now or datetime.now(UTC)
    outcome = EditOutcome(folder / FILE)
    if not wanted:
        return outcome
    known = with_hashes(wanted)
    with edit_list(folder, WHEN_ADDED) as edited:
        rows: dict[str, list[SuppressionRow]] = {key: [] for key in wanted}
        for row in edited.people():
            if row.key in known:
                rows[known[row.key]].append(row)
        for key, one in wanted.items():
            lifted = [when for row in rows[key] if (when := read_moment(row.lifted))]
            if any(row.counts for row in rows[key]):
                outcome.there.append(key)
            elif lifted and (one.since or now) <= max(lifted):
                outcome.lifted_since.append(key)
            else:
                outcome.added.append(key)
                edited.append(one.cells(now))
    return outcome


def lift(
    folder: Path, keys: Iterable[str], because: str, *, now: datetime | None = None
) -> EditOutcome:
    """Have rows no longer count; they stay in the file with the moment and the reason.

    `changed` are the rows as they were. Raises AdvocacyError as `add` does.
    """
    wanted = set(keys)
    outcome = EditOutcome(folder / FILE)
    cells = {"lifted": moment_text(now or datetime.now(UTC)), "lifted_reason": because}
    if not (folder / FILE).exists():
        return outcome
    with edit_list(folder, COLUMNS) as edited:
        for number, rows in enumerate(edited.rows):
            hit = [row for row in rows if row.key in wanted and row.counts]
            if hit:
                outcome.changed += hit
                edited.change(number, cells)
    return outcome


@contextmanager
def edit_list(folder: Path, columns: tuple[str, ...]) -> Iterator["EditedList"]:
    """Open the list of a folder to change it, for as long as the block lasts.

    The folder's lock is held meanwhile. At the end of the block the file is replaced, if anything
    was changed; columns that it lacks of `columns` are added then. After an error it is as it
    was. Raises AdvocacyError where the file is no list, or cannot be read or written.
    """
    path = (folder / FILE).resolve()
    with _locked(path.parent):
        edited = EditedList(path, columns)
        yield edited
        if edited.is_changed:
            advice = "The list was not changed. Free up space, or make the folder writable"
            with replace_file(path, durable=True, advice=advice) as out:
                out.write(edited.text().encode("utf-8", "surrogateescape"))
            with suppress(OSError):
                sync_folder(path.parent)


class EditedList:
    """A suppression list in memory, row by row as it stands in the file.

    `rows` says whom each row is about: nobody in a comment, several people in a broken row.
    `columns` that the file lacks are added as empty cells at once; the file itself changes only
    where `is_changed`.
    """

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self._path = path
        self._bom = ""
        self._head: list[str] = []
        """The lines above the first row: comments and the header."""
        self._texts: list[str] = []
        self.rows: list[tuple[SuppressionRow, ...]] = []
        self.is_changed = False
        self._names: list[str] = []
        self._delimiter, self._newline = ",", "\n"
        if not path.exists():
            self._set_columns(None, columns)
            return
        with open_binary(path) as file:
            self._bom = BOM if file.peek(3).startswith(BOM.encode()) else ""
            with opened_lines(file, path) as lines:
                self._read(lines, columns)

    def people(self) -> Iterator[SuppressionRow]:
        """Yield whom the list names, in its order."""
        for rows in self.rows:
            yield from rows

    def change(self, number: int, cells: Mapping[str, str]) -> None:
        """Set some cells of a row. Raises AdvocacyError where the row is broken."""
        text, rows = self._texts[number], self.rows[number]
        there = self._split(text)
        if len(rows) != 1 or len(there) != len(self._names):
            place = Place(self._path, rows[0].line)
            raise AdvocacyError(
                problem("bad-suppression", entry="suppression-not-changed", place=place)
            )
        values = [
            spreadsheet_safe(cells[name]) if name in cells else cell
            for name, cell in zip(self._names, there, strict=True)
        ]
        self._texts[number] = self._line(values, _line_end(text) or self._newline)
        self.is_changed = True

    def remove(self, number: int) -> None:
        """Remove a row; the numbers of the others stay."""
        self._texts[number] = ""
        self.is_changed = True

    def append(self, cells: Mapping[str, str]) -> None:
        """Add a row at the end."""
        values = [spreadsheet_safe(cells.get(name, "")) for name in self._names]
        self._texts.append(self._line(values, self._newline))
        self.is_changed = True

    def text(self) -> str:
        """The file as it is to be."""
        lines = [line for line in (*self._head, *self._texts) if line]
        # The last line of a file that people wrote may have no end.
        ended = [line if _line_end(line) else line + self._newline for line in lines[:-1]]
        return self._bom + "".join([*ended, *lines[-1:]])

    def _read(self, lines: Lines, columns: tuple[str, ...]) -> None:
        table, above = table_of(lines, self._path)
        wrong = [one for _, found in above for one in found if isinstance(one, Problem)]
        if any(problem.level is Level.ERROR for problem in wrong):
            raise AdvocacyError(wrong)
        self._head = [text for text, _ in above]
        if any(text.endswith("\r\n") for text in self._head):
            self._newline = "\r\n"
        more = [""] * self._set_columns(table, columns)
        if table is None:
            return
        for text, found in raw_rows(lines, self._path, table):
            people = tuple(one for one in found if isinstance(one, SuppressionRow) and one.key)
            # A broken row stays as it is; it is told each time the file is read.
            if more and len(people) == 1 and len(self._split(text)) == table.width:
                text = self._with_more(text, more)
            self._texts.append(text)
            self.rows.append(people)

    def _set_columns(self, table: SuppressionTable | None, columns: tuple[str, ...]) -> int:
        """Set the columns, and the header with those that are lacking; returns how many are."""
        if table is None:
            table, columns = SuppressionTable({}, 0, has_header=False), COLUMNS
        self._delimiter = table.delimiter
        names = {index: name for name, index in table.at.items()}
        lacking = [name for name in columns if name not in table.at]
        self._names = [names.get(index, "") for index in range(table.width)] + lacking
        if table.has_header:
            if lacking:
                self._head[-1] = self._with_more(self._head[-1], lacking)
        else:
            header = [name or f"column_{index}" for index, name in enumerate(self._names, 1)]
            self._head.append(self._delimiter.join(header) + self._newline)
        return len(lacking)

    def _with_more(self, text: str, cells: Iterable[str]) -> str:
        """The text of a row with more cells at its end, the others as they were written."""
        end = _line_end(text)
        body = text[: len(text) - len(end)]
        return self._delimiter.join([body, *cells]) + (end or self._newline)

    def _split(self, text: str) -> list[str]:
        """The cells of a row; none where it is no CSV."""
        try:
            rows = csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True)
            return next(rows, [])
        except csv.Error:
            return []

    def _line(self, values: list[str], end: str) -> str:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self._delimiter, lineterminator=end).writerow(values)
        return out.getvalue()


def _line_end(text: str) -> str:
    return text[len(text.rstrip("\r\n")) :]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, waiting for whoever has it."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise AdvocacyError(cannot_write(folder / FILE, error)) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
