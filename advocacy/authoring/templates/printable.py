"""What a letter may print: every variable, with its value for one recipient."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from advocacy.campaign.addressing import People, recipients_of
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import unknown_stage
from advocacy.campaign.supporters.model import letter_id
from advocacy.campaign.variants import chosen
from advocacy.errors import AdvocacyError, Problem
from advocacy.letters.compose import letter_language
from advocacy.letters.parts import SAMPLE, somebody
from advocacy.letters.signing import stand_in
from advocacy.letters.variables import Texts, template_variables
from advocacy.templating.display import Missing, display


@dataclass(frozen=True, slots=True)
class Variable:
    """One thing that a letter may print: `recipient.name`, as it prints and of what kind.

    `value` is what programs get; `printed` is what `{{ name }}` prints, empty where there is
    nothing, or where the entries of a list have parts.
    """

    name: str
    kind: str
    printed: str
    value: Any


@dataclass(frozen=True, slots=True)
class Printable:
    """The variables of a stage's letter to a recipient on a day."""

    stage: str
    recipient: Recipient
    day: date
    language: str
    variables: tuple[Variable, ...]


def printable(
    campaign: Campaign,
    *,
    stage: str | None = None,
    day: date | None = None,
    only: str | None = None,
    person: Recipient | None = None,
) -> Printable:
    """What the letter of a stage may print for one who gets it.

    Without `stage`, the one whose window covers the day, else the first; without a `person`, or
    `only`, the id of a letter, the first who gets one. Raises AdvocacyError where there is no
    such stage or letter, and for texts that are missing in the recipient's language.
    """
    if problem := unknown_stage(campaign, stage):
        raise AdvocacyError(problem)
    file, day = campaign.file, campaign.letter_date(day)
    name = stage or next(iter([*campaign.stages_on(day), *file.stages]))
    chosen_stage = file.stages[name]
    recipient = person or _recipient(campaign, name, day, only)
    supporters = stand_in(campaign, name)
    language = letter_language(campaign, recipient, chosen_stage)
    texts = Texts(language, file.language)
    variants = chosen(file.id, name, chosen_stage, letter_id(recipient, supporters))
    values = template_variables(campaign, recipient, name, day, texts, variants, supporters)
    if texts.problems:
        raise AdvocacyError(texts.problems)
    variables = tuple(one for key in values for one in _flat(key, values[key], language))
    return Printable(name, recipient, day, language, variables)


def _recipient(campaign: Campaign, stage: str, day: date, only: str | None) -> Recipient:
    if only is None:
        return next(somebody(campaign, campaign.file.stages[stage], day), SAMPLE)
    problems: list[Problem] = []
    for one in recipients_of(campaign, day, People().only((only,))):
        if isinstance(one, Recipient):
            return one
        problems.append(one)
    raise AdvocacyError(problems)


def _flat(name: str, value: Any, language: str) -> Iterator[Variable]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if not key.startswith("_"):
                dotted = f"{name}.{key}" if key.isidentifier() else f'{name}["{key}"]'
                yield from _flat(dotted, part, language)
        return
    if isinstance(value, list | tuple):
        deep = any(isinstance(item, Mapping) for item in value)
        printed = "" if deep else display(value, language)
        yield Variable(name, f"list of {len(value)}", printed, None if deep else list(value))
        for number, item in enumerate(value):
            yield from _flat(f"{name}[{number}]", item, language)
        return
    value = "" if isinstance(value, Missing) else value  # empty; a letter that prints it is told
    kind = "date" if isinstance(value, date) else "number" if isinstance(value, int) else "text"
    plain = value.isoformat() if isinstance(value, date) else value
    yield Variable(name, kind, display(value, language), plain)
