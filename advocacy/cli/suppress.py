"""`advocacy suppress`: who is not to be written to, by any campaign of a folder."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from advocacy.cli.report import print_problems, shown_place
from advocacy.cli.tables import TableReport, table_option, write_json, write_table
from advocacy.errors import AdvocacyError, Place, Problem, has_errors

if TYPE_CHECKING:
    from advocacy.mail.consent.suppression_edits import EditOutcome
    from advocacy.mail.consent.suppression_file import SuppressionRow

Report = Literal["text", "json"]
COLUMNS = ("address", "domain", "reason", "since", "source", "campaign", "lifted", "lifted_reason")
SHOWN = 20
"""Up to this many people are named individually; above that, only their number is shown."""

folder_option = click.option(
    "--campaigns",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="The folder of campaigns that contains suppressed.csv. Default: campaigns/ if it exists, "
    "otherwise this folder.",
)
report_option = click.option(
    "--report",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Output format: for people or for programs.",
)
reason_option = click.option(
    "--reason", default="", metavar="TEXT", help="The reason, in your words."
)
campaign_option = click.option(
    "--campaign", default="", metavar="ID", help="The campaign whose letter they responded to."
)


@click.group("suppress")
def command() -> None:
    """Manage the list of people who must not get messages, suppressed.csv.

    It is in the folder of campaigns and applies to all of them when messages are sent. You may
    also edit it in a spreadsheet.
    """


@command.command("add", short_help="Suppress an address or a domain.")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option(
    "--domain", "domains", multiple=True, metavar="DOMAIN",
    help="Everyone at this domain, such as example.org, or *.example.org to include its "
    "subdomains; repeatable.",
)  # fmt: skip
@reason_option
@campaign_option
@folder_option
@report_option
def add_command(
    addresses: tuple[str, ...],
    domains: tuple[str, ...],
    reason: str,
    campaign: str,
    folder: Path | None,
    report: Report,
) -> int:
    """Suppress these addresses, or everyone at a domain.

    \b
    Examples:
      advocacy suppress add bob@example.org --reason "asked by phone"
      advocacy suppress add --domain example.org --reason "our own staff"
    """
    from advocacy.files.workspace import campaigns_folder
    from advocacy.mail.consent.suppress_commands import suppress

    if not addresses and not domains:
        raise click.UsageError("Give an address or --domain DOMAIN.")
    outcome = suppress(
        campaigns_folder(folder), addresses, domains, reason=reason, campaign=campaign
    )
    _print_outcome(outcome, report)
    return 0


@command.command("remove", short_help="Lift the suppression of an address or a domain.")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option(
    "--domain", "domains", multiple=True, metavar="DOMAIN", help="A domain to lift; repeatable."
)
@click.option("--reason", metavar="TEXT", help="The reason, which is kept in the list; required.")
@click.option(
    "--they-asked",
    is_flag=True,
    help="The person asked for it; required for people who opted out themselves.",
)
@folder_option
@report_option
def remove_command(
    addresses: tuple[str, ...],
    domains: tuple[str, ...],
    reason: str | None,
    they_asked: bool,
    folder: Path | None,
    report: Report,
) -> int:
    """Lift the suppression of people, and record why.

    The row stays in the list with the day and the reason, so that an old file of requests does
    not suppress them again. People who unsubscribed, complained, or asked to be forgotten opted out
    themselves, so only they can reverse it.

    \b
    Example:
      advocacy suppress remove bob@example.org --they-asked --reason "signed up again, 20 November"
    """
    from advocacy.files.workspace import campaigns_folder
    from advocacy.mail.consent.suppress_commands import (
        THEIR_OWN,
        read_keys_of,
        standing,
        unsuppress,
    )

    if not addresses and not domains:
        raise click.UsageError("Give an address or --domain DOMAIN.")
    folder = campaigns_folder(folder)
    keys = read_keys_of(addresses, domains)
    rows = standing(folder, keys)
    reason = (reason or "").strip() or _asked_reason()
    own = [row for row in rows if row.source in THEIR_OWN]
    if own and not they_asked:
        raise AdvocacyError([_said_no(row, folder) for row in own])
    outcome = unsuppress(folder, keys, reason)
    _print_removed(outcome, keys, report)
    _print_still(folder, addresses)
    return 0 if outcome.changed else 1


@command.command("list", short_help="Show who is suppressed and why.")
@click.option("--lifted", is_flag=True, help="Also list entries that have been lifted.")
@folder_option
@table_option
def list_command(lifted: bool, folder: Path | None, report: TableReport) -> int:
    """Show who is suppressed, since when, and why, and any mistakes in the list.

    \b
    Examples:
      advocacy suppress list
      advocacy suppress list --report csv > said-no.csv
    """
    from advocacy.files.workspace import campaigns_folder
    from advocacy.mail.consent.suppress_commands import listed

    folder = campaigns_folder(folder)
    rows, problems = listed(folder, lifted=lifted)
    if report == "text":
        _print_rows(rows, folder)
    else:
        write_table([_record(row) for row in rows], COLUMNS, report)
    print_problems(problems)
    return int(has_errors(problems))


@command.command(
    "import", short_help="Suppress everyone on a list, such as the file of the unsubscribe page."
)
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@reason_option
@campaign_option
@folder_option
@report_option
def import_command(
    files: tuple[Path, ...],
    reason: str,
    campaign: str,
    folder: Path | None,
    report: Report,
) -> int:
    """Suppress everyone on a list.

    FILE has one address per line, or is CSV with a column `address` (or `email`), such as the
    file that the unsubscribe page writes; `-` is standard input. Importing a file again changes
    nothing. A line that cannot be read is reported, and the others are imported.

    \b
    Examples:
      ssh coalition.example cat unsubscribed.csv | advocacy suppress import -
      advocacy suppress import old-tool.csv --reason "unsubscribed in the old tool"
    """
    from advocacy.files.workspace import campaigns_folder
    from advocacy.mail.consent.suppress_commands import import_list
    from advocacy.mail.consent.suppression_edits import EditOutcome

    folder = campaigns_folder(folder)
    whole = EditOutcome(folder / "suppressed.csv")
    problems: list[Problem] = []
    for path in files:
        # The buffer of standard input is read as any other file of bytes.
        source = sys.stdin.buffer if str(path) == "-" else path
        found = import_list(folder, source, reason=reason, campaign=campaign)  # type: ignore[arg-type]
        problems += found.problems
        whole.added += found.outcome.added
        whole.there += found.outcome.there
        whole.lifted_since += found.outcome.lifted_since
    _print_outcome(whole, report)
    print_problems(problems)
    return int(has_errors(problems))


def _said_no(row: "SuppressionRow", folder: Path) -> Problem:
    who = "A person who asked to be forgotten" if row.source == "forgotten" else row.key
    return Problem(
        "said-no-themselves",
        f"{who}: {row.said()}. They opted out themselves.",
        "Add --they-asked only if they asked to get messages again.",
        Place(folder / "suppressed.csv", row.line),
    )


def _asked_reason() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError("Give a reason with --reason TEXT; it is kept in the list.")
    return str(click.prompt("Why is the suppression lifted? (kept in the list)", type=str))


def _print_outcome(outcome: "EditOutcome", report: Report) -> None:
    """What came of adding people."""
    if report == "json":
        told = {
            "path": str(outcome.path),
            "added": outcome.added,
            "there": outcome.there,
            "lifted_since": outcome.lifted_since,
        }
        write_json(told)
        return
    for keys, what in (
        (outcome.added, "added"),
        (outcome.there, "already on the list"),
        (outcome.lifted_since, "left out: lifted on a later day"),
    ):
        if keys and len(keys) <= SHOWN:
            for key in keys:
                click.echo(f"{key}: {what}")
        elif keys:
            click.echo(f"{len(keys):,} {what}")
    click.echo(f"{shown_place(Place(outcome.path))}: {len(outcome.added):,} added.")


def _print_removed(outcome: "EditOutcome", keys: list[str], report: Report) -> None:
    """What came of lifting rows."""
    lines = [row.line for row in outcome.changed]
    if report == "json":
        told = {"path": str(outcome.path), "lifted": [row.key for row in outcome.changed]}
        write_json(told)
    elif outcome.changed:
        where = shown_place(Place(outcome.path))
        rows = f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"
        click.echo(f"{', '.join(keys)}: no longer suppressed ({where}, {rows}).")
    else:
        click.echo(f"{', '.join(keys)}: not on the list. Nothing was changed.", err=True)


def _print_still(folder: Path, addresses: tuple[str, ...]) -> None:
    """Say who is still suppressed by another row, such as a domain's."""
    from advocacy.mail.consent.suppression_snapshot import read_suppressions

    found, _ = read_suppressions(folder)
    for address in addresses:
        reason = found.reason(address)
        if reason:
            click.echo(f"{address} is still suppressed: {reason}.", err=True)


def _print_rows(rows: list["SuppressionRow"], folder: Path) -> None:
    """The list, a line for each."""
    path = shown_place(Place(folder / "suppressed.csv"))
    if not rows:
        click.echo(f"The list is empty ({path}).")
        return
    width = min(48, max(len(_who(row)) for row in rows))
    for row in rows:
        lifted = f"; lifted {row.lifted[:10]}: {row.lifted_reason}" if not row.counts else ""
        click.echo(f"{_who(row):<{width}}  {row.said()}{lifted}")
    counted = sum(row.counts for row in rows)
    click.echo(f"{counted:,} suppressed ({path}).")


def _who(row: "SuppressionRow") -> str:
    if row.key.startswith("hmac-"):
        return "(forgotten: only a keyed hash is stored)"
    return f"everyone at {row.key[1:]}" if row.key.startswith("@") else row.key


def _record(row: "SuppressionRow") -> dict[str, str]:
    """A row by its columns."""
    others = {name: str(getattr(row, name)) for name in COLUMNS[2:]}
    is_domain = row.key.startswith("@")
    return {
        "address": "" if is_domain else row.key,
        "domain": row.key[1:] if is_domain else "",
        **others,
    }
