"""WeasyPrint, without the machine's fonts.

Fontconfig reads a configuration of our own, which names no fonts and no rules, so that a page
is the same on every machine. All of advocacy imports WeasyPrint from here.
"""

import math
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from advocacy.documents.fonts import BODY, face_rules
from advocacy.installation import require_pango

_FONTS_CONF = Path(__file__).with_name("fonts.conf")
_VARIABLE = "FONTCONFIG_FILE"
_lock = threading.RLock()


@contextmanager
def own_fonts_only() -> Iterator[None]:
    """While it lasts, a font configuration that is made knows no font of the machine."""
    with _lock:
        before = os.environ.get(_VARIABLE)
        os.environ[_VARIABLE] = str(_FONTS_CONF)
        try:
            yield
        finally:
            if before is None:
                del os.environ[_VARIABLE]
            else:
                os.environ[_VARIABLE] = before


require_pango()  # in one line; WeasyPrint would print a page
with own_fonts_only(), warnings.catch_warnings():
    # It warns that there are no fonts, which is what is wanted.
    warnings.filterwarnings("ignore", category=UserWarning)
    import weasyprint
    from weasyprint.layout import LayoutContext
    from weasyprint.layout import block as _block
    from weasyprint.text.ffi import pango
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse


def font_configuration() -> FontConfiguration:
    """A new configuration with the body's font alone.

    That one is always there: Pango ends the process where there is no font at all.
    """
    with own_fonts_only():
        config = FontConfiguration()
    weasyprint.CSS(
        string=face_rules([BODY]),
        font_config=config,
        url_fetcher=URLFetcher(allowed_protocols=("file",)),
    )
    return config


def pango_version() -> str:
    """The version of the Pango that sets the type here: `1.50.12`."""
    number: int = pango.pango_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


_lay_out_lines = _block._linebox_layout


def _lay_out_lines_well(
    context: Any,
    box: Any,
    index: Any,
    child: Any,
    new_children: Any,
    page_is_empty: Any,
    *rest: Any,
) -> Any:
    """Lay out a paragraph's lines as WeasyPrint 70 does, and put two things right.

    It obeys `footnote-policy: line` where a note does not fit, but not where orphans and widows
    forbid to break before a line: there it moves notes to the next page to make room, those of
    earlier paragraphs too. Here the paragraph goes to the next page instead, unless it is the
    first on its page.

    And it divides words at the end of a page; here such lines go to the next page, if enough
    lines stay; a paragraph of which only such lines would stay goes there as a whole.
    """
    here, moved = list(context.current_page_footnotes), list(context.reported_footnotes)
    result = _lay_out_lines(context, box, index, child, new_children, page_is_empty, *rest)
    abort, stop, resume_at, position_y, new_notes, max_lines = result
    torn = [
        note
        for note in context.reported_footnotes
        if note not in moved and note.style["footnote_policy"] == "line"
    ]
    if torn and not page_is_empty:
        for note in new_notes:
            context.unlayout_footnote(note)
        context.reported_footnotes[:] = moved
        context.current_page_footnotes[:] = here
        context._update_footnote_area()
        return True, False, resume_at, position_y, new_notes, max_lines
    if stop and new_children:
        fewest = max(box.style["orphans"], 1)
        whole = (
            n for n in range(len(new_children), fewest - 1, -1) if not _divides(new_children, n)
        )
        keep = next(whole, len(new_children))
        if _divides(new_children, keep) and keep <= fewest + 1 and not page_is_empty:
            return True, False, resume_at, position_y, new_notes, max_lines
        for line in new_children[keep:]:
            position_y = min(position_y, line.position_y)
            _block.remove_placeholders(context, line.children, *rest[:2])
        del new_children[keep:]
        resume_at = {index: new_children[-1].resume_at}
    return abort, stop, resume_at, position_y, new_notes, max_lines


def _divides(lines: Any, count: int) -> bool:
    """Whether the last of so many lines ends within a word."""
    line = box = lines[count - 1]
    while getattr(box, "children", None):
        box = box.children[-1]
    text = getattr(box, "text", None) or ""
    return line.resume_at is not None and text.endswith(box.style["hyphenate_character"])


_block._linebox_layout = _lay_out_lines_well


_make_room = LayoutContext._update_footnote_area


def _make_room_exactly(context: Any) -> bool:
    """Whether the notes overflow their area, as WeasyPrint 70 finds out, but for rounding.

    It adds up heights in two ways and compares the sums; where they differ in the last digit, a
    note went to the next page for nothing. An area without a greatest height has room for all.
    """
    overflows: bool = _make_room(context)
    return overflows and context.current_footnote_area.style["max_height"].value != math.inf


LayoutContext._update_footnote_area = _make_room_exactly

__all__ = [
    "FontConfiguration",
    "URLFetcher",
    "URLFetcherResponse",
    "font_configuration",
    "own_fonts_only",
    "pango_version",
    "weasyprint",
]
