"""The words and patterns by which sentences are judged, read from `patterns.toml`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from advocacy.resources import read_table

_NAMED = re.compile(r"\{\{(?P<words>.*?)\}\}|\{(?P<name>[a-z_]+)\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class WrittenPattern:
    """A pattern as the file has it, and two sentences that show what it is for."""

    name: str
    pattern: str
    example: str
    counter: str
    capitals_count: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    words: Mapping[str, str]
    parts: Mapping[str, str]
    patterns: Mapping[str, WrittenPattern]

    def expand(self, pattern: str) -> str:
        """Put words and parts in place of their names. Raises KeyError for an unknown name."""
        return _NAMED.sub(self._expanded, pattern)

    def _expanded(self, found: re.Match[str]) -> str:
        if found["name"] in self.parts:
            return self.expand(self.parts[found["name"]])
        words = found["words"] or self.words[found["name"]]
        each = (self.expand(word).replace("_", r"\s+") for word in words.split())
        return f"(?:{'|'.join(each)})"


@lru_cache(maxsize=1)
def _read() -> _File:
    data = read_table("checks/patterns.toml")
    written = (WrittenPattern(**entry) for entry in data["pattern"])
    return _File(data["words"], data["parts"], {one.name: one for one in written})


def written_patterns() -> tuple[WrittenPattern, ...]:
    """All patterns in the order of their file."""
    return tuple(_read().patterns.values())


@lru_cache(maxsize=256)
def pattern(name: str, parties: tuple[str, ...] = ()) -> re.Pattern[str]:
    """The pattern of that name. Raises KeyError if there is none.

    `parties` are the names of those whom sentences may be about, for the pattern `about`.
    """
    written = _read().patterns[name]
    longest_first = sorted(parties, key=lambda party: (-len(party), party))
    names = "|".join(map(re.escape, longest_first)) or "(?!)"
    expanded = _read().expand(written.pattern.replace("{parties}", names))
    return re.compile(expanded, re.VERBOSE | (0 if written.capitals_count else re.IGNORECASE))


def search(name: str, text: str) -> re.Match[str] | None:
    """Find the first place of a text that the pattern of that name fits."""
    return pattern(name).search(text)


@lru_cache(maxsize=16)
def words(name: str) -> frozenset[str]:
    """The words of a list. Raises KeyError if there is none of that name."""
    return frozenset(_read().words[name].split())
