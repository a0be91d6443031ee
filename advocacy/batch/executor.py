"""Run a batch: hand tasks to workers, and yield the outcomes in the order of the list.

From top to bottom: the callbacks of progress; the worker processes of this machine (a cluster
stands in its own module); how an executor is chosen; and the loop that keeps every worker busy. A
worker that crashes costs its task alone, which another one gets. A letter that crashes its worker
is found in the end, by making the letters of its task one by one.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from multiprocessing.queues import SimpleQueue
from typing import Any, cast

from advocacy.batch.documents import BatchSettings
from advocacy.batch.fork_server import (
    FEW_ON_PAPER,
    FEW_ON_SCREEN,
    cores,
    interrupts_blocked,
    is_many,
    start_fork_server,
)
from advocacy.batch.worker import Executor, LetterOutcome, TaskResult, WantedLetter, make_task
from advocacy.errors import AdvocacyError, Problem


class ProgressWatcher:
    """Callbacks of a batch's progress; these do nothing."""

    def begin(self, title: str, total: Callable[[], int | None]) -> None:
        """Letters are about to be made; `total` returns at most how many, None if unknown."""

    def step(self) -> None:
        """One more letter is done."""

    def interrupted(self) -> None:
        """Ctrl-C was pressed: the letters that were begun are being finished."""

    def waiting(self, seconds: float) -> None:
        """Nothing happens for so many seconds, until deferred messages may be tried again."""

    def ledger_lost(self) -> None:
        """The ledger is out of reach, and is tried again for a while. Called from any thread."""

    def end(self) -> None:
        """No more letters are made."""


class WorkerProcesses(Executor):
    """Worker processes on this machine, which write the files themselves.

    They are forked from a clean server process: neither this process's threads nor the state of
    its libraries reach them.
    """

    crash_errors = (BrokenExecutor,)

    def __init__(self, settings: BatchSettings, workers: int) -> None:
        super().__init__(settings, workers)
        self._pool = self._start()

    def submit(self, wanted: Sequence[WantedLetter]) -> "Future[TaskResult]":
        """Start a task in the first free worker.

        Where a worker has died since the last task, or cannot be started, the future tells, as for
        tasks under way.
        """
        try:
            with interrupts_blocked():
                return self._pool.submit(_make_task_in_worker, wanted)
        except (BrokenExecutor, OSError, EOFError) as error:
            lost: Future[TaskResult] = Future()
            lost.set_exception(BrokenExecutor(*error.args))
            return lost

    def replace_workers(self) -> None:
        """Start a new pool: one that has lost a process takes no more tasks."""
        _end_pool(self._pool, _CHECK_SECONDS)
        self._pool = self._start()

    def close(self, *, at_once: bool = False) -> None:
        """End the processes; `at_once` without their tasks, unless these end within a second."""
        _end_pool(self._pool, _CHECK_SECONDS if at_once else _LONGEST_END)

    def _start(self) -> ProcessPoolExecutor:
        start_fork_server(wants_paper=self._settings.wants_paper)
        context = multiprocessing.get_context("forkserver")
        pool = ProcessPoolExecutor(self._workers, context, _start_worker, (self._settings,))
        threading.Thread(target=_free_when_stuck, args=(pool,), daemon=True).start()
        return pool


_CHECK_SECONDS, _LONGEST_END = 1.0, 30.0


def _end_pool(pool: ProcessPoolExecutor, patience: float) -> None:
    """Let tasks under way end, and drop the others; after so many seconds drop those too."""
    reader = cast("threading.Thread | None", pool._executor_manager_thread)
    free = partial(_free, pool, list((pool._processes or {}).values()), pool._result_queue)
    pool.shutdown(wait=False, cancel_futures=True)
    if reader is not None:
        reader.join(patience)
        if reader.is_alive():
            free()
            reader.join()


def _free_when_stuck(pool: ProcessPoolExecutor) -> None:
    """Free a pool that does not notice that it has lost a worker, until it is shut down."""
    was_lost = False
    while not (pool._shutdown_thread or pool._broken):
        time.sleep(_CHECK_SECONDS)
        workers, results = list((pool._processes or {}).values()), pool._result_queue
        is_lost = bool(workers and connection.wait([one.sentinel for one in workers], 0))
        if is_lost and was_lost and not (pool._shutdown_thread or pool._broken):
            _free(pool, workers, results)
        was_lost = is_lost


