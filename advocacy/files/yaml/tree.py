"""YAML text to mappings and lists that know where their values stand.

libyaml splits the text into events; values are made here, so that every key and value keeps
its line and column and its text as written. What YAML 1.1 reads differently from what people
mean is a problem with a hint, never a surprise further on.
"""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from yaml.constructor import SafeConstructor

from advocacy.errors import Place, Problem
from advocacy.files.characters import bad_character, shown
from advocacy.files.yaml.traps import may_be_trap, traps_of

DEEPEST = 50  # levels of nesting
MOST_ALIASED = 100_000  # values that aliases may add to a file
MOST_PROBLEMS = 200
LONGEST_NUMBER = 5_000  # characters; Python prints none of more than 4,300 digits

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS: dict[str | None, list[tuple[str, re.Pattern[str]]]] = (
    yaml.SafeLoader.yaml_implicit_resolvers
)
_STRING, _MERGE, _VALUE = (f"tag:yaml.org,2002:{name}" for name in ("str", "merge", "value"))
_ALIAS, _SCALAR, _QUOTES = yaml.AliasEvent, yaml.ScalarEvent, frozenset("'\"")
_LIKE_DAY = re.compile(r"[0-9]{4}-[0-9]")
_SURPRISING_NUMBER = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)")


Node = tuple[Any, str | None, int]
"""A value, its text as written if it is a scalar, and how many values it has in it."""


class _StopReading(Exception):  # noqa: N818 - what is wrong is reported
    """The rest of the text is not read."""


