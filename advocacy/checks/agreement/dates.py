"""Days, months and years of a sentence against those of what it cites."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from advocacy.checks.agreement.days import StatedDay, days
from advocacy.checks.agreement.evidence import Difference, Evidence, nearest
from advocacy.checks.agreement.names import name_parts
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import CAPITAL

_PUBLISHED = re.compile(
    r"\b(?:announc|publish|report|said|wrote|released|statement|letter|blog|testif|hear|ank[uü]ndig|angek[uü]ndig|"
    r"ver[oö]ffentlich|erkl[aä]r|schrieb|mitgeteilt|annonc|publi|d[eé]clar|[eé]crit|anunci|public|declar|escrib)",
    re.IGNORECASE,
)


def day_differences(
    claim: Reading,
    evidence: Sequence[Evidence],
    beside: Sequence[Evidence] = (),
    earlier: Sequence[Evidence] = (),
) -> Iterator[Difference]:
    """Days, months and years that the evidence does not have.

    `earlier` are all facts cited before: “the announcement of June 2020” may be any of theirs.
    """
    if not claim.own_days:
        return
    known = [
        day
        for one in evidence
        for reading in one.readings
        for day in reading.days
        if reading in one.said or not _byline(day, one)
    ]
    known += [day for one in evidence for day in _named(one)]
    for day in claim.own_days:
        if _turned(day, known):
            continue
        if _meets(claim, day, known):
            continue
        if any(day.agrees(other) for other in known):
            yield from _sides(claim, day, known, evidence)
            continue
        if _issued(claim, day, evidence):
            continue
        if _of_earlier(claim, day, earlier):
            continue
        if _year_of_source(day, known, evidence):
            continue
        if any(day.agrees(d) for one in beside for r in one.said for d in r.days):
            continue
        near = nearest(evidence, claim.stems)
        theirs, fact = _other_day(day, evidence, near)
        shown = claim.cut(day.start, day.end)
        sure = _is_replaced(day, claim, evidence)
        yield Difference("date-not-in-fact", shown, theirs, fact, at=day.start, sure=sure)


_ENDS = re.compile(
    r"\b(?:end|ende|fin|finales|últimos\s+días)\s+(?:of|de|d'|del|des)?\s*$", re.IGNORECASE
)
_BEGINS = re.compile(
    r"\b(?:from|since|as\s+of|between|ab|seit|vom|von|zwischen|dès|du|depuis|entre(?:\s+el|\s+le)?|desde(?:\s+el)?)\s+(?:the\s+|dem\s+|le\s+|el\s+)?$",
    re.IGNORECASE,
)


def _meets(claim: Reading, ours: StatedDay, known: Sequence[StatedDay]) -> bool:
    """Whether a day is another one in other words: until the end of June, from July 1.

    Where something begins with a month, it begins on its first day.
    """
    before = claim.text[: ours.start]
    if ours.day is None and ours.month and _ENDS.search(before):
        following = ours.month % 12 + 1
        return any(one.month == following and one.day == 1 for one in known)
    if ours.day == 1 and _BEGINS.search(before):
        month = replace(ours, day=None)
        return any(one.day is None and month.agrees(one) for one in known)
    return False


def _turned(ours: StatedDay, known: Sequence[StatedDay]) -> bool:
    """Whether a date in digits is a known one with the month first: 6/1/2026 is June 1."""
    if not (re.match(r"\d{1,2}/\d", ours.words) and ours.day and ours.month and ours.day <= 12):
        return False
    turned = replace(ours, month=ours.day, day=ours.month)
    return any(turned.agrees(other) for other in known)


def _is_replaced(ours: StatedDay, claim: Reading, evidence: Sequence[Evidence]) -> bool:
    """Whether a fact has another date of the same kind, which the sentence lacks."""
    return any(
        bool((ours.year and other.year) or (ours.month and other.month))
        and not any(other.agrees(day) and bool(day.month or not other.month) for day in claim.days)
        for one in evidence
        for reading in one.said
        for other in reading.days
    )


def _byline(day: StatedDay, one: Evidence) -> bool:
    """Whether a day of a copy is the day on which it came out."""
    return any((day.year, day.month, day.day) == (d.year, d.month, d.day) for d in one.issued)


def _named(one: Evidence) -> tuple[StatedDay, ...]:
    return days(one.names, one.language)


def _issued(claim: Reading, day: StatedDay, evidence: Sequence[Evidence]) -> bool:
    """Whether a date is that of a source, in a sentence on its being published."""
    around = claim.text[max(0, day.start - 60) : day.end + 40]
    told = bool(_PUBLISHED.search(around) or claim.language.finds("says", around))
    told = told or bool(day.day) or claim.outside != claim.text or '"' in around
    if not told and not _names_source(around, day, evidence):
        return False
    return any(
        (day.year is None or day.year == issued.year)
        and (day.month is None or day.month == issued.month)
        and (day.day is None or day.day == issued.day)
        for one in evidence
        for issued in one.issued
    )


def _names_source(text: str, day: StatedDay, evidence: Sequence[Evidence]) -> bool:
    """Whether a text names where a fact was published: “in the Courier of 2 October”.

    With a mere month, its author may be named by what he is: “in March … the auditor”.
    """
    parts = name_parts(" ".join(re.findall(CAPITAL, text)) if day.day else text)
    return any(name_parts(line) & parts for one in evidence for line in one.who.split("\n"))


def _of_earlier(claim: Reading, day: StatedDay, earlier: Sequence[Evidence]) -> bool:
    """Whether a date only says which announcement or rule is meant, of those cited before."""
    before = claim.text[max(0, day.start - 40) : day.start]
    if not re.search(r"\b(?:of|from|vom|von|du|de|del|des)\s+$", before) or not _PUBLISHED.search(
        before
    ):
        return False
    return any(day.agrees(d) for one in earlier for r in one.said for d in r.days) or _issued(
        claim, day, earlier
    )


def _year_of_source(
    day: StatedDay, known: Sequence[StatedDay], evidence: Sequence[Evidence]
) -> bool:
    """“A study of 2019”: the year of a source, where the fact has no other year."""
    years = {issued.year for one in evidence for issued in one.issued}
    return day.month is None and day.year in years and not any(other.year for other in known)


def _other_day(ours: StatedDay, evidence: Sequence[Evidence], near: Evidence) -> tuple[str, str]:
    for one in (near, *evidence):
        for reading in one.readings:
            same = [day for day in reading.days if bool(day.day) == bool(ours.day)]
            if found := same or list(reading.days):
                return reading.cut(found[0].start, found[0].end), one.fact
    return near.statement.text, near.fact


def _other_side(claim: Reading, theirs: Reading, day: StatedDay) -> bool:
    """Whether a sentence has the other number of a change: until March 25 cents, since then 40."""
    clause = next((one.text for one in theirs.clauses if day.words in one.text), theirs.text)
    there = [one for one in theirs.quantities if one.words in clause]
    return bool(claim.own_quantities and there) and not any(
        abs(a.low - b.low) < 1e-9 for a in claim.own_quantities for b in there
    )


def _sides(
    claim: Reading, day: StatedDay, known: Sequence[StatedDay], evidence: Sequence[Evidence]
) -> Iterator[Difference]:
    """“After June” where the evidence says “before June”."""
    same = [other for other in known if day.agrees(other)]
    if day.side and same and all(other.side and other.side != day.side for other in same):
        for one in evidence:
            for reading in one.said:
                for other in reading.days:
                    if day.agrees(other) and not _other_side(claim, reading, other):
                        yield Difference(
                            "date-not-in-fact",
                            claim.cut(day.start, day.end),
                            reading.cut(other.start, other.end),
                            one.fact,
                        )
                        return
