"""A letter's citations: from sources in CSL to notes and a list of references.

`formatting` is what a letter asks; pandoc's citation processor does the work, in a style
(`styles`), through JSON (`processor`, `pandoc`); `rendering` makes its answer our own.
"""

from advocacy.campaign.citation_styles import known_styles, style_path
from advocacy.documents.citations.formatting import (
    Citation,
    FormattedCitations,
    Note,
    format_citations,
)
from advocacy.documents.citations.rendering import Formatted

__all__ = [
    "Citation",
    "Formatted",
    "FormattedCitations",
    "Note",
    "format_citations",
    "known_styles",
    "style_path",
]
