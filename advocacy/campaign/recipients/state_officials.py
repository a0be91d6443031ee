"""State legislators and executives, from the YAML of the `openstates/people` project (CC0).

A state's folder (`data/oh`) has one file for each person in `legislature`, `executive` and other
folders, and committees in `committees`. Schema: openstates/people, `schema.md`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from advocacy.campaign.recipients.forms_of_address import EXECUTIVES, HONORIFIC
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.officials import (
    Absent,
    covers,
    maps_in,
    official,
    read_root,
    text_in,
    whole_day,
)
from advocacy.campaign.recipients.postal import split_lines
from advocacy.errors import Report, reporting
from advocacy.files.yaml.reading import YamlMap

COMMITTEES = "committees"
CHAMBERS = ("upper", "lower", "legislature")
_STATE = re.compile(r"/(?:state|district|territory):([a-z]{2})\b")


@dataclass(frozen=True, slots=True)
class StateSeat:
    """A legislator's seat on a committee."""

    committee: str
    title: str


SeatsByPerson = Mapping[str, Sequence[StateSeat]]


def is_person(root: YamlMap) -> bool:
    """Whether a record is a person of Open States."""
    return text_in(root, "id").startswith("ocd-person/") and "name" in root


def seats_beside(folders: Iterable[Path], report: Report) -> dict[str, list[StateSeat]]:
    """The seats on the committees whose files stand beside legislatures' folders, by person."""
    seats: dict[str, list[StateSeat]] = {}
    for folder in folders:
        for file in sorted((folder.parent / COMMITTEES).glob("*.y*ml")):
            with reporting(report):
                _add_seats(file, seats)
    return seats


def _add_seats(file: Path, seats: dict[str, list[StateSeat]]) -> None:
    root = read_root(file)
    if isinstance(root, YamlMap):
        for member in maps_in(root, "members"):
            seat = StateSeat(text_in(root, "name"), text_in(member, "role"))
            seats.setdefault(text_in(member, "person_id"), []).append(seat)


def read_persons(
    records: Iterable[YamlMap],
    day: date,
    report: Report,
    seats: SeatsByPerson,
    committee: str | None,
) -> Iterator[Recipient]:
    """The people of these records who hold an office on a day, with the office that they hold."""
    absent = Absent(day)
    for record in records:
        roles = [
            role for role in maps_in(record, "roles") if covers(role, day, "start_date", "end_date")
        ]
        if not roles:
            absent.add(record.place)
            continue
        recipient = _person(record, roles[-1], report, seats, committee)
        if recipient is not None:
            yield recipient
    for problem in absent.problems():
        report(problem)


def _person(
    record: YamlMap, role: YamlMap, report: Report, seats: SeatsByPerson, committee: str | None
) -> Recipient | None:
    kind = text_in(role, "type")
    offices = {text_in(one, "classification"): one for one in reversed(maps_in(record, "offices"))}
    addresses = {name: text_in(office, "address") for name, office in offices.items()}
    phones = {name: text_in(office, "voice", "phone") for name, office in offices.items()}
    address = addresses.get("capitol") or next(filter(None, addresses.values()), "")
    values = {
        "id": text_in(record, "id"),
        "name": text_in(record, "name"),
        "given_name": text_in(record, "given_name"),
        "family_name": text_in(record, "family_name"),
        "suffix": text_in(record, "suffix"),
        "gender": text_in(record, "gender"),
        **_executive(kind, text_in(record, "family_name")),
        "email": text_in(record, "email"),
        "in_office_from": whole_day(text_in(role, "start_date")),
        "in_office_until": whole_day(text_in(role, "end_date")),
        **split_lines(address),
    }
    state = _STATE.search(text_in(role, "jurisdiction"))
    parties = [one for one in maps_in(record, "party") if not text_in(one, "end_date")]
    links = maps_in(record, "links")
    other = {
        "chamber": kind if kind in CHAMBERS else "",
        "state": state[1].upper() if state else "",
        "district": text_in(role, "district"),
        "party": text_in(parties[0], "name") if parties else "",
        "phone": phones.get("capitol") or next(filter(None, phones.values()), ""),
        "url": text_in(links[0], "url") if links else "",
        "capitol_address": addresses.get("capitol", ""),
        "district_address": addresses.get("district", ""),
        **_committees(seats.get(values["id"], ()), committee),
    }
    return official(values, other, record.place, report)


def _executive(role: str, family_name: str) -> dict[str, str]:
    """How a letter addresses who is no legislator: `Governor`, `Dear Governor Roe:`."""
    if role in CHAMBERS:
        return {}
    found = {"title": role.replace("lt_", "lieutenant ").title(), "honorific": HONORIFIC}
    if family_name and role in EXECUTIVES:
        found["salutation"] = f"{EXECUTIVES[role]} {family_name}"
    return found


def _committees(mine: Sequence[StateSeat], wanted: str | None) -> dict[str, str]:
    """The committee that is asked for, else the first; and all of them."""
    chosen = [seat for seat in mine if seat.committee.casefold() == (wanted or "").casefold()]
    seat = next(iter(chosen if wanted else mine), StateSeat("", ""))
    titles = {one.committee: one.title for one in reversed(mine)}  # the first of each committee
    names = dict.fromkeys(one.committee for one in mine)
    return {
        "committee": seat.committee,
        "committee_title": seat.title,
        "committees": "; ".join(names),
        "committee_titles": "; ".join(titles[name] for name in names),
    }