def _free(
    pool: ProcessPoolExecutor, workers: Iterable[BaseProcess], results: "SimpleQueue[Any]"
) -> None:
    """End a pool whose worker was killed while it handed over a result.

    The thread that reads the result would wait for the rest forever, since this process has a
    writing end of the pipe, too. Without it, the thread finds the pool broken, and says so to all
    whose tasks were not cancelled.
    """
    for worker in workers:
        worker.kill()
    for number, task in list(pool._pending_work_items.items()):
        if task.future.cancelled():
            pool._pending_work_items.pop(number, None)
    results._writer.close()  # type: ignore[attr-defined]


_settings: BatchSettings | None = None


def _start_worker(settings: BatchSettings) -> None:
    """Prepare this process to work; runs once in each worker process."""
    global _settings
    _settings = settings
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the parent handles them for all
    if settings.verdicts:
        from advocacy.checks.gate import gate_of

        gate_of(settings.campaign).learn(settings.verdicts)
    threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _make_task_in_worker(wanted: Sequence[WantedLetter]) -> TaskResult:
    if _settings is None:
        raise RuntimeError("a worker must be started before it gets tasks")
    return make_task(_settings, wanted)


def choose_executor(
    settings: BatchSettings,
    wanted: Iterator[WantedLetter],
    *,
    workers: int | None = None,
    cluster: str | None = None,
    few: int = FEW_ON_SCREEN,
) -> tuple[Executor, Iterator[WantedLetter]]:
    """Choose what makes the letters; returns it with the letters.

    `cluster` is the address of a Dask scheduler, `workers` a number of processes. Without either,
    this process makes a `few` letters alone (or 32 that are typeset), else one process for each
    core does. Raises AdvocacyError where the cluster cannot be reached.
    """
    if cluster is not None:
        from advocacy.batch.cluster import Cluster

        return Cluster(settings, cluster), wanted
    if workers is None:
        on_paper = settings.wants_paper
        first = list(islice(wanted, (FEW_ON_PAPER if on_paper else few) + 1))
        wanted = chain(first, wanted)
        workers = cores() if is_many(len(first), few, wants_paper=on_paper) else 1
    return (WorkerProcesses(settings, workers) if workers > 1 else Executor(settings)), wanted


TASK_SECONDS = 0.4
"""How long a task should take: long enough to be worth sending, short enough to wait for."""
LARGEST_TASK = 100
TASK_BYTES = 2_000_000
"""How many bytes of documents a task should bring back: several tasks are held at a time."""
MOST_AHEAD = 2000
"""Letters of a list that are read while the first ones are made."""
TRIES = 2
"""How often a task may lose its worker before its letters are made one by one."""


@dataclass(slots=True, eq=False)
class _SubmittedTask:
    wanted: list[WantedLetter]
    future: "Future[TaskResult] | None"  # None once its letters are to be made one by one
    crashes: int = 0


def run_batch(
    settings: BatchSettings,
    wanted: Iterator[WantedLetter],
    stop: Callable[[], bool],
    watcher: ProgressWatcher,
    total: Callable[[], int | None],
    *,
    workers: int | None = None,
    cluster: str | None = None,
) -> Generator[LetterOutcome]:
    """Make letters, and yield the outcome of each in the order of the list.

    `total` returns how many letters there will be at most, for the `watcher`. Once `stop` returns
    true no more tasks are begun, and those begun are finished. A caller that leaves early closes
    the iterator, which ends the workers at once.
    """
    watcher.begin(settings.campaign.file.id, total)
    try:
        executor, wanted = choose_executor(settings, wanted, workers=workers, cluster=cluster)
        is_done = False
        try:
            for outcome in work_off(wanted, executor, stop, 1 if settings.wants_paper else 20):
                yield outcome
                watcher.step()
            is_done = True
        finally:
            executor.close(at_once=not is_done)
    finally:
        watcher.end()


