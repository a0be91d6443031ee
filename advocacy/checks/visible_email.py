"""The text of an email that a reader sees.

The page is parsed as browsers parse it, and each text is judged by the styles of the elements
around it. What is seen must be proven: a property or an element that is not known here hides it.
Rules for some screens (`@media`) are put into the elements in turn: a text must be seen on each.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from advocacy.resources import read_table

_TABLE = read_table("checks/visible_styles.toml")
_HARMLESS = re.compile("|".join(_TABLE["harmless"]))
_DISPLAYS = frozenset(_TABLE["displays"])
_ELEMENTS = frozenset(_TABLE["elements"])
_WITHOUT_TEXT = frozenset(_TABLE["without_text"])
_NAMED_SIZES: dict[str, float] = _TABLE["sizes"]
_PIXELS: dict[str, float] = _TABLE["pixels"]
SMALLEST = 8.0
"""CSS pixels that letters must be high."""
LEAST_CONTRAST = 2.0
"""Between text and ground (WCAG 2.2, contrast ratio); pale print has 2.3, hidden print less."""
_FARTHEST = 400.0
"""CSS pixels by which a text may be moved to a side."""
_LEAST_OPACITY = 0.5
_MOVING = re.compile(r"(margin|padding)(-\w+)*|text-indent|top|right|bottom|left|inset")

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
    one_line: bool = False


@dataclass(slots=True)
class _Page:
    text: list[str] = field(default_factory=list)
    hidden: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    covering: str = ""


def seen_texts(page: str) -> list[SeenText]:
    """What a reader sees of an email's HTML: as it is, and with the rules of each `@media`."""
    return [_seen(variant) for variant in _variants(page)]


def _seen(page: str) -> SeenText:
    import tinyhtml5

    result = _Page()
    _walk(tinyhtml5.parse(page, namespace_html_elements=False), _Ground(), result)
    if result.covering:
        return SeenText("", (("".join(result.text), (result.covering,)),))
    return SeenText("".join(result.text), tuple(result.hidden))


_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


def _variants(page: str) -> Iterator[str]:
    yield page
    rules = [rule for style in _STYLE.findall(page) for rule in _conditional(style)]
    if not rules:
        return
    import css_inline

    bare = _STYLE.sub("", page)
    for chosen in [*([rule] for rule in rules), *([rules] if len(rules) > 1 else [])]:
        style = "".join(chosen).replace("\\", "\\\\")
        styled = re.sub(r"(?i)</head>", lambda _, s=style: f"<style>{s}</style></head>", bare)  # type: ignore[misc]
        yield css_inline.inline(styled, load_remote_stylesheets=False)


def _conditional(style: str) -> Iterator[str]:
    """The rules inside `@media` and its like, as rules without a condition."""
    import tinycss2

    for rule in tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.content is not None:
            inside = tinycss2.serialize(rule.content)
            if rule.lower_at_keyword in ("media", "supports", "layer", "container"):
                yield from ("".join(part) for part in _flat(inside))


def _flat(style: str) -> Iterator[list[str]]:
    import tinycss2

    plain = []
    for rule in tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            plain.append(rule.serialize())
        elif rule.type == "at-rule" and rule.content is not None:
            yield from _flat(tinycss2.serialize(rule.content))
    yield plain


def _walk(element: Any, around: _Ground, page: _Page) -> None:
    if not isinstance(element.tag, str):  # a comment
        return
    tag = element.tag.lower()
    if tag in _WITHOUT_TEXT:
        return
    ground = _styled(element, tag, around, page)
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
    ways = [
        *ground.hiding,
        *["font-size"] * (ground.size < SMALLEST),
        *["line-height"] * ground.is_low,
        *["opacity"] * (ground.opacity < _LEAST_OPACITY),
        *["color"] * _is_pale(ground),
    ]
    page.text.append(" " if ways else text)
    if ways:
        page.hidden.append((text, tuple(ways)))


def _styled(element: Any, tag: str, around: _Ground, page: _Page) -> _Ground:
    """What an element and its own styles make of the ground around it."""
    given: dict[str, str] = dict(element.attrib)
    ground = replace(around, clipped=False)
    hiding: list[str] = []
    if tag not in _ELEMENTS:
        hiding.append(f"<{tag}>")
    if "hidden" in given:
        hiding.append("hidden")
    for name, attribute in (("background-color", "bgcolor"), ("color", "color")):
        if attribute in given:
            ground, hides = _declared(ground, tag, name, given[attribute].lower(), around)
            hiding += [f"{attribute}={given[attribute]}"] * hides
    for name, value in _declarations(given.get("style", "")):
        ground, hides = _declared(ground, tag, name, value, around)
        hiding += [f"{name}: {value}"] * hides
        if name == "position" and value not in ("static", "relative", "initial"):
            page.covering = f"{name}: {value}"
    if ground.clipped and ground.one_line:
        hiding.append("overflow: hidden")
    return replace(ground, hiding=(*around.hiding, *hiding))


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
        return _CHANGES[name](ground, value, around), False
    if name in ("height", "max-height"):
        grows = name == "height" and tag in ("table", "tr", "td", "th")
        return ground, not grows and value not in ("auto", "none", "100%")
    if name in _SHOWS:
        return ground, not _SHOWS[name](value, ground)
    if _MOVING.fullmatch(name):
        return ground, any(_is_far(part, ground.size) for part in value.split())
    return ground, True


def _more_opaque(ground: _Ground, value: str, _: _Ground) -> _Ground:
    return replace(ground, opacity=ground.opacity * (_number(value) or 0.0))


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
    return value in ("auto", "none") or (_length(value, ground.size, whole=600.0) or 0.0) > 0


def _is_loose(value: str, ground: _Ground) -> bool:
    pixels = _length(value, ground.size)
    return value == "normal" or (pixels is not None and pixels >= -ground.size / 5)


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
}
"""Whether a property leaves the text of its element to be seen."""


def _is_far(value: str, size: float) -> bool:
    if value == "auto":
        return False
    pixels = _length(value, size, whole=600.0)
    return pixels is None or not -1.5 * size <= pixels <= _FARTHEST


def _is_high(value: str, size: float) -> bool:
    factor = _number(value)
    if factor is not None:
        return factor >= 0.8
    pixels = _length(value, size, whole=size)
    return value == "normal" or (pixels is not None and pixels >= min(SMALLEST, 0.8 * size))


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


_LENGTH = re.compile(r"([-+]?[\d.]+(?:e[-+]?\d+)?)([a-z]*|%)")


def _length(value: str, size: float, whole: float | None = None) -> float | None:
    """A length in CSS pixels; `whole` is what percentages are of. None where it is not known."""
    found = _LENGTH.fullmatch(value)
    number = _number(found[1]) if found else None
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


def _size(value: str, around: float) -> float | None:
    """The font size in a value of `font-size` or `font`."""
    for part in value.split():
        name = part.split("/")[0]
        if name in _NAMED_SIZES:
            return _NAMED_SIZES[name]
        if name in ("smaller", "larger"):
            return around * (1.2 if name == "larger" else 1 / 1.2)
        if name[:1].isdigit() or name[:1] in ".+-":
            pixels = _length(name, around, whole=around)
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
