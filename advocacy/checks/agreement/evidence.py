"""What a fact says, as sentences that cite it are compared with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from advocacy.checks.agreement.reading import Clause, Reading
from advocacy.checks.language import Language


@dataclass(frozen=True)
class Evidence:
    """One fact: its statement and quotation, the passage of the kept copy, and its sources' data.

    `names` is what its sources' records say: authors, publication, publisher, title.
    """

    fact: str
    statement: Reading
    quote: Reading | None = None
    passage: tuple[Reading, ...] = ()
    names: str = ""
    who: str = ""
    """The same without titles: who wrote and published it."""
    issued: tuple[date, ...] = ()

    @cached_property
    def said(self) -> tuple[Reading, ...]:
        """The statement and the quotation: what the fact itself says."""
        return (self.statement, *((self.quote,) if self.quote else ()))

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The same with the passage of the copy."""
        return (*self.said, *self.passage)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses of all of it."""
        return tuple(clause for reading in self.readings for clause in reading.clauses)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The content words of all of it."""
        return frozenset[str]().union(*(reading.stems for reading in self.readings))

    @cached_property
    def text(self) -> str:
        """All its words, as they are searched for names."""
        return "\n".join((*(reading.text for reading in self.readings), self.names))

    @property
    def language(self) -> Language:
        """The language of its statement."""
        return self.statement.language


@dataclass(frozen=True, slots=True)
class Difference:
    """What a sentence says and its evidence does not; `ours` and `theirs` are quoted."""

    code: str
    ours: str
    theirs: str
    fact: str
    note: str = ""


def nearest(evidence: Iterable[Evidence], stems: frozenset[str]) -> Evidence:
    """The fact that shares most words with a sentence."""
    return max(evidence, key=lambda one: len(one.stems & stems))
