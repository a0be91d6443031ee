"""What a bill is on a day: where it stands, and whether lawmakers can still join it.

Sources of the rules: in the House, members may join until the last committee of referral has
reported or been discharged (CRS report RS22477, "Sponsorship and Cosponsorship of House Bills"); in
the Senate, until the Senate has passed the bill, since senators may join after a report, too (CRS
report 98-279). A bill that is not law when its Congress ends is dead; it lives through the recess
between the two sessions. State legislatures have rules of their own; there, a list of cosponsors
counts as open until the chamber of origin has voted.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from advocacy.campaign.bills.model import Bill, BillEvent, Chamber, Referral
from advocacy.resources import read_table

StateKind = Literal[
    "not introduced", "introduced", "in committee", "reported", "discharged",
    "passed", "received", "held", "presented", "enacted", "vetoed", "overridden", "sustained",
    "failed", "withdrawn", "dead",
]  # fmt: skip

_AFTER: dict[str, StateKind] = {
    "introduced": "introduced", "referred": "in committee", "reported": "reported",
    "discharged": "discharged", "passed": "passed", "received": "received", "held": "held",
    "presented": "presented", "enacted": "enacted", "vetoed": "vetoed",
    "overridden": "overridden", "sustained": "sustained", "failed": "failed",
    "withdrawn": "withdrawn",
}  # fmt: skip
_WORDS: dict[str, dict[str, str]] = read_table("campaign/bills/kinds.toml")["states"]
FINAL = ("enacted", "sustained", "failed", "withdrawn", "dead")
"""States in which no action can be asked for."""


@dataclass(frozen=True, slots=True)
class BillState:
    """What a bill is on a day.

    `chamber` has it, or acted last; `since` is the first day of the state; `passed` has the day on
    which each chamber passed it.
    """

    kind: StateKind
    chamber: Chamber | None
    since: date | None
    passed: tuple[tuple[Chamber, date], ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether nothing more can happen to the bill."""
        return self.kind in FINAL


def bill_state(bill: Bill, day: date) -> BillState:
    """The state of a bill on a day, as far as its file knows (see `Bill.as_of`)."""
    state = BillState("not introduced", bill.origin, None)
    if bill.introduced is not None and bill.introduced <= day:
        state = BillState("introduced", bill.origin, bill.introduced)
    for event in bill.events:
        if event.day <= day:
            state = _after(state, event)
    if bill.last_day is not None and day > bill.last_day and not state.is_final:
        return BillState("dead", state.chamber, bill.last_day, state.passed)
    return state


def _after(state: BillState, event: BillEvent) -> BillState:
    if event.kind in ("hearing", "markup") or (state.is_final and event.kind != "overridden"):
        return state
    kind, chamber = _AFTER[event.kind], event.chamber or state.chamber
    if kind == state.kind and chamber == state.chamber:
        return state
    passed = dict(state.passed)
    if event.kind == "passed" and chamber is not None:
        passed.setdefault(chamber, event.day)
    return BillState(kind, chamber, event.day, tuple(passed.items()))


def open_referrals(bill: Bill, day: date) -> tuple[Referral, ...]:
    """The committees with the bill before them on a day; none after a vote in their chamber."""
    state = bill_state(bill, day)
    if state.is_final or state.kind == "not introduced":
        return ()
    voted = [chamber for chamber, _ in state.passed]
    return tuple(one for one in bill.referrals if one.is_open(day) and one.chamber not in voted)


def can_cosponsor(bill: Bill, chamber: str | None, day: date) -> bool:
    """Whether members of a chamber can still join the bill as cosponsors on a day."""
    state = bill_state(bill, day)
    if chamber is None or chamber != bill.origin or state.is_final:
        return False
    if state.kind == "not introduced" or any(one == chamber for one, _ in state.passed):
        return False
    if chamber != "house":
        return True
    referrals = [one for one in bill.referrals if one.chamber == chamber and one.referred <= day]
    return not referrals or any(one.is_open(day) for one in referrals)


def chamber_name(chamber: str | None) -> str:
    """A chamber in running text: `the House`."""
    return _WORDS["chambers"].get(chamber or "", "the legislature")


def summarize_state(bill: Bill, state: BillState) -> str:
    """A state in a few words, for tables: `passed the Senate, held at the desk`."""
    return _word_state("short", bill, state)


def describe_state(bill: Bill, state: BillState) -> str:
    """A state as what a sentence says of a bill: `has passed the Senate and is held at the desk of
    the House`.
    """
    return _word_state("long", bill, state)


def _word_state(form: str, bill: Bill, state: BillState) -> str:
    words: dict[str, str] = _WORDS[form]
    where = chamber_name(state.chamber)
    passed = " and ".join(chamber_name(chamber) for chamber, _ in state.passed)
    law = f"Public Law {bill.law}" if bill.law else "law"
    text = words[state.kind].format(where=where, passed=passed or where, law=law)
    if passed and state.kind not in ("passed", "enacted", "vetoed", "overridden", "sustained"):
        text = words["after passage"].format(passed=passed, rest=text)
    return text
