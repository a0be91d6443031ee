"""Report a part of a letter that is written in another language than the letter.

A language is told by its commonest words, such as `the` and `les`. Only words count that no other
known language has.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from babel import Locale

from advocacy.campaign.languages import primary_language
from advocacy.checks.language import LANGUAGES, bare, stop_words
from advocacy.checks.sentences import Sentence, TextBlock
from advocacy.errors import Level, Problem
from advocacy.letters.letter import Letter

LEAST = 5
"""How many words must tell that a text is in a language."""
_WORD = re.compile(r"[^\W\d_]+")


def text_language_problems(letter: Letter, blocks: Sequence[TextBlock]) -> Iterator[Problem]:
    """Report each file of a traced letter's body whose text is in another language.

    Quotations do not count. Letters in languages without a list of words are not judged.
    """
    own = primary_language(letter.language)
    if own not in LANGUAGES:
        return
    by_file: dict[Path, list[Sentence]] = {}
    for block in blocks:
        for sentence in block.sentences if block.kind != "quote" else ():
            if sentence.place is not None:
                by_file.setdefault(sentence.place.path, []).append(sentence)
    for path, sentences in by_file.items():
        counts = count_words([one.text for one in sentences])
        most = max(counts, key=lambda language: counts[language])
        if counts[most] < LEAST or counts[most] <= 2 * counts[own]:
            continue
        name, wanted = _name(most), _name(own)
        yield Problem(
            "mixed-language",
            f"`{path.name}` is in {name}, but the letter is in {wanted}.",
            f"Translate it, or include a text in {wanted}.",
            sentences[0].place,
            level=Level.WARNING,
        )


def count_words(texts: Sequence[str]) -> Mapping[str, int]:
    """Count for each known language the words that belong to it alone."""
    words = [bare(word) for text in texts for word in _WORD.findall(text)]
    known = _own_words()
    return {language: sum(word in known[language] for word in words) for language in known}


@lru_cache(maxsize=1)
def _own_words() -> Mapping[str, frozenset[str]]:
    words = {language: stop_words(language) for language in LANGUAGES}
    return {
        language: own.difference(*(words[other] for other in words if other != language))
        for language, own in words.items()
    }


def _name(language: str) -> str:
    return str(Locale("en").languages[language])
