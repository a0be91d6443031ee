"""A mailing's state as a page that stands alone: the counts, a plot over time, and tables."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from advocacy.documents.page_colors import FACE, page_html
from advocacy.mail.consent.addresses import readable
from advocacy.mail.ledger import Moment, State
from advocacy.mail.status.status import MailingStatus, Reason

WIDTH, HEIGHT = 860.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 96.0, 18.0, 34.0
DOMAINS = 40
_NICE = (1, 2, 5)
_WORDS = {
    State.SENT: "sent",
    State.REFUSED: "refused",
    State.DEFERRED: "put off",
    State.UNCERTAIN: "uncertain",
    State.SENDING: "under way",
}

_STYLE = f"""
body {{ padding: 1.5rem 1.25rem 3rem; max-width: 58rem }}
h1 {{ font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem }}
h2 {{ font-size: 1.25rem; margin: 2.5rem 0 .25rem }}
h3 {{ font-size: 1.0625rem; margin: 1.75rem 0 .25rem }}
.lead {{ color: var(--muted); margin: 0 0 1.5rem }}
.counts {{ display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1.5rem; padding: 0;
  list-style: none }}
.counts li {{ border: 1px solid var(--line); padding: .6rem .9rem; min-width: 7.5rem }}
.counts b {{ display: block; font-size: 1.5rem; line-height: 1.2;
  font-variant-numeric: tabular-nums }}
.counts span {{ color: var(--muted); font-size: .875rem }}
figure {{ margin: 0 }}
svg {{ min-width: 36rem }}
svg text {{ font: 13px {FACE}; fill: var(--muted) }}
.axis {{ stroke: var(--line); stroke-width: 1 }}
.sent {{ fill: none; stroke: var(--holds); stroke-width: 2.5; stroke-linejoin: round }}
.refused {{ fill: none; stroke: var(--ended); stroke-width: 2.5; stroke-dasharray: 7 4 }}
.sent-name {{ fill: var(--holds); font-weight: 650 }}
.refused-name {{ fill: var(--ended); font-weight: 650 }}
table {{ font-size: .9375rem }}
th, td {{ padding: .4rem 1rem .4rem 0 }}
td.n, th.n {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }}
td.said {{ overflow-wrap: anywhere }}
@media print {{ figure {{ break-inside: avoid }} }}
"""


def status_html(statuses: Sequence[MailingStatus], title: str, timezone: str, now: float) -> str:
    """The page, with nothing to fetch; it follows the reader's dark mode and prints well."""
    asked = f"As the ledger had it on {_moment(now, timezone)}, {timezone}."
    body = "\n".join(part for status in statuses for part in _mailing(status, timezone))
    return page_html(
        f"{title}: mailings",
        _STYLE,
        f"<h1>{escape(title)}</h1>\n"
        f'<p class="lead">{escape(asked)}</p>\n'
        f"{body or '<p>Nothing has been sent yet.</p>'}",
    )


def _mailing(status: MailingStatus, timezone: str) -> Iterable[str]:
    yield f"<h2>{escape(status.name)}</h2>"
    yield f'<p class="lead">{escape(_lead(status, timezone))}</p>'
    yield _counts(status)
    if status.moments:
        label = f"{status.name} over time; scroll sideways on a small screen"
        yield f'<figure tabindex="0" role="group" aria-label="{escape(label)}">'
        yield plot(status.moments, status.span, timezone)
        yield "</figure>"
    yield from _reasons("Refused, by reason", status.refused)
    yield from _reasons("Put off, by reason", status.deferred)
    yield from _uncertain(status)
    yield from _domains(status)


def _lead(status: MailingStatus, timezone: str) -> str:
    if status.first is None or status.last is None:
        return "Nothing has been sent yet."
    first, last = _moment(status.first, timezone), _moment(status.last, timezone)
    return f"Sent on {first}." if first == last else f"Sent from {first} to {last}."


def _counts(status: MailingStatus) -> str:
    told = [(status.states[state], word) for state, word in _WORDS.items()]
    told.append((status.left or 0, "left"))
    if status.left_out:
        told += [(status.left_out[why], why) for why in ("suppressed", "no email", "answered")]
    told += [(status.replied, "replied"), (status.bounced, "bounced")]
    items = [
        f"<li><b>{count:,}</b><span>{escape(word)}</span></li>"
        for count, word in told
        if count or word == "sent"
    ]
    return f'<ul class="counts">{"".join(items)}</ul>'


