"""The axis of the timeline: columns of days on which nothing changes, and how wide text is.

A scale in days cannot show 10 and 11 June 2020 apart on a sheet that reaches to 2026. So the
days on which something begins or has ended cut the calendar into columns, each as wide as its
heading needs. A single day gets as much room as a quiet year.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from advocacy.campaign.days import ONE_DAY, Days

_NARROW, _THIN, _WIDE = "iljI.,:;'’‘|!", 'ftr()[]/- "“”·', "mwMW@%—…"


def width_of(text: str, size: float) -> float:
    """Estimate the width in pixels, a little too wide for Arial, Helvetica and similar faces."""
    return sum(_ems(char) for char in text) * size


def _ems(char: str) -> float:
    if char in _NARROW:
        return 0.27
    if char in _THIN:
        return 0.36
    if char in _WIDE:
        return 0.9
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return 1.0
    return 0.7 if char.isupper() else 0.575


def shorten(text: str, size: float, width: float) -> str:
    """Cut a text to a width in pixels; … stands for what is left out."""
    text = " ".join(text.split())
    if width_of(text, size) <= width:
        return text
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip(' ,.;:–-')}…"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NARROWEST = 46.0
HEAD, TAIL = 11.0, 9.5
"""Font sizes of the two lines of a column's heading."""


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A run of days: its first and last (None: open), and where it is drawn."""

    first: date | None
    last: date | None
    left: float
    width: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def middle(self) -> float:
        """Half way."""
        return self.left + self.width / 2

    @property
    def head(self) -> str:
        """`Jun 10`; `earlier` for the open beginning."""
        return day_and_month(self.first) if self.first else "earlier"

    @property
    def tail(self) -> str:
        """`to Jun 16`, with a year where it is another; `and later`; empty for a single day."""
        if self.last is None:
            return "and later"
        if self.first is None or self.first == self.last:
            return ""
        year = "" if self.first.year == self.last.year else f", {self.last.year}"
        return f"to {day_and_month(self.last)}{year}"

    def covers(self, days: Days) -> bool:
        """Whether a run of days holds on all of its days (it holds on all or on none)."""
        begins = days.first is None or (self.first is not None and days.first <= self.first)
        ends = days.last is None or (self.last is not None and self.last <= days.last)
        return begins and ends


def columns_of(runs: Iterable[Days], day: date, left: float) -> tuple[DayColumn, ...]:
    """The columns for these runs, with the chosen day in one of its own."""
    runs = list(runs)
    cuts = {day, _after(day)}
    cuts |= {run.first for run in runs if run.first}
    cuts |= {_after(run.last) for run in runs if run.last}
    starts: list[date | None] = sorted(cuts)  # type: ignore[assignment]
    if any(run.first is None for run in runs) and min(cuts) > date.min:
        starts.insert(0, None)
    columns: list[DayColumn] = []
    for number, first in enumerate(starts):
        following = starts[number + 1] if number + 1 < len(starts) else None
        last = following - ONE_DAY if following else None
        bare = DayColumn(first, last, left, 0)
        needed = max(width_of(bare.head, HEAD), width_of(bare.tail, TAIL)) + 10
        columns.append(DayColumn(first, last, left, max(NARROWEST, needed)))
        left = columns[-1].right
    return tuple(columns)


def _after(day: date) -> date:
    return day + ONE_DAY if day < date.max else day


def day_and_month(day: date) -> str:
    """`Jun 10`."""
    return f"{MONTHS[day.month - 1]} {day.day}"


def in_words(day: date) -> str:
    """`Jun 10, 2020`."""
    return f"{day_and_month(day)}, {day.year}"
