"""The fonts of the printed letter: which there are, what they cover, and which a text needs.

They come from packages and from the folder `fonts/` of the workspace, none from the machine. A font
is opened only when no font before it has a character, so that a plain Latin letter opens one
family. Packages of the extra `scripts` may be missing; then their families cover nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from advocacy.campaign.languages import primary_language
from advocacy.files.font_files import OwnFont, own_fonts
from advocacy.files.workspace import Workspace
from advocacy.resources import font_package, read_table

BODY = "EB Garamond"
"""The family that letters are set in."""

CJK_JP, CJK_KR, CJK_SC = "Noto Sans JP", "Noto Sans KR", "Noto Sans SC"
EXTRA = "scripts"
"""The extra that installs the fonts of further scripts."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family of fonts: `files` are a package and a path in it, with `{}` for the style."""

    name: str
    files: tuple[str, str]
    styles: tuple[tuple[str, int, str], ...]

    @property
    def faces(self) -> tuple[tuple[Path, int, str], ...]:
        """Each face's file, weight and style; none where the package is not installed."""
        package, name = self.files
        folder = font_package(package)
        if folder is None:
            return ()
        return tuple(
            (folder / name.replace("{}", style), weight, slant)
            for style, weight, slant in self.styles
        )


_TABLE = read_table("documents/fonts.toml")
FAMILIES = {
    name: Family(name, (package, path), _TABLE["styles"][styles])
    for name, (package, path, styles) in _TABLE["families"].items()
}
"""Families that a layout's stylesheet may name."""

_CJK = {"ja": (CJK_JP, CJK_KR, CJK_SC), "ko": (CJK_KR, CJK_JP, CJK_SC)}
_CHINESE = (CJK_SC, CJK_JP, CJK_KR)
_KANA = range(0x3040, 0x3100)
_HANGUL = (range(0x1100, 0x1200), range(0x3130, 0x3190), range(0xAC00, 0xD7B0))

_PLAIN = re.compile("[\n -~\u00a0-\u00ac\u00ae-\u00ff‐‑–—‘’“”„…€]*")
"""Texts whose characters are in the body's font: it need not be opened to know that."""

# Characters that are never drawn (Unicode's Default_Ignorable_Code_Point, as far as letters
# may hold them) or that break lines: no font needs to have them.
_UNDRAWN = frozenset("\n\t\r\u00ad\u034f\u200b\u200c\u200d\u2060\ufeff") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)


@cache  # saves opening the fonts: tens of milliseconds for a letter laid out in full
def _characters(family: str) -> frozenset[int]:
    """The code points that every face of a family of a package has."""
    from fontTools.ttLib import TTFont

    common: frozenset[int] | None = None
    for path in dict.fromkeys(path for path, _, _ in FAMILIES[family].faces):
        with TTFont(path, lazy=True) as font:
            has = frozenset(font["cmap"].getBestCmap())
        common = has if common is None else common & has
    return common or frozenset()


