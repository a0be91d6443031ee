"""Languages, countries and time zones, and text that stands in several languages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, GetCoreSchemaHandler, Tag
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from advocacy.errors import nearest
from advocacy.files.characters import Line, Passage, fault, shown
from advocacy.resources import read_table

TABLE = read_table("campaign/field_types.toml")
"""What all types of values know: countries, what editors show, what is wrong with a value."""
LANGUAGE_PATTERN: str = TABLE["schema"]["language"]["json_schema_extra"]["pattern"]


def refusal(name: str, value: object, **words: object) -> PydanticCustomError:
    """The fault of that name in the table, with a value and other words put in."""
    found = TABLE["faults"][name]
    message, hint = (found[key].format(value=shown(value), **words) for key in ("message", "hint"))
    return fault(found["code"], message, hint, wanted=found.get("wanted", ""))


def _canonical(tag: str) -> str:
    """A BCP 47 tag with the usual capitals: `zh-Hant-TW`."""
    first, *rest = tag.split("-")
    shaped = [
        part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower()
        for part in rest
    ]
    return "-".join([first.lower(), *shaped])


# Lists name a language in every row: Babel takes as long as a third of reading the row.
@lru_cache(maxsize=256)
def _is_known(tag: str) -> bool:
    from babel import Locale, UnknownLocaleError

    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def known_language(value: str) -> str | None:
    """A language tag with the usual capitals, or None where Babel does not know it."""
    tag = _canonical(value)
    return tag if _is_known(tag) else None


@lru_cache(maxsize=256)  # lists name a language in every row
def language_as_listed(value: str) -> str:
    """The tag of a language that a list writes `en_US`, `English`, or `Deutsch`; else the value."""
    if known_language(value) is not None:
        return value
    dashed = value.strip().replace("_", "-")
    return known_language(dashed) or _language_names().get(value.strip().casefold(), value)


@cache
def _language_names() -> dict[str, str]:
    """The names of languages in those of NAMED_IN, with their tags."""
    from babel import Locale

    found: dict[str, str] = {}
    for language in NAMED_IN:
        for tag, name in Locale(language).languages.items():
            if known_language(tag) is not None:
                found.setdefault(name.casefold(), tag)
    return found


def _language(value: str) -> str:
    tag = known_language(value)
    if tag is not None:
        return tag
    raise refusal("language", value, hint=_language_hint(value))


def _language_hint(value: str) -> str:
    from babel import Locale

    dashed = _canonical(value.strip().replace("_", "-"))
    parent = primary_language(dashed)
    if dashed != value and _is_known(dashed):
        return f"Write `{dashed}`."
    if dashed != parent and _is_known(parent):
        return f"Write `{parent}`, or add a country where it is used."
    names = Locale("en").languages
    by_name = {name: tag for tag, name in names.items() if _is_known(_canonical(tag))}
    near = nearest(value, by_name) if len(value) > 3 else None
    if near:
        return f"Write the tag for {near}: `{_canonical(by_name[near].replace('_', '-'))}`."
    return "Write a language tag such as `en-US`, `fr`, or `pt-BR`."


def primary_language(tag: str) -> str:
    """The language of a tag without script and country (BCP 47): `fr` of `fr-CA`."""
    return tag.partition("-")[0].lower()


Language = Annotated[Line, AfterValidator(_language), Field(**TABLE["schema"]["language"])]
"""A language tag that Babel has dates and names for, with the usual capitals."""


COUNTRIES = frozenset(TABLE["countries"].split())
_COMMON_NAMES: dict[str, str] = TABLE["common_names"]
NAMED_IN = ("en", "de", "fr", "es")
"""The languages in which countries and languages are known by their names."""


# Lists name a country in every row.
@lru_cache(maxsize=1024)
def known_country(value: str) -> str | None:
    """The code of a country that is given by its code, or by its name in one of our languages."""
    code = " ".join(value.upper().split())
    if code in COUNTRIES:
        return code
    return _COMMON_NAMES.get(code) or _country_names().get(code.casefold())


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    """The codes of countries by their names (CLDR), in the languages that letters are set in."""
    from babel import Locale

    return {
        name.casefold(): code
        for language in NAMED_IN
        for code, name in Locale(language).territories.items()
        if code in COUNTRIES
    }


def _country(value: str) -> str:
    code = known_country(value)
    if code is not None:
        return code
    near = _near_country(value)
    hint = f"Did you mean `{near}`?" if near else "Write the ISO 3166 code: `US`, `DE`, `GB`."
    raise refusal("country", value, hint=hint)


def _near_country(code: str) -> str | None:
    if len(code) < 4:
        return None
    # A wrong guess sends a letter abroad: only a slip in a letter or two.
    from difflib import get_close_matches  # here: few countries are misspelled

    near = get_close_matches(code.casefold(), _country_names(), n=1, cutoff=0.82)
    return _country_names()[near[0]] if near else None


Country = Annotated[Line, AfterValidator(_country), Field(**TABLE["schema"]["country"])]
"""A country, by its two-letter code or by its name in one of `NAMED_IN`: the code in capitals."""


_NOT_FOR_PEOPLE = re.compile(r"(localtime|posixrules|Factory|(posix|right)/.*)")


def _timezone(value: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        if not _NOT_FOR_PEOPLE.fullmatch(value):
            ZoneInfo(value)
            return value
    except (KeyError, ValueError, OSError):  # unknown; a path; a folder such as `America`
        pass
    near = _near_timezone(value)
    hint = f"Did you mean `{near}`?" if near else "Write it as Area/City: `America/New_York`."
    raise refusal("timezone", value, hint=hint)


def _near_timezone(value: str) -> str | None:
    from zoneinfo import available_timezones

    zones = sorted(zone for zone in available_timezones() if not _NOT_FOR_PEOPLE.fullmatch(zone))
    cities = {zone.rsplit("/", 1)[-1]: zone for zone in zones if "/" in zone}
    typed = re.sub(r"\s+", "_", value.strip())
    city = nearest(typed.rsplit("/", 1)[-1], cities)
    return nearest(typed, zones) or (cities[city] if city else None)


Timezone = Annotated[Line, AfterValidator(_timezone), Field(**TABLE["schema"]["timezone"])]
"""The name of a time zone that this machine knows."""


def _kind(value: Any) -> str:
    # `- Stop: sell nothing` is text with a colon, which YAML takes for a mapping.
    tagged = isinstance(value, dict) and (
        len(value) != 1 or any(re.fullmatch(LANGUAGE_PATTERN, str(key)) for key in value)
    )
    return "languages" if tagged else "text"


@dataclass(frozen=True, slots=True)
class LocalText:
    """Text that a reader sees: one for every language, or one for each.

    In a file it is text, or a mapping from language tags to text. `texts` has pairs of
    language and text; the language of text that was given alone is empty.
    """

    texts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, value: "str | Mapping[str, str] | LocalText") -> "LocalText":
        """From text or a mapping by language, already checked."""
        if isinstance(value, LocalText):
            return value
        if isinstance(value, str):
            return cls((("", value),))
        return cls(tuple(value.items()))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is written for; none if one text stands for all."""
        return tuple(language for language, _ in self.texts if language)

    def get(self, language: str) -> str | None:
        """The text in a language, or in the wider one (`fr` for `fr-CA`), or None."""
        by_language = dict(self.texts)
        tag = language
        while tag:
            if tag in by_language:
                return by_language[tag]
            tag = tag.rpartition("-")[0]
        return by_language.get("")

    def plain(self) -> str | dict[str, str]:
        """As it stands in a file."""
        return self.texts[0][1] if not self.languages else dict(self.texts)

    def __str__(self) -> str:
        return self.texts[0][1]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = handler.generate_schema(
            Annotated[
                Annotated[Passage, Tag("text")]
                | Annotated[dict[Language, Passage], Field(min_length=1), Tag("languages")],
                Discriminator(_kind),
                Field(description="Text, or a mapping from language tags to text."),
            ]
        )
        return core_schema.no_info_wrap_validator_function(
            lambda value, check: value if isinstance(value, cls) else cls.of(check(value)),
            written,
            serialization=core_schema.plain_serializer_function_ser_schema(cls.plain),
        )


def _one_line_each(value: LocalText) -> LocalText:
    for language, text in value.texts:
        if "\n" in text or "\t" in text:
            raise fault(
                "not-one-line",
                "contains a line break or a tab",
                "Write it on one line, with single spaces.",
                keys=(language,) if language else (),
            )
    return value


LocalLine = Annotated[
    LocalText,
    AfterValidator(_one_line_each),
    Field(description="Text on one line, or a mapping from language tags to such text."),
]
"""A LocalText whose texts stand on one line each: subjects, titles."""
