"""Where a value stands in a YAML text, and the text with a piece of it exchanged.

Positions come from PyYAML, the parser that reads the files, so an edit sees what the reader
sees; new values are written by PyYAML too. Nothing but the piece itself is touched: comments,
quotes, order, line widths and indentation around it stay, however the file was laid out.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from advocacy.files.yaml.traps import looks_wrong

Key = str | int
Keys = Sequence[Key]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
_BREAK = re.compile(r"\r\n|\n|\r")


class NoPlaceError(LookupError):
    """The keys lead nowhere, or to a place where the edit cannot be made."""


def set_in(text: str, keys: Keys, value: Any, after: Sequence[str] = ()) -> str:
    """The text with the value at `keys` exchanged, or the last key added to its mapping.

    A key that is not there is added after the last of `after` that is, else at the end.
    Raises NoPlaceError where the keys before the last lead to no mapping.
    """
    parent, last = _find(text, keys[:-1]), keys[-1]
    if isinstance(parent, yaml.SequenceNode) and isinstance(last, int):
        if not 0 <= last < len(parent.value):
            raise NoPlaceError
        node = parent.value[last]
        return _exchange(text, node.start_mark.index, node, value, flow=bool(parent.flow_style))
    if not isinstance(parent, yaml.MappingNode):
        raise NoPlaceError
    for key, node in parent.value:
        if key.value == last:
            return _exchange_under(text, parent, key, node, value)
    return _add_key(text, parent, str(last), value, after)


def remove_in(text: str, keys: Keys) -> str:
    """The text without the key or item at `keys`, with the comment on its line.

    Raises NoPlaceError where there is none, or it is the only one of a block.
    """
    parent, last = _find(text, keys[:-1]), keys[-1]
    if isinstance(parent, yaml.MappingNode):
        starts = [key.start_mark.index for key, _ in parent.value]
        ends = [_end(text, node) for _, node in parent.value]
        names = [key.value for key, _ in parent.value]
        at = names.index(last) if last in names else -1
    elif isinstance(parent, yaml.SequenceNode) and isinstance(last, int):
        starts = [node.start_mark.index for node in parent.value]
        ends = [_end(text, node) for node in parent.value]
        at = last if 0 <= last < len(starts) else -1
        if not parent.flow_style:
            starts = [text.rindex("-", 0, start) for start in starts]
    else:
        raise NoPlaceError
    if at < 0 or (len(starts) == 1 and not parent.flow_style):
        raise NoPlaceError
    if parent.flow_style:
        if at + 1 < len(starts):
            return text[: starts[at]] + text[starts[at + 1] :]
        begin = ends[at - 1] if at else starts[at]
        return text[:begin] + text[ends[at] :]
    line = _line_start(text, starts[at])
    if text[line : starts[at]].strip(" "):  # the first key of `- id: …`: the next one moves up
        return text[: starts[at]] + text[starts[at + 1] :]
    return text[:line] + text[_next_line(text, ends[at]) :]


def append_in(text: str, keys: Keys, items: Sequence[Any]) -> str:
    """The text with items at the end of the list at `keys`.

    They stand apart by an empty line where the others do. Raises NoPlaceError where there is
    no list.
    """
    node = _find(text, keys)
    if not isinstance(node, yaml.SequenceNode):
        raise NoPlaceError
    if not items:
        return text
    if not node.value:
        return set_in(text, keys, list(items))
    end = _end(text, node.value[-1])
    if node.flow_style:
        return f"{text[:end]}, {written(list(items), flow=True)[1:-1]}{text[end:]}"
    apart = _apart(text, node.value)
    blocks = [_indented(written([item], flow=False), node.start_mark.column) for item in items]
    return _insert_lines(text, end, ("\n\n" if apart else "\n").join(blocks), apart=apart)


class _Dumper(yaml.SafeDumper):
    """Writes lists further in than their key, and puts text in double quotes where YAML 1.1
    reads it as something else, or it has several lines.
    """

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, _data: Any) -> bool:
        """Write a value out wherever it stands: people do not read `&id001` and `*id001`."""
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    tag = dumper.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    plain = tag == _TEXT and "\n" not in text and not looks_wrong(text)
    return dumper.represent_scalar(_TEXT, text, None if plain else '"')


_Dumper.add_representer(str, _represent_text)


def written(value: Any, *, flow: bool, quotes: str | None = None) -> str:
    """A value as YAML, without a line break at its end; in one line with `flow`.

    Text that YAML 1.1 reads as something else (`no`, `12:30`) gets quotes; with `quotes`, every
    scalar gets these.
    """
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=flow, default_style=quotes,
        width=float("inf"), allow_unicode=True, sort_keys=False,
    )  # fmt: skip
    return text.removesuffix("\n").removesuffix("\n...")


def _find(text: str, keys: Keys) -> yaml.Node:
    node = yaml.compose(text, Loader=_LOADER)
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            node = next((value for name, value in node.value if name.value == key), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            node = node.value[key] if 0 <= key < len(node.value) else None
        else:
            node = None
    if node is None:
        raise NoPlaceError
    return node


def _end(text: str, node: yaml.Node) -> int:
    """Where a value's last character stands; a block ends for PyYAML where the next begins."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    end: int = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return len(text[:end].rstrip(" \r\n"))
    return end


