"""The gallery's page: one file of HTML with pictures and texts in it, and nothing to fetch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from advocacy.batch.gallery.entries import GalleryEntry, PagePicture
from advocacy.campaign.loading import Campaign
from advocacy.errors import Problem, count_noun
from advocacy.letters.letter import Letter
from advocacy.resources import version

_KINDS = {"pdf": "PDF", "html": "Email", "eml": "Message", "txt": "Text", "docx": "Word"}
_PREVIEW = 140
"""Characters of a letter that an inbox shows."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter in the gallery; without `letter` it could not be made, and problems say why.

    `pages` are its first page in small, then all to be read; `documents` are their paths from
    the gallery, by kind.
    """

    entry: GalleryEntry
    letter: Letter | None = None
    pages: tuple[PagePicture, ...] = ()
    text: str = ""
    documents: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def who(self) -> str:
        """To whom the letter is, and from whom where supporters write."""
        to, signed = self.entry.to.recipient.called, self.entry.to.supporters
        if signed is None:
            return to
        name = signed.one.name if signed.one else f"{signed.count:,} supporters"
        return f"{to}, from {name}"

    @property
    def job(self) -> str:
        """The recipient's title, or else the organization where a person there is written to."""
        recipient = self.entry.to.recipient
        return recipient.title or (recipient.organization if recipient.full_name else "") or ""

    @property
    def first_words(self) -> str:
        """What a list of mail shows of the letter's text."""
        start = self.letter.salutation if self.letter else ""
        return " ".join(self.text.partition(start)[2].split())[:_PREVIEW]


def gallery_html(campaign: Campaign, shown: Sequence[Shown]) -> str:
    """The page of a campaign's letters; it follows the reader's dark mode, and prints."""
    folder = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.globals |= {
        "capital": _capital, "count_noun": count_noun, "kinds": _KINDS, "long_date": _long,
    }  # fmt: skip
    file = campaign.file
    made = sum(one.letter is not None for one in shown)
    stages = [
        {
            "name": name,
            "window": file.stages[name].days.text(_long, "any day"),
            "groups": list(_groups(list(found))),
        }
        for name, found in groupby(shown, lambda one: one.entry.stage)
    ]
    return environment.get_template("page.html.jinja").render(
        file=file,
        title=file.title.get(file.language) or file.id,
        version=version(),
        css=(folder / "gallery.css").read_text("utf-8"),
        made=made,
        refused=len(shown) - made,
        languages=len({one.entry.language for one in shown}),
        stages=stages,
    )


def _groups(shown: Sequence[Shown]) -> Iterator[tuple[str, list[Shown]]]:
    """Yield a stage's letters by language and wording, with a title where there are several."""
    found = groupby(shown, lambda one: (one.entry.language, one.entry.wording))
    groups = [list(group) for _, group in found]
    several = len({one.entry.language for one in shown}) > 1
    for group in groups:
        entry = group[0].entry
        language = Locale.parse(entry.language, sep="-").get_display_name("en") or entry.language
        names = [language] if several else []
        names += [f"{part} “{name}”" for part, name in entry.wording]
        yield (", ".join(names) if len(groups) > 1 else ""), group


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _long(day: date) -> str:
    return format_date(day, "d MMMM y", locale="en")
