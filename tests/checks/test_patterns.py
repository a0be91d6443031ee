"""Each pattern finds something in its own example and nothing in its counterexample."""

import pytest

from advocacy.checks.patterns import WrittenPattern, pattern, written_patterns


@pytest.mark.parametrize("written", written_patterns(), ids=lambda written: written.name)
def test_each_pattern_finds_its_example_alone(written: WrittenPattern) -> None:
    made = pattern(written.name, ("Widget",))
    assert made.search(written.example), written.example
    assert not made.search(written.counter), written.counter
