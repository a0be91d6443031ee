"""Recipients from text: CSV, JSON Lines with an object a line, and other lists of objects.

Both are read strictly, row by row; `advocacy.files.csv_rows` says how rows of CSV are read.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from advocacy.campaign.recipients.column_headers import KNOWN, TAKEN, is_address_line, plain_name
from advocacy.campaign.recipients.columns import (
    MOST_COLUMNS,
    REJECT_COLUMNS,
    Columns,
    below_title,
    column_names,
    names_people,
    read_header,
)
from advocacy.campaign.recipients.congress import member_of_row
from advocacy.campaign.recipients.list_details import ListDetails
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.postal import complete_values
from advocacy.campaign.recipients.table import LONGEST_ROW, as_text, recipient_of
from advocacy.errors import AdvocacyError, Level, Place, Problem, Report, has_errors, reporting
from advocacy.files.csv_rows import Lines, has_bad_bytes, header_of, lines_of, not_utf8, rows_of
from advocacy.files.encodings import Encoding, encoding_of
from advocacy.files.json_reading import refuse_constant, why_not_json
from advocacy.files.text import open_binary
from advocacy.files.writing import as_before
from advocacy.files.yaml.reading import YamlMap

_KNOWN = frozenset(KNOWN)
KeysAndValues = list[tuple[str, Any]]
"""An object of JSON, whose keys may stand twice."""
CONGRESS = "congress-legislators"
"""The program of `columns.toml` whose rows are members of Congress."""
DEEPEST = 20
"""Levels of lists and objects in a value of JSON."""


def read_csv(
    path: Path, renamed: Mapping[str, str], report: Report, details: ListDetails
) -> Iterator[Recipient]:
    """The recipients of a CSV file in turn.

    `renamed` maps foreign headers to names of columns; `details` is filled in. Nothing but the
    current row is kept.
    """
    with reporting(report), open_binary(path) as file:
        encoding = encoding_of(file)
        details.encoding = encoding.name
        if encoding.example:
            report(_older(encoding, path))
        lines = lines_of(file, path, encoding)
        if isinstance(lines, Problem):
            report(lines)
        else:
            yield from _read(lines, path, renamed, report, details)


def _older(encoding: Encoding, path: Path) -> Problem:
    message = (
        f"The list is in {encoding.name}. With this encoding, it contains “{encoding.example:.40}”."
    )
    hint = "If that is wrong, save the list as “CSV UTF-8” in your spreadsheet program."
    return Problem("older-encoding", message, hint, Place(path), Level.NOTE)


def _read(
    lines: Lines, path: Path, renamed: Mapping[str, str], report: Report, details: ListDetails
) -> Iterator[Recipient]:
    found = _header(lines, path, renamed)
    details.kind, details.separator = "CSV", found.separator
    details.header_row = lines.number
    details.add_header(found.cells, found.columns, renamed)
    for problem in found.columns.problems:
        report(problem)
    if has_errors(found.columns.problems):
        return
    place = Place(path, lines.number)
    columns = found.columns
    rejected = set(REJECT_COLUMNS) <= set(columns.names)
    for number, cells in rows_of(lines, found.separator, path, len(found.cells)):
        details.rows += bool(cells)
        if isinstance(cells, Problem):
            report(cells)
            continue
        if rejected:  # corrected rows of an earlier batch
            cells = [
                "" if name in REJECT_COLUMNS else as_before(cell)
                for name, cell in zip(columns.names, cells, strict=False)
            ]
        recipient = _row_of(columns, cells, Place(path, number), report) if cells else None
        if recipient is not None:
            yield recipient
    if not details.rows:
        message = "The list has a header but no rows."
        report(Problem("empty-list", message, "Add the people, one per line.", place))


@dataclass(frozen=True, slots=True)
class _Header:
    """A header's columns, and the separator of its cells."""

    columns: Columns
    separator: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """A CSV file's header: its cells, their separator, and the row in which they stand.

    `codec` is Python's name for the file's encoding.
    """

    cells: tuple[str, ...]
    separator: str
    row: int
    codec: str


def csv_header(path: Path, renamed: Mapping[str, str]) -> CsvHeader:
    """The header of a CSV file. Raises AdvocacyError where the file cannot be opened."""
    with open_binary(path) as file:
        encoding = encoding_of(file)
        lines = lines_of(file, path, encoding)
        if isinstance(lines, Problem):
            return CsvHeader((), ",", 1, encoding.codec)
        found = _header(lines, path, renamed)
        lines.detach()
    cells = tuple(cell.strip() for cell in found.cells)
    return CsvHeader(cells, found.separator or ",", lines.number, encoding.codec)


