"""`advocacy bills`: what a bill is on a day, who stands where, and which letters are due."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.options import (
    campaigns_argument,
    committees_option,
    date_option,
    list_option,
)
from advocacy.cli.report import print_problems
from advocacy.cli.tables import TableReport, table_option, write_json, write_picture, write_table
from advocacy.errors import Problem, count_noun, has_errors

if TYPE_CHECKING:
    from advocacy.authoring.bills.bill_standing import BillStanding

SHOWN_NAMES = 6


@click.group("bills")
def command() -> None:
    """Show a bill's status, positions, and the letters that are due, or count letters on bills."""


@command.command("show", short_help="Show a bill on a day and which letters are due.")
@click.argument("path", metavar="FILE-OR-CAMPAIGN", type=click.Path(path_type=Path))
@date_option
@list_option
@committees_option
@click.option(
    "--since", type=click.Path(path_type=Path), metavar="FILE",
    help="An earlier file of the bill; show what has changed since then.",
)  # fmt: skip
@click.option(
    "--svg", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write a chart of positions by chamber and party to this file.",
)  # fmt: skip
@table_option
def show(
    path: Path,
    day: date | None,
    recipients: Path | None,
    committees: tuple[Path, ...],
    since: Path | None,
    svg: Path | None,
    report: TableReport,
) -> int:
    """Show a bill's status on a day, lawmakers by position, and the letters that are due.

    FILE-OR-CAMPAIGN is a bill file or a campaign. A campaign's bills are shown with the
    letters of its stages and the events of the next 14 days.

    \b
    Examples:
      advocacy bills show campaigns/bills/BILLSTATUS-119s3779.xml
      advocacy bills show campaigns/congress.yaml --date 2026-06-22
      advocacy bills show new.xml --since old.xml --svg positions.svg
    """
    from advocacy.authoring.bills.bill_picture import standing_svg
    from advocacy.authoring.bills.bill_standing import read_standings
    from advocacy.campaign.addressing import People

    standings, problems = read_standings(
        path, day, People(list=recipients, committees=committees), since
    )
    print_problems(problems)
    if svg is not None and standings:
        write_picture(svg, standing_svg(standings[0]))
    if report == "json":
        write_json([one.record() for one in standings])
    elif report == "csv":
        rows = [
            {"bill": one.bill.id, "position": group.position, "chamber": group.chamber,
             "party": group.party, "name": name}
            for one in standings for group in one.groups for name in group.names
        ]  # fmt: skip
        write_table(rows, ["bill", "position", "chamber", "party", "name"], report)
    else:
        for number, one in enumerate(standings):
            if number:
                click.echo()
            _write_standing(one)
    return int(has_errors(problems))


@command.command("report", short_help="Count a quarter's letters on bills, for lobbying reports.")
@campaigns_argument
@click.option("--quarter", required=True, metavar="QUARTER", help="The quarter, such as 2026Q2.")
@list_option
@committees_option
@table_option
def report_command(
    campaigns: tuple[Path, ...],
    quarter: str,
    recipients: Path | None,
    committees: tuple[Path, ...],
    report: TableReport,
) -> int:
    """Count the letters on bills that were sent in a quarter, as material for lobbying reports.

    The report lists, for each bill, stage, and chamber, the position, the number of letters, and
    whether they went to lawmakers or to the public (26 CFR 56.4911-2). Use it when you prepare the
    LD-2 or Schedule C of Form 990. It does not decide what is lobbying.

    \b
    Examples:
      advocacy bills report campaigns/congress.yaml --quarter 2026Q2
      advocacy bills report campaigns/*.yaml --quarter 2026Q2 --report csv
    """
    from advocacy.campaign.addressing import People
    from advocacy.mail.status.bill_report import COLUMNS, quarter_days, report_bills

    days = quarter_days(quarter)
    if days is None:
        raise click.BadParameter(
            "Write a year and a quarter, such as 2026Q2.", param_hint="--quarter"
        )
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    for path in campaigns:
        people = People(list=recipients, committees=committees)
        found, told = report_bills(path, *days, people)
        rows += [asdict(one) for one in found]
        problems += told
    print_problems(problems)
    if report == "json":
        write_json({"quarter": quarter, "first": str(days[0]), "last": str(days[1]), "rows": rows})
    elif report == "csv":
        write_table(rows, COLUMNS, report)
    elif rows:
        shown = [column for column in COLUMNS if column not in ("name", "asks", "campaign")]
        write_table(rows, shown, report)
        click.echo("\nThese are counts. They do not decide what is lobbying.")
    else:
        click.echo(f"No letters on bills were sent from {days[0]} to {days[1]}.")
    return int(has_errors(problems))


def _write_standing(one: "BillStanding") -> None:
    rows = [{"what": heading, "is": text} for heading, text in one.facts()]
    write_table(rows, ["what", "is"], "text")
    for group in one.groups:
        names = ", ".join(group.names[:SHOWN_NAMES])
        left = len(group.names) - SHOWN_NAMES
        more = f" … and {left} more" if left > 0 else ""
        who = " ".join(part for part in (group.position, group.chamber, group.party) if part)
        click.echo(f"{who}: {len(group.names)} ({names}{more})")
    for name in one.others:
        click.echo(f"not on this list: {name}")
    for change in one.changes:
        click.echo(f"new: {change}")
    for due in one.due:
        click.echo(f"stage {due.stage}: {due.wrong or count_noun(due.letters, 'letter')}")
    for event in one.upcoming:
        click.echo(f"{event.day}: {event.kind}: {event.what}")
