"""Making a gallery: the letters, their documents beside the page, and the page."""

import os
import re
from dataclasses import dataclass, field
from datetime import date
from html import unescape
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from advocacy.batch import Format
from advocacy.batch.campaigns import RenderRequest, read_campaign
from advocacy.batch.documents import BatchSettings, make_documents
from advocacy.batch.executor import ProgressWatcher
from advocacy.batch.gallery.entries import GalleryEntry, entries, pictures
from advocacy.batch.gallery.page import Shown, gallery_html
from advocacy.campaign.loading import Campaign
from advocacy.checks.gate import gate_of
from advocacy.documents.text import render_text
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.writing import check_no_link, open_own, prepare_folder, write_file
from advocacy.letters.true_days import true_letter

FORMATS: tuple[Format, ...] = ("pdf", "html", "txt")
"""What a reviewer can open without a mail program."""
NAME, FILES = "gallery.html", "_gallery"
_LINK = re.compile(rf'href="({FILES}/[^"#]+)')


@dataclass(slots=True)
class Gallery:
    """What came of a campaign's gallery; `path` is the page, None where there is none."""

    path: Path | None = None
    size: int = 0
    letters: int = 0
    refused: int = 0
    is_warned: bool = False
    """Whether the words of a letter have warnings, which `check` tells."""
    problems: list[Problem] = field(default_factory=list)


def render_gallery(request: RenderRequest, watcher: ProgressWatcher | None = None) -> Gallery:
    """Write `<output>/<campaign>/gallery.html`, and the documents in `_gallery` beside it.

    Each letter has a day of its stage's window on which it is true, or the request's day. The
    request's people choose recipients; else a few show the list's variety. Documents of an
    earlier gallery that this one does not have are removed. Raises AdvocacyError where nothing
    can be written.
    """
    watcher = watcher or ProgressWatcher()
    campaign, problems = read_campaign(request)
    if campaign is None:
        return Gallery(problems=problems)
    folder = request.output / campaign.file.id
    prepare_folder(folder, request.output)
    check_no_link(folder / FILES, request.output)
    gallery = Gallery(folder / NAME, problems=problems)
    today, day = campaign.today(), request.day
    report = gallery.problems.append
    wanted = list(
        entries(campaign, request.people, report, stage=request.stage, day=day, today=today)
    )
    settings = BatchSettings(
        campaign, day or today, request.formats or FORMATS, request.formats is not None
    )
    watcher.begin(campaign.file.id, lambda: len(wanted))
    shown: list[Shown] = []
    try:
        for entry in wanted:
            shown.append(_make(entry, settings, folder, day, today))
            watcher.step()
    finally:
        watcher.end()
    _finish(gallery, shown, campaign, folder)
    return gallery


def _finish(gallery: Gallery, shown: list[Shown], campaign: Campaign, folder: Path) -> None:
    page = gallery_html(campaign, shown).encode()
    before = _linked(folder / NAME)
    write_file(folder / NAME, page)
    now = {document for one in shown for document in one.documents.values()}
    for name in before - now:
        check_no_link((folder / name).parent, folder)
        (folder / name).unlink(missing_ok=True)
    gallery.size = len(page)
    gallery.letters = sum(bool(one.letter) for one in shown)
    gallery.is_warned = any(one.is_warned for one in shown)
    gallery.refused = len(shown) - gallery.letters
    gallery.problems += [problem for one in shown for problem in one.problems]
    gallery.problems = list(dict.fromkeys(gallery.problems))


def _make(
    entry: GalleryEntry, settings: BatchSettings, folder: Path, day: date | None, today: date
) -> Shown:
    """Make one letter and write its documents; or say why there is none."""
    campaign = settings.campaign
    checked, problems = true_letter(
        campaign,
        entry.to.recipient,
        entry.stage,
        day=day,
        today=today,
        variants=dict(entry.wording),
        supporters=entry.to.supporters,
    )
    gate = gate_of(campaign)
    errors, warnings = gate.findings(checked.letter) if checked is not None else ([], ())
    if checked is None or errors:
        return Shown(entry, problems=tuple(dict.fromkeys((*problems, *errors))))
    try:
        made = make_documents(checked, settings, settings.formats)
        documents, found = made.documents, made.problems
        text = render_text(checked, campaign.workspace)
    except AdvocacyError as error:
        return Shown(entry, problems=(*problems, *error.problems))
    place = PurePosixPath(
        FILES, entry.stage, entry.language, *(f"{part}-{name}" for part, name in entry.wording)
    )
    prepare_folder(folder / place, folder)
    links: dict[str, str] = {}
    for name, data in documents.items():
        kind = name.rpartition(".")[2]
        links[kind] = str(place / name)
        write_file(folder / place / name, data)
    pages = next((pictures(d) for name, d in documents.items() if name.endswith(".pdf")), ())
    problems += found
    return Shown(entry, checked.letter, pages, text, links, tuple(problems), bool(warnings))


def _linked(page: Path) -> set[str]:
    """The documents that a gallery written earlier links to, inside its folder."""
    try:
        with os.fdopen(open_own(page, os.O_RDONLY), encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError):
        return set()
    names = {unquote(unescape(name)) for name in _LINK.findall(text)}
    return {name for name in names if ".." not in PurePosixPath(name).parts}
