"""Facts: single statements, each with a source, a place in it, and the days it holds."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from advocacy.campaign.days import Days
from advocacy.campaign.field_types import Day, NumberOrWords, Slug
from advocacy.campaign.languages import Language, LocalText, primary_language
from advocacy.errors import Problem, did_you_mean
from advocacy.files.characters import Line, Passage, fault
from advocacy.files.yaml.reading import Located, YamlMap, parse

# The locator terms of CSL 1.0.2 (appendix III), which name a place in a source.
LocatorLabel = Literal[
    "act", "appendix", "article-locator", "book", "canon", "chapter", "column", "elocation",
    "equation", "figure", "folio", "issue", "line", "note", "opus", "page", "paragraph", "part",
    "rule", "scene", "section", "sub-verbo", "supplement", "table", "timestamp", "title-locator",
    "verse", "version", "volume",
]  # fmt: skip

FactState = Literal["holds", "not yet", "ended", "superseded"]


Speech = Literal["direct", "reported"]


class Speaker(Located):
    """Who says the words of a quotation: a person, a body, or the publication itself."""

    name: Line = Field(description="The name of the person or body, as a letter prints it.")
    organization: Line | None = Field(None, description="The organization that a person is with.")

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "name" not in data:
            raise _no_name()
        return data

    @property
    def label(self) -> str:
        """The name as a letter prints it: `Jane Roe (Widget Works)`, `Widget Works`."""
        return f"{self.name} ({self.organization})" if self.organization else self.name


def _no_name() -> Exception:
    return fault(
        "bad-name",
        "has no name",
        "Write `speaker: Widget Works`, or for a person "
        "`speaker: {name: Jane Roe, organization: Widget Works}`.",
    )


def _speaker(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not any(char.isalpha() for char in value):
        raise _no_name()
    return {"name": value}


def _or_text(schema: dict[str, Any]) -> None:
    """Add to a schema that a name alone will do."""
    schema.setdefault("anyOf", []).insert(0, {"type": "string"})


class Translation(Located):
    """A quotation in another language than its source's, and who translated it."""

    text: Passage = Field(description="The quotation as translated.")
    by: Line = Field(description="Who translated it, as a letter prints it.")


class Fact(Located):
    """A statement that letters may cite, as in a facts file."""

    statement: LocalText = Field(
        description="One plain sentence that claims no more than its source."
    )
    source: Slug = Field(description="The id of the source that supports it.")
    locator: dict[LocatorLabel, NumberOrWords] = Field(
        default_factory=dict,
        description="The place in the source: page, section, paragraph, timestamp …",
    )
    quote: Passage | None = Field(None, description="The source's own words, verbatim.")
    speaker: Annotated[Speaker | None, BeforeValidator(_speaker)] = Field(
        None,
        description="Who says the quoted words: the name of a body or of the publication, or "
        "a person's `name` and `organization`.",
        json_schema_extra=_or_text,
    )
    speech: Speech = Field(
        "direct",
        description="`direct`: the words are the speaker's. `reported`: the source reports in its "
        "own words what the speaker said.",
    )
    translations: dict[Language, Translation] = Field(
        default_factory=dict,
        description="The quotation in other languages, by language. Letters in these languages "
        "print the translation and its translator.",
    )
    via: Slug | None = Field(
        None, description="The source where it was read, if it was not read in the original."
    )
    from_: Day | None = Field(
        None, alias="from", description="The first day on which the statement is true."
    )
    until: Day | None = Field(None, description="The last day on which the statement is true.")
    superseded_by: Slug | None = Field(None, description="The fact that replaced this one.")
    contradicts: tuple[Slug, ...] = Field(
        (), description="Facts that cannot be cited together with this one."
    )
    checked: Day | None = Field(None, description="The last day on which the source was checked.")

    @property
    def days(self) -> Days:
        """The days on which the statement is true."""
        return Days(self.from_, self.until)

    def holds(self, day: date) -> bool:
        """Whether the statement is true on that day; both ends of its days count."""
        return self.days.covers(day)

    def translation(self, language: str) -> Translation | None:
        """The quotation as a letter in that language prints it, if it is a translation."""
        return self.translations.get(language) or self.translations.get(primary_language(language))

    def state(self, day: date) -> FactState:
        """What the fact is on that day."""
        if self.from_ is not None and day < self.from_:
            return "not yet"
        if self.until is not None and day > self.until:
            return "superseded" if self.superseded_by else "ended"
        return "holds"

    def recheck_due(self, day: date, after: timedelta) -> bool:
        """Whether nobody has looked at the source for longer than `after` before that day."""
        return self.checked is None or day - self.checked > after


Facts = Mapping[str, Fact]
"""Facts by id, in the order of their files."""


def parse_facts(data: YamlMap) -> tuple[dict[str, Fact], list[Problem]]:
    """The facts of one file by id, and everything that is wrong in it."""
    facts: dict[str, Fact] = {}
    problems: list[Problem] = []
    for key, value in data.items():
        place = data.value_place(key)
        if not isinstance(value, YamlMap):
            message = f"The fact `{key}` has no fields."
            hint = "Write `statement:` and `source:` on separate lines under it."
            problems.append(Problem("wrong-type", message, hint, place))
            continue
        fact, found = parse(Fact, value)
        problems += found
        if fact is not None:
            facts[key] = fact
            problems += fact.days.order_problems(f"The fact `{key}`", fact.place("until"))
    return facts, problems


def unknown_references(
    facts: Facts, sources: Mapping[str, object], mistaken: Collection[str] = ()
) -> list[Problem]:
    """Names of facts and sources that no file has, and rings of `superseded_by`.

    `mistaken` are ids of facts and sources that could not be read, which is told already.
    """
    problems: list[Problem] = []
    for key, fact in facts.items():
        for field in ("source", "via"):
            name = getattr(fact, field)
            if name is not None and name not in sources and name not in mistaken:
                problems.append(
                    Problem(
                        "unknown-source",
                        f"The fact `{key}` names the source `{name}`, which is not in any "
                        "sources file.",
                        did_you_mean(name, sources, "Add it to the sources file."),
                        fact.place(field),
                    )
                )
        others = [("superseded_by", fact.superseded_by)] if fact.superseded_by else []
        others += [("contradicts", other) for other in fact.contradicts]
        for field, name in others:
            if (name not in facts and name not in mistaken) or name == key:
                others_known = [other for other in facts if other != key]
                message = (
                    f"The fact `{key}` names itself in `{field}`."
                    if name == key
                    else (
                        f"The fact `{key}` names `{name}` in `{field}`, which is not in any "
                        "facts file."
                    )
                )
                hint = did_you_mean(name, others_known, "Correct the name, or add the fact.")
                problems.append(Problem("unknown-fact", message, hint, fact.place(field)))
    return problems + _rings(facts)


def _rings(facts: Facts) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[str] = set()
    for start in facts:
        path: list[str] = []
        key: str | None = start
        while key is not None and key in facts and key not in seen and key not in path:
            path.append(key)
            key = facts[key].superseded_by
        if key in path:
            ring = path[path.index(key) :]
            if len(ring) > 1:
                problems.append(
                    Problem(
                        "superseded-ring",
                        "These facts supersede each other in a circle: "
                        + " → ".join([*ring, ring[0]])
                        + ".",
                        "Remove `superseded_by` from the fact that is true today.",
                        facts[ring[0]].place("superseded_by"),
                    )
                )
        seen.update(path)
    return problems
