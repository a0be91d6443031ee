"""What a new campaign is made of: the answers to the questions, each with its type."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from advocacy.campaign.campaign import Sender
from advocacy.campaign.days import published_days
from advocacy.campaign.field_types import Day, Email, HttpUrl, Slug, Span
from advocacy.campaign.languages import Country, Language, Timezone
from advocacy.campaign.sources import IssuedDate
from advocacy.files.characters import Line, fault, shown


def _lines(value: object) -> object:
    """Lines as they are typed in one: with semicolons between them."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        return value
    return [line.strip() for text in texts for line in str(text).split(";") if line.strip()]


def _name(value: str) -> str:
    if "." in value:
        raise fault(
            "bad-id",
            f"{shown(value)} contains a dot, which separates the name from a language or a file "
            f"extension",
            f"Write `{value.replace('.', '-').strip('-').lower()}`.",
        )
    return value


def _without_dot(value: object) -> object:
    return value.strip().removesuffix(".") if isinstance(value, str) else value


def _sentence(value: object) -> object:
    """A sentence with its end."""
    if not isinstance(value, str) or not value.strip():
        return value
    text = value.strip()
    return text if text.rstrip("”\"'’)»")[-1:] in (".", "!", "?", "…") else f"{text}."


Lines = Annotated[tuple[Line, ...], BeforeValidator(_lines)]
NewName = Annotated[Slug, AfterValidator(_name)]
"""The name of a new campaign or template: an id without dots."""
Short = Annotated[Line, BeforeValidator(_without_dot)]
Sentence = Annotated[Line, BeforeValidator(_sentence)]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewSource(_Answer):
    """A page that proves something."""

    id: Slug
    title: Line
    author: Line
    issued: IssuedDate | None = None
    url: HttpUrl

    def out(self) -> date | None:
        """The day by which it was certainly out."""
        return published_days(self.issued)[1] if self.issued else None


class NewPrecedent(_Answer):
    """A peer that has done what is asked, and the source that says so."""

    organization: Line
    action: Short
    source: Slug


class NewFact(_Answer):
    """A statement that the letter relies on, and the source that says so."""

    id: Slug
    statement: Sentence
    source: Slug


class Answers(_Answer):
    """All that a new campaign is made of; nothing else goes into its files."""

    name: NewName
    today: date
    first_day: date | None = None
    target: Line
    target_address: Lines
    country: Country | None = None
    to: Line | None = None
    to_title: Line | None = None
    salutation: Line | None = None
    to_email: Email | None = None
    demand: Short
    asks: tuple[Sentence, ...] = ()
    reply_by: Span | Day = timedelta(days=14)
    precedents: tuple[NewPrecedent, ...] = ()
    facts: tuple[NewFact, ...] = ()
    sources: tuple[NewSource, ...] = ()
    checked: Day | None = None
    sender_from: Sender | None = None
    sender: Line | None = None
    sender_address: Lines = ()
    sender_country: Country | None = None
    sender_email: Email | None = None
    signatory: Line | None = None
    signatory_title: Line | None = None
    language: Language = "en-US"
    timezone: Timezone

    @property
    def begins(self) -> date:
        """The first day on which the letter may be dated."""
        return self.first_day or self.today
