"""What `advocacy status CAMPAIGN` prints: for people, for programs, or as the next list."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.account_output import print_account, print_domains, print_totals
from advocacy.cli.tables import TableReport, write_json, write_table
from advocacy.errors import count_noun
from advocacy.mail.figures import human_rate, period
from advocacy.mail.ledger import State
from advocacy.mail.sending.account import Category, MailingAccount

if TYPE_CHECKING:
    from advocacy.mail.status.status import MailingsFound, MailingStatus, Reason
    from advocacy.mail.status.who_got_it import PersonRow

UNCERTAIN = 20


def write_page(found: "MailingsFound", path: Path) -> None:
    """Write the state of a campaign's mailings as a page."""
    from advocacy.files.writing import write_file
    from advocacy.mail.status.page import status_html

    write_file(path, status_html(found.statuses, found.title, found.timezone, found.now).encode())
    click.echo(f"Written: {path}", err=True)


def print_mailings(found: "MailingsFound", report: TableReport) -> None:
    """Print the state of a campaign's mailings, as text or JSON."""
    if report == "json":
        write_json([_record(one) for one in found.statuses])
    elif not found.statuses:
        click.echo(f"No message of {found.campaign} has been sent ({found.ledger_place}).")
    else:
        for number, status in enumerate(found.statuses):
            if number:
                click.echo()
            _print(status, found.timezone)


def print_people(rows: "Iterable[PersonRow]", report: TableReport) -> None:
    """Print people, one a row: as CSV with the columns of all rows, or as JSON."""
    from advocacy.mail.status.who_got_it import COLUMNS

    found = list(rows)
    if report == "json":
        write_json(found)
        return
    names = dict.fromkeys(COLUMNS) | dict.fromkeys(name for row in found for name in row)
    write_table(found, [*names], "csv")


def print_citing(rows: "Iterable[PersonRow]", fact: str) -> None:
    """Print how many people have a letter that rests on a fact, by mailing."""
    counts = Counter((row["mailing"], row["what"]) for row in rows)
    people = count_noun(counts.total(), "person has", "people have")
    click.echo(f"{people} a letter that relies on {fact}.")
    for (mailing, what), count in sorted(counts.items()):
        click.echo(f"  {count:>8,} {what}, {mailing}")
    if counts:
        click.echo("To list them for a correction, add --report csv.")


def _print(status: "MailingStatus", timezone: str) -> None:
    click.echo(click.style(status.name, bold=True))
    details = {
        Category.SENT: _when(status, timezone),
        Category.REFUSED: _reasons(status.refused),
        Category.UNCERTAIN: _uncertain(status),
        Category.LEFT: _reasons(status.deferred),
    }
    if status.account is not None:
        print_account(status.account, details)
    else:
        print_totals(status, details)
    if status.replied:
        people = count_noun(status.replied, "person who got it", "people who got it")
        click.echo(f"  {people} replied, on this list or not.")
    if len(status.domains) > 1 or status.unfinished:
        print_domains(status)


def _when(status: "MailingStatus", timezone: str) -> str:
    if status.first is None or status.last is None:
        return ""
    rate = f", {human_rate(status.rate)}" if status.rate else ""
    return f"  {period(status.first, status.last, timezone)} {timezone}{rate}"


def _uncertain(status: "MailingStatus") -> str:
    lines = [f"{name} <{address}>" for name, address in status.uncertain[:UNCERTAIN]]
    if len(status.uncertain) > UNCERTAIN:
        lines.append(f"… and {len(status.uncertain) - UNCERTAIN:,} more; use --report csv")
    return "".join(f"\n             {line}" for line in lines)


def _reasons(reasons: "dict[str, Reason]") -> str:
    told = sorted(reasons.items(), key=lambda item: -item[1].count)
    return "".join(
        # Where no server said anything, the reason is all that there is to say.
        f"\n             {reason.count:,} × {code}"
        + (f": {reason.example}" if reason.example != code else "")
        for code, reason in told
    )


def _record(status: "MailingStatus") -> dict[str, Any]:
    return {
        "mailing": status.name,
        "sent": status.totals[Category.SENT],
        "refused": {code: reason.count for code, reason in status.refused.items()},
        "put_off": {code: reason.count for code, reason in status.deferred.items()},
        "uncertain": [{"id": name, "address": address} for name, address in status.uncertain],
        "under_way": status.states[State.SENDING],
        "listed": None if status.account is None else status.account.listed,
        "left": None if status.account is None else status.account.left,
        "account": None if status.account is None else _account(status.account),
        "replied": status.replied,
        "bounced": status.bounced,
        "complaints": status.totals[Category.COMPLAINT],
        "first": status.first,
        "last": status.last,
        "per_second": status.rate,
        "domains": {
            domain: {fate.key: count for fate, count in counts.items()}
            for domain, counts in sorted(status.domains.items())
        },
        "unfinished": status.unfinished,
    }


def _account(account: MailingAccount) -> dict[str, Any]:
    """The account: `listed` is the sum of those that follow, up to `left`."""
    return {
        "listed": account.listed,
        **{category.key: account.counts[category] for category in Category},
        "left_for": {why.value: count for why, count in account.waiting.items()},
        "not_on_list": {one.key: count for one, count in account.elsewhere.items()},
    }
