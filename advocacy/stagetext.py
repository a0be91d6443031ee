"""What a stage's template writes: once for all letters in which nothing of the recipient stands.

A template that reads no field of the recipient or supporter says the same to everyone on a day.
Then the letters share its text and their citations, and what is worked out from these.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.letter import Cite, CitedFact
from advocacy.loading import Campaign
from advocacy.templating import render_body
from advocacy.templating.bodies import Body, Watched
from advocacy.templating.branches import WATCH
from advocacy.templating.links import link_problems

_PERSONAL = ("recipient", "supporter", "supporters")
_KNOWN_AT_MOST = 64
_Key = tuple[int, str, date, str, tuple[tuple[str, str], ...]]
_known: "OrderedDict[_Key, tuple[Campaign, Written]]" = OrderedDict()


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's body, and its citations with their facts."""

    body: Body
    cites: tuple[Cite, ...]


def written(
    campaign: Campaign,
    stage: str,
    day: date,
    language: str,
    variants: Mapping[str, str],
    variables: Callable[[], dict[str, Any]],
) -> Written:
    """The text of a letter; `variables` gives what its template may print, and is asked if need be.

    Raises AdvocacyError with all problems of the template.
    """
    watched = WATCH.get() is not None  # who watches wants each letter's own
    key = (id(campaign), stage, day, language, tuple(variants.items()))
    known = None if watched else _known.get(key)
    if known is not None and known[1].body.is_fresh:
        return known[1]
    given = variables()
    personal = {name: Watched(given[name]) for name in _PERSONAL}
    template = campaign.file.stages[stage].template
    body = render_body(template, campaign.workspace, language, given | personal, campaign.facts)
    check_body(body)
    found = Written(body, cites_of(campaign, body))
    if not watched and not any(fields.read for fields in personal.values()):
        _known[key] = (campaign, found)  # kept with it, so that its identity stays its own
        if len(_known) > _KNOWN_AT_MOST:
            _known.popitem(last=False)
    return found


def check_body(body: Body) -> None:
    """Raise AdvocacyError for a body that is empty or has links that go nowhere."""
    if not body.prose.text().strip():
        raise AdvocacyError(_empty(body.path))
    if links := link_problems(body.prose.markdown, body.path):
        raise AdvocacyError(links)


def _empty(template: Path) -> Problem:
    return Problem(
        "empty-letter",
        "The template prints nothing for this letter.",
        "Write the letter's text; where it stands in `{% if … %}`, look at the condition.",
        Place(template),
    )


def cites_of(campaign: Campaign, body: Body) -> tuple[Cite, ...]:
    """The citations of a body with their facts and sources."""
    return tuple(Cite(cited_facts(campaign, call.ids), call.place) for call in body.cites)


def cited_facts(campaign: Campaign, ids: Iterable[str]) -> tuple[CitedFact, ...]:
    """The facts of one citation with their sources; ids and sources must be known."""
    sources = campaign.sources
    facts = ((name, campaign.facts[name]) for name in ids)
    return tuple(
        CitedFact(name, fact, sources[fact.source], sources[fact.via] if fact.via else None)
        for name, fact in facts
    )
