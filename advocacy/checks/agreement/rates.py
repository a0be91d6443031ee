"""What stands beside a number: the end of its range, its rate, its day, the share of a change.

The number itself is the evidence's own; `numbers.py` compares it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from advocacy.checks.agreement.days import StatedDay
from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.ratios import share_holds
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import Language, any_of
from advocacy.checks.word_patterns import WordPattern

_RANGE = re.compile(r"\s*(?:and|to|bis|und|et|à|y|a|[–-])\s*", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\s*(?:[^\W\d]+\s+){0,4}?(?:in|im|im\s+jahr|en|em|for|au)?\s*", re.IGNORECASE
)
BY = re.compile(r"\b(?:by|um|de|d'|en|un)\s+(?:[^\W\d]+\s+){0,3}$", re.IGNORECASE)
RATE = 32
"""The number of characters after a number in which its rate stands."""
SLACK = 0.03
"""The allowed difference of a share of the first number, as a part of one."""


def figure_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """One end of a range as the number, another rate, a fall by another share; one is enough."""
    if not claim.own_quantities:
        return
    for differ in (_ends_of_ranges, _rates, _changes):
        found = next(differ(claim, evidence), None)
        if found is not None:
            yield found
            return


def _said(evidence: Sequence[Evidence]) -> Iterator[tuple[Evidence, Reading]]:
    for one in evidence:
        for reading in one.said:
            yield one, reading


def ranges(reading: Reading) -> Iterator[tuple[Quantity, Quantity]]:
    """The two ends of each range of a text: “between 1.8 and 2.6 tons”."""
    for first, last in pairwise(reading.quantities):
        if (
            first.kind == last.kind == "count"
            and first.low < last.low
            and (first.unit == last.unit or not first.unit)
            and (not first.noun or first.noun == last.noun)
            and _RANGE.fullmatch(reading.text[first.end : last.start])
        ):
            yield first, last


def _ends_of_ranges(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“1.2 million” and “at most 0.9 million” where the evidence has “between 0.9 and 1.2”."""
    own = [quantity.low for quantity in claim.own_quantities]
    for one, reading in _said(evidence):
        for first, last in ranges(reading):
            # Numbers that something rose or fell from and to are no range.
            if reading.language.finds("from_to", reading.text[: first.start][-24:]):
                continue
            for ours in claim.own_quantities:
                ends = [end.low for end in (first, last) if abs(end.low - ours.low) < 1e-9]
                if not ends or (first.low in own and last.low in own):
                    continue
                low_end = ends[0] == first.low
                holds = ours.bound in (("min", "over") if low_end else ("max", "under", "nearly"))
                if not (holds or ours.bound == "about"):
                    yield Difference(
                        "hedge-dropped" if not ours.bound else "figure-not-in-fact",
                        claim.cut(ours.start, ours.end),
                        reading.cut(first.start, last.end),
                        one.fact,
                    )
                    return