def plot(moments: Sequence[Moment], span: float, timezone: str) -> str:
    """How many messages had been sent, and refused, at each moment, as an `svg` element."""
    begin = min(one.at for one in moments)
    end = max(one.at for one in moments) + span
    lines = {
        css: _running(moments, state, begin, end, span)
        for css, state in (("sent", State.SENT), ("refused", State.REFUSED))
    }
    top = _ceiling(max(points[-1][1] for points in lines.values()))
    told = " and ".join(f"{points[-1][1]:,} {css}" for css, points in lines.items())

    def x(at: float) -> float:
        return LEFT + (at - begin) / (end - begin) * (WIDTH - LEFT - RIGHT)

    def y(count: float) -> float:
        return HEIGHT - BOTTOM - count / top * (HEIGHT - TOP - BOTTOM)

    title = f"{told}, between {_moment(begin, timezone)} and {_moment(end, timezone)}"
    view = f'viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" aria-label="{title}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {view}>']
    for quarter in range(5):
        count = top * quarter / 4
        parts.append(f'<path class="axis" d="M{LEFT} {y(count):.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(LEFT - 10, y(count) + 4, f"{count:,.0f}", "end"))
    days = _day(begin, timezone) != _day(end, timezone)
    for third, anchor in enumerate(("start", "middle", "middle", "end")):
        at = begin + (end - begin) * third / 3
        tick = _tick(at, timezone, days=days, seconds=end - begin < 240)
        parts.append(_text(x(at), HEIGHT - 10, tick, anchor))
    lowest = float("-inf")
    for css, points in sorted(lines.items(), key=lambda item: -item[1][-1][1]):
        if points[-1][1]:
            line = "L".join(f"{x(at):.1f} {y(count):.1f}" for at, count in points)
            parts.append(f'<path class="{css}" d="M{line}"/>')
            lowest = max(y(points[-1][1]), lowest + 16)  # names that would overlap are set apart
            name = f"{points[-1][1]:,} {css}"
            parts.append(_text(WIDTH - RIGHT + 8, lowest + 4, name, "start", f"{css}-name"))
    return "\n".join([*parts, "</svg>"])


def _running(
    moments: Sequence[Moment], state: State, begin: float, end: float, span: float
) -> list[tuple[float, int]]:
    """The count so far at the end of each span."""
    points, so_far = [(begin, 0)], 0
    for moment in sorted((one for one in moments if one.state is state), key=lambda one: one.at):
        points.append((moment.at, so_far))
        so_far += moment.count
        points.append((moment.at + span, so_far))
    return [*points, (end, so_far)]


def _text(x: float, y: float, text: str, anchor: str, css: str = "") -> str:
    return f'<text{_css(css)} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _ceiling(count: int) -> int:
    """The next round number that four equal parts of a scale can be had of."""
    scale = 4
    while True:
        for nice in _NICE:
            if nice * scale >= count:
                return nice * scale
        scale *= 10


def _reasons(title: str, reasons: dict[str, Reason]) -> Iterable[str]:
    if not reasons:
        return
    rows = [
        [escape(code), f"{reason.count:,}", escape(reason.example)]
        for code, reason in sorted(reasons.items(), key=lambda item: -item[1].count)
    ]
    heads = [("Code", ""), ("Messages", "n"), ("What the server said, for one of them", "said")]
    yield from _table(title, heads, rows)


def _uncertain(status: MailingStatus) -> Iterable[str]:
    if not status.uncertain:
        return
    rows = [[escape(name), escape(address)] for name, address in status.uncertain]
    yield from _table(
        "Uncertain: they may have arrived", [("Letter", ""), ("Address", "said")], rows
    )


def _domains(status: MailingStatus) -> Iterable[str]:
    if not status.domains:
        return
    by_size = sorted(status.domains.items(), key=lambda item: (-item[1].total(), item[0]))
    shown = [state for state in _WORDS if status.states[state]]
    rows = [
        [
            escape(readable(domain)),
            *(f"{counts[state]:,}" if counts[state] else "" for state in shown),
        ]
        for domain, counts in by_size[:DOMAINS]
    ]
    if len(by_size) > DOMAINS:
        rest: Counter[State] = sum((counts for _, counts in by_size[DOMAINS:]), Counter())
        rows.append(
            [f"{len(by_size) - DOMAINS:,} more domains", *(f"{rest[state]:,}" for state in shown)]
        )
    heads = [("Domain", ""), *((_WORDS[state].capitalize(), "n") for state in shown)]
    yield from _table("By domain", heads, rows)


def _table(
    title: str, heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]
) -> Iterable[str]:
    yield f"<h3>{escape(title)}</h3>"
    yield f'<div class="table" tabindex="0" role="region" aria-label="{escape(title)}">'
    yield "<table><thead><tr>"
    yield "".join(f'<th scope="col"{_css(css)}>{escape(name)}</th>' for name, css in heads)
    yield "</tr></thead><tbody>"
    for row in rows:
        cells = zip(row, heads, strict=True)
        yield "<tr>" + "".join(f"<td{_css(css)}>{cell}</td>" for cell, (_, css) in cells) + "</tr>"
    yield "</tbody></table></div>"


def _css(name: str) -> str:
    return f' class="{name}"' if name else ""


def _local(at: float, timezone: str) -> datetime:
    return datetime.fromtimestamp(at, ZoneInfo(timezone))


def _moment(at: float, timezone: str) -> str:
    return _local(at, timezone).strftime("%Y-%m-%d %H:%M")


def _day(at: float, timezone: str) -> str:
    return _local(at, timezone).strftime("%Y-%m-%d")


def _tick(at: float, timezone: str, *, days: bool, seconds: bool) -> str:
    form = "%m-%d %H:%M" if days else "%H:%M:%S" if seconds else "%H:%M"
    return _local(at, timezone).strftime(form)
