"""A whole HTML document as a PDF: the same bytes for the same HTML, whatever was made before it.

What documents have in common, the fonts and the parsed stylesheet, is kept between them and
depends on the stylesheet's text alone.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from advocacy.documents.pdf.alphabet import Sets, sets_in
from advocacy.documents.pdf.fetcher import BASE_URL, Fetcher
from advocacy.documents.pdf.fitting import LayoutOverflow, overflowing
from advocacy.documents.pdf.painting import carrying
from advocacy.documents.pdf.tagging import finish, prepare
from advocacy.documents.pdf.weasyprint_patches import weasyprint
from advocacy.documents.typesetter import FontConfiguration, font_configuration, typesetting
from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.workspace import Workspace

_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
# WeasyPrint goes on without a picture that it cannot draw; a letter must not.
_LOST = re.compile(r"Failed to (?:render SVG image|load image at|load inline SVG)[: ]*'?([^\s']*)")
_AT = re.compile(r" at (\d+):(\d+)")
# Rules that WeasyPrint must see in the document itself: they change how it counts and colors.
_UNSHARED = re.compile(r"@(counter-style|color-profile|layer)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pdf:
    """A PDF, its number of pages, and what the volunteer who wrote its layout should know.

    `unfit` are the texts that are longer than the room which the layout has for them, `files`
    the workspace's files that were loaded. A letter was `typeset` fast, or in full because of
    `why`; `digest` is the SHA-256 sum of the bytes, where it is known.
    """

    data: bytes
    pages: int
    problems: tuple[Problem, ...] = ()
    unfit: tuple[LayoutOverflow, ...] = ()
    files: tuple[Path, ...] = ()
    typeset: Literal["fast", "full"] = "full"
    why: str = ""
    digest: str | None = None


def lay_out(
    html: str,
    workspace: Workspace,
    css: Path | None = None,
    *,
    compress: bool = True,
    inspect: Callable[[Any], None] | None = None,
    finisher: Callable[[Any, Any], None] = finish,
    sets: Sets = frozenset(),
) -> Pdf:
    """A tagged PDF (PDF/UA-1) of a whole HTML document; `css` is the file to name in problems.

    Without `compress` the content streams can be read and spliced. `inspect` is shown
    WeasyPrint's document once it is laid out; `finisher` gets it with pydyf's PDF, and must put the
    tags right. The fonts carry the sets of letters that the document has a letter of, and `sets`.

    Raises AdvocacyError if the document loads what it may not.
    """
    fetcher = Fetcher(workspace)
    with typesetting, _notices() as notices, carrying(sets | sets_in(html)):
        sheets: tuple[_Sheet, ...] = ()
        styles = _STYLE.findall(html)
        if styles and not any(map(_UNSHARED.search, styles)):
            html = _STYLE.sub("", html)
            sheets = tuple(_sheets(tuple(styles), workspace))
        config = sheets[0].fonts if sheets else font_configuration()
        document = weasyprint.HTML(string=html, base_url=BASE_URL, url_fetcher=fetcher).render(
            font_config=config,
            stylesheets=[sheet.css for sheet in sheets],
            pdf_variant="pdf/ua-1",
        )
        unfit = overflowing(document)
        if inspect is not None:
            inspect(document)
        prepare(document)
        data = document.write_pdf(
            finisher=finisher, pdf_variant="pdf/ua-1", uncompressed_pdf=not compress
        )
    refused = [*(p for sheet in sheets for p in sheet.refused), *fetcher.problems]
    if refused:
        raise AdvocacyError(dict.fromkeys(refused))
    lost = [found[1] for found in map(_LOST.match, notices) if found]
    if lost:
        raise AdvocacyError(
            [_unprinted(_shown_picture(address)) for address in dict.fromkeys(lost)]
        )
    messages = [*(m for sheet in sheets for m in sheet.notices), *notices]
    problems = dict.fromkeys(_notice(message, css) for message in messages)
    return Pdf(data, len(document.pages), tuple(problems), unfit, tuple(fetcher.files))


@dataclass(frozen=True, slots=True)
class _Sheet:
    css: weasyprint.CSS
    fonts: FontConfiguration
    refused: tuple[Problem, ...]
    notices: tuple[str, ...]


@lru_cache(maxsize=4)  # saves a quarter of a letter laid out in full
def _sheets(styles: tuple[str, ...], workspace: Workspace) -> tuple[_Sheet, ...]:
    """Parsed stylesheets, with fonts of their own.

    Fonts are not shared with other stylesheets, since what one loads another would fall back
    to; so a letter never depends on the letters before it.
    """
    fonts = font_configuration()
    sheets = []
    for style in styles:
        fetcher = Fetcher(workspace)
        with _notices() as notices:
            css = weasyprint.CSS(
                string=style, base_url=BASE_URL, url_fetcher=fetcher, font_config=fonts
            )
        sheets.append(_Sheet(css, fonts, tuple(fetcher.problems), tuple(notices)))
    return tuple(sheets)


class _Ear(logging.Handler):
    """Hears what WeasyPrint logs in this thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        self.thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.heard.append(record.getMessage())


@contextmanager
def _notices() -> Iterator[list[str]]:
    ear = _Ear()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(ear)
    try:
        yield ear.heard
    finally:
        logger.removeHandler(ear)


def _shown_picture(address: str) -> str:
    """The name of a picture from its address, as the campaign or the layout wrote it."""
    return unquote(address.removeprefix(BASE_URL))[:80]


def _unprinted(name: str) -> Problem:
    return Problem(
        "broken-image",
        f"The picture `{name}` cannot be printed." if name else "A picture cannot be printed.",
        "Open it in a drawing program and save it as “plain SVG”, or as PNG.",
    )


def _notice(message: str, css: Path | None) -> Problem:
    """What WeasyPrint logged, as a problem at the line of the stylesheet that it names."""
    at = _AT.search(message)
    place = None
    if css is not None:
        place = Place(css, int(at[1]), int(at[2])) if at else Place(css)
    message = message.replace(at[0], "") if at else message
    return Problem(
        "layout",
        f"WeasyPrint reports a problem in the layout: {message}",
        "Correct or remove the rule. WeasyPrint's documentation lists the supported rules.",
        place,
        Level.WARNING,
    )
