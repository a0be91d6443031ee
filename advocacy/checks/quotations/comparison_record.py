"""The record of which quotation was compared with which kept copy, and when.

It is kept beside the facts, in `facts/<name>.compared.yaml`, and in version control, where copies
are not. For each fact it has digests of what was compared, so that any later change is noticed
without the copy: the quotation, its speaker, source, locator and days, and the days on which the
sources were published. Facts without a quotation are recorded, too, with their statements.
`advocacy facts compare` writes it. `facts touch` and `facts end` keep it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from advocacy.campaign.facts import Fact
from advocacy.campaign.field_types import Day, Slug
from advocacy.campaign.loading import Campaign
from advocacy.campaign.sources import Source
from advocacy.errors import Problem, Read
from advocacy.files.characters import RecordedLine
from advocacy.files.content_digests import digest_of, plain_values
from advocacy.files.yaml.reading import Located, YamlMap, parse, scan_yaml
from advocacy.files.yaml.splicing import written
from advocacy.letters.letter import CitedFact

HEADER = """\
# Which quotation was compared with which kept copy: written by `advocacy facts compare`, read by
# `advocacy check`. Keep it in version control.
"""
DIGITS = 16
"""The number of hexadecimal digits of a digest that distinguish two values."""


REFERENCE = "reference"
"""The key of the digest of who wrote a source, what it is called, and where it is."""
LATER = frozenset({REFERENCE, "statement", "superseded_by"})
"""The keys that records of earlier versions do not have."""


class Comparison(Located):
    """The comparison of one fact with a kept copy, as it is written in the file."""

    day: Day = Field(alias="compared", description="The day of the comparison.")
    copied: Slug | None = Field(
        None, alias="copy", description="The source whose copy has the quotation."
    )
    digests: dict[RecordedLine, RecordedLine] = Field(
        description="The digest of each thing that was compared."
    )

    def changed(self, now: Mapping[str, str]) -> tuple[str, ...]:
        """The keys of a fact whose digests are others now; the copy's is not among them."""
        keys = [key for key in {**self.digests, **now} if key != "copy"]
        if not self.has_quote:
            keys = [key for key in keys if key not in ("quote", "translations")]
        if not self.complete:
            keys = [key for key in keys if key not in LATER]
        return tuple(key for key in keys if self.digests.get(key) != now.get(key))

    @property
    def has_quote(self) -> bool:
        """Whether a quotation was compared, and not only the rest of the fact recorded."""
        return "quote" in self.digests

    @property
    def complete(self) -> bool:
        """Whether it has all that is compared: earlier versions recorded less."""
        return REFERENCE in self.digests

    def entry(self) -> dict[str, Any]:
        """The comparison as it is written."""
        copied = {"copy": self.copied} if self.copied else {}
        return {"compared": self.day, **copied, "digests": dict(self.digests)}


@dataclass(slots=True)
class ComparisonRecord:
    """The comparisons of a campaign's facts, by the id of the fact, and all that is wrong."""

    comparisons: dict[str, Comparison] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, campaign: Campaign) -> "ComparisonRecord":
        """The records beside all facts files of a campaign."""
        record = cls()
        for path in facts_files(campaign.facts.values()):
            comparisons, problems = read_record(path)
            record.comparisons |= comparisons
            record.problems += problems
        return record


def facts_files(facts: Iterable[Fact]) -> list[Path]:
    """The files in which facts are written, each once."""
    places = (fact.place() for fact in facts)
    return list(dict.fromkeys(place.path for place in places if place))


def record_path(facts_file: Path) -> Path:
    """The path of the record: `facts.compared.yaml` beside `facts.yaml`."""
    return facts_file.with_name(f"{facts_file.stem}.compared.yaml")


def read_record(facts_file: Path) -> Read[dict[str, Comparison]]:
    """The comparisons of a facts file by fact, and all that is wrong in the record."""
    path = record_path(facts_file)
    if not path.is_file():
        return {}, []
    data, problems = scan_yaml(path)
    comparisons: dict[str, Comparison] = {}
    for name, entry in (data or {}).items():
        found = None
        if isinstance(entry, YamlMap):
            found, wrong = parse(Comparison, entry)
            problems += wrong
        if found is not None:
            comparisons[name] = found
        elif not isinstance(entry, YamlMap):
            message = f"The comparison of `{name}` cannot be read."
            hint = "Remove it, and run `advocacy facts compare` again."
            place = data.value_place(name) if data is not None else None
            problems.append(Problem("wrong-type", message, hint, place))
    return comparisons, problems


def digests_of(fact: Fact, sources: Iterable[Source]) -> dict[str, str]:
    """The digest of each thing of a fact that is compared, by its key.

    `issued` and `reference` are its sources'. Keys that are not written have none.
    """
    plain, sources = plain_values(fact), list(sources)
    content = {
        "quote": plain.get("quote"),
        "translations": plain.get("translations"),
        "speaker": [plain[key] for key in ("speaker", "speech") if key in plain],
        "source": [fact.source, fact.via],
        "locator": plain.get("locator"),
        "from": plain.get("from"),
        "until": plain.get("until"),
        "contradicts": plain.get("contradicts"),
        "issued": [source.issued for source in sources if source.issued],
        "superseded_by": plain.get("superseded_by"),
        # A quotation says by itself what a fact states.
        "statement": None if fact.quote else plain.get("statement"),
        REFERENCE: [_reference(source) for source in sources],
    }
    return {key: digest_of(value)[:DIGITS] for key, value in content.items() if value}


def _reference(source: Source) -> list[Any]:
    """Who wrote a source, what it is called, and where it is."""
    plain = plain_values(source)
    return [plain.get(key) for key in ("author", "title", "container-title", "URL")]


def digests_of_cited(cited: CitedFact) -> dict[str, str]:
    """The same of a fact with its sources."""
    return digests_of(cited.fact, [s for s in (cited.source, cited.via) if s is not None])


def compared(cited: CitedFact, day: date, copied: str, copy_digest: str) -> Comparison:
    """The comparison of a fact on a day with the copy of a source."""
    digests = {**digests_of_cited(cited), "copy": copy_digest[:DIGITS]}
    return Comparison(compared=day, copy=copied, digests=digests)


def noted(cited: CitedFact, day: date) -> Comparison:
    """The record of a fact on a day where there is no quotation, or no copy to compare it with."""
    digests = digests_of_cited(cited)
    digests = {key: one for key, one in digests.items() if key not in ("quote", "translations")}
    return Comparison(compared=day, copy=None, digests=digests)


def render_record(comparisons: Mapping[str, Comparison]) -> str:
    """The text of a record."""
    entries = {name: one.entry() for name, one in comparisons.items()}
    return f"{HEADER}{written(entries, flow=False)}\n"
