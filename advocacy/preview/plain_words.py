"""Messages and hints in the words of the page: it has buttons, lists, and names of languages.

In the terminal, a hint names the keys and commands to type. On the page, a button or a field does
the same, and what is typed is shown as words.
"""

import re
import unicodedata

from babel import Locale, UnknownLocaleError

from advocacy.errors import Problem

MOST_NAMED = 6
"""How many names a hint lists; a longer list is one that the editor offers."""

_CHARACTER = re.compile(
    r"(?:the character )?U\+([0-9A-F]{4,6})(?: [A-Z][A-Z0-9-]*)*(?: without a name)?"
)
_UNSEEN = ", which is invisible or cannot be printed"
_LETTER_OF_STAGE = re.compile(r"\b([Ll]etters?) of the stage `([^`]+)`")
_STAGE = re.compile(r"\b([Tt]he|[Nn]o) stage `([^`]+)`")
_DATED = re.compile(r"`(\w+): (\d{4}-\d\d-\d\d)`")
_KEY = re.compile(r"`(\w+):`")
_LANGUAGE = re.compile(r"`([a-z]{2,3}(?:-[A-Za-z0-9]+)*)`|(?<=only in )([a-z]{2}\b[^.]*)")
_LISTED = re.compile(rf"Available: [^.]*(?:, [^.]*){{{MOST_NAMED},}}\.")
_FROM_LIST = "Choose from the list that opens when you type."
_FROM_NAMES = "Delete it, type `{{`, and choose from the list that opens."
_CITE = re.compile(r"Cite it after the quotation: `\{\{ cite\(\"([^\"]+)\"\) \}\}`")
_CITE_HERE = r"Put the cursor behind the quotation, and press “Cite” at `\1` under “Facts”"
# What a hint says to type, and the button, list, or field of the page that does it, by code.
_HINTS = {
    ("ask-missing", "demand.asks"): "Add the ask to the text.",
    ("uncited-claim", "{# uncited"): "Say where it comes from, or why it needs no source.",
    ("missing-language", ""): "Write it in the letter's language, too.",
    ("no-quote", ""): "Add a quotation from its source to the fact. Or delete the command, and "
    "press “State” at the fact, which prints its statement.",
    ("quotation-not-verbatim", "`quote:`"): "Add them to a fact, word for word from its source, "
    "and cite it. Or remove the quotation marks.",
}
_SEPARATORS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_KINDS = {
    "Cc": "an invisible control character",
    "Cf": "an invisible character without width",
    "Co": "a sign of a special font",
    "Cs": "half a character",
    "Mn": "an accent that stands alone",
    "Zs": "an unusual space",
}


def plain_message(problem: Problem) -> str:
    """A problem's message in the words of the page."""
    message = problem.message
    if problem.code == "missing-language":
        message = _LANGUAGE.sub(lambda found: _named(found[1] or found[2]), message)
    message = plain_text(message)
    is_said = " invisible " in message.partition(_UNSEEN)[0]
    return message.replace(_UNSEEN, "") if is_said else message


def plain_hint(code: str, hint: str) -> str:
    """A hint that names no option, in the words of the page."""
    for (named, typed), words in _HINTS.items():
        if named == code and typed in hint:
            return words
    hint = _LISTED.sub(_FROM_NAMES if code == "unknown-name" else _FROM_LIST, hint)
    return plain_text(_CITE.sub(_CITE_HERE, hint))


def plain_text(text: str) -> str:
    """A text without code points, keys, and stages, which the page calls letters."""
    text = _CHARACTER.sub(lambda found: character_in_words(chr(int(found[1], 16))), text)
    text = _LETTER_OF_STAGE.sub(r"\1 “\2”", text)
    text = _STAGE.sub(r"\1 letter “\2”", text)
    text = _DATED.sub(r"“\1: \2”", text)
    return _KEY.sub(r"“\1”", text)


def character_in_words(character: str) -> str:
    """A character as people know it: itself where it can be seen, else what kind it is of."""
    if character in _SEPARATORS:
        return "an invisible line separator"
    if character in _DIRECTIONS:
        return "an invisible mark for the direction of writing"
    category = unicodedata.category(character)
    return _KINDS.get(category) or f"the character “{character}”"


def language_name(code: str) -> str:
    """A language in English: `French` of `fr`; a code that is not known stays."""
    try:
        return Locale.parse(code, sep="-").get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def _named(codes: str) -> str:
    names = [language_name(code.strip()) for code in codes.split(",")]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
