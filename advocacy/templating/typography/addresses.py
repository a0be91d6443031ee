"""What in a text is no words: addresses that are typed bare, and marks."""

import re
from collections.abc import Callable

MARKS = "\U000f0000-\U000ffffd"
"""The marks of values, as a range of characters in a regular expression."""
CITES = "\U00100000-\U0010fffd"
"""The marks of citations, likewise."""
LINES = "\ue000-\uf8ff"
"""The marks of lines, likewise."""
_ADDRESS = re.compile(r"((?:https?://|www\.)[^\s<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def outside_addresses(text: str, change: Callable[[str], str]) -> str:
    """The text after a change to all but the addresses in it."""
    if "@" not in text and "://" not in text and "www." not in text:
        return change(text)
    parts = _ADDRESS.split(text)
    # After an address text goes on as after a word.
    parts[::2] = [
        change(part) if i == 0 else change("x" + part)[1:] for i, part in enumerate(parts[::2])
    ]
    return "".join(parts)
