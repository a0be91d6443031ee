"""Spans of days: the windows of stages, the days of facts, and the dates of sources."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from advocacy.errors import Place, Problem

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """All days from `first` to `last`, both included; None leaves that end open.

    Days(date(2020, 6, 10), None).text()  # "from 2020-06-10"
    """

    first: date | None = None
    last: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the day is one of them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def nearest(self, day: date) -> date:
        """The day itself if it is one of them, else the end of the span that is closer to it."""
        if self.first is not None and day < self.first:
            return self.first
        return self.last if self.last is not None and day > self.last else day

    def shared(self, other: "Days") -> "Days | None":
        """The days that are in both spans, or None if there are none."""
        firsts = [day for day in (self.first, other.first) if day is not None]
        lasts = [day for day in (self.last, other.last) if day is not None]
        both = Days(max(firsts, default=None), min(lasts, default=None))
        return None if both.first and both.last and both.last < both.first else both

    def ends(self, anchor: date | None, today: date) -> tuple[date, ...]:
        """Its first and last day, or the one day that is both.

        An open end is `anchor` where that is one of the days, else the day nearest to `today`.
        """
        near = self.nearest(anchor if anchor is not None and self.covers(anchor) else today)
        first, last = self.first or near, self.last or near
        return (first,) if first == last else (first, last)

    def order_problems(self, what: str, place: Place | None) -> list[Problem]:
        """That the span ends before it begins; `what` (“The fact `x`”) has these days."""
        if self.first is None or self.last is None or self.first <= self.last:
            return []
        message = f"{what} ends on {self.last}, before it begins on {self.first}."
        return [Problem("days-reversed", message, "Put the earlier day in `from:`.", place)]

    def text(self, write: Callable[[date], str] = str, always: str = "always") -> str:
        """The span in words: `2020-06-10`, `2020-06-10 to 2020-06-16`, `from …`, `until …`.

        `write` writes one day; `always` stands for a span that is open at both ends.
        """
        if self.first and self.last:
            if self.first == self.last:
                return write(self.first)
            return f"{write(self.first)} to {write(self.last)}"
        if self.first:
            return f"from {write(self.first)}"
        return f"until {write(self.last)}" if self.last else always


def published_days(edtf: str) -> tuple[date, date]:
    """The first and last day that an EDTF date may mean.

    It is of level 0 (a year, a month, a day, or an interval of two), approximate or uncertain
    (`1950~`, `1950?`), or a season (`2020-22`, level 1), whose months differ by hemisphere: any
    day of its year. Raises ValueError for any other text.
    """
    ends = edtf.split("/")
    if len(ends) > 2:
        raise ValueError(_FORMS)
    first, last = _days_of(ends[0]), _days_of(ends[-1])
    if last[1] < first[0]:
        raise ValueError(f"{edtf} ends before it begins")
    return first[0], last[1]


_FORMS = "write a date as 2020, 2020-06, or 2020-06-10"
_SEASONS = range(21, 25)


def _days_of(edtf: str) -> tuple[date, date]:
    match = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?[~?%]?", edtf)
    if match is None:
        raise ValueError(_FORMS)
    year, month, day = (int(part or 0) for part in match.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if month in _SEASONS:
            month = 0
        last = calendar.monthrange(year, month or 12)[1]
        return date(year, month or 1, 1), date(year, month or 12, last)
    except (ValueError, calendar.IllegalMonthError) as error:
        raise ValueError(f"{edtf} is not a valid date") from error
