"""The account of a mailing in words, the same wherever it is shown."""

from collections.abc import Iterator

from advocacy.mail.sending.account import Category, Fate, LeftFor, MailingAccount

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
_OF_ONE = {Category.REJECTED: "rejected row"}
WAITING = {
    LeftFor.DEFERRED: "deferred by their servers",
    LeftFor.IN_PROGRESS: "in progress in a run that is active or was killed",
    LeftFor.NOT_COMPOSED: "could not be composed",
}
SHORT: dict[Fate, str] = {
    Category.SENT: "sent",
    Category.REFUSED: "refused",
    Category.HARD_BOUNCE: "hard bounce",
    Category.SOFT_BOUNCE: "soft bounce",
    Category.COMPLAINT: "complaint",
    LeftFor.DEFERRED: "deferred",
    Category.UNCERTAIN: "uncertain",
    LeftFor.IN_PROGRESS: "in progress",
}
"""The heads of a table that counts what the ledger has."""


def words_for(count: int, category: Category) -> str:
    """What stands behind a count of a category."""
    return _OF_ONE.get(category, WORDS[category]) if count == 1 else WORDS[category]


def account_lines(account: MailingAccount) -> Iterator[tuple[int, str, Category]]:
    """The parts that the list adds up of, without empty ones; `left` is always there."""
    for category in WORDS:
        count = account.counts[category]
        words = words_for(count, category)
        if category is Category.LEFT:
            yield count, words + _waiting(account), category
        elif count:
            yield count, words, category


def account_sentence(account: MailingAccount) -> str:
    """The account in one sentence: `12 listed: 9 sent, 1 suppressed, 2 left`."""
    parts = ", ".join(f"{count:,} {words}" for count, words, _ in account_lines(account))
    return f"{account.listed:,} listed: {parts}"


def elsewhere_words(account: MailingAccount) -> str:
    """What the ledger has of people who are not on the list; empty for nothing."""
    found = ((account.elsewhere.get(one, 0), one) for one in WORDS)
    return ", ".join(f"{count:,} {words_for(count, one)}" for count, one in found if count)


def elsewhere_sentence(account: MailingAccount) -> str:
    """The same as a sentence."""
    found = elsewhere_words(account)
    return f"In the ledger, but not on this list: {found}." if found else ""


def _waiting(account: MailingAccount) -> str:
    parts = [f"{account.waiting[why]:,} {words}" for why, words in WAITING.items()
             if account.waiting.get(why)]  # fmt: skip
    return f" ({', '.join(parts)})" if parts else ""
