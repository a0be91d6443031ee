"""What is typed in the campaign and in lists, set as the letter's language sets it.

Values in the body, subject, names, addresses, enclosures: each gets the language's apostrophes,
quotation marks, dashes and spaces, as the template's own words do. What a template compares, and
what is written to files and mail servers as a name, stays as typed.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel

from advocacy.campaign.campaign import Cosigner, Sender, Signatory
from advocacy.campaign.languages import LocalText
from advocacy.templating.citation_marks import CITE_MARK, MARK, VALUE_MARK, Own, Prose
from advocacy.templating.typography import Quotation, find_quotations, has_signs, typeset

# Addresses of links and pictures, and code.
_AS_TYPED = re.compile(r"\]\(\s*<?[^)\s]*|`[^`\n]*`|<[a-z]+:[^>\s]*>")
_Person = TypeVar("_Person", Signatory, Cosigner)
_Model = TypeVar("_Model", bound=BaseModel)
_PARAGRAPH_END = re.compile(r"\n\s*\n")


def typeset_prose(prose: Prose, language: str) -> Prose:
    """A body with its values set in the language's marks, each for the quotation it stands in."""
    markdown, values = prose.markdown, prose.values
    own = [value for value in values if type(value) is Own]
    shared = tuple([None if type(value) is Own else value for value in values])
    same = _set_shared(markdown, shared, language)
    if has_signs("\n".join(own), language):  # all at once, as most people's have none
        own = [
            value if depth is None else Own(typeset(value, language, depth))
            for value, depth in zip(values, _depths(markdown, len(values)), strict=True)
            if type(value) is Own
        ]
    elif same == shared:
        return prose
    left = iter(own)
    return Prose(markdown, tuple([next(left) if value is None else value for value in same]))


@lru_cache(maxsize=256)  # saves 20 microseconds a letter: most values are everybody's
def _set_shared(
    markdown: str, values: tuple[str | None, ...], language: str
) -> tuple[str | None, ...]:
    """The values that are nobody's own, so set; None stands for the others."""
    return tuple(
        value if value is None or depth is None else typeset(value, language, depth)
        for value, depth in zip(values, _depths(markdown, len(values)), strict=True)
    )


@lru_cache(maxsize=256)  # once for all letters alike
def _depths(markdown: str, count: int) -> tuple[int | None, ...]:
    """In how many quotations each value stands; None for one that stays as typed."""
    depths: list[int | None] = [0] * count
    for paragraph in _PARAGRAPH_END.split(markdown):
        _note_depths(find_quotations(paragraph), 0, depths)
    for found in _AS_TYPED.finditer(markdown):
        for value in _values_in(found[0]):
            depths[value] = None
    return tuple(depths)


def _note_depths(pieces: Sequence[str | Quotation], depth: int, depths: list[int | None]) -> None:
    for piece in pieces:
        if isinstance(piece, Quotation):
            _note_depths(piece.pieces, depth + 1 + (piece.is_single and depth == 0), depths)
        elif depth:
            for value in _values_in(piece):
                depths[value] = depth


def _values_in(text: str) -> Iterable[int]:
    codes = (ord(mark) for mark in MARK.findall(text))
    return (code - VALUE_MARK for code in codes if code < CITE_MARK)


def typeset_lines(lines: tuple[str, ...], language: str) -> tuple[str, ...]:
    """Lines, each set in the language's marks; the same object where nothing changes."""
    if not has_signs("\n".join(lines), language):
        return lines
    changed = tuple(typeset(line, language) for line in lines)
    return lines if changed == lines else changed


def typeset_people(people: tuple[_Person, ...], language: str) -> tuple[_Person, ...]:
    """Signatories or cosigners with their names, titles and organizations so set."""
    changed = tuple(_with(one, language, "name", "title", "organization") for one in people)
    return people if changed == people else changed


def typeset_sender(sender: Sender, language: str) -> Sender:
    """The sender with the organization's name and addresses so set."""
    offices = tuple(_with(one, language, "name", "address") for one in sender.offices)
    changed = _with(sender, language, "organization", "address")
    return changed if offices == sender.offices else changed.model_copy(update={"offices": offices})


def _with(model: _Model, language: str, *names: str) -> _Model:
    """A model with some of its texts so set; the same object where nothing changes."""
    update: dict[str, object] = {}
    for name in names:
        value = getattr(model, name)
        if isinstance(value, LocalText):
            text = value.get(language)
            new: object = LocalText.of(typeset(text, language)) if text else value
        elif isinstance(value, tuple):
            new = typeset_lines(value, language)
        else:
            new = typeset(value, language) if value else value
        if new != value and str(new) != str(value):
            update[name] = new
    return model.model_copy(update=update) if update else model
