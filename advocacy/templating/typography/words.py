"""Dashes, ellipses, apostrophes, and quotes that have no partner."""

import re

from advocacy.templating.typography.addresses import CITES, outside_addresses
from advocacy.templating.typography.quotation import NARROW, NBSP, quotes

APOSTROPHE = "’"

_ELLIPSIS = re.compile(r"(?<!\.)\.\.\.(?!\.)")
_SPACED_ELLIPSIS = re.compile(r"\. \. \.")
_EM_DASH = re.compile(r"(?<!-)---(?!-)")
_EN_DASH = re.compile(r"(?<!-)--(?!-)")
_YEARS = re.compile(r"(?<!\w)'(?=\d\ds?\b)")
_CLIPPED = re.compile(r"(?<!\w)'(n)'(?!\w)|(?<!\w)'(?=(?:tis|twas|til|em)\b)", re.IGNORECASE)
_SPACE_BEFORE_CITE = re.compile(f"[ {NBSP}{NARROW}]+(?=[{CITES}])")


def dashes(text: str, language: str) -> str:
    """Text with `--`, `---` and `...` made signs, and apostrophes that look like quotes set.

    Comes before the quotes are paired. A citation sticks to what is before it.
    """

    def change(part: str) -> str:
        part = _SPACE_BEFORE_CITE.sub("", part)
        if "." in part:
            part = _SPACED_ELLIPSIS.sub(f".{NBSP}.{NBSP}.", _ELLIPSIS.sub("…", part))
        if "--" in part:
            part = _EN_DASH.sub("–", _EM_DASH.sub("—", part))
        if "'" in part:
            part = _YEARS.sub(APOSTROPHE, part)
            if language.startswith("en"):
                part = _CLIPPED.sub(
                    lambda found: f"{APOSTROPHE}{found[1]}{APOSTROPHE}" if found[1] else APOSTROPHE,
                    part,
                )
        return part

    return outside_addresses(text, change)


# --- quotes that have no partner -------------------------------------------------------------

_LONE = re.compile('(^|[\\s(\\[{–—])?"', re.MULTILINE)


def lone_quotes(text: str, language: str) -> str:
    """Text whose straight quotes have no partner in their paragraph: the one that fits there."""
    if "'" in text:
        text = text.replace("'", APOSTROPHE)
    if '"' not in text:
        return text
    marks = quotes(language)

    def fitting(found: re.Match[str]) -> str:
        if found[1] is not None:
            return found[1] + marks.opening
        before = text[found.start() - 1] if found.start() else ""
        return '"' if before.isdigit() else marks.closing  # 6" are inches

    return _LONE.sub(fitting, text)
