"""Check a letter's wording: placeholders left in it, asks that are missing, lengths."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from advocacy.campaign.campaign import Stage
from advocacy.campaign.languages import primary_language
from advocacy.checks.codes import problem
from advocacy.checks.patterns import pattern
from advocacy.checks.quotations.verbatim import normalize_text
from advocacy.checks.sentences import TextBlock, quote_spans, shorten, subject_place, word_list
from advocacy.errors import Place, Problem
from advocacy.letters.letter import Letter
from advocacy.templating.body_limits import spaced_length
from advocacy.templating.typography import typeset

_BRACKETED = re.compile(r"\[[^\]]*\]")
_OWN_WORD = re.compile(r"\[(?:your|here)\]")
"""What an editor puts for “our” or “this place” in a quotation."""
_TEMPLATE_WORD = re.compile(r"\b(?:your|name|insert|here)\b", re.IGNORECASE)

SENTENCE_AT_MOST, WORDS_AT_MOST, NUMBERS_AT_MOST = 2_000, 350, 100
"""The length of a sentence: its words and numbers are compared with each other."""
_NUMBER = re.compile(r"\d[\d.,]*|[\u00bc-\u00be\u2150-\u218b]")

ENOUGH = 0.6
"""The share of an ask's words that one passage must have for the ask to count as made."""


def check_placeholders(blocks: Sequence[TextBlock], otherwise: Place | None) -> Iterator[Problem]:
    """Report what nobody filled in in the body; `otherwise` is the place of text without a line."""
    for block in blocks:
        for sentence in block.sentences:
            yield from placeholder_problems(
                "the letter", sentence.text, sentence.place or otherwise
            )


def check_values(letter: Letter, printed: Iterable[str]) -> Iterator[Problem]:
    """Report the same in values that a body prints for one recipient.

    A supporter's own words are left out: a person has read and approved them as they stand.
    """
    own_words = normalize_text(printed_own_words(letter))
    for value in printed:
        if value.strip() and normalize_text(value) in own_words:
            continue
        yield from placeholder_problems("the letter", value, letter.recipient.place())


def printed_own_words(letter: Letter) -> str:
    """What a letter's supporter wrote, in the marks of the letter's language; "" without any."""
    return typeset(letter.supporter.own_words, letter.language) if letter.supporter else ""


def check_around_body(letter: Letter, stage: Stage) -> Iterator[Problem]:
    """Report the same in the subject, the salutation and the addresses."""
    yield from placeholder_problems("the subject", letter.subject, subject_place(letter, stage))
    yield from placeholder_problems("the preview text", letter.preview, stage.place("preview"))
    recipient, sender = letter.recipient, letter.sender
    yield from placeholder_problems(
        "the salutation", letter.salutation, recipient.place("salutation")
    )
    yield from placeholder_problems(
        "the inside address", "\n".join(letter.inside_address), recipient.place()
    )
    yield from placeholder_problems(
        "the sender’s address", "\n".join(sender.address), sender.place("address")
    )


def placeholder_problems(where: str, text: str, place: Place | None) -> Iterator[Problem]:
    """Report what nobody filled in in a text; `where` names it (“the subject”)."""
    quotes = quote_spans(text)
    for found in pattern("placeholder").finditer(text):
        inside = any(start <= found.start() and found.end() <= end for start, end in quotes)
        meant = _OWN_WORD.fullmatch(found[0]) or not _TEMPLATE_WORD.search(found[0])
        if inside and _BRACKETED.fullmatch(found[0]) and meant:
            continue  # an editor's words in a quotation: “[Microsoft] has refused”
        yield problem(
            "placeholder",
            f"`{found[0]}` is a placeholder in {where} and would be printed literally.",
            "Replace it, or remove it.",
            place,
        )


def check_subject_length(letter: Letter, stage: Stage, limit: int) -> Iterator[Problem]:
    """Report a subject that mail programs cut off."""
    length = len(letter.subject)
    if length > limit:
        shown = letter.subject[:limit].rsplit(" ", 1)[0]
        yield problem(
            "subject-length",
            f"The subject has {length} characters; mail programs show about {limit}: “{shown}…”",
            "Shorten it, and put the most important words first.",
            subject_place(letter, stage),
        )


def check_body_length(
    letter: Letter, blocks: Sequence[TextBlock], stage: Stage, limit: int, audience: str
) -> Iterator[Problem]:
    """Report a body that is longer than its audience reads."""
    words = sum(len(block.text.split()) for block in blocks)
    if words > limit:
        yield problem(
            "body-length",
            f"The letter of the stage `{letter.stage}` has {words} words; {audience} read about "
            f"{limit}.",
            "Remove what the reader already knows, or move details to an enclosure.",
            stage.place("template"),
        )


def check_sentence_lengths(blocks: Sequence[TextBlock], place: Place | None) -> Iterator[Problem]:
    """Report sentences that are too long to be compared with facts."""
    for block in blocks:
        for sentence in block.sentences:
            if too_long := sentence_too_long(sentence.text, sentence.place or place):
                yield too_long


def sentence_too_long(text: str, place: Place | None) -> Problem | None:
    """What is wrong with a text that is longer, or has more numbers, than any sentence."""
    for most, count, what in (
        (SENTENCE_AT_MOST, spaced_length(text), "characters"),
        (WORDS_AT_MOST, text.count(" "), "words"),
        (NUMBERS_AT_MOST, len(_NUMBER.findall(text)), "numbers"),
    ):
        if count > most:
            return problem(
                "template-too-large",
                f"The sentence “{shorten(text, 40)}” has more than {most:,} {what}.",
                "Divide it: end it with a period where a new sentence begins.",
                place,
            )
    return None


def check_asks(letter: Letter, blocks: Sequence[TextBlock]) -> Iterator[Problem]:
    """Report asks of the stage that the letter never makes."""
    main = primary_language(letter.language)
    passages = _passages(blocks, main)
    for text, place in asks_of(letter):
        words = content_words(text, main)
        if words and max((len(words & p) / len(words) for p in passages), default=0) < ENOUGH:
            yield problem(
                "ask-missing",
                f"The letter of the stage `{letter.stage}` does not ask for this: “{text}”",
                "Add the ask to the template (`{{ demand.asks }}` has them all), or remove it "
                "from the campaign.",
                place,
            )


def asks_of(letter: Letter) -> list[tuple[str, Place | None]]:
    """What the stage asks for, in the letter's language: each ask, or the summary without any."""
    demand = letter.demand
    if demand is None:
        return []
    asks = [(ask, demand.place("asks", i)) for i, ask in enumerate(demand.asks)]
    asks = asks or [(demand.summary, demand.place("summary"))]
    return [(ask.get(letter.language) or "", place) for ask, place in asks]


def _passages(blocks: Sequence[TextBlock], main: str) -> list[set[str]]:
    """The words of each sentence, and of each two that follow one another in a block."""
    passages: list[set[str]] = []
    for block in blocks:
        words = [content_words(sentence.text, main) for sentence in block.sentences]
        passages += words
        passages += [one | two for one, two in pairwise(words)]
    return passages


def content_words(text: str, language: str) -> set[str]:
    """The words that carry a text's meaning, without their commonest endings."""
    empty = word_list("empty", language)
    words = re.findall(r"\w+", text.casefold().replace("’", "'"))
    return {_stem(word, language) for word in words if word not in empty}


def _stem(word: str, language: str) -> str:
    if language != "en" or len(word) < 5:
        return word
    for ending in ("ments", "ment", "ings", "ing", "ies", "ied", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
