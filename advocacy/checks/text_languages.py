"""Report a part of a letter that is written in another language than the letter.

A language is told by its commonest words, such as `the` and `les`. Only words count that the
letter's own language does not have.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from babel import Locale

from advocacy.campaign.languages import primary_language
from advocacy.checks.language import LANGUAGES, bare, stop_words
from advocacy.checks.sentences import LABELS, Sentence, TextBlock, shorten
from advocacy.errors import Level, Place, Problem
from advocacy.letters.letter import Letter

LEAST, LEAST_OF_SENTENCE = 5, 3
"""How many words, and how many different ones of one sentence, tell that it is in a language."""
CLEARLY = 4
"""So many times more words than of the letter's language must a sentence have."""
_MOST_QUOTED = 60
# The `s` of "it's" is no word; the `l` of "l'eau" is one.
_WORD = re.compile(r"(?<!['’])[^\W\d_]+|(?<=['’])[^\W\d_]{2,}")
_ENDS = re.compile(r"""[.!?…:]["'”’“‘»›)\]\s]*$""")
# What titles and names of organizations are made of: they stay in their own language.
_OF_NAMES = frozenset(
    "a an and at by for from in of on the to with au aux de des du en et la le les pour sur un une "
    "am an auf bei das dem den der des die fur im in und vom von zu zum zur al con del el las los "
    "para por y".split()
)


@dataclass(frozen=True, slots=True)
class _ReadSentence:
    """A sentence: its common words, without what it quotes, and whether it is a whole one."""

    words: tuple[str, ...]
    is_whole: bool
    sentence: Sentence

    @property
    def place(self) -> Place | None:
        return self.sentence.place


def text_language_problems(letter: Letter, blocks: Sequence[TextBlock]) -> Iterator[Problem]:
    """Report each file, or else each sentence, of a traced letter in another language.

    Quotations do not count. In letters of languages without a list of words, only English is told.
    """
    own = primary_language(letter.language)
    by_file: dict[Path, list[_ReadSentence]] = {}
    for block in blocks:
        for read in _read(block) if block.kind != "quote" else ():
            if read.place is not None:
                by_file.setdefault(read.place.path, []).append(read)
    for path, sentences in by_file.items():
        words = [word for one in sentences for word in one.words]
        told = [(one, _language_of_sentence(one, own)) for one in sentences]
        foreign = [(one, found) for one, found in told if found is not None]
        other = _language_of_file(words, own)
        if other is None and len(foreign) == sum(one.is_whole for one in sentences):
            other = next((found for _, found in foreign), None)
        if other is not None:
            message = f"`{path.name}` is in {_name(other)}, but the letter is in {_name(own)}."
            hint = f"Translate it, or include a text in {_name(own)}."
            yield _problem(message, hint, sentences[0].place)
            continue
        for one, found in foreign:
            said = shorten(one.sentence.text, _MOST_QUOTED)
            message = f"“{said}” is in {_name(found)}, but the letter is in {_name(own)}."
            yield _problem(message, "Translate it, or set it as a quotation.", one.place)


def _problem(message: str, hint: str, place: Place | None) -> Problem:
    return Problem("mixed-language", message, hint, place, level=Level.WARNING)


def _read(block: TextBlock) -> Iterator[_ReadSentence]:
    """The sentences of a block, without what stands in quotation marks."""
    text = block.text
    for start, end in block.quotes:
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    ends = (*block.starts, len(text)) if block.starts else (0, len(text))
    for (start, end), sentence in zip(pairwise(ends), block.sentences, strict=False):
        words = tuple(bare(word) for word in _WORD.findall(text[start:end]))
        is_whole = block.kind not in LABELS and bool(_ENDS.search(text[start:end]))
        yield _ReadSentence(words, is_whole, sentence)


def _language_of_file(words: Sequence[str], own: str) -> str | None:
    """The other language that a file is in."""
    most, theirs = _most_found(words, own)
    enough = len(theirs) >= LEAST and len(theirs) > 2 * len(_found(words, own, most))
    return most if enough else None


def _language_of_sentence(read: _ReadSentence, own: str) -> str | None:
    """The other language that a whole sentence is in, though it may be short."""
    if not read.is_whole:
        return None
    most, theirs = _most_found(read.words, own)
    different = set(theirs)
    least = LEAST_OF_SENTENCE if own in LANGUAGES else LEAST
    is_sure = len(different) >= least and bool(different - _OF_NAMES)
    clearly = len(theirs) >= CLEARLY * len(_found(read.words, own, most))
    return most if is_sure and clearly else None


def _most_found(words: Sequence[str], own: str) -> tuple[str, list[str]]:
    """The other language with most of the words, and these.

    What letters in an unknown language share with a known one is not known. `the` is a word of
    English alone.
    """
    others = [one for one in LANGUAGES if one != own]
    if own not in LANGUAGES:
        others = ["en"] if "the" in words else []
    found = ((other, _found(words, other, own)) for other in others)
    return max(found, key=lambda one: len(one[1]), default=(own, []))


def _found(words: Iterable[str], language: str, unlike: str) -> list[str]:
    """Those words that a language has, and another one has not."""
    known = _words_unlike(language, unlike)
    return [word for word in words if word in known]


@lru_cache(maxsize=64)
def _words_unlike(language: str, unlike: str) -> frozenset[str]:
    if language not in LANGUAGES:
        return frozenset()
    if unlike in LANGUAGES:
        return stop_words(language) - stop_words(unlike)
    # Nothing is known of the letter's language: what any known one shares tells nothing.
    return stop_words(language).difference(
        *(stop_words(one) for one in LANGUAGES if one != language)
    )


def _name(language: str) -> str:
    return str(Locale("en").languages.get(language, language))
