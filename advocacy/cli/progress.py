"""The progress bar of a batch: on a terminal, and only where there is something to wait for."""

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from advocacy.batch.executor import ProgressWatcher
from advocacy.cli.printing import terminal
from advocacy.cli.report import is_dumb_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 1.0
"""Seconds without output before a progress line is shown."""
EVERY = 0.1


class ProgressBar(ProgressWatcher):
    """Shows how many letters are done, how quickly, and how long it will take."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._title = ""
        self._total: Callable[[], int | None] | None = None
        self._count = 0
        self._begun = self._shown = 0.0

    def begin(self, title: str, total: Callable[[], int | None]) -> None:
        """Letters are about to be made."""
        self._title, self._total = title, total
        self._count, self._begun = 0, time.monotonic()

    def step(self) -> None:
        """One more recipient is done with."""
        self._count += 1
        now = time.monotonic()
        if now - self._shown < EVERY or now - self._begun < PATIENCE:
            return
        self._shown = now
        if self._progress is None:
            self._show()
        if self._progress is not None and self._task is not None:
            self._progress.update(
                self._task,
                completed=self._count,
                rate=f"{self._count / (now - self._begun):,.0f}/s",
            )

    def interrupted(self) -> None:
        """Ctrl-C was pressed: the letters in hand are being finished."""
        click.echo(
            "\nFinishing the letters in progress. Press Ctrl-C again to stop immediately.", err=True
        )

    def waiting(self, seconds: float) -> None:
        """Nothing is done for so long, until what was put off may be tried again."""
        if seconds >= PATIENCE:
            shown = f"{seconds:.0f} seconds" if seconds < 90 else f"{seconds / 60:.0f} minutes"
            click.echo(
                f"Waiting {shown} to retry deferred messages. Press Ctrl-C to leave them for the "
                f"next run.",
                err=True,
            )

    def ledger_lost(self) -> None:
        """The ledger is out of reach, and is tried again for a while."""
        click.echo(
            "The ledger cannot be reached. Trying again for a minute; no letter is sent meanwhile. "
            "Press Ctrl-C to stop now.",
            err=True,
        )

    def end(self) -> None:
        """No more letters are made."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(file=terminal(sys.stderr)),
            transient=True,
        )
        self._task = self._progress.add_task(
            self._title, total=self._total() if self._total else None, rate=""
        )
        self._progress.start()


def watcher(quiet: bool) -> ProgressWatcher:
    """A progress bar on a terminal that can redraw a line; otherwise only notes, or nothing."""
    if quiet:
        return _Silent()
    return ProgressBar() if sys.stderr.isatty() and not is_dumb_terminal() else _Brief()


class _Silent(ProgressWatcher):
    interrupted = ProgressBar.interrupted


class _Brief(_Silent):
    waiting = ProgressBar.waiting
    ledger_lost = ProgressBar.ledger_lost
