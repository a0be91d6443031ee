"""The timeline as SVG."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby

from advocacy.authoring.timeline.columns import HEAD, TAIL, Column, in_words, width_of
from advocacy.authoring.timeline.picture import (
    HEADER,
    META,
    NOTE,
    STAGE,
    STATEMENT,
    FactBar,
    TimelinePicture,
    TimelineRow,
    note_left,
    picture_of,
)
from advocacy.campaign.loading import Campaign
from advocacy.documents.page_colors import FACE, LIGHT

LEFT = 24.0
IDS = "tl-title tl-desc"


def timeline_svg(campaign: Campaign, day: date | None = None) -> str:
    """The timeline of a campaign as an SVG file, for a day (default: the letters' date)."""
    return drawn(picture_of(campaign, day), LIGHT) + "\n"


def drawn(picture: TimelinePicture, colours: Mapping[str, str]) -> str:
    """A picture as an `svg` element; `colours` are named as those of `LIGHT`."""
    width, height = picture.width, picture.height
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="{IDS}">',
        f'<title id="tl-title">{escape(picture.title)}</title>',
        f'<desc id="tl-desc">{escape(_description(picture))}</desc>',
        f"<style>{_style(colours)}</style>",
        _patterns(),
        f'<rect class="paper" width="{_n(width)}" height="{_n(height)}"/>',
        _text(LEFT, 34, picture.title, "title"),
        _text(LEFT, 56, picture.summary, "summary"),
        *_axis(picture),
    ]
    for heading in picture.headings:
        parts.append(_text(LEFT, heading.top + 15, heading.text, "heading"))
        parts.append(_line(LEFT, heading.top + 21, width - 24, heading.top + 21, "rule"))
    for row in picture.rows:
        parts += _row(row)
    parts += _legend(picture)
    return "\n".join([*parts, "</svg>"])


def _style(colour: Mapping[str, str]) -> str:
    c = {name.replace("-", "_"): value for name, value in colour.items()}
    return (
        "text{{font-family:{face}}}"
        ".paper{{fill:{paper}}}.ink,.title,.label,.stage-label{{fill:{ink}}}"
        ".title{{font-size:19px;font-weight:650}}.summary{{font-size:13px;fill:{muted}}}"
        ".heading{{font-size:11.5px;font-weight:650;fill:{muted};letter-spacing:.02em}}"
        ".label{{font-size:{statement}px}}.stage-label{{font-size:{stage_size}px;font-weight:650}}"
        ".meta{{font-size:{meta}px;fill:{muted}}}.note{{font-size:{note}px;fill:{ended};"
        "font-weight:600;paint-order:stroke;stroke:{paper};stroke-width:3px}}"
        ".head{{font-size:{head}px;fill:{ink}}}.tail{{font-size:{tail}px;fill:{muted}}}"
        ".year-name{{font-size:12px;font-weight:650;fill:{muted}}}.year{{fill:{year}}}"
        ".rule{{stroke:{line};stroke-width:1}}.cut{{stroke:{line};stroke-width:1;"
        "stroke-dasharray:2 3}}"
        ".day{{fill:{day}}}.day-line{{stroke:{day_line};stroke-width:1.6}}"
        ".day-flag{{fill:{day_line}}}.day-name{{font-size:11px;font-weight:650;fill:{paper}}}"
        ".stage{{fill:{stage}}}.stage-off{{fill:{stage_soft};stroke:{stage};stroke-width:1}}"
        ".holds{{fill:{holds_soft};stroke:{holds};stroke-width:1.4}}"
        ".notyet{{fill:{paper};stroke:{holds};stroke-width:1.2;stroke-dasharray:4 3}}"
        ".ended{{fill:url(#tl-ended);stroke:{ended};stroke-width:1.4}}"
        ".use{{fill:{use}}}.dead{{fill:url(#tl-dead);stroke:{ended};stroke-width:1.6}}"
        ".mark-holds{{fill:{holds}}}.mark-open{{fill:none;stroke:{holds};stroke-width:1.8}}"
        ".mark-ended{{fill:none;stroke:{ended};stroke-width:2.4;stroke-linecap:round}}"
        ".mark-due{{fill:{day_line}}}.mark-bang{{font-size:9px;font-weight:700;fill:{paper}}}"
        ".ended-paper{{fill:{ended_soft}}}.ended-ink{{stroke:{ended}}}.dead-paper{{fill:{paper}}}"
    ).format(
        face=FACE,
        statement=STATEMENT,
        meta=META,
        note=NOTE,
        stage_size=STAGE,
        head=HEAD,
        tail=TAIL,
        **c,
    )


