"""Choosing among the recipients of a list: some of them, a sample, all but some."""

import csv
import hashlib
import heapq
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path

from advocacy.campaign.recipients.column_headers import KNOWN, plain_name
from advocacy.campaign.recipients.model import Recipient
from advocacy.errors import AdvocacyError, Place, Problem, Report, did_you_mean
from advocacy.files.text import read_text

MOST_SAMPLED = 1000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which recipients of a list get a letter; the options are joined by “and”.

    `where` are pairs of a column and a value: values of one column are joined by “or”, columns
    by “and”. `only` are letter ids; `excluded` letter ids and email addresses. `sample` takes
    so many that show the list's variety, `limit` the first so many.
    """

    where: tuple[tuple[str, str], ...] = ()
    only: tuple[str, ...] = ()
    excluded: frozenset[str] = field(default=frozenset())
    sample: int | None = None
    limit: int | None = None

    @property
    def committee(self) -> str | None:
        """The committee that is asked for, whose rank and title members then have."""
        return next((value for column, value in self.where if column == "committee"), None)

    def choose(self, rows: Iterable[Recipient], report: Report) -> Iterator[Recipient]:
        """Those who are chosen, in the order of the list.

        What a selection asks for and the list does not have is reported last: a column that no
        row has, an id.
        """
        wanted = self._wanted(rows, report)
        if self.sample is not None:
            wanted = _sampled(wanted, min(self.sample, MOST_SAMPLED))
        # With ids the whole list is read, to say which are missing; else not a million rows
        # for the first ten.
        chosen = islice(wanted, self.limit)
        yield from chosen
        if self.only:
            deque(wanted, maxlen=0)

    def _wanted(self, rows: Iterable[Recipient], report: Report) -> Iterator[Recipient]:
        tests = self._tests()
        there: set[str] = set()
        only = _Ids(self.only)
        last: Recipient | None = None
        for row in rows:
            last = row
            if len(there) < len(tests):
                there.update(column for column in tests if _has(row, column))
            if only.has(row) and self._passes(row, tests):
                yield row
        if last is not None:
            for column in tests:
                if column not in there:
                    report(_no_column(column, last))
        for problem in only.missing():
            report(problem)

    def _passes(self, row: Recipient, tests: dict[str, set[str]]) -> bool:
        return not self._excludes(row) and all(
            _value(row, column) & values for column, values in tests.items()
        )

    def _tests(self) -> dict[str, set[str]]:
        tests: dict[str, set[str]] = {}
        for column, value in self.where:
            tests.setdefault(column, set()).add(_folded(value))
        return tests

    def _excludes(self, row: Recipient) -> bool:
        if not self.excluded:
            return False
        return row.goes_by(self.excluded) or (row.email or "").casefold() in self.excluded


class _Ids:
    """The letter ids that are asked for, and which of them were met; none asked for means all."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = either_case(names)
        self._left = dict.fromkeys(names)
        self._known: list[str] = []

    def has(self, row: Recipient) -> bool:
        if not self._names:
            return True
        if len(self._known) < 10_000:
            self._known.append(row.letter_id)
        if not row.goes_by(self._names):
            return False
        for name in [name for name in self._left if row.goes_by(either_case((name,)))]:
            del self._left[name]
        return True

    def missing(self) -> list[Problem]:
        return [_no_letter(name, self._known) for name in self._left]


def either_case(names: Iterable[str]) -> frozenset[str]:
    """The names as they are typed, and in small letters, as the names of files are."""
    names = [unicodedata.normalize("NFC", name) for name in names]
    return frozenset((*names, *(name.lower() for name in names)))


