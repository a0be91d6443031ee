"""The ledger driven at random against a plain model of what people get.

The model knows what truly happened to each letter that was given out, also where the sender died
before it could tell. The promise: a letter is given out again only if none of the earlier times
can have reached anybody, unless somebody said to resend what is uncertain; and whatever may be
given out is.
"""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as drive

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import Ledger, LedgerEntry, MailingRun, Result, State
from advocacy.mail.ledger.runs import LEASE_SECONDS

from .ledger_fixtures import MAILING, Books, Cluster, entry, taken

# Two ids with one address, two supporters who write to one addressee, and others.
PEOPLE = {
    "ann": ["ann@parks.example", "ann@home.example"],
    "anna": ["ann@parks.example"],
    "bob": ["bob@parks.example", "bob@home.example"],
    "eve": ["eve@parks.example", "bob@home.example"],
    "s1--doe": ["doe@parks.example"],
    "s2--doe": ["doe@parks.example"],
}
OUTCOMES = ["arrived", "refused", "deferred", "lost reply", "dropped", "untried"]
_numbers = count(1)
REACHED = {"arrived", "lost reply"}


@dataclass
class Row:
    """A letter as the ledger should have it, and what truly may have become of it."""

    address: str
    state: State = State.SENDING
    holder: int = 0
    attempts: int = 0
    resends: int = 0
    not_before: float = 0.0
    giving: int = 0
    excused: int = 0
    """The last giving-out that somebody said to repeat whatever came of it."""
    may_have_arrived: bool = False


@dataclass
class Sender:
    """A process that sends; `hands` are the letters of which it has not yet told."""

    ledger: Ledger
    run: MailingRun
    lease_until: float
    hands: dict[str, tuple[Row, int]] = field(default_factory=dict)
    ended: bool = False


