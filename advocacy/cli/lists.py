"""`advocacy lists`: what a list is, and how letters would address the people on it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.campaign.recipients.list_details import WHY
from advocacy.cli.options import date_option
from advocacy.cli.report import print_problems, shown_place
from advocacy.cli.tables import TableReport, csv_table, table_option, write_json, write_table
from advocacy.errors import Level, Problem, count_noun, has_errors

if TYPE_CHECKING:
    from advocacy.campaign.list_overview import ListOverview

CSV_COLUMNS = ("part", "name", "value", "count", "place", "hint")


@click.group("lists")
def command() -> None:
    """Show what a list contains, or write its addresses for the Census geocoder."""


@command.command("show", short_help="Explain a list: its format, columns, people, and problems.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@date_option
@click.option("--people", is_flag=True, help="Show the full names of the sample people.")
@click.option("--strict", is_flag=True, help="Also exit with code 1 for warnings.")
@table_option
def show(file: Path, day: date | None, people: bool, strict: bool, report: TableReport) -> int:
    """Explain a list, or the list of a campaign. Nothing is written.

    It shows the format of the file, what each column is in letters, how many people, mailboxes,
    and postal addresses there are, each kind of problem with its first place, and how letters
    would address a few people. Names are masked unless `--people` is given.

    \b
    Examples:
      advocacy lists show members.csv
      advocacy lists show campaigns/parks.yaml --people
      advocacy lists show members.xlsx --report json
    """
    from advocacy.campaign.list_overview import describe_list

    overview = describe_list(file, day, masked=not people)
    if report == "json":
        write_json(_record(overview))
    elif report == "csv":
        click.echo(csv_table(_rows(overview), CSV_COLUMNS), nl=False)
    else:
        _print(overview)
    levels = {kind.first.level for kind in overview.problems}
    return int(Level.ERROR in levels or (strict and Level.WARNING in levels))


@command.command("addresses", short_help="Write addresses for the Census geocoder.")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@date_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("addresses.csv"),
    show_default=True,
    help="The file to write. More than 10,000 addresses are divided into numbered files.",
)
def addresses(file: Path, day: date | None, output: Path) -> int:
    """Write the addresses of supporters without a district, for the US Census geocoder.

    Upload the file at https://geocoding.geo.census.gov/geocoder/geographies/addressbatch?form with
    the vintage Census2020_Current. Then name its results file, and the Census Bureau's block file
    for the Congress, with `--districts`. The file contains no names and no email addresses.

    \b
    Examples:
      advocacy lists addresses constituents.csv --output addresses.csv
      advocacy render campaigns/congress.yaml --supporters constituents.csv \\
        --districts GeocodeResults.csv --districts NationalCD119.txt
    """
    from advocacy.campaign.supporters.districts import write_batches

    problems: list[Problem] = []
    files = write_batches(file, output, day or date.today(), problems.append)  # noqa: DTZ011
    print_problems(problems)
    for one in files:
        click.echo(str(one))
    if not files:
        click.echo("No row has an address and lacks a district.")
    return int(has_errors(problems))


def _print(overview: "ListOverview") -> None:
    _say(f"{overview.path}: {_form(overview)}\n")
    if overview.details.columns:
        columns = [
            {
                "header": _safe(one.header) or "(empty)",
                "becomes": _safe(one.becomes) or "-",
                "why": WHY[one.why],
            }
            for one in overview.details.columns
        ]
        write_table(columns, ("header", "becomes", "why"), "text", "Columns")
        _say("")
    for line in _counts(overview):
        _say(line)
    if overview.problems:
        _say("\nProblems:")
    for row in _problems(overview):
        _say(f"  {row['count']:,} × {row['name']}, first at {row['place']}: {row['value']}")
        if row["hint"]:
            _say(f"    → {row['hint']}")
    if overview.samples:
        masked = " (masked; `--people` shows the names)" if overview.masked else ""
        _say(f"\nLetters would address people like this{masked}:")
    for sample in overview.samples:
        lines = [*sample.lines, sample.email, sample.salutation]
        _say("\n" + "\n".join(f"    {line}" for line in lines if line))


def _say(text: str) -> None:
    click.echo("\n".join(map(_safe, text.split("\n"))))


def _safe(text: str) -> str:
    """A text of a file for a terminal, which must not obey it."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _form(overview: "ListOverview") -> str:
    """How the file is written, as `CSV in UTF-8, separated by “;”, header in row 3`."""
    details = overview.details
    separator = {"\t": "tabs"}.get(details.separator, f"`{details.separator}`")
    parts = [
        details.kind + (f" in {details.encoding}" if details.encoding else ""),
        f"separated by {separator}" if details.separator else "",
        f"sheet “{details.sheet}”" if details.sheet else "",
        f"header in row {details.header_row}" if details.header_row else "",
        f"export of {details.program}" if details.program else "",
    ]
    return ", ".join(part for part in parts if part) or "not a list that can be read"


def _counts(overview: "ListOverview") -> Iterator[str]:
    rows, people = overview.details.rows, overview.people
    if rows:
        yield f"{count_noun(rows, 'row')}: {people:,} on the list, {rows - people:,} left out"
    yield f"{count_noun(people, 'person', 'people')}, each with a letter of their own"
    yield count_noun(overview.mailboxes, "mailbox", "mailboxes")
    yield count_noun(overview.postal_addresses, "postal address", "postal addresses")


def _problems(overview: "ListOverview") -> Iterator[dict[str, Any]]:
    for kind in overview.problems:
        place = kind.first.place
        yield {
            "part": "problem",
            "name": f"{kind.first.level.value} {kind.first.code}",
            "value": kind.first.message,
            "count": kind.count,
            "place": shown_place(place) if place else "",
            "hint": kind.first.hint,
        }


def _rows(overview: "ListOverview") -> Iterator[dict[str, Any]]:
    """The overview as one table: the form, counts, columns, problems, samples."""
    for key, value in _record(overview).items():
        if isinstance(value, str | int):
            yield {"part": "list", "name": key, "value": value}
    for column in overview.details.columns:
        yield {"part": "column", "name": column.header, "value": column.becomes}
    yield from _problems(overview)
    for sample in overview.samples:
        lines = "\n".join((*sample.lines, sample.salutation))
        place = shown_place(sample.place) if sample.place else ""
        yield {"part": "sample", "name": sample.email, "value": lines, "place": place}


def _record(overview: "ListOverview") -> dict[str, Any]:
    details = overview.details
    return {
        "path": str(overview.path),
        "kind": details.kind,
        "encoding": details.encoding,
        "separator": details.separator,
        "sheet": details.sheet,
        "header_row": details.header_row,
        "program": details.program,
        "rows": details.rows,
        "people": overview.people,
        "mailboxes": overview.mailboxes,
        "postal_addresses": overview.postal_addresses,
        "columns": [
            {"header": one.header, "becomes": one.becomes, "why": one.why}
            for one in details.columns
        ],
        "problems": [
            {
                "level": kind.first.level.value,
                "code": kind.first.code,
                "count": kind.count,
                "message": kind.first.message,
                "hint": kind.first.hint,
                "first": shown_place(kind.first.place) if kind.first.place else None,
            }
            for kind in overview.problems
        ],
        "samples": [
            {"lines": list(one.lines), "salutation": one.salutation, "email": one.email}
            for one in overview.samples
        ],
    }
