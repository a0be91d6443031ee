"""The patterns of what looks like markup and is none, and markup in values that are filled in.

`markup_problems.toml` has them. Those for values are limited to what can be nothing but markup: a
value is printed as typed, and a name may be written in any way.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from advocacy.errors import Level
from advocacy.resources import read_table


@dataclass(frozen=True, slots=True)
class MarkupRule:
    """A pattern of what looks like markup, and the right way to write it."""

    pattern: re.Pattern[str]
    code: str
    says: str
    write: str
    value: re.Pattern[str] | None
    example: str
    counter: str
    level: Level

    def spans(self, text: str, *, value: bool = False) -> Iterator[tuple[int, int]]:
        """Where it is in a text, or in a `value` that is filled in."""
        pattern = self.value if value else self.pattern
        for found in pattern.finditer(text) if pattern else ():
            yield found.span("at" if "at" in found.re.groupindex else 0)


@lru_cache(maxsize=1)
def markup_rules() -> tuple[MarkupRule, ...]:
    """The patterns, in the order in which they are tried."""
    flags = re.VERBOSE | re.MULTILINE
    return tuple(
        MarkupRule(
            re.compile(mark["pattern"], flags),
            mark.get("code", "broken-markup"),
            mark["says"],
            mark["write"],
            _value_pattern(mark, flags),
            mark["example"],
            mark["counter"],
            Level(mark.get("level", "error")),
        )
        for mark in read_table("templating/markup_problems.toml")["mark"]
    )


def _value_pattern(mark: Mapping[str, Any], flags: int) -> re.Pattern[str] | None:
    pattern = mark["pattern"] if mark.get("in_values") else mark.get("value")
    return re.compile(pattern, flags) if pattern else None


@lru_cache(maxsize=1)
def _value_rules() -> list[MarkupRule]:
    rules = [rule for rule in markup_rules() if rule.value is not None]
    return sorted(rules, key=lambda rule: rule.level is not Level.ERROR)


# Without one of these, no rule finds anything: ten times as fast for names and addresses. To ask
# first whether a sign begins at all saves four fifths of the rest.
_SIGNS = re.compile(
    r"(?=[*{}<`|\\=~^&$_:\][#+])"
    r"(?:[*{}<`|\\=]|~[~\w]|\^\w|&[a-z#]|\$\$|__|::|\]\(|\[\^|##|^#\s|\+\+|:[a-z])",
    re.MULTILINE,
)


def value_markup(text: str) -> tuple[str, MarkupRule] | None:
    """What in a text that is filled in can be nothing but markup, and its rule.

    Errors come before warnings.
    """
    if not _SIGNS.search(text):
        return None
    for rule in _value_rules():
        for start, end in rule.spans(text, value=True):
            return text[start:end], rule
    return None
