"""Write many letters into one PDF for the print shop, each page as in the letter's own file.

Pages are copied, not set again: what was reviewed is what is printed. Fonts, pictures and
whatever else is the same in several letters are stored once; bookmarks, page labels and tags
are joined (ISO 32000-1, 7.7.3.2, 12.3.3, 12.4.2 and 14.7). Letters are written as they come, so
that memory does not grow with their pages.
"""

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from advocacy.documents.print_shop.fonts import FontPool
from advocacy.documents.print_shop.page_copy import PageCopy, Shared
from advocacy.documents.print_shop.pdf_writer import PdfWriter, references
from advocacy.resources import render_page, version

_BRANCH = 64


@dataclass(frozen=True, slots=True)
class Added:
    """Where a document came to stand in the merged file: its first page, from 1, and count."""

    first: int
    pages: int


@dataclass(slots=True)
class _Branch:
    """A node between a tree's root and its leaves, which are in the file already."""

    number: int
    leaves: list[int] = field(default_factory=list)
    low: bytes = b""
    high: bytes = b""
    count: int = 0


class _Tree:
    """A tree of pages, numbers or names (ISO 32000-1, 7.7.3.2, 7.9.6, 7.9.7)."""

    def __init__(self, writer: PdfWriter) -> None:
        self._writer = writer
        self.branches: list[_Branch] = []

    def next(self) -> _Branch:
        """The branch on which the next leaf hangs."""
        if not self.branches or len(self.branches[-1].leaves) == _BRANCH:
            self.branches.append(_Branch(self._writer.new()))
        return self.branches[-1]

    def leaf(self, kind: bytes, entries: list[tuple[bytes, bytes]]) -> None:
        """Write sorted entries as a leaf of `/Nums` or `/Names`."""
        if not entries:
            return
        branch, (low, high) = self.next(), (entries[0][0], entries[-1][0])
        body = b" ".join(key + b" " + value for key, value in entries)
        leaf = self._writer.add(b"<< /Limits [ %s %s ] %s [ %s ] >>" % (low, high, kind, body))
        branch.leaves.append(leaf)
        branch.low, branch.high = branch.low or low, high

    def close(self) -> int:
        """Write the branches of a tree of leaves, and its root; returns the root's number."""
        for branch in self.branches:
            self._writer.add(
                b"<< /Limits [ %s %s ] /Kids %s >>"
                % (branch.low, branch.high, references(branch.leaves)),
                branch.number,
            )
        return self._writer.add(b"<< /Kids %s >>" % references(b.number for b in self.branches))


