"""The sentences of a letter with what is to be said of each, and where the template has it.

What stands beside the editor: facts as they are on a day, the days, what can be typed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from advocacy.authoring.facts.standing import FactStanding, standings
from advocacy.authoring.templates.catalogue import printable
from advocacy.authoring.timeline.columns import columns_of, in_words
from advocacy.campaign.loading import Campaign
from advocacy.checks.claims.claims import Silences, judged
from advocacy.checks.claims.sentences import read
from advocacy.errors import AdvocacyError, Place
from advocacy.letters.letter import Letter
from advocacy.preview.people import Settled
from advocacy.templating.reference import FILTERS, FUNCTIONS

Mark = Literal["", "uncited", "excused", "dead"]


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence as it is read, its place in the template, and its mark with the reason.

    `uncited`: it claims something and has no source; `excused`: the template says why; `dead`: a
    fact that it cites does not hold on the letter's day.
    """

    text: str
    place: Place | None
    mark: Mark = ""
    why: str = ""
    facts: tuple[str, ...] = ()


def marked(traced: Letter, campaign: Campaign) -> tuple[Marked, ...]:
    """The sentences of a letter that was composed with `trace`."""
    blocks = read(traced.body, traced.language, traced.lines)
    claims = {id(one.sentence): one for one in judged(traced, blocks, campaign, Silences())}
    found: list[Marked] = []
    for sentence in (sentence for block in blocks for sentence in block.sentences):
        cites = [traced.cites[index] for index in sentence.cites]
        cited = tuple(dict.fromkeys(one.id for cite in cites for one in cite.facts))
        claim = claims.get(id(sentence))
        dead = _dead(traced, sentence.cites)
        if dead:
            found.append(Marked(sentence.text, sentence.place, "dead", dead, cited))
        elif claim is None:
            found.append(Marked(sentence.text, sentence.place, facts=cited))
        elif claim.reason:
            found.append(Marked(sentence.text, sentence.place, "excused", claim.reason, cited))
        else:
            why = f"It states {claim.what}, and no citation stands by it."
            found.append(Marked(sentence.text, sentence.place, "uncited", why, cited))
    return tuple(found)


def _dead(letter: Letter, cites: Sequence[int]) -> str:
    """Why a sentence is not true on the letter's day; empty if it is."""
    for index in cites:
        for cited in letter.cites[index].facts:
            state = cited.fact.state(letter.date)
            if state == "not yet":
                return f"It cites `{cited.id}`, which holds from {cited.fact.from_}."
            if state != "holds":
                return f"It cites `{cited.id}`, which held until {cited.fact.until}."
    return ""


@dataclass(frozen=True, slots=True)
class Stop:
    """A run of days on which nothing changes, and the day that stands for it.

    `states` say for each stage whether its letter can be dated then: `holds`, `dead` (a fact that
    it relies on does not hold) or `out` (not its days).
    """

    day: date
    label: str
    states: tuple[tuple[str, str], ...]


def stops(campaign: Campaign, facts: Sequence[FactStanding]) -> list[Stop]:
    """The days of the slider: one for each run of days, in order."""
    stages = campaign.file.stages
    runs = [stage.days for stage in stages.values()]
    runs += [one.fact.days for one in facts if one.uses]
    found = []
    for column in columns_of(runs, campaign.letter_date(), 0):
        day = column.first or column.last
        if day is None:
            continue
        if column.first is None:
            label = f"until {in_words(day)}"
        elif column.last is None:
            label = f"{in_words(day)} and later"
        elif column.last == day:
            label = in_words(day)
        else:
            label = f"{in_words(day)} to {in_words(column.last)}"
        states = tuple((name, _state(name, campaign, facts, day)) for name in stages)
        found.append(Stop(day, label, states))
    return found


def _state(stage: str, campaign: Campaign, facts: Iterable[FactStanding], day: date) -> str:
    if not campaign.file.stages[stage].covers(day):
        return "out"
    dead = any(stage in one.stages and not one.fact.holds(day) for one in facts)
    return "dead" if dead else "holds"


def beside(campaign: Campaign, settled: Settled) -> dict[str, object]:
    """The facts panel, the slider's days, and everything that the editor completes."""
    facts = standings(campaign, settled.day)
    return {
        "facts": [_fact(one, settled) for one in facts],
        "stops": [
            {"day": stop.day.isoformat(), "label": stop.label, "states": dict(stop.states)}
            for stop in stops(campaign, facts)
        ],
        "variables": _variables(campaign, settled),
        "partials": [f"partials/{n}" for n in campaign.workspace.template_names("partials", "")],
        "functions": [_tool(tool) for tool in FUNCTIONS],
        "filters": [_tool(tool) for tool in FILTERS],
    }


def _fact(one: FactStanding, settled: Settled) -> dict[str, object]:
    source = one.source
    return {
        "id": one.id,
        "statement": one.fact.statement.get(settled.language) or one.statement,
        "quote": one.fact.quote,
        "state": one.state,
        "label": one.label,
        "due": one.due,
        "days": one.days,
        "source": source.title if source and source.title else one.fact.source,
        "url": source.url if source and _is_web(source.url) else None,
        "here": settled.stage in one.stages,
    }


def _is_web(url: str | None) -> bool:
    return bool(url) and str(url).startswith(("https://", "http://"))


def _variables(campaign: Campaign, settled: Settled) -> list[dict[str, str]]:
    try:
        found = printable(campaign, stage=settled.stage, day=settled.day, person=settled.person)
    except AdvocacyError:
        return []
    return [
        {"name": one.name, "kind": one.kind, "prints": one.printed[:120]} for one in found.variables
    ]


def _tool(tool: object) -> dict[str, str]:
    return {key: str(getattr(tool, key)) for key in ("name", "example", "does")}