class Builder:
    """Makes the values of one document, and gathers what is wrong with it.

    After `build`, `root` is the value at the top, None where the reading stopped early.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self._lines = text.split("\n")
        self.problems: list[Problem] = []
        self.root: Any = None
        self._events: Iterator[Any] = iter(())
        self._open: list[str | None] = []  # the anchors of the collections around a value
        self._flows = 0  # how many of them are in brackets
        self._anchors: dict[str, Node] = {}
        self._aliased = 0
        self._constructor = SafeConstructor()

    def build(self, loader: Any = None) -> None:
        """Read all of the text. Raises yaml.YAMLError where it is not YAML."""
        documents = 0
        self._events = iter((loader or _LOADER)(self.text).get_event, None)
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.report(
                        event.start_mark,
                        "several-documents",
                        "A second YAML document begins here.",
                        "Remove the line `---`, or move what follows to another file.",
                    )
                    return
            elif isinstance(event, yaml.NodeEvent):
                try:
                    self.root, _, _ = self._node(event)
                except _StopReading:
                    return

    def report(self, mark: Any, code: str, message: str, hint: str) -> None:
        """Note a problem at a mark of PyYAML's."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, message, hint, self._place(mark)))

    def _place(self, mark: Any) -> Place:
        return Place(self.path, mark.line + 1, mark.column + 1)

    def _node(
        self, event: Any, name: str | int = "", of: str | Any = None, *, is_key: bool = False
    ) -> Node:
        """The value that begins with an event. A collection has a `name`: its key, and `of` is the
        mark of the key; or its number in a list, and `of` is the list's label.
        """
        if isinstance(event, _ALIAS):
            return self._alias(event)
        if event.tag is not None:
            self._refuse_tag(event)
        if isinstance(event, _SCALAR):
            node: Node = (self._scalar(event, is_key=is_key), event.value, 1)
        elif isinstance(name, int):
            node = self._collection(event, f"item {name} of {of}" if of else f"item {name}", None)
        else:
            head = None if of is None else self._place(of)
            node = self._collection(event, f"`{name}`" if name else "", head)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _collection(self, start: Any, label: str, head: Place | None) -> Node:
        if len(self._open) >= DEEPEST:
            self.report(
                start.start_mark,
                "too-deep",
                f"Values are nested more than {DEEPEST} levels deep here.",
                "Write the file with fewer levels.",
            )
            raise _StopReading
        self._open.append(start.anchor)
        self._flows += bool(start.flow_style)
        place, size = self._place(start.start_mark), 1
        if isinstance(start, yaml.MappingStartEvent):
            data: YamlMap | YamlList = YamlMap(self.path, place, label=label, head=head)
        else:
            data = YamlList(self.path, place, label=label)
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                break
            size += self._entry(data, event)
        self._open.pop()
        self._flows -= bool(start.flow_style)
        return data, None, size

    def _entry(self, data: "YamlMap | YamlList", event: Any) -> int:
        """Read the item or the key that an event begins, with its value; how many values it has."""
        if isinstance(data, YamlMap):
            at, key = event.start_mark, self._key(event, data)
            event = next(self._events)
            value, raw, size = self._node(event, key, at)
            if key not in data:
                start = event.start_mark
                spot = Spot(at.line + 1, at.column + 1, start.line + 1, start.column + 1, raw)
                data.put(key, value, spot)
            return size
        value, raw, size = self._node(event, len(data) + 1, data.label)
        data.put(value, Spot(0, 0, *_line_and_column(event), raw))
        return size

    def _key(self, event: Any, data: "YamlMap") -> str:
        """The key that begins with an event; what cannot be a key is reported, and gets a name."""
        mark = event.start_mark
        if isinstance(event, yaml.CollectionStartEvent):
            self.report(
                mark,
                "key-not-text",
                "A list or mapping is used where a key is expected.",
                "Text that begins with `{` or `[`, such as `{{ name }}`, needs quotes.",
            )
        value, raw, _ = self._node(event, is_key=True)
        if isinstance(event, _SCALAR):
            self._refuse_key(event, value)
            key = str(raw)
        elif isinstance(event, _ALIAS):
            key = value if isinstance(value, str) else f"*{event.anchor}"
        else:
            key = "({}:{})".format(*_line_and_column(event))
        if key in data:
            first, line = data.key_place(key), mark.line + 1
            self.report(
                mark,
                "duplicate-key",
                f"The key `{key}` appears twice, on lines {first.line} and {line}.",
                "Remove one of them, or combine both values in one.",
            )
        return key

    def _alias(self, event: Any) -> Node:
        mark, name = event.start_mark, event.anchor
        node: Node = (None, None, 1)
        if name in self._anchors:
            node = self._anchors[name]
        elif name in self._open:
            self._refuse_alias(mark, f"`*{name}` repeats the value that contains it.")
        else:
            message = f"`*{name}` repeats a value marked `&{name}`, but no value has this mark."
            self._refuse_alias(mark, message)
        self._aliased += node[2]
        if self._aliased > MOST_ALIASED:
            self.report(
                mark,
                "too-many-aliases",
                f"Aliases (`*name`) expand this file to more than {MOST_ALIASED:,} values.",
                "Write the values out, or split the file.",
            )
            raise _StopReading
        return node

    def _refuse_alias(self, mark: Any, message: str) -> None:
        hint = "If it is meant as text, put the whole text in quotes."
        self.report(mark, "unknown-alias", message, hint)

    def _scalar(self, event: Any, *, is_key: bool = False) -> Any:
        raw = event.value
        # The text itself was searched before; only an escape can still make such a character.
        if event.style == '"' and (bad := bad_character(raw)):
            self.report(
                event.start_mark,
                "bad-character",
                f"This text contains the character {bad}, which cannot be printed.",
                "Remove the escape (`\\u…`, `\\x…`) from the text.",
            )
        plain = event.implicit[0] or event.style in _QUOTES
        if plain and may_be_trap(event, self._lines, is_key=is_key):
            for trap in traps_of(event, self._lines, is_key=is_key, in_flow=self._flows > 0):
                if len(self.problems) < MOST_PROBLEMS:
                    place = Place(self.path, trap.line + 1, trap.column + 1)
                    self.problems.append(Problem(trap.code, trap.message, trap.hint, place))
        if not event.implicit[0]:  # quoted, a block, or tagged
            return raw
        tag = self._resolve(raw)
        return raw if tag == _STRING else self._construct(tag, raw, event.start_mark)

    def _resolve(self, raw: str) -> str:
        for tag, pattern in _RESOLVERS.get(raw[:1], ()):
            if pattern.match(raw):
                return tag
        return _STRING

    def _construct(self, tag: str, raw: str, mark: Any) -> Any:
        if tag in (_MERGE, _VALUE):
            return raw
        make: Any = SafeConstructor.yaml_constructors[tag]
        try:
            # `1:01:01…`, to the base of 60, takes a time by the square of its length.
            value = make(self._constructor, yaml.ScalarNode(tag, raw[:LONGEST_NUMBER]))
            if isinstance(value, int):
                str(value)  # Python raises ValueError for more than 4,300 digits
        except (ValueError, OverflowError):
            if _LIKE_DAY.match(raw):  # text: what needs a date says that it is not one
                return raw
            self.report(
                mark,
                "surprising-value",
                f"YAML cannot read {shown(raw)} as a number.",
                f"Correct it. If it is meant as text, put it in quotes: `{quoted(raw)}`.",
            )
            return raw
        # `06` is six in base 8 too, and a month as some programs write it.
        if _SURPRISING_NUMBER.fullmatch(raw) and (":" in raw or int(raw, 10) != value):
            self.report(
                mark,
                "surprising-value",
                f"YAML reads `{shown(raw)[1:-1]}` as {as_read(value)}.",
                f"Put it in quotes, as text: `{quoted(raw)}`; or write the number as it is meant.",
            )
        return value

    def _refuse_tag(self, event: Any) -> None:
        tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))[1:-1]
        self.report(
            event.start_mark,
            "yaml-tag",
            f"The tag `{tag}` is not allowed in these files.",
            "Remove the tag. Text that begins with `!` needs quotes.",
        )

    def _refuse_key(self, event: Any, value: Any) -> None:
        raw, mark = event.value, event.start_mark
        if raw == "<<" and event.implicit[0]:
            self.report(
                mark,
                "merge-key",
                "The merge key `<<` is not allowed in these files.",
                "Write the keys out where they are needed.",
            )
        elif value is None:
            self.report(
                mark,
                "key-not-text",
                f"YAML reads the key `{raw}` as empty." if raw else "A key is missing here.",
                "Write a key before the colon.",
            )
        elif not isinstance(value, str):
            self.report(
                mark,
                "key-not-text",
                f"YAML reads the key `{shown(raw)[1:-1]}` as {as_read(value)}, not as text.",
                f"Put it in quotes: `{quoted(raw)}:`.",
            )


