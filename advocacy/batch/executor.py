"""Being told how a batch gets on.

Who does the work: this process alone, or several beside it.

A crew takes tasks and gives futures, as executors of the standard library do.

Working off a batch: tasks in hand for every worker, results in the order of the list.

Whatever happens to a worker happens to its task alone: it is given to another, in the end one
letter at a time, so that a letter that ends its worker is found out and told.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import FrameType
from typing import Protocol

from advocacy.batch.worker import LetterOutcome, TaskResult, WantedLetter, WorkerSetup, make_letters
from advocacy.errors import AdvocacyError, Problem


class ProgressWatcher:
    """Told how a batch gets on; this one does nothing with it."""

    def begin(self, title: str, total: Callable[[], int | None]) -> None:
        """Letters are about to be made; `total` counts them, as far as can be known."""

    def step(self) -> None:
        """One more recipient is done with."""

    def interrupted(self) -> None:
        """Ctrl-C was pressed: the letters in hand are being finished."""

    def waiting(self, seconds: float) -> None:
        """Nothing is done for so long, until what was put off may be tried again."""

    def end(self) -> None:
        """No more letters are made."""


class Executor(Protocol):
    """Workers for one batch."""

    @property
    def workers(self) -> int:
        """How many work at once."""

    @property
    def deaths(self) -> tuple[type[BaseException], ...]:
        """What a task's future raises whose worker died."""

    def submit(self, wanted: Sequence[WantedLetter]) -> "Future[TaskResult]":
        """Have some letters made."""

    def renew(self) -> None:
        """Replace workers that have died."""

    def close(self, *, at_once: bool = False) -> None:
        """Let all go; `at_once` without waiting for what they are doing."""


class InProcess:
    """Nobody but this process: each task is done when it is submitted."""

    workers = 1
    deaths: tuple[type[BaseException], ...] = ()

    def __init__(self, setup: WorkerSetup) -> None:
        self._setup = setup

    def submit(self, wanted: Sequence[WantedLetter]) -> "Future[TaskResult]":
        """Make some letters now."""
        future: Future[TaskResult] = Future()
        future.set_result(make_letters(self._setup, wanted))
        return future

    def renew(self) -> None:
        """Nobody has died."""

    def close(self, *, at_once: bool = False) -> None:
        """Nobody is waiting."""


class WorkerProcesses:
    """Worker processes on this machine, which write the files themselves.

    They are forked from a clean server process: what this process has done so far, with its
    threads and its libraries' state, does not reach them.
    """

    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self, setup: WorkerSetup, workers: int) -> None:
        self.workers = workers
        self._setup = setup
        self._pool = self._new()

    def submit(self, wanted: Sequence[WantedLetter]) -> "Future[TaskResult]":
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


def wants_paper(setup: WorkerSetup) -> bool:
    """Whether letters of the batch are typeset: as PDFs, or as attachments."""
    job = setup.job
    stages = setup.campaign.file.stages.values()
    attached = "eml" in job.formats and any("pdf" in stage.attach for stage in stages)
    return "pdf" in job.formats or attached or job.beside is not None


_setup: WorkerSetup | None = None


def _begin(setup: WorkerSetup) -> None:
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


def _make_here(wanted: Sequence[WantedLetter]) -> TaskResult:
    if _setup is None:
        raise RuntimeError("a worker must begin before it works")
    return make_letters(_setup, wanted)


TASK_SECONDS = 0.4
"""How long a task shall take: long enough to be worth sending, short enough to wait for."""
LARGEST_TASK = 200
TRIES = 2
"""How often a task may lose its worker before its letters are made one by one."""


@dataclass(slots=True, eq=False)
class _Task:
    wanted: list[WantedLetter]
    future: "Future[TaskResult] | None"
    deaths: int = 0


@dataclass(slots=True)
class Interrupt:
    """Whether Ctrl-C was pressed."""

    asked: bool = False

    def __bool__(self) -> bool:
        return self.asked


