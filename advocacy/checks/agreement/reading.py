"""A text as it is compared: its clauses, days, quantities and content words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from advocacy.checks.agreement.days import StatedDay, blank, days
from advocacy.checks.agreement.quantities import quantities
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.language import Language, bare, flatten, language_of
from advocacy.checks.sentences import quote_spans

_WORD = re.compile(r"[^\W\d_]+")
_BREAK = re.compile(r"(?<=[;:!?])\s+|(?<=[^\d\W][.])\s+(?=[A-ZÄÖÜÉÈÀÁ¿¡„“«\"])|\s+[–—]\s+")
_NEXT_TO = re.compile(r"\s*(?:[$€£]|[^\W\d]+\s+){0,2}[$€£]?\s*")
_BOUND_REACH = 28
"""The number of characters before a quantity in which a word may bound it."""
LENGTH = 6
"""The number of letters of a stem that are compared, so that forms of a word are equal."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause, with the stems of its content words."""

    text: str
    stems: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """A text in one language. `outside` is the text with the insides of quotations blanked out."""

    text: str
    language: Language

    @cached_property
    def outside(self) -> str:
        """The text with the insides of its quotations blanked out, at equal length."""
        return without_quotations(self.text)

    @cached_property
    def days(self) -> tuple[StatedDay, ...]:
        """Its days, quotations included."""
        return days(self.text, self.language)

    @cached_property
    def own_days(self) -> tuple[StatedDay, ...]:
        """The days outside its quotations."""
        return days(self.outside, self.language)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its quantities, quotations included."""
        return quantities(blank(self.text, self.days), self.language)

    @cached_property
    def own_quantities(self) -> tuple[Quantity, ...]:
        """The quantities outside its quotations."""
        return quantities(blank(self.outside, self.own_days), self.language)

    @cached_property
    def unmeasured(self) -> str:
        """The text outside quotations without days, bounds of quantities and “no longer”.

        “More than half” says of nothing that it grew.
        """
        text, language = blank(self.outside, self.own_days), self.language
        for found in language.all("no_longer", text):
            text = text[: found.start()] + " " * len(found[0]) + text[found.end() :]
        for found in (*language.all("min", text), *language.all("max", text)):
            text = text[: found.start()] + " " * len(found[0]) + text[found.end() :]
        for quantity in self.own_quantities:
            start = max(0, quantity.start - _BOUND_REACH)
            for bound in ("over", "under"):
                for found in language.all(bound, text[start : quantity.start]):
                    at, end = start + found.start(), start + found.end()
                    if _NEXT_TO.fullmatch(text[end : quantity.start]):
                        text = text[:at] + " " * len(found[0]) + text[end:]
        return text

    @cached_property
    def addresses(self) -> tuple[tuple[int, int], ...]:
        """Where the street addresses outside its quotations begin and end."""
        return tuple(found.span() for found in self.language.all("addresses", self.outside))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its content words."""
        return stems(self.text, self.language)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Its clauses in order, and after them what somebody says in one: “… said that …”."""
        found = list(_clauses(self.text, self.language))
        return (*found, *(one for clause in found if (one := _reported(clause, self.language))))

    def cut(self, start: int, end: int, around: int = 28) -> str:
        """The words around a place, as a message shows them."""
        return cut(self.text, start, end, around)


@lru_cache(maxsize=4096)
def read(text: str, code: str) -> Reading | None:
    """A text of a language that has words to compare; None for others."""
    language = language_of(code)
    return Reading(flatten(text, language.code), language) if language else None


def without_quotations(text: str) -> str:
    """A text with the insides of its quotations of more than three words blanked out."""
    for start, end in quote_spans(text):
        if len(text[start:end].split()) > 3:
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def stems(text: str, language: Language) -> frozenset[str]:
    """The stems of the content words of a text, as long as they are compared."""
    return frozenset(
        language.stem(word)[:LENGTH]
        for word in _WORD.findall(text)
        if len(word) > 2 and bare(word) not in language.stop
    )


def shared(ours: Iterable[str], theirs: frozenset[str], language: Language) -> int:
    """How many of our stems are among theirs; parts of German compounds count."""
    beginnings = {other[:5] for other in theirs}
    count = 0
    for one in ours:
        if one in theirs:
            count += 1
        elif language.code == "de" and len(one) >= 5:
            count += any(len(other) >= 5 and (one in other or other in one) for other in theirs)
        elif len(one) >= 5:
            count += one[:5] in beginnings
    return count


def _clauses(text: str, language: Language) -> Iterable[Clause]:
    for sentence in _BREAK.split(text):
        at, parts = 0, []
        for found in language.all("split", sentence):
            parts.append(sentence[at : found.start()])
            at = found.start()
        parts.append(sentence[at:])
        waiting = ""
        made: list[Clause] = []
        for part in parts:
            waiting += part
            own = stems(waiting, language)
            if len(own) >= 2:
                made.append(Clause(waiting.strip(" ,"), own))
                waiting = ""
        if waiting.strip() and made:
            last = made.pop().text + " " + waiting
            made.append(Clause(last, stems(last, language)))
        elif waiting.strip():
            made.append(Clause(waiting.strip(), stems(waiting, language)))
        yield from made


_THAT = re.compile(
    r"(?:,?\s+(?!condition|condición|afin|sorte)[^\s;:]+){0,8}?,?\s+(?:that|dass|ob|que|qu')\s*",
    re.IGNORECASE,
)


def _reported(clause: Clause, language: Language) -> Clause | None:
    """What a clause reports, without who says it."""
    for says in language.all("says", clause.text):
        that = _THAT.match(clause.text[says.end() :])
        if that:
            words = clause.text[says.end() + that.end() :]
            return Clause(words, stems(words, language))
    return None


def cut(text: str, start: int, end: int, around: int = 28) -> str:
    """The words around a place in a text, whole words, with … where it goes on."""
    first = text.rfind(" ", 0, max(0, start - around)) + 1 if start > around else 0
    last = text.find(" ", min(len(text), end + around))
    last = len(text) if last < 0 else last
    return ("… " if first else "") + text[first:last].strip() + (" …" if last < len(text) else "")


@dataclass(frozen=True, slots=True)
class Match:
    """The clause of some evidence that is most like one of a sentence."""

    clause: Clause
    ours: float
    """How much of the sentence's clause it shares, from 0 to 1."""
    theirs: float
    """How much of it the sentence's clause shares."""


def matches(clause: Clause, others: Iterable[Clause], language: Language) -> list[Match]:
    """The clauses that share words with a clause, the most alike first."""
    found = []
    for other in others:
        count = shared(clause.stems, other.stems, language)
        if count:
            found.append(
                Match(
                    other,
                    count / max(1, len(clause.stems)),
                    min(1.0, count / max(1, len(other.stems))),
                )
            )
    return sorted(found, key=lambda match: -(match.ours + match.theirs))
