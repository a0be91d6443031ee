"""How the account of a mailing is printed: in a dry run, the prompt, a run's end, and `status`."""

from collections.abc import Iterator, Mapping

import click

from advocacy.errors import Level, Problem
from advocacy.mail.sending.account import Category, LeftFor, MailingAccount

WORDS = {
    Category.SENT: "sent",
    Category.REFUSED: "refused by their servers",
    Category.HARD_BOUNCE: "bounced: the address does not work",
    Category.SOFT_BOUNCE: "bounced for another reason",
    Category.COMPLAINT: "reported as spam",
    Category.UNCERTAIN: "uncertain: they may have arrived",
    Category.TWICE: "sent to the address under another id",
    Category.OTHER_PERSON: "whose id belongs to another person in the ledger",
    Category.SIMILAR_NAME: "with a name similar to another at the same address in the ledger",
    Category.SUPPRESSED: "suppressed",
    Category.ANSWERED: "left out because they have replied",
    Category.NO_ADDRESS: "without an email address",
    Category.WRONG_ADDRESS: "with an invalid email address",
    Category.REJECTED: "rejected rows",
    Category.LEFT: "left",
}
WAITING = {
    LeftFor.DEFERRED: "deferred by their servers",
    LeftFor.IN_PROGRESS: "in progress in a run that is active or was killed",
    LeftFor.NOT_COMPOSED: "cannot be composed",
}


def account_lines(account: MailingAccount) -> Iterator[tuple[int, str, Category]]:
    """The parts that the list adds up of, without empty ones; `left` is always there."""
    for category, words in WORDS.items():
        count = account.counts[category]
        if category is Category.LEFT:
            yield count, words + _waiting(account), category
        elif count:
            yield count, words, category


def account_sentence(account: MailingAccount) -> str:
    """The account in one sentence: `12 listed: 9 sent, 1 suppressed, 2 left`."""
    parts = ", ".join(f"{count:,} {words}" for count, words, _ in account_lines(account))
    return f"{account.listed:,} listed: {parts}"


def elsewhere_sentence(account: MailingAccount) -> str:
    """What the ledger has of people who are not on the list; empty for nothing."""
    found = [f"{account.elsewhere.get(one, 0):,} {words}" for one, words in WORDS.items()
             if account.elsewhere.get(one)]  # fmt: skip
    return f"In the ledger, but not on this list: {', '.join(found)}." if found else ""


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


def _waiting(account: MailingAccount) -> str:
    parts = [f"{account.waiting[why]:,} {words}" for why, words in WAITING.items()
             if account.waiting.get(why)]  # fmt: skip
    return f" ({', '.join(parts)})" if parts else ""
