"""What a source says beyond the fact that is cited is no difference; what it does not say is."""

import pytest

from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.library import _SENTENCE
from advocacy.checks.agreement.names import Parties
from advocacy.checks.agreement.reading import Reading, read
from advocacy.checks.agreement.sentences import sentence_differences


def reading(text: str, language: str) -> Reading:
    found = read(text, language)
    assert found is not None
    return found


def told(language: str, sentence: str, fact: str, *source: str, goes_on: bool = False) -> list[str]:
    """The codes of what a sentence says and neither its fact nor the source does."""
    evidence = Evidence(
        "fact", reading(fact, language), source=(tuple(reading(s, language) for s in source),)
    )
    found = sentence_differences(
        reading(sentence, language), [evidence], [evidence] if goes_on else [], Parties("", "")
    )
    return [one.code for one in found]


@pytest.mark.parametrize(
    ("language", "sentence", "fact", "source"),
    [
        (
            "en",
            "The city has fined the company $18,500, and each fine was paid within thirty days.",
            "The city has fined the company $18,500 since 2025.",
            "The company paid each fine within thirty days.",
        ),
        (
            "de",
            "Der Betrieb darf 410.000 Kubikmeter fördern, und zwar für 5 Cent je Kubikmeter.",
            "Der Betrieb darf 410.000 Kubikmeter fördern.",
            "Die Gebühr beträgt 5 Cent je Kubikmeter.",
        ),
        (
            "fr",
            "Selon le rapport, 19 % des bus sont en retard, et 12 % des trams sont supprimés.",
            "Selon le rapport, 19 % des bus sont en retard.",
            "En hiver, 12 % des trams sont supprimés.",
        ),
        (
            "es",
            "La biblioteca cierra entre semana; los sábados abre al público 3 horas.",
            "La biblioteca cierra entre semana.",
            "Los sábados abre al público 3 horas.",
        ),
    ],
)
def test_a_second_thing_that_the_source_says_is_quiet(
    language: str, sentence: str, fact: str, source: str
) -> None:
    assert told(language, sentence, fact, source) == []
    assert told(language, sentence, fact) != []


def test_a_sentence_that_goes_on_may_take_up_the_source_alone() -> None:
    fact, more = "In 2025, the county received $186,000.", "The lobby received 41 letters in May."
    assert told("en", "The lobby received 41 letters in May.", fact, more, goes_on=True) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The city has fined the company $18,500, and each fine was paid within ninety days.",
        "The city has fined the company $18,500, and no fine was paid within thirty days.",
        "The city has fined the company $18,500, and every fine was paid after thirty days.",
    ],
)
def test_another_number_or_a_denial_is_told_although_the_source_speaks_of_it(sentence: str) -> None:
    fact = "The city has fined the company $18,500 since 2025."
    assert told("en", sentence, fact, "The company paid each fine within thirty days.") != []


def test_a_limit_of_the_source_may_not_be_dropped() -> None:
    fact = "The report has 40 pages."
    source = "The boilers may fail in a hard frost."
    assert told("en", "The report has 40 pages, and it proves that boilers fail.", fact, source)


def test_a_sentence_that_the_copy_has_nearly_word_for_word_is_quiet() -> None:
    fact, copy = (
        "In 2025, the county received $186,000.",
        "The lobby of the hall received 41 letters in May.",
    )
    assert told("en", "The hall's lobby received 41 letters in May.", fact, copy) == []
    assert told("en", "The hall's lobby received 47 letters in May.", fact, copy) != []


def test_the_number_of_a_paragraph_begins_a_sentence_of_a_copy() -> None:
    text = "An offer was withdrawn in May. 6. The panel was not sure. [p. 7] It asked for more."
    assert len(_SENTENCE.split(text)) == 3
    assert len(_SENTENCE.split("It cost 6. But no. 6 was free.")) == 1
