"""One quantity of a text, and a word as text2num reads it."""

from dataclasses import dataclass
from typing import Literal

Bound = Literal["", "max", "min", "over", "under", "about", "exactly"]
Kind = Literal["count", "share", "multiple", "change"]

AHEAD, BEHIND = 40, 48
"""So many characters after and before a number are looked at for its unit and bound."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity as a text has it, at `start` to `end`; `low` and `high` differ for ranges.

    `unit` is `percent`, `points`, a currency sign, a kind of measure (`time`, with the value in
    seconds), or nothing for what is counted by a noun. `noun` is the stem of what is counted.
    """

    words: str
    low: float
    high: float
    unit: str
    noun: str
    bound: Bound
    kind: Kind
    start: int
    end: int

    @property
    def value(self) -> float:
        """The number, or the middle of the range."""
        return self.low if self.low == self.high else (self.low + self.high) / 2


class Token(str):
    """A word as text2num wants it."""

    __slots__ = ()

    def text(self) -> str:
        return str(self)

    def nt_separated(self, _previous: "Token") -> bool:
        return False

    def not_a_number_part(self) -> bool:
        return False
