"""The gallery's page: one file of HTML with pictures and texts in it, and nothing to fetch."""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import groupby
from urllib.parse import quote

from babel import Locale
from babel.dates import format_date

from advocacy.batch.gallery.entries import GalleryEntry, PagePicture
from advocacy.batch.gallery.sentences import TextPiece, split_text
from advocacy.campaign.loading import Campaign
from advocacy.errors import Problem, count_noun
from advocacy.files.content_digests import digest_of
from advocacy.letters.letter import Letter
from advocacy.resources import PACKAGE, render_page, version

POLICY = (
    "default-src 'none'; img-src data:; style-src '{style}'; script-src '{script}'; "
    "base-uri 'none'; form-action 'none'"
)
"""The content policy of the page: its own style and script, by their digests, and nothing else."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter in the gallery; without `letter` it could not be made, and problems say why.

    `pages` are its first page in small, then all to be read; `documents` are their paths from
    the gallery, by kind. `is_warned`: its words have warnings.
    """

    entry: GalleryEntry
    letter: Letter | None = None
    pages: tuple[PagePicture, ...] = ()
    text: str = ""
    documents: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    is_warned: bool = False

    @property
    def who(self) -> str:
        """To whom the letter is, and from whom where supporters write."""
        to, signed = self.entry.to.recipient.called, self.entry.to.supporters
        if signed is None:
            return to
        name = signed.one.name if signed.one else f"{signed.count:,} supporters"
        return f"{to}, from {name}"

    @property
    def pieces(self) -> tuple[TextPiece, ...]:
        """The text, with its sentences apart."""
        return split_text(self.text, self.letter) if self.letter else ()

    @property
    def identity(self) -> str:
        """The letter as a comment on it names it, in JSON (`letters.comments.LetterOfComment`)."""
        if self.letter is None:
            return "{}"
        letter = self.letter
        return json.dumps(
            {
                "stage": letter.stage,
                "to": self.entry.to.recipient.letter_id,
                "name": self.who,
                "language": letter.language,
                "wording": dict(letter.variants),
                "day": letter.date.isoformat(),
            },
            ensure_ascii=False,
        )


def gallery_html(campaign: Campaign, shown: Sequence[Shown]) -> str:
    """The page of a campaign's letters; it follows the reader's dark mode, and prints."""
    file = campaign.file
    stages = [(name, list(found)) for name, found in groupby(shown, lambda one: one.entry.stage)]
    made = sum(one.letter is not None for one in shown)
    languages = len({one.entry.language for one in shown})
    counts = [count_noun(made, "letter"), count_noun(len(stages), "stage")]
    counts += [count_noun(languages, "language")] if languages > 1 else []
    style, script = (_digest(f"gallery.{kind}") for kind in ("css", "js"))
    return render_page(
        "batch/gallery/page.html.jinja",
        file=file,
        title=file.title.get(file.language) or file.id,
        version=version(),
        policy=POLICY.format(style=style, script=script),
        digest=digest_of([one.text for one in shown])[:16],
        counts=", ".join(counts),
        refused=len(shown) - made,
        stages=[
            {
                "name": name,
                "window": file.stages[name].days.text(_long, "any day"),
                "groups": list(_groups(letters)),
            }
            for name, letters in stages
        ],
        count_noun=count_noun,
        long=_long,
        quote=quote,
    )


def _digest(name: str) -> str:
    """A file of the page as the source of an inline style or script (W3C CSP 3, section 2.3.1)."""
    data = (PACKAGE / "batch" / "gallery" / name).read_bytes()
    return f"sha256-{b64encode(sha256(data).digest()).decode()}"


def _long(day: date) -> str:
    return format_date(day, "long", locale="en_US")


def _groups(letters: Sequence[Shown]) -> Iterator[tuple[str, list[Shown]]]:
    """A stage's letters by language and wording, with what tells the groups apart as a title."""
    groups = [
        list(found)
        for _, found in groupby(letters, lambda one: (one.entry.language, one.entry.wording))
    ]
    several = len({one.entry.language for one in letters}) > 1
    for group in groups:
        entry = group[0].entry
        name = Locale.parse(entry.language, sep="-").get_display_name("en") or entry.language
        title = [name] if several else []
        title += [f"{part} “{wording}”" for part, wording in entry.wording]
        yield ", ".join(title) if len(groups) > 1 else "", group
