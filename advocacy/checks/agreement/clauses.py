"""Which clauses of some evidence say nearly what a clause of a sentence says."""

from collections.abc import Sequence

from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.reading import Clause, Match, matches
from advocacy.checks.language import Language

ALIKE = 0.6
"""So much of a clause's content words must stand in the other's for the two to be compared."""
BOTH = 0.34
"""And so much of the evidence's clause in the sentence's."""
STRICT = 0.65
"""The same where a text is compared with a longer one that may well say more."""
TIE = 0.12
"""Clauses that are alike within so much are all looked at."""


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


def denies(text: str, language: Language) -> bool:
    """Whether a text has a negation."""
    return language.finds("negators", text) is not None