def work_off(
    wanted: Iterator[WantedLetter],
    executor: Executor,
    stop: Callable[[], bool],
    first: int = 1,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[LetterOutcome]:
    """Keep an executor's workers busy; yields the outcome of each letter in the list's order.

    `first` is the number of letters in the first tasks; how long those take decides the size of
    the others. `meanwhile` is called once, while the workers are at the first tasks.
    """
    size = first
    tasks: deque[_SubmittedTask] = deque()
    is_first = True
    while True:
        if stop():
            _cancel_waiting(tasks)
        elif all(task.future is not None for task in tasks):
            while len(tasks) < 2 * executor.workers and (some := list(islice(wanted, size))):
                tasks.append(_SubmittedTask(some, executor.submit(some)))
        if is_first:
            is_first = False
            meanwhile()
            wanted = _read_ahead(wanted, tasks)
        if not tasks:
            return
        task = tasks.popleft()
        if task.future is None:
            yield from _make_one_by_one(task.wanted, executor)
            continue
        try:
            outcomes, seconds = task.future.result()
        except executor.crash_errors:
            tasks.appendleft(task)
            _resubmit_lost(tasks, executor)
            continue
        except CancelledError:  # not by us: what was cancelled is not in the queue
            raise AdvocacyError(
                Problem(
                    "cluster-lost",
                    "The connection to the cluster was lost. The finished letters are kept.",
                    "When the cluster is available again, run the same command to continue.",
                )
            ) from None
        carried = sum(len(made) for one in outcomes for made in one.documents.values())
        size = _next_size(size, len(task.wanted), seconds, carried)
        yield from _hand_over(outcomes)


def _hand_over(outcomes: list[LetterOutcome]) -> Iterator[LetterOutcome]:
    """Yield outcomes and keep none, so that documents are freed as soon as they are used."""
    outcomes.reverse()
    while outcomes:
        yield outcomes.pop()


def _read_ahead(
    wanted: Iterator[WantedLetter], tasks: "deque[_SubmittedTask]"
) -> Iterator[WantedLetter]:
    """Read on in the list until the first letters are made; returns the letters, whole.

    This process has nothing else to do then, and once they come it has.
    """
    read: list[WantedLetter] = []
    future = tasks[0].future if tasks else None
    while future is not None and not future.done() and len(read) < MOST_AHEAD:
        if not (some := list(islice(wanted, 10))):
            break
        read += some
    return chain(read, wanted)


def _cancel_waiting(tasks: "deque[_SubmittedTask]") -> None:
    """Keep only the tasks that a worker has begun."""
    for task in list(tasks):
        if task.future is None or task.future.cancel():
            tasks.remove(task)


def _resubmit_lost(tasks: Iterable[_SubmittedTask], executor: Executor) -> None:
    """Submit the tasks whose workers crashed again, or mark them to be made one by one."""
    executor.replace_workers()
    lost = [task for task in tasks if task.future is not None and _crashed(task.future, executor)]
    for task in lost:
        task.crashes += 1
    may_retry = all(task.crashes < TRIES for task in lost)
    for task in lost:
        task.future = executor.submit(task.wanted) if may_retry else None


def _crashed(future: "Future[TaskResult]", executor: Executor) -> bool:
    """Whether a task was lost with its worker, or cancelled when the others were replaced."""
    if future.cancelled():
        return True
    return future.done() and isinstance(future.exception(), executor.crash_errors)


def _make_one_by_one(wanted: Iterable[WantedLetter], executor: Executor) -> Iterator[LetterOutcome]:
    """Make each letter a task of its own, with nothing else running: a crash has one cause."""
    for one in wanted:
        recipient = one.recipient
        for attempt in range(1, TRIES + 1):
            try:
                outcomes, _ = executor.submit([one]).result()
            except executor.crash_errors:
                executor.replace_workers()
                if attempt == TRIES:
                    problem = Problem(
                        "worker-died",
                        f"The process that was making the letter to {recipient.called} crashed "
                        f"twice.",
                        "It probably ran out of memory. Look for a very large value or picture, "
                        f"or render the letter alone: `--only {one.letter_id} --workers 1`.",
                        recipient.place(),
                    )
                    yield LetterOutcome(one.letter_id, refused=True, problems=[problem])
            else:
                yield from outcomes
                break


def _next_size(size: int, done: int, seconds: float, carried: int = 0) -> int:
    """The size of a task that would take the right time, at most twice the last one.

    The last task made `done` letters in `seconds`, and brought back `carried` bytes of documents.
    """
    if not seconds:
        return size
    right = int(done * TASK_SECONDS / seconds)
    light = done * TASK_BYTES // carried if carried else LARGEST_TASK
    return max(1, min(right, light, 2 * size, LARGEST_TASK))
