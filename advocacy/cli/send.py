"""`advocacy send`: mail the letters of a stage."""

import sys
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.options import (
    Day,
    LongCommand,
    WholeNumber,
    campaign_argument,
    date_option,
    quiet_option,
    recipients_options,
    stage_option,
    supporters_options,
    templates_option,
)
from advocacy.cli.report import Report, print_problems, report_option
from advocacy.errors import AdvocacyError, Level, count_noun, has_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from advocacy.campaign.addressing import People
    from advocacy.mail.sending.account import MailingAccount
    from advocacy.mail.sending.preparation import Agree, PreparedMailing


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    from pydantic import TypeAdapter, ValidationError

    from advocacy.campaign.field_types import Email

    if value is None:
        return None
    try:
        return str(TypeAdapter(Email).validate_python(value))
    except ValidationError:
        raise click.BadParameter(f"“{value}” is not an email address.", ctx, param) from None


def _name(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is None or (value.isprintable() and value.strip() == value != "" and len(value) < 100):
        return value
    raise click.BadParameter("Give a short name, such as `reminder`.", ctx, param)


@click.command("send", cls=LongCommand)
@campaign_argument
@click.option(
    "--send",
    "really",
    is_flag=True,
    help="Send the messages. Without this option, the command is a dry run.",
)
@click.option(
    "--yes",
    type=WholeNumber(1),
    metavar="N",
    help="With --send: do not ask for confirmation; stop if more than N messages are left.",
)
@click.option(
    "--test-to",
    callback=_address,
    metavar="ADDRESS",
    help="Send only one message of the list, marked [TEST], to this address.",
)
@stage_option
@date_option
@recipients_options
@supporters_options
@click.option(
    "--mailing",
    callback=_name,
    metavar="NAME",
    help="Name of another mailing of the same stage. People who got the first get this one, too.",
)
@click.option("--new-mailing", is_flag=True, help="Start a mailing that is not in the ledger yet.")
@click.option(
    "--new-text",
    is_flag=True,
    help="Continue even though the text has changed since the mailing started. The text must be "
    "approved.",
)
@click.option(
    "--this-ledger",
    is_flag=True,
    help="Continue with this copy of the ledger, although it was moved here, is a backup, or lacks "
    "its last part.",
)
@click.option(
    "--resend-uncertain",
    is_flag=True,
    help="Send messages again that may have arrived. Some people may get them twice.",
)
@click.option("--assume-sent", is_flag=True, help="Count messages that may have arrived as sent.")
@click.option("--also-answered", is_flag=True, help="Include people who have already replied.")
@click.option(
    "--format",
    "kinds",
    type=click.Choice(["eml", "pdf,eml"]),
    help="Send emails alone (eml), or with the PDF (pdf,eml). Default: what the stage attaches.",
)
@click.option(
    "--despite",
    multiple=True,
    type=click.Choice(["refusals", "complaints"]),
    help="Continue even though servers have refused many messages, or people have reported the "
    "letter as spam; repeatable.",
)
@click.option(
    "--connections",
    type=WholeNumber(1, 50),
    default=4,
    show_default=True,
    metavar="N",
    help="Number of simultaneous connections to the server.",
)
@click.option(
    "--per-connection",
    type=WholeNumber(1),
    metavar="N",
    help="Messages per connection before it is reopened.",
)
@click.option(
    "--rate", metavar="N/s", help="Maximum sending rate: 14/s, 600/min, 5000/h, or 2000/d."
)
@click.option(
    "--per-domain",
    multiple=True,
    metavar="[DOMAIN=]N/s",
    help="Maximum rate per recipient domain (1/s), or for one domain (gmail.com=20/min); "
    "repeatable.",
)
@click.option(
    "--patience",
    type=WholeNumber(0),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="How long to retry messages that servers deferred before leaving them for the next run.",
)
@click.option(
    "--preflight",
    is_flag=True,
    help="In a dry run: also check the sender requirements of Gmail, Yahoo, and Outlook, and run "
    "SpamAssassin if it is installed.",
)
@click.option(
    "--today", type=Day(), metavar="DAY",
    help="Use this day as today; only with a server on this machine, maildir:, or mbox:.",
)  # fmt: skip
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("output"),
    metavar="DIR",
    expose_value=False,
    hidden=True,
    help="Has no effect. An attached PDF is always made again.",
)
@click.option(
    "--workers",
    type=WholeNumber(1, 256),
    metavar="N",
    help="Number of processes that compose letters.",
)
@templates_option
@quiet_option
@report_option
def command(
    campaign: Path,
    really: bool,
    yes: int | None,
    test_to: str | None,
    stage: str | None,
    day: date | None,
    people: "Callable[[], People]",
    mailing: str | None,
    new_mailing: bool,
    new_text: bool,
    this_ledger: bool,
    resend_uncertain: bool,
    assume_sent: bool,
    also_answered: bool,
    kinds: str | None,
    despite: tuple[str, ...],
    connections: int,
    per_connection: int | None,
    rate: str | None,
    per_domain: tuple[str, ...],
    patience: int,
    preflight: bool,
    today: date | None,
    workers: int | None,
    templates: Path | None,
    quiet: bool,
    report: Report,
) -> int:
    """Mail the letters of a stage to a list, once to each recipient who has not opted out.

    Without --send, nothing is sent. Every message is composed and checked, and you see how many
    there are, three samples, who is left out and why, and what would stop the mailing.

    ADVOCACY_SMTP names the server (smtps://user@host:465, smtp://user@host:587, maildir:/path,
    mbox:/path). Its password comes from ADVOCACY_SMTP_PASSWORD, a keyring, or a prompt. Only
    approved text is sent (advocacy approve). A ledger beside the campaign records what was
    sent and determines what is left. After a crash or Ctrl-C, run the same command again.

    \b
    Examples:
      advocacy send parks.yaml --recipients members.csv
      advocacy send parks.yaml --recipients members.csv --test-to me@coalition.example
      advocacy send parks.yaml --recipients members.csv --send --new-mailing --rate 14/s
      advocacy send parks.yaml --recipients members.csv --send --yes 1200
      advocacy status parks.yaml
    """
    from advocacy.batch.fork_server import start_before_loading

    _check_usage(
        really, yes, test_to, resend_uncertain, assume_sent, preflight, new_mailing, this_ledger
    )
    attach = None if kinds is None else kinds != "eml"
    if test_to is None and workers is None:
        # First, since the other imports take half a second.
        listed = click.get_current_context().params["recipients"]
        start_before_loading(campaign, listed, attach=attach)
    from advocacy.cli import sending_output
    from advocacy.cli.progress import watcher
    from advocacy.mail.sending.preparation import MailingStoppedError, SendRequest
    from advocacy.mail.sending.sending import (
        breaking_off,
        rehearse_mailing,
        send_mailing,
        send_test,
    )
    from advocacy.mail.smtp.pace import domain_rates_from, rate_from

    request = SendRequest(
        campaign=campaign,
        people=people(),
        stage=stage,
        day=day,
        today=today,
        mailing=mailing,
        new_mailing=new_mailing,
        new_text=new_text,
        this_ledger=this_ledger,
        uncertain="resend" if resend_uncertain else "assume sent" if assume_sent else "leave",
        templates=templates,
        also_answered=also_answered,
        despite=frozenset(despite),
        attach=attach,
        connections=connections,
        per_connection=per_connection,
        rate=rate_from(rate) if rate else None,
        per_domain=domain_rates_from(per_domain) if per_domain else None,
        patience=patience * 60.0,
        workers=workers,
    )
    watching = watcher(quiet)
    if test_to is not None:
        sent = send_test(request, test_to, watching)
        print_problems(sent.problems)
        unapproved = " Its text is not approved." if sent.problems else ""
        click.echo(
            f"Sent to {test_to}, marked [TEST]: the message to {sent.recipient}.{unapproved}"
        )
        return 0
    if not really:
        with closing(rehearse_mailing(request, watching, with_preflight=preflight)) as rehearsal:
            return sending_output.print_rehearsal(rehearsal, quiet=quiet, report=report)
    agree = _agreement(yes, quiet=quiet, report=report)
    try:
        result = send_mailing(request, agree, watching)
    except AdvocacyError as error:
        if isinstance(error, MailingStoppedError):
            sending_output.print_difference(error.change)
        if yes is not None or not _goes_on_here(error, report):
            raise
        result = send_mailing(replace(request, this_ledger=True), agree, watching)
    with breaking_off(lambda: result.run is not None):
        return sending_output.print_result(result, request, quiet=quiet, report=report)


