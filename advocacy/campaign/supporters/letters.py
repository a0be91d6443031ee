"""The letters that are to be written: to whom, and by whom."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advocacy.campaign.addressing import People, not_in_office, postal_problem, recipients_of
from advocacy.campaign.campaign_rules import SupporterRules
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients.select import Selection, either_case
from advocacy.campaign.supporters.consent import SupporterTally
from advocacy.campaign.supporters.districts import Districts, read_districts
from advocacy.campaign.supporters.model import Correspondence, Supporter, Supporters
from advocacy.campaign.supporters.reading import (
    Group,
    Targets,
    notes,
    place_in_order,
    read_supporters,
    share_out,
)
from advocacy.errors import Hint, Level, Place, Problem, Report, count_noun, did_you_mean, ignore


def correspondence(
    campaign: Campaign, day: date, report: Report, people: People | None = None
) -> Iterator[Correspondence]:
    """The letters of a day, one after the other.

    With supporters, one for each of them and each recipient who is theirs, in the order of
    their list; or with `joint`, one for each recipient. Of the selection, `where` then chooses
    recipients, `sample` supporters, and `only` and `limit` letters; `excluded` are supporters,
    recipients or letters.
    """
    people = people or People()
    if people.supporters is None:
        yield from map(Correspondence, recipients_of(campaign, day, report, people))
        return
    districts = read_districts(people.districts, report)
    asked = _Asked(campaign, day, report, people, people.supporters, districts=districts)
    yield from _selected(_of_supporters(asked), report, people)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What letters of supporters are asked for, and what is found out on the way."""

    campaign: Campaign
    day: date
    report: Report
    people: People
    path: Path
    tally: SupporterTally = field(default_factory=SupporterTally)
    districts: Districts = field(default_factory=dict)

    @property
    def rules(self) -> SupporterRules:
        return self.campaign.file.supporters

    @property
    def home(self) -> str | None:
        """The country of supporters whose row has none."""
        return self.campaign.file.sender.country or self.campaign.file.target.country

    def read(self, *, with_words: bool = True) -> Iterator[Supporter]:
        """The supporters of the list, with what is wrong with them reported and counted."""
        selection = self.people.selection
        return read_supporters(
            self.path,
            self.rules,
            self.day,
            self.report,
            self.tally,
            excluded=selection.excluded,
            sample=selection.sample,
            with_words=with_words,
            home=self.home,
            districts=self.districts,
        )


def _of_supporters(asked: _Asked) -> Iterator[Correspondence]:
    targets = Targets(asked.rules.match)
    _gather(targets, asked)
    if not any(group.recipients for group in targets):
        return
    yield from _joint(targets, asked) if asked.people.joint else _own(targets, asked)
    for note in notes(asked.tally, asked.rules, asked.path):
        asked.report(note)


def _gather(targets: Targets, asked: _Asked) -> None:
    """Read the recipients, but for those whom no letter can be written to, which is reported."""
    selection, report = asked.people.selection, asked.report
    chosen = asked.people.selecting(Selection(where=selection.where, excluded=selection.excluded))
    for row in recipients_of(asked.campaign, asked.day, report, chosen):
        wrong = not_in_office(row, asked.day) or postal_problem(asked.campaign, row)
        if wrong and wrong.level is Level.ERROR:
            report(wrong)
        elif not targets.add(row):
            columns = " or ".join(f"`{name}`" for name in asked.rules.match)
            message = f"{row.called} has no {columns}, so their supporters cannot be matched."
            hint = Hint("fix-or-exclude", cure="Fill them in")
            report(Problem("nobodys-target", message, hint, row.place()))


def _own(targets: Targets, asked: _Asked) -> Iterator[Correspondence]:
    """Each supporter's letters."""
    rules, name, day = asked.rules, asked.campaign.file.id, asked.day
    excluded = asked.people.selection.excluded
    # Read twice, so that whose turn it is does not depend on which letters are asked for.
    everyone = read_supporters(
        asked.path, rules, day, ignore, SupporterTally(), excluded=excluded, home=asked.home,
        districts=asked.districts,
    )  # fmt: skip
    share_out(name, targets, everyone, day, rules.max_per_target)
    for row in asked.read():
        mine = targets.of(row)
        if not mine:
            asked.tally.without_target(row.place)
        place, signed = place_in_order(name, row.id), Supporters((row,))
        for group in mine:
            if group.turn[0] <= place <= group.turn[1]:
                for recipient in group.recipients:
                    yield Correspondence(recipient, signed)
    full = [group for group in targets if group.waiting]
    if full:
        asked.report(_waiting(full, rules, day, asked.path))


def _waiting(full: list[Group], rules: SupporterRules, day: date, path: Path) -> Problem:
    """That letters were not made, lest one recipient gets too many in a day."""
    letters = sum(group.waiting * len(group.recipients) for group in full)
    most: Group = max(full, key=lambda group: group.waiting)
    return Problem(
        "max-per-target",
        f"{count_noun(letters, 'letter is', 'letters are')} not made today. A recipient gets at "
        f"most {rules.max_per_target:,} a day, and {most.recipients[0].called} would get "
        f"{most.written + most.waiting:,}.",
        "The other letters are made on later days. Render again tomorrow, or use `--date` for a "
        f"day other than {day}.",
        Place(path),
        Level.NOTE,
    )


def _joint(targets: Targets, asked: _Asked) -> Iterator[Correspondence]:
    """One letter for each recipient, with all supporters; some are named, the rest counted."""
    named: dict[int, list[Supporter]] = {}
    counts: dict[int, int] = {}
    most = asked.rules.joint_names
    for row in asked.read(with_words=False):
        mine = targets.of(row)
        if not mine:
            asked.tally.without_target(row.place)
        for group in mine:
            key = id(group)
            counts[key] = counts.get(key, 0) + 1
            # One more than is printed: “and 1 others” is never said.
            if counts[key] <= most + 1:
                named.setdefault(key, []).append(row)
    for group in targets:
        count = counts.get(id(group), 0)
        if count:
            some = named[id(group)]
            if count > len(some):
                some = some[:most]
            signed = Supporters(tuple(some), count, joint=True)
            for recipient in group.recipients:
                yield Correspondence(recipient, signed)


def _selected(
    letters: Iterator[Correspondence], report: Report, people: People
) -> Iterator[Correspondence]:
    """The letters that are asked for."""
    selection = people.selection
    wanted = either_case(selection.only)
    missing = dict.fromkeys(selection.only)
    ids: list[str] = []
    left = selection.limit
    for one in letters:
        if selection.excluded and one.goes_by(selection.excluded):
            continue
        if wanted:
            if len(ids) < 1000:
                ids.append(one.letter_id)
            if not one.goes_by(wanted):
                continue
            for name in [name for name in missing if one.goes_by(either_case((name,)))]:
                del missing[name]
        if left == 0:
            return
        left = None if left is None else left - 1
        yield one
    for name in sorted(missing):
        hint = did_you_mean(name, ids)
        report(Problem("unknown-letter", f"The lists have no letter `{name}`.", hint))
