"""How a letter addresses a person by gender and office, in each language.

The forms and their sources are in `gendered_forms.toml`. Nothing is guessed from a given name: a
gender is known from the list's `gender` column, from an honorific, or from a title that has a form
for women (“Ministerin”). Where none says it, the form is one that fits everybody.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from advocacy.campaign.languages import primary_language
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.personal_names import (
    FAMILY_FIRST,
    family_part,
    greeted_name,
    with_honorific,
    without_honorifics,
)
from advocacy.resources import read_table

Gender = Literal["female", "male"]
_GENDERS: tuple[Gender, ...] = ("female", "male")
_TABLE = read_table("campaign/recipients/gendered_forms.toml")


@dataclass(frozen=True, slots=True)
class FormOfAddress:
    """Whom a salutation greets.

    `name` is what stands in it for the person: `Mr. Smith`, `Frau Abgeordnete`, `Madame`.
    `official`: the person is greeted by an office of state.
    """

    name: str
    gender: Gender | None = None
    official: bool = False


def gender_of(recipient: Recipient, language: str) -> Gender | None:
    """The gender that the list says: in its own column, or by an honorific or a title."""
    if recipient.gender:
        return _among(_TABLE["gender"], (recipient.gender,))
    forms = _TABLE.get(primary_language(language), {})
    return (
        _said_by_honorific(forms, recipient)
        or (_office_of(forms.get("offices", []), recipient.title or "")[1])
    )


def _said_by_honorific(forms: dict[str, Any], recipient: Recipient) -> Gender | None:
    first = (recipient.name or "").split(" ", 1)[:1]
    return _among(_TABLE["honorific"], _words(recipient.honorific)) or (
        _among(forms.get("in_names", {"female": "", "male": ""}), first)
    )


def _honorifics(recipient: Recipient) -> list[str]:
    """The words of the honorific, and of those that stand before the name in its own column."""
    before = without_honorifics(recipient.name)[0] if recipient.name else []
    return [*_words(recipient.honorific), *before]


def form_of_address(recipient: Recipient, language: str) -> FormOfAddress:
    """Whom a salutation in a language greets; a person's own `salutation` comes first."""
    forms: dict[str, Any] | None = _TABLE.get(primary_language(language))
    if forms is None or not recipient.full_name:
        return FormOfAddress(without_stops(recipient.greeted, language))
    if recipient.salutation:
        said = _among(_TABLE["honorific"], _words(recipient.salutation)[:1])
        official = any(
            office.get("official") and recipient.salutation.casefold() == office[gender].casefold()
            for office in forms["offices"]
            for gender in _GENDERS
        )
        return FormOfAddress(recipient.salutation, said, official)
    alone = [form for word in _words(recipient.honorific) if (form := _alone(forms, word))]
    if alone:
        return FormOfAddress(alone[0])
    office, _ = _office_of(forms["offices"], recipient.title or "")
    gender = gender_of(recipient, language)
    if gender is None:
        return FormOfAddress(forms.get("unknown") or _with_degree(forms, recipient))
    if office is not None:
        return FormOfAddress(office[gender], gender, bool(office.get("official")))
    person: str = forms["person"][gender]
    if not forms["named"]:
        return FormOfAddress(person, gender)
    degree = _degree(forms, recipient, gender)
    before = degree if degree and forms.get("degrees_alone") else f"{person} {degree}".rstrip()
    return FormOfAddress(f"{before} {_greeted_by(forms, recipient)}", gender)


def envelope_name(recipient: Recipient, language: str) -> str:
    """The name as the address has it: `Herrn Dr. Uwe Weiß`, `Madame Léa Petit`, `Mr John Smith`."""
    name, honorific = recipient.full_name, recipient.honorific
    forms: dict[str, Any] = _TABLE.get(primary_language(language), {})
    envelope = forms.get("envelope")
    if envelope is not None and name:
        first = (honorific or name).split(" ", 1)[0]
        if first.casefold() == "herr" and envelope["male"] == "Herrn":
            honorific, name = (
                (f"Herrn{honorific[4:]}", name) if honorific else (None, f"Herrn{name[4:]}")
            )
        elif (gender := gender_of(recipient, language)) is not None:
            honorific = _before_name(forms, recipient, gender)
    return without_stops(with_honorific(honorific, name), language)


