"""What `advocacy suppress` prints."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from advocacy.cli.report import shown_place
from advocacy.errors import Place

if TYPE_CHECKING:
    from advocacy.mail.consent.suppression_edits import Outcome
    from advocacy.mail.consent.suppression_file import Row

Report = Literal["text", "json"]
FIELDS = ("address", "domain", "reason", "since", "source", "campaign", "lifted", "lifted_reason")
SHOWN = 20
"""So many people are named one by one; of more, the number."""


def print_outcome(outcome: "Outcome", report: Report) -> None:
    """What came of adding people."""
    if report == "json":
        told = {
            "path": str(outcome.path),
            "added": outcome.added,
            "there": outcome.there,
            "lifted_since": outcome.lifted_since,
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for keys, what in (
        (outcome.added, "added"),
        (outcome.there, "there already"),
        (outcome.lifted_since, "left out: may be written to again since a later day"),
    ):
        if keys and len(keys) <= SHOWN:
            for key in keys:
                click.echo(f"{key}: {what}")
        elif keys:
            click.echo(f"{len(keys):,} {what}")
    click.echo(f"{shown_place(Place(outcome.path))}: {len(outcome.added):,} added.")


def print_removed(outcome: "Outcome", keys: list[str], report: Report) -> None:
    """What came of lifting rows."""
    lines = [row.line for row in outcome.changed]
    if report == "json":
        told = {"path": str(outcome.path), "lifted": [row.key for row in outcome.changed]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif outcome.changed:
        where = shown_place(Place(outcome.path))
        rows = f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"
        click.echo(f"{', '.join(keys)}: may be written to again ({where}, {rows}).")
    else:
        click.echo(f"{', '.join(keys)}: not on the list, so nothing was changed.", err=True)


def print_still(folder: Path, addresses: tuple[str, ...]) -> None:
    """Say who is still suppressed by another row, such as a domain's."""
    from advocacy.mail.consent.suppression_snapshot import read_suppressions

    found, _ = read_suppressions(folder)
    for address in addresses:
        reason = found.reason(address)
        if reason:
            click.echo(f"{address} is still not written to: {reason}.", err=True)


def print_rows(rows: list["Row"], folder: Path) -> None:
    """The list, a line for each."""
    path = shown_place(Place(folder / "suppressed.csv"))
    if not rows:
        click.echo(f"Nobody is on the list ({path}).")
        return
    width = min(48, max(len(_who(row)) for row in rows))
    for row in rows:
        lifted = f"; lifted {row.lifted[:10]}: {row.lifted_reason}" if not row.counts else ""
        click.echo(f"{_who(row):<{width}}  {row.said()}{lifted}")
    counted = sum(row.counts for row in rows)
    click.echo(f"{counted:,} not written to ({path}).")


def _who(row: "Row") -> str:
    if row.key.startswith("hmac-"):
        return "(forgotten: known by a keyed hash alone)"
    return f"everyone at {row.key[1:]}" if row.key.startswith("@") else row.key


def record(row: "Row") -> dict[str, str]:
    """A row by its columns."""
    others = {name: str(getattr(row, name)) for name in FIELDS[2:]}
    is_domain = row.key.startswith("@")
    return {
        "address": "" if is_domain else row.key,
        "domain": row.key[1:] if is_domain else "",
        **others,
    }
