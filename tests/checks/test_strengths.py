"""Words that say more than their source, by the scales of `strengths.toml`."""

import pytest

from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.reading import Reading, read
from advocacy.checks.agreement.strengths import Scale, SentencePair, scales, strength_differences
from advocacy.checks.language import LANGUAGES, language_of


def _read(text: str, language: str) -> Reading:
    reading = read(text, language)
    assert reading is not None
    return reading


def _told(shown: SentencePair) -> list[str]:
    evidence = [Evidence("fact", _read(shown.fact, shown.language))]
    claim = _read(shown.sentence, shown.language)
    return [one.note for one in strength_differences(claim, evidence)]


@pytest.mark.parametrize("scale", scales(), ids=lambda scale: scale.name)
def test_a_stronger_word_is_told_and_one_as_strong_is_not(scale: Scale) -> None:
    assert _told(scale.example)
    assert _told(scale.counter) == []


@pytest.mark.parametrize("scale", scales(), ids=lambda scale: scale.name)
def test_every_scale_has_words_in_every_language(scale: Scale) -> None:
    assert scale.strong.keys() == LANGUAGES
    assert not scale.weak or scale.weak.keys() == LANGUAGES
    for code in LANGUAGES:
        language = language_of(code)
        assert language is not None
        for kind in ("strong", "weak", "like"):  # each is a pattern that can be read
            scale.found(kind, "a text", language)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Nobody was convicted.", "en"),
        ("We demand an answer.", "en"),
        ("Niemand wurde verurteilt.", "de"),
        ("Le maire n'a pas menacé la société.", "fr"),
    ],
)
def test_a_denied_word_or_the_senders_own_says_no_more(sentence: str, language: str) -> None:
    assert _told(SentencePair(language, "The council met.", sentence)) == []
