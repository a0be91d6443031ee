"""Times of day in a sentence, against those of what it cites: 18:40, 7 p.m., sieben Uhr, las ocho.

An hour that may be one of the morning or of the evening (“at seven”) is both.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.quantity import small_number
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.language import Language

DAY = 24 * 60
_NUMBER = r"(?P<hour>\d{1,2}|[^\W\d_]+)"
_HALF = r"(?P<half>a\.?m\.?|p\.?m\.?)"
_FIRST = r"(?<![\d.:])(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?"
"""The first hour of two, of which only the second has a word for hours."""
# By language: an hour with its minutes, or one that words beside it tell from a number.
_FORMS = {
    "en": (
        rf"(?<![\d.:])(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})\s?{_HALF}",
        r"(?<![\d.:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?![\d:])",
        rf"\b{_NUMBER}\s?(?:{_HALF}(?!\w)|o'clock(?:\s+in\s+the\s+(?P<part>morning|afternoon|evening))?)",
        rf"\b{_NUMBER}\s+(?:in\s+the\s+(?P<part>morning|afternoon|evening)|at\s+(?P<night>night))\b",
    ),
    "de": (
        r"(?<![\d.:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?![\d:])",
        r"(?<![\d.:])(?P<hour>\d{1,2})\.(?P<minute>\d{2})\s?Uhr\b",
        rf"{_FIRST}(?=\s+(?:und|bis)\s+\d{{1,2}}(?:[:.]\d{{2}})?\s?Uhr\b)",
        rf"\b{_NUMBER}\s?Uhr\b(?:\s+(?P<part>morgens|vormittags|nachmittags|abends|nachts))?",
    ),
    "fr": (
        rf"{_FIRST}(?=\s+(?:et|à)\s+\d{{1,2}}\s?(?:h\b|heures\b))",
        r"\b(?:et|à)\s+(?P<hour>\d{1,2})\s?(?:h|heures)\b(?!\s?\d)",
        r"(?<![\d.:])(?P<hour>\d{1,2})\s?(?::|h)\s?(?P<minute>\d{2})(?![\d:])",
        (
            rf"\b(?:à|dès|avant|après|vers|jusqu'à)\s+{_NUMBER}\s?(?:h|heures?)\b"
            r"(?:\s+du\s+(?P<part>matin|soir)|\s+de\s+l'(?P<noon>après-midi))?"
        ),
    ),
    "es": (
        rf"{_FIRST}(?=\s+(?:y|a)\s+(?:las\s+)?\d{{1,2}}(?:[:.]\d{{2}})?\s?(?:h\b|horas\b))",
        r"(?<![\d.:])(?P<hour>\d{1,2})[:.](?P<minute>\d{2})\s?(?:h\b|horas?\b)",
        r"(?<![\d.:])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?![\d:])",
        (
            rf"\ba?\s*las\s+{_NUMBER}(?:\s+horas)?(?:\s+de\s+la\s+(?P<part>mañana|tarde|noche))?"
            r"\b(?!\s+(?!y\b|horas\b|de\b|hasta\b|a\b|en\b|los\b|el\b)[^\W\d]{3,})"
        ),
    ),
}
_LATE = frozenset(
    "afternoon evening night nachmittags abends nachts soir après-midi tarde noche".split()
)


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day: the minutes from midnight that it may mean, and where it stands."""

    minutes: frozenset[int]
    start: int
    end: int


@lru_cache(maxsize=8)
def _patterns(code: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.IGNORECASE) for form in _FORMS[code])


@lru_cache(maxsize=4096)
def clock_times(text: str, language: Language) -> tuple[ClockTime, ...]:
    """The times of day of a text, in no order."""
    found: list[ClockTime] = []
    for pattern in _patterns(language.code):
        for one in pattern.finditer(text):
            minutes = _minutes(one, language)
            if minutes and not any(t.start < one.end() and one.start() < t.end for t in found):
                found.append(ClockTime(minutes, *one.span()))
    return tuple(found)


def _minutes(found: re.Match[str], language: Language) -> frozenset[int]:
    words = found.groupdict()
    hour = small_number(words["hour"], language)
    minute = int(words.get("minute") or 0)
    if hour is None or hour > 24 or minute > 59:
        return frozenset()
    parts = [words.get(name) for name in ("half", "part", "night", "noon")]
    told = next((part.casefold() for part in parts if part), "")
    if told and hour <= 12:
        late = told.startswith("p") or told in _LATE
        return frozenset({(hour % 12 + 12 * late) * 60 + minute})
    either = language.code == "en" or not words["hour"].isdigit() or not words.get("minute")
    hours = {hour, hour + 12} if either and 1 <= hour <= 12 else {hour}
    return frozenset((one * 60 + minute) % DAY for one in hours)


def clock_differences(claim: Reading, evidence: Sequence[Evidence]) -> Iterator[Difference]:
    """Times of day that the evidence does not have, where it has others."""
    language = claim.language
    ours = clock_times(claim.outside, language)
    if not ours:
        return
    theirs = [(t, r, one) for one in evidence for r in one.said
              for t in clock_times(r.text, r.language)]  # fmt: skip
    if not theirs:
        return
    known = {m for t, _, _ in theirs for m in t.minutes}
    # Of several, one may be that of another event.
    sure = len(ours) == len({t.minutes for t, _, _ in theirs}) == 1
    for one in evidence:
        for reading in chain(one.passage, *one.source):
            known |= {m for t in clock_times(reading.text, reading.language) for m in t.minutes}
    for time in ours:
        if not time.minutes & known:
            _, reading, near = theirs[0]
            yield Difference(
                "date-not-in-fact",
                claim.cut(time.start, time.end),
                reading.text,
                near.fact,
                sure=sure,
            )
            return
