"""Many letters: composed, rendered, written, and recorded."""

from typing import Literal, get_args

Format = Literal["pdf", "eml", "html", "txt", "docx"]
"""A kind of document; here, since the shell's completion offers them without loading a batch."""
FORMATS: tuple[Format, ...] = get_args(Format)
DEFAULT_FORMATS: tuple[Format, ...] = ("pdf", "eml")
