"""What the headers of a list mean: known names, names that other programs give, and choices.

The names are data, in `columns.toml`.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from advocacy.campaign.recipients.model import Recipient
from advocacy.resources import read_table

KNOWN = tuple(name for name in Recipient.model_fields if name != "other")
"""The columns that the tool itself understands."""
ADDRESS_LINE = re.compile(r"address_?(?:line_?)?([1-9])")
_TABLE = read_table("campaign/recipients/columns.toml")


def _by_header(section: str) -> dict[str, str]:
    return {other: name for name, others in _TABLE[section].items() for other in others.split()}


TAKEN = _by_header("taken")
"""Headers that mean a known column in every list."""
ASKED = _by_header("asked")
"""Headers that may mean a known column, about which people are asked."""

HOUSE_NUMBERS = {
    name: place == "before"
    for place, names in _TABLE["house_number"].items()
    for name in names.split()
}
"""Columns of a number that belongs to the street, and whether it stands before it."""

Way = list[tuple[int, str]]
"""Columns by position, and the names that they would have."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program whose exports are known by their headers; see `columns.toml`."""

    name: str
    signs: tuple[frozenset[str], ...]
    columns: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]
    one_line: tuple[str, ...]
    first_of: str


@dataclass(slots=True)
class Resolved:
    """What the headers of a list mean, by position.

    `own` are the names that the list itself gives to columns that were taken for known ones.
    `unclear` is what several columns could be, each with the ways to choose from; `explained`
    are plain headers that need no question.
    """

    names: list[str]
    program: Program | None = None
    own: dict[int, str] = field(default_factory=dict)
    unclear: list[tuple[str, list[Way]]] = field(default_factory=list)
    explained: set[str] = field(default_factory=set)


def is_address_line(name: str) -> bool:
    """Whether a column is a line of the postal address: `address_1`."""
    return ADDRESS_LINE.fullmatch(name) is not None


def plain_name(header: str) -> str:
    """A header as a name that templates can use: `Postal Code` is `postal_code`."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    name = re.sub(r"\W+", "_", folded).strip("_")
    found = ADDRESS_LINE.fullmatch(name)
    if found:
        return f"address_{found[1]}"
    return f"column_{name}" if name[:1].isdigit() else name


def resolve(headers: Sequence[str], renamed: Mapping[str, str]) -> Resolved:
    """What each header means; `renamed` is the campaign's `columns:`, which comes first.

    Then come the program that the list is exported from, the known names themselves, and other
    names for them, of which only one is taken for a column.
    """
    return _Resolver(headers, renamed).found


class _Resolver:
    """The steps in which headers get their meaning; `claimed` are names that are given away."""

    def __init__(self, headers: Sequence[str], renamed: Mapping[str, str]) -> None:
        self.plain = [plain_name(header) for header in headers]
        by_campaign = {plain_name(header): name for header, name in renamed.items()}
        names = [by_campaign.get(name, name) for name in self.plain]
        self.found = Resolved(names, _program_of(self.plain))
        self.claimed = {by_campaign[name] for name in self.plain if name in by_campaign}
        rest = [index for index, name in enumerate(self.plain) if name and name not in by_campaign]
        program = self.found.program
        special = program.columns if program else {}
        for index in rest:
            name = special.get(self.plain[index])
            if name and name not in self.claimed:
                self._take(index, name)
        self.left = [index for index in rest if self.plain[index] not in special]
        for index in self.left:
            if self.plain[index] in KNOWN and self.plain[index] in self.claimed:
                self._set_aside(index)
        self.claimed.update(self.plain[index] for index in self.left)
        if program:
            self._choose_address(program)
        self._take_other_names()
        self._take_beside()

    def _take(self, index: int, name: str) -> None:
        own = self.plain[index]
        self.found.names[index] = name
        self.claimed.add(name)
        self.found.explained.add(own)
        if own not in KNOWN and own != name and not ADDRESS_LINE.fullmatch(own):
            self.found.own[index] = own

    def _set_aside(self, index: int) -> None:
        """Keep a column as the list's own, whose known name another column has: a second address.

        `mAddress` is where VAN sends mail to, and `Address` where the person is registered.
        """
        self.plain[index] = f"other_{self.plain[index]}"
        self.found.names[index] = self.plain[index]
        self.found.explained.add(self.plain[index])

    def _choose_address(self, program: Program) -> None:
        """Take a program's postal address, or note that there are several to choose from."""
        ways: list[Way] = []
        for columns in program.choices.values():
            way = [(i, columns[self.plain[i]]) for i in self.left if self.plain[i] in columns]
            self.found.explained.update(self.plain[index] for index, _ in way)
            if way:
                ways.append(way)
        if not ways or self.claimed & {"address", "address_1"}:
            return
        if len(ways) == 1:
            for index, name in ways[0]:
                self._take(index, name)
        else:
            self.found.unclear.append(("the postal address", ways))

    def _take_other_names(self) -> None:
        """Take columns that have another name of a known one, where one alone could be it."""
        others: dict[str, dict[str, int]] = {}
        for index in self.left:
            name = TAKEN.get(self.plain[index])
            is_line = name == "address" and "address_1" in self.claimed
            if name and name not in self.claimed and not is_line:
                others.setdefault(name, {}).setdefault(self.plain[index], index)
        for name, indexes in others.items():
            if name == "name" and {"given_name", "family_name"} <= self.claimed | others.keys():
                self.found.explained.update(indexes)  # the parts print in their language's order
                continue
            if len(indexes) == 1:
                self._take(next(iter(indexes.values())), name)
            else:
                self.found.explained.update(indexes)
                ways = [[(index, name)] for index in indexes.values()]
                self.found.unclear.append((f"`{name}`", ways))

    def _take_beside(self) -> None:
        """Take columns that mean a known one only beside others: a state with a city."""
        for index in self.left:
            rule = _TABLE["beside"].get(self.plain[index])
            if rule is None or rule["column"] in self.claimed:
                continue
            if self.claimed & set(rule["beside"].split()):
                self._take(index, rule["column"])


def _program_of(plain: Iterable[str]) -> Program | None:
    there = set(plain)
    for program in programs():
        if any(sign <= there for sign in program.signs):
            return program
    return None


@cache  # read once; a list's header is looked at for each separator that it may have
def programs() -> tuple[Program, ...]:
    """The programs whose exports are known, in the order in which they are tried."""
    return tuple(
        Program(
            name=one["name"],
            signs=tuple(frozenset(sign.split("+")) for sign in one["signs"].split()),
            columns=one["columns"],
            choices=one.get("choices", {}),
            one_line=tuple(one.get("one_line", "").split()),
            first_of=one.get("first_of", ""),
        )
        for one in _TABLE["programs"]
    )