@dataclass(frozen=True, slots=True)
class FontLibrary:
    """The fonts that a workspace's letters may use: its own, and those of packages.

    `lead` is the family that an organization's letters are set in, if it chose one.
    """

    own: tuple[OwnFont, ...] = ()
    lead: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every family, the own ones first."""
        return tuple(dict.fromkeys((*(font.family for font in self.own), *FAMILIES)))

    def fallbacks(self, language: str, text: str = "") -> tuple[str, ...]:
        """The families to try in turn for a text in a language.

        First the one that the letter is set in, then the workspace's own, then those of packages.
        Han characters look different in Chinese, Japanese and Korean: where the language does not
        say which, kana or Hangul in the text do.
        """
        cjk = _CJK.get(primary_language(language))
        if cjk is None:
            points = set(map(ord, text)) if not text.isascii() else set()
            if any(point in _KANA for point in points):
                cjk = _CJK["ja"]
            elif any(point in block for block in _HANGUL for point in points):
                cjk = _CJK["ko"]
        own = (font.family for font in self.own)
        first = [self.lead] if self.lead else []
        leading = _leading(primary_language(language))
        return tuple(
            dict.fromkeys(
                (*first, *leading, BODY, *own, *_TABLE["order"]["before"], *(cjk or _CHINESE),
                 *_TABLE["order"]["after"])
            )
        )  # fmt: skip

    def has(self, family: str, char: str) -> bool:
        """Whether a family has a character."""
        own = [font for font in self.own if font.family == family]
        if own:
            return all(ord(char) in font.characters for font in own)
        return family in FAMILIES and ord(char) in _characters(family)

    def covered_by(self, char: str, families: tuple[str, ...]) -> str | None:
        """The first of the families that has a character; the first, if it is not drawn."""
        if char in _UNDRAWN:
            return families[0]
        return next((name for name in families if self.has(name, char)), None)

    def unprintable(self, text: str) -> tuple[str, ...]:
        """The characters of a text that no font has, each once, in order."""
        if _PLAIN.fullmatch(text):
            return ()
        text = unicodedata.normalize("NFC", text)
        families = self.fallbacks("en")
        return tuple(c for c in dict.fromkeys(text) if self.covered_by(c, families) is None)

    def needed(self, text: str, language: str) -> tuple[str, ...]:
        """The families that a text needs, in the order in which they are to be tried."""
        families = self.fallbacks(language, text)
        chars = set(text) if text.isascii() else set(text) | set(unicodedata.normalize("NFC", text))
        used = {self.covered_by(char, families) for char in chars}
        return tuple(name for name in families if name in (BODY, self.lead) or name in used)

    def has_raised_figures(self, family: str) -> bool:
        """Whether a family has figures of its own for marks of notes (OpenType's `sups`).

        So it is assumed of a family that is not there, which is reported before a page is made.
        """
        from fontTools.ttLib import TTFont

        own = [font.path for font in self.own if font.family == family]
        if not own and family not in FAMILIES:
            return True
        paths = own or [path for path, _, _ in FAMILIES[family].faces]
        with TTFont(paths[0], lazy=True) as font:
            features = font["GSUB"].table.FeatureList if "GSUB" in font else None
            found = features.FeatureRecord if features else ()
            return any(one.FeatureTag == "sups" for one in found)

    def face_rules(self, families: Iterable[str]) -> str:
        """The CSS `@font-face` rules of families, with the fonts' files by address."""
        return "\n".join(rule for name in families for rule in self._rules(name))

    def _rules(self, family: str) -> Iterator[str]:
        own = [font for font in self.own if font.family == family]
        for font in own:
            weights = (400, 700) if font.weights else (font.weight,)
            for weight in weights:
                # The digest is there so that another file of the same name is another rule.
                yield f"{_face_rule(family, weight, font.slant, font.path)}/*{font.digest}*/"
        if not own and family in FAMILIES:
            for path, weight, slant in FAMILIES[family].faces:
                yield _face_rule(family, weight, slant, path)


def _face_rule(family: str, weight: int, slant: str, path: Path) -> str:
    name = family.replace("\\", "").replace('"', "").replace("<", "")
    return (
        f'@font-face{{font-family:"{name}";font-weight:{weight};font-style:{slant};'
        f'src:url("{path.as_uri()}")}}'
    )


@cache
def _leading(language: str) -> tuple[str, ...]:
    """The family that a language's letters are set in, where Garamond has not its script."""
    from babel.core import get_global

    script = get_global("likely_subtags").get(language, "__").split("_")[1]
    name = _TABLE["leading"].get(script)
    return (name,) if name and FAMILIES[name].faces else ()


PACKAGES = FontLibrary()
"""The fonts of packages alone."""


def font_library(workspace: Workspace, lead: str | None = None) -> FontLibrary:
    """The fonts of a workspace; `lead` is the family that its letters are set in."""
    return FontLibrary(own_fonts(workspace).fonts, lead)


def describe(char: str) -> str:
    """A character as a problem names it: `U+0628 ARABIC LETTER BEH`."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"


def by_script(characters: Iterable[str]) -> dict[str, list[str]]:
    """Characters by the names of their scripts (`Thai`); signs of no script under an empty name."""
    wanted = list(characters)
    if not wanted:
        return {}
    from fontTools import unicodedata as scripts

    def name(char: str) -> str:
        code = scripts.script(char)
        return "" if code in ("Zyyy", "Zinh", "Zzzz") else scripts.script_name(code)

    found = sorted(wanted, key=name)
    return {script: list(chars) for script, chars in groupby(found, key=name)}


def describe_script(script: str, characters: list[str]) -> str:
    """What no font has, as a problem names it: `Thai (16 characters)`, or the sign itself."""
    if not script:
        return ", ".join(map(describe, characters[:3]))
    several = f"{len(characters)} characters" if len(characters) > 1 else describe(characters[0])
    return f"{script.replace('_', ' ')} ({several})"


def missing_font_cure(script: str) -> str:
    """What to do about characters that no font has; without a stop."""
    package = _TABLE["by_package"].get(script)
    if package and font_package(package) is None:
        return f'Install the fonts: python -m pip install "advocacy[{EXTRA}]"'
    return "Put a font that has them in the folder `fonts` beside the campaign"


def font_list(families: Iterable[str]) -> str:
    """The families as a value of CSS's `font-family`."""
    return ", ".join(f'"{name}"' for name in families)
