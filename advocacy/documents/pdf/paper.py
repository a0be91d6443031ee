"""The glyphs that a letter's fonts always carry: the same for all letters of a layout.

A font is cut down to its language's letters, figures and punctuation, and the ligatures that a
layout's features make of them, whatever a letter says. So letters of one layout have the same
fonts, byte for byte, and a name can be set into a page that is laid out. A letter with another
character, Greek or Chinese, has that one too.


The printed letter as HTML for the typesetter: the layout filled with the letter's text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import lru_cache, partial
from pathlib import Path
from string import ascii_letters
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import uharfbuzz as hb
from markupsafe import Markup

from advocacy.campaign.languages import primary_language
from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.fonts import FAMILIES, face_rules, font_list, needed
from advocacy.documents.frame import contacts, direction, long_date, references
from advocacy.documents.pdf.fitting import printed_texts
from advocacy.documents.prose import body_html
from advocacy.documents.references import formatted
from advocacy.errors import AdvocacyError, Place, Problem, nearest
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter
from advocacy.resources import version
from advocacy.templating import render_layout
from advocacy.templating.citation_marks import MARK

_RANGES = ((0x20, 0x7F), (0xA0, 0xAD), (0xAE, 0x100))
_MARKS = "ŒœŠšŽžŸ–—‘’‚“”„…•†‡€™‐‑−‹›"
_RAISED = "¹²³ªº"  # their glyphs stand for plain figures and letters where these are raised
_LATIN = "".join(chr(code) for span in _RANGES for code in range(*span) if chr(code) not in _RAISED)
_LATIN += _MARKS
# The letters that a language has beside those of Latin-1 (CLDR, main exemplar characters).
_MORE = {
    "bs": "ČčĆćĐđŠšŽž", "ca": "Ŀŀ", "cs": "ČčĎďĚěŇňŘřŠšŤťŮůŽž", "cy": "ŴŵŶŷŸ", "eo": "ĈĉĜĝĤĥĴĵŜŝŬŭ",
    "et": "ŠšŽž", "fi": "ŠšŽž", "fr": "ŒœŸ", "hr": "ČčĆćĐđŠšŽž", "hu": "ŐőŰű",
    "lt": "ĄąČčĘęĖėĮįŠšŲųŪūŽž", "lv": "ĀāČčĒēĢģĪīĶķĻļŅņŠšŪūŽž", "mt": "ĊċĠġĦħŻż",
    "pl": "ĄąĆćĘęŁłŃńŚśŹźŻż", "ro": "ĂăȘșȚțŞşŢţ", "sk": "ČčĎďĹĺĽľŇňŔŕŠšŤťŽž", "sl": "ČčŠšŽž",
    "sr": "ČčĆćĐđŠšŽž", "tr": "ĞğİıŞş",
}  # fmt: skip
_RANGE_OF = {"el": (0x386, 0x3CF), "ru": (0x401, 0x452), "uk": (0x401, 0x492), "bg": (0x410, 0x450)}


@lru_cache(maxsize=64)
def letters_of(language: str) -> frozenset[str]:
    """The letters, figures and punctuation of a language: Latin-1's, and its own.

    `language` is a tag such as `pl-PL`.
    """
    main = primary_language(language)
    own = "".join(map(chr, range(*_RANGE_OF.get(main, (0, 0)))))
    return frozenset(_LATIN + _MORE.get(main, "") + own)


Glyphs = Mapping[int, tuple[str, int]]
"""By glyph: the text it stands for, and its width in thousandths of the font's size."""


@lru_cache(maxsize=32)
def face_of(font: bytes, index: int) -> hb.Face:
    """A font file as HarfBuzz reads it."""
    return hb.Face(hb.Blob(font), index)


def shaped(
    font: hb.Font, text: str, language: str, features: Mapping[str, int]
) -> tuple[list[hb.GlyphInfo], list[hb.GlyphPosition]]:
    """A text of one script, from left to right, as glyphs and their places."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "ltr"
    buffer.language = language
    hb.shape(font, buffer, dict(features))
    return buffer.glyph_infos, buffer.glyph_positions


@lru_cache(maxsize=64)
def alphabet(
    file: bytes, index: int, language: str, features: tuple[tuple[str, int], ...]
) -> Glyphs:
    """The glyphs of a language's letters in a font with OpenType features switched on or off."""
    face = face_of(file, index)
    font = hb.Font(face)
    upem = face.upem
    found: dict[int, tuple[str, int]] = {}

    def note(text: str) -> None:
        infos, _ = shaped(font, text, language, dict(features))
        ends = [*(info.cluster for info in infos), len(text)][1:]
        for info, end in zip(infos, ends, strict=True):
            if info.codepoint and end > info.cluster and info.codepoint not in found:
                width = font.get_glyph_h_advance(info.codepoint)
                found[info.codepoint] = text[info.cluster : end], round(width * 1000 / upem)

    for char in sorted(letters_of(language)):
        note(char)
    note(_joined(one + two for one in ascii_letters for two in ascii_letters))
    joins = [text for text, _ in found.values() if len(text) > 1]
    note(_joined(join + letter for join in joins for letter in ascii_letters))
    return found


