"""The quantities of some evidence, and whether two quantities are one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.quantity import Bound, Quantity, as_number
from advocacy.checks.agreement.reading import Reading

ROUNDED = 0.12
"""The allowed difference for “about”, as a share of the number."""


BEYOND = 1.0
"""The allowed difference for “more than”, as a share of the number."""


BELOW = 0.7
"""The share of “less than” that a number has at least."""


_SCALED = ("time", "month", "m")


@dataclass(frozen=True, slots=True)
class Held:
    """A quantity that the evidence has, and where."""

    quantity: Quantity
    reading: Reading
    fact: str
    said: bool = True
    """Whether the fact itself states it, not only the kept copy."""


def bare_number(quantity: Quantity) -> float:
    """A number without its unit, as far as it is written in digits."""
    return written_number(quantity) or quantity.low


def held_quantities(evidence: Iterable[Evidence]) -> Iterator[Held]:
    """The quantities of some facts; one without a unit has that of the one before it, too."""
    for one in evidence:
        for number, reading in enumerate(one.readings):
            before: Quantity | None = None
            for quantity in reading.quantities:
                said = number < len(one.said)
                yield Held(quantity, reading, one.fact, said)
                if quantity.unit:
                    before = quantity if quantity.kind == "count" else before
                elif before and quantity.kind in ("count", "change") and not quantity.noun:
                    yield Held(_elliptical(quantity, before), reading, one.fact, said)


def _elliptical(quantity: Quantity, before: Quantity) -> Quantity:
    """A number that leaves out the unit of the one before it: “41 minutes; in 2023 it was 26”."""
    written = written_number(before)
    factor = before.low / written if written and before.unit in _SCALED else 1
    return replace(
        quantity, low=quantity.low * factor, high=quantity.high * factor, unit=before.unit
    )


def clause_at(reading: Reading, quantity: Quantity) -> str:
    """The clause of a text that has a quantity."""
    return next((c.text for c in reading.clauses if quantity.words in c.text), reading.text)


def is_times(one: Held) -> bool:
    """Whether a quantity of the evidence says how many times: twice, two times, doubled."""
    return one.quantity.kind == "multiple" or bool(_TIMES.search(one.quantity.words + _after(one)))


_TIMES = re.compile(r"\b(?:times|\w*mal|fois|veces)\b", re.IGNORECASE)


def _after(one: Held) -> str:
    return one.reading.text[one.quantity.end : one.quantity.end + 8]


def is_same(ours: Quantity, theirs: Quantity) -> bool:
    """Whether two quantities have one number, whatever their units."""
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


def is_equal(ours: Quantity, theirs: Quantity) -> bool:
    """Whether two quantities are one, as far as rounding goes."""
    if theirs.kind not in ("count", "change") or not units_agree(ours, theirs):
        return False
    if ours.low != ours.high:  # “hundreds of”
        return ours.low <= theirs.low < ours.high
    if ours.kind != theirs.kind and ours.unit == "percent" and ours.kind == "change":
        return False
    a, b = _values(ours, theirs)
    if _same_written(a, b, ours, theirs):
        return True
    if not ours.unit and theirs.unit in _SCALED and a != b:
        b = written_number(theirs) or b
    if abs(a - b) <= 1e-6 * max(1, abs(b)):
        return True
    if (near := _within_bound(a, b, ours, theirs)) is not None:
        return near
    if theirs.bound == "about" and abs(a - b) <= 0.06 * abs(b):
        return True
    return _rounded(a, b)


def _within_bound(a: float, b: float, ours: Quantity, theirs: Quantity) -> bool | None:
    """Whether a number with a bound is another one; None where its bound tells nothing."""
    if ours.bound in ("about", "under", "nearly") and abs(a - b) <= ROUNDED * abs(b):
        return ours.bound == "about" or b < a * 1.02
    if ours.bound in ("over", "min") and a < b <= a * (1 + BEYOND):
        return True
    if ours.bound in ("under", "max") and theirs.bound in ("", "exactly") and BELOW * a <= b < a:
        return True
    return None


_FACTORS = {"time": (1, 60, 3600, 86400, 604800), "month": (1, 12), "m": (1, 1000)}
"""What the units of a kind of measure are worth in its smallest."""


def _same_written(a: float, b: float, ours: Quantity, theirs: Quantity) -> bool:
    """Whether one of two numbers leaves out its unit: “three are possible” of “three days”."""
    if bool(ours.unit) == bool(theirs.unit):
        return False
    bare_number, measure = (b, a) if ours.unit else (a, b)
    factors = _FACTORS.get(ours.unit or theirs.unit, ())
    return any(abs(bare_number * factor - measure) < 1e-6 for factor in factors)


def written_number(quantity: Quantity) -> float | None:
    """The bare number of a measure, before its unit."""
    found = re.match(r"\d+(?:[.,]\d+)*", quantity.words)
    if found is None:
        return None
    grouped = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", found[0])
    digits = re.sub(r"[.,]", "", found[0]) if grouped else found[0].replace(",", ".")
    try:
        return as_number(digits)
    except ValueError:
        return None


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
        return ours not in ("exactly", "over") or (ours == "over" and not exact)
    if exact and ours in ("over",):
        return False
    return not (exact and ours in ("under", "nearly"))


_REASON = r"\b(?:because|since|weil|denn|parce|car|porque|pues)\b"


def words_beside(one: Held) -> str:
    """The words after a quantity up to the next number or the end of its clause."""
    after = one.reading.text[one.quantity.end : one.quantity.end + 110]
    return re.split(rf"[;:.]\s|,\s(?=\D{{0,20}}\d)|\d|{_REASON}", after, flags=re.IGNORECASE)[0]
