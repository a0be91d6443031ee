"""Quotations in a letter must be the verbatim quotes of facts that it cites."""

import re
from collections.abc import Iterable, Iterator, Sequence

from advocacy.campaign.facts import Fact
from advocacy.campaign.loading import Campaign
from advocacy.checks.claims.sentences import Block, locate
from advocacy.checks.codes import problem
from advocacy.checks.quotations.verbatim import Nearest, nearest_passage, plain, stands_in
from advocacy.errors import Place, Problem
from advocacy.letters.letter import CitedFact, Letter

SHORT = 3
"""Fewer words than this may be a term rather than somebody's words."""


def verbatim(letter: Letter, blocks: Sequence[Block], campaign: Campaign) -> Iterator[Problem]:
    """Quotations of the body that no cited fact's quote has word for word."""
    for block in blocks:
        for words, number in _quotations(block):
            cited = _nearby(block, number, letter)
            if any(_quoted_in(words, one) for one in (*cited, *letter.facts)):
                continue
            sentence = block.sentences[number] if number < len(block.sentences) else None
            place = locate(sentence.lines, words) if sentence else None
            yield _wrong(words, [*cited, *letter.facts], campaign, place)


def _quotations(block: Block) -> Iterator[tuple[str, int]]:
    """The quoted words of a block, each with the number of the sentence it ends in."""
    for start, end in block.quotes:
        words = block.text[start:end]
        if re.search(r"\w", words):
            yield words, block.at(max(start, end - 1))
    cited = any(sentence.cites for sentence in block.sentences)
    if block.kind == "quote" and cited and not block.quotes:
        yield block.text, len(block.sentences) - 1


def _nearby(block: Block, number: int, letter: Letter) -> list[CitedFact]:
    """The facts cited in a sentence or the next."""
    marks = [j for sentence in block.sentences[number : number + 2] for j in sentence.cites]
    return [fact for j in marks for fact in letter.cites[j].facts]


def _quoted_in(words: str, cited: CitedFact) -> bool:
    titles = [source.title for source in (cited.source, cited.via) if source and source.title]
    return any(stands_in(words, plain(text)) for text in (cited.fact.quote, *titles) if text)


def _wrong(
    words: str, cited: Sequence[CitedFact], campaign: Campaign, place: Place | None
) -> Problem:
    shown = " ".join(words.split())
    elsewhere = _elsewhere(words, campaign.facts.items())
    near = _nearest(words, cited)
    code = "quotation-not-verbatim" if len(words.split()) >= SHORT else "quotation-short"
    if elsewhere:
        message = f"“{shown}” is in the quote of `{elsewhere}`, which this letter does not cite."
        hint = f'Cite it after the quotation: `{{{{ cite("{elsewhere}") }}}}`.'
    elif near:
        fact, found = near
        message = f"“{shown}” is not what `{fact}` quotes: “{found.passage}”. {_sentence(found)}"
        hint = "Copy the words exactly; mark what you leave out by … and what you change by […]."
    elif code == "quotation-short":
        message = f"“{shown}” stands in quotation marks, and no cited fact quotes it."
        hint = "Cite the fact whose quote has the words, or take the marks away."
    else:
        message = f"No fact that the letter cites quotes these words: “{shown}”"
        hint = (
            "Add them as `quote:` to a fact, verbatim from its source, and cite it; or say it "
            "without quotation marks."
        )
    return problem(code, message, hint, place)


def _sentence(found: Nearest) -> str:
    return f"{found.differences}." if found.differences else ""


def _elsewhere(words: str, facts: Iterable[tuple[str, Fact]]) -> str | None:
    """The fact of the library that has the words, if they are more than a term."""
    if len(words.split()) < SHORT:
        return None
    for name, fact in facts:
        if fact.quote and stands_in(words, plain(fact.quote)):
            return name
    return None


def _nearest(words: str, cited: Sequence[CitedFact]) -> tuple[str, Nearest] | None:
    best: tuple[str, Nearest] | None = None
    for one in cited:
        found = nearest_passage(words, plain(one.fact.quote)) if one.fact.quote else None
        if found and (best is None or found.likeness > best[1].likeness):
            best = one.id, found
    return best
