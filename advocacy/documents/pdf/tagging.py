"""Putting right the tags that WeasyPrint gives a letter (ISO 32000-1, 14.8; ISO 14289-1).

WeasyPrint 70 tags footnotes as `NonStruct`, marks running headers as ordinary text that no
tag owns, splits a paragraph that crosses a page, or a link that crosses a line, in two, and
leaves links without the Print flag. `prepare` works on the laid-out boxes before they are
painted, `finish` on the PDF's objects before they are written.
"""

from collections.abc import Iterator
from typing import Any

_PRINT = 4  # ISO 32000-1, table 165: bit 3
_PRUNED = ("/NonStruct", "/Span", "/Div")


def prepare(document: Any) -> None:
    """Give the marks of footnotes names by which their tags can be told.

    A mark in the text becomes a link without an annotation, which is how `finish` knows it;
    the mark of the note itself becomes a label. Of a link with other elements in it, only the
    outer one stays a link: WeasyPrint would give each an annotation.
    """
    for page in document.pages:
        page.links = [link for link in page.links if link[3].element_tag == "a"]
        for box in page._page_box.descendants():
            tag = box.element_tag or ""
            if tag.endswith("::footnote-call"):
                box.element_tag = "a::footnote-call"
            elif tag.endswith("::footnote-marker"):
                box.element_tag = "li::marker"
            elif tag == "p" and box.element.get("class") in ("caption", "picture"):
                box.element_tag = "figcaption" if box.element.get("class") == "caption" else "div"


def finish(document: Any, pdf: Any) -> None:
    """A `finisher` of `write_pdf`: put the tags, artifacts and annotations right."""
    tree = _Tree(pdf)
    root = tree.document
    by_page: list[list[Any]] = [[] for _ in document.pages]
    for element in tree.kids(root):
        by_page[tree.pages[element["Pg"]]].append(element)
    areas = []
    for page, elements in zip(document.pages, by_page, strict=True):
        # The page's own boxes come in the order of their elements: text, footnotes, margins.
        kinds = [type(box).__name__ for box in page._page_box.children]
        if "FootnoteAreaBox" in kinds:
            areas.append(elements.pop(-1 - kinds[2:3].count("BlockBox")))
    _name_notes(tree, areas)
    _join_pages(tree, document, by_page)
    _join_links(tree, root)
    _name_headers(tree, root)
    _put_captions(tree, root)
    _prune(tree, root)
    _make_artifacts(tree)
    for annotation in tree.annotations():
        annotation["F"] = annotation.get("F", 0) | _PRINT


class _Tree:
    """The structure tree of a PDF that is still made of pydyf's objects."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.pages = {reference: number for number, reference in enumerate(pdf.page_references)}
        self.root = self.of(pdf.catalog["StructTreeRoot"])
        self.document = self.of(self.root["K"][0])
        nums = self.of(self.root["ParentTree"])["Nums"]
        self.parents: dict[int, Any] = dict(zip(nums[::2], nums[1::2], strict=True))
        self.nums = nums

    def of(self, reference: bytes) -> Any:
        """The object that a reference means."""
        return self.pdf.objects[int(reference.split()[0])]

    def kids(self, element: Any) -> list[Any]:
        """The structure elements right below one, without marked content and annotations."""
        below = (self.of(kid) for kid in element["K"] if isinstance(kid, bytes))
        return [kid for kid in below if kid.get("Type") == "/StructElem"]

    def walk(self, element: Any) -> Iterator[Any]:
        """An element and all below it, in reading order."""
        yield element
        for kid in self.kids(element):
            yield from self.walk(kid)

    def annotations(self) -> Iterator[Any]:
        for reference in self.pages:
            for annotation in self.of(reference).get("Annots", ()):
                yield self.of(annotation)

    def take(self, element: Any, other: Any) -> None:
        """Move what is in another element to the end of an element; the other is left empty."""
        for kid in other["K"]:
            if not isinstance(kid, bytes):
                self.parents[self.pages[other["Pg"]]][kid] = element.reference
                continue
            below = self.of(kid)
            if below.get("Type") == "/StructElem":
                below["P"] = element.reference
            else:  # a reference to an annotation
                self._set_parent(self.of(below["Obj"]), element)
        element["K"].extend(other["K"])
        other["K"].clear()

    def remove(self, parent: Any, element: Any) -> None:
        """Take an empty element out of the tree."""
        parent["K"].remove(element.reference)
        element.clear()

    def _set_parent(self, annotation: Any, element: Any) -> None:
        key = annotation["StructParent"]
        self.parents[key] = element.reference
        self.nums[self.nums.index(key, len(self.pages) * 2) + 1] = element.reference


def _name_notes(tree: _Tree, areas: list[Any]) -> None:
    """Footnotes become `Note`, each with an ID of its own (ISO 14289-1, 7.9)."""
    import pydyf

    number = 0
    for area in areas:
        area["S"] = "/Div"
        for note in tree.kids(area):
            number += 1
            note["S"] = "/Note"
            note["ID"] = pydyf.String(f"note-{number}")
    for element in tree.walk(tree.document):
        if element["S"] == "/Link" and not any(
            isinstance(kid, bytes) and tree.of(kid).get("Type") == "/OBJR" for kid in element["K"]
        ):
            element["S"] = "/Reference"


def _join_pages(tree: _Tree, document: Any, by_page: list[list[Any]]) -> None:
    """A paragraph or list that crosses a page is one element, not two."""
    boxes = [page._page_box.children[0] for page in document.pages]
    ending = by_page[0]
    for before, after, elements in zip(boxes, boxes[1:], by_page[1:], strict=False):
        levels = _levels_that_go_on(before, after)
        if levels and ending and elements:
            _join(tree, ending[-1], elements[0], tree.document, levels)
            if not elements[0]:  # emptied by joining
                elements.pop(0)
        ending = elements or ending


def _levels_that_go_on(before: Any, after: Any) -> int:
    """How many elements, from the body's child inwards, end one page and begin the next."""
    ends, starts = list(_edge(before, -1)), list(_edge(after, 0))
    levels = 0
    for end, start in zip(ends, starts, strict=False):
        if end is not start:
            break
        levels += 1
    return levels


