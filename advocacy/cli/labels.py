"""`advocacy labels`: address labels and envelopes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.options import (
    campaigns_argument,
    date_option,
    quiet_option,
    recipients_options,
    stage_option,
    strict_option,
    templates_option,
)
from advocacy.cli.report import Report, has_warnings, print_problems, report_option, summary
from advocacy.documents.print_shop.stationery import ENVELOPES, SHEETS
from advocacy.errors import Problem, count_noun, has_errors

if TYPE_CHECKING:
    from advocacy.campaign.addressing import People


@click.command("labels")
@campaigns_argument
@click.option("--sheet", type=click.Choice(list(SHEETS)), help="The sheet of labels to print on.")
@click.option(
    "--envelope", type=click.Choice(list(ENVELOPES)), help="The envelope to print on, instead."
)
@click.option(
    "--start",
    type=click.IntRange(1),
    metavar="N",
    help="Begin at the sheet's Nth label: those before it are used up.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("output"),
    show_default=True,
    metavar="DIR",
    help="Where the PDF goes, as DIR/<campaign>/labels-<sheet>.pdf.",
)
@click.option(
    "--sort",
    type=click.Choice(["postal-code", "list"]),
    default="postal-code",
    show_default=True,
    help="The order of the addresses; the same as of merged letters.",
)
@stage_option
@date_option
@recipients_options
@templates_option
@strict_option
@quiet_option
@report_option
def command(
    campaigns: tuple[Path, ...],
    sheet: str | None,
    envelope: str | None,
    start: int | None,
    output: Path,
    sort: str,
    stage: str | None,
    day: date | None,
    people: "Callable[[], People]",
    templates: Path | None,
    strict: bool,
    quiet: bool,
    report: Report,
) -> int:
    """Print address labels, or envelopes, for those who get a letter.

    They come in the order in which `advocacy render --merge` puts the letters. Print them at
    their actual size, without “fit to page”.

    \b
    Examples:
      advocacy labels parks.yaml --sheet avery-5160
      advocacy labels parks.yaml --sheet avery-l7160 --recipients members.csv --start 4
      advocacy labels parks.yaml --envelope 10
    """
    if (sheet is None) == (envelope is None):
        raise click.UsageError("Name either --sheet or --envelope.")
    if start is not None and (sheet is None or start > SHEETS[sheet].size):
        raise click.UsageError("--start goes with --sheet, and is one of the sheet's labels.")
    from advocacy.batch.labels import print_addresses

    form = SHEETS[sheet] if sheet else ENVELOPES[envelope or ""]
    chosen = people()
    results = [
        print_addresses(
            path,
            form,
            output=output,
            people=chosen,
            stage=stage,
            day=day,
            order=sort,  # type: ignore[arg-type]
            skip=(start or 1) - 1,
            templates=templates,
        )
        for path in campaigns
    ]
    problems: list[Problem] = [problem for result in results for problem in result.problems]
    print_problems(problems, report)
    if not quiet and report == "text":
        for result in results:
            if result.file is not None:
                addresses = count_noun(result.labels, "address", "addresses")
                click.echo(f"{addresses} on {count_noun(result.pages, 'page')}:")
                click.echo(f"  {result.file}")
        if problems:
            click.echo(f"Needs attention: {summary(problems)}.")
    return int(has_errors(problems) or (strict and has_warnings(problems)))
