"""Fast mass letters: one master is laid out, and each letter's own lines are stamped into it.

docs/stamping.md explains how, and when a letter is laid out in full instead.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path

from advocacy.documents.alphabet import letters_of
from advocacy.documents.obstacles import obstacles
from advocacy.documents.pages import Pdf, typesetting
from advocacy.documents.stamp.assembly import Assembled
from advocacy.documents.stamp.master import Forced, Master
from advocacy.documents.stamp.outline import Outline, outlined
from advocacy.documents.stamp.reasons import (
    HAS_PROBLEMS,
    NEEDS_TEXTS,
    OTHER_GLYPHS,
    Reshaped,
    Unfit,
    Wraps,
)
from advocacy.letter import CheckedLetter
from advocacy.workspace import Workspace, status_of

__all__ = ["Unfit", "stamped"]

_KNOWN_AT_MOST = 64
_PLANS_AT_MOST = 256


def stamped(checked: CheckedLetter, workspace: Workspace) -> Pdf:
    """The letter, stamped into the master of all letters like it.

    Raises Unfit, with the reason, where it must be laid out in full; and AdvocacyError where the
    layout, a picture or the citation style is wrong.
    """
    found = outlined(checked, workspace)
    if found is None:
        raise Unfit(NEEDS_TEXTS)
    outline, texts = found
    letters = letters_of(outline.language)
    if not all(letters.issuperset(texts[slot]) for slot in outline.slots):
        raise Unfit(OTHER_GLYPHS)
    with typesetting:
        master, made = _plan(outline, checked, workspace).stamped(texts)
    pages, problems = master.result.pages, master.result.problems
    return Pdf(made.data, pages, problems, typeset="fast", digest=made.digest)


class _Plan:
    """The masters of an outline, by the blocks that are paragraphs and by their shapes.

    Which one a letter takes follows from its own texts alone.
    """

    def __init__(self, outline: Outline, workspace: Workspace) -> None:
        self._outline, self._workspace = outline, workspace
        self._masters: dict[tuple[Forced, object], Master | Unfit | Wraps] = {}
        self._latest: dict[Forced, Master] = {}
        self._files: dict[Path, tuple[float, int]] = {}

    @property
    def is_fresh(self) -> bool:
        """Whether the files that the masters show are still the same."""
        return self._files == _stamps(self._files)

    def stamped(self, texts: Mapping[int, str]) -> tuple[Master, Assembled]:
        forced: Forced = frozenset()
        shape: object = None
        while True:
            try:
                master = (not shape and self._latest.get(forced)) or self._made(
                    forced, shape, texts
                )
                return master, master.stamped(texts)
            except Reshaped as other:
                shape = other.shape
            except Wraps as too_long:
                if too_long.block in forced:
                    raise Unfit(NEEDS_TEXTS) from None
                forced, shape = forced | {too_long.block}, None

    def _made(self, forced: Forced, shape: object, texts: Mapping[int, str]) -> Master:
        """The master for paragraphs of a shape, which these texts have."""
        known = self._masters.get((forced, shape))
        if known is None:
            if len(self._masters) >= _KNOWN_AT_MOST:
                self._masters.clear()
            try:
                known = Master(self._outline, self._workspace, texts, forced)
            except (Unfit, Wraps) as why:
                known = why
            else:
                inside = filter(self._workspace.contains, known.result.files)
                self._files |= _stamps(inside)
                shape = known.shape
            self._masters[forced, shape] = known
        if not isinstance(known, Master):
            raise type(known)(*known.args)
        self._latest[forced] = known
        return known


_plans: OrderedDict[tuple[Outline, Workspace], _Plan] = OrderedDict()


def _plan(outline: Outline, checked: CheckedLetter, workspace: Workspace) -> _Plan:
    key = (outline, workspace)
    plan = _plans.get(key)
    if plan is None or not plan.is_fresh:
        if obstacles(checked, workspace):  # of what all have in common: its own letters are known
            raise Unfit(HAS_PROBLEMS)
        plan = _plans[key] = _Plan(outline, workspace)
        if len(_plans) > _PLANS_AT_MOST:
            _plans.popitem(last=False)
    else:
        _plans.move_to_end(key)
    return plan


def _stamps(paths: Iterable[Path]) -> dict[Path, tuple[float, int]]:
    found = {}
    for path in paths:
        status = status_of(str(path))
        found[path] = (status.st_mtime, status.st_size) if status else (0.0, 0)
    return found
