"""Fast mass letters: one master is laid out, and each letter's own lines are stamped into it.

docs/stamping.md explains how, and when a letter is laid out in full instead.
"""

import os
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path

from advocacy.documents.alphabet import letters_of
from advocacy.documents.obstacles import obstacles
from advocacy.documents.pages import Pdf, typesetting
from advocacy.documents.stamp.master import OTHER_GLYPHS, UNKNOWN_LINES, Master, Unfit
from advocacy.documents.stamp.outline import Outline, outlined
from advocacy.letter import CheckedLetter
from advocacy.workspace import Workspace

__all__ = ["Unfit", "stamped"]

HAS_PROBLEMS = "problems that concern all letters like it"
_MASTERS_AT_MOST = 64
_masters: OrderedDict[tuple[Outline, Workspace], tuple[Master | str, "_Files"]] = OrderedDict()
_Files = tuple[tuple[Path, float, int], ...]


def stamped(checked: CheckedLetter, workspace: Workspace) -> Pdf:
    """The letter, stamped into the master of all letters like it.

    Raises Unfit, with the reason, where it must be laid out in full; and AdvocacyError where the
    layout, a picture or the citation style is wrong.
    """
    found = outlined(checked, workspace)
    if found is None:
        raise Unfit(UNKNOWN_LINES)
    outline, texts = found
    letters = letters_of(outline.language)
    if not all(letters.issuperset(texts[slot]) for slot in outline.slots):
        raise Unfit(OTHER_GLYPHS)
    with typesetting:
        master = _master(outline, checked, workspace)
        made = master.stamped(texts)
    return Pdf(
        made.data,
        master.result.pages,
        master.result.problems,
        files=master.result.files,
        typeset="fast",
        digest=made.digest,
    )


def _master(outline: Outline, checked: CheckedLetter, workspace: Workspace) -> Master:
    """The master of an outline, kept as long as the files that it shows are the same."""
    key = (outline, workspace)
    known = _masters.get(key)
    if known is None or known[1] != _stamps(path for path, _, _ in known[1]):
        if obstacles(checked, workspace):  # of what all have in common: its own letters are known
            raise Unfit(HAS_PROBLEMS)
        known = _masters[key] = _made(outline, workspace)
        if len(_masters) > _MASTERS_AT_MOST:
            _masters.popitem(last=False)
    else:
        _masters.move_to_end(key)
    master = known[0]
    if isinstance(master, str):
        raise Unfit(master)
    return master


def _made(outline: Outline, workspace: Workspace) -> tuple[Master | str, _Files]:
    try:
        master = Master(outline, workspace)
    except Unfit as why:
        return str(why), ()
    return master, _stamps(path for path in master.result.files if workspace.contains(path))


def _stamps(paths: Iterable[Path]) -> _Files:
    found = []
    for path in paths:
        status = os.stat(path)  # noqa: PTH116 - asked for every letter
        found.append((path, status.st_mtime, status.st_size))
    return tuple(found)
