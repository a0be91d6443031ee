"""Ledgers of other versions: brought up to date, or refused."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, Float, create_engine, inspect

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import State, open_ledger, schema
from advocacy.mail.ledger.schema import METADATA

from .ledger_fixtures import MAILING, TEXT, Books, entry

ROWS_1 = """
INSERT INTO advocacy_mailing (id, name, campaign, stage, started_at)
    VALUES (1, 'parks/call', 'parks', 'call', 1700000000.5);
INSERT INTO advocacy_text (id, mailing_id, parts, sample, at)
    VALUES (1, 1, '{"call": "0123"}', 'Keep the park open – please.', 1700000000.5);
INSERT INTO advocacy_run (id, mailing_id, username, host, boot, pid, started, versions, listed,
    began_at, lease_until, ended_at, why)
    VALUES (1, 1, 'somebody', 'laptop', 'boot', 7, 'start', '{"advocacy": "0.1.0"}', 2,
    1700000001.0, 1700000301.0, 1700000009.0, 'finished');
INSERT INTO advocacy_letter (mailing_id, letter_id, address, address_key, sharing, state, run_id,
    token, attempts, resends, digest, recipient_digest, message_id, variants, code, reply,
    first_at, at, bounce)
    VALUES (1, 'ann', 'Ann@parks.example', 'ann@parks.example', '', 'sent', 1, 'ab', 1, 0, 'd',
    'r', '<ann@friends.example>', '{"subject": "a"}', 250, 'ok', 1700000002.0, 1700000003.0, ''),
    (1, 'bob', 'bob@parks.example', 'bob@parks.example', '', 'uncertain', 1, 'ab', 2, 1, 'd',
    'r', '<bob@friends.example>', '', NULL, '', 1700000002.0, 1700000003.0, '');
"""


def version_1(books: Books, path: Path) -> None:
    """A ledger as version 1 wrote it, by its own statements."""
    if books.kind == "sqlite":
        words = schema._WORDS["sqlite"]
        with sqlite3.connect(path) as raw:
            raw.execute("PRAGMA journal_mode = WAL")
            for statement in schema._TABLES_1:
                raw.execute(statement.format_map(words))
            raw.executescript(ROWS_1)
            raw.execute("PRAGMA application_id = 0x41445643")
        raw.close()
        return
    url = books.environ["ADVOCACY_LEDGER"].replace("postgresql", "postgresql+psycopg", 1)
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in schema._TABLES_1:
            connection.exec_driver_sql(statement.format_map(schema._WORDS["postgresql"]))
        for statement in ROWS_1.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement.replace("%", "%%"))
    engine.dispose()


@pytest.fixture
def old(books: Books, tmp_path: Path) -> Books:
    version_1(books, tmp_path / "parks.ledger.sqlite")
    return books


def test_a_ledger_of_version_1_is_read_to_the_last_detail(old: Books) -> None:
    ledger = old.open()
    ann, bob = ledger.records(MAILING)
    assert (ann.letter_id, ann.address, ann.state) == ("ann", "Ann@parks.example", State.SENT)
    assert (ann.code, ann.reply, ann.variants) == (250, "ok", {"subject": "a"})
    assert (bob.state, bob.attempts, bob.resends) == (State.UNCERTAIN, 2, 1)
    assert ledger.text(MAILING).sample == "Keep the park open – please."
    (run,) = ledger.runs(MAILING)
    assert (run.user, run.listed, run.versions) == ("somebody", 2, {"advocacy": "0.1.0"})


def test_the_tables_are_those_that_the_program_uses(books: Books) -> None:
    with books.started() as ledger:
        found = inspect(ledger._backend.engine)
        assert len(METADATA.tables) == 5
        for name, table in METADATA.tables.items():
            columns = {one["name"]: one for one in found.get_columns(name)}
            assert list(columns) == [column.name for column in table.columns]
            for column in table.columns:
                assert columns[column.name]["nullable"] == column.nullable or column.primary_key
                kind = columns[column.name]["type"]
                assert isinstance(kind, Float) == isinstance(column.type, Float)
            there = {one["name"] for one in found.get_indexes(name)}
            assert {index.name for index in table.indexes} <= there


def add_note(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE advocacy_mailing ADD COLUMN note TEXT")
    connection.exec_driver_sql("UPDATE advocacy_mailing SET note = 'brought along'")


def fail(connection: Connection) -> None:
    add_note(connection)
    raise KeyboardInterrupt


def notes(books: Books) -> list[str]:
    with books.open() as ledger, ledger._backend.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT note FROM advocacy_mailing").scalars())


def test_an_older_ledger_is_brought_up_to_date_step_by_step(
    old: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    def last(_connection: Connection) -> None:
        steps.append(3)

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, add_note, last))
    assert notes(old) == ["brought along"]
    assert notes(old) == ["brought along"]
    assert steps == [3], "each step is made once"


def test_a_step_that_is_cut_short_leaves_the_older_ledger_whole(
    old: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = schema.MIGRATIONS
    monkeypatch.setattr(schema, "MIGRATIONS", (*now, fail))
    with pytest.raises(KeyboardInterrupt):
        old.open()
    monkeypatch.setattr(schema, "MIGRATIONS", now)
    with old.open() as ledger:
        assert len(list(ledger.records(MAILING))) == 2
    monkeypatch.setattr(schema, "MIGRATIONS", (*now, add_note))
    assert notes(old) == ["brought along"]


def test_a_newer_ledger_is_refused_and_left_alone(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = schema.MIGRATIONS
    monkeypatch.setattr(schema, "MIGRATIONS", (*now, add_note))
    with books.started() as ledger, books.run(ledger) as run:
        ledger.exchange(run, [], [entry("ann")])
    monkeypatch.setattr(schema, "MIGRATIONS", now)
    with pytest.raises(AdvocacyError, match="ledger-newer") as caught:
        open_ledger(books.campaign, create=True, environ=books.environ)
    assert "version 2" in str(caught.value)
    assert "pip install --upgrade" in caught.value.problems[0].hint
    monkeypatch.setattr(schema, "MIGRATIONS", (*now, add_note))
    with books.open() as ledger:
        assert ledger.text(MAILING) == TEXT
