"""A letter's citations: from sources in CSL to notes and a list of references.

`formatting` is what a letter asks; pandoc's citation processor does the work, in a style
(`campaign.citation_styles`), through JSON (`processor`, `pandoc`); `rendering` makes its answer our
own.
"""

from advocacy.documents.citations.csl import Formatted
from advocacy.documents.citations.formatting import (
    Citation,
    FormattedCitations,
    Note,
    format_citations,
)

__all__ = ["Citation", "Formatted", "FormattedCitations", "Note", "format_citations"]
