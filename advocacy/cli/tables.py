"""What `advocacy facts` prints.

What `advocacy templates` prints.

What `advocacy suppress` prints.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from advocacy.authoring.facts.ending import FactEnding
from advocacy.authoring.facts.standing import FactStanding
from advocacy.authoring.templates.catalogue import Printable, Template, Variable
from advocacy.cli.report import shown_place
from advocacy.errors import Place, count_noun
from advocacy.files.csv_rows import spreadsheet_safe
from advocacy.templating.reference import FILTERS, FUNCTIONS, Tool

if TYPE_CHECKING:
    from rich.console import Console

    from advocacy.mail.consent.suppression_edits import EditOutcome
    from advocacy.mail.consent.suppression_file import SuppressionRow


def print_csv(facts: tuple[FactStanding, ...]) -> None:
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


def print_table(facts: tuple[FactStanding, ...], day: date) -> None:
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


def _print_plain(facts: tuple[FactStanding, ...]) -> None:
    """A line a fact, in columns, as other programs like it."""
    rows = [(one.id, one.label, one.days, one.fact.source, one.cited() or "-") for one in facts]
    widths = [max((len(row[number]) for row in rows), default=0) for number in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[4]]).rstrip())


def print_ending(ending: FactEnding, fact: str, until: date, *, dry_run: bool) -> None:
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
    if not ending.affected:
        click.echo(f"No letter dies with it; {searched}.")
    for one in ending.affected:
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
    if ending.affected:
        dying = count_noun(len(ending.affected), "stage dies", "stages die")
        click.echo(f"\n{dying} with it; {searched}.")
    for campaign, stage in ending.unaffected:
        click.echo(f"Not touched: {campaign}, stage `{stage}`, which is over before.")


def _shown(place: Place) -> str:
    try:
        return str(Place(place.path.resolve().relative_to(Path.cwd()), place.line))
    except ValueError:
        return str(place)


ORIGINS = {"campaign": "the campaign’s own", "--templates": "--templates", "built in": "built in"}


def print_templates(templates: Sequence[Template], stages: int) -> None:
    """Print a table of templates, or plain lines where no terminal reads it.

    `stages` is how many there are: a layout may be used by all.
    """
    rows = [(one.name, _origin(one), _users(one, stages)) for one in templates]
    _print(rows, ("template", "comes from", "used by"))


def _origin(template: Template) -> str:
    hidden = ", ".join(f"the {origin}" if origin == "built in" else "the campaign’s"
                       for origin, _ in template.hides)  # fmt: skip
    hides = f", in place of {hidden} one" if hidden else ""
    return f"{ORIGINS[template.origin]}{hides}"


def _users(template: Template, stages: int) -> str:
    if stages > 1 and len(template.used_by) == stages:
        return f"all {stages} stages"
    return ", ".join(template.used_by)


def print_templates_csv(templates: Iterable[Template]) -> None:
    """Print templates for spreadsheets."""
    rows = [
        (t.name, t.origin, str(t.path), "; ".join(str(p) for _, p in t.hides), "; ".join(t.used_by))
        for t in templates
    ]
    _print_csv(("name", "origin", "file", "hides", "used_by"), rows)


def print_variables(found: Printable) -> None:
    """Print variables with their values, then functions and filters."""
    whom = found.recipient.called
    click.echo(f"The letter of the stage `{found.stage}` to {whom}, of {found.day}.\n")
    variables = [(f"{{{{ {one.name} }}}}", _value(one)) for one in found.variables]
    _print(variables, ("you write", "it prints"))
    for title, tools in (("Functions", FUNCTIONS), ("Filters", FILTERS)):
        click.echo(f"\n{title}")
        _print([(one.example, one.does) for one in tools], ("you write", "what it does"))


def _value(one: Variable) -> str:
    if one.kind.startswith("list of"):
        loop = f"{{% for one in {one.name} %}} … {{% endfor %}}"
        return f"({one.kind}: {loop})"
    return " ".join(one.printed.split()) or "(empty)"


def print_variables_csv(found: Printable) -> None:
    """Print variables for spreadsheets."""
    _print_csv(("name", "kind", "prints"), [(v.name, v.kind, v.printed) for v in found.variables])


def printable_record(found: Printable) -> dict[str, Any]:
    """What a program gets of the variables, functions and filters."""
    return {
        "stage": found.stage,
        "recipient": found.recipient.letter_id,
        "date": found.day.isoformat(),
        "language": found.language,
        "variables": [
            {"name": v.name, "kind": v.kind, "prints": v.printed, "value": v.value}
            for v in found.variables
        ],
        "functions": [_tool(one) for one in FUNCTIONS],
        "filters": [_tool(one) for one in FILTERS],
    }


def _tool(tool: Tool) -> dict[str, str]:
    return {"name": tool.name, "example": tool.example, "does": tool.does}


def _print_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([spreadsheet_safe(cell) for cell in row] for row in rows)
    click.echo(out.getvalue(), nl=False)


def _print(rows: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    """A table as wide as the terminal, or a line a row in columns, as other programs like it."""
    from rich.console import Console

    console = Console()
    if console.is_terminal:
        _print_table(console, rows, header)
        return
    widths = [max((len(row[n]) for row in rows), default=0) for n in range(len(header) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[-1] or "-"]).rstrip())


def _print_table(console: "Console", rows: Sequence[Sequence[str]], header: Sequence[str]) -> None:
    from rich.box import HORIZONTALS
    from rich.table import Table
    from rich.text import Text

    table = Table(box=HORIZONTALS, expand=True)
    first = max((len(row[0]) for row in rows), default=0)
    table.add_column(header[0], width=min(first, console.width // 2 - 4), overflow="fold")
    for name in header[1:]:
        table.add_column(name, ratio=1, overflow="fold")
    for row in rows:
        table.add_row(Text(row[0], style="bold"), *(Text(cell) for cell in row[1:]))
    console.print(table)


Report = Literal["text", "json"]
FIELDS = ("address", "domain", "reason", "since", "source", "campaign", "lifted", "lifted_reason")
SHOWN = 20
"""So many people are named one by one; of more, the number."""


def print_outcome(outcome: "EditOutcome", report: Report) -> None:
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


def print_removed(outcome: "EditOutcome", keys: list[str], report: Report) -> None:
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


def print_rows(rows: list["SuppressionRow"], folder: Path) -> None:
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


def _who(row: "SuppressionRow") -> str:
    if row.key.startswith("hmac-"):
        return "(forgotten: known by a keyed hash alone)"
    return f"everyone at {row.key[1:]}" if row.key.startswith("@") else row.key


def suppression_record(row: "SuppressionRow") -> dict[str, str]:
    """A row by its columns."""
    others = {name: str(getattr(row, name)) for name in FIELDS[2:]}
    is_domain = row.key.startswith("@")
    return {
        "address": "" if is_domain else row.key,
        "domain": row.key[1:] if is_domain else "",
        **others,
    }
