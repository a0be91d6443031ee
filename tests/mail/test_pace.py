"""The pace: never faster than promised, and never slower than need be."""

import threading
import time
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.errors import AdvocacyError
from advocacy.mail.smtp.pace import DomainRates, Pace, Rate, domain_rates_from, rate_from

SECOND = 1_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now = 5 * SECOND

    def __call__(self) -> int:
        return self.now


@pytest.mark.parametrize(
    ("text", "interval", "shown"),
    [
        ("14/s", 1 / 14, "14/s"),
        ("600/min", 0.1, "600/min"),
        ("5000/h", 0.72, "5000/h"),
        ("2000/d", 43.2, "2000/d"),
        (" 0.5 / Second ", 2, "0.5/s"),
        ("10 per minutes", 6, "10/min"),
        ("1/day", 86400, "1/d"),
        ("3/hrs", 1200, "3/h"),
    ],
)
def test_every_way_to_write_a_rate(text: str, interval: float, shown: str) -> None:
    rate = rate_from(text)
    assert rate.interval == pytest.approx(interval)
    assert str(rate) == shown


@pytest.mark.parametrize(
    "text", ["", "14", "/s", "0/s", "0.0/min", "-1/s", "14/w", "fast", "1e9/s", "14/s/s", "NaN/s"]
)
def test_what_is_no_rate_is_told_with_examples(text: str) -> None:
    with pytest.raises(AdvocacyError, match="14/s") as caught:
        rate_from(text)
    assert caught.value.problems[0].code == "bad-pace"


def test_limits_by_domain() -> None:
    rates = domain_rates_from(["2/s", "gmail.com=20/min", "@MÜLLER.example = 1/h"])
    assert rates.of("anything.example") == Rate(2, "s")
    assert rates.of("gmail.com") == Rate(20, "min")
    assert rates.of("xn--mller-kva.example") == Rate(1, "h")
    assert domain_rates_from([]).of("gmail.com") is None


@pytest.mark.parametrize(
    "texts", [["=2/s"], ["a b=2/s"], ["gmail.com=fast"], ["2/s", "3/s"], ["a.b=1/s", "A.B=2/s"]]
)
def test_limits_that_cannot_be_meant_are_told(texts: list[str]) -> None:
    with pytest.raises(AdvocacyError) as caught:
        domain_rates_from(texts)
    assert caught.value.problems[0].hint


RATES = st.builds(Rate, st.integers(1, 5000).map(float), st.sampled_from(["s", "min", "h", "d"]))
DOMAINS = st.sampled_from(["a.example", "b.example", "c.example"])


@given(
    rate=st.none() | RATES,
    every=st.none() | RATES,
    some=st.dictionaries(DOMAINS, RATES, max_size=2),
    steps=st.lists(
        st.tuples(DOMAINS, st.sampled_from(["as told", "late", "early"]), st.integers(0, SECOND)),
        max_size=60,
    ),
)
def test_no_stretch_of_time_holds_more_than_the_rate(
    rate: Rate | None,
    every: Rate | None,
    some: dict[str, Rate],
    steps: list[tuple[str, str, int]],
) -> None:
    clock = Clock()
    limits = DomainRates(every, some)
    pace = Pace(rate, limits, clock=clock)
    sent: list[tuple[int, str]] = []
    for domain, when, extra in steps:
        wait = pace.take(domain)
        if wait > 0 and when == "early":
            clock.now += min(extra, int(wait * SECOND) // 2)
            assert pace.take(domain) > 0, "asked too early"
            continue
        while wait > 0:
            clock.now += max(1, round(wait * SECOND))
            wait = pace.take(domain)
        sent.append((clock.now, domain))
        clock.now += extra if when == "late" else 0
    for group, limit in [
        ([at for at, _ in sent], rate),
        *(([at for at, one in sent if one == name], limits.of(name)) for _, name in sent),
    ]:
        if limit is not None:
            gaps = [b - a for a, b in pairwise(group)]
            assert all(Fraction(gap) >= Fraction(limit.interval) * SECOND - 1 for gap in gaps)


@given(RATES, st.integers(2, 40))
def test_who_waits_as_told_gets_leave_at_once(rate: Rate, messages: int) -> None:
    clock = Clock()
    pace = Pace(rate, clock=clock)
    start = clock.now
    asked = 0
    for _ in range(messages):
        while wait := pace.take("a.example"):
            clock.now += round(wait * SECOND)
            asked += 1
    assert asked <= messages, "one wait a message"
    least = (messages - 1) * rate.interval
    assert (clock.now - start) / SECOND == pytest.approx(least, rel=1e-6, abs=1e-6)
    assert pace.shortest({"a.example": messages}) == pytest.approx(least, rel=1e-6, abs=1e-6)


def test_a_domain_that_must_wait_does_not_hold_up_others() -> None:
    pace = Pace(None, domain_rates_from(["1/h"]), clock=Clock())
    assert pace.take("a.example") == 0
    assert pace.take("A.example") == pytest.approx(3600)
    assert pace.take("b.example") == 0


def test_without_limits_nobody_waits() -> None:
    pace = Pace(clock=Clock())
    assert [pace.take("a.example") for _ in range(100)] == [0] * 100
    assert pace.shortest({"a.example": 10_000}) == 0


def test_the_shortest_time_of_a_mailing_is_that_of_its_tightest_limit() -> None:
    pace = Pace(rate_from("10/s"), domain_rates_from(["gmail.com=1/s"]), clock=Clock())
    assert pace.shortest({"gmail.com": 101, "b.example": 99}) == pytest.approx(100)
    assert pace.shortest({"gmail.com": 11, "b.example": 990}) == pytest.approx(100)
    assert pace.shortest({}) == 0


def test_threads_together_keep_the_pace() -> None:
    pace = Pace(rate_from("500/s"))
    times: list[float] = []

    def run() -> None:
        for _ in range(10):
            while seconds := pace.take("a.example"):
                time.sleep(seconds)
            times.append(time.monotonic())

    threads = [threading.Thread(target=run) for _ in range(4)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == 40
    assert max(times) - start >= 39 / 500
