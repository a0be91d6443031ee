"""The text of an email that a reader sees.

The page is parsed as browsers parse it, and each text is judged by the styles of the elements
around it. What is seen must be proven: a property or an element that is not known here hides it.
A text must be seen on each screen (see `email_variants`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from advocacy.checks.email_variants import variants
from advocacy.checks.style_lengths import DRAWN, is_thin, length_of, number_of
from advocacy.resources import read_table

_TABLE = read_table("checks/visible_styles.toml")
_HARMLESS = re.compile("|".join(_TABLE["harmless"]))
_DISPLAYS = frozenset(_TABLE["displays"])
_ELEMENTS = frozenset(_TABLE["elements"])
_WITHIN_LINES = frozenset(_TABLE["within_lines"])
_WITHOUT_TEXT = frozenset(_TABLE["without_text"])
_HIDING_ATTRIBUTES: list[str] = _TABLE["hiding_attributes"]
_ELEMENT_SIZES: dict[str, float] = _TABLE["element_sizes"]
_SYMBOL_FONT = re.compile(_TABLE["symbol_fonts"])
_BEFORE_FAMILY = re.compile(
    r"[^,]*(?:\d[\w.%]*|small|medium|large|smaller|larger)(?:\s*/\s*\S+)?\s+"
)
"""The size in a value of `font`, and what stands before it."""
_NAMED_SIZES: dict[str, float] = _TABLE["sizes"]
SMALLEST = 8.0
"""CSS pixels that letters must be high."""
LEAST_CONTRAST = 2.0
"""Between text and ground (WCAG 2.2, contrast ratio); pale print has 2.3, hidden print less."""
_FARTHEST = 400.0
"""CSS pixels by which a text may be moved to a side."""
_FARTHEST_IN_ALL = 800.0
_FARTHEST_BACK = 60.0
"""CSS pixels by which texts may be moved against the order of the page, all elements together."""
_MOST_OVERLAP = 10.0
"""CSS pixels by which an element may lie over what stands above it."""
_FARTHEST_BACK_IN_ALL = 200.0
_NARROW, _BROAD = 100.0, 1600.0
_LONG_LINE = 60
"""Characters of a line that may be wider than its column."""
_LEAST_OPACITY = 0.5
_MOVING = re.compile(r"(margin|padding)(-\w+)*|text-indent|top|right|bottom|left|inset")

_SIZE_ADJUST = tuple(f"{maker}text-size-adjust" for maker in ("", "-webkit-", "-ms-", "-moz-"))
_TRANSFORMS = re.compile(
    "(-webkit-|-ms-|-moz-|-o-)?(transform|translate|rotate|scale|zoom|filter|animation(-name)?|"
    "mix-blend-mode|offset-path|margin-(block|inline)(-start|-end)?)"
)

Color = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class SeenText:
    """A page's visible text, and each text that is hidden, with what hides it: `opacity: 0`."""

    text: str
    hidden: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class _Ground:
    """What an element inherits: colors (None where unknown), pixels, and what hides its text.

    `is_low` says that lines overlap. Elements within may set colors, sizes, and heights anew.
    """

    color: Color | None = (0.0, 0.0, 0.0)
    ground: Color | None = (1.0, 1.0, 1.0)
    size: float = 16.0
    opacity: float = 1.0
    is_low: bool = False
    hiding: tuple[str, ...] = ()
    clipped: bool = False
    within_clipped: bool = False
    one_line: bool = False
    narrow: bool = False
    back: float = 0.0
    ahead: float = 0.0


@dataclass(slots=True)
class _Page:
    text: list[str] = field(default_factory=list)
    hidden: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    covering: str = ""
    back: float = 0.0
    line: int = 0  # characters since the line began


def seen_texts(page: str) -> list[SeenText]:
    """What a reader sees of an email's HTML: as it is, and with the rules of each `@media`."""
    return [_seen(variant) for variant in variants(page)]


