"""Lay out letters on paper in a process of its own, which is started before it is needed.

A page that crashes or takes too long ends that process alone; a new one takes its place.
"""

import asyncio
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from advocacy.documents.pdf.fitting import LayoutOverflow, obstacles, unfit_problems
from advocacy.documents.pdf.paper import layout_css, paper_html
from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter
from advocacy.preview.pages import PreviewPage

MOST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class PaperHtml:
    """A letter's HTML and style sheet for paper, and the problems that do not stop it.

    `pictures` are the files whose changes change the page, though its HTML stays the same.
    """

    html: str
    css: Path
    workspace: Workspace
    problems: tuple[Problem, ...] = ()
    pictures: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class PageImages:
    """A PDF, its pages as pictures, its problems, and the passages that do not fit."""

    data: bytes
    pages: tuple[PreviewPage, ...]
    problems: tuple[Problem, ...] = ()
    unfit: tuple[LayoutOverflow, ...] = ()


def prepare_paper(
    checked: CheckedLetter, workspace: Workspace, pictures: Iterable[Path] = ()
) -> PaperHtml:
    """Make the letter's HTML for paper, as `documents.pdf.render_pdf` does.

    Raises AdvocacyError with everything that keeps the letter off paper.
    """
    problems = obstacles(checked.letter, workspace)
    if has_errors(problems):
        raise AdvocacyError(problems)
    css = layout_css(checked.letter.layout, workspace)
    html = paper_html(checked, workspace)
    return PaperHtml(html, css, workspace, tuple(problems), tuple(pictures))


def _end_with_parent(folder: str) -> None:
    """Wait for the end of the server, however it ends; then remove its folder and end too."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def _start_worker(folder: str) -> None:
    """Prepare the process: import what every page needs before the first request."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    from advocacy.preview import pages  # noqa: F401


def _lay_out(
    paper: PaperHtml, width: int, known: frozenset[str]
) -> PageImages | tuple[Problem, ...]:
    """Lay out in the other process; problems are returned, as errors lose them on the way."""
    from advocacy.documents.pdf.render import pdf_from_html
    from advocacy.preview.pages import render_pages

    try:
        pdf = pdf_from_html(paper.html, paper.workspace, paper.css)
    except AdvocacyError as error:
        return error.problems
    return PageImages(pdf.data, render_pages(pdf.data, width, known), pdf.problems, pdf.unfit)


class PageProcess:
    """The process that lays out letters: `warm` starts it, `close` ends it."""

    def __init__(self, folder: Path) -> None:
        """`folder` is the server's own; the process removes it if the server cannot."""
        self._folder = folder
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        folder = (str(self._folder),)
        return ProcessPoolExecutor(1, context, initializer=_start_worker, initargs=folder)

    def warm(self) -> None:
        """Start the process without waiting for it."""
        self._pool.submit(int)  # any call starts it

    async def lay_out(
        self, paper: PaperHtml, checked: CheckedLetter, width: int, known: frozenset[str]
    ) -> PageImages:
        """Lay out a letter, and render its pages `width` pixels wide.

        `known` are the digests of pictures that the caller has. Raises AdvocacyError with
        everything that keeps the letter off paper.
        """
        loop, pool = asyncio.get_running_loop(), self._pool
        try:
            answer = await asyncio.wait_for(
                loop.run_in_executor(pool, _lay_out, paper, width, known), MOST_SECONDS
            )
        except (BrokenProcessPool, TimeoutError) as error:
            if pool is self._pool:  # no other request has replaced it
                self._pool = self._new()
                await asyncio.to_thread(_end, pool)
            raise AdvocacyError(
                Problem(
                    "page-not-laid-out",
                    "The page could not be laid out: it took too long or needed too much memory.",
                    "Undo the last change or shorten the letter. The page then tries again.",
                )
            ) from error
        if isinstance(answer, tuple):
            raise AdvocacyError(answer)
        if answer.unfit:
            raise AdvocacyError(unfit_problems(answer.unfit, checked.letter))
        return answer

    def close(self) -> None:
        """Kill the process, whatever it is doing."""
        _end(self._pool)


def _end(pool: ProcessPoolExecutor) -> None:
    """Kill the processes of a pool, and wait until the pool has noticed.

    Without the wait, the interpreter's exit can wake a pool that is just closing its pipe, and
    prints a traceback (concurrent.futures.process._python_exit).
    """
    processes = list((pool._processes or {}).values())
    for process in processes:
        process.kill()
    pool.shutdown(wait=True, cancel_futures=True)
