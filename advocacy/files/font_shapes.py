"""Whether a font draws letters and digits that can be told from each other.

Who reads a letter must be able to read its notes: a font that draws each letter as the same dash
hides them as well as no ink does. That each letter is drawn as itself is not proven.
"""

from io import BytesIO
from itertools import combinations
from string import ascii_letters, digits
from typing import Any

_HEIGHT = 32
"""Pixels of an em."""
_SAME = 0.05
"""The part of the ink of two characters in which they differ at least."""
_MOST_ALIKE = 4
"""Pairs that may look alike: designs differ, and so do readers."""
_LOOK_ALIKE = ("0oq", "1lij", "s5", "z2", "b8", "g9q", "uv", "g6")
"""Characters that many fonts draw alike; the cases of a letter count as one."""


def look_alike(font: Any, data: bytes) -> tuple[str, str] | None:
    """Two letters or digits that a font draws alike, where it draws many alike.

    `font` is fontTools' reading of `data`. Raises an error of some kind where it cannot be drawn.
    """
    from PIL import ImageFont

    if font.flavor is not None:  # compressed for the web
        written = BytesIO()
        font.flavor = None
        font.save(written)
        data = written.getvalue()
    drawn = ImageFont.truetype(BytesIO(data), _HEIGHT, layout_engine=ImageFont.Layout.BASIC)
    has = font.getBestCmap() or {}
    pictures = {char: _ink(drawn, char) for char in ascii_letters + digits if ord(char) in has}
    alike = [
        (one, other)
        for one, other in combinations(pictures, 2)
        if not _may_be_alike(one, other) and _are_alike(pictures[one], pictures[other])
    ]
    return alike[0] if len(alike) > _MOST_ALIKE else None


def _ink(drawn: Any, char: str) -> Any:
    """A character in a square of twice its font's height, from the line's beginning."""
    from PIL import Image, ImageDraw

    picture = Image.new("L", (2 * _HEIGHT, 2 * _HEIGHT))
    left = drawn.getbbox(char, anchor="ls")[0]
    ImageDraw.Draw(picture).text((8 - left, 44), char, fill=255, font=drawn, anchor="ls")
    return picture


def _are_alike(one: Any, other: Any) -> bool:
    from PIL import ImageChops, ImageStat

    ink = ImageStat.Stat(one).sum[0] + ImageStat.Stat(other).sum[0]
    differs = ImageStat.Stat(ImageChops.difference(one, other)).sum[0]
    return bool(differs <= _SAME * ink)


def _may_be_alike(one: str, other: str) -> bool:
    pair = {one.lower(), other.lower()}
    return len(pair) == 1 or any(pair <= set(group) for group in _LOOK_ALIKE)
