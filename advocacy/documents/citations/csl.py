"""Ask pandoc's citation processor (CSL), and turn its answers into small HTML and plain text.

`process` writes citations and sources as pandoc reads them and runs it once. `formatted` turns
each note of the answer into HTML and text: no markup of a source gets there as markup, and what is
not the processor's own is dropped.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any, get_args
from urllib.parse import urlsplit

from advocacy.campaign.citation_styles import BARE, LABEL, LOCATORS_OF_PANDOC, Style
from advocacy.campaign.facts import LocatorLabel
from advocacy.documents.citations.pandoc import cite
from advocacy.errors import AdvocacyError, Problem, nearest
from advocacy.templating.typography import (
    APOSTROPHE,
    Quotation,
    find_quotations,
    outside_addresses,
    quotes,
    spaces,
)

END, START = "\ue001", "\ue002"
"""After a source that was read elsewhere, and before the one in which it was read."""

_TAGS = {
    "Emph": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
    "Superscript": ("<sup>", "</sup>"),
    "Subscript": ("<sub>", "</sub>"),
    "SmallCaps": ('<span class="sc">', "</span>"),
}
_PLAIN = frozenset({"Strikeout", "Underline"})
_SPACES = frozenset({"Space", "SoftBreak", "LineBreak"})
_WITH_ATTRIBUTES = frozenset({"Cite", "Link", "Quoted", "Span"})

Wrap = Callable[[str, str, str], str]  # kind, inner text, address of a link


@dataclass(frozen=True, slots=True)
class Formatted:
    """One note or reference: `html` has em, strong, sup, sub, span.sc and a alone."""

    html: str
    text: str


def formatted(
    inlines: Sequence[Any], quoted_in: str, unguarded: dict[int, str], language: str
) -> Formatted:
    """An answer of pandoc as HTML and as text; only http(s) addresses become links.

    `unguarded` gives characters in disguise their own form again. French gets the spaces before its
    signs. In the text an address that the style hides behind a title stands at the end.
    """
    # One note is one Cite, whose content alone tells whether all of it is raised.
    while len(inlines) == 1 and inlines[0]["t"] == "Cite":
        inlines = inlines[0]["c"][1]
    hidden: list[str] = []

    def tag(kind: str, inner: str, address: str) -> str:
        if kind == "Link":
            return f'<a href="{escape(address)}">{inner}</a>' if _is_web(address) else inner
        before, after = _TAGS.get(kind, ("", ""))
        return f"{before}{inner}{after}"

    def keep(kind: str, inner: str, address: str) -> str:
        if kind == "Link" and _is_web(address):
            hidden.append(address)
        # A raised number would run into the word before it.
        return f"[{inner}]" if kind == "Superscript" and len(inlines) == 1 else inner

    is_french = language.startswith("fr")

    def written(string: Callable[[str], str], wrap: Wrap) -> str:
        words = (lambda text: string(spaces(text, language))) if is_french else string
        text = _walk(inlines, words, wrap)
        text = _join(text, string(quoted_in)).translate(unguarded)
        if language.startswith("en"):
            return _STOP_BETWEEN_MARKS.sub(r"\1\3\2\4", text)
        return _arabic_commas(text) if _ARABIC.search(text) else text

    in_html, in_text = written(escape, tag), written(str, keep)
    for address in dict.fromkeys(hidden):
        if address.removeprefix("https://doi.org/") not in in_text:
            in_text = f"{in_text} {address}"
    return Formatted(in_html, in_text)


_ARABIC = re.compile("[\u0620-\u06ff]")


def _arabic_commas(text: str) -> str:
    """HTML or text with the Arabic comma after what is written in Arabic letters."""
    found, in_tag, after_arabic = [], False, False
    for char, following in zip(text, f"{text[1:]} ", strict=True):
        in_tag = char == "<" or (in_tag and char != ">")
        if char.isalpha() and not in_tag:
            after_arabic = bool(_ARABIC.match(char))
        is_comma = char == "," and following == " " and after_arabic and not in_tag
        found.append("،" if is_comma else char)
    return "".join(found)


def plain(inlines: Sequence[Any]) -> str:
    """The words of pandoc's inlines."""
    return _walk(inlines, str, lambda _kind, inner, _address: inner)


