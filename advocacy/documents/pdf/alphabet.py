"""The glyphs that a letter's fonts always carry: the same for all letters of a layout.

A font is cut down to its language's letters, figures and punctuation, and the ligatures that a
layout's features make of them, whatever a letter says. So letters of one layout have the same
fonts, byte for byte, and a name can be set into a page that is laid out. A letter with a Polish or
a Greek name has a whole set of such letters, so its fonts are those of others with names like it. A
letter with another character, such as a Chinese one, has that one too.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from string import ascii_letters

import uharfbuzz as hb

from advocacy.campaign.languages import primary_language
from advocacy.resources import read_table

_RANGES = ((0x20, 0x7F), (0xA0, 0xAD), (0xAE, 0x100))
_MARKS = "ŒœŠšŽžŸ–—‘’‚“”„…•†‡€™‐‑−‹›"
_RAISED = "¹²³ªº"  # their glyphs stand for plain figures and letters where these are raised
_LATIN = "".join(chr(code) for span in _RANGES for code in range(*span) if chr(code) not in _RAISED)
_LATIN += _MARKS
_OWN = read_table("documents/pdf/alphabet.toml")
_SETS = {name: frozenset("".join(letters)) for name, letters in _OWN["sets"].items()}
_ANY = re.compile(f"[{''.join(sorted(frozenset().union(*_SETS.values())))}]")

Sets = frozenset[str]
"""The names of sets of letters of names: those of which a letter has one."""


def sets_in(text: str) -> Sets:
    """The sets of letters of which a text has one."""
    found = set(_ANY.findall(text))
    return frozenset(name for name, letters in _SETS.items() if not found.isdisjoint(letters))


@lru_cache(maxsize=64)  # saves a seventh of a stamped letter
def letters_of(language: str, sets: Sets = frozenset()) -> frozenset[str]:
    """The letters, figures and punctuation of a language: Latin-1's, its own, and those of sets.

    `language` is a tag such as `pl-PL`.
    """
    main = primary_language(language)
    own = "".join(map(chr, range(*_OWN["blocks"].get(main, (0, 0)))))
    return frozenset(_LATIN + _OWN["more"].get(main, "") + own).union(
        *(_SETS[name] for name in sets)
    )


Glyphs = Mapping[int, tuple[str, int]]
"""By glyph: the text it stands for, and its width in thousandths of the font's size."""


def face_of(font: bytes, index: int) -> hb.Face:
    """A font file as HarfBuzz reads it."""
    return hb.Face(hb.Blob(font), index)


def shaped(
    font: hb.Font, text: str, language: str, features: Mapping[str, int]
) -> tuple[list[hb.GlyphInfo], list[hb.GlyphPosition]]:
    """A text of one script, from left to right, as glyphs and their places."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "ltr"
    buffer.language = language
    hb.shape(font, buffer, dict(features))
    return buffer.glyph_infos, buffer.glyph_positions


@lru_cache(maxsize=64)  # saves a fifth of a letter laid out in full
def alphabet(
    file: bytes, index: int, language: str, sets: Sets, features: tuple[tuple[str, int], ...]
) -> Glyphs:
    """The glyphs of letters in a font with OpenType features switched on or off.

    The letters are those of a language and of some sets.
    """
    face = face_of(file, index)
    font = hb.Font(face)
    upem = face.upem
    found: dict[int, tuple[str, int]] = {}

    def note(text: str) -> None:
        infos, _ = shaped(font, text, language, dict(features))
        ends = [*(info.cluster for info in infos), len(text)][1:]
        for info, end in zip(infos, ends, strict=True):
            if info.codepoint and end > info.cluster and info.codepoint not in found:
                width = font.get_glyph_h_advance(info.codepoint)
                found[info.codepoint] = text[info.cluster : end], round(width * 1000 / upem)

    for char in sorted(letters_of(language, sets)):
        note(char)
    note(" ".join(one + two for one in ascii_letters for two in ascii_letters))
    joins = [text for text, _ in found.values() if len(text) > 1]
    note(" ".join(join + letter for join in joins for letter in ascii_letters))
    return found
