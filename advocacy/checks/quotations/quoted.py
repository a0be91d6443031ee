"""Check that quotations in a letter are verbatim quotes of the facts that it cites.

For words that differ, the nearest passage is found.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from advocacy.campaign.facts import Fact
from advocacy.campaign.loading import Campaign
from advocacy.checks.codes import problem
from advocacy.checks.language import CAPITAL, Language, language_of
from advocacy.checks.quotations.nearest import NearestPassage, find_nearest_passage
from advocacy.checks.quotations.titles import is_title_or_motto
from advocacy.checks.quotations.verbatim import is_verbatim, normalize_text
from advocacy.checks.sentence_places import locate_words
from advocacy.checks.sentences import Sentence, TextBlock, cited_facts, quote_spans
from advocacy.errors import Place, Problem
from advocacy.letters.letter import CitedFact, Letter

_MARK = "[\"'“”„«»‘’‚‹›]"
_AROUND = " .,;:!?…'"
SHORT = 4
"""Fewer words than this may be a term, a title, or irony instead of a quotation."""


def check_quotations(
    letter: Letter, blocks: Sequence[TextBlock], campaign: Campaign
) -> Iterator[Problem]:
    """Report quotations of the body that no cited fact's quote has word for word."""
    language = language_of(letter.language)
    own = normalize_text(letter.supporter.own_words) if letter.supporter else ""
    for block in blocks:
        for words, number in quotations_of(block):
            if own and normalize_text(words) in own:
                continue  # a supporter speaks
            if is_of_previous(letter, words):
                continue
            cited = cited_facts(letter, block.sentences[number : number + 2])
            facts = (*cited, *letter.facts)
            if any(
                _quoted_in(said, one)
                for said in (words, *_without_speaker(words, language))
                for one in facts
            ):
                continue
            sentence = block.sentences[number] if number < len(block.sentences) else None
            titles = (source.title for source in campaign.sources.values() if source.title)
            if sentence and is_title_or_motto(words, sentence.text, titles, language):
                continue
            place = locate_words(sentence.lines, words) if sentence else None
            few = SHORT - 1 if sentence is not None and sentence.cites else SHORT
            short = len(words.split()) < few or _is_hearsay(words, sentence, language)
            yield _wrong(words, [*cited, *letter.facts], campaign, place, short=short)


_ANYBODY = re.compile(
    r"\b(?:people|some|many|critics|opponents|skeptics|sceptics|(?:one|you|we)\s+(?:often\s+)?hears?|we\s+are\s+(?:often\s+)?told"
    r"|manche|viele|kritiker|gegner|hört\s+man|man\s+hört|heißt\s+es|sagt\s+man|wird\s+gern"
    r"|certains|d'aucuns|beaucoup|on\s+(?:nous\s+)?(?:dit|entend|répond|objecte)|nous\s+dit-on|dit-on|opposants"
    r"|algunos|muchos|hay\s+quien(?:es)?|se\s+(?:nos\s+)?(?:dice|oye)|nos\s+dicen|dicen|suele\s+decirse)\b",
    re.IGNORECASE,
)
HEARSAY = 8
"""Fewer words than this may be what people say, if nobody is named who says it."""


def _is_hearsay(words: str, sentence: Sentence | None, language: Language | None) -> bool:
    """Whether a sentence without a note gives short words to nobody: “…”, people tell us."""
    if sentence is None or language is None or sentence.cites or len(words.split()) >= HEARSAY:
        return False
    spans = quote_spans(sentence.text)
    if len(spans) != 1:
        return False
    (start, end) = spans[0]
    outside = (sentence.text[:start] + " " + sentence.text[end:]).strip(' "“”„«»,.:;')
    named = language.code != "de" and re.search(CAPITAL, outside[1:])
    return _ANYBODY.search(outside) is not None and not named


def _without_speaker(words: str, language: Language | None) -> Iterator[str]:
    """A quotation without what says inside it who speaks: « …, a dit la directrice, … »."""
    commas = [found.start() for found in re.finditer(",", words)]
    for number, first in enumerate(commas if language else ()):
        for last in commas[number + 1 : number + 4]:
            begins = " ".join(words[first + 1 : last].split()[:4])
            if language and language.finds("says", begins):
                yield words[:first] + words[last:]
                yield words[:first] + words[last + 1 :]


MOSTLY = 0.8
"""The share in quotation marks from which a block quotation consists of only those words."""
_SIGNED = re.compile(r"\s+(?:—|–|--)\s*[^—–]{2,80}$")


