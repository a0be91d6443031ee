"""Times of day are compared, in digits and in words, and an hour of twelve may be either."""

import pytest

from advocacy.checks.agreement.clock import clock_differences, clock_times
from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.reading import read
from advocacy.checks.language import language_of


@pytest.mark.parametrize(
    ("language", "text", "minutes"),
    [
        ("en", "the last boat leaves at 18:40", {1120}),
        ("en", "after seven in the evening", {1140}),
        ("en", "from 6.30 a.m.", {390}),
        ("en", "at seven o'clock", {420, 1140}),
        ("de", "um 18.40 Uhr", {1120}),
        ("de", "um sieben Uhr abends", {1140}),
        ("fr", "à 18 h 30", {1110}),
        ("fr", "dès sept heures du soir", {1140}),
        ("es", "a las 14 horas", {840}),
        ("es", "a las ocho de la tarde", {1200}),
    ],
)
def test_a_time_is_read_as_its_language_writes_it(
    language: str, text: str, minutes: set[int]
) -> None:
    words = language_of(language)
    assert words is not None
    assert {m for time in clock_times(text, words) for m in time.minutes} == minutes


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a rise of 3.15 points, version 2.10 and a price of $5.13"),
        ("de", "ein Anteil von 3.15 und 14 Stunden Arbeit"),
        ("fr", "une grève de 14 heures dans 7 villes"),
        ("es", "de las ocho mujeres, las tres hermanas"),
    ],
)
def test_a_number_is_no_time(language: str, text: str) -> None:
    words = language_of(language)
    assert words is not None
    assert clock_times(text, words) == ()


def test_another_time_is_told_and_the_same_in_other_words_is_not() -> None:
    fact = read("The last boat leaves at 19:00.", "en")
    assert fact is not None

    def differs(text: str) -> bool:
        claim = read(text, "en")
        assert claim is not None
        return any(clock_differences(claim, [Evidence("boat", fact)]))

    assert differs("The last boat leaves at 17:00.")
    assert not differs("The last boat leaves at seven in the evening.")