def _patterns() -> str:
    return (
        '<defs><pattern id="tl-ended" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="ended-paper" width="7" height="7"/>'
        '<path class="ended-ink" d="M0 0V7" stroke-width="1.6" stroke-opacity=".55"/></pattern>'
        '<pattern id="tl-dead" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(-45)"><rect class="dead-paper" width="6" height="6"/>'
        '<path class="ended-ink" d="M0 0V6" stroke-width="4"/></pattern></defs>'
    )


def _axis(picture: TimelinePicture) -> Iterator[str]:
    """Years, the headings of the columns, and the chosen day as a line."""
    top, bottom = picture.body
    heads = HEADER - 34
    years = groupby(picture.columns, key=lambda column: column.first and column.first.year)
    for number, (year, group) in enumerate(years):
        columns = list(group)
        left, right = columns[0].left, columns[-1].right
        if number % 2 == 0:
            yield _rect(left, heads - 20, right - left, bottom - heads + 20, "year")
        if year:
            yield _text(left + 5, heads - 6, str(year), "year-name")
        yield _line(left, heads - 20, left, bottom, "rule")
    chosen = next(column for column in picture.columns if column.first == picture.day)
    yield _rect(chosen.left, heads, chosen.width, bottom - heads, "day")
    for column in picture.columns:
        yield _line(column.left, top, column.left, bottom, "cut")
        yield _text(column.left + 5, heads + 13, column.head, "head")
        yield _text(column.left + 5, heads + 26, column.tail, "tail")
    yield _line(chosen.middle, heads + 30, chosen.middle, bottom + 8, "day-line")
    yield from _flag(picture, chosen, bottom)


def _flag(picture: TimelinePicture, chosen: Column, bottom: float) -> Iterator[str]:
    name = in_words(picture.day)
    width = width_of(name, 11) + 16
    left = min(chosen.middle - width / 2, picture.width - width - 8)
    yield _rect(left, bottom + 6, width, 19, "day-flag", radius=4)
    yield _text(left + 8, bottom + 19.5, name, "day-name")


def _row(row: TimelineRow) -> Iterator[str]:
    yield f"<g><title>{escape(row.told)}</title>"
    stage = row.look in ("stage", "stage-off")
    if stage:
        yield _text(LEFT, row.middle + 4.5, row.label, "stage-label")
        yield _text(LEFT + width_of(row.label, STAGE) * 1.1 + 10, row.middle + 4, row.meta, "meta")
    else:
        yield from _mark(row.mark, LEFT + 7, row.top + 9)
        yield _text(LEFT + 22, row.top + 13, row.label, "label")
        yield _text(LEFT + 22, row.top + 25.5, row.meta, "meta")
    height = 17.0 if stage else 14.0
    css = row.look.replace("not yet", "notyet")
    for bar in row.bars:
        yield _bar(bar, row.middle, height, css)
    for bar in row.uses:
        right = bar.right - (height / 2 + 2 if bar.open_right else 3)
        yield _rect(bar.left + 3, row.middle - 2, right - bar.left - 3, 4, "use", radius=2)
    for bar in row.dead:
        yield _bar(bar, row.middle, height, "dead")
    if row.note and (row.bars or row.dead):
        left = note_left(row)
        if row.dead:
            width = width_of(row.note, NOTE) * 1.05 + 8
            yield _rect(left - 4, row.middle - 6.5, width, 13, "paper", radius=3)
        yield _text(left, row.middle + 4, row.note, "note")
    yield "</g>"


def _bar(bar: FactBar, middle: float, height: float, css: str) -> str:
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


def _legend(picture: TimelinePicture) -> Iterator[str]:
    y = picture.height - 40
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
    yield _bar(FactBar(x, x + 28), y - 4, 13, "dead")
    yield _text(x + 35, y, "a letter would rely on it, and it does not hold", "meta")
    about = (
        "A column is a run of days on which nothing changes; its width is not to scale. "
        + picture.footnote
    )
    yield _text(LEFT, picture.height - 18, about, "meta")


def _description(picture: TimelinePicture) -> str:
    told: Sequence[str] = [row.told for row in picture.rows]
    return " ".join([picture.summary, *told])


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
