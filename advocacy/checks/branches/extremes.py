"""What is longest in a list of recipients, of those whom it has and of each column."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappush, heappushpop

from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.columns import KNOWN

KEPT = 8
"""So many of each aspect are kept while a list is read."""
TEXTS = tuple(
    name
    for name in KNOWN
    if name not in ("id", "address", "language", "country", "verified")
    and not name.startswith("in_office")
)


@dataclass(slots=True)
class Extremes:
    """The longest of a list, gathered row by row."""

    columns: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    address: tuple[str, ...] = ()
    country: str | None = None
    languages: dict[str, None] = field(default_factory=dict)
    _ranked: tuple[list[tuple[int, int, Recipient]], ...] = field(
        default_factory=lambda: ([], [], [])
    )
    _count: int = 0

    def add(self, row: Recipient, lines: tuple[str, ...]) -> None:
        """Take a recipient into account, whose inside address has these lines."""
        self._count += 1
        for name in TEXTS:
            value = getattr(row, name)
            if value and len(value) > len(self.columns.get(name, "")):
                self.columns[name] = value
        for name, value in row.other.items():
            if len(value) >= len(self.other.get(name, "")):
                self.other[name] = value
        if (len(row.address), sum(map(len, row.address))) > (
            len(self.address),
            sum(map(len, self.address)),
        ):
            self.address = row.address
        self.country = self.country or row.country
        if row.language:
            self.languages.setdefault(row.language)
        for heap, rank in zip(self._ranked, _RANKS, strict=True):
            entry = (rank(row, lines), -self._count, row)
            if len(heap) < KEPT:
                heappush(heap, entry)
            else:
                heappushpop(heap, entry)

    def longest(self) -> list[list[Recipient]]:
        """The recipients whose texts, address and line of it are longest, each the worst first."""
        return [[row for _, _, row in sorted(heap, reverse=True)] for heap in self._ranked]

    def everybody(self) -> list[Recipient]:
        """The same, each once."""
        return list({row.letter_id: row for rows in self.longest() for row in rows}.values())


def _texts(row: Recipient, lines: Iterable[str]) -> int:  # noqa: ARG001 - as the others
    texts = [getattr(row, name) or "" for name in TEXTS]
    return sum(map(len, (*texts, *row.other.values())))


def _lines(row: Recipient, lines: Iterable[str]) -> int:  # noqa: ARG001 - as the others
    lines = tuple(lines)
    return 1000 * len(lines) + sum(map(len, lines))


def _widest(row: Recipient, lines: Iterable[str]) -> int:  # noqa: ARG001 - as the others
    return max(map(len, lines), default=0)


_RANKS: tuple[Callable[[Recipient, tuple[str, ...]], int], ...] = (_texts, _lines, _widest)
