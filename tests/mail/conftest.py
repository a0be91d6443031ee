"""What the tests of consent share."""

import pytest

KEY = "test-key-of-an-example-coalition-0123456789"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The organisation's key, in the environment."""
    monkeypatch.setenv("ADVOCACY_KEY", KEY)
    return KEY
