"""Lengths in the values of styles, and what is drawn outside an element."""

import re
from collections.abc import Callable

from advocacy.resources import read_table

_PIXELS: dict[str, float] = read_table("checks/visible_styles.toml")["pixels"]


def number_of(value: str) -> float | None:
    """A number without a unit."""
    try:
        return float(value)
    except ValueError:
        return None


_LENGTH = re.compile(r"([-+]?[\d.]+(?:e[-+]?\d+)?)([a-z]*|%)")


def length_of(value: str, size: float, whole: float | None = None) -> float | None:
    """A length in CSS pixels; `whole` is what percentages are of. None where it is not known."""
    found = _LENGTH.fullmatch(value)
    number = number_of(found[1]) if found else None
    if found is None or number is None:
        return None
    unit = found[2]
    if unit == "%":
        return None if whole is None else number / 100 * whole
    if unit in ("em", "rem", "ex", "ch"):
        return number * (16.0 if unit == "rem" else size if unit == "em" else size / 2)
    if unit in _PIXELS:
        return number * _PIXELS[unit]
    return 0.0 if number == 0 else None


def is_thin(most: float) -> Callable[[str, float], bool]:
    """Whether no length in a value is more than `most` CSS pixels, such as of an outline."""
    return lambda value, size: all(abs(one) <= most for one in _lengths(value, size))


def is_slight(value: str, size: float) -> bool:
    """Whether shadows lie close to what casts them; only they may be blurred widely."""
    for shadow in re.sub(r"\([^()]*\)", "", value).split(","):
        lengths = _lengths(shadow, size)
        most = 4.0 if "inset" in shadow else 12.0
        if any(abs(one) > (60.0 if at == 2 else most) for at, one in enumerate(lengths)):
            return False
    return True


def _lengths(value: str, size: float) -> list[float]:
    """The lengths in a value with words and colors; those that are not known count as endless."""
    plain = re.sub(r"\b(?!calc|min|max|clamp|var|env)[a-z-]+\([^()]*\)|#[0-9a-f]+", "", value)
    parts = [part for part in plain.split() if not re.fullmatch("[a-z-]+", part)]
    found = [length_of(part, size) for part in parts]
    return [float("inf") if one is None else one for one in found]


DRAWN: dict[str, Callable[[str, float], bool]] = {
    **dict.fromkeys(("outline", "outline-width", "outline-offset"), is_thin(6.0)),
    **dict.fromkeys(("outline-style", "outline-color"), lambda _value, _size: True),
    **dict.fromkeys(("border-image", "border-image-outset"), lambda value, _size: value == "none"),
    **dict.fromkeys(("box-shadow", "text-shadow"), is_slight),
}
"""Whether what a property draws leaves the texts of other elements to be seen."""
