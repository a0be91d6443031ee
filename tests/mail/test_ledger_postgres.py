"""The ledger on a PostgreSQL server: what a user is told, and what a broken connection does."""

import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import Result, State, ledger_exists, open_ledger
from advocacy.mail.ledger.postgres import PostgresBackend
from advocacy.mail.ledger.store import Ledger

from .ledger_fixtures import MAILING, TEXT, Cluster, entry, taken

CAMPAIGN = Path("parks.yaml")


def refused(url: str, code: str, *, create: bool = False) -> str:
    with pytest.raises(AdvocacyError) as caught:
        open_ledger(CAMPAIGN, create=create, environ={"ADVOCACY_LEDGER": url})
    (problem,) = caught.value.problems
    assert problem.code == code, problem
    assert problem.hint
    return str(problem)


@pytest.fixture
def guarded(postgres_server: Cluster) -> str:
    """A user with a password."""
    postgres_server.sql(
        "DROP ROLE IF EXISTS guarded", "CREATE ROLE guarded LOGIN PASSWORD 'sesame-0123'"
    )
    return f"127.0.0.1:{postgres_server.port}/postgres"


def test_a_wrong_password_is_told_of_and_never_printed(guarded: str) -> None:
    told = refused(f"postgresql://guarded:hush-hush@{guarded}", "ledger-refused")
    assert "postgresql://127.0.0.1" in told
    assert "hush" not in told
    told = refused(f"postgresql://guarded@{guarded}?password=hush-hush", "ledger-refused")
    assert "hush" not in told
    refused(f"postgresql://guarded@{guarded}", "ledger-refused")
    refused(f"postgresql://stranger@{guarded}x", "ledger-refused")


def test_a_right_password_opens_and_is_in_no_text(guarded: str) -> None:
    backend_error = refused(
        f"postgresql://guarded:sesame-0123@{guarded}", "ledger-refused", create=True
    )
    assert "permission denied" in backend_error, "a user who may not create tables is told so"
    told = refused(f"postgresql://guarded:sesame-0123@{guarded}", "ledger-missing")
    assert "sesame" not in told


def test_a_server_that_is_not_there_is_told_of(postgres_server: Cluster) -> None:
    told = refused("postgresql://me:hush@127.0.0.1:1/mail", "ledger-unreachable")
    assert "hush" not in told
    with pytest.raises(AdvocacyError, match="ledger-unreachable"):
        ledger_exists(CAMPAIGN, {"ADVOCACY_LEDGER": "postgresql://127.0.0.1:1/mail"})


def test_an_address_that_is_none_is_not_printed() -> None:
    assert "hush" not in refused("postgresql://me:hush@host:port/mail", "ledger-url")


def test_without_its_library_the_cure_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    told = refused("postgresql://me:hush@127.0.0.1:1/mail", "missing-library")
    assert "psycopg" in told
    assert "install" in told
    assert "hush" not in told


def test_every_way_to_write_the_kind_is_understood(postgres_url: str) -> None:
    open_ledger(CAMPAIGN, create=True, environ={"ADVOCACY_LEDGER": postgres_url}).close()
    for kind in ("postgres", "postgresql+psycopg"):
        url = postgres_url.replace("postgresql", kind, 1)
        with open_ledger(CAMPAIGN, environ={"ADVOCACY_LEDGER": url}) as ledger:
            assert ledger.mailings() == []
            assert ledger.shown.startswith("postgresql://127.0.0.1:")


def test_a_ledger_on_a_socket_is_found(postgres_server: Cluster) -> None:
    url = f"postgresql://tester@/postgres?host={postgres_server.folder}&port={postgres_server.port}"
    refused(url, "ledger-missing")


