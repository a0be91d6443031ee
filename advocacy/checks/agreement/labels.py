"""Things that have a letter or a number for a name, against what a sentence cites."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.names import HONORIFICS, name_parts
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import CAPITAL, Language, bare
from advocacy.checks.patterns import words

_LABEL = re.compile(r"\b([^\W\d_]{3,}) ([A-HJ-Z])\b(?!\.)")


def label_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Courtroom D where the evidence has Courtroom B: one thing by another letter."""
    yield from _numbered_differences(claim, evidence)
    yield from _named_differences(claim, evidence)
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


_NAMED = re.compile(rf"{CAPITAL}(?:\s+(?:of\s+)?{CAPITAL})+")


def _named_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Elm Street School where the evidence has Oak Hill School, and says nothing of Elm Street.

    Other languages put the name last, and German writes one word.
    """
    if claim.language.code != "en":
        return
    said = name_parts("\n".join(r.text for one in evidence for r in one.said))
    mine = name_parts(claim.text)
    for ours in _named(claim.outside, claim.language):
        for one in evidence:
            for theirs in _named(one.statement.text, claim.language):
                if ours.split()[-1] != theirs.split()[-1]:
                    continue
                own = name_parts(ours) - name_parts(theirs) - HONORIFICS
                other = name_parts(theirs) - name_parts(ours)
                if own and other and not own & said and not other & mine:
                    yield Difference("name-not-in-fact", ours, theirs, one.fact, ours)
                    return


def _named(text: str, language: Language) -> Iterator[str]:
    """The names of two words and more of a text, without a word that only begins a sentence."""
    generic = {*words("generic"), *language.stop}
    for found in _NAMED.finditer(text):
        name = found[0].split()
        while name and bare(name[0]) in generic:
            name = name[1:]
        kind = name[-1] if name else ""
        if len(name) > 1 and len(kind) > 4:
            yield " ".join(name)


def _things(text: str, language: Language) -> Iterator[re.Match[str]]:
    """What has a number for a name: Route 12, Linie 4."""
    return _numbered_things(language).finditer(text)


@lru_cache(maxsize=8)
def _numbered_things(language: Language) -> re.Pattern[str]:
    kinds = "|".join(language.lists["things"])
    return re.compile(rf"(?<!\w)({kinds})\s+(\d{{1,4}}[a-z]?)(?![\d.,]*\d|\s?%)", re.IGNORECASE)
