"""Reading BILLSTATUS XML: the state of a federal bill, as the Government Publishing Office gives it
in bulk.

Three forms are in use: today's (`number`, `type`), the one before it (`billNumber`, `billType`) and
the first (members by `fullName` alone). The user guide is at https://github.com/usgpo/bill-status.
Times are UTC; days are those of Washington, so that a vote at 11:05 in the evening of March 3 is
not one of March 4.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from advocacy.campaign.bills.actions import classify_action
from advocacy.campaign.bills.model import (
    Bill,
    BillEvent,
    BillMember,
    Chamber,
    Referral,
    RelatedBill,
    RollCall,
    Sponsorship,
    bill_id,
    congress_days,
    ordinal,
)
from advocacy.errors import Level, Place, Problem, Read
from advocacy.resources import read_table

WASHINGTON = ZoneInfo("America/New_York")
KINDS: dict[str, list[str]] = read_table("campaign/bills/kinds.toml")["federal"]
"""By type as in file names (`hr`): how it is cited, and the path of its page at congress.gov."""

_CHAMBERS: dict[str, Chamber] = {"house": "house", "senate": "senate"}
_FULL_NAME = re.compile(
    r"(?:Sen|Rep|Del|Com|Resident Commissioner|Res\. ?Comm)\.? (?P<family>[^,\[]+), "
    r"(?P<given>[^\[]+?)(?:,? (?P<suffix>[JS]r\.|[IV]+))? *"
    r"\[(?P<party>[A-Z]+)-(?P<state>[A-Z]{2})(?:-(?P<district>[^\]]+))?\]"
)
_NICKNAME = re.compile(r'"[^"]*" ?')
_PRESIDENTIAL = ("presented", "enacted", "vetoed")
_ENDINGS = ("Reported by", "Discharged from", "Reported original measure")


def is_billstatus(root: Element) -> bool:
    """Whether an XML document is a bill status file."""
    return root.tag == "billStatus" and root.find("bill") is not None


def read_billstatus(root: Element, path: Path) -> Read[Bill | None]:
    """The bill of a bill status document, and everything that is wrong with it."""
    bill = root.find("bill")
    place = Place(path)
    if bill is None:
        return None, [_incomplete(place, "has no `bill` element")]
    kind = _text(bill, "type", "billType").casefold()
    number = _text(bill, "number", "billNumber")
    congress = _text(bill, "congress")
    if kind not in KINDS or not number.isdecimal() or not congress.isdecimal():
        return None, [
            _incomplete(place, "does not identify a bill: the type, number, or Congress is missing")
        ]
    as_of = _day(_text(bill, "updateDateIncludingText", "updateDate")) or _latest(bill)
    if as_of is None:
        return None, [_incomplete(place, "has no update date")]
    origin = _chamber(_text(bill, "originChamber"))
    problems: list[Problem] = []
    return Bill(
        id=bill_id("us", congress, f"{kind}{number}"),
        legislature="us",
        session=congress,
        number=f"{KINDS[kind][0]} {number}",
        title=_official_title(bill),
        origin=origin,
        as_of=as_of,
        introduced=_day(_text(bill, "introducedDate")),
        short_title=_short_title(bill),
        sponsors=tuple(_member(item) for item in bill.iterfind("sponsors/item")),
        cosponsors=_cosponsors(bill, place, problems),
        referrals=tuple(_referrals(bill)),
        events=tuple(_events(bill, origin)),
        related=tuple(_related(bill, congress)),
        roll_calls=tuple(_roll_calls(bill)),
        law=next((_text(law, "number") for law in bill.iterfind("laws/item")), ""),
        last_day=congress_days(int(congress)).last,
        url=f"https://www.congress.gov/bill/{ordinal(int(congress))}-congress/"
        f"{KINDS[kind][1]}/{number}",
        place=place,
    ), problems


def _incomplete(place: Place, how: str) -> Problem:
    hint = "Download the file again from https://www.govinfo.gov/bulkdata/BILLSTATUS."
    return Problem("bill-incomplete", f"The bill status file {how}.", hint, place)


def _text(element: Element, *names: str) -> str:
    """The text of the first of these children that has any."""
    for name in names:
        text = (element.findtext(name) or "").strip()
        if text:
            return text
    return ""


def _day(text: str) -> date | None:
    """A day, or a time in UTC as the day that it was in Washington."""
    try:
        if "T" not in text:
            return date.fromisoformat(text[:10])
        return datetime.fromisoformat(text).astimezone(WASHINGTON).date()
    except ValueError:
        return None


def _latest(bill: Element) -> date | None:
    days = (_day(_text(item, "actionDate")) for item in bill.iterfind("actions/item"))
    return max((day for day in days if day), default=None)


def _chamber(name: str) -> Chamber | None:
    return _CHAMBERS.get(name.casefold())


def _official_title(bill: Element) -> str:
    titles = bill.findall("titles/item")
    official = [one for one in titles if _text(one, "titleType").startswith("Official Title")]
    return next((_text(one, "title") for one in official), "") or _text(bill, "title")


def _short_title(bill: Element) -> str:
    """The title for display, unless it is only the official one."""
    shown = _text(bill, "title")
    return "" if not shown or shown == _official_title(bill) else shown


def _member(item: Element) -> BillMember:
    found = _FULL_NAME.match(_text(item, "fullName"))
    name, party, state, district = _text(item, "fullName", "name"), "", "", ""
    if found:
        given = _NICKNAME.sub("", found["given"]).strip()
        suffix = f", {found['suffix']}" if found["suffix"] else ""
        name = f"{given} {found['family'].strip()}{suffix}"
        party, state, district = found["party"], found["state"], found["district"] or ""
    senator = _text(item, "fullName").startswith("Sen.")
    return BillMember(
        _text(item, "bioguideId"),
        name,
        "senate" if senator else "house",
        party or _text(item, "party"),
        state or _text(item, "state"),
        "0" if district == "At Large" else district or _text(item, "district"),
    )


def _cosponsors(bill: Element, place: Place, problems: list[Problem]) -> tuple[Sponsorship, ...]:
    """Each cosponsor once for each span; the same span twice is told as a note."""
    found: dict[tuple[str, date | None, date | None], Sponsorship] = {}
    for item in bill.iterfind("cosponsors/item"):
        one = Sponsorship(
            _member(item),
            _day(_text(item, "sponsorshipDate")),
            _day(_text(item, "sponsorshipWithdrawnDate")),
            _text(item, "isOriginalCosponsor") == "True",
        )
        key = (one.member.id or one.member.name, one.joined, one.withdrawn)
        if key in found:
            problems.append(twice(one.member.name, place))
        found.setdefault(key, one)
    return tuple(found.values())


def twice(name: str, place: Place) -> Problem:
    """That a bill lists a cosponsor twice."""
    message = f"The bill lists {name} twice as a cosponsor."
    hint = "No action is needed; one entry is used."
    return Problem("cosponsor-twice", message, hint, place, Level.NOTE)


def _committees(bill: Element) -> Iterator[Element]:
    yield from bill.iterfind("committees/billCommittees/item")
    yield from bill.iterfind("committees/item")


def _referrals(bill: Element) -> Iterator[Referral]:
    """The committees that the bill was referred to; those with a mere interest are left out."""
    for item in _committees(bill):
        acts = item.findall("activities/item")
        days = [(_text(act, "name"), _day(_text(act, "date"))) for act in acts]
        referred = [day for name, day in days if day and "eferred to" in name]
        ended = [day for name, day in days if day and name in _ENDINGS]
        if referred:
            yield Referral(
                _text(item, "systemCode"),
                _text(item, "name"),
                _chamber(_text(item, "chamber")),
                min(referred),
                max(ended, default=None),
            )


def _events(bill: Element, origin: Chamber | None) -> Iterator[BillEvent]:
    """What happened, the earliest first; what House and Library both recorded, once."""
    seen: set[tuple[date, str, Chamber | None]] = set()
    found: list[BillEvent] = []
    where = origin
    for item in reversed(bill.findall("actions/item")):  # the file has the latest first
        day, text = _day(_text(item, "actionDate")), _text(item, "text")
        meaning = classify_action(text, _text(item, "actionCode"))
        if day is None or meaning is None:
            continue
        kind, named = meaning
        chamber = None if kind in _PRESIDENTIAL else named or _acting(item) or where
        if kind in ("received", "held"):
            where = chamber
        if (day, kind, chamber) not in seen:
            seen.add((day, kind, chamber))
            found.append(BillEvent(day, kind, chamber, text))
    yield from sorted(found, key=lambda event: event.day)


def _acting(item: Element) -> Chamber | None:
    """The chamber that an action's committee or source belongs to."""
    codes = [_text(one, "systemCode") for one in item.iter() if one.find("systemCode") is not None]
    for code in codes:
        return "house" if code.startswith("h") else "senate"
    source = _text(item, "sourceSystem/name")
    if source.startswith("House"):
        return "house"
    return "senate" if source == "Senate" else None


def _related(bill: Element, congress: str) -> Iterator[RelatedBill]:
    for item in bill.iterfind("relatedBills/item"):
        kind = re.sub(r"[^a-z]", "", _text(item, "type").casefold())
        number = _text(item, "number")
        if kind not in KINDS or _text(item, "congress") != congress:
            continue
        details = [_text(one, "type") for one in item.iterfind("relationshipDetails/item")]
        if any(one in ("Identical bill", "Related bill") for one in details):
            yield RelatedBill(
                bill_id("us", congress, f"{kind}{number}"),
                f"{KINDS[kind][0]} {number}",
                "house" if kind.startswith("h") else "senate",
                "Identical bill" in details,
            )


def _roll_calls(bill: Element) -> Iterator[RollCall]:
    seen: set[str] = set()
    for vote in bill.iter("recordedVote"):
        chamber, day = _chamber(_text(vote, "chamber")), _day(_text(vote, "date"))
        number, url = _text(vote, "rollNumber"), _text(vote, "url")
        if chamber and day and number.isdecimal() and len(number) < 10 and url not in seen:
            seen.add(url)
            yield RollCall(chamber, day, int(number), url)
