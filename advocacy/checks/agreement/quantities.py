"""The quantities of a text: counts, percentages, amounts of money, fractions, multiples, changes.

Digits are read as the language writes them (1.000,5 in German is 1,000.5 in English), words by
text2num. What looks like a number and counts nothing is left out: numbers of laws, lists, phones,
versions, street addresses, times of day.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from advocacy.checks.agreement.quantity import (
    AHEAD,
    BEHIND,
    LARGEST,
    Kind,
    Quantity,
    Token,
    amounts_of,
    as_number,
    bound_of,
    multiples_of,
    named,
    shares_of,
    vague_of,
)
from advocacy.checks.language import Language, any_of, bare
from advocacy.checks.word_patterns import WordPattern

_SMALL, _ROMAN = "¼-¾⅐-⅞", "Ⅰ-ⅿ"
_DIGITS = re.compile(
    r"(?<![\w.,])(?P<before>(?:[$€£¥]|\b(?:GBP|EUR|USD|CHF|US\$))\s?)?"
    r"(?P<digits>\d+(?:[ .,']\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
    rf"(?P<half>[{_SMALL}])?|(?P<alone>[{_SMALL}]|[{_ROMAN}]+)"
)
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|\d+|[^\w\s]")
_PHONE = re.compile(r"(?:\+|\(|\b0)\d[\d ()/.-]{5,}\d")
_TIME = re.compile(
    r"(?<![$€£¥])(?<![$€£¥]\s)\b\d{1,2}[.:]\d{2}\s*(?:a\.?m\.?|p\.?m\.?|uhr|h\b|o'clock|horas)?(?=\W|$)"
    r"(?!\s*(?:%|€|\$|£|euro|million|percent|per cent|prozent|mil))"
    r"|\b\d{1,2}\s*h\s*\d{2}\b|\b(?:0?\d|1[0-2])\s*(?:a\.?m\.?(?! \d)|p\.?m\.?|o'clock)\b"
    r"|\b\d{1,2}\s*uhr\b",
    re.IGNORECASE,
)
_CODES = re.compile(
    # 42 CFR 438.210, 15 U.S.C. § 2661
    r"\b\d+\s(?!(?:GBP|EUR|USD|CHF)\b)[A-Z](?:\.?\s?[A-Z])+\.?\s(?:§+\s?|[Pp]art\s)?\d[\d.]*\b"
    r"|\b[A-Za-z]+-?\d[\w-]*|(?<!\d[.,])\b\d+[A-Za-z]+\b(?<!\dm)(?<!\dk)(?<!\dbn)"
    r"|\b(?!(?:GBP|EUR|USD|CHF)\b)[A-Z][A-Z.]*\.? ?\d[\w./-]*\b|\(?\b\d+/\d+\b\)?"
    r"|\b(?!\d{1,3}(?:\.\d{3})+\b)\d+(?:\.\d+){2,}"
)
_LIST = re.compile(r"^\s*\(?\d{1,3}[.)](?=\s|$)")
_ORDINAL = re.compile(r"\b\d+(?:st|nd|rd|th|er|ère|e|ème|\.?º|\.?ª)\b")
_SHORT = re.compile(r"\s?(Mio|Mrd|Mds?|bn|M|K)\.?\s?(?=[€$£])", re.IGNORECASE)
_SHORT_MAGNITUDES = {"mio": 1e6, "m": 1e6, "mrd": 1e9, "md": 1e9, "mds": 1e9, "bn": 1e9, "k": 1e3}
_CURRENCIES = frozenset({"$", "€", "£"})
_SIGN = {"$": "$", "€": "€", "£": "£", "¥": "¥", "US$": "$", "GBP": "£", "EUR": "€", "USD": "$"}


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    start: int
    end: int
    sign: str = ""


def mask(text: str, language: Language) -> str:
    """A text with what looks like a number and counts nothing blanked out, at equal length."""
    addresses = language.patterns["addresses"]
    patterns: tuple[re.Pattern[str] | WordPattern, ...] = (
        addresses,
        _LIST,
        _PHONE,
        _TIME,
        _CODES,
        _ORDINAL,
        any_of(language.lists["idioms"]),
        _numbered(language),
    )
    for pattern in patterns:
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    return text


@lru_cache(maxsize=8)
def _numbered(language: Language) -> re.Pattern[str]:
    names = "|".join(word.replace(" ", r"\s+") for word in language.lists["numbered"])
    number = r"(?:[A-Z]{1,3}[. ]{0,2})?\d[\d\w./()-]*"
    return re.compile(
        rf"(?<!\w)(?:{names})(?![^\W\d_])\s*{number}(?:\s*(?:and|und|et|y|or|to|bis|à|a)\s+{number}(?!\s*%))*",
        re.IGNORECASE,
    )


def quantities(text: str, language: Language) -> tuple[Quantity, ...]:
    """The quantities of a flat text in order; days are to be blanked out before."""
    if not _any_number(language).search(text) and not any(
        named(language, table, text) for table in ("shares", "amounts", "vague")
    ):
        return ()
    masked = mask(text, language)
    found = [*amounts_of(masked, language)]
    taken = [(q.start, q.end) for q in found]
    for share in (
        *vague_of(masked, language),
        *multiples_of(masked, language),
        *shares_of(masked, language),
    ):
        if not any(start < share.end and share.start < end for start, end in taken):
            found.append(share)
            taken.append((share.start, share.end))
    for number in _numbers(masked, language):
        if any(start < number.end and number.start < end for start, end in taken):
            continue
        quantity = _quantity(masked, number, language)
        found.append(quantity)
        taken.append((quantity.start, quantity.end))
    found.sort(key=lambda quantity: quantity.start)
    return tuple(_with_units(found, masked, language))


_RANGE = re.compile(
    r"\s*(?:to|and|or|bis|auf|und|oder|à|et|ou|a|y|o|[-–]|out\s+of|of(?:\s+the)?|von(?:\s+den)?|der|sur(?:\s+les)?"
    r"|des|de\s+l[oa]s|de(?:\s+cada)?|instead\s+of|rather\s+than|statt|au\s+lieu\s+de|en\s+(?:vez|lugar)\s+de)\s*",
    re.IGNORECASE,
)


def _with_units(found: list[Quantity], text: str, language: Language) -> list[Quantity]:
    """Numbers that share the unit of the other end of a range: “from 24 to 57 minutes”."""
    for number, (one, other) in enumerate(pairwise(found)):
        if one.kind != "count" or other.kind != "count" or not other.unit or one.unit or one.noun:
            continue
        if _RANGE.fullmatch(text[one.end : other.start]):
            written = written_number(other.words, language.code)
            factor = other.low / written if written else 1
            value = one.low * factor if 0 < factor < 1e9 and other.unit != "$" else one.low
            found[number] = replace(one, low=value, high=value, unit=other.unit)
    return found


@lru_cache(maxsize=8)
def _any_number(language: Language) -> re.Pattern[str]:
    """Whether there is anything to read at all: text2num and the tables are asked after it."""
    words = [re.escape(w) for name in ("fractions", "multiples", "magnitudes")
             for w in language.table(name) if len(w) > 2]  # fmt: skip
    return re.compile(
        rf"[\d{_SMALL}{_ROMAN}]|" + "|".join((*words, _WORDS[language.code])),
        re.IGNORECASE,
    )


_WORDS = {
    "en": r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty)\b",
    "de": r"(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|ßig|zig)",
    "fr": r"\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze"
    r"|seize|vingts?|trente|quarante|cinquante|soixante)\b",
    "es": r"\b(?:dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince"
    r"|dieci\w+|veint\w+|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|\w*cient\w+)\b",
}


def _numbers(text: str, language: Language) -> Iterator[_Number]:
    """Numbers in digits and in words, with their magnitude."""
    taken: list[tuple[int, int]] = []
    magnitudes = language.table("magnitudes")
    for found in _DIGITS.finditer(text):
        value = _value(found, language.code)
        if value is None:
            continue
        end = found.end()
        short = _SHORT.match(text, end)
        if short:
            value *= _SHORT_MAGNITUDES[short[1].casefold()]
            end = short.end(1)
        after = re.match(r"[\s-]?([^\W\d_]+)\b\.?", text[end:])
        if after and after[1].casefold() in magnitudes and (found["half"] or value < 100000):
            value *= magnitudes[after[1].casefold()]
            end += after.end()
        taken.append((found.start(), end))
        yield _Number(value, found.start(), end, (found["before"] or "").strip())
    from text_to_num import find_numbers

    # “por ciento” and “pour cent” are no hundreds.
    text = language.patterns["percent"].sub(lambda found: ";" * len(found[0]), text)
    text = _hyphened(language).sub(" ", text)  # a five-minute call
    tokens = list(_TOKEN.finditer(text))
    words = [Token(token[0] if not token[0].isdigit() else ";") for token in tokens]
    for number in find_numbers(words, language.code, 0):
        start, end = tokens[number.start].start(), tokens[number.end - 1].end()
        if number.is_ordinal or number.value <= 1:
            continue
        if not any(first < end and start < last for first, last in taken):
            yield _Number(min(number.value, LARGEST), start, end)


@lru_cache(maxsize=8)
def _hyphened(language: Language) -> re.Pattern[str]:
    """The hyphen between a number in words and its unit."""
    units = "|".join(map(re.escape, language.table("units")))
    return re.compile(rf"(?<=[^\W\d_])-(?=(?:{units})s?(?!\w))", re.IGNORECASE)


def _value(found: re.Match[str], language: str) -> float | None:
    if found["alone"]:
        signs = [unicodedata.numeric(sign) for sign in found["alone"]]
        return sum(-a if a < b else a for a, b in zip(signs, [*signs[1:], 0], strict=True))
    value = _digits_value(found["digits"], language)
    if value is None:
        return None
    return value + (unicodedata.numeric(found["half"]) if found["half"] else 0)


def written_number(words: str, language: str) -> float | None:
    """The bare number that some words begin with, without magnitude and unit."""
    found = _DIGITS.match(words)
    return _digits_value(found["digits"], language) if found and found["digits"] else None


def _digits_value(digits: str, language: str) -> float | None:
    """The value of digits as a language writes them: 1.000,5 in German is 1,000.5 in English."""
    digits = digits.replace(" ", "").replace("'", "")
    comma, dot = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and dot >= 0:
        digits = digits.replace("," if comma < dot else ".", "").replace(",", ".")
    elif comma >= 0 or dot >= 0:
        sign = "," if comma >= 0 else "."
        grouped = re.fullmatch(rf"\d{{1,3}}(?:\{sign}\d{{3}})+", digits)
        decimal = "." if language == "en" else ","
        if grouped and (sign != decimal or digits.count(sign) > 1):
            digits = digits.replace(sign, "")
        else:
            digits = digits.replace(",", ".")
    try:
        return as_number(digits)
    except ValueError:
        return None


def _quantity(text: str, number: _Number, language: Language) -> Quantity:
    before, after = text[max(0, number.start - BEHIND) : number.start], text[number.end :]
    after = after[:AHEAD]
    unit, noun, factor, length = _unit(after, number, language)
    value = number.value * factor
    words = " ".join(text[number.start : number.end + length].split())
    if unit in _CURRENCIES and number.value == int(number.value):  # 4 € 35
        cents = re.match(r"\s?(\d{2})(?![\d.,%])", after[length:])
        if cents:
            value += int(cents[1]) / 100
            length += cents.end()
    bound = bound_of(before, after[length:] or after, language, counted=True)
    kind: Kind = "change" if _is_change(before, after[length:], language) else "count"
    return Quantity(words, value, value, unit, noun, bound, kind, number.start, number.end + length)


def _is_change(before: str, after: str, language: Language) -> bool:
    """Whether a number says by how much: “by 12”, “12 percent more”; “by 2 to 5” is a range."""
    is_range = re.match(r"\s*\S*\s*(?:à|auf|to|a)\s+\d", after)
    if _ends(before, "change_before", language) and not is_range:
        return True
    return _begins(after, "change_after", language)


def _unit(after: str, number: _Number, language: Language) -> tuple[str, str, float, int]:
    """The unit after a number, what it counts, by what to multiply, and the unit's length."""
    if number.sign:
        return _SIGN.get(number.sign, number.sign), "", 1, 0
    if not re.match(r"[\s-]*(?:%|[$€£¥](?!\d)|[^\W\d_])", after):
        return "", "", 1, 0
    if share := _share_unit(after, language):
        return share[0], "", 1, share[1]
    first = re.match(r"[\s-]*([^\W\d_]+|[$€£¥])", after)
    if first is None:
        return "", "", 1, 0
    word = first[1]
    if word in _SIGN:  # a sign or a code after the number
        return _SIGN[word], "", 1, first.end()
    skipped = first
    more = _MORE.match(after)
    if more:  # 32 fewer hours
        skipped, word = more, more[1]
    if word.casefold() in ("d", "de", "of") and (
        second := re.match(r"[\s-]*(?:d'|de |of )\s*([^\W\d_]+)", after)
    ):
        skipped, word = second, second[1]
    known = _measure(word, language)
    if known:
        return known[0], "", known[1], skipped.end()
    return "", _noun(after, language), 1, 0