def _before_name(forms: dict[str, Any], recipient: Recipient, gender: Gender) -> str | None:
    """What stands before a name on the envelope: `Herrn`, in German before a degree, too."""
    honorific = recipient.honorific
    if _said_by_honorific(forms, recipient) is not None:
        return honorific
    if not honorific:
        return str(forms["envelope"][gender])
    return f"{forms['envelope'][gender]} {honorific}" if forms.get("before_degrees") else honorific


def without_stops(name: str, language: str) -> str:
    """A name with the honorifics of its language written as there: `Mr Smith` in Britain."""
    words = _contractions(language)
    return words.sub(r"\1", name) if words is not None and "." in name else name


@lru_cache(maxsize=64)
def _contractions(language: str) -> re.Pattern[str] | None:
    words = _TABLE["without_stop"].get(language)
    return re.compile(rf"\b({'|'.join(words.split())})\.(?=\s|$)") if words else None


def _words(text: str | None) -> list[str]:
    return (text or "").split()


def _plain(word: str) -> str:
    return word.casefold().rstrip(".")


def _among(genders: dict[str, str], words: Iterable[str]) -> Gender | None:
    """The gender that the first of some words says."""
    for word in words:
        for gender in _GENDERS:
            if _plain(word) in _sets(genders[gender]):
                return gender
    return None


@lru_cache(maxsize=8)
def _sets(words: str) -> frozenset[str]:
    return frozenset(word.rstrip(".") for word in words.split())


def _alone(forms: dict[str, Any], word: str) -> str | None:
    found: str | None = forms.get("alone", {}).get(_plain(word))
    return found


def _office_of(
    offices: list[dict[str, Any]], title: str
) -> tuple[dict[str, Any] | None, Gender | None]:
    """The office that a title names by most of its words, and the gender that it then says."""
    found: tuple[int, dict[str, Any] | None, Gender | None] = (0, None, None)
    for office in offices:
        for name, gender in _names(office):
            if len(name) > found[0] and re.match(rf"{re.escape(name)}(?!\w)", title, re.IGNORECASE):
                found = (len(name), office, gender)
    return found[1], found[2]


def _names(office: dict[str, Any]) -> Iterator[tuple[str, Gender | None]]:
    """The titles of an office; a man's title may stand for anybody, so it says no gender."""
    for gender in _GENDERS:
        words = re.sub(r"^\S+ (?:(?:la|le) |l’)?", "", office[gender])
        says = gender == "female" and not office.get("neutral")
        yield words, "female" if says else None
    for title in office.get("titles", ()):
        yield title, None


def _degree(forms: dict[str, Any], recipient: Recipient, gender: Gender | None) -> str:
    """What stays of an honorific in a greeting: the highest of its degrees."""
    degrees: dict[str, dict[str, str]] = forms.get("degrees", {})
    given = [
        re.sub(r"(?:essor)?(?:\.?in)?(?:[.-].*)?$", "", _plain(word))
        for word in _honorifics(recipient)
    ]
    found = next((form for degree, form in degrees.items() if degree in given), {})
    return found.get(gender or "unknown", "")


def _with_degree(forms: dict[str, Any], recipient: Recipient) -> str:
    """Given and family name after a degree, where no gender is known: `Dr. Maxi Muster`."""
    degree = _degree(forms, recipient, None)
    if not degree:
        return recipient.greeted
    name = without_honorifics(greeted_name(recipient.full_name))[1]
    return f"{degree} {name}"


def _greeted_by(forms: dict[str, Any], recipient: Recipient) -> str:
    """The family name; the whole name where no column has it and the name does not show it."""
    if recipient.family_name:
        return recipient.family_name
    name = without_honorifics(recipient.full_name)[1]
    if not forms.get("family_last") or primary_language(recipient.language or "") in FAMILY_FIRST:
        return name
    return family_part(greeted_name(name))
