"""Typography of a template's own words: quotes, dashes, ellipses, spaces that do not break.

All of it works on text between Markdown's signs; values are private-use characters there, and
pass untouched.
"""

from advocacy.templating.typography.markdown import install
from advocacy.templating.typography.quotation import NARROW, NBSP, Quotes, quotes
from advocacy.templating.typography.spaces import spaces
from advocacy.templating.typography.words import dashes, lone_quotes

__all__ = ["NARROW", "NBSP", "Quotes", "dashes", "install", "lone_quotes", "quotes", "spaces"]
