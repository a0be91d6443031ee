"""Dates as other programs write them, as EDTF text: `2020`, `2020-06-10`, `1950~`, `2019/2020`.

Nothing is guessed. A date that cannot be read whole is none: a letter may not cite what was not
out yet, so another date would be worse than no date.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from advocacy.campaign.days import published_days

_CIRCA = re.compile(r"^(?:circa|ca\.?|c\.|approx(?:imately|\.)?|about)\s*(?=\d)", re.IGNORECASE)
_PARTS = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?[-/]*")
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_LANGUAGES = ("en", "de", "fr", "es")


def edtf_of(written: Any) -> str | None:
    """A date of any form as EDTF; empty where there is none, None where it cannot be read."""
    text = _of_mapping(written) if isinstance(written, Mapping) else str(written or "").strip()
    if not text:
        return text
    made = _of_text(text)
    try:
        if made:
            published_days(made)
    except ValueError:
        return None
    return made


def _of_mapping(value: Mapping[str, Any]) -> str | None:
    """A date of CSL-JSON: `date-parts`, with `circa` and `season`, or free text."""
    parts = value.get("date-parts")
    spans = [span for span in parts if isinstance(span, list)] if isinstance(parts, list) else []
    if isinstance(parts, list) and parts and not spans:
        spans = [parts]  # as some programs write one date
    days = ["-".join(str(part) for part in span if str(part).strip()) for span in spans]
    days = [day for day in days if day]
    if not days:
        return str(value.get("raw") or value.get("literal") or "").strip()
    season = str(value.get("season") or "").strip().lower()
    if season:
        number = _SEASONS.get(season) or {"1": 21, "2": 22, "3": 23, "4": 24}.get(season)
        if number is None or len(days) > 1 or not re.fullmatch(r"\d{4}", days[0]):
            return None
        days = [f"{days[0]}-{number}"]
    circa = "~" if value.get("circa") else ""
    return "/".join(f"{day}{circa}" for day in days[:2]) if len(days) < 3 else None


def _of_text(text: str) -> str | None:
    text = re.sub(r"(?<=\d)T\d\d?:.*$", "", text)  # a time of that day
    found = _CIRCA.match(text)
    if found:
        made = _of_text(text[found.end() :].strip())
        return f"{made}~" if made and re.fullmatch(r"[\d-]+", made) else None
    if mark := re.fullmatch(r"(.*\d)([~?%])", text):
        made = _of_text(mark[1])
        return f"{made}{mark[2]}" if made else None
    if parts := _PARTS.fullmatch(text):
        return _joined(*parts.groups())
    halves = re.fullmatch(r"(\d{4}\S*?)\s*(?:/|--?|–|—)\s*(\d{4}\S*)", text)
    if halves:
        first, last = _of_text(halves[1]), _of_text(halves[2])
        return f"{first}/{last}" if first and last else None
    return _of_words(text)


def _of_words(text: str) -> str | None:
    """`June 5, 2020`, `5 juin 2020`, `2020 Jun 05`, `Summer 2020`."""
    words = [word.lower() for word in _WORDS.findall(text)]
    years = [word for word in words if re.fullmatch(r"\d{4}", word)]
    days = [word for word in words if re.fullmatch(r"(\d\d?)", word)]
    ordinal = {"st", "nd", "rd", "th", "de", "del", "of", "er"}
    names = [word for word in words if not word.isdigit() and word not in ordinal]
    if len(years) != 1 or len(days) > 1 or len(names) != 1:
        return None
    season = _SEASONS.get(names[0])
    if season and not days:
        return f"{years[0]}-{season}"
    month = _months().get(names[0])
    return _joined(years[0], str(month), *days) if month else None


def _joined(year: str, month: str | None = None, day: str | None = None) -> str:
    """The parts as EDTF; `00`, as some programs write what they do not know, is left out."""
    parts = [part.zfill(2) for part in (month, day) if part]
    while parts and int(parts[-1]) == 0:
        parts.pop()
    return "-".join([year, *parts])


@cache
def _months() -> Mapping[str, int]:
    """Months by their names and short names in our languages."""
    from babel.dates import get_month_names

    return {
        name.rstrip(".").lower(): number
        for language in _LANGUAGES
        for width in ("abbreviated", "wide")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, language).items()
    } | {"sept": 9}
