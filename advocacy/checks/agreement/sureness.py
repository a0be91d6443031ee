"""Which differences of numbers, days and speakers are sure enough to be errors.

A sentence that says in other words what its fact says, or what two of them come to, has numbers
that look like others. Only where it is close to the fact, and has a number or day in the place of
the fact's own, is there nothing else that it may say; otherwise a warning asks to compare.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from advocacy.checks.agreement.days import StatedDay
from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.known_quantities import held_quantities
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.reading import Reading, shared, stems
from advocacy.checks.agreement.replaced import is_inserted, is_reckoned, is_worked_out
from advocacy.checks.language import Language

CLOSE = 0.5
"""The share of a sentence's words, or of those around a number, that the fact has to have."""
VERY_CLOSE = 0.75
"""The same where the fact has several numbers that the sentence's own may stand in place of."""
NUMBERS = ("figure-not-in-fact", "date-not-in-fact")
_PARTS = re.compile(r"[,;:()]\s+|\s+[–—]\s+")
# “Of the three”, “this total”, “about a third of them”: what was told before, counted again.
_AGAIN = re.compile(
    r"\b(?:of\s+(?:these|those|them)|both|between\s+them|in\s+other\s+words|that\s+is"
    r"|davon|von\s+(?:ihnen|diesen|denen)|beide[nr]?|mit\s+anderen\s+worten|das\s+(?:heißt|sind|macht)"
    r"|d'entre\s+e(?:ux|lles)|parmi\s+e(?:ux|lles)|autrement\s+dit|c'est-à-dire|soit"
    r"|de\s+(?:ell[oa]s|est[oa]s|es[oa]s)|amb[oa]s|es\s+decir|en\s+otras\s+palabras|o\s+sea)\b",
    re.IGNORECASE,
)

# A number that goes on after its unit: nine and a half, cuatro euros y medio.
_AND_HALF = re.compile(
    r"(?:\s+[^\W\d_]+)?\s+(?:and|und|et|y)\s+(?:an?\s+|une?\s+|ein\w*\s+)?"
    r"(?:half|halb\w*|demie?|medi[oa]|quarter|viertel|quart|cuarto)\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\b(?:and|und|et|y)\s+(?:(?:an?|une?|ein\w*)\s+)?$", re.IGNORECASE)
# “Before 1980” only bounds something: it is not the date of the fact's event.
_SIDE = re.compile(
    r"\b(?:before|after|since|until|till|by|vor|nach|seit|bis|avant|après|depuis|jusqu'(?:en|à|au)"
    r"|antes\s+de|después\s+de|desde|hasta)\s+(?:the\s+|dem\s+|zum\s+|le\s+|el\s+|l'an\s+)?$",
    re.IGNORECASE,
)


def doubt(claim: Reading, one: Difference, evidence: Sequence[Evidence]) -> Difference:
    """The same difference, unsure where the sentence may say something else than the fact."""
    if not one.sure or one.code not in (*NUMBERS, "speaker-differs"):
        return one
    if claim.text.endswith("?"):
        return replace(one, sure=False)  # a question states nothing
    if one.code not in NUMBERS:
        return one
    sure = is_close(claim, one, evidence) and _is_in_place(claim, one, evidence)
    return one if sure else replace(one, sure=False)


def is_close(
    claim: Reading, one: Difference, evidence: Sequence[Evidence], share: float = CLOSE
) -> bool:
    """Whether most words of a sentence, or of its part at a difference, are those of the fact."""
    said = frozenset[str]().union(*(r.stems for e in evidence for r in e.said))
    parts = [claim.stems]
    part = _part_at(claim.text, one.at) if one.at >= 0 else ""
    own = stems(part, claim.language)
    if len(own) >= 3:
        parts.append(own)
    return any(
        words and _share(_without_numbers(words), said, claim.language) >= share for words in parts
    )


def _without_numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if not word.isdigit())


def _share(words: frozenset[str], said: frozenset[str], language: Language) -> float:
    return shared(words, said, language) / len(words) if words else 0.0


def _part_at(text: str, at: int) -> str:
    """The words of a sentence around a place, between commas."""
    cuts = sorted({0, len(text), *(found.end() for found in _PARTS.finditer(text))})
    return next((text[a:b] for a, b in pairwise(cuts) if a <= at < b), text)


def _is_in_place(claim: Reading, one: Difference, evidence: Sequence[Evidence]) -> bool:
    """Whether the fact has a number of the same unit or noun, or a day, that the sentence lacks."""
    if one.at < 0:
        events = {(d.year, d.month, d.day) for d in claim.own_days}
        return one.code != "date-not-in-fact" or len(events) < 2
    quantity = next((q for q in claim.own_quantities if q.start == one.at), None)
    if quantity is not None and one.code == "figure-not-in-fact":
        if is_inserted(quantity, evidence, claim):
            return True
        if _AGAIN.search(claim.text[max(0, one.at - 40) : one.at + 40]):
            return False
        before = claim.text[: quantity.start]
        half = quantity.kind == "share" and _AND.search(before) is not None
        if half or _AND_HALF.match(claim.text, quantity.end):
            return False  # “four euros and a half”: more than was read
        known = list(held_quantities(evidence))
        if is_worked_out(quantity, known, claim) or is_reckoned(quantity, known, claim):
            return False
        instead = {
            (other.low, other.unit)
            for item in evidence
            for reading in item.said
            for other in reading.quantities
            if _alike(quantity, other) and not _has(claim.quantities, other)
        }
        return len(instead) == 1 or (bool(instead) and is_close(claim, one, evidence, VERY_CLOSE))
    day = next((d for d in claim.own_days if d.start == one.at), None)
    if day is None:
        return True
    told = bool(day.year or day.day) and not day.side
    return told and not _SIDE.search(claim.text[: day.start]) and _is_only(day, claim, evidence)


def _alike(ours: Quantity, theirs: Quantity) -> bool:
    """Whether two numbers measure or count one thing."""
    if ours.unit or theirs.unit:
        return ours.unit == theirs.unit
    if ours.kind in ("share", "multiple") or theirs.kind in ("share", "multiple"):
        return ours.kind == theirs.kind
    return ours.noun == theirs.noun


def _has(found: Sequence[Quantity], theirs: Quantity) -> bool:
    return any(abs(one.low - theirs.low) < 1e-9 and one.unit == theirs.unit for one in found)


def _is_only(ours: StatedDay, claim: Reading, evidence: Sequence[Evidence]) -> bool:
    """Whether a sentence has no other day, or as many as the fact: no second event beside it."""
    known = [day for one in evidence for reading in one.said for day in reading.days]
    others = [day for day in claim.own_days if day is not ours]
    return bool(known) and (
        not others or len({(d.year, d.month, d.day) for d in known}) > len(others)
    )
