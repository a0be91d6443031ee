"""What the tests of mailing share."""

from .consent_fixtures import key, mailed, record, send
from .ledger_fixtures import books, postgres_server, postgres_url
from .postfix_fixture import postfix
from .smtp_fixtures import certificates, faulty

__all__ = [
    "books", "certificates", "faulty", "key", "mailed", "postfix", "postgres_server",
    "postgres_url", "record", "send",
]  # fmt: skip
