"""What `advocacy templates` prints."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from advocacy.authoring.templates.catalogue import Template
from advocacy.authoring.templates.printable import Printable, Variable
from advocacy.files.spreadsheets import spreadsheet_safe
from advocacy.templating.reference import FILTERS, FUNCTIONS, Tool

if TYPE_CHECKING:
    from rich.console import Console

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


def record(found: Printable) -> dict[str, Any]:
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