def _seen(page: str) -> SeenText:
    import tinyhtml5

    result = _Page()
    _walk(tinyhtml5.parse(page, namespace_html_elements=False), _Ground(), result)
    if result.covering:
        return SeenText("", (("".join(result.text), (result.covering,)),))
    return SeenText("".join(result.text), tuple(result.hidden))


def _walk(element: Any, around: _Ground, page: _Page) -> None:
    if not isinstance(element.tag, str):  # a comment
        return
    tag = element.tag.lower()
    if tag in _WITHOUT_TEXT:
        return
    ground = _styled(element, tag, around, page)
    page.line = page.line if tag in _WITHIN_LINES else 0
    if element.text:
        _read(element.text, ground, page)
    for child in element:
        _walk(child, ground, page)
        if child.tail:
            _read(child.tail, ground, page)


def _read(text: str, ground: _Ground, page: _Page) -> None:
    if not text.strip():
        page.text.append(" ")
        return
    page.line += len(text)
    ways = [
        *ground.hiding,
        *["font-size"] * (ground.size < SMALLEST),
        *["line-height"] * ground.is_low,
        *["opacity"] * (ground.opacity < _LEAST_OPACITY),
        *["color"] * _is_pale(ground),
        *["white-space"] * (ground.within_clipped and ground.one_line and page.line > _LONG_LINE),
        *["margin"] * (ground.back > _FARTHEST_BACK or ground.ahead > _FARTHEST_IN_ALL),
    ]
    page.text.append(" " if ways else text)
    if ways:
        page.hidden.append((text, tuple(ways)))


def _styled(element: Any, tag: str, around: _Ground, page: _Page) -> _Ground:
    """What an element and its own styles make of the ground around it."""
    given: dict[str, str] = dict(element.attrib)
    ground = replace(around, clipped=False, size=around.size * _ELEMENT_SIZES.get(tag, 1.0))
    hiding: list[str] = []
    if tag not in _ELEMENTS:
        hiding.append(f"<{tag}>")
    hiding += [name for name in _HIDING_ATTRIBUTES if name in given]
    if not _draws_letters(given.get("face", "").lower()):
        hiding.append(f"face={given['face']}")
    for name, attribute in (("background-color", "bgcolor"), ("color", "color")):
        if attribute in given:
            ground, hides = _declared(ground, tag, name, given[attribute].lower(), around)
            hiding += [f"{attribute}={given[attribute]}"] * hides
    hiding += [] if tag != "body" else _pale_texts(ground, given)
    for name, value in _declarations(given.get("style", "")):
        ground, hides = _declared(ground, tag, name, value, around)
        hiding += [f"{name}: {value}"] * hides
        if name == "position" and value not in ("static", "relative", "initial"):
            page.covering = f"{name}: {value}"
        if (name in DRAWN and not DRAWN[name](value, ground.size)) or _covers(
            name, value, ground, hides
        ):
            page.covering = f"{name}: {value}"
    if ground.clipped and (ground.one_line or ground.narrow):
        hiding.append("overflow: hidden")
    page.back += ground.back - around.back
    if page.back > _FARTHEST_BACK_IN_ALL:
        page.covering = "margin"
    clipped = ground.within_clipped or ground.clipped
    return replace(ground, hiding=(*around.hiding, *hiding), within_clipped=clipped)


def _covers(name: str, value: str, ground: _Ground, hides: bool) -> bool:
    """Whether an element may lie over the text of others."""
    if _TRANSFORMS.fullmatch(name):
        return value not in ("none", "normal", "1")
    moves = name.startswith(("margin", "top", "right", "bottom", "left", "inset"))
    is_back = any((length_of(part, ground.size, 600.0) or 0.0) < 0 for part in value.split())
    return hides and moves and (is_back or not name.startswith("margin"))


def _pale_texts(ground: _Ground, given: dict[str, str]) -> list[str]:
    """The attributes of a body that make its texts or links pale."""
    return [
        f"{name}={given[name]}"
        for name in ("text", "link", "vlink")
        if name in given and _is_pale(replace(ground, color=_color(given[name], ground.ground)))
    ]


