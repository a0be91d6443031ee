"""Quotations are verbatim, as an editor would take it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.checks.quotations.nearest import find_nearest_passage
from advocacy.checks.quotations.verbatim import is_verbatim, normalize_text
from advocacy.errors import Level, Problem

LineOf = Callable[[Problem], str]
QUOTE = normalize_text(
    "Acme, asked “twice” this week, has not prohibited sales – to police departments"
)


@pytest.mark.parametrize(
    "words",
    [
        "Acme, asked 'twice' this week",
        "Acme, asked ‘twice’ this week",
        "has not prohibited sales — to police",
        "has not prohibited sales -- to police",
        "has not prohibited sales—to police",
        "has  not\nprohibited\u00a0sales",
        "has not prohibited sales.",
        "Has not prohibited sales",  # a sentence of its own begins with a capital
        "has not prohibited sales,",
        "Acme … has not prohibited sales",
        "Acme … has not prohibited … police departments",
        "Acme . . . has not prohibited sales",
        "Acme [...] has not prohibited sales",
        "… has not prohibited sales …",
        "[H]as not prohibited sales",
        "[a]cme, asked",
        "[It] has not prohibited sales",
        "[The firm] has not prohibited sales",
        "has not prohibit[ed] sales",
        "has not [ever] prohibited sales",
        "has not prohibited [any] sales",
        "has not prohibited [sic] sales",
    ],
)
def test_what_an_editor_may_change(words: str) -> None:
    assert is_verbatim(words, QUOTE)


@pytest.mark.parametrize(
    "words",
    [
        "has prohibited sales",
        "has not banned sales",
        "Acme, Asked",
        "has not prohibited sale",
        "not prohibited any sales",
        "Acme has not prohibited sales",
        "has not prohibited sales!",
        "has … prohibited sales",
        "[has] prohibited sales",
        "Acme [has] prohibited sales",
        "police departments … Acme",
        "sales to to police",
    ],
)
def test_what_an_editor_may_not_change(words: str) -> None:
    assert not is_verbatim(words, QUOTE)


@given(st.text(alphabet="ab .…[]“”'\"-\n,", max_size=40))
def test_every_text_is_verbatim_in_itself_whatever_is_in_it(words: str) -> None:
    if any(char.isalnum() for char in words) and "[" not in words and "]" not in words:
        assert is_verbatim(words, normalize_text(f"x {words} y"))


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_the_comparison(words: str, text: str) -> None:
    is_verbatim(words, normalize_text(text))
    find_nearest_passage(words, normalize_text(text))


def test_the_difference_is_told_in_words() -> None:
    found = find_nearest_passage(
        "until we have a strong national law in place, grounded in human rights",
        normalize_text(
            "We will not sell it until there is a strong national law grounded in human rights."
        ),
    )
    assert found is not None
    assert found.passage.startswith("until there is a strong national law grounded")
    first, second = "“we have” is “there is” in the copy", "“in place,” is not in the copy"
    assert found.differences == f"{first}; {second}"


def test_words_of_a_cited_fact_may_be_quoted(house: Any) -> None:
    for quoted in (
        '"Acme, asked twice this week, has not prohibited sales."',
        "“has not prohibited sales to police departments,”",
        "“[i]t has not … police departments”".replace("[i]t has not", "has not prohibited"),
    ):
        house.call(f'The paper wrote {quoted}{{{{ cite("acme-silent") }}}}')
        assert house.check() == [], quoted
        house.write("templates/letters/call.md", original(house))


def original(house: Any) -> str:
    text: str = (house.folder / "templates/letters/call.md").read_text("utf-8")
    start = text.index("The paper wrote")
    return text[:start] + "We ask you for this:" + text[text.index("We ask you:") + 11 :]


def test_words_that_no_cited_fact_has_are_an_error_with_the_difference(
    house: Any, line_of: LineOf
) -> None:
    house.call(
        'The paper wrote: "Acme, asked this week, has not banned sales to police departments."'
        '{{ cite("acme-silent") }}'
    )
    problem = house.one("quotation-not-verbatim")
    assert problem.level is Level.ERROR
    assert "is not what `acme-silent` quotes" in problem.message
    assert "“banned” is “prohibited” in the copy" in problem.message
    assert line_of(problem).startswith("Acme, asked this week")


def test_words_of_a_fact_that_is_not_cited_are_told_with_its_name(house: Any) -> None:
    house.spoil(
        "facts.yaml",
        "  source: acme-2020\n",
        "  source: acme-2020\n  quote: We stop for good now\n",
    )
    house.call("They say “We stop for good now”.{# uncited: see below #}")
    problem = next(p for p in house.check() if p.code == "quotation-not-verbatim")
    assert "`acme-stopped`, which this letter does not cite" in problem.message
    assert '{{ cite("acme-stopped") }}' in problem.hint


def test_a_quotation_that_nothing_proves_is_an_error(house: Any) -> None:
    house.call("They say “this will never ever end”.{# uncited: see below #}")
    assert "No fact that the letter cites" in house.found("quotation-not-verbatim")[0].message


def test_who_speaks_may_be_said_inside_a_quotation(house: Any) -> None:
    said = "Acme, asked twice this week, the paper wrote, has not prohibited sales to police"
    house.call(f'“{said}.”{{{{ cite("acme-silent") }}}}')
    assert house.check() == []
    house.spoil("templates/letters/call.md", "twice", "often")
    assert [one.code for one in house.check()] == ["quotation-not-verbatim"]


def test_a_block_quotation_is_compared_as_a_whole(house: Any) -> None:
    house.call('> Acme, asked twice this week, has banned it.{{ cite("acme-silent") }}')
    assert house.one("quotation-not-verbatim").message.startswith("“Acme, asked twice")


def test_the_title_of_a_cited_source_may_stand_in_quotation_marks(house: Any) -> None:
    house.call('See “Why we stopped”.{{ cite("widget-stopped") }}')
    assert house.check() == []


@pytest.mark.parametrize("words", ["responsible use", "cup of tea", "eyes on deck,"])
def test_up_to_three_words_are_a_note(house: Any, words: str) -> None:
    house.call(f"Call it “{words}” if you like.{{# uncited: our own word #}}")
    assert house.found("quotation-short")[0].level is Level.NOTE
    assert house.found("quotation-not-verbatim") == []


QUOTED = [
    "‘Acme, asked this week, has not banned sales,’ the paper wrote.",
    "'Acme, asked this week, hasn't banned sales', the paper wrote.",
    "The paper wrote: «Acme, asked this week, has not banned sales».",
    "The paper wrote: „Acme, asked this week, has not banned sales“.",
    "The paper wrote: ‚Acme, asked this week, has not banned sales‘.",
    "The paper wrote: ‹Acme, asked this week, has not banned sales›.",
    "The paper wrote *Acme, asked this week, has not banned sales*.",
    "The paper wrote “Acme, ‘asked’ this week, has not banned sales”.",
]


@pytest.mark.parametrize("sentence", QUOTED)
def test_quotation_marks_of_every_language_and_italics_count(house: Any, sentence: str) -> None:
    house.call(sentence + '{{ cite("acme-silent") }}')
    assert house.found("quotation-not-verbatim")


@pytest.mark.parametrize(
    "sentence",
    [
        "The companies’ sales and the city’s ‘pause’ are Acme’s.",
        "It's Acme's and the others' choice, isn't it?",
        "*Please* do *not* wait.",
        "The paper wrote *Acme, asked twice this week, has not prohibited sales*.",
    ],
)
def test_apostrophes_and_single_words_are_no_quotations(house: Any, sentence: str) -> None:
    house.call(sentence + '{{ cite("acme-silent") }}')
    assert house.found("quotation-not-verbatim") == []


def test_a_block_quotation_needs_no_note_of_its_own_to_be_compared(house: Any) -> None:
    house.call('The paper wrote:{{ cite("acme-silent") }}\n\n> Acme has "never" banned it.')
    assert 'Acme has "never" banned it' in house.found("quotation-not-verbatim")[0].message


def test_the_name_under_a_block_quotation_is_no_part_of_it(house: Any) -> None:
    quotation = "> Acme, asked twice this week, has not prohibited sales. — The Springfield Paper"
    house.call(f'The paper wrote:{{{{ cite("acme-silent") }}}}\n\n{quotation}')
    assert house.found("quotation-not-verbatim") == []


def test_a_translation_may_be_quoted_and_is_compared_with_its_original(house: Any) -> None:
    house.spoil("acme.yaml", "language: en-US", "language: de")
    quote = "  quote: Acme, asked twice this week, has not prohibited sales to police departments\n"
    by = "by: A. Beispiel}\n"
    text = "text: Acme hat den Verkauf an die Polizei nicht verboten"
    house.spoil("facts.yaml", quote, f"{quote}  translations:\n    de: {{{text}, {by}")
    assert house.found("quotation-not-verbatim") == []
    assert house.found("translation-differs") == []
    house.spoil("facts.yaml", "nicht verboten", "verboten")
    assert "negation" in house.found("translation-differs")[0].message
    house.spoil("facts.yaml", "Polizei verboten", "Polizei in 14 Städten nicht verboten")
    assert "14" in house.found("translation-differs")[0].message


def test_two_quotations_are_never_merged(shared_data: Path) -> None:
    """The written and the spoken form of one sentence, of which neither has both halves."""
    copy = normalize_text((shared_data / "sources" / "crn-2020-06-11.txt").read_text("utf-8"))
    assert is_verbatim("until there is a strong national law", copy)
    assert not is_verbatim("until we have a strong national law in place", copy)


@pytest.mark.parametrize(
    "words",
    ["the … the … the … the … absent", "[a] [b] [c] [d] absent", "t[h]e [x] the … [y] absent"],
)
def test_no_quotation_keeps_the_check_busy(words: str) -> None:
    assert not is_verbatim(words, "the cat and the dog, " * 3000)


@pytest.mark.parametrize("people", ["People tell us", "One hears", "Critics say"])
def test_what_nobody_in_particular_says_is_a_warning(house: Any, people: str) -> None:
    house.call(f"{people} “they will all be gone”.{{# uncited: see below #}}")
    assert "no cited fact quotes it" in house.found("quotation-short")[0].message
    assert not house.found("quotation-not-verbatim")


def test_a_word_that_is_struck_is_read_as_left_out(house: Any) -> None:
    house.call(
        '"Acme, asked twice this week, has ~~not~~ prohibited sales."{{ cite("acme-silent") }}'
    )
    found = house.found("quotation-not-verbatim")
    assert found
    assert "has prohibited sales" in found[0].message


def test_a_sentence_whose_negation_is_struck_affirms(house: Any) -> None:
    house.call('Acme has ~~not~~ prohibited such sales.{{ cite("acme-silent") }}')
    assert house.found("negation-differs")
