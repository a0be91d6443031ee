"""What the timeline shows: rows of bars, each over the columns of its days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from advocacy.authoring.facts.standing import FactStanding, standings
from advocacy.authoring.timeline.columns import Column, columns_of, in_words, width_of, wrapped
from advocacy.campaign.campaign import Stage
from advocacy.campaign.days import Days
from advocacy.campaign.loading import Campaign

LABELS = 470.0
"""Where the columns begin; the labels stand to the left of them."""
STATEMENT, META, NOTE, STAGE = 11.5, 10.0, 10.5, 13.0
Look = Literal["stage", "stage-off", "holds", "not yet", "ended"]
Mark = Literal["holds", "not yet", "ended", "due", ""]


@dataclass(frozen=True, slots=True)
class FactBar:
    """A run of columns: from `left` to `right`, open ends drawn as arrows."""

    left: float
    right: float
    open_left: bool = False
    open_right: bool = False


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A stage or a fact: its label, its bar, and what lies on it.

    `uses` are the days of stages that rely on a fact, `dead` those of them on which it does
    not hold (for a stage: on which one of its facts does not).
    """

    label: str
    meta: str
    bars: tuple[FactBar, ...]
    look: Look
    mark: Mark
    uses: tuple[FactBar, ...]
    dead: tuple[FactBar, ...]
    note: str
    told: str
    top: float
    height: float

    @property
    def middle(self) -> float:
        """The height of its bar's axis."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of text above some rows."""

    text: str
    top: float


@dataclass(frozen=True, slots=True)
class TimelinePicture:
    """All that is drawn, with its size."""

    title: str
    summary: str
    footnote: str
    day: date
    columns: tuple[Column, ...]
    headings: tuple[Heading, ...]
    rows: tuple[TimelineRow, ...]
    shown: tuple[FactStanding, ...]
    width: float
    height: float
    body: tuple[float, float]


HEADER = 124.0
FOOTER = 86.0


def picture_of(campaign: Campaign, day: date | None = None) -> TimelinePicture:
    """Lay the timeline out for a day (default: the letters' date)."""
    day = campaign.letter_date(day)
    facts = standings(campaign, day)
    groups = list(_groups(campaign, facts))
    shown = tuple(standing for _, members in groups for standing in members)
    stages = campaign.file.stages
    runs = [stage.days for stage in stages.values()]
    runs += [one.fact.days for one in shown]
    columns = columns_of(runs, day, LABELS)
    top = HEADER
    headings, rows = [Heading("Stages", top)], []
    top += 24
    for name, stage in stages.items():
        rows.append(_stage_row(name, stage, facts, columns, day, top, campaign.file.language))
        top += rows[-1].height
    for text, members in groups:
        top += 6
        headings.append(Heading(text, top))
        top += 24
        for one in members:
            rows.append(_fact_row(one, stages, columns, top))
            top += rows[-1].height
    columns = _widened(columns, rows)
    right = columns[-1].right
    rows = [_to_the_edge(row, right) for row in rows]
    left_out = len(facts) - len(shown)
    return TimelinePicture(
        title=f"{campaign.file.title.get(campaign.file.language) or campaign.file.id}: "
        f"facts and stages on {in_words(day)}",
        summary=_summary(campaign, shown, day),
        footnote=f"{left_out} other facts of its files, which no letter of this campaign cites, "
        "are left out."
        if left_out
        else "",
        day=day,
        columns=columns,
        headings=tuple(headings),
        rows=tuple(rows),
        shown=shown,
        width=right + 24,
        height=top + FOOTER,
        body=(HEADER, top + 6),
    )


