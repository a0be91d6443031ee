"""Draw who stands where on a bill: one bar for each chamber and party, as SVG with its text."""

from collections import Counter
from typing import Any

from advocacy.authoring.bills.bill_standing import BillStanding
from advocacy.campaign.bills.positions import POSITIONS
from advocacy.resources import render_page

WIDTH, ROW, LEFT, TOP = 640, 32, 190, 66
SHADES = {
    "sponsor": "#123a5c",
    "cosponsor": "#1f5f94",
    "chair": "#5b3a86",
    "ranking member": "#76549e",
    "committee member": "#8a6d3b",
    "everyone else": "#6b6b6b",
}
"""Dark enough for white digits (WCAG contrast 4.5:1); their order distinguishes them, too."""

_Rows = dict[tuple[str, str], Counter[str]]


def standing_svg(standing: BillStanding) -> str:
    """The positions of a bill as an SVG picture, with a title and a text that says the same."""
    counts: _Rows = {}
    for group in standing.groups:
        row = counts.setdefault((group.chamber, group.party), Counter())
        row[group.position] += len(group.names)
    most = max((sum(row.values()) for row in counts.values()), default=1)
    rows = [
        _row(key, row, TOP + number * ROW, most) for number, (key, row) in enumerate(counts.items())
    ]
    shown = [name for name in POSITIONS if any(row[name] for row in counts.values())]
    return render_page(
        "authoring/bills/picture.svg.jinja",
        width=WIDTH,
        height=TOP + len(rows) * ROW + 30,
        title=standing.bill.name,
        summary=standing.summary,
        day=standing.day,
        text=_text(counts),
        rows=rows,
        keys=_keys(shown),
        key_y=TOP + len(rows) * ROW + 6,
    ).lstrip()


def _row(key: tuple[str, str], row: Counter[str], y: int, most: int) -> dict[str, Any]:
    bars, x = [], float(LEFT)
    for position in POSITIONS:
        if row[position]:
            width = round(row[position] / most * (WIDTH - LEFT - 60), 1)
            fill = SHADES[position]
            bars.append(
                {"x": x, "width": width, "fill": fill, "position": position, "count": row[position]}
            )
            x = round(x + width, 1)
    label = " · ".join(part for part in (key[0].title(), key[1]) if part)
    return {"y": y, "label": label, "bars": bars, "end": x, "total": sum(row.values())}


def _keys(positions: list[Any]) -> list[dict[str, Any]]:
    keys, x = [], 12.0
    for position in positions:
        keys.append({"x": round(x), "fill": SHADES[position], "position": position})
        x += 30 + 6.2 * len(position)
    return keys


def _text(rows: _Rows) -> str:
    """What the picture shows, in words."""
    return "; ".join(
        f"{' '.join(part for part in key if part)}: "
        + ", ".join(f"{row[name]} {name}" for name in POSITIONS if row[name])
        for key, row in rows.items()
    )
