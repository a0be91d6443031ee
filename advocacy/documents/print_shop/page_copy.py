"""The pages of one PDF copied into another, with their tags; what is the same is stored once."""

import re
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from advocacy.documents.print_shop.fonts import FontPool
from advocacy.documents.print_shop.pdf_writer import PdfWriter, entries_of

# Strings are passed over, so that nothing in them is taken for a reference.
_TOKEN = re.compile(
    rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]+>"
    rb"|(?P<parents>/StructParents?)\s+(?P<key>\d+)"
    rb"|(?<![\w.+/#-])(?P<ref>\d+) 0 R\b",
    re.DOTALL,
)
_STRING = rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>"
_OWN_ID = re.compile(rb"/ID\s*(" + _STRING + rb")", re.DOTALL)
_HEADERS = re.compile(rb"/Headers\s*\[((?:\s*(?:" + _STRING + rb"))*)\s*\]", re.DOTALL)
_ANY_STRING = re.compile(_STRING, re.DOTALL)


class _Circle(Exception):  # noqa: N818 - a way out of the recursion
    """Resources that refer to themselves."""


class Shared:
    """What the documents of a merged file have in common, by its content."""

    def __init__(self, writer: PdfWriter, fonts: FontPool) -> None:
        self.writer = writer
        self._fonts = fonts
        self._known: dict[bytes, int] = {}

    def take(self, pdf: Any, number: int, done: dict[int, int], busy: set[int]) -> int:
        """The number under which an object of a PDF, and all below it, stands in the file.

        `done` collects the answers for this PDF. Raises _Circle for what refers to itself.
        """
        if number in done:
            return done[number]
        if number in busy:
            raise _Circle
        busy.add(number)
        thing = pdf.get_object((number, 0))
        new = None
        if _is_font(thing):
            new = self._fonts.take(thing)
        if new is None:
            body, data = parts(thing)
            body = rewrite(body, lambda ref: self.take(pdf, ref, done, busy))
            found = sha256(b"%d %s" % (len(body), body) + (data or b"")).digest()
            if found not in self._known:
                if data is None:
                    self._known[found] = self.writer.add(body)
                else:
                    self._known[found] = add_stream(self.writer, body, data)
            new = self._known[found]
        busy.discard(number)
        done[number] = new
        return new


