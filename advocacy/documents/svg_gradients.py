"""Color gradients of SVG pictures, drawn so that every PDF program shows them.

WeasyPrint draws a gradient whose units are its shape's own (`objectBoundingBox`, the default) in a
cell of one by one unit that is enlarged. Poppler shows such a cell as a single dot, and others
show a line of the next cell at its edge. Here the cell is as large as the shape, with a margin, and
the gradient alone is enlarged. `files/svg.py` refuses gradients that repeat.

Pictures for screens are drawn without the other changes to WeasyPrint, so this one is made here.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from advocacy.documents.typesetter import weasyprint

__all__ = ["weasyprint"]

_utils = weasyprint.svg.utils
_MARGIN = 0.1
"""The part of a shape's width and height around it that its cell has, too."""


def draw_gradient(
    svg: Any, node: Any, gradient: Any, font_size: Any, opacity: Any, stroke: bool
) -> bool:
    """Draw a gradient in the place of WeasyPrint's function; whether there is one to draw."""
    if stroke:  # WeasyPrint sets it for plain colors alone
        svg.stream.set_line_width(svg.length(node.get("stroke-width", "1px"), font_size))
    positions, colors = _stops(gradient, font_size, opacity)
    if not colors:
        return False
    if len(colors) == 1:
        svg.stream.set_color(colors[0], stroke=stroke)
        return True
    shape, around = (svg.calculate_bounding_box(node, font_size, side) for side in (False, stroke))
    is_valid = weasyprint.svg.defs.is_valid_bounding_box
    if not is_valid(around):
        return False
    matrix = weasyprint.matrix.Matrix()
    width, height = svg.inner_width, svg.inner_height
    diagonal = svg.inner_diagonal
    if gradient.get("gradientUnits") != "userSpaceOnUse":
        if not is_valid(shape) or 0 in shape[2:]:
            return False
        left, top, across, down = shape
        matrix = weasyprint.matrix.Matrix(a=across, d=down, e=left, f=top)
        width = height = diagonal = 1
    if "gradientTransform" in gradient.attrib:
        own = gradient.get("gradientTransform")
        matrix = _utils.transform(own, "0 0", font_size, svg.inner_diagonal) @ matrix

    def length(name: str, default: Any, whole: float) -> Any:
        return _utils.size(gradient.get(name, default), font_size, whole)

    if gradient.tag == "linearGradient":
        kind = 2
        coords = [length("x1", 0, width), length("y1", 0, height)]
        coords += [length("x2", "100%", width), length("y2", 0, height)]
    else:
        kind = 3
        x, y = length("cx", "50%", width), length("cy", "50%", height)
        coords = [length("fx", x, width), length("fy", y, height), length("fr", 0, diagonal)]
        coords += [x, y, length("r", "50%", diagonal)]
    _fill(svg, around, matrix, (kind, coords, positions, colors), stroke)
    return True


def _stops(gradient: Any, font_size: Any, opacity: Any) -> tuple[list[float], list[Any]]:
    """The stops of a gradient from 0 to 1: where each is, and its color."""
    positions: list[float] = []
    colors = []
    for stop in gradient:
        if stop.tag != "stop":
            continue
        at = min(1.0, max(0.0, _utils.size(stop.get("offset", 0), font_size, 1)))
        positions.append(max(positions[-1] if positions else 0.0, at))
        color = _utils.color(stop.get("stop-color", "black"))
        color.alpha *= _utils.alpha_value(stop.get("stop-opacity", 1)) * opacity
        colors.append(color)
    if len(colors) > 1:
        # What is outside the first and the last stop has their colors.
        positions, colors = [0.0, *positions, 1.0], [colors[0], *colors, colors[-1]]
    return positions, colors


def _fill(svg: Any, around: Any, matrix: Any, shading: Any, stroke: bool) -> None:
    """Make the gradient the color of what is drawn next; `around` is the box of that."""
    kind, coords, positions, colors = shading
    left, top, width, height = around
    margin = _MARGIN * max(width, height)
    box = (left - margin, top - margin, width + 2 * margin, height + 2 * margin)
    pattern = svg.stream.add_pattern(*box, *box[2:], svg.stream.ctm)
    group = pattern.add_group(*box)
    channels = [tuple(color[:3]) for color in colors]
    alphas = [color[3] for color in colors]
    if any(alpha != 1 for alpha in alphas):
        mask = group.set_alpha_state(*box)
        found = _shading(mask, kind, coords, positions, [(a,) for a in alphas], "DeviceGray")
        mask.transform(*matrix.values)
        mask.paint_shading(found.id)
    found = _shading(group, kind, coords, positions, channels)
    group.transform(*matrix.values)
    group.paint_shading(found.id)
    pattern.set_alpha(1)
    pattern.draw_x_object(group.id)
    svg.stream.set_color_space("Pattern", stroke=stroke)
    svg.stream.set_color_special(pattern.id, stroke=stroke)


def _shading(
    stream: Any,
    kind: int,
    coords: Sequence[float],
    positions: Sequence[float],
    values: Sequence[tuple[float, ...]],
    space: str | None = None,
) -> Any:
    """A shading of a stream that goes through these values."""
    parts = [
        stream.create_interpolation_function((0, 1), one, other, 1)
        for one, other in pairwise(values)
    ]
    encode = (0, 1) * len(parts)
    whole = stream.create_stitching_function((0, 1), encode, positions[1:-1], parts)
    return stream.add_shading(kind, (0, 1), coords, True, whole, space)


weasyprint.svg.draw_gradient = draw_gradient
