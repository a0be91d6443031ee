"""Quotes and keys of YAML files that can be put right without asking: see `fixing`."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from advocacy.errors import Place, Problem

Judge = Callable[[str], list[Problem]]
"""All that is wrong with a file's text."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_TEXTLESS = {f"{_TAG}{name}" for name in ("str", "null", "merge", "value")}
_NUMBERS = {f"{_TAG}{name}" for name in ("int", "float")}
_MEANT = re.compile(r"Did you mean `([^`]+)`\?")


@dataclass(frozen=True, slots=True)
class Fix:
    """A piece of a file's text to exchange for another; `what` says so to people."""

    place: Place
    what: str
    begin: int
    end: int
    text: str

    def applied(self, text: str) -> str:
        """The text with the fix made."""
        return text[: self.begin] + self.text + text[self.end :]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A key or single value of a YAML text, as it stands there."""

    node: yaml.ScalarNode
    beside: tuple[str, ...] | None = None  # all keys of its mapping, if it is a key

    @property
    def begin(self) -> int:
        """Where it begins in the text, with its quote."""
        begin: int = self.node.start_mark.index
        return begin

    @property
    def end(self) -> int:
        """Where it ends."""
        end: int = self.node.end_mark.index
        return end


def fixes(problems: Iterable[Problem], text: str, judged: Judge) -> list[Fix]:
    """The safe fixes of one YAML file's problems, last first, so that each fits the text
    that the ones before it leave.

    Quotes go around a text that YAML reads as something else; a key that differs from a known
    one in case, hyphens, underscores and spaces alone gets that one's name.
    """
    places = scalars(text)
    found: dict[tuple[int, int], Fix] = {}
    for problem in problems:
        place = problem.place
        scalar = places.get((place.line or 0, place.column or 0)) if place else None
        if place and scalar and (fix := _fix(problem, place, scalar, text, judged)):
            found.setdefault((fix.begin, fix.end), fix)
    made: list[Fix] = []
    known = judged(text)
    for _, fix in sorted(found.items(), reverse=True):
        left = judged(fix.applied(text))
        if _cures(fix, known, left):
            text, known = fix.applied(text), left
            made.append(fix)
    return made


def scalars(text: str) -> dict[tuple[int, int], Scalar]:
    """The keys and single values of a YAML text by line and column; none where it is no YAML."""
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError:
        return {}
    return {
        (s.node.start_mark.line + 1, s.node.start_mark.column + 1): s for s in _walk(root, set())
    }


def _fix(problem: Problem, place: Place, scalar: Scalar, text: str, judged: Judge) -> Fix | None:
    raw = text[scalar.begin : scalar.end]
    if scalar.node.style or raw != scalar.node.value:  # quotes, a block, an anchor
        return None
    if scalar.beside is not None and problem.code == "unknown-key":
        meant = _MEANT.fullmatch(problem.hint)
        if meant is None or _folded(meant[1]) != _folded(raw):
            return None
        if [_folded(key) for key in scalar.beside].count(_folded(raw)) > 1:
            return None
        what = f"the key `{raw}` is now `{meant[1]}`"
        return Fix(place, what, scalar.begin, scalar.end, meant[1])
    wanted = "key-not-text" if scalar.beside is not None else "not-text"
    is_text = problem.code == wanted and scalar.node.tag not in _TEXTLESS
    if problem.code == "surprising-value" and scalar.node.tag in _NUMBERS:
        # Where a number alone would do, the author may have meant one.
        probe = Fix(place, "", scalar.begin, scalar.end, f'"{raw} x"')
        is_text = not _remaining(judged(probe.applied(text)), place)
    if not is_text:
        return None
    return Fix(place, f"`{raw}` is now in quotes", scalar.begin, scalar.end, f'"{raw}"')


def _cures(fix: Fix, before: Sequence[Problem], after: Sequence[Problem]) -> bool:
    said = {(problem.code, problem.message) for problem in before}
    new = [problem for problem in after if (problem.code, problem.message) not in said]
    return not new and not _remaining(after, fix.place) and len(after) < len(before)


def _remaining(problems: Iterable[Problem], place: Place) -> list[Problem]:
    return [problem for problem in problems if problem.place == place]


def _folded(key: str) -> str:
    return re.sub(r"[-_ ]", "", key).casefold()


def _walk(node: yaml.Node | None, seen: set[int]) -> Iterator[Scalar]:
    """All keys and single values of a document, each once."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield Scalar(node)
    elif isinstance(node, yaml.MappingNode):
        keys = tuple(str(key.value) for key, _ in node.value)
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield Scalar(key, keys)
            yield from _walk(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _walk(item, seen)
