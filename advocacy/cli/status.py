"""`advocacy status`: what became of a mailing, or of a batch."""

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
    from advocacy.errors import Problem
    from advocacy.mail.status.who_got_it import Who


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
@click.option(
    "--who",
    type=click.Choice(["sent", "not", "all"]),
    help="List people: those who got the letter, those who did not, or everybody. Default with "
    "--report csv: not.",
)
@click.option(
    "--cites",
    metavar="FACT",
    help="List everyone whose letter cites this fact, for a correction.",
)
@report_choice(
    "Output format: for people, for programs, or a list of people, ready to correct and use. The "
    "list says what each person got, when, and what the server said.", "text", "json", "csv",
)  # fmt: skip
@templates_option
def command(
    campaign: Path | None,
    batch: Path | None,
    mailing: str | None,
    people: "Callable[[], People]",
    page: Path | None,
    who: "Who | None",
    cites: str | None,
    report: TableReport,
    templates: Path | None,
) -> int:
    """Show the result of a mailing: how many letters were sent, refused, bounced, and so on.

    With --who, or --report csv, list people. With --batch, show what a batch of letters made and
    which facts they rely on.

    \b
    Examples:
      advocacy status parks.yaml --recipients members.csv
      advocacy status parks.yaml --recipients members.csv --report csv > not-reached.csv
      advocacy status parks.yaml --recipients members.csv --report csv --who sent > sent.csv
      advocacy status parks.yaml --cites visits-2025 --report csv > correction.csv
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
    if cites and who:
        raise click.UsageError("Use either --cites or --who, not both.")
    if who and report == "text":
        raise click.UsageError("--who requires --report csv or --report json.")
    from advocacy.cli.mailing_output import (
        print_citing,
        print_mailings,
        print_people,
        write_page,
    )
    from advocacy.cli.report import print_problems
    from advocacy.mail.status.status import statuses
    from advocacy.mail.status.who_got_it import list_citing, list_people

    def tell(problem: "Problem") -> None:
        print_problems([problem])

    if cites:
        rows = list_citing(
            campaign, people(), cites, mailing=mailing, templates=templates, report=tell
        )
        if report == "text":
            print_citing(rows, cites)
        else:
            print_people(rows, report)
        return 0
    if page is not None:
        write_page(statuses(campaign, people(), mailing=mailing, templates=templates), page)
    if who or report == "csv":
        rows = list_people(
            campaign, people(), who or "not", mailing=mailing, templates=templates, report=tell
        )
        print_people(rows, report)
        return 0
    found = statuses(campaign, people(), mailing=mailing, templates=templates)
    print_problems(found.problems)
    print_mailings(found, report)
    return 0
