"""Where sentences begin and end, and which citations stand by them."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.checks.sentence_places import locate_words
from advocacy.checks.sentences import quote_spans, read_blocks, sentence_starts
from advocacy.errors import Place
from advocacy.templating.citation_marks import CITE_MARK, LINE_MARK, VALUE_MARK, Prose


def sentences(text: str, language: str = "en-US") -> list[str]:
    starts = [*sentence_starts(text, language), len(text)]
    return [text[a:b].strip() for a, b in pairwise(starts)]


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith and Dr. Jones met Sen. Markey.",
        "The U.S. Senate and the U.N. Security Council met.",
        "Amazon.com, Inc. announced it.",
        "It is in No. 4 of the list, at p. 12, in Sec. 3.",
        "Many firms, e.g. Microsoft, sell it.",
        "He cited cf. Smith et al. and others, vs. Jones.",
        "S. 4084 and H.R. 7356 are bills.",
        "The rate was 34.7 percent at 10.30 a.m. on that day.",
        "J. R. Smith signed for A. Example.",
        "“We stop. We mean it,” she said.",
        "She wrote … and then she left.",
        "The firm (which sells it. Or not) is large.",
        "See Jan. 6 and Sept. 11.",
    ],
)
def test_a_full_stop_that_ends_no_sentence(text: str) -> None:
    expected = 1 if "Or not" not in text else 2
    assert len(sentences(text)) == expected, sentences(text)


@pytest.mark.parametrize(
    "text",
    [
        "It was done in the U.S. The others waited.",
        "The answer is no. We wait.",
        "They sold it to Acme Inc. We object.",
        "He left at 5 p.m. The doors closed.",
        "Is it so? It is.",
        "Stop! We mean it.",
        "She said “no.” They left.",
        "She asked: “Why?” Nobody knew.",
        "It ended … Nobody knew.",
        "It has 34. The others have 12.",
        "It was plan C (the last one.) Nothing came of it.",
        "Than I thought in 2019. Since then it has grown.",
    ],
)
def test_a_full_stop_that_ends_a_sentence(text: str) -> None:
    assert len(sentences(text)) == 2, sentences(text)


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("de", "Am 10. Juni schrieb Dr. Müller, z.B. an uns, Abs. 3. Danach kam nichts.", 2),
        ("fr", "M. Dupont et Mme. Durand, p. ex. ici, écrivent. Nous aussi.", 2),
        ("es", "El Sr. Pérez y la Dra. Ruiz escriben. Nosotros también.", 2),
        ("ja", "我々は求める。答えてほしい。", 2),
        ("pl", "Pan J. Nowak pisze. My też.", 2),
    ],
)
def test_other_languages_have_abbreviations_of_their_own(
    language: str, text: str, count: int
) -> None:
    assert len(sentences(text, language)) == count, sentences(text, language)


def test_quotation_marks_are_paired() -> None:
    for text, inside in (
        ('He said "one two" and "three".', ["one two", "three"]),
        ("He said “one ‘two’ three”.", ["one ‘two’ three"]),
        ("Er sagt „eins zwei“.", ["eins zwei"]),
        ("Il dit « un deux ».", [" un deux "]),
        ('A board 5" wide and 6" long.', []),
        ('An open "mark.', []),
    ):
        assert [text[a:b] for a, b in quote_spans(text)] == inside


def mark(kind: int, number: int = 0) -> str:
    return chr(kind + number)


def test_a_citation_after_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    prose = Prose(
        f"One is.{mark(CITE_MARK)} Two is. {mark(CITE_MARK, 1)} Three{mark(CITE_MARK, 2)} is."
    )
    (block,) = read_blocks(prose, "en")
    assert [(s.text, s.cites) for s in block.sentences] == [
        ("One is.", (0,)),
        ("Two is.", (1,)),
        ("Three is.", (2,)),
    ]


def test_values_are_read_as_printed_and_never_as_markdown() -> None:
    prose = Prose(f"To {mark(VALUE_MARK)} now.\n\n- {mark(VALUE_MARK, 1)}", ("*Bob*", "# Ask it."))
    first, second = read_blocks(prose, "en")
    assert first.text == "To *Bob* now."
    assert (second.kind, second.text) == ("item", "# Ask it.")


def test_blocks_are_told_apart() -> None:
    markdown = "# A\n\nB *c* [d](http://e)\nf `g`\n\n- h\n\n> i\n"
    assert [(block.kind, block.text) for block in read_blocks(Prose(markdown), "en")] == [
        ("heading", "A"), ("paragraph", "B c d f g"), ("item", "h"), ("quote", "i"),
    ]  # fmt: skip


def test_a_sentence_knows_its_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "call.md"
    file.write_text("One is here. Two begins\non the next. Three.\n")
    lines = (Place(file, 1), Place(file, 2))
    traced = f"One is here. Two begins{mark(LINE_MARK)}\non the next. Three{mark(LINE_MARK, 1)}.\n"
    (block,) = read_blocks(Prose(traced), "en", lines)
    assert [str(s.place).rpartition("/")[2] for s in block.sentences] == [
        "call.md:1:1", "call.md:1:14", "call.md:2:14",
    ]  # fmt: skip
    assert block.sentences[1].lines == lines


def test_a_sentence_is_found_again_after_its_template_is_edited(tmp_path: Path) -> None:
    file = tmp_path / "call.md"
    prose, lines = Prose(f"One is here. Two is there.{mark(LINE_MARK)}\n"), (Place(file, 1),)
    file.write_text("One is here. Two is there.\n")
    (block,) = read_blocks(prose, "en", lines)
    assert [s.place.column for s in block.sentences if s.place] == [1, 14]
    file.write_text("**One is here.** Two is there.\n")
    (block,) = read_blocks(prose, "en", lines)
    assert [s.place.column for s in block.sentences if s.place] == [3, 18]
    assert locate_words(lines, "Two is there") == Place(file, 1, 18)


@pytest.mark.parametrize(
    ("line", "printed", "columns"),
    [
        # The same words twice, and words that begin like others.
        ("Help us. Thank you. Help us. Go.", None, [1, 10, 21, 30]),
        (
            "Then the end comes. Then `code` is here.",
            "Then the end comes. Then code is here.",
            [1, 21],
        ),
        ("However it is. **We** act.", "However it is. We act.", [1, 18]),
        ("It's so. \"Don't go\" is said.", "It’s so. “Don’t go” is said.", [1, 10]),
        ("So {# why #} it is. So be it.", "So it is. So be it.", [1, 21]),
        ("In _it_ we are. Not in.", "In it we are. Not in.", [1, 17]),
    ],
)
def test_a_sentence_is_found_whatever_markup_it_has_and_whatever_stands_before_it(
    tmp_path: Path, line: str, printed: str | None, columns: list[int]
) -> None:
    file = tmp_path / "call.md"
    file.write_text(f"{line}\n", "utf-8")
    prose = Prose(f"{printed or line}{mark(LINE_MARK)}\n")
    (block,) = read_blocks(prose, "en", (Place(file, 1),))
    assert [s.place.column for s in block.sentences if s.place] == columns


def test_a_sentence_that_begins_at_the_end_of_a_line_is_found_there(tmp_path: Path) -> None:
    file = tmp_path / "call.md"
    file.write_text("And one. And\nthen we go. And then we stay.\n")
    lines = (Place(file, 1), Place(file, 2))
    traced = f"And one. And{mark(LINE_MARK)}\nthen we go. And then we stay{mark(LINE_MARK, 1)}.\n"
    (block,) = read_blocks(Prose(traced), "en", lines)
    found = [(s.place.line, s.place.column) for s in block.sentences if s.place]
    assert found == [(1, 1), (1, 10), (2, 13)]


def test_a_sentence_on_a_line_without_a_mark_is_behind_the_one_before_it(tmp_path: Path) -> None:
    file = tmp_path / "call.md"
    file.write_text("Help us now. Thank you.\n\nHelp us now. Then `code` is here.\n")
    prose = Prose(
        f"Help us now. Thank you.{mark(LINE_MARK)}\n\nHelp us now. Then `code` is here.\n"
    )
    blocks = read_blocks(prose, "en", (Place(file, 1),))
    places = [s.place for block in blocks for s in block.sentences if s.place]
    assert [(p.line, p.column) for p in places] == [(1, 1), (1, 14), (3, 1), (3, 14)]


@given(st.text(alphabet="aB1 .!?…“”\"'()«»\n,Mr", max_size=80))
def test_splitting_loses_nothing_and_keeps_the_order(text: str) -> None:
    starts = sentence_starts(text, "en")
    assert starts == sorted(set(starts))
    if text.strip():
        assert starts[0] == 0
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_words_before_and_behind_many_commands_are_found(tmp_path: Path) -> None:
    file = tmp_path / "call.md"
    commands = "{% set x = 1 %}" * 400
    file.write_text(f"One {commands} two.\n")
    assert locate_words([Place(file, 1)], "One two") == Place(file, 1, 1)
    assert locate_words([Place(file, 1)], "One three").column == 1


def test_a_long_word_among_many_stops_takes_no_time_that_grows_with_their_product() -> None:
    # Searched from the left at each stop, this paragraph took minutes.
    assert len(sentences("A.B." * 400 + " " + "U.S. " * 1500)) == 1
