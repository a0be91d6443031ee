"""A fact's statement against its own quotation and the kept copy of its source."""

from collections.abc import Iterator, Sequence
from itertools import product

from advocacy.checks.agreement.evidence import Difference, Evidence
from advocacy.checks.agreement.hedges import hedge_differences
from advocacy.checks.agreement.library import Library
from advocacy.checks.agreement.negation import negation_differences
from advocacy.checks.agreement.numbers import units_agree
from advocacy.checks.agreement.reading import Reading
from advocacy.checks.agreement.sentences import told_of
from advocacy.checks.codes import problem
from advocacy.checks.quotations.cuts import MARKED, cut_of
from advocacy.errors import Problem
from advocacy.letters.letter import CitedFact


def fact_problems(facts: Sequence[CitedFact], language: str, library: Library) -> Iterator[Problem]:
    """What the statements of facts say and their quotations and copies do not."""
    for cited in facts:
        evidence = library.of(cited, language)
        if evidence is None:
            continue
        told: set[str] = set()
        for one in fact_differences(cited, evidence):
            if one.code not in told:
                told.add(one.code)
                yield told_of(one, cited.fact.place("statement"), f"the statement of `{cited.id}`")
        yield from _cut(cited, evidence, library.sentences(cited, language))


def fact_differences(cited: CitedFact, evidence: Evidence) -> Iterator[Difference]:
    """The same as differences. A statement may say more than its quotation.

    It is not compared with the rest of a kept copy: copies are often excerpts, and what they lack
    may stand in the source.
    """
    statement, quote = evidence.statement, evidence.quote
    if quote is None or quote.language is not statement.language or quote.text.endswith("?"):
        return
    yield from _conflicts(statement, quote, cited.id)
    words = [Evidence(cited.id, quote, None, (), evidence.names, evidence.who, evidence.issued)]
    yield from negation_differences(statement, words, strict=True)
    yield from hedge_differences(statement, words, strict=True)


def _conflicts(statement: Reading, quote: Reading, fact: str) -> Iterator[Difference]:
    """Numbers of one thing that differ between a statement and its quotation."""
    ours = [q for q in statement.quantities if q.kind == "count"]
    theirs = [q for q in quote.quantities if q.kind == "count"]
    for a, b in product(ours, theirs):
        if a.noun == b.noun and a.unit == b.unit and (a.noun or a.unit) and units_agree(a, b):
            mine = any(abs(a.low - other.low) < 1e-9 for other in theirs)
            its = any(abs(b.low - other.low) < 1e-9 for other in ours)
            if a.low != b.low and not mine and not its:
                yield Difference(
                    "figure-not-in-fact",
                    statement.cut(a.start, a.end),
                    quote.cut(b.start, b.end),
                    fact,
                )
                return


def _cut(cited: CitedFact, evidence: Evidence, copy: Sequence[Reading]) -> Iterator[Problem]:
    """What a fact's quotation leaves out of its copy: at an ellipsis, or a “not” around it."""
    quote = cited.fact.quote or ""
    if evidence.quote is None or not copy:
        return
    text = " ".join(reading.text for reading in copy)
    cut = cut_of(quote, text, evidence.quote.language)
    if cut is not None and (cut.what == "a negation" or MARKED.search(quote)):
        yield problem(
            "quotation-cut",
            f"The quote of `{cited.id}` leaves out {cut.what} (“{cut.word}”): the kept copy has "
            f"“{cut.hidden}” there.",
            "Quote on, or quote other words: what is left out changes the meaning.",
            cited.fact.place("quote"),
        )
