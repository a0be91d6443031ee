"""The variants of an email's page that its conditional rules make, as readers may get them.

Rules for some screens (`@media`) stay in the head of an email. Here each is put into the elements
in turn. A selector that is not understood here counts for more elements than it may select.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

_NO_RULES = frozenset(
    "font-face keyframes -webkit-keyframes -moz-keyframes property counter-style page namespace "
    "charset font-feature-values font-palette-values starting-style view-transition".split()
)
_ASKED_FOR = frozenset("hover active focus focus-visible focus-within target".split())
_UNDERSTOOD = re.compile("(first|last|only)-(child|of-type)|nth-(last-)?(child|of-type)|root|empty")
_OF_TEXT = frozenset(("first-line", "first-letter"))
_ELEMENTS = _OF_TEXT | {"before", "after"}


_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


def variants(page: str) -> Iterator[str]:
    """The page as it is, and with the rules of each `@media` and its like, and with all."""
    yield page
    rules = [rule for style in _STYLE.findall(page) for rule in _conditional(style)]
    if not rules:
        return
    import css_inline

    bare = _STYLE.sub("", page)
    for chosen in [*([rule] for rule in rules), *([rules] if len(rules) > 1 else [])]:
        style = "".join(chosen).replace("\\", "\\\\")
        styled = re.sub(r"(?i)</head>", lambda _, s=style: f"<style>{s}</style></head>", bare)  # type: ignore[misc]
        yield css_inline.inline(styled, load_remote_stylesheets=False)


def _conditional(style: str) -> Iterator[str]:
    """The rules inside `@media` and its like, as rules without a condition."""
    import tinycss2

    for rule in tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.content and rule.lower_at_keyword not in _NO_RULES:
            yield from ("".join(part) for part in _flat(rule.content))


def _flat(content: Iterable[Any]) -> Iterator[list[str]]:
    """The rules of a block, those without a condition of their own together."""
    import tinycss2

    plain: list[str] = []
    for rule in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            plain += _widened(rule.prelude, _declarations(rule.content))
            yield from filter(any, _flat(rule.content))
        elif rule.type == "at-rule" and rule.content and rule.lower_at_keyword not in _NO_RULES:
            yield from _flat(rule.content)
    yield plain


def _declarations(content: Iterable[Any]) -> list[Any]:
    import tinycss2

    found = tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    return [one for one in found if one.type == "declaration"]


def _widened(prelude: Iterable[Any], declarations: list[Any]) -> Iterator[str]:
    """A rule for each of its selectors, without what is not understood here.

    What a reader must point at is left out. Of an element that styles add, only its place counts.
    """
    placed = [one for one in declarations if one.lower_name == "position"]
    for selector in _selectors(prelude):
        text, pseudo = _understood(selector)
        if pseudo & _ASKED_FOR or not text:
            continue
        added = pseudo - _OF_TEXT and any(one in _ELEMENTS or one == "::" for one in pseudo)
        chosen = placed if added else declarations
        yield f"{text} {{ {' '.join(one.serialize() + ';' for one in chosen)} }}"


def _selectors(prelude: Iterable[Any]) -> Iterator[list[Any]]:
    selector: list[Any] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            yield selector
            selector = []
        elif token.type != "comment":
            selector.append(token)
    yield selector


def _understood(selector: list[Any]) -> tuple[str, set[str]]:
    """A selector without its other pseudo-classes, whose names are the second value."""
    text, pseudo, colons = "", set[str](), 0
    for token in selector:
        if token.type == "literal" and token.value == ":":
            colons += 1
        elif colons:
            name = str(getattr(token, "lower_value", getattr(token, "lower_name", "")))
            inner = token.serialize() if token.type == "function" else ""
            if _UNDERSTOOD.fullmatch(name) or (name == "not" and ":" not in inner):
                text += f":{token.serialize()}"
            else:
                pseudo |= {name} | ({"::"} if colons > 1 and name not in _OF_TEXT else set())
                text += "*" if not text or text[-1] in " >+~" else ""
            colons = 0
        else:
            text += "*" if token.type == "literal" and token.value == "&" else token.serialize()
    return text.strip(), pseudo
