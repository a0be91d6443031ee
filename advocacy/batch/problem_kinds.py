"""Problems told by kind: the same mistake in thousands of rows is one message with a count."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from advocacy.batch.worker import WITHOUT_EMAIL
from advocacy.errors import Level, Place, Problem, count_noun

MANY = 5
"""From this number on, problems of one kind are reported as one."""
MOST_PROBLEMS = 1000

LEFT_OUT_NOTES = frozenset({"same-person"})
"""Notes about rows that get no letter."""
OF_THE_WHOLE_LIST = frozenset(
    {"no-name-column", "duplicate-column", "too-many-columns", "empty-list", "ambiguous-column"}
)
"""Problems with the header line, which belongs to no recipient."""

_COLUMN = re.compile("`([^`]+)`")


@dataclass(slots=True)
class _Kind:
    """Problems of one kind: the first few, how many there are, and in how many rows."""

    first: dict[Problem, None] = field(default_factory=dict)
    count: int = 0
    rows: int = 0
    last_line: int | None = None

    def add(self, problem: Problem) -> None:
        line = problem.place.line if problem.place else None
        if len(self.first) < MANY:
            if problem in self.first:
                return
            self.first[problem] = None
        self.count += 1
        self.rows += line != self.last_line
        self.last_line = line

    def told(self) -> Iterable[Problem]:
        if self.count < MANY:
            return self.first
        first = next(iter(self.first))
        if first.code == WITHOUT_EMAIL:
            return (_without_email(self.count, first.place),)
        if self.rows > 1:
            more = f"The same is true of {count_noun(self.rows - 1, 'more row')}."
        else:
            more = f"The row has {self.count - 1:,} more problems of this kind."
        return (replace(first, message=f"{first.message} {more}"),)


class ProblemCollector:
    """Collects problems, each once: those of many rows of `listed` by kind, the others whole.

    A kind is a code with a level and, where the message begins with one, a column. Of very many
    kinds the first are kept, and the others counted.
    """

    def __init__(self, listed: Path | None = None) -> None:
        self._listed = listed
        self._kinds: dict[object, _Kind] = {}
        self._more: Counter[Level] = Counter()

    def add(self, problems: Iterable[Problem]) -> None:
        """Keep or count problems."""
        for problem in problems:
            key = self._key(problem)
            kind = self._kinds.get(key)
            if kind is None:
                if len(self._kinds) >= MOST_PROBLEMS:
                    self._more[problem.level] += 1
                    continue
                kind = self._kinds[key] = _Kind()
            kind.add(problem)

    def problems(self) -> list[Problem]:
        """The problems to report: one for many of the same kind, and one that counts the rest."""
        found = [problem for kind in self._kinds.values() for problem in kind.told()]
        return found + [_more(level, count) for level, count in self._more.items()]

    def _key(self, problem: Problem) -> object:
        place = problem.place
        by_kind = place is not None and place.path == self._listed and place.line
        if problem.code == WITHOUT_EMAIL and problem.level is Level.WARNING:
            return problem.code
        if not by_kind or problem.code in OF_THE_WHOLE_LIST:
            return problem
        column = _COLUMN.match(problem.message)
        return problem.code, problem.level, column and column[1]


class LeftOutRows:
    """Counts the rows of a list that get no letter since they cannot be read, by reason."""

    def __init__(self, listed: Path | None) -> None:
        self._listed = listed
        # Each line of JSON names its own columns.
        has_header = listed is not None and listed.suffix.lower() not in (".jsonl", ".ndjson")
        self._others = OF_THE_WHOLE_LIST if has_header else frozenset()
        self._last: int | None = None
        self.counts: Counter[str] = Counter()

    def add(self, problem: Problem) -> bool:
        """Count the row of a problem of the list, once, if the row is lost; whether it is."""
        place = problem.place
        if place is None or place.path != self._listed or not place.line:
            return False
        lost = problem.level is Level.ERROR or problem.code in LEFT_OUT_NOTES
        if lost and problem.code not in self._others and place.line != self._last:
            self._last = place.line
            self.counts[problem.code] += 1
            return True
        return False


def sum_up(listed: int, left_out: Counter[str], place: Path | None) -> Problem | None:
    """The note that says how a list adds up, where somebody is left out."""
    if not left_out:
        return None
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in left_out.most_common())
    verb = "gets" if left_out.total() == 1 else "get"
    return Problem(
        "left-out",
        f"{left_out.total():,} of {count_noun(listed, 'recipient')} on the list {verb} no letter: "
        f"{reasons}.",
        "`advocacy check --explain CODE` says what each reason means.",
        Place(place) if place else None,
        Level.NOTE,
    )


def _without_email(count: int, place: Place | None) -> Problem:
    return Problem(
        WITHOUT_EMAIL,
        f"{count} recipients have no email address and get only a paper letter.",
        "If this is intended, make only PDFs: `--format pdf`.",
        place and Place(place.path),
        Level.WARNING,
    )


def _more(level: Level, count: int) -> Problem:
    return Problem(
        "more-problems",
        f"The first {MOST_PROBLEMS} {level}s are shown; {count} more are not.",
        "Correct these first. The rejected rows are in problems.csv.",
        level=level,
    )