def _check_usage(
    really: bool,
    yes: int | None,
    test_to: str | None,
    resend_uncertain: bool,
    assume_sent: bool,
    preflight: bool,
    new_mailing: bool,
    this_ledger: bool,
) -> None:
    if test_to and really:
        raise click.UsageError("--test-to sends one test message; --send sends the mailing.")
    if preflight and really:
        raise click.UsageError("--preflight is for dry runs. Omit --send.")
    if resend_uncertain and assume_sent:
        raise click.UsageError("Use either --resend-uncertain or --assume-sent, not both.")
    for given, name in (
        (yes is not None, "--yes N"),
        (resend_uncertain, "--resend-uncertain"),
        (assume_sent, "--assume-sent"),
        (new_mailing, "--new-mailing"),
        (this_ledger, "--this-ledger"),
    ):
        if given and not really:
            raise click.UsageError(f"{name} requires --send.")


def _goes_on_here(error: AdvocacyError, report: Report) -> bool:
    """Ask whether the mailing goes on with this copy of the ledger, if nothing else stops it."""
    from advocacy.mail.ledger.home import DOUBTS

    stops = [problem for problem in error.problems if problem.level is Level.ERROR]
    if report != "text" or not sys.stdin.isatty() or any(one.code not in DOUBTS for one in stops):
        return False
    print_problems(stops)
    return click.confirm("Continue with this ledger?", err=True)