def _walk(inlines: Sequence[Any], string: Callable[[str], str], wrap: Wrap) -> str:
    """The inlines as text: `string` is given the words between markup, with their spaces."""
    done: list[str] = []
    words: list[str] = []
    for inline in inlines:
        kind, content = inline["t"], inline.get("c")
        if kind == "Str" or kind in _SPACES:
            words.append(content if kind == "Str" else " ")
            continue
        done.append(string("".join(words)))
        words.clear()
        inner = _walk(_children(kind, content), string, wrap)
        address = content[2][0] if kind == "Link" else ""
        done.append(f"“{inner}”" if kind == "Quoted" else wrap(kind, inner, address))
    return "".join(done) + string("".join(words))


def _children(kind: str, content: Any) -> Sequence[Any]:
    if kind in _TAGS or kind in _PLAIN:
        return list(content)
    if kind == "Note":
        return [inline for block in content for inline in block["c"]]
    if kind in _WITH_ATTRIBUTES:
        return list(content[1])
    return []


def _is_web(address: str) -> bool:
    """Whether an address is http(s) with a host, which is all that it shows."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and "." in (parts.hostname or "")
            and "@" not in parts.netloc
            and (parts.port or 1) > 0  # ValueError where it is no number
            and not re.search(r"[\s\x00-\x1f]", address)
        )
    except ValueError:
        return False


def _join(text: str, quoted_in: str) -> str:
    between = f"{quoted_in} " if quoted_in else ""
    text = re.sub(f"{END}[^{END}{START}]*{START}\\s*", lambda _: between, text)
    # A style that tears the two apart says it with the second alone.
    text = re.sub(f",?\\s*{END}", "", text)
    text = re.sub(f"{START}\\s*", lambda _: between, text)
    return re.sub(f"{BARE}\\s*", "", text).strip()


LOCATORS: tuple[str, ...] = get_args(LocatorLabel)

# These mean something to pandoc where it reads locators, so they go in disguise.
_GUARDED = {char: chr(0xE010 + number) for number, char in enumerate("{}[]|")}
UNGUARDED = str.maketrans({guard: char for char, guard in _GUARDED.items()})

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]"
)
_DATES = frozenset(["accessed", "available-date", "event-date", "issued", "original-date"])
_AS_TYPED = frozenset(["DOI", "ISBN", "ISSN", "PMCID", "PMID", "URL", "id", "language", "type"])
_MARKED = re.compile("[\"'“”„«»‘’‚‹›「」『』]")
# The stop that American English puts inside the marks; that of an abbreviation stays.
_STOP_IN_MARKS = re.compile(
    r"(?<!\b(?:Inc|Ltd))(?<!\b(?:Co|Jr|Sr|St|al))(?<!Corp)(?<![.\W]\w)\.(?=[\"'”’“‘»]+$)"
)
# Where American English has a stop inside both pairs of marks, citeproc has it inside one.
_STOP_BETWEEN_MARKS = re.compile(r"(‘[^‘“”]*[^‘“”\s])(’)([.,])(”)")
_DAY = r"-?\d{4}(-\d\d){0,2}[~?]?"
_EDTF = re.compile(f"{_DAY}(/({_DAY})?)?")


@dataclass(frozen=True, slots=True)
class Cited:
    """A source in a note: an item's key, its locator as pandoc reads it, what stands by it."""

    key: str
    locator: str = ""
    quoted: bool = False  # the next one is where this one was read
    quoting: bool = False  # the one before was read in this one


