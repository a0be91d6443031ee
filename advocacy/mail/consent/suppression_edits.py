"""The shape of a suppression list: its columns, its line ends, and rows written to fit.

Changing `suppressed.csv`: whole or not at all, with every row that others wrote kept.

Two programs that change it at once lose nothing: each holds a lock on the folder, reads the
file anew, and puts a whole new file in its place (mode 0600). Rows, their order, comments,
unknown columns, the delimiter and the line ends stay; columns that are needed and not there
are added at the end.
"""

import csv
import fcntl
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.csv_rows import Lines, lines_of, spreadsheet_safe
from advocacy.files.text import open_binary
from advocacy.files.writing import CANNOT_WRITE, cannot_write, replace_file
from advocacy.mail.consent.addresses import with_hashes
from advocacy.mail.consent.suppression_file import (
    COLUMNS,
    FILE,
    Raw,
    SuppressionRow,
    SuppressionTable,
    moment,
    raw_rows,
    table_of,
)

Cells = Mapping[str, str]
"""Cells by the names of their columns."""


class SuppressionEditor:
    """The shape of a file: its columns with those that it lacks, its line ends."""

    def __init__(
        self, path: Path, table: SuppressionTable | None, columns: Sequence[str], above: list[Raw]
    ) -> None:
        self.path = path
        texts = [text for text, _ in above]
        header = texts.pop() if table is not None and table.has_header else ""
        self._above = texts
        self._header = header
        self._bare = table is None or not table.has_header
        self.newline = "\r\n" if any(text.endswith("\r\n") for text, _ in above) else "\n"
        self.table = table or SuppressionTable({}, 0)
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

    def row(self, text: str, rows: Sequence[SuppressionRow], wanted: Cells) -> str:
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


BOM = b"\xef\xbb\xbf"
Change = Callable[[Sequence[SuppressionRow]], Cells | None]
"""From what a row says: the cells to set, or None to remove it."""


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
            "since": stamp_text(self.since or now),
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
    """Asked to be left out before somebody lifted that: they stay lifted."""
    changed: list[SuppressionRow] = field(default_factory=list)


