"""Agreeing to a mailing: nothing leaves before somebody has said how many messages it is."""

import sys
from typing import TYPE_CHECKING

import click

from advocacy.cli import sending_output as told
from advocacy.cli.report import Report, print_problems
from advocacy.errors import AdvocacyError, has_errors
from advocacy.mail.sending.refusals import nobody_to_mail

if TYPE_CHECKING:
    from advocacy.mail.sending.preparation import Office


def agreed_number(office: "Office", yes: int | None, *, quiet: bool, report: Report) -> int:
    """How many messages are left, once somebody agreed to send so many: typed, or as `--yes N`.

    Raises click.UsageError where nobody did, AdvocacyError where no message can be made.
    """
    if yes is not None:
        left = office.count()
        if left > yes:
            raise click.UsageError(
                f"{left:,} messages are left, more than --yes {yes} allows: nothing was sent."
            )
        return left
    seen = office.rehearse()
    print_problems(seen.problems, report)
    if not quiet and report == "text":
        told.rehearsal(office, seen, ())
    left = seen.count + seen.left_out["put off"]
    if not left:
        if has_errors(seen.problems):
            raise AdvocacyError(nobody_to_mail(office.mailing))
        return 0
    try:
        question = _question(left, left - seen.count)
        typed = click.prompt(question, default="", show_default=False, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise click.UsageError("There is no terminal to ask at: say --yes N.") from None
    if "".join(char for char in typed if char not in " ,.’'") != str(left):
        raise click.UsageError("That is not their number: nothing was sent.")
    return left


def _question(left: int, put_off: int) -> str:
    later = f" ({put_off:,} of them later: they were put off)" if put_off else ""
    what = "1 message" if left == 1 else f"{left:,} messages"
    return f"To send {what}{later}, type the number"
