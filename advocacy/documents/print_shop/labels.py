"""Address labels and envelopes as tagged PDFs, a sheet or an envelope a page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import islice
from math import ceil
from typing import IO

from markupsafe import escape

from advocacy.documents.fonts import FAMILIES, describe, face_rules, font_list, needed, unprintable
from advocacy.documents.frame import direction
from advocacy.documents.pdf.fitting import ADDRESS, address_problem
from advocacy.documents.pdf.paper import noon
from advocacy.documents.pdf.render import pdf_from_html
from advocacy.documents.print_shop.merge import Merger
from advocacy.documents.print_shop.stationery import Area, PaperEnvelope, PaperSheet
from advocacy.errors import Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.resources import version

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
    waiting = _printable(iter(labels), result.problems)
    with Merger(out, about.title, about.language) as merger:
        while True:
            room = each * at_once - skip
            part = list(islice(waiting, room))
            while part:
                html = _html(part, form, about, skip)
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


def _printable(labels: Iterator[Label], problems: list[Problem]) -> Iterator[Label]:
    for label in labels:
        missing = unprintable("".join(label.lines))
        if missing:
            problems.append(
                Problem(
                    "unprintable-character",
                    f"No font has {describe(missing[0])}, in the address of {label.who}.",
                    "Write it in letters that can be printed.",
                    label.place,
                )
            )
        else:
            yield label


def _html(labels: list[Label], form: PaperSheet | PaperEnvelope, about: About, skip: int) -> str:
    text = "".join(line for label in labels for line in label.lines) + "".join(about.sender)
    families = (FAMILY, *needed(text, about.language))
    pages = (
        _sheets(labels, form, skip)
        if isinstance(form, PaperSheet)
        else _envelopes(labels, form, about)
    )
    width, height = form.paper
    moment = noon(about.day, about.timezone)
    return (
        f'<!DOCTYPE html><html lang="{escape(about.language)}" dir="{direction(about.language)}">'
        f'<head><meta charset="utf-8"><title>{escape(about.title)}</title>'
        f'<meta name="generator" content="advocacy {escape(version())}">'
        f'<meta name="dcterms.created" content="{moment}">'
        f'<meta name="dcterms.modified" content="{moment}">'
        f"<style>{face_rules(dict.fromkeys(families))}\n"
        f"@page {{ size: {width:.3f}mm {height:.3f}mm; margin: 0 }}\n"
        f"html {{ font-family: {font_list(families)} }}\n{_CSS}</style></head><body>"
        f"{''.join(pages)}</body></html>"
    )


_CSS = """\
body, p { margin: 0 }
.page { position: relative; height: 100%; break-after: page; overflow: hidden }
.page:last-child { break-after: auto }
p { position: absolute; text-align: start; overflow-wrap: break-word; hyphens: manual }
.sender { color: #333 }
"""


def _sheets(labels: list[Label], sheet: PaperSheet, skip: int) -> Iterator[str]:
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
        yield f'<div class="page" style="height:{sheet.paper[1]:.3f}mm">{"".join(paragraphs)}</div>'


def _envelopes(labels: list[Label], envelope: PaperEnvelope, about: About) -> Iterator[str]:
    for number, label in enumerate(labels):
        sender = _paragraph(about.sender, envelope.sender, None, largest=10.0)
        address = _paragraph(label.lines, envelope.address, number, largest=15.0)
        yield f'<div class="page" style="height:{envelope.paper[1]:.3f}mm">{sender}{address}</div>'


def _paragraph(
    lines: tuple[str, ...],
    area: Area,
    number: int | None,
    *,
    largest: float = _WIDEST,
    centred: bool = False,
) -> str:
    """An address in its rectangle, set as large as its lines allow."""
    pitch, rows = _pitch(lines, area, largest)
    used = rows * pitch * _POINT
    top = max(0.0, (area.height - used) / 2) if centred else 0.0
    marks = (
        f' data-fit="{ADDRESS}" data-index="{number}"' if number is not None else ' class="sender"'
    )
    style = (
        f"left:{area.left:.3f}mm;top:{area.top + top:.3f}mm;width:{area.width:.3f}mm;"
        f"height:{area.height - top:.3f}mm;line-height:{pitch:.1f}pt;"
        f"font-size:{max(_SMALLEST, pitch * _SIZE):.1f}pt"
    )
    text = "<br>".join(str(escape(line)) for line in lines)
    return f'<p{marks} style="{style}">{text}</p>'


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
