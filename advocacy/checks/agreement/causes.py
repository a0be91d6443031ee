"""The causes that a sentence gives against those that its evidence gives."""

from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.clauses import ALIKE, denies
from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.reading import Reading, shared


def cause_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Causes that a sentence gives and its evidence does not, or leaves open."""
    language = claim.language
    word = language.finds("causes", claim.outside)
    if word is None:
        return
    near = claim.outside[max(0, word.start() - 48) : word.end() + 12].rsplit(",", 1)[-1]
    if word[0] not in near:
        near = claim.outside[max(0, word.start() - 48) : word.end()]
    if denies(near, language):
        return
    known = [
        clause
        for one in evidence
        for clause in one.clauses
        if language.finds("causes", clause.text)
    ]
    if not known:
        one = evidence[0]
        yield Difference(
            "cause-not-in-fact", claim.cut(word.start(), word.end()), one.statement.text, one.fact
        )
        return
    if any(language.finds(kind, near) for kind in ("strong_may", "conditions")):
        return
    if denies(claim.text, language):
        for own in (clause for clause in claim.clauses if word[0] in clause.text):
            alike = max(shared(own.stems, c.stems, language) for c in known)
            if alike >= ALIKE * len(own.stems):
                return  # the same cause, as open as there
    left_open = [
        clause
        for clause in known
        if any(
            language.finds(kind, clause.text) for kind in ("negators", "strong_may", "conditions")
        )
    ]
    if len(left_open) == len(known):
        fact = next(o.fact for o in evidence if left_open[0] in o.clauses)
        yield Difference(
            "cause-not-in-fact", claim.cut(word.start(), word.end()), left_open[0].text, fact
        )
