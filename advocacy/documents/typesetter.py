"""Load WeasyPrint without the machine's fonts.

Fontconfig reads a configuration of our own, which names no fonts and no rules, so that a page
is the same on every machine. WeasyPrint is first imported here, and only here.
"""

import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from advocacy.documents.fonts import BODY, PACKAGES
from advocacy.installation import libraries_by_name, require_pango

_FONTS_CONF = Path(__file__).with_name("fonts.conf")
_VARIABLE = "FONTCONFIG_FILE"
_lock = threading.RLock()
typesetting = threading.RLock()
"""Held while WeasyPrint or Pango is at work: they do not bear two threads."""


@contextmanager
def own_fonts_only() -> Iterator[None]:
    """Hide the machine's fonts from font configurations that are made while this lasts."""
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


require_pango()  # raises one line; WeasyPrint would print a page of advice
with own_fonts_only(), libraries_by_name(), warnings.catch_warnings():
    # It warns that there are no fonts, which is what is wanted.
    warnings.filterwarnings("ignore", category=UserWarning)
    import weasyprint
    from weasyprint.text.ffi import FROM_UNITS, ffi, pango
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse


def font_configuration() -> FontConfiguration:
    """A new configuration with the body's font alone.

    That one is always there: Pango ends the process where there is no font at all.
    """
    with own_fonts_only():
        config = FontConfiguration()
    weasyprint.CSS(
        string=PACKAGES.face_rules([BODY]),
        font_config=config,
        url_fetcher=URLFetcher(allowed_protocols=("file",)),
    )
    return config


__all__ = [
    "FROM_UNITS",
    "FontConfiguration",
    "URLFetcher",
    "URLFetcherResponse",
    "ffi",
    "font_configuration",
    "own_fonts_only",
    "pango",
    "typesetting",
    "weasyprint",
]