def process(
    style: Style,
    language: str,
    items: Mapping[str, Mapping[str, Any]],
    notes: Sequence[Sequence[Cited]],
    afresh: Sequence[Sequence[Cited]] = (),
) -> tuple[list[list[Any]], dict[str, list[Any]]]:
    """Run pandoc once: the inlines of every note, then the bibliography's by item key.

    `notes` are formatted in their order (short forms, "Id."); each of `afresh`, which come
    after them, as though it were the letter's first. Raises AdvocacyError as `pandoc.cite`.
    """
    blocks = [_paragraph(number, note) for number, note in enumerate(notes, 1)]
    reset = ["", ["reset-citation-positions"], []]
    for number, note in enumerate(afresh, len(notes) + 1):
        blocks += [{"t": "Header", "c": [1, reset, []]}, _paragraph(number, note)]
    meta = {
        "lang": _string(language.replace("_", "-")),
        "references": {"t": "MetaList", "c": [_item(key, item) for key, item in items.items()]},
        "suppress-bibliography": {"t": "MetaBool", "c": not style.in_text},
    }
    document = {"pandoc-api-version": [1, 23, 1], "meta": meta, "blocks": blocks}
    formatted: list[list[Any]] = []
    bibliography: dict[str, list[Any]] = {}
    for block in cite(_with_quotes(style.xml, language), document):
        if block["t"] == "Para":
            formatted.append(block["c"])
        elif block["t"] == "Div":
            for entry in block["c"][1]:
                key = entry["c"][0][0].removeprefix("ref-")
                bibliography[key] = [inline for p in entry["c"][1] for inline in p["c"]]
    return formatted, bibliography


def _with_quotes(style_xml: str, language: str) -> str:
    """A style with the quotation marks that the letter's language has in the text as well."""
    names = ("open-quote", "close-quote", "open-inner-quote", "close-inner-quote")
    pairs = zip(names, quotes(language), strict=True)
    terms = "".join(f'<term name="{name}">{mark}</term>' for name, mark in pairs)
    locale = f'<locale xml:lang="{escape(language)}"><terms>{terms}</terms></locale>'
    return style_xml.replace("</info>", f"</info>{locale}", 1)


def _paragraph(number: int, note: Sequence[Cited]) -> dict[str, Any]:
    def inlines(text: str) -> list[Any]:
        return [{"t": "Str", "c": text}] if text else []

    citations = [
        {
            "citationId": cited.key,
            "citationPrefix": inlines(START if cited.quoting else ""),
            "citationSuffix": inlines(cited.locator + (f", {END}" if cited.quoted else "")),
            "citationMode": {"t": "NormalCitation"},
            "citationNoteNum": number,
            "citationHash": 0,
        }
        for cited in note
    ]
    return {"t": "Para", "c": [{"t": "Cite", "c": [citations, []]}]}


def _item(key: str, item: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in item.items() if name != "other-ids"} | {"id": key}
    for name in _DATES & fields.keys():
        if isinstance(fields[name], str) and not _EDTF.fullmatch(fields[name]):
            fields[name] = {"literal": fields[name]}  # pandoc would say "no date"
    return _meta(fields)


def _meta(value: object, name: str = "") -> dict[str, Any]:
    match value:
        case bool():
            return {"t": "MetaBool", "c": value}
        case Mapping():
            entries = {str(k): _meta(v, str(k)) for k, v in value.items() if v is not None}
            return {"t": "MetaMap", "c": entries}
        case list() | tuple():
            return {"t": "MetaList", "c": [_meta(v, name) for v in value]}
        case date():
            return _string(value.isoformat()[:10])
        case _ if name in _AS_TYPED:
            return _string(str(value))
        case _:
            return _words(str(value), is_title="title" in name)


def _string(value: str) -> dict[str, Any]:
    # A MetaString is text, never markup.
    return {"t": "MetaString", "c": re.sub("[ \t\r\n]+", " ", _UNPRINTABLE.sub("", value))}


