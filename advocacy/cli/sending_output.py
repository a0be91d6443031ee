"""What `advocacy send` prints: the dry run, and what became of the mailing."""

import shlex
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from advocacy.campaign.recipients.select import Selection
from advocacy.cli.account_output import account_note, print_account
from advocacy.cli.report import LetterCrashed, Report, print_problems
from advocacy.errors import Level, Problem, count_noun, has_errors
from advocacy.mail.consent.addresses import readable
from advocacy.mail.figures import human_size, human_span, moment
from advocacy.mail.sending.account import Category, LeftFor, MailingAccount, category_of
from advocacy.mail.sending.account_words import (
    WAITING,
    account_sentence,
    elsewhere_sentence,
    words_for,
)

if TYPE_CHECKING:
    from advocacy.mail.sending.candidates import WhyLeftOut
    from advocacy.mail.sending.dry_run import DryRun, SampleMessage
    from advocacy.mail.sending.messages import TextChange
    from advocacy.mail.sending.preparation import PreparedMailing, SendRequest
    from advocacy.mail.sending.run_result import RunResult
    from advocacy.mail.sending.sending import Rehearsal, SendResult

DONE, UNFINISHED, INTERRUPTED = 0, 3, 130
WIDTH = 88
LABEL = 11
SECONDS_A_MESSAGE = 0.3
"""Seconds that a message usually takes on one connection to a remote server."""
DOMAINS = 5
REASONS = 5


def print_rehearsal(rehearsal: "Rehearsal", *, quiet: bool, report: Report) -> int:
    """Print a dry run, and return its exit code. Raises LetterCrashed after a bug."""
    note = _account_note(rehearsal.messages.account, report)
    print_problems([*rehearsal.problems, *note], report)
    for crash in rehearsal.messages.crashes:
        raise LetterCrashed(crash)
    if not quiet and report == "text":
        prepared, stop = rehearsal.prepared, rehearsal.stop
        stops = [*rehearsal.stops, *([stop] if stop is not None else [])]
        print_dry_run(prepared, rehearsal.messages, stops)
        print_difference(prepared.change)
        if not has_errors(stops):
            _print_how_to_send(prepared, rehearsal.messages)
        elif stop is not None:
            click.echo(f"\nThis was a dry run. A run would send nothing now. {stop.hint}")
    return int(has_errors(rehearsal.problems))


def print_result(
    result: "SendResult", request: "SendRequest", *, quiet: bool, report: Report
) -> int:
    """Print what became of a mailing, and return the exit code.

    It is 0 where the mailing is finished, 3 where somebody has not got it, or may not have, and 130
    after Ctrl-C. Raises LetterCrashed after a bug.
    """
    run = result.run
    shown = not quiet and report == "text"
    from advocacy.mail.sending.other_people import CODES

    if run is None:
        print_problems([one for one in result.problems if one.code in CODES], report)
        if shown:
            _print_nothing_left(result, request)
    else:
        why = [] if shown or run.why is None else [run.why]
        print_problems([*run.problems, *why, *_account_note(result.account, report)], report)
        if shown:
            _print_run(result, run, request)
        for crash in run.crashes:
            raise LetterCrashed(crash)
        if run.interrupted:
            known = "" if run.unrecorded else " The ledger has a record of what was sent."
            click.echo(f"\nInterrupted.{known}", err=True)
            return INTERRUPTED
    return DONE if result.is_finished else UNFINISHED


def _account_note(account: MailingAccount | None, report: Report) -> list[Problem]:
    """The account for those who read a report: in text it is printed as such."""
    return [] if account is None or report == "text" else [account_note(account)]


def _print_nothing_left(result: "SendResult", request: "SendRequest") -> None:
    from advocacy.mail.ledger import State

    everybody = request.people.selection == Selection()
    whom = "" if everybody else " to the people you selected"
    uncertain = result.states[State.UNCERTAIN]
    if uncertain:
        who = count_noun(uncertain, "message is", "messages are")
        click.echo(
            f"No message can be sent for {result.mailing}{whom}, but {who} uncertain. "
            f"{_decide(request)}"
        )
    else:
        click.echo(f"There are no messages left to send for {result.mailing}{whom}.")
    _print_account(result)
    click.echo(f"More: {_status_command(request)}")


def _print_run(result: "SendResult", run: "RunResult", request: "SendRequest") -> None:
    from advocacy.mail.ledger import State

    click.echo(f"{count_noun(run.states[State.SENT], 'message')} sent now.")
    _print_account(result)
    if run.unrecorded:
        _print_unrecorded(run)
    deferred = result.account is not None and result.account.waiting.get(LeftFor.DEFERRED)
    if deferred and run.waiting_until is not None:
        when = f"{moment(run.waiting_until, result.timezone)} {result.timezone}"
        click.echo(f"The next run retries those who were deferred, from {when} on.")
    if run.unread:
        click.echo(f"Rejected rows by reason: {_reasons(run.unread)}.")
    if run.rejects:
        click.echo(f"Rows without a letter, to correct and use as the list: {run.rejects}")
    left = result.account.left if result.account is not None else run.interrupted
    unmade = (
        result.account.waiting.get(LeftFor.NOT_COMPOSED, 0) if result.account is not None else 0
    )
    if unmade and run.why is None:
        who = count_noun(unmade, "letter", "letters")
        click.echo(f"{who} could not be composed. Correct the problems above, and send again.")
    if left > unmade and run.why is None:
        omitted = " without --new-mailing" if request.new_mailing else ""
        click.echo(f"To continue, run the command again{omitted}.")
    if result.states[State.UNCERTAIN]:
        click.echo(_decide(request))
    if run.why is not None:
        click.echo(f"Stopped: {run.why.message}\n    → {run.why.hint}")
    click.echo(f"More: {_status_command(request)}")


