"""Every change to WeasyPrint that this program makes, in one place.

Each row is one private function of WeasyPrint 70 that is replaced when this module is imported.
The dependency is pinned (`weasyprint>=70,<71`), so that an upgrade means to read this table
again. Import `weasyprint` from here wherever pages are laid out.

| replaced in `weasyprint`                    | why                       | upstream | test |
| ------------------------------------------- | ------------------------- | -------- | ---- |
| layout.block._linebox_layout                | notes leave paragraphs    | #2432    | 1    |
|                                             | pages end within words    | none     | 2    |
|                                             | notes leave pages empty   | #1924    | 9    |
| layout.inline.split_inline_level            | notes' marks begin lines  | none     | 2    |
| layout.inline.get_next_linebox              | separators end lines      | none     | 10   |
| layout.block.find_earlier_page_break        | pages end within words    | none     | 2    |
| layout.LayoutContext._update_footnote_area  | rounding moves notes      | none     | 3    |
| document.build_formatting_structure         | find a letter's own texts | none     | 4    |
| document.layout_document                    | lay a paragraph out again | none     | 4    |
| draw.draw_text                              | find a text's operators   | none     | 4    |
| draw.draw_inline_level                      | find a line's operators   | none     | 4    |
| pdf.stream.Stream.add_font                  | equal fonts in letters    | none     | 5    |
| text.fonts.font_features                    | small capitals lose an f  | none     | 6    |
| draw.text.draw_first_line                   | clusters have no text     | none     | 7    |
| pdf.fonts.TTFont                            | fonts get the clock's time| none     | 8    |
| layout.table.auto_table_layout              | short cells have lines    | none     | 12   |
| layout.block.block_container_layout         | rows without a cell's line| none     | 12   |
| svg.draw_gradient                           | gradients show as nothing | none     | 11   |

Tests, in tests/documents/: 1 and 2 `test_pdf.py` (every note stands on the page of its mark; no
word is divided between two pages; no mark begins a line), 3 `test_footnote_room.py`,
4 `stamping/test_equality.py`, 5 `stamping/test_stamping.py` (letters of a layout carry the same
fonts), 6 `test_typesetting.py`, 7 and 8 `test_scripts.py` (a variable font that is made static
says when, to the second), 9 `test_page_filling.py`, 10 `test_paper.py` (no line of the
letterhead ends with a separator), 11 `test_pictures.py` (gradients show;
replaced in `documents/svg_gradients.py`), 12 `test_tables.py` (a column of short
words is as wide as they are; a long row is divided, a short one never).

Upstream numbers are issues of github.com/Kozea/WeasyPrint; "none" means that none is filed. The
fix of #2432 (#2437) is what moves notes. The four functions with test 4 change nothing that
WeasyPrint makes: they report it to `painting`.
"""

import math
from functools import partial
from typing import Any

from advocacy.documents.pdf.alphabet import alphabet
from advocacy.documents.pdf.clusters import say_clusters
from advocacy.documents.pdf.painting import (
    DrawnLine,
    DrawnText,
    ends_within_word,
    features_of,
    is_running_text,
    listening,
    state_of,
)
from advocacy.documents.pdf.tables import lay_out_columns, lay_out_container
from advocacy.documents.svg_gradients import weasyprint

__all__ = ["weasyprint"]

_linebox_layout = weasyprint.layout.block._linebox_layout
_find_earlier_page_break = weasyprint.layout.block.find_earlier_page_break
_split_inline_level = weasyprint.layout.inline.split_inline_level
_get_next_linebox = weasyprint.layout.inline.get_next_linebox
_update_footnote_area = weasyprint.layout.LayoutContext._update_footnote_area
_build_formatting_structure = weasyprint.document.build_formatting_structure
_layout_document = weasyprint.document.layout_document
_draw_text = weasyprint.draw.draw_text
_draw_first_line = weasyprint.draw.text.draw_first_line
_draw_inline_level = weasyprint.draw.draw_inline_level
_add_font = weasyprint.pdf.stream.Stream.add_font
_font_features = weasyprint.text.fonts.font_features


