"""The account of a mailing: what became of everybody on its list, in numbers that add up.

A dry run, a run, `status` with its page, and JSON take it from here, so that they cannot differ.
Each row of the list counts once, under one category.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from advocacy.mail.ledger import Bounce, Ledger, State


class Category(StrEnum):
    """What became of somebody on the list of a mailing."""

    SENT = "sent"
    REFUSED = "refused"
    HARD_BOUNCE = Bounce.HARD.value
    SOFT_BOUNCE = Bounce.SOFT.value
    COMPLAINT = Bounce.COMPLAINT.value
    UNCERTAIN = "uncertain"
    TWICE = "sent under another id"
    OTHER_PERSON = "id of another person"
    SIMILAR_NAME = "similar name"
    SUPPRESSED = "suppressed"
    ANSWERED = "answered"
    NO_ADDRESS = "no address"
    WRONG_ADDRESS = "wrong address"
    REJECTED = "rejected row"
    LEFT = "left"

    @property
    def key(self) -> str:
        """The category as a key of JSON."""
        return self.value.replace(" ", "_")


class LeftFor(StrEnum):
    """Why somebody is left who cannot be sent the letter at this moment."""

    DEFERRED = "deferred"
    IN_PROGRESS = "in progress"
    NOT_COMPOSED = "not composed"

    @property
    def key(self) -> str:
        """The reason as a key of JSON."""
        return self.value.replace(" ", "_")


Fate = Category | LeftFor
"""What became of a letter in the ledger, finer than the account has it."""
REACHED = frozenset({Category.SENT, Category.COMPLAINT, Category.TWICE})
"""Those who got the letter, as far as anybody knows."""
UNFINISHED = (
    Category.REFUSED, Category.HARD_BOUNCE, Category.SOFT_BOUNCE, Category.UNCERTAIN,
    Category.OTHER_PERSON, Category.SIMILAR_NAME, Category.LEFT,
)  # fmt: skip
"""Those who should have got the letter and have not, or may not have."""
_BY_STATE = {
    State.SENT: Category.SENT,
    State.REFUSED: Category.REFUSED,
    State.UNCERTAIN: Category.UNCERTAIN,
    State.DEFERRED: Category.LEFT,
    State.SENDING: Category.LEFT,
}


def category_of(state: State, bounce: Bounce | None = None) -> Category:
    """What became of a letter in the ledger."""
    if state is State.SENT and bounce is not None:
        return Category(bounce.value)
    return _BY_STATE[state]


def fate_of(state: State, bounce: Bounce | None = None) -> Fate:
    """The same; of those who are left, it says why."""
    waiting = {State.DEFERRED: LeftFor.DEFERRED, State.SENDING: LeftFor.IN_PROGRESS}
    return waiting.get(state) or category_of(state, bounce)


@dataclass(frozen=True, slots=True)
class MailingAccount:
    """How a list adds up: `listed` is the sum of `counts`, which has every category.

    `waiting` says of some who are left why the letter cannot go to them now. `elsewhere` counts
    letters of the mailing in the ledger to people who are not on the list.
    """

    listed: int
    counts: Mapping[Category, int]
    waiting: Mapping[LeftFor, int]
    elsewhere: Mapping[Category, int]

    @property
    def left(self) -> int:
        """How many may still be sent."""
        return self.counts[Category.LEFT]

    @property
    def unfinished(self) -> bool:
        """Whether somebody who should have got the letter has not, or may not have."""
        return any(part.get(one) for part in (self.counts, self.elsewhere) for one in UNFINISHED)


@dataclass(slots=True)
class ListTally:
    """Counts the letters of a list on one way through it: each under one category.

    `to_send` of those who are left were handed on to be sent, `waiting` were not. `recorded`
    counts what the ledger has of the others, `recorded_of_sent` what it had of those `to_send`.
    """

    counts: Counter[Category] = field(default_factory=Counter)
    to_send: int = 0
    waiting: Counter[LeftFor] = field(default_factory=Counter)
    recorded: Counter[Category] = field(default_factory=Counter)
    recorded_of_sent: Counter[Category] = field(default_factory=Counter)

    @property
    def letters(self) -> int:
        """The number of letters of the list."""
        return self.counts.total() + self.to_send + self.waiting.total()

    def leave(self, why: LeftFor) -> None:
        """Note that one of those `to_send` cannot be sent it now."""
        self.to_send -= 1
        self.waiting[why] += 1

    def after(self, results: Counter[State], *, unmade: int, suppressed: int) -> "ListTally | None":
        """The tally once those `to_send` were tried, with these results.

        `unmade` of them could not be composed, `suppressed` said no meanwhile. None where that
        does not account for all of them: then only the list and the ledger can tell.
        """
        tried = results.total()
        aside = unmade + suppressed
        if tried + aside != self.to_send or (aside and self.recorded_of_sent):
            return None
        came: Counter[Category] = Counter()
        for state, number in results.items():
            came[category_of(state)] += number
        deferred = results[State.DEFERRED] + results[State.SENDING]
        counts = self.counts + came + Counter({Category.SUPPRESSED: suppressed})
        counts[Category.LEFT] = 0
        waiting = self.waiting + Counter({LeftFor.DEFERRED: deferred, LeftFor.NOT_COMPOSED: unmade})
        return replace(
            self, counts=+counts, to_send=0, waiting=waiting, recorded=self.recorded + came,
            recorded_of_sent=Counter(),
        )  # fmt: skip

    def account(self, rejected: int, ledger: Ledger | None, name: str) -> MailingAccount:
        """Draw up the account, with so many rejected rows of the list.

        `ledger` is the one in which the mailing of that name has begun, if it has.
        """
        counts = {one: self.counts[one] for one in Category}
        counts[Category.REJECTED] += rejected
        counts[Category.LEFT] += self.to_send + self.waiting.total()
        elsewhere: Counter[Category] = Counter()
        if ledger is not None:
            for (state, bounce), number in ledger.totals(name).items():
                elsewhere[category_of(state, bounce)] += number
            elsewhere -= self.recorded + self.recorded_of_sent
        return MailingAccount(sum(counts.values()), counts, +self.waiting, elsewhere)
