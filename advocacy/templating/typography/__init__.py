"""Typography: quotes, apostrophes, dashes, ellipses, and spaces that do not break.

A template's own words are set between Markdown's signs (`markdown`); values are private-use
characters there. Texts that are typed as they are to be read are set by themselves (`typed_text`).
"""

from advocacy.templating.typography.markdown import install
from advocacy.templating.typography.marks_and_spaces import (
    APOSTROPHE,
    NARROW,
    NBSP,
    NOT_AMERICAN,
    Quotes,
    dashes,
    hebrew_marks,
    lone_quotes,
    outside_addresses,
    quotes,
    spaces,
)
from advocacy.templating.typography.typed_text import (
    Quotation,
    find_quotations,
    has_signs,
    typeset,
)

__all__ = [
    "APOSTROPHE",
    "NARROW",
    "NBSP",
    "NOT_AMERICAN",
    "Quotation",
    "Quotes",
    "dashes",
    "find_quotations",
    "has_signs",
    "hebrew_marks",
    "install",
    "lone_quotes",
    "outside_addresses",
    "quotes",
    "spaces",
    "typeset",
]
