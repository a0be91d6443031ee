"""Spans of days."""

from datetime import date

import pytest

from advocacy.campaign.days import Days

TENTH, SIXTEENTH = date(2020, 6, 10), date(2020, 6, 16)
EARLY, LATE = date(2020, 6, 1), date(2020, 6, 30)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (Days(TENTH, TENTH), "2020-06-10"),
        (Days(TENTH, SIXTEENTH), "2020-06-10 to 2020-06-16"),
        (Days(TENTH, None), "from 2020-06-10"),
        (Days(None, TENTH), "until 2020-06-10"),
        (Days(), "always"),
    ],
)
def test_a_span_in_words(days: Days, words: str) -> None:
    assert days.text() == words


def test_both_ends_are_covered() -> None:
    days = Days(TENTH, SIXTEENTH)
    assert [days.covers(d) for d in (EARLY, TENTH, SIXTEENTH, LATE)] == [False, True, True, False]
    assert [days.nearest(d) for d in (EARLY, TENTH, LATE)] == [TENTH, TENTH, SIXTEENTH]
    assert Days().covers(EARLY)


def test_days_that_two_spans_share() -> None:
    assert Days(EARLY, TENTH).shared(Days(TENTH)) == Days(TENTH, TENTH)
    assert Days(EARLY, TENTH).shared(Days(SIXTEENTH)) is None
    assert Days(None, TENTH).shared(Days()) == Days(None, TENTH)


def test_open_ends_are_the_campaigns_date_where_it_fits() -> None:
    assert Days(TENTH, SIXTEENTH).ends(None, LATE) == (TENTH, SIXTEENTH)
    assert Days(TENTH).ends(LATE, TENTH) == (TENTH, LATE)
    assert Days(TENTH).ends(EARLY, EARLY) == (TENTH,)
    assert Days().ends(None, LATE) == (LATE,)
