"""What a page or a PDF that was saved from the browser states of itself, as a CSL item.

Only what the file states counts: the meta tags of scholarly pages (Highwire, Dublin Core), of
Open Graph and of articles, JSON-LD (schema.org), and the address that browsers and SingleFile
write into a saved page; of a PDF its XMP metadata (ISO 16684-1) and its information dictionary.
Nothing of the file is run or fetched.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from advocacy.authoring.sources.dates import edtf_of
from advocacy.authoring.sources.read_source import Item, plain_text
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.html_reader import HtmlReader
from advocacy.files.text import open_binary

MOST_BYTES = 50_000_000
"""The largest file that is read; copies have the same limit."""
_MOST_HTML, _MOST_JSON, _MOST_NODES, _MOST_NAMES = 5_000_000, 1_000_000, 10_000, 50
_ARTICLES = {
    "newsarticle": "article-newspaper",
    "reportagenewsarticle": "article-newspaper",
    "blogposting": "post-weblog",
    "scholarlyarticle": "article-journal",
    "report": "report",
    "article": "webpage",
    "webpage": "webpage",
}
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(https?://\S+)|\burl:\s*(https?://\S+)")
_SAVED_ON = re.compile(r"saved date:\s*\w+ (\w+ \d+ \d{4})")
_BROWSERS = re.compile(r"skia/pdf|chrom(e|ium)|mozilla|firefox|safari|quartz pdfcontext", re.I)
_XMP = (
    *("dc:title", "dc:creator", "dc:date", "prism:publicationDate", "prism:doi"),
    *("xmp:CreateDate", "xmp:CreatorTool"),
)
_NO_TITLE = re.compile(
    r"^(microsoft (word|powerpoint|excel) - .*|untitled.*|"
    r".*\.(docx?|indd|qxd|pdf|tex|pptx?|html?))$",
    re.IGNORECASE,
)


def read_saved_file(path: Path) -> Item:
    """What a file states of its source; `accessed` is the day on which it was saved.

    Raises AdvocacyError for a file that cannot be read, and for one of another kind.
    """
    with open_binary(path) as file:
        data = file.read(MOST_BYTES + 1)
    saved = datetime.fromtimestamp(path.stat().st_mtime, UTC).astimezone().date().isoformat()
    kind = path.suffix.lower()
    if len(data) > MOST_BYTES:
        raise AdvocacyError(_unusable(path, "It is larger than 50 MB"))
    if kind == ".pdf":
        item = _pdf(path)
    elif kind in (".html", ".htm"):
        item = _html(data)
    else:
        raise AdvocacyError(_unusable(path, "It is not an `.html` or `.pdf` file"))
    return {"accessed": saved, **{key: value for key, value in item.items() if value}}


def _unusable(path: Path, why: str) -> Problem:
    hint = "Save the page from the browser as HTML or PDF, and keep that file extension."
    return Problem("bad-saved-file", f"This file cannot be added: {why}.", hint, Place(path))


# --- pages ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Facts:
    """What the head of a page holds: meta tags by name, JSON-LD, its title and address."""

    metas: dict[str, list[str]] = field(default_factory=dict)
    json_ld: list[str] = field(default_factory=list)
    title: str = ""
    canonical: str = ""
    comments: list[str] = field(default_factory=list)


class _Head(HtmlReader):
    def __init__(self) -> None:
        super().__init__()
        self.facts = _Facts()
        self._into: list[str] | None = None
        self._titles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (
                given.get("name") or given.get("property") or given.get("itemprop") or ""
            ).lower()
            if name and given.get("content", "").strip():
                self.facts.metas.setdefault(name, []).append(plain_text(given["content"]))
        elif tag == "link" and "canonical" in given.get("rel", "").lower().split():
            self.facts.canonical = given.get("href", "")
        elif tag == "title" and not self._titles:
            self._into = self._titles
        elif tag == "script" and given.get("type", "").lower() == "application/ld+json":
            self.facts.json_ld.append("")
            self._into = self.facts.json_ld

    def handle_endtag(self, tag: str) -> None:
        if tag in ("title", "script"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is self.facts.json_ld:
            self._into[-1] += data[:_MOST_JSON]
        elif self._into is not None:
            self._into.append(data)
            self.facts.title = plain_text("".join(self._titles))

    def handle_comment(self, data: str) -> None:
        if len(self.facts.comments) < 10:
            self.facts.comments.append(data[:2000])


def _html(data: bytes) -> Item:
    parser = _Head()
    parser.feed(_decoded(data[:_MOST_HTML]))
    facts = parser.facts
    article = _article(facts.json_ld)
    metas = facts.metas

    def first(*names: str) -> str:
        return next((metas[name][0] for name in names if name in metas), "")

    journal = first("citation_journal_title", "prism.publicationname")
    item: Item = {
        "type": "article-journal" if journal else _type_of(article),
        "author": _authors(metas, article),
        "title": first("citation_title") or _text(article.get("headline"))
        or first("og:title", "dc.title", "dcterms.title", "twitter:title") or facts.title,
        "container-title": journal or first("og:site_name") or _name_of(article.get("publisher")),
        "publisher": first("citation_publisher", "dc.publisher"),
        "volume": first("citation_volume"),
        "issue": first("citation_issue"),
        "page": "-".join(filter(None, (first("citation_firstpage"), first("citation_lastpage")))),
        "DOI": first("citation_doi", "prism.doi").removeprefix("doi:"),
        "URL": _address(facts, first("og:url"), article),
        "issued": _day(
            first("citation_publication_date", "citation_date", "citation_online_date"),
            _text(article.get("datePublished")),
            first("article:published_time", "datepublished", "dc.date.issued", "dcterms.issued",
                  "dc.date", "date", "pubdate", "publish-date", "parsely-pub-date"),
        ),
    }  # fmt: skip
    if found := next(filter(None, map(_SAVED_ON.search, facts.comments)), None):
        item["accessed"] = _day(found[1])
    return item


def _decoded(data: bytes) -> str:
    declared = re.search(rb"<meta[^>]{0,200}charset=[\"']?\s{0,5}([\w-]{1,30})", data[:4096], re.I)
    for charset in ("utf-8-sig", declared[1].decode() if declared else "cp1252", "cp1252"):
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def _article(scripts: Sequence[str]) -> Mapping[str, Any]:
    """The first object of JSON-LD that is an article or a page with a headline."""
    found: list[Mapping[str, Any]] = []
    for script in scripts:
        try:
            found += list(_objects(json.loads(script)))
        except (ValueError, RecursionError):
            continue
    typed = [one for one in found if _kinds(one) & set(_ARTICLES)]
    stated = [one for one in typed if one.get("headline") or one.get("datePublished")]
    return next(iter(stated or typed), {})


def _objects(data: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [data]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, Mapping):
            yield one
            waiting += [one[key] for key in ("@graph", "mainEntity") if key in one]
        elif isinstance(one, list):
            waiting += one


def _kinds(one: Mapping[str, Any]) -> set[str]:
    kinds = one.get("@type")
    return {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}


def _type_of(article: Mapping[str, Any]) -> str:
    return next((_ARTICLES[kind] for kind in _ARTICLES if kind in _kinds(article)), "webpage")


def _authors(metas: Mapping[str, Sequence[str]], article: Mapping[str, Any]) -> list[Any]:
    if scholars := metas.get("citation_author"):
        return [written_name(one, is_person=True) for one in scholars[:_MOST_NAMES]]
    if stated := article.get("author"):
        each = stated if isinstance(stated, list) else [stated]
        return [name for one in each[:_MOST_NAMES] if (name := _author(one))]
    names = ("author", "dc.creator", "dcterms.creator", "article:author", "parsely-author")
    found = next((metas[name] for name in names if name in metas), ())
    no_pages = [one for one in found[:_MOST_NAMES] if not one.startswith(("http:", "https:"))]
    return [written_name(one) for one in no_pages]


def _author(one: Any) -> dict[str, str]:
    if not isinstance(one, Mapping):
        return written_name(_text(one)) if _text(one) else {}
    family, given, name = (_text(one.get(key)) for key in ("familyName", "givenName", "name"))
    if family:
        return {"family": family} | ({"given": given} if given else {})
    return written_name(name, is_person="person" in _kinds(one)) if name else {}


def written_name(written: str, *, is_person: bool = False) -> dict[str, str]:
    """A name in parts where they are plain: `Doe, Jane`; a person's also `Jane Doe`, `Jane Q. Doe`.

    Any other stays whole: nobody can know which of three words is the family name, nor whether
    a person or an organization is named.
    """
    name = re.sub(r"(?i)^by\s+", "", plain_text(written))
    family, _, given = (part.strip() for part in name.partition(","))
    if given and "," not in given and is_person:
        return {"family": family, "given": given}
    words = name.split()
    in_the_middle = "".join(words[1:-1])
    if is_person and len(words) > 1 and (re.fullmatch(r"([^\W\d_]\.)?", in_the_middle)):
        return {"family": words[-1], "given": " ".join(words[:-1])}
    return {"literal": name}


def _name_of(one: Any) -> str:
    one = one[0] if isinstance(one, list) and one else one
    return _text(one.get("name")) if isinstance(one, Mapping) else _text(one)


def _text(value: Any) -> str:
    return plain_text(value) if isinstance(value, str) else ""


def _address(facts: _Facts, og_url: str, article: Mapping[str, Any]) -> str:
    found = next(filter(None, map(_SAVED_FROM.search, facts.comments)), None)
    saved = (found[1] or found[2]) if found else ""
    places = (facts.canonical, og_url, _text(article.get("url")), saved)
    return next((one for one in places if re.match(r"https?://[^\s/]+\.[^\s/]", one)), "")


def _day(*written: str) -> str:
    """The first day that can be read; of a moment the day as it was written there."""
    return next((day for text in written if text and (day := edtf_of(text))), "")


# --- PDF ------------------------------------------------------------------------------------------


def _pdf(path: Path) -> Item:
    import pikepdf

    try:
        with pikepdf.open(path) as document:
            info = {str(key): str(value) for key, value in document.docinfo.items()}
            metadata = document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False)
            xmp = {key: metadata.get(key) for key in _XMP}
    except (pikepdf.PdfError, ValueError, TypeError) as error:
        raise AdvocacyError(
            _unusable(path, f"It is not a PDF that can be opened ({error})")
        ) from None
    title = _stated(xmp.get("dc:title")) or plain_text(info.get("/Title", ""))
    creators = xmp.get("dc:creator")
    names = [creators] if isinstance(creators, str) else list(creators or ())
    names = names or [one for one in info.get("/Author", "").split(";") if one.strip()]
    made_by = f"{info.get('/Creator', '')} {info.get('/Producer', '')} {xmp.get('xmp:CreatorTool')}"
    created = _pdf_day(info.get("/CreationDate", "")) or _day(_stated(xmp.get("xmp:CreateDate")))
    published = _day(_stated(xmp.get("prism:publicationDate")), _stated(xmp.get("dc:date")))
    printed = _BROWSERS.search(made_by)
    item: Item = {
        "type": "document" if printed is None else "webpage",
        "author": [written_name(str(one)) for one in names[:_MOST_NAMES] if plain_text(one)],
        "title": "" if _NO_TITLE.match(title) else title,
        "DOI": _stated(xmp.get("prism:doi")).removeprefix("doi:"),
        # A PDF that a browser printed was made when it was read.
        "issued": published or ("" if printed else created),
    }
    return item | ({"accessed": created} if printed and created else {})


def _stated(value: Any) -> str:
    value = next(iter(value), "") if isinstance(value, list | set) else value
    return plain_text(value) if value else ""


def _pdf_day(written: str) -> str:
    """The day of a date of PDF: `D:20191219103000-05'00'` (ISO 32000-2, 7.9.4)."""
    found = re.match(r"(?:D:)?(\d{4})(\d\d)(\d\d)", written)
    return _day("-".join(found.groups())) if found else ""
