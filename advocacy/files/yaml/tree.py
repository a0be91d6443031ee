"""YAML text to mappings and lists that know where their values stand.

libyaml splits the text into events; values are made here, so that every key and value keeps
its line and column and its text as written. What YAML 1.1 reads differently from what people
mean is a problem with a hint, never a surprise further on.
"""

import datetime as dt
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from yaml.constructor import SafeConstructor

from advocacy.errors import Place, Problem
from advocacy.files.characters import bad_character, shown

DEEPEST = 50  # levels of nesting
MOST_ALIASED = 100_000  # values that aliases may add to a file
MOST_PROBLEMS = 200

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS: dict[str | None, list[tuple[str, re.Pattern[str]]]] = (
    yaml.SafeLoader.yaml_implicit_resolvers
)
_STRING, _MERGE, _VALUE = (f"tag:yaml.org,2002:{name}" for name in ("str", "merge", "value"))
_SURPRISING_NUMBER = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)")


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("anchor", "column", "items", "key", "key_at", "line", "size")

    def __init__(self, items: "YamlMap | YamlList", anchor: str | None, place: Place) -> None:
        self.items, self.anchor = items, anchor
        self.line, self.column = place.line or 0, place.column or 0
        self.key: str | None = None  # the key that waits for its value
        self.key_at = (0, 0)
        self.size = 1