def _print_unrecorded(run: "RunResult") -> None:
    """Print what a run did whose ledger cannot be reached, and where it is recorded."""
    for state, count in run.states.items():
        click.echo(f"  {count:>8,} {words_for(count, category_of(state))}, in this run")
    click.echo(
        "The ledger lacks the last results. They are kept on this machine until it restarts. The "
        "next `advocacy status` or `send` here that reaches the ledger adds them."
        if run.is_kept
        else "The ledger lacks the last results. Letters that were in progress will count as "
        "uncertain: they may have arrived."
    )


def _decide(request: "SendRequest") -> str:
    """What to do about uncertain messages."""
    command = shlex.join(["advocacy", "uncertain", str(request.campaign)])
    return (
        f"To look for each uncertain message and decide about it: {command}. To decide about all, "
        f"continue with --assume-sent or --resend-uncertain."
    )


def _print_account(result: "SendResult") -> None:
    if result.account is not None:
        print_account(result.account)
        return
    # The list cannot be read any more, for the reason that is told.
    for state, count in result.states.items():
        if count:
            click.echo(f"  {count:>8,} {words_for(count, category_of(state))}")


def _status_command(request: "SendRequest") -> str:
    words = ["advocacy", "status", str(request.campaign)]
    for option, path in (
        ("--recipients", request.people.list), ("--supporters", request.people.supporters),
    ):  # fmt: skip
        words += [option, str(path)] if path is not None else []
    return shlex.join(words)


def print_dry_run(prepared: "PreparedMailing", seen: "DryRun", problems: Sequence[Problem]) -> None:
    """Print the dry run, for whoever is about to press the button."""
    from advocacy.mail.sending.dry_run import read_sample

    _line("Mailing", _mailing(prepared))
    _line("Text", _text(prepared))
    for label, value in _addresses(prepared):
        _line(label, value)
    _line("Server", _server(prepared))
    _line("Ledger", _ledger(prepared))
    _line("To send", _to_send(prepared, seen))
    _line("The list", f"{account_sentence(seen.account)}.")
    elsewhere = elsewhere_sentence(seen.account)
    if elsewhere:
        _line("", elsewhere)
    for number, line in enumerate(_left_out(seen)):
        _line("Left out" if number == 0 else "", line)
    for number, ready in enumerate(seen.shown, start=1):
        click.echo()
        _print_sample(number, read_sample(ready))
    click.echo()
    _print_stops(problems)


def _print_stops(problems: Iterable[Problem]) -> None:
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    if not errors:
        _line("Problems", "none")
        return
    for number, problem in enumerate(errors):
        _line("Problems" if number == 0 else "", f"{problem.code}: {problem.message}")


def _print_how_to_send(prepared: "PreparedMailing", seen: "DryRun") -> None:
    if not seen.count:
        return
    words = [word for word in sys.argv[1:] if word != "--preflight"]
    command = shlex.join(["advocacy", *words, "--send"])
    if not prepared.begun:
        command += " --new-mailing"
    click.echo(f"\nThis was a dry run: nothing was sent. To send:\n    {command}")


def _mailing(prepared: "PreparedMailing") -> str:
    mailing, file = prepared.mailing, prepared.mailing.campaign.file
    who = "subscribers" if mailing.subscribers else "targets"
    sent = "" if mailing.today == mailing.day else f", sent on {mailing.today}"
    return f"{mailing.name}, letters of {mailing.day}{sent} ({file.timezone}), to {who}"


def _text(prepared: "PreparedMailing") -> str:
    from advocacy.letters.approvals import judge_approval

    found = judge_approval(prepared.mailing.campaign, prepared.mailing.stage)
    if found.approval is None:
        return "not approved"
    who = f"approved by {found.approval.by} on {found.approval.on}"
    return f"{who}, and unchanged" if found.state == "approved" else f"{who}, but changed since"


def _addresses(prepared: "PreparedMailing") -> Iterable[tuple[str, str]]:
    sender = prepared.mailing.campaign.file.sender
    yield "From", f"{sender.organization} <{sender.email}>"
    yield "Answers", f"to {sender.reply_to or sender.email}"
    yield "Bounces", f"to {sender.bounces or sender.email}"
    if prepared.mailing.subscribers:
        own = sender.unsubscribe
        places = [str(place) for place in (own.url, own.mailto) if place] if own else []
        yield "Unsubscribe", " and ".join(places) or "nowhere"