def _header(lines: Lines, path: Path, renamed: Mapping[str, str]) -> _Header:
    """The header of a CSV file; what is wrong with it is in its columns' problems."""

    def known(cells: list[str]) -> int:
        many = len(cells) > MOST_COLUMNS  # whatever they are: the list is refused
        return 0 if many else len(_KNOWN & set(column_names(cells, renamed)))

    def is_header(cells: list[str]) -> bool:
        return len(cells) > MOST_COLUMNS or names_people(cells, renamed)

    cells, separator, problem = header_of(lines, path, known, is_header)
    if problem:
        return _Header(Columns((), (problem,)), separator)
    place = Place(path, lines.number)
    columns = read_header(cells, renamed, place)
    if lines.passed_over:
        columns = replace(columns, problems=(below_title(place), *columns.problems))
    return _Header(columns, separator, tuple(cells))


def _row_of(columns: Columns, cells: list[str], place: Place, report: Report) -> Recipient | None:
    whole = "".join(cells)
    if has_bad_bytes(whole):
        report(not_utf8(whole, place))
        return None
    if len(whole) > LONGEST_ROW:
        message = f"The row is longer than {LONGEST_ROW:,} characters."
        report(Problem("row-too-long", message, "Shorten it.", place))
        return None
    values: dict[str, Any] = {
        name: text
        for name, cell in zip(columns.names, cells, strict=True)
        if (text := cell.strip())
    }
    if "" in values:
        message = f"“{values['']:.40}” is in a column without a name."
        report(Problem("cell-without-column", message, "Name the column.", place))
        return None
    if columns.program == CONGRESS:
        return member_of_row(values, place, report)
    complete_values(values, columns)
    return recipient_of(values, place, report)


def read_jsonl(
    path: Path, renamed: Mapping[str, str], report: Report, details: ListDetails
) -> Iterator[Recipient]:
    """The recipients of a file of JSON Lines in turn.

    `renamed` maps foreign keys to names of columns; `details` is filled in.
    """
    headers = _Headers(renamed, details)
    details.kind, details.encoding = "JSON Lines", "UTF-8"
    with reporting(report), open_binary(path) as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_ROW * 4), b""), start=1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                details.rows += 1
                recipient = _line(text, headers, Place(path, number), report)
                if recipient is not None:
                    yield recipient
        if not details.rows:
            hint = 'Write one object per line: `{"name": "Jane Doe"}`.'
            report(Problem("empty-file", "The file is empty.", hint, Place(path)))


def read_records(
    records: Iterable[YamlMap], renamed: Mapping[str, str], report: Report, details: ListDetails
) -> Iterator[Recipient]:
    """The recipients of objects of a JSON or YAML file, a row each."""
    headers = _Headers(renamed, details)
    for record in records:
        details.rows += 1
        with reporting(report):
            recipient = _record(as_pairs(record), headers, record.place, report)
            if recipient is not None:
                yield recipient


def as_pairs(value: Any) -> Any:
    """A value of JSON, with its objects as pairs of a key and a value."""
    if isinstance(value, Mapping):
        return _Pairs((str(key), as_pairs(one)) for key, one in value.items())
    return [as_pairs(one) for one in value] if isinstance(value, list) else value


class _Headers:
    """The columns of lines by their keys; lines of one list mostly have the same."""

    def __init__(self, renamed: Mapping[str, str], details: ListDetails) -> None:
        self._renamed, self._details = renamed, details
        self._known: dict[tuple[str, ...], Columns] = {}
        self._told: set[tuple[str, str]] = set()

    def of(self, keys: tuple[str, ...], place: Place) -> Columns:
        if keys not in self._known:
            if len(self._known) > 1000:
                self._known.clear()
            self._known[keys] = read_header(keys, self._renamed, place)
            if len(self._details.columns) < MOST_COLUMNS:
                self._details.add_header(keys, self._known[keys], self._renamed)
        return self._known[keys]

    def new(self, columns: Columns) -> Iterator[Problem]:
        """The notes that no line before this one gave rise to."""
        for note in columns.problems:
            if note.level is not Level.ERROR and (note.code, note.message) not in self._told:
                self._told.add((note.code, note.message))
                yield note


