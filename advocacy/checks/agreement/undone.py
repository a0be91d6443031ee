"""What a sentence says to be left undone, and its evidence to be done: “declined to close”.

A word such as “refused to”, “has yet to”, “without” denies the verb after it. The evidence has to
deny that verb, too, where it has it; and where the evidence leaves something undone, the sentence
may not say that it was done.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.reading import LENGTH, Clause, Reading, shared, stems
from advocacy.checks.language import Language, bare

ABOUT = 0.3
"""The share of the words beside such a verb that the other clause has to have."""
SAME = 5
"""The number of letters that two forms of a verb have in common; four of a short one."""
_NEXT = re.compile(
    r"\s+(?:(?:be|been|have|être|avoir|haber|ser|se|s'|le|la|les|los|las)\s+)?(?P<verb>[^\W\d_]{4,})"
)


@dataclass(frozen=True, slots=True)
class _Undone:
    """A verb that a clause denies, and the words of the clause beside it."""

    words: str
    verb: str
    beside: frozenset[str]


def undone_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Verbs that one side says to be left undone and the other to be done; one is enough."""
    found = next(chain(_left(claim, evidence), _done(claim, evidence)), None)
    if found is not None:
        yield found


def _left(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """What the sentence says to be left undone, and nothing of the evidence."""
    language = claim.language
    every = [clause.text for one in evidence for clause in one.clauses]
    for ours in (one for clause in claim.clauses for one in _undone(clause, language)):
        if any(
            _has_verb(text, ours.verb) and _says_no(text, language, ours.verb) for text in every
        ):
            continue
        for one, theirs in _stated(evidence):
            if _has_verb(theirs.text, ours.verb) and _is_about(ours, theirs, language):
                yield Difference("negation-differs", ours.words, theirs.text, one.fact)


def _done(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """What a fact says to be left undone, and the sentence to be done, without any “not”."""
    language = claim.language
    if any(_says_no(clause.text, language) for clause in claim.clauses):
        return
    every = [clause.text for one in evidence for clause in one.clauses]
    for one, theirs in _stated(evidence):
        for left in _undone(theirs, language):
            if any(_has_verb(t, left.verb) and not _says_no(t, language, left.verb) for t in every):
                continue
            for clause in claim.clauses:
                if _has_verb(clause.text, left.verb) and _is_about(left, clause, language):
                    yield Difference("negation-differs", clause.text, theirs.text, one.fact)


def _stated(evidence: Sequence[Evidence]) -> Iterator[tuple[Evidence, Clause]]:
    for one in evidence:
        for reading in one.said:
            yield from ((one, clause) for clause in reading.clauses)


def _undone(clause: Clause, language: Language) -> Iterator[_Undone]:
    """The verbs that a clause says to be left undone, by other words than “not”."""
    for found in language.all("left_undone", clause.text):
        verb = _NEXT.match(clause.text, found.end())
        if verb is None or bare(verb["verb"]) in language.stop:
            continue
        words = clause.text[found.start() : verb.end()]
        beside = clause.text[: found.start()] + " " + clause.text[verb.end() :]
        yield _Undone(words, verb["verb"], stems(beside, language))


def _has_verb(text: str, verb: str) -> bool:
    """Whether a text has a form of a verb, as far as its beginning tells."""
    start = bare(verb)[: SAME if len(verb) > SAME + 1 else SAME - 1]
    return re.search(rf"(?<!\w){re.escape(start)}", bare(text)) is not None


def _is_about(ours: _Undone, theirs: Clause, language: Language) -> bool:
    """Whether a clause speaks of what stands beside a verb."""
    verb = bare(ours.verb)[:LENGTH]
    beside = frozenset(one for one in ours.beside if one != verb)
    return bool(beside) and shared(beside, theirs.stems, language) >= max(1, ABOUT * len(beside))


def _says_no(text: str, language: Language, verb: str = "") -> bool:
    """Whether a clause denies anything, in any words but a verb that is itself one: “stopped”."""
    if verb:
        start = re.escape(verb[: SAME if len(verb) > SAME + 1 else SAME - 1])
        text = re.sub(rf"(?<!\w){start}\w*", " ", text, flags=re.IGNORECASE)
    kinds = ("negators", "left_undone", "refusals", "deniers")
    return any(language.finds(kind, text) for kind in kinds) or any(
        not _HARDLY_DENIES.match(word[0]) for word in language.all("soft_negators", text)
    )


# “Que” and “antes” deny in a few phrases, and stand in many sentences that deny nothing.
_HARDLY_DENIES = re.compile(r"qu|antes", re.IGNORECASE)
