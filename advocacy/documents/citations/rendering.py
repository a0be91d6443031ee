"""What pandoc answers, as our small HTML and as plain text.

No markup of a source gets here as markup; what is not a citation processor's own is dropped.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlsplit

from advocacy.campaign.citation_styles import BARE

END, START = "\ue001", "\ue002"
"""After a source that was read elsewhere, and before the one in which it was read."""

_TAGS = {
    "Emph": ("<em>", "</em>"),
    "Strong": ("<strong>", "</strong>"),
    "Superscript": ("<sup>", "</sup>"),
    "Subscript": ("<sub>", "</sub>"),
    "SmallCaps": ('<span class="sc">', "</span>"),
}
_PLAIN = frozenset({"Strikeout", "Underline"})
_SPACES = frozenset({"Space", "SoftBreak", "LineBreak"})
_WITH_ATTRIBUTES = frozenset({"Cite", "Link", "Quoted", "Span"})

Wrap = Callable[[str, str, str], str]  # kind, inner text, address of a link


@dataclass(frozen=True, slots=True)
class Formatted:
    """One note or reference: `html` has em, strong, sup, sub, span.sc and a alone."""

    html: str
    text: str


def formatted(inlines: Sequence[Any], quoted_in: str, unguarded: dict[int, str]) -> Formatted:
    """An answer of pandoc as HTML and as text; only http(s) addresses become links.

    `unguarded` gives characters in disguise their own form again. In the text an address that
    the style hides behind a title stands at the end.
    """
    # One note is one Cite, whose content alone tells whether all of it is raised.
    while len(inlines) == 1 and inlines[0]["t"] == "Cite":
        inlines = inlines[0]["c"][1]
    hidden: list[str] = []

    def tag(kind: str, inner: str, address: str) -> str:
        if kind == "Link":
            return f'<a href="{escape(address)}">{inner}</a>' if _is_web(address) else inner
        before, after = _TAGS.get(kind, ("", ""))
        return f"{before}{inner}{after}"

    def keep(kind: str, inner: str, address: str) -> str:
        if kind == "Link" and _is_web(address):
            hidden.append(address)
        # A raised number would run into the word before it.
        return f"[{inner}]" if kind == "Superscript" and len(inlines) == 1 else inner

    in_html = _join(_walk(inlines, escape, tag), escape(quoted_in)).translate(unguarded)
    in_text = _join(_walk(inlines, str, keep), quoted_in).translate(unguarded)
    for address in dict.fromkeys(hidden):
        if address.removeprefix("https://doi.org/") not in in_text:
            in_text = f"{in_text} {address}"
    return Formatted(in_html, in_text)


def plain(inlines: Sequence[Any]) -> str:
    """The words of pandoc's inlines."""
    return _walk(inlines, str, lambda _kind, inner, _address: inner)


def _walk(inlines: Sequence[Any], string: Callable[[str], str], wrap: Wrap) -> str:
    def visit(inline: Any) -> str:
        kind, content = inline["t"], inline.get("c")
        if kind == "Str":
            return string(content)
        if kind in _SPACES:
            return " "
        inner = "".join(map(visit, _children(kind, content)))
        if kind == "Quoted":
            return f"“{inner}”"
        return wrap(kind, inner, content[2][0] if kind == "Link" else "")

    return "".join(map(visit, inlines))


def _children(kind: str, content: Any) -> Sequence[Any]:
    if kind in _TAGS or kind in _PLAIN:
        return list(content)
    if kind == "Note":
        return [inline for block in content for inline in block["c"]]
    if kind in _WITH_ATTRIBUTES:
        return list(content[1])
    return []


def _is_web(address: str) -> bool:
    """Whether an address is http(s) with a host, which is all that it shows."""
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and "." in (parts.hostname or "")
            and "@" not in parts.netloc
            and (parts.port or 1) > 0  # ValueError where it is no number
            and not re.search(r"[\s\x00-\x1f]", address)
        )
    except ValueError:
        return False


def _join(text: str, quoted_in: str) -> str:
    between = f"{quoted_in} " if quoted_in else ""
    text = re.sub(f"{END}[^{END}{START}]*{START}\\s*", lambda _: between, text)
    # A style that tears the two apart says it with the second alone.
    text = re.sub(f",?\\s*{END}", "", text)
    text = re.sub(f"{START}\\s*", lambda _: between, text)
    return re.sub(f"{BARE}\\s*", "", text).strip()
