"""What a tab of the browser asks to see, and what that comes to for a campaign."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.supporters import Supporters
from advocacy.campaign.supporters.model import letter_id
from advocacy.campaign.variants import chosen
from advocacy.letters.compose import letter_language
from advocacy.letters.signing import stand_in
from advocacy.preview.people import Roll

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(max_length=1_000_000)]
DESK_NAME = r"^[A-Za-z0-9_-]{8,40}$"


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choices(_Body):
    """What is chosen on the page; None is what fits by itself."""

    stage: Name | None = None
    person: Name | None = None
    day: date | None = None
    language: Name | None = None
    variants: dict[Name, Name] = Field(default_factory=dict, max_length=8)
    width: Annotated[int, Field(ge=300, le=2600)] = 1224


class FieldText(_Body):
    """A text of a YAML file, by the keys that lead to it."""

    file: Name
    keys: tuple[Annotated[str, StringConstraints(max_length=200)] | int, ...] = Field(
        min_length=1, max_length=8
    )
    text: Text


class Show(_Body):
    """What a tab shows from now on, with what is written there and not saved yet."""

    desk: str = Field(pattern=DESK_NAME)
    choices: Choices = Choices()
    drafts: dict[Name, Text] = Field(default_factory=dict, max_length=12)
    fields: tuple[FieldText, ...] = Field((), max_length=60)


@dataclass(frozen=True, slots=True)
class Settled:
    """The choices with every gap filled: one letter of a campaign."""

    stage: str
    person: Recipient
    day: date
    language: str
    variants: dict[str, str]
    supporters: Supporters | None

    @property
    def key(self) -> tuple[str, str]:
        """Which letter it is, whatever its day."""
        return self.stage, self.person.letter_id


def settle(campaign: Campaign, choices: Choices, people: Roll) -> Settled | None:
    """The letter that the choices mean; None where the campaign writes to nobody.

    A stage that is chosen without a day is shown on a day of its window.
    """
    file = campaign.file
    day = choices.day or campaign.letter_date()
    name = choices.stage if choices.stage in file.stages else _stage_on(campaign, day)
    stage = file.stages[name]
    if choices.day is None and not stage.covers(day):
        day = stage.from_ or stage.until or day
    person = _person(choices, people, stage)
    if person is None:
        return None
    if choices.language:
        person = person.model_copy(update={"language": choices.language})
    supporters = stand_in(campaign, name)
    variants = chosen(file.id, name, stage, letter_id(person, supporters))
    for part, wanted in choices.variants.items():
        offered = getattr(stage.variants, part, {}) if part in variants else {}
        if wanted in offered:
            variants[part] = wanted
    language = letter_language(campaign, person, stage)
    return Settled(name, person, day, language, variants, supporters)


def _stage_on(campaign: Campaign, day: date) -> str:
    """The stage of a day, else the last that had begun by then, else the first."""
    stages = campaign.file.stages
    begun = [name for name, stage in stages.items() if stage.from_ and stage.from_ <= day]
    return next(iter([*campaign.stages_on(day), *reversed(begun), *stages]))


def _person(choices: Choices, people: Roll, stage: Stage) -> Recipient | None:
    if choices.person and (not stage.to or choices.person in stage.to):
        person = people.get(choices.person)
        if person is not None:
            return person
    return people.first(stage.to)


def languages(campaign: Campaign, stage: str) -> list[str]:
    """The languages in which there is a template of a stage, the campaign's own first."""
    template = campaign.file.stages[stage].template
    names = campaign.workspace.template_names("letters", ".md")
    tags = [name.removeprefix(f"{template}.") for name in names if name.startswith(f"{template}.")]
    return list(dict.fromkeys([campaign.file.language, *tags]))
