"""Members of Congress, from the files of the `unitedstates/congress-legislators` project as they
are: legislators, committees, and who sits on which committee (all CC0).

Forms of address are those that the Senate and the House use themselves: “The Honorable” and the
full name on the envelope, “Senator”, “Representative” (a delegate or the resident commissioner by
that title) and the last name in the salutation; leaders have their office under the name, and
the Speaker in the salutation (`forms_of_address`). None depends on a person's gender.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from advocacy.campaign.recipients.forms_of_address import HONORIFIC, LEADERS
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.officials import (
    covers,
    map_in,
    maps_in,
    official,
    read_root,
    text_in,
)
from advocacy.errors import AdvocacyError, Hint, Level, Place, Problem, Report, reporting
from advocacy.files.yaml.reading import YamlList, YamlMap

CHAMBERS = {"sen": "senate", "rep": "house"}
_HOUSES = {"senate": "United States Senate", "house": "United States House of Representatives"}
_DELEGATES = {"DC", "AS", "GU", "VI", "MP"}
_OFFICE = re.compile(r"(.+?),?;? Washington,? D\.?C\.? ([0-9]{5}(?:-[0-9]{4})?)", re.IGNORECASE)
_NICKNAME = re.compile(r'"[^"]*" ?')
_WANTED = ("url", "contact_form", "phone", "party", "caucus", "state_rank")
COLUMNS = (
    *("bioguide", "lis", "chamber", "state", "district", *_WANTED),
    *("committee", "committee_code", "committee_rank", "committee_title", "committee_side"),
    *("committees", "committee_codes", "committee_titles"),
    *("district_address", "district_phone"),
)
"""The columns that a member has beside the known ones; empty where nothing is known."""
_OF_TERM = ("type", "state", "district", "address", *_WANTED)
OFFICES = ("legislators-district-offices.yaml", "legislators-district-offices.json")
"""Files of offices in members' states, which are read where they stand beside the others."""
_VACANCIES = 0.05
"""The share of seats on committees that deaths and resignations leave with nobody in office.

Between two Congresses more than a tenth of the members change.
"""
_WHOLE = {"senate": 90, "house": 400}
"""Members in office from which on a list is taken for a whole chamber, with vacant seats."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's seat on a full committee."""

    code: str
    committee: str
    rank: int
    title: str
    side: str


