"""Quantities of a sentence against those of what it cites."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from advocacy.checks.agreement.evidence import Difference, Evidence, nearest
from advocacy.checks.agreement.quantity import Bound, Quantity
from advocacy.checks.agreement.rates import dated_quantities
from advocacy.checks.agreement.reading import Reading

ROUNDED = 0.12
"""The allowed difference for “about”, as a share of the number."""
BEYOND = 1.0
"""The allowed difference for “more than”, as a share of the number."""
SHARES = {"over": (1.0, 1.35), "under": (0.3, 1.0), "nearly": (0.8, 1.0), "about": (0.84, 1.16)}
"""The allowed difference for a share in words, as a part of it."""
_SCALED = ("time", "month", "m")


@dataclass(frozen=True, slots=True)
class _Held:
    """A quantity that the evidence has, and where."""

    quantity: Quantity
    reading: Reading
    fact: str
    said: bool = True
    """Whether the fact itself states it, not only the kept copy."""


def number_differences(
    claim: Reading, evidence: Sequence[Evidence], beside: Sequence[Evidence] = ()
) -> Iterator[Difference]:
    """Quantities that the evidence does not have, or has with another unit or bound.

    `beside` are facts cited just before, whose numbers a sentence may take up again.
    """
    own = claim.own_quantities
    if not own:
        return
    held = list(_held(evidence))
    near = nearest(evidence, claim.stems)
    for quantity in own:
        verdict = _verdict(quantity, held, claim)
        if verdict == "unknown" and beside:
            verdict = _verdict(quantity, list(_held(beside)), claim)
            verdict = "same" if verdict != "unknown" else "unknown"
        if verdict == "same":
            continue
        code = "figure-not-in-fact" if verdict == "unknown" else "hedge-dropped"
        theirs, fact = _theirs(quantity, held, near)
        yield Difference(code, _shown(claim, quantity), theirs, fact, at=quantity.start)
    yield from _swapped(claim, held)


def _held(evidence: Iterable[Evidence]) -> Iterator[_Held]:
    for one in evidence:
        for number, reading in enumerate(one.readings):
            before: Quantity | None = None
            for quantity in reading.quantities:
                said = number < len(one.said)
                yield _Held(quantity, reading, one.fact, said)
                if quantity.unit:
                    before = quantity if quantity.kind == "count" else before
                elif before and quantity.kind == "count" and not quantity.noun:
                    yield _Held(_elliptical(quantity, before), reading, one.fact, said)


def _elliptical(quantity: Quantity, before: Quantity) -> Quantity:
    """A number that leaves out the unit of the one before it: “41 minutes; in 2023 it was 26”."""
    written = _written(before)
    factor = before.low / written if written and before.unit in _SCALED else 1
    return replace(
        quantity, low=quantity.low * factor, high=quantity.high * factor, unit=before.unit
    )


def _verdict(ours: Quantity, held: Sequence[_Held], claim: Reading) -> str:
    """Whether the evidence has a quantity: `same`, `stronger` (its bound is gone) or `unknown`."""
    if ours.kind == "share":
        verdict = _share(ours, held)
        return (
            "same" if verdict == "unknown" and _is_share_of_change(ours, held, claim) else verdict
        )
    if ours.kind == "multiple":
        return "same" if _is_multiple(ours, held) else "unknown"
    if _is_own(ours, held, claim):
        return "same"
    equal = [one for one in held if _equal(ours, one.quantity)]
    stated = [one.quantity for one in equal if one.said or one.quantity.noun == ours.noun]
    if equal and not stated:
        counted = ours.noun and any(one.said and one.quantity.noun == ours.noun for one in held)
        return "unknown" if counted else "same"
    if stated:
        holds = (bound_holds(ours.bound, it.bound, exact=_same(ours, it)) for it in stated)
        return "same" if any(holds) else "stronger"
    return "same" if _follows(ours, held, claim) else "unknown"


def _follows(ours: Quantity, held: Sequence[_Held], claim: Reading) -> bool:
    """Whether a number can be worked out from those of the evidence."""
    if _is_change(ours, held, claim):
        return True
    if ours.unit == "percent" and (
        any(one.quantity.kind == "share" and _near(ours, one.quantity.low * 100) for one in held)
        or (ours.kind == "count" and any(_near(ours, ratio * 100) for ratio in _ratios(held)))
    ):
        return True
    if claim.language.finds("sums", claim.outside) and any(
        abs(a.low + b.low - ours.low) < 1e-9 for a, b in _pairs(held)
    ):
        return True
    return ours.unit == "month" and _span(ours, held)


def _is_change(ours: Quantity, held: Sequence[_Held], claim: Reading) -> bool:
    """Whether a number lies between two of the evidence, in words for a change or a rest."""
    told = ours.kind == "change" or any(
        claim.language.finds(kind, claim.outside) for kind in ("rest", "up", "down", "negators")
    )
    return told and any(_changed(ours, a, b) for a, b in _pairs(held))


def _is_share_of_change(ours: Quantity, held: Sequence[_Held], claim: Reading) -> bool:
    """Whether a fraction is by how much something grew or fell: “rose by a fifth”."""
    changed = any(claim.language.finds(kind, claim.outside) for kind in ("up", "down"))
    percent = replace(ours, low=ours.low * 100, high=ours.high * 100, unit="percent",
                      bound=ours.bound or "about")  # fmt: skip
    return changed and any(_changed(percent, a, b) for a, b in _pairs(held) if _one_thing(a, b))


def _one_thing(a: Quantity, b: Quantity) -> bool:
    return a.unit == b.unit and a.unit != "percent"


def _is_multiple(ours: Quantity, held: Sequence[_Held]) -> bool:
    return any(_times(ours, a, b) for a, b in _pairs(held)) or any(
        one.quantity.low == ours.low
        and (one.quantity.kind == "multiple" or _TIMES.search(one.quantity.words + _after(one)))
        for one in held
    )


_TIMES = re.compile(r"\b(?:times|\w*mal|fois|veces)\b", re.IGNORECASE)
_OURS = re.compile(r"\b(?:our|my|unser\w*|mein\w*|nos|mes|nuestr[oa]s|mis)\s+$", re.IGNORECASE)
OWN = 20
"""A number up to this counts the sender's own things after “our”: our three townships."""