def lay_out_lines(
    context: Any,
    box: Any,
    index: Any,
    child: Any,
    new_children: Any,
    page_is_empty: Any,
    *rest: Any,
) -> Any:
    """Lay out a paragraph's lines as WeasyPrint does, and put two things right.

    WeasyPrint obeys `footnote-policy: line` where a note does not fit, but not where orphans
    and widows forbid a break before a line: there it moves notes to the next page to make room,
    even notes of earlier paragraphs. Here the paragraph goes to the next page instead, unless it
    is the first on its page. Where that would leave much of the page empty, it is divided between
    any two of its lines.

    WeasyPrint also divides words at the end of a page (it has no `hyphenate-limit-last` of CSS
    Text 4). Here such lines go to the next page if enough lines stay. If only such lines would
    stay, the whole paragraph goes there.
    """
    notes_here, notes_moved = list(context.current_page_footnotes), list(context.reported_footnotes)

    much_empty = _leaves_much_empty(context, rest)

    def is_torn() -> bool:
        return not page_is_empty and any(
            note not in notes_moved and note.style["footnote_policy"] == "line"
            for note in context.reported_footnotes
        )

    def undo(new_notes: Any) -> None:
        """Undo what this paragraph did to the page's notes."""
        for note in new_notes:
            context.unlayout_footnote(note)
        context.reported_footnotes[:] = notes_moved
        context.current_page_footnotes[:] = notes_here
        context._update_footnote_area()

    result = _linebox_layout(context, box, index, child, new_children, page_is_empty, *rest)
    abort, stop, resume_at, position_y, new_notes, max_lines = result
    if is_torn() or (abort and new_notes and much_empty and not page_is_empty):
        undo(new_notes)
        if not (new_notes and much_empty):
            return True, False, resume_at, position_y, new_notes, max_lines
        style, box.style = box.style, box.style.copy()
        box.style["orphans"] = box.style["widows"] = 1
        del new_children[:]
        result = _linebox_layout(context, box, index, child, new_children, page_is_empty, *rest)
        box.style = style
        abort, stop, resume_at, position_y, new_notes, max_lines = result
        if abort or is_torn() or not new_children:
            undo(new_notes)
            return True, False, resume_at, position_y, new_notes, max_lines
        return result
    if stop and new_children:
        note_asked(new_children[0])
        fewest = max(box.style["orphans"], 1)
        undivided = (
            count
            for count in range(len(new_children), fewest - 1, -1)
            if not ends_within_word(new_children[count - 1])
        )
        keep = next(undivided, len(new_children))
        divided = ends_within_word(new_children[keep - 1])
        if divided and keep <= fewest + 1 and not page_is_empty:
            return True, False, resume_at, position_y, new_notes, max_lines
        for line in new_children[keep:]:
            position_y = min(position_y, line.position_y)
            weasyprint.layout.block.remove_placeholders(context, line.children, *rest[:2])
        del new_children[keep:]
        resume_at = {index: new_children[-1].resume_at}
    return abort, stop, resume_at, position_y, new_notes, max_lines


def _leaves_much_empty(context: Any, rest: Any) -> bool:
    """Whether a page has so much room below a paragraph's beginning that it must not stay empty."""
    area = context.current_footnote_area
    notes = area.margin_height() if area.height != "auto" else 0
    page_bottom = context.page_bottom + notes
    return bool(context.page_bottom - rest[4] > _MUCH * page_bottom)


_MUCH = 0.25
"""The part of a page's height that may stay empty for a paragraph whose notes do not fit."""


def find_earlier_page_break(context: Any, children: Any, *placeholders: Any) -> Any:
    """Find an earlier break as WeasyPrint does, but not within a word.

    What must stay with its neighbors takes lines of a paragraph before it to the next page. If
    each line that may end the page divides a word, the one that WeasyPrint chose ends it.
    """
    result = _find_earlier_page_break(context, children, *placeholders)
    if not result or type(children[0]).__name__ != "LineBox":
        return result
    kept, resume_at = result
    note_asked(kept[0])
    fewest = max(kept[0].style["orphans"], 1)
    for count in range(len(kept), fewest - 1, -1):
        if not ends_within_word(kept[count - 1]):
            weasyprint.layout.block.remove_placeholders(context, kept[count:], *placeholders)
            return kept[:count], {0: kept[count - 1].resume_at}
    return kept, resume_at


def split_inline_level(context: Any, box: Any, *rest: Any) -> Any:
    """Lay out a part of a line as WeasyPrint does, and keep a note's mark with its word.

    WeasyPrint asks Pango whether a line may break between a full stop and a mark, and it may.
    """
    result = _split_inline_level(context, box, *rest)
    if (box.element_tag or "").endswith("::footnote-call"):
        part, resume_at, preserved, _, last, floats = result
        return part, resume_at, preserved, False, last, floats
    return result


def get_next_linebox(*arguments: Any) -> Any:
    """Lay out a line as WeasyPrint does, without a separator at its end.

    A separator is an element of the class `dot` between two parts of a line, such as those of a
    letterhead; the line's end takes its place.
    """
    line, resume_at = _get_next_linebox(*arguments)
    if line is None or resume_at is None or not line.children:
        return line, resume_at
    *others, last = line.children
    if last.element_tag == "span" and last.element.get("class") == "dot":
        line.children = others
        right_to_left = line.style["direction"] == "rtl"
        align = line.style["text_align_all"]
        at_end = align in ("end", "left" if right_to_left else "right")
        aside = last.margin_width() * (0.5 if align == "center" else at_end)
        for child in others:
            child.translate(dx=-aside if right_to_left else aside)
    return line, resume_at


def note_asked(line: Any) -> None:
    """Note that the break of a line's paragraph depends on words that its lines divide."""
    if listening.recording is not None:
        listening.recording.asked.append(line.element)


