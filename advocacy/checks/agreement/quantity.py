"""One quantity of a text; shares, fractions and multiples in words, and bounds of quantities."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from advocacy.checks.language import Language, any_of, bare

Bound = Literal["", "max", "min", "over", "under", "nearly", "about", "exactly"]
Kind = Literal["count", "share", "multiple", "change"]

AHEAD, BEHIND = 40, 48
"""The number of characters around a number that are searched for its unit and bound."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity as a text has it, at `start` to `end`; `low` and `high` differ for ranges.

    `unit` is `percent`, `points`, a currency sign, a kind of measure (`time`, with the value in
    seconds), or nothing for what is counted by a noun. `noun` is the stem of what is counted.
    """

    words: str
    low: float
    high: float
    unit: str
    noun: str
    bound: Bound
    kind: Kind
    start: int
    end: int

    @property
    def value(self) -> float:
        """The number, or the middle of the range."""
        return self.low if self.low == self.high else (self.low + self.high) / 2


LARGEST = 1e30
"""A number is no larger. What is computed from the largest is then finite, too."""


def as_number(digits: str) -> float:
    """The number of some digits, however many they are. Raises ValueError."""
    return min(float(digits), LARGEST)


class Token(str):
    """A word as text2num wants it."""

    __slots__ = ()

    def text(self) -> str:
        """The word itself."""
        return str(self)

    def nt_separated(self, _previous: "Token") -> bool:
        """Whether a pause parts it from the word before: a text has none."""
        return False

    def not_a_number_part(self) -> bool:
        """Whether it is known to be no number: text2num decides."""
        return False


_ARTICLE = re.compile(
    r"\s*(?:a|an|the|only|the\s+full|un|une|le|la|les|l'|los|las|el|de|d'|des|der|die|den|dem|eine?r?|no)?\s*$",
    re.IGNORECASE,
)


_DEFINITE = re.compile(r"\s*(?:the|le|la|les|l'|los|las|el|der|die|den|dem)\s*$", re.IGNORECASE)


def bound_of(before: str, after: str, language: Language, *, counted: bool = False) -> Bound:
    """The bound that the words before or after a number set: “up to”, “or more”, “nearly”.

    Of what is `counted`, “less than the 61 million of 2024” is a comparison and no bound.
    """
    for bound in ("exactly", "max", "min", "over", "nearly", "under", "about"):
        for found in reversed(language.all(bound, before)):
            between = before[found.end() :]
            if counted and bound in ("over", "under") and _DEFINITE.fullmatch(between):
                continue
            if _ARTICLE.fullmatch(between):
                return bound
    for bound, kind in (("min", "min_after"), ("max", "max_after"), ("about", "about_after")):
        found_after = language.finds(kind, after[:24])
        if found_after and len(after[: found_after.start()].split()) <= 1:
            return bound  # type: ignore[return-value]
    return ""


def shares_of(text: str, language: Language) -> Iterator[Quantity]:
    """Fractions and shares in words: half, two thirds, one in three, nearly all."""
    taken: list[tuple[int, int]] = []
    for low, high, start, end in _shares_by_form(text, language, taken):
        bound: Bound = ""
        if low == high:
            before = text[max(0, start - BEHIND) : start]
            bound = bound_of(before, text[end : end + AHEAD], language)
        taken.append((start, end))
        yield Quantity(text[start:end], low, high, "share", "", bound, "share", start, end)


_Span = tuple[float, float, int, int]
"""The lower and upper bound of a share, and the start and end of its words."""


def _shares_by_form(
    text: str, language: Language, taken: Sequence[tuple[int, int]]
) -> Iterator[_Span]:
    """Shares by name, as “one in three”, and as fractions; `taken` grows while they are read."""

    def is_free(found: re.Match[str]) -> bool:
        return not any(start < found.end() and found.start() < end for start, end in taken)

    for words, (low, high) in named(language, "shares", text):
        for found in filter(is_free, any_of([words]).finditer(text)):
            yield low, high, *found.span()
    for link in any_of([language.table("one_in")["link"]]).finditer(text):
        if one_in := _one_in(link, text, language):
            yield one_in
    fractions = language.table("fractions")
    for found in filter(is_free, _words_of(tuple(fractions)).finditer(text)):
        if fraction := _fraction(found, text, language):
            part, start = fraction
            of = _OF_PERCENT.match(text, found.end())
            yield part, part, start, of.end() if of else found.end()


TEN = 10
ROUND = frozenset({10, 20, 100, 1000})
"""“Six of ten” is a share; “nine of fourteen” counts."""
# Words that only shares have: deux étudiants sur cinq, two in every five.
_APART = re.compile(r"\b(?:sur|de\s+cada|every)\b", re.IGNORECASE)
_TOTAL = re.compile(r"\s*(?:(?:a|one|every|ein)\s+)?(?P<m>[\w-]+)")


def _one_in(link: re.Match[str], text: str, language: Language) -> _Span | None:
    """The share that “one in three” or “six people in ten” is; what only counts is none."""
    total = _TOTAL.match(text, link.end())
    m = small_number(total["m"], language) if total else None
    if total is None or not m or m < 2:
        return None
    before = list(
        re.finditer(r"[^\W_]+(?:-[^\W\d_]+)*", text[max(0, link.start() - 60) : link.start()])
    )
    gap = text[: link.start()]
    for between, word in enumerate(reversed(before[-4:])):
        start = max(0, link.start() - 60) + word.start()
        if re.search(r"\d[.,]$", text[:start]):
            return None  # the end of 8,2
        if re.search(r"[.,;:!?()]", gap[start:]):
            return None
        n = small_number(word[0], language)
        if n is None:
            continue
        apart = _APART.search(link[0]) is not None
        if not n < m or (between and n != 1 and m not in ROUND and not apart):
            return None
        # “Almost three of five” counts nobody.
        bounded = m < TEN and bound_of(text[max(0, start - BEHIND) : start], "", language)
        if not bounded and _only_counts(n, m, text[start : total.end()], link[0], language):
            return None
        unit = re.match(r"\s+([^\W\d_]+)", text[total.end() :])
        if (between and n == 1 and _counts(link, language)) or _PERCENT.match(text, total.end()):
            return None  # “an average of 12”, “eine Verfügbarkeit von 97 Prozent”
        if unit and any(unit[1].casefold().startswith(one) for one in language.table("units")):
            return None  # “twice in five years” is no share
        return n / m, n / m, start, total.end()
    return None


_PERCENT = re.compile(
    r"\s*(?:%|prozent|percent|per\s+cent|pour\s+cent|por\s+ciento)", re.IGNORECASE
)


def _counts(link: re.Match[str], language: Language) -> bool:
    """Whether the word between two numbers is “of”, which may only count."""
    return language.finds("counts", link[0]) is not None


def _only_counts(n: int, m: int, words: str, link: str, language: Language) -> bool:
    """Whether “nine of fourteen” counts fourteen of which nine; of ten or in figures it is so."""
    if n == 1 or m in ROUND:
        return False
    figures = words[0].isdigit() or words[-1].isdigit()
    apart = _APART.search(link) is not None
    return language.finds("counts", link) is not None or (figures and not apart)


def _fraction(found: re.Match[str], text: str, language: Language) -> tuple[float, int] | None:
    """The share that “half” or “two thirds” is, and where it begins; None for a “third” in a row.

    A “quarter” needs a number or an article before it: it is a part of a year, too.
    """
    n, m = language.table("fractions")[found[1].casefold()]
    start = found.start()
    lead = re.search(r"([^\W_]+)[\s-]+$", text[:start])
    count = None
    ordinal = bare(found[1]) in _NEED_COUNT
    if lead:
        ones = _ONE - _DEFINITE_ONES if ordinal and found[1].casefold() != "quart" else _ONE
        count = small_number(lead[1], language) or (1 if bare(lead[1]) in ones else None)
    if lead and count and (count > 1 or m != 2):
        n, start = count * n, lead.start()
    elif count is None and ordinal:
        return None
    if _OF_PERCENT.match(text, found.end()):  # a tenth of one percent
        m *= 100
    return (n / m, start) if 0 < n / m < 1 else None


_OF_PERCENT = re.compile(
    r"\s+(?:of\s+(?:a|one)|eines|de|d'un|de\s+un)\s*(?:percent|per\s+cent|prozents?|pour\s+cent|por\s+ciento)\b",
    re.IGNORECASE,
)
_ONE = frozenset(
    "a an one ein eine einen einem einer un une uno una el la le les der die das the l".split()
)
_DEFINITE_ONES = frozenset("el la le les der die das the l".split())
# These are ordinals, or parts of a year, too: “the sixth time”, “the third quarter”.
_NEED_COUNT = frozenset(
    bare(word)
    for word in "third thirds quarter quarters fifth fifths sixth seventh eighth ninth tenth "
    "tenths twelfth twentieth medio media cuarto quinto sexto séptimo octavo noveno décimo "
    "vigésimo quart "
    "quarts cinquième cinquièmes sixième sixièmes septième huitième huitièmes neuvième dixième "
    "dixièmes vingtième viertel demi demie".split()
)


def named(language: Language, table: str, text: str) -> list[tuple[str, list[Any]]]:
    """The entries of a table of patterns; none where a text has none of them, as most have."""
    entries = language.table(table)
    return list(entries.items()) if any_of(tuple(entries)).search(text) else []


@lru_cache(maxsize=16)
def _words_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1024)
def small_number(word: str, language: Language) -> int | None:
    """The number that one word or figure says."""
    if word.isdecimal():  # a raised digit is none
        return min(int(word), int(LARGEST))
    if bare(word) in ("hundred", "hundert", "cent", "cien"):
        return 100
    if bare(word) in ("one", "un", "une", "uno", "una", "ein", "eine", "einer", "eins"):
        return 1
    from text_to_num import find_numbers

    parts = word.split("-") if language.code == "en" else [word]
    found = list(find_numbers([Token(part) for part in parts], language.code, 0))
    if len(found) != 1 or found[0].is_ordinal:
        return None
    return int(min(found[0].value, LARGEST))


# “Twice a year” says how often, and multiplies nothing.
_OFTEN = re.compile(
    r"\s+(?:an?|per|each|every|im|pro|am|in\s+der|par|al|a\s+la|por)\s+\w|\s+(?:daily|weekly|yearly|täglich|wöchentlich|jährlich)\b",
    re.IGNORECASE,
)


def multiples_of(text: str, language: Language) -> Iterator[Quantity]:
    """Doubled, threefold, half as many, two and a half times: by what something was multiplied."""
    table = language.table("multiples")
    found = [
        (one, float(table[one[1].casefold()])) for one in _words_of(tuple(table)).finditer(text)
    ]
    for one in any_of([language.table("times")["pattern"]]).finditer(text):
        number = one["n"].replace(",", ".")
        whole = (
            as_number(number)
            if re.fullmatch(r"\d+(?:\.\d+)?", number)
            else small_number(number, language)
        )
        if whole and whole > 1:
            found.append((one, whole + (0.5 if one["half"] else 0)))
    for one, factor in found:
        if _OFTEN.match(text, one.end()):
            continue
        before = text[max(0, one.start() - BEHIND) : one.start()]
        bound = bound_of(before, "", language)
        if re.search(r"(?:more than|plus que|mehr als|más que|más del)\s*$", before, re.IGNORECASE):
            bound = "over"
        yield Quantity(one[0], factor, factor, "times", "", bound, "multiple", *one.span())


def vague_of(text: str, language: Language) -> Iterator[Quantity]:
    """Numbers of which only the magnitude is said: hundreds, tens of thousands, dozens."""
    taken: list[tuple[int, int]] = []
    for words, (low, high) in named(language, "vague", text):
        for found in any_of([words]).finditer(text):
            if not any(start < found.end() and found.start() < end for start, end in taken):
                taken.append(found.span())
                yield Quantity(found[0], low, high, "", "", "", "count", *found.span())


def amounts_of(text: str, language: Language) -> Iterator[Quantity]:
    """Amounts that have a name: a dozen, a quarter of an hour, half a million, une dizaine."""
    for words, (value, unit, *loose) in named(language, "amounts", text):
        for found in any_of([words]).finditer(text):
            before, after = (
                text[max(0, found.start() - BEHIND) : found.start()],
                text[found.end() :],
            )
            bound = bound_of(before, after[:AHEAD], language) or (loose[0] if loose else "")
            yield Quantity(found[0], value, value, unit, "", bound, "count", *found.span())
