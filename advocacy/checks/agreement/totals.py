"""“All five” of which the evidence says how many: the five themselves, or three of the five."""

import re
from collections.abc import Iterator, Sequence

from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.reading import Reading

PART_REACH = 32
"""The number of characters between a number and the one of which it is a part."""
_ALL = re.compile(
    r"\b(?:all(?:\s+(?:of\s+)?(?:the|these|those|its|their|your))?|alle[nrs]?(?:\s+(?:diese[rn]?|ihre[rn]?))?|sämtliche[nr]?"
    r"|tou(?:s|tes)\s+les|l'ensemble\s+des|tod[oa]s\s+(?:l[oa]s|est[oa]s|sus))\s+$",
    re.IGNORECASE,
)
_OF = re.compile(
    r"(?:\s+[^\W\d]+){0,3}?\s+(?:out\s+of|of|von|der|des|sur|de)\s+(?:(?:the|its|their|den|dieser|les|l[oa]s|sus|ses)\s+)?$"
    r"|\s+(?:out\s+of|of|von|der|des|sur|de)\s+$",
    re.IGNORECASE,
)


def total_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“All five schools” where the evidence says it of three of the five; one is enough."""
    own = {quantity.low for quantity in claim.quantities}
    for _, ours in _totals(claim):
        for one in evidence:
            for reading in one.said:
                part = _part_of(ours, reading)
                if part is not None and part.low not in own:
                    words = claim.cut(ours.start, ours.end)
                    theirs = reading.cut(part.start, part.end)
                    yield Difference(
                        "hedge-dropped", words, theirs, one.fact, part.words, ours.start
                    )
                    return


def known_totals(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[tuple[int, int]]:
    """Where “all” stands before a number that the evidence has: “all eleven” is “the eleven”."""
    readings = [reading for one in evidence for reading in one.readings]
    for start, ours in _totals(claim):
        if any(q.low == ours.low for r in readings for q in r.quantities if q.kind == "count"):
            yield start, ours.start


def _totals(claim: Reading) -> Iterator[tuple[int, Quantity]]:
    """The counts after “all”, and where that begins."""
    for quantity in claim.own_quantities:
        found = _ALL.search(claim.outside[: quantity.start])
        if found and quantity.kind == "count" and not quantity.unit:
            yield found.start(), quantity


def _part_of(ours: Quantity, reading: Reading) -> Quantity | None:
    """The number of those, of so many, of whom a text says something."""
    for whole in reading.quantities:
        if whole.low != ours.low or whole.kind != "count" or whole.unit:
            continue
        for part in reading.quantities:
            near = 0 < whole.start - part.end <= PART_REACH and part.kind == "count"
            if (
                near
                and part.low < whole.low
                and _OF.fullmatch(reading.text[part.end : whole.start])
            ):
                return part
    return None
