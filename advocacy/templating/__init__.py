"""Letters' bodies and layouts: Jinja templates, rendered safely.

A body is Markdown with Jinja. Rendering gives tokenised Markdown (`templating.marks`): what the
template itself says is Markdown, every printed value and every citation is one mark. A
layout is HTML with Jinja in which values are escaped.
"""

from advocacy.templating.bodies import Body, find_body, letter_environment, render_body
from advocacy.templating.citation_marks import CiteCall
from advocacy.templating.layouts import layout_environment, render_layout

__all__ = [
    "Body",
    "CiteCall",
    "find_body",
    "layout_environment",
    "letter_environment",
    "render_body",
    "render_layout",
]
