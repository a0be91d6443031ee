"""The email's layout, as its files are now."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from advocacy.campaign.set_phrases import Furniture, furniture
from advocacy.documents.frame import Stamps, stamps
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.workspace import Workspace, remembered
from advocacy.templating.source import read_template

LAYOUT = "layouts/email.html"
STYLES = "layouts/email.css"
_OTHER_COMMAND = re.compile(r"\{%(?![+-]?\s*(if|elif|else|endif|for|endfor)\b)")


@dataclass(frozen=True, slots=True)
class EmailLayout:
    """The layout's files as they are now, and the set words of the language."""

    path: Path
    css: str
    words: Furniture
    is_plain: bool
    stamps: Stamps


def email_layout(workspace: Workspace, language: str) -> EmailLayout:
    """The layout of a workspace, with the set words of a language.

    Raises AdvocacyError where there is none.
    """
    return remembered(("email", language, workspace), lambda: _found(workspace, language))


def _found(workspace: Workspace, language: str) -> EmailLayout:
    found = stamps(workspace, (LAYOUT, STYLES))
    return _read(workspace, furniture(language, workspace), found)


@lru_cache(maxsize=64)
def _read(workspace: Workspace, words: Furniture, found: Stamps) -> EmailLayout:
    layout, styles = workspace.template(LAYOUT), workspace.template(STYLES)
    if layout is None or styles is None:
        missing = LAYOUT if layout is None else STYLES
        raise AdvocacyError(
            Problem(
                "unknown-layout",
                f"There is no layout file `{missing}`.",
                "Put it back into the templates folder, or install advocacy anew.",
            )
        )
    is_plain = not _OTHER_COMMAND.search(read_template(layout))
    return EmailLayout(layout, read_template(styles), words, is_plain, found)
