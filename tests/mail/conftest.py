"""What the tests of mailing share."""

import pytest

from .ledger_fixtures import books, postgres_server, postgres_url
from .postfix_fixture import postfix
from .smtp_fixtures import certificates, faulty

__all__ = ["books", "certificates", "faulty", "postfix", "postgres_server", "postgres_url"]
KEY = "test-key-of-an-example-coalition-0123456789"


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """The organisation's key, in the environment."""
    monkeypatch.setenv("ADVOCACY_KEY", KEY)
    return KEY
