"""What a quotation may not leave out, in its fact's quotation and in the kept copy."""

from typing import Any

import pytest

from advocacy.checks.language import language_of
from advocacy.checks.quotations.cuts import cut_of
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
