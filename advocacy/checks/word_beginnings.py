"""With which letters the words begin that a pattern fits: what a text has to have, to be searched.

Patterns are those of `checks/words/`: a space stands for any space, and what is not found out here
is left open, so that a beginning is never longer than what every text has that the pattern fits.
"""

import re
from functools import lru_cache

NO_LETTER = r"(?!\w)"
KEY = 3
"""Of how many letters of a word the index of beginnings is made."""

_FOLDED = str.maketrans("İı", "ii")  # the capitals that `re` holds for equal, and casefold does not
_COUNTS = frozenset("?*+{")
_WORDS = re.compile(r"\w+")
_LITERAL = re.compile(r"[^\\()\[\].*+?{}|^$]+")
_ESCAPED = re.compile(r"\\\W")
_HAS_NO_LENGTH = re.compile(r"[\^$]|\\b|\(\?<?[=!]")
_PLAIN_GROUP = re.compile(r"\((?:\?:)?(?!\?)")
_MOST_BEGINNINGS = 12
"""Of a group of alternatives; of more, only what stands before the group is looked for."""


def beginnings(branch: str) -> list[str]:
    """What stands in `spaced` texts wherever an alternative fits whole words, one at least.

    Each begins with a space, as a word does. What has no fixed beginning has a space alone, which
    stands in every text.
    """
    return [_as_in_texts(part) for part in _read(branch)]


def key_of(beginning: str) -> str | None:
    """The key in `spaced` of texts that have a beginning; None where it is too short for one."""
    word, _, rest = beginning[1:].partition(" ")
    is_whole = bool(rest) or beginning.endswith(" ")
    return word[:KEY].ljust(KEY) if len(word) >= KEY or (word and is_whole) else None


@lru_cache(maxsize=4096)
def spaced(text: str) -> tuple[str, frozenset[str]]:
    """A text's words with a space before, between, and after them; and the keys of the words."""
    words = _words_of(text)
    return f" {' '.join(words)} ", frozenset([word[:KEY].ljust(KEY) for word in words])


def alternatives(pattern: str) -> list[str]:
    """The alternatives of a pattern, without looking into its groups."""
    if "|" not in pattern:
        return [pattern]
    found, start, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            found.append(pattern[start:at])
            start = at + 1
        at += _width(pattern, at)
    return [*found, pattern[start:]]


def _words_of(text: str) -> list[str]:
    if not text.isascii():
        text = text.translate(_FOLDED)
    return _WORDS.findall(text.casefold())


def _as_in_texts(part: str) -> str:
    """A beginning as texts have it: folded, with one space for all that is not in words."""
    words = _words_of(part)
    if not words:
        return " "
    return f" {' '.join(words)}{'' if _WORDS.fullmatch(part[-1]) else ' '}"


def _read(branch: str) -> list[str]:
    """The beginnings of one alternative: its letters up to the first that may be another."""
    letters, at = "", 0
    while at < len(branch):
        part = branch[at : at + _width(branch, at)]
        at += len(part)
        if branch[at : at + 1] in _COUNTS:
            # Once, at least, where it is repeated; not at all, maybe, where it may be missing.
            kept = len(part) - (branch[at] != "+")
            return [letters + part[:kept] if _LITERAL.match(part) else letters]
        if _LITERAL.match(part) or _ESCAPED.match(part):
            letters += part.removeprefix("\\")
        elif part == NO_LETTER:
            letters += " "
        elif not _HAS_NO_LENGTH.match(part):
            # Behind a group it does not go on: what is found is where the words in it begin.
            return [letters + begun for begun in _inside(part)]
    return [letters]


def _width(pattern: str, at: int) -> int:
    """How long the next part of a pattern is: letters, a sign, a class, or a group."""
    if run := _LITERAL.match(pattern, at):
        return len(run[0])
    if pattern[at] in "([":
        return _end_of(pattern, at) - at
    return 2 if pattern[at] == "\\" else 1


def _inside(part: str) -> list[str]:
    """The beginnings of the alternatives in a group; of anything else, none that is known."""
    plain = _PLAIN_GROUP.match(part)
    if plain is None:
        return [""]
    found = [begun for one in alternatives(part[plain.end() : -1]) for begun in _read(one)]
    return found if len(found) <= _MOST_BEGINNINGS else [""]


def _end_of(pattern: str, at: int) -> int:
    """Where a group or a class that begins at a place is over."""
    if pattern[at] == "[":
        at += 2 if pattern[at + 1] != "^" else 3  # a bracket at its beginning does not end it
        while pattern[at] != "]":
            at += 2 if pattern[at] == "\\" else 1
        return at + 1
    at += 1
    while pattern[at] != ")":
        at += _width(pattern, at)
    return at + 1
