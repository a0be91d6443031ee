"""Laying out the paper in a process of its own, which is warm when it is needed.

A page that cannot be laid out, or takes too long, ends that process alone; a new one takes over.
"""

import asyncio
import multiprocessing
import signal
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

SECONDS_AT_MOST = 60.0


@dataclass(frozen=True, slots=True)
class LaidOutLetter:
    """A letter ready for the typesetter, with what is to be told of it on the way."""

    html: str
    css: Path
    workspace: Workspace
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PageImages:
    """A PDF, its pages as pictures, and what went wrong."""

    data: bytes
    pages: tuple[PreviewPage, ...]
    problems: tuple[Problem, ...] = ()
    unfit: tuple[LayoutOverflow, ...] = ()


def sheet_of(checked: CheckedLetter, workspace: Workspace) -> LaidOutLetter:
    """The letter's HTML for paper, as `documents.pdf.render_pdf` makes it.

    Raises AdvocacyError with all that stands in its way.
    """
    problems = obstacles(checked, workspace)
    if has_errors(problems):
        raise AdvocacyError(problems)
    css = layout_css(checked.letter.layout, workspace)
    return LaidOutLetter(paper_html(checked, workspace), css, workspace, tuple(problems))


def _begin() -> None:
    """Make ready: what every page needs is read before the first one is asked for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    from advocacy.preview import pages  # noqa: F401


def _lay_out(sheet: LaidOutLetter, width: int, known: frozenset[str]) -> PageImages:
    from advocacy.documents.pdf.render import pdf_from_html
    from advocacy.preview.pages import pages_of

    pdf = pdf_from_html(sheet.html, sheet.workspace, sheet.css)
    return PageImages(pdf.data, pages_of(pdf.data, width, known), pdf.problems, pdf.unfit)


def _answer(
    sheet: LaidOutLetter, width: int, known: frozenset[str]
) -> PageImages | tuple[Problem, ...]:
    try:
        return _lay_out(sheet, width, known)
    except AdvocacyError as error:
        return error.problems


def _nothing() -> None:
    """What is asked first, so that the process begins."""


class PageProcess:
    """The process that lays out. `warm` starts it, `close` ends it."""

    def __init__(self) -> None:
        self._pool = self._new()

    @staticmethod
    def _new() -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, context, initializer=_begin)

    def warm(self) -> None:
        """Start the process without waiting for it."""
        self._pool.submit(_nothing)

    async def lay_out(
        self, sheet: LaidOutLetter, checked: CheckedLetter, width: int, known: frozenset[str]
    ) -> PageImages:
        """The PDF of a letter, and its pages in pictures that many pixels wide.

        Raises AdvocacyError where it cannot be laid out, with everything that is wrong.
        """
        loop, pool = asyncio.get_running_loop(), self._pool
        try:
            answer = await asyncio.wait_for(
                loop.run_in_executor(pool, _answer, sheet, width, known), SECONDS_AT_MOST
            )
        except (BrokenProcessPool, TimeoutError) as error:
            if pool is self._pool:  # nobody else has seen to it
                self.close()
                self._pool = self._new()
            raise AdvocacyError(
                Problem(
                    "page-not-laid-out",
                    "The page could not be laid out: it took too long, or was too much.",
                    "Undo the last change, or make the letter shorter; then it is tried again.",
                )
            ) from error
        if isinstance(answer, tuple):
            raise AdvocacyError(answer)
        if answer.unfit:
            raise AdvocacyError(unfit_problems(answer.unfit, checked.letter))
        return answer

    def close(self) -> None:
        """End the process, whatever it does."""
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
