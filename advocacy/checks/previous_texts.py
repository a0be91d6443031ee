"""The day and the subject of the letter that a reminder follows, where the reminder prints them.

Both are the sender's own, and the campaign file says them: they need no source. A value stands in a
letter with the marks of the quotation around it, with the spaces of the language, and with a stop
that belongs to the sentence; so words are compared, not characters.
"""

import re
from functools import lru_cache

from advocacy.checks.quotations.verbatim import normalize_text
from advocacy.letters.letter import Letter

_MARK = "[\"'“”„«»‘’‚‹›]"
_AROUND = " .,;:!?…'"


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
