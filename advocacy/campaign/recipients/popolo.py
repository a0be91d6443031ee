"""People and their memberships in Popolo (https://www.popoloproject.com/specs/), as parliaments'
open data and EveryPolitician publish them: one JSON file with persons, organizations, memberships.

A person is written to by the membership of a legislature that covers the day; its days may stand
in the legislative period that it names.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.officials import (
    Absent,
    covers,
    maps_in,
    official,
    text_in,
    whole_day,
)
from advocacy.errors import Report
from advocacy.files.yaml.reading import YamlMap

_PERSONS = ("persons", "people")
_NAMED = ("organizations", "areas", "events", "posts")
_NO_CHAMBER = {"party", "parliamentary group", "faction", "commission", "committee", "executive"}
"""Kinds of organizations whose members are not necessarily members of a chamber."""

Record = Mapping[str, Any]
Records = Mapping[str, YamlMap]


def is_popolo(root: YamlMap) -> bool:
    """Whether a file holds people in Popolo's form."""
    return any(isinstance(root.get(key), list) for key in _PERSONS)


def read_popolo(root: YamlMap, day: date, report: Report) -> Iterator[Recipient]:
    """The people of a file who are members of a chamber on a day; all, where it names none."""
    persons = [person for key in _PERSONS for person in maps_in(root, key)]
    data = {
        key: _by_id(maps_in(root, key)) for key in ("organizations", "areas", "events", "posts")
    }
    memberships: dict[str, list[YamlMap]] = {}
    for one in maps_in(root, "memberships"):
        if _is_chamber(data["organizations"].get(text_in(one, "organization_id"))):
            memberships.setdefault(text_in(one, "person_id"), []).append(one)
    absent = Absent(day)
    for person in persons:
        mine = memberships.get(text_in(person, "id"), []) + maps_in(person, "memberships")
        held = [one for one in mine if _covers(one, day, data["events"])]
        if memberships and not held:
            absent.add(person.place)
            continue
        recipient = _member(person, held[-1] if held else None, data, report)
        if recipient is not None:
            yield recipient
    for problem in absent.problems():
        report(problem)


def _by_id(records: Iterable[YamlMap]) -> Records:
    return {text_in(one, "id"): one for one in records}


def _is_chamber(organization: YamlMap | None) -> bool:
    return organization is None or text_in(organization, "classification") not in _NO_CHAMBER


def _covers(membership: YamlMap, day: date, events: Records) -> bool:
    """Whether a membership covers a day, by its own days and those of its period."""
    period: Record = events.get(text_in(membership, "legislative_period_id"), {})
    return covers(membership, day, "start_date", "end_date") and covers(
        period, day, "start_date", "end_date"
    )


def _member(
    person: YamlMap, membership: YamlMap | None, data: Mapping[str, Records], report: Report
) -> Recipient | None:
    held: Record = membership or {}
    contacts = maps_in(held, "contact_details") + maps_in(person, "contact_details")
    links = maps_in(person, "links")
    post: Record = data["posts"].get(text_in(held, "post_id"), {})
    area: Record = data["areas"].get(text_in(held, "area_id") or text_in(post, "area_id"), {})
    values = {
        "id": text_in(person, "id"),
        "name": text_in(person, "name"),
        "given_name": text_in(person, "given_name"),
        "family_name": text_in(person, "family_name"),
        "honorific": text_in(person, "honorific_prefix"),
        "suffix": text_in(person, "honorific_suffix"),
        "gender": text_in(person, "gender"),
        "email": text_in(person, "email") or _contact(contacts, "email"),
        "address": tuple(
            line.strip() for line in _contact(contacts, "address").splitlines() if line.strip()
        ),
        "in_office_from": whole_day(text_in(held, "start_date")),
        "in_office_until": whole_day(text_in(held, "end_date")),
    }
    other = {
        "chamber": _name_of(data["organizations"], text_in(held, "organization_id")),
        "district": text_in(area, "name") or text_in(post, "label"),
        "party": _name_of(data["organizations"], text_in(held, "on_behalf_of_id")),
        "role": text_in(held, "role", "label") or text_in(post, "role"),
        "phone": _contact(contacts, "voice", "phone", "cell"),
        "url": text_in(links[0], "url") if links else "",
    }
    return official(values, other, person.place, report)


def _contact(contacts: Iterable[YamlMap], *kinds: str) -> str:
    return next((text_in(one, "value") for one in contacts if text_in(one, "type") in kinds), "")


def _name_of(organizations: Records, wanted: str) -> str:
    return text_in(organizations.get(wanted, {}), "name")
