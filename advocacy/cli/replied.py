"""`advocacy replied`: note who answered."""

from datetime import date
from pathlib import Path
from typing import Literal

import click

from advocacy.cli.options import Day
from advocacy.cli.report import print_problems
from advocacy.cli.suppress import folder_option, report_option
from advocacy.cli.tables import write_json


@click.command("replied")
@click.argument("who", nargs=-1, metavar="[LETTER_ID|ADDRESS]...")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file of ids or addresses, one per line, or CSV with a column `id` or `email`.",
)
@click.option(
    "--mailing",
    metavar="NAME",
    help="The mailing that they answered, such as parks/call. Default: the last one they received.",
)
@click.option("--on", "day", type=Day(), metavar="DAY", help="The day of the reply.")
@folder_option
@report_option
def command(
    who: tuple[str, ...],
    file: Path | None,
    mailing: str | None,
    day: date | None,
    folder: Path | None,
    report: Literal["text", "json"],
) -> int:
    """Record who replied, so that they get no reminder.

    Identify people by the letter's id or by the address that it was sent to.

    \b
    Examples:
      advocacy replied smith jones
      advocacy replied mayor@springfield.example --mailing parks/call
      advocacy replied --from answered.csv
    """
    from advocacy.files.workspace import campaigns_folder
    from advocacy.mail.bounces.replies import note_replies, replied_file

    names = [*who, *(replied_file(file) if file else ())]
    if not names:
        raise click.UsageError("Give a letter's id or an address, or use --from FILE.")
    replies, problems = note_replies(campaigns_folder(folder), names, mailing=mailing, on=day)
    if report == "json":
        write_json(
            [
                {"letter": one.letter_id, "mailing": one.mailing, "new": one.is_new}
                for one in replies
            ]
        )
    else:
        for one in replies:
            state = "noted" if one.is_new else "was already recorded"
            others = f"; they also received {', '.join(one.others)}" if one.others else ""
            click.echo(f"{one.letter_id} ({one.mailing}): {state}{others}")
    print_problems(problems)
    return int(bool(problems))