class Merger:
    """A merged PDF being written: `add` documents, then leave the context.

    With `duplex`, a document of an odd number of pages is followed by an empty one, so that
    each begins on the front of a sheet. `first` is the number of the first document, for labels.
    """

    def __init__(
        self,
        file: IO[bytes],
        title: str,
        language: str,
        *,
        duplex: bool = False,
        first: int = 1,
    ) -> None:
        self._writer = PdfWriter(file)
        self._fonts = FontPool(self._writer)
        self._shared = Shared(self._writer, self._fonts)
        self._title, self._language, self._duplex = title, language, duplex
        self._first = first
        new = self._writer.new
        self._catalog, self._pages, self._tags, self._document = new(), new(), new(), new()
        self._page_tree, self._keys, self._ids = (_Tree(self._writer) for _ in range(3))
        self._parts: list[int] = []
        self._bookmarks: list[tuple[str, int]] = []
        self._labels: list[int] = []
        self._count = self._next_key = 0
        self._info: dict[str, bytes] = {}

    def __enter__(self) -> "Merger":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._close()

    @property
    def pages(self) -> int:
        """The pages so far, empty ones included."""
        return self._count

    def add(self, source: Path | bytes, name: str | None) -> Added:
        """Append a tagged PDF; `name` is its bookmark, None for none.

        Raises pikepdf.PdfError where it is not a PDF, and ValueError where it has no tags.
        """
        import pikepdf

        with pikepdf.open(BytesIO(source) if isinstance(source, bytes) else source) as pdf:
            if "/StructTreeRoot" not in pdf.Root or not pdf.pages:
                raise ValueError("the PDF has no tags")
            if not self._info:
                self._info = {
                    key: pdf.docinfo[key].unparse()
                    for key in ("/Author", "/CreationDate", "/ModDate")
                    if key in pdf.docinfo
                }
            first, count = self._count + 1, len(pdf.pages)
            self._copy(pdf, name)
        return Added(first, count)

    def _copy(self, pdf: Any, name: str | None) -> None:
        import pikepdf

        branch = self._page_tree.next()
        node = self._writer.new()
        part = self._writer.new()
        prefix = b"%07d-" % (len(self._parts) + 1)
        copy = PageCopy(pdf, self._shared, self._next_key, prefix)
        pages = copy.pages(node, part, self._tags)
        entries = [b"/Type /StructElem /S /Part /P %d 0 R" % self._document]
        if name:
            entries.append(b"/T " + pikepdf.String(name).unparse())
        if language := pdf.Root.get("/Lang"):
            entries.append(b"/Lang " + language.unparse())
        self._writer.add(
            b"<< %s /K %s >>" % (b" ".join(entries), references(copy.elements())), part
        )
        keys = copy.parents()
        copy.finish()
        self._keys.leaf(b"/Nums", keys)
        self._ids.leaf(b"/Names", sorted(copy.ids))
        self._next_key = int(keys[-1][0]) + 1 if keys else self._next_key
        self._parts.append(part)
        if name:
            self._labels.append(self._count)
            self._bookmarks.append((name, pages[0]))
        if self._duplex and len(pages) % 2:
            box = pdf.pages[-1].mediabox.unparse()
            pages.append(
                self._writer.add(
                    b"<< /Type /Page /Parent %d 0 R /MediaBox %s /Resources << >> >>" % (node, box)
                )
            )
        self._writer.add(
            b"<< /Type /Pages /Parent %d 0 R /Count %d /Kids %s >>"
            % (branch.number, len(pages), references(pages)),
            node,
        )
        branch.leaves.append(node)
        branch.count += len(pages)
        self._count += len(pages)

    def _close(self) -> None:
        import pikepdf

        writer = self._writer
        self._fonts.close()
        for branch in self._page_tree.branches:
            writer.add(
                b"<< /Type /Pages /Parent %d 0 R /Count %d /Kids %s >>"
                % (self._pages, branch.count, references(branch.leaves)),
                branch.number,
            )
        writer.add(
            b"<< /Type /Pages /Count %d /Kids %s >>"
            % (self._count, references(b.number for b in self._page_tree.branches)),
            self._pages,
        )
        language = pikepdf.String(self._language).unparse()
        writer.add(
            b"<< /Type /StructElem /S /Document /P %d 0 R /Lang %s /K %s >>"
            % (self._tags, language, references(self._parts)),
            self._document,
        )
        ids = b" /IDTree %d 0 R" % self._ids.close() if self._ids.branches else b""
        writer.add(
            b"<< /Type /StructTreeRoot /K [ %d 0 R ] /ParentTree %d 0 R /ParentTreeNextKey %d%s >>"
            % (self._document, self._keys.close(), self._next_key, ids),
            self._tags,
        )
        xmp = render_page(
            "documents/print_shop/metadata.xml.jinja", title=self._title, version=version()
        )
        metadata = writer.add_plain_stream(xmp.encode(), b"/Type /Metadata /Subtype /XML")
        outlines = labels = b""
        if self._bookmarks:
            outlines = b" /Outlines %d 0 R" % self._outlines()
            labels = b" /PageLabels << /Nums [ %s ] >>" % self._page_labels()
        writer.add(
            b"<< /Type /Catalog /Pages %d 0 R /StructTreeRoot %d 0 R /MarkInfo << /Marked true >> "
            b"/ViewerPreferences << /DisplayDocTitle true >> /Lang %s /Metadata %d 0 R%s%s >>"
            % (self._pages, self._tags, language, metadata, labels, outlines),
            self._catalog,
        )
        info = self._info | {
            "/Title": pikepdf.String(self._title).unparse(),
            "/Producer": pikepdf.String(f"advocacy {version()}").unparse(),
        }
        entries = b" ".join(key.encode() + b" " + info[key] for key in sorted(info))
        writer.close(self._catalog, writer.add(b"<< %s >>" % entries))

    def _page_labels(self) -> bytes:
        """Labels that say the letter and its page: 17-1, 17-2, 18-1."""
        return b" ".join(
            b"%d << /S /D /P (%d-) >>" % (page, number)
            for number, page in enumerate(self._labels, self._first)
        )

    def _outlines(self) -> int:
        import pikepdf

        root = self._writer.new()
        items = [self._writer.new() for _ in self._bookmarks]
        for i, (name, page) in enumerate(self._bookmarks):
            before = b" /Prev %d 0 R" % items[i - 1] if i else b""
            after = b" /Next %d 0 R" % items[i + 1] if i + 1 < len(items) else b""
            self._writer.add(
                b"<< /Title %s /Parent %d 0 R /Dest [ %d 0 R /Fit ]%s%s >>"
                % (pikepdf.String(name).unparse(), root, page, before, after),
                items[i],
            )
        return self._writer.add(
            b"<< /Type /Outlines /Count %d /First %d 0 R /Last %d 0 R >>"
            % (len(items), items[0], items[-1]),
            root,
        )