def _words(value: str, *, is_title: bool) -> dict[str, Any]:
    """Text whose quotations pandoc is told of, so that marks inside marks alternate."""
    if not _MARKED.search(value):
        return _string(value)
    if is_title:  # after its last stop the style would leave out its own comma
        value = _STOP_IN_MARKS.sub("", value)
    text = str(_string(value)["c"])
    return {"t": "MetaInlines", "c": _quoted(find_quotations(text))}


def _quoted(pieces: Sequence[str | Quotation]) -> list[dict[str, Any]]:
    inlines: list[dict[str, Any]] = []
    for piece in pieces:
        if isinstance(piece, Quotation):
            kind = {"t": "SingleQuote" if piece.is_single else "DoubleQuote"}
            inlines.append({"t": "Quoted", "c": [kind, _quoted(piece.pieces)]})
            continue
        words = re.split(
            "( )", outside_addresses(piece, lambda part: part.replace("'", APOSTROPHE))
        )
        inlines += [{"t": "Space"} if w == " " else {"t": "Str", "c": w} for w in words if w]
    return inlines


def locator(pairs: Sequence[tuple[str, str]], language: str) -> str:
    """A place in a source as pandoc reads it, whatever the language; empty for none.

    A place that is a name and not a number ("Executive Summary") prints without a label, and
    so does a time. Raises AdvocacyError (`unknown-locator`).
    """
    unknown = [label for label, _ in pairs if label not in LOCATORS]
    if unknown:
        raise AdvocacyError(map(_unknown, unknown))
    values = [(label, " ".join(_UNPRINTABLE.sub("", text).split())) for label, text in pairs]
    values = [(label, value) for label, value in values if value]
    if not values:
        return ""
    label, text = values[0]
    if len(values) > 1 or label not in LOCATORS_OF_PANDOC or not _countable(text):
        label, text = "opus", ", ".join(_in_words(*pair, language) for pair in values)
    return f"{{{LABEL}{label} {''.join(_GUARDED.get(char, char) for char in text)}}}"


def _unknown(label: str) -> Problem:
    near = nearest(label, LOCATORS)
    hint = f"Did you mean {near!r}?" if near else "Use page, section, paragraph, timestamp …"
    return Problem("unknown-locator", f"{label!r} is not a known locator.", hint)


def _countable(value: str) -> bool:
    first = value.split()[0]
    return bool(re.search(r"\d", first) or re.fullmatch(r"[ivxlcdm]+|.", first, re.IGNORECASE))


def _in_words(label: str, value: str, language: str) -> str:
    if not _countable(value):
        return value
    one, several = _terms(language)[label]
    term = several if re.search(r"[0-9]\s*[-–,&]", value) else one
    return f"{term} {value}".strip()


@lru_cache(maxsize=16)  # saves a run of pandoc, a tenth of a second
def _terms(language: str) -> dict[str, tuple[str, str]]:
    """How a language abbreviates each kind of locator, one and several: pandoc's own terms."""
    texts = "".join(
        f'<text value="{START}"/><text term="{label}" form="short"/><text value="{END}"/>'
        f'<text term="{label}" form="short" plural="true"/>'
        for label in LOCATORS
    )
    info = "<info><title/><id/><updated>2020-01-01T00:00:00Z</updated></info>"
    xml = (
        '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" class="in-text">'
        f"{info}<citation><layout>{texts}</layout></citation></style>"
    )
    style = Style(xml, in_text=True, has_bibliography=False)
    notes, _ = process(style, language, {"s": {"type": "book"}}, [[Cited("s")]])
    pairs = (pair.partition(END) for pair in plain(notes[0]).split(START)[1:])
    return {
        label: (one.strip(), several.strip())
        for label, (one, _, several) in zip(LOCATORS, pairs, strict=True)
    }
