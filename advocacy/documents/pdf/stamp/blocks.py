"""Varying blocks: paragraphs and lines of a document in which a letter's own texts stand.

They are found in the tree of boxes before it is laid out, where marks stand in the slots. A block
is of *lines* where its own texts stand in short lines that end by force, such as an address; it
is a *paragraph* where lines are broken to fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advocacy.templating.marks import CITE_MARK, MARK, VALUE_MARK

# A block that WeasyPrint puts around lines, such as a list item's, has its parent's element and
# the initial display.
_IN_FLOW = (("block", "flow"), ("block", "flow", "list-item"), ("inline", "flow"))
_SHORT = 40
_CLOSE = 1e-6
"""So many letters of the template's own words, at most, stand beside an own text in a line."""


@dataclass(frozen=True, slots=True)
class Block:
    """A varying block: its element, its contents as built with marks in them, and its slots."""

    element: Any
    contents: Any
    slots: tuple[int, ...]
    is_paragraph: bool

    def filled(self, texts: Mapping[int, str]) -> Any:
        """The contents with own texts in the place of marks, and without footnotes.

        A note stands where the master has it; only its mark is set.
        """
        contents = self.contents.deepcopy()
        for box in contents.descendants():
            box.footnote = None
        fill(contents, texts)
        return contents


def find_blocks(root: Any, forced: frozenset[int]) -> list[Block]:
    """The varying blocks below a box, in order; `forced` are those to be paragraphs anyway."""
    found: list[Block] = []
    for block in _with_lines(root):
        (line,) = (child for child in block.children if is_line(child))
        own = filter(is_text, line.descendants())
        slots = tuple(slot for box in own for slot in map(_slot, MARK.findall(box.text)))
        if slots:
            is_paragraph = len(found) in forced or not _is_of_lines(line)
            found.append(Block(block.element, line.deepcopy(), slots, is_paragraph))
    return found


def fill(root: Any, texts: Mapping[int, str]) -> None:
    """Put own texts in the place of marks."""
    for box in _texts(root):
        if MARK.search(box.text):
            box.text = MARK.sub(lambda mark: texts[_slot(mark[0])], box.text)


def _slot(mark: str) -> int:
    return ord(mark) - VALUE_MARK if ord(mark) < CITE_MARK else -1


def _with_lines(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        yield from _with_lines(child)
    if sum(is_line(child) for child in getattr(box, "children", ())) == 1:
        yield box
    if getattr(box, "footnote", None) is not None:
        yield from _with_lines(box.footnote)


def is_line(box: Any) -> bool:
    """Whether a box is a line, or before layout what will be broken into lines."""
    return type(box).__name__ == "LineBox"


def _texts(box: Any) -> Iterator[Any]:
    if is_text(box):
        yield box
    for child in getattr(box, "children", ()):
        yield from _texts(child)
    if box.footnote is not None:
        yield from _texts(box.footnote)


def _is_of_lines(line: Any) -> bool:
    """Whether own texts stand in short lines of one style each."""
    lines: list[list[str]] = [[]]
    for box in line.descendants():
        if not is_text(box):
            continue
        if box.text == "\n":
            lines.append([])
        elif box.text.strip():
            lines[-1].append(box.text)
    return all(
        len(texts) == 1 and len(MARK.sub("", texts[0])) <= _SHORT
        for texts in lines
        if any(map(MARK.search, texts))
    )


def is_text(box: Any) -> bool:
    """Whether a box is text."""
    return type(box).__name__ == "TextBox"


def is_inline(box: Any) -> bool:
    """Whether a box is text, or an element around text."""
    return type(box).__name__ in ("TextBox", "InlineBox", "LineBox")


def are_steady(boxes: Sequence[Any], *, flexible: bool = False) -> bool:
    """Whether boxes, from the inside outwards, have the same widths whatever stands in them.

    Where they may be `flexible`, flex items count whose width is their basis: a line that fits
    into it does not change it.
    """
    return all(
        _is_steady(box, flexible)
        and (type(around).__name__ != "FlexBox" or _has_its_basis(box, around))
        for box, around in zip(boxes, (*boxes[1:], None), strict=True)
    )


def _is_steady(box: Any, flexible: bool) -> bool:
    kind, style = type(box).__name__, box.style
    if kind == "MarginBox":
        return bool(style["width"] != "auto")
    if kind == "PageBox":
        return True
    return bool(
        (
            (kind == "BlockBox" and style["display"] in _IN_FLOW)
            or (flexible and kind == "FlexBox" and style["flex_direction"] == "row")
        )
        and (style["float"] == "none" or style["width"] != "auto")
        and (style["position"] in ("static", "relative") or style["width"] != "auto")
    )


def _has_its_basis(item: Any, around: Any) -> bool:
    """Whether a flex item is as wide as its `flex-basis` says, with room for all beside it."""
    basis, gap = item.style["flex_basis"], around.style["column_gap"]
    if (
        item.style["flex_grow"]
        or basis == "auto"
        or getattr(basis, "unit", None) not in ("px", "%")
    ):
        return False
    width = basis.value * around.width / 100 if basis.unit == "%" else basis.value
    between = 0 if gap == "normal" else gap.value if gap.unit == "px" else around.width
    taken = sum(child.margin_width() for child in around.children)
    taken += between * (len(around.children) - 1)
    return bool(abs(item.width - width) < _CLOSE and taken <= around.width + _CLOSE)
