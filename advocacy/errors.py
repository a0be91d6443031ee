"""Problems: the one value for anything wrong in a file that somebody wrote.

A user's mistake never ends in a traceback. There are three ways to report problems:

* what reads a whole file returns `Read[T]`: what it could read, and everything that is wrong;
* what reads a stream yields values and hands each problem to `report`, a function that it gets
  (`problems.append` will do), at the moment when it comes to it;
* everything else raises `AdvocacyError`, which carries problems.

Any other exception is a bug.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, TypeVar


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

    @property
    def order(self) -> tuple[str, int, int]:
        """What places are sorted by: file, line, column; a whole file comes before its lines."""
        return str(self.path), self.line or 0, self.column or 0


class Hint(str):
    """A hint that names an option or a command, kept as its kind and arguments.

    As a text it is what the terminal prints. The page has buttons instead of options, and words
    the same `kind` from `stages` and `words` (see `preview.problem_records`). A hint that names
    neither option nor command is a plain text. Raises KeyError for an unknown kind.

        Hint("no-other-stage", day="2020-06-11", lead="")
        Hint("other-stage", stages=("thanks",), day="2020-06-11", lead="")
    """

    __slots__ = ("kind", "stages", "words")

    TERMINAL: ClassVar = {
        "add-source": "Add it: `--source {source} TITLE AUTHOR PUBLISHED URL`.",
        "day-of-stage": "Choose a day that a stage covers: `--date {day}` (`{stage}`).",
        "exclude": "Leave the person out with `--exclude FILE`.",
        "fix-or-add-recipients": "{cure}, or use `--recipients FILE`.",
        "fix-or-exclude": "{cure}, or leave the person out with `--exclude FILE`.",
        "fix-or-omit-format": "{cure}, or leave `{format}` out of `--format`.",
        "no-other-stage": "{lead}No other stage covers {day}: write one, or choose another day "
        "with `--date`.",
        "other-stage": "{lead}On {day} another stage fits: {stages}.",
        "recheck": "Check `{source}` again. If the fact is still true, run "
        "`advocacy facts touch {file} {fact}`.",
    }

    kind: str
    stages: tuple[str, ...]
    words: dict[str, str]

    def __new__(cls, kind: str, stages: Iterable[str] = (), **words: str) -> "Hint":
        """Word the hint for the terminal; `words` fill the gaps that its kind has."""
        stages = tuple(stages)
        options = " or ".join(f"`--stage {name}`" for name in stages)
        hint = super().__new__(cls, cls.TERMINAL[kind].format(stages=options, **words))
        hint.kind, hint.stages, hint.words = kind, stages, words
        return hint

    def __getnewargs_ex__(self) -> tuple[tuple[str, tuple[str, ...]], dict[str, str]]:
        """The arguments with which pickle makes the hint again in another process."""
        return (self.kind, self.stages), self.words


# A path has one slash for two. The lengths are limits for texts that are no addresses.
_PASSWORD = re.compile(r"""(:/{1,2}[^\s/:@`]{0,256}:)(?!\d{1,5}/)[^\s`“”"<>]{1,1024}@""")
# What parts a user from a password can be written in many ways, so neither is shown of a database.
_DATABASE_USER = re.compile(
    r"""((?:postgres(?:ql)?|cockroachdb|mysql|mariadb)[\w+.-]{0,40}:/{0,2})[^\s`“”"<>]{1,1400}@""",
    re.IGNORECASE,
)


def without_passwords(text: str) -> str:
    """A text in which each address like `scheme://user:password@host` has no password."""
    if "@" not in text or ":" not in text:
        return text
    text = _DATABASE_USER.sub(r"\1***@", text)
    return _PASSWORD.sub(r"\1***@", text) if ":/" in text else text


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, and how to put it right.

    `code` is a stable kebab-case name (`unknown-key`), `message` one sentence that says
    what is wrong, `hint` one that says what to do next. `basis` is the digest of what was compared,
    where a person may accept the problem (`checks.accepting`).
    """

    code: str
    message: str
    hint: str = ""
    place: Place | None = None
    level: Level = Level.ERROR
    basis: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Leave out passwords: what is wrong is printed, and kept in reports."""
        for name in ("message", "hint"):
            text = getattr(self, name)
            masked = without_passwords(text)
            if masked != text:
                object.__setattr__(self, name, masked)
        if self.place:
            path = str(self.place.path)
            masked = without_passwords(path)
            if masked != path:
                object.__setattr__(self, "place", replace(self.place, path=Path(masked)))

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


def ignore(_problem: Problem) -> None:
    """A `Report` for readers whose problems were reported before."""


@contextmanager
def reporting(report: Report) -> Iterator[None]:
    """Hand the problems of an AdvocacyError in the block to `report`, and go on after it."""
    try:
        yield
    except AdvocacyError as error:
        for problem in error.problems:
            report(problem)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems is an error."""
    return any(problem.level is Level.ERROR for problem in problems)


def count_noun(count: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 letter`, `1,200 letters`; `plural` where an s is not enough."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def join_words(words: Sequence[str], conjunction: str) -> str:
    """The words as one phrase: `a`, `a or b`, `a, b, or c`."""
    *most, last = words
    comma = "," if len(most) > 1 else ""
    return f"{', '.join(most)}{comma} {conjunction} {last}" if most else last


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The hint for a name that is not known: the nearest known one, else `otherwise`.

    Without `otherwise` it lists the first known names.
    """
    known = list(known)
    near = nearest(word, known)
    if near:
        return f"Did you mean `{near}`?"
    some = ", ".join(f"`{name}`" for name in known[:8])
    return otherwise or (f"Available: {some}." if some else "There are none.")


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that a mistyped word most likely meant, if any is near.

    `cutoff` is the least likeness, from 0 to 1 (`difflib.SequenceMatcher.ratio`).
    """
    by_folded = {name.casefold(): name for name in known}
    from difflib import get_close_matches  # here: few commands have a name to compare

    matches = get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[matches[0]] if matches else None
