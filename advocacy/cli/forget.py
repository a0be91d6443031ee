"""`advocacy forget`: remove a person from everything that is kept."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from advocacy.cli.report import print_problems, shown_place
from advocacy.cli.suppress import folder_option, report_option
from advocacy.cli.tables import write_json
from advocacy.errors import Place

if TYPE_CHECKING:
    from advocacy.mail.consent.forgetting import Forgotten


@click.command("forget")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Remove the data. Without this option, only list it.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default=True,
    metavar="DIR",
    help="The folder of rendered letters.",
)
@click.option(
    "--list",
    "lists",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A list or mailbox outside the campaigns' folder; repeatable.",
)
@folder_option
@report_option
def command(
    address: str,
    yes: bool,
    output: Path,
    lists: tuple[Path, ...],
    folder: Path | None,
    report: Literal["text", "json"],
) -> int:
    """Remove a person from ledgers, letters, and lists, for a request under a privacy law.

    A keyed hash of the address stays in suppressed.csv, so that the person gets no more messages.
    The hash requires ADVOCACY_KEY, and reveals nothing without that key. Letters, rows of CSV and
    JSON Lines files, and messages in Maildirs, mbox files, and .eml files are removed. A merged
    file, a sheet of labels, a worksheet, or a gallery that contains the person is deleted as a
    whole: make it again. Other places that mention the address are listed for you to correct. The
    ledger's totals and the approvals do not change.

    \b
    Examples:
      advocacy forget bob@example.org
      advocacy forget bob@example.org --yes
    """
    from advocacy.files.workspace import campaigns_folder
    from advocacy.mail.consent.forgetting import forget
    from advocacy.mail.consent.suppress_commands import read_keys_of

    (key,) = read_keys_of([address])
    folder = campaigns_folder(folder)
    found = forget(folder, key, output=output, lists=lists, dry_run=not yes)
    if report == "json":
        removals = [
            {"what": one.what, "path": str(one.place), "count": one.count, "detail": one.detail}
            for one in found.removals
        ]
        write_json({"done": yes, "removed": removals, "out_of_reach": found.out_of_reach})
    else:
        _print(found, folder, yes)
    print_problems(found.left)
    return 0


def _print(found: "Forgotten", folder: Path, done: bool) -> None:
    for one in found.removals:
        plural = "" if one.count == 1 else "s"
        noun, _, preposition = one.what.partition(" ")
        noun = f"{noun}es" if plural and noun.endswith("s") else f"{noun}{plural}"
        where = shown_place(Place(Path(one.place))) if "://" not in str(one.place) else one.place
        what = f"{one.count:,} {noun} {preposition or 'in'} {where}"
        click.echo(f"  {what}{f' ({one.detail})' if one.detail else ''}")
    if not found.removals:
        click.echo("The address was not found in any ledger, letter, or list.")
    path = shown_place(Place(folder / "suppressed.csv"))
    if done:
        click.echo(f"Removed. A keyed hash in {path} keeps the person suppressed.")
        *places, last = found.out_of_reach
        click.echo(f"This command does not search {', '.join(places)}, and {last}.")
    else:
        click.echo(f"This would be removed, and a keyed hash added to {path}.")
        click.echo("Nothing was changed. To remove it, add: --yes")
