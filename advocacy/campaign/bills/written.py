"""Bills written by hand, for legislatures that publish no data, or before the data are out."""

from pydantic import Field

from advocacy.campaign.bills.billstatus import KINDS, twice
from advocacy.campaign.bills.model import (
    Bill,
    BillEvent,
    BillMember,
    Chamber,
    EventKind,
    Referral,
    RelatedBill,
    Sponsorship,
    bill_id,
    congress_days,
    plain_number,
)
from advocacy.campaign.days import Days
from advocacy.campaign.field_types import Day, HttpUrl, NumberOrWords, Slug
from advocacy.errors import Problem, Read, did_you_mean
from advocacy.files.characters import Line, Words
from advocacy.files.yaml.reading import Located, YamlMap, parse


class WrittenMember(Located):
    """A lawmaker, with the id that the list of recipients has."""

    id: Line | None = Field(
        None, description="The member's id in your list: a Bioguide or Open States id."
    )
    name: Line = Field(description="The name, as the legislature writes it.")
    chamber: Chamber | None = Field(None, description="The member's chamber. Default: `origin`.")
    party: Line | None = Field(None, description="The member's party.")
    state: Line | None = Field(None, description="The state, by its two letters.")
    district: NumberOrWords | None = Field(None, description="The district.")


class WrittenCosponsor(WrittenMember):
    """A cosponsor, with the days of joining and withdrawing."""

    joined: Day | None = Field(None, description="The day of joining. Default: unknown.")
    withdrawn: Day | None = Field(None, description="The day of withdrawing.")


class WrittenReferral(Located):
    """A committee that the bill was referred to."""

    name: Line = Field(description="The committee's name.")
    code: Line | None = Field(None, description="The committee's code or id in your lists.")
    chamber: Chamber | None = Field(None, description="Its chamber. Default: `origin`.")
    referred: Day = Field(description="The day of referral.")
    ended: Day | None = Field(None, description="The day on which it reported or was discharged.")


class WrittenEvent(Located):
    """Something that happened to the bill."""

    day: Day = Field(description="The day on which it happened.")
    kind: EventKind = Field(description="What happened.")
    chamber: Chamber | None = Field(None, description="The chamber that acted.")
    text: Words = Field("", description="The record's own words.")


class WrittenRelated(Located):
    """The same or a similar bill, most often that of the other chamber."""

    number: Line = Field(description="The other bill's number.")
    id: Slug = Field(description="Its id here.")
    chamber: Chamber = Field(description="The chamber in which it began.")
    identical: bool = Field(False, description="Whether both have the same text.")


class WrittenBill(Located):
    """A bill, as a file states it."""

    id: Slug | None = Field(None, description="Its id. Default: from legislature and number.")
    legislature: Slug = Field(description="`us`, the two-letter code of a state, or your own name.")
    session: NumberOrWords = Field(description="The Congress (`119`) or the session.")
    number: Line = Field(description="The number, as people write it: `S. 3779`.")
    title: Words = Field(description="The official title.")
    short_title: Line | None = Field(None, description="The short title, if the bill has one.")
    origin: Chamber = Field(description="The chamber in which it began.")
    introduced: Day = Field(description="The day of its introduction.")
    sponsor: tuple[WrittenMember, ...] | WrittenMember = Field(
        (), description="The sponsor, or a list of sponsors."
    )
    cosponsors: tuple[WrittenCosponsor, ...] = Field((), description="The cosponsors.")
    committees: tuple[WrittenReferral, ...] = Field((), description="The committees of referral.")
    events: tuple[WrittenEvent, ...] = Field(
        (), description="What happened after the introduction, with days."
    )
    related: tuple[WrittenRelated, ...] = Field((), description="Related bills.")
    law: Line | None = Field(None, description="The number of the law that it became.")
    session_ends: Day | None = Field(
        None,
        description="The last day of the session, for legislatures other than Congress. A bill "
        "that is not law by then is dead.",
    )
    as_of: Day = Field(description="The day on which this record was checked.")
    official: bool = Field(
        True,
        description="`false`: the list of cosponsors is not from the legislature, so letters must "
        "not say that someone has not joined.",
    )
    url: HttpUrl | None = Field(None, description="Its page, for the citation.")


