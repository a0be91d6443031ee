"""Say in the PDF which characters a group of glyphs stands for, where the glyphs alone do not.

A font maps each glyph to one text (ToUnicode). In Devanagari, Thai or Arabic, several glyphs make
one cluster of characters, in an order of their own, and one glyph serves in many clusters: what is
copied, searched or read aloud would be wrong. Such a cluster becomes a `Span` whose `ActualText` is
what was written (ISO 32000-1, 14.9.4). Lines whose glyphs say what they stand for stay as they are.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from advocacy.documents.typesetter import FROM_UNITS, ffi, pango

_SIMPLE = re.compile(
    "[\u0000-\u02ff\u0370-\u058f\u2000-\u200b\u2010-\u2027\u202f-\u2bff\u3000-\ufaff]*"
)
"""Texts in scripts without clusters: Latin, Greek, Cyrillic, Armenian, Chinese, Japanese."""


_STACKING = re.compile("[\u0900-\u109f\u1780-\u17ff\ua8e0-\uaaff]")
"""Letters of scripts whose signs stand above, below or around others, from Devanagari to Khmer."""


_SELECTORS = re.compile("[\ufe0e\ufe0f]")
"""They choose between a sign and its picture, and are never drawn."""


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A glyph and its place: `x` from the run's start in thousandths of the size, `rise` in pixels.

    `text` is what the font says that it stands for.
    """

    number: int
    x: float
    rise: float
    text: str


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Glyphs that stand for one piece of text together, in the order in which they are drawn."""

    text: str
    glyphs: tuple[_Glyph, ...]
    is_word: bool = False

    @property
    def is_said(self) -> bool:
        """Whether the glyphs, one after the other, stand for the text."""
        if self.is_word:
            return False
        said = "".join(one.text for one in self.glyphs)
        return all(one.text for one in self.glyphs) and _drawn(self.text) == _drawn(said)


def _drawn(text: str) -> str:
    return unicodedata.normalize("NFC", _SELECTORS.sub("", text))


@dataclass(frozen=True, slots=True)
class _Run:
    """Clusters in one font, in the order in which they are drawn, and their width (as `x`)."""

    font: Any
    size: float
    clusters: tuple[_Cluster, ...]
    width: float


def say_clusters(stream: Any, textbox: Any, start: int, matrix: Any) -> None:
    """Draw a line of text again with the texts of its clusters, if its glyphs do not say them.

    `start` is where the line's operators begin in `stream`, `matrix` where the line stands.
    """
    if _SIMPLE.fullmatch(textbox.text):
        return
    runs = list(_runs(stream, textbox))
    if all(cluster.is_said for run in runs for cluster in _words(run.clusters)):
        return
    if any(run.font.bitmap or run.font.missing for run in runs):
        return
    del stream.stream[start:]
    stream._current_font = None  # the operator that chose it is gone
    stream.set_text_matrix(*matrix.values)
    left = 0.0  # how far the pen stands behind the end of the run before, in thousandths
    for run in runs:
        stream.set_font_size(run.font.hash, run.size)
        pen = left
        for glyphs, text in _pieces(list(_words(run.clusters))):
            if text:
                written = ("\ufeff" + text).encode("utf-16-be").hex()
                stream.stream.append(f"/Span <</ActualText <{written}>>> BDC".encode())
            pen = _show(stream, run, glyphs, pen)
            if _STACKING.search(text) and glyphs[-1].rise:
                pen = _show_end(stream, run, glyphs, pen)
            if text:
                stream.stream.append(b"EMC")
        left = (pen - run.width) * run.size / runs[-1].size


def _words(clusters: Iterable[_Cluster]) -> Iterator[_Cluster]:
    """The clusters, with those of a word as one where signs stand above or below letters.

    Readers of PDFs sort what is drawn by its place, and take a sign that stands over the letter
    before it for one of another line, or find a space after it. A word has its text as a whole.
    A letter with a raised sign is apart: readers find all of a text where its first part is drawn.
    """
    word: list[_Cluster] = []

    def finish() -> Iterator[_Cluster]:
        if all(len(one.glyphs) == 1 and one.is_said for one in word):
            yield from word
        else:
            glyphs = tuple(glyph for one in word for glyph in one.glyphs)
            yield _Cluster("".join(one.text for one in word), glyphs, is_word=True)
        word.clear()

    for cluster in clusters:
        is_raised = any(glyph.rise for glyph in cluster.glyphs)
        is_in_word = _STACKING.search(cluster.text) is not None
        if not is_in_word or is_raised:
            yield from finish()
        if is_raised and is_in_word:
            yield _Cluster(cluster.text, cluster.glyphs, is_word=True)
        elif is_in_word:
            word.append(cluster)
        else:
            yield cluster
    yield from finish()


def _pieces(clusters: Sequence[_Cluster]) -> list[tuple[list[_Glyph], str]]:
    """Glyphs to show together, and the text to say for them.

    A space after a cluster with a text is said with it: pdfium loses one that stands alone.
    """
    pieces: list[tuple[list[_Glyph], str]] = []
    for cluster in clusters:
        last_text = pieces[-1][1] if pieces else None
        if not cluster.is_said:
            pieces.append((list(cluster.glyphs), cluster.text))
        elif last_text and cluster.text.isspace():
            pieces[-1] = ([*pieces[-1][0], *cluster.glyphs], last_text + cluster.text)
        elif last_text == "":
            pieces[-1][0].extend(cluster.glyphs)
        else:
            pieces.append((list(cluster.glyphs), ""))
    return pieces


def _show(stream: Any, run: _Run, glyphs: Sequence[_Glyph], pen: float) -> float:
    """Show glyphs, each in its place; `pen` is where the text stands, and is returned anew."""
    parts: list[str] = []

    def flush() -> None:
        if parts:
            stream.show_text("".join(parts))
            parts.clear()

    for glyph in glyphs:
        if glyph.rise:
            flush()
            stream.set_text_rise(-glyph.rise)
        if move := round(pen - glyph.x):
            parts.append(f"{move}")
            pen -= move
        parts.append(f"<{glyph.number:04x}>")
        pen += run.font.widths[glyph.number]
        if glyph.rise:
            flush()
            stream.set_text_rise(0)
    flush()
    return pen


def _show_end(stream: Any, run: _Run, glyphs: Sequence[_Glyph], pen: float) -> float:
    """Draw the last letter of some glyphs once more, unseen (ISO 32000-1, 9.3.6).

    Poppler finds the end of a text where its last glyph ends, and that is a raised sign.
    """
    level = [glyph for glyph in glyphs if not glyph.rise]
    if not level:
        return pen
    last = max(level, key=lambda glyph: glyph.x + run.font.widths[glyph.number])
    stream.set_text_rendering(3)
    pen = _show(stream, run, [last], pen)
    stream.set_text_rendering(0)
    return pen


def _runs(stream: Any, textbox: Any) -> Iterator[_Run]:
    """The runs of a line that WeasyPrint has drawn, so that their fonts know their glyphs."""
    line, _ = textbox.pango_layout.get_first_line()
    text = textbox.pango_layout.text.encode()
    node = line.runs[0]
    while node != ffi.NULL:
        item, node = node.data, node.next
        font, size = stream.add_font(item.item.analysis.font)
        yield _run(item, text, font, size)


def _run(item: Any, text: bytes, font: Any, size: float) -> _Run:
    """One of Pango's runs; `text` is the whole line in UTF-8."""
    begins = item.item.offset
    ends = begins + item.item.length
    count = item.glyphs.num_glyphs
    starts = [begins + item.glyphs.log_clusters[i] for i in range(count)]
    bases = sorted(set(starts))
    if item.item.analysis.level % 2 == 0:
        # A mark that HarfBuzz keeps apart belongs to the letter that bears it. From right to left,
        # readers of PDFs find it where it is drawn, before its letter.
        bases = [at for at in bases if at == begins or not _begins_with_mark(text, at)]
        starts = [bases[bisect_right(bases, at) - 1] for at in starts]
    after = dict(zip(bases, [*bases[1:], ends], strict=True))
    to_thousandths = 1000 * FROM_UNITS / size
    clusters, glyphs, x = [], [], 0.0
    for i, start in enumerate(starts):
        info = item.glyphs.glyphs[i]
        place = info.geometry
        if info.glyph != pango.PANGO_GLYPH_EMPTY:
            at = x + place.x_offset * to_thousandths
            said = font.to_unicode.get(info.glyph, "")
            glyphs.append(_Glyph(info.glyph, at, place.y_offset * FROM_UNITS, said))
        x += place.width * to_thousandths
        if i + 1 == count or starts[i + 1] != start:
            clusters.append(_Cluster(text[start : after[start]].decode(), tuple(glyphs)))
            glyphs = []
    return _Run(font, size, tuple(clusters), x)


def _begins_with_mark(text: bytes, at: int) -> bool:
    return unicodedata.category(text[at : at + 4].decode(errors="ignore")[0]).startswith("M")
