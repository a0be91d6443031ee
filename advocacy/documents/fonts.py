"""The fonts of the printed letter: which there are, what they cover, and which a text needs.

All come from a package, none from the machine. `covered_by` reads only a font's table of
characters, and opens a font only when no font before it has the character, so that a plain
Latin letter opens one family.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from advocacy.campaign.languages import primary_language
from advocacy.resources import fonts_dir, read_table

BODY = "EB Garamond"
"""The family that letters are set in."""

CJK_JP, CJK_KR, CJK_SC = "Noto Sans JP", "Noto Sans KR", "Noto Sans SC"


@dataclass(frozen=True, slots=True)
class Family:
    """A family of fonts: `files` are a folder and the names' first part and suffix."""

    name: str
    files: tuple[str, str, str]
    styles: tuple[tuple[str, int, str], ...]

    @property
    def faces(self) -> tuple[tuple[Path, int, str], ...]:
        """Each face's file, weight and style."""
        folder, stem, suffix = self.files
        return tuple(
            (fonts_dir() / folder / f"{stem}-{style}{suffix}", weight, slant)
            for style, weight, slant in self.styles
        )


_TABLE = read_table("documents/fonts.toml")
FAMILIES = {
    name: Family(name, files, _TABLE["styles"][styles])
    for name, (*files, styles) in _TABLE["families"].items()
}
"""Families that a layout's stylesheet may name."""

_FALLBACK = ("Gentium Book Plus", "Noto Sans", "Open Sans")
_CJK = {"ja": (CJK_JP, CJK_KR, CJK_SC), "ko": (CJK_KR, CJK_JP, CJK_SC)}
_CHINESE = (CJK_SC, CJK_JP, CJK_KR)
_KANA = range(0x3040, 0x3100)
_HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7B0))

# Characters that are never drawn (Unicode's Default_Ignorable_Code_Point, as far as letters
# may hold them) or that break lines: no font needs to have them.
_UNDRAWN = frozenset("\n\t\r\u00ad\u034f\u200b\u200c\u200d\u2060\ufeff") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)


@cache  # saves opening the fonts: tens of milliseconds for a letter laid out in full
def _characters(family: str) -> frozenset[int]:
    """The code points that every face of a family has."""
    from fontTools.ttLib import TTFont

    common: frozenset[int] | None = None
    for path, _, _ in FAMILIES[family].faces:
        with TTFont(path, lazy=True) as font:
            has = frozenset(font["cmap"].getBestCmap())
        common = has if common is None else common & has
    return common or frozenset()


def fallbacks(language: str, text: str = "") -> tuple[str, ...]:
    """The families to try in turn for a text in a language, the body's first.

    Han characters look different in Chinese, Japanese and Korean: where the language does
    not say which, kana or Hangul in the text do.
    """
    cjk = _CJK.get(primary_language(language))
    if cjk is None:
        points = set(map(ord, text)) if not text.isascii() else set()
        if any(point in _KANA for point in points):
            cjk = _CJK["ja"]
        elif any(point in block for block in _HANGUL for point in points):
            cjk = _CJK["ko"]
    return (BODY, *_FALLBACK, *(cjk or _CHINESE))


def covered_by(char: str, families: tuple[str, ...] = fallbacks("en")) -> str | None:
    """The first of the families that has a character, or None; the first, if it is not drawn."""
    if char in _UNDRAWN:
        return families[0]
    return next((name for name in families if ord(char) in _characters(name)), None)


def unprintable(text: str) -> tuple[str, ...]:
    """The characters of a text that no font of the package has, each once, in order."""
    text = unicodedata.normalize("NFC", text)
    return tuple(char for char in dict.fromkeys(text) if covered_by(char) is None)


def needed(text: str, language: str) -> tuple[str, ...]:
    """The families that a text needs, in the order in which they are to be tried."""
    families = fallbacks(language, text)
    chars = set(text) if text.isascii() else set(text) | set(unicodedata.normalize("NFC", text))
    used = {covered_by(char, families) for char in chars}
    return tuple(name for name in families if name == BODY or name in used)


def describe(char: str) -> str:
    """A character as a problem names it: `U+0628 ARABIC LETTER BEH`."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def face_rules(families: Iterable[str]) -> str:
    """The CSS `@font-face` rules of families, with the fonts' files by address."""
    return "\n".join(
        f'@font-face{{font-family:"{name}";font-weight:{weight};font-style:{slant};'
        f'src:url("{path.as_uri()}")}}'
        for name in families
        for path, weight, slant in FAMILIES[name].faces
    )


def font_list(families: Iterable[str]) -> str:
    """The families as a value of CSS's `font-family`."""
    return ", ".join(f'"{name}"' for name in families)
