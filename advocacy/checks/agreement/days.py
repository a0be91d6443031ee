"""The days, months and years that a text names, in the forms of its language."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from advocacy.checks.language import Language, bare

Side = Literal["", "before", "after"]

_YEAR = r"(?:1[89]|20)\d\d"
_ISO = re.compile(rf"\b(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_NUMERIC = re.compile(
    rf"\b(?P<first>\d{{1,2}})(?P<sign>[./-])(?P<second>\d{{1,2}})(?P=sign)(?P<year>{_YEAR})\b"
)
# A year is no count: no noun that is counted and no decimal follows it.
_YEARS = re.compile(
    rf"(?<![\w.,/$€£-])(?P<year>(?:19|20)\d\d)(?![\w%€$£]|[.,]\d|\s?%)(?:[-–/](?P<to>\d{{2}}|{_YEAR})(?!\d))?"
)


_CAPITAL_MONTHS = frozenset({"en", "de"})
"""Languages whose months have a capital: “may” and “march” are verbs."""
# Days of a month in words: the third of February, am dritten Februar, le premier mars.
_DAY_WORDS = {
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth "
    "twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
    "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first",
    "de": "erste zweite dritte vierte fünfte sechste siebte achte neunte zehnte elfte zwölfte "
    "dreizehnte vierzehnte fünfzehnte sechzehnte siebzehnte achtzehnte neunzehnte zwanzigste "
    "einundzwanzigste zweiundzwanzigste dreiundzwanzigste vierundzwanzigste fünfundzwanzigste "
    "sechsundzwanzigste siebenundzwanzigste achtundzwanzigste neunundzwanzigste dreißigste "
    "einunddreißigste",
    "fr": "premier deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize dix-sept dix-huit dix-neuf vingt vingt-et-un vingt-deux vingt-trois vingt-quatre "
    "vingt-cinq vingt-six vingt-sept vingt-huit vingt-neuf trente trente-et-un",
    "es": "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro "
    "veinticinco veintiséis veintisiete veintiocho veintinueve treinta treinta-y-uno",
}
_BEFORE_MONTH = re.compile(
    r"\b(?:in|since|until|by|before|after|last|of|de|en|depuis|dès|fin|début|avant)\s+$",
    re.IGNORECASE,
)
# What may stand between “before” or “after” and a date.
_TO_DATE = frozenset(
    ("", "the", "end of", "the end of", "ende", "dem", "den", "le", "la", "el", "fin",
     "finales de", "jahr", "dem jahr")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatedDay:
    """A day, month or year; what is not said is None. `side` is the side of it that is meant."""

    words: str
    year: int | None
    month: int | None
    day: int | None
    side: Side
    start: int
    end: int

    def agrees(self, other: "StatedDay") -> bool:
        """Whether another date may be this one: what both say is equal, and it says enough."""
        if self.year and other.year and self.year != other.year:
            return False
        if self.month and self.month != other.month:
            return False
        if self.day and self.day != other.day:
            return False
        return bool(self.month or (self.year and other.year))


@lru_cache(maxsize=8)
def _months(language: str) -> Mapping[str, int]:
    from babel import Locale

    names: dict[str, int] = {}
    contexts = ("format", "stand-alone")
    for context in contexts:
        for width in ("wide", "abbreviated"):
            for number, name in Locale.parse(language).months[context][width].items():
                if len(name) > 2 and not name.isdigit():
                    names[bare(name).rstrip(".")] = int(number)
    names |= {"en": {"sept": 9}, "de": {"janner": 1}, "fr": {}, "es": {"setiembre": 9}}[language]
    return names


@lru_cache(maxsize=8)
def _day_words(language: str) -> Mapping[str, int]:
    """The days of a month in words, without accents, and their numbers."""
    found = {bare(word): number for number, word in enumerate(_DAY_WORDS[language].split(), 1)}
    return found | ({"primero": 1} if language == "es" else {})


def _day_number(words: str, language: str) -> int:
    """The number of a day in digits or in words."""
    if words.isdigit():
        return int(words)
    word = bare(re.sub(r"[\s-]+", "-", words))
    return _day_words(language)[word if language != "de" else word.rstrip("rns")]


@lru_cache(maxsize=8)
def _wide(language: str) -> frozenset[str]:
    """Months by their whole names: the short ones are other words, too (French “sept”)."""
    from babel import Locale

    return frozenset(bare(n) for n in Locale.parse(language).months["format"]["wide"].values())


@lru_cache(maxsize=8)
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    names = "|".join(sorted((_accented(name) for name in _months(language)), key=len, reverse=True))
    month = rf"(?P<month>{names})\b\.?"
    day = (
        r"(?:\d{1,2}\.?\s*(?:or|and|to|oder|und|bis|et|ou|au|y|o|al|[-–])\s*"
        r"(?:(?:the|on|den|dem|le|el)\s+)?(?:(?:\w+day|\w+tag|mittwoch|\w+di|dimanche|lunes|martes|miércoles"
        r"|jueves|viernes|sábado|domingo)\s+)?)?"
        rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?|(?P<word>{_any_day_word(language)}))"
    )
    year = rf"(?P<year>{_YEAR})\b"
    of = r"(?:\s+(?:of|de|del))?\s+"
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"\b{day}{of}{month}(?:,?(?:\s+(?:de|del))?\s+{year})?",
            rf"\b{month}\s+(?!\d{{1,3}}[.,]\d{{3}}(?!\d)){day}\b(?!\s*(?:%|percent|per\s+cent))(?:,?\s+{year})?",
            rf"\b{month}(?:\s+(?:of|de|del|im\s+jahr))?,?\s+{year}",
            rf"\b{month}(?!\w)",
        )
    )


def _any_day_word(language: str) -> str:
    """A pattern for a day of a month in words."""
    longest_first = sorted(
        (*_DAY_WORDS[language].split(), *(["primero"] if language == "es" else [])),
        key=len,
        reverse=True,
    )
    words = "|".join(word.replace("-", r"[\s-]") for word in longest_first)
    return rf"(?:{words})(?:[rns])?" if language == "de" else rf"(?:{words})\b"


def _accented(name: str) -> str:
    """A pattern for a month's name with or without its accents."""
    return re.escape(name).replace("e", "[eéè]").replace("u", "[uûü]").replace("a", "[aä]")