@dataclass(frozen=True, slots=True)
class Seats:
    """Who sits on which committee, by Bioguide id; the names of committees by their codes."""

    by_member: Mapping[str, tuple[Seat, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None


def read_legislators(
    people: Sequence[YamlMap],
    day: date,
    report: Report,
    seats: Seats,
    committee: str | None = None,
) -> Iterator[Recipient]:
    """The members of Congress in the records of a legislators file, with the term of a day.

    `committee` (a code or a name) is the committee whose rank a member gets, and title; without
    it, the one on which the member stands highest. Who has no office address, or no term that
    covers the day, is refused when the letter is composed.
    """
    offices = _district_offices(people[0].path) if people else {}
    others = _not_in_office(people, seats, day)
    if others > _VACANCIES * len(seats.by_member):
        report(_other_committees(others, seats, day))
    for person in people:
        term = _term(person, day)
        member = _member(person, term, report, seats, committee, day)
        if member is not None:
            yield member.model_copy(update={"other": member.other | _office(member, offices)})


def member_of_row(values: Mapping[str, str], place: Place, report: Report) -> Recipient | None:
    """The member of Congress in a row of `legislators-current.csv`, which has no days of terms."""
    person, ids, names, term = (YamlMap(place.path, place) for _ in range(4))
    ids["bioguide"] = values.get("id", "")
    names.update(
        first=values.get("given_name", ""),
        last=values.get("family_name", ""),
        suffix=values.get("suffix", ""),
        official_full=values.get("full_name", ""),
    )
    term.update({key: values[key] for key in _OF_TERM if key in values})
    person.update(id=ids, name=names)
    return _member(person, term, report, Seats(), None, date.max)


def _district_offices(legislators: Path) -> dict[str, list[YamlMap]]:
    """The offices in members' states, from the file of them where it stands beside, by member."""
    for name in OFFICES:
        path = legislators.with_name(name)
        if path.is_file() and path != legislators:
            root = read_root(path)
            records = [one for one in root if isinstance(one, YamlMap)]
            return {
                text_in(map_in(one, "id"), "bioguide"): maps_in(one, "offices") for one in records
            }
    return {}


def _office(member: Recipient, offices: Mapping[str, list[YamlMap]]) -> dict[str, str]:
    """The first office in a member's state, in one line, with its telephone."""
    found = next(iter(offices.get(member.other["bioguide"], ())), None)
    if found is None:
        return {}
    street = [text_in(found, key) for key in ("address", "building", "suite", "city")]
    town = f"{text_in(found, 'state')} {text_in(found, 'zip')}"
    lines = ", ".join(part for part in (*street, town) if part.strip())
    return {"district_address": lines, "district_phone": text_in(found, "phone")}


def read_seats(paths: Sequence[Path]) -> Seats:
    """Who sits on which full committee, from a membership file and a committees file.

    The file of committees may be left out where it stands beside the other under its own name.
    Raises AdvocacyError for files that are something else.
    """
    membership: YamlMap | None = None
    names: dict[str, str] = {}
    problems: list[Problem] = []
    for path in paths:
        with reporting(problems.append):
            root = read_root(path)
            if isinstance(root, YamlMap):
                membership = root
            elif isinstance(root, YamlList):
                names |= _names(root)
            else:
                raise AdvocacyError(_not_committees(path))
    if paths and membership is None and not problems:
        problems = [_not_committees(paths[0])]
    if problems:
        raise AdvocacyError(problems)
    if membership is None:
        return Seats()
    beside = membership.path.with_name("committees-current.yaml")
    if not names and beside.is_file():
        root = read_root(beside)
        names = _names(root) if isinstance(root, YamlList) else {}
    if not names:
        message = "The names of the committees are missing."
        hint = "Add `committees-current.yaml`: --committees FILE --committees FILE."
        raise AdvocacyError(Problem("no-committee-names", message, hint, membership.place))
    return Seats(_by_member(membership, names), names, Place(membership.path))


def _not_committees(path: Path) -> Problem:
    return Problem(
        "not-committees",
        "This is not a file of committee members.",
        "Use `committee-membership-current.yaml` from unitedstates/congress-legislators.",
        Place(path),
    )


def _names(committees: YamlList) -> dict[str, str]:
    known = (item for item in committees if isinstance(item, YamlMap))
    return {
        text_in(item, "thomas_id"): text_in(item, "name") for item in known if "thomas_id" in item
    }


def _by_member(membership: YamlMap, names: Mapping[str, str]) -> dict[str, tuple[Seat, ...]]:
    seats: dict[str, list[Seat]] = {}
    for code, members in membership.items():
        if len(code) != 4 or not isinstance(members, YamlList):
            continue  # longer codes are subcommittees
        for item in members:
            if isinstance(item, YamlMap) and isinstance(item.get("rank"), int):
                seat = Seat(
                    code,
                    names.get(code, code),
                    item["rank"],
                    text_in(item, "title"),
                    text_in(item, "party"),
                )
                seats.setdefault(text_in(item, "bioguide"), []).append(seat)
    return {
        member: tuple(sorted(found, key=lambda seat: (not seat.title, seat.rank, seat.code)))
        for member, found in seats.items()
    }


def _not_in_office(people: Sequence[YamlMap], seats: Seats, day: date) -> int:
    """How many who sit on a committee hold no seat in its chamber on a day.

    A list may be a part of Congress. So whom it does not have counts only where it has a whole
    chamber, but for vacancies.
    """
    in_office: dict[str, set[str]] = {chamber: set() for chamber in CHAMBERS.values()}
    listed: set[str] = set()
    for person in people if seats.by_member else ():
        bioguide = text_in(map_in(person, "id"), "bioguide")
        listed.add(bioguide)
        for term in maps_in(person, "terms"):
            if covers(term, day, "start", "end") and text_in(term, "type") in CHAMBERS:
                in_office[CHAMBERS[text_in(term, "type")]].add(bioguide)
    whole = {name for name, members in in_office.items() if len(members) >= _WHOLE[name]}
    return sum(
        any(
            member not in in_office[chamber] and (member in listed or chamber in whole)
            for one in mine
            if (chamber := {"S": "senate", "H": "house"}.get(one.code[0], ""))
        )
        for member, mine in seats.by_member.items()
    )


def _other_committees(others: int, seats: Seats, day: date) -> Problem:
    message = (
        f"{others} of the {len(seats.by_member)} committee members in this file have no seat in "
        f"that chamber on {day}. The file is for another Congress or is out of date."
    )
    hint = (
        "Use the `committee-membership-current.yaml` of that day: the newest one, or an earlier "
        "one from the history of unitedstates/congress-legislators."
    )
    return Problem("other-committees", message, hint, seats.place, Level.WARNING)


def _member(
    person: YamlMap,
    term: YamlMap | None,
    report: Report,
    seats: Seats,
    committee: str | None,
    day: date,
) -> Recipient | None:
    names = map_in(person, "name")
    name = text_in(names, "official_full") or " ".join(
        part for part in (text_in(names, key) for key in ("first", "last", "suffix")) if part
    )
    if term is None or not name:
        message = f"{name or 'A member'} has no term of office in this file."
        report(Problem("no-term", message, Hint("exclude"), person.place))
        return None
    chamber = CHAMBERS.get(text_in(term, "type"), "")
    found = _OFFICE.fullmatch(" ".join(text_in(term, "address").split()))
    bioguide = text_in(map_in(person, "id"), "bioguide")
    line, word = _leader(person, day)
    called = word or _called(chamber, text_in(term, "state"))
    values: dict[str, Any] = {
        "id": bioguide.lower(),
        "name": _NICKNAME.sub("", name),  # an envelope has none
        "given_name": text_in(names, "first"),
        "family_name": text_in(names, "last"),
        "suffix": text_in(names, "suffix"),
        "honorific": HONORIFIC,
        "title": line,
        "organization": _HOUSES.get(chamber, ""),
        "salutation": f"{called} {text_in(names, 'last')}",
        "country": "US",
        "in_office_from": text_in(term, "start"),
        "in_office_until": text_in(term, "end"),
    }
    if found:
        town = {"city": "Washington", "region": "DC", "postal_code": found[2]}
        values |= {"address": (found[1],), **town}
    elif text_in(term, "address"):
        values["address"] = (text_in(term, "address"),)
    other = _other(bioguide, chamber, term, seats, committee) | _party(term, day)
    other["lis"] = text_in(map_in(person, "id"), "lis")
    return official(values, other, person.place, report)


def _leader(person: YamlMap, day: date) -> tuple[str, str]:
    """The office in Congress that a member holds on a day: the line under the name, a greeting."""
    for role in maps_in(person, "leadership_roles"):
        if covers(role, day, "start", "end") and text_in(role, "title") in LEADERS:
            return LEADERS[text_in(role, "title")]
    return "", ""


def _called(chamber: str, state: str) -> str:
    if chamber == "senate":
        return "Senator"
    if state == "PR":
        return "Resident Commissioner"
    return "Delegate" if state in _DELEGATES else "Representative"


def _other(
    bioguide: str, chamber: str, term: YamlMap, seats: Seats, committee: str | None
) -> dict[str, str]:
    mine: Sequence[Seat] = seats.by_member.get(bioguide, ())
    wanted = (committee or "").casefold()
    chosen = [seat for seat in mine if wanted in (seat.code.casefold(), seat.committee.casefold())]
    seat = next(iter(chosen if committee else mine), None)
    return {
        "bioguide": bioguide,
        "chamber": chamber,
        "state": text_in(term, "state"),
        "district": text_in(term, "district"),
        **{key: text_in(term, key) for key in _WANTED},
        "committee": seat.committee if seat else "",
        "committee_code": seat.code if seat else "",
        "committee_rank": str(seat.rank) if seat else "",
        "committee_title": seat.title if seat else "",
        "committee_side": seat.side if seat else "",
        "committees": "; ".join(one.committee for one in mine),
        "committee_codes": "; ".join(one.code for one in mine),
        "committee_titles": "; ".join(one.title for one in mine),
        "district_address": "",
        "district_phone": "",
    }


def _party(term: YamlMap, day: date) -> dict[str, str]:
    """Party and caucus on a day, for a member who has changed them during a term."""
    spans = maps_in(term, "party_affiliations")
    found = next((one for one in spans if covers(one, day, "start", "end")), None)
    return {} if found is None else {key: text_in(found, key) for key in ("party", "caucus")}


def _term(person: YamlMap, day: date) -> YamlMap | None:
    """The latest term that covers the day, else the latest of all."""
    terms = maps_in(person, "terms")
    covering = [term for term in terms if covers(term, day, "start", "end")]
    return (covering or terms)[-1] if terms else None