def test_a_server_that_does_not_write_to_its_disk_is_refused(
    postgres_server: Cluster, postgres_url: str
) -> None:
    open_ledger(CAMPAIGN, create=True, environ={"ADVOCACY_LEDGER": postgres_url}).close()
    postgres_server.sql("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    try:
        while postgres_server.sql("SHOW fsync") != ["off"]:
            pass
        assert "fsync" in refused(postgres_url, "ledger-unfit")
    finally:
        postgres_server.sql("ALTER SYSTEM RESET fsync", "SELECT pg_reload_conf()")
        while postgres_server.sql("SHOW fsync") != ["on"]:
            pass


def test_a_commit_waits_for_the_disk_whatever_the_servers_default(
    postgres_server: Cluster, postgres_url: str
) -> None:
    postgres_server.sql("ALTER ROLE tester SET synchronous_commit = off")
    try:
        backend = PostgresBackend(postgres_url, create=True)
        with backend.engine.connect() as connection:
            found = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
        backend.close()
    finally:
        postgres_server.sql("ALTER ROLE tester RESET synchronous_commit")
    assert found == "on"


def test_leases_and_times_go_by_the_servers_clock(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    true = time.time()
    monkeypatch.setattr(time, "time", lambda: true - 86_400)  # a laptop that is a day late
    with open_ledger(CAMPAIGN, create=True, environ={"ADVOCACY_LEDGER": postgres_url}) as ledger:
        ledger.start(MAILING, "parks", "call", TEXT)
        with ledger.begin_run(MAILING) as run:
            ledger.exchange(run, [], [entry("ann")])
            (record,) = ledger.records(MAILING)
            assert abs(record.at - true) < 600
            assert abs(ledger.now() - true) < 600


def cut(server: Cluster) -> None:
    """End every other connection, as a router that is switched off."""
    server.sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )


def test_a_mailing_outlasts_a_connection_that_breaks(
    postgres_server: Cluster, postgres_url: str
) -> None:
    waits: list[float] = []
    ledger = Ledger(PostgresBackend(postgres_url, create=True), wait=waits.append)
    with ledger:
        ledger.start(MAILING, "parks", "call", TEXT)
        with ledger.begin_run(MAILING) as run:
            assert taken(ledger.exchange(run, [], [entry("ann")])) == ["ann"]
            cut(postgres_server)
            done = [Result("ann", State.SENT, 250, "ok")]
            assert taken(ledger.exchange(run, done, [entry("bob")])) == ["bob"]
            ledger.exchange(run, [Result("bob", State.SENT, 250, "ok")], [])
    with open_ledger(CAMPAIGN, environ={"ADVOCACY_LEDGER": postgres_url}) as again:
        assert again.counts(MAILING)[State.SENT] == 2


@pytest.mark.parametrize("committed", [True, False])
def test_a_commit_of_which_nobody_knows_is_repeated_and_counts_once(
    postgres_server: Cluster, postgres_url: str, monkeypatch: pytest.MonkeyPatch, *, committed: bool
) -> None:
    """The connection breaks while the commit is under way: before it, or after it."""
    ledger = Ledger(PostgresBackend(postgres_url, create=True), wait=lambda _: None)
    ledger.start(MAILING, "parks", "call", TEXT)
    run = ledger.begin_run(MAILING)
    ledger.exchange(run, [], [entry("ann"), entry("eve")])
    honest = psycopg.Connection.commit
    broken: list[object] = []

    def breaks(self: Any) -> None:
        if broken:
            return honest(self)
        broken.append(self)
        if committed:
            honest(self)
        cut(postgres_server)
        self.execute("SELECT 1")  # finds out that the server is gone
        return None

    monkeypatch.setattr(psycopg.Connection, "commit", breaks)
    done = [Result("ann", State.SENT, 250, "ok"), Result("eve", State.DEFERRED, 451, "later")]
    answers = ledger.exchange(run, done, [entry("bob"), entry("ann"), entry("eve")])
    monkeypatch.undo()
    assert broken
    assert taken(answers) == ["bob", "eve"]
    found = {one.letter_id: (one.state, one.attempts) for one in ledger.records(MAILING)}
    assert found["ann"] == (State.SENT, 1)
    assert found["bob"] == (State.SENDING, 1)
    assert found["eve"][0] is State.SENDING
    ledger.end_run(run, "finished")
    ledger.close()


@pytest.mark.slow
def test_a_server_that_stays_away_stops_the_mailing_and_nothing_is_given_out(
    postgres_server: Cluster, postgres_url: str
) -> None:
    waits: list[float] = []
    ledger = Ledger(PostgresBackend(postgres_url, create=True), wait=waits.append)
    ledger.start(MAILING, "parks", "call", TEXT)
    run = ledger.begin_run(MAILING)
    assert ledger.exchange(run, [], [entry("ann")])
    postgres_server.control("stop", "-m", "immediate")
    try:
        with pytest.raises(AdvocacyError, match="ledger-unreachable"):
            ledger.exchange(run, [Result("ann", State.SENT, 250, "ok")], [entry("bob")])
        assert round(sum(waits)) == 60, "a minute for the network to come back"
    finally:
        postgres_server.control("start")
    answers = ledger.exchange(run, [Result("ann", State.SENT, 250, "ok")], [entry("bob")])
    assert taken(answers) == ["bob"]
    assert ledger.end_run(run, "finished") == 1
    assert ledger.counts(MAILING)[State.SENT] == 1
    ledger.close()


def test_a_sender_does_not_wait_for_rows_that_another_holds(
    postgres_server: Cluster, postgres_url: str
) -> None:
    """`SKIP LOCKED`: what another transaction has in hand is under way, and is passed over."""
    with open_ledger(CAMPAIGN, create=True, environ={"ADVOCACY_LEDGER": postgres_url}) as ledger:
        ledger.start(MAILING, "parks", "call", TEXT)
        with ledger.begin_run(MAILING) as run:
            ledger.exchange(run, [], [entry("ann"), entry("bob")])
            later = [Result(name, State.DEFERRED, 451, "later") for name in ("ann", "bob")]
            ledger.exchange(run, later, [])
            with ledger._backend.engine.begin() as other:
                other.exec_driver_sql(
                    "SELECT * FROM advocacy_letter WHERE letter_id = 'ann' FOR UPDATE"
                )
                answers = ledger.exchange(run, [], [entry("ann"), entry("bob")])
                assert [one.taken for one in answers] == [False, True]
            assert taken(ledger.exchange(run, [], [entry("ann")])) == ["ann"]
