"""What a fact says, as sentences that cite it are compared with it, clause by clause."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from advocacy.checks.agreement.reading import Clause, Match, Reading, matches
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
    """The same without titles: the authors and publishers."""
    issued: tuple[date, ...] = ()
    source: tuple[Sequence[Reading], ...] = ()
    """All that is known of its source: the copy's sentences, the statements of its facts."""

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
    at: int = -1
    """Where in the sentence it is, if it is at one word or number."""
    sure: bool = True
    """Whether the evidence has something else in its place; else it only has nothing of it."""


def nearest(evidence: Iterable[Evidence], stems: frozenset[str]) -> Evidence:
    """The fact that shares most words with a sentence."""
    return max(evidence, key=lambda one: len(one.stems & stems))


ALIKE = 0.6
"""The share of a clause's content words that the other must contain for a comparison."""
BOTH = 0.34
"""The share of the evidence clause's words that the sentence's clause must contain."""
STRICT = 0.65
"""The same if a text is compared with a longer one, which may say more."""
TIE = 0.12
"""Clauses whose similarity differs by at most this much are all examined."""


def close_clauses(
    clause: Clause, evidence: Sequence[Evidence], language: Language, alike: float = ALIKE,
    both: float = BOTH,
) -> list[tuple[Match, Evidence]]:  # fmt: skip
    """The clauses of the evidence that say nearly what a clause says, the most alike first."""
    if len(clause.stems) < 2:
        return []
    found = [
        (match, one) for one in evidence for match in matches(clause, one.clauses, language)[:3]
    ]
    found.sort(key=lambda pair: -(pair[0].ours + pair[0].theirs))
    found = [p for p in found if p[0].ours >= alike and p[0].theirs >= both]
    if not found:
        return []
    best = found[0][0].ours + found[0][0].theirs
    return [p for p in found if p[0].ours + p[0].theirs >= best - 2 * TIE]


def is_of_sender(text: str, language: Language) -> bool:
    """Whether a text says what the sender does, which no fact has: “we say that” says more."""
    return language.finds("we", text) is not None and language.finds("says", text) is None


def denies(text: str, language: Language) -> bool:
    """Whether a text has a negation; “no more than” is none."""
    if language.finds("negators", text) is None:
        return False
    for bound in ("max", "min", "not_denied"):
        text = language.patterns[bound].sub(" ", text)
    return language.finds("negators", text) is not None