def _line_and_column(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


class Spot(NamedTuple):
    """Where a key (in a mapping) and its value stand, and the scalar's text as written."""

    key_line: int
    key_column: int
    line: int
    column: int
    raw: str | None


class _Placed:
    """What mappings and lists of a file have in common: the places of their values."""

    __slots__ = ()
    path: Path
    place: Place
    label: str
    _spots: dict[Any, Spot]

    def value_place(self, key: str | int) -> Place:
        """Where the value of a key or index stands; the own place for one that is not there."""
        spot = self._spots.get(key)
        return Place(self.path, spot.line, spot.column) if spot else self.place

    def raw(self, key: str | int) -> str | None:
        """A scalar's text as written, without quotes (`no`, `1.10`); None for anything else."""
        spot = self._spots.get(key)
        return spot.raw if spot else None


class YamlMap(dict[str, Any], _Placed):
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
        self._spots = {}

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


class YamlList(list[Any], _Placed):
    """A list of a file."""

    __slots__ = ("_spots", "label", "path", "place")

    def __init__(self, path: Path, place: Place, *, label: str = "") -> None:
        super().__init__()
        self.path, self.place, self.label = path, place, label
        self._spots = {}

    def put(self, value: Any, spot: Spot) -> None:
        """Add an item with its place; for readers of files."""
        self._spots[len(self)] = spot
        self.append(value)


def has_key(data: Any, key: str | int) -> bool:
    """Whether data of a file is a mapping with that key, or a list with that index."""
    if isinstance(data, YamlMap):
        return key in data
    return isinstance(data, YamlList) and isinstance(key, int) and 0 <= key < len(data)


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
