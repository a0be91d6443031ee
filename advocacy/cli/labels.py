"""`advocacy labels`: address labels and envelopes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.options import (
    LongCommand,
    WholeNumber,
    campaigns_argument,
    date_option,
    output_option,
    recipients_options,
    reporting_options,
    stage_option,
    templates_option,
)
from advocacy.cli.report import Reporting, verdict
from advocacy.documents.print_shop.stationery import ENVELOPES, SHEETS
from advocacy.errors import count_noun

if TYPE_CHECKING:
    from collections.abc import Callable

    from advocacy.batch.printing import Order
    from advocacy.campaign.addressing import People


@click.command("labels", cls=LongCommand)
@campaigns_argument
@click.option("--sheet", type=click.Choice(list(SHEETS)), help="The label sheet to print on.")
@click.option(
    "--envelope", type=click.Choice(list(ENVELOPES)), help="The envelope size to print on instead."
)
@click.option(
    "--start",
    type=WholeNumber(1),
    metavar="N",
    help="Start at the Nth label of the sheet, if those before it are used.",
)
@output_option("Folder for the PDF, DIR/<campaign>/labels-<sheet>.pdf.")
@click.option(
    "--sort",
    "order",
    type=click.Choice(["postal-code", "list"]),
    default="postal-code",
    show_default=True,
    help="The order of the addresses, the same as for merged letters.",
)
@stage_option
@date_option
@recipients_options
@templates_option
@reporting_options
def command(
    campaigns: tuple[Path, ...],
    sheet: str | None,
    envelope: str | None,
    start: int | None,
    order: "Order",
    people: "Callable[[], People]",
    reporting: Reporting,
    **options: Any,
) -> int:
    """Print address labels or envelopes for the recipients of letters.

    The order is that of the letters in `advocacy render --merge`. Print the PDF at actual size,
    without “fit to page”.

    \b
    Examples:
      advocacy labels parks.yaml --sheet avery-5160
      advocacy labels parks.yaml --sheet avery-l7160 --recipients members.csv --start 4
      advocacy labels parks.yaml --envelope 10
    """
    if (sheet is None) == (envelope is None):
        raise click.UsageError("Use either --sheet or --envelope.")
    if start is not None and (sheet is None or start > SHEETS[sheet].size):
        raise click.UsageError(
            "--start requires --sheet and must be the number of a label on the sheet."
        )
    from advocacy.batch.campaigns import RenderRequest
    from advocacy.batch.labels import print_addresses
    from advocacy.mail.consent.written_places import note_places

    form = SHEETS[sheet] if sheet else ENVELOPES[envelope or ""]
    chosen = people()
    requests = [RenderRequest(path, people=chosen, **options) for path in campaigns]
    note_places(campaigns, options["output"])
    results = [
        print_addresses(request, form, order=order, skip=(start or 1) - 1) for request in requests
    ]
    problems = [problem for result in results for problem in result.problems]

    def lines() -> Iterator[str]:
        for result in results:
            if result.file is not None:
                addresses = count_noun(result.labels, "address", "addresses")
                yield f"{addresses} on {count_noun(result.pages, 'page')}:"
                yield f"  {result.file}"
        if problems:
            yield verdict(problems)

    return reporting.finish(problems, lines())
