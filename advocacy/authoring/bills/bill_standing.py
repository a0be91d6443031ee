"""Describe a bill on a day: its state, its people by position, and what is due because of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from advocacy.campaign.addressing import People, not_in_office, recipients_of
from advocacy.campaign.bills.model import Bill, BillMember
from advocacy.campaign.bills.positions import POSITIONS, bill_for, position_on
from advocacy.campaign.bills.reading import read_bill
from advocacy.campaign.bills.states import (
    BillState,
    bill_state,
    can_cosponsor,
    chamber_name,
    describe_state,
    open_referrals,
    summarize_state,
)
from advocacy.campaign.campaign_rules import CampaignEvent
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.lists import read_list
from advocacy.campaign.stages import bill_over, stage_for
from advocacy.errors import Place, Problem, Read
from advocacy.files.yaml.reading import scan_yaml

DUE_WITHIN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class PositionGroup:
    """Everyone of one position, chamber and party; `party` may be empty."""

    position: str
    chamber: str
    party: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DueLetters:
    """The letters of a stage on the day: how many, or why there are none."""

    stage: str
    letters: int
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class BillStanding:
    """A bill on a day, for a person to read.

    `changes` are sentences about what is new since an earlier file; `upcoming` are the campaign's
    events of the next 14 days.
    """

    bill: Bill
    day: date
    state: BillState
    groups: tuple[PositionGroup, ...]
    changes: tuple[str, ...] = ()
    due: tuple[DueLetters, ...] = ()
    upcoming: tuple[CampaignEvent, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The state in a few words: `passed the Senate, held at the desk`."""
        return summarize_state(self.bill, self.state)

    def facts(self) -> list[tuple[str, str]]:
        """What a person asks first, as pairs of a heading and a text."""
        bill, day = self.bill, self.day
        since = f" since {self.state.since}" if self.state.since else ""
        lists = [
            chamber_name(one)
            for one in ("house", "senate", "legislature", "upper", "lower")
            if can_cosponsor(bill, one, day)
        ]
        committees = ", ".join(one.name for one in open_referrals(bill, day))
        rows = [
            ("bill", bill.name),
            ("state", f"{self.summary}{since}"),
            ("cosponsors", f"{sum(one.covers(day) for one in bill.cosponsors)}"),
            ("can join", f"members of {lists[0]}" if lists else "nobody"),
            ("before", committees or "no committee"),
            ("last day", str(bill.last_day) if bill.last_day else "not in the file"),
            ("record of", f"{bill.as_of}{'' if bill.official else ', not official'}"),
        ]
        return [(heading, text) for heading, text in rows if text]

    def record(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "bill": self.bill.id,
            "number": self.bill.number,
            "name": self.bill.name,
            "date": self.day.isoformat(),
            "state": self.state.kind,
            "since": self.state.since.isoformat() if self.state.since else None,
            "summary": self.summary,
            "as_of": self.bill.as_of.isoformat(),
            "last_day": self.bill.last_day.isoformat() if self.bill.last_day else None,
            "positions": [
                {
                    "position": one.position,
                    "chamber": one.chamber,
                    "party": one.party,
                    "count": len(one.names),
                    "names": list(one.names),
                }
                for one in self.groups
            ],
            "not_on_the_list": list(self.others),
            "changes": list(self.changes),
            "due": [
                {"stage": one.stage, "letters": one.letters, "wrong": one.wrong or None}
                for one in self.due
            ],
            "events": [
                {"day": one.day.isoformat(), "kind": one.kind, "what": one.what}
                for one in self.upcoming
            ],
        }


def bill_standing(
    bill: Bill,
    day: date,
    *,
    people: Sequence[Recipient] = (),
    campaign: Campaign | None = None,
    earlier: Bill | None = None,
) -> BillStanding:
    """Describe a bill on a day.

    `people` are lawmakers of a list; without them, the positions are those that the bill's own file
    names. `campaign` adds its letters and events, `earlier` what has changed since that file.
    """
    everyone = [
        person for one in people for person in one.people if not_in_office(person, day) is None
    ]
    return BillStanding(
        bill,
        day,
        bill_state(bill, day),
        _groups(bill, day, everyone, campaign.bills if campaign else {}),
        _changes(earlier, bill, day) if earlier else (),
        _due(campaign, bill, day, people) if campaign else (),
        _upcoming(campaign, bill, day) if campaign else (),
        _missing(bill, day, everyone),
    )


def read_standings(
    path: Path,
    day: date | None,
    people: People,
    since: Path | None = None,
) -> Read[list[BillStanding]]:
    """Describe the bill of a file, or all bills of a campaign.

    `day` is by default the campaign's date, or the day of the bill's record. `people` names a list
    of lawmakers; a campaign has its own. `since` is an earlier file of the bill.
    """
    campaign: Campaign | None = None
    if _is_campaign(path):
        campaign, problems = load_campaign(path)
        bills = list(campaign.bills.values()) if campaign else []
        if campaign and not bills:
            message = "The campaign names no bills."
            hint = "List the bill's file under `bills:`."
            problems.append(Problem("no-bills", message, hint, Place(path)))
    else:
        bill, problems = read_bill(path)
        bills = [bill] if bill else []
    earlier, found = read_bill(since) if since else (None, [])
    problems += found
    if since and earlier and bills and earlier.id not in [one.id for one in bills]:
        message = f"The earlier file is about another bill, `{earlier.id}`."
        hint = f"Name an earlier file of `{bills[0].id}`. Numbers are used again in each Congress."
        problems.append(Problem("other-bill", message, hint, Place(since)))
    standings: list[BillStanding] = []
    for bill in bills:
        on = day or (campaign.letter_date() if campaign else bill.as_of)
        lawmakers = _lawmakers(campaign, people, on, problems)
        older = earlier if earlier and earlier.id == bill.id else None
        standings.append(
            bill_standing(bill, on, people=lawmakers, campaign=campaign, earlier=older)
        )
    return standings, list(dict.fromkeys(problems))


