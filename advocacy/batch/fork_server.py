"""The process from which workers are forked: it imports what they need once, for all of them.

That takes it as long as the program needs to start itself. So who is going to need workers starts
it early, even before the program has imported what else it needs: this module imports nothing but
Python's own, and what tells that a library is missing.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from pathlib import Path

from advocacy.installation import missing_system_libraries

FEW_ON_PAPER, FEW_ON_SCREEN = 32, 2000
"""Up to this many letters are made faster in this process than by starting others."""
FEW_TO_MAIL = 300
"""The same of messages: the server waits for none of the processes that start."""
_LONG_FILE = 20_000
"""Bytes of a list that probably names more people than that."""
_PAPER = "advocacy.documents.pdf.render"
_ALL = "advocacy.batch.preloaded"


def start_before_loading(campaign: Path, recipients: Path | None, *, attach: bool | None) -> None:
    """Start the server for a mailing of which only the command's arguments are known.

    Only where a list looks long, and where certainly nothing is typeset: else it starts when the
    campaign is loaded, for the server must have imported all that workers share before it forks.
    """
    try:
        is_long = recipients is not None and recipients.stat().st_size > _LONG_FILE
        may_attach = attach is not False and b"attach" in campaign.read_bytes()
    except OSError:  # told when they are read
        return
    if is_long and not may_attach and cores() > 1:
        start_fork_server(wants_paper=False)


def start_fork_server(*, wants_paper: bool) -> None:
    """Start the process from which workers are forked, if it does not run yet."""
    is_missing = any(library.required for library in missing_system_libraries())
    paper = [_PAPER] if wants_paper and not is_missing else []  # the letters' problems tell what is
    multiprocessing.get_context("forkserver").set_forkserver_preload([*paper, _ALL])
    # Where it has to start this one, it would unblock Ctrl-C on the way.
    resource_tracker.ensure_running()
    with interrupts_blocked():
        forkserver.ensure_running()


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Block Ctrl-C and SIGHUP; processes started meanwhile inherit the block."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def is_many(letters: int, few: int = FEW_ON_SCREEN, *, wants_paper: bool) -> bool:
    """Whether so many letters are made faster by several processes than by this one alone."""
    return letters > (FEW_ON_PAPER if wants_paper else few) and cores() > 1


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
