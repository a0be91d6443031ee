"""The letter that a tab asks to see, and the index of all people who may get one.

A list is read once, in a thread. Of each person the index keeps a line to search and the packed
entry, so that 50,000 people take 40 MB and each is found at once.
"""

import pickle
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Annotated, Any, Literal, NamedTuple, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from advocacy.campaign.addressing import organization_of, recipients_of
from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import chosen, is_addressed, stage_for
from advocacy.campaign.supporters import Supporters
from advocacy.campaign.supporters.model import letter_id
from advocacy.errors import Problem
from advocacy.files.characters import column_width
from advocacy.letters.compose import letter_language
from advocacy.letters.samples import sample_supporters

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MOST_CHARACTERS = 1_000_000
Text = Annotated[str, StringConstraints(max_length=MOST_CHARACTERS)]
TabName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,40}$")]


class RequestModel(BaseModel):
    """JSON that the page sends; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Choices(RequestModel):
    """What is chosen on the page; None stands for what fits by itself. `width` is in pixels."""

    stage: Name | None = None
    person: Name | None = None
    day: date | None = None
    language: Name | None = None
    variants: dict[Name, Name] = Field(default_factory=dict, max_length=8)
    width: Annotated[int, Field(ge=300, le=2600)] = 1224


class FieldText(RequestModel):
    """The new text of one value of a YAML file, with the keys that lead to it.

    `base` is the digest of the text that it replaces.
    """

    file: Name
    keys: tuple[Annotated[str, StringConstraints(max_length=200)] | int, ...] = Field(
        min_length=1, max_length=8
    )
    text: Text
    base: Annotated[str, StringConstraints(max_length=200)] = ""


class Show(RequestModel):
    """What a tab shows from now on, with its unsaved texts; `desk` is the tab's name.

    `bases` are the digests of the saved texts that `drafts` replace, by the names of the files. A
    tab numbers its requests: an older one that arrives later changes nothing.
    """

    desk: TabName
    number: Annotated[int, Field(ge=0)] = 0
    choices: Choices = Choices()
    drafts: dict[Name, Text] = Field(default_factory=dict, max_length=60)
    bases: dict[Name, Name] = Field(default_factory=dict, max_length=60)
    fields: tuple[FieldText, ...] = Field((), max_length=60)


@dataclass(frozen=True, slots=True)
class ChosenLetter:
    """One letter of a campaign: the choices with every gap filled."""

    stage: str
    person: Recipient
    day: date
    language: str
    variants: dict[str, str]
    supporters: Supporters | None

    @property
    def key(self) -> tuple[str, ...]:
        """Stage, person's letter id, language and variants, which stay the same on every day."""
        variants = (f"{part}={name}" for part, name in sorted(self.variants.items()))
        return self.stage, self.person.letter_id, self.language, *variants


def choose_letter(
    campaign: Campaign, choices: Choices, people: "PeopleList"
) -> ChosenLetter | None:
    """Find the letter that the choices mean; None where the campaign writes to nobody.

    Without a choice it is the letter that `render` makes for the person on the day. A stage that
    is chosen without a day is shown on a day of its window.
    """
    file = campaign.file
    day = choices.day or campaign.letter_date()
    name = choices.stage
    if name not in file.stages:
        name = _fitting_stage(campaign, people.get(choices.person) or people.first(), day)
    stage = file.stages[name]
    if choices.day is None and not stage.covers(day):
        day = stage.from_ or stage.until or day
    person = _person(campaign, choices, people, stage, day)
    if person is None:
        return None
    if choices.language:
        person = person.model_copy(update={"language": choices.language})
    supporters = sample_supporters(campaign, name)
    variants = chosen(file.id, name, stage, letter_id(person, supporters))
    for part, wanted in choices.variants.items():
        offered = getattr(stage.variants, part, {}) if part in variants else {}
        if wanted in offered:
            variants[part] = wanted
    language = letter_language(campaign, person, stage)
    return ChosenLetter(name, person, day, language, variants, supporters)