def stamp_text(when: datetime) -> str:
    """A moment as the file has it: `2026-11-25T10:00:00Z`."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def add(
    folder: Path, people: Iterable[NewSuppression], *, now: datetime | None = None
) -> EditOutcome:
    """Suppress people for all campaigns of a folder; who is there already is left as he is.

    Of a person who was forgotten the hash is enough: the address does not come back. Somebody
    whose row was lifted later than they asked stays lifted, so that reading one file of requests
    twice changes nothing. Raises AdvocacyError where the file is no list, or cannot be written.
    """
    wanted = {one.key: one for one in people}
    moment_now = now or datetime.now(UTC)
    outcome = EditOutcome(folder / FILE)
    known = with_hashes(wanted)
    rows: dict[str, list[SuppressionRow]] = {}

    def note(found: Sequence[SuppressionRow]) -> Cells:
        for row in found:
            if row.key in known:
                rows.setdefault(known[row.key], []).append(row)
        return {}

    def missing() -> list[Cells]:
        for key, one in wanted.items():
            before = rows.get(key, [])
            lifted = [when for row in before if (when := moment(row.lifted))]
            if any(row.counts for row in before):
                outcome.there.append(key)
            elif lifted and (one.since or moment_now) <= max(lifted):
                outcome.lifted_since.append(key)
            else:
                outcome.added.append(key)
        return [wanted[key].cells(moment_now) for key in outcome.added]

    if wanted:
        _rewrite(folder, note, missing, COLUMNS[:6])
    return outcome


def lift(
    folder: Path, keys: Iterable[str], because: str, *, now: datetime | None = None
) -> EditOutcome:
    """Have rows no longer count; they stay in the file with the moment and the reason.

    `changed` are the rows as they were. Raises AdvocacyError as `add` does.
    """
    wanted = set(keys)
    outcome = EditOutcome(folder / FILE)
    cells = {"lifted": stamp_text(now or datetime.now(UTC)), "lifted_reason": because}

    def change(found: Sequence[SuppressionRow]) -> Cells:
        hit = [row for row in found if row.key in wanted and row.counts]
        outcome.changed.extend(hit)
        return cells if hit else {}

    if (folder / FILE).exists():
        _rewrite(folder, change, list, COLUMNS)
    return outcome


def rewrite(folder: Path, change: Change, extra: Callable[[], Iterable[NewSuppression]]) -> None:
    """Change rows, then add some, under the lock; nothing is written where nothing differs."""
    now = datetime.now(UTC)
    _rewrite(folder, change, lambda: [one.cells(now) for one in extra()], COLUMNS[:6])


def _rewrite(
    folder: Path,
    change: Change,
    extra: Callable[[], Iterable[Cells]],
    columns: Sequence[str],
) -> None:
    path = (folder / FILE).resolve()
    with _locked(path.parent):
        with suppress(_Unchanged), _told(), replace_file(path, durable=True) as out:
            if not _written(path, out, change, extra, columns):
                raise _Unchanged
        _sync(path.parent)


def _written(
    path: Path,
    out: IO[bytes],
    change: Change,
    extra: Callable[[], Iterable[Cells]],
    columns: Sequence[str],
) -> bool:
    """Write the file as it is to be; whether anything differs."""
    if not path.exists():
        new = [line_of(cells, COLUMNS, ",", "\n") for cells in extra()]
        header = ",".join(COLUMNS) + "\n"
        out.write("".join([header, *new]).encode("utf-8", "surrogateescape"))
        return bool(new)
    with open_binary(path) as file:
        out.write(BOM if file.peek(3)[:3] == BOM else b"")
        lines = lines_of(file, path)
        if isinstance(lines, Problem):
            raise AdvocacyError(lines)
        try:
            return _copied(lines, path, out, change, extra, columns)
        finally:
            lines.let_go()


@contextmanager
def _told() -> Iterator[None]:
    """Say of a file that cannot be written what helps here."""
    try:
        yield
    except AdvocacyError as error:
        hint = "Make room, or let yourself write there; the list is as it was before."
        raise AdvocacyError(
            replace(problem, hint=hint) if problem.code == CANNOT_WRITE else problem
            for problem in error.problems
        ) from error


class _Unchanged(Exception):  # noqa: N818 - leaves a block, tells of nothing
    """Nothing differs: the file stays the one it is."""


def _copied(
    lines: Lines,
    path: Path,
    out: IO[bytes],
    change: Change,
    extra: Callable[[], Iterable[Cells]],
    columns: Sequence[str],
) -> bool:
    """Copy a file's rows, changed, and add the rest; whether anything differs."""
    table, above = table_of(lines, path)
    wrong = [p for _, found in above for p in found if isinstance(p, Problem)]
    if any(problem.level is Level.ERROR for problem in wrong):
        raise AdvocacyError(wrong)
    editor = SuppressionEditor(path, table, columns, above)
    is_changed = False

    def put(text: str) -> None:
        out.write(text.encode("utf-8", "surrogateescape"))

    for text in editor.head():
        put(text)
    last = editor.last
    for text, found in raw_rows(lines, path, editor.table):
        rows = [row for row in found if isinstance(row, SuppressionRow) and row.key]
        wanted = change(rows)
        new = "" if wanted is None else editor.row(text, rows, wanted)
        is_changed = is_changed or wanted is None or bool(wanted)
        put(new)
        last = new or last
    added = list(extra())
    if added and last and not last.endswith(("\n", "\r")):
        put(editor.newline)
    for cells in added:
        put(line_of(cells, editor.names, editor.table.delimiter, editor.newline))
    return is_changed or bool(added)


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


def _sync(folder: Path) -> None:
    """Have the folder's new entry survive a power cut."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
