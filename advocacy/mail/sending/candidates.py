"""Select the letters of a list that may be sent now, and say why the others may not."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from advocacy.batch.worker import WantedLetter
from advocacy.campaign.recipients.lists import Seen
from advocacy.campaign.stages import stage_for
from advocacy.campaign.supporters.letters import correspondence
from advocacy.campaign.supporters.model import Correspondence
from advocacy.errors import Level, Problem, count_noun
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.consent.suppression_snapshot import SuppressionGuard
from advocacy.mail.ledger import Ledger, PersonKey, Taken, Why
from advocacy.mail.sending.mailing_settings import MailingSettings

Item = TypeVar("Item")
CHUNK = 500
"""The number of letters that are looked up in the ledger at once."""
MOST_DOUBTFUL = 10_000
"""The number of people that can be held until the end of the list to find shared mailboxes."""

NO_EMAIL, SUPPRESSED, ANSWERED, TWICE = "no email", "suppressed", "answered", "twice"
SENT, REFUSED, UNCERTAIN, UNDER_WAY, PUT_OFF, OTHER_PERSON = (
    "sent", "refused", "uncertain", "under way", "put off", "other person",
)  # fmt: skip
NAMED = 4
"""The number of people named whose ids are other people's in the ledger."""
_BY_LEDGER = {
    Why.SENT: SENT, Why.REFUSED: REFUSED, Why.UNCERTAIN: UNCERTAIN, Why.UNDER_WAY: UNDER_WAY,
    Why.NOT_YET: PUT_OFF, Why.SAME_ADDRESS: TWICE,
    Why.OTHER_PERSON: OTHER_PERSON,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A letter that is not sent: to whom, why, and in whose words (`reason`)."""

    letter: Correspondence
    why: str
    reason: str = ""


@dataclass(slots=True)
class Candidates:
    """Goes through the list once: yields the letters to send, and counts all others by reason.

    `on_left_out` is called for each letter that is left out; `problems` keeps what is wrong with
    the list. `listed` counts all letters of the list, `next_try` is when the first of those that
    their servers put off may be tried again (UTC epoch seconds by `Ledger.now()`). `sharing` are
    ids of letters to a mailbox to which another person of the list gets a letter, too.

    Who has a mailbox under another id of the ledger may be the same person, whose id has changed.
    If that id and mailbox are on the list as well, they are two people.
    """

    mailing: MailingSettings
    guard: SuppressionGuard
    ledger: Ledger | None = None
    also_answered: bool = False
    also_uncertain: bool = False
    on_left_out: Callable[[LeftOut], None] = lambda _: None
    listed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    problems: dict[Problem, None] = field(default_factory=dict)
    next_try: float | None = None
    sharing: set[str] = field(default_factory=set)
    _others: list[str] = field(default_factory=list)
    _people: Seen = field(default_factory=Seen)

    def left(self) -> Iterator[WantedLetter]:
        """Yield the letters to be sent now, in the order of the list."""
        answered = self._answered()
        claimed: set[str] = set()
        doubtful: list[tuple[Correspondence, Taken]] = []
        for listed in chunks(self._listed(), CHUNK):
            chunk = self._as_recorded(listed, claimed)
            for one, standing in zip(chunk, self._standing(chunk), strict=True):
                self._note_person(one)
                if self._has_others_mailbox(one, standing) and len(doubtful) < MOST_DOUBTFUL:
                    doubtful.append((one, standing))  # the others may stand further down
                elif wanted := self._wanted(one, standing, answered):
                    yield wanted
        for one, standing in doubtful:
            if wanted := self._wanted(one, standing, answered):
                yield wanted
        if self.counts[OTHER_PERSON]:
            self.problems[_other_people(self.counts[OTHER_PERSON], self._others)] = None

    def _wanted(
        self, one: Correspondence, standing: Taken, answered: frozenset[str]
    ) -> WantedLetter | None:
        """The letter, if it may be sent now; if not, it is counted."""
        why, reason = self._left_out(one, standing, answered)
        if why:
            self.counts[why] += 1
            self.on_left_out(LeftOut(one, why, reason))
            return None
        return WantedLetter(one.recipient, self.mailing.stage, one.supporters, formats=("eml",))

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
        return standing.why_not is Why.SAME_ADDRESS and any(
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
        if self.ledger is None or not earlier:
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
        report = self.problems.setdefault
        for one in correspondence(mailing.campaign, mailing.day, report, mailing.people):
            name, problems = stage_for(
                mailing.campaign, one.recipient, mailing.day, mailing.stage,
                by_supporters=by_supporters,
            )  # fmt: skip
            self.problems |= dict.fromkeys(problems)
            if name is not None:
                self.listed += 1
                yield one

    def _left_out(
        self, one: Correspondence, standing: Taken, answered: frozenset[str]
    ) -> tuple[str, str]:
        email = one.recipient.email
        if email is None:
            return NO_EMAIL, ""
        why_not = standing.why_not
        if why_not is Why.UNCERTAIN and self.also_uncertain:
            why_not = None
        if why_not is Why.SAME_ADDRESS and not self._has_others_mailbox(one, standing):
            self.sharing.add(one.letter_id)
            why_not = None
        if why_not is Why.OTHER_PERSON and len(self._others) < NAMED:
            now, then = f"{one.person} <{email}>", f"{standing.person} <{standing.address}>"
            self._others.append(f"{one.letter_id} is {now}, and was {then}")
        if why_not is not None and why_not is not Why.NOT_YET:
            return _BY_LEDGER[why_not], ""
        reason = self.guard.reason(email)
        if reason is not None:
            return SUPPRESSED, reason
        key = address_key(email)
        if not answered.isdisjoint((one.letter_id, key)):
            return ANSWERED, ""
        if why_not is Why.NOT_YET:
            later = standing.not_before or 0.0
            self.next_try = later if self.next_try is None else min(self.next_try, later)
            return PUT_OFF, ""
        return "", ""

    def _standing(self, chunk: Sequence[Correspondence]) -> list[Taken]:
        """How the ledger would answer for these letters."""
        shared = self.mailing.people.supporters is not None
        keys = [
            PersonKey(one.letter_id, address_key(one.recipient.email or ""), shared, one.person)
            for one in chunk
        ]
        if self.ledger is None:
            return [Taken(key.letter_id) for key in keys]
        return self.ledger.standing(self.mailing.name, keys)

    def _answered(self) -> frozenset[str]:
        """Letter ids and address keys of those who answered a letter of this campaign."""
        if self.ledger is None or self.also_answered:
            return frozenset()
        return frozenset(self.ledger.replied(self.mailing.campaign.file.id))


def _other_people(count: int, named: Sequence[str]) -> Problem:
    """That ids of the list are other people's in the ledger, who have the mailing's letter."""
    more = f"; and {count - len(named):,} more" if count > len(named) else ""
    return Problem(
        "other-person",
        f"{count_noun(count, 'id belongs', 'ids belong')} to another person in the ledger: "
        f"{'; '.join(named)}{more}.",
        "These people did not get the letter. Write ids in the list that no other list has, such "
        "as `IA-1`, or send to this list as another mailing with `--mailing NAME`. If it is the "
        "same person under a new name, write the name that the ledger has.",
        level=Level.WARNING,
    )


def _person(letter_id: str, key: str) -> str:
    return f"{letter_id}\0{key}"


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of that size, the last one shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
