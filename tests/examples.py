"""How many examples of a property Hypothesis tries where each one costs much."""

from hypothesis import settings


def costly(few: int) -> settings:
    """`few` examples in the fast tests, and five times as many in `make test-slow`."""
    return settings(max_examples=few * settings().max_examples // 20)
