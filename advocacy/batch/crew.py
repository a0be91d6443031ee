"""Who does the work: this process alone, or several beside it.

A crew takes tasks and gives futures, as executors of the standard library do.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from typing import Protocol

from advocacy.batch.worker import Done, Setup, Wanted, make_letters


class Crew(Protocol):
    """Workers for one batch."""

    @property
    def workers(self) -> int:
        """How many work at once."""

    @property
    def deaths(self) -> tuple[type[BaseException], ...]:
        """What a task's future raises whose worker died."""

    def submit(self, wanted: Sequence[Wanted]) -> "Future[Done]":
        """Have some letters made."""

    def renew(self) -> None:
        """Replace workers that have died."""

    def close(self, *, at_once: bool = False) -> None:
        """Let all go; `at_once` without waiting for what they are doing."""


class Alone:
    """Nobody but this process: each task is done when it is submitted."""

    workers = 1
    deaths: tuple[type[BaseException], ...] = ()

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def submit(self, wanted: Sequence[Wanted]) -> "Future[Done]":
        """Make some letters now."""
        future: Future[Done] = Future()
        future.set_result(make_letters(self._setup, wanted))
        return future

    def renew(self) -> None:
        """Nobody has died."""

    def close(self, *, at_once: bool = False) -> None:
        """Nobody is waiting."""


class Processes:
    """Worker processes on this machine, which write the files themselves.

    They are forked from a clean server process: what this process has done so far, with its
    threads and its libraries' state, does not reach them.
    """

    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, setup: Setup, workers: int) -> None:
        self.workers = workers
        self._setup = setup
        self._pool = self._new()

    def submit(self, wanted: Sequence[Wanted]) -> "Future[Done]":
        """Have some letters made by whoever is free."""
        with _interrupts_ignored():
            return self._pool.submit(_make_here, wanted)

    def renew(self) -> None:
        """Start anew: a pool that has lost a process takes no more tasks."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._new()

    def close(self, *, at_once: bool = False) -> None:
        """End the processes."""
        if at_once:
            for process in list((self._pool._processes or {}).values()):
                process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _new(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("forkserver")
        warm = ["advocacy.batch.warm"] if wants_paper(self._setup) else []
        context.set_forkserver_preload([__name__, "advocacy.documents.email.message", *warm])
        return ProcessPoolExecutor(self.workers, context, _begin, (self._setup,))


class _interrupts_ignored:  # noqa: N801 - read as a statement
    """While it lasts, Ctrl-C waits: processes started now inherit that they do not hear it."""

    def __enter__(self) -> None:
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def __exit__(self, *_: object) -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)


def wants_paper(setup: Setup) -> bool:
    """Whether letters of the batch are typeset: as PDFs, or as attachments."""
    job = setup.job
    stages = setup.campaign.file.stages.values()
    attached = "eml" in job.formats and any("pdf" in stage.attach for stage in stages)
    return "pdf" in job.formats or attached or job.beside is not None


_setup: Setup | None = None


def _begin(setup: Setup) -> None:
    """Begin as a worker process."""
    global _setup
    _setup = setup
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C for all
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _make_here(wanted: Sequence[Wanted]) -> Done:
    if _setup is None:
        raise RuntimeError("a worker must begin before it works")
    return make_letters(_setup, wanted)
