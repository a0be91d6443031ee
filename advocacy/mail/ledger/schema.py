"""The ledger's tables as they are now; `migrations.py` makes them.

Times are UTC epoch seconds. A letter's key is (mailing, letter id), never a row's number.


The ledger's schema, version by version: each migration is one transaction, and never edited.

A ledger of an older version is brought up to date when it is opened; one of a newer version is
refused, as this program cannot know what its states mean.
"""

from collections.abc import Callable

from sqlalchemy import (
    Column,
    Connection,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.dialects.postgresql import TEXT

from advocacy.mail.ledger.values import State

METADATA = MetaData()
TEXTUAL = String().with_variant(TEXT(collation="C"), "postgresql")
"""Text compared byte by byte, on every server."""

LEDGER = Table(
    "advocacy_ledger",
    METADATA,
    Column("version", Integer, nullable=False),
    # Of runs up to this number the database file holds everything, without its -wal.
    Column("complete_to", Integer, nullable=False),
)
MAILING = Table(
    "advocacy_mailing",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", TEXTUAL, nullable=False, unique=True),
    Column("campaign", TEXTUAL, nullable=False),
    Column("stage", TEXTUAL, nullable=False),
    Column("started_at", Double, nullable=False),
)
TEXT_OF_MAILING = Table(
    "advocacy_text",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey(MAILING.c.id), nullable=False),
    Column("parts", TEXTUAL, nullable=False),
    Column("sample", TEXTUAL, nullable=False),
    Column("at", Double, nullable=False),
    Index("advocacy_text_of_mailing", "mailing_id"),
)
RUN = Table(
    "advocacy_run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey(MAILING.c.id), nullable=False),
    Column("username", TEXTUAL, nullable=False),
    Column("host", TEXTUAL, nullable=False),
    Column("boot", TEXTUAL, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started", TEXTUAL, nullable=False),
    Column("versions", TEXTUAL, nullable=False),
    Column("listed", Integer),
    Column("began_at", Double, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("ended_at", Double),
    Column("why", TEXTUAL, nullable=False),
    Index("advocacy_run_of_mailing", "mailing_id"),
)
LETTER = Table(
    "advocacy_letter",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("mailing_id", ForeignKey(MAILING.c.id), nullable=False),
    Column("letter_id", TEXTUAL, nullable=False),
    Column("address", TEXTUAL, nullable=False),
    Column("address_key", TEXTUAL, nullable=False),
    # The letter's id where the address may have several letters, else empty.
    Column("sharing", TEXTUAL, nullable=False),
    Column("state", TEXTUAL, nullable=False),
    Column("run_id", ForeignKey(RUN.c.id), nullable=False),
    # Names the transaction that gave the letter out.
    Column("token", TEXTUAL, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("resends", Integer, nullable=False),
    Column("digest", TEXTUAL, nullable=False),
    Column("recipient_digest", TEXTUAL, nullable=False),
    Column("message_id", TEXTUAL, nullable=False),
    Column("variants", TEXTUAL, nullable=False),
    Column("code", Integer),
    Column("reply", TEXTUAL, nullable=False),
    Column("first_at", Double, nullable=False),
    Column("at", Double, nullable=False),
    Column("not_before", Double),
    Column("replied_at", Double),
    Column("bounced_at", Double),
    Column("bounce", TEXTUAL, nullable=False),
    Column("forgotten_at", Double),
    UniqueConstraint("mailing_id", "letter_id", name="advocacy_letter_once"),
    UniqueConstraint("mailing_id", "address_key", "sharing", name="advocacy_letter_address"),
    Index("advocacy_letter_message", "message_id"),
)
_SENDING = LETTER.c.state == State.SENDING.value
Index("advocacy_letter_sending", LETTER.c.run_id, sqlite_where=_SENDING, postgresql_where=_SENDING)


_TABLES_1 = (
    """
    CREATE TABLE advocacy_ledger (
        version INTEGER NOT NULL,
        complete_to INTEGER NOT NULL
    )""",
    "INSERT INTO advocacy_ledger (version, complete_to) VALUES (1, 0)",
    """
    CREATE TABLE advocacy_mailing (
        id {id},
        name {text} NOT NULL UNIQUE,
        campaign {text} NOT NULL,
        stage {text} NOT NULL,
        started_at DOUBLE PRECISION NOT NULL
    )""",
    """
    CREATE TABLE advocacy_text (
        id {id},
        mailing_id INTEGER NOT NULL REFERENCES advocacy_mailing (id),
        parts {text} NOT NULL,
        sample {text} NOT NULL,
        at DOUBLE PRECISION NOT NULL
    )""",
    "CREATE INDEX advocacy_text_of_mailing ON advocacy_text (mailing_id)",
    """
    CREATE TABLE advocacy_run (
        id {id},
        mailing_id INTEGER NOT NULL REFERENCES advocacy_mailing (id),
        username {text} NOT NULL,
        host {text} NOT NULL,
        boot {text} NOT NULL,
        pid INTEGER NOT NULL,
        started {text} NOT NULL,
        versions {text} NOT NULL,
        listed INTEGER,
        began_at DOUBLE PRECISION NOT NULL,
        lease_until DOUBLE PRECISION NOT NULL,
        ended_at DOUBLE PRECISION,
        why {text} NOT NULL
    )""",
    "CREATE INDEX advocacy_run_of_mailing ON advocacy_run (mailing_id)",
    """
    CREATE TABLE advocacy_letter (
        id {id},
        mailing_id INTEGER NOT NULL REFERENCES advocacy_mailing (id),
        letter_id {text} NOT NULL,
        address {text} NOT NULL,
        address_key {text} NOT NULL,
        sharing {text} NOT NULL,
        state {text} NOT NULL,
        run_id INTEGER NOT NULL REFERENCES advocacy_run (id),
        token {text} NOT NULL,
        attempts INTEGER NOT NULL,
        resends INTEGER NOT NULL,
        digest {text} NOT NULL,
        recipient_digest {text} NOT NULL,
        message_id {text} NOT NULL,
        variants {text} NOT NULL,
        code INTEGER,
        reply {text} NOT NULL,
        first_at DOUBLE PRECISION NOT NULL,
        at DOUBLE PRECISION NOT NULL,
        not_before DOUBLE PRECISION,
        replied_at DOUBLE PRECISION,
        bounced_at DOUBLE PRECISION,
        bounce {text} NOT NULL,
        forgotten_at DOUBLE PRECISION,
        CONSTRAINT advocacy_letter_once UNIQUE (mailing_id, letter_id),
        CONSTRAINT advocacy_letter_address UNIQUE (mailing_id, address_key, sharing)
    )""",
    "CREATE INDEX advocacy_letter_message ON advocacy_letter (message_id)",
    "CREATE INDEX advocacy_letter_sending ON advocacy_letter (run_id) WHERE state = 'sending'",
)
_WORDS = {
    "sqlite": {"id": "INTEGER PRIMARY KEY", "text": "TEXT"},
    "postgresql": {
        "id": "INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "text": 'TEXT COLLATE "C"',
    },
}

Migration = Callable[[Connection], None]


def _first(connection: Connection) -> None:
    words = _WORDS[connection.dialect.name]
    for statement in _TABLES_1:
        connection.exec_driver_sql(statement.format_map(words))


MIGRATIONS: tuple[Migration, ...] = (_first,)
"""The n-th brings a ledger from version n - 1 to version n; the first makes it."""


def newest() -> int:
    """The version that this program reads and writes."""
    return len(MIGRATIONS)


def version(connection: Connection) -> int:
    """The version of the ledger in a database; 0 where there is none."""
    if not inspect(connection).has_table("advocacy_ledger"):
        return 0
    return int(connection.execute(text("SELECT version FROM advocacy_ledger")).scalar_one())


def step(connection: Connection) -> bool:
    """Bring the ledger one version further, in the connection's transaction.

    Returns whether there was anything to do. The caller holds the database's write lock.
    """
    now = version(connection)
    if now >= newest():
        return False
    MIGRATIONS[now](connection)
    connection.execute(text("UPDATE advocacy_ledger SET version = :to"), {"to": now + 1})
    return True
