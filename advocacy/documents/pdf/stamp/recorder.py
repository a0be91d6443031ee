"""Lay out a document with WeasyPrint and keep what it made instead of writing the file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advocacy.documents.pdf.alphabet import Sets
from advocacy.documents.pdf.guarded import try_layout
from advocacy.documents.pdf.pages import Pdf, lay_out
from advocacy.documents.pdf.painting import DrawnLine, DrawnText, record_drawing
from advocacy.documents.pdf.tagging import finish
from advocacy.files.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Recording:
    """What WeasyPrint made of a document.

    `objects` are pydyf's, by number; `root` and `info` are references (`b"7 0 R"`) to the catalog
    and the document's information; `contents` are the numbers of the pages' content streams.
    `texts` and `lines` are in the order of painting. `asked` are the elements of paragraphs whose
    page breaks depend on words that their lines divide. `context` is what boxes were laid out with;
    `parents` gives each box's parent by the box's `id`. `result` has pages and problems, no data.
    """

    document: Any
    context: Any
    objects: tuple[Any, ...]
    root: bytes
    info: bytes
    contents: tuple[int, ...]
    texts: tuple[DrawnText, ...]
    lines: tuple[DrawnLine, ...]
    asked: tuple[Any, ...]
    result: Pdf
    parents: dict[int, Any]

    def above(self, box: Any) -> Iterator[Any]:
        """The boxes in which a box stands, from the inside outwards."""
        while (box := self.parents.get(id(box))) is not None:
            yield box

    def boxes(self) -> Iterator[tuple[int, Any]]:
        """All boxes with the indices of their pages, in the order of the document."""
        for page_index, page in enumerate(self.document.pages):
            for box in page._page_box.descendants(placeholders=True):
                yield page_index, getattr(box, "_box", box)


def record_layout(
    html: str,
    workspace: Workspace,
    css: Path | None,
    change_boxes: Callable[[Any], None],
    sets: Sets,
) -> Recording:
    """Lay out a document and record it.

    `change_boxes` may change the tree of boxes before it is laid out. `sets` are those of letters
    that own texts have, which do not stand in the document. Raises AdvocacyError if
    the document loads what it may not.
    """
    kept: list[Any] = []

    def keep(document: Any, pdf: Any) -> None:
        finish(document, pdf)
        pdf.add_object(pdf.info)
        pages = [pdf.objects[int(reference.split()[0])] for reference in pdf.page_references]
        contents = tuple(int(page["Contents"].split()[0]) for page in pages)
        references = pdf.catalog.reference, pdf.info.reference
        kept.extend((document, tuple(pdf.objects), *references, contents))
        del pdf.objects[1:]  # so that WeasyPrint has nothing to write

    try_layout(html, workspace, css)
    with record_drawing(change_boxes) as drawing:
        result = lay_out(html, workspace, css, finisher=keep, sets=sets)
    document, objects, root, info, contents = kept
    parents: dict[int, Any] = {}
    for page in document.pages:
        _note_parents(page._page_box, parents)
    return Recording(
        document,
        drawing.contexts[-1],
        objects,
        root,
        info,
        contents,
        tuple(drawing.texts),
        tuple(drawing.lines),
        tuple(drawing.asked),
        result,
        parents,
    )


def _note_parents(box: Any, parents: dict[int, Any]) -> None:
    for child in getattr(box, "children", ()):
        inner = getattr(child, "_box", child)  # a placeholder stands for an absolute box
        parents[id(inner)] = box
        _note_parents(inner, parents)