def _joined(texts: Iterable[str]) -> str:
    return " ".join(texts)


# CLDR's supplemental data, measurementData/paperSize; A4 everywhere else.
US_LETTER = frozenset(
    ("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE")
)
_HEAD = 56
_ROW = 46  # so many characters of an address stand in one row of a window, at least
_IMPORT = re.compile(r'\s*@import\s+"([a-z0-9-]+)\.css"\s*;')

# The first part of an address that is printed: `https://` alone must not end a line.
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
    body = body_html(letter.body, letter.language, partial(note_html, citations))
    variables = page_variables(letter, words, citations, body)
    printed = (text for text, _, _ in printed_texts(letter))
    return filled_layout(letter.layout, letter.language, workspace, variables, words, printed)


def page_variables(
    letter: Letter, words: SetPhrases, citations: FormattedCitations, body: str
) -> dict[str, Any]:
    """What a layout may print, by name; `body` is the text as HTML."""
    return {
        "letter": letter,
        "words": words,
        "body": Markup(body),  # noqa: S704 - escaped where it was made
        "notes": () if citations.in_text else citations.notes,
        "references": references(citations) if citations.in_text else (),
        "inside_address": letter.inside_address,
        "address_rows": address_rows(letter.inside_address),
        "to": shortened((*letter.inside_address, letter.recipient.full_name)[0]),
        "date": long_date(letter.date, letter.language),
        "lang": letter.language,
        "dir": direction(letter.language),
        "contacts": (*letter.sender.address, *contacts(letter.sender)),
        "page_words": _around(words.page, "{page}"),
        "logo": _image(letter.sender.logo),
        "signatures": [] if letter.joint else _signatures(letter),
        "created": noon(letter.date, letter.timezone),
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
    printed = "".join(
        (
            MARK.sub("", variables["body"]),
            *(entry.html for entry in variables["references"]),
            *texts,
            *(getattr(words, field.name) for field in fields(words)),
            variables["date"],
        )
    )
    variables["css"] = Markup(css.replace("</", "<\\/"))  # noqa: S704 - the layout's own
    variables["page_css"] = Markup(page_css(language, css, printed))  # noqa: S704
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
            f"There is no layout `{layout}`: the file `layouts/{layout}.css` is missing.",
            f"Did you mean `{near}`?" if near else f"There are: {', '.join(known)}.",
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

    Raises AdvocacyError if there is none, or it is not in UTF-8.
    """
    texts: dict[str, str] = {}
    while layout not in texts:
        path = layout_css(layout, workspace)
        own = _read(path, path.stat().st_mtime_ns)
        found = _IMPORT.match(own)
        texts[layout] = own[found.end() :] if found else own
        layout = found[1] if found else layout
    own, *below = texts.values()
    return "".join(f"{' '.join(text.splitlines())} " for text in reversed(below)) + own


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AdvocacyError(
            Problem(
                "not-utf-8",
                f"The stylesheet {path.name} is not in UTF-8.",
                "Save it again as UTF-8.",
                Place(path),
            )
        ) from error


def page_css(language: str, css: str, text: str) -> str:
    """Paper size and fonts: those of the stylesheet's own families, and those the text needs.

    It depends on which scripts the text has, not on the text, so that letters share it.
    """
    families = needed(text, language)
    named = tuple(name for name in FAMILIES if name in css and name not in families)
    return _style_rules(page_size(language), families, named)


@lru_cache(maxsize=64)
def _style_rules(size: str, families: tuple[str, ...], named: tuple[str, ...]) -> str:
    return (
        f"{face_rules((*families, *named))}\n"
        f"@page {{ size: {size}; font-family: {font_list(families)} }}\n"
        f"html {{ font-family: {font_list(families)} }}"
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


def noon(day: date, timezone: str) -> str:
    """Noon of the letter's day where the campaign is, in ISO 8601."""
    return datetime.combine(day, time(12), ZoneInfo(timezone)).isoformat()


def _image(name: str | None) -> str | None:
    """A file of the campaign's folder as an address in the layout."""
    return quote(name) if name else None


def _signatures(letter: Letter) -> list[list[Signature]]:
    """The signatories in rows: two or three side by side."""
    people = [
        Signature(
            person.name,
            person.title,
            person.organization,
            _image(person.signature),
            person.name,
        )
        for person in letter.signatories
    ]
    across = 2 if len(people) in (2, 4) else 3
    return [people[i : i + across] for i in range(0, len(people), across)]
