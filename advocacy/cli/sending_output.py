"""What `advocacy send` prints: the dry run, and what became of the mailing."""

import shlex
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from advocacy.campaign.recipients.select import Selection
from advocacy.cli.report import LetterCrashed, Report, print_problems
from advocacy.errors import Level, Problem, count_noun, has_errors
from advocacy.mail.consent.addresses import readable

if TYPE_CHECKING:
    from advocacy.mail.sending.dry_run import DryRun, SampleMessage
    from advocacy.mail.sending.messages import TextChange
    from advocacy.mail.sending.passes import RunResult
    from advocacy.mail.sending.preparation import PreparedMailing, SendRequest
    from advocacy.mail.sending.sending import Rehearsal, SendResult

DONE, UNFINISHED = 0, 3
WIDTH = 88
LABEL = 11
SECONDS_A_MESSAGE = 0.3
"""Seconds that a message usually takes on one connection to a remote server."""
DOMAINS = 5
REASONS = 5

LEFT_OUT = {
    "sent": "already sent",
    "suppressed": "suppressed",
    "no email": "without an email address",
    "refused": "already refused by their servers",
    "uncertain": "uncertain, as they may have arrived (--resend-uncertain, --assume-sent)",
    "under way": "in progress in a run that is active or was killed",
    "put off": "deferred by their servers, to be retried later",
    "answered": "to people who have replied (--also-answered includes them)",
    "other person": "whose id belongs to another person in the ledger",
    "twice": "to an address that got the letter under another id",
}


def print_rehearsal(rehearsal: "Rehearsal", *, quiet: bool, report: Report) -> int:
    """Print a dry run, and return its exit code. Raises LetterCrashed after a bug."""
    print_problems(rehearsal.problems, report)
    for crash in rehearsal.messages.crashes:
        raise LetterCrashed(crash)
    if not quiet and report == "text":
        prepared, stops = rehearsal.prepared, rehearsal.stops
        print_dry_run(prepared, rehearsal.messages, stops)
        print_difference(prepared.change)
        if not has_errors(stops):
            _print_how_to_send(prepared, rehearsal.messages)
    return int(has_errors(rehearsal.problems))


def print_result(
    result: "SendResult", request: "SendRequest", *, quiet: bool, report: Report
) -> int:
    """Print what became of a mailing, and return the exit code.

    It is 0 where the mailing is finished, 3 where somebody has not got it, or may not have.
    Raises LetterCrashed after a bug, and KeyboardInterrupt after Ctrl-C.
    """
    run = result.run
    shown = not quiet and report == "text"
    if run is None:
        print_problems([one for one in result.problems if one.code == "other-person"], report)
        if shown:
            everybody = request.people.selection == Selection()
            whom = "" if everybody else " to the people you selected"
            click.echo(f"There are no messages left to send for {result.mailing}{whom}.")
            click.echo(f"More: {_status_command(request)}")
    else:
        why = [] if shown or run.why is None else [run.why]
        print_problems([*run.problems, *why], report)
        if shown:
            _print_run(result, run, request)
        for crash in run.crashes:
            raise LetterCrashed(crash)
        if run.interrupted:
            raise KeyboardInterrupt
    return DONE if result.is_finished else UNFINISHED


