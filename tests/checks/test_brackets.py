"""What an editor may put into square brackets inside a quotation, and what makes it a false one."""

from typing import Any

import pytest

from advocacy.checks.agreement.brackets import alteration_of
from advocacy.checks.agreement.reading import stems
from advocacy.checks.language import language_of
from advocacy.checks.quotations.verbatim import normalize_text
from advocacy.errors import Level

TEXTS = {
    "en": "Nine of 14 beaches failed the test in 2025. We have decided that we will not sell the "
    "pier to private investors until the council has approved a plan. Some of the sewage may "
    "contain up to 40 percent more bacteria than allowed. Microsoft has refused to say whether it "
    "would sell the software. I pressed my alarm three times, and nobody could hear me. We told "
    "the children that it was closed.",
    "de": "Neun von 14 Stränden fielen durch. Wir werden den Steg verkaufen. Es könnte dann offen "
    "bleiben. Die Stadt lehnte den Antrag ab.",
    "fr": "Neuf des 14 plages ont échoué. Nous vendrons la jetée. Ma voiture est restée.",
    "es": "Nueve de las 14 playas suspendieron. Venderemos el muelle. Mis almendros no dan nada.",
}
SPOKEN_OF = {
    "en": "The Harbor Authority and its pier", "de": "Das Hafenamt und das Lehrschwimmbecken",
    "fr": "L'autorité du port", "es": "La autoridad del puerto",
}  # fmt: skip


def sureness(words: str, code: str) -> bool | None:
    language = language_of(code)
    assert language is not None
    known = stems(SPOKEN_OF[code], language)
    found = alteration_of(words, normalize_text(TEXTS[code]), known, language)
    return found.sure if found else None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "nine of 14 beaches [passed] the test"),
        ("en", "[twelve] of 14 beaches failed"),
        ("en", "nine of [15] beaches failed"),
        ("en", "[all] of the sewage may contain"),
        ("en", "the sewage [will] contain up to 40 percent"),
        ("en", "may contain [40] percent more"),
        ("en", "we will not [tell the public anything about the pier] until the council"),
        ("en", "failed the test in 2025 [and children died]"),
        ("en", "sell the pier to private investors [in every case]"),
        ("en", "Microsoft has [agreed] to say whether it would sell"),
        ("en", "We [never] told the children"),
        ("de", "[zwölf] von 14 Stränden fielen durch"),
        ("de", "Wir werden den Steg [abreißen]."),
        ("fr", "[douze] des 14 plages ont échoué"),
        ("es", "[doce] de las 14 playas suspendieron"),
        ("es", "Nueve de las 14 playas [aprobaron]."),
    ],
)
def test_other_words_numbers_limits_and_clauses_in_brackets_are_an_error(
    code: str, words: str
) -> None:
    assert sureness(words, code) is True


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "failed the [secret] test"),
        ("en", "[the mayor] will not sell the pier"),
    ],
)
def test_words_of_which_nobody_spoke_are_a_warning(code: str, words: str) -> None:
    assert sureness(words, code) is False


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "[n]ine of 14 beaches failed"),
        ("en", "[They] have decided that"),
        ("en", "[the Authority] will not sell the pier"),
        ("en", "that [it] will not sell the pier"),
        ("en", "will not [have sold] the pier"),
        ("en", "f[ail] the test"),
        ("en", "the council [approves] a plan"),
        ("en", "approved [the] plan"),
        ("en", "pressed [her] alarm three times, and nobody could hear [her]."),
        ("en", "nobody [can] hear"),
        ("en", "that it [the pier] was closed"),
        ("en", "failed the test [sic] in 2025"),
        ("en", "until [it] has approved a plan"),
        ("de", "könnte [das Lehrschwimmbecken] dann offen bleiben"),
        ("de", "[Sie] werden den Steg verkaufen"),
        ("fr", "[sa] voiture est restée"),
        ("es", "[sus] almendros no dan nada"),
    ],
)
def test_forms_pronouns_articles_and_what_makes_words_clear_are_quiet(
    code: str, words: str
) -> None:
    assert sureness(words, code) is None


def test_a_letter_with_another_word_in_brackets_is_refused_and_nobody_can_accept_it(
    house: Any,
) -> None:
    house.call('Acme, they say, "has not [permitted] sales".{{ cite("acme-silent") }}')
    found = house.one("quotation-altered", stage="call")
    assert found.level is Level.ERROR
    assert "“[permitted]”" in found.message
    assert "“prohibited”" in found.message
    assert found.basis == ""


def test_a_quote_with_another_word_in_brackets_than_its_copy_has_is_an_error(house: Any) -> None:
    house.write("copies/widget-2020.txt", "We have started selling face recognition to the police")
    old = "quote: We have stopped selling"
    house.spoil("facts.yaml", old, "quote: We have [stopped] selling")
    assert house.found("quotation-altered")
