"""What `advocacy status CAMPAIGN` prints: for people, for programs, or as the next list."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.sending_output import LEFT_OUT, moment
from advocacy.cli.tables import TableReport, write_json, write_table
from advocacy.mail.consent.addresses import readable
from advocacy.mail.ledger import State

if TYPE_CHECKING:
    from advocacy.mail.status.status import MailingsFound, MailingStatus, Reason

DOMAINS = 10
UNCERTAIN = 20


def print_mailings(found: "MailingsFound", report: TableReport, page: Path | None) -> None:
    """Print the state of a campaign's mailings, and write their page."""
    if page is not None:
        from advocacy.files.writing import write_file
        from advocacy.mail.status.page import status_html

        write_file(
            page, status_html(found.statuses, found.title, found.timezone, found.now).encode()
        )
        click.echo(f"Written: {page}", err=True)
    if report == "json":
        write_json([_record(one) for one in found.statuses])
    elif report == "csv":
        rows = list(found.rows)
        names = dict.fromkeys(name for row in rows for name in row)
        write_table(rows, [*names] or ["what", "reason", "id", "email"], "csv")
    elif not found.statuses:
        click.echo(f"No message of {found.campaign} has been sent ({found.ledger_place}).")
    else:
        for number, status in enumerate(found.statuses):
            if number:
                click.echo()
            _print(status, found.timezone)


def _print(status: "MailingStatus", timezone: str) -> None:
    click.echo(click.style(status.name, bold=True))
    states = status.states
    when = ""
    if status.first is not None and status.last is not None:
        when = f"  {moment(status.first, timezone)} to {moment(status.last, timezone)} {timezone}"
        rate = status.rate
        when += f", {rate:,.3g} a second" if rate else ""
    _count(states[State.SENT], "sent", when)
    _count(states[State.REFUSED], "refused", _reasons(status.refused))
    _count(states[State.DEFERRED], "deferred", _reasons(status.deferred))
    _count(states[State.UNCERTAIN], "uncertain", "  may have arrived")
    for name, address in status.uncertain[:UNCERTAIN]:
        click.echo(f"             {name} <{address}>")
    if len(status.uncertain) > UNCERTAIN:
        click.echo(
            f"             … and {len(status.uncertain) - UNCERTAIN:,} more; use --report csv"
        )
    _count(states[State.SENDING], "under way", "  by a run that is active or was killed")
    if status.left is not None and status.left_out is not None:
        for why in ("suppressed", "no email", "answered", "other person", "twice"):
            _count(status.left_out[why], LEFT_OUT[why], "")
        _count(status.left, "left", f"  of {status.listed:,} on the list", always=True)
    else:
        click.echo("           to see who is left, name the list with --recipients FILE")
    _count(status.replied, "replied", "")
    _count(status.bounced, "bounced", "")
    if len(status.domains) > 1 or status.unfinished:
        _domains(status)


def _count(count: int, what: str, more: str, *, always: bool = False) -> None:
    if count or always or what == "sent":
        click.echo(f"  {count:>8,} {what}{more}")


def _reasons(reasons: "dict[str, Reason]") -> str:
    told = sorted(reasons.items(), key=lambda item: -item[1].count)
    return "".join(
        f"\n             {reason.count:,} × {code}: {reason.example}" for code, reason in told
    )


def _domains(status: "MailingStatus") -> None:
    shown = [state for state in State if status.states[state]]
    by_size = sorted(status.domains.items(), key=lambda item: (-item[1].total(), item[0]))
    width = max((len(domain) for domain, _ in by_size[:DOMAINS]), default=6)
    click.echo(f"  {'domain':<{width}}" + "".join(f"  {_word(state):>9}" for state in shown))
    for domain, counts in by_size[:DOMAINS]:
        cells = "".join(f"  {counts[state] or '':>9}" for state in shown)
        click.echo(f"  {readable(domain):<{width}}{cells}")
    if len(by_size) > DOMAINS:
        click.echo(f"  … and {len(by_size) - DOMAINS:,} more domains")


def _word(state: State) -> str:
    return {State.DEFERRED: "deferred", State.SENDING: "under way"}.get(state, state.value)


def _record(status: "MailingStatus") -> dict[str, Any]:
    return {
        "mailing": status.name,
        "sent": status.states[State.SENT],
        "refused": {code: reason.count for code, reason in status.refused.items()},
        "put_off": {code: reason.count for code, reason in status.deferred.items()},
        "uncertain": [{"id": name, "address": address} for name, address in status.uncertain],
        "under_way": status.states[State.SENDING],
        "listed": status.listed,
        "left": status.left,
        "left_out": None if status.left_out is None else dict(status.left_out),
        "replied": status.replied,
        "bounced": status.bounced,
        "first": status.first,
        "last": status.last,
        "per_second": status.rate,
        "domains": {
            domain: {state.value: count for state, count in counts.items()}
            for domain, counts in sorted(status.domains.items())
        },
        "unfinished": status.unfinished,
    }
