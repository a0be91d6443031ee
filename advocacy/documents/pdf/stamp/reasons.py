"""Why a letter cannot be stamped, in words for the summary."""

from typing import Any

OTHER_GLYPHS = "with a character that the letters’ common fonts do not have"
TOO_LONG = "with a line too long for its place"
NEEDS_TEXTS = "whose layout depends on the letter’s own texts"
CROSSES_PAGES = "whose own paragraph stands where pages break"
DIFFERENT = "whose lines WeasyPrint sets otherwise than expected"
HAS_PROBLEMS = "like others that have problems"


class Unfit(Exception):  # noqa: N818 - it is an answer
    """That a letter must be laid out in full, and why."""


class OfItsOwn(Unfit):
    """That this letter's own texts are the reason: others like it may be stamped."""


class Wraps(Exception):  # noqa: N818 - it is an answer
    """That a line does not fit, and its block must be laid out as a paragraph; its number."""

    def __init__(self, block: int) -> None:
        super().__init__(block)
        self.block = block


class Reshaped(Exception):  # noqa: N818 - it is an answer
    """That paragraphs have other lines than the master's; the lines that they have."""

    def __init__(self, shape: Any) -> None:
        super().__init__(shape)
        self.shape = shape