def _line(line: bytes, headers: _Headers, place: Place, report: Report) -> Recipient | None:
    with reporting(report):
        return _record(object_of_line(line, place), headers, place, report)
    return None


def _record(
    pairs: list[tuple[str, Any]], headers: _Headers, place: Place, report: Report
) -> Recipient | None:
    """The recipient of an object. Raises AdvocacyError with all that is wrong."""
    pairs = list(taken_apart(pairs))
    columns = headers.of(tuple(key for key, _ in pairs), place)
    for note in headers.new(columns):
        report(note)
    wrong = [replace(p, place=place) for p in columns.problems if p.level is Level.ERROR]
    if wrong:
        raise AdvocacyError(wrong)
    return recipient_of(_values(columns, pairs, place), place, report, "the line")


def taken_apart(pairs: list[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The pairs, with those of an object in place of it where it is an address or a name."""
    for key, value in pairs:
        plain = plain_name(key)
        if isinstance(value, _Pairs) and TAKEN.get(plain, plain) in ("address", "name"):
            yield from value
        else:
            yield key, value


def object_of_line(line: bytes, place: Place) -> KeysAndValues:
    """The keys and values of a line of JSON. Raises AdvocacyError where it holds no object."""
    hint = 'Write one object per line: `{"name": "Jane Doe", "email": "jane@parks.example"}`.'
    try:
        text = line.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_Pairs, parse_constant=refuse_constant)
    except UnicodeDecodeError as error:
        message = f"The byte 0x{line[error.start]:02X} in this line is not UTF-8."
        problem = Problem("not-utf8", message, "Save the file as UTF-8.", place)
        raise AdvocacyError(problem) from None
    except (ValueError, RecursionError) as error:
        message = f"This line is not valid JSON: {why_not_json(error)}."
        raise AdvocacyError(Problem("not-json", message, hint, place)) from None
    if not isinstance(found, _Pairs):
        message = "This line does not contain a JSON object."
        raise AdvocacyError(Problem("not-json", message, hint, place))
    return found


class _Pairs(list[tuple[str, Any]]):
    """An object's keys and values in order, those that stand twice included."""


def _values(columns: Columns, pairs: list[tuple[str, Any]], place: Place) -> dict[str, Any]:
    """A line's texts by the names of their columns. Raises AdvocacyError with all that is wrong."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, (key, value) in zip(columns.names, pairs, strict=True):
        try:
            text = _text(name, key, value, place)
        except AdvocacyError as error:
            problems += error.problems
        else:
            if text:
                values[name] = re.sub(r"\r\n?", "\n", text)
    if problems:
        raise AdvocacyError(problems)
    complete_values(values, columns)
    return values


def _text(name: str, key: str, value: Any, place: Place) -> str:
    if name == "address" and isinstance(value, list) and not isinstance(value, _Pairs):
        return "\n".join(as_text(name, line, place, f"`{key}`") for line in value)
    if isinstance(value, list) and name and name not in _KNOWN and not is_address_line(name):
        return _shown(value, place)
    if isinstance(value, list):
        message = f"`{key}` is a list or an object, but text is expected."
        raise AdvocacyError(Problem("not-text", message, "Write it as text.", place))
    text = as_text(name, value, place, "this line")
    if text and not name:
        message = f"“{text:.40}” has a key without letters or digits."
        raise AdvocacyError(Problem("cell-without-column", message, "Name the key.", place))
    return text


def _shown(value: list[Any], place: Place) -> str:
    """A list or an object in a column of one's own: `a; b`, or as JSON where it is nested."""
    if not isinstance(value, _Pairs) and all(isinstance(one, str) for one in value):
        return "; ".join(value)
    return json.dumps(_as_json(value, place, DEEPEST), ensure_ascii=False)


def shown(value: Any) -> str:
    """A value of JSON as the cell of a table."""
    if isinstance(value, list):
        return _shown(value, Place(Path()))
    return as_text("own", value, Place(Path()), "")


def _as_json(value: Any, place: Place, levels: int) -> Any:
    if not levels:
        message = "A value in this line is nested too deeply."
        raise AdvocacyError(Problem("not-text", message, "Write it as text.", place))
    if isinstance(value, _Pairs):
        return {key: _as_json(one, place, levels - 1) for key, one in value}
    if isinstance(value, list):
        return [_as_json(one, place, levels - 1) for one in value]
    return value
