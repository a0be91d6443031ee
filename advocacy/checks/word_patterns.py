"""Patterns for any of some words, of which only those are made that a text may have.

Most sentences have no word of most kinds. To look for the letters with which the words begin takes
a microsecond. To make the patterns of all words would take a tenth of a second, a fifth of a check.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache

from advocacy.checks.word_beginnings import NO_LETTER, alternatives, beginnings, key_of, spaced

_ENDS_IN_LETTER = re.compile(r"[\w)*+?\]]$")
_CAPTURES = re.compile(r"(?<!\\)\((?!\?(?!P<))")

_Index = dict[str, list[tuple[str, int]]]
"""Beginnings and the numbers of the alternatives that have them, by key."""


class WordPattern:
    """A pattern for any of the words, each whole; a space stands for any space.

    Each method finds what it finds of a regular expression of all the words.
    """

    def __init__(self, words: Sequence[str], flags: int = re.IGNORECASE) -> None:
        self._words, self._flags = words, flags

    def search(self, text: str) -> re.Match[str] | None:
        """The first of the words in a text."""
        found = [match for one in self._parts(text) if (match := one.search(text))]
        return min(found, key=re.Match.start, default=None)  # of equal ones the first, as in `re`

    def match(self, text: str) -> re.Match[str] | None:
        """The word with which a text begins."""
        return next((match for one in self._parts(text) if (match := one.match(text))), None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Each of the words in a text."""
        numbers = self._candidates(text)
        return self._of(numbers).finditer(text) if numbers else iter(())

    def sub(self, put: str | Callable[[re.Match[str]], str], text: str) -> str:
        """The text with something else in place of each of the words."""
        numbers = self._candidates(text)
        return self._of(numbers).sub(put, text) if numbers else text

    def _parts(self, text: str) -> list[re.Pattern[str]]:
        return [_compiled(self._branches[at], self._flags) for at in self._candidates(text)]

    def _of(self, numbers: Sequence[int]) -> re.Pattern[str]:
        return _compiled("|".join(self._branches[at] for at in numbers), self._flags)

    def _candidates(self, text: str) -> list[int]:
        """The numbers of the alternatives that may be in a text, in their order."""
        by_key, keys, anywhere = self._index
        whole, own = spaced(text)
        if not anywhere and keys.isdisjoint(own):
            return []
        found = {at for key in keys & own for begun, at in by_key[key] if begun in whole}
        found.update(at for begun, at in anywhere if begun in whole)
        return sorted(found)

    @cached_property
    def _branches(self) -> list[str]:
        """The alternatives of all words, as expressions."""
        made = []
        for word in self._words:
            found = alternatives(word)
            # Behind the last one of a word alone there is no letter.
            if _ENDS_IN_LETTER.search(word):
                found[-1] += NO_LETTER
            made += found
        # Whoever asks for a part of a match may ask for that of any alternative.
        return ["|".join(made)] if any(map(_CAPTURES.search, made)) else made

    @cached_property
    def _index(self) -> tuple[_Index, frozenset[str], list[tuple[str, int]]]:
        """The beginnings by their keys; the keys; and those that are too short for a key."""
        by_key: _Index = {}
        anywhere = []
        for at, branch in enumerate(self._branches):
            for begun in (part for one in alternatives(branch) for part in beginnings(one)):
                key = key_of(begun)
                if key is None:
                    anywhere.append((begun, at))
                else:
                    by_key.setdefault(key, []).append((begun, at))
        return by_key, frozenset(by_key), anywhere


@lru_cache(maxsize=4096)
def _compiled(branches: str, flags: int) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{branches})".replace(" ", r"\s+"), flags)
