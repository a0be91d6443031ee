"""Shares in words against the shares that the evidence gives: most, a third, nearly all."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from advocacy.checks.agreement.known_quantities import Held, bound_holds, words_beside
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.reading import Reading, shared, stems

SHARES = {"over": (1.0, 1.5), "under": (0.3, 1.0), "nearly": (0.8, 1.0), "about": (0.84, 1.16)}
"""The allowed difference for a share in words, as a part of it."""


# “29 against 14”: both are parts of their sum.
_VOTES = re.compile(
    r"\s*(?:votes?\s+)?(?:to|against|gegen|zu|contre|voix\s+contre|votos\s+(?:a|contra|frente\s+a)|a|contra|frente\s+a)\s*",
    re.IGNORECASE,
)


def ratios(held: Sequence[Held]) -> list[float]:
    """The shares that the evidence gives: percentages, and each number of a larger one."""
    shares = []
    for one in held:
        if one.quantity.unit == "percent":
            shares.append(one.quantity.low / 100)
        if one.quantity.kind == "count" and not one.quantity.unit and 0 < one.quantity.low < 1:
            shares.append(one.quantity.low)
        if one.quantity.kind == "share" and one.quantity.low == one.quantity.high:
            shares.append(one.quantity.low)
    stated = list(_parts_of_pairs([one for one in held if one.said]))
    return shares + stated


def _parts_of_pairs(held: Sequence[Held]) -> Iterator[float]:
    """What part of the larger number of a pair the smaller one is."""
    whole = whole_pairs(held)
    linked = {id(one.reading) for one, _ in whole}
    yield from (one.quantity.low / other.quantity.low for one, other in whole)
    for a, b in pairs([one for one in held if id(one.reading) not in linked]):
        if a.unit == b.unit and a.unit != "percent" and 0 < min(a.low, b.low) < max(a.low, b.low):
            yield min(a.low, b.low) / max(a.low, b.low)
    for one, other in pairwise(held):
        if one.reading is other.reading and _VOTES.fullmatch(
            one.reading.text[one.quantity.end : other.quantity.start]
        ):
            total = one.quantity.low + other.quantity.low
            yield from (q.low / total for q in (one.quantity, other.quantity) if total)


def whole_pairs(held: Sequence[Held]) -> list[tuple[Held, Held]]:
    """The numbers of which a text says that one is a part of the other, the part first."""
    return [*_linked(held), *_of_first(held)]


_PART_OF = re.compile(
    r"[\s\w]{0,24}?\s*\b(?:out\s+of|of|von|aus|der|sur|des|de)\s+(?:(?:the|den|all|les|l[oa]s|cada|ses|its|their)\s+)?",
    re.IGNORECASE,
)


def _linked(held: Sequence[Held]) -> Iterator[tuple[Held, Held]]:
    """The numbers of a text of which one is a part of the other: “four of the 17”."""
    for one, other in pairwise(held):
        if (
            one.reading is other.reading
            and one.quantity.kind == other.quantity.kind == "count"
            and 0 < one.quantity.low < other.quantity.low
            and "percent" not in (one.quantity.unit, other.quantity.unit)
            and _PART_OF.fullmatch(one.reading.text[one.quantity.end : other.quantity.start])
        ):
            yield one, other
        elif (
            one.reading is other.reading
            and 0 < other.quantity.low < one.quantity.low
            and _OF_THEM.match(one.reading.text, other.quantity.end)
        ):
            yield other, one


_OF_THEM = re.compile(
    r"\s*(?:of\s+(?:them|these|those|which|whom)|davon|darunter|dont|d'entre|de\s+(?:ell|est)[oa]s)\b",
    re.IGNORECASE,
)


_OF = re.compile(
    r"^\W*(?:\w+\s+)?(?:out\s+of|of|von|unter|sur|parmi|de|entre)\s+(?:(?:the|den|les|l[oa]s|its|their|ces|these)\s+)?$",
    re.IGNORECASE,
)


def _of_first(held: Sequence[Held]) -> Iterator[tuple[Held, Held]]:
    """The numbers of a text that begins with what they are parts of: “Of 143 merchants, 58 …”."""
    total: Held | None = None
    for one in held:
        quantity = one.quantity
        if quantity.kind != "count" or quantity.unit == "percent":
            continue
        if total is None or total.reading is not one.reading:
            begins = one.reading.text[: quantity.start].rsplit(". ", 1)[-1]
            total = one if _OF.match(begins) else None
        elif quantity.low < total.quantity.low and not quantity.unit:
            yield one, total


def pairs(held: Sequence[Held]) -> Iterator[tuple[Quantity, Quantity]]:
    """Two counts of one text in one unit, in their order."""
    texts: dict[int, list[Quantity]] = {}
    for one in held:
        if one.quantity.kind == "count":
            texts.setdefault(id(one.reading), []).append(one.quantity)
    for found in texts.values():
        for a, b in combinations(found, 2):
            if a.unit == b.unit or not a.unit or not b.unit:
                yield a, b


def share_verdict(ours: Quantity, held: Sequence[Held]) -> str:
    """Whether a share is `same` as one of the evidence, `stronger`, or `unknown` to it."""
    percents = [one.quantity.low / 100 for one in held if one.quantity.unit == "percent"]
    if any(share_holds(ours, ratio) for ratio in percents):
        return "same"
    for one in held:
        theirs = one.quantity
        if (
            theirs.kind == "share"
            and abs(theirs.low - ours.low) < 0.01
            and abs(theirs.high - ours.high) < 0.01
        ):
            return "same" if bound_holds(ours.bound, theirs.bound, exact=True) else "stronger"
        if theirs.kind == "share" and _contains(ours, theirs):
            return "same"
    return "same" if any(share_holds(ours, ratio) for ratio in ratios(held)) else "unknown"


def of_nearest_clauses(ours: Quantity, held: Sequence[Held], claim: Reading) -> Sequence[Held]:
    """The quantities that stand beside the words of a share's own clause, where some do.

    Of “41 % wrote and 22 % called”, “most called” is about the 22 percent.
    """
    language = claim.language
    after = re.split(r"[,;:.]\s", claim.outside[ours.end : ours.end + 90])[0]
    own = stems(after, language)
    if len(own) < 2:
        return held
    scores = []
    for one in held:
        beside = words_beside(one)
        scores.append(shared(own, stems(beside, one.reading.language), language) / len(own))
    best = max(scores, default=0)
    near = [one for one, score in zip(held, scores, strict=True) if score >= best - 1e-9]
    whole = [one for one in held if one.reading in {n.reading for n in near} or one in near]
    if best < 0.5 or not any(_is_ratio(one) for one in near):
        return held
    return [one for one in whole if one in near or not _is_ratio(one)]


def _is_ratio(one: Held) -> bool:
    return one.quantity.unit == "percent" or one.quantity.kind == "share"


def _contains(ours: Quantity, theirs: Quantity) -> bool:
    """Whether one share says no more than another: “more than half” and “the majority”."""
    low, high = _widest(ours)
    least, most = _widest(theirs)
    slack = 0 if least == most else 0.01  # “half” is not “most”, and “more than half” is
    return (ours.low, ours.high) != (least, most) and low <= least + slack and most <= high + 0.01


def _widest(share: Quantity) -> tuple[float, float]:
    """The lowest and the highest share that the words for one allow."""
    if share.low != share.high:
        return share.low, share.high
    if share.bound in ("over", "min"):
        return share.low, 1.0
    if share.bound in ("under", "max"):
        return 0.0, share.low
    return share.low, share.low


def share_holds(ours: Quantity, ratio: float) -> bool:
    """Whether a ratio of the evidence is what a share in words says."""
    low, high = ours.low, ours.high
    if low == high:
        if ours.bound in SHARES:
            least, most = SHARES[ours.bound]
            low, high = low * least, low * most
        else:
            low, high = {"min": (low, 1.0), "max": (0.0, low)}.get(
                ours.bound, (low - 0.03, low + 0.03)
            )
    return low <= ratio <= high
