"""Fast mass letters: lay out one master and stamp each letter's own lines into it.

docs/stamping.md explains how, and when a letter is laid out in full instead. A letter's way:

1. `cache_key.split_letter`: the shape that it shares with others, and its own texts by slot
2. `_Masters.stamp`: find the master for that shape, or lay one out (`master_letter`)
3. `MasterLetter.stamp`: set its own lines (`blocks`, `shaping`), break its own paragraphs
   (`measured_lines`), and put both into the finished pages (`assembly`)

Each step answers with a value: the result, or why there is none.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path

from advocacy.documents.pdf.alphabet import letters_of, sets_in
from advocacy.documents.pdf.fitting import obstacles
from advocacy.documents.pdf.pages import Pdf
from advocacy.documents.pdf.stamp.assembly import Assembled
from advocacy.documents.pdf.stamp.cache_key import (
    HAS_PROBLEMS,
    NEEDS_TEXTS,
    OTHER_GLYPHS,
    LaidOutInFull,
    LetterShape,
    NeedsParagraph,
    NewShape,
    split_letter,
)
from advocacy.documents.pdf.stamp.master_letter import (
    Divided,
    Forced,
    MasterLetter,
    lay_out_master,
)
from advocacy.documents.typesetter import typesetting
from advocacy.files.cache import file_status
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter

__all__ = ["LaidOutInFull", "forget_masters", "stamp_letter"]

_SPACES = re.compile(r"^ | $|  +")  # line breaks and tabs are not letters of any language
_TRIES = 16  # how many blocks may turn out to be paragraphs, or to have another shape
_MOST_SHAPES = 1024
_MOST_MASTERS = 64  # of two megabytes each, where there are paragraphs


def stamp_letter(checked: CheckedLetter, workspace: Workspace) -> Pdf | LaidOutInFull:
    """Stamp a letter into the master of all letters like it, or say why that cannot be done.

    Raises AdvocacyError where the layout, a picture or the citation style is wrong.
    """
    split = split_letter(checked, workspace)
    if split is None:
        return LaidOutInFull(NEEDS_TEXTS)
    letter_shape, texts = split
    letter_shape = _with_sets(letter_shape, texts)
    carried = letters_of(letter_shape.language, letter_shape.sets)
    for slot in letter_shape.slots:
        if not carried.issuperset(texts[slot]):
            return LaidOutInFull(OTHER_GLYPHS)
        if _SPACES.search(texts[slot]):
            # HTML shows runs of spaces as one. A space at an end may fall together with its
            # neighbor's, which only the layout knows.
            texts[slot] = _SPACES.sub(" ", texts[slot])
            if texts[slot] != texts[slot].strip(" "):
                return LaidOutInFull(NEEDS_TEXTS)
    with typesetting:
        masters = _masters_for(letter_shape, checked, workspace)
        return masters if isinstance(masters, LaidOutInFull) else masters.stamp(texts)


def _with_sets(letter_shape: LetterShape, texts: Mapping[int, str]) -> LetterShape:
    """The letter shape with the sets of letters that these texts have one of."""
    text = "".join([texts[slot] for slot in letter_shape.slots])
    sets = frozenset() if text.isascii() else sets_in(text)
    return replace(letter_shape, sets=sets) if sets else letter_shape


class _Masters:
    """The masters of one letter shape, by the blocks that are paragraphs and by their shapes.

    Which one a letter takes follows from its own texts alone.
    """

    def __init__(self, letter_shape: LetterShape, workspace: Workspace) -> None:
        self._letter_shape, self._workspace = letter_shape, workspace
        self._latest: dict[Forced, tuple[object, int]] = {}
        self._files: dict[Path, tuple[float, int]] = {}

    @property
    def are_fresh(self) -> bool:
        """Whether the files that the masters show are still the same."""
        return self._files == _file_states(self._files)

    def stamp(self, texts: Mapping[int, str]) -> Pdf | LaidOutInFull:
        """Stamp these texts into the master that fits them.

        A master answers which other master is needed, so this asks until one fits.
        """
        forced: Forced = frozenset()
        shapes, number = self._latest.get(forced, (None, 0))
        for _ in range(_TRIES):
            master = self._master(forced, shapes, number, texts)
            if isinstance(master, LaidOutInFull):
                return master
            match master.stamp(texts):
                case Assembled(data, digest):
                    result = master.result
                    return Pdf(data, result.pages, result.problems, typeset="fast", digest=digest)
                case NewShape(shapes, divided):
                    number = self._number(forced, shapes, divided)
                case NeedsParagraph(block) if block not in forced:
                    forced |= {block}
                    shapes, number = self._latest.get(forced, (None, 0))
                case NeedsParagraph():
                    return LaidOutInFull(NEEDS_TEXTS)
                case LaidOutInFull() as refusal:
                    return refusal
        return LaidOutInFull(NEEDS_TEXTS)

    def _master(
        self, forced: Forced, shapes: object, number: int, texts: Mapping[int, str]
    ) -> MasterLetter | LaidOutInFull:
        """The master for paragraphs of these shapes; where it is not known, for these texts."""
        known = _masters.get((self, forced, shapes, number))
        if known is None:
            known = lay_out_master(self._letter_shape, self._workspace, texts, forced)
            if isinstance(known, MasterLetter):
                self._files |= _file_states(filter(self._workspace.contains, known.result.files))
                shapes = known.shapes
                number = self._number(forced, shapes, known.divided)
            elif known.only_this:
                return known
            _masters[self, forced, shapes, number] = known
            if len(_masters) > _MOST_MASTERS:
                _masters.popitem(last=False)
        else:
            _masters.move_to_end((self, forced, shapes, number))
        if isinstance(known, MasterLetter):
            self._latest[forced] = shapes, number
        return known

    def _number(self, forced: Forced, shapes: object, divided: Divided) -> int:
        """The number of the master, of those with these shapes, whose pages break alike.

        The first number that is free, where there is none.
        """
        for number in count():
            known = _masters.get((self, forced, shapes, number))
            if not isinstance(known, MasterLetter) or known.breaks_like(divided):
                return number
        raise AssertionError


# These two are what makes letters fast: a letter that finds its master takes a third of a
# millisecond, one that is laid out in full 130 times as long.
_by_shape: OrderedDict[tuple[LetterShape, Workspace], _Masters] = OrderedDict()
_masters: OrderedDict[tuple[_Masters, Forced, object, int], MasterLetter | LaidOutInFull] = (
    OrderedDict()
)


def forget_masters() -> None:
    """Forget all masters, so that the next letter is laid out anew."""
    _by_shape.clear()
    _masters.clear()


def _masters_for(
    letter_shape: LetterShape, checked: CheckedLetter, workspace: Workspace
) -> _Masters | LaidOutInFull:
    key = (letter_shape, workspace)
    known = _by_shape.get(key)
    if known is None or not known.are_fresh:
        # Only what letters have in common can stand in the way: its own letters are known.
        if obstacles(checked.letter, workspace):
            return LaidOutInFull(HAS_PROBLEMS)
        known = _by_shape[key] = _Masters(letter_shape, workspace)
        if len(_by_shape) > _MOST_SHAPES:
            _by_shape.popitem(last=False)
    else:
        _by_shape.move_to_end(key)
    return known


def _file_states(paths: Iterable[Path]) -> dict[Path, tuple[float, int]]:
    """The time of change (Unix seconds) and the size of each file; zeros where there is none."""
    states = {}
    for path in paths:
        status = file_status(str(path))
        states[path] = (status.st_mtime, status.st_size) if status else (0.0, 0)
    return states
