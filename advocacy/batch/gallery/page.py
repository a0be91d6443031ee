"""The gallery's page: one file of HTML with pictures and texts in it, and nothing to fetch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from babel import Locale
from babel.dates import format_date

from advocacy.batch.gallery.entries import GalleryEntry, PagePicture
from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.errors import Problem, count_noun
from advocacy.letters.letter import Letter
from advocacy.resources import version

_CSS = Path(__file__).with_name("gallery.css")
_KINDS = {"pdf": "PDF", "html": "Email", "eml": "Message", "txt": "Text", "docx": "Word"}
_PREVIEW = 140
_TOLD = 3


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


def gallery_html(campaign: Campaign, shown: Sequence[Shown]) -> str:
    """The page of a campaign's letters; it follows the reader's dark mode, and prints."""
    title = campaign.file.title.get(campaign.file.language) or campaign.file.id
    language = escape(campaign.file.language)
    stages = [(name, list(found)) for name, found in groupby(shown, lambda one: one.entry.stage)]
    sections = "\n".join(_stage(campaign, name, found) for name, found in stages)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="generator" content="advocacy {escape(version())}">
<title>{escape(title)}: letters for review</title>
<style>
{_CSS.read_text("utf-8")}</style>
</head>
<body>
<a class="skip" href="#letters">Skip to the letters</a>
<header>
<p class="kicker">Letters for review</p>
<h1 lang="{language}">{escape(title)}</h1>
<p class="lead">{escape(campaign.file.sender.organization)} to \
{escape(campaign.file.target.organization)}. {_counts(shown, stages)}</p>
<p class="note">A picture opens the letter’s document, from the folder <b>_gallery</b> beside this \
file. If the file came alone, all is here still: <b>Read it here</b> shows every page, and the \
text.</p>
{_contents(campaign, stages)}
</header>
<main id="letters">
{sections}
</main>
<footer><p>Nothing here was sent. Made by advocacy {escape(version())}.</p></footer>
</body>
</html>
"""


def _counts(shown: Sequence[Shown], stages: Sequence[tuple[str, list[Shown]]]) -> str:
    made = sum(one.letter is not None for one in shown)
    refused = len(shown) - made
    languages = len({one.entry.language for one in shown})
    parts = [count_noun(made, "letter"), count_noun(len(stages), "stage")]
    parts += [count_noun(languages, "language")] if languages > 1 else []
    told = f"{', '.join(parts)}."
    return f"{told} <strong>{refused} could not be made.</strong>" if refused else told


def _contents(campaign: Campaign, stages: Sequence[tuple[str, list[Shown]]]) -> str:
    rows = "".join(
        f'<li><a href="#{_anchor(name)}"><b>{escape(name)}</b> '
        f"<span>{_window(campaign.file.stages[name])}</span></a></li>"
        for name, _ in stages
    )
    return f'<nav aria-label="Stages"><ol>{rows}</ol></nav>' if stages else ""


def _anchor(stage: str) -> str:
    return f"stage-{quote(stage)}"


def _window(stage: Stage) -> str:
    return stage.days.text(_long, "any day")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _long(day: date) -> str:
    return format_date(day, "d MMMM y", locale="en")


def _stage(campaign: Campaign, name: str, shown: Sequence[Shown]) -> str:
    groups = [
        list(found)
        for _, found in groupby(shown, lambda one: (one.entry.language, one.entry.wording))
    ]
    several = len({one.entry.language for one in shown}) > 1
    parts = "\n".join(_group(group, several, len(groups) > 1) for group in groups)
    return f"""<section class="stage" aria-labelledby="{_anchor(name)}">
<h2 id="{_anchor(name)}">{escape(name)}</h2>
<p class="window">{_upper(_window(campaign.file.stages[name]))}</p>
{parts}
</section>"""


def _group(group: Sequence[Shown], languages: bool, titled: bool) -> str:
    """The letters of one wording in one language, under the line that an inbox shows."""
    entry = group[0].entry
    names = [Locale.parse(entry.language, sep="-").get_display_name("en") or entry.language]
    names = [*(names if languages else []), *(f"{part} “{name}”" for part, name in entry.wording)]
    title = ", ".join(names)
    head = f"<h3>{escape(_upper(title))}</h3>\n" if titled and title else ""
    level = 4 if head else 3
    cards = "\n".join(_card(one, level, title if titled else "") for one in group)
    inbox = next((_inbox(one) for one in group if one.letter is not None), "")
    return f'{head}{inbox}<ul class="cards" role="list">\n{cards}\n</ul>'