class Builder:
    """Makes the values of one document, and gathers what is wrong with it."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.problems: list[Problem] = []
        self.root: Any = None
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int, str | None]] = {}
        self._aliased = 0
        self._constructor = SafeConstructor()

    def build(self, loader: Any = None) -> None:
        """Read all of the text. Raises yaml.YAMLError where it is not YAML."""
        documents = 0
        for event in yaml.parse(self.text, Loader=loader or _LOADER):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                if not self._start(event, is_map=kind is yaml.MappingStartEvent):
                    return
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._end()
            elif kind is yaml.AliasEvent:
                if not self._alias(event):
                    return
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.report(
                        event.start_mark,
                        "several-documents",
                        "A second YAML document begins here.",
                        "Remove the line `---`, or put what follows into a file of its own.",
                    )
                    return

    def report(self, mark: Any, code: str, message: str, hint: str) -> None:
        """Note a problem at a mark of PyYAML's."""
        place = Place(self.path, mark.line + 1, mark.column + 1)
        self._add_problem(Problem(code, message, hint, place))

    def _add_problem(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def _wants_key(self) -> bool:
        top = self._open[-1] if self._open else None
        return top is not None and isinstance(top.items, YamlMap) and top.key is None

    def _start(self, event: Any, *, is_map: bool) -> bool:
        mark = event.start_mark
        if event.tag is not None:
            self._refuse_tag(event)
        if len(self._open) >= DEEPEST:
            self.report(
                mark,
                "too-deep",
                f"Values are nested more than {DEEPEST} levels deep here.",
                "Write the file with fewer levels.",
            )
            return False
        place = Place(self.path, mark.line + 1, mark.column + 1)
        label, head = self._label(place)
        items: YamlMap | YamlList
        if is_map:
            items = YamlMap(self.path, place, label=label, head=head)
        else:
            items = YamlList(self.path, place, label=label)
        if self._wants_key():
            self.report(
                mark,
                "key-not-text",
                "A list or mapping stands where a key is wanted.",
                "A text that begins with `{` or `[`, such as `{{ name }}`, needs quotes.",
            )
        self._open.append(_Open(items, event.anchor, place))
        return True

    def _label(self, place: Place) -> tuple[str, Place]:
        if not self._open:
            return "", place
        top = self._open[-1]
        if isinstance(top.items, YamlMap):
            return (f"`{top.key}`", Place(self.path, *top.key_at)) if top.key else ("", place)
        number, of = len(top.items) + 1, top.items.label
        return (f"item {number} of {of}" if of else f"item {number}"), place

    def _end(self) -> None:
        closed = self._open.pop()
        if closed.anchor:
            self._anchors[closed.anchor] = (closed.items, closed.size, None)
        if self._wants_key():  # reported when it began
            self._set_key(f"({closed.line}:{closed.column})", closed.line, closed.column)
        else:
            self._add(closed.items, closed.line, closed.column, None, closed.size)

    def _alias(self, event: Any) -> bool:
        mark, name = event.start_mark, event.anchor
        if name not in self._anchors:
            inside = any(level.anchor == name for level in self._open)
            self.report(
                mark,
                "unknown-alias",
                f"`*{name}` repeats the value that it stands in."
                if inside
                else f"`*{name}` repeats a value marked `&{name}`, but nothing is marked so.",
                "If it is meant as text, put the whole text in quotes.",
            )
            value, size, raw = None, 1, None
        else:
            value, size, raw = self._anchors[name]
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            self.report(
                mark,
                "too-many-aliases",
                f"Aliases (`*name`) make more than {MOST_ALIASED:,} values of this file.",
                "Write the values out, or split the file.",
            )
            return False
        if self._wants_key():
            key = value if isinstance(value, str) else f"*{name}"
            self._set_key(key, mark.line + 1, mark.column + 1)
        else:
            self._add(value, mark.line + 1, mark.column + 1, raw, size)
        return True

    def _scalar(self, event: Any) -> None:
        mark, raw = event.start_mark, event.value
        if event.tag is not None:
            self._refuse_tag(event)
        # The text itself was searched before; only an escape can still make such a character.
        if event.style == '"' and (bad := bad_character(raw)):
            self.report(
                mark,
                "bad-character",
                f"This text holds the character {bad}, which cannot be printed.",
                "Take the escape (`\\u…`, `\\x…`) out of the text.",
            )
        value: Any = raw
        tag = _STRING
        if event.implicit[0]:  # plain: neither quoted, nor a block, nor tagged
            tag = self._resolve(raw)
            if tag != _STRING:
                value = self._construct(tag, raw, mark)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1, raw)
        if self._wants_key():
            if tag != _STRING:
                self._refuse_key(tag, raw, value, mark)
            self._set_key(raw, mark.line + 1, mark.column + 1)
        else:
            self._add(value, mark.line + 1, mark.column + 1, raw, 1)

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
            value = make(self._constructor, yaml.ScalarNode(tag, raw))
        except (ValueError, OverflowError):
            self.report(
                mark,
                "surprising-value",
                f"YAML wants to read {shown(raw)} as a day or a number, and cannot.",
                f"Correct it; if it is meant as text, put it in quotes: `{quoted(raw)}`.",
            )
            return raw
        # `06` is six in base 8 too, and a month as some programs write it.
        if _SURPRISING_NUMBER.fullmatch(raw) and (":" in raw or int(raw, 10) != value):
            self.report(
                mark,
                "surprising-value",
                f"YAML reads `{raw}` as {as_read(value)}.",
                f"Put it in quotes, as text: `{quoted(raw)}`; or write the number as it is meant.",
            )
        return value

    def _refuse_tag(self, event: Any) -> None:
        tag = shown(event.tag.replace("tag:yaml.org,2002:", "!!"))[1:-1]
        self.report(
            event.start_mark,
            "yaml-tag",
            f"The tag `{tag}` is not used in these files.",
            "Remove the tag; a text that begins with `!` needs quotes.",
        )

    def _refuse_key(self, tag: str, raw: str, value: Any, mark: Any) -> None:
        if tag == _MERGE:
            self.report(
                mark,
                "merge-key",
                "The merge key `<<` is not used in these files.",
                "Write the keys out where they are needed.",
            )
        elif value is None:
            self.report(
                mark,
                "key-not-text",
                f"YAML reads the key `{raw}` as nothing." if raw else "A key is missing here.",
                "Write a key before the colon.",
            )
        elif not isinstance(value, str):
            self.report(
                mark,
                "key-not-text",
                f"YAML reads the key `{raw}` as {as_read(value)}, not as text.",
                f"Put it in quotes: `{quoted(raw)}:`.",
            )

    def _set_key(self, key: str, line: int, column: int) -> None:
        top = self._open[-1]
        top.key, top.key_at = key, (line, column)
        if isinstance(top.items, YamlMap) and key in top.items:
            first = top.items.key_place(key)
            self._add_problem(
                Problem(
                    "duplicate-key",
                    f"The key `{key}` stands twice, on lines {first.line} and {line}.",
                    "Remove one of them, or put both values into one.",
                    Place(self.path, line, column),
                )
            )

    def _add(self, value: Any, line: int, column: int, raw: str | None, size: int) -> None:
        if not self._open:
            self.root = value
            return
        top = self._open[-1]
        top.size += size
        if isinstance(top.items, YamlList):
            top.items.put(value, Spot(0, 0, line, column, raw))
            return
        key = top.key or ""
        if key not in top.items:
            top.items.put(key, value, Spot(*top.key_at, line, column, raw))
        top.key = None


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