def read_written_bill(data: YamlMap) -> Read[Bill | None]:
    """The bill of a file written by hand, and everything that is wrong with it."""
    written, problems = parse(WrittenBill, data)
    if written is None:
        return None, problems
    problems += _day_problems(written)
    given_id, last_day = written.id, written.session_ends
    if written.legislature == "us":
        wrong = _not_federal(written)
        if wrong is not None:
            return None, [*problems, wrong]
        last_day = congress_days(int(written.session)).last
    made_id = bill_id(written.legislature, written.session, written.number)
    return _bill(written, given_id or made_id, last_day), problems


def _not_federal(written: WrittenBill) -> Problem | None:
    """What is wrong with the number or the Congress of a federal bill."""
    folded = plain_number(written.number)
    kind = folded.rstrip("0123456789")
    if not written.session.isdecimal() or not 1 <= int(written.session) <= 999:
        message = f"“{written.session}” is not the number of a Congress."
        hint = "Write the number alone: `session: 119`."
        return Problem("bad-bill-number", message, hint, written.place("session"))
    if kind not in KINDS or kind == folded:
        known = [name for name, _ in KINDS.values()]
        message = f"“{written.number}” is not the number of a federal bill."
        hint = did_you_mean(written.number, known, "Write it as `S. 3779` or `H.R. 4695`.")
        return Problem("bad-bill-number", message, hint, written.place("number"))
    return None


def _day_problems(written: WrittenBill) -> list[Problem]:
    """Days that cannot be: a withdrawal before joining, a report before the referral."""
    problems: list[Problem] = []
    seen: set[str] = set()
    for one in written.cosponsors:
        days = Days(one.joined, one.withdrawn)
        problems += days.order_problems(f"The cosponsorship of {one.name}", one.place("withdrawn"))
        key = one.id or one.name
        place = one.place()
        if key in seen and place is not None:
            problems.append(twice(one.name, place))
        seen.add(key)
    for referral in written.committees:
        days = Days(referral.referred, referral.ended)
        problems += days.order_problems(f"The referral to {referral.name}", referral.place("ended"))
    if written.introduced > written.as_of:
        message = f"The bill was introduced on {written.introduced}, after `as_of`."
        hint = "Set `as_of` to the day on which you last checked the bill."
        problems.append(Problem("bill-days", message, hint, written.place("introduced")))
    late = [one for one in written.events if one.day > written.as_of]
    for event in late:
        message = f"This happened on {event.day}, after `as_of: {written.as_of}`."
        hint = "Set `as_of` to the day on which you last checked the bill."
        problems.append(Problem("bill-days", message, hint, event.place("day")))
    return problems


def _bill(written: WrittenBill, id_: str, last_day: Day | None) -> Bill:
    origin = written.origin
    sponsors = written.sponsor if isinstance(written.sponsor, tuple) else (written.sponsor,)
    return Bill(
        id=id_,
        legislature=written.legislature,
        session=written.session,
        number=written.number,
        title=written.title,
        origin=origin,
        as_of=written.as_of,
        introduced=written.introduced,
        short_title=written.short_title or "",
        sponsors=tuple(_member(one, origin) for one in sponsors),
        cosponsors=tuple(
            Sponsorship(_member(one, origin), one.joined, one.withdrawn)
            for one in written.cosponsors
        ),
        referrals=tuple(
            Referral(one.code or "", one.name, one.chamber or origin, one.referred, one.ended)
            for one in written.committees
        ),
        events=_events(written),
        related=tuple(
            RelatedBill(one.id, one.number, one.chamber, one.identical) for one in written.related
        ),
        law=written.law or "",
        last_day=last_day,
        url=written.url or "",
        official=written.official,
        place=written.place(),
    )


def _events(written: WrittenBill) -> tuple[BillEvent, ...]:
    """The written events and the referrals, the earliest first."""
    events = [BillEvent(one.day, one.kind, one.chamber, one.text) for one in written.events]
    told = {(event.day, event.kind) for event in events}
    for one in written.committees:
        if (one.referred, "referred") not in told:
            chamber = one.chamber or written.origin
            events.append(BillEvent(one.referred, "referred", chamber, f"Referred to {one.name}"))
    return tuple(sorted(events, key=lambda event: event.day))


def _member(one: WrittenMember, origin: Chamber) -> BillMember:
    return BillMember(
        one.id or "",
        one.name,
        one.chamber or origin,
        one.party or "",
        one.state or "",
        one.district or "",
    )
