"""The ledger in PostgreSQL, for several machines on one mailing.

Leases and times go by the server's clock. Rows are taken with `FOR UPDATE SKIP LOCKED`
(https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE); a race for the
same new row ends in `ON CONFLICT DO NOTHING`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from advocacy.errors import AdvocacyError
from advocacy.installation import explain_missing
from advocacy.mail.ledger import faults
from advocacy.mail.ledger.schema import (
    SENDING,
    SENDING_INDEX,
    VERSION,
    create_tables,
    upgrade,
    version,
)
from advocacy.mail.ledger.silence import SILENT, SilenceWatch, watched_connection

SENDING_INDEX.dialect_options["postgresql"]["where"] = SENDING

_DEFAULTS = {
    "application_name": "advocacy",
    "client_encoding": "utf8",
    # A server that is gone must not be waited for all night.
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_SESSION = """
SET synchronous_commit = on;
SET lock_timeout = '30s';
SET idle_in_transaction_session_timeout = '60s'
"""
_LOCK = 0x41445643  # "ADVC": held while the tables are made
_RACES = ("40001", "40P01", "23505")  # serialization, deadlock, unique: rolled back, so try again
_GONE = ("08", "57P")  # connection lost, server going down
_UNWELCOME = re.compile(
    r"authentication|password|pg_hba|role .* does not exist|database .* does not exist|certificate"
)
_AT_ONCE = (0.0,) * 8
_LATER = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


class PostgresBackend:
    """A ledger on a server, opened.

    Raises AdvocacyError where it cannot be reached, does not let us in, has no ledger (unless
    `create`) or a newer one, or does not write to its disk what it commits.
    """

    one_writer = False
    is_snapshot = False
    name = "postgresql"

    def __init__(self, url: str, *, create: bool) -> None:
        parsed = _parsed(url)
        self.shown = _shown(parsed)
        words = re.split(r"[:;,|/ ]", parsed.username or "")[1:]
        self._secret = (parsed.password, parsed.query.get("password"), *words)
        self._watch = SilenceWatch()
        self.engine = _engine(parsed, self._watch)
        try:
            with self.translated():
                self._look_at()
                self._check_tables(create=create)
        except BaseException:
            self.engine.dispose()
            raise

    def now(self, connection: Connection) -> float:
        """The time, by the server's clock."""
        asked = text("SELECT extract(epoch FROM clock_timestamp())::double precision")
        return float(connection.execute(asked).scalar_one())

    def guard(self) -> None:
        """A server's tables do not move."""

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what the database says into what the user can do."""
        try:
            yield
        except DBAPIError as error:
            told = str(error.orig).strip().partition("\n")[0]
            for secret in self._secret:
                told = told.replace(str(secret), "***") if secret else told
            problem = faults.of_postgres(self.shown, _state(error), told, _is_lost(error))
            if problem is None:
                raise
            raise AdvocacyError(problem) from None

    def pauses(self, error: DBAPIError, *, repeatable: bool) -> tuple[float, ...]:
        """The seconds to wait before each new try; none where it would be in vain.

        A lost connection leaves open whether the transaction was committed: only what is
        `repeatable` is then tried again.
        """
        if _state(error).startswith(_RACES):
            return _AT_ONCE
        return _LATER if repeatable and _is_lost(error) else ()

    def wait_until(self, in_a_hurry: Callable[[], bool], on_wait: Callable[[], None]) -> None:
        """Wait for answers until somebody is in a hurry; say that a server is silent."""
        self._watch.in_a_hurry, self._watch.on_wait = in_a_hurry, on_wait

    def examine(self, connection: Connection) -> None:
        """A server looks after its own files."""

    def doubt(self) -> None:
        """There is one server: nobody else has a copy that goes on."""

    def claim(self, _connection: Connection, _now: float) -> None:
        """A server is at home where it is."""

    def written(self) -> None:
        """A server's tables do not come back older than they were."""

    def close(self) -> None:
        """Let go of the server."""
        self.engine.dispose()

    def _look_at(self) -> None:
        with self.engine.connect() as connection:
            asked = "SELECT current_setting('fsync'), current_setting('server_encoding')"
            fsync, encoding = connection.execute(text(asked)).one()
        told = ""
        if fsync != "on":
            told = "it does not write commits to disk (fsync is off)"
        elif encoding != "UTF8":
            told = f"it cannot store every name (its encoding is {encoding})"
        if told:
            raise AdvocacyError(faults.fault("ledger-unfit", self.shown, told=told))

    def _check_tables(self, *, create: bool) -> None:
        with self.engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            found = version(connection)
            if found > VERSION:
                raise AdvocacyError(
                    faults.fault("ledger-newer", self.shown, found=found, known=VERSION)
                )
            if found == 0:
                if not create:
                    raise AdvocacyError(
                        faults.fault(faults.MISSING, self.shown, "ledger-missing-on-server")
                    )
                create_tables(connection)
            elif found < VERSION:
                upgrade(connection, found)


def has_ledger(url: str) -> bool:
    """Whether there is a ledger on a server. Raises AdvocacyError where it cannot be asked."""
    try:
        PostgresBackend(url, create=False).close()
    except AdvocacyError as error:
        if error.problems[0].code == faults.MISSING:
            return False
        raise
    return True


def shown_address(url: str) -> str:
    """A server's address without its password. Raises AdvocacyError for one that is not valid."""
    return _shown(_parsed(url))


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        told = "it does not have the form user@host:port/database"
        raise AdvocacyError(faults.fault("ledger-url", "", told=told)) from None
    if "@" in (parsed.host or ""):  # the rest of a password, which must not be shown
        told = "it contains `@` twice (write `%40` for an `@` in the password)"
        raise AdvocacyError(faults.fault("ledger-url", "", told=told))
    query = dict(_DEFAULTS) | dict(parsed.query)
    return parsed.set(drivername="postgresql+psycopg", query=query)


def _shown(url: URL) -> str:
    # No user: a password may be in it, behind a colon or semicolon that was written as `%3A`.
    plain = URL.create("postgresql", None, None, url.host, url.port, url.database)
    return plain.render_as_string()


def _engine(url: URL, watch: SilenceWatch) -> Engine:
    try:
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
    except ImportError as error:
        told = str(error).strip().partition("\n")[0]
        problem = explain_missing(error) or faults.fault(
            "missing-library", "", "ledger-driver", told=told
        )
        raise AdvocacyError(problem) from error

    import psycopg

    kind = watched_connection(watch)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: object, _record: object, words: Any, options: Any) -> Any:
        made = watch.connect(lambda: kind.connect(*words, **options), kind.close)
        if made is None:
            raise psycopg.OperationalError(SILENT)
        return made

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _record: object) -> None:
        raw.execute(_SESSION)
        raw.commit()

    return engine


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _is_lost(error: DBAPIError) -> bool:
    """Whether the server could not be reached, or the connection broke."""
    state = _state(error)
    if error.connection_invalidated or state.startswith(_GONE):
        return True
    told = str(error.orig)
    return (
        not state
        and type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")
        and not (_UNWELCOME.search(told))
    )
