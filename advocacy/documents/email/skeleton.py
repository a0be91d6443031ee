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
from html.parser import HTMLParser
from operator import attrgetter
from typing import Any, NoReturn, TypeVar

from markupsafe import Markup, escape

from advocacy.documents.email.quoted_printable import part_of_line, quoted_printable
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.letters.shared_content import SharedContent
from advocacy.templating.citation_marks import MARK, VALUE_MARK
from advocacy.templating.values import NeedsValue, Placeholder

T = TypeVar("T", str, bytes)
_REMOTE_CSS = re.compile(r"@import|url\s*\(|src\s*\(|image-set\s*\(|expression\s*\(", re.IGNORECASE)
_KEPT_STYLE = re.compile(r"<head><style>(.*?)</style>(.*?)\s*</head>", re.DOTALL)
_FORBIDDEN_TAGS = re.compile(
    "script|link|iframe|frame|object|embed|applet|base|form|input|button|svg|math|img|video|"
    "audio|source|picture|track"
)
_FETCHING = re.compile("src|srcset|background|poster|data|action|formaction|ping|manifest|on.*")
_LINKS = ("https:", "http:", "mailto:", "tel:", "#")
# Comments that all programs read alike: plain ones, and those for and against Outlook.
_COMMENT = re.compile(
    r"<!--\[if [^\[\]<>]{1,80}\]>(?:(?!--|<!).)*<!\[endif\]-->"
    r"|<!--\[if [^\[\]<>]{1,80}\]><!-->|<!--<!\[endif\]-->"
    r"|<!--(?!-?>)(?:(?!--)[^<>])*-->",
    re.DOTALL,
)
# What else programs take for a comment, each until another place (HTML Living Standard, 13.2.5).
_UNCLEAR = re.compile(r"<!(?!doctype\b)|<\?|</[^a-z]", re.IGNORECASE)


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


def _fetches(css: str) -> bool:
    """Whether styles name something to be fetched, be it in CSS's escapes."""
    plain = re.sub(r"\\([0-9a-fA-F]{1,6})\s?", lambda code: chr(int(code[1], 16) & 0x7F), css)
    return bool(_REMOTE_CSS.search(plain.replace("\\", "")))


def inlined(html: str, place: Place | None) -> str:
    """The HTML with its styles in the elements, as Gmail and Outlook want it.

    Rules for screens of one kind (`@media`) stay in the head. Raises AdvocacyError where the
    page would fetch something, run something, or ask for something: mail clients block such,
    and readers take it for tracking. Raises NeedsValue where a mark stands in an attribute or
    a style: what it stands for must be looked at as well.
    """
    import css_inline

    problems = _Guard.problems(html, place)
    if problems:
        raise AdvocacyError(problems)
    try:
        html = css_inline.inline(html, keep_at_rules=True, load_remote_stylesheets=False)
        return _KEPT_STYLE.sub(_style_last, html, count=1)
    except css_inline.InlineError as error:
        raise AdvocacyError(
            Problem(
                "bad-css",
                f"The email's styles cannot be read: {error}",
                "Correct layouts/email.css. An editor with CSS support marks the error.",
                place,
            )
        ) from error


def _style_last(head: re.Match[str]) -> str:
    # What css-inline keeps of the styles comes first; a document's encoding must.
    rules = re.sub(r"/\*.*?\*/", "", head[1], flags=re.DOTALL)
    rules = re.sub(r"\s+", " ", rules).strip()
    return f"<head>{head[2]}\n<style>{rules}</style>\n</head>"


class _Guard(HTMLParser):
    """Finds what an email must not have."""

    def __init__(self, place: Place | None) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Problem] = []
        self._place = place
        self._in_style = False

    @classmethod
    def problems(cls, html: str, place: Place | None) -> list[Problem]:
        guard = cls(place)
        if _UNCLEAR.search(_COMMENT.sub("", html)):
            guard._problem("a comment that mail programs end in different places")
        guard.feed(html)
        guard.close()
        return list(dict.fromkeys(guard.found))

    def _problem(self, what: str) -> None:
        self.found.append(
            Problem(
                "remote-in-email",
                f"The email layout contains {what}.",
                "Remove it. Emails must not load external content or run scripts: mail programs "
                "block both, and readers mistake them for tracking.",
                self._place,
            )
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        sources = [value or "" for name, value in attrs if name == "src"]
        own = tag == "img" and all(source.startswith("cid:") for source in sources) and sources
        if _FORBIDDEN_TAGS.fullmatch(tag) and not own:
            self._problem(f"a `<{tag}>`")
        for name, value in attrs:
            text = (value or "").strip()
            if tag == "img" and name == "src" and text.startswith("cid:"):
                continue  # a part of the message itself
            if MARK.search(text):
                raise NeedsValue
            if _FETCHING.fullmatch(name):
                self._problem(f"the attribute `{name}` on `<{tag}>`")
            elif name == "style" and _fetches(text):
                self._problem("a style that loads a file")
            elif name == "href" and not text.startswith(_LINKS):
                self._problem(f"a link to `{text}`")
            elif name == "http-equiv" and text.lower() == "refresh":
                self._problem("a `<meta http-equiv=refresh>`")

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False

    def handle_comment(self, data: str) -> None:
        # Outlook reads what stands in `<!--[if mso]>…<![endif]-->`.
        if data.startswith("[if"):
            inside = data.partition("]>")[2].removesuffix("<![endif]")
            # `<!--[if !mso]><!-->` opens what all others read.
            self.found += _Guard.problems(inside, self._place) if inside != "<!" else []

    def handle_data(self, data: str) -> None:
        if self._in_style and MARK.search(data):
            raise NeedsValue
        if self._in_style and _fetches(data):
            self._problem("a style that loads a file")
