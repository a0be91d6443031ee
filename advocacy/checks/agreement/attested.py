"""What a sentence says beyond the fact that it cites, where the source itself says it.

A sentence may take up a second thing that its source says: “the company paid each fine on time”.
The fact's statement has no word of it, but one sentence of the kept copy, or the statement of
another fact of the same source, has nearly all of them. A difference at such words is none.
"""

import re
from collections.abc import Sequence
from itertools import chain, pairwise

from advocacy.checks.agreement.evidence import Difference, Evidence, denies
from advocacy.checks.agreement.names import CAPITAL, name_parts
from advocacy.checks.agreement.numbers import bound_holds
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.reading import Reading, read, shared, stems
from advocacy.checks.language import bare

SAID = 0.7
"""The share of the words of a part that one sentence of the source has to have."""
ABOUT = 0.25
"""The share of the words of a whole sentence that the fact itself has to have."""
_PARTS = re.compile(r"[,;:()]\s+|\s+[–—]\s+|(?<=[a-zß])[—](?=\w)")
FIGURE = "figure-not-in-fact"
_CODES = frozenset({
    FIGURE, "date-not-in-fact", "negation-differs", "cause-not-in-fact", "comparison-differs",
    "hedge-dropped", "name-not-in-fact",
})  # fmt: skip
# Of these only a word is judged, no whole clause.
_AT_WORDS = (FIGURE, "date-not-in-fact")
# What a part may not say unless the sentence of the source says it, too.
_STRONG = ("causes", "universals", "up", "down", "ranked", "conditions", "certain", "acts")
# What a part may not leave out.
_LIMITS = ("strong_may", "conditions", "some")


def is_attested(
    claim: Reading,
    difference: Difference,
    evidence: Sequence[Evidence],
    before: Sequence[Evidence] = (),
) -> bool:
    """Whether the source says what a sentence says at a difference.

    A sentence has to be about the fact, or to go on after one that cites it (`before`).
    """
    if difference.code not in _CODES or (difference.code in _AT_WORDS and difference.at < 0):
        return False
    goes_on = any(one.fact == other.fact for one in evidence for other in before)
    held = frozenset[str]().union(*(r.stems for one in evidence for r in one.said))
    if not goes_on and shared(claim.stems, held, claim.language) < ABOUT * len(claim.stems):
        return False
    parts = _parts_at(claim, difference)
    named = name_parts(difference.note) if difference.code == "name-not-in-fact" else frozenset()
    own = {reading.text for one in evidence for reading in one.said}
    return bool(parts) and all(
        any(
            source.text not in own and named <= name_parts(source.text) and _says(source, part)
            for one in evidence
            for source in chain(*one.source)
        )
        for part in parts
    )


def _parts_at(claim: Reading, difference: Difference) -> list[Reading]:
    """The parts of a sentence, between commas and conjunctions, at a difference."""
    text, language = claim.text, claim.language
    begin, length = difference.at, 1
    if begin < 0:
        words = difference.ours.strip("… ")
        begin, length = text.find(words), len(words)
    cuts = {0, len(text), *(found.end() for found in _PARTS.finditer(text))}
    cuts |= {found.start() for found in language.all("split", text)}
    parts = [
        text[first:last].strip(" ,;:")
        for first, last in pairwise(sorted(cuts))
        if begin >= 0 and first < begin + length and begin < last
    ]
    if any(len(stems(words, language)) < 2 for words in parts):
        parts = [text]  # “…, at $191,000” says too little alone
    return [part for words in parts if words and (part := read(words, language.code))]


def _says(source: Reading, part: Reading) -> bool:
    """Whether one sentence of a source says what a part of a sentence says."""
    language = part.language
    if source.language.code != language.code or len(part.stems) < 2:
        return False
    if shared(part.stems, source.stems, language) < max(2, SAID * len(part.stems)):
        return False
    if denies(part.text, language) != denies(source.text, language):
        return False
    if any(language.finds(k, part.text) and not language.finds(k, source.text) for k in _STRONG):
        return False
    if any(language.finds(k, source.text) and not language.finds(k, part.text) for k in _LIMITS):
        return False
    names = name_parts(" ".join(re.findall(CAPITAL, part.text[:1].lower() + part.text[1:])))
    if language.code != "de" and not names <= name_parts(source.text):
        return False
    if not all(bare(day.words) in bare(source.text) for day in part.days):
        return False
    return all(_has(source.quantities, one) for one in part.quantities)


def _has(found: Sequence[Quantity], ours: Quantity) -> bool:
    """Whether one of some quantities is the same number in the same unit."""
    return any(
        abs(one.low - ours.low) < 1e-6 * max(1, abs(one.low))
        and one.unit == ours.unit
        and bound_holds(ours.bound, one.bound, exact=True)
        for one in found
    )
