"""The pages of a PDF as pictures that stand inside a page of HTML.

Which letters a gallery shows: every stage, in every wording and language, to a few people.
"""

import io
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice, product
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

from advocacy.campaign.addressing import People, recipients_of
from advocacy.campaign.campaign import Stage
from advocacy.campaign.languages import primary_language
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients.select import Selection
from advocacy.campaign.stages import PARTS, is_addressed, stages_signed
from advocacy.campaign.supporters import Correspondence
from advocacy.campaign.supporters.letters import correspondence
from advocacy.errors import Report
from advocacy.letters.compose import letter_language
from advocacy.letters.parts import letter_languages
from advocacy.letters.samples import SAMPLE_RECIPIENT, sample_supporters

WIDTH, SMALL = 1000, 520
"""Pixels across a page: small enough for mail, large enough to read the notes; and to know it."""
SHADES, COLOURS = 16, 96


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page: its size in pixels, and its address with the picture in it."""

    width: int
    height: int
    address: str


def pictures(pdf: bytes) -> tuple[PagePicture, ...]:
    """The first page of a PDF in small, then each page to be read."""
    with pypdfium2.PdfDocument(pdf) as document:
        return (_drawn(document[0], SMALL), *(_drawn(page, WIDTH) for page in document))


def _drawn(page: Any, width: int) -> PagePicture:
    drawn = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
    address = f"data:image/png;base64,{b64encode(_png(drawn)).decode()}"
    return PagePicture(drawn.width, drawn.height, address)


def _png(picture: Image.Image) -> bytes:
    """As a PNG of few colours: a third of the size, and text looks the same."""
    red, green, blue = picture.split()
    is_grey = not (
        ImageChops.difference(red, green).getbbox() or ImageChops.difference(red, blue).getbbox()
    )
    small = red.quantize(SHADES) if is_grey else picture.quantize(COLOURS)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


SHOWN = 4
"""The default number of recipients of a list that the gallery shows."""


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """One letter of the gallery, before it is made.

    `wording` are names of variants by part; `stand_in` says that the recipient is none who
    would get it in this language.
    """

    stage: str
    language: str
    wording: tuple[tuple[str, str], ...]
    to: Correspondence
    stand_in: bool = False


def entries(
    campaign: Campaign,
    people: People,
    report: Report,
    *,
    stage: str | None = None,
    day: date | None = None,
    today: date,
) -> Iterator[GalleryEntry]:
    """The letters to show, stage by stage.

    With `day`, those of the stages whose windows cover it.
    """
    for name, one in campaign.file.stages.items():
        if stage not in (None, name) or (day is not None and not one.covers(day)):
            continue
        # The day as of which a list is read: of the window, and near.
        anchor = campaign.file.date
        near = anchor if anchor is not None and one.covers(anchor) else today
        listed = day or one.days.nearest(near)
        letters = list(_correspondence(campaign, people, name, listed, report))
        yield from _of_stage(campaign, name, one, letters)


def _of_stage(
    campaign: Campaign, name: str, stage: Stage, letters: list[Correspondence]
) -> Iterator[GalleryEntry]:
    for language in letter_languages(campaign, stage):
        main = primary_language(language)
        mine = [
            one
            for one in letters
            if primary_language(letter_language(campaign, one.recipient, stage)) == main
        ]
        sample = Correspondence(SAMPLE_RECIPIENT, sample_supporters(campaign, name))
        first = letters[0] if letters else sample
        other = replace(first, recipient=first.recipient.model_copy(update={"language": language}))
        for wording in _wordings(stage):
            for one in mine or [other]:
                yield GalleryEntry(name, language, wording, one, stand_in=not mine)


def _wordings(stage: Stage) -> list[tuple[tuple[str, str], ...]]:
    """Every wording of a stage: the variants of each part, combined."""
    if stage.variants is None:
        return [()]
    offered = [[(part, name) for name in getattr(stage.variants, part)] for part in PARTS]
    return list(product(*filter(None, offered)))


def _correspondence(
    campaign: Campaign, people: People, stage: str, day: date, report: Report
) -> Iterator[Correspondence]:
    """A few who get the stage's letter, or whom the selection names; and who signs it."""
    by_supporters = people.supporters is not None
    if by_supporters and stage in stages_signed(campaign, by_supporters=True):
        chosen = people.selection
        if chosen == Selection():
            chosen = Selection(limit=SHOWN) if people.joint else Selection(sample=SHOWN)
        found = correspondence(campaign, day, report, people.selecting(chosen))
        yield from islice(found, SHOWN if chosen.limit is None and not chosen.only else None)
        return
    everybody = recipients_of(campaign, day, report, people.selecting(Selection()))
    selection = people.selection if people.selection != Selection() else Selection(sample=SHOWN)
    written_to = campaign.file.stages[stage]
    mine = (row for row in everybody if is_addressed(campaign, written_to, row, day))
    signed = sample_supporters(campaign, stage)
    for row in selection.choose(mine, report):
        yield Correspondence(row, signed)