def _server(prepared: "PreparedMailing") -> str:
    if prepared.server is None:
        return "none: ADVOCACY_SMTP is not set"
    request = prepared.request
    parts = [prepared.server.shown]
    if not prepared.server.is_mailbox:
        parts.append(count_noun(request.connections, "connection"))
    parts.append(
        f"at most {request.rate}" if request.rate else "as fast as the server accepts messages"
    )
    if request.per_domain and request.per_domain.every:
        parts.append(f"{request.per_domain.every} to each domain")
    for domain, rate in request.per_domain.some.items() if request.per_domain else ():
        parts.append(f"{rate} to {domain}")
    return ", ".join(parts)


def _ledger(prepared: "PreparedMailing") -> str:
    place = prepared.ledger_place
    if prepared.ledger is None:
        return f"{place}: not created yet; start with --new-mailing"
    if not prepared.begun:
        return f"{place}: has no such mailing yet; the first run requires --new-mailing"
    counts = prepared.ledger.counts(prepared.mailing.name)
    told = ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)
    return f"{place}: {told or 'started, nothing sent'}"


def _to_send(prepared: "PreparedMailing", seen: "DryRun") -> str:
    if not seen.count:
        return "nothing"
    parts = [count_noun(seen.count, "message")]
    top = ", ".join(
        f"{readable(name)} {count:,}" for name, count in seen.domains.most_common(DOMAINS)
    )
    more = len(seen.domains) - DOMAINS
    parts.append(
        f"to {count_noun(len(seen.domains), 'domain')}: {top}" + (" …" if more > 0 else "")
    )
    parts.append(f"{human_size(seen.size)} in all")
    return "; ".join(parts) + f". {_duration(prepared, seen)}"


def _duration(prepared: "PreparedMailing", seen: "DryRun") -> str:
    from advocacy.mail.smtp.pace import Pace

    request = prepared.request
    if prepared.server is None:
        return ""
    slowest = 0.0
    if not prepared.server.is_local:
        slowest = seen.count * SECONDS_A_MESSAGE / request.connections
    why = f"if each connection takes {SECONDS_A_MESSAGE} s per message"
    at_that_rate = Pace(request.rate, request.per_domain).shortest(seen.domains)
    if at_that_rate > slowest:
        slowest, why = at_that_rate, "at that rate"
    return f"It will take about {human_span(slowest)}, {why}." if slowest >= 1 else ""


def _left_out(seen: "DryRun") -> Iterable[str]:
    by_reason: dict[WhyLeftOut, dict[str, int]] = {}
    for (why, reason), count in seen.reasons.items():
        by_reason.setdefault(why, {})[reason] = count
    for why, reasons in sorted(by_reason.items(), key=lambda item: -sum(item[1].values())):
        count = sum(reasons.values())
        most = sorted(((n, said) for said, n in reasons.items() if said), key=lambda o: (-o[0], o))
        told = ", ".join(f"{n:,} {said}" for n, said in most[:REASONS])
        told += ", …" if len(most) > REASONS else ""
        names = ", ".join(seen.named.get(why, ()))
        more = " …" if count > len(seen.named.get(why, ())) else ""
        yield (
            f"{count:,} {_words(why, count)}" + (f" ({told})" if told else "") + f": {names}{more}"
        )
    unmade = seen.account.waiting.get(LeftFor.NOT_COMPOSED)
    if unmade:
        yield f"{unmade:,} could not be composed (see the problems above)"
    if seen.unread:
        yield f"{count_noun(seen.unread.total(), 'rejected row')} ({_reasons(seen.unread)})"
    if seen.rejects:
        yield f"Rows without a letter, to correct and use as the list: {seen.rejects}"


def _words(why: "WhyLeftOut", count: int) -> str:
    options = {
        Category.UNCERTAIN: " (--resend-uncertain, --assume-sent)",
        Category.ANSWERED: " (--also-answered includes them)",
    }
    if isinstance(why, LeftFor):
        return WAITING[why]
    return words_for(count, why) + options.get(why, "")


def _reasons(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {code}" for code, count in counts.items())


def _print_sample(number: int, sample: "SampleMessage") -> None:
    _line(f"Sample {number}", f"To: {sample.to}")
    _line("", f"Subject: {sample.subject}")
    _line("", textwrap.shorten(sample.beginning, 200, placeholder=" …"))
    attached = f", with {', '.join(sample.attachments)}" if sample.attachments else ""
    _line("", f"{human_size(sample.size)}{attached}")


def print_difference(change: "TextChange | None") -> None:
    """Print, to stderr, the lines in which the text differs from what the mailing's first got."""
    for line in change.lines if change else ():
        color = {"+": "green", "-": "red"}.get(line[:1])
        click.echo(click.style(f"    {line}", fg=color), err=True)


def _line(label: str, text: str) -> None:
    shown = textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False) or [""]
    head = click.style(f"{label:<{LABEL}}", bold=True)
    click.echo(f"{head} {shown[0]}")
    for line in shown[1:]:
        click.echo(f"{'':<{LABEL}} {line}")
