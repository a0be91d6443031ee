"""What the emails of one mailing have in common, made once: the skeleton of their HTML.

A layout is rendered, and its styles inlined, with marks in the place of everything that
differs from one recipient to the next. For each letter the marks are then replaced by the
escaped values. That is the same as rendering the layout for each letter as long as the
layout only prints such values or asks whether they are there. One that does more
(`letter.salutation | upper`) meets `NeedsValue`; it is rendered anew for each letter, and so
is one with more commands than `if` and `for`, which could hide a value in a text of its own.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, NoReturn, TypeVar

from markupsafe import Markup, escape

from advocacy.documents.email.guard import refuse_unsafe, refuse_unsafe_source
from advocacy.documents.email.quoted_printable import part_of_line, quoted_printable
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.letters.shared_content import SharedContent
from advocacy.templating.citation_marks import MARK, VALUE_MARK
from advocacy.templating.values import NeedsValue, Placeholder

T = TypeVar("T", str, bytes)
_KEPT_STYLE = re.compile(r"<head><style>(.*?)</style>(.*?)\s*</head>", re.DOTALL)


class Slot(Placeholder):
    """A value that a layout may print, or ask whether it is there: it prints as its mark."""

    __slots__ = ("_mark",)

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self._mark = Markup(chr(VALUE_MARK + index))  # noqa: S704 - a mark, no text

    def __html__(self) -> Markup:
        return self._mark


class Fields(dict[str, Any]):
    """The fields of an object that are given to a layout; any other use needs the object."""

    def __contains__(self, name: object) -> bool:
        if not dict.__contains__(self, name):
            raise NeedsValue
        return True

    def _refuse(self, *_: object) -> NoReturn:
        raise NeedsValue

    __iter__ = __len__ = __eq__ = __ne__ = _refuse
    keys = values = items = _refuse

    def __bool__(self) -> bool:
        return True


RECIPIENT_FIELDS = (
    "name", "given_name", "family_name", "full_name", "honorific", "title", "organization",
    "city", "region", "postal_code", "country", "email",
)  # fmt: skip
"""The recipient's own texts that a layout may print."""
_SHARED_FIELDS = (
    "campaign", "title", "stage", "subject", "date", "timezone", "language", "close", "layout",
    "sender", "signatories", "cosigners", "enclosures", "cc", "attach",
    "dateline", "delivery", "reference_lines",
)  # fmt: skip
_shared_fields = attrgetter(*_SHARED_FIELDS)


def letter_fields(shared: SharedContent, recipient: dict[str, Any], **own: Any) -> Fields:
    """What a layout may read of `letter`, of letters that share their content.

    `recipient` and `own` are slots by name, or what is empty in these letters. Letters that
    supporters sign together are not among them.
    """
    common = dict(zip(_SHARED_FIELDS, _shared_fields(shared), strict=True))
    return Fields(common | {"recipient": Fields(recipient), "joint": False, "others": ""} | own)


@dataclass(frozen=True)
class Skeleton:
    """Finished HTML in pieces: between `texts[i]` and `texts[i + 1]` stands value `slots[i]`."""

    texts: tuple[str, ...]
    slots: tuple[int, ...]

    @classmethod
    def of(cls, html: str) -> "Skeleton":
        """The skeleton of HTML with marks."""
        marks = tuple(ord(mark) - VALUE_MARK for mark in MARK.findall(html))
        return cls(tuple(MARK.split(html)), marks)

    @cached_property
    def encoded(self) -> tuple[bytes, ...]:
        """The texts as an email has them: quoted-printable, each on lines of its own."""
        *texts, last = self.texts
        return (*map(part_of_line, texts), quoted_printable(last))

    def filled(self, value: Callable[[int], str]) -> str:
        """The HTML with values, which `value` gives escaped, by the number of the slot."""
        return "".join(_interleaved(self.texts, map(value, self.slots)))

    def encoded_with(self, value: Callable[[int], bytes]) -> list[bytes]:
        """The same in pieces for an email, with values that `part_of_line` has encoded."""
        return _interleaved(self.encoded, map(value, self.slots))


def _interleaved(texts: tuple[T, ...], values: Iterable[T]) -> list[T]:
    pieces = [texts[0]] * (2 * len(texts) - 1)
    pieces[::2] = texts
    pieces[1::2] = values
    return pieces


def escaped(text: str) -> str:
    """Text for any place in HTML, attributes included."""
    return str(escape(text))


def inlined(html: str, place: Place | None) -> str:
    """The HTML with its styles in the elements, as Gmail and Outlook want it.

    Rules for screens of one kind (`@media`) stay in the head. Raises AdvocacyError where the
    page would fetch something, run something, or ask for something: mail clients block such,
    and readers take it for tracking. Raises NeedsValue where a mark stands in an attribute or
    a style: what it stands for must be looked at as well.
    """
    import css_inline

    refuse_unsafe_source(html, place)
    try:
        html = css_inline.inline(html, keep_at_rules=True, load_remote_stylesheets=False)
    except css_inline.InlineError as error:
        raise AdvocacyError(
            Problem(
                "bad-css",
                f"The email's styles cannot be read: {error}",
                "Correct layouts/email.css. An editor with CSS support marks the error.",
                place,
            )
        ) from error
    html = _KEPT_STYLE.sub(_style_last, html, count=1)
    refuse_unsafe(html, place)
    return html


def _style_last(head: re.Match[str]) -> str:
    # What css-inline keeps of the styles comes first; a document's encoding must.
    rules = re.sub(r"/\*.*?\*/", "", head[1], flags=re.DOTALL)
    rules = re.sub(r"\s+", " ", rules).strip()
    return f"<head>{head[2]}\n<style>{rules}</style>\n</head>"
