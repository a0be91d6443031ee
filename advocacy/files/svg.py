"""Whether an SVG picture stands alone: it loads nothing, defines no entities, sets no text.

Text is refused because it would be set in whatever font there is; a logo's words are drawn
as outlines.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from advocacy.errors import Problem

MOST_ELEMENTS = 20_000
MOST_DRAWN = 50_000
"""Elements that a picture may draw, each as often as it is referred to."""
_DEEPEST = 200
_CHUNK = 65536
_TEXT = {"text", "tspan", "textPath", "foreignObject"}
_EFFECTS = {"feOffset", "feBlend"}
"""The parts of a filter that are printed."""
_EFFECT_OF_STYLE = re.compile(r"(?<![-\w])filter\s*:\s*([a-z-]+)\(", re.IGNORECASE)
_INNER_IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,", re.IGNORECASE)
_ENCODING = re.compile(r"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_URL = re.compile(r"""url\(\s*["']?\s*[^#\s"')]""", re.IGNORECASE)
_REFERENCE = re.compile(r"""url\(\s*["']?\s*#([^"')\s]+)""", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_OF_A_SHAPE = 20
"""Characters of a path that count as one more shape."""
_MARKERS = ("marker-start", "marker-mid", "marker-end", "marker")
_GRADIENTS = ("linearGradient", "radialGradient")
_SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image", "use"}
_FOR_OTHERS = {"defs", "symbol", "clipPath", "mask", "marker", "pattern"}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def svg_problem(data: bytes, name: str) -> Problem | None:
    """What is wrong with an SVG picture, or None."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _broken(name, "is not in UTF-8")
    encoding = _ENCODING.match(text)
    if encoding and encoding[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        return _broken(name, "is not in UTF-8")
    if "<!ENTITY" in text or "<?xml-stylesheet" in text:
        return _onward(name, "an entity or a stylesheet")
    try:
        root = _parse(text)
    except (ParseError, ValueError):
        return _broken(name, "is broken")
    return _first_fault(root, name)


def _parse(text: str) -> Element:
    """Parse, and stop where there is more than any logo has."""
    parser: XMLPullParser[Any] = XMLPullParser(("start", "end"))
    depth = count = 0
    root: Element | None = None
    for start in range(0, len(text), _CHUNK):
        parser.feed(text[start : start + _CHUNK])
        events: Iterator[Any] = parser.read_events()
        for event, element in events:
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            count += event == "start"
            if depth > _DEEPEST or count > MOST_ELEMENTS:
                raise ValueError("too many elements")
    parser.close()
    if root is None or _local(root.tag) != "svg":
        raise ValueError("not an svg element")
    return root


def _first_fault(root: Element, name: str) -> Problem | None:
    targets = {element.get("id"): element for element in root.iter()}
    faults = (_fault(element, targets, name) for element in root.iter())
    fault = next((fault for fault in faults if fault), None) or _too_much(root, targets, name)
    return fault or (None if _draws(root) else _broken(name, "has no shape that is drawn"))


def _draws(element: Element) -> bool:
    """Whether an element or one in it is a shape, and not only one for others to refer to."""
    kind = _local(element.tag)
    return kind in _SHAPES or (kind not in _FOR_OTHERS and any(map(_draws, element)))


def _too_much(root: Element, targets: dict[str | None, Element], name: str) -> Problem | None:
    """That a picture draws too much: clips, masks, markers, and patterns draw what they refer to.

    A marker is drawn once for each point of a line. A rule of a style may be for each element.
    """
    styles = " ".join(
        element.text or "" for element in root.iter() if _local(element.tag) == "style"
    )
    named = [targets[found] for found in _REFERENCE.findall(styles) if found in targets]
    everywhere = [target for target in named if _local(target.tag) not in _GRADIENTS]
    known: dict[int, int] = {}

    def drawn(element: Element, above: frozenset[int]) -> int:
        """How many elements are drawn for one; MOST_DRAWN where they go round in a ring."""
        if id(element) in known:
            return known[id(element)]
        if id(element) in above:
            return MOST_DRAWN + 1
        above |= {id(element)}
        total = _weight(element) + sum(drawn(child, above) for child in element)
        for target, times in _referred(element, targets):
            total += times * drawn(target, above)
        known[id(element)] = total = min(total, MOST_DRAWN + 1)
        return total

    try:
        each = sum(drawn(target, frozenset()) for target in everywhere)
        total = drawn(root, frozenset())
    except RecursionError:
        return _broken(name, "has references to itself")
    if each * sum(1 for _ in root.iter()) > MOST_DRAWN:
        return _broken(name, "has shapes that are too complex")
    if total > MOST_DRAWN:
        return _broken(name, "draws too many shapes, because it refers to some of them too often")
    return None


def _weight(element: Element) -> int:
    """As how many shapes an element counts: a long path takes as long as many short ones."""
    path = len(element.get("d") or "") + len(element.get("points") or "")
    return 1 + path // _OF_A_SHAPE


def _referred(
    element: Element, targets: dict[str | None, Element]
) -> Iterator[tuple[Element, int]]:
    """What an element refers to, and how often it is drawn for it."""
    points = 1 + len(_NUMBER.findall(element.get("d") or element.get("points") or "")) // 2
    for attribute, value in element.attrib.items():
        if _local(attribute) == "href":
            if _local(element.tag) == "a":
                continue
            found = [(value.strip().removeprefix("#"), 1)]
        else:
            markers = _local(attribute) in _MARKERS or "marker" in value
            found = [(target, points if markers else 1) for target in _REFERENCE.findall(value)]
        yield from ((targets[target], times) for target, times in found if target in targets)


def _fault(element: Element, targets: dict[str | None, Element], name: str) -> Problem | None:
    kind = _local(element.tag)
    if kind in _TEXT:
        return Problem(
            "svg-with-text",
            f"The picture `{name}` contains a `{kind}` element, which cannot be printed.",
            "In the drawing program, convert text to paths and save it again.",
        )
    if kind == "script":
        return Problem(
            "svg-with-text",
            f"The picture `{name}` contains a `script` element, which is never run.",
            "In the drawing program, save it as “plain SVG”, or as PNG.",
        )
    if kind == "style" and _loads(element.text or ""):
        return _onward(name, "a style")
    effect = _lost_effect(element, targets)
    if effect:
        return _broken(name, f"has an effect that cannot be printed: `{effect}`")
    for attribute, value in element.attrib.items():
        is_address = _local(attribute) == "href"
        if not _is_own(value, kind) if is_address else _loads(value):
            return _onward(name, f"`{kind}`" if is_address else f"`{_local(attribute)}`")
    if kind in _GRADIENTS and element.get("spreadMethod", "pad").strip() != "pad":
        return _broken(name, "repeats a gradient")
    if kind == "use" and any(
        _local(inner.tag) == "use" for target in _used(element, targets) for inner in target.iter()
    ):
        return _broken(name, "repeats a shape that itself repeats shapes")
    return None


def _lost_effect(element: Element, targets: dict[str | None, Element]) -> str | None:
    """An effect of a filter that an element asks for, and that would be left out on paper."""
    is_style = _local(element.tag) == "style"
    for value in (element.text or "",) if is_style else element.attrib.values():
        named = _EFFECT_OF_STYLE.search(_COMMENT.sub("", value))
        if named and named[1].lower() != "url":
            return named[1].lower()
        for target in _REFERENCE.findall(value):
            used = targets.get(target)
            if used is not None and _local(used.tag) == "filter":
                lost = (_local(one.tag) for one in used if _local(one.tag) not in _EFFECTS)
                found = next((one for one in lost if one.startswith("fe")), None)
                if found:
                    return found
    return None


def _used(element: Element, targets: dict[str | None, Element]) -> Iterator[Element]:
    for attribute, value in element.attrib.items():
        target = targets.get(value.strip().lstrip("#"))
        if _local(attribute) == "href" and target is not None:
            yield target


def _is_own(address: str, kind: str) -> bool:
    address = address.strip()
    if kind == "image":
        return _INNER_IMAGE.match(address) is not None
    return kind == "a" or not address or address.startswith("#")


def _loads(css: str) -> bool:
    r"""Whether a piece of CSS names anything but the picture's own parts.

    Escapes (`u\72l(`) are taken as an attempt to hide an address.
    """
    plain = _COMMENT.sub("", css)
    hidden = "\\" in plain and "(" in plain
    return hidden or "@import" in plain.lower() or _URL.search(plain) is not None


def _local(name: object) -> str:
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def _onward(name: str, what: str) -> Problem:
    return Problem(
        "svg-loads-more",
        f"The picture `{name}` refers to another file, in {what}.",
        "A picture may not load other files. Save it as “plain SVG”, with everything in one file.",
    )


def _broken(name: str, how: str) -> Problem:
    return Problem(
        "broken-image",
        f"The SVG picture `{name}` {how}.",
        "Open it in a drawing program and save it as “plain SVG”, or as PNG.",
    )
