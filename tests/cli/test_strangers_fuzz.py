"""A seeded minute of the strangers' fuzzer.

`make soak` runs it for longer. A seed that fails here is run again, alone, by
`python -m tests.cli.strangers_fuzz --seed N --seconds 1 --out FILE`, which keeps its files.
"""

import os

import pytest

from .strangers_fuzz import fuzz, summary

FIRST = int(os.environ.get("ADVOCACY_SEED", "1"))
SECONDS = 60


@pytest.mark.slow
def test_no_file_of_a_stranger_ends_a_command_otherwise_than_with_a_problem() -> None:
    outcomes = fuzz(SECONDS, FIRST)
    print(summary(outcomes))
    assert not [outcome for outcome in outcomes if outcome.crash]