def _after(one: _Held) -> str:
    return one.reading.text[one.quantity.end : one.quantity.end + 8]


def _is_own(ours: Quantity, held: Sequence[_Held], claim: Reading) -> bool:
    """Whether a number counts what is the sender's, and the evidence counts no such things."""
    return (
        ours.kind == "count"
        and not ours.unit
        and ours.low <= OWN
        and _OURS.search(claim.text[: ours.start]) is not None
        and not any(one.quantity.noun == ours.noun for one in held)
    )


def _near(ours: Quantity, percent: float) -> bool:
    """Whether a percentage is a ratio, as far as its bound lets it be."""
    slack = 4 if ours.bound in ("about", "nearly", "under", "over") else 0.6
    return abs(percent - ours.low) <= slack


def _same(ours: Quantity, theirs: Quantity) -> bool:
    return abs(ours.low - theirs.low) <= 1e-6 * max(1, abs(theirs.low))


def units_agree(ours: Quantity, theirs: Quantity) -> bool:
    """Whether two units may be one: percent and points are two, and a bare number may be any."""
    if ours.unit == theirs.unit:
        return True
    if {ours.unit, theirs.unit} == {"percent", "points"}:
        return False
    if ours.noun and ours.kind == "count" and not ours.unit and theirs.unit == "percent":
        return False  # twelve nights are no twelve percent
    if "cent" in (ours.unit, theirs.unit):
        return bool({ours.unit, theirs.unit} & {"£", "$", "€"})
    return not ours.unit or (
        not theirs.unit and ours.unit not in ("percent", "points", "£", "$", "€")
    )


