"""How the account of a mailing is printed: in a dry run, the prompt, a run's end, and `status`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from advocacy.errors import Level, Problem, count_noun
from advocacy.mail.consent.addresses import readable
from advocacy.mail.sending.account import Category, MailingAccount
from advocacy.mail.sending.account_words import (
    SHORT,
    WORDS,
    account_lines,
    account_sentence,
    elsewhere_sentence,
    words_for,
)

if TYPE_CHECKING:
    from advocacy.mail.status.status import MailingStatus

DOMAINS = 10


def account_note(account: MailingAccount) -> Problem:
    """The account as a note, for reports that programs read."""
    hint = "`advocacy status --report json` has the figures as data."
    return Problem("left-out", f"{account_sentence(account)}.", hint, level=Level.NOTE)


def print_account(
    account: MailingAccount, details: Mapping[Category, str] | None = None, *, width: int = 8
) -> None:
    """Print the account, a line for each part; `details` stand behind some of them."""
    click.echo(f"  {account.listed:>{width},} listed")
    for count, words, category in account_lines(account):
        click.echo(f"  {count:>{width},} {words}{(details or {}).get(category, '')}")
    elsewhere = elsewhere_sentence(account)
    if elsewhere:
        click.echo(f"  {elsewhere}")


def print_totals(status: "MailingStatus", details: Mapping[Category, str]) -> None:
    """Print what the ledger has of a mailing whose list is not named."""
    for category in WORDS:
        count = status.totals[category]
        if count or category is Category.SENT:
            words = words_for(count, category)
            click.echo(f"  {count:>8,} {words}{details.get(category, '')}")
    click.echo("           to count the list, name it with --recipients FILE")


def print_domains(status: "MailingStatus") -> None:
    """Print what the ledger has by domain; the columns add up to the account's figures."""
    shown = [fate for fate in SHORT if status.by_fate[fate]]
    widths = [max(9, len(SHORT[fate])) for fate in shown]
    by_size = sorted(status.domains.items(), key=lambda item: (-item[1].total(), item[0]))
    first = max((len(readable(domain)) for domain, _ in by_size[:DOMAINS]), default=6)
    heads = zip(shown, widths, strict=True)
    click.echo(f"  {'domain':<{first}}" + "".join(f"  {SHORT[one]:>{n}}" for one, n in heads))
    for domain, counts in by_size[:DOMAINS]:
        cells = "".join(f"  {counts[one] or '':>{n}}" for one, n in zip(shown, widths, strict=True))
        click.echo(f"  {readable(domain):<{first}}{cells.rstrip()}")
    if len(by_size) > DOMAINS:
        click.echo(f"  … and {count_noun(len(by_size) - DOMAINS, 'more domain')}")
