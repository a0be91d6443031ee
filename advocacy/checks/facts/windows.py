"""Days that several stages of a campaign cover for one recipient, or that none covers."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations, product

from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import stage_sets
from advocacy.checks.codes import problem
from advocacy.errors import Problem

ONE_DAY = timedelta(days=1)


def windows(campaign: Campaign, recipients: Sequence[Recipient]) -> Iterator[Problem]:
    """Overlaps and gaps of the stages, each told once with those whom it concerns."""
    overlaps: dict[tuple[str, str], list[str]] = {}
    gaps: dict[tuple[date, date], list[str]] = {}
    seen: dict[tuple[str, ...], list[str]] = {}
    stages = campaign.file.stages
    sets = [names for _, names in stage_sets(campaign)]
    for recipient, names in product(recipients, sets):
        mine = tuple(
            name for name in names if not stages[name].to or recipient.letter_id in stages[name].to
        )
        seen.setdefault(mine, []).append(recipient.called)
    for mine, people in seen.items():
        for pair in combinations(mine, 2):
            if _common(campaign, *pair):
                overlaps.setdefault(pair, []).extend(people)
        for gap in _gaps(campaign, mine):
            gaps.setdefault(gap, []).extend(people)
    for pair, people in overlaps.items():
        yield _overlap(campaign, pair, _whom(people, recipients))
    for gap, people in gaps.items():
        yield _gap(campaign, gap, _whom(people, recipients))


def _common(campaign: Campaign, one: str, two: str) -> tuple[date, date] | None:
    """The first and last day that both stages cover."""
    a, b = campaign.file.stages[one], campaign.file.stages[two]
    first = max(a.from_ or date.min, b.from_ or date.min)
    last = min(a.until or date.max, b.until or date.max)
    return (first, last) if first <= last else None


def _gaps(campaign: Campaign, names: tuple[str, ...]) -> Iterator[tuple[date, date]]:
    """Runs of days between the first and the last stage that none of them covers."""
    stages = sorted(
        (campaign.file.stages[name] for name in names), key=lambda s: s.from_ or date.min
    )
    reached: date | None = None
    for stage in stages:
        if reached is not None and stage.from_ is not None and stage.from_ > reached + ONE_DAY:
            yield reached + ONE_DAY, stage.from_ - ONE_DAY
        last = stage.until or date.max
        reached = last if reached is None else max(reached, last)
        if reached == date.max:
            return


def _overlap(campaign: Campaign, pair: tuple[str, str], whom: str) -> Problem:
    common = _common(campaign, *pair)
    days = _run(*common) if common else ""
    later = max(pair, key=lambda name: campaign.file.stages[name].from_ or date.min)
    return problem(
        "stages-overlap",
        f"The stages `{pair[0]}` and `{pair[1]}` both cover {days}{whom}.",
        "Let one end on the day before the other begins; both days of a window count.",
        campaign.file.stages[later].place("from"),
    )


def _gap(campaign: Campaign, gap: tuple[date, date], whom: str) -> Problem:
    return problem(
        "stages-gap",
        f"No stage covers {_run(*gap)}{whom}: on those days there is no letter to send.",
        "If that is meant, leave it; else widen a window or add a stage.",
        campaign.file.place("stages"),
    )


def _run(first: date, last: date) -> str:
    if first == last:
        return str(first)
    if first == date.min:
        return "every day" if last == date.max else f"all days until {last}"
    return f"all days from {first}" if last == date.max else f"{first} to {last}"


def _whom(people: list[str], recipients: Sequence[Recipient]) -> str:
    if len(people) == len(recipients):
        return ""
    some = ", ".join(people[:3]) + (f" and {len(people) - 3} more" if len(people) > 3 else "")
    return f" for {some}"
