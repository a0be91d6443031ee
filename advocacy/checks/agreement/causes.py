"""Causes that a sentence gives, against what it cites."""

import re
from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import ALIKE, Difference, Evidence, denies
from advocacy.checks.agreement.reading import Clause, Reading, shared, stems

# Words between what happened and its cause; a “not” before them need not deny the cause.
_LINK = re.compile(
    r"(?:because|due|owing|thanks|on\s+account|for\s+(?:want|lack|fear)|out\s+of|weil|wegen|aufgrund|dank|mangels|aus|um"
    r"|parce|car|en\s+raison|à\s+cause|grâce|faute|par\s+manque|puisqu|pour|afin|porque|debido|gracias|a\s+causa|por\s+(?:culpa|falta)"
    r"|a\s+falta|ya\s+que|para)\b",
    re.IGNORECASE,
)


def _around_cause(claim: Reading, word: re.Match[str]) -> str:
    """The words around a word for a cause, from the last comma on."""
    near = claim.outside[max(0, word.start() - 48) : word.end() + 12].rsplit(",", 1)[-1]
    return near if word[0] in near else claim.outside[max(0, word.start() - 48) : word.end()]


def _known_causes(
    claim: Reading, word: re.Match[str], evidence: Sequence[Evidence], *, linked: bool
) -> list[Clause]:
    """The clauses of the evidence that give a cause; none where it knows nothing of this one."""
    language = claim.language
    cause = stems(claim.outside[word.end() : word.end() + 60].split(",")[0], language)
    if linked and len(cause) >= 2:
        held = frozenset[str]().union(*(one.stems for one in evidence))
        if not shared(cause, held, language):
            return []
    return [
        clause
        for one in evidence
        for clause in one.clauses
        if language.finds("causes", clause.text)
    ]


_BECAUSE = re.compile(
    r"\b(?:because|led\s+to|caus(?:e|es|ed|ing)|result(?:s|ed)?\s+in|due\s+to|weil|führt\w*|wegen|aufgrund|parce\s+qu|entraîn\w+|provoqu\w+"
    r"|en\s+raison|porque|provoc\w+|caus[aó]\w*|debid\w+)\b",
    re.IGNORECASE,
)


def _told_before(claim: Reading, evidence: Sequence[Evidence]) -> re.Match[str] | None:
    """“Because of it” and “therefore”, where the evidence makes nothing the cause of another."""
    told = claim.language.finds("causes_told", claim.outside)
    if told is None:
        return None
    readings = [reading for one in evidence for reading in one.readings]
    known = any(r.language.finds("causes_told", r.text) or _because(r) for r in readings)
    return None if known else told


def _because(reading: Reading) -> bool:
    """Whether a text makes one thing the cause of another, and does not leave it open."""
    return _BECAUSE.search(reading.text) is not None and not denies(reading.text, reading.language)


_CONCLUDES = re.compile(
    r"(?:thus|therefore|hence|so\s+that|consequen\w+|so|also|mithin|somit|folglich|daher|sodass|so\s+dass|folgt"
    r"|donc|ainsi|en\s+conséquence|si\s+bien\s+que|de\s+sorte|résult\w*|por\s+(?:lo\s+)?tanto|así\s+que|de\s+ahí|por\s+lo\s+que"
    r"|result\w*|consecuen\w+)$",
    re.IGNORECASE,
)
_REACH = 34
"""The number of characters after such a word in which a number begins that it concludes."""


_BEFORE = 24
"""The same for a number before it: “half a million more, then”."""


def _concludes(claim: Reading, word: re.Match[str]) -> bool:
    """Whether a word for a cause only leads to a number: “thus £17 more”, “Résultat : 148 grammes”.

    The number itself is compared with the fact's.
    """
    if _CONCLUDES.match(word[0]) is None:
        return False
    # “So these are, in our eyes, no accidents.”
    return claim.language.finds("opinions", claim.outside) is not None or any(
        0 <= quantity.start - word.end() <= _REACH or 0 <= word.start() - quantity.end <= _BEFORE
        for quantity in claim.own_quantities
    )


def cause_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Causes that a sentence gives and its evidence does not, or leaves open."""
    language = claim.language
    word = language.finds("causes", claim.outside)
    if word is None or _concludes(claim, word):
        return
    near = _around_cause(claim, word)
    linked = _LINK.match(word[0]) is not None
    before = claim.outside[max(0, word.start() - 14) : word.start()]
    if denies(before if linked else near, language):
        return
    known = _known_causes(claim, word, evidence, linked=linked)
    if (told := _told_before(claim, evidence)) is not None:
        word, known = told, []
    if not known:
        one = evidence[0]
        yield Difference(
            "cause-not-in-fact", claim.cut(word.start(), word.end()), one.statement.text, one.fact,
            at=word.start(),
        )  # fmt: skip
        return
    around = [near, *(clause.text for clause in claim.clauses if word[0] in clause.text)]
    if language.finds("conditions", near) or any(
        language.finds(kind, part) for part in around for kind in ("strong_may", "probable")
    ):
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
