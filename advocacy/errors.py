"""Problems: the one value for anything wrong in a file that somebody wrote.

A user's mistake never ends in a traceback. There are three ways to report problems:

* what reads a whole file returns `Read[T]`: what it could read, and everything that is wrong;
* what reads a stream yields values and hands each problem to `report`, a function that it gets
  (`problems.append` will do), at the moment when it comes to it;
* everything else raises `AdvocacyError`, which carries problems.

Any other exception is a bug.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar


class Level(StrEnum):
    """How much a problem matters: an error stops the document it belongs to."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file: line and column count from 1."""

    path: Path
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [str(self.path), *(str(n) for n in (self.line, self.column) if n is not None)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, and how to put it right.

    `code` is a stable kebab-case name (`unknown-key`), `message` one sentence that says
    what is wrong, `hint` one that says what to do next.
    """

    code: str
    message: str
    hint: str = ""
    place: Place | None = None
    level: Level = Level.ERROR

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{where}{self.code} {self.message}{hint}"

    def at(self, level: Level) -> "Problem":
        """The same problem at another level."""
        return replace(self, level=level)


Report = Callable[[Problem], None]
"""What a stream of values hands its problems to."""

T = TypeVar("T")
Read = tuple[T, list[Problem]]
"""What could be read of a file, and everything that is wrong with it."""


class AdvocacyError(Exception):
    """Something that the user can put right; carries at least one problem."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems is an error."""
    return any(problem.level is Level.ERROR for problem in problems)


def count_noun(count: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 letter`, `1,200 letters`; `plural` where an s is not enough."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def join_words(words: Sequence[str], conjunction: str) -> str:
    """The words as one phrase: `a`, `a or b`, `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} {conjunction} {last}" if most else last


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that a mistyped word most likely meant, if any is near."""
    by_folded = {name.casefold(): name for name in known}
    matches = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[matches[0]] if matches else None
