"""Members of Congress, from the files of the `unitedstates/congress-legislators` project as they
are: legislators, committees, and who sits on which committee (all CC0).

Forms of address are those that the Senate and the House use themselves: “The Honorable” and the
full name on the envelope, “Senator”, “Representative” (a delegate or the resident commissioner by
that title) and the last name in the salutation. None depends on a person's gender.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.table import recipient_of
from advocacy.errors import AdvocacyError, Hint, Place, Problem, Report, reporting
from advocacy.files.text import read_text
from advocacy.files.yaml.reading import YamlList, YamlMap, scan_root

CHAMBERS = {"sen": "senate", "rep": "house"}
_HOUSES = {"senate": "United States Senate", "house": "United States House of Representatives"}
_DELEGATES = {"DC", "AS", "GU", "VI", "MP"}
_OFFICE = re.compile(r"(.+?),?;? Washington,? D\.?C\.? ([0-9]{5}(?:-[0-9]{4})?)", re.IGNORECASE)
_WANTED = ("url", "contact_form", "phone", "party", "caucus", "state_rank")
COLUMNS = (
    *("bioguide", "chamber", "state", "district", *_WANTED),
    *("committee", "committee_code", "committee_rank", "committee_title", "committee_side"),
    *("committees", "committee_codes", "committee_titles"),
)
"""The columns that a member has beside the known ones; empty where nothing is known."""


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


def read_legislators(
    path: Path, day: date, report: Report, seats: Seats, committee: str | None = None
) -> Iterator[Recipient]:
    """The members of Congress in a legislators file, with the term that covers a day.

    `committee` (a code or a name) is the committee whose rank a member gets, and title; without
    it, the one on which the member stands highest. Who has no office address, or no term that
    covers the day, is refused when the letter is composed.
    """
    with reporting(report):
        for person in _items(path):
            member = _member(person, day, report, seats, committee)
            if member is not None:
                yield member


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
            root = _root(path)
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
        root = _root(beside)
        names = _names(root) if isinstance(root, YamlList) else {}
    if not names:
        message = "The names of the committees are missing."
        hint = "Add `committees-current.yaml`: --committees FILE --committees FILE."
        raise AdvocacyError(Problem("no-committee-names", message, hint, membership.place))
    return Seats(_by_member(membership, names), names)


def _not_committees(path: Path) -> Problem:
    return Problem(
        "not-committees",
        "This is not a file of committee members.",
        "Use `committee-membership-current.yaml` from unitedstates/congress-legislators.",
        Place(path),
    )


def _root(path: Path) -> Any:
    """What stands at the top of a YAML file, be it a mapping or a list. Raises AdvocacyError."""
    root, problems = scan_root(read_text(path), path)
    if problems:
        raise AdvocacyError(problems)
    return root


def _names(committees: YamlList) -> dict[str, str]:
    known = (item for item in committees if isinstance(item, YamlMap))
    return {_text(item, "thomas_id"): _text(item, "name") for item in known if "thomas_id" in item}


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
                    _text(item, "title"),
                    _text(item, "party"),
                )
                seats.setdefault(_text(item, "bioguide"), []).append(seat)
    return {
        member: tuple(sorted(found, key=lambda seat: (not seat.title, seat.rank, seat.code)))
        for member, found in seats.items()
    }


def _items(path: Path) -> list[YamlMap]:
    root = _root(path)
    people = [item for item in root or () if isinstance(item, YamlMap)]
    if not isinstance(root, YamlList) or not people or "terms" not in people[0]:
        message = "This YAML file is not a list of members of Congress."
        hint = (
            "Lists are CSV, XLSX or JSON Lines. The only YAML list is `legislators-current.yaml`."
        )
        raise AdvocacyError(Problem("not-legislators", message, hint, Place(path)))
    return people


def _member(
    person: YamlMap, day: date, report: Report, seats: Seats, committee: str | None
) -> Recipient | None:
    names = _map(person, "name")
    name = _text(names, "official_full") or " ".join(
        part for part in (_text(names, key) for key in ("first", "last", "suffix")) if part
    )
    term = _term(person, day)
    if term is None or not name:
        message = f"{name or 'A member'} has no term of office in this file."
        report(Problem("no-term", message, Hint("exclude"), person.place))
        return None
    chamber = CHAMBERS.get(_text(term, "type"), "")
    found = _OFFICE.fullmatch(" ".join(_text(term, "address").split()))
    bioguide = _text(_map(person, "id"), "bioguide")
    values: dict[str, Any] = {
        "id": bioguide.lower(),
        # Nicknames stand in straight marks, which are not for print.
        "name": re.sub(r'"([^"]*)"', "“\\1”", name),
        "given_name": _text(names, "first"),
        "family_name": _text(names, "last"),
        "suffix": _text(names, "suffix"),
        "honorific": "The Honorable",
        "organization": _HOUSES.get(chamber, ""),
        "salutation": f"{_called(chamber, _text(term, 'state'))} {_text(names, 'last')}",
        "country": "US",
        "in_office_from": _text(term, "start"),
        "in_office_until": _text(term, "end"),
    }
    if found:
        town = {"city": "Washington", "region": "DC", "postal_code": found[2]}
        values |= {"address": (found[1],), **town}
    elif _text(term, "address"):
        values["address"] = (_text(term, "address"),)
    values = {key: value for key, value in values.items() if value}
    recipient = recipient_of(values, person.place, report, name)
    if recipient is None:
        return None
    # Empty texts are not values of a row, but templates may ask for each of these columns.
    other = _other(bioguide, chamber, term, seats, committee)
    return recipient.model_copy(update={"other": other})


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
        "state": _text(term, "state"),
        "district": _text(term, "district"),
        **{key: _text(term, key) for key in _WANTED},
        "committee": seat.committee if seat else "",
        "committee_code": seat.code if seat else "",
        "committee_rank": str(seat.rank) if seat else "",
        "committee_title": seat.title if seat else "",
        "committee_side": seat.side if seat else "",
        "committees": "; ".join(one.committee for one in mine),
        "committee_codes": "; ".join(one.code for one in mine),
        "committee_titles": "; ".join(one.title for one in mine),
    }


def _term(person: YamlMap, day: date) -> YamlMap | None:
    """The latest term that covers the day, else the latest of all."""
    terms = [term for term in person.get("terms") or () if isinstance(term, YamlMap)]
    covering = [
        term
        for term in terms
        if _text(term, "start") <= day.isoformat() <= (_text(term, "end") or "9999")
    ]
    return (covering or terms)[-1] if terms else None


def _map(data: YamlMap, key: str) -> YamlMap:
    found = data.get(key)
    return found if isinstance(found, YamlMap) else YamlMap(data.path, data.place)


def _text(data: YamlMap, key: str) -> str:
    value = data.get(key)
    return "" if value is None or isinstance(value, YamlMap | YamlList) else str(value).strip()
