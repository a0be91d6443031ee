"""Numbers that a sentence works out from those of what it cites: a rise, a rest, a span."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product

from advocacy.checks.agreement.evidence import Evidence, denies
from advocacy.checks.agreement.known_quantities import (
    ROUNDED,
    Held,
    clause_at,
    held_quantities,
    is_times,
    units_agree,
    words_beside,
)
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.rates import BY
from advocacy.checks.agreement.ratios import pairs, ratios, share_holds
from advocacy.checks.agreement.reading import Reading


def follows(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a number can be worked out from those of the fact itself."""
    held = [one for one in held if one.said]
    if _is_change(ours, held, claim):
        return True
    if ours.unit == "percent" and (
        any(one.quantity.kind == "share" and _is_in(ours, one.quantity) for one in held)
        or (ours.kind == "count" and any(_near(ours, ratio * 100) for ratio in ratios(held)))
    ):
        return True
    if claim.language.finds("sums", claim.outside) and any(
        abs(a.low + b.low - ours.low) < 1e-9 for a, b in pairs(held)
    ):
        return True
    return ours.unit == "month" and _span(ours, held)


def _is_change(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a number lies between two of the evidence, in words for a change or a rest."""
    told = ours.kind == "change" or any(
        claim.language.finds(kind, claim.unmeasured) for kind in ("rest", "up", "down", "negators")
    )
    return told and any(_changed(ours, a, b) for a, b in pairs(held))


def is_share_of_change(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a fraction is by how much something grew or fell: “rose by a fifth”."""
    before = claim.outside[: ours.start]
    verb = " ".join(before.split()[-2:])
    language = claim.language
    changed = any(
        language.finds(kind, claim.unmeasured if BY.search(before) else verb)
        for kind in ("up", "down")
    )
    percent = replace(ours, low=ours.low * 100, high=ours.high * 100, unit="percent",
                      bound=ours.bound or "about")  # fmt: skip
    return changed and any(_changed(percent, a, b) for a, b in pairs(held) if _one_thing(a, b))


def share_of_rest(ours: Quantity, evidence: Iterable[Evidence], claim: Reading) -> bool:
    """Whether a share in words is of those of whom the evidence says the opposite."""
    return is_share_of_rest(ours, list(held_quantities(evidence)), claim)


def is_share_of_rest(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a share is of those of whom the opposite holds: most are not, seven of 18 are."""
    clause = clause_at(claim, ours)
    denied = denies(clause, claim.language) or bool(claim.language.finds("rest", clause))
    others = [
        one for one in held
        if denies(words_beside(one), one.reading.language) != denied
    ]  # fmt: skip
    return any(share_holds(ours, 1 - ratio) for ratio in ratios(others))


def _one_thing(a: Quantity, b: Quantity) -> bool:
    return a.unit == b.unit and a.unit != "percent"


def is_multiple(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether something is so many times as much, by two numbers or the words of the evidence."""
    said = [one for one in held if one.said]
    if any(_times(ours, a, b) for a, b in pairs(said)):
        return True
    if any(_times(ours, a, b) for a, b in _of_two_facts(said)):
        return True
    if any(is_times(one) for one in held if one.quantity.low == ours.low):
        return True
    # “Half as often as in warm homes” is “twice as often as in cold ones” from the other side.
    return COMPARED.search(claim.outside, ours.start) is not None and any(
        is_times(one) and abs(one.quantity.low * ours.low - 1) < 0.02 for one in held
    )


def _of_two_facts(held: Sequence[Held]) -> Iterator[tuple[Quantity, Quantity]]:
    """Two numbers of one unit of two facts, of which each has only that one."""
    facts: dict[str, list[Quantity]] = {}
    for one in held:
        counts = facts.setdefault(one.fact, [])
        if one.quantity.kind == "count" and not any(q.low == one.quantity.low for q in counts):
            counts.append(one.quantity)
    for (_, first), (_, second) in combinations(facts.items(), 2):
        for a, b in product(first, second):
            if a.unit and a.unit == b.unit and a.unit != "percent":
                yield a, b


COMPARED = re.compile(r"\b(?:as|than|wie|als|que|qu'|de)\b", re.IGNORECASE)


def _is_in(ours: Quantity, share: Quantity) -> bool:
    """Whether a percentage is a share in words: 50 percent is every second one."""
    if share.low == share.high:
        return _near(ours, share.low * 100)
    narrow = share.high - share.low <= NARROW
    return narrow and share.low * 100 <= ours.low <= share.high * 100


NARROW = 0.13
"""The width of a share in words that says one number: every second one, not “most”."""


def _near(ours: Quantity, percent: float) -> bool:
    """Whether a percentage is a ratio, as far as its bound lets it be."""
    loose = ours.bound in ("about", "nearly", "under", "over")
    slack = min(4, max(0.6, 0.16 * ours.low)) if loose else 0.6
    return abs(percent - ours.low) <= slack


def _times(ours: Quantity, a: Quantity, b: Quantity) -> bool:
    if not a.low or not b.low:
        return False
    low, high = {
        "over": (1.0, 1.6), "under": (0.8, 1.0), "nearly": (0.8, 1.0), "about": (0.88, 1.12),
        "min": (1.0, 1.6),
    }.get(ours.bound, (0.93, 1.07))  # fmt: skip
    ratio = max(a.low, b.low) / min(a.low, b.low)
    factor = ours.low if ours.low >= 1 else 1 / ours.low
    return factor * low <= ratio <= factor * high


def _changed(ours: Quantity, a: Quantity, b: Quantity) -> bool:
    """Whether a change by so much, in percent, points or units, is that from one to the other."""
    gap, slack = abs(a.low - b.low), ROUNDED if ours.bound else 0.005
    if ours.unit == "cent" and a.unit != "cent":
        gap *= 100
    elif not (units_agree(ours, a) or ours.unit in ("percent", "points")):
        return False
    if ours.unit == "percent":
        if a.unit != b.unit:
            return False
        of = [gap / one * 100 for one in (a.low, b.low) if one]
        return any(abs(one - ours.low) <= max(0.6, slack * ours.low) for one in of)
    if ours.unit == "points" and not a.unit == b.unit == "percent":
        return False
    return abs(gap - ours.low) <= max(1e-6, slack * ours.low)


def _span(ours: Quantity, held: Sequence[Held]) -> bool:
    """Whether so many years or months lie between two years of the evidence."""
    for reading in {id(one.reading): one.reading for one in held}.values():
        years = sorted({day.year for day in reading.days if day.year})
        spans = ((b - a) * 12 for a, b in combinations(years, 2))
        if ours.low >= 12 and any(abs(span - ours.low) < 12 for span in spans):
            return True
    return False
