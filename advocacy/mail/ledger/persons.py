"""Whose a letter in the ledger is: a person is the mailbox with the name.

Two names at one mailbox are two people, and each gets a letter. An id says who somebody is from
list to list, but lists that count from 1 give the same ids to different people.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from advocacy.campaign.recipients.identity import is_same_name, is_similar_name
from advocacy.mail.ledger.values import KeyedAddress, LedgerRecord, State


class PersonsLetter(Protocol):
    """A letter as far as it says whose it is."""

    @property
    def address_key(self) -> str:
        """The normalised address."""

    @property
    def person(self) -> str:
        """The name; empty where an earlier version sent the letter."""

    @property
    def state(self) -> State:
        """How the letter stands."""


Row = TypeVar("Row", bound=PersonsLetter)


@dataclass(frozen=True, slots=True)
class AtMailbox(Generic[Row]):
    """The letters at a mailbox that may be the person's, under other ids.

    `own` are those to the same name, or to nobody knows whom, `similar` those to a name that may
    be a misspelling of it. Those that have or may have arrived stand first.
    """

    own: list[Row]
    similar: list[Row]


_ORDER = (State.SENT, State.UNCERTAIN, State.SENDING, State.REFUSED, State.DEFERRED)


def find_at_mailbox(key: KeyedAddress, rows: Sequence[Row]) -> AtMailbox[Row]:
    """Which letters to a mailbox, under other ids, are the person's, or may be."""
    if key.shared_address:
        return AtMailbox([], [])
    rows = sorted(rows, key=lambda row: _ORDER.index(row.state))
    own = [row for row in rows if is_same_name(key.person, row.person)]
    similar = [row for row in rows if row not in own and is_similar_name(key.person, row.person)]
    return AtMailbox(own, similar)


def is_others(key: KeyedAddress, had: PersonsLetter) -> bool:
    """Whether a letter with the same id is somebody else's, as where lists count from 1.

    With the same id and mailbox, a name that is spelled a little differently is the same person.
    """
    same_mailbox = key.address_key == had.address_key
    return not (is_similar_name if same_mailbox else is_same_name)(key.person, had.person)


def mark_of(text: str) -> str:
    """A short digest by which an address or an id is known again, but not read.

    It has 40 bits: too few to find a person among all addresses, enough to tell apart those that
    one person had.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:10]


def has_failed(address_key: str, failed: str) -> bool:
    """Whether a person was not reached at an address, by the marks of those that failed."""
    return bool(failed) and mark_of(address_key) in failed.split()


def last_sent(key: KeyedAddress, sent: Mapping[str, Sequence[LedgerRecord]]) -> LedgerRecord | None:
    """The person's last letter, of those that were sent, by letter id and by address."""
    ids = [one for one in sent.get(key.letter_id, ()) if one.letter_id == key.letter_id]
    others = [one for one in sent.get(key.address_key, ()) if one.address_key == key.address_key]
    own = [one for one in ids if not is_others(key, one)]
    own += [one for one in others if is_same_name(key.person, one.person)]
    return max(own, key=lambda one: one.at, default=None)