def _values(ours: Quantity, theirs: Quantity) -> tuple[float, float]:
    """Two values in one unit: cents are hundredths."""
    if (ours.unit == "cent") == (theirs.unit == "cent"):
        return ours.low, theirs.low
    return (
        ours.low / 100 if ours.unit == "cent" else ours.low,
        theirs.low / 100 if theirs.unit == "cent" else theirs.low,
    )


def _equal(ours: Quantity, theirs: Quantity) -> bool:
    """Whether two quantities are one, as far as rounding goes."""
    if theirs.kind not in ("count", "change") or not units_agree(ours, theirs):
        return False
    if ours.kind != theirs.kind and ours.unit == "percent" and ours.kind == "change":
        return False
    a, b = _values(ours, theirs)
    if not ours.unit and theirs.unit in ("time", "month", "m") and a != b:
        b = _written(theirs) or b
    if abs(a - b) <= 1e-6 * max(1, abs(b)):
        return True
    if ours.bound in ("about", "under", "nearly") and abs(a - b) <= ROUNDED * abs(b):
        return ours.bound == "about" or b < a * 1.02
    if ours.bound in ("over", "min") and a < b <= a * (1 + BEYOND):
        return True
    if theirs.bound == "about" and abs(a - b) <= 0.06 * abs(b):
        return True
    return _rounded(a, b)


def _written(quantity: Quantity) -> float | None:
    """The bare number of a measure, before its unit."""
    found = re.match(r"\d+(?:[.,]\d+)?", quantity.words)
    return float(found[0].replace(",", ".")) if found else None


def _rounded(ours: float, theirs: float) -> bool:
    """Whether a number is another one with fewer digits after the point, as papers round."""
    if ours <= 0 or theirs <= 0 or abs(ours - theirs) > 0.025 * theirs:
        return False
    for places in range(3):
        if theirs % 1 and abs(round(theirs, places) - ours) < 1e-9 and ours >= 10:
            return True
    for magnitude in (1e6, 1e9):
        if theirs >= magnitude and ours >= magnitude:
            return (
                abs(round(theirs / magnitude) - ours / magnitude) < 1e-9 and ours >= 10 * magnitude
            )
    return False


def bound_holds(ours: Bound, theirs: Bound, *, exact: bool) -> bool:
    """Whether a bound says no more than the evidence's does."""
    if theirs in ("max", "under"):
        return ours in ("max", "under", "nearly", "about")
    if theirs == "nearly":
        return ours not in ("exactly", "over", "min")
    if theirs in ("min", "over"):
        return ours in ("min", "over", "about") or not exact
    if theirs == "about":
        return ours != "exactly"
    if exact and ours in ("over",):
        return False
    return not (exact and ours in ("under", "nearly"))


def _ratios(held: Sequence[_Held]) -> list[float]:
    """The shares that the evidence gives: percentages, and each number of a larger one."""
    ratios = []
    for one in held:
        if one.quantity.unit == "percent":
            ratios.append(one.quantity.low / 100)
        if one.quantity.kind == "count" and not one.quantity.unit and 0 < one.quantity.low < 1:
            ratios.append(one.quantity.low)
        if one.quantity.kind == "share" and one.quantity.low == one.quantity.high:
            ratios.append(one.quantity.low)
    stated = list(_parts_of_pairs([one for one in held if one.said]))
    return ratios + stated if ratios or stated else list(_parts_of_pairs(held))


def _parts_of_pairs(held: Sequence[_Held]) -> Iterator[float]:
    """What part of the larger number of a pair the smaller one is."""
    for a, b in _pairs(held):
        if a.unit == b.unit and a.unit != "percent" and 0 < min(a.low, b.low) < max(a.low, b.low):
            yield min(a.low, b.low) / max(a.low, b.low)


