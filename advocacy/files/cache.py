"""Two ways to keep a result: for one run, or as long as its input stays the same.

* `once_per_run`, `file_status`: inside a `files_held()` block files are taken to stay as they
  are, so each question about them is asked once. A task of a batch is such a block: its letters
  ask for the same few files again and again. Outside a block nothing is kept.
* `by_file`: what was made of a file, until the file changes. `IdentityCache`: what was made of
  values in memory, for those very objects.

Every use says what it saves; without a measurable saving, ask again instead.
"""

import os
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISREG
from typing import Any, Generic, TypeVar

from advocacy.files.held import HeldFiles

T = TypeVar("T")


class _Run(threading.local):
    """What is kept in this thread; None outside a `files_held` block."""

    statuses: dict[str, os.stat_result | None] | None = None
    answers: dict[Any, Any] | None = None
    held: HeldFiles | None = None


_run = _Run()


@contextmanager
def files_held(held: HeldFiles | None = None) -> Iterator[None]:
    """Take files to stay as they are in this block and thread.

    With `held`, they are as they were when these were read, whatever the disk says by now.
    """
    before = _run.statuses, _run.answers, _run.held
    _run.statuses, _run.answers, _run.held = {}, {}, held or _run.held
    try:
        yield
    finally:
        _run.statuses, _run.answers, _run.held = before


def forget_run() -> None:
    """Forget what this thread's run keeps and holds: for a process that was forked within one."""
    _run.statuses = _run.answers = _run.held = None


def held_files() -> HeldFiles | None:
    """The files that this thread's run holds, or None where it reads the disk."""
    return _run.held


def once_per_run(key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, asked once in a `files_held` block; `key` names the question."""
    known = _run.answers
    if known is None:
        return make()
    if key not in known:
        known[key] = make()
    answer: T = known[key]
    return answer


def file_status(path: str) -> os.stat_result | None:
    """What the system says of a file or folder, links followed; None where there is none."""
    known = _run.statuses
    if known is not None and path in known:
        return known[path]
    held = _run.held
    key = held and held.key(path)
    if held and key:
        status: os.stat_result | None = held.statuses[key]
    else:
        try:
            status = os.stat(path)  # noqa: PTH116 - a Path takes longer than the question
        except (OSError, ValueError):
            status = None
        if held and status and S_ISREG(status.st_mode) and held.hides(path):
            status = None
    if known is not None:
        known[path] = status
    return status


def is_file(path: Path) -> bool:
    """Whether there is an ordinary file, links followed; a name that no file can have is none."""
    status = file_status(str(path))
    return status is not None and S_ISREG(status.st_mode)


_by_file: dict[tuple[Hashable, str], tuple[tuple[int, ...], Any]] = {}
_MOST_FILES = 4096


def by_file(path: str, question: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives for a file, kept until the file changes or another takes its place.

    `question` tells apart several things that are made of one file. Nothing is kept of a file
    that does not exist.
    """
    status = file_status(path)
    if status is None:
        return make()
    state = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
    known = _by_file.get((question, path))
    if known is None or known[0] != state:
        if len(_by_file) >= _MOST_FILES:
            _by_file.clear()
        known = _by_file[question, path] = (state, make())
    answer: T = known[1]
    return answer


_most_results = 4096


def keep_fewer_results(most: int) -> None:
    """Keep at most so many results in each `IdentityCache` of this process from now on.

    For a program that makes one letter again and again: of each, large parts would be kept.
    """
    global _most_results
    _most_results = most


class IdentityCache(Generic[T]):
    """Results of work on objects that many letters share, such as facts or the sender.

    The same objects give the same result; equal ones are worked on again, for to hash or to
    compare them takes longer than most of the work. The objects must not change. They are kept
    beside the result, so that their identities stay theirs; of many, the last are kept.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._known: dict[tuple[Hashable, ...], tuple[tuple[object, ...], T]] = {}

    def get(
        self, objects: tuple[object, ...], values: tuple[Hashable, ...], make: Callable[[], T]
    ) -> T:
        """What `make` gave for these objects and values, or gives now.

        `values` are compared by what they say; they are texts, days and other small things.
        """
        key = (*map(id, objects), *values)
        known = self._known.get(key)
        if known is None:
            known = (objects, make())
            if len(self._known) >= min(self._most, _most_results):
                del self._known[next(iter(self._known))]
            self._known[key] = known
        return known[1]