def _agreement(yes: int | None, *, quiet: bool, report: Report) -> "Agree":
    """Make the callback that asks for consent to a mailing.

    With `--yes N` nobody is asked. Otherwise the dry run is printed, and somebody types how many
    messages it is. The callback returns to how many people the mailing may go, 0 where nobody is
    left. It raises click.UsageError where nobody agreed, AdvocacyError where no message can be
    made.
    """
    from advocacy.cli import sending_output
    from advocacy.mail.sending.account import LeftFor
    from advocacy.mail.sending.rendering import nobody_to_mail

    def ask(mailing: "PreparedMailing") -> int:
        seen = mailing.dry_run()
        print_problems(seen.problems, report)
        if not quiet and report == "text":
            sending_output.print_dry_run(mailing, seen, ())
        left = seen.count + seen.account.waiting.get(LeftFor.DEFERRED, 0)
        if not left:
            if has_errors(seen.problems):
                raise AdvocacyError(nobody_to_mail(mailing.mailing))
            return 0
        try:
            question = _question(seen.account, left, left - seen.count)
            typed = click.prompt(question, default="", show_default=False, err=True)
        except click.Abort as abort:
            if sys.stdin.isatty() or isinstance(abort.__context__, KeyboardInterrupt):
                raise
            raise click.UsageError("There is no terminal for confirmation. Use --yes N.") from None
        if "".join(char for char in typed if char not in " ,.’'") != str(left):
            raise click.UsageError("The number does not match. Nothing was sent.")
        return left

    return ask if yes is None else lambda mailing: _agree_up_to(mailing, yes)


def _agree_up_to(mailing: "PreparedMailing", most: int) -> int:
    """Agree to so many messages, if there are no more; to none where nobody is left."""
    if mailing.is_within(most):
        return most
    left = mailing.count_left()
    if left > most:
        raise click.UsageError(
            f"{count_noun(left, 'message is', 'messages are')} left, more than --yes {most} "
            "allows. Nothing was sent."
        )
    return most if left else 0


def _question(account: "MailingAccount", left: int, put_off: int) -> str:
    from advocacy.mail.sending.account_words import account_sentence

    later = f" ({put_off:,} of them later, because they were deferred)" if put_off else ""
    to_send = f"To send {count_noun(left, 'message')}{later}, type the number"
    return f"{account_sentence(account)}.\n{to_send}"
