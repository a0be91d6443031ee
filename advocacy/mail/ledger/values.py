"""What the ledger takes and gives: values without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LONGEST_WAIT = 4 * 60 * 60.0
"""Seconds for which a deferred letter waits at most before it is tried again."""


class State(StrEnum):
    """Where a letter of a mailing stands. A letter without a row was never tried: it is left.

    `SENT` and `REFUSED` are final, for that address. `DEFERRED` is to be tried again from its
    `not_before` on. `SENDING` was given out to a run and may be under way. `UNCERTAIN` may have
    arrived, and is never given out again by itself.
    """

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNCERTAIN = "uncertain"


class Bounce(StrEnum):
    """What came back of a letter that its server had accepted."""

    HARD = "hard bounce"
    """The address does not work: the person was not reached."""
    SOFT = "soft bounce"
    COMPLAINT = "complaint"


def bounce_of(note: str, at: float | None) -> Bounce | None:
    """What came back of a letter, by the ledger's `bounce` and `bounced_at`; None if nothing did.

    A note without a time is of an earlier letter to the person, at an address that did not work.
    """
    return None if at is None else next((one for one in Bounce if note.startswith(one)), None)


def by_hand_key(person: str) -> str:
    """The key, in an address's place, of a letter that was delivered by hand.

    `person` is the normalised address of whose letter it is, or the letter's id. It is no address
    to which the letter went, so neither a bounce nor a reply from there is the letter's.
    """
    return f"by hand: {person}"


ASSUMED = "Assumed to have been sent."
RESENT = "It may have arrived. The next run sends it again, as you decided."
"""The words in place of a server's where somebody decided that a letter arrived."""


class Why(StrEnum):
    """Why a letter is not given out."""

    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    UNDER_WAY = "under way"
    """Another run has it, or another entry of the same call."""
    OTHER_PERSON = "other person"
    """The id is that of a letter to somebody else (`person`, `address`)."""
    NOT_YET = "not yet"
    """It is to be tried again later, from `not_before` on."""
    SAME_ADDRESS = "same address"
    """The person has a letter at this address under other letter ids (`others`)."""
    SIMILAR_NAME = "similar name"
    """Somebody of a similar name has a letter at this address (`others`): perhaps this person."""


