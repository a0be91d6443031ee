"""`advocacy bounces`: what came back, and what follows from it."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.report import shown_place
from advocacy.cli.suppress import folder_option
from advocacy.cli.tables import TableReport, table_option, write_json, write_table
from advocacy.errors import Place, count_noun

if TYPE_CHECKING:
    from advocacy.mail.bounces.reports import Finding, Returned


@click.group("bounces")
def command() -> None:
    """Read bounces, complaints, and unsubscribe requests from a mailbox."""


@command.command(
    "import", short_help="Read a mailbox of bounces and suppress the addresses that no longer work."
)
@click.argument(
    "mailboxes",
    nargs=-1,
    required=True,
    metavar="MAILBOX...",
    type=click.Path(path_type=Path, exists=True),
)
@folder_option
@click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")
@table_option
def import_command(
    mailboxes: tuple[Path, ...],
    folder: Path | None,
    dry_run: bool,
    report: TableReport,
) -> int:
    """Read bounces, mark the letters in the ledger, and suppress the addresses.

    MAILBOX is a Maildir, an mbox file, or a folder of .eml files. Addresses that do not work
    (hard bounces), complaints, and unsubscribe requests are suppressed; a full mailbox or a
    server that refused the message is only noted. A message counts only if it contains a signed
    mark of one of your letters. Messages that cannot be read are listed for review, with the
    person and the letter if the mark identifies them. Reading a mailbox twice changes nothing.

    \b
    Examples:
      advocacy bounces import ~/Maildir/.bounces --dry-run
      advocacy bounces import bounces.mbox --report csv > came-back.csv
    """
    from advocacy.files.workspace import campaigns_folder
    from advocacy.mail.bounces.reports import import_bounces

    returned = import_bounces(campaigns_folder(folder), mailboxes, dry_run=dry_run)
    if report == "json":
        findings = [_record(one) for one in returned.findings]
        write_json({"findings": findings, "suppressed": returned.outcome.added})
    elif report == "csv":
        write_table([_record(one) for one in returned.findings], _FIELDS, "csv")
    else:
        _print_text(returned, dry_run=dry_run)
    return 0


_FIELDS = ("what", "address", "mailing", "letter", "detail", "subject", "place", "new")
_LEFT = {
    "soft bounce": "noted, not suppressed",
    "delayed": "the server is still trying",
    "automatic answer": "not counted",
    "not ours": "not an answer to a letter in these ledgers, so nobody was suppressed",
    "unsure": "left for you to review",
    "unread": "not recognized as a bounce; review these yourself",
}
_SHOWN = 20


def _print_text(returned: "Returned", *, dry_run: bool) -> None:
    if not returned.findings:
        click.echo("The mailbox is empty.")
        return
    groups: dict[str, list[Finding]] = {}
    for one in returned.findings:
        groups.setdefault(one.fate, []).append(one)
    for fate, found in groups.items():
        note = _LEFT.get(fate, "now suppressed")
        title = count_noun(len(found), fate, None if _plural(fate) else fate)
        click.echo(f"{click.style(title, bold=True)}: {note}")
        for one in found[:_SHOWN]:
            click.echo(f"  {_line(one)}")
        if len(found) > _SHOWN:
            click.echo(f"  … and {len(found) - _SHOWN:,} more; use --report csv to list all")
    if dry_run:
        click.echo("Nothing was changed. To apply the changes, omit --dry-run.")
        return
    path = shown_place(Place(returned.outcome.path))
    again = Counter(one.is_new for one in returned.findings)[False]
    known = f" {again:,} were already known." if again else ""
    click.echo(f"{path}: {len(returned.outcome.added):,} added.{known}")


def _plural(fate: str) -> bool:
    return fate.endswith(("bounce", "complaint", "answer"))


def _line(one: "Finding") -> str:
    words = "; ".join(text for text in (one.subject, one.detail) if text)
    if one.address:
        letter = f" ({one.mailing}, {one.letter_id})" if one.letter_id else f" ({one.mailing})"
        where = f"{shown_place(one.place)}: " if one.subject else ""
        return f"{one.address}{letter}{': ' if where or words else ''}{where}{words}"
    return f"{shown_place(one.place)}{': ' if words else ''}{words}"


def _record(one: "Finding") -> dict[str, Any]:
    values = (
        one.fate.value,
        one.address,
        one.mailing,
        one.letter_id,
        one.detail,
        one.subject,
        str(one.place),
        one.is_new,
    )
    return dict(zip(_FIELDS, values, strict=True))
