"""Times that a sentence names by words: the year before, days of the week, seasons.

They are compared with the days of the evidence, whose rules are in `dates.py`.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations

from advocacy.checks.agreement.days import StatedDay
from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import Language, any_of
from advocacy.checks.word_patterns import WordPattern

_SPAN = re.compile(
    r"\s*(?:,\s*)?(?:and|to|until|through|bis|und|et|à|au|jusqu'(?:à|en|au)|y|a|al|hasta|[–-])\s*"
    r"(?:(?:the|zum|le|la|el|en)\s+)?",
    re.IGNORECASE,
)
_ONLY_DATE = re.compile(r"[\s,]*(?:the|dem|den|der|le|el)?\s*", re.IGNORECASE)
_MONTHS = {
    "spring": (3, 4, 5, 6),
    "summer": (6, 7, 8, 9),
    "autumn": (9, 10, 11, 12),
    "winter": (12, 1, 2, 3),
}


def period_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Years, weekdays and seasons in words that are not those of the evidence; one is enough."""
    for differ in (_relative_years, _weekdays, _seasons, _parts_of_spans):
        found = next(differ(claim, evidence), None)
        if found is not None:
            yield found
            return


def _relative_years(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """“The year before”, where the evidence has an earlier year and not the one before."""
    language = claim.language
    found = language.finds("year_before", claim.outside)
    if found is None:
        return
    for one in evidence:
        years = sorted({day.year for r in one.said for day in r.days if day.year})
        own = sorted({day.year for day in claim.own_days if day.year})
        last = own[-1] if own else (years[-1] if years else None)
        earlier = [year for year in years if last is not None and year < last]
        if earlier and last is not None and last - 1 not in earlier:
            shown = next(
                r.cut(day.start, day.end) for r in one.said for day in r.days if day.year in earlier
            )
            yield Difference(
                "date-not-in-fact", claim.cut(found.start(), found.end()), shown, one.fact
            )
            return


def _weekdays(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Days of the week where the evidence has other ones."""
    language = claim.language
    ours = {
        name: span
        for name, span in _named(claim.outside, language).items()
        # “Tuesday, June 9” is the day of a date.
        if not any(
            day.day and _ONLY_DATE.fullmatch(claim.outside[span[1] : day.start])
            for day in claim.own_days
        )
    }
    if not ours:
        return
    for one in evidence:
        for reading in one.said:
            theirs = _named(reading.text, reading.language)
            if theirs and not theirs.keys() & ours.keys():
                start, end = next(iter(ours.values()))
                first, last = next(iter(theirs.values()))
                yield Difference(
                    "date-not-in-fact",
                    claim.cut(start, end),
                    reading.cut(first, last),
                    one.fact,
                    sure=len(theirs) == len(ours) == 1,
                )
                return


def _named(text: str, language: Language) -> dict[str, tuple[int, int]]:
    """The days of the week of a text; “weekdays”, and “Monday to Friday”, are all of theirs."""
    found = {}
    for name, pattern in _week(language):
        if match := pattern.search(text):
            found[name] = match.span()
    for first, last in permutations([name for name in found if name in _DAYS], 2):
        if _SPAN.fullmatch(text[found[first][1] : found[last][0]]):
            begin, end = _DAYS.index(first), _DAYS.index(last)
            found |= {name: found[first] for name in _DAYS[begin : end + 1] if name not in found}
            break
    if "work" in found:
        at = found.pop("work")
        found |= {name: at for name in _DAYS[:5] if name not in found}
    return found


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@lru_cache(maxsize=8)
def _week(language: Language) -> tuple[tuple[str, WordPattern], ...]:
    return tuple((name, any_of([words])) for name, words in language.table("week").items())


def _seasons(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """A season, where all months of the evidence are in others."""
    language = claim.language
    for season, words in language.table("seasons").items():
        found = any_of([words]).search(claim.outside)
        if found is None:
            continue
        readings = [(one, reading) for one in evidence for reading in one.said]
        if any(_season_in(words, one, reading, season) for one, reading in readings):
            return
        if any(day.month in _MONTHS[season] for one in evidence for day in one.issued):
            return  # when it was published, or said
        before = language.finds("before", claim.outside[max(0, found.start() - 24) : found.start()])
        for one, reading in readings:
            months = {day.month for day in reading.days if day.month}
            allowed = set(range(1, _MONTHS[season][0])) if before else set(_MONTHS[season])
            if months and not months & allowed:
                day = next(day for day in reading.days if day.month)
                yield Difference(
                    "date-not-in-fact",
                    claim.cut(*found.span()),
                    reading.cut(day.start, day.end),
                    one.fact,
                )
                return


def _season_in(words: str, one: Evidence, reading: Reading, season: str) -> bool:
    """Whether some text of a fact has the season's word, in whatever language."""
    own = reading.language.table("seasons").get(season, words)
    return any(any_of([w]).search(r.text) is not None for r in one.readings for w in (words, own))


def _parts_of_spans(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """One end of “between April and June” as the whole time; and a time before its first end."""
    for ours in claim.own_days:
        if not ours.month or ours.day:
            continue
        for one in evidence:
            for reading in one.said:
                counts = [(q.unit, q.noun) for q in reading.quantities if q.kind == "count"]
                if len(set(counts)) < len(counts):
                    continue  # from a first to a last number: each may have its own day
                for first, last in spans(reading):
                    if _is_part(ours, first, last, claim):
                        yield Difference(
                            "date-not-in-fact",
                            claim.cut(ours.start, ours.end),
                            reading.cut(first.start, last.end),
                            one.fact,
                        )
                        return


def spans(reading: Reading) -> Iterator[tuple[StatedDay, StatedDay]]:
    """Pairs of days that are the ends of a span: “between April and June”."""
    for first, last in zip(reading.days, reading.days[1:], strict=False):
        if _SPAN.fullmatch(reading.text[first.end : last.start]):
            yield first, last


_UP_TO = re.compile(
    r"\b(?:to|bis|jusqu'(?:à|en|au)|hasta)\s+(?:(?:this|last|zum|diesen)\s+)?$", re.IGNORECASE
)


def _is_part(ours: StatedDay, first: StatedDay, last: StatedDay, claim: Reading) -> bool:
    """Whether a month is said to be all of a span that it only begins or ends."""
    others = [day for day in claim.own_days if day is not ours]
    ends = [end for end in (first, last) if end.month == ours.month]
    if not ends or any(other.month for other in others):
        return False
    if _UP_TO.search(claim.text[: ours.start]):
        return False  # “in the twelve months to March”
    return not ours.side or (ours.side == "before" and ends == [first])
