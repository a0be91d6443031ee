"""What a layout makes of a letter, without the letter's own texts: the shape of its documents.

A layout may show one person what it hides from another. What a reader sees is proven once for
each shape (`checks.media`), so letters share a shape only where the layout did the same for both.
"""

import re
from functools import lru_cache
from html import escape

from advocacy.documents.email.html import render_html, shared_html
from advocacy.documents.references import formatted
from advocacy.files.cache import once_per_run
from advocacy.files.content_digests import digest_of
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter
from advocacy.resources import templates_dir

_OWN = "\0"
_TAG = re.compile(r"(<[^>]*>)")
_READ_ALONE = re.compile(r"""\s(?:href|alt|title|content)=(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_REPEATED = re.compile(rf"({_OWN}\s*(?:<[^>]*>\s*)+)\1+")


def has_own_layouts(workspace: Workspace) -> bool:
    """Whether layouts are another's than ours: ours show everybody the whole text."""
    # Asked for every letter: of the disk, once for all that are made together.
    return once_per_run(("has own layouts", workspace), lambda: _find_own_layouts(workspace))


def _find_own_layouts(workspace: Workspace) -> bool:
    ours = templates_dir().resolve()
    return any((folder / "layouts").is_dir() for folder in workspace.templates if folder != ours)


def email_shape(checked: CheckedLetter, workspace: Workspace) -> str:
    """A digest of the email's HTML without the letter's own texts, however many lines they are."""
    letter = checked.letter
    shared = shared_html(letter, workspace, formatted(letter, workspace))
    if shared is None:
        shared = _without_own(render_html(checked, workspace), checked)
    return _digest_of_email(shared)


@lru_cache(maxsize=64)  # saves reading and digesting a whole page for each letter
def _digest_of_email(page: str) -> str:
    # The styles are in the elements by now, so that it counts for nothing how many lines there are.
    return digest_of(_REPEATED.sub(r"\1", page))


def paper_shape(checked: CheckedLetter, workspace: Workspace) -> str:
    """The same of the page that is laid out for print."""
    from advocacy.documents.pdf.stamp.cache_key import split_letter  # brings WeasyPrint

    split = split_letter(checked, workspace)
    if split is not None:
        shape = split[0]
        return _digest_of_pieces(shape.pieces, shape.slots)
    from advocacy.documents.pdf.paper import paper_html

    return digest_of(_without_own(paper_html(checked, workspace), checked))


@lru_cache(maxsize=256)  # saves the digest of a whole page for each letter
def _digest_of_pieces(pieces: tuple[str, ...], slots: tuple[int, ...]) -> str:
    return digest_of([pieces, slots])


def _without_own(page: str, checked: CheckedLetter) -> str:
    """A page without the letter's own texts, in what is read and in what nobody looks at.

    In the other attributes, such as `class`, they stay: a style may ask for them.
    """
    letter = checked.letter
    own = {
        letter.id, letter.salutation, letter.recipient.full_name, *letter.inside_address,
        *map(str, letter.body.values),
        *(text for text in letter.recipient.model_dump().values() if isinstance(text, str)),
    }  # fmt: skip
    texts = sorted((escape(text) for text in own if text.strip()), key=lambda one: (-len(one), one))
    wanted = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, texts))})(?!\w)") if texts else None
    parts = _TAG.split(page)
    for number, part in enumerate(parts):
        if number % 2:
            parts[number] = _READ_ALONE.sub("", part)
        elif wanted is not None:
            parts[number] = wanted.sub(_OWN, part)
    return "".join(parts)
