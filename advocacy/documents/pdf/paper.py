"""The printed letter as HTML for the typesetter: the layout filled with the letter's text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import partial
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from markupsafe import Markup

from advocacy.campaign.campaign import Signatory
from advocacy.campaign.field_types import NOON
from advocacy.campaign.languages import primary_language
from advocacy.campaign.sender_details import Look
from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.fonts import BODY, FontLibrary, font_library, font_list
from advocacy.documents.frame import (
    comma,
    direction,
    isolated_addresses,
    isolated_contacts,
    isolated_lines,
    isolated_references,
    long_date,
    references,
)
from advocacy.documents.pdf.fitting import printed_texts
from advocacy.documents.prose import BodyPicture, body_html, body_pictures, notes_html
from advocacy.documents.references import formatted
from advocacy.errors import AdvocacyError, Place, Problem, nearest
from advocacy.files.text import read_start
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter
from advocacy.letters.shared_content import SharedContent, shared_content
from advocacy.resources import version
from advocacy.templating import render_layout
from advocacy.templating.citation_marks import MARK, Prose
from advocacy.templating.layouts import IMPORT

# CLDR's supplemental data, measurementData/paperSize; A4 everywhere else.
US_LETTER = frozenset(
    ("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE")
)
_UNSLANTED = frozenset(
    "am ar bn ckb dv fa gu he hi iw ja ka km kn ko lo ml mr my ne or pa ps sa si ta te th ug ur "
    "yi zh".split()
)
"""Languages without italics and capitals: their headings differ by weight and size."""
_UNSPACED = frozenset("ja km lo my th zh".split())
"""Languages that have few spaces between words, so that a justified line would have gaps."""
_LARGEST_STYLESHEET = 1_000_000  # bytes
_HEAD = 56
# The head of the following pages, from right to left: the addressee stands on the right.
_MIRRORED = """
@page {
  @top-left { content: string(date) " · " string(before-page) counter(page) string(after-page);
    width: 40%; text-align: left }
  @top-right { content: string(to); width: 60%; text-align: right }
  @footnote { border-image: linear-gradient(to left, #444 22%, #fff 22%) 1 0 0 / 1 0 0 }
}
@page :first { @top-left { content: none } @top-right { content: none } }
"""
_ROW = 46  # so many characters of an address stand in one row of a window, at least

# The first part of an address that is printed: `https://` alone must not end a line.
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_START = re.compile(r'<ol start="(\d+)">')
_NOTE = "\x12"
_CITED = re.compile(f"{_NOTE}(\\d+){_NOTE}")
_HOST = re.compile(r">(https?://[^/<\s]{1,60})(?=[/<])")


@dataclass(frozen=True, slots=True)
class Signature:
    """A signatory as the layout prints one; `image` is an address, `alt` what it says."""

    name: str
    title: str | None
    organization: str | None
    image: str | None
    alt: str


def paper_html(checked: CheckedLetter, workspace: Workspace) -> str:
    """The letter as a whole HTML document for WeasyPrint, styles included.

    Raises AdvocacyError where the layout, a picture or the citation style is wrong.
    """
    letter = checked.letter
    words = read_set_phrases(letter.language, workspace)
    citations = formatted(letter, workspace)
    body = body_on_paper(letter.body, letter.language, citations)
    # With the address above the letter, the name alone stands under it.
    by_name = [one.model_copy(update={"title": None}) for one in letter.signatories]
    signatories = by_name if letter.writer else letter.signatories
    variables = page_variables(shared_content(letter), words, citations, body) | {
        "letter": letter,
        "inside_address": letter.inside_address,
        "address_rows": address_rows(letter.inside_address),
        "to": shortened((*letter.inside_address, letter.recipient.full_name)[0]),
        "writer": letter.writer,
        "signatures": [] if letter.joint else _signature_rows(signatories),
    }
    printed = (text for text, _, _ in printed_texts(letter))
    return filled_layout(letter.layout, letter.language, workspace, variables, words, printed)


def page_variables(
    shared: SharedContent, words: SetPhrases, citations: FormattedCitations, body: str
) -> dict[str, Any]:
    """What a layout may print of what letters share, by name; `body` is the text as HTML.

    `signatures` are the sender's own people, in rows; a supporter's takes their place.
    """
    return {
        "words": words,
        "body": Markup(isolated_addresses(body, shared.language)),  # noqa: S704 - escaped above
        "notes": () if citations.in_text else citations.notes,
        "references": isolated_references(references(citations), shared.language)
        if citations.in_text
        else (),
        "date": long_date(shared.date, shared.language),
        "dated": shared.dateline or long_date(shared.date, shared.language),
        "lang": shared.language,
        "dir": direction(shared.language),
        "comma": comma(shared.language),
        "contacts": (
            *isolated_lines(shared.sender.address, shared.language),
            *isolated_contacts(shared.sender, shared.language),
        ),
        "page_words": _around(words.page, "{page}"),
        "logo": _image(shared.sender.logo),
        "look": shared.sender.look,
        "signatures": _signature_rows(shared.signatories),
        "created": moment(shared.date, shared.timezone, shared.time),
        "generator": f"advocacy {version()}",
    }


def filled_layout(
    layout: str,
    language: str,
    workspace: Workspace,
    variables: dict[str, Any],
    words: SetPhrases,
    texts: Iterable[str],
) -> str:
    """The HTML of a layout; `texts` are what it prints beside body, references and set words."""
    css = layout_text(layout, workspace)
    css += _MIRRORED if direction(language) == "rtl" else ""
    printed = "".join(
        (
            MARK.sub("", variables["body"]),
            *(entry.html for entry in variables["references"]),
            *texts,
            *(getattr(words, field.name) for field in fields(words)),
            variables["dated"],
        )
    )
    variables["css"] = Markup(css.replace("</", "<\\/"))  # noqa: S704 - the layout's own
    look: Look | None = variables["look"]
    library = font_library(workspace, look.font if look else None)
    page = page_css(language, css, printed, library, look.color if look else None)
    variables["page_css"] = Markup(page)  # noqa: S704 - our own; names are quoted
    return render_layout(layout, workspace, variables)


def address_rows(lines: Sequence[str]) -> int:
    """How many rows of a window an address takes, at least."""
    return sum(1 + (len(line) > _ROW) for line in lines)


def layout_css(layout: str, workspace: Workspace) -> Path:
    """The stylesheet of a layout.

    Raises AdvocacyError if there is none.
    """
    path = workspace.template(f"layouts/{layout}.css")
    if path is not None:
        return path
    known = workspace.template_names("layouts", ".css")
    near = nearest(layout, known)
    raise AdvocacyError(
        Problem(
            "missing-template",
            f"The layout `{layout}` does not exist, because `layouts/{layout}.css` is missing.",
            f"Did you mean `{near}`?" if near else f"Available: {', '.join(known)}.",
        )
    )


def page_size(language: str) -> str:
    """`Letter` where CLDR says that people write on US Letter, else `A4`."""
    from babel import Locale

    locale = Locale.parse(language, sep="-")
    territory = locale.territory or _likely_territory(str(locale))
    return "Letter" if territory in US_LETTER else "A4"


def _likely_territory(locale: str) -> str | None:
    """The country that a language without one most likely means (CLDR, likelySubtags)."""
    from babel.core import get_global

    likely = get_global("likely_subtags")
    full = likely.get(locale) or likely.get(locale.split("_")[0]) or ""
    territory = full.rpartition("_")[2]
    return territory if territory.isupper() else None


def unbroken_hosts(html: str) -> str:
    """A note or reference whose addresses break after the host at the earliest (`.host`)."""
    return _HOST.sub(r'><span class="host">\1</span>', html)


def body_on_paper(body: Prose, language: str, citations: FormattedCitations) -> str:
    """The text as HTML with its notes in their places, its pictures, and all addresses to read."""
    notes = notes_html(body, language, partial(_within_note, citations))
    pictures = body_pictures(body, language)
    html = body_html(
        body,
        language,
        lambda index: f"{_NOTE}{index}{_NOTE}",
        lambda index: f'<span class="note">{notes[index]}</span>',
        lambda index: _picture_tag(pictures[index]),
        in_pages=True,
    )
    html = _LINK.sub(_with_address, html)
    html = _START.sub(_with_start, html)
    return _CITED.sub(lambda found: note_html(citations, int(found[1])), html)


def _with_start(begins: re.Match[str]) -> str:
    """A list's first number as a style: WeasyPrint does not read the attribute."""
    return f'<ol start="{begins[1]}" style="counter-reset: list-item {int(begins[1]) - 1}">'


def _with_address(link: re.Match[str]) -> str:
    """A link, and the address behind its words where they do not say it."""
    address, words = unescape(link[1]), unescape(_TAG.sub("", link[2]))
    if _bare(address) == _bare(words) or address == "#":
        return link[0]
    shown = escape(address.removeprefix("mailto:").removeprefix("tel:"))
    return f'{link[0]} <span class="url">({shown})</span>'


def _bare(address: str) -> str:
    """An address as people write it; a telephone number as its digits."""
    address = re.sub(r"^(?:https?://|mailto:|tel:)", "", address.strip()).rstrip("/")
    return re.sub(r"[\s().-]", "", address) if re.fullmatch(r"[+\d\s().-]+", address) else address


def _picture_tag(picture: BodyPicture) -> str:
    width = f' style="width: {picture.width}%"' if picture.width else ""
    return f'<img src="{quote(picture.name)}" alt="{escape(picture.alt)}"{width}>'


def _within_note(citations: FormattedCitations, index: int) -> str:
    """What stands for a citation within a note of the letter's own: the source itself."""
    html = unbroken_hosts(citations.notes[index].html)
    return f' <span class="cite">{html}</span>'


def note_html(citations: FormattedCitations, index: int) -> str:
    """What stands in the text for a citation: a footnote, or the style's own words."""
    html = unbroken_hosts(citations.notes[index].html)
    if citations.in_text:
        return f'<span class="cite"> {html}</span>'
    return f'<span class="note">{html}</span>'


def layout_text(layout: str, workspace: Workspace) -> str:
    """The text of a layout's stylesheet, with that of the layout it builds on in front.

    `@import "letter.css";` at its beginning names another layout's. That text stands in the same
    line, so that the lines below keep their numbers.

    Raises AdvocacyError if there is none, or it is not encoded in UTF-8.
    """
    texts: dict[str, str] = {}
    while layout not in texts:
        path = layout_css(layout, workspace)
        own = _read_stylesheet(path)
        found = IMPORT.match(own)
        texts[layout] = own[found.end() :] if found else own
        layout = found[1] if found else layout
    own, *below = texts.values()
    return "".join(f"{' '.join(text.splitlines())} " for text in reversed(below)) + own


def _read_stylesheet(path: Path) -> str:
    data = read_start(path, _LARGEST_STYLESHEET + 1)
    if len(data) > _LARGEST_STYLESHEET:
        raise AdvocacyError(
            Problem(
                "file-too-large",
                f"The stylesheet is larger than {_LARGEST_STYLESHEET // 1_000_000} MB.",
                "Check that it is the right file. Load pictures and fonts from files of their own.",
                Place(path),
            )
        )
    try:
        return data.decode("utf-8-sig").replace("\r", "")
    except UnicodeDecodeError as error:
        raise AdvocacyError(
            Problem(
                "not-utf-8",
                f"The stylesheet {path.name} is not encoded in UTF-8.",
                "Save it as UTF-8.",
                Place(path),
            )
        ) from error


def page_css(
    language: str, css: str, text: str, library: FontLibrary, color: str | None = None
) -> str:
    """Paper size and fonts: those of the stylesheet's own families, and those the text needs.

    It depends on which scripts the text has, not on the text, so that letters share it.
    """
    families = library.needed(text, language)
    named = tuple(name for name in library.names if name in css and name not in families)
    size = page_size(language)
    own = [f"--fonts: {font_list(families)};"]
    if library.lead:
        own.append(f"--lead: {font_list([library.lead])};")
    if color:
        own.append(f"--color: {color};")
    if families[0] != BODY and not library.has_raised_figures(families[0]):
        own.append("--raised: normal; --raised-size: 0.68rem; --raised-by: 0.33rem;")
    head = ""
    if primary_language(language) in _UNSLANTED:
        own.append("--slant: normal; --caps: normal; --spaced: normal; --first-weight: bold;")
        own.append("--second-size: 1.15em; --third-weight: bold;")
        upright = "{ font-style: normal !important }"
        head = f"@top-left {upright} @top-right {upright}"
    if primary_language(language) in _UNSPACED:
        own.append("--aligned: start;")
    return (
        f"{library.face_rules((*families, *named))}\n"
        f"@page {{ size: {size}; font-family: {font_list(families)}; {head} }}\n"
        f"html {{ font-family: {font_list(families)}; {' '.join(own)} }}"
    )


def _around(text: str, slot: str) -> tuple[str, str]:
    before, _, after = text.partition(slot)
    return before, after


def shortened(name: str) -> str:
    """A name that fits into the head of page two."""
    if len(name) <= _HEAD:
        return name
    words, _, rest = name[: _HEAD - 1].rpartition(" ")
    return f"{words or rest}…"


def moment(day: date, timezone: str, at: time = NOON) -> str:
    """A time of the letter's day where the campaign is, in ISO 8601."""
    return datetime.combine(day, at, ZoneInfo(timezone)).isoformat()


def _image(name: str | None) -> str | None:
    """A file of the campaign's folder as an address in the layout."""
    return quote(name) if name else None


def _signature_rows(signatories: Sequence[Signatory]) -> list[list[Signature]]:
    """The signatories in rows: two or three side by side."""
    people = [
        Signature(
            person.name,
            person.office,
            person.organization,
            _image(person.signature),
            person.name,
        )
        for person in signatories
    ]
    across = 2 if len(people) in (2, 4) else 3
    return [people[i : i + across] for i in range(0, len(people), across)]
