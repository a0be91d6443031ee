"""The words of one language by which sentences are compared, read from `words/<language>.toml`."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from advocacy.checks.sentences import word_list
from advocacy.checks.word_beginnings import alternatives
from advocacy.checks.word_patterns import WordPattern
from advocacy.resources import read_table

LANGUAGES = frozenset({"en", "de", "fr", "es"})
CAPITAL = r"[A-ZÄÖÜÁÉÍÓÚÑÀÈÇÊÎ][\w'’-]+"
"""A word that begins with a capital, as a name does."""

_APOSTROPHES = str.maketrans(
    {**dict.fromkeys("’‘ʼ`´", "'"), **dict.fromkeys("\u00a0\u202f\u2009", " "), "\u00ad": None}
)
_CONTRACTED = re.compile(r"\b(?:(ca)n't|(wo)n't|can(?=not\b)|(\w+)n't)\b", re.IGNORECASE)
_BRACKETED = re.compile(r"\[(\w)\](?=\w)")  # “[m]ore than half”
# Endings that inflection adds, longest first; enough to bring forms of one word together.
_ENDINGS = {
    "en": ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "ly", "s", "e"),
    "de": ("ungen", "ung", "ern", "en", "er", "es", "em", "et", "te", "st", "e", "n", "s", "t"),
    "fr": ("ements", "ement", "ations", "ation", "aient", "ées", "és", "ée", "er", "ait", "ent",
           "es", "é", "e", "s", "x"),
    "es": ("aciones", "ación", "amente", "ieron", "aron", "ados", "adas", "ando", "ado", "ada",
           "idos", "idas", "ido", "ida", "ían", "es", "os", "as", "an", "ar", "er", "ir", "ó", "o",
           "a", "e", "s"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """Patterns and tables of one language; a kind of words that it lacks never matches."""

    code: str
    stop: frozenset[str]
    patterns: Mapping[str, WordPattern]
    tables: Mapping[str, Mapping[str, Any]]
    lists: Mapping[str, tuple[str, ...]]
    opposites: tuple[tuple[list[str], list[str]], ...] = ()
    """Words that say the opposite of each other."""

    def finds(self, kind: str, text: str) -> re.Match[str] | None:
        """The first word of that kind in a text."""
        return self.patterns[kind].search(text)

    def all(self, kind: str, text: str) -> list[re.Match[str]]:
        """Every word of that kind in a text."""
        return list(self.patterns[kind].finditer(text))

    def table(self, name: str) -> Mapping[str, Any]:
        """A table, empty where the language has none."""
        return self.tables.get(name, {})

    def stem(self, word: str) -> str:
        """A word without its inflection, accents and capitals: what is compared."""
        return stem(word, self.code)


def language_of(code: str) -> Language | None:
    """The words of a language (`de-AT` is `de`), or None for one that has no file."""
    main = code.split("-")[0].lower()
    return _language(main) if main in LANGUAGES else None


@lru_cache(maxsize=len(LANGUAGES))
def _language(main: str) -> Language:
    data = read_table(f"checks/words/{main}.toml")
    pairs = tuple((alternatives(a), alternatives(b)) for a, b in data["opposites"])
    tables = {name: value for name, value in data.items() if isinstance(value, dict)}
    lists = {
        name: tuple(value)
        for name, value in data.items()
        if isinstance(value, list) and name != "opposites"
    }
    return Language(main, stop_words(main), _Patterns(main, lists), tables, lists, pairs)


@lru_cache(maxsize=8)
def stop_words(code: str) -> frozenset[str]:
    """The words of a language that are not compared, without accents."""
    return frozenset(bare(word) for word in word_list("stop", code))


class _Patterns(dict[str, WordPattern]):
    """Patterns by kind, each made when it is first asked for: most texts need few."""

    def __init__(self, code: str, lists: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._code, self._lists = code, lists

    def __missing__(self, kind: str) -> WordPattern:
        words = self._lists.get(kind, ())
        # In German the capital alone tells “Sie” from “sie”.
        flags = re.NOFLAG if (self._code, kind) == ("de", "you") else re.IGNORECASE
        self[kind] = any_of(words, flags)
        return self[kind]


def any_of(words: Sequence[str], flags: int = re.IGNORECASE) -> WordPattern:
    """A pattern for any of the words, each whole, made once; a space stands for any space."""
    return _any_of(tuple(words), flags)


@lru_cache(maxsize=2048)
def _any_of(words: tuple[str, ...], flags: int) -> WordPattern:
    return WordPattern(words, flags)


@lru_cache(maxsize=16384)
def stem(word: str, language: str) -> str:
    """A word without inflection: endings go while four letters stay, then accents."""
    word = word.casefold()
    for ending in _ENDINGS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return bare(word)


@lru_cache(maxsize=16384)
def bare(word: str) -> str:
    """A word in small letters without accents."""
    parts = unicodedata.normalize("NFD", word.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))


def flatten(text: str, language: str = "en") -> str:
    """A text with one kind of apostrophe and space, and English “n't” as “ not”."""
    text = unicodedata.normalize("NFC", text.translate(_APOSTROPHES))
    text = _BRACKETED.sub(r"\1", text)
    if language.startswith("en") and ("'" in text or "cannot" in text):
        text = _CONTRACTED.sub(_spelled_out, text)
    return " ".join(text.split())


def _spelled_out(found: re.Match[str]) -> str:
    if found[1]:
        return "can not"
    if found[2]:
        return "will not"
    return f"{found[3]} not" if found[3] else "can "
