"""Typography within Markdown: in the text between its signs, not in code or addresses."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from advocacy.templating.typography.marks_and_spaces import (
    CITES,
    NARROW,
    dashes,
    hebrew_marks,
    lone_quotes,
    quotes,
    spaces,
)

_QUOTE_THENCITES = re.compile(f"([\"'])([{CITES}]+)")
_SWAPPED = "\x02"
CITES_THEN_QUOTE = re.compile(f"{_SWAPPED}([{CITES}]+)({NARROW}?[^\\s{CITES}])")
_WIDE_LANGUAGES = ("ja", "zh")


def install(markdown: MarkdownIt, language: str) -> None:
    """Make a Markdown parser set the text between its signs as the language wants it.

    Lines of a paragraph are joined; code and addresses stay as they are.
    """
    markdown.options["typographer"] = True
    markdown.options["quotes"] = list(quotes(language))
    between = "" if language.startswith(_WIDE_LANGUAGES) else " "

    def before_quotes(state: StateCore) -> None:
        for token in _inline_tokens(state):
            token.children = _joined(token.children or [], between)
            for child in _words(token.children):
                text = hebrew_marks(dashes(child.content, language))
                child.content = _QUOTE_THENCITES.sub(rf"{_SWAPPED}\2\1", text)

    def after_quotes(state: StateCore) -> None:
        for token in _inline_tokens(state):
            for child in _words(token.children or []):
                text = child.content
                if _SWAPPED in text:
                    text = CITES_THEN_QUOTE.sub(r"\2\1", text)
                child.content = lone_quotes(text, language)
            _space_out(token.children or [], language)

    markdown.enable("smartquotes")
    markdown.core.ruler.after("inline", "before_quotes", before_quotes)
    markdown.core.ruler.after("smartquotes", "after_quotes", after_quotes)


def _space_out(tokens: list[Token], language: str) -> None:
    """Set the spaces of each text as the words before and after it want, across emphasis."""
    with_text = [token for token in tokens if token.content or token.type == "hardbreak"]
    words = {id(token) for token in _words(tokens)}
    for index, token in enumerate(with_text):
        if id(token) in words:
            before = with_text[index - 1].content[-1:].strip() if index else ""
            after = _first_word(with_text[index + 1]) if index + 1 < len(with_text) else ""
            text = spaces(before + token.content + after, language)
            token.content = text[len(before) : len(text) - len(after)]


def _first_word(token: Token) -> str:
    return re.split(r"\s", token.content, maxsplit=1)[0]


def _inline_tokens(state: StateCore) -> list[Token]:
    return [token for token in state.tokens if token.type == "inline"]


def _joined(tokens: list[Token], between: str) -> list[Token]:
    """The tokens with line ends as spaces, and with text that touches in one token."""
    joined: list[Token] = []
    for token in tokens:
        if token.type == "softbreak":
            token = Token("text", "", 0, content=between, level=token.level)
        if token.type == "text" and joined and joined[-1].type == "text":
            joined[-1].content += token.content
        else:
            joined.append(token)
    return joined


def _words(tokens: list[Token]) -> list[Token]:
    """The text tokens that are not the text of an automatic link."""
    found, in_address = [], False
    for token in tokens:
        if token.info == "auto" and token.type in ("link_open", "link_close"):
            in_address = token.type == "link_open"
        elif token.type == "text" and not in_address:
            found.append(token)
    return found