def _print_run(result: "SendResult", run: "RunResult", request: "SendRequest") -> None:
    from advocacy.mail.ledger import State

    later = ""
    if run.waiting_until is not None:
        later = f", from {moment(run.waiting_until, result.timezone)} {result.timezone} on"
    click.echo(f"{count_noun(run.states[State.SENT], 'message')} sent now. The whole mailing:")
    for count, what in (
        (result.states[State.SENT], "sent"),
        (result.states[State.REFUSED], "permanently refused by their servers"),
        (
            result.states[State.DEFERRED],
            f"deferred by their servers; the next run retries them{later}",
        ),
        (result.states[State.UNCERTAIN], "uncertain (they may have arrived)"),
        (result.states[State.SENDING], "in progress in another run"),
        (run.unmade, "not composed (see the problems above)"),
        (run.left_out["suppressed"], "suppressed"),
        (result.others, "whose id belongs to another person in the ledger"),
        (result.left, "left; to continue, run the command again without --new-mailing"),
    ):
        if count:
            click.echo(f"  {count:>7,}  {what}")
    if run.unread:
        click.echo(f"In addition, {_unread(run.unread)}.")
    if run.rejects:
        click.echo(f"Rejected rows, to correct and use as the list: {run.rejects}")
    if result.states[State.UNCERTAIN]:
        click.echo(
            "Ask some of the uncertain recipients whether the message arrived. Then continue with "
            "--assume-sent or --resend-uncertain."
        )
    if run.why is not None:
        click.echo(f"Stopped: {run.why.message}\n    → {run.why.hint}")
    click.echo(f"More: {_status_command(request)}")


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
    parts = [f"{count_noun(seen.count, 'message')} of {seen.listed:,} on the list"]
    top = ", ".join(
        f"{readable(name)} {count:,}" for name, count in seen.domains.most_common(DOMAINS)
    )
    more = len(seen.domains) - DOMAINS
    parts.append(
        f"to {count_noun(len(seen.domains), 'domain')}: {top}" + (" …" if more > 0 else "")
    )
    parts.append(f"{_size(seen.size)} in all")
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
    return f"It will take about {_span(slowest)}, {why}." if slowest >= 1 else ""


def _left_out(seen: "DryRun") -> Iterable[str]:
    for why, count in seen.left_out.most_common():
        reasons = {reason: n for (one, reason), n in seen.reasons.items() if one == why and reason}
        most = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        told = ", ".join(f"{n:,} {reason}" for reason, n in most[:REASONS])
        told += ", …" if len(most) > REASONS else ""
        names = ", ".join(seen.named.get(why, ()))
        more = " …" if count > len(seen.named.get(why, ())) else ""
        yield f"{count:,} {LEFT_OUT[why]}" + (f" ({told})" if told else "") + f": {names}{more}"
    if seen.unmade:
        yield f"{seen.unmade:,} could not be composed (see the problems above)"
    if seen.unread:
        yield _unread(seen.unread)
    if seen.rejects:
        yield f"Rejected rows, to correct and use as the list: {seen.rejects}"


def _unread(counts: Mapping[str, int]) -> str:
    reasons = ", ".join(f"{count:,} {code}" for code, count in counts.items())
    return f"{count_noun(sum(counts.values()), 'row')} of the list without a letter ({reasons})"


def _print_sample(number: int, sample: "SampleMessage") -> None:
    _line(f"Sample {number}", f"To: {sample.to}")
    _line("", f"Subject: {sample.subject}")
    _line("", textwrap.shorten(sample.beginning, 200, placeholder=" …"))
    attached = f", with {', '.join(sample.attachments)}" if sample.attachments else ""
    _line("", f"{_size(sample.size)}{attached}")


def print_difference(change: "TextChange | None") -> None:
    """Print, to stderr, the lines in which the text differs from what the mailing's first got."""
    for line in change.lines if change else ():
        color = {"+": "green", "-": "red"}.get(line[:1])
        click.echo(click.style(f"    {line}", fg=color), err=True)


def moment(seconds: float, timezone: str) -> str:
    """A point of time where the campaign is: `2020-06-10 18:30`."""
    return datetime.fromtimestamp(seconds, ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")


def _line(label: str, text: str) -> None:
    shown = textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False) or [""]
    head = click.style(f"{label:<{LABEL}}", bold=True)
    click.echo(f"{head} {shown[0]}")
    for line in shown[1:]:
        click.echo(f"{'':<{LABEL}} {line}")


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 5400:
        return f"{seconds / 60:.0f} minutes"
    hours = seconds / 3600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.1f} days"


def _size(count: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