def update_footnote_area(context: Any) -> bool:
    """Whether the notes overflow their area, without WeasyPrint's rounding error.

    It adds up heights in two ways and compares the sums. Where they differ in the last digit, a
    note went to the next page for nothing. An area without a `max-height` has room for all.
    """
    overflows: bool = _update_footnote_area(context)
    return overflows and context.current_footnote_area.style["max_height"].value != math.inf


def build_boxes(*arguments: Any) -> Any:
    """Build the tree of boxes, and show it to the listener, who may change it."""
    root = _build_formatting_structure(*arguments)
    if listening.change_boxes is not None:
        listening.change_boxes(root)
    return root


def lay_out_document(html: Any, root: Any, context: Any, *rest: Any) -> Any:
    """Lay out the pages, and keep the context: with it a paragraph can be laid out again."""
    if listening.recording is not None:
        listening.recording.contexts.append(context)
    return _layout_document(html, root, context, *rest)


def draw_text(stream: Any, textbox: Any, *rest: Any) -> None:
    """Draw a text, and note where its operators stand in the page's stream."""
    start = len(stream.stream)
    listening.style = textbox.style  # for `add_font`, which is called from within
    _draw_text(stream, textbox, *rest)
    if listening.recording is not None:
        listening.recording.texts.append(DrawnText(textbox, stream, start, len(stream.stream)))


def draw_first_line(stream: Any, textbox: Any, overflow: Any, ellipsis: Any, matrix: Any) -> Any:
    """Draw a line of text, and say the texts of clusters that its glyphs do not say."""
    start = len(stream.stream)
    emojis = _draw_first_line(stream, textbox, overflow, ellipsis, matrix)
    if not emojis:
        say_clusters(stream, textbox, start, matrix)
    return emojis


def draw_inline_box(stream: Any, page: Any, box: Any, *rest: Any, **more: Any) -> None:
    """Draw a line or what stands in one, and note where a line's operators stand."""
    if listening.recording is None or type(box).__name__ != "LineBox":
        _draw_inline_level(stream, page, box, *rest, **more)
        return
    start, marks, before = len(stream.stream), len(stream._tags or ()), state_of(stream)
    _draw_inline_level(stream, page, box, *rest, **more)
    listening.recording.lines.append(
        DrawnLine(box, stream, start, len(stream.stream), marks, before, state_of(stream))
    )


def add_font(stream: Any, pango_font: Any) -> Any:
    """Add a font as WeasyPrint does, with the glyphs that every letter's font carries.

    So what a font carries follows from the layout and the language, not from the text: letters
    have equal fonts, and a name can be stamped into a page that is laid out. Fallback fonts
    carry only what is needed of them.
    """
    font, size = _add_font(stream, pango_font)
    style = listening.style
    if style is not None and is_running_text(style, font):
        features = tuple(features_of(style).items())
        filled = font.__dict__.setdefault("filled", set())
        if (style["lang"], features) not in filled:
            filled.add((style["lang"], features))
            font.whole = font.file_content  # WeasyPrint cuts `file_content` down later
            sets = font.__dict__.setdefault("sets", listening.sets)
            language = style["lang"] or "en"
            glyphs = alphabet(font.file_content, font.index, language, sets, features)
            for glyph, (text, width) in glyphs.items():
                font.to_unicode.setdefault(glyph, text)
                font.widths.setdefault(glyph, width)
    return font, size


def find_font_features(*properties: Any, **named: Any) -> dict[str, int]:
    """The OpenType features of a style as WeasyPrint finds them, with whole small capitals.

    HarfBuzz applies a language's own forms (`locl`) first. EB Garamond has small capitals of the
    plain letters alone: the German f, which is another glyph, would stay a small letter.
    """
    features: dict[str, int] = _font_features(*properties, **named)
    if "smcp" in features or "c2sc" in features:
        features.setdefault("locl", 0)
    return features


# A variable font is made static for each document: its bytes must not have the time of day.
weasyprint.pdf.fonts.TTFont = partial(weasyprint.pdf.fonts.TTFont, recalcTimestamp=False)

weasyprint.layout.block._linebox_layout = lay_out_lines
weasyprint.layout.block.block_container_layout = lay_out_container
weasyprint.layout.table.auto_table_layout = lay_out_columns
weasyprint.layout.inline.split_inline_level = split_inline_level
weasyprint.layout.inline.get_next_linebox = get_next_linebox
weasyprint.layout.block.find_earlier_page_break = find_earlier_page_break
weasyprint.layout.LayoutContext._update_footnote_area = update_footnote_area
weasyprint.document.build_formatting_structure = build_boxes
weasyprint.document.layout_document = lay_out_document
weasyprint.draw.draw_text = draw_text
weasyprint.draw.text.draw_first_line = draw_first_line
weasyprint.draw.draw_inline_level = draw_inline_box
weasyprint.pdf.stream.Stream.add_font = add_font
weasyprint.text.fonts.font_features = find_font_features
weasyprint.text.line_break.font_features = find_font_features
