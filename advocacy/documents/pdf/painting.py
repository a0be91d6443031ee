"""Record what WeasyPrint paints, and paint single texts and paragraphs with it.

`record_drawing` notes, for one document, every text and line with the place of its operators in
the page's content stream. `set_line` and `draw_lines` make such operators for one text or
paragraph alone, outside any document. The functions of WeasyPrint that report here are replaced
in `weasyprint_patches`.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from types import SimpleNamespace
from typing import Any

from advocacy.documents.typesetter import weasyprint

_NORMAL = 400
"""The weight above which a font counts as bold."""


@dataclass(frozen=True, slots=True)
class DrawnText:
    """A text that was painted: its box, and its operators `stream.stream[start:end]`."""

    box: Any
    stream: Any
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line that was painted: its box, and its operators `stream.stream[start:end]`.

    `marks` is the number of marked-content sequences of the page before the line. `before` and
    `after` are the stream's colors around it (`state_of`).
    """

    box: Any
    stream: Any
    start: int
    end: int
    marks: int
    before: tuple[Any, ...]
    after: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Texts and lines in the order of painting, and the contexts that pages were laid out with.

    `asked` are the elements of paragraphs of which layout asked whether lines end within words.
    """

    texts: list[DrawnText] = field(default_factory=list)
    lines: list[DrawnLine] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)


class _Listening(threading.local):
    """What the patched functions report to, in this thread.

    `style` is that of the text being drawn, `sets` are the sets of letters that the document's
    fonts carry (`alphabet.sets_in`). `recording` collects what is drawn, and `change_boxes` gets
    the tree of boxes before layout; both are None while nobody listens.
    """

    style: Any = None
    sets: frozenset[str] = frozenset()
    recording: Drawing | None = None
    change_boxes: Callable[[Any], None] | None = None


listening = _Listening()


@contextmanager
def carrying(sets: frozenset[str]) -> Iterator[None]:
    """Let fonts that are first used while the context lasts carry these sets of letters."""
    before, listening.sets = listening.sets, sets
    try:
        yield
    finally:
        listening.sets = before


@contextmanager
def record_drawing(change_boxes: Callable[[Any], None]) -> Iterator[Drawing]:
    """Record what this thread paints while the context lasts.

    `change_boxes` is called with the root of the tree of boxes, before layout, and may change it.
    """
    recording = Drawing()
    listening.recording, listening.change_boxes = recording, change_boxes
    try:
        yield recording
    finally:
        listening.recording = listening.change_boxes = None


_STATE = ("_current_color", "_current_color_stroke", "_current_alpha", "_current_alpha_stroke")


def state_of(stream: Any) -> tuple[Any, ...]:
    """The colors that a stream is set to: WeasyPrint writes a color only where it changes."""
    return tuple(getattr(stream, name) for name in _STATE)


def draw_lines(
    lines: Iterable[Any], fonts: dict[Any, Any], marks: int, state: tuple[Any, ...]
) -> tuple[list[Any], tuple[Any, ...]]:
    """The operators that paint laid-out lines, and the stream's state after them.

    They are painted as if `marks` marked-content sequences stood before them on the page and
    the stream were in the given `state`. New glyphs and fonts are entered in `fonts`, the
    document's own.
    """
    tags: dict[object, Any] = {object(): {} for _ in range(marks)}
    stream = weasyprint.pdf.stream.Stream(
        fonts, (0, 0, 1, 1), {"ExtGState": {}}, {}, tags, {}, None
    )
    for name, value in zip(_STATE, state, strict=True):
        setattr(stream, name, value)
    for line in lines:
        weasyprint.draw.draw_inline_level(stream, None, line)
    return stream.stream, state_of(stream)


def break_lines(
    context: Any, contents: Any, position_y: float, block: Any, resume_at: Any = None
) -> list[Any]:
    """Break the contents of a block into lines at the width of a laid-out `block`.

    `contents` is the one unbroken line box as built. The first line begins at `position_y` (CSS
    pixels), and where a line before it says that the text goes on (`resume_at`). No floats are
    taken into account.
    """
    context._excluded_shapes_root_boxes, context._excluded_shapes = [None], {None: []}
    contents.position_x = block.content_box_x()
    pairs = weasyprint.layout.inline.iter_line_boxes(
        context, contents, position_y, -inf, resume_at, block, [], [], None, None
    )
    lines = []
    for line, line.resume_at in pairs:
        lines.append(line)
    return lines


def ends_within_word(line: Any) -> bool:
    """Whether a line ends with the hyphen of a divided word."""
    box = line
    while getattr(box, "children", None):
        box = box.children[-1]
    text = getattr(box, "text", None) or ""
    return line.resume_at is not None and text.endswith(box.style["hyphenate_character"])


def set_line(style: Any, text: str) -> list[Any]:
    """The operators with which WeasyPrint sets a text in a style, in one line, at the origin."""
    layout = weasyprint.text.line_break.Layout(style)
    layout.set_text(text)
    layout.get_first_line()
    layout.deactivate()
    box = SimpleNamespace(style=style, text=text, pango_layout=layout, baseline=0)
    box.position_x = box.position_y = 0
    stream = weasyprint.pdf.stream.Stream({}, (0, 0, 1, 1), {"ExtGState": {}}, {}, None, {}, None)
    weasyprint.draw.draw_text(stream, box, 0, "clip", "none")
    operators: list[Any] = stream.stream
    return operators


def features_of(style: Any) -> dict[str, int]:
    """The OpenType features that a style switches on (1) or off (0), by tag."""
    features: dict[str, int] = weasyprint.text.fonts.font_features(
        style["font_kerning"],
        style["font_variant_ligatures"],
        style["font_variant_position"],
        style["font_variant_caps"],
        style["font_variant_numeric"],
        style["font_variant_alternates"],
        style["font_variant_east_asian"],
        style["font_feature_settings"],
    )
    return features


def is_running_text(style: Any, font: Any = None) -> bool:
    """Whether names may be set in a style: not in small capitals, nor in bold italics.

    `font`, where it is given, must be the style's first family, not a fallback.
    """
    return bool(
        (font is None or font.family == style["font_family"][0])
        and style["font_variant_caps"] == style["font_variant_position"] == "normal"
        and not (style["font_weight"] > _NORMAL and style["font_style"] != "normal")
    )
