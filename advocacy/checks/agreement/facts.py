"""A fact's statement against its own quotation and the kept copy of its source."""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from advocacy.checks.agreement.brackets import quote_alteration
from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.hedges import hedge_differences
from advocacy.checks.agreement.known_quantities import bound_holds
from advocacy.checks.agreement.library import Library
from advocacy.checks.agreement.negation import negation_differences
from advocacy.checks.agreement.quantity import Quantity
from advocacy.checks.agreement.reading import Reading, shared
from advocacy.checks.agreement.sentences import code_of, told_of
from advocacy.checks.codes import problem
from advocacy.checks.quotations.cuts import MARKED, cut_of
from advocacy.checks.quotations.verbatim import normalize_text
from advocacy.errors import Problem
from advocacy.letters.letter import CitedFact

ALIKE = 0.65
"""The share of words that a statement and a sentence of a copy must have in common."""


def fact_problems(facts: Sequence[CitedFact], language: str, library: Library) -> Iterator[Problem]:
    """What the statements of facts say and their quotations and copies do not."""
    for cited in facts:
        evidence = library.of(cited, language)
        if evidence is None:
            continue
        told: set[str] = set()
        for one in fact_differences(cited, evidence):
            if code_of(one) not in told:
                told.add(code_of(one))
                yield told_of(one, cited.fact.place("statement"), f"the statement of `{cited.id}`")
        yield from _cut(cited, evidence, library.sentences(cited, language))


def fact_differences(cited: CitedFact, evidence: Evidence) -> Iterator[Difference]:
    """The same as differences. A statement may say more than its quotation.

    Of a kept copy only sentences that say nearly the same are compared: copies are often excerpts,
    and what they lack may stand in the source.
    """
    statement, quote = evidence.statement, evidence.quote
    alike = [passage for passage in evidence.passage if _is_alike(statement, passage)]
    if not any(_has_numbers(passage, statement) for passage in alike):
        for passage in alike:
            yield from _conflicts(statement, passage, cited.id)
    if quote is None or quote.language is not statement.language or quote.text.endswith("?"):
        return
    yield from _conflicts(statement, quote, cited.id)
    yield from _other_days(statement, quote, evidence)
    words = [Evidence(cited.id, quote, None, (), evidence.names, evidence.who, evidence.issued)]
    yield from negation_differences(statement, words, strict=True)
    yield from hedge_differences(statement, words, strict=True)


def _has_numbers(passage: Reading, statement: Reading) -> bool:
    """Whether a sentence of a copy has every number of a statement that has some."""
    held = {(quantity.low, quantity.unit) for quantity in passage.quantities}
    own = {(quantity.low, quantity.unit) for quantity in statement.quantities}
    return bool(own) and own <= held


def _is_alike(statement: Reading, passage: Reading) -> bool:
    """Whether a sentence of a copy says what a statement says, in nearly the same words."""
    common = shared(statement.stems, passage.stems, statement.language)
    return (
        passage.language is statement.language
        and common >= ALIKE * len(statement.stems)
        and common >= ALIKE * len(passage.stems)
    )


def _conflicts(statement: Reading, other: Reading, fact: str) -> Iterator[Difference]:
    """Numbers of one thing that differ between a statement and what it rests on."""
    ours = [q for q in statement.quantities if q.kind in ("count", "change")]
    theirs = [q for q in other.quantities if q.kind in ("count", "change")]
    for a, b in product(ours, theirs):
        mine = any(abs(a.low - q.low) < 1e-9 and a.unit == q.unit for q in theirs)
        its = any(abs(b.low - q.low) < 1e-9 and b.unit == q.unit for q in ours)
        one_thing = a.noun == b.noun and a.unit == b.unit and bool(a.noun or a.unit)
        if not mine and not its and ((one_thing and a.low != b.low) or _misread(a, b)):
            code = "figure-not-in-fact"
        elif a.low == b.low and one_thing and not bound_holds(a.bound, b.bound, exact=True):
            code = "hedge-dropped"
        else:
            continue
        words = statement.cut(a.start, a.end), other.cut(b.start, b.end)
        # The quotation may have another of the things that the statement counts.
        yield Difference(code, *words, fact, sure=code != "figure-not-in-fact")
        return


def _misread(a: Quantity, b: Quantity) -> bool:
    """Whether two numbers are the same digits with another magnitude or currency."""
    digits = [re.match(r"\D{0,2}(\d[\d.,]*)", one.words) for one in (a, b)]
    if not all(digits) or len({found[1] for found in digits if found}) > 1:
        return False
    money = {"$", "€", "£"} >= {a.unit, b.unit}
    return (a.unit != b.unit and money) or (a.unit == b.unit and bool(a.unit) and a.low != b.low)


def _other_days(statement: Reading, quote: Reading, evidence: Evidence) -> Iterator[Difference]:
    """Days of a statement where its quotation has others, and none that the fact's words share."""
    ours, theirs = statement.days, quote.days
    known = [*theirs, *(day for passage in evidence.passage for day in passage.days)]
    if not ours or not theirs or any(a.agrees(b) or b.agrees(a) for a in ours for b in known):
        return
    for a, b in product(ours, theirs):
        if (a.year and b.year and a.year != b.year) or (a.month and b.month and a.month != b.month):
            words = statement.cut(a.start, a.end), quote.cut(b.start, b.end)
            yield Difference("date-not-in-fact", *words, evidence.fact, sure=False)
            return


def _cut(cited: CitedFact, evidence: Evidence, copy: Sequence[Reading]) -> Iterator[Problem]:
    """What a fact's quotation leaves out of its copy: at an ellipsis, or a “not” around it."""
    quote = cited.fact.quote or ""
    if evidence.quote is None or not copy:
        return
    text = " ".join(reading.text for reading in copy)
    yield from quote_alteration(cited, normalize_text(text), evidence.quote.language)
    cut = cut_of(quote, text, evidence.quote.language)
    if cut is not None and (cut.what == "a negation" or MARKED.search(quote)):
        yield problem(
            "quotation-cut",
            f"The quote of `{cited.id}` leaves out {cut.what} (“{cut.word}”). The kept copy has "
            f"“{cut.hidden}” there.",
            "The omission changes the meaning. Extend the quotation, or quote different words.",
            cited.fact.place("quote"),
        )
