"""Values of a YAML file that know where they stand: mappings and lists."""

import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

from advocacy.errors import Place
from advocacy.files.characters import shown


class Spot(NamedTuple):
    """Where a key (in a mapping) and its value stand, and the scalar's text as written."""

    key_line: int
    key_column: int
    line: int
    column: int
    raw: str | None


class YamlMap(dict[str, Any]):
    """A mapping of a file. Places count lines and columns from 1."""

    __slots__ = ("_head", "_spots", "label", "path", "place")

    def __init__(
        self, path: Path, place: Place, *, label: str = "", head: Place | None = None
    ) -> None:
        """`label` is what messages call it, after the key or list item that it is the value of:
        `` `ibm-exit` ``, `` item 1 of `precedents` ``, empty at the top. `head` is where that
        key stands.
        """
        super().__init__()
        self.path, self.place, self.label = path, place, label
        self._head = head
        self._spots: dict[str, Spot] = {}

    @property
    def head(self) -> Place:
        """Where to point for the mapping as a whole: at the key that it is the value of."""
        return self._head or self.place

    def put(self, key: str, value: Any, spot: Spot) -> None:
        """Set a key with its place; for readers of files."""
        self[key] = value
        self._spots[key] = spot

    def key_place(self, key: str) -> Place:
        """Where a key stands; the mapping's place for a key that is not there."""
        spot = self._spots.get(key)
        return Place(self.path, spot.key_line, spot.key_column) if spot else self.place

    def value_place(self, key: str) -> Place:
        """Where a key's value stands; the mapping's place for a key that is not there."""
        spot = self._spots.get(key)
        return Place(self.path, spot.line, spot.column) if spot else self.place

    def raw(self, key: str) -> str | None:
        """A scalar's text as written, without quotes (`no`, `1.10`); None for anything else."""
        spot = self._spots.get(key)
        return spot.raw if spot else None


class YamlList(list[Any]):
    """A list of a file."""

    __slots__ = ("_spots", "label", "path", "place")

    def __init__(self, path: Path, place: Place, *, label: str = "") -> None:
        super().__init__()
        self.path, self.place, self.label = path, place, label
        self._spots: list[Spot] = []

    def put(self, value: Any, spot: Spot) -> None:
        """Add an item with its place; for readers of files."""
        self.append(value)
        self._spots.append(spot)

    def item_place(self, index: int) -> Place:
        """Where an item stands; the list's place for one that is not there."""
        if not 0 <= index < len(self._spots):
            return self.place
        return Place(self.path, self._spots[index].line, self._spots[index].column)

    def raw(self, index: int) -> str | None:
        """An item's text as written, without quotes; None for anything but a scalar."""
        return self._spots[index].raw if 0 <= index < len(self._spots) else None


def as_read(value: Any) -> str:
    """What YAML made of a scalar, in words: `false`, `the number 1.1`, `the day 2020-06-10`."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}" if -1e15 < value < 1e15 else "a number"
    if isinstance(value, dt.datetime):
        return f"the time {value}"
    return f"the day {value}" if isinstance(value, dt.date) else shown(value)


def quoted(raw: str) -> str:
    """A text in quotes, as one may type it in YAML."""
    short = shown(raw)[1:-1]
    return f"'{short}'" if '"' in short or "\\" in short else f'"{short}"'
