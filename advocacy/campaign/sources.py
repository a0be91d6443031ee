"""Sources: bibliographic records in CSL-YAML, as Zotero and pandoc exchange them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from advocacy.campaign.days import published_days
from advocacy.campaign.field_types import NumberOrWords, Slug, number_as_text
from advocacy.campaign.languages import TABLE
from advocacy.errors import Problem, did_you_mean
from advocacy.files.characters import Line, Words, fault, shown
from advocacy.files.yaml.reading import Located, YamlList, YamlMap, parse
from advocacy.resources import read_table

_TABLE = read_table("campaign/sources.toml")
CSL_VARIABLES = frozenset(_TABLE["csl_variables"].split())
CSL_TYPES = frozenset(_TABLE["csl_types"].split())


class Name(Located):
    """A person (`family`, `given`) or an organization (`literal`)."""

    family: Line | None = Field(None, description="A person's surname.")
    given: Line | None = Field(None, description="A person's given names.")
    literal: Line | None = Field(None, description="The full name of an organization.")
    suffix: Line | None = Field(None, description="Jr., III …")
    dropping_particle: Line | None = Field(
        None, alias="dropping-particle", description="A particle that sorting and short forms drop."
    )
    non_dropping_particle: Line | None = Field(
        None,
        alias="non-dropping-particle",
        description="A particle that stays with the family name.",
    )

    @property
    def label(self) -> str:
        """The name in the order of speech: `Jane Roe`, `Widget Works`."""
        return self.literal or " ".join(filter(None, (self.given, self.family)))

    @model_validator(mode="after")
    def _somebody(self) -> "Name":
        if not (self.family or self.literal):
            raise fault(
                "bad-name",
                "has no family name",
                "Write `family:` and `given:` for a person, `literal:` for an organization.",
            )
        return self


def _edtf(value: object) -> object:
    """A CSL date in either of its forms, as EDTF text: `2020`, `2019-12`, `2020-06-10`."""
    if isinstance(value, Mapping) and isinstance(value.get("date-parts"), list):
        parts = value["date-parts"]
        first = parts[0] if parts and isinstance(parts[0], list) else parts
        try:
            year, *rest = (int(part) for part in first)
        except (TypeError, ValueError):
            return value
        value = "-".join([f"{year:04d}", *(f"{part:02d}" for part in rest)])
    value = number_as_text(value)
    if isinstance(value, str):
        try:
            published_days(value)
        except ValueError as error:
            hint = "Write it as `2020`, `2020-06`, or `2020-06-10`."
            raise fault("bad-date", f"{shown(value)} is not a valid date", hint) from error
    return value


def _csl_type(value: object) -> object:
    """A type that CSL has; a style prints another like none, or not at all."""
    if isinstance(value, str) and value not in CSL_TYPES:
        some = "Use a CSL type: `webpage`, `report`, `article-newspaper`, `book` …"
        message = f"{shown(value)} is not a type of source"
        raise fault("unknown-source-type", message, did_you_mean(value, CSL_TYPES, some))
    return value


SourceType = Annotated[Line, BeforeValidator(_csl_type)]
IssuedDate = Annotated[str, BeforeValidator(_edtf), Field(**TABLE["schema"]["published"])]


def _address(value: str) -> str:
    try:
        _ = urlsplit(value).port
    except ValueError:  # a bracket that is not closed, a port that is no number
        hint = "Copy the whole address from the browser, beginning with `https://`."
        raise fault("bad-url", f"{shown(value)} is not a web address", hint) from None
    return value


class Source(Located):
    """One bibliographic record; the fields are CSL 1.0.2 variables."""

    model_config = ConfigDict(extra="allow")

    id: Slug = Field(description="The id that facts use for this source.")
    type: SourceType = Field(description="A CSL item type: webpage, article-newspaper, report …")
    title: Words | None = Field(None, description="The title, as in the source.")
    author: tuple[Name, ...] = Field((), description="People or organizations, in order.")
    editor: tuple[Name, ...] = Field((), description="Likewise.")
    interviewer: tuple[Name, ...] = Field((), description="Likewise.")
    container_title: Words | None = Field(
        None,
        alias="container-title",
        description="The newspaper, journal, or website that contains it.",
    )
    publisher: Words | None = Field(None, description="The publisher.")
    number: NumberOrWords | None = Field(None, description="A report's or bill's number.")
    issued: IssuedDate | None = Field(None, description="The publication date (EDTF).")
    accessed: IssuedDate | None = Field(
        None, description="The last day on which it was read there."
    )
    url: Annotated[NumberOrWords, AfterValidator(_address)] | None = Field(
        None, alias="URL", description="Its web address, with https."
    )
    doi: NumberOrWords | None = Field(
        None, alias="DOI", description="Its digital object identifier."
    )

    @property
    def published(self) -> tuple[date, date] | None:
        """The first and last day on which it may have been published."""
        return published_days(self.issued) if self.issued else None

    def published_by(self, day: date) -> bool:
        """Whether it was surely out on that day; an undated source counts as out."""
        return self.published is None or self.published[1] <= day

    @property
    def publication(self) -> str | None:
        """The name of who published it: the newspaper or website, publisher, or first author."""
        names = (self.container_title, self.publisher, *(name.label for name in self.author))
        return next((name for name in names if name), None)

    def csl(self) -> dict[str, Any]:
        """The record as a CSL item for a citation processor."""
        return self.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)


Sources = Mapping[str, Source]
"""Sources by id, in the order of their files."""


def parse_sources(data: YamlMap) -> tuple[dict[str, Source], list[Problem]]:
    """The sources of one file by id, and everything that is wrong in it."""
    items = data.get("references")
    problems = [
        Problem(
            "unknown-key",
            f"A sources file has only the key `references`, not `{key}`.",
            "Put the sources as a list under `references:`.",
            data.key_place(key),
        )
        for key in data
        if key != "references"
    ]
    if not isinstance(items, YamlList):
        message = "A sources file must list its sources under `references:`."
        hint = "Start it with `references:`, followed by a source as `- id: …` on the next line."
        return {}, [*problems, Problem("wrong-type", message, hint, data.place)]
    sources: dict[str, Source] = {}
    for index, item in enumerate(items):
        if not isinstance(item, YamlMap):
            message = "A source must be a list entry with fields."
            hint = "Start it with `- id: …`, with `type:` and `title:` under it."
            problems.append(Problem("wrong-type", message, hint, items.value_place(index)))
            continue
        source, found = parse(Source, item)
        problems += found + _unknown_variables(item)
        if source is not None and source.id in sources:
            first = sources[source.id].place("id")
            message = f"The source `{source.id}` appears twice, first at {first}."
            hint = "Remove one of them, or change its id."
            problems.append(Problem("duplicate-id", message, hint, source.place("id")))
        elif source is not None:
            sources[source.id] = source
    return sources, problems


def _unknown_variables(item: YamlMap) -> list[Problem]:
    problems = []
    for key in item:
        if key not in CSL_VARIABLES:
            hint = did_you_mean(key, CSL_VARIABLES, "Remove it. CSL has no such variable.")
            message = f"`{key}` is not a key of a source."
            problems.append(Problem("unknown-key", message, hint, item.key_place(key)))
    return problems