def _fitting_stage(campaign: Campaign, person: Recipient | None, day: date) -> str:
    """The person's stage on the day; where none or several fit, the one that comes nearest."""
    name = stage_for(campaign, person, day)[0] if person else None
    stages = campaign.file.stages
    begun = [name for name, stage in stages.items() if stage.from_ and stage.from_ <= day]
    return name or next(iter([*campaign.stages_on(day), *reversed(begun), *stages]))


def _person(
    campaign: Campaign, choices: Choices, people: "PeopleList", stage: Stage, day: date
) -> Recipient | None:
    """The chosen person if the stage is for them, else the first whom it is for."""
    chosen = people.get(choices.person)
    if chosen is not None and is_addressed(campaign, stage, chosen, day):
        return chosen
    if stage.bill is None:
        return people.first(stage.to)
    meant = (one for one in people.everyone() if is_addressed(campaign, stage, one, day))
    return next(meant, None)


def languages(campaign: Campaign, stage: str) -> list[str]:
    """The languages that a stage has a template in, the campaign's own first."""
    template = campaign.file.stages[stage].template
    names = campaign.workspace.template_names("letters", ".md")
    tags = [name.removeprefix(f"{template}.") for name in names if name.startswith(f"{template}.")]
    return list(dict.fromkeys([campaign.file.language, *tags]))