def days(text: str, language: Language) -> tuple[StatedDay, ...]:
    """The dates of a flat text in order."""
    taken: list[tuple[int, int]] = []
    found: list[StatedDay] = []
    for one in _found(text, language):
        if not any(start < one.end and one.start < end for start, end in taken):
            taken.append((one.start, one.end))
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def _found(text: str, language: Language) -> Iterator[StatedDay]:
    """The dates by form, those that say most first; a later one may lie inside an earlier one."""
    yield from _in_digits(text, language)
    yield from _with_month(text, language)
    yield from _months_alone(text, language)
    yield from _years(text, language)


def _in_digits(text: str, language: Language) -> Iterator[StatedDay]:
    """2020-06-10, 10.6.2020; of 6/13/2020 the number over twelve is the day."""
    for match in _ISO.finditer(text):
        yield StatedDay(match[0], int(match["year"]), int(match["month"]), int(match["day"]),
                  _side(text, match.start(), language), *match.span())  # fmt: skip
    for match in _NUMERIC.finditer(text):
        day, month = int(match["first"]), int(match["second"])
        if month > 12:
            day, month = month, day
        if 1 <= month <= 12 and 1 <= day <= 31:
            side = _side(text, match.start(), language)
            yield StatedDay(match[0], int(match["year"]), month, day, side, *match.span())


def _with_month(text: str, language: Language) -> Iterator[StatedDay]:
    """10 June 2020, June 10, June 2020: a month's name with a day or a year."""
    months = _months(language.code)
    for pattern in _patterns(language.code)[:-1]:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            said = groups.get("day") or groups.get("word")
            number = _day_number(said, language.code) if said else None
            year = int(groups["year"]) if groups.get("year") else None
            if groups["month"][0].islower() and language.code in _CAPITAL_MONTHS:
                continue
            if number is None or 1 <= number <= 31:
                month = months[bare(groups["month"]).rstrip(".")]
                side = _side(text, match.start(), language)
                yield StatedDay(match[0].strip(), year, month, number, side, *match.span())


def _months_alone(text: str, language: Language) -> Iterator[StatedDay]:
    """“In June”: a month by its whole name; one that is another word, too, after a preposition."""
    for match in _patterns(language.code)[-1].finditer(text):
        name = bare(match["month"]).rstrip(".")
        lower = language.code in _CAPITAL_MONTHS and match["month"][0].islower()
        if name not in _wide(language.code) or lower:
            continue
        if name in ("may", "mars") and not _BEFORE_MONTH.search(text[: match.start()]):
            continue
        side = _side(text, match.start(), language)
        yield StatedDay(match[0], None, _months(language.code)[name], None, side, *match.span())


def _years(text: str, language: Language) -> Iterator[StatedDay]:
    """2020 and 2020–22: years that count nothing."""
    for match in _YEARS.finditer(text):
        year, start = int(match["year"]), match.start()
        if not match["to"] and _is_counted(text, match, language):
            continue
        yield StatedDay(
            match["year"], year, None, None, _side(text, start, language), start, start + 4
        )
        if match["to"]:
            to = match["to"]
            other = int(to) if len(to) == 4 else year // 100 * 100 + int(to)
            yield StatedDay(to, other, None, None, "", match.start("to"), match.end())


_LOWER_NOUN = re.compile(r"\s+(?:de\s+)?[^\W\d_]{3,}")
_ONLY_COUNTED = ("nearly", "min", "max", "exactly")


def _is_counted(text: str, year: re.Match[str], language: Language) -> bool:
    """Whether four digits count something: “nearly 1900 inhabitants” is no year."""
    if not _LOWER_NOUN.match(text, year.end()):
        return False
    before = text[max(0, year.start() - 24) : year.start()]
    return any(
        not before[found.end() :].strip()
        for kind in (*_ONLY_COUNTED, *(("about",) if language.code in ("es", "fr") else ()))
        for found in language.all(kind, before)
    )


def _side(text: str, at: int, language: Language) -> Side:
    """Whether the words before a date put something before or after it."""
    before = text[max(0, at - 24) : at]
    for side in ("before", "after"):
        for match in reversed(language.all(side, before)):
            if before[match.end() :].strip().casefold() in _TO_DATE:
                return side
    return ""


def blank(text: str, found: tuple[StatedDay, ...]) -> str:
    """A text with its dates blanked out, at equal length."""
    for one in found:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text
