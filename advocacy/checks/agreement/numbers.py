"""Quantities of a sentence against those of what it cites."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from advocacy.checks.agreement.derived import (
    COMPARED,
    follows,
    is_multiple,
    is_share_of_change,
    is_share_of_rest,
)
from advocacy.checks.agreement.evidence import Difference, Evidence, nearest
from advocacy.checks.agreement.known_quantities import (
    Held,
    bare_number,
    bound_holds,
    clause_at,
    held_quantities,
    is_equal,
    is_same,
    is_times,
    units_agree,
)
from advocacy.checks.agreement.quantity import Quantity, small_number
from advocacy.checks.agreement.rates import dated_quantities
from advocacy.checks.agreement.ratios import of_nearest_clauses, share_verdict
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.agreement.replaced import (
    MOST_NUMBERS,
    is_concluded,
    is_inserted,
    is_replaced,
    is_worked_out,
)


def number_differences(
    claim: Reading, evidence: Sequence[Evidence], beside: Sequence[Evidence] = ()
) -> Iterator[Difference]:
    """Quantities that the evidence does not have, or has with another unit or bound.

    `beside` are facts cited just before, whose numbers a sentence may take up again.
    """
    own = claim.own_quantities
    if not own:
        return
    held = list(held_quantities(evidence))
    near = nearest(evidence, claim.stems)
    others = list(held_quantities(beside))
    close = [*held, *others]
    for quantity in own:
        verdict = verdict_of(quantity, held, claim)
        if verdict == "unknown" and beside:
            verdict = verdict_of(quantity, others, claim)
            verdict = "same" if verdict != "unknown" else "unknown"
        if verdict == "same":
            continue
        if verdict == "unknown" and _is_in_words(quantity, evidence):
            continue
        sure = verdict != "unknown" or is_replaced(quantity, held, claim)
        sure = sure or is_inserted(quantity, evidence, claim)
        if verdict == "unknown" and _MORE.match(claim.outside, quantity.end):
            compared = _THAN.match(claim.outside, quantity.end) is not None
            if not compared and _is_difference(quantity, close, claim):
                continue
            sure = sure and any(
                _MORE.match(one.reading.text, one.quantity.end) for one in held if one.said
            )
        worked_out = verdict == "unknown" and is_worked_out(quantity, close, claim)
        small = quantity.kind == "share" and len(held) <= FEW
        if worked_out and (not sure or small or is_concluded(quantity, claim)):
            continue
        code = "figure-not-in-fact" if verdict == "unknown" else "hedge-dropped"
        theirs, fact = _theirs(quantity, held, near)
        yield Difference(code, _shown(claim, quantity), theirs, fact, at=quantity.start, sure=sure)
    yield from _swapped(claim, held)
    yield from _in_turned_order(claim, held)
    yield from _turned_in_time(claim, evidence)


# “Three more”: by how much two numbers differ, of which the sentence may have none.
_MORE = re.compile(
    r"(?:\s+[^\W\d_]+)?\s+(?:more|fewer|less|extra|longer|higher|lower|mehr|weniger|länger|höher|niedriger"
    r"|de\s+(?:plus|moins)|más|menos)\b(?!\s+(?:than|als|que)\s+\d)",
    re.IGNORECASE,
)
# “£125,000 less than a year's savings”: which of the two is more, has to be read.
_THAN = re.compile(r"(?:\s+[^\W\d_]+){1,3}?\s+(?:than|als|que)\b", re.IGNORECASE)
TWELVE = 12
"""The largest number that is mostly written as a word."""


def _is_difference(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a number is by how much two others differ, of the facts or of the sentence."""
    known = [one.quantity for one in held if one.said]
    known += [one for one in claim.own_quantities if one is not ours]
    return len(known) <= MOST_NUMBERS and any(
        (a.unit == b.unit or not a.unit or not b.unit)
        and abs(abs(a.low - b.low) - ours.low) <= 0.005 * max(1, ours.low)
        for a, b in combinations(known, 2)
    )


def _is_in_words(ours: Quantity, evidence: Sequence[Evidence]) -> bool:
    """Whether a fact has a small number in letters that a sentence has in figures: dos pasos."""
    if ours.kind != "count" or ours.unit or ours.low > TWELVE or not ours.words[:1].isdigit():
        return False
    return any(
        small_number(word, reading.language) == ours.low
        for one in evidence
        for reading in one.said
        for word in re.findall(r"[^\W\d_]{2,}", reading.text)
    )


# Between two numbers: the second is what there was, or is elsewhere, in place of the first.
_IN_PLACE = re.compile(
    r"(?:\s*[\w$€£%]+){0,3}[\s,(]*(?:instead\s+of|rather\s+than|in\s+place\s+of|compared\s+(?:with|to)|against|after|up\s+from|down\s+from"
    r"|statt|anstelle\s+von|gegenüber|nach|au\s+lieu\s+de|contre|en\s+(?:vez|lugar)\s+de|frente\s+a|tras)\s+"
    r"(?:\w+\s+)?",
    re.IGNORECASE,
)


