"""What a sentence says beyond the fact that it cites, where the source itself says it.

A sentence may take up a second thing that its source says: “the company paid each fine on time”.
The fact's statement has no word of it, but one sentence of the kept copy, or the statement of
another fact of the same source, has nearly all of them. A difference at such words is none.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from advocacy.checks.agreement.evidence import Difference, Evidence, denies
from advocacy.checks.agreement.known_quantities import bound_holds
from advocacy.checks.agreement.names import name_parts
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.reading import Reading, read, shared, stems
from advocacy.checks.agreement.strengths import says_more
from advocacy.checks.language import CAPITAL, bare

SAID = 0.7
"""The share of the words of a part that one sentence of the source has to have."""
ABOUT = 0.25
"""The share of the words of a whole sentence that the fact itself has to have."""
VERBATIM = 0.85
"""The same share for a sentence that has hardly a word of the fact."""
FEWEST = 4
"""The minimum number of content words of such a sentence."""
_PARTS = re.compile(r"[,;:()]\s+|\s+[–—]\s+|(?<=[a-zß])[—](?=\w)")
FIGURE = "figure-not-in-fact"
_CODES = frozenset({
    FIGURE, "date-not-in-fact", "negation-differs", "cause-not-in-fact", "comparison-differs",
    "hedge-dropped", "name-not-in-fact",
})  # fmt: skip
# Of these only a word is judged, no whole clause.
_AT_WORDS = (FIGURE, "date-not-in-fact")
# What a part may not say unless the sentence of the source says it, too.
_STRONG = ("causes", "universals", "up", "down", "ranked", "conditions", "frequent", "equal")
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
        return _is_in_copy(claim, evidence)
    if _is_added(claim, difference, evidence) or _is_age(claim, difference, evidence):
        return True
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


def _is_in_copy(claim: Reading, evidence: Sequence[Evidence]) -> bool:
    """Whether one sentence of the kept copy says nearly word for word what a sentence says."""
    language = claim.language
    return len(claim.stems) >= FEWEST and any(
        shared(claim.stems, source.stems, language) >= VERBATIM * len(claim.stems)
        and _says(source, claim)
        for one in evidence
        for source in chain(*one.source[:1])
    )


_AGE = re.compile(r"[-\s]?(?:jährig|year-old|years?\s+old|ans\b|años\b|jahre\s+alt)", re.IGNORECASE)


def _is_age(claim: Reading, difference: Difference, evidence: Sequence[Evidence]) -> bool:
    """Whether a number is somebody's age, which the source has beside the same name."""
    number = re.match(r"\d{1,3}", claim.text[difference.at :]) if difference.at >= 0 else None
    if number is None or not _AGE.match(claim.text, difference.at + number.end()):
        return False
    named = name_parts(" ".join(re.findall(CAPITAL, claim.outside[difference.at :])))
    has = re.compile(rf"\b{number[0]}\b")
    return any(
        has.search(source.text) and named & name_parts(source.text)
        for one in evidence
        for source in chain(*one.source)
    )


def _is_added(claim: Reading, difference: Difference, evidence: Sequence[Evidence]) -> bool:
    """Whether a part that the fact says little of stands in one sentence of the source.

    “…, up from 365,000 the year before”: its numbers, days and names are all in that sentence.
    """
    added = (*_AT_WORDS, "name-not-in-fact")
    part = _short_part_at(claim, difference) if difference.code in added else None
    if part is None or denies(part.text, claim.language):
        return False
    if difference.code == "name-not-in-fact" and not (part.quantities or part.days):
        return False  # a name alone may stand anywhere in the source
    said = frozenset[str]().union(*(r.stems for one in evidence for r in one.said))
    own, language = part.stems, part.language
    new = frozenset(stem for stem in own if not shared([stem], said, language))
    if 2 * len(new) < len(own) or not (new or part.quantities):
        return False
    names = name_parts(" ".join(re.findall(CAPITAL, part.text))) if language.code != "de" else set()
    return any(
        source.language.code == language.code
        and 2 * shared(new, source.stems, language) >= len(new)
        and names <= name_parts(source.text)
        and all(any(day.agrees(other) for other in source.days) for day in part.days)
        and any(_has_all(item, part) for item in _items(source))
        and not _claims_more(part, source)
        for one in evidence
        for source in chain(*one.source[:1])
    ) and bool(part.days or part.quantities or names)


def _short_part_at(claim: Reading, difference: Difference) -> Reading | None:
    """The part of a sentence at a difference, between commas and conjunctions; not all of it."""
    at = difference.at
    if at < 0:
        at = claim.text.find(difference.ours.strip("… "))
    cuts = {0, len(claim.text), *(found.end() for found in _PARTS.finditer(claim.text))}
    cuts |= {found.start() for found in _AND.finditer(claim.text)}
    for first, last in pairwise(sorted(cuts)):
        if first <= at < last and (first or last < len(claim.text)):
            number = _NUMBER_ALONE.match(claim.text, last)  # “in Robledal, three”
            last = number.end() if number else last
            return read(claim.text[first:last].strip(" ,;:."), claim.language.code)
    return None


_NUMBER_ALONE = re.compile(r"\s*[\w.]+(?=\s*[.;,]|$)")
_AND = re.compile(r"\b(?:and|und|sowie|et|y|e)\s")


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
    if _claims_more(part, source):
        return False
    names = name_parts(" ".join(re.findall(CAPITAL, part.text[:1].lower() + part.text[1:])))
    if language.code != "de" and not names <= name_parts(source.text):
        return False
    if not all(re.search(rf"(?<!\w){re.escape(bare(day.words))}", bare(source.text))
               for day in part.days):  # fmt: skip
        return False
    return any(_has_all(item, part) for item in _items(source))


def _claims_more(part: Reading, source: Reading) -> bool:
    """Whether a part has strong words that the source's sentence lacks, or lacks its limits."""
    language = part.language
    return (
        any(language.finds(k, part.text) and not language.finds(k, source.text) for k in _STRONG)
        or any(language.finds(k, source.text) and not language.finds(k, part.text) for k in _LIMITS)
        or says_more(part, source)
    )


def _items(source: Reading) -> Iterator[Reading]:
    """The items of a list in one sentence: “Almenar, four; Robledal, three”."""
    parts = source.text.split(";") if len(source.quantities) > 2 else [source.text]
    yield from (item for text in parts if (item := read(text.strip(), source.language.code)))


def _has_all(item: Reading, part: Reading) -> bool:
    """Whether one item has the numbers of a part, beside its names where it is one of several."""
    names = name_parts(" ".join(re.findall(CAPITAL, part.text[:1].lower() + part.text[1:])))
    if part.language.code == "de":
        names = frozenset()
    return all(_has(item.quantities, one) for one in part.quantities) and (
        not part.quantities or not names or bool(names & name_parts(item.text))
    )


def _has(found: Sequence[Quantity], ours: Quantity) -> bool:
    """Whether one of some quantities is the same number in the same unit."""
    return any(
        abs(one.low - ours.low) < 1e-6 * max(1, abs(one.low))
        and one.unit == ours.unit
        and bound_holds(ours.bound, one.bound, exact=True)
        for one in found
    )
