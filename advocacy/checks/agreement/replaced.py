"""A number that a sentence has and its evidence has not: another in its place, or worked out.

Where the sentence lacks a number that the fact has of the same things, its own stands in the place
of that one, and is wrong. Where it has that one, too, its own may be worked out: 246,000 is 60
percent of 410,000.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations

from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.known_quantities import Held, clause_at, is_equal
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.ratios import share_holds
from advocacy.checks.agreement.reading import LENGTH, Reading, shared, stems

ALIKE = 0.4
"""The share of a clause's words that the clause of the other number must have."""
LOOSE = 0.03
"""The allowed difference for what is worked out and rounded in words, as a share of it."""
FEWEST = 2
"""The number of significant digits from which a result is told from a chance."""
_MONEY = ("$", "€", "£", "¥", "cent")
_SHARES = ("share", "multiple")


def is_replaced(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether the fact has another number of the same things, which the sentence lacks."""
    own, language = claim.quantities, claim.language
    measured = ours.unit in _MONEY or ours.unit == "percent"
    around = stems(clause_at(claim, ours), language)
    for one in held:
        theirs = one.quantity
        if not one.said or not _comparable(ours, theirs):
            continue
        if any(is_equal(other, theirs) for other in own):
            continue
        if measured or (ours.noun and ours.noun == theirs.noun):
            return True
        if ours.noun and theirs.noun and not measured:
            continue  # 63 students are not in the place of two districts
        beside = stems(clause_at(one.reading, theirs), language)
        if around and shared(around, beside, language) >= ALIKE * len(around):
            return True
    return False


_CONCLUDES = re.compile(
    r"(?:\b(?:that\s+is|that\s+makes|which\s+makes|makes|thus|therefore|hence|in\s+(?:total|all)|together|amounts?\s+to|i\.e\."
    r"|mithin|also|somit|das\s+(?:sind|macht|ergibt|wären)|macht|zusammen|insgesamt|umgerechnet|rechnerisch"
    r"|soit|donc|au\s+total|ce\s+qui\s+fait|cela\s+(?:fait|ferait)|revient\s+à"
    r"|es\s+decir|o\s+sea|en\s+total|lo\s+que\s+supone|suman?|equivalen?\s+a)|=)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
"""What says that the number after it follows from those before."""
_SUPPOSES = re.compile(
    r"\b(?:would|could|käme[n]?|wäre[n]?|würde[n]?|könnte[n]?|\w+(?:erait|eraient)|serait|seraient|ser[ií]a[n]?|\w+ar[ií]an?|podr[ií]an?)\b"
    r"[^.;]*$",
    re.IGNORECASE,
)
"""What supposes something, of which a number is then worked out: “that would come to £5,460”."""


def is_concluded(ours: Quantity, claim: Reading) -> bool:
    """Whether a sentence says itself that a number follows from others: “that makes 16,800”."""
    before = claim.text[: ours.start]
    return _CONCLUDES.search(before) is not None or _SUPPOSES.search(before) is not None


INSERTED = 0.6
"""The share of a clause's words that a fact's clause has which is the same but for a number."""


def is_inserted(ours: Quantity, evidence: Sequence[Evidence], claim: Reading) -> bool:
    """Whether a number counts what nearly the same clause of a fact has without a number."""
    if ours.kind != "count" or ours.unit or not ours.noun:
        return False
    language = claim.language
    around = stems(clause_at(claim, ours), language)
    return any(
        shared([language.stem(ours.noun)[:LENGTH]], clause.stems, language)
        and shared(around, clause.stems, language) >= INSERTED * len(around)
        and not any(one.words in clause.text for one in reading.quantities)
        for item in evidence
        for reading in item.said
        for clause in reading.clauses
    )


def _comparable(ours: Quantity, theirs: Quantity) -> bool:
    """Whether one number can stand in the place of another: counts of one unit, or shares."""
    if ours.kind in _SHARES:
        return theirs.kind == ours.kind or (ours.kind == "share" and theirs.unit == "percent")
    return theirs.kind not in _SHARES and ours.unit == theirs.unit


MOST_NUMBERS = 30
"""Numbers of a sentence and its fact: among more, some two make any third by chance."""


def is_worked_out(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a number follows by one step from the fact's numbers and others of the sentence.

    A number is compared as far as it is written: 59,450 is exact to ten, “roughly 9,000” to 3 %.
    """
    known = [one.quantity for one in held if one.said]
    own = [one for one in claim.own_quantities if one is not ours]
    known += own
    if len(known) > MOST_NUMBERS:
        return False
    known += [replace(ours, low=n, high=n, unit="", kind="count") for n in _periods(claim)]
    if ours.kind == "share":
        parts = (
            a.low / b.low
            for a, b in permutations(known, 2)
            if (a in own or b in own) and 0 < a.low < b.low and _one_unit(a, b)
        )
        return any(share_holds(ours, part) for part in parts)
    if ours.kind in _SHARES or ours.low != ours.high or ours.low <= 0:
        return False
    digits = len(f"{ours.low:.6g}".replace(".", "").strip("0"))
    step = 10 ** (math.floor(math.log10(ours.low)) - digits + 1)
    slack = LOOSE * ours.low if ours.bound else step / 2
    if digits < FEWEST and not ours.bound:
        return False
    return any(
        unit == ours.unit and abs(value - ours.low) <= slack * 1.000001
        for a, b in permutations(known, 2)
        for value, unit in _results(a, b)
    )


def is_reckoned(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a number, however short, is a sum, a difference, a product or a half of others.

    Small numbers often are by chance: it only makes a difference unsure.
    """
    known = [one.quantity for one in held if one.said]
    known += [one for one in claim.own_quantities if one is not ours]
    if ours.kind in _SHARES or len(known) > MOST_NUMBERS:
        return False
    known = [one for one in known if one.kind not in _SHARES]
    values = {one.low / 2 for one in known if one.unit == ours.unit}
    for a, b in permutations(known, 2):
        if a.unit == b.unit == ours.unit:
            values |= {a.low + b.low, abs(a.low - b.low)}
        elif ours.unit in (a.unit, ""):
            values |= {a.low * b.low, a.low / b.low if b.low else 0}
    return any(abs(value - ours.low) <= 0.005 * ours.low for value in values)


_PERIODS = {
    365: r"\b(?:year|days?|daily|jahr\w*|tag\w*|an|ans|année|jours?|año|días?)\b",
    12: r"\b(?:year\w*|month\w*|jahr\w*|jährlich|monat\w*|an|ans|mois|mensuel\w*|año\w*|mes\w*)\b",
    52: r"\b(?:weeks?|weekly|woche\w*|wöchentlich|semaines?|semanas?)\b",
}
"""How many days, months or weeks a year has, where a sentence speaks of them."""


def _periods(claim: Reading) -> Iterator[float]:
    for number, words in _PERIODS.items():
        if re.search(words, claim.text, re.IGNORECASE):
            yield number


def _results(a: Quantity, b: Quantity) -> Iterator[tuple[float, str]]:
    """What one step makes of two numbers, with its unit."""
    if not (a.low > 0 and b.low > 0) or "multiple" in (a.kind, b.kind):
        return
    if b.kind == "share" or b.unit == "percent":
        part = b.low if b.kind == "share" else b.low / 100
        if a.kind != "share" and a.unit != "percent":
            yield a.low * part, a.unit
            yield a.low * (1 - part), a.unit
        elif a.kind != "share" and b.kind != "share":
            yield abs(a.low - b.low), "points"
            yield 100 - b.low, "percent"
        return
    if a.kind == "share" or a.unit == "percent":
        return
    if a.unit == b.unit:
        yield a.low - b.low, a.unit
        yield a.low + b.low, a.unit
        yield from _percents(a, b)
    times = {"": b.low, "month": b.low / 12}.get(b.unit, 0)  # “$900,000 a year for three years”
    if (times > 0 and a.unit != b.unit) or not b.unit:
        yield a.low * times, a.unit
        yield a.low / times, a.unit


def _percents(a: Quantity, b: Quantity) -> Iterator[tuple[float, str]]:
    """What percentage one count is of another of its unit, and by what one they differ."""
    if _one_unit(a, b) and b.low > 0:
        if a.low < b.low:
            yield a.low / b.low * 100, "percent"
        yield abs(a.low - b.low) / b.low * 100, "percent"


def _one_unit(a: Quantity, b: Quantity) -> bool:
    """Whether two numbers count in one unit, which one of them may leave out."""
    kinds, units = {a.kind, b.kind}, {a.unit, b.unit}
    return not kinds & set(_SHARES) and "percent" not in units and len(units - {""}) <= 1
