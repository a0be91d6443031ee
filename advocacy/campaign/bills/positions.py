"""What a lawmaker is to a bill on a day, and what can be asked of them.

Sponsors and cosponsors are thanked. In a chamber that has the bill before a committee, chairs
schedule hearings and members urge them; Nebraska's Legislature hears every bill, so there the
committee is asked to advance it. Others are asked to cosponsor as long as they can, and to vote for
the bill afterwards. Delegates and the Resident Commissioner do not vote on final passage in the
House (CRS report R40170), so they are never asked for it. Members of the chamber that does not have
the bill get a letter only on the related bill of their own chamber.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

from advocacy.campaign.bills.model import (
    Bill,
    BillMember,
    Bills,
    Chamber,
    Referral,
    Sponsorship,
    VoteCast,
)
from advocacy.campaign.bills.states import BillState, bill_state, can_cosponsor, open_referrals
from advocacy.campaign.recipients import Recipient
from advocacy.files.cache import IdentityCache

PositionName = Literal[
    "sponsor", "cosponsor", "chair", "ranking member", "committee member", "everyone else"
]
POSITIONS: tuple[PositionName, ...] = (
    "sponsor", "cosponsor", "chair", "ranking member", "committee member", "everyone else",
)  # fmt: skip
"""The positions that a stage's `to:` may name, in order of priority."""

Ask = Literal[
    "cosponsor",
    "schedule a hearing",
    "urge a hearing",
    "advance",
    "vote",
    "oppose",
    "amend",
    "none",
]
Stance = Literal["support", "oppose", "amend"]
"""What the sender of a letter wants of a bill."""

NO_FLOOR_VOTE = frozenset({"DC", "AS", "GU", "VI", "MP", "PR"})
"""Places with a delegate or a resident commissioner in the House, by their two-letter codes."""

_TITLES: dict[str, PositionName] = {
    "chair": "chair", "chairman": "chair", "chairwoman": "chair", "chairperson": "chair",
    "co-chair": "chair",
    "ranking member": "ranking member", "ranking minority member": "ranking member",
    "ranking democratic member": "ranking member", "ranking republican member": "ranking member",
}  # fmt: skip
_TITLED: tuple[PositionName, ...] = ("chair", "ranking member")
_FILLER = re.compile(r"\b(the|committee|on|house|senate|joint|standing|and)\b|[^a-z]+")


@dataclass(frozen=True, slots=True)
class BillPosition:
    """What a lawmaker is to a bill on a day.

    `names` has every position that applies, the main one first; `everyone else` stands alone.
    `committees` are those that have the bill before them and on which the lawmaker sits; `office`
    is the highest office there, as its position and the committee. `vote` is the lawmaker's latest
    vote on passage up to that day, of those that the campaign names.
    """

    bill: Bill
    names: tuple[PositionName, ...]
    ask: Ask
    cosponsor_since: date | None = None
    withdrew: date | None = None
    committees: tuple[str, ...] = ()
    office: tuple[PositionName, str] | None = None
    vote: VoteCast | Literal[""] = ""

    @property
    def name(self) -> PositionName:
        """The main position."""
        return self.names[0]


def bill_for(bill: Bill, bills: Bills, recipient: Recipient, day: date) -> Bill | None:
    """The bill that a lawmaker is written to about: this one, or their own chamber's related one.

    None where there is none: the bill is before the other chamber, and no related bill is among
    `bills`. Identical bills come before others that the record calls related.
    """
    chamber = recipient.text_of("chamber")
    if not chamber or chamber == bill.origin:
        return bill
    if _bill_day(bill, day).state.passed:
        return bill
    for one in sorted(bill.related, key=lambda one: not one.identical):
        found = bills.get(one.id)
        if found is not None and found.origin == chamber:
            return found
    return None


@dataclass(frozen=True, slots=True)
class _BillDay:
    """What all positions on a bill on a day rest on: made once, asked for each lawmaker."""

    state: BillState
    can_join: frozenset[str]
    referrals: tuple[Referral, ...]
    sponsors: frozenset[str]
    cosponsors: Mapping[str, tuple[Sponsorship, ...]]


# Saves going through all cosponsors for each of thousands of lawmakers.
_days: IdentityCache[_BillDay] = IdentityCache()


def _bill_day(bill: Bill, day: date) -> _BillDay:
    def make() -> _BillDay:
        joined: dict[str, tuple[Sponsorship, ...]] = {}
        for one in bill.cosponsors:
            joined[_key(one.member)] = (*joined.get(_key(one.member), ()), one)
        sponsors = frozenset(map(_key, bill.sponsors))
        state, referrals = bill_state(bill, day), open_referrals(bill, day)
        can_join = frozenset(one for one in get_args(Chamber) if can_cosponsor(bill, one, day))
        return _BillDay(state, can_join, referrals, sponsors, joined)

    return _days.get((bill,), (day,), make)


def _key(member: BillMember) -> str:
    """A member's id, or the name where the bill has no id."""
    return (member.id or member.name).casefold()


def _keys(recipient: Recipient) -> tuple[str, ...]:
    """What a bill may call a recipient: the ids of the list, and the name."""
    known = recipient.other
    ids = (known.get("bioguide"), known.get("lis"), recipient.id, recipient.full_name)
    return tuple([name.casefold() for name in ids if name])


