"""What the tests of mailing share."""

from .ledger_fixtures import books, postgres_server, postgres_url

__all__ = ["books", "postgres_server", "postgres_url"]
