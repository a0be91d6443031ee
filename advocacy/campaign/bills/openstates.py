"""Reading bills in the JSON of Open States: of its API (version 3) and of its bulk files.

Its sponsorships have no days: whoever is listed is known to be a cosponsor from the day on which
the record was updated, and from no other. Its data say what classification an action has; the end
of a session is not in them.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from advocacy.campaign.bills.actions import openstates_events
from advocacy.campaign.bills.model import (
    Bill,
    BillEvent,
    BillMember,
    Chamber,
    Referral,
    RelatedBill,
    Sponsorship,
    bill_id,
)
from advocacy.errors import Place, Problem, Read

_CHAMBERS: dict[str, Chamber] = {"upper": "upper", "lower": "lower", "legislature": "legislature"}


def is_openstates_bill(data: object) -> bool:
    """Whether a JSON document is a bill of Open States."""
    return isinstance(data, Mapping) and "identifier" in data and "sponsorships" in data


def read_openstates_bill(data: Mapping[str, Any], path: Path) -> Read[Bill | None]:
    """The bill of an Open States document, and everything that is wrong with it."""
    place = Place(path)
    state, session, number = _state(data), _name(data.get("session")), _name(data["identifier"])
    as_of = _day(data.get("updated_at")) or _day(data.get("latest_action_date"))
    lacking = [
        name
        for name, value in (
            ("jurisdiction", state),
            ("session", session),
            ("identifier", number),
            ("updated_at", as_of),
        )
        if not value
    ]
    if lacking or as_of is None:
        message = f"The Open States bill has no {' and no '.join(f'`{one}`' for one in lacking)}."
        hint = "Download the bill again from Open States, with all its fields."
        return None, [Problem("bill-incomplete", message, hint, place)]
    actions = [one for one in _items(data.get("actions")) if _day(one.get("date"))]
    actions.sort(key=lambda one: (str(one["date"])[:10], one.get("order") or 0))
    events = tuple(_events(actions))
    origin = _chamber(data.get("from_organization")) or next(
        (event.chamber for event in events if event.chamber), None
    )
    primary, others = _sponsors(data, as_of, origin)
    return Bill(
        id=bill_id(state, session, number),
        legislature=state,
        session=session,
        number=number,
        title=_name(data.get("title")),
        origin=origin,
        as_of=as_of,
        introduced=_day(data.get("first_action_date"))
        or next((event.day for event in events), None),
        sponsors=primary,
        cosponsors=others,
        referrals=tuple(_referrals(actions)),
        events=events,
        related=tuple(_related(data, state)),
        url=_name(data.get("openstates_url")),
        place=place,
    ), []


def _items(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _name(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("identifier") or value.get("name")
    return str(value or "").strip()


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None


def _state(data: Mapping[str, Any]) -> str:
    """The two letters of the state, from `ocd-jurisdiction/country:us/state:oh/government`."""
    jurisdiction = data.get("jurisdiction")
    if isinstance(jurisdiction, Mapping):
        jurisdiction = jurisdiction.get("id")
    for part in str(jurisdiction or "").split("/"):
        kind, _, name = part.partition(":")
        if kind in ("state", "district", "territory"):
            return name
    return ""


def _chamber(organization: object) -> Chamber | None:
    if isinstance(organization, Mapping):
        organization = organization.get("classification")
    return _CHAMBERS.get(str(organization or ""))


def _events(actions: list[Mapping[str, Any]]) -> Iterator[BillEvent]:
    kinds = openstates_events()
    for action in actions:
        day = _day(action.get("date"))
        for name in action.get("classification") or ():
            if name in kinds and day is not None:
                chamber = _chamber(action.get("organization"))
                yield BillEvent(day, kinds[name], chamber, _name(action.get("description")))


def _referrals(actions: list[Mapping[str, Any]]) -> Iterator[Referral]:
    """Committees that an action names when it refers a bill, until their next report."""
    referred: dict[str, Referral] = {}
    for action in actions:
        day, names = _day(action.get("date")), action.get("classification") or ()
        for one in _items(action.get("related_entities")):
            if one.get("entity_type") != "organization" or day is None:
                continue
            name = _name(one)
            code = str((one.get("organization") or {}).get("id") or "")
            chamber = _chamber(action.get("organization"))
            if "referral-committee" in names:
                referred.setdefault(name, Referral(code, name, chamber, day))
            elif name in referred and any(kind.startswith("committee-passage") for kind in names):
                was = referred[name]
                referred[name] = Referral(was.code, name, was.chamber, was.referred, day)
    yield from referred.values()


def _sponsors(
    data: Mapping[str, Any], as_of: date, origin: Chamber | None
) -> tuple[tuple[BillMember, ...], tuple[Sponsorship, ...]]:
    primary: list[BillMember] = []
    others: list[Sponsorship] = []
    for one in _items(data.get("sponsorships")):
        person = one.get("person") if isinstance(one.get("person"), Mapping) else {}
        role = (person or {}).get("current_role") or {}
        member = BillMember(
            str((person or {}).get("id") or one.get("person_id") or ""),
            _name(person) or _name(one),
            _CHAMBERS.get(str(role.get("org_classification") or "")) or origin,
            str((person or {}).get("party") or ""),
            "",
            str(role.get("district") or ""),
        )
        if one.get("primary"):
            primary.append(member)
        else:
            others.append(Sponsorship(member, joined=as_of))
    return tuple(primary), tuple(others)


def _related(data: Mapping[str, Any], state: str) -> Iterator[RelatedBill]:
    for one in _items(data.get("related_bills")):
        number, session = _name(one.get("identifier")), _name(one.get("legislative_session"))
        if number and one.get("relation_type") in ("companion", "related"):
            identical = one.get("relation_type") == "companion"
            yield RelatedBill(bill_id(state, session, number), number, None, identical)
