"""What a language changes in a rendered body: where note marks stand, and its first word.

Both work on Markdown before typography, on the template's own signs alone: values are private-use
characters there.

* French has the mark of a note before the stop: OQLF, Vitrine linguistique, “Emploi, présentation
  et ponctuation de l'appel de note” (vitrinelinguistique.oqlf.gouv.qc.ca/25110).
* English has it behind the stop, but before a dash: Chicago Manual of Style 17, 14.26; MHRA Style
  Guide (mhra.org.uk/style). A citation in parentheses stands before the stop in each language.
* German has it behind the stop where it belongs to the sentence, and behind the word where it
  belongs to the word (Duden, “Fußnoten- und Anmerkungszeichen”): only the writer knows, so it
  stays.
* A German letter goes on with a small letter after a salutation that ends with a comma (Duden,
  “Brief”; DIN 5008). Nouns, names, and the polite *Sie* keep their capitals, so only words that are
  never written with one are changed.
"""

import re
from functools import lru_cache

from advocacy.campaign.languages import primary_language
from advocacy.resources import read_table
from advocacy.templating.typography.marks_and_spaces import CITES, LINES, MARKS

_CALLS = rf"(?:[{CITES}]|\[\^[^\]\s]+\])+"
# The signs of a word's end, with emphasis, a quotation or a value that ends there.
_WORD_END = rf"(?<=[\w%)\]»”’\"'*_{MARKS}])"
_AFTER_STOP = re.compile(
    rf"{_WORD_END}(?<!\betc)(?P<stop>[ \u00a0\u202f]?[;:!?]|[.,](?!\.))[ ]?(?P<calls>{_CALLS})"
)
_BEFORE_STOP = re.compile(rf"(?<=[\w%)])(?P<calls>{_CALLS})(?P<stop>[.,;:!?](?![\w.]))")
_OWN_BEFORE_STOP = re.compile(
    rf"(?<=[\w%)])(?P<calls>(?:\[\^[^\]\s]+\])+)(?P<stop>[.,;:!?](?![\w.{CITES}]))"
)

# Words that are written with a capital at the beginning of a sentence alone.
_SMALL_WORDS = frozenset(read_table("templating/language_forms.toml")["small_words"].split())
_STOP_AT_END = re.compile(r"[\w%)»”’]\.$")
# Emphasis, or the words of a link, may begin with it.
_FIRST_WORD = re.compile(
    rf"\A[\s{LINES}]*(?:[*_]{{1,3}}|~~|\[(?!\^))*[{LINES}]*(?P<word>[A-ZÄÖÜ][a-zäöüß]*)(?![\w’'-])"
)


@lru_cache(maxsize=256)  # once for all letters alike: their bodies are equal texts
def in_language(markdown: str, language: str, *, after_comma: bool, cites_in_text: bool) -> str:
    """A body's Markdown with note marks and its first word as the language has them.

    `after_comma`: the salutation ends with a comma. `cites_in_text`: citations print in
    parentheses instead of as notes.
    """
    main = primary_language(language)
    if main == "fr":
        return _AFTER_STOP.sub(r"\g<calls>\g<stop>", markdown)
    if main == "en":
        rule = _OWN_BEFORE_STOP if cites_in_text else _BEFORE_STOP
        return rule.sub(r"\g<stop>\g<calls>", markdown)
    if main == "de" and after_comma:
        found = _FIRST_WORD.match(markdown)
        if found and found["word"].lower() in _SMALL_WORDS:
            at = found.start("word")
            return markdown[:at] + markdown[at].lower() + markdown[at + 1 :]
    return markdown


def before_mark(text: str, language: str) -> tuple[str, str]:
    """A value that a note mark follows, in two parts: what stands before the mark, and behind it.

    The stop at the end of a French sentence stands behind the mark, also where it is a value's.
    """
    if primary_language(language) == "fr" and _STOP_AT_END.search(text):
        return text[:-1], text[-1]
    return text, ""
