"""Those who may get a letter: an index of a list of any length, searched as one types.

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
from typing import Literal, cast

from advocacy.campaign.addressing import People, organization_of, recipients_of
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.errors import Problem

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


class Roll:
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
            order = sorted(numbers, key=lambda n: (-_width(self._entries[n].name), n))[:10]
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


def _width(name: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in name)


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