def position_on(
    bill: Bill, recipient: Recipient, day: date, stance: Stance = "support"
) -> BillPosition:
    """What a recipient is to a bill on a day, and what a sender of that stance can ask."""
    known = _bill_day(bill, day)
    keys = _keys(recipient)
    spans = [
        one
        for key in keys
        if key in known.cosponsors
        for one in known.cosponsors[key]
        if one.joined is None or one.joined <= day
    ]
    current = next((one for one in spans if one.covers(day)), None) if spans else None
    names: list[PositionName] = []
    if not known.sponsors.isdisjoint(keys):
        names.append("sponsor")
    elif current is not None:
        names.append("cosponsor")
    seats = list(_seats(known.referrals, recipient))
    offices: list[tuple[PositionName, str]] = []
    if seats:
        held = {title: referral.name for referral, title in reversed(seats)}
        offices = [(name, held[name]) for name in _TITLED if name in held]
        names += [*(name for name, _ in offices), "committee member"]
    positions = tuple(names) or ("everyone else",)
    return BillPosition(
        bill,
        positions,
        _ask(bill, known, recipient, positions, stance),
        current.joined if current else None,
        spans[-1].withdrawn if spans and current is None else None,
        tuple([referral.name for referral, _ in seats]),
        offices[0] if offices else None,
        _vote(bill, recipient, keys, day) if bill.votes else "",
    )


def _vote(
    bill: Bill, recipient: Recipient, keys: tuple[str, ...], day: date
) -> VoteCast | Literal[""]:
    """The latest vote of a lawmaker on a bill's passage; empty where none is known."""
    chamber = recipient.text_of("chamber")
    for vote in reversed(bill.votes):
        if vote.day <= day and chamber in ("", vote.chamber):
            for key in keys:
                if key in vote.casts:
                    return vote.casts[key]
    return ""


def _ask(
    bill: Bill,
    known: _BillDay,
    recipient: Recipient,
    positions: tuple[PositionName, ...],
    stance: Stance,
) -> Ask:
    state, chamber = known.state, recipient.text_of("chamber") or bill.origin
    over = state.is_final or state.kind in ("not introduced", "presented", "vetoed")
    if over or (state.passed and any(one == chamber for one, _ in state.passed)):
        return "none"
    if stance != "support":
        return "oppose" if stance == "oppose" else "amend"
    if "committee member" in positions:
        if chamber == "legislature":
            return "advance"
        return "schedule a hearing" if "chair" in positions else "urge a hearing"
    supports = "sponsor" in positions or "cosponsor" in positions
    if not supports and chamber in known.can_join:
        return "cosponsor"
    if supports and known.referrals:
        return "none"  # nothing but thanks, until there is a vote
    votes = chamber != "house" or recipient.text_of("state") not in NO_FLOOR_VOTE
    return "vote" if votes else "none"


def _seats(
    referrals: Sequence[Referral], recipient: Recipient
) -> Iterator[tuple[Referral, PositionName]]:
    """The committees with the bill before them on which a recipient sits, each with the title."""
    mine = committee_seats(recipient) if referrals else ()
    if not mine:
        return
    chamber = recipient.text_of("chamber")
    for referral in referrals:
        if chamber and referral.chamber not in (None, chamber):
            continue  # both chambers may have a committee of the name
        for code, name, title in mine:
            if is_committee(referral.code, referral.name, code, name):
                yield referral, _TITLES.get(title.casefold(), "committee member")
                break


def committee_seats(recipient: Recipient) -> Iterable[tuple[str, str, str]]:
    """The code, name and title of each seat that a list gives a recipient.

    The columns `committees`, `committee_codes` and `committee_titles` hold all seats, in one order
    and separated by semicolons; `committee`, `committee_code` and `committee_title` one.
    """
    names = recipient.text_of("committees") or recipient.text_of("committee")
    codes = recipient.text_of("committee_codes") or recipient.text_of("committee_code")
    titles = recipient.text_of("committee_titles")
    if not titles and not recipient.text_of("committees"):
        titles = recipient.text_of("committee_title")
    return _parse_seats(codes, names, titles)


# Many lawmakers have the same committees, and nearly all the same titles: none.
@lru_cache(maxsize=4096)
def _parse_seats(*texts: str) -> Sequence[tuple[str, str, str]]:
    columns = [[part.strip() for part in text.split(";")] for text in texts]
    width = max(len(column) for column in columns)
    padded = [column + [""] * (width - len(column)) for column in columns]
    seats = ((code, name, title) for code, name, title in zip(*padded, strict=True))
    return [seat for seat in seats if any(seat)]


@lru_cache(maxsize=4096)
def is_committee(code: str, name: str, other_code: str, other_name: str) -> bool:
    """Whether two records mean one committee: by code, else by name without filler words.

    Codes of Congress are compared without the number of a subcommittee: `ssbk00` is `SSBK`.
    """
    if code and other_code:
        short, other = code.casefold(), other_code.casefold()
        return short == other or (short[4:] == "00" and short[:4] == other)
    plain, other_plain = (
        frozenset(_FILLER.sub(" ", one.casefold()).split()) for one in (name, other_name)
    )
    return bool(plain) and plain == other_plain
