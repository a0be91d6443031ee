"""Things that have a letter or a number for a name, against what a sentence cites."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import Language, bare

_LABEL = re.compile(r"\b([^\W\d_]{3,}) ([A-HJ-Z])\b(?!\.)")


def label_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Courtroom D where the evidence has Courtroom B: one thing by another letter."""
    yield from _numbered_differences(claim, evidence)
    for ours in _LABEL.finditer(claim.outside):
        others = [
            (one, reading, theirs)
            for one in evidence
            for reading in one.readings
            for theirs in _LABEL.finditer(reading.text)
            if bare(theirs[1]) == bare(ours[1])
        ]
        if others and all(theirs[2] != ours[2] for _, _, theirs in others):
            one, reading, theirs = others[0]
            yield Difference(
                "name-not-in-fact",
                claim.cut(*ours.span(), 12),
                reading.cut(*theirs.span()),
                one.fact,
                ours[0],
            )
            return


def _numbered_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Route 21 where the evidence has Route 12: one thing by another number."""
    for ours in _things(claim.outside, claim.language):
        others = [
            (one, reading, theirs)
            for one in evidence
            for reading in one.readings
            for theirs in _things(reading.text, reading.language)
            if bare(theirs[1])[:4] == bare(ours[1])[:4]
        ]
        if others and all(theirs[2] != ours[2] for _, _, theirs in others):
            one, reading, theirs = others[0]
            shown = claim.cut(*ours.span(), 12), reading.cut(*theirs.span())
            yield Difference("name-not-in-fact", *shown, one.fact, ours[0])
            return


def _things(text: str, language: Language) -> Iterator[re.Match[str]]:
    """What has a number for a name: Route 12, Linie 4."""
    return _numbered_things(language).finditer(text)


@lru_cache(maxsize=8)
def _numbered_things(language: Language) -> re.Pattern[str]:
    kinds = "|".join(language.lists["things"])
    return re.compile(rf"(?<!\w)({kinds})\s+(\d{{1,4}}[a-z]?)(?![\d.,]*\d|\s?%)", re.IGNORECASE)
