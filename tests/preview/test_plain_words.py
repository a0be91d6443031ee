"""Problems are told on the page in plain words: no code points, codes of languages, or commands."""

import pytest

from advocacy.errors import Problem
from advocacy.preview.plain_words import plain_message
from advocacy.preview.problems import word_hint

SEPARATOR = "the character U+2028 LINE SEPARATOR, which is invisible or cannot be printed."
ASK = "Add the ask to the template (`{{ demand.asks }}` has them all), or remove it."
SOURCE = 'Add `{{ cite("…") }}` after the sentence, or give a reason: `{# uncited: why #}`.'
MANY = "Available: `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`."


@pytest.mark.parametrize(
    ("code", "message", "shown"),
    [
        (
            "bad-character",
            f"This text contains {SEPARATOR}",
            "This text contains an invisible line separator.",
        ),
        (
            "unprintable-character",
            "No font has Gothic (U+10330 GOTHIC LETTER AHSA), which is in the text.",
            "No font has Gothic (the character “\U00010330”), which is in the text.",
        ),
        (
            "outside-window",
            "It is outside the days of the stage `call`: until 2026-06-30.",
            "It is outside the days of the letter “call”: until 2026-06-30.",
        ),
        ("ask-missing", "The letter of the stage `call` asks.", "The letter “call” asks."),
        ("x", "No letter of the stage `a` is there.", "No letter “a” is there."),
        (
            "missing-language",
            "This text is required in `fr`, but it exists only in en, de.",
            "This text is required in French, but it exists only in English and German.",
        ),
        ("x", "Its `until: 2026-06-30` has no `via:`.", "Its “until: 2026-06-30” has no “via”."),
    ],
)
def test_a_message_is_told_in_plain_words(code: str, message: str, shown: str) -> None:
    assert plain_message(Problem(code, message, "")) == shown


@pytest.mark.parametrize(
    ("code", "hint", "shown"),
    [
        ("ask-missing", ASK, "Add the ask to the text."),
        ("uncited-claim", SOURCE, "Say where it comes from, or why it needs no source."),
        ("missing-language", "Add `fr:` to it.", "Write it in the letter's language, too."),
        ("unknown-name", MANY, "Delete it, type `{{`, and choose from the list that opens."),
        ("unknown-tag", MANY, "Choose from the list that opens when you type."),
        ("unknown-name", "Available: `a`, `b`.", "Available: `a`, `b`."),
        (
            "quotation-not-cited",
            'Cite it after the quotation: `{{ cite("ibm") }}`.',
            "Put the cursor behind the quotation, and press “Cite” at `ibm` under “Facts”.",
        ),
    ],
)
def test_a_hint_names_the_buttons_and_lists_of_the_page(code: str, hint: str, shown: str) -> None:
    assert word_hint(hint, code) == shown
