"""One quantity of a text; shares, fractions and multiples in words, and the bounds of quantities."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from advocacy.checks.language import Language, any_of, bare

Bound = Literal["", "max", "min", "over", "under", "about", "exactly"]
Kind = Literal["count", "share", "multiple", "change"]

AHEAD, BEHIND = 40, 48
"""So many characters after and before a number are looked at for its unit and bound."""


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


class Token(str):
    """A word as text2num wants it."""

    __slots__ = ()

    def text(self) -> str:
        return str(self)

    def nt_separated(self, _previous: "Token") -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False


_ARTICLE = re.compile(
    r"\s*(?:a|an|the|only|the\s+full|un|une|le|la|les|l'|los|las|el|de|d'|des|der|die|den|dem|eine?r?|no)?\s*$",
    re.IGNORECASE,
)


def bound_of(before: str, after: str, language: Language) -> Bound:
    for bound in ("exactly", "max", "min", "over", "under", "about"):
        for found in reversed(language.all(bound, before)):
            if _ARTICLE.fullmatch(before[found.end() :]):
                return bound
    for bound, kind in (("min", "min_after"), ("max", "max_after")):
        found_after = language.finds(kind, after[:24])
        if found_after and len(after[: found_after.start()].split()) <= 1:
            return bound  # type: ignore[return-value]
    return ""


def shares_of(text: str, language: Language) -> Iterator[Quantity]:
    """Fractions and shares in words: half, two thirds, one in three, nearly all."""
    taken: list[tuple[int, int]] = []

    def made(low: float, high: float, start: int, end: int, *, bounds: bool = True) -> Quantity:
        before = text[max(0, start - BEHIND) : start]
        bound = bound_of(before, text[end : end + AHEAD], language) if bounds else ""
        taken.append((start, end))
        return Quantity(text[start:end], low, high, "share", "", bound, "share", start, end)

    for words, (low, high) in language.table("shares").items():
        for found in _pattern(words).finditer(text):
            if not any(a < found.end() and found.start() < b for a, b in taken):
                yield made(low, high, found.start(), found.end(), bounds=False)
    one_in = language.table("one_in").get("pattern")
    if one_in:
        for found in _pattern(one_in).finditer(text):
            n, m = (_small(found[name], language) for name in ("n", "m"))
            spelled = not (found["n"].isdigit() or found["m"].isdigit())
            if (
                n
                and m
                and n < m <= 100
                and (spelled or n == 1)
                and not _counted(found, text, language)
            ):
                yield made(n / m, n / m, found.start(), found.end())
    fractions = language.table("fractions")
    for found in _words_of(tuple(fractions)).finditer(text):
        if any(a < found.end() and found.start() < b for a, b in taken):
            continue
        n, m = fractions[found[1].casefold()]
        start = found.start()
        lead = re.search(r"([^\W_]+)[\s-]+$", text[:start])
        ambiguous = found[1].casefold() in _NEED_COUNT
        if lead:
            count = _small(lead[1], language) or (1 if bare(lead[1]) in _ONE else None)
            if count and (count > 1 or m != 2):
                n, start = count * n, lead.start()
            elif ambiguous and count is None:
                continue
        elif ambiguous:
            continue
        if 0 < n / m < 1:
            yield made(n / m, n / m, start, found.end())


_ONE = frozenset(
    "a an one ein eine einen einem einer un une uno una el la le les der die das the l".split()
)
_NEED_COUNT = frozenset(
    "third thirds quarter quarters fifth fifths tenth tenths medio media cuarto cuarta quinto quinta "
    "décimo décima quart quarts cinquième cinquièmes dixième viertel demi demie".split()
)


def _counted(found: re.Match[str], text: str, language: Language) -> bool:
    """“Nine of fourteen hospitals” counts hospitals; “one in three” is a share."""
    if language.code == "en":
        return " of " in found[0] and found["n"].casefold() != "one"
    if language.code == "de":
        return bare(found["n"]) not in _ONE
    return False


@lru_cache(maxsize=512)
def _pattern(words: str) -> re.Pattern[str]:
    return any_of([words])


@lru_cache(maxsize=16)
def _words_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1024)
def _small(word: str, language: Language) -> int | None:
    """The number that one word or figure says."""
    if word.isdigit():
        return int(word)
    if bare(word) in ("one", "un", "une", "uno", "una", "ein", "eine", "einer", "eins"):
        return 1
    from text_to_num import find_numbers

    found = list(find_numbers([Token(word)], language.code, 0))
    return int(found[0].value) if len(found) == 1 and not found[0].is_ordinal else None


def multiples_of(text: str, language: Language) -> Iterator[Quantity]:
    table = language.table("multiples")
    for found in _words_of(tuple(table)).finditer(text) if table else ():
        before = text[max(0, found.start() - BEHIND) : found.start()]
        factor = float(table[found[1].casefold()])
        bound = bound_of(before, "", language)
        if re.search(r"(?:more than|plus que|mehr als|más que|más del)\s*$", before, re.IGNORECASE):
            bound = "over"
        yield Quantity(
            found[0], factor, factor, "times", "", bound, "multiple", found.start(), found.end()
        )
