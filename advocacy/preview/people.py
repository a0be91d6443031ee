"""What a tab of the browser asks to see, and what that comes to for a campaign.

Those who may get a letter: an index of a list of any length, searched as one types.

A list is read once, in a thread. Of each person a line to search and the packed entry are kept,
about a kilobyte, so that 50,000 people fit and each is found at once.
"""

import pickle
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from advocacy.campaign.addressing import People, organization_of, recipients_of
from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import chosen
from advocacy.campaign.supporters import Supporters
from advocacy.campaign.supporters.model import letter_id
from advocacy.errors import Problem
from advocacy.files.characters import column_width
from advocacy.letters.compose import letter_language
from advocacy.letters.signing import stand_in

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


def settle(campaign: Campaign, choices: Choices, people: "PeopleList") -> Settled | None:
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


def _person(choices: Choices, people: "PeopleList", stage: Stage) -> Recipient | None:
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


Kind = Literal["longest", "missing", "script"]
KINDS: dict[str, Kind] = {"longest": "longest", "missing": "missing", "script": "script"}
SHOWN = 30
AT_ONCE = 20
"""So many are read before the first page is shown."""
_FIELDS = ("full_name", "title", "salutation", "email", "address", "city", "postal_code")
# Unicode names the letters of a script by its name (ISO 15924 code → first word of the names).
_SCRIPTS = {
    "Latn": ("LATIN",), "Cyrl": ("CYRILLIC",), "Grek": ("GREEK",), "Arab": ("ARABIC",),
    "Hebr": ("HEBREW",), "Deva": ("DEVANAGARI",), "Hans": ("CJK",), "Hant": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"), "Kore": ("HANGUL", "CJK"), "Thai": ("THAI",),
    "Armn": ("ARMENIAN",), "Geor": ("GEORGIAN",), "Beng": ("BENGALI",), "Taml": ("TAMIL",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """What the page shows of somebody: the letter's id, name, and where they work or live."""

    id: str
    name: str
    where: str


class PeopleList:
    """The people of a campaign, in the order of their list."""

    def __init__(self, campaign: Campaign, day: date) -> None:
        """Read the first few; `read` reads the others."""
        self._rows = recipients_of(campaign, day, People())
        self._campaign = campaign
        self._entries: list[Person] = []
        self._lines: list[str] = []
        self._packed: list[bytes] = []
        self._missing: list[tuple[str, ...]] = []
        self._by_id: dict[str, int] = {}
        self._lock = threading.Lock()
        self.problems: list[Problem] = []
        self.complete = False
        for _, row in zip(range(AT_ONCE), self._rows, strict=False):
            self._add(row)

    def __len__(self) -> int:
        return len(self._entries)

    def read(self, stop: Callable[[], bool], told: Callable[[], object]) -> None:
        """Read the rest, and tell now and then how far it is; `stop` ends it early."""
        for number, row in enumerate(self._rows):
            if number % 500 == 0 and stop():
                return
            self._add(row)
            if number % 5000 == 4999:
                told()
        self.complete = True
        told()

    def _add(self, row: Recipient | Problem) -> None:
        if isinstance(row, Problem):
            if len(self.problems) < 50:
                self.problems.append(row)
            return
        organization = organization_of(self._campaign, row)
        where = ", ".join(part for part in (row.title, organization, row.city) if part)
        line = f"{row.called} {where} {row.email or ''} {row.letter_id}"
        with self._lock:
            self._by_id.setdefault(row.letter_id, len(self._entries))
            self._entries.append(Person(row.letter_id, row.called, where))
            self._lines.append(_folded(line))
            self._packed.append(pickle.dumps(row, pickle.HIGHEST_PROTOCOL))
            self._missing.append(tuple(name for name in _FIELDS if not getattr(row, name)))

    def get(self, name: str) -> Recipient | None:
        """The recipient of a letter's id."""
        number = self._by_id.get(name)
        return None if number is None else self._unpacked(number)

    def first(self, ids: Sequence[str] = ()) -> Recipient | None:
        """The first on the list, or the first of those ids."""
        for name in ids:
            found = self.get(name)
            if found is not None:
                return found
        return self._unpacked(0) if self._packed and not ids else None

    def _unpacked(self, number: int) -> Recipient:
        # Packed by this object a moment ago: nothing that came from elsewhere.
        return cast("Recipient", pickle.loads(self._packed[number]))  # noqa: S301

    def search(self, words: str, among: Sequence[str] = ()) -> tuple[list[Person], int]:
        """Up to `SHOWN` people in whose line all the words stand, and how many there are."""
        wanted = _folded(words).split()
        found: list[Person] = []
        count = 0
        allowed = set(among)
        for number, line in enumerate(self._lines[: len(self._entries)]):
            if all(word in line for word in wanted):
                person = self._entries[number]
                if allowed and person.id not in allowed:
                    continue
                count += 1
                if len(found) < SHOWN:
                    found.append(person)
        return found, count

    def odd(self, kind: Kind, after: str | None = None, among: Sequence[str] = ()) -> Person | None:
        """One who strains a letter: the longest name, fields left empty, another script.

        Asked again with the one found before, the next such one, and the first again at the end.
        """
        numbers = range(len(self._entries))
        allowed = set(among)
        if allowed:
            numbers = [n for n in numbers if self._entries[n].id in allowed]  # type: ignore[assignment]
        if not numbers:
            return None
        if kind == "longest":
            order = sorted(numbers, key=lambda n: (-column_width(self._entries[n].name), n))[:10]
        elif kind == "missing":
            order = sorted(numbers, key=lambda n: (-len(self._missing[n]), n))
            most = len(self._missing[order[0]])
            order = [n for n in order if self._missing[n] and len(self._missing[n]) == most]
        else:
            home = scripts_of(self._campaign.file.language)
            order = [n for n in numbers if _other_script(self._entries[n].name, home)]
        ids = [self._entries[n].id for n in order]
        at = ids.index(after) + 1 if after in ids else 0
        return self._entries[order[at % len(order)]] if order else None


def _folded(text: str) -> str:
    """Text without case and accents: `Zoë` is found as `zoe`."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def scripts_of(language: str) -> tuple[str, ...]:
    """How Unicode's names of the letters begin that a language is written in (CLDR)."""
    from babel.core import get_global

    likely = get_global("likely_subtags")
    parts = language.replace("_", "-").split("-")
    full = likely.get("_".join(parts)) or likely.get(parts[0]) or "en_Latn_US"
    named = [part for part in chain(parts, full.split("_")) if part in _SCRIPTS]
    return _SCRIPTS[named[0]] if named else ("LATIN",)


def _other_script(name: str, home: Iterable[str]) -> bool:
    return not name.isascii() and any(_foreign(name, tuple(home)))


def _foreign(name: str, home: tuple[str, ...]) -> Iterator[bool]:
    for char in name:
        if char.isalpha():
            yield not unicodedata.name(char, "LATIN").startswith(home)
