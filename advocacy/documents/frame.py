"""What stands around the body of a letter, for those documents that are read on a screen."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from advocacy.campaign.campaign import Sender
from advocacy.campaign.languages import primary_language
from advocacy.documents.citations import FormattedCitations
from advocacy.files.cache import file_status, once_per_run
from advocacy.files.workspace import Workspace
from advocacy.templating.citation_marks import reads_left_to_right
from advocacy.templating.typography import spaces
from advocacy.templating.values import locale_of, long_date

__all__ = [
    "Reference",
    "Stamps",
    "comma",
    "contacts",
    "direction",
    "isolated_addresses",
    "isolated_contacts",
    "isolated_lines",
    "long_date",
    "references",
    "semicolon",
    "stamps",
]


def direction(language: str) -> str:
    """`rtl` for a language that is written from right to left, else `ltr`."""
    return "rtl" if locale_of(language).character_order == "right-to-left" else "ltr"


_WITH_ARABIC_COMMA = frozenset(("ar", "ckb", "fa", "ku", "ps", "sd", "ug", "ur"))


def comma(language: str) -> str:
    """The comma of a language with the space after it, where texts are joined."""
    return "، " if primary_language(language) in _WITH_ARABIC_COMMA else ", "


def semicolon(language: str) -> str:
    """The semicolon of a language with the spaces around it, where texts are joined."""
    arabic = primary_language(language) in _WITH_ARABIC_COMMA
    return "؛ " if arabic else spaces("x; x", language)[1:-1]


_ADDRESS = re.compile(
    r'(<a href="[^"]*">)((?:<span class="host">)?(?:https?://|www\.).*?|[^<>\s@]+@[^<>\s]+)(?=</a>)'
)
_IN_BRACKETS = re.compile(r'(<span class="url">\()([^<]*)(?=\)</span>)')


def isolated_addresses(html: str, language: str) -> str:
    """HTML whose web and email addresses are never turned round among words from right to left."""
    if direction(language) == "ltr":
        return html
    html = str(html)  # joined as plain text, which is not escaped again
    html = _ADDRESS.sub(r'\1<span dir="ltr">\2</span>', html)
    return _IN_BRACKETS.sub(r'\1<span dir="ltr">\2</span>', html)


def isolated_contacts(sender: Sender, language: str) -> list[str | Markup]:
    """The contacts; from left to right where the letter is not, as telephone numbers are read."""
    found = contacts(sender)
    if direction(language) == "ltr":
        return [*found]
    return [Markup('<span dir="ltr">{}</span>').format(text) for text in found]


def isolated_lines(lines: Sequence[str], language: str) -> list[str | Markup]:
    """Lines of an address, of which one in Latin letters keeps its order in any letter."""
    if direction(language) == "ltr":
        return [*lines]
    return [
        Markup('<span dir="ltr">{}</span>').format(line) if reads_left_to_right(line) else line
        for line in lines
    ]


def contacts(sender: Sender) -> list[str]:
    """How to reach the sender: where answers go, the telephone, the site."""
    answers = sender.reply_to or sender.email
    return [text for text in (answers, sender.phone, sender.url) if text]


@dataclass(frozen=True, slots=True)
class Reference:
    """An entry of the reference list of an email.

    `cites` are the names of the marks that lead to it: numbers of citations, and `n1` of the
    letter's first own note. `number` is its own; in a style of author and date it has none.
    """

    number: int | None
    html: Markup
    text: str
    cites: tuple[int | str, ...]


def references(
    citations: FormattedCitations, shown: Sequence[Sequence[int]] | None = None
) -> list[Reference]:
    """The reference list, each entry with the marks that cite it.

    `shown` are the numbers that marks print where notes are numbered among the sources.
    """
    cites: list[list[int]] = [[] for _ in citations.references]
    for mark, numbers in enumerate(citations.numbers, 1):
        for number in dict.fromkeys(numbers):
            cites[number - 1].append(mark)
    printed: dict[int, int] = {}
    for own, seen in zip(citations.numbers, shown or citations.numbers, strict=True):
        printed |= zip(own, seen, strict=True)
    return [
        Reference(
            None if citations.in_text else printed.get(number, number),
            Markup(entry.html),  # noqa: S704 - escaped by the citation processor
            entry.text,
            tuple(marks),
        )
        for number, (entry, marks) in enumerate(zip(citations.references, cites, strict=True), 1)
    ]


def isolated_references(entries: Sequence[Reference], language: str) -> list[Reference]:
    """References whose web addresses are never turned round (see `isolated_addresses`)."""
    return [
        replace(one, html=Markup(isolated_addresses(one.html, language)))  # noqa: S704 - as before
        for one in entries
    ]


Stamps = tuple[tuple[str, int, int, int], ...]
"""A value that changes when files do: their paths, times, sizes and inodes."""


def stamps(workspace: Workspace, names: tuple[str, ...]) -> Stamps:
    """The stamps of template files of these names, in every folder where they are looked for.

    Quicker than finding and reading them, so that it can be asked for every letter.
    """
    return once_per_run((workspace, names), lambda: _stamps(workspace, names))


def _stamps(workspace: Workspace, names: Sequence[str]) -> Stamps:
    found = []
    for path in [f"{root}/{name}" for root in workspace.templates for name in names]:
        status = file_status(path)
        if status is not None:
            found.append((path, status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)


# --- a draft --------------------------------------------------------------------------------------

DRAFT = "DRAFT"
DRAFT_LINE = "DRAFT: not for sending."
"""What a draft says of itself in every medium, where no layout can hide it."""
_BODY_TAG = re.compile(r"<body[^>]*>", re.IGNORECASE)
_BANNER_STYLE = (
    "display:block !important;visibility:visible !important;margin:0 !important;"
    "padding:8px 16px !important;background:#9c1c1c !important;color:#ffffff !important;"
    "font:bold 16px/24px sans-serif !important;text-align:center !important"
)
_BANNER = f'<p lang="en" dir="ltr" style="{_BANNER_STYLE}">{DRAFT_LINE}</p>'


def draft_subject(subject: str) -> str:
    """The subject of a draft's email."""
    return f"{DRAFT}: {subject}"


def draft_text(text: str) -> str:
    """A plain text that says at its beginning and end that it is a draft."""
    return f"{DRAFT_LINE}\n\n{text.rstrip()}\n\n{DRAFT_LINE}\n"


_COVER_STYLE = "margin:0;padding:16px;font:16px/24px sans-serif"


def cover_html(html: str, cover: str) -> str:
    """A page with a line above it, for the aide who gets the email."""
    at = _inside(html)
    return f'{html[:at]}<p style="{_COVER_STYLE}">{escape(cover)}</p>{html[at:]}'


def _inside(html: str) -> int:
    """Where the content of a page begins."""
    opened = _BODY_TAG.search(html)
    return opened.end() if opened else 0


def draft_html(html: str) -> str:
    """A page with a banner above and below its text."""
    at = _inside(html)
    closed = html.rfind("</body>")
    end = closed if closed >= at else len(html)
    return f"{html[:at]}{_BANNER}{html[at:end]}{_BANNER}{html[end:]}"
