"""What `advocacy facts` prints."""

import csv
import io
import re
from datetime import date
from pathlib import Path

import click

from advocacy.authoring.facts.ending import Ending
from advocacy.authoring.facts.standing import Standing
from advocacy.errors import Place
from advocacy.files.spreadsheets import spreadsheet_safe


def print_csv(facts: tuple[Standing, ...]) -> None:
    """Print a table for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["id", "state", "due_for_recheck", "superseded_by", "from", "until", "checked",
         "statement", "cited", "source", "source_title", "via"]
    )  # fmt: skip
    for one in facts:
        record = one.record() | {"cited": one.cited()}
        keys = ("id", "state", "due_for_recheck", "superseded_by", "from", "until", "checked",
                "statement", "cited", "source", "source_title", "via")  # fmt: skip
        writer.writerow([spreadsheet_safe(record[key]) for key in keys])
    click.echo(out.getvalue(), nl=False)


STYLES = {"holds": "green", "not yet": "cyan", "ended": "red", "superseded": "red"}


ROOM_FOR_SOURCES = 120


def print_table(facts: tuple[Standing, ...], day: date) -> None:
    """Print a table as wide as the terminal, or plain lines where there is none."""
    from rich.box import HORIZONTALS
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        _print_plain(facts)
        return
    table = Table(title=f"Facts on {day}", title_justify="left", box=HORIZONTALS, show_lines=True)
    longest = max((len(use.short) for one in facts for use in one.uses), default=0)
    table.add_column("fact", ratio=2, overflow="fold")
    table.add_column("on this day", width=min(24, console.width // 5), overflow="fold")
    table.add_column("holds", width=13)
    table.add_column("cited in", width=min(longest, 32, console.width // 4), overflow="fold")
    wide = console.width >= ROOM_FOR_SOURCES
    if wide:
        table.add_column("source", ratio=1, overflow="fold")
    for one in facts:
        state = Text(one.label, style=STYLES[one.state])
        source = Text((one.source.title if one.source else None) or one.fact.source)
        told = [Text(one.id, style="bold"), Text(one.statement)]
        told += [] if wide else [Text(f"({source})", style="dim")]
        cited = Text(re.sub("; |, | ", "\n", one.cited()))
        cells = [Text("\n").join(told), state, Text(one.days), cited]
        table.add_row(*cells, *([source] if wide else []))
    table.expand = True
    console.print(table)


def _print_plain(facts: tuple[Standing, ...]) -> None:
    """A line a fact, in columns, as other programs like it."""
    rows = [(one.id, one.label, one.days, one.fact.source, one.cited() or "-") for one in facts]
    widths = [max((len(row[number]) for row in rows), default=0) for number in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[4]]).rstrip())


def print_ending(ending: Ending, fact: str, until: date, *, dry_run: bool) -> None:
    """Print what was edited, what dies with the fact, and what to do about each."""
    path = ending.change.path
    if dry_run:
        click.echo(ending.change.diff() or "The file says so already.")
        click.echo("\nA dry run: nothing was written.")
    elif ending.change:
        click.echo(f"{fact} ended on {until} ({path}).")
    else:
        click.echo(f"{fact} ended on {until}; the file says so already ({path}).")
    count = ending.campaigns
    searched = f"{count} campaigns use this file" if count != 1 else "1 campaign uses this file"
    if not ending.casualties:
        click.echo(f"No letter dies with it; {searched}.")
    for one in ending.casualties:
        span = f"from {one.first}" + (f" to {one.last}" if one.last else " on")
        if one.last == one.first:
            span = f"on {one.first}"
        title = click.style(f"{one.path}, stage `{one.stage}`", bold=True)
        click.echo(f"\n{title}: cannot be sent {span}")
        for use in one.uses:
            kind = "a precedent: " if use.kind == "precedent" else ""
            click.echo(f"  {_shown(use.place)}: {kind}{use.sentence}")
        for advice in one.advice:
            click.echo(f"    {click.style('→', fg='green')} {advice}")
    if ending.casualties:
        dying = len(ending.casualties)
        click.echo(f"\n{dying} stage{' dies' if dying == 1 else 's die'} with it; {searched}.")
    for campaign, stage in ending.spared:
        click.echo(f"Not touched: {campaign}, stage `{stage}`, which is over before.")


def _shown(place: Place) -> str:
    try:
        return str(Place(place.path.resolve().relative_to(Path.cwd()), place.line))
    except ValueError:
        return str(place)