def _edge(box: Any, side: int) -> Iterator[Any]:
    """The elements of the first or last boxes, from the body's child inwards."""
    seen = None
    while getattr(box, "children", None):
        element = box.element
        if element is not None and element is not seen and box.element_tag not in ("html", "body"):
            yield element
            seen = element
        box = box.children[side]


def _join(tree: _Tree, first: Any, second: Any, parent: Any, levels: int) -> None:
    if first["S"] != second["S"]:
        return
    if levels > 1 and tree.kids(first) and tree.kids(second):
        _join(tree, tree.kids(first)[-1], tree.kids(second)[0], second, levels - 1)
    tree.take(first, second)
    tree.remove(parent, second)


def _name_headers(tree: _Tree, root: Any) -> None:
    """Say of each header cell whether it heads a column or a row (ISO 14289-1, 7.5)."""
    for cell in tree.walk(root):
        if cell["S"] == "/TH":
            group = tree.of(tree.of(cell["P"])["P"])
            cell["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"


def _put_captions(tree: _Tree, root: Any) -> None:
    """Make each caption the last child of its figure, to which it belongs."""
    for element in list(tree.walk(root)):
        kids = tree.kids(element)
        captions = [kid for kid in kids if kid["S"] == "/Caption"]
        figures = [kid for kid in tree.walk(element) if kid["S"] == "/Figure"] if captions else []
        for caption in captions:
            if figures:
                element["K"].remove(caption.reference)
                caption["P"] = figures[0].reference
                figures[0]["K"].append(caption.reference)


def _join_links(tree: _Tree, root: Any) -> None:
    """The pieces of a link that crosses lines become one `Link`, with all its annotations."""
    for element in list(tree.walk(root)):
        previous = None
        for kid in tree.kids(element) if element else ():
            same = (
                previous is not None
                and kid["S"] == previous["S"] == "/Link"
                and kid["Pg"] == previous["Pg"]
                and _target(tree, kid) == _target(tree, previous)
                and element["K"].index(kid.reference) == element["K"].index(previous.reference) + 1
            )
            if same:
                tree.take(previous, kid)
                tree.remove(element, kid)
            else:
                previous = kid


def _target(tree: _Tree, link: Any) -> Any:
    for kid in link["K"]:
        if isinstance(kid, bytes) and tree.of(kid).get("Type") == "/OBJR":
            return tree.of(tree.of(kid)["Obj"])["Contents"].data
    return None


def _prune(tree: _Tree, element: Any) -> None:
    """Take out elements in which there is nothing, such as line breaks."""
    for kid in tree.kids(element):
        _prune(tree, kid)
        if not kid["K"] and kid["S"] in _PRUNED:
            tree.remove(element, kid)


def _make_artifacts(tree: _Tree) -> None:
    """What no element owns, that is the running headers, becomes an artifact.

    WeasyPrint gives such text tags that hang on nothing (ISO 14289-1, 7.1: artifacts).
    """
    owned = {element.reference for element in tree.walk(tree.document)}
    for number, reference in enumerate(tree.pages):
        stream = tree.of(tree.of(reference)["Contents"]).stream
        parents = tree.parents[number]
        orphans = {mcid for mcid, parent in enumerate(parents) if parent not in owned}
        for mcid in orphans:
            tree.of(parents[mcid]).clear()
            parents[mcid] = "null"
        for index, item in enumerate(stream):
            if isinstance(item, dict) and item.get("MCID") in orphans:
                stream[index - 1] = "/Artifact"
                stream[index] = type(item)({"Type": "/Pagination"})