def _is_pale(ground: _Ground) -> bool:
    if ground.color is None or ground.ground is None:
        return True
    lights = sorted(map(_luminance, (ground.color, ground.ground)))
    return (lights[1] + 0.05) / (lights[0] + 0.05) < LEAST_CONTRAST


def _luminance(color: Color) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@lru_cache(maxsize=1024)
def _declarations(style: str) -> tuple[tuple[str, str], ...]:
    """The declarations of a style attribute, `!important` ones last, in lower case."""
    import tinycss2

    parsed = tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True)
    found = [one for one in parsed if one.type == "declaration"]
    found.sort(key=lambda one: bool(one.important))
    return tuple((one.lower_name, tinycss2.serialize(one.value).strip().lower()) for one in found)


def _declared(
    ground: _Ground, tag: str, name: str, value: str, around: _Ground
) -> tuple[_Ground, bool]:
    """The ground with one more declaration, and whether that hides the element's text."""
    if value in ("inherit", "unset", "initial", "revert") or _HARMLESS.fullmatch(name):
        return ground, False
    if name in _CHANGES:
        return _CHANGES[name](ground, value, around), name == "font" and not _draws_letters(value)
    if name in ("height", "max-height"):
        grows = name == "height" and tag in ("table", "tr", "td", "th")
        return ground, not grows and value not in ("auto", "none", "100%")
    if name in ("width", "max-width", "flex", "flex-basis"):
        ground = _narrowed(ground, name, value)
        if name.startswith("flex"):
            return ground, False
    if name.startswith("border") and not name.endswith("radius"):
        return ground, not is_thin(_NARROW)(value, ground.size)
    if name in _SHOWS:
        return ground, not _SHOWS[name](value, ground)
    if _MOVING.fullmatch(name):
        return _moved(ground, name, value)
    return ground, name not in DRAWN


def _moved(ground: _Ground, name: str, value: str) -> tuple[_Ground, bool]:
    """The ground moved by a margin or its like, and whether that alone hides the text."""
    parts = value.split()
    pixels = [0.0 if part == "auto" else length_of(part, ground.size, 600.0) for part in parts]
    known = [one for one in pixels if one is not None]
    upright = name in ("top", "bottom") or name.endswith(("-top", "-bottom", "-start", "-end"))
    offset = name in ("top", "right", "bottom", "left", "inset")
    least = -_MOST_OVERLAP if upright else -_FARTHEST_BACK
    most = _MOST_OVERLAP if offset else _FARTHEST
    hides = len(known) < len(parts) or any(not least <= one <= most for one in known)
    if not upright and len(known) > 1:  # the first and the third are above and below
        hides = hides or any(one < -_MOST_OVERLAP for one in known[::2])
    back, ahead = max((0.0, *(-one for one in known))), max((0.0, *known))
    return replace(ground, back=ground.back + back, ahead=ground.ahead + ahead), hides


def _narrowed(ground: _Ground, name: str, value: str) -> _Ground:
    first = value.split()[-1 if name == "flex" else 0]
    pixels = length_of(first, ground.size, 600.0)
    grows = name == "flex" and not value.startswith("0")
    narrow = not grows and pixels is not None and pixels < _NARROW
    return replace(ground, narrow=ground.narrow or narrow)


def _more_opaque(ground: _Ground, value: str, _: _Ground) -> _Ground:
    return replace(ground, opacity=ground.opacity * (number_of(value) or 0.0))


def _grounded(ground: _Ground, value: str, around: _Ground) -> _Ground:
    if value in ("transparent", "none"):
        return ground
    return replace(ground, ground=_color(value, around.ground))


def _sized(ground: _Ground, value: str, around: _Ground) -> _Ground:
    return replace(ground, size=_size(value, around.size) or 0.0)


def _clipped(ground: _Ground, value: str, _: _Ground) -> _Ground:
    return replace(ground, clipped=ground.clipped or value not in ("visible", "auto"))


