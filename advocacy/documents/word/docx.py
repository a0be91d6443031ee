"""Write a letter as a Word file, for colleagues who comment there.

The letter becomes pandoc's document tree in JSON, which pandoc writes as a `.docx` with real
footnotes and Word's styles. The tree has text where the letter has text, so no value is ever read
as markup. It has what the paper has, and looks like it as far as Word goes.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from advocacy.campaign.languages import primary_language
from advocacy.campaign.set_phrases import SetPhrases, read_set_phrases
from advocacy.documents.citations import FormattedCitations
from advocacy.documents.citations.pandoc import write_docx
from advocacy.documents.frame import DRAFT, DRAFT_LINE, comma, direction, long_date
from advocacy.documents.pdf.paper import moment, page_size
from advocacy.documents.prose import body_pictures
from advocacy.documents.references import formatted
from advocacy.documents.screen_pictures import ScreenPicture, screen_picture
from advocacy.documents.word.around_text import cosigners, isolated, letterhead, signatures
from advocacy.documents.word.body import (
    Node,
    body,
    from_html,
    heading,
    inline_text,
    note,
    paragraph,
    styled,
)
from advocacy.files.pictures import find_picture
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter
from advocacy.resources import PACKAGE, render_page
from advocacy.templating.markup import body_tokens

REFERENCE = PACKAGE / "documents" / "word" / "reference"
_LINE_BREAK = re.compile(r">\s*\n\s*<")  # between elements; never inside a text
PAPER = {"Letter": (12240, 15840), "A4": (11906, 16838)}
"""Paper sizes in twentieths of a point."""
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip file knows no earlier day


def render_docx(checked: CheckedLetter, workspace: Workspace) -> bytes:
    """The letter as a `.docx`; the bytes depend on the letter alone.

    Raises AdvocacyError where the citation style is wrong or pandoc fails.
    """
    letter = checked.letter
    phrases = read_set_phrases(letter.language, workspace)
    rtl = direction(letter.language) == "rtl"
    pictures = _pictures(letter, workspace)
    own = _own_pictures(letter, workspace)
    blocks = list(_blocks(letter, phrases, formatted(letter, workspace), list(pictures), own))
    if checked.draft:
        blocks = [_draft_line(), *blocks, _draft_line()]
    blocks = isolated(blocks) if rtl else blocks
    pictures |= {file: shown.data for file, shown in own.values()}
    meta = {
        "title": letter.subject,
        "author": letter.sender.organization,
        "lang": word_language(letter.language),
    } | ({"dir": "rtl"} if rtl else {})
    meta |= {"pictures": "yes"} if pictures else {}
    head = f"{DRAFT} · {letter.inside_address[0]}" if checked.draft else letter.inside_address[0]
    reference = _reference_document(letter, head, phrases.page, rtl=rtl)
    return write_docx(
        blocks, meta, reference, moment(letter.date, letter.timezone, letter.time), pictures
    )


def _pictures(letter: Letter, workspace: Workspace) -> dict[str, bytes]:
    """The pictures in the text, each under a name of its own, in their order."""
    found = {}
    for number, picture in enumerate(body_pictures(letter.body, letter.language), 1):
        file = find_picture(picture.name, workspace)
        shown = screen_picture(file, workspace.file(picture.name))
        found[f"picture-{number}.{shown.suffix}"] = shown.data
    return found


def _own_pictures(letter: Letter, workspace: Workspace) -> dict[str, tuple[str, ScreenPicture]]:
    """The sender's logo and signatures by their names: each under a file name of its own.

    A supporter's own letter is on plain paper, without a logo.
    """
    logo = None if letter.writer else letter.sender.logo
    names = [logo, *(person.signature for person in letter.signatories)]
    found = {}
    for number, name in enumerate(dict.fromkeys(filter(None, names)), 1):
        shown = screen_picture(find_picture(name, workspace), workspace.file(name))
        found[name] = f"own-{number}.{shown.suffix}", shown
    return found


def _draft_line() -> Node:
    return {"t": "Para", "c": [{"t": "Strong", "c": list(inline_text(DRAFT_LINE))}]}


def _reference_document(letter: Letter, head: str, page: str, *, rtl: bool) -> bytes:
    """A `.docx` from which pandoc takes the paper, margins, styles and the running header.

    The folder `reference` has its parts. It is made for each letter, since its header from
    page 2 on has `head`, the date and the page: `page` has `{page}` for the number.
    The styles bear Word's own names where Word has them, so that colleagues find them.
    """
    width, height = PAPER[page_size(letter.language)]
    before, _, after = page.partition("{page}")
    tokens = body_tokens(letter.body.markdown, letter.language)
    kinds = {token.type.removesuffix("_open") for token in tokens}
    look, sender = letter.sender.look, letter.sender
    logo = None if letter.writer else sender.logo
    offices = () if letter.writer else sender.offices
    values = {
        "lang": word_language(letter.language),
        "east_asian": primary_language(letter.language) in ("ja", "ko", "zh"),
        "font": look.font if look and look.font else "Garamond",
        "color": look.color.removeprefix("#").upper() if look and look.color else None,
        "offices": offices,
        "has_logo": logo is not None,
        "logo_beside": logo is not None and not sender.logo_has_name,
        "has_columns": len(letter.signatories) > 1
        or any(person.signature for person in letter.signatories)
        or len(letter.cosigners) > 1,
        "width": width,
        "height": height,
        "rtl": rtl,
        "addressee": head,
        "date": long_date(letter.date, letter.language),
        "before": before,
        "after": after,
        # Styles that only some letters need; the files of others stay as they are.
        "has_tables": "table" in kinds,
        "has_pictures": "picture" in kinds,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in REFERENCE.rglob("*") if path.is_file()):
            if path.name.startswith("footer") and not offices:
                continue
            text = render_page(path.relative_to(PACKAGE).as_posix(), **values)
            declaration, _, rest = text.partition("\n")
            text = f"{declaration}\n{_LINE_BREAK.sub('><', rest).strip()}"
            name = path.relative_to(REFERENCE).as_posix()
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), text)
    return out.getvalue()


def word_language(language: str) -> str:
    """A language as Word's spell checker knows it, with the country that it most likely means."""
    from babel.core import get_global

    if "-" in language:
        return language
    territory = get_global("likely_subtags").get(language, "").rpartition("_")[2]
    return f"{language}-{territory}" if territory else language


