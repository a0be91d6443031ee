"""The variants of an email's page that its conditional rules make, as readers may get them.

Rules for some screens (`@media`) stay in the head of an email. Here each is put into the elements
in turn. A selector that is not understood here, or that only matches in some mail program, counts
for more elements than it may select.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

_NO_RULES = frozenset(
    "font-face keyframes -webkit-keyframes -moz-keyframes property counter-style page namespace "
    "charset font-feature-values font-palette-values starting-style view-transition".split()
)
_ASKED_FOR = frozenset("hover active focus focus-visible focus-within target".split())
_UNDERSTOOD = re.compile("(first|last|only)-(child|of-type)|nth-(last-)?(child|of-type)|root|empty")
_OF_TEXT = frozenset(("first-line", "first-letter"))
_ELEMENTS = _OF_TEXT | {"before", "after"}


_COMPOUND = re.compile(r"(?:\[[^\]]*\]|\([^)]*\)|[^\s>+~\[(])+")
_SIMPLE = re.compile(
    r"""\[\s*([\w-]+)[^\]"']*["']?([^\]"']*)["']?[^\]]*\]|([.#]?)(-?[\w-]+)|:[\w-]+"""
)
_ADDED = re.compile(
    "moz-[a-z-]+|externalclass|readmsgbody|messageviewbody|messagewebviewdiv|gmail[a-z_-]*|adm|"
    "gs|ii|a3s|y[mp]?|bloop_[a-z]+|webkit-[a-z-]+|x_[a-z_-]*|rps_[a-z0-9]+|owa|outlook",
    re.IGNORECASE,
)
"""The classes and ids of what mail programs put around an email."""
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


def variants(page: str) -> Iterator[str]:
    """The page as it is, and with the rules of each `@media` and its like, and with all."""
    yield page
    found = [rule for style in _STYLE.findall(page) for rule in _conditional(style)]
    if not found:
        return
    import css_inline

    bare = _STYLE.sub("", page)
    rules = ["".join(_reaching(rule, bare) for rule in together) for together in found]
    for chosen in [*([rule] for rule in rules), *([rules] if len(rules) > 1 else [])]:
        style = "".join(chosen).replace("\\", "\\\\")
        styled = re.sub(r"(?i)</head>", lambda _, s=style: f"<style>{s}</style></head>", bare)  # type: ignore[misc]
        yield css_inline.inline(styled, load_remote_stylesheets=False)


def _reaching(rule: str, page: str) -> str:
    """A rule whose selector also selects what it would if a mail program added what it names.

    Programs put elements with names of their own around an email (`u + .body`), and attributes
    on its elements (`[data-ogsc]`).
    """
    selector, brace, content = rule.partition(" {")
    compounds = list(_COMPOUND.finditer(selector))
    if not compounds:
        return rule
    start = 0
    for one, following in pairwise(compounds):
        if not all(_is_there(simple, page) for simple in _SIMPLE.finditer(one[0])):
            start = following.start()
    last = compounds[-1]
    subject = _SIMPLE.sub(lambda simple: _as_added(simple, page), last[0])
    subject = subject.removeprefix("*") if len(subject) > 1 else subject or "*"
    return f"{selector[start : last.start()]}{subject}{brace}{content}"


def _is_there(simple: re.Match[str], page: str) -> bool:
    """Whether an element of the page may be what a part of a selector names."""
    attribute, value, kind, name = simple.groups()
    if attribute:
        return (
            bool(re.search(rf"\s{re.escape(attribute)}\b", page, re.IGNORECASE)) and value in page
        )
    if name is None:
        return True
    if kind:
        where = "class" if kind == "." else "id"
        named = rf"""\s{where}=(?:"[^"]*|'[^']*|)(?<![\w-]){re.escape(name)}(?![\w-])"""
        return bool(re.search(named, page, re.IGNORECASE))
    return bool(re.search(rf"<{re.escape(name)}\b", page, re.IGNORECASE))


def _as_added(simple: re.Match[str], page: str) -> str:
    """A part of the last compound of a selector, as it is there where a mail program adds it."""
    attribute, _, kind, name = simple.groups()
    if (not attribute and not kind) or _is_there(simple, page):
        return simple[0]
    if attribute:
        return ""
    if name.lower().startswith("x_"):  # Outlook on the web renames classes and ids
        return f"{kind}{name[2:]}"
    return "body" if _ADDED.fullmatch(name) else simple[0]


def _conditional(style: str) -> Iterator[list[str]]:
    """The rules inside `@media` and its like, as rules without a condition."""
    import tinycss2

    for rule in tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.content and rule.lower_at_keyword not in _NO_RULES:
            yield from filter(any, _flat(rule.content))


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
