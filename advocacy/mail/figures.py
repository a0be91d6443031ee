"""Figures as people say them: spans and points of time, rates, and sizes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from advocacy.errors import count_noun

_UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
_SIZES = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
SHORT = 90.0
"""Up to so many of a unit are said in it: 90 seconds, 90 minutes."""


def human_span(seconds: float) -> str:
    """A span of time: `45 seconds`, `12 minutes`, `2.5 hours`, `3 days`."""
    if seconds < SHORT:
        return count_noun(round(seconds), "second")
    if seconds < SHORT * 60:
        return count_noun(round(seconds / 60), "minute")
    unit, size = _UNITS[1] if seconds < 48 * 3600 else _UNITS[0]
    rounded = round(seconds / size, 1)
    return f"{rounded:g} {unit}{'' if rounded == 1 else 's'}"


def human_share(part: int, whole: int) -> str:
    """A share, as exact as it needs to be: `0.3%`, `12%`; `0%` of nothing.

    Shares of less than ten percent have one decimal place. Those of less than one percent have two
    and are rounded down, so that a share below a limit is not shown as the limit.
    """
    percent = 100 * part / whole if whole else 0.0
    if percent >= 10 or percent == 0:
        return f"{percent:.0f}%"
    return f"{percent:.1f}%" if percent >= 1 else f"{max(1, 10_000 * part // whole) / 100:g}%"


def human_rate(per_second: float) -> str:
    """A rate, in the unit that makes it a whole number: `14 a second`, `3 a minute`."""
    for unit, size in reversed(_UNITS):
        rate = per_second * size
        if rate >= 1 or unit == "day":
            shown = f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"
            return f"{shown} {'an' if unit == 'hour' else 'a'} {unit}"
    raise AssertionError  # the last unit returns


def human_size(count: int) -> str:
    """A number of bytes: `7.8 kB`."""
    for unit, size in _SIZES:
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return count_noun(count, "byte")


def moment(seconds: float, timezone: str) -> str:
    """A point of time (UTC epoch seconds) where the campaign is: `2020-06-10 18:30`."""
    return _local(seconds, timezone).strftime("%Y-%m-%d %H:%M")


def period(first: float, last: float, timezone: str) -> str:
    """From one point of time to another, what they share said once: `2020-06-10 18:30 to 19:05`."""
    begin, end = moment(first, timezone), moment(last, timezone)
    if begin == end:
        return begin
    if begin[:10] == end[:10]:
        end = end[11:]
    return f"{begin} to {end}"


def _local(seconds: float, timezone: str) -> datetime:
    return datetime.fromtimestamp(seconds, ZoneInfo(timezone))
