"""`advocacy send`: mail the letters of a stage."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.options import (
    Day,
    campaign_argument,
    date_option,
    quiet_option,
    recipients_options,
    stage_option,
    supporters_options,
    templates_option,
)
from advocacy.cli.render import LetterCrashed
from advocacy.cli.report import Report, print_problems, report_option
from advocacy.errors import has_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from advocacy.campaign.addressing import People
    from advocacy.mail.sending.preparation import PreparedMailing


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
    raise click.BadParameter("It is a short name, such as `reminder`.", ctx, param)


@click.command("send")
@campaign_argument
@click.option("--send", "really", is_flag=True, help="Send. Without it, nothing leaves: a dry run.")
@click.option(
    "--yes",
    type=click.IntRange(1),
    metavar="N",
    help="With --send: do not ask; but stop where more than N messages are left.",
)
@click.option(
    "--test-to",
    callback=_address,
    metavar="ADDRESS",
    help="Send one message of the list to this address, marked [TEST], and nothing else.",
)
@stage_option
@date_option
@recipients_options
@supporters_options
@click.option(
    "--mailing",
    callback=_name,
    metavar="NAME",
    help="Another mailing of the same stage, with an account of its own: people who got the "
    "first get this one too.",
)
@click.option(
    "--new-mailing", is_flag=True, help="Begin a mailing that the ledger does not know yet."
)
@click.option(
    "--new-text",
    is_flag=True,
    help="Go on although the text is not what the first of the mailing got. It must be approved.",
)
@click.option(
    "--resend-uncertain",
    is_flag=True,
    help="Send those again that may have arrived: some people may then get it twice.",
)
@click.option("--assume-sent", is_flag=True, help="Count those as sent that may have arrived.")
@click.option("--also-answered", is_flag=True, help="Write to those too who answered before.")
@click.option(
    "--connections",
    type=click.IntRange(1, 50),
    default=4,
    show_default=True,
    metavar="N",
    help="Connections to the server at once.",
)
@click.option(
    "--per-connection",
    type=click.IntRange(1),
    metavar="N",
    help="Messages on one connection before it is made anew.",
)
@click.option("--rate", metavar="N/s", help="No faster than this: 14/s, 600/min, 5000/h, 2000/d.")
@click.option(
    "--per-domain",
    multiple=True,
    metavar="[DOMAIN=]N/s",
    help="Nor faster to any one domain (1/s), or to this one (gmail.com=20/min); repeatable.",
)
@click.option(
    "--patience",
    type=click.IntRange(0),
    default=60,
    show_default=True,
    metavar="MINUTES",
    help="How long to wait for messages that their servers put off, before leaving them for the "
    "next run.",
)
@click.option(
    "--preflight",
    is_flag=True,
    help="In a dry run: check too what Gmail, Yahoo and Outlook ask of senders, and what "
    "SpamAssassin says where it is installed.",
)
@click.option(
    "--today", type=Day(), metavar="DAY",
    help="Pretend that it is this day; only towards a server on this machine, maildir: or mbox:.",
)  # fmt: skip
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("output"),
    show_default=True,
    metavar="DIR",
    help="Where rendered letters lie: a PDF there is attached if it is still right.",
)
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Processes that compose.")
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
    resend_uncertain: bool,
    assume_sent: bool,
    also_answered: bool,
    connections: int,
    per_connection: int | None,
    rate: str | None,
    per_domain: tuple[str, ...],
    patience: int,
    preflight: bool,
    today: date | None,
    output: Path,
    workers: int | None,
    templates: Path | None,
    quiet: bool,
    report: Report,
) -> int:
    """Mail the letters of a stage to a list: nobody twice, and nobody who said no.

    Without --send nothing leaves: every message is composed and checked, and you see how many
    there are, three of them, who is left out and why, and what would stop the mailing.

    The server is named by ADVOCACY_SMTP (smtps://user@host:465, smtp://user@host:587,
    maildir:/path, mbox:/path), its password by ADVOCACY_SMTP_PASSWORD, a keyring or a prompt.
    Only text that somebody approved goes out (advocacy approve). What was sent stands in a
    ledger beside the campaign, and only the ledger decides what is left: after a crash or
    Ctrl-C, run the same command again.

    \b
    Examples:
      advocacy send parks.yaml --recipients members.csv
      advocacy send parks.yaml --recipients members.csv --test-to me@coalition.example
      advocacy send parks.yaml --recipients members.csv --send --new-mailing --rate 14/s
      advocacy send parks.yaml --recipients members.csv --send --yes 1200
      advocacy status parks.yaml
    """
    from advocacy.cli import sending_output
    from advocacy.cli.asking import agreed_number
    from advocacy.cli.progress import watcher
    from advocacy.mail.sending.preparation import PreparedMailing, SendRequest
    from advocacy.mail.smtp.pace import domain_rates_from, rate_from

    _usage(really, yes, test_to, resend_uncertain, assume_sent, preflight, new_mailing)
    request = SendRequest(
        campaign=campaign,
        people=people(),
        stage=stage,
        day=day,
        today=today,
        mailing=mailing,
        output=output,
        templates=templates,
        also_answered=also_answered,
        connections=connections,
        per_connection=per_connection,
        rate=rate_from(rate) if rate else None,
        per_domain=domain_rates_from(per_domain) if per_domain else None,
        patience=patience * 60.0,
        workers=workers,
    )
    office = PreparedMailing.open(request, watcher(quiet))
    office.resend_uncertain = resend_uncertain
    if test_to is not None:
        real = office.send_test(test_to)
        click.echo(f"Sent to {test_to}, marked [TEST]: the message to {real}.")
        return 0
    if not really:
        return _dry_run(office, preflight=preflight, quiet=quiet, report=report)
    if office.change is not None and not new_text:
        sending_output.difference(office)
    office.may_begin(new_mailing=new_mailing, new_text=new_text)
    office.settle()
    agreed = agreed_number(office, yes, quiet=quiet, report=report)
    if agreed == 0:
        office.decide(assume_sent=assume_sent)
        if not quiet and report == "text":
            sending_output.nothing_left(office)
        return sending_output.exit_code(office)
    office.begin(new_text=new_text, assume_sent=assume_sent)
    account = office.send(agreed if yes is None else yes)
    shown = not quiet and report == "text"
    why = [] if shown or account.why is None else [account.why]
    print_problems([*account.problems, *why], report)
    if shown:
        sending_output.account(office, account)
    for crash in account.crashes:
        raise LetterCrashed(crash)
    if account.interrupted:
        raise KeyboardInterrupt
    return sending_output.exit_code(office, account)


def _usage(
    really: bool,
    yes: int | None,
    test_to: str | None,
    resend_uncertain: bool,
    assume_sent: bool,
    preflight: bool,
    new_mailing: bool,
) -> None:
    if test_to and really:
        raise click.UsageError("--test-to sends one test message; --send sends the mailing.")
    if preflight and really:
        raise click.UsageError("--preflight belongs to the dry run: leave out --send.")
    if resend_uncertain and assume_sent:
        raise click.UsageError("Either --resend-uncertain or --assume-sent.")
    for given, name in (
        (yes is not None, "--yes N"),
        (resend_uncertain, "--resend-uncertain"),
        (assume_sent, "--assume-sent"),
        (new_mailing, "--new-mailing"),
    ):
        if given and not really:
            raise click.UsageError(f"{name} goes with --send.")


def _dry_run(office: "PreparedMailing", *, preflight: bool, quiet: bool, report: Report) -> int:
    from advocacy.cli import sending_output

    seen = office.rehearse()
    stops = office.stops()
    problems = [*seen.problems, *(p for p in stops if p not in seen.problems)]
    problems += office.preflight(seen) if preflight else []
    print_problems(problems, report)
    for crash in seen.crashes:
        raise LetterCrashed(crash)
    if not quiet and report == "text":
        sending_output.rehearsal(office, seen, stops)
        sending_output.difference(office)
        if not has_errors(stops):
            sending_output.how_to_send(office, seen)
    return int(has_errors(problems))
