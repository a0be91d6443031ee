"""Figures of mailings are said as people say them."""

import pytest

from advocacy.mail.figures import human_rate, human_share, human_size, human_span, period


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(1, "1 second"), (45, "45 seconds"), (300, "5 minutes"), (5400, "1.5 hours"),
     (172_800, "2 days"), (216_000, "2.5 days")],
)  # fmt: skip
def test_a_span_is_said_in_the_unit_that_fits(seconds: float, shown: str) -> None:
    assert human_span(seconds) == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [(1234.5, "1,234 a second"), (9.26, "9.3 a second"), (0.5, "30 a minute"),
     (1 / 60, "1 a minute"), (0.01, "36 an hour"), (1e-4, "8.6 a day")],
)  # fmt: skip
def test_a_rate_is_said_in_the_unit_that_fits(rate: float, shown: str) -> None:
    assert human_rate(rate) == shown


def test_shares_and_sizes_are_as_exact_as_they_need_to_be() -> None:
    assert [human_share(n, 1000) for n in (0, 1, 3, 120)] == ["0%", "0.1%", "0.3%", "12%"]
    assert human_share(1, 0) == "0%"
    assert human_share(3, 1001) == "0.29%", "a share below a limit is not shown as the limit"
    assert human_share(1, 20_000) == "0.01%"
    assert [human_size(n) for n in (1, 7800, 2_500_000)] == ["1 byte", "7.8 kB", "2.5 MB"]


def test_a_period_says_once_what_its_ends_share() -> None:
    day = 1_700_000_000.0
    assert period(day, day + 5, "UTC") == "2023-11-14 22:13"
    assert period(day, day + 600, "UTC") == "2023-11-14 22:13 to 22:23"
    assert period(day, day + 86_400, "UTC") == "2023-11-14 22:13 to 2023-11-15 22:13"
