"""A bill as evidence: the source that letters cite, and facts that say what it is on which days."""

from datetime import date, timedelta

from advocacy.campaign.bills.model import Bill, ordinal
from advocacy.campaign.bills.states import BillState, bill_state, chamber_name, describe_state
from advocacy.campaign.facts import Fact
from advocacy.campaign.sources import Source


def bill_source(bill: Bill) -> Source:
    """The bill as a source; its id is the bill's.

    Cited as a bill (Chicago 17, 14.285; Bluebook rule 13.2): number, Congress or session, date.
    """
    values: dict[str, object] = {
        "id": bill.id,
        "type": "bill",
        "title": bill.short_title or bill.title,
        "number": bill.number,
        "chapter-number": _session_name(bill),
        "issued": bill.introduced.isoformat() if bill.introduced else None,
        "accessed": bill.as_of.isoformat(),
        "URL": bill.url or None,
    }
    return Source.model_validate({key: value for key, value in values.items() if value})


def _session_name(bill: Bill) -> str:
    """`119th Cong.` for Congress; a state's session as its data name it."""
    if bill.legislature != "us":
        return bill.session
    # Chicago and the Bluebook write 2d and 3d.
    name = ordinal(int(bill.session)).replace("nd", "d").replace("rd", "d")
    return f"{name} Cong."


def bill_states(bill: Bill) -> list[tuple[BillState, date, date | None]]:
    """The states of a bill in order, each with its first and last day; the last may be open."""
    days = {event.day for event in bill.events}
    if bill.introduced is not None:
        days.add(bill.introduced)
    if bill.last_day is not None:
        days.add(bill.last_day + timedelta(days=1))
    found: list[tuple[BillState, date]] = []
    for day in sorted(days):
        state = bill_state(bill, day)
        if not found or state != found[-1][0]:
            found.append((state, day))
    ends = [day - timedelta(days=1) for _, day in found[1:]]
    return [(state, day, end) for (state, day), end in zip(found, [*ends, None], strict=True)]


def bill_facts(bill: Bill) -> dict[str, Fact]:
    """Facts about a bill by id, with its own days; the bill is their source.

    `us-117-s35-is-held` says what S. 35 is, from the day on which it was held at the desk until
    the day before the next state, which is named as its successor: a letter that says “is in
    committee” is refused after the committee's report. `us-117-s35-introduced` and
    `us-117-s35-passed-senate` say what happened, and hold from that day on.
    """
    named: list[tuple[str, BillState, date, date | None]] = []
    taken: dict[str, int] = {}
    for state, first, last in bill_states(bill):
        name = f"{bill.id}-is-{state.kind.replace(' ', '-')}"
        taken[name] = taken.get(name, 0) + 1
        named.append((f"{name}-{taken[name]}" if taken[name] > 1 else name, state, first, last))
    successors = [name for name, *_ in named[1:]]
    facts = {
        name: _fact(bill, f"{bill.number} {describe_state(bill, state)}.", first, last, successor)
        for (name, state, first, last), successor in zip(named, [*successors, None], strict=True)
    }
    happened = [("introduced", bill.origin, bill.introduced, f"{bill.number} was introduced in")]
    for chamber, day in bill_state(bill, bill.as_of).passed:
        happened.append((f"passed-{chamber}", chamber, day, f"{bill.number} passed"))
    for name, where, happened_on, words in happened:
        if happened_on is not None:
            statement = f"{words} {chamber_name(where)} on {_day_words(happened_on)}."
            facts[f"{bill.id}-{name}"] = _fact(bill, statement, happened_on)
    return facts


def _day_words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _fact(
    bill: Bill,
    statement: str,
    first: date,
    last: date | None = None,
    successor: str | None = None,
) -> Fact:
    values: dict[str, object] = {
        "statement": statement,
        "source": bill.id,
        "from": first,
        "until": last,
        "superseded_by": successor,
        "checked": bill.as_of,
    }
    return Fact.model_validate({key: one for key, one in values.items() if one is not None})
