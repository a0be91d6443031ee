"""What one rendering of a template has used up, and may use."""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from advocacy.templating.mistakes import Mistake

STEPS_AT_MOST = 1_000_000
"""Parts of a template (words of its syntax tree) that one rendering may go through."""
CHARACTERS_AT_MOST = 2_000_000
"""Characters that one rendering may make, those of values included."""
SECONDS_AT_MOST = 1.5
"""Processor time of one rendering; the other limits nearly always end it long before."""
_STEPS_BETWEEN_CLOCKS = 2000


@dataclass(slots=True)
class Run:
    """One rendering: its language, what it has used up, and the templates that it asked for."""

    language: str
    steps: int = 0
    characters: int = 0
    fetched: dict[str, Any] = field(default_factory=dict)
    _next_clock: int = _STEPS_BETWEEN_CLOCKS
    _ends: float = field(default_factory=lambda: time.thread_time() + SECONDS_AT_MOST)

    def spend(self, steps: int) -> None:
        """Count steps. Raises Mistake when there are too many, or they took too long."""
        self.steps += steps
        if self.steps > self._next_clock:
            self._next_clock = self.steps + _STEPS_BETWEEN_CLOCKS
            if self.steps > STEPS_AT_MOST or time.thread_time() > self._ends:
                raise Mistake(
                    "template-endless",
                    "This template does not come to an end: it repeats its parts too often.",
                    "Look for a loop inside a loop, or a macro that calls itself.",
                )

    def grow(self, characters: int) -> None:
        """Count characters made. Raises Mistake when there are too many."""
        self.characters += characters
        if self.characters > CHARACTERS_AT_MOST:
            raise Mistake(
                "template-too-large",
                f"This template makes more than {CHARACTERS_AT_MOST:,} characters.",
                "Look for a loop that repeats too much, or a text that is added to itself.",
            )


RUN: ContextVar[Run] = ContextVar("RUN")
"""The rendering that is under way in this thread."""
