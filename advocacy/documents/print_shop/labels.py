"""Address labels and envelopes as tagged PDFs, a sheet or an envelope a page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from itertools import islice
from math import ceil
from typing import IO

from markupsafe import Markup

from advocacy.documents.fonts import (
    FAMILIES,
    FontLibrary,
    font_library,
    font_list,
)
from advocacy.documents.frame import direction
from advocacy.documents.pdf.fitting import ADDRESS, address_problem, unprintable_address
from advocacy.documents.pdf.paper import moment
from advocacy.documents.pdf.render import pdf_from_html
from advocacy.documents.print_shop.merge import Merger
from advocacy.documents.print_shop.stationery import Area, PaperEnvelope, PaperSheet
from advocacy.errors import Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.resources import render_page, version

FAMILY = "Source Sans 3"
SHEETS_AT_ONCE, ENVELOPES_AT_ONCE = 10, 100
_POINT = 25.4 / 72
# Points: lines at most so far apart, type at least so large (USPS and Deutsche Post read 8
# points), and millimetres that stay free at a label's edges.
_WIDEST, _SMALLEST, _SIZE, _MARGIN = 12.0, 8.0, 0.83, (3.0, 1.5)


@dataclass(frozen=True, slots=True)
class Label:
    """An address: its lines, whose it is, and where that stands in the list."""

    lines: tuple[str, ...]
    who: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class LabelParagraph:
    """An address as it is printed: `pitch` and `size` in points, no `number` for the sender's."""

    lines: tuple[str, ...]
    area: Area
    number: int | None
    pitch: float
    size: float


@dataclass(frozen=True, slots=True)
class About:
    """What a file of labels says of itself, and the sender that envelopes show."""

    title: str
    language: str
    day: date
    timezone: str
    sender: tuple[str, ...] = ()


@dataclass(slots=True)
class PrintedLabels:
    """What was printed, and the addresses that could not be."""

    labels: int = 0
    pages: int = 0
    problems: list[Problem] = field(default_factory=list)


def print_labels(
    labels: Iterable[Label],
    form: PaperSheet | PaperEnvelope,
    about: About,
    workspace: Workspace,
    out: IO[bytes],
    *,
    skip: int = 0,
) -> PrintedLabels:
    """Write the labels' PDF to a file; `skip` labels of the first sheet stay empty.

    An address that does not fit, or has a character without a font, is left out and told.
    Only some sheets are in memory at a time.
    """
    result = PrintedLabels()
    each, at_once = (
        (form.size, SHEETS_AT_ONCE) if isinstance(form, PaperSheet) else (1, ENVELOPES_AT_ONCE)
    )
    library = font_library(workspace)
    waiting = _printable(iter(labels), result.problems, library)
    with Merger(out, about.title, about.language) as merger:
        while True:
            room = each * at_once - skip
            part = list(islice(waiting, room))
            while part:
                html = _html(part, form, about, skip, library)
                pdf = pdf_from_html(html, workspace)
                unfit = {int(one.index) for one in pdf.unfit if one.what == ADDRESS}
                if not unfit:
                    merger.add(pdf.data, None)
                    result.labels += len(part)
                    break
                result.problems += [
                    address_problem(part[i].who, part[i].place, form.name) for i in sorted(unfit)
                ]
                part = [label for i, label in enumerate(part) if i not in unfit]
                part += islice(waiting, room - len(part))
            if not part:
                break
            skip = 0
        result.pages = merger.pages
    return result


def _printable(
    labels: Iterator[Label], problems: list[Problem], library: FontLibrary
) -> Iterator[Label]:
    for label in labels:
        missing = unprintable_address(label.lines, label.who, lambda _: None, library)
        missing = [replace(problem, place=label.place) for problem in missing]
        problems += missing
        if not missing:
            yield label


def _html(
    labels: list[Label],
    form: PaperSheet | PaperEnvelope,
    about: About,
    skip: int,
    library: FontLibrary,
) -> str:
    text = "".join(line for label in labels for line in label.lines) + "".join(about.sender)
    families = (FAMILY, *library.needed(text, about.language))
    pages = (
        _sheets(labels, form, skip)
        if isinstance(form, PaperSheet)
        else _envelopes(labels, form, about)
    )
    return render_page(
        "documents/print_shop/labels.html.jinja",
        about=about,
        direction=direction(about.language),
        version=version(),
        moment=moment(about.day, about.timezone),
        face_rules=Markup(library.face_rules(dict.fromkeys(families))),  # noqa: S704 - our own
        font_list=Markup(font_list(families)),  # noqa: S704 - our own
        paper=form.paper,
        fit=ADDRESS,
        pages=pages,
    )


def _sheets(labels: list[Label], sheet: PaperSheet, skip: int) -> Iterator[list[LabelParagraph]]:
    places = range(skip, skip + len(labels))
    across, down = _MARGIN
    for first in range(0, skip + len(labels), sheet.size):
        paragraphs = []
        for index in range(max(first, skip), min(first + sheet.size, places.stop)):
            area = sheet.label(index - first)
            inner = Area(
                area.left + across,
                area.top + down,
                area.width - 2 * across,
                area.height - 2 * down,
            )
            number = index - skip
            paragraphs.append(_paragraph(labels[number].lines, inner, number, centred=True))
        yield paragraphs


def _envelopes(
    labels: list[Label], envelope: PaperEnvelope, about: About
) -> Iterator[list[LabelParagraph]]:
    for number, label in enumerate(labels):
        yield [
            _paragraph(about.sender, envelope.sender, None, largest=10.0),
            _paragraph(label.lines, envelope.address, number, largest=15.0),
        ]


def _paragraph(
    lines: tuple[str, ...],
    area: Area,
    number: int | None,
    *,
    largest: float = _WIDEST,
    centred: bool = False,
) -> LabelParagraph:
    """An address in its rectangle, set as large as its lines allow; `number` is a label's."""
    pitch, rows = _pitch(lines, area, largest)
    used = rows * pitch * _POINT
    top = max(0.0, (area.height - used) / 2) if centred else 0.0
    place = Area(area.left, area.top + top, area.width, area.height - top)
    return LabelParagraph(lines, place, number, pitch, max(_SMALLEST, pitch * _SIZE))


def _pitch(lines: tuple[str, ...], area: Area, largest: float) -> tuple[float, int]:
    """How far apart the lines stand, in points, and how many rows they fill.

    As far as they may with no line too long for the area; at the least, lines are divided.
    """
    pitch = largest
    while True:
        size = max(_SMALLEST, pitch * _SIZE)
        rows = sum(max(1, ceil(_width(line) * size * _POINT / area.width)) for line in lines)
        if (rows == len(lines) and rows * pitch * _POINT <= area.height) or size == _SMALLEST:
            return pitch, rows
        pitch = round(pitch - 0.5, 1)


@cache  # saves reading the font for each address
def _advances() -> dict[int, float]:
    """The widths of the font's characters, in ems."""
    from fontTools.ttLib import TTFont

    with TTFont(FAMILIES[FAMILY].faces[0][0], lazy=True) as font:
        units, widths = font["head"].unitsPerEm, font["hmtx"]
        return {char: widths[name][0] / units for char, name in font.getBestCmap().items()}


def _width(line: str) -> float:
    """The width of a line, in ems; characters of other fonts count one."""
    advances = _advances()
    return sum(advances.get(ord(char), 1.0) for char in line)
