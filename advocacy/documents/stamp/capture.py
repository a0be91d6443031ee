"""A document laid out by WeasyPrint and caught before it is written: objects, boxes and texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advocacy.documents.pages import Pdf, pdf_from_html
from advocacy.documents.painting import Drawn, drawn_texts
from advocacy.documents.tagging import finish
from advocacy.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Capture:
    """What WeasyPrint made of a document.

    `objects` are pydyf's, `root` and `info` references to the catalog and the document's
    information, `contents` the numbers of the pages' content streams. `drawn` are the texts in
    the order of painting, `parents` gives a box's parent by the box's `id`.
    """

    document: Any
    objects: tuple[Any, ...]
    root: bytes
    info: bytes
    contents: tuple[int, ...]
    drawn: tuple[Drawn, ...]
    parents: dict[int, Any]
    result: Pdf

    def above(self, box: Any) -> Iterator[Any]:
        """The boxes in which a box stands, from the inside."""
        while (box := self.parents.get(id(box))) is not None:
            yield box


def capture(html: str, workspace: Workspace, css: Path | None) -> Capture:
    """Lay out a document, and keep all that was made instead of the file.

    Raises AdvocacyError if it loads what it may not.
    """
    kept: list[Any] = []

    def keep(document: Any, pdf: Any) -> None:
        finish(document, pdf)
        pdf.add_object(pdf.info)
        contents = tuple(int(_page(pdf, n)["Contents"].split()[0]) for n in pdf.page_references)
        kept.append(
            (document, tuple(pdf.objects), pdf.catalog.reference, pdf.info.reference, contents)
        )
        del pdf.objects[1:]  # there is nothing to write

    with drawn_texts() as drawn:
        result = pdf_from_html(html, workspace, css, finisher=keep)
    ((document, objects, root, info, contents),) = kept
    parents: dict[int, Any] = {}
    for page in document.pages:
        _note_parents(page._page_box, parents)
    return Capture(document, objects, root, info, contents, tuple(drawn), parents, result)


def _page(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _note_parents(box: Any, parents: dict[int, Any]) -> None:
    for child in getattr(box, "children", ()):
        inner = getattr(child, "_box", child)  # a placeholder stands for an absolute box
        parents[id(inner)] = box
        _note_parents(inner, parents)
