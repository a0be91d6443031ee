"""`advocacy status`: what became of a mailing, or of a batch."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.options import (
    optional_campaign_argument,
    recipients_options,
    supporters_options,
    templates_option,
)
from advocacy.cli.tables import TableReport, report_choice

if TYPE_CHECKING:
    from collections.abc import Callable

    from advocacy.campaign.addressing import People


@click.command("status")
@optional_campaign_argument
@click.option(
    "--batch",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Instead of a mailing: the folder of rendered letters that --output named.",
)
@click.option(
    "--mailing",
    metavar="NAME",
    help="Only this mailing, such as parks/call, or the name given to `send --mailing`. Default: "
    "all mailings of the campaign.",
)
@recipients_options
@supporters_options
@click.option(
    "--page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.html",
    help="Write a page with a plot of the mailing over time.",
)
@report_choice(
    "Output format: for people, for programs, or a list of recipients who did not get it, ready "
    "to correct and use.", "text", "json", "csv",
)  # fmt: skip
@templates_option
def command(
    campaign: Path | None,
    batch: Path | None,
    mailing: str | None,
    people: "Callable[[], People]",
    page: Path | None,
    report: TableReport,
    templates: Path | None,
) -> int:
    """Show the state of a mailing: sent, refused and why, uncertain, suppressed, and left.

    With --batch, show what a batch of letters made and which facts they rely on.

    \b
    Examples:
      advocacy status parks.yaml --recipients members.csv
      advocacy status parks.yaml --recipients members.csv --report csv > not-reached.csv
      advocacy status parks.yaml --page mailing.html
      advocacy status --batch output
    """
    if batch is not None and campaign is None:
        from advocacy.batch.verify import batch_status
        from advocacy.cli.batch_output import print_batch

        print_batch(batch_status(batch), report)
        return 0
    if campaign is None or batch is not None:
        raise click.UsageError("Name a campaign, or a folder of letters with --batch DIR.")
    from advocacy.cli.mailing_output import print_mailings
    from advocacy.cli.report import print_problems
    from advocacy.mail.status.status import statuses

    with closing(statuses(campaign, people(), mailing=mailing, templates=templates)) as found:
        print_problems(found.problems)
        print_mailings(found, report, page)
    return 0
