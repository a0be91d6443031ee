"""What `advocacy send` prints after it sent: what became of the run, and of the mailing so far.

What `advocacy send` prints before it sends: the dry run.
"""

import shlex
import sys
import textwrap
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from advocacy.campaign.recipients.select import Selection
from advocacy.errors import AdvocacyError, Level, Problem, count_noun, has_errors
from advocacy.mail.consent.addresses import readable

if TYPE_CHECKING:
    from advocacy.mail.sending.dry_run import DryRun, SampleMessage
    from advocacy.mail.sending.preparation import PreparedMailing
    from advocacy.mail.sending.sending import SendResult


DONE, UNFINISHED = 0, 3


def account(office: "PreparedMailing", done: "SendResult") -> None:
    """What became of a run, and of the mailing so far."""
    from advocacy.mail.ledger import State

    ledger = office.ledger
    if ledger is None:
        return
    counts = ledger.counts(office.mailing.name)
    click.echo(f"{count_noun(done.states[State.SENT], 'message')} sent now; of the whole mailing:")
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


def _status_command(office: "PreparedMailing") -> str:
    request = office.request
    words = ["advocacy", "status", str(request.campaign)]
    for option, path in (
        ("--recipients", request.people.list), ("--supporters", request.people.supporters),
    ):  # fmt: skip
        words += [option, str(path)] if path is not None else []
    return shlex.join(words)


def _from(office: "PreparedMailing", done: "SendResult") -> str:
    if done.waiting_until is None:
        return ""
    timezone = office.mailing.campaign.file.timezone
    return f", from {moment(done.waiting_until, timezone)} {timezone} on"


def _left(office: "PreparedMailing") -> int:
    with suppress(AdvocacyError):  # what stopped the run says why they cannot be counted
        return sum(1 for _ in office.candidates().left())
    return 0


def nothing_left(office: "PreparedMailing") -> None:
    """That there is nothing to send."""
    selection = office.request.people.selection
    whom = "" if selection == Selection() else " to those of the list whom you chose"
    click.echo(f"Nothing is left to send of {office.mailing.name}{whom}.")
    click.echo(f"More: {_status_command(office)}")


def exit_code(office: "PreparedMailing", done: "SendResult | None" = None) -> int:
    """0 where the mailing is finished, 3 where somebody has not got it, or may not have."""
    from advocacy.mail.ledger import State

    ledger = office.ledger
    counts = ledger.counts(office.mailing.name) if ledger is not None else {}
    waiting = sum(count for state, count in counts.items() if state is not State.SENT)
    stopped = done is not None and (
        done.why is not None or done.unmade > 0 or has_errors(done.problems)
    )
    return UNFINISHED if waiting or stopped else DONE


WIDTH = 88
LABEL = 11
SECONDS_A_MESSAGE = 0.3
"""What a message usually takes on one connection to a server elsewhere."""
DOMAINS = 5
REASONS = 5

LEFT_OUT = {
    "sent": "sent before",
    "suppressed": "suppressed",
    "no email": "without an email address",
    "refused": "refused by their servers before",
    "uncertain": "uncertain, as they may have arrived (--resend-uncertain, --assume-sent)",
    "under way": "under way by a run that is at work, or was killed",
    "put off": "put off by their servers, to be tried again later",
    "answered": "to people who answered before (--also-answered writes to them too)",
    "twice": "to an address that stands on the list before",
}


def rehearsal(office: "PreparedMailing", seen: "DryRun", problems: Sequence[Problem]) -> None:
    """The dry run, for whoever is about to press the button."""
    from advocacy.mail.sending.dry_run import sample_of

    _line("Mailing", _mailing(office))
    _line("Text", _text(office))
    for label, value in _addresses(office):
        _line(label, value)
    _line("Server", _server(office))
    _line("Ledger", _ledger(office))
    _line("To send", _to_send(office, seen))
    for number, line in enumerate(_left_out(seen)):
        _line("Left out" if number == 0 else "", line)
    for number, ready in enumerate(seen.shown, start=1):
        click.echo()
        _sample(number, sample_of(ready))
    click.echo()
    _verdict(problems)


def _verdict(problems: Iterable[Problem]) -> None:
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    if not errors:
        _line("Stops it", "nothing")
        return
    for number, problem in enumerate(errors):
        _line("Stops it" if number == 0 else "", f"{problem.code}: {problem.message}")