def _in_turned_order(claim: Reading, held: Sequence[Held]) -> Iterator[Difference]:
    """“84 hours instead of 52” where the evidence has “52 instead of 84”."""
    ours = {
        (bare_number(one), bare_number(other)): one
        for one, other in pairwise(claim.own_quantities)
        if _IN_PLACE.fullmatch(claim.outside[one.end : other.start])
    }
    for one, other in pairwise(held) if ours else ():
        if one.reading is not other.reading or one.quantity.start >= other.quantity.start:
            continue
        between = one.reading.text[one.quantity.end : other.quantity.start]
        first = ours.get((bare_number(other.quantity), bare_number(one.quantity)))
        if first is not None and _IN_PLACE.fullmatch(between):
            theirs = one.reading.cut(one.quantity.start, other.quantity.end)
            yield Difference("figure-not-in-fact", _shown(claim, first), theirs, one.fact)
            return


_ONCE = re.compile(
    r"\b(?:used\s+to|before|previously|formerly|earlier|once|zuvor|davor|vorher|früher|bisher|einst"
    r"|auparavant|avant|naguère|jadis|antes|anteriormente)\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"(?:\s*[\w$€£%]+){0,2}\s*\b(?:to|auf|à|a)\s+(?:\w+\s+)?", re.IGNORECASE)


def _turned_in_time(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“16.4p, where it used to be 9.8p” the other way round."""
    own = claim.own_quantities
    once = [one for one in own if _ONCE.search(clause_at(claim, one))]
    if len(own) != 2 or len(once) != 1:
        return
    old = once[0]
    new = own[0] if own[1] is old else own[1]
    if clause_at(claim, old) == clause_at(claim, new):
        return
    for one in evidence:
        for reading in one.said:
            for a, b in pairwise(reading.quantities):
                leads = claim.language.finds("from_to", reading.text[: a.start][-24:])
                turned = bare_number(a) == bare_number(new) and bare_number(b) == bare_number(old)
                if leads and turned and _FROM_TO.fullmatch(reading.text[a.end : b.start]):
                    theirs = reading.cut(a.start, b.end)
                    yield Difference("figure-not-in-fact", _shown(claim, old), theirs, one.fact)
                    return


def _of_share(ours: Quantity, held: Sequence[Held], claim: Reading) -> str:
    """The same of a share in words."""
    verdict = share_verdict(ours, of_nearest_clauses(ours, held, claim))
    if verdict != "unknown":
        return verdict
    if COMPARED.search(claim.outside, ours.end) and any(
        is_times(one) and abs(one.quantity.low * ours.low - 1) < 0.02 for one in held
    ):
        return "same"  # “half the time of” is “twice the time of” from the other side
    works_out = is_share_of_change(ours, held, claim) or is_share_of_rest(ours, held, claim)
    return "same" if works_out else "unknown"


def verdict_of(ours: Quantity, held: Sequence[Held], claim: Reading) -> str:
    """Whether the evidence has a quantity: `same`, `stronger` (its bound is gone) or `unknown`."""
    if ours.kind == "share":
        return _of_share(ours, held, claim)
    if ours.kind == "multiple":
        return "same" if is_multiple(ours, held, claim) else "unknown"
    if _OFTEN.match(ours.noun) and any(
        is_times(one) for one in held if is_same(ours, one.quantity)
    ):
        return "same"  # “two times” is “twice”
    if (
        _is_own(ours, held, claim)
        or _is_named_before(ours, held, claim)
        or _is_others(ours, held, claim)
    ):
        return "same"
    equal = [one for one in held if is_equal(ours, one.quantity)]
    if equal and _TO.search(claim.text[: ours.start]):
        equal = [one for one in equal if not _BY.search(one.reading.text[: one.quantity.start])]
        if not equal:
            return "unknown"
    stated = [one.quantity for one in equal if one.said or one.quantity.noun == ours.noun]
    if equal and not stated:
        counted = ours.noun and any(one.said and one.quantity.noun == ours.noun for one in held)
        return "unknown" if counted else "same"
    if stated:
        holds = (bound_holds(ours.bound, it.bound, exact=is_same(ours, it)) for it in stated)
        told = _THIS.search(claim.text[: ours.start]) is not None
        return "same" if told or any(holds) else "stronger"
    if follows(ours, held, claim) or _leaves_out_magnitude(ours, held, claim):
        return "same"
    return "unknown"


def _leaves_out_magnitude(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a bare number is one of millions beside one that says so, or by what two differ.

    “94 million, more than the 81 of the year before”, “94 million, thirteen more”.
    """
    if ours.unit or ours.kind not in ("count", "change") or ours.low >= MAGNITUDE:
        return False
    told = [one for one in claim.own_quantities if one.low >= MAGNITUDE and one.end <= ours.start]
    for other in told:
        factor = other.low / (bare_number(other) or other.low)
        if factor < MAGNITUDE:
            continue
        large = [one.quantity.low for one in held if one.said and one.quantity.low >= factor]
        values = {*large, *(abs(a - b) for a in large for b in large)}
        if any(abs(ours.low * factor - value) < 0.005 * value for value in values if value):
            return True
    return False


MAGNITUDE = 1000
"""A factor from which a magnitude is a word of its own: thousand, million."""


_OFTEN = re.compile(r"(?:time|mal|fois|vec|vez)")


_OURS = re.compile(r"\b(?:our|my|unser\w*|mein\w*|nos|mes|nuestr[oa]s|mis)\s+$", re.IGNORECASE)


OWN = 20
"""A number up to this counts the sender's own things after “our”: our three townships."""


def _is_own(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a number counts what is the sender's, and the evidence counts no such things."""
    return (
        ours.kind == "count"
        and not ours.unit
        and ours.low <= OWN
        and _OURS.search(claim.text[: ours.start]) is not None
        and not any(one.quantity.noun == ours.noun for one in held)
    )


# “These two figures”, “the two landfills”: they were told before.
_THESE = re.compile(
    r"\b(?:the|these|those|both|its|their|your|his|her|between\s+the|all|die|diese[rn]?|den|der|beide[rn]?|alle[rn]?|ihre[rn]?"
    r"|les|ces|ses|vos|leurs|aux|des|los|las|est[oa]s|es[oa]s|sus)\s+$",
    re.IGNORECASE,
)


# “This rate of 12 euros” was told before, with its bound.
_THIS = re.compile(
    r"\b(?:this|that|these|those|diese[rnms]?|jene[rnms]?|cet(?:te)?|ces?|est[aeo]s?|es[aeo]s?)\s+(?:\w+\s+){1,2}(?:of|von|de|d')?\s*$",
    re.IGNORECASE,
)


FEW = 4
"""A number up to this may only count what was told before."""


def _is_named_before(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a small number counts what was told before, of which the evidence has no count."""
    return (
        ours.kind == "count"
        and not ours.unit
        and 1 < ours.low <= FEW
        and bool(ours.noun)
        and _THESE.search(claim.text[: ours.start]) is not None
        and not any(one.quantity.noun == ours.noun for one in held)
    )


_OTHER = re.compile(
    r"\b(?:other|remaining|(?:die|der|den)\s+(?:anderen|übrigen|restlichen)|autres|otr[oa]s|demás)\s+$",
    re.IGNORECASE,
)


def _is_others(ours: Quantity, held: Sequence[Held], claim: Reading) -> bool:
    """Whether a number counts those that are left: “the other six villages”, of seven."""
    return (
        ours.kind == "count"
        and bool(ours.noun)
        and _OTHER.search(claim.text[: ours.start]) is not None
        and any(
            one.quantity.noun == ours.noun and 0 < one.quantity.low - ours.low < FEW for one in held
        )
    )


# To what, and by how much something rose.
_TO = re.compile(r"\b(?:to|auf)\s+$", re.IGNORECASE)


_BY = re.compile(r"\b(?:by|um)\s+$", re.IGNORECASE)


def _shown(claim: Reading, quantity: Quantity) -> str:
    return claim.cut(quantity.start, quantity.end)


def _theirs(ours: Quantity, held: Sequence[Held], near: Evidence) -> tuple[str, str]:
    """What the evidence says instead: the most similar quantity in its words, or the statement."""

    def likeness(one: Held) -> tuple[bool, bool, bool, float]:
        theirs = one.quantity
        return (
            is_equal(ours, theirs),
            bool(ours.noun) and theirs.noun == ours.noun,
            theirs.unit == ours.unit and theirs.kind == ours.kind,
            -abs(theirs.low - ours.low),
        )

    best = max(held, key=likeness, default=None)
    if best is None:
        return near.statement.text, near.fact
    return best.reading.cut(best.quantity.start, best.quantity.end), best.fact


def _swapped(claim: Reading, held: Sequence[Held]) -> Iterator[Difference]:
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
        same = [
            (d, one) for q, d, one in theirs if is_same(quantity, q) and units_agree(quantity, q)
        ]
        where = {id(one.reading) for _, one in same}  # of a range, the other end has no number
        others = any(
            (d.agrees(day) or day.agrees(d)) and id(one.reading) in where
            for q, d, one in theirs
            if not is_same(quantity, q)
        )
        if same and others and not any(day.agrees(d) for d, _ in same):
            d, one = same[0]
            yield Difference(
                "date-not-in-fact",
                claim.cut(quantity.start, day.end, 4),
                one.reading.cut(d.start, d.end),
                one.fact,
                sure=False,  # a year may go with another event of the sentence
            )
