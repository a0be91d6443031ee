"""What a quotation may not leave out, in its fact's quotation and in the kept copy."""

from typing import Any

import pytest

from advocacy.checks.language import language_of
from advocacy.checks.quotations.cuts import cut_of
from advocacy.checks.quotations.openings import opening_cut
from advocacy.checks.quotations.verbatim import is_verbatim, normalize_text

EN, FR = language_of("en"), language_of("fr")
TEXT = normalize_text(
    "We have decided that we will not sell it to police departments. We will sell it to schools "
    "if they ask, and if the council agrees. The Board stopped its sales in May. Widget Works "
    "will go on. In addition, we will help. We examine the rule, but at first only for the night."
)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("We have decided … sell it to police departments", "a negation"),
        ("sell it to police departments", "a negation"),
        ("We will sell it to schools …", "a condition or exception"),
        ("We will sell it to schools if they ask …", "a condition or exception"),
        ("The Board stopped its sales … will go on", "a subject"),
        ("We examine the rule …", "a limit"),
    ],
)
def test_what_changes_the_meaning_may_not_be_left_out(words: str, what: str) -> None:
    assert EN is not None
    cut = cut_of(words, TEXT, EN)
    assert cut is not None
    assert cut.what == what


@pytest.mark.parametrize(
    "words",
    ["The Board stopped its sales … we will help", "We have decided that we will not sell it"],
)
def test_what_an_editor_may_leave_out(words: str) -> None:
    assert EN is not None
    assert cut_of(words, TEXT, EN) is None


def test_a_clause_of_its_own_after_a_denial_may_be_quoted() -> None:
    assert FR is not None
    text = normalize_text("Je ne demande pas une faveur, je demande une étiquette lisible.")
    assert cut_of("demande une étiquette lisible", text, FR) is None


def test_the_place_where_the_parts_stand_closest_counts_not_a_luckier_one() -> None:
    text = normalize_text("We will sell it. We will not sell it to police departments.")
    assert not is_verbatim("We will … sell it to police", text)
    assert EN is not None
    assert cut_of("We will … sell it to police", text, EN) is not None


def test_a_negation_that_a_facts_quote_leaves_out_of_its_copy_is_an_error(house: Any) -> None:
    house.write("copies/widget-2020.txt", "It is not true that we have stopped selling face "
                "recognition to the police. Others say so.")  # fmt: skip
    house.spoil("facts.yaml", "quote: We have stopped", "quote: we have stopped")
    assert "The kept copy has" in house.found("quotation-cut")[0].message


@pytest.mark.parametrize(
    ("words", "held"),
    [("34", False), ("34.7", True), ("7 percent", False), ("1,234 and 34.7 percent", True)],
)
def test_a_number_is_not_cut_out_of_a_longer_one(words: str, held: bool) -> None:
    assert is_verbatim(words, normalize_text("They were 1,234 and 34.7 percent.")) is held


def test_a_copy_of_a_million_words_has_a_quotation_with_common_words() -> None:
    text = "the police of the town sell and " * 140_000 + "we have never sold one to anybody"
    assert is_verbatim("the … of the … we have never sold one", normalize_text(text))


def test_what_is_added_after_a_comma_as_lacking_may_be_left_out() -> None:
    assert EN is not None
    text = normalize_text("The city could lend a room, perhaps without rent for two years.")
    assert cut_of("could lend a room", text, EN) is None
    assert cut_of("could lend a room, perhaps … rent for two years", text, EN) is not None


def test_the_number_of_a_page_ends_the_sentence_before_it() -> None:
    assert FR is not None
    text = normalize_text(
        "Les tarifs sont en ligne. La part n'a pas changé depuis 2019. [p. 27] Il reste à agir."
    )
    assert cut_of("Il reste à agir", text, FR) is None


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("de", "Wir halten den Steg, bis der Rat zugestimmt hat.", "Wir halten den Steg"),
        ("de", "Wir verkaufen den Steg nicht, bevor ein Plan vorliegt.", "den Steg nicht"),
        ("fr", "Nous ne vendrons pas la jetée avant que le conseil ait voté.", "ne vendrons pas"),
        ("fr", "Nous fermons la plage jusqu’à ce qu’un plan existe.", "Nous fermons la plage…"),
        ("fr", "Nous fermons la plage tant qu’il pleut.", "Nous fermons la plage"),
        ("es", "No venderemos el muelle hasta que el consejo vote.", "No venderemos el muelle"),
        ("es", "No venderemos el muelle, mientras el consejo no vote.", "No venderemos el muelle"),
        ("en", "We will not sell it until a national law governs it.", "We will not sell it"),
        ("en", "If the council agrees, we will sell the pier.", "we will sell the pier"),
    ],
)  # fmt: skip
def test_what_has_to_come_first_may_not_be_left_out_in_any_language(
    code: str, text: str, words: str
) -> None:
    language = language_of(code)
    assert language is not None
    cut = cut_of(words, normalize_text(text), language)
    assert cut is not None
    assert cut.what == "a condition or exception"


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("de", "Wir schließen den Steg bis Ende Mai.", "Wir schließen den Steg"),
        ("es", "Cerramos el muelle, mientras que otros lo abren.", "Cerramos el muelle"),
        ("en", "We close the pier until the end of May.", "We close the pier"),
        ("fr", "Nous ouvrirons la plage avant l’été.", "Nous ouvrirons la plage"),
    ],
)
def test_a_day_or_a_contrast_is_no_condition(code: str, text: str, words: str) -> None:
    language = language_of(code)
    assert language is not None
    assert cut_of(words, normalize_text(text), language) is None


@pytest.mark.parametrize(
    ("left", "outside", "what"),
    [
        ("Critics say that", "Maria Stein said:", "who says so"),
        ("Critics say that", "Critics, she said, claim that", None),
        ("We said that", "Maria Stein said:", None),
        ("Some of", "Clean Bay said:", "a limit"),
        ("Some of the sewage may contain up to", "Clean Bay found", "a limit"),
        ("The sewage may contain", "Clean Bay found", "a hedge"),
        ("The sewage may contain", "There may be", None),
        ("In the harbor,", "Clean Bay found", None),
    ],
)
def test_a_late_beginning_hides_neither_who_says_so_nor_a_limit(
    left: str, outside: str, what: str | None
) -> None:
    assert EN is not None
    cut = opening_cut(left, "40 percent more germs", outside, None, EN)
    assert (cut.what if cut else None) == what


def test_a_quotation_that_has_its_own_condition_hides_no_hedge() -> None:
    assert EN is not None
    left = "An opening on Sundays might be"
    assert opening_cut(left, "possible if there were two more guards", "They say", None, EN) is None