@contextmanager
def interruptible(told: Callable[[], None]) -> Iterator[Interrupt]:
    """While it lasts, the first Ctrl-C asks to stop, and the second stops at once.

    `told` is called at the first, in whatever the main thread is doing. In another thread
    nothing changes.
    """
    interrupt = Interrupt()
    if threading.current_thread() is not threading.main_thread():
        yield interrupt
        return
    before = signal.getsignal(signal.SIGINT)

    def hear(_number: int, _frame: FrameType | None) -> None:
        interrupt.asked = True
        signal.signal(signal.SIGINT, before)
        told()

    if before is not signal.default_int_handler:  # somebody else's, or none: it stays
        yield interrupt
        return
    signal.signal(signal.SIGINT, hear)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)


def work_off(
    wanted: Iterator[WantedLetter], crew: Executor, stop: Callable[[], bool], first: int = 1
) -> Iterator[LetterOutcome]:
    """The outcome of each letter, in the order of the list.

    Once `stop` says so no more tasks are begun, and those in hand are finished. `first` is the
    size of the first tasks; how long they take gives that of the others.
    """
    size = first
    tasks: deque[_Task] = deque()
    while True:
        if stop():
            _cancel(tasks)
        elif all(task.future is not None for task in tasks):
            while len(tasks) < 2 * crew.workers and (some := list(islice(wanted, size))):
                tasks.append(_Task(some, crew.submit(some)))
        if not tasks:
            return
        task = tasks.popleft()
        if task.future is None:
            yield from _one_by_one(task.wanted, crew)
            continue
        try:
            done = task.future.result()
        except crew.deaths:
            tasks.appendleft(task)
            _after_death(tasks, crew)
            continue
        except CancelledError:  # not by us: what was cancelled is not in the queue
            raise AdvocacyError(_lost()) from None
        yield from done.outcomes
        size = _next_size(size, len(task.wanted), done.seconds)


def _cancel(tasks: "deque[_Task]") -> None:
    """Keep of the tasks those alone that somebody is working on."""
    for task in list(tasks):
        if task.future is None or task.future.cancel():
            tasks.remove(task)


def _after_death(tasks: Iterable[_Task], crew: Executor) -> None:
    """Give the tasks whose workers died to others, or mark them to be done one by one."""
    crew.renew()
    lost = [task for task in tasks if task.future is not None and _died(task.future, crew)]
    for task in lost:
        task.deaths += 1
    if all(task.deaths < TRIES for task in lost):
        for task in lost:
            task.future = crew.submit(task.wanted)
    else:
        for task in lost:
            task.future = None


def _died(future: "Future[TaskResult]", crew: Executor) -> bool:
    return future.done() and not future.cancelled() and isinstance(future.exception(), crew.deaths)


def _one_by_one(wanted: Iterable[WantedLetter], crew: Executor) -> Iterator[LetterOutcome]:
    """Each letter a task of its own, with nothing else going on: a death has one cause."""
    for one in wanted:
        for attempt in range(1, TRIES + 1):
            try:
                done = crew.submit([one]).result()
            except crew.deaths:
                crew.renew()
                if attempt == TRIES:
                    yield _deadly(one)
            else:
                yield from done.outcomes
                break


def _deadly(wanted: WantedLetter) -> LetterOutcome:
    recipient = wanted.recipient
    problem = Problem(
        "worker-died",
        f"The letter to {recipient.called} ended the process that made it, twice.",
        "Most likely it needs more memory than there is: look for a huge value or picture, or "
        "render it alone: `--only " + wanted.letter_id + " --workers 1`.",
        recipient.place(),
    )
    return LetterOutcome(wanted.letter_id, refused=True, problems=(problem,))


def _next_size(size: int, done: int, seconds: float) -> int:
    """The size of task that would have taken the right time, not far from the last one."""
    if not seconds:
        return size
    right = int(done * TASK_SECONDS / seconds)
    return max(1, min(right, 2 * size, LARGEST_TASK))


def _lost() -> Problem:
    """That the scheduler is gone while a batch was at work."""
    return Problem(
        "cluster-lost",
        "The cluster was lost; what it had made is kept.",
        "Run the same command again when it is back: it goes on where it stopped.",
    )
