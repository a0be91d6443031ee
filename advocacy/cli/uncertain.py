"""`advocacy uncertain`: list the letters that may have arrived, and decide about each."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.options import campaign_argument, templates_option
from advocacy.cli.tables import TableReport, table_option

if TYPE_CHECKING:
    from advocacy.mail.ledger import LedgerRecord
    from advocacy.mail.status.uncertain import UncertainFound


@click.command("uncertain")
@campaign_argument
@click.option(
    "--mailing",
    metavar="NAME",
    help="Only this mailing, such as parks/call. Default: all mailings of the campaign.",
)
@click.option(
    "--arrived",
    multiple=True,
    metavar="ID|ADDRESS",
    help="Count this person's letter as sent; repeatable.",
)
@click.option(
    "--resend",
    multiple=True,
    metavar="ID|ADDRESS",
    help="Send this person's letter again in the next run; repeatable.",
)
@table_option
@templates_option
def command(
    campaign: Path,
    mailing: str | None,
    arrived: tuple[str, ...],
    resend: tuple[str, ...],
    report: TableReport,
    templates: Path | None,
) -> int:
    """List the letters that may have arrived, and decide about each of them.

    A letter is uncertain if the program was killed, or the connection broke, after the letter was
    handed to the server and before the server answered. Search the server's log or the folder of
    sent messages for the Message-ID, or ask the person.

    \b
    Examples:
      advocacy uncertain parks.yaml
      advocacy uncertain parks.yaml --arrived ann@parks.example --resend bob
      advocacy uncertain parks.yaml --report csv
    """
    from advocacy.cli.report import print_problems
    from advocacy.errors import has_errors
    from advocacy.mail.status.uncertain import settle_uncertain

    if both := sorted({*arrived} & {*resend}):
        raise click.UsageError(f"Use either --arrived or --resend for {both[0]}, not both.")
    found = settle_uncertain(
        campaign, arrived=arrived, resend=resend, mailing=mailing, templates=templates
    )
    print_problems(found.problems)
    _print(found, report)
    return int(has_errors(found.problems))


def _print(found: "UncertainFound", report: TableReport) -> None:
    from advocacy.cli.tables import write_table

    rows = [_row(one, found.timezone) for one in found.uncertain]
    if report != "text":
        names = ("mailing", "id", "name", "address", "at", "message_id", "reason")
        write_table(rows, names, report)
        return
    for one in found.arrived:
        click.echo(f"{_who(one)} ({one.mailing}): counts as sent")
    for one in found.resent:
        click.echo(f"{_who(one)} ({one.mailing}): will be sent again by the next run")
    if not rows:
        click.echo("No letter is uncertain.")
    for one, row in zip(found.uncertain, rows, strict=True):
        click.echo(f"{_who(one)} ({one.mailing}), {row['at']}")
        click.echo(f"    id          {one.letter_id}")
        click.echo(f"    Message-ID  {one.message_id.strip('<>')}")
        click.echo(f"    {one.reply}")


def _who(record: "LedgerRecord") -> str:
    return f"{record.person or record.letter_id} <{record.address}>"


def _row(record: "LedgerRecord", timezone: str) -> dict[str, str]:
    from advocacy.mail.figures import moment

    return {
        "mailing": record.mailing,
        "id": record.letter_id,
        "name": record.person,
        "address": record.address,
        "at": moment(record.at, timezone),
        "message_id": record.message_id,
        "reason": record.reply,
    }
