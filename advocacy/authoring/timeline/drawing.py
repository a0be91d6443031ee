"""Draw the timeline: as an SVG file, and as a page with the same in a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from advocacy.authoring.timeline.columns import HEAD, TAIL, DayColumn, in_words, shorten, width_of
from advocacy.authoring.timeline.picture import LABELS, TimelinePicture, TimelineRow, picture_of
from advocacy.campaign.loading import Campaign
from advocacy.resources import render_page

LEAST_LABELS, LABELS_SHARE = 190.0, 0.45
"""How wide the labels are in a narrow window: pixels, and a part of it."""
COLUMNS_NOTE = "A column is a run of days on which nothing changes; its width is not to scale. "
NOTE = 10.5
"""The font size of a note beside a bar; the other sizes are in the template."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A run of columns: from `left` to `right`, open ends drawn as arrows."""

    left: float
    right: float
    open_left: bool = False
    open_right: bool = False


def timeline_svg(campaign: Campaign, day: date | None = None) -> str:
    """Draw the timeline of a campaign as an SVG file, for a day (default: the letters' date)."""
    return _drawn("picture.svg", picture_of(campaign, day), in_page=False).lstrip()


def timeline_html(campaign: Campaign, day: date | None = None, width: int | None = None) -> str:
    """The timeline as one HTML file, with nothing to fetch; it follows the reader's dark mode.

    `width` is that of the window in pixels: in a narrow one the labels leave room for the days.
    """
    labels = LABELS if width is None else min(LABELS, max(LEAST_LABELS, width * LABELS_SHARE))
    return _drawn("page.html", picture_of(campaign, day, labels), in_page=True)


def _drawn(template: str, picture: TimelinePicture, *, in_page: bool) -> str:
    columns = _widened(picture)
    return render_page(
        f"authoring/timeline/{template}.jinja",
        picture=picture,
        in_page=in_page,
        columns=columns,
        years=list(_years(columns)),
        labels=columns[0].left,
        columns_note=COLUMNS_NOTE,
        head_size=HEAD,
        tail_size=TAIL,
        note_size=NOTE,
        bars=_bars,
        note_left=_note_left,
        in_words=in_words,
        shorten=shorten,
        width_of=width_of,
    )


def _years(columns: Sequence[DayColumn]) -> Iterator[dict[str, object]]:
    """The years over the columns; the open beginning has no name."""
    for year, group in groupby(columns, key=lambda column: column.first and column.first.year):
        first, *others = group
        yield {"name": year or "", "left": first.left, "right": [first, *others][-1].right}


def _widened(picture: TimelinePicture) -> tuple[DayColumn, ...]:
    """The columns, the last one wide enough for the notes that reach over it."""
    *others, last = picture.columns
    right = max(
        [last.right]
        + [
            _note_left(row, last.right) + width_of(row.note, NOTE) * 1.05 + 22
            for row in picture.rows
            if row.note and (row.days or row.dead)
        ]
    )
    return (*others, replace(last, width=right - last.left))


def _note_left(row: TimelineRow, edge: float) -> float:
    """Where a row's note begins: on its dead days, which may have no end, or after its bar."""
    if row.dead:
        return row.dead[0].left + 12
    return _bars(row.days, edge)[-1].right + 8


def _bars(columns: Sequence[DayColumn], edge: float) -> list[_Bar]:
    """Bars over columns, neighbors joined; the last column may reach to the picture's edge."""
    bars: list[_Bar] = []
    for column in columns:
        right = edge if column.last is None else column.right
        left, open_left = column.left, column.first is None
        if bars and abs(bars[-1].right - left) < 0.1:
            left, open_left = bars[-1].left, bars[-1].open_left
            bars.pop()
        bars.append(_Bar(left, right, open_left, column.last is None))
    return bars