@dataclass(frozen=True, slots=True)
class PersonKey:
    """A letter before it is composed: enough to ask how it stands.

    `person` is who the letter is for, by name.
    """

    letter_id: str
    address_key: str
    shared_address: bool = False
    person: str = ""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A letter that is about to be sent.

    `address_key` is the normalised address. With `shared_address` several letters of the
    mailing may go to it: many supporters write to one addressee, or two people have one mailbox.
    `facts` are the ids of the facts that the letter rests on, `person` is who it is for, by name.
    """

    letter_id: str
    address: str
    address_key: str
    digest: str
    recipient_digest: str
    message_id: str
    variants: Mapping[str, str] = field(default_factory=dict)
    shared_address: bool = False
    facts: tuple[str, ...] = ()
    person: str = ""


KeyedAddress = PersonKey | LedgerEntry
"""What decides whether a letter may be given out."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an entry: given out (`why_not` is None), or the reason why not.

    `attempts` counts how often the letter was given out, this time included. `state` and `bounce`
    are what the ledger had of it before, if anything. With a reason, `not_before` and `others`,
    the ids of the letters that have the address, say more; `person` and `address` are those of
    the first of these, or of the other person who has the id. `returned` says that a letter to the
    person came back from another address. `shares_mailbox` says that other people of the mailing
    have the mailbox, too.
    """

    letter_id: str
    why_not: Why | None = None
    attempts: int = 0
    state: State | None = None
    not_before: float | None = None
    others: tuple[str, ...] = ()
    person: str = ""
    address: str = ""
    bounce: Bounce | None = None
    returned: bool = False
    shares_mailbox: bool = False

    @property
    def taken(self) -> bool:
        """Whether the letter was given out, and is to be sent now."""
        return self.why_not is None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a letter that was given out.

    `code` and `reply` are the server's. `not_before` (UTC epoch seconds by `Ledger.now()`)
    belongs to a deferred one. `tried` is false where not a byte of it left: the letter is given
    back as if it had never been given out (`Result.untried`).
    """

    letter_id: str
    state: State
    code: int | None = None
    reply: str = ""
    not_before: float | None = None
    tried: bool = True

    @classmethod
    def untried(cls, letter_id: str) -> "Result":
        """A letter given back: nothing of it was sent, after Ctrl-C say."""
        return cls(letter_id, State.DEFERRED, tried=False)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What the rule needs of a letter's row. `run` and `token` name who has it.

    `sharing` is not empty for a letter whose mailbox another person of the list has, too.
    `bounce` is what came back of it, `returned` says that an earlier one came back from another
    address. `failed` has the marks of addresses at which the person was not reached.
    """

    id: int
    letter_id: str
    address_key: str
    state: State
    attempts: int
    not_before: float | None
    run: int
    token: str
    sharing: str = ""
    address: str = ""
    person: str = ""
    failed: str = ""
    bounce: Bounce | None = None
    returned: bool = False

    @property
    def is_failure(self) -> bool:
        """Whether the letter did not reach the person at this address, and never will."""
        return self.state is State.REFUSED or (
            self.state is State.SENT and self.bounce is Bounce.HARD
        )


@dataclass(frozen=True, slots=True)
class LedgerStanding:
    """A row in brief: enough to skip what is done."""

    letter_id: str
    address_key: str
    state: State
    attempts: int
    digest: str
    not_before: float | None


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """Everything that the ledger knows of a letter; times are UTC epoch seconds.

    `first_at` is when it was first given out, `at` when its state last changed. `attempts` counts
    how often it was given out, `resends` how often somebody freed it although it may have
    arrived. `run` is the number of the run that had it last. Of a forgotten person
    (`forgotten_at`) nothing is left but the count. `facts` are the ids of the facts that the
    letter rests on; None where an earlier version sent it, which did not record them. `person` is
    who it is for, by name; empty where an earlier version sent it.
    """

    mailing: str
    letter_id: str
    address: str
    address_key: str
    state: State
    attempts: int
    resends: int
    digest: str
    recipient_digest: str
    message_id: str
    variants: Mapping[str, str]
    code: int | None
    reply: str
    first_at: float
    at: float
    not_before: float | None
    replied_at: float | None
    bounced_at: float | None
    bounce: str
    forgotten_at: float | None
    facts: tuple[str, ...] | None
    person: str
    run: int

    @property
    def is_assumed(self) -> bool:
        """Whether somebody decided that the letter arrived: no server said so."""
        return self.state is State.SENT and self.code is None and self.reply == ASSUMED

    @property
    def came_back(self) -> Bounce | None:
        """What came back of the letter."""
        return bounce_of(self.bounce, self.bounced_at)


@dataclass(frozen=True, slots=True)
class MailingText:
    """What a mailing's text is: the parts that an approval names, and a sample to show."""

    parts: Mapping[str, str]
    sample: str


@dataclass(frozen=True, slots=True)
class LedgerMailing:
    """A stage sent to a list, or another mailing of it."""

    name: str
    campaign: str
    stage: str
    started_at: float


@dataclass(frozen=True, slots=True)
class MailingTally:
    """How many letters to one domain have one state, one reply code, and one way to come back."""

    domain: str
    state: State
    code: int | None
    count: int
    bounce: Bounce | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """How many letters came to a state in one span of time that begins at `at`."""

    at: float
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many letters of a campaign were delivered, and how many were reported as spam."""

    letters: int
    complaints: int


@dataclass(frozen=True, slots=True)
class Heard:
    """How many letters of a mailing were answered, and how many came back undelivered."""

    replied: int
    bounced: int
