"""Kept copies of sources, as texts that quotations are compared with.

A kept copy is `<source id>.txt`, `.html` or `.pdf` in the campaign's folder `copies:`.
"""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.quotations.verbatim import is_verbatim, normalize_text
from advocacy.files.html_reader import HtmlReader
from advocacy.letters.letter import CitedFact

ENDINGS = (".txt", ".html", ".htm", ".pdf")
BYTES_AT_MOST = 50_000_000


class UnreadableCopyError(Exception):
    """A copy has no text that could be compared."""


@dataclass(slots=True)
class KeptCopies:
    """A folder of kept copies; each file is read once."""

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    _texts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> "KeptCopies":
        """The copies in a folder; files that a link brings in from elsewhere are left out."""
        found = cls(folder)
        root = folder.resolve()
        for path in sorted(folder.iterdir(), key=lambda p: (ENDINGS.index(p.suffix.lower())
                           if p.suffix.lower() in ENDINGS else 9, p.name)):  # fmt: skip
            known = path.suffix.lower() in ENDINGS and path.is_file()
            if known and path.resolve().is_relative_to(root):
                found.files.setdefault(path.name[: -len(path.suffix)], path)
        return found

    def texts(self, source: str) -> tuple[str, ...]:
        """Read a source's copy, as `normalize_text` makes it; twice if its lines break words.

        Raises UnreadableCopyError.
        """
        if source not in self._texts:
            self._texts[source] = _readings(self.files[source])
        return self._texts[source]

    def has(self, source: str, quote: str) -> bool:
        """Whether a source has a copy that can be read and holds the quote."""
        try:
            return source in self.files and any(is_verbatim(quote, t) for t in self.texts(source))
        except UnreadableCopyError:
            return False

    def digest(self, source: str) -> str:
        """The digest (SHA-256, hexadecimal) of a source's copy."""
        return hashlib.sha256(self.files[source].read_bytes()).hexdigest()


def own_folder(campaign: Campaign) -> Path | None:
    """The folder that the campaign names for kept copies, if it lies inside the workspace."""
    name = campaign.file.copies
    folder = campaign.workspace.folder / name if name else None
    return folder if folder is not None and campaign.workspace.contains(folder) else None


def read_in(one: CitedFact, copies: KeptCopies) -> str:
    """The source whose copy counts: the one it was read in, unless only the other has a copy."""
    if one.via is not None and (one.via.id in copies.files or one.source.id not in copies.files):
        return one.via.id
    return one.source.id


def _readings(path: Path) -> tuple[str, ...]:
    if path.stat().st_size > BYTES_AT_MOST:
        raise UnreadableCopyError("it is larger than 50 MB")
    if path.suffix.lower() == ".pdf":
        return _pdf(path)
    data = path.read_bytes()
    if b"\0" in data[:10_000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableCopyError("it is not text")
    text = _decoded(data)
    texts = [text]
    if path.suffix.lower() in (".html", ".htm"):
        texts = [_text_of_page(text, raised=raised) for raised in (True, False)]
    if not texts[0].strip():
        raise UnreadableCopyError("it contains no text")
    return tuple(dict.fromkeys(t for each in texts for t in _with_and_without_notes(each)))


def _text_of_page(page: str, *, raised: bool) -> str:
    """The words of a page, with or without those raised above the line, as marks of notes are."""
    parser = _Text(raised=raised)
    parser.feed(page)
    parser.close()
    return "".join(parser.parts)


# Marks of notes inside a sentence: departments¹², departments[12], departments[a], departments†,
# departments*, departments.(3), departments12.
_NOTE_MARKS = re.compile(
    r"(?<=[^\W\d_]{3})[.,;:]?[¹²³⁰⁴⁵⁶⁷⁸⁹]+|\[\d{1,3}\]|(?<=\S)\[(?:[a-z]|note \d{1,2})\](?!\w)"
    r"|(?<=\w)[†‡]|(?<=[^\W\d_])\*{1,3}(?!\w)|(?<=[.,;:!?”\"])(?:[¹²³⁰⁴⁵⁶⁷⁸⁹†‡*]+|\(\d{1,2}\))"
    r"|(?<=[^\W\d_]{4})(?:\d{1,2}|\(\d{1,2}\))(?=[\s.,;:]|$)"
)


# What some mark of a note begins with: most copies have none, and are long.
_ANY_MARK = re.compile(r"[¹²³⁰⁴⁵⁶⁷⁸⁹\[†‡*(]|[^\W\d_]\d")


def _with_and_without_notes(text: str) -> tuple[str, ...]:
    """The readings of a text: as it stands, and without the marks of its notes."""
    if not _ANY_MARK.search(text):
        return (normalize_text(text),)
    bare = _NOTE_MARKS.sub(lambda mark: mark[0][0] if mark[0][0] in ".,;:" else "", text)
    return tuple(dict.fromkeys((normalize_text(text), normalize_text(bare))))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _pdf(path: Path) -> tuple[str, ...]:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            pages = []
            for number in range(len(document)):
                textpage = document[number].get_textpage()
                pages.append(textpage.get_text_bounded())
                textpage.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadableCopyError(f"it is not a PDF that can be opened ({error})") from error
    text = "\n".join(pages).replace("\r\n", "\n").replace("\x02", "-").replace("\ufffe", "-\n")
    text = text.replace("\u2010", "-")
    if not text.strip():
        raise UnreadableCopyError("its pages are pictures without text")
    # A hyphen at a line's end may be the word's own or the printer's: both readings count.
    joined = (text.replace("-\n", join) for join in ("", "-"))
    return tuple(dict.fromkeys(t for each in joined for t in _with_and_without_notes(each)))


class _Text(HtmlReader):
    """The words of a page: no scripts, a line for each block."""

    _SILENT = frozenset({"script", "style", "noscript", "template", "svg", "iframe"})
    _INLINE = frozenset(
        "a abbr b bdi bdo cite code dfn em font i ins kbd mark q s small span strong sub sup u "
        "time var wbr".split()
    )

    def __init__(self, *, raised: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._without = self._SILENT if raised else self._SILENT | {"sup"}

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """Begin a line, or a part that has no words."""
        self._silent += tag in self._without
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        self._silent = max(0, self._silent - (tag in self._without))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        """Keep words."""
        if not self._silent:
            self.parts.append(data)

    def _break(self, tag: str) -> None:
        if tag not in self._INLINE:
            self.parts.append("\n")
