"""What a killed sender had in hand is told apart: not begun, at the server, or answered."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from advocacy.mail.ledger import Ledger, MailingRun, Result, State, open_ledger
from advocacy.mail.ledger import journal as journals
from advocacy.mail.ledger.journal import RunJournal, read_journal
from advocacy.mail.ledger.processes import RunOwner

from .ledger_fixtures import MAILING, TEXT, Books, entry, taken

GROUP = ["ann", "bob", "cleo", "dan"]


def journaled(ledger: Ledger) -> MailingRun:
    return ledger.begin_run(MAILING, journaled=True)


def killed(books: Books) -> tuple[Ledger, MailingRun]:
    """A sender that was killed with four letters in hand, the third one at the server."""
    ledger = books.started()
    run = journaled(ledger)
    assert len(taken(ledger.exchange(run, [], [entry(name) for name in GROUP]))) == 4
    for result in (
        Result("ann", State.SENT, 250, "2.0.0 Ok – queued\n"),
        Result("bob", State.REFUSED, 550, "no"),
    ):
        run.journal.leaves(result.letter_id)
        run.journal.came(result)
    run.journal.leaves("cleo")
    books.dead.add(1)
    return books.open(pid=2), run


def test_a_killed_sender_leaves_uncertain_what_was_at_the_server_and_nothing_else(
    books: Books,
) -> None:
    ledger, run = killed(books)
    assert ledger.settle(MAILING) == 1
    states = {one.letter_id: one.state for one in ledger.records(MAILING)}
    assert states == {"ann": State.SENT, "bob": State.REFUSED, "cleo": State.UNCERTAIN}
    ann = next(ledger.records(MAILING, [State.SENT]))
    assert (ann.code, ann.reply) == (250, "2.0.0 Ok – queued\n")
    assert not Path(run.journal.path).exists()
    assert ledger.settle(MAILING) == 0
    with journaled(ledger) as again:
        answers = ledger.exchange(again, [], [entry(name) for name in GROUP])
        assert taken(answers) == ["dan"]


@pytest.mark.parametrize("how", ["lost", "cut off", "another's", "empty", "another boot"])
def test_without_its_journal_all_that_was_in_hand_is_uncertain(books: Books, how: str) -> None:
    ledger, run = killed(books)
    path = Path(run.journal.path)
    lines = path.read_bytes().splitlines(keepends=True)
    if how == "lost":
        path.unlink()
    elif how == "cut off":
        path.write_bytes(b"".join(lines)[:-7])
    elif how == "another's":
        head = json.loads(lines[0])
        path.write_bytes(
            b"".join([json.dumps([*head[:2], 99, head[3]]).encode() + b"\n", *lines[1:]])
        )
    elif how == "empty":
        path.write_bytes(b"")
    else:
        books.here = False  # nobody here can say whether the process lives
        books.clock.time += 3600
    assert ledger.settle(MAILING) == 4
    path.unlink(missing_ok=True)


def test_a_lost_mark_makes_more_uncertain_and_never_less(tmp_path: Path) -> None:
    """Whatever part of the journal is left, a letter that left is never taken for one that did not.

    The last mark alone may be missing where the machine lost power, and there it is not read.
    """
    owner = ["host", "boot", 1, "start"]
    journal = RunJournal.begin(owner, "x")
    journal.given(["a", "b", "c"])
    journal.leaves("a")
    journal.came(Result("a", State.SENT, 250, "ok"))
    journal.leaves("b")
    data = Path(journal.path).read_bytes()
    whole = read_journal(journal.path, owner)
    assert whole["a"] == Result("a", State.SENT, 250, "ok")
    assert (whole["b"], whole["c"]) == (None, Result.untried("c"))
    lines = data.splitlines(keepends=True)
    for gone in range(len(lines)):
        Path(journal.path).write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))
        found = read_journal(journal.path, owner)
        if gone != len(lines) - 1:
            assert found.get("b") is None
        if gone not in (1, 4):
            assert found.get("a", whole["a"]) == whole["a"] or gone == 5
    journal.end()
    assert not Path(journal.path).exists()


def test_an_older_copy_of_the_ledger_is_not_narrowed_by_a_newer_journal(books: Books) -> None:
    """A letter that the journal does not name stays as the ledger has it: under way."""
    ledger, run = killed(books)
    run.journal.told(GROUP)  # as after the next exchange, which the older copy has not seen
    assert ledger.settle(MAILING) == 4


def test_a_journal_that_cannot_be_written_is_taken_away_and_the_run_goes_on(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = books.started()
    with journaled(ledger) as run:
        ledger.exchange(run, [], [entry(name) for name in GROUP])
        monkeypatch.setattr(journals.os, "write", lambda _handle, data: len(data) - 1)
        run.journal.leaves("ann")
        assert not Path(run.journal.path).exists()
        ledger.exchange(run, [Result("ann", State.SENT, 250, "ok")], [])
    assert ledger.counts(MAILING)[State.SENT] == 1


def test_a_run_that_ends_by_itself_gives_back_what_it_had_not_begun(books: Books) -> None:
    ledger = books.started()
    run = journaled(ledger)
    ledger.exchange(run, [], [entry(name) for name in GROUP])
    run.journal.leaves("ann")
    run.journal.came(Result("ann", State.SENT, 250, "ok"))
    run.journal.leaves("bob")
    assert ledger.end_run(run, "stopped") == 1
    states = {one.letter_id: one.state for one in ledger.records(MAILING)}
    assert states == {"ann": State.SENT, "bob": State.UNCERTAIN}
    assert not Path(run.journal.path).exists()


def test_a_long_run_has_a_short_journal_for_its_owner_alone(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journals, "LARGEST", 2000)
    ledger = books.started()
    with journaled(ledger) as run:
        path = Path(run.journal.path)
        assert path.stat().st_mode & 0o777 == 0o600
        ledger.exchange(run, [], [entry("stays")])
        run.journal.leaves("stays")
        for n in range(100):
            ledger.exchange(run, [], [entry(f"p{n}")])
            run.journal.leaves(f"p{n}")
            result = Result(f"p{n}", State.SENT, 250, "ok")
            run.journal.came(result)
            ledger.exchange(run, [result], [])
        assert path.stat().st_size < 4000
        owner = json.loads(path.read_text().splitlines()[0])
        assert read_journal(str(path), owner) == {"stays": None}
        assert path.stat().st_mode & 0o777 == 0o600
    assert not path.exists()


def test_a_run_without_a_journal_tells_nothing_apart(books: Books) -> None:
    ledger = books.started()
    run = ledger.begin_run(MAILING)
    ledger.exchange(run, [], [entry(name) for name in GROUP])
    assert run.journal.path == ""
    assert ledger.end_run(run, "stopped") == 4


def test_the_journal_of_another_user_is_not_believed(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, run = killed(books)
    monkeypatch.setattr(journals.os, "geteuid", lambda: os.getuid() + 1)
    assert ledger.settle(MAILING) == 4
    monkeypatch.undo()
    run.journal.end()


def test_no_folder_for_temporary_files_means_no_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: str) -> tuple[int, str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journals.tempfile, "mkstemp", full)
    with open_ledger(tmp_path / "x.yaml", create=True, environ={}):
        journal = RunJournal.begin(["x"], "x")
    journal.given(["a"])
    journal.leaves("a")
    assert (journal.path, journal.known()) == ("", {"a": None})
    journal.end()


def test_what_killed_runs_left_in_the_temporary_folder_is_taken_away_and_nothing_else(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the ledger knew of the journal, or before it was taken away."""
    monkeypatch.setattr(journals.tempfile, "tempdir", str(tmp_path))
    ledger = books.started()
    dead = RunOwner("somebody", "laptop", "boot", 1, "start")
    living = replace(dead, pid=3)
    left = RunJournal.begin(dead.words, ledger.shown)
    Path(f"{left.path}.new").write_bytes(b"")
    os.utime(f"{left.path}.new", (0, 0))
    kept = [
        RunJournal.begin(living.words, ledger.shown),
        RunJournal.begin(dead.words, "another ledger"),
    ]
    needed = journaled(ledger)  # of a mailing that is settled later
    ledger.exchange(needed, [], [entry("ann")])
    books.dead.add(1)
    second = books.open(pid=2)
    second.start("parks/other", "parks", "other", TEXT)
    second.settle("parks/other")
    assert sorted(map(str, tmp_path.glob("advocacy-run-*"))) == sorted(
        [needed.journal.path, *(one.path for one in kept)]
    )
    assert second.settle(MAILING) == 0, "the journal knows that the letter had not been begun"
    assert not Path(needed.journal.path).exists()
