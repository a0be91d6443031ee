"""Whatever a server does and whenever a sender is killed: nobody twice, nobody lost, nothing wrong.

`make soak` runs thousands of such sequences. A seed that fails here is run again, alone, by
`python -m tests.mail.fault_bench --seed N --sequences 1`.
"""

import os
from collections.abc import Iterator

import pytest

from .fault_bench import Commands, commands_running, run_sequence

pytestmark = pytest.mark.slow
FIRST = int(os.environ.get("ADVOCACY_SEED", "1"))
SEQUENCES, TOGETHER, ON_A_SERVER = 34, 2, 6


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    with commands_running() as running:
        yield running


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEQUENCES, TOGETHER))
def test_nobody_is_mailed_twice_lost_or_spoken_of_wrongly(commands: Commands, first: int) -> None:
    for seed in range(first, first + TOGETHER):
        report = run_sequence(seed, commands)
        print(report)
        assert report.is_good, report


@pytest.mark.parametrize("seed", range(FIRST, FIRST + ON_A_SERVER))
def test_nor_with_the_ledger_in_postgresql(
    commands: Commands, seed: int, postgres_url: str
) -> None:
    report = run_sequence(seed, commands, postgres_url)
    print(report)
    assert report.is_good, report
