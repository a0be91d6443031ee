"""Select the letters of a list that may be sent now, and say why the others may not."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from math import inf
from typing import TypeVar

from advocacy.batch.worker import WantedLetter
from advocacy.campaign.recipients.identity import is_similar_name
from advocacy.campaign.recipients.lists import Seen
from advocacy.campaign.stages import stage_for
from advocacy.campaign.supporters.letters import correspondence
from advocacy.campaign.supporters.model import Correspondence
from advocacy.errors import Problem
from advocacy.letters.letter import PreviousSending
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.consent.suppression_snapshot import SuppressionGuard
from advocacy.mail.ledger import Ledger, PersonKey, State, Taken, Why
from advocacy.mail.ledger.persons import mark_of
from advocacy.mail.sending.account import (
    Category,
    Fate,
    LeftFor,
    ListTally,
    MailingAccount,
    category_of,
    fate_of,
)
from advocacy.mail.sending.list_problems import OF_ADDRESS, rejected_rows
from advocacy.mail.sending.mailing_settings import MailingSettings
from advocacy.mail.sending.other_people import OtherPeople, words_of_other
from advocacy.mail.sending.previous_sendings import find_previous_sendings

Item = TypeVar("Item")
CHUNK = 500
"""The number of letters that are looked up in the ledger at once."""
MOST_DOUBTFUL = 10_000
"""The number of people that can be held until the end of the list to find shared mailboxes."""
WhyLeftOut = Fate
Answered = Mapping[str, set[str]]
_BY_LEDGER = {
    Why.REFUSED: Category.REFUSED, Why.UNCERTAIN: Category.UNCERTAIN,
    Why.SIMILAR_NAME: Category.SIMILAR_NAME, Why.OTHER_PERSON: Category.OTHER_PERSON,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A letter that is not sent: to whom, why, and in whose words (`reason`).

    `others` are the ids under which the address got the letter.
    """

    letter: Correspondence
    why: WhyLeftOut
    reason: str = ""
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class Candidates:
    """Goes through the list once: yields the letters to send, and counts all others by reason.

    `on_left_out` is called for each letter that is left out; `problems` keeps what is wrong with
    the list. `next_try` is when the first of those that their servers put off may be tried again
    (UTC epoch seconds by `Ledger.now()`). `sharing` are ids of letters to a mailbox to which
    another person of the list gets a letter, too, `returned` those of letters that came back from
    another address. `begun` says that the ledger knows the mailing.

    Who has the name and the mailbox of another id of the ledger is the same person, whose id has
    changed. If that id and mailbox are on the list as well, they are two people.
    """

    mailing: MailingSettings
    guard: SuppressionGuard
    ledger: Ledger | None = None
    begun: bool = True
    also_answered: bool = False
    also_uncertain: bool = False
    on_left_out: Callable[[LeftOut], None] = lambda _: None
    tally: ListTally = field(default_factory=ListTally)
    problems: dict[Problem, None] = field(default_factory=dict)
    next_try: float | None = None
    sharing: set[str] = field(default_factory=set)
    returned: set[str] = field(default_factory=set)
    wrong_addresses: dict[int | None, str] = field(default_factory=dict)
    """What is wrong with the email address of a row, by its line."""
    is_whole: bool = False
    """Whether the list was gone through to its end; before, no account can be given of it."""
    _others: OtherPeople = field(default_factory=OtherPeople)
    _people: Seen = field(default_factory=Seen)
    _ahead: Iterator[WantedLetter] | None = None

    def look_ahead(self) -> bool:
        """Whether anybody is left. `left` goes on from there, and does not read the rows again."""
        going = self.left()
        first = next(going, None)
        self._ahead = going if first is None else chain((first,), going)
        return first is not None

    def left(self, until: float = inf) -> Iterator[WantedLetter]:
        """Yield the letters to be sent now, in the order of the list.

        It ends early at the moment `until`, of the monotonic clock.
        """
        if self._ahead is not None:
            yield from self._ahead
            return
        answered = self._answered()
        claimed: set[str] = set()
        doubtful: list[tuple[Correspondence, Taken, PreviousSending | None]] = []
        for listed in chunks(self._listed(), CHUNK):
            if time.monotonic() > until:
                return
            chunk = self._as_recorded(listed, claimed)
            keys = self._keys(chunk)
            rows = zip(chunk, self._standing(keys), self._previous(keys), strict=True)
            for one, standing, follows in rows:
                self._note_person(one)
                if self._has_others_mailbox(one, standing) and len(doubtful) < MOST_DOUBTFUL:
                    doubtful.append((one, standing, follows))  # the others may stand further down
                elif self._may_go(one, standing, answered):
                    yield self._wanted(one, follows)
        for one, standing, follows in doubtful:
            if self._may_go(one, standing, answered):
                yield self._wanted(one, follows)
        self.problems |= dict.fromkeys(self._others.problems())
        self.is_whole = True

    def _wanted(self, one: Correspondence, follows: PreviousSending | None) -> WantedLetter:
        return WantedLetter(
            one.recipient, self.mailing.stage, one.supporters, formats=("eml",), follows=follows
        )

    def _may_go(self, one: Correspondence, standing: Taken, answered: Answered) -> bool:
        """Whether the letter may be sent now; if not, it is counted."""
        why, reason = self._left_out(one, standing, answered)
        before = None if standing.state is None else category_of(standing.state, standing.bounce)
        recorded = self.tally.recorded if why else self.tally.recorded_of_sent
        if before is not None and not self._is_others(why, standing):
            recorded[before] += 1
        if why is not None:
            if isinstance(why, LeftFor):
                self.tally.waiting[why] += 1
            else:
                self.tally.counts[why] += 1
            self.on_left_out(LeftOut(one, why, reason, standing.others))
            return False
        self.tally.to_send += 1
        if standing.returned:
            self.returned.add(one.letter_id)
        return True

    def _is_others(self, why: WhyLeftOut | None, standing: Taken) -> bool:
        """Whether what the ledger has is another person's letter."""
        if why is None and standing.others:  # at the mailbox of the other, who is listed, too
            return not (self.also_uncertain and standing.state is State.UNCERTAIN)
        return why in (Category.OTHER_PERSON, Category.SIMILAR_NAME)

    def _note_person(self, one: Correspondence) -> None:
        """Remember who has which mailbox, and that two have it."""
        if self.mailing.people.supporters is None and one.recipient.email is not None:
            key = address_key(one.recipient.email)
            if self._people.add(key, 0) is not None:
                self.sharing.add(one.letter_id)
            self._people.add(_person(one.letter_id, key), 0)

    def _has_others_mailbox(self, one: Correspondence, standing: Taken) -> bool:
        """Whether the mailbox has letters under ids that were not on the list so far."""
        key = address_key(one.recipient.email or "")
        return standing.why_not in (Why.SAME_ADDRESS, Why.SIMILAR_NAME) and any(
            _person(other, key) not in self._people for other in standing.others
        )

    def _as_recorded(
        self, chunk: Sequence[Correspondence], claimed: set[str]
    ) -> list[Correspondence]:
        """The letters, each under the id by which an earlier version recorded it, if it did.

        Ids of people whose list gives none were made of other things then. A row of the ledger
        stands for one letter, at the same address; `claimed` are those that are taken.
        """
        earlier = {one.earlier_id: one for one in chunk if one.earlier_id != one.letter_id}
        if self.ledger is None or not self.begun or not earlier:
            return list(chunk)
        name = self.mailing.name
        known = self.ledger.state_of(name, [*earlier, *(one.letter_id for one in chunk)])
        found = []
        for one in chunk:
            row = known.get(one.earlier_id)
            if (
                row is not None
                and one.letter_id not in known
                and one.earlier_id not in claimed
                and row.address_key == address_key(one.recipient.email or "")
            ):
                claimed.add(one.earlier_id)
                one = one.under_earlier_id()
            found.append(one)
        return found

    def _listed(self) -> Iterator[Correspondence]:
        mailing = self.mailing
        by_supporters = mailing.people.supporters is not None

        def report(problem: Problem) -> None:
            self.problems[problem] = None
            if problem.message.startswith(OF_ADDRESS) and problem.place is not None:
                self.wrong_addresses[problem.place.line] = problem.message

        for one in correspondence(mailing.campaign, mailing.day, report, mailing.people):
            name, problems = stage_for(
                mailing.campaign, one.recipient, mailing.day, mailing.stage,
                by_supporters=by_supporters,
            )  # fmt: skip
            self.problems |= dict.fromkeys(problems)
            if name is not None:
                yield one

    def _left_out(
        self, one: Correspondence, standing: Taken, answered: Answered
    ) -> tuple[WhyLeftOut | None, str]:
        email = one.recipient.email
        if email is None:
            place = one.recipient.place()
            wrong = self.wrong_addresses.get(place.line) if place is not None else None
            return (Category.NO_ADDRESS, "") if wrong is None else (Category.WRONG_ADDRESS, wrong)
        why_not = standing.why_not
        by_mailbox = why_not in (Why.SAME_ADDRESS, Why.SIMILAR_NAME)
        if by_mailbox and not self._has_others_mailbox(one, standing):
            self.sharing.add(one.letter_id)
            why_not = None
        own = why_not in (Why.UNCERTAIN, Why.SAME_ADDRESS)
        if own and standing.state is State.UNCERTAIN and self.also_uncertain:
            why_not = None
        if why_not is not None and why_not is not Why.NOT_YET:
            why = _why(standing, why_not)
            if why is Category.OTHER_PERSON or why is Category.SIMILAR_NAME:
                self._others.note(why, one.letter_id, f"{one.person} <{email}>", standing)
                return why, words_of_other(why, standing)
            return why, _under_other_id(standing) if by_mailbox else ""
        reason = self.guard.reason(email)
        if reason is not None:
            return Category.SUPPRESSED, reason
        key = address_key(email)
        if self._has_answered(one, answered, key):
            return Category.ANSWERED, ""
        if why_not is Why.NOT_YET:
            later = standing.not_before or 0.0
            self.next_try = later if self.next_try is None else min(self.next_try, later)
            return LeftFor.DEFERRED, ""
        return None, ""

    def _keys(self, chunk: Sequence[Correspondence]) -> list[PersonKey]:
        shared = self.mailing.people.supporters is not None
        return [
            PersonKey(one.letter_id, address_key(one.recipient.email or ""), shared, one.person)
            for one in chunk
        ]

    def _previous(self, keys: Sequence[PersonKey]) -> Sequence[PreviousSending | None]:
        if self.ledger is None:
            return [None] * len(keys)
        return find_previous_sendings(self.ledger, self.mailing, keys)

    def _standing(self, keys: Sequence[PersonKey]) -> list[Taken]:
        """How the ledger would answer for these letters."""
        if self.ledger is None or not self.begun:
            return [Taken(key.letter_id) for key in keys]
        return self.ledger.standing(self.mailing.name, keys)

    def go_through(self, until: float = inf) -> None:
        """Count everybody, without composing anything, until that moment of the monotonic clock."""
        unmade = self.unmade()
        for wanted in self.left(until):
            if mark_of(wanted.letter_id) in unmade:
                self.tally.leave(LeftFor.NOT_COMPOSED)

    def unmade(self) -> dict[str, str]:
        """The letters that the last run could not compose, by the marks of their ids."""
        if self.ledger is None or not self.begun:
            return {}
        return self.ledger.unmade(self.mailing.name)

    def account(self) -> MailingAccount:
        """How the list adds up, once it was gone through."""
        return self.account_of(self.tally)

    def account_of(self, tally: ListTally) -> MailingAccount:
        """The same, where the tally has changed since."""
        rejected = rejected_rows(self.mailing, self.problems).total()
        return tally.account(rejected, self.ledger if self.begun else None, self.mailing.name)

    def _answered(self) -> Answered:
        """Who answered a letter of this campaign: names, by letter id and by address key."""
        if self.ledger is None or self.also_answered:
            return {}
        return self.ledger.replied(self.mailing.campaign.file.id)

    def _has_answered(self, one: Correspondence, answered: Answered, key: str) -> bool:
        """Whether the person answered, and not another one at the mailbox or of the same id."""
        names = answered.get(one.letter_id, set()) | answered.get(key, set())
        if self.mailing.people.supporters is not None:  # whoever writes, the addressee answered
            return bool(names)
        return any(is_similar_name(one.person, name) for name in names)


def _why(standing: Taken, why_not: Why) -> WhyLeftOut:
    """What became of a letter that the ledger does not give out."""
    if why_not is Why.UNDER_WAY:
        return LeftFor.IN_PROGRESS
    if why_not not in (Why.SENT, Why.SAME_ADDRESS):
        return _BY_LEDGER[why_not]
    found = fate_of(standing.state or State.SENT, standing.bounce)
    return Category.TWICE if found is Category.SENT and standing.others else found


def _under_other_id(standing: Taken) -> str:
    """Under which id the person has the letter."""
    return f"the ledger has {standing.person or 'the address'} as {standing.others[0]}"


def _person(letter_id: str, key: str) -> str:
    return f"{letter_id}\0{key}"


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of that size, the last one shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
