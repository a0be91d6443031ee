"""One run of a template: what it has used up and may use, and the mistakes that end it."""

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, nodes

_KINDS = {"str": "a text", "Markup": "a text", "int": "a number", "float": "a number"} | {
    "Count": "a number", "list": "a list", "tuple": "a list", "NoneType": "nothing",
    "date": "a date", "dict": "a group", "bool": "a yes or no",
}  # fmt: skip


class TemplateMistake(Exception):  # noqa: N818 - it becomes a Problem
    """A user's mistake in a template: becomes a Problem at the template's line."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


class ValueMistake(TemplateMistake):
    """A mistake about a value: there is none, or it is not of the kind that is needed."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__("template-value", message, hint)


def in_plain_words(error: Exception) -> TemplateMistake:
    """What an error of Python or Jinja means to the writer of the template."""
    if isinstance(error, RecursionError | MemoryError):
        return TemplateMistake(
            "template-endless",
            "This template does not end, because a part of it includes or calls itself.",
            "Remove the `include` or the call from that part.",
        )
    text = str(error)
    hint = "Check the names and the brackets in this line."
    if found := re.search(r"not supported between instances of '([\w.]+)' and '([\w.]+)'", text):
        names = (kind.rpartition(".")[2] for kind in found.groups())
        kinds = " and ".join(_KINDS.get(name, "a value") for name in names)
        return ValueMistake(f"These cannot be compared: {kinds}.", hint)
    of_macro = "Its `{% macro %}` shows which values it takes."
    if found := re.search(r"macro '(\w+)' takes not more than \d+ argument", text):
        message = f"There are too many values in the parentheses of `{found[1]}`."
        return ValueMistake(message, of_macro)
    if found := re.search(r"macro '(\w+)' takes no keyword argument '(\w+)'", text):
        return ValueMistake(f"`{found[1]}` takes no value named `{found[2]}`.", of_macro)
    if found := re.search(r"_(\w+)\(\) .*(argument|positional)", text):
        message = f"The values in the parentheses of `{found[1]}` are not valid."
        return ValueMistake(message, hint)
    return ValueMistake("This command cannot be run.", hint)


STEPS_AT_MOST = 1_000_000
"""Template nodes that one rendering may evaluate."""
CHARACTERS_AT_MOST = 2_000_000
"""Characters that one rendering may produce, including those of values."""
SECONDS_AT_MOST = 1.5
"""Processor time of one rendering; the other limits usually stop it much earlier."""
_STEPS_BETWEEN_CLOCKS = 500
CHARACTERS_A_STEP = 100
"""Characters that cost one step to read or to write."""


@dataclass(slots=True)
class TemplateRun:
    """One rendering: its language, what it has used up, and the templates that it asked for."""

    language: str
    steps: int = 0
    characters: int = 0
    fetched: dict[str, Any] = field(default_factory=dict)
    _next_clock: int = _STEPS_BETWEEN_CLOCKS
    _ends: float = field(default_factory=lambda: time.thread_time() + SECONDS_AT_MOST)

    def spend(self, steps: int) -> None:
        """Count steps. Raises TemplateMistake when there are too many, or they took too long."""
        self.steps += steps
        if self.steps > self._next_clock:
            self._next_clock = self.steps + _STEPS_BETWEEN_CLOCKS
            if self.steps > STEPS_AT_MOST or time.thread_time() > self._ends:
                raise TemplateMistake(
                    "template-endless",
                    "This template does not end, because it repeats its parts too often.",
                    "Look for a loop inside a loop, or a macro that calls itself.",
                )

    def read(self, characters: int) -> None:
        """Count characters that a filter goes through, as steps."""
        self.spend(characters // CHARACTERS_A_STEP)

    def grow(self, characters: int) -> None:
        """Count characters made. Raises TemplateMistake when there are too many."""
        self.characters += characters
        if self.characters > CHARACTERS_AT_MOST:
            raise TemplateMistake(
                "template-too-large",
                f"This template produces more than {CHARACTERS_AT_MOST:,} characters.",
                "Look for a loop that repeats too often, or text that is appended to itself.",
            )
        self.read(characters)


class TemplateWatch(ABC):
    """Looks on while templates are compiled and run (see `advocacy.checks.branches.watch`)."""

    @abstractmethod
    def parse(self, environment: Environment, source: str, path: Path) -> nodes.Template:
        """Parse a template."""

    @abstractmethod
    def build_in(self, tree: nodes.Template, path: Path) -> None:
        """Put calls of the filter `SEEN` into a parsed template, with numbers of places."""

    @abstractmethod
    def see(self, value: Any, number: int) -> Any:
        """Note that a place runs; the value passes as it is."""


SEEN = "(seen)"  # no name that a template could write
WATCH: ContextVar[TemplateWatch | None] = ContextVar("WATCH", default=None)
"""The monitor of the templates of this thread."""
WatchT = TypeVar("WatchT", bound=TemplateWatch)


@contextmanager
def watching(watch: WatchT) -> Iterator[WatchT]:
    """While it lasts, letters and layouts rendered in this thread are watched."""
    token = WATCH.set(watch)
    try:
        yield watch
    finally:
        WATCH.reset(token)


RUN: ContextVar[TemplateRun] = ContextVar("RUN")
"""The rendering in progress in this thread."""
