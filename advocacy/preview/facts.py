"""What stands beside the letter: marks of its sentences, facts, days, and what can be typed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from advocacy.authoring.facts.standing import FactStanding, standings
from advocacy.authoring.templates.catalogue import printable
from advocacy.authoring.timeline.columns import columns_of, in_words
from advocacy.campaign.loading import Campaign
from advocacy.checks.claims.uncited import UncitedMarks, find_uncited
from advocacy.checks.sentences import read_blocks
from advocacy.errors import AdvocacyError, Place
from advocacy.letters.letter import Letter
from advocacy.preview.people import ChosenLetter
from advocacy.resources import read_table

Mark = Literal["", "uncited", "excused", "dead"]


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence, its place in the template, and its mark with the reason.

    `uncited`: it makes a claim without a source. `excused`: the same, and the template says why.
    `dead`: a fact that it cites does not hold on the letter's day.
    """

    text: str
    place: Place | None
    mark: Mark = ""
    why: str = ""


def mark_sentences(traced: Letter, campaign: Campaign) -> tuple[MarkedSentence, ...]:
    """Mark the sentences of a letter that was composed with `trace`."""
    blocks = read_blocks(traced.body, traced.language, traced.lines)
    claims = {
        id(one.sentence): one for one in find_uncited(traced, blocks, campaign, UncitedMarks())
    }
    found: list[MarkedSentence] = []
    for sentence in (sentence for block in blocks for sentence in block.sentences):
        claim, why = claims.get(id(sentence)), ""
        mark: Mark = ""
        if dead := _why_dead(traced, sentence.cites):
            mark, why = "dead", dead
        elif claim is not None and claim.reason:
            mark, why = "excused", claim.reason
        elif claim is not None:
            mark, why = "uncited", f"It states {claim.what}, but cites no source."
        found.append(MarkedSentence(sentence.text, sentence.place, mark, why))
    return tuple(found)


def _why_dead(letter: Letter, cites: Sequence[int]) -> str:
    """Why a sentence is not true on the letter's day; an empty text if it is."""
    for index in cites:
        for cited in letter.cites[index].facts:
            state = cited.fact.state(letter.date)
            if state == "not yet":
                return f"It cites `{cited.id}`, which is true from {cited.fact.from_}."
            if state != "holds":
                return f"It cites `{cited.id}`, which was true until {cited.fact.until}."
    return ""


def _list_day_ranges(campaign: Campaign, facts: Sequence[FactStanding]) -> list[dict[str, object]]:
    """The stops of the page's slider, in order: one for each run of days without a change.

    `day` stands for the run. `states` say for each stage whether its letter can be dated then:
    `holds`, `dead` (a fact that it relies on does not hold) or `out` (outside its window).
    """
    stages = campaign.file.stages
    runs = [stage.days for stage in stages.values()]
    runs += [one.fact.days for one in facts if one.uses]
    found: list[dict[str, object]] = []
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
        states = {name: _state(name, campaign, facts, day) for name in stages}
        found.append({"day": day.isoformat(), "label": label, "states": states})
    return found


def _state(stage: str, campaign: Campaign, facts: Iterable[FactStanding], day: date) -> str:
    if not campaign.file.stages[stage].covers(day):
        return "out"
    dead = any(stage in one.stages and not one.fact.holds(day) for one in facts)
    return "dead" if dead else "holds"


def describe_surroundings(campaign: Campaign, chosen: ChosenLetter) -> dict[str, object]:
    """The payload of the facts, the slider's days, and everything that the editor completes."""
    facts = standings(campaign, chosen.day)
    return {
        "facts": [_fact(one, chosen) for one in facts],
        "stops": _list_day_ranges(campaign, facts),
        "variables": _variables(campaign, chosen),
        "partials": [f"partials/{n}" for n in campaign.workspace.template_names("partials", "")],
        **read_table("templating/reference.toml"),
    }


def _fact(one: FactStanding, chosen: ChosenLetter) -> dict[str, object]:
    source = one.source
    url = str(source.url) if source and source.url else ""
    return {
        "id": one.id,
        "statement": one.fact.statement.get(chosen.language) or one.statement,
        "quote": one.fact.quote,
        "short": _short_source(one),
        "state": one.state,
        "label": one.label,
        "due": one.due,
        "days": one.days,
        "source": source.title if source and source.title else one.fact.source,
        "url": url if url.startswith(("https://", "http://")) else None,
        "here": chosen.stage in one.stages,
    }


def _short_source(one: FactStanding) -> str:
    """Who published a fact's source, and in which year: `IBM 2020`."""
    source = one.source
    if source is None:
        return one.fact.source
    return " ".join(filter(None, (source.publication or source.title, (source.issued or "")[:4])))


def _variables(campaign: Campaign, chosen: ChosenLetter) -> list[dict[str, str]]:
    try:
        found = printable(campaign, stage=chosen.stage, day=chosen.day, person=chosen.person)
    except AdvocacyError:
        return []
    return [
        {"name": one.name, "kind": one.kind, "prints": one.printed[:120]} for one in found.variables
    ]
