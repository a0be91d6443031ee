"""The letters that are to be written: to whom, and by whom."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from advocacy.campaign.addressing import People, not_in_office, recipients_of, without_address
from advocacy.campaign.campaign import SupporterRules
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients.select import Selection
from advocacy.campaign.supporters.model import Correspondence, Supporter, Supporters
from advocacy.campaign.supporters.reading import (
    Group,
    SupporterTally,
    Targets,
    notes,
    place_in_order,
    read_supporters,
    share_out,
)
from advocacy.errors import Hint, Level, Place, Problem, Report, did_you_mean, ignore


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
    letters = _of_supporters(campaign, day, report, people, people.supporters)
    yield from _selected(letters, report, people)


def _of_supporters(
    campaign: Campaign, day: date, report: Report, people: People, path: Path
) -> Iterator[Correspondence]:
    rules = campaign.file.supporters
    targets = Targets(rules.match)
    _gather(targets, campaign, day, report, people)
    if not any(group.recipients for group in targets):
        return
    tally = SupporterTally()
    if people.joint:
        yield from _joint(targets, rules, day, report, people, path, tally)
    else:
        yield from _own(targets, campaign, day, report, people, path, tally)
    for note in notes(tally, rules, path):
        report(note)


def _gather(
    targets: Targets, campaign: Campaign, day: date, report: Report, people: People
) -> None:
    """Read the recipients, but for those whom no letter can be written to, which is reported."""
    chosen = people.selecting(
        Selection(where=people.selection.where, excluded=people.selection.excluded)
    )
    for row in recipients_of(campaign, day, report, chosen):
        wrong = not_in_office(row, day) or without_address(campaign, row)
        if wrong and wrong.level is Level.ERROR:
            report(wrong)
        elif not targets.add(row):
            columns = " or ".join(f"`{name}`" for name in campaign.file.supporters.match)
            message = f"{row.called} has no {columns}, so their supporters cannot be matched."
            hint = Hint("fix-or-exclude", cure="Fill them in")
            report(Problem("nobodys-target", message, hint, row.place()))


def _own(
    targets: Targets,
    campaign: Campaign,
    day: date,
    report: Report,
    people: People,
    path: Path,
    tally: SupporterTally,
) -> Iterator[Correspondence]:
    """Each supporter's letters."""
    rules, name = campaign.file.supporters, campaign.file.id
    excluded = people.selection.excluded
    # Read twice, so that whose turn it is does not depend on which letters are asked for.
    everyone = read_supporters(path, rules, day, ignore, SupporterTally(), excluded=excluded)
    share_out(name, targets, everyone, day, rules.max_per_target)
    sample = people.selection.sample
    for row in read_supporters(path, rules, day, report, tally, excluded=excluded, sample=sample):
        mine = targets.of(row)
        if not mine:
            tally.without_target(row.place)
        place, signed = place_in_order(name, row.id), Supporters((row,))
        for group in mine:
            if group.turn[0] <= place <= group.turn[1]:
                for recipient in group.recipients:
                    yield Correspondence(recipient, signed)
    full = [group for group in targets if group.waiting]
    if full:
        report(_waiting(full, rules, day, path))


def _waiting(full: list[Group], rules: SupporterRules, day: date, path: Path) -> Problem:
    """That letters were not made, lest one recipient gets too many in a day."""
    letters = sum(group.waiting * len(group.recipients) for group in full)
    most: Group = max(full, key=lambda group: group.waiting)
    return Problem(
        "max-per-target",
        f"{letters:,} letters are not made today. A recipient gets at most "
        f"{rules.max_per_target:,} a day, and {most.recipients[0].called} would get "
        f"{most.written + most.waiting:,}.",
        "The other letters follow on later days. Render again tomorrow, or use `--date` for a "
        f"day other than {day}.",
        Place(path),
        Level.NOTE,
    )


def _joint(
    targets: Targets,
    rules: SupporterRules,
    day: date,
    report: Report,
    people: People,
    path: Path,
    tally: SupporterTally,
) -> Iterator[Correspondence]:
    """One letter for each recipient, with all supporters; some are named, the rest counted."""
    named: dict[int, list[Supporter]] = {}
    counts: dict[int, int] = {}
    selection = people.selection
    for row in read_supporters(
        path,
        rules,
        day,
        report,
        tally,
        excluded=selection.excluded,
        sample=selection.sample,
        with_words=False,
    ):
        mine = targets.of(row)
        if not mine:
            tally.without_target(row.place)
        for group in mine:
            key = id(group)
            counts[key] = counts.get(key, 0) + 1
            # One more than is printed: “and 1 others” is never said.
            if counts[key] <= rules.joint_names + 1:
                named.setdefault(key, []).append(row)
    for group in targets:
        count = counts.get(id(group), 0)
        if count:
            some = named[id(group)]
            if count > len(some):
                some = some[: rules.joint_names]
            signed = Supporters(tuple(some), count, joint=True)
            for recipient in group.recipients:
                yield Correspondence(recipient, signed)


def _selected(
    letters: Iterator[Correspondence], report: Report, people: People
) -> Iterator[Correspondence]:
    """The letters that are asked for."""
    selection = people.selection
    wanted = {name.lower() for name in selection.only}
    found: set[str] = set()
    ids: list[str] = []
    left = selection.limit
    for one in letters:
        name = one.letter_id
        if name in selection.excluded:
            continue
        if wanted:
            if len(ids) < 1000:
                ids.append(name)
            if name not in wanted:
                continue
            found.add(name)
        if left == 0:
            return
        left = None if left is None else left - 1
        yield one
    for name in sorted(wanted - found):
        hint = did_you_mean(name, ids)
        report(Problem("unknown-letter", f"The lists have no letter `{name}`.", hint))
