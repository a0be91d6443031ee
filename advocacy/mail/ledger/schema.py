"""The ledger's tables.

Times are UTC epoch seconds. A letter's key is (mailing, letter id), never a row's number.

A ledger of a newer version is refused: this program cannot know what its states mean. A ledger
may have columns that are not here, such as `advocacy_run.listed`, which the first ones had.
"""

from sqlalchemy import (
    TEXT,
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
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.schema import CreateColumn

from advocacy.mail.ledger.values import State

METADATA = MetaData()
TEXTUAL = String().with_variant(TEXT(collation="C"), "postgresql")
"""Text compared byte by byte, on every server."""

LEDGER = Table(
    "advocacy_ledger",
    METADATA,
    Column("version", Integer, nullable=False),
    # Version 1: of runs up to this number the file holds everything, without its -wal.
    Column("complete_to", Integer, nullable=False),
    # 0 in a SQLite file a part of which stands in its -wal alone; see `sqlite.SqliteBackend`.
    Column("complete", Integer, nullable=False, server_default="1"),
    # Where the ledger is at home, and how often it was changed; see `home`.
    Column("name", TEXTUAL, nullable=False, server_default=""),
    Column("machine", TEXTUAL, nullable=False, server_default=""),
    Column("host", TEXTUAL, nullable=False, server_default=""),
    Column("place", TEXTUAL, nullable=False, server_default=""),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("used_at", Double),
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
    Column("began_at", Double, nullable=False),
    Column("lease_until", Double, nullable=False),
    Column("ended_at", Double),
    Column("why", TEXTUAL, nullable=False),
    # The file in which the run says of each letter when it leaves; see `journal`.
    Column("journal", TEXTUAL, nullable=False, server_default=""),
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
    # The ids of the facts that the letter rests on, with a blank between them. Letters that
    # version 1 gave out have none.
    Column("facts", TEXTUAL),
    # Who the letter is for, by name: an id may belong to another person on the next list. Empty
    # for letters that version 1 gave out.
    Column("person", TEXTUAL, nullable=False, server_default=""),
    # The addresses at which the person was not reached, as marks; see `persons.mark_of`.
    Column("failed", TEXTUAL, nullable=False, server_default=""),
    UniqueConstraint("mailing_id", "letter_id", name="advocacy_letter_once"),
    UniqueConstraint("mailing_id", "address_key", "sharing", name="advocacy_letter_address"),
    Index("advocacy_letter_message", "message_id"),
)
UNMADE = Table(
    "advocacy_unmade",
    METADATA,
    Column("mailing_id", ForeignKey(MAILING.c.id), primary_key=True),
    # The mark of the letter's id, which may name the person.
    Column("letter", TEXTUAL, primary_key=True),
    # The codes of the problems for which the last run could not compose the letter.
    Column("reason", TEXTUAL, nullable=False),
)
SENDING = LETTER.c.state == State.SENDING.value
# `postgres` says the same to its dialect, which takes longer to import than a whole file is read.
SENDING_INDEX = Index("advocacy_letter_sending", LETTER.c.run_id, sqlite_where=SENDING)


_ADDED = {
    2: (
        LEDGER.c.complete, LEDGER.c.name, LEDGER.c.machine, LEDGER.c.host, LEDGER.c.place,
        LEDGER.c.generation, LEDGER.c.used_at, RUN.c.journal, LETTER.c.facts, LETTER.c.person,
    ),
    3: (LETTER.c.failed,),
}  # fmt: skip
"""The columns that a version has more than the one before. Version 3 also has `UNMADE`."""
VERSION = 3
"""The version of the tables above. A change of them makes it one more, with a step in `upgrade`."""


def version(connection: Connection) -> int:
    """The version of the ledger in a database; 0 where there is none."""
    if not inspect(connection).has_table(LEDGER.name):
        return 0
    return int(connection.execute(select(LEDGER.c.version)).scalar_one())


def upgrade(connection: Connection, found: int) -> None:
    """Bring a ledger of an older version to this one, in the connection's transaction.

    The caller holds the database's write lock and has read the version that was `found` under it.
    Columns are added so that a program of the older version, which may be sending, can go on.
    """
    for since, columns in _ADDED.items():
        for column in columns if found < since else ():
            made = CreateColumn(column).compile(dialect=connection.dialect)
            connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {made}"))
    UNMADE.create(connection, checkfirst=True)
    connection.execute(update(LEDGER).values(version=VERSION))


def create_tables(connection: Connection) -> None:
    """Make an empty ledger, in the connection's transaction.

    The caller holds the database's write lock and has seen that there is no ledger.
    """
    METADATA.create_all(connection)
    connection.execute(insert(LEDGER).values(version=VERSION, complete_to=0))
