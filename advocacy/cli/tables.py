"""Print tables: for people, for programs (JSON), or for a spreadsheet (CSV).

The one table writer of the command line. A terminal gets a table as wide as it is; a pipe gets
a line a row in columns, as other programs like it.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import click

from advocacy.errors import AdvocacyError
from advocacy.files.writing import cannot_write, spreadsheet_safe

TableReport = Literal["text", "json", "csv"]


def report_choice(text: str, *reports: str) -> Callable[[Any], Any]:
    """The option `--report`, which says how something is printed; the default is `text`."""
    choice = click.Choice(reports)
    return click.option("--report", type=choice, default="text", show_default=True, help=text)


table_option = report_choice(
    "Output format: for people, programs, or a spreadsheet.", "text", "json", "csv"
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table on a terminal.

    `key` names the row's value, `title` is the heading. A column with a `width` has so many
    characters; the others share what is left in proportion to their `ratio`.
    """

    key: str
    title: str
    width: int | None = None
    ratio: int = 1


def write_table(
    rows: Iterable[Row], columns: Sequence[str | Column], report: TableReport, title: str = ""
) -> None:
    """Print rows, each a mapping from column names to values.

    `text` and `csv` print the named columns; `json` prints a list with all that the rows hold.
    `title` stands above the table on a terminal. Values in text are `str`, or `rich.text.Text`
    where a terminal shows them in colour.
    """
    if report == "json":
        write_json(list(rows))
    elif report == "csv":
        keys = [column.key if isinstance(column, Column) else column for column in columns]
        click.echo(csv_table(rows, keys), nl=False)
    else:
        named = [one if isinstance(one, Column) else Column(one, one) for one in columns]
        _write_text(list(rows), named, title)


def write_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json_text(value), nl=False)


def json_text(value: object) -> str:
    """A value as JSON with a line for each part, and an end of line."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2)
    return f"{_CONTROL.sub(_escaped, text)}\n"


# Characters that JSON allows and a terminal obeys; programs read the escape as the same.
_CONTROL = re.compile(
    r"[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2061-\u2064\u2066-\u2069\ue000-\uf8ff"
    r"\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)


def _escaped(found: re.Match[str]) -> str:
    import json

    return json.dumps(found[0])[1:-1]


def csv_table(rows: Iterable[Row], columns: Sequence[str]) -> str:
    """Rows as CSV with a header; cells cannot act as a spreadsheet's formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([spreadsheet_safe(row.get(key, "")) for key in columns] for row in rows)
    return out.getvalue()


def is_terminal() -> bool:
    """Whether text goes to a terminal, by the same rules as `write_table`."""
    from rich.console import Console

    return Console().is_terminal


def terminal_width() -> int:
    """How many characters a line of the terminal has."""
    from rich.console import Console

    return Console().width


def _write_text(rows: Sequence[Row], columns: Sequence[Column], title: str) -> None:
    if not is_terminal():
        _write_lines([[str(row[column.key]) for column in columns] for row in rows])
        return
    from rich.box import HORIZONTALS
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title or None, title_justify="left", box=HORIZONTALS, show_lines=bool(title),
        expand=True,
    )  # fmt: skip
    for column in columns:
        ratio = column.ratio if column.width is None else None
        table.add_column(column.title, width=column.width, ratio=ratio, overflow="fold")
    for row in rows:
        first, *others = (row[column.key] for column in columns)
        first = first if isinstance(first, Text) else Text(first, style="bold")
        table.add_row(first, *(one if isinstance(one, Text) else Text(one) for one in others))
    Console().print(table)


def _write_lines(rows: Sequence[Sequence[str]]) -> None:
    """Print a line a row; `-` stands for an empty last cell."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)][:-1]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[-1] or "-"]).rstrip())


def write_picture(path: Path, text: str) -> None:
    """Write a drawing or a page into the file that an option names. Raises AdvocacyError."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        advice = "Name a file in an existing folder that you can write to"
        raise AdvocacyError(cannot_write(path, error, advice)) from error
