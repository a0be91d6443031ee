"""Text that people write: the characters it may hold, and how a validator refuses a value."""

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Any, LiteralString

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

# Controls (but tab and line feed), line and paragraph separators, bidirectional controls
# (Unicode 16, UAX #9), surrogates, private use (where text marks live) and noncharacters.
_BAD_IN_PLANES = "".join(
    f"{chr((plane << 16) + 0xFFFE)}{chr((plane << 16) + 0xFFFF)}" for plane in range(15)
)
BAD_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\U000f0000-\U0010ffff" + _BAD_IN_PLANES + "]"
)

# What nobody sees in a name: the soft hyphen, spaces without width, invisible operators, fillers
# (UAX #44, Default_Ignorable_Code_Point), tags, and the Arabic and Syriac signs that stand around
# numbers. Joiners, U+034F, and variation selectors are left: scripts need them. The flags of
# England, Scotland, and Wales are made of tags (UTS #51, ED-14a).
_INVISIBLE = (
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f)"
    "|[\u00ad\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u180e\u200b\u2060-\u2065"
    "\u206a-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_INVISIBLE_CHARACTERS = re.compile(_INVISIBLE)
ODD_CHARACTERS = re.compile(f"{BAD_CHARACTERS.pattern}|{_INVISIBLE}")
"""What no file may hold, and what nobody sees."""

PASSAGE_AT_MOST = 4_000
"""Characters of a statement, a quotation, or a line, which is compared with many others."""


def character_name(character: str) -> str:
    """A character as people may look it up: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    code = ord(character)
    category = unicodedata.category(character)
    kinds = {"Cc": "CONTROL CHARACTER", "Co": "PRIVATE-USE CHARACTER", "Cs": "SURROGATE"}
    name = unicodedata.name(character, kinds.get(category, "NOT A CHARACTER"))
    return f"U+{code:04X} {name}"


def bad_character(text: str) -> str | None:
    """The name of the first character that no value may hold, such as `U+0007 …`, or None."""
    found = BAD_CHARACTERS.search(text)
    return character_name(found[0]) if found else None


def without_invisible(text: str) -> str:
    """The text without the characters that nobody sees. Two names that look alike are alike."""
    return text if text.isascii() else _INVISIBLE_CHARACTERS.sub(lambda found: found[1] or "", text)


def column_width(text: str) -> int:
    """How many columns of a terminal text takes: wide characters two, combining ones none."""
    return len(text) if text.isascii() else sum(map(_column_width, text))


@lru_cache(maxsize=4096)  # more than halves the time for a line with accents
def _column_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fault(
    code: LiteralString,
    message: str,
    hint: str = "",
    *,
    wanted: str = "",
    keys: tuple[str | int, ...] = (),
) -> PydanticCustomError:
    """What a validator raises for a user's mistake; it becomes a Problem with that code.

    `message` is a phrase that follows the key's name and a colon. `wanted` (“a day such as
    `2020-06-10`”) joins several types in one message where any would do. `keys` lead from
    the validated value to the part that is wrong.
    """
    context = {"message": message, "hint": hint, "wanted": wanted, "keys": keys}
    return PydanticCustomError(code, "{message}", context)


def shown(text: object, limit: int = 60) -> str:
    """A value as a message quotes it, shortened."""
    words = " ".join(str(text).split())
    return f"“{words if len(words) <= limit else words[: limit - 1] + '…'}”"


def _clean(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    bad = bad_character(value.replace("\r\n", "\n"))
    if bad:
        raise fault(
            "bad-character",
            f"contains the character {bad}, which cannot be printed",
            "Delete it and retype the text by hand. Copied text often contains such characters.",
        )
    return value.replace("\r\n", "\n")


def _visible(value: Any) -> Any:
    return without_invisible(value) if isinstance(value, str) else value


def _passage(value: str) -> str:
    if len(value) > PASSAGE_AT_MOST:
        raise fault(
            "value-too-long",
            f"has {len(value):,} characters; the limit is {PASSAGE_AT_MOST:,}",
            "Shorten it, or divide it.",
        )
    return value


def _line(value: str) -> str:
    if "\n" in value or "\t" in value:
        what = "a line break" if "\n" in value else "a tab"
        raise fault("not-one-line", f"contains {what}", "Write it on one line, with single spaces.")
    return value


Words = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, min_length=1),
    BeforeValidator(_clean),
    Field(description="Text of one or more lines."),
]
"""Text of one or more lines, not empty; surrounding whitespace is dropped."""

Passage = Annotated[Words, AfterValidator(_passage)]
"""Words that a letter prints in one place: no more than a page of them."""

RecordedLine = Annotated[Passage, AfterValidator(_line)]
"""Text on one line, as the program wrote it."""

Line = Annotated[
    RecordedLine,
    BeforeValidator(_visible),
    Field(description="Text on one line."),
]
"""Text on one line, not empty. What nobody sees is taken out."""
