"""Write advocacy letters that can be trusted, printed and mailed.

As a library, what the commands do:

    import advocacy

    campaign, problems = advocacy.load_campaign("campaigns/microsoft.yaml")
    for letter in advocacy.compose_letters(campaign).letters:
        checked, problems = advocacy.check(letter, campaign)
        if checked is not None:
            pdf = advocacy.render_pdf(checked, campaign.workspace).data

Each name is imported when it is first used, so `import advocacy` costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advocacy.batch.campaigns import RenderRequest, render_campaign
    from advocacy.campaign.loading import Campaign, load_campaign
    from advocacy.checks.run import run_checks
    from advocacy.documents.email.html import render_html
    from advocacy.documents.email.message import build_message, render_email
    from advocacy.documents.pdf.render import render_pdf
    from advocacy.documents.text import render_text
    from advocacy.errors import AdvocacyError, Problem
    from advocacy.letters.compose import compose_letters
    from advocacy.letters.letter import CheckedLetter, Letter, check

_HOMES = {
    "AdvocacyError": "errors",
    "Campaign": "campaign.loading",
    "CheckedLetter": "letters.letter",
    "Letter": "letters.letter",
    "Problem": "errors",
    "RenderRequest": "batch.campaigns",
    "build_message": "documents.email.message",
    "check": "letters.letter",
    "compose_letters": "letters.compose",
    "load_campaign": "campaign.loading",
    "render_campaign": "batch.campaigns",
    "render_email": "documents.email.message",
    "render_html": "documents.email.html",
    "render_pdf": "documents.pdf.render",
    "render_text": "documents.text",
    "run_checks": "checks.run",
}

__all__ = [
    "AdvocacyError",
    "Campaign",
    "CheckedLetter",
    "Letter",
    "Problem",
    "RenderRequest",
    "build_message",
    "check",
    "compose_letters",
    "load_campaign",
    "render_campaign",
    "render_email",
    "render_html",
    "render_pdf",
    "render_text",
    "run_checks",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'advocacy' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"advocacy.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