class LedgerMachine(RuleBasedStateMachine):
    """Several senders on one mailing: killed, asleep, awake again."""

    def __init__(self, make: Callable[[], Books]) -> None:
        super().__init__()
        self.books = make()
        self.ledger = self.books.started()
        self.rows: dict[str, Row] = {}
        self.senders: dict[int, Sender] = {}
        self.all: dict[int, Sender] = {}
        self.last_pid = self.last_giving = 1
        self.gone: set[str] = set()
        self.listed = {name: addresses[0] for name, addresses in PEOPLE.items()}

    def teardown(self) -> None:
        for ledger in self.books.opened:
            ledger.close()

    # --- senders -------------------------------------------------------------------------------

    @precondition(lambda self: len(self.senders) < 3)
    @rule()
    def begin(self) -> None:
        self.last_pid += 1
        ledger = self.books.open(self.last_pid)
        sender = Sender(ledger, self.books.run(ledger), self.books.clock.time + LEASE_SECONDS)
        self.senders[self.last_pid] = self.all[self.last_pid] = sender

    @precondition(lambda self: self.senders)
    @rule(data=st.data(), wanted=st.lists(st.sampled_from(sorted(PEOPLE)), max_size=4))
    def exchange(self, data: st.DataObject, wanted: list[str]) -> None:
        pid = data.draw(st.sampled_from(sorted(self.senders)))
        sender = self.senders[pid]
        told = sorted(
            data.draw(st.sets(st.sampled_from(sorted(sender.hands)))) if sender.hands else ()
        )
        outcomes = [data.draw(st.sampled_from(OUTCOMES)) for _ in told]
        entries = [
            entry(name, self.listed[name], shared_address="--" in name)
            for name in wanted
            if self.listed[name] not in self.gone
        ]
        now = self.books.clock.time
        if sender.ended or sender.lease_until - now <= LEASE_SECONDS / 2:
            sender.ended, sender.lease_until = False, now + LEASE_SECONDS
        results = [self.tell(pid, *one) for one in zip(told, outcomes, strict=True)]
        answers = sender.ledger.exchange(sender.run, results, entries)
        given = [one.letter_id for one in entries if self.give(pid, one)]
        assert taken(answers) == given, "what may be given out is, and nothing else"

    def tell(self, pid: int, name: str, outcome: str) -> Result:
        """A sender's word on a letter that it has; what the ledger should make of it."""
        row, giving = self.senders[pid].hands.pop(name)
        if outcome in REACHED and giving > row.excused:
            row.may_have_arrived = True
        found = self.rows.get(name, Row(""))
        later = self.books.clock.time + 30
        ours = found.holder == pid
        if outcome == "arrived" and found.state is not State.SENT:
            found.state, found.holder = State.SENT, pid
        elif outcome == "refused" and ours and found.state is State.UNCERTAIN:
            found.state = State.REFUSED
        elif ours and found.state is State.SENDING:
            self.end_giving(name, found, outcome, later)
        return {
            "arrived": Result(name, State.SENT, 250, "ok"),
            "refused": Result(name, State.REFUSED, 550, "no"),
            "deferred": Result(name, State.DEFERRED, 451, "later", later),
            "untried": Result.untried(name),
        }.get(outcome, Result(name, State.UNCERTAIN, None, outcome))

    def end_giving(self, name: str, row: Row, outcome: str, later: float) -> None:
        match outcome:
            case "refused":
                row.state = State.REFUSED
            case "deferred":
                row.state, row.not_before = State.DEFERRED, later
            case "untried" if row.attempts == 1 and not row.resends:
                del self.rows[name]
            case "untried":
                row.state, row.not_before = State.DEFERRED, 0.0
                row.attempts -= 1
            case _:
                row.state = State.UNCERTAIN

    def give(self, pid: int, one: LedgerEntry) -> bool:
        """Whether the ledger should give a letter out; if so, it has."""
        name, sender = one.letter_id, self.senders[pid]
        same = {
            other: row
            for other, row in self.rows.items()
            if row.address == one.address and other != name and not one.shared_address
        }
        row = self.rows.get(name)
        if row is None and [other.state for other in same.values()] == [State.DEFERRED]:
            ((old, row),) = same.items()
            del self.rows[old]
            if row.not_before > self.books.clock.time or name in sender.hands:
                self.rows[old] = row
                return False
            same = {}
        corrected = row is not None and row.address != one.address
        free = row is None or (
            (row.state is State.DEFERRED and (corrected or row.not_before <= self.books.clock.time))
            or (row.state is State.REFUSED and corrected)
        )
        if name in sender.hands or not free or same:
            return False
        row = row or Row(one.address)
        assert not row.may_have_arrived, f"{name} may have had this letter already"
        self.last_giving += 1
        row.address, row.state, row.holder = one.address, State.SENDING, pid
        row.attempts, row.giving, row.not_before = row.attempts + 1, self.last_giving, 0.0
        self.rows[name] = row
        sender.hands[name] = row, self.last_giving
        return True

    @precondition(lambda self: self.senders)
    @rule(data=st.data())
    def kill(self, data: st.DataObject) -> None:
        pid = data.draw(st.sampled_from(sorted(self.senders)))
        self.books.dead.add(pid)
        self.lose(pid)

    @precondition(lambda self: self.senders)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        pid = data.draw(st.sampled_from(sorted(self.senders)))
        sender = self.senders[pid]
        sender.ledger.end_run(sender.run, "finished")
        sender.ended = True
        self.make_uncertain(pid)
        self.lose(pid)

    def lose(self, pid: int) -> None:
        """Nobody will ever tell what came of what a sender had; it may all have arrived."""
        for row, giving in self.senders.pop(pid).hands.values():
            if giving > row.excused:
                row.may_have_arrived = True

    def make_uncertain(self, pid: int) -> None:
        for row in self.rows.values():
            if row.state is State.SENDING and row.holder == pid:
                row.state = State.UNCERTAIN

    @rule()
    def settle(self) -> None:
        before = [row.state for row in self.rows.values()].count(State.SENDING)
        count = self.ledger.settle(MAILING)
        for pid, sender in self.all.items():
            now = self.books.clock.time
            alive = pid not in self.books.dead if self.books.here else sender.lease_until > now
            if sender.ended or not alive:
                sender.ended = True
                self.make_uncertain(pid)
        after = [row.state for row in self.rows.values()].count(State.SENDING)
        assert count == before - after

    # --- people and time -----------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 30, LEASE_SECONDS / 2, LEASE_SECONDS]))
    def time_goes_by(self, seconds: float) -> None:
        self.books.clock.time += seconds

    @rule(here=st.booleans())
    def look_from(self, here: bool) -> None:
        self.books.here = here

    @rule(name=st.sampled_from(["ann", "bob", "eve"]), index=st.integers(0, 1))
    def edit_the_list(self, name: str, index: int) -> None:
        self.listed[name] = PEOPLE[name][index]

    @rule(ids=st.none() | st.sets(st.sampled_from(sorted(PEOPLE)), max_size=3))
    def resend_uncertain(self, ids: set[str] | None) -> None:
        chosen = self.uncertain(ids)
        assert self.ledger.resend_uncertain(MAILING, ids) == len(chosen)
        for row in chosen:
            row.state, row.not_before, row.may_have_arrived = State.DEFERRED, 0.0, False
            row.resends, row.excused = row.resends + 1, row.giving

    @rule(ids=st.none() | st.sets(st.sampled_from(sorted(PEOPLE)), max_size=3))
    def assume_sent(self, ids: set[str] | None) -> None:
        chosen = self.uncertain(ids, forgotten=ids is None)
        assert self.ledger.assume_sent(MAILING, ids) == len(chosen)
        for row in chosen:
            row.state = State.SENT

    def uncertain(self, ids: set[str] | None, *, forgotten: bool = False) -> list[Row]:
        return [
            row
            for name, row in self.rows.items()
            if row.state is State.UNCERTAIN
            and (ids is None or name in ids)
            and (forgotten or not name.startswith("h:"))
        ]

    @rule(name=st.sampled_from(sorted(PEOPLE)))
    def forget(self, name: str) -> None:
        address = self.listed[name]
        rows = {key: row for key, row in self.rows.items() if row.address == address}
        if any(row.state is State.SENDING for row in rows.values()):
            with pytest.raises(AdvocacyError, match="letter-under-way"):
                self.ledger.forget(address, f"h:{address[:3]}")
            return
        assert self.ledger.forget(address, f"h:{address[:3]}") == len(rows)
        self.gone.add(address)
        for key, row in rows.items():
            del self.rows[key]
            if row.state is State.DEFERRED:
                row.state = State.REFUSED
            self.rows[f"h:{id(row)}"] = row
            row.address = "forgotten"

    @invariant()
    def the_ledger_is_as_the_model(self) -> None:
        found = sorted(
            ("h:" if one.letter_id.startswith("h:") else one.letter_id, one.state, one.attempts)
            for one in self.ledger.records(MAILING)
        )
        assert found == sorted(
            ("h:" if name.startswith("h:") else name, row.state, row.attempts)
            for name, row in self.rows.items()
        )


