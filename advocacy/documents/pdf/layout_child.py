"""A child process that lays out pages, with limits of time and memory for each document.

A layout that somebody else wrote can make WeasyPrint take hours or gigabytes, and Pango ends the
process where it gets no memory. The child dies instead, and a new one takes its place.

The child is forked where that is safe, since it then has WeasyPrint loaded, and otherwise started
anew. It ends when this process does, however that ends, because its pipe ends.
"""

import atexit
import os
import pickle
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from advocacy.documents.pdf.pages import Pdf, lay_out
from advocacy.errors import AdvocacyError, Problem, count_noun
from advocacy.files.cache import files_held, forget_run
from advocacy.files.held import HeldFiles
from advocacy.files.workspace import Workspace

SECONDS = 10.0
"""Processor time for one document; a long one gets a second more for each 20,000 characters."""
SECONDS_AT_MOST = 20.0
MEMORY = 800 * 1024 * 1024
"""Bytes that one document may take, beside those of the program."""
_MOST_WAITING = 4  # times the processor time, on a busy machine


@dataclass(frozen=True, slots=True)
class LayoutRequest:
    """A document to lay out, or without `wants_pdf` to try; `finisher` is a module's function."""

    html: str
    workspace: Workspace
    css: Path | None
    compress: bool
    finisher: Callable[[Any, Any], None]
    wants_pdf: bool
    held: HeldFiles | None

    @property
    def seconds(self) -> float:
        """The processor time that the document may take."""
        return min(SECONDS + len(self.html) / 20_000, SECONDS_AT_MOST)


class LayoutFailed(Exception):  # noqa: N818 - it becomes a Problem
    """That a document could not be laid out, with the reason as the end of a sentence."""


class LayoutWaited(LayoutFailed):
    """That there was no answer in time, which may be the fault of a busy machine."""


Answer = Pdf | tuple[Problem, ...] | None


class LayoutChild:
    """The child process of this process; `lay_out` starts it when it is needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipe: Connection | None = None
        self._process: _Forked | subprocess.Popen[bytes] | None = None
        self._owner = 0

    def lay_out(self, request: LayoutRequest) -> Pdf | None:
        """Lay out a document in the child; None where it was only tried.

        Raises AdvocacyError as `pages.lay_out` does, and LayoutFailed where the child dies.
        """
        with self._lock:
            if self._owner != os.getpid():  # forked with this process: it is not ours
                self._pipe = self._process = None
            if self._process is None:
                self._start()
            try:
                answer = self._ask(request)
            except BaseException:
                self.close()
                raise
        if isinstance(answer, tuple):
            raise AdvocacyError(answer)
        return answer

    def _ask(self, request: LayoutRequest) -> Answer:
        pipe, process = self._pipe, self._process
        if pipe is None or process is None:
            raise LayoutFailed("no process could be started")
        try:
            pipe.send_bytes(pickle.dumps(request))
            if not pipe.poll(_MOST_WAITING * request.seconds):
                raise LayoutWaited(_too_slow(request))
            answer: Answer | str = pickle.loads(pipe.recv_bytes())  # noqa: S301 - our own child
        except (EOFError, OSError):
            if process.wait() == -signal.SIGPROF:
                raise LayoutFailed(_too_slow(request)) from None
            raise LayoutFailed(_TOO_LARGE) from None
        if isinstance(answer, str):
            raise LayoutFailed(answer)
        return answer

    def _start(self) -> None:
        ours, theirs = Pipe()
        self._owner = os.getpid()
        # Other threads may hold locks of libraries, which no thread of a fork would release.
        if sys.platform == "linux" and threading.current_thread() is threading.main_thread():
            self._process = _fork(theirs)
        else:
            code = f"from {__name__} import serve; serve({theirs.fileno()})"
            quiet = subprocess.DEVNULL
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-c", code],
                pass_fds=[theirs.fileno()], stdin=quiet, stdout=quiet, stderr=quiet,
            )  # fmt: skip
        theirs.close()
        self._pipe = ours

    def close(self) -> None:
        """End the child, whatever it is doing."""
        pipe, process, self._pipe, self._process = self._pipe, self._process, None, None
        if pipe is not None and process is not None and self._owner == os.getpid():
            pipe.close()
            process.kill()
            process.wait()


class _Forked:
    """A forked process, as `subprocess.Popen` has it."""

    def __init__(self, number: int) -> None:
        self._number, self._status = number, None

    _status: int | None

    def kill(self) -> None:
        if self._status is None:
            os.kill(self._number, signal.SIGKILL)

    def wait(self) -> int:
        """The exit code, or the negative number of the signal that ended it."""
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._number, 0)[1])
        return self._status


def _fork(theirs: Connection) -> _Forked:
    with warnings.catch_warnings():
        # Python 3.12 warns of other threads; those of ours only wait for the end of a process.
        warnings.simplefilter("ignore", DeprecationWarning)
        number = os.fork()
    if number:
        return _Forked(number)
    try:
        number = os.dup2(theirs.fileno(), 3) if theirs.fileno() != 3 else 3
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))  # locks and servers of the parent
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(quiet, stream)
        forget_run()
        serve(number)
    finally:
        os._exit(1)


def serve(number: int) -> None:
    """Answer requests on a pipe until it ends; `number` is that of its file."""
    for number_of_signal in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number_of_signal, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    _limit_memory()
    pipe = Connection(number)
    while True:
        try:
            request: LayoutRequest = pickle.loads(pipe.recv_bytes())  # noqa: S301 - our parent
        except (EOFError, OSError):
            os._exit(0)
        signal.setitimer(signal.ITIMER_PROF, request.seconds)
        answer = _answer(request)
        signal.setitimer(signal.ITIMER_PROF, 0)
        pipe.send_bytes(pickle.dumps(answer))


def _answer(request: LayoutRequest) -> Answer | str:
    try:
        with files_held(request.held):
            pdf = lay_out(
                request.html, request.workspace, request.css,
                compress=request.compress, finisher=request.finisher, inspect=_measure_pages,
            )  # fmt: skip
    except AdvocacyError as error:
        return error.problems
    except LayoutFailed as failed:
        return str(failed)
    except MemoryError:
        return _TOO_LARGE
    except Exception as error:  # noqa: BLE001 - WeasyPrint raises anything at all
        return f"WeasyPrint stops with `{type(error).__name__}`"
    return pdf if request.wants_pdf else None


_TOO_LARGE = "it needs too much memory"
PAPER_AT_MOST = 200 * 8.5 * 11
"""Square inches of all pages of a letter, which are drawn to be read back: 200 US Letter pages."""


def _measure_pages(document: Any) -> None:
    """Refuse pages that nobody could print; WeasyPrint measures them in 96ths of an inch."""
    area = sum(page.width * page.height for page in document.pages) / 96**2
    if area > PAPER_AT_MOST:
        first = document.pages[0]
        raise LayoutFailed(
            f"it makes {count_noun(len(document.pages), 'page')} of "
            f"{first.width / 96:,.0f} × {first.height / 96:,.0f} inches"
        )


def _too_slow(request: LayoutRequest) -> str:
    return f"it takes longer than {request.seconds:.0f} seconds"


def _limit_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        most = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


layout_child = LayoutChild()
"""The one of this process."""
atexit.register(layout_child.close)