class PageCopy:
    """One document on its way into the merged file.

    `first_key` is where its keys in the parent tree begin, `prefix` makes its IDs unlike others'.
    Call `pages`, `elements` and `parents`, then `finish`, which writes all that they refer to.
    """

    def __init__(self, pdf: Any, shared: Shared, first_key: int, prefix: bytes) -> None:
        self._pdf, self._shared = pdf, shared
        self._first_key, self._prefix = first_key, prefix
        self._numbers: dict[int, int] = {}
        self._waiting: deque[int] = deque()
        self.ids: list[tuple[bytes, bytes]] = []
        _name_places(pdf)

    def pages(self, parent: int, document: int, tags: int) -> list[int]:
        """Write the pages below a node; `document` and `tags` stand for the tags' two roots."""
        writer = self._shared.writer
        root = self._pdf.Root.StructTreeRoot
        self._numbers[root.objgen[0]] = tags
        self._numbers[_top(root).objgen[0]] = document
        numbers = [writer.new() for _ in self._pdf.pages]
        for page, number in zip(self._pdf.pages, numbers, strict=True):
            self._numbers[page.objgen[0]] = number
        for page, number in zip(self._pdf.pages, numbers, strict=True):
            self._share_contents(page.obj)
            own = entries_of(page.obj, "/Parent", "/Resources")
            body = b"<< /Parent %d 0 R /Resources %s %s >>" % (
                parent,
                self._resources(page.resources),
                rewrite(own, self._number, self._first_key),
            )
            writer.add(body, number)
        return numbers

    def _share_contents(self, page: Any) -> None:
        """Of a page in several streams, those that other letters have too are stored once."""
        import pikepdf

        contents = page.get("/Contents")
        if isinstance(contents, pikepdf.Array):
            for stream in contents:
                old = stream.objgen[0]
                self._numbers[old] = self._shared.take(self._pdf, old, {}, set())

    def elements(self) -> list[int]:
        """The numbers of the topmost tags."""
        kids = _top(self._pdf.Root.StructTreeRoot).K
        return [self._number(kid.objgen[0]) for kid in kids]

    def parents(self) -> list[tuple[bytes, bytes]]:
        """The entries of the parent tree: keys and what they stand for."""
        nums = self._pdf.Root.StructTreeRoot.ParentTree.Nums
        return [
            (b"%d" % (int(nums[i]) + self._first_key), rewrite(nums[i + 1].unparse(), self._number))
            for i in range(0, len(nums), 2)
        ]

    def finish(self) -> None:
        """Write everything that has been referred to."""
        writer = self._shared.writer
        while self._waiting:
            old = self._waiting.popleft()
            number = self._numbers[old]
            body, data = parts(self._pdf.get_object((old, 0)))
            if b"/ID" in body or b"/Headers" in body:
                body = self._with_own_ids(body, number)
            body = rewrite(body, self._number, self._first_key)
            if data is None:
                writer.add(body, number)
            else:
                add_stream(writer, body, data, number)

    def _number(self, old: int) -> int:
        if old not in self._numbers:
            self._numbers[old] = self._shared.writer.new()
            self._waiting.append(old)
        return self._numbers[old]

    def _resources(self, resources: Any) -> bytes:
        done: dict[int, int] = {}

        def take(old: int) -> int:
            try:
                return self._shared.take(self._pdf, old, done, set())
            except _Circle:
                return self._number(old)

        if resources.is_indirect:
            return b"%d 0 R" % take(resources.objgen[0])
        return rewrite(resources.unparse(), take)

    def _with_own_ids(self, body: bytes, number: int) -> bytes:
        def renamed(text: bytes) -> bytes:
            if text.startswith(b"<"):
                return b"<" + self._prefix.hex().encode() + text[1:]
            return b"(" + self._prefix + text[1:]

        def own(match: re.Match[bytes]) -> bytes:
            name = renamed(match[1])
            self.ids.append((name, b"%d 0 R" % number))
            return b"/ID " + name

        body = _OWN_ID.sub(own, body)
        return _HEADERS.sub(
            lambda match: b"/Headers [" + _ANY_STRING.sub(lambda m: renamed(m[0]), match[1]) + b"]",
            body,
        )


def rewrite(text: bytes, number: Callable[[int], int], first_key: int = 0) -> bytes:
    """An object's text with other numbers in its references, and keys from `first_key` on."""

    def changed(match: re.Match[bytes]) -> bytes:
        if match["ref"]:
            return b"%d 0 R" % number(int(match["ref"]))
        if match["key"]:
            return b"%s %d" % (match["parents"], int(match["key"]) + first_key)
        return match[0]

    return _TOKEN.sub(changed, text)


def parts(thing: Any) -> tuple[bytes, bytes | None]:
    """An object's text, and its bytes as stored where it is a stream."""
    import pikepdf

    if isinstance(thing, pikepdf.Stream):
        return entries_of(thing.stream_dict, "/Length"), bytes(thing.read_raw_bytes())
    return thing.unparse(resolved=True), None


def add_stream(writer: PdfWriter, entries: bytes, data: bytes, number: int | None = None) -> int:
    """Write a stream as it was stored, compressed if it was not."""
    return writer.add_stream(data, entries, number, ready=b"/Filter" in entries)


def _is_font(thing: Any) -> bool:
    import pikepdf

    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == "/Type0"


def _top(root: Any) -> Any:
    """The one tag below the root: the document."""
    import pikepdf

    return root.K[0] if isinstance(root.K, pikepdf.Array) else root.K


def _name_places(pdf: Any) -> None:
    """Links by name become links to a place: names of several documents could be the same."""
    import pikepdf

    names: dict[str, Any] = {}
    if "/Names" in pdf.Root and "/Dests" in pdf.Root.Names:
        names |= {str(k): v for k, v in pikepdf.NameTree(pdf.Root.Names.Dests).items()}
    if not names:
        return
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", ()):
            for holder in (annotation, annotation.get("/A")):
                for key in ("/Dest", "/D"):
                    if holder is not None and str(holder.get(key, "")) in names:
                        place = names[str(holder[key])]
                        holder[key] = place.D if isinstance(place, pikepdf.Dictionary) else place
