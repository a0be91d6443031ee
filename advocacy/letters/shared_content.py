"""What the letters of a mailing have in common, found out once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from advocacy.campaign.campaign import Demand, Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.set_phrases import SetPhrases
from advocacy.errors import AdvocacyError
from advocacy.files.cache import IdentityCache
from advocacy.letters.letter import Cite, CitedFact
from advocacy.letters.variables import Texts, shared_variables
from advocacy.templating import Body
from advocacy.templating.citation_marks import MARK, Prose, link_problems
from advocacy.templating.repeated import Repeated

Wording = tuple[tuple[str, str], ...]
"""The names of the variants of a letter, by part."""


@dataclass(frozen=True, slots=True)
class StageContent:
    """What letters of one stage, day, language and wording have in common."""

    title: str
    subject: str
    demand: Demand | None
    variables: Mapping[str, Any]
    bodies: Repeated


_mailings: IdentityCache[StageContent] = IdentityCache(64)
_cites: IdentityCache[tuple[Cite, ...]] = IdentityCache(64)


def mailing_of(
    campaign: Campaign,
    words: SetPhrases,
    stage: str,
    day: date,
    language: str,
    wording: Wording,
    supporters: int,
) -> StageContent:
    """What these letters have in common; `words` are the set words, `supporters` how many write.

    Raises AdvocacyError for every text that the campaign lacks in the language.
    """
    return _mailings.get(
        (campaign, words),
        (stage, day, language, wording, supporters),
        lambda: _mailing(campaign, stage, day, language, dict(wording), supporters),
    )


def _mailing(
    campaign: Campaign,
    stage_name: str,
    day: date,
    language: str,
    variants: Mapping[str, str],
    supporters: int,
) -> StageContent:
    file = campaign.file
    stage = file.stages[stage_name]
    texts = Texts(language, file.language)
    variables = shared_variables(campaign, stage_name, day, texts, variants, supporters)
    subject = _subject(stage, variants, texts)
    if texts.problems:
        raise AdvocacyError(texts.problems)
    return StageContent(
        texts.get(file.title, file.place("title")),
        subject,
        file.stage_demand(stage),
        variables,
        Repeated(stage.template, campaign.workspace, language, variables, campaign.facts),
    )


def citations_of(campaign: Campaign, body: Body) -> tuple[Cite, ...]:
    """The citations of a body, with the facts; the same object for all that were made as one.

    Raises AdvocacyError for links in it that lead nowhere.
    """
    values = (body.prose.markdown, body.path)
    return _cites.get((campaign, body.cites), values, lambda: _cited(campaign, body))


def _cited(campaign: Campaign, body: Body) -> tuple[Cite, ...]:
    if links := link_problems(body.prose.markdown, body.path):
        raise AdvocacyError(links)
    return tuple(Cite(cited_facts(campaign, call.ids), call.place) for call in body.cites)


def cited_facts(campaign: Campaign, ids: Iterable[str]) -> tuple[CitedFact, ...]:
    """The facts of one citation with their sources; ids and sources must be known."""
    sources = campaign.sources
    facts = ((name, campaign.facts[name]) for name in ids)
    return tuple(
        CitedFact(name, fact, sources[fact.source], sources[fact.via] if fact.via else None)
        for name, fact in facts
    )


def _subject(stage: Stage, variants: Mapping[str, str], texts: Texts) -> str:
    if stage.variants is None or "subject" not in variants:
        return texts.get(stage.subject, stage.place("subject"))
    name = variants["subject"]
    return texts.get(stage.variants.subject[name], stage.variants.place("subject", name))


def has_words(prose: Prose) -> bool:
    """Whether a body prints anything to read."""
    return _has_own_words(prose.markdown) or bool(prose.text().strip())


@lru_cache(maxsize=256)
def _has_own_words(markdown: str) -> bool:
    """Whether a body has words even where its values have none."""
    return bool(Prose(markdown, ("",) * len(MARK.findall(markdown))).text().strip())
