"""Fast mass letters: one master is laid out, and each letter's own lines are stamped into it.

docs/stamping.md explains how, and when a letter is laid out in full instead.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path

from advocacy.documents.pdf.fitting import obstacles
from advocacy.documents.pdf.pages import Pdf, typesetting
from advocacy.documents.pdf.paper import letters_of
from advocacy.documents.pdf.stamp.assembly import Assembled
from advocacy.documents.pdf.stamp.cache_key import (
    HAS_PROBLEMS,
    NEEDS_TEXTS,
    OTHER_GLYPHS,
    CannotStamp,
    HasOwnParagraph,
    LetterShape,
    ShapeChanged,
    Wraps,
    outlined,
)
from advocacy.documents.pdf.stamp.master_letter import Forced, MasterLetter
from advocacy.files.cache import file_status
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter

__all__ = ["CannotStamp", "forget", "stamped"]

_SPACES = re.compile(r"^ | $|  +")  # line breaks and tabs are no letters of a language
_MASTERS_AT_MOST = 64  # of two megabytes each, where there are paragraphs
_PLANS_AT_MOST = 1024
_TRIES = 16  # so many blocks at most may turn out to be paragraphs, or to have another shape


def stamped(checked: CheckedLetter, workspace: Workspace) -> Pdf:
    """The letter, stamped into the master of all letters like it.

    Raises Unfit, with the reason, where it must be laid out in full; and AdvocacyError where the
    layout, a picture or the citation style is wrong.
    """
    found = outlined(checked, workspace)
    if found is None:
        raise CannotStamp(NEEDS_TEXTS)
    outline, texts = found
    letters = letters_of(outline.language)
    for slot in outline.slots:
        if not letters.issuperset(texts[slot]):
            raise CannotStamp(OTHER_GLYPHS)
        if _SPACES.search(texts[slot]):
            texts[slot] = _collapsed(texts[slot])
    with typesetting:
        master, made = _plan(outline, checked, workspace).stamped(texts)
    pages, problems = master.result.pages, master.result.problems
    return Pdf(made.data, pages, problems, typeset="fast", digest=made.digest)


def _collapsed(text: str) -> str:
    """A text with single spaces, as HTML shows it.

    Raises Unfit where it begins or ends with one: that may fall together with its neighbour's.
    """
    text = _SPACES.sub(" ", text)
    if text != text.strip(" "):
        raise CannotStamp(NEEDS_TEXTS)
    return text


class _Plan:
    """The masters of an outline, by the blocks that are paragraphs and by their shapes.

    Which one a letter takes follows from its own texts alone.
    """

    def __init__(self, outline: LetterShape, workspace: Workspace) -> None:
        self._outline, self._workspace = outline, workspace
        self._latest: dict[Forced, object] = {}
        self._files: dict[Path, tuple[float, int]] = {}

    @property
    def is_fresh(self) -> bool:
        """Whether the files that the masters show are still the same."""
        return self._files == _stamps(self._files)

    def stamped(self, texts: Mapping[int, str]) -> tuple[MasterLetter, Assembled]:
        forced: Forced = frozenset()
        shape = self._latest.get(forced)
        for _ in range(_TRIES):
            try:
                master = self._master(forced, shape, texts)
                return master, master.stamped(texts)
            except ShapeChanged as other:
                shape = other.shape
            except Wraps as too_long:
                if too_long.block in forced:
                    raise CannotStamp(NEEDS_TEXTS) from None
                forced |= {too_long.block}
                shape = self._latest.get(forced)
        raise CannotStamp(NEEDS_TEXTS)

    def _master(self, forced: Forced, shape: object, texts: Mapping[int, str]) -> MasterLetter:
        """The master for paragraphs of a shape, or where that is not known, for these texts."""
        known = _masters.get((self, forced, shape))
        if known is None:
            try:
                known = MasterLetter(self._outline, self._workspace, texts, forced)
            except HasOwnParagraph:
                raise
            except CannotStamp as why:
                known = why
            else:
                self._files |= _stamps(filter(self._workspace.contains, known.result.files))
                shape = known.shape
            _masters[self, forced, shape] = known
            if len(_masters) > _MASTERS_AT_MOST:
                _masters.popitem(last=False)
        else:
            _masters.move_to_end((self, forced, shape))
        if isinstance(known, CannotStamp):
            raise CannotStamp(*known.args)
        self._latest[forced] = shape
        return known


_plans: OrderedDict[tuple[LetterShape, Workspace], _Plan] = OrderedDict()
_masters: OrderedDict[tuple[_Plan, Forced, object], MasterLetter | CannotStamp] = OrderedDict()


def forget() -> None:
    """Forget all masters."""
    _plans.clear()
    _masters.clear()


def _plan(outline: LetterShape, checked: CheckedLetter, workspace: Workspace) -> _Plan:
    key = (outline, workspace)
    plan = _plans.get(key)
    if plan is None or not plan.is_fresh:
        if obstacles(checked, workspace):  # of what all have in common: its own letters are known
            raise CannotStamp(HAS_PROBLEMS)
        plan = _plans[key] = _Plan(outline, workspace)
        if len(_plans) > _PLANS_AT_MOST:
            _plans.popitem(last=False)
    else:
        _plans.move_to_end(key)
    return plan


def _stamps(paths: Iterable[Path]) -> dict[Path, tuple[float, int]]:
    found = {}
    for path in paths:
        status = file_status(str(path))
        found[path] = (status.st_mtime, status.st_size) if status else (0.0, 0)
    return found