def _groups(
    campaign: Campaign, facts: Sequence[FactStanding]
) -> Iterator[tuple[str, list[FactStanding]]]:
    """The facts of each stage, those that end first at the top, each fact once.

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


def _bars(days: Days, columns: Sequence[Column]) -> tuple[FactBar, ...]:
    """The bar over the columns of a run, in one piece; none where the run is reversed."""
    mine = [column for column in columns if column.covers(days)]
    if not mine:
        return ()
    return (FactBar(mine[0].left, mine[-1].right, days.first is None, days.last is None),)


def _pieces(columns: Sequence[Column]) -> tuple[FactBar, ...]:
    """Bars over columns, neighbours joined."""
    bars: list[FactBar] = []
    for column in columns:
        if bars and abs(bars[-1].right - column.left) < 0.1:
            bars[-1] = FactBar(bars[-1].left, column.right, open_right=column.last is None)
        else:
            bars.append(FactBar(column.left, column.right, open_right=column.last is None))
    return tuple(bars)


def _stage_row(
    name: str,
    stage: Stage,
    facts: Sequence[FactStanding],
    columns: Sequence[Column],
    day: date,
    top: float,
    language: str,
) -> TimelineRow:
    cited = [one for one in facts if name in one.stages]
    mine = [column for column in columns if column.covers(stage.days)]
    wrong = [c for c in mine if any(not _holds(one, c) for one in cited)]
    subject = stage.subject.get(language) or str(stage.subject)
    culprits = [one.id for one in cited if any(not _holds(one, column) for column in wrong)]
    note = f"cannot be sent: {', '.join(culprits)}" if culprits else ""
    told = f"Stage {name}: {stage.days.text(in_words)}. {len(cited)} facts."
    return TimelineRow(
        label=name,
        meta="".join(wrapped(subject, META, LABELS - 52 - width_of(name, STAGE) * 1.1, 1)),
        bars=_bars(stage.days, columns),
        look="stage" if stage.covers(day) else "stage-off",
        mark="",
        uses=(),
        dead=_pieces(wrong),
        note=note,
        told=f"{told} {note}".strip(),
        top=top,
        height=27,
    )


def _fact_row(
    one: FactStanding, stages: dict[str, Stage], columns: Sequence[Column], top: float
) -> TimelineRow:
    fact = one.fact
    label = "".join(wrapped(one.statement, STATEMENT, LABELS - 56, 1))
    used = [column for column in columns if any(column.covers(stages[n].days) for n in one.stages)]
    note = ""
    if fact.until:
        note = f"ends {in_words(fact.until)}"
        note += f" → {fact.superseded_by}" if fact.superseded_by else ""
    look: Look = "ended" if one.state in ("ended", "superseded") else one.state  # type: ignore[assignment]
    mark: Mark = "due" if one.due and look == "holds" else look  # type: ignore[assignment]
    cited = f"cited in {', '.join(one.stages)}" if one.stages else "not cited"
    meta = wrapped(f"{one.id} · {one.label} · {cited}", META, LABELS - 56, 1)[0]
    return TimelineRow(
        label=label,
        meta=meta,
        bars=_bars(fact.days, columns),
        look=look,
        mark=mark,
        uses=_pieces([c for c in used if _holds(one, c)]),
        dead=_pieces([c for c in used if not _holds(one, c)]),
        note=note,
        told=f"{one.id}: {one.statement} {fact.days.text(in_words)}; {one.label}; {cited}.",
        top=top,
        height=30,
    )


def _holds(one: FactStanding, column: Column) -> bool:
    return column.covers(one.fact.days)


def note_left(row: TimelineRow) -> float:
    """Where a row's note begins: on its dead days, which may have no end, or after its bar."""
    if row.dead:
        return row.dead[0].left + 12
    return max(bar.right for bar in row.bars) + 8


def _widened(columns: Sequence[Column], rows: Sequence[TimelineRow]) -> tuple[Column, ...]:
    """The last column made wide enough for the notes that reach over it."""
    last = columns[-1]
    needed = [
        note_left(row) + width_of(row.note, NOTE) * 1.05 + 22
        for row in rows
        if row.note and (row.bars or row.dead)
    ]
    right = max([last.right, *needed])
    return (*columns[:-1], replace(last, width=right - last.left))


def _to_the_edge(row: TimelineRow, right: float) -> TimelineRow:
    def longer(bars: tuple[FactBar, ...]) -> tuple[FactBar, ...]:
        return tuple(replace(bar, right=right) if bar.open_right else bar for bar in bars)

    return replace(row, bars=longer(row.bars), uses=longer(row.uses), dead=longer(row.dead))


def _summary(campaign: Campaign, shown: Sequence[FactStanding], day: date) -> str:
    stages = campaign.stages_on(day)
    which = " and ".join(f"“{name}”" for name in stages)
    fitting = f"The stage {which} fits this day." if stages else "No stage fits this day."
    if len(stages) > 1:
        fitting = f"The stages {which} both fit this day."
    counts = [
        (sum(one.state == "holds" for one in shown), "hold"),
        (sum(one.state == "not yet" for one in shown), "not yet"),
        (sum(one.state in ("ended", "superseded") for one in shown), "no longer"),
    ]
    due = sum(one.due and one.state == "holds" for one in shown)
    told = ", ".join(f"{count} {what}" for count, what in counts if count)
    told += f"; {due} due for a recheck" if due else ""
    return f"{fitting} Of {len(shown)} facts, {told}." if shown else f"{fitting} It cites no fact."