_MORE = re.compile(
    r"[\s-]*(?:more|fewer|less|additional|extra|further|other|full|whole|long|weiteren?|zusätzlichen?|mehr|weniger"
    r"|vollen?|ganzen?|más|menos)\s+([^\W\d_]+)",
    re.IGNORECASE,
)


def _share_unit(after: str, language: Language) -> tuple[str, int] | None:
    """Points or percent after a number, and how long the words are; English “points” need more."""
    rest = after.lstrip(" -")
    skipped = len(after) - len(rest)
    points = language.patterns["points"].match(rest)
    if points and (
        language.code != "en" or any(word in points[0] for word in ("percent", "per cent", "%"))
    ):
        return "points", skipped + points.end()
    if percent := language.patterns["percent"].match(rest):
        return "percent", skipped + percent.end()
    return ("percent", skipped + 1) if rest.startswith("%") else None


def _measure(word: str, language: Language) -> tuple[str, float] | None:
    table = language.table("units")
    word = word.casefold()
    for ending in ("", "s", "n", "en", "es", "e", "x"):
        if word.endswith(ending) and (form := word[: len(word) - len(ending)]) in table:
            return table[form][0], table[form][1]
    return None


def _noun(after: str, language: Language) -> str:
    """The stem of the first word after a number that is no mere function word."""
    for word in re.findall(r"[^\W\d_]+", re.split(r"[.,;:!?(]", after)[0])[:4]:
        if (
            language.code == "de"
            and word.islower()
            and _ENDS_CLAUSE.match(after.strip(), len(word))
        ):
            return ""  # “of which 97 were reached”: a German verb at the end counts nothing
        if bare(word) not in language.stop:
            return language.stem(word)
        if bare(word) not in _SKIPPED:
            return ""
    return ""


_ENDS_CLAUSE = re.compile(r"\s*(?:[.,;:!?]|$)")
_SKIPPED = frozenset(
    "of the its their your his her our de des d du les la le los las el sus der die das den ihrer "
    "ihre ihren such other".split()
)


def _ends(before: str, kind: str, language: Language) -> bool:
    return any(not before[found.end() :].strip() for found in language.all(kind, before))


def _begins(after: str, kind: str, language: Language) -> bool:
    found = language.finds(kind, after)
    return found is not None and not after[: found.start()].strip()
