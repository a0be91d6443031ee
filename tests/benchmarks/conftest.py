"""Measuring side by side: the two things alternate, so that a slow moment hits both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Ratio:
    """How much longer the first took than the second; times in seconds, medians."""

    first: float
    second: float
    ratio: float


@pytest.fixture
def side_by_side(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ratio]:
    """`side_by_side("help", "import click", a, b)`: the median of the pairs' ratios, printed."""

    def measure(
        name: str,
        other: str,
        a: Callable[[], Any],
        b: Callable[[], Any],
        rounds: int = 9,
        clock: Callable[[], float] = time.perf_counter,
    ) -> Ratio:
        a(), b()  # warm caches
        pairs = [(_seconds(a, clock), _seconds(b, clock)) for _ in range(rounds)]
        result = Ratio(
            statistics.median(x for x, _ in pairs),
            statistics.median(y for _, y in pairs),
            statistics.median(x / y for x, y in pairs),
        )
        with capsys.disabled():
            print(
                f"\n{name}: {result.first * 1000:.1f} ms; {other}: {result.second * 1000:.1f} ms; "
                f"ratio {result.ratio:.2f} (median of {rounds} pairs)"
            )
        return result

    return measure


def _seconds(work: Callable[[], Any], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start