Kind = Literal["longest", "missing", "script"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_FOUND = 30
MOST_PROBLEMS = 50
FIRST_READ = 20
"""The number of people that are read before the first page is shown."""
_FIELDS = ("full_name", "title", "salutation", "email", "address", "city", "postal_code")
# The first words of the Unicode names of a script's letters, by the script's ISO 15924 code.
_SCRIPTS = {
    "Latn": ("LATIN",), "Cyrl": ("CYRILLIC",), "Grek": ("GREEK",), "Arab": ("ARABIC",),
    "Hebr": ("HEBREW",), "Deva": ("DEVANAGARI",), "Hans": ("CJK",), "Hant": ("CJK",),
    "Jpan": ("CJK", "HIRAGANA", "KATAKANA"), "Kore": ("HANGUL", "CJK"), "Thai": ("THAI",),
    "Armn": ("ARMENIAN",), "Geor": ("GEORGIAN",), "Beng": ("BENGALI",), "Taml": ("TAMIL",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """A person on the page: the letter's id, the name, and where they work or live."""

    id: str
    name: str
    where: str


class _Entry(NamedTuple):
    """A person of the index: the line to search, the packed recipient, and how much is empty."""

    person: Person
    line: str
    packed: bytes
    empty_fields: int


class PeopleList:
    """The people of a campaign, in the order of their list.

    One thread adds entries while others search: an entry is complete before it is added.
    """

    def __init__(self, campaign: Campaign, day: date) -> None:
        """Read the first few; `read` reads the others."""
        self._rows = recipients_of(campaign, day, self._report)
        self._campaign = campaign
        self._entries: list[_Entry] = []
        self._by_id: dict[str, _Entry] = {}
        self._first = b""
        self.problems: list[Problem] = []
        self.complete = False
        for row in islice(self._rows, FIRST_READ):
            self._add(row)

    def __len__(self) -> int:
        return len(self._entries)

    def progress(self) -> dict[str, Any]:
        """How many people have been read, and whether these are all."""
        return {"count": len(self), "complete": self.complete}

    def read(self, stop: Callable[[], bool], on_progress: Callable[[], object]) -> None:
        """Read the rest; `stop` ends it early, `on_progress` is called now and then."""
        for number, row in enumerate(self._rows):
            if number % 500 == 0 and stop():
                return
            self._add(row)
            if number % 5000 == 4999:
                on_progress()
        self.complete = True
        on_progress()

    def _report(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def _add(self, row: Recipient) -> None:
        organization = organization_of(self._campaign, row)
        where = ", ".join(part for part in (row.title, organization, row.city) if part)
        line = _folded(f"{row.called} {where} {row.email or ''} {row.letter_id}")
        empty_fields = sum(not getattr(row, name) for name in _FIELDS)
        person = Person(row.letter_id, row.called, where)
        entry = _Entry(person, line, self._pack(row), empty_fields)
        for name in (
            row.letter_id,
            row.file_name,
            row.earlier_id,
        ):  # all that a stage's `to` may say
            self._by_id.setdefault(name, entry)
        self._entries.append(entry)

    def _pack(self, row: Recipient) -> bytes:
        """Pickle a recipient, compressed by what it shares with the first: to a tenth or less."""
        pickled = pickle.dumps(row, pickle.HIGHEST_PROTOCOL)
        self._first = self._first or pickled
        packer = zlib.compressobj(1, zdict=self._first)
        return packer.compress(pickled) + packer.flush()

    def _unpack(self, entry: _Entry) -> Recipient:
        pickled = zlib.decompressobj(zdict=self._first).decompress(entry.packed)
        # Pickled by this process a moment ago: nothing that came from elsewhere.
        return cast("Recipient", pickle.loads(pickled))  # noqa: S301

    def get(self, letter_id: str | None) -> Recipient | None:
        """The recipient with that letter id, if there is one."""
        entry = self._by_id.get(letter_id or "")
        return self._unpack(entry) if entry else None

    def first(self, ids: Sequence[str] = ()) -> Recipient | None:
        """The first person on the list, or the first found of those ids."""
        if ids:
            return next(filter(None, map(self.get, ids)), None)
        return self._unpack(self._entries[0]) if self._entries else None

    def everyone(self) -> Iterator[Recipient]:
        """All people who have been read so far, in the order of the list."""
        yield from map(self._unpack, list(self._entries))

    def _among(self, ids: Sequence[str]) -> list[_Entry]:
        """The entries read so far, or those of these ids alone."""
        wanted = set(ids)
        return [one for one in list(self._entries) if not wanted or one.person.id in wanted]

    def search(self, words: str, among: Sequence[str] = ()) -> tuple[list[Person], int]:
        """Find people whose line has all the words: up to `MOST_FOUND`, and how many there are."""
        wanted = _folded(words).split()
        found = [
            entry.person
            for entry in self._among(among)
            if all(word in entry.line for word in wanted)
        ]
        return found[:MOST_FOUND], len(found)

    def find_unusual(
        self, kind: Kind, after: str | None = None, among: Sequence[str] = ()
    ) -> Person | None:
        """Find a person who strains a letter: a very long name, empty fields, another script.

        `after` is the id found before: the next one is returned, and after the last the first.
        """
        entries = self._among(among)
        if kind == "longest":
            entries = sorted(entries, key=lambda one: -column_width(one.person.name))[:10]
        elif kind == "missing":
            most = max((one.empty_fields for one in entries), default=0)
            entries = [one for one in entries if most and one.empty_fields == most]
        else:
            home = scripts_of(self._campaign.file.language)
            entries = [one for one in entries if _has_other_script(one.person.name, home)]
        ids = [one.person.id for one in entries]
        at = ids.index(after) + 1 if after in ids else 0
        return entries[at % len(entries)].person if entries else None


def _folded(text: str) -> str:
    """Text without case and accents, so that `Zoë` is found as `zoe`."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def scripts_of(language: str) -> tuple[str, ...]:
    """The scripts that a language is written in (CLDR), by the first words of letters' names."""
    from babel.core import get_global

    likely = get_global("likely_subtags")
    parts = language.replace("_", "-").split("-")
    full = likely.get("_".join(parts)) or likely.get(parts[0]) or "en_Latn_US"
    known = [part for part in (*parts, *full.split("_")) if part in _SCRIPTS]
    return _SCRIPTS[known[0]] if known else ("LATIN",)


def _has_other_script(name: str, home: tuple[str, ...]) -> bool:
    letters = filter(str.isalpha, name)
    return any(not unicodedata.name(char, "LATIN").startswith(home) for char in letters)
