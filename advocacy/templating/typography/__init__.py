"""Typography of a template's own words: quotes, dashes, ellipses, spaces that do not break.

All of it works on text between Markdown's signs; values are private-use characters there, and
pass untouched.
"""

from advocacy.templating.typography.markdown import install
from advocacy.templating.typography.marks_and_spaces import (
    NARROW,
    NBSP,
    Quotes,
    dashes,
    lone_quotes,
    quotes,
    spaces,
)

__all__ = ["NARROW", "NBSP", "Quotes", "dashes", "install", "lone_quotes", "quotes", "spaces"]