def how_to_send(office: "PreparedMailing", seen: "DryRun") -> None:
    """The command that would send it, after a dry run that nothing stops."""
    if not seen.count:
        return
    words = [word for word in sys.argv[1:] if word != "--preflight"]
    command = shlex.join(["advocacy", *words, "--send"])
    if not office.begun:
        command += " --new-mailing"
    click.echo(f"\nThis was a dry run: nothing was sent. To send:\n    {command}")


def _mailing(office: "PreparedMailing") -> str:
    mailing, file = office.mailing, office.mailing.campaign.file
    who = "subscribers" if mailing.subscribers else "targets"
    sent = "" if mailing.today == mailing.day else f", sent on {mailing.today}"
    return f"{mailing.name}, letters of {mailing.day}{sent} ({file.timezone}), to {who}"


def _text(office: "PreparedMailing") -> str:
    from advocacy.letters.approvals import approved

    found = approved(office.mailing.campaign, office.mailing.stage)
    if found.approval is None:
        return "approved by nobody"
    who = f"approved by {found.approval.by} on {found.approval.on}"
    return f"{who}, and unchanged" if found.state == "approved" else f"{who}, but changed since"


def _addresses(office: "PreparedMailing") -> Iterable[tuple[str, str]]:
    sender = office.mailing.campaign.file.sender
    yield "From", f"{sender.organization} <{sender.email}>"
    yield "Answers", f"to {sender.reply_to or sender.email}"
    yield "Bounces", f"to {sender.bounces or sender.email}"
    if office.mailing.subscribers:
        own = sender.unsubscribe
        places = [str(place) for place in (own.url, own.mailto) if place] if own else []
        yield "Unsubscribe", " and ".join(places) or "nowhere"


def _server(office: "PreparedMailing") -> str:
    if office.server is None:
        return "none: ADVOCACY_SMTP is not set"
    request = office.request
    parts = [office.server.shown]
    if not office.server.is_mailbox:
        parts.append(count_noun(request.connections, "connection"))
    parts.append(f"at most {request.rate}" if request.rate else "as fast as it takes them")
    if request.per_domain and request.per_domain.every:
        parts.append(f"{request.per_domain.every} to any one domain")
    for domain, rate in request.per_domain.some.items() if request.per_domain else ():
        parts.append(f"{rate} to {domain}")
    return ", ".join(parts)


def _ledger(office: "PreparedMailing") -> str:
    place = office.ledger_place
    if office.ledger is None:
        return f"{place}: none yet; the first run needs --new-mailing"
    if not office.begun:
        return f"{place}: knows nothing of this mailing yet; its first run needs --new-mailing"
    counts = office.ledger.counts(office.mailing.name)
    told = ", ".join(f"{count:,} {state}" for state, count in counts.items() if count)
    return f"{place}: {told or 'begun, nothing sent'}"


def _to_send(office: "PreparedMailing", seen: "DryRun") -> str:
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
    return "; ".join(parts) + f". {_duration(office, seen)}"


def _duration(office: "PreparedMailing", seen: "DryRun") -> str:
    from advocacy.mail.smtp.pace import Pace

    request = office.request
    if office.server is None:
        return ""
    slowest = 0.0
    if not office.server.is_local:
        slowest = seen.count * SECONDS_A_MESSAGE / request.connections
    why = f"if the server takes {SECONDS_A_MESSAGE} s a message on each connection"
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
        yield f"{seen.unmade:,} could not be composed; the reasons are above"


def _sample(number: int, sample: "SampleMessage") -> None:
    _line(f"Sample {number}", f"To: {sample.to}")
    _line("", f"Subject: {sample.subject}")
    _line("", textwrap.shorten(sample.beginning, 200, placeholder=" …"))
    attached = f", with {', '.join(sample.attachments)}" if sample.attachments else ""
    _line("", f"{_size(sample.size)}{attached}")


def difference(office: "PreparedMailing") -> None:
    """The lines in which the text differs from what the first of the mailing got."""
    change = office.change
    for line in change.lines if change else ():
        colour = {"+": "green", "-": "red"}.get(line[:1])
        click.echo(click.style(f"    {line}", fg=colour), err=True)


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