_CHANGES: dict[str, Callable[[_Ground, str, _Ground], _Ground]] = {
    "opacity": _more_opaque,
    "color": lambda ground, value, _: replace(ground, color=_color(value, ground.ground)),
    "background": _grounded,
    "background-color": _grounded,
    "font-size": _sized,
    "font": _sized,
    "line-height": lambda ground, value, _: replace(
        ground, is_low=not _is_high(value, ground.size)
    ),
    "white-space": lambda ground, value, _: replace(
        ground, one_line="nowrap" in value or value == "pre"
    ),
    "overflow": _clipped,
    "overflow-x": _clipped,
    "overflow-y": _clipped,
}
"""What a property changes for the elements within."""


def _has_width(value: str, ground: _Ground) -> bool:
    pixels = length_of(value, ground.size, whole=600.0)
    return value in ("auto", "none") or 0 < (pixels or 0.0) <= _BROAD


def _has_least_width(value: str, ground: _Ground) -> bool:
    pixels = length_of(value, ground.size, whole=600.0)
    return value == "auto" or (pixels is not None and pixels <= _BROAD)


def _draws_letters(value: str) -> bool:
    """Whether a value of `font-family` or `font` names no font of symbols."""
    names = (name.strip(" '\"") for name in _BEFORE_FAMILY.sub("", value).split(","))
    return "var(" not in value and not any(map(_SYMBOL_FONT.fullmatch, names))


def _is_loose(value: str, ground: _Ground) -> bool:
    pixels = length_of(value, ground.size)
    return value == "normal" or (
        pixels is not None and -ground.size / 5 <= pixels <= 5 * ground.size
    )


_SHOWS: dict[str, Callable[[str, _Ground], bool]] = {
    "display": lambda value, _: value in _DISPLAYS,
    "visibility": lambda value, _: value == "visible",
    "position": lambda value, _: value in ("static", "relative"),
    "transform": lambda value, _: value == "none",
    "unicode-bidi": lambda value, _: "override" not in value,
    "width": _has_width,
    "max-width": _has_width,
    "letter-spacing": _is_loose,
    "word-spacing": _is_loose,
    "min-width": _has_least_width,
    "font-family": lambda value, _: _draws_letters(value),
    **dict.fromkeys(_SIZE_ADJUST, lambda value, _: value in ("none", "auto", "100%")),
    "vertical-align": lambda value, ground: is_thin(ground.size)(value, ground.size),
}
"""Whether a property leaves the text of its element to be seen."""


def _is_high(value: str, size: float) -> bool:
    factor = number_of(value)
    if factor is not None:
        return factor >= 0.8
    pixels = length_of(value, size, whole=size)
    return value == "normal" or (pixels is not None and pixels >= min(SMALLEST, 0.8 * size))


def _size(value: str, around: float) -> float | None:
    """The font size in a value of `font-size` or `font`."""
    for part in value.split():
        name = part.split("/")[0]
        if name in _NAMED_SIZES:
            return _NAMED_SIZES[name]
        if name in ("smaller", "larger"):
            return around * (1.2 if name == "larger" else 1 / 1.2)
        if name[:1].isdigit() or name[:1] in ".+-":
            pixels = length_of(name, around, whole=around)
            if pixels is not None and not (name.isdigit() and " " in value):  # a weight
                return pixels
    return None


def _color(value: str, ground: Color | None) -> Color | None:
    """A color on its ground; None where it is not known."""
    import tinycss2.color3

    parsed = tinycss2.color3.parse_color(value)
    if parsed is None or parsed == "currentColor":
        return None
    if parsed.alpha >= 1:
        return (parsed.red, parsed.green, parsed.blue)
    if ground is None:
        return None
    above = (parsed.red, parsed.green, parsed.blue)
    mixed = [a * parsed.alpha + b * (1 - parsed.alpha) for a, b in zip(above, ground, strict=True)]
    return (mixed[0], mixed[1], mixed[2])
