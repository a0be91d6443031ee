"""A mailing's state as a page that stands alone: the counts, a plot over time, and tables."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from advocacy.errors import count_noun
from advocacy.mail.consent.addresses import readable
from advocacy.mail.ledger import Moment, State
from advocacy.mail.sending.account import Category, Fate
from advocacy.mail.sending.account_words import (
    SHORT,
    WORDS,
    account_lines,
    elsewhere_words,
    words_for,
)
from advocacy.mail.status.status import MailingStatus
from advocacy.resources import render_page

WIDTH, HEIGHT = 860, 300
"""Pixels of the plot, and the room around it for the labels of its scales."""
LEFT, RIGHT, TOP, BOTTOM = 64.0, 96.0, 18.0, 34.0
DOMAINS = 40
_NAMES = {"sent": "accepted", "refused": "refused"}
"""What servers did with the messages, at the lines of the plot; some come back later."""


def status_html(statuses: Sequence[MailingStatus], title: str, timezone: str, now: float) -> str:
    """The page, with nothing to fetch; it follows the reader's dark mode and prints well."""
    zone = ZoneInfo(timezone)
    return render_page(
        "mail/status/page.html.jinja",
        title=title,
        timezone=timezone,
        now=now,
        moment=lambda at: _moment(at, zone),
        mailings=[
            {
                "status": status,
                "counts": _counts(status),
                "plot": plot(status.moments, status.span, zone) if status.moments else None,
                "domain_heads": [
                    ("Domain", ""),
                    *((SHORT[fate].capitalize(), "n") for fate in _shown(status)),
                ],
                "domains": _domains(status),
            }
            for status in statuses
        ],
    )


def _counts(status: MailingStatus) -> list[tuple[int, str]]:
    """The figures of the page with their words, as `status` prints them."""
    account = status.account
    if account is None:
        counts = [(status.totals[one], one) for one in WORDS]
        told = [(n, words_for(n, one)) for n, one in counts if n or one is Category.SENT]
    else:
        told = [(account.listed, "listed")]
        told += [(count, words) for count, words, _ in account_lines(account)]
        elsewhere = sum(account.elsewhere.values())
        if elsewhere:
            told.append((elsewhere, f"not on this list: {elsewhere_words(account)}"))
    return [*told, (status.replied, "replied")] if status.replied else told


def plot(moments: Sequence[Moment], span: float, zone: ZoneInfo) -> dict[str, Any]:
    """How many messages had been sent, and refused, at each moment: what to draw, in pixels."""
    begin = min(one.at for one in moments)
    end = max(one.at for one in moments) + span
    running = {
        css: _running(moments, state, begin, end, span)
        for css, state in (("sent", State.SENT), ("refused", State.REFUSED))
    }
    totals = {css: points[-1][1] for css, points in running.items()}
    top = _ceiling(max(totals.values()))

    def x(at: float) -> float:
        return LEFT + (at - begin) / (end - begin) * (WIDTH - LEFT - RIGHT)

    def y(number: float) -> float:
        return HEIGHT - BOTTOM - number / top * (HEIGHT - TOP - BOTTOM)

    told = " and ".join(f"{total:,} {_NAMES[css]}" for css, total in totals.items())
    days = _local(begin, zone).date() != _local(end, zone).date()
    form = "%m-%d %H:%M" if days else "%H:%M:%S" if end - begin < 240 else "%H:%M"
    times = [begin + (end - begin) * third / 3 for third in range(4)]
    lines: list[dict[str, Any]] = []
    for css in sorted(running, key=lambda css: -totals[css]):
        if totals[css]:
            name_y = y(totals[css]) + 4
            if lines:  # names that would overlap are set apart
                name_y = max(name_y, lines[-1]["name_y"] + 16)
            points = [(x(at), y(number)) for at, number in running[css]]
            lines.append(
                {
                    "css": css,
                    "name": _NAMES[css],
                    "count": totals[css],
                    "points": points,
                    "name_y": name_y,
                }
            )
    return {
        "title": f"{told}, between {_moment(begin, zone)} and {_moment(end, zone)}",
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "scale": [(y(number), number) for number in range(0, top + 1, top // 4)],
        "times": [
            (x(at), _local(at, zone).strftime(form), anchor)
            for at, anchor in zip(times, ("start", "middle", "middle", "end"), strict=True)
        ],
        "lines": lines,
    }


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


def _ceiling(number: int) -> int:
    """The next round number that four equal parts of a scale can be had of."""
    scale = 4
    while True:
        for nice in (1, 2, 5):
            if nice * scale >= number:
                return nice * scale
        scale *= 10


def _shown(status: MailingStatus) -> list[Fate]:
    return [fate for fate in SHORT if status.by_fate[fate]]


def _domains(status: MailingStatus) -> list[tuple[str, list[int | str]]]:
    """The domains by the messages to them, each with its counts; small ones are counted as one."""
    shown = _shown(status)
    by_size = sorted(status.domains.items(), key=lambda item: (-item[1].total(), item[0]))
    rows: list[tuple[str, list[int | str]]] = [
        (readable(domain), [counts[fate] or "" for fate in shown])
        for domain, counts in by_size[:DOMAINS]
    ]
    if len(by_size) > DOMAINS:
        rest: Counter[Fate] = sum((counts for _, counts in by_size[DOMAINS:]), Counter())
        name = count_noun(len(by_size) - DOMAINS, "more domain")
        rows.append((name, [rest[fate] for fate in shown]))
    return rows


def _local(at: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, zone)


def _moment(at: float, zone: ZoneInfo) -> str:
    return _local(at, zone).strftime("%Y-%m-%d %H:%M")
