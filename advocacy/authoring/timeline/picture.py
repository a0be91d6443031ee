"""What the timeline shows: stages and facts, each with the columns of its days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from advocacy.authoring.facts.standing import FactStanding, standings
from advocacy.authoring.timeline.columns import DayColumn, columns_of, in_words
from advocacy.campaign.campaign import Stage
from advocacy.campaign.days import Days
from advocacy.campaign.loading import Campaign
from advocacy.campaign.stages import shown_subject
from advocacy.errors import count_noun, join_words

LABELS = 470.0
"""The pixel at which the columns begin, as a rule; the labels stand to the left of them."""
Look = Literal["stage", "stage-off", "holds", "not yet", "ended"]
Mark = Literal["holds", "not yet", "ended", "due", ""]


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A stage or a fact: its texts, and the columns of days over which its bars are drawn.

    `days` are its own, `uses` those of stages that rely on a fact while it holds, `dead` those
    on which a stage relies on a fact that does not hold. `meta` stands by the label, `note` by
    the bar; `summary` has all of it in words.
    """

    label: str
    meta: str
    note: str
    summary: str
    look: Look
    mark: Mark
    days: tuple[DayColumn, ...]
    uses: tuple[DayColumn, ...]
    dead: tuple[DayColumn, ...]


@dataclass(frozen=True, slots=True)
class TimelinePicture:
    """All that the timeline shows; `groups` are rows under their headings, the stages first."""

    title: str
    summary: str
    footnote: str
    day: date
    columns: tuple[DayColumn, ...]
    groups: tuple[tuple[str, tuple[TimelineRow, ...]], ...]
    shown: tuple[FactStanding, ...]

    @property
    def rows(self) -> tuple[TimelineRow, ...]:
        """All rows, from top to bottom."""
        return tuple(row for _, rows in self.groups for row in rows)


def picture_of(
    campaign: Campaign, day: date | None = None, labels: float = LABELS
) -> TimelinePicture:
    """Collect what the timeline shows on a day (default: the letters' date)."""
    day = campaign.letter_date(day)
    facts = standings(campaign, day)
    groups = list(_groups(campaign, facts))
    shown = tuple(standing for _, members in groups for standing in members)
    stages, language = campaign.file.stages, campaign.file.language
    runs = [*(stage.days for stage in stages.values()), *(one.fact.days for one in shown)]
    columns = columns_of(runs, day, labels)
    stage_rows = [_stage_row(campaign, name, facts, columns, day, language) for name in stages]
    rows = [("Stages", tuple(stage_rows))]
    rows += [
        (text, tuple(_fact_row(one, stages, columns) for one in them)) for text, them in groups
    ]
    left_out = len(facts) - len(shown)
    return TimelinePicture(
        title=f"{campaign.file.title.get(language) or campaign.file.id}: "
        f"facts and stages on {in_words(day)}",
        summary=_summary(campaign, shown, day),
        footnote=f"{count_noun(left_out, 'other fact')} in its files {_are(left_out)} not shown: "
        f"no letter of this campaign cites {'it' if left_out == 1 else 'them'}."
        if left_out
        else "",
        day=day,
        columns=columns,
        groups=tuple(rows),
        shown=shown,
    )


def _groups(
    campaign: Campaign, facts: Sequence[FactStanding]
) -> Iterator[tuple[str, list[FactStanding]]]:
    """Group the facts by stage, those that end first at the top, each fact once.

    A successor stands below the facts that it replaced, in the stage of the first of them.
    """
    by_id = {one.id: one for one in facts}
    placed: set[str] = set()
    for name in campaign.file.stages:
        mine = [one for one in facts if name in one.stages and one.id not in placed]
        mine.sort(key=lambda one: (one.fact.until or date.max, one.fact.from_ or date.min))
        ordered: list[FactStanding] = []
        for one in mine:
            if one.id not in placed:
                ordered.append(one)
                placed.add(one.id)
        for one in list(ordered):
            successor = by_id.get(one.fact.superseded_by or "")
            if successor and successor.id not in placed and not successor.uses:
                ordered.append(successor)
                placed.add(successor.id)
        if ordered:
            first = "First cited" if len(placed) > len(ordered) else "Facts cited"
            yield f"{first} in “{name}”", ordered


def _stage_row(
    campaign: Campaign,
    name: str,
    facts: Sequence[FactStanding],
    columns: Sequence[DayColumn],
    day: date,
    language: str,
) -> TimelineRow:
    stage = campaign.file.stages[name]
    cited = [one for one in facts if name in one.stages]
    days = _covered(stage.days, columns)
    dead = tuple(c for c in days if not all(c.covers(one.fact.days) for one in cited))
    culprits = [one.id for one in cited if not all(c.covers(one.fact.days) for c in dead)]
    note = f"cannot be sent: {', '.join(culprits)}" if culprits else ""
    summary = f"Stage {name}: {stage.days.text(in_words)}. {count_noun(len(cited), 'fact')}."
    return TimelineRow(
        label=name,
        meta=shown_subject(campaign, stage, language),
        note=note,
        summary=f"{summary} {note}".strip(),
        look="stage" if stage.covers(day) else "stage-off",
        mark="",
        days=days,
        uses=(),
        dead=dead,
    )


def _fact_row(
    one: FactStanding, stages: dict[str, Stage], columns: Sequence[DayColumn]
) -> TimelineRow:
    fact = one.fact
    days = _covered(fact.days, columns)
    used = [c for c in columns if any(c.covers(stages[name].days) for name in one.stages)]
    note = f"ends {in_words(fact.until)}" if fact.until else ""
    note += f" → {fact.superseded_by}" if fact.until and fact.superseded_by else ""
    look: Look = "ended" if one.state in ("ended", "superseded") else one.state  # type: ignore[assignment]
    mark: Mark = "due" if one.due and look == "holds" else look  # type: ignore[assignment]
    cited = f"cited in {', '.join(one.stages)}" if one.stages else "not cited"
    return TimelineRow(
        label=one.statement,
        meta=f"{one.id} · {one.label} · {cited}",
        note=note,
        summary=f"{one.id}: {one.statement} {fact.days.text(in_words)}; {one.label}; {cited}.",
        look=look,
        mark=mark,
        days=days,
        uses=tuple(c for c in used if c in days),
        dead=tuple(c for c in used if c not in days),
    )


def _covered(days: Days, columns: Sequence[DayColumn]) -> tuple[DayColumn, ...]:
    return tuple(column for column in columns if column.covers(days))


def _summary(campaign: Campaign, shown: Sequence[FactStanding], day: date) -> str:
    """Say in a sentence or two which stage fits the day, and how many facts are true."""
    stages = campaign.stages_on(day)
    which = " and ".join(f"“{name}”" for name in stages)
    fitting = f"The stage {which} covers this day." if stages else "No stage covers this day."
    if len(stages) > 1:
        fitting = f"The stages {which} both cover this day."
    counts = [
        (sum(one.state == "holds" for one in shown), "true on this day"),
        (sum(one.state == "not yet" for one in shown), "not yet true"),
        (sum(one.state in ("ended", "superseded") for one in shown), "no longer true"),
    ]
    due = sum(one.due and one.state == "holds" for one in shown)
    said = join_words([f"{count} {_are(count)} {what}" for count, what in counts if count], "and")
    said += f"; {due} {_are(due)} due for a recheck" if due else ""
    if not shown:
        return f"{fitting} It cites no fact."
    return f"{fitting} Of {count_noun(len(shown), 'fact')}, {said}."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
