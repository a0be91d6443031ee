"""How well the text fills the pages of a laid-out letter: what a reader would call a bad break.

A page is half empty where a paragraph went to the next one with notes that did not fit, or with a
picture. A last page has little where only the signature and a line or two came to stand there.
"""

from collections.abc import Iterator
from typing import Any

_EMPTY = 0.5
"""The part of a page's text area from which on it is half empty."""
_FEWEST_LINES = 3
"""So many lines of the text stand on the last page, at least."""


def half_empty_pages(document: Any) -> tuple[int, ...]:
    """The numbers of the pages, but the last, that are half empty without a break asked for."""
    pages = [page._page_box for page in document.pages]
    return tuple(
        number
        for number, page in enumerate(pages[:-1], 1)
        if _empty_part(page) > _EMPTY and not _ends_by_force(page)
    )


def lines_on_last_page(document: Any) -> int | None:
    """How many lines of the text stand on the last page, if fewer than they should.

    None where there are enough, on a single page, and where a table or a picture stands there.
    """
    if len(document.pages) < 2:
        return None
    page = document.pages[-1]._page_box
    (body,) = [*_with_class(page, "body")][:1] or [None]
    boxes = [] if body is None else [*body.descendants()]
    if any(box.element_tag in ("img", "table") for box in boxes):
        return None
    lines = sum(type(box).__name__ == "LineBox" for box in boxes)
    # What follows the signature may fill the page.
    return lines if lines < _FEWEST_LINES and _empty_part(page) > _EMPTY else None


def _empty_part(page: Any) -> float:
    """The part of a page's text area between the end of its text and its notes."""
    top, end = page.content_box_y(), page.content_box_y() + page.height
    bottom = top
    for box in page.children:
        if type(box).__name__ == "FootnoteAreaBox":
            end = min(end, box.position_y)
        elif type(box).__name__ != "MarginBox":
            bottom = max([bottom, *map(_bottom, _lines_and_pictures(box))])
    return float((end - bottom) / page.height) if page.height else 0.0


def _lines_and_pictures(box: Any) -> Iterator[Any]:
    for one in box.descendants():
        if type(one).__name__ == "LineBox" or one.element_tag == "img":
            yield one


def _bottom(box: Any) -> float:
    return float(box.position_y + box.height)


def _ends_by_force(page: Any) -> bool:
    return any(True for _ in _with_class(page, "page-break"))


def _with_class(page: Any, name: str) -> Iterator[Any]:
    for box in page.descendants():
        if box.element is not None and name in (box.element.get("class") or "").split():
            yield box