def _blocks(
    letter: Letter,
    phrases: SetPhrases,
    citations: FormattedCitations,
    files: Sequence[str],
    own: Mapping[str, tuple[str, ScreenPicture]],
) -> Iterator[Node]:
    rtl = direction(letter.language) == "rtl"
    if letter.writer:
        yield paragraph("Inside Address", *letter.writer)
    else:
        yield from letterhead(letter.sender, own.get(letter.sender.logo or ""), rtl=rtl)
    yield paragraph("Date", letter.dateline or long_date(letter.date, letter.language))
    yield paragraph("Inside Address", *filter(None, [letter.delivery]), *letter.inside_address)
    if letter.reference_lines:
        lines = (f"{label} {value}" for label, value in letter.reference_lines)
        yield paragraph("Inside Address", *lines)
    yield heading(1, inline_text(f"{phrases.subject} {letter.subject}".lstrip()))
    yield paragraph("Salutation", letter.salutation)
    yield from body(letter.body, letter.language, partial(_cite, citations), files)
    yield from _ending(letter, phrases, own)
    if citations.in_text and citations.references:
        yield heading(2, inline_text(phrases.references))
        for entry in citations.references:
            yield styled("Bibliography", [{"t": "Para", "c": from_html(entry.html)}])


def _cite(citations: FormattedCitations, index: int, within: bool) -> list[Node]:
    """A footnote; within one, or in a style of author and date, the words themselves."""
    inlines = from_html(citations.notes[index].html)
    return [{"t": "Space"}, *inlines] if citations.in_text or within else [note(inlines)]


def _ending(
    letter: Letter, phrases: SetPhrases, own: Mapping[str, tuple[str, ScreenPicture]]
) -> Iterator[Node]:
    if letter.joint:
        yield paragraph("Closing", letter.close)
        people = ((one.name, one.office, one.organization) for one in letter.signatories)
        lines = [comma(letter.language).join(filter(None, person)) for person in people]
        yield paragraph("Signature", *lines, *filter(None, [letter.others]))
    else:
        signed = letter.signatories
        if letter.writer:  # the address stands above the letter
            signed = tuple(one.model_copy(update={"title": None}) for one in signed)
        in_columns = len(signed) > 1 or signed[0].signature
        yield paragraph("Closing Above Columns" if in_columns else "Closing", letter.close)
        yield from signatures(signed, own)
    if letter.cosigners:
        yield from cosigners(letter.cosigners, phrases.joined_by, comma(letter.language))
    if letter.enclosures:
        word = phrases.enclosure if len(letter.enclosures) == 1 else phrases.enclosures
        yield paragraph("Enclosures", f"{word} {'; '.join(letter.enclosures)}")
    if letter.cc:
        yield paragraph("Enclosures", f"{phrases.cc} {'; '.join(letter.cc)}")