def _exchange_under(
    text: str, parent: yaml.MappingNode, key: yaml.Node, node: yaml.Node, value: Any
) -> str:
    flow = bool(parent.flow_style)
    begin, end = text.index(":", key.end_mark.index) + 1, _end(text, node)
    if isinstance(value, list | Mapping) and not flow and _wants_block(node, value):
        lines = _indented(written(value, flow=False), key.start_mark.column + 2)
        return text[:begin] + _eol(text) + lines.replace("\n", _eol(text)) + text[end:]
    if isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">"):
        return _exchange(text, node.start_mark.index, node, value, flow=flow)
    return f"{text[:begin]} {written(value, flow=True)}{text[end:]}"


def _wants_block(node: yaml.Node, value: Any) -> bool:
    """Whether a new collection is written in lines of its own, as the old one was."""
    if isinstance(node, yaml.CollectionNode) and node.value:
        return not node.flow_style
    entries = value.values() if isinstance(value, Mapping) else value
    return any(isinstance(entry, list | Mapping) for entry in entries)


def _exchange(text: str, begin: int, node: yaml.Node, value: Any, *, flow: bool) -> str:
    end = _end(text, node)
    new = _scalar_like(node, value, flow=flow)
    if begin == end and text[begin - 1 : begin] == ":":  # a key without a value
        new = f" {new}"
    rest = text[end:]
    comment = re.match(r"( {2,})(?=#)", rest)
    if comment and not _BREAK.search(text[begin:end]):
        # The comment keeps its column where it can.
        width = max(1, len(comment[1]) + (end - begin) - len(new))
        rest = " " * width + rest[comment.end() :]
    return text[:begin] + new + rest


def _scalar_like(node: yaml.Node, value: Any, *, flow: bool) -> str:
    """A value in the quotes that the old one had."""
    if isinstance(value, str) and isinstance(node, yaml.ScalarNode) and node.style in ("'", '"'):
        return written(value, flow=True, quotes='"' if "\n" in value else node.style)
    if isinstance(value, str) and flow:
        # What may stand plain on a line of its own may not stand plain between brackets.
        return written([value], flow=True)[1:-1]
    return written(value, flow=True)


def _add_key(
    text: str, parent: yaml.MappingNode, key: str, value: Any, after: Sequence[str]
) -> str:
    pairs = parent.value
    if parent.flow_style or not pairs:
        entry = written({key: value}, flow=True)[1:-1]
        if not pairs:
            at = parent.start_mark.index + 1
            return text[:at] + entry + text[at:]
        end = _end(text, pairs[_before(pairs, after)][1])
        return f"{text[:end]}, {entry}{text[end:]}"
    at = _before(pairs, after)
    column = pairs[0][0].start_mark.column
    lines = _indented(written({key: value}, flow=False), column)
    if isinstance(value, list) and not any(isinstance(e, list | Mapping) for e in value):
        lines = " " * column + f"{written(key, flow=True)}: {written(value, flow=True)}"
    apart = isinstance(value, Mapping) and _apart(text, [name for name, _ in pairs])
    return _insert_lines(text, _end(text, pairs[at][1]), lines, apart=apart)


def _before(pairs: Sequence[tuple[yaml.Node, yaml.Node]], after: Sequence[str]) -> int:
    found = [number for number, (name, _) in enumerate(pairs) if name.value in after]
    return max(found, default=len(pairs) - 1)


def _insert_lines(text: str, end: int, lines: str, *, apart: bool) -> str:
    """Put lines after the line in which a value ends."""
    eol = _eol(text)
    lines = lines.replace("\n", eol)
    gap = eol if apart else ""
    at = _next_line(text, end)
    if at == len(text) and not _BREAK.search(text[end:]):  # no line break at the end of the file
        return text + eol + gap + lines
    return text[:at] + gap + lines + eol + text[at:]


def _apart(text: str, nodes: Sequence[yaml.Node]) -> bool:
    """Whether an empty line stands between the last two entries."""
    if len(nodes) < 2:
        return False
    between = text[nodes[-2].start_mark.index : nodes[-1].start_mark.index]
    return bool(re.search(r"(\r\n|\n|\r)[ \t]*(\r\n|\n|\r)", between))


def _indented(lines: str, column: int) -> str:
    return "\n".join(" " * column + line if line else "" for line in lines.split("\n"))


def _eol(text: str) -> str:
    found = _BREAK.search(text)
    return found[0] if found else "\n"


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _next_line(text: str, at: int) -> int:
    found = _BREAK.search(text, at)
    return found.end() if found else len(text)