def _pairs(held: Sequence[_Held]) -> Iterator[tuple[Quantity, Quantity]]:
    """Two counts of one text in one unit, in their order."""
    texts: dict[int, list[Quantity]] = {}
    for one in held:
        if one.quantity.kind == "count":
            texts.setdefault(id(one.reading), []).append(one.quantity)
    for found in texts.values():
        for a, b in combinations(found, 2):
            if a.unit == b.unit or not a.unit or not b.unit:
                yield a, b


def _share(ours: Quantity, held: Sequence[_Held]) -> str:
    for one in held:
        theirs = one.quantity
        if (
            theirs.kind == "share"
            and abs(theirs.low - ours.low) < 0.01
            and abs(theirs.high - ours.high) < 0.01
        ):
            return "same" if bound_holds(ours.bound, theirs.bound, exact=True) else "stronger"
    low, high = ours.low, ours.high
    if low == high:
        if ours.bound in SHARES:
            least, most = SHARES[ours.bound]
            low, high = low * least, low * most
        else:
            low, high = {"min": (low, 1.0), "max": (0.0, low)}.get(
                ours.bound, (low - 0.03, low + 0.03)
            )
    return "same" if any(low <= ratio <= high for ratio in _ratios(held)) else "unknown"


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
    gap, slack = abs(a.low - b.low), ROUNDED if ours.bound else 0.02
    if ours.unit == "cent" and a.unit != "cent":
        gap *= 100
    elif not (units_agree(ours, a) or ours.unit in ("percent", "points")):
        return False
    if ours.unit == "percent":
        of = [gap / one * 100 for one in (a.low, b.low) if one]
        return any(abs(one - ours.low) <= max(0.6, slack * ours.low) for one in of)
    if ours.unit == "points" and not a.unit == b.unit == "percent":
        return False
    return abs(gap - ours.low) <= max(1e-6, slack * ours.low)


def _span(ours: Quantity, held: Sequence[_Held]) -> bool:
    """Whether so many years or months lie between two years of the evidence."""
    for reading in {id(one.reading): one.reading for one in held}.values():
        years = sorted({day.year for day in reading.days if day.year})
        if any(abs((b - a) * 12 - ours.low) <= 12 for a, b in combinations(years, 2)):
            return True
    return False


def _shown(claim: Reading, quantity: Quantity) -> str:
    return claim.cut(quantity.start, quantity.end)


def _theirs(ours: Quantity, held: Sequence[_Held], near: Evidence) -> tuple[str, str]:
    """What the evidence says instead: the most similar quantity in its words, or the statement."""

    def likeness(one: _Held) -> tuple[bool, bool, bool, float]:
        theirs = one.quantity
        return (
            _equal(ours, theirs),
            bool(ours.noun) and theirs.noun == ours.noun,
            theirs.unit == ours.unit and theirs.kind == ours.kind,
            -abs(theirs.low - ours.low),
        )

    best = max(held, key=likeness, default=None)
    if best is None:
        return near.statement.text, near.fact
    return best.reading.cut(best.quantity.start, best.quantity.end), best.fact


def _swapped(claim: Reading, held: Sequence[_Held]) -> Iterator[Difference]:
    """Numbers that the evidence has for another year."""
    ours = dated_quantities(claim, claim.own_quantities, claim.own_days)
    if not ours:
        return
    readings = {id(one.reading): one for one in held}.values()
    theirs = [
        (quantity, day, one)
        for one in readings
        for quantity, day in dated_quantities(one.reading, one.reading.quantities, one.reading.days)
    ]
    for quantity, day in ours:
        same = [(d, one) for q, d, one in theirs if _same(quantity, q) and units_agree(quantity, q)]
        others = any(d.agrees(day) or day.agrees(d) for q, d, _ in theirs if not _same(quantity, q))
        if same and others and not any(day.agrees(d) for d, _ in same):
            d, one = same[0]
            yield Difference(
                "date-not-in-fact",
                claim.cut(quantity.start, day.end, 4),
                one.reading.cut(d.start, d.end),
                one.fact,
            )