def _is_campaign(path: Path) -> bool:
    """Whether a file is a campaign: a YAML file with stages."""
    if path.suffix.casefold() not in (".yaml", ".yml"):
        return False
    data, _ = scan_yaml(path)
    return data is not None and "stages" in data


def _lawmakers(
    campaign: Campaign | None, people: People, day: date, problems: list[Problem]
) -> list[Recipient]:
    if campaign is not None:
        return list(recipients_of(campaign, day, problems.append, people))
    if people.list is None:
        return []
    return list(read_list(people.list, day, problems.append, committees=people.committees))


def _groups(
    bill: Bill, day: date, people: Sequence[Recipient], bills: Mapping[str, Bill]
) -> tuple[PositionGroup, ...]:
    found: dict[tuple[str, str, str], list[str]] = {}
    if people:
        for one in people:
            if bill_for(bill, bills, one, day) is not bill:
                continue
            key = (
                str(position_on(bill, one, day).name),
                one.text_of("chamber"),
                one.text_of("party"),
            )
            found.setdefault(key, []).append(one.full_name)
    else:
        for position, members in _named(bill, day):
            for member in members:
                key = position, member.chamber or "", member.party
                found.setdefault(key, []).append(member.name)
    order = {str(name): number for number, name in enumerate(POSITIONS)}
    return tuple(
        PositionGroup(*key, tuple(names))
        for key, names in sorted(
            found.items(),
            key=lambda item: (order[item[0][0]], item[0][1], -len(item[1])),
        )
    )


def _named(bill: Bill, day: date) -> Iterable[tuple[str, list[BillMember]]]:
    yield "sponsor", list(bill.sponsors)
    yield "cosponsor", [one.member for one in bill.cosponsors if one.covers(day)]


def _missing(bill: Bill, day: date, people: Sequence[Recipient]) -> tuple[str, ...]:
    """Sponsors and cosponsors of the day whom a list of people does not have."""
    if not people:
        return ()
    known = {one.text_of("bioguide").casefold() for one in people}
    known |= {(one.id or "").casefold() for one in people}
    known |= {one.full_name.casefold() for one in people}
    return tuple(
        f"{member.name} ({position})"
        for position, members in _named(bill, day)
        for member in members
        if member.id.casefold() not in known and member.name.casefold() not in known
    )


def _changes(earlier: Bill, bill: Bill, day: date) -> tuple[str, ...]:
    """What is new in a bill's file since an earlier one, as sentences."""
    was, now = bill_state(earlier, earlier.as_of), bill_state(bill, day)
    before = {one.member.id or one.member.name: one for one in earlier.cosponsors}
    told: list[str] = []
    if was != now:
        told.append(f"{bill.number} {describe_state(bill, now)}; before: {was.kind}.")
    for one in bill.cosponsors:
        old = before.get(one.member.id or one.member.name)
        if old is None and one.covers(day):
            told.append(f"{one.member.name} joined{f' on {one.joined}' if one.joined else ''}.")
        elif one.withdrawn and one.withdrawn <= day and (old is None or old.withdrawn is None):
            told.append(f"{one.member.name} withdrew on {one.withdrawn}.")
    # Open States keeps no withdrawals: who has withdrawn is no longer listed.
    listed = {one.member.id or one.member.name for one in bill.cosponsors}
    told += [
        f"{one.member.name} is no longer listed."
        for key, one in before.items()
        if key not in listed and one.covers(earlier.as_of)
    ]
    return tuple(told)


def _due(
    campaign: Campaign, bill: Bill, day: date, people: Sequence[Recipient]
) -> tuple[DueLetters, ...]:
    """The letters that each stage about the bill makes on the day."""
    counts: Counter[str] = Counter()
    for one in people:
        name, _ = stage_for(campaign, one, day)
        if name is not None:
            counts[name] += 1
    found: list[DueLetters] = []
    for name, stage in campaign.file.stages.items():
        if stage.bill != bill.id:
            continue
        over = bill_over(campaign, stage, day)
        outside = "" if stage.covers(day) else f"its window is {stage.days.text()}"
        wrong = (over.message if over else "") or outside
        found.append(DueLetters(name, 0 if wrong else counts[name], wrong))
    return tuple(found)


def _upcoming(campaign: Campaign, bill: Bill, day: date) -> tuple[CampaignEvent, ...]:
    events = [
        one
        for one in campaign.file.events.values()
        if one.bill in (None, bill.id) and day <= one.day <= day + DUE_WITHIN
    ]
    return tuple(sorted(events, key=lambda one: one.day))
