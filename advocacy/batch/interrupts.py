"""How a command is ended: by Ctrl-C, a request (SIGTERM), or a terminal that is closed (SIGHUP).

Each does the same. Where nothing is under way the command ends at once. Where letters are made or
messages sent, those that were begun are finished first.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

_REQUESTS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_as_ctrl_c_does() -> Iterator[None]:
    """Let a request to end and a closed terminal raise KeyboardInterrupt.

    Nothing changes for a signal that is ignored, as under nohup(1), or that the program handles.
    """
    is_main = threading.current_thread() is threading.main_thread()
    ours = [one for one in _REQUESTS if is_main and signal.getsignal(one) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _frame: FrameType | None) -> None:
    _forget_second(number)
    raise KeyboardInterrupt


def _forget_second(number: int) -> None:
    """A closed terminal may tell twice, which is no second request."""
    if number == signal.SIGHUP:
        signal.signal(number, signal.SIG_IGN)


@dataclass(slots=True)
class Interrupt:
    """Whether Ctrl-C was pressed."""

    asked: bool = False

    def __bool__(self) -> bool:
        return self.asked


@contextmanager
def interruptible(on_interrupt: Callable[[], None]) -> Iterator[Interrupt]:
    """Make the first Ctrl-C ask to stop; the second stops at once.

    So does a request to end, and a closed terminal. `on_interrupt` is called at the first, in
    whatever the main thread is doing. In another thread, or where the program handles Ctrl-C
    itself, nothing changes; nor for a signal that it ignores, as SIGHUP under nohup(1), or Ctrl-C
    in what a script runs in the background.
    """
    interrupt = Interrupt()
    is_main = threading.current_thread() is threading.main_thread()
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, *_REQUESTS)}
    is_ours = handlers[signal.SIGINT] in (signal.default_int_handler, signal.SIG_IGN)
    if not is_main or not is_ours:
        yield interrupt
        return
    usual = (signal.default_int_handler, signal.SIG_DFL, _end)
    before = {number: handler for number, handler in handlers.items() if handler in usual}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(number: int, _frame: FrameType | None) -> None:
        interrupt.asked = True
        restore()
        _forget_second(number)
        with suppress(OSError):  # the terminal may be gone
            on_interrupt()

    for number in before:
        signal.signal(number, ask)
    try:
        yield interrupt
    finally:
        restore()