def where(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Pairs of column and value, from texts such as `state=WA`. Raises AdvocacyError."""
    pairs = []
    for text in texts:
        column, equals, value = text.partition("=")
        if not equals or not column.strip():
            message = f"“{text}” is not a valid selection."
            hint = "Write the column, an equals sign, and the value: `--where state=WA`."
            raise AdvocacyError(Problem("bad-selection", message, hint))
        pairs.append((plain_name(column), value.strip()))
    return tuple(pairs)


def excluded(path: Path) -> frozenset[str]:
    """Email addresses and letter ids that a file lists, as they stand and in small letters.

    Raises AdvocacyError where the file cannot be read.
    """
    return either_case(named_people(path))


def named_people(path: Path) -> list[str]:
    """Email addresses and letter ids that a file lists, each once.

    The file has one a line, or is a CSV with a column `email` or `id` (or both); `#` begins a
    comment line. Raises AdvocacyError where it cannot be read.
    """
    lines = [line for line in read_text(path).splitlines() if line.strip()]
    lines = [line for line in lines if not line.lstrip().startswith("#")]
    if not lines:
        return []
    mark = max(",;\t", key=lines[0].count)
    header = [plain_name(cell) for cell in next(csv.reader([lines[0]], delimiter=mark))]
    at = [index for index, name in enumerate(header) if name in ("email", "id")]
    if at:
        rows = csv.reader(lines[1:], delimiter=mark)
        cells = (row[i].strip() for row in rows for i in at if i < len(row))
        return list(dict.fromkeys(cell for cell in cells if cell))
    found = [line.strip() for line in lines]
    strange = next((one for one in found if mark in one or (" " in one and "@" not in one)), None)
    if strange is not None:
        message = f"“{strange[:60]}” is neither an email address nor an id."
        hint = "Write one per line, or start the file with a header that has `email` or `id`."
        raise AdvocacyError(Problem("bad-exclusions", message, hint, Place(path)))
    return list(dict.fromkeys(found))


def _folded(value: str) -> str:
    return unicodedata.normalize("NFC", value).strip().casefold()


def _has(row: Recipient, column: str) -> bool:
    return column in KNOWN or column in row.other


def _value(row: Recipient, column: str) -> set[str]:
    """What a row has in a column; a committee goes by its name or its code."""
    values = {_folded(row.text_of(column))}
    if column == "committee" and "committee_code" in row.other:
        values.add(_folded(row.other["committee_code"]))
    return values


def _no_column(column: str, row: Recipient) -> Problem:
    known = [*(name for name in KNOWN if getattr(row, name)), *row.other]
    hint = did_you_mean(column, [*KNOWN, *row.other], f"Columns: {', '.join(known)}.")
    return Problem("unknown-column", f"No recipient has a column `{column}`.", hint, row.place())


def _no_letter(name: str, ids: list[str]) -> Problem:
    message = f"The list has no letter `{name}`."
    return Problem("unknown-letter", message, did_you_mean(name, ids))


# --- a sample that shows what a list holds ------------------------------------------------------


def _sampled(rows: Iterable[Recipient], size: int) -> Iterator[Recipient]:
    """Those rows that are most likely to show what goes wrong, the same ones every time.

    In turn from each aspect: the longest names, the most empty fields, one of each script, the
    longest addresses, one of each country and language; the rest spread over the list by a hash.
    At most `size` rows of each aspect are kept while the list is read.
    """
    best: list[list[tuple[int, int, Recipient]]] = [[] for _ in _RANKS]
    kinds: tuple[dict[str, tuple[int, Recipient]], ...] = ({}, {})
    for number, row in enumerate(rows):
        for heap, rank in zip(best, _RANKS, strict=True):
            _keep(heap, (rank(row), -number, row), size)
        for found, names in zip(kinds, (_scripts(row), _places(row)), strict=True):
            for name in names:
                if len(found) < size:
                    found.setdefault(name, (number, row))
    ranked = [[(-n, row) for _, n, row in sorted(heap, reverse=True)] for heap in best]
    aspects = [*ranked[:2], kinds[0].values(), ranked[2], kinds[1].values(), ranked[3]]
    chosen: dict[int, Recipient] = {}
    for number, row in (one for turn in zip_longest(*aspects) for one in turn if one is not None):
        if len(chosen) < size:
            chosen.setdefault(number, row)
    yield from (row for _, row in sorted(chosen.items()))


def _keep(
    heap: list[tuple[int, int, Recipient]], entry: tuple[int, int, Recipient], size: int
) -> None:
    """Keep the `size` largest entries; no two of them have the same number."""
    if len(heap) < size:
        heapq.heappush(heap, entry)
    elif entry[:2] > heap[0][:2]:
        heapq.heapreplace(heap, entry)


def _name_length(row: Recipient) -> int:
    return max(len(row.full_name), len(row.organization or ""), len(row.title or ""))


def _address_length(row: Recipient) -> int:
    return len(row.address) * 40 + max(map(len, row.address), default=0)


def _empty(row: Recipient) -> int:
    given = sum(getattr(row, name) in (None, ()) for name in KNOWN)
    return given + sum(not value for value in row.other.values())


def _hash(row: Recipient) -> int:
    return int.from_bytes(hashlib.sha256(row.letter_id.encode()).digest()[:8])


_RANKS: tuple[Callable[[Recipient], int], ...] = (_name_length, _empty, _address_length, _hash)


def _scripts(row: Recipient) -> Iterator[str]:
    """The scripts of a row, but for the Latin one."""
    for char in f"{row.full_name}{row.organization or ''}{''.join(row.address)}":
        if char.isalpha() and not char.isascii():
            script = unicodedata.name(char, "?").split()[0]
            if script != "LATIN":
                yield script


def _places(row: Recipient) -> Iterator[str]:
    yield f"country {row.country}"
    yield f"language {row.language}"