def _rates(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“40 tons a month” where the evidence has 40 tons, and not by the month."""
    language = claim.language
    for ours in claim.own_quantities:
        rate = _rate(claim.outside[ours.end : ours.end + RATE], language)
        if rate is None:
            continue
        for one, reading in _said(evidence):
            same = [q for q in reading.quantities if abs(q.low - ours.low) <= 1e-6 * ours.low]
            if not same:
                continue
            if rate == "year" and _years(claim) & _years(*one.readings):
                return  # “131 in 2025” says when, and not how often
            period = any_of([reading.language.table("rates")[rate]])
            if any(period.search(r.text) for r in one.readings):
                return
            yield Difference(
                "figure-not-in-fact",
                claim.cut(ours.start, ours.end),
                reading.cut(same[0].start, same[0].end),
                one.fact,
            )
            return


def _years(*readings: Reading) -> set[int]:
    return {day.year for reading in readings for day in reading.days if day.year}


def _rate(after: str, language: Language) -> str | None:
    """The period by which a number counts: per hour, day, week, month or year."""
    words = re.split(r"[.;:,]\s", after)[0]
    for name, pattern in _periods(language):
        found = pattern.search(words)
        if (
            found
            and not re.search(r"\d", words[: found.start()])
            and not _WITHIN.search(words[: found.start()])
            and not _LATER.match(words, found.end())
        ):
            return name
    return None


# “Within a year” and “a year later” say when, and not how often.
_WITHIN = re.compile(
    r"\b(?:with)?in(?:side)?\s*$|\b(?:over|for|after|than|almost|nearly|about|once|half|by|during|until|through"
    r"|binnen|innerhalb|nach|seit|für|während|en|dans|pendant|après|depuis|sous|durant|dentro\s+de|durante|tras"
    r"|hace|desde|cabo\s+de|plazo\s+de)\s*$",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\s*(?:\d{4}|later|ago|earlier|before|after|old|long|from\s+now|on\b|davor|danach|darauf|später|zuvor|vorher|alt\b"
    r"|lang\b|plus\s+t|après|avant|auparavant|de\s+plus|más\s+tarde|después|antes|atrás)",
    re.IGNORECASE,
)


@lru_cache(maxsize=8)
def _periods(language: Language) -> tuple[tuple[str, WordPattern], ...]:
    return tuple((name, any_of([words])) for name, words in language.table("rates").items())


def _changes(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“Fell by more than half” where the evidence has two numbers with less between them."""
    language = claim.language
    if not (language.finds("up", claim.unmeasured) or language.finds("down", claim.unmeasured)):
        return
    for ours in claim.own_quantities:
        before = claim.outside[: ours.start]
        if ours.kind != "share" or not BY.search(before):
            continue
        if ours.bound and re.search(r",\s+\w+\s+(?:de|d')\s*(?:la\s+|un\s+)?$", before):
            continue  # “…, menos de la tercera parte” says what is left
        changed = [(one, reading, _shares_of_changes(reading)) for one, reading in _said(evidence)]
        known = [share for _, _, shares in changed for share in shares]
        known += [q.low / 100 for _, r in _said(evidence) for q in r.quantities
                  if q.unit == "percent"]  # fmt: skip
        if _TO.search(before) and any(share_holds(ours, 1 - share) for share in known):
            continue  # “fell to less than half”: what is left
        if any(_is_share(ours, share) for share in known):
            continue
        for one, reading, shares in changed:
            if shares:
                counts = _counts(reading)
                yield Difference(
                    "figure-not-in-fact",
                    claim.cut(ours.start, ours.end),
                    reading.cut(counts[0].start, counts[-1].end),
                    one.fact,
                )
                return


_TO = re.compile(r"\b(?:to|auf|à|a)\s+(?:[^\W\d_]+\s+){0,3}$", re.IGNORECASE)


def _counts(reading: Reading) -> list[Quantity]:
    return [q for q in reading.quantities if q.kind == "count" and q.low > 0]


def _shares_of_changes(reading: Reading) -> list[float]:
    """By what share of the first each number of a text differs from the next."""
    pairs = pairwise(_counts(reading))
    return [abs(b.low - a.low) / a.low for a, b in pairs if a.unit == b.unit]


def _is_share(ours: Quantity, share: float) -> bool:
    least, most = ours.low - SLACK, ours.high + SLACK
    if ours.bound in ("over", "min"):
        least, most = ours.low, ours.high * 1.4
    elif ours.bound in ("nearly", "under", "max"):
        least, most = ours.low * 0.75, ours.high
    elif ours.bound == "about":
        least, most = ours.low * 0.84, ours.high * 1.16
    return least <= share <= most


def dated_quantities(
    reading: Reading, found: Sequence[Quantity], days: Sequence[StatedDay]
) -> list[tuple[Quantity, StatedDay]]:
    """Quantities with the day that follows each (“640 in 2024”)."""
    paired = []
    for quantity in found:
        after = [day for day in days if day.start >= quantity.end]
        if after:
            between = reading.text[quantity.end : after[0].start]
            if len(between) < 36 and _BETWEEN.fullmatch(between) and not re.search(r"\d", between):
                paired.append((quantity, after[0]))
    return paired
