"""Titles of works and mottos stand in quotation marks, and nobody said them."""

import pytest

from advocacy.checks.language import language_of
from advocacy.checks.quotations.titles import is_title_or_motto

TITLES = ["Water quality of the harbor in winter"]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("en", "We read “The Old Man and the Sea” together."),
        ("en", "The study “Water Report of the Harbor Authority” is on our site."),
        ("en", "The paper “Water quality of the harbor in winter” says more."),
        ("en", "We march under the motto “clean water for all of us”."),
        ("de", "Wir haben „Der alte Mann und das Meer“ gelesen."),
        ("de", "Der Film „Das Wasser unserer kleinen Stadt“ läuft im Mai."),
        ("de", "Wir gehen unter dem Motto „sauberes Wasser für uns alle“ auf die Straße."),
        ("fr", "Nous avons vu le film « Le vieil homme et la mer »."),
        ("es", "Leímos el libro «El viejo y el mar de todos»."),
        ("es", "Marchamos con el lema «agua limpia para todas»."),
    ],
)
def test_a_title_or_a_motto_is_no_quotation(code: str, sentence: str) -> None:
    words = sentence.split(sentence[min(map(sentence.find, _opening(sentence)))])[1]
    words = words.split("”")[0].split("“")[0].split("»")[0].strip()
    assert is_title_or_motto(words, sentence, TITLES, language_of(code))


@pytest.mark.parametrize(
    ("code", "words", "before"),
    [
        ("en", "We will close every beach in this harbor", "The report: "),
        ("en", "We Will Close Every Beach", "The mayor said: "),
        ("de", "Wir werden alle Strände schließen", "Der Bericht: "),
        ("fr", "Nous fermerons toutes les plages du port", "Le maire a dit : "),
    ],
)
def test_what_somebody_says_is_a_quotation(code: str, words: str, before: str) -> None:
    assert not is_title_or_motto(words, f"{before}“{words}”.", TITLES, language_of(code))


def _opening(sentence: str) -> list[str]:
    return [mark for mark in "“„«" if mark in sentence]
