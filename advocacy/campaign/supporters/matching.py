"""Which recipients are a supporter's, and how many supporters write to each of them in a day."""

import hashlib
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from advocacy.campaign.recipients import Recipient
from advocacy.campaign.supporters.model import Supporter
from advocacy.campaign.supporters.reading import value_of

LAST = 2**64 - 1


@dataclass(slots=True)
class Group:
    """Recipients whom the same supporters write to: a state's senators, a district's one.

    `turn` holds the first and last place in the order of supporters whose turn it is;
    `written` counts these, `waiting` the others.
    """

    columns: tuple[str, ...]
    recipients: list[Recipient] = field(default_factory=list)
    places: "array[int]" = field(default_factory=lambda: array("Q"))
    turn: tuple[int, int] = (0, LAST)
    written: int = 0
    waiting: int = 0


class Targets:
    """Recipients by what a supporter must have in common with them.

    A column that a recipient has no value in does not count: a senator has no district.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = tuple(columns)
        self._groups: dict[tuple[str, ...], dict[tuple[str, ...], Group]] = {}
        if not columns:
            self._groups[()] = {(): Group(())}

    def add(self, recipient: Recipient) -> bool:
        """Add a recipient; False for one who has none of the columns, and would be everyone's."""
        values = {column: plain(value_of(recipient, column)) for column in self._columns}
        columns = tuple(column for column in self._columns if values[column])
        if self._columns and not columns:
            return False
        groups = self._groups.setdefault(columns, {})
        key = tuple(values[column] for column in columns)
        groups.setdefault(key, Group(columns)).recipients.append(recipient)
        return True

    def __iter__(self) -> Iterator[Group]:
        for groups in self._groups.values():
            yield from groups.values()

    def of(self, supporter: Supporter) -> list[Group]:
        """The groups of recipients whom a supporter writes to."""
        found = []
        for columns, groups in self._groups.items():
            key = tuple(plain(supporter.columns.get(column, "")) for column in columns)
            group = groups.get(key)
            if group is not None and group.recipients:
                found.append(group)
        return found


@lru_cache(maxsize=65_536)
def plain(value: str) -> str:
    """A value as it is compared: without regard to capitals, spaces around and `07` for `7`."""
    folded = unicodedata.normalize("NFC", value).strip().casefold()
    if len(folded) < 4 and folded.isascii() and folded.isdigit():
        return str(int(folded))
    return folded


def place_in_order(campaign: str, supporter: str) -> int:
    """A supporter's place in the campaign's order: a hash, the same on every machine.

    Whoever comes to the list later takes a place between the others, and moves nobody.
    """
    digest = hashlib.sha256(f"{campaign}\0{supporter}".encode()).digest()
    return int.from_bytes(digest[:8])


def share_out(
    campaign: str, targets: Targets, supporters: Iterable[Supporter], day: date, most: int
) -> None:
    """Set the turn of each group, so that at most `most` supporters write to it on a day.

    Supporters stand in a fixed order, cut into equal runs; a day has one run, and the next day
    the next, so that everyone's turn comes, once, while the list stays as it is. Eight bytes
    are kept for each supporter and group.
    """
    for supporter in supporters:
        place = place_in_order(campaign, supporter.id)
        for group in targets.of(supporter):
            group.places.append(place)
    for group in targets:
        count = len(group.places)
        if count > most:
            order = sorted(group.places)
            runs = -(-count // most)
            run = day.toordinal() % runs
            first, last = run * count // runs, (run + 1) * count // runs - 1
            group.turn = (order[first], order[last])
            group.written = last - first + 1
            group.waiting = count - group.written
        group.places = array("Q")
