"""Each rule matches its own example and leaves its counterexample alone."""

import pytest

from advocacy.checks.claims.clause_rules import Rule, rules


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule.language}-{rule.says}")
def test_each_rule_matches_its_example_alone(rule: Rule) -> None:
    assert rule.pattern.search(rule.example), rule.example
    assert not rule.pattern.search(rule.counter), rule.counter
