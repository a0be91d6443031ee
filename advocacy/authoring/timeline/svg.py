"""Draw the timeline as SVG: labels to the left, bars over the columns of days."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from itertools import groupby

from advocacy.authoring.timeline.columns import HEAD, TAIL, DayColumn, in_words, shorten, width_of
from advocacy.authoring.timeline.picture import LABELS, TimelinePicture, TimelineRow, picture_of
from advocacy.campaign.loading import Campaign
from advocacy.documents.page_colors import FACE, LIGHT

# All lengths are pixels.
LEFT, MARGIN = 24.0, 24.0
HEADER, FOOTER = 124.0, 86.0
HEADING, STAGE_ROW, FACT_ROW, GAP = 24.0, 27.0, 30.0, 6.0
STATEMENT, META, NOTE, STAGE = 11.5, 10.0, 10.5, 13.0
"""Font sizes."""
IDS = "tl-title tl-desc"
# `var(--ink)` is a color of `page_colors`, or one of the sizes above.
_RULES = """
text{font-family:var(--face)}
.paper,.dead-paper{fill:var(--paper)} .ended-paper{fill:var(--ended-soft)}
.ended-ink{stroke:var(--ended)}
.title{font-size:19px;font-weight:650;fill:var(--ink)}
.summary{font-size:13px;fill:var(--muted)}
.heading{font-size:11.5px;font-weight:650;fill:var(--muted);letter-spacing:.02em}
.label{font-size:var(--statement)px;fill:var(--ink)}
.stage-label{font-size:var(--stage-size)px;font-weight:650;fill:var(--ink)}
.meta{font-size:var(--meta)px;fill:var(--muted)}
.note{font-size:var(--note)px;font-weight:600;fill:var(--ended);paint-order:stroke;
  stroke:var(--paper);stroke-width:3px}
