"""`advocacy delivered`: record letters that were delivered by hand."""

from pathlib import Path

import click

from advocacy.cli.options import campaign_argument
from advocacy.cli.report import print_problems
from advocacy.cli.suppress import report_option
from advocacy.cli.tables import write_json


@click.command("delivered")
@campaign_argument
@click.argument("ids", nargs=-1, metavar="[LETTER_ID]...")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Record the rows of this table, `forms.csv`, that have yes in the column `delivered`.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("output"),
    show_default=True,
    help="The folder in which `render --format forms` wrote the worksheets.",
)
@report_option
def command(
    campaign: Path, ids: tuple[str, ...], file: Path | None, output: Path, report: str
) -> int:
    """Record that letters were delivered by hand: by a contact form, or on paper.

    The ledger then counts them as sent, and `advocacy send` does not send them. No reply is
    recorded. Identify letters by their ids, which the worksheets show.

    \b
    Examples:
      advocacy delivered campaigns/congress.yaml anna--m001153 anna--s001198
      advocacy delivered campaigns/congress.yaml --from forms.csv
    """
    from advocacy.batch.worksheets import TABLE, worksheets_folder
    from advocacy.campaign.loading import load_campaign
    from advocacy.mail.sending.by_hand import read_worksheet_table, record_delivered, ticked_ids

    if not ids and file is None:
        raise click.UsageError("Give a letter's id, or use --from FILE.")
    if file is None:
        loaded, problems = load_campaign(campaign)
        if loaded is None:
            print_problems(problems)
            return 1
        file = worksheets_folder(output, loaded.file.id) / TABLE
    table = read_worksheet_table(file)
    found, told = record_delivered(campaign, table, ids or ticked_ids(table))
    if report == "json":
        write_json(
            [{"letter": one.letter_id, "mailing": one.mailing, "new": one.is_new} for one in found]
        )
    else:
        for one in found:
            state = "recorded as delivered by hand" if one.is_new else "was already recorded"
            click.echo(f"{one.letter_id} ({one.mailing}): {state}")
        if not found and not told:
            click.echo("No letter is marked as delivered.")
    print_problems(told)
    return int(bool(told))
