"""What `advocacy send` prints after it sent: what became of the run, and of the mailing so far."""

import shlex
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from advocacy.campaign.recipients.select import Selection
from advocacy.cli.sending_output import counted, moment
from advocacy.errors import AdvocacyError, has_errors

if TYPE_CHECKING:
    from advocacy.mail.sending.preparation import Office
    from advocacy.mail.sending.sending import Account

DONE, UNFINISHED = 0, 3


def account(office: "Office", done: "Account") -> None:
    """What became of a run, and of the mailing so far."""
    from advocacy.mail.ledger import State

    ledger = office.ledger
    if ledger is None:
        return
    counts = ledger.counts(office.mailing.name)
    click.echo(f"{counted(done.states[State.SENT], 'message')} sent now; of the whole mailing:")
    for state, what in (
        (State.SENT, "sent"),
        (State.REFUSED, "refused by their servers, for good"),
        (
            State.DEFERRED,
            f"put off by their servers; the next run tries them again{_from(office, done)}",
        ),
        (State.UNCERTAIN, "uncertain: they may have arrived"),
        (State.SENDING, "under way in another run"),
    ):
        if counts.get(state):
            click.echo(f"  {counts[state]:>7,}  {what}")
    if done.unmade:
        click.echo(f"  {done.unmade:>7,}  not composed; the reasons are above")
    if done.left_out["suppressed"]:
        click.echo(f"  {done.left_out['suppressed']:>7,}  suppressed")
    if (done.interrupted or done.why) and (left := _left(office)):
        click.echo(f"  {left:>7,}  left; run it again to go on, without --new-mailing")
    if counts.get(State.UNCERTAIN):
        click.echo(
            "Ask some of the uncertain whether they got it; then go on with --assume-sent, or "
            "with --resend-uncertain."
        )
    if done.why is not None:
        click.echo(f"Stopped: {done.why.message}\n    → {done.why.hint}")
    click.echo(f"More: {_status_command(office)}")


def _status_command(office: "Office") -> str:
    request = office.request
    words = ["advocacy", "status", str(request.campaign)]
    for option, path in (
        ("--recipients", request.people.list), ("--supporters", request.people.supporters),
    ):  # fmt: skip
        words += [option, str(path)] if path is not None else []
    return shlex.join(words)


def _from(office: "Office", done: "Account") -> str:
    if done.waiting_until is None:
        return ""
    timezone = office.mailing.campaign.file.timezone
    return f", from {moment(done.waiting_until, timezone)} {timezone} on"


def _left(office: "Office") -> int:
    with suppress(AdvocacyError):  # what stopped the run says why they cannot be counted
        return sum(1 for _ in office.candidates().left())
    return 0


def nothing_left(office: "Office") -> None:
    """That there is nothing to send."""
    selection = office.request.people.selection
    whom = "" if selection == Selection() else " to those of the list whom you chose"
    click.echo(f"Nothing is left to send of {office.mailing.name}{whom}.")
    click.echo(f"More: {_status_command(office)}")


def exit_code(office: "Office", done: "Account | None" = None) -> int:
    """0 where the mailing is finished, 3 where somebody has not got it, or may not have."""
    from advocacy.mail.ledger import State

    ledger = office.ledger
    counts = ledger.counts(office.mailing.name) if ledger is not None else {}
    waiting = sum(count for state, count in counts.items() if state is not State.SENT)
    stopped = done is not None and (
        done.why is not None or done.unmade > 0 or has_errors(done.problems)
    )
    return UNFINISHED if waiting or stopped else DONE