.head{font-size:var(--head)px;fill:var(--ink)} .tail{font-size:var(--tail)px;fill:var(--muted)}
.year{fill:var(--year)} .year-name{font-size:12px;font-weight:650;fill:var(--muted)}
.rule{stroke:var(--line);stroke-width:1}
.cut{stroke:var(--line);stroke-width:1;stroke-dasharray:2 3}
.day{fill:var(--day)} .day-line{stroke:var(--day-line);stroke-width:1.6}
.day-flag{fill:var(--day-line)} .day-name{font-size:11px;font-weight:650;fill:var(--paper)}
.stage{fill:var(--stage)}
.stage-off{fill:var(--stage-soft);stroke:var(--stage);stroke-width:1}
.holds{fill:var(--holds-soft);stroke:var(--holds);stroke-width:1.4}
.notyet{fill:var(--paper);stroke:var(--holds);stroke-width:1.2;stroke-dasharray:4 3}
.ended{fill:url(#tl-ended);stroke:var(--ended);stroke-width:1.4}
.use{fill:var(--use)} .dead{fill:url(#tl-dead);stroke:var(--ended);stroke-width:1.6}
.mark-holds{fill:var(--holds)} .mark-open{fill:none;stroke:var(--holds);stroke-width:1.8}
.mark-ended{fill:none;stroke:var(--ended);stroke-width:2.4;stroke-linecap:round}
.mark-due{fill:var(--day-line)} .mark-bang{font-size:9px;font-weight:700;fill:var(--paper)}
"""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A run of columns: from `left` to `right`, open ends drawn as arrows."""

    left: float
    right: float
    open_left: bool = False
    open_right: bool = False


def timeline_svg(campaign: Campaign, day: date | None = None) -> str:
    """Draw the timeline of a campaign as an SVG file, for a day (default: the letters' date)."""
    return drawn(picture_of(campaign, day), LIGHT) + "\n"


def drawn(picture: TimelinePicture, colors: Mapping[str, str]) -> str:
    """Draw a picture as an `svg` element; `colors` are named as those of `LIGHT`."""
    columns = _widened(picture)
    rows: list[str] = []
    top = HEADER
    for number, (heading, members) in enumerate(picture.groups):
        top += GAP if number else 0
        rows.append(_text(LEFT, top + 15, heading, "heading"))
        rows.append(_line(LEFT, top + 21, columns[-1].right, top + 21, "rule"))
        top += HEADING
        for row in members:
            rows += _row(row, top, columns[-1].right)
            top += _height(row)
    width, height = columns[-1].right + MARGIN, top + FOOTER
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    summary = " ".join([picture.summary, *(row.summary for row in picture.rows)])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{IDS}">',
        f'<title id="tl-title">{escape(picture.title)}</title>',
        f'<desc id="tl-desc">{escape(summary)}</desc>',
        f"<style>{_style(colors)}</style>",
        _patterns(),
        f'<rect class="paper" width="{_n(width)}" height="{_n(height)}"/>',
        _text(LEFT, 34, picture.title, "title"),
        _text(LEFT, 56, picture.summary, "summary"),
        *_axis(columns, picture.day, top + GAP),
        *rows,
        *_legend(picture.footnote, height),
    ]
    return "\n".join([*parts, "</svg>"])


def _style(colors: Mapping[str, str]) -> str:
    sizes = {"statement": STATEMENT, "meta": META, "note": NOTE, "stage-size": STAGE,
             "head": HEAD, "tail": TAIL}  # fmt: skip
    values = {"face": FACE, **{name: str(size) for name, size in sizes.items()}, **colors}
    return re.sub(r"var\(--([\w-]+)\)", lambda found: values[found[1]], _RULES)


def _patterns() -> str:
    return (
        '<defs><pattern id="tl-ended" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="ended-paper" width="7" height="7"/>'
        '<path class="ended-ink" d="M0 0V7" stroke-width="1.6" stroke-opacity=".55"/></pattern>'
        '<pattern id="tl-dead" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(-45)"><rect class="dead-paper" width="6" height="6"/>'
        '<path class="ended-ink" d="M0 0V6" stroke-width="4"/></pattern></defs>'
    )


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
    """Bars over columns, neighbours joined; the last column may reach to the picture's edge."""
    bars: list[_Bar] = []
    for column in columns:
        right = edge if column.last is None else column.right
        left, open_left = column.left, column.first is None
        if bars and abs(bars[-1].right - left) < 0.1:
            left, open_left = bars[-1].left, bars[-1].open_left
            bars.pop()
        bars.append(_Bar(left, right, open_left, column.last is None))
    return bars


def _axis(columns: Sequence[DayColumn], day: date, bottom: float) -> Iterator[str]:
    """Draw the years, the headings of the columns, and the chosen day as a line."""
    heads = HEADER - 34
    years = groupby(columns, key=lambda column: column.first and column.first.year)
    for number, (year, group) in enumerate(years):
        members = list(group)
        left, right = members[0].left, members[-1].right
        if number % 2 == 0:
            yield _rect(left, heads - 20, right - left, bottom - heads + 20, "year")
        if year:
            yield _text(left + 5, heads - 6, str(year), "year-name")
        yield _line(left, heads - 20, left, bottom, "rule")
    chosen = next(column for column in columns if column.first == day)
    yield _rect(chosen.left, heads, chosen.width, bottom - heads, "day")
    for column in columns:
        yield _line(column.left, HEADER, column.left, bottom, "cut")
        yield _text(column.left + 5, heads + 13, column.head, "head")
        yield _text(column.left + 5, heads + 26, column.tail, "tail")
    yield _line(chosen.middle, heads + 30, chosen.middle, bottom + 8, "day-line")
    width = width_of(in_words(day), 11) + 16
    left = min(chosen.middle - width / 2, columns[-1].right + MARGIN - width - 8)
    yield _rect(left, bottom + 6, width, 19, "day-flag", radius=4)
    yield _text(left + 8, bottom + 19.5, in_words(day), "day-name")


def _is_stage(row: TimelineRow) -> bool:
    return row.look in ("stage", "stage-off")


def _height(row: TimelineRow) -> float:
    return STAGE_ROW if _is_stage(row) else FACT_ROW


def _row(row: TimelineRow, top: float, edge: float) -> Iterator[str]:
    middle = top + _height(row) / 2
    yield f"<g><title>{escape(row.summary)}</title>"
    if _is_stage(row):
        height, name = 17.0, width_of(row.label, STAGE) * 1.1
        meta = shorten(row.meta, META, LABELS - 52 - name)
        yield _text(LEFT, middle + 4.5, row.label, "stage-label")
        yield _text(LEFT + name + 10, middle + 4, meta, "meta")
    else:
        height, room = 14.0, LABELS - 56
        yield from _mark(row.mark, LEFT + 7, top + 9)
        yield _text(LEFT + 22, top + 13, shorten(row.label, STATEMENT, room), "label")
        yield _text(LEFT + 22, top + 25.5, shorten(row.meta, META, room), "meta")
    for bar in _bars(row.days, edge):
        yield _bar(bar, middle, height, row.look.replace("not yet", "notyet"))
    for bar in _bars(row.uses, edge):
        right = bar.right - (height / 2 + 2 if bar.open_right else 3)
        yield _rect(bar.left + 3, middle - 2, right - bar.left - 3, 4, "use", radius=2)
    for bar in _bars(row.dead, edge):
        yield _bar(bar, middle, height, "dead")
    if row.note and (row.days or row.dead):
        left = _note_left(row, edge)
        if row.dead:
            width = width_of(row.note, NOTE) * 1.05 + 8
            yield _rect(left - 4, middle - 6.5, width, 13, "paper", radius=3)
        yield _text(left, middle + 4, row.note, "note")
    yield "</g>"


def _bar(bar: _Bar, middle: float, height: float, css: str) -> str:
    """A bar with round ends; an open end is a point."""
    top, bottom, half = middle - height / 2, middle + height / 2, height / 2
    left, right = bar.left + 1.5, bar.right - 1.5
    begin = (
        f"M{_n(left + half)} {_n(top)}L{_n(left)} {_n(middle)}L{_n(left + half)} {_n(bottom)}"
        if bar.open_left
        else f"M{_n(left + 3)} {_n(top)}Q{_n(left)} {_n(top)} {_n(left)} {_n(top + 3)}"
        f"V{_n(bottom - 3)}Q{_n(left)} {_n(bottom)} {_n(left + 3)} {_n(bottom)}"
    )
    end = (
        f"H{_n(right - half)}L{_n(right)} {_n(middle)}L{_n(right - half)} {_n(top)}Z"
        if bar.open_right
        else f"H{_n(right - 3)}Q{_n(right)} {_n(bottom)} {_n(right)} {_n(bottom - 3)}"
        f"V{_n(top + 3)}Q{_n(right)} {_n(top)} {_n(right - 3)} {_n(top)}Z"
    )
    return f'<path class="{css}" d="{begin}{end}"/>'


def _mark(mark: str, x: float, y: float) -> Iterator[str]:
    """A shape for each state: disc, ring, cross, triangle."""
    if mark == "holds":
        yield f'<circle class="mark-holds" cx="{_n(x)}" cy="{_n(y)}" r="5"/>'
    elif mark == "not yet":
        yield f'<circle class="mark-open" cx="{_n(x)}" cy="{_n(y)}" r="4.4"/>'
    elif mark == "ended":
        yield (f'<path class="mark-ended" d="M{_n(x - 4)} {_n(y - 4)}l8 8m0 -8l-8 8"/>')
    elif mark == "due":
        yield (
            f'<path class="mark-due" d="M{_n(x)} {_n(y - 6)}l6.5 11.5h-13z"/>'
            f'<text class="mark-bang" x="{_n(x - 1.3)}" y="{_n(y + 4.3)}">!</text>'
        )


def _legend(footnote: str, height: float) -> Iterator[str]:
    y = height - 40
    x = LEFT
    for mark, text in (
        ("holds", "holds"),
        ("not yet", "not yet"),
        ("ended", "has ended"),
        ("due", "due for a recheck"),
    ):
        yield from _mark(mark, x + 6, y - 4)
        yield _text(x + 18, y, text, "meta")
        x += width_of(text, META) + 38
    yield _rect(x, y - 6, 26, 4, "use", radius=2)
    yield _text(x + 33, y, "a letter relies on it", "meta")
    x += width_of("a letter relies on it", META) + 57
    yield _bar(_Bar(x, x + 28), y - 4, 13, "dead")
    yield _text(x + 35, y, "a letter would rely on it, and it does not hold", "meta")
    about = (
        "A column is a run of days on which nothing changes; its width is not to scale. " + footnote
    )
    yield _text(LEFT, height - 18, about, "meta")


def _text(x: float, y: float, text: str, css: str) -> str:
    return f'<text class="{css}" x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>' if text else ""


def _rect(x: float, y: float, width: float, height: float, css: str, *, radius: float = 0) -> str:
    corners = f' rx="{_n(radius)}"' if radius else ""
    return (
        f'<rect class="{css}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" '
        f'height="{_n(height)}"{corners}/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<line class="{css}" x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"/>'


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