SETTINGS = settings(max_examples=8, stateful_step_count=25, deadline=None)
LONG = settings(max_examples=300, stateful_step_count=60, deadline=None)
# Without shrinking: each example makes its own tables, and the files find the same faults.
ON_SERVER = settings(SETTINGS, max_examples=40, phases=[Phase.reuse, Phase.generate])


def in_files(folder: Path) -> Callable[[], Books]:
    return lambda: Books("sqlite", Path(tempfile.mkdtemp(dir=folder)) / "parks.yaml", {})


def on_server(server: Cluster, folder: Path) -> Callable[[], Books]:
    def make() -> Books:
        place = Path(tempfile.mkdtemp(dir=folder))
        schema = f"model_{os.getpid()}_{next(_numbers)}"
        server.sql(f"CREATE SCHEMA {schema}")
        url = server.url(options=f"-csearch_path%3D{schema}")
        return Books("postgresql", place / "parks.yaml", {"ADVOCACY_LEDGER": url})

    return make


def test_nobody_is_written_to_twice_whatever_happens(tmp_path: Path) -> None:
    drive(lambda: LedgerMachine(in_files(tmp_path)), settings=SETTINGS)


@pytest.mark.slow
def test_nobody_is_written_to_twice_whatever_happens_for_long(tmp_path: Path) -> None:
    drive(lambda: LedgerMachine(in_files(tmp_path)), settings=LONG)


@pytest.mark.slow
def test_nobody_is_written_to_twice_whatever_happens_on_a_server(
    postgres_server: Cluster, tmp_path: Path
) -> None:
    drive(lambda: LedgerMachine(on_server(postgres_server, tmp_path)), settings=ON_SERVER)