def _inbox(shown: Shown) -> str:
    """The letter as a list of mail shows it: sender, subject, the first words."""
    letter = shown.letter
    if letter is None:
        return ""
    language = escape(letter.language)
    first = " ".join(shown.text.partition(letter.salutation)[2].split())[:_PREVIEW]
    return (
        f'<p class="inbox" lang="{language}"><b>{escape(letter.sender.organization)}</b> '
        f'<span class="subject">{escape(letter.subject)}</span> '
        f'<span class="first">{escape(first)}…</span></p>\n'
    )


def _card(shown: Shown, level: int, title: str) -> str:
    recipient = shown.entry.to.recipient
    job = recipient.title or (recipient.organization if recipient.full_name else "") or ""
    role = f'<p class="role">{escape(job)}</p>' if job else ""
    body = _letter(shown, title) if shown.letter is not None else _refused(shown.problems)
    note = (
        '<p class="chip">A stand-in: nobody shown reads this language</p>'
        if shown.entry.stand_in
        else ""
    )
    return (
        f'<li class="card"><div class="who"><h{level}>{escape(shown.who)}</h{level}>'
        f"{role}{note}</div>\n{body}\n</li>"
    )


def _letter(shown: Shown, title: str) -> str:
    letter = shown.letter
    if letter is None:
        return ""
    what = f"the letter to {shown.who}{f', {title}' if title else ''} ({shown.entry.stage})"
    count = max(len(shown.pages) - 1, 0)
    small, more = "", ""
    for number, page in enumerate(shown.pages):
        picture = _picture(page, f"Page {number or 1} of {count} of {what}")
        if number:
            more += f'<div class="page">{picture}</div>\n'
        elif pdf := shown.documents.get("pdf"):
            small = f'<a class="page" href="{_link(pdf)}">{picture}</a>'
        else:
            small = f'<div class="page">{picture}</div>'
    links = "".join(
        f'<li><a href="{_link(path)}">{_KINDS.get(kind, kind)}'
        f'<span class="unseen"> of {escape(what)}</span></a></li>'
        for kind, path in shown.documents.items()
    )
    facts = [
        count_noun(count, "page") if count else "",
        count_noun(len(letter.cites), "note"),
        f'<time datetime="{letter.date}">{_long(letter.date)}</time>',
    ]
    told = " · ".join(fact for fact in facts if fact)
    text = f'<pre lang="{escape(letter.language)}" tabindex="0" role="region" aria-label="Text">'
    return f"""{small}
<div class="about"><p class="facts">{told}</p>
{f'<ul class="links" role="list">{links}</ul>' if links else ""}{_warned(shown.problems)}</div>
<details><summary>Read it here<span class="unseen">: {escape(what)}</span></summary>
{more}
{text}{escape(shown.text)}</pre>
</details>"""


def _picture(page: PagePicture, alt: str) -> str:
    return (
        f'<img src="{page.address}" width="{page.width}" height="{page.height}" '
        f'decoding="async" alt="{escape(alt)}">'
    )


def _link(path: str) -> str:
    return escape(quote(path))


def _refused(problems: Sequence[Problem]) -> str:
    return f'<div class="refused"><p><b>This letter cannot be made.</b></p>{_told(problems)}</div>'


def _warned(problems: Sequence[Problem]) -> str:
    return f'<div class="warned">{_told(problems)}</div>' if problems else ""


def _told(problems: Sequence[Problem]) -> str:
    left = len(problems) - _TOLD
    more = f"<p>And {left} more: <code>advocacy check</code> tells all.</p>" if left > 0 else ""
    return "".join(_lines(problem) for problem in problems[:_TOLD]) + more


def _lines(problem: Problem) -> str:
    return f'<p>{escape(problem.message)}<br><span class="hint">{escape(problem.hint)}</span></p>'
