"""A pattern for some words finds what a regular expression of all of them finds, and no less."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.checks.language import LANGUAGES, any_of, language_of
from advocacy.checks.word_beginnings import spaced
from advocacy.checks.word_patterns import WordPattern
from tests.examples import costly

KNOWN = [known for code in sorted(LANGUAGES) if (known := language_of(code))]
LISTS = [words for known in KNOWN for words in known.lists.values()]


def whole(words: tuple[str, ...], flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """All the words in one expression, as the files' format says."""
    ended = (
        word.replace(" ", r"\s+") + (r"(?!\w)" if re.search(r"[\w)*+?\]]$", word) else "")
        for word in words
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(ended)})", flags)


@costly(20)
@given(st.data())
def test_what_any_word_of_a_list_fits_is_found(data: st.DataObject) -> None:
    words = data.draw(st.sampled_from(LISTS))
    word = data.draw(st.sampled_from(words)).replace(" ", r"\s+")
    fitting = data.draw(st.from_regex(re.compile(word, re.IGNORECASE), fullmatch=True))
    around = st.sampled_from(["", " ", "they ", ", and not", "x", "’", "-", " a", "\n", "İ", "5 "])
    text = data.draw(around) + fitting + data.draw(around) + fitting.upper()
    made, expected = any_of(words), whole(words)
    assert [one.span() for one in made.finditer(text)] == [
        one.span() for one in expected.finditer(text)
    ]
    first, same = made.search(text), expected.search(text)
    assert (first and first.span()) == (same and same.span())
    begun, same = made.match(text), expected.match(text)
    assert (begun and begun.span()) == (same and same.span())
    assert made.sub("-", text) == expected.sub("-", text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("no(?:t)? later",), "NOT  LATER"),
        (("few(?:er)?",), "few"),
        (("a|bc?d*|e{2}",), "bd"),
        (("a|bc?d*|e{2}",), "ax ee"),
        (("(?:was|were) not",), "she was\nnot"),
        ((r"(?<!the\s)plans? to",), "a plan to"),
        (("can't",), "can't"),
        ((r"u\.s\.",), "the U.S. of it"),
        (("[fF]irst",), "First"),
        ((r"[^\])]x",), "(ax"),
        ((r"^\W*one",), "“one"),
        (("straße",), "STRASSE Straẞe"),
        (("fi(?:nd|ll)", "kilo"), "fıll \u212ailo"),
        (("nun|nur", "nu"), "nu nurx nur"),
        ((), "anything"),
    ],
)
def test_beginnings_leave_out_no_word(words: tuple[str, ...], text: str) -> None:
    found = [one.span() for one in any_of(words).finditer(text)]
    assert found == ([one.span() for one in whole(words).finditer(text)] if words else [])


def test_parts_of_a_match_can_be_asked_for_whichever_word_was_found() -> None:
    pattern = any_of([r"(?P<n>\d+) times", "twice"])
    found = pattern.search("twice")
    assert found
    assert found["n"] is None


def test_capitals_count_where_they_are_asked_for() -> None:
    pattern = WordPattern(("Sie",), re.NOFLAG)
    assert pattern.search("wenn Sie")
    assert not pattern.search("wenn sie")


def test_letters_that_a_regular_expression_holds_for_equal_are_folded_alike() -> None:
    every = "".join(chr(code) for code in range(sys.maxunicode + 1))
    letters = "abcdefghijklmnopqrstuvwxyzäöüßàâçéèêëîïôûùœáíóúñ"
    for letter in letters:
        folded = spaced(letter)
        same = re.compile(letter, re.IGNORECASE)
        assert all(spaced(text) == folded for text in same.findall(every)), letter