def quotations_of(block: TextBlock) -> Iterator[tuple[str, int]]:
    """The quoted words of a block, each with the number of the sentence it ends in.

    Words in quotation marks; a block quotation, without the name under it; and words in italics in
    a sentence with a note, unless they are few.
    """
    spans = list(block.quotes)
    if block.kind == "quote":
        words = _SIGNED.sub("", block.text)
        if sum(end - start for start, end in spans) < MOSTLY * len(words):
            yield words, len(block.sentences) - 1
            return
    for start, end in block.italics:
        number = block.at(max(start, end - 1))
        noted = any(sentence.cites for sentence in block.sentences[number : number + 1])
        inside = any(first <= end and start <= last for first, last in block.quotes)
        if noted and not inside and _may_be_quoted(block.text[start:end]):
            spans.append((start, end))
    for start, end in sorted(spans):
        words = block.text[start:end]
        if re.search(r"\w", words):
            yield words, block.at(max(start, end - 1))


def _may_be_quoted(words: str) -> bool:
    """Whether words in italics are no few words, and no name: *El Correo de Sierra Alba*."""
    long = [word for word in re.findall(r"[^\W\d_]+", words) if len(word) > 3]
    return len(words.split()) >= SHORT and not all(word[0].isupper() for word in long)


def texts_of(cited: CitedFact) -> list[str]:
    """A fact's quotation and its translations, as `normalize_text` makes them."""
    translated = (one.text for one in cited.fact.translations.values())
    return [normalize_text(text) for text in (cited.fact.quote, *translated) if text]


def _quoted_in(words: str, cited: CitedFact) -> bool:
    titles = [source.title for source in (cited.source, cited.via) if source and source.title]
    return any(
        is_verbatim(words, text) for text in (*texts_of(cited), *map(normalize_text, titles))
    )


def _wrong(
    words: str,
    cited: Sequence[CitedFact],
    campaign: Campaign,
    place: Place | None,
    *,
    short: bool,
) -> Problem:
    shown = " ".join(words.split())
    elsewhere = _elsewhere(words, campaign.facts.items())
    near = _nearest(words, cited)
    code = "quotation-short" if short else "quotation-not-verbatim"
    if elsewhere:
        message = f"“{shown}” is in the quote of `{elsewhere}`, which this letter does not cite."
        hint = f'Cite it after the quotation: `{{{{ cite("{elsewhere}") }}}}`.'
    elif near:
        fact, found = near
        differs = f"{found.differences}." if found.differences else ""
        message = f"“{shown}” is not what `{fact}` quotes: “{found.passage}”. {differs}"
        hint = "Copy the words exactly. Mark omissions with … and changes with […]."
    elif code == "quotation-short":
        message = f"“{shown}” is in quotation marks, but no cited fact quotes it."
        hint = "Cite the fact whose quote has these words, or remove the quotation marks."
    else:
        message = f"No fact that the letter cites quotes these words: “{shown}”"
        hint = (
            "Add them as `quote:` to a fact, verbatim from its source, and cite it. Otherwise, "
            "remove the quotation marks."
        )
    return problem(code, message, hint, place)


def _elsewhere(words: str, facts: Iterable[tuple[str, Fact]]) -> str | None:
    """The fact of the library that has the words, if they are more than a term."""
    if len(words.split()) < SHORT:
        return None
    has = (n for n, fact in facts if fact.quote and is_verbatim(words, normalize_text(fact.quote)))
    return next(has, None)


def _nearest(words: str, cited: Sequence[CitedFact]) -> tuple[str, NearestPassage] | None:
    quotes = ((one.id, normalize_text(one.fact.quote)) for one in cited if one.fact.quote)
    near = ((name, find_nearest_passage(words, quote)) for name, quote in quotes)
    found = [(name, passage) for name, passage in near if passage]
    return max(found, key=lambda one: one[1].likeness, default=None)


# The day and the subject of the letter that a reminder follows are the sender's own, and the
# campaign file says them: they need no source. They stand with the marks of the quotation around
# them, with the spaces of the language, and with the sentence's stop; so words are compared.


def is_of_previous(letter: Letter, words: str) -> bool:
    """Whether quoted words are the subject of the letter before, or its day."""
    if letter.previous is None:
        return False
    said = normalize_text(words).strip(_AROUND)
    return any(said == normalize_text(known).strip(_AROUND) for known in letter.previous.texts)


def without_previous(letter: Letter, text: str) -> str:
    """A sentence with “it” in the place of what it says of the letter before, marks included."""
    for known in letter.previous.texts if letter.previous else ():
        pattern = _pattern(known)
        text = pattern.sub("it", text) if pattern is not None else text
    return text


@lru_cache(maxsize=64)
def _pattern(known: str) -> re.Pattern[str] | None:
    """Where a text stands: its words with any marks, in quotation marks or without."""
    words = re.findall(r"[^\s\"'“”„«»‘’‚‹›]+", known)
    if not words:
        return None
    between = rf"(?:\s|{_MARK})+"
    inside = between.join(re.escape(word) for word in words)
    quoted = rf"{_MARK}+\s*{inside}[.,;:!?…]?\s*{_MARK}+"
    return re.compile(rf"{quoted}|(?<!\w){inside}(?!\w)")
