"""The ledger's file: private, durable, never a half one, never mistaken for another."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import (
    Ledger,
    MailingRun,
    Result,
    State,
    ledger_exists,
    ledger_url,
    open_ledger,
)
from advocacy.mail.ledger.sqlite import SqliteBackend
from advocacy.mail.ledger.store import Ledger as Store

from .ledger_fixtures import MAILING, TEXT, entry, runs_of, taken


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    return tmp_path / "parks.yaml"


@pytest.fixture
def file(campaign: Path) -> Path:
    return campaign.with_name("parks.ledger.sqlite")


def mailed(campaign: Path, *names: str) -> None:
    """A ledger with letters that were sent."""
    with open_ledger(campaign, create=True, environ={}) as ledger:
        if ledger.mailing(MAILING) is None:
            ledger.start(MAILING, "parks", "call", TEXT)
        with ledger.begin_run(MAILING) as run:
            ledger.exchange(run, [], [entry(name) for name in names])
            ledger.exchange(run, [Result(name, State.SENT, 250, "ok") for name in names], [])


def refused(campaign: Path, code: str) -> AdvocacyError:
    with pytest.raises(AdvocacyError) as caught, open_ledger(campaign, environ={}):
        pass
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.hint
    return caught.value


def test_the_ledger_stands_beside_the_campaign(campaign: Path, file: Path) -> None:
    assert ledger_url(campaign, {}) == f"sqlite:///{file}"
    assert not ledger_exists(campaign, {})
    mailed(campaign, "ann")
    assert file.is_file()
    assert ledger_exists(campaign, {})
    assert list(file.parent.iterdir()) == [file], "nothing is left beside it"


def test_a_file_elsewhere_may_be_named(campaign: Path, tmp_path: Path) -> None:
    place = tmp_path / "a place" / "x.sqlite"
    place.parent.mkdir()
    environ = {"ADVOCACY_LEDGER": f"sqlite:///{place}"}
    open_ledger(campaign, create=True, environ=environ).close()
    assert place.is_file()
    assert ledger_exists(campaign, environ)


@pytest.mark.parametrize(
    "url", ["mysql://me:hush@host/mail", "sqlite://", "sqlite:///", "ledger.sqlite", "/tmp/x:hush"]
)
def test_another_kind_of_address_is_refused_without_printing_it(campaign: Path, url: str) -> None:
    with pytest.raises(AdvocacyError, match="ledger-url") as caught:
        open_ledger(campaign, environ={"ADVOCACY_LEDGER": url})
    assert "hush" not in str(caught.value)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o277])
def test_only_its_owner_may_read_it_whatever_the_umask(
    campaign: Path, file: Path, mask: int
) -> None:
    with umask(mask), open_ledger(campaign, create=True, environ={}) as ledger:
        ledger.start(MAILING, "parks", "call", TEXT)
        run = ledger.begin_run(MAILING)
        ledger.exchange(run, [], [entry("ann")])
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
        ledger.end_run(run, "finished")
    assert found == {file.name + end: 0o600 for end in ("", "-wal", "-shm")}


def test_a_copy_that_others_may_read_is_closed_to_them_when_it_is_opened(
    campaign: Path, file: Path
) -> None:
    mailed(campaign, "ann")
    file.chmod(0o644)
    open_ledger(campaign, environ={}).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_each_connection_waits_for_the_disk_and_writes_ahead(campaign: Path) -> None:
    with open_ledger(campaign, create=True, environ={}) as ledger:
        engine = ledger._backend.engine
        with engine.connect() as one, engine.connect() as two, engine.connect() as three:
            for connection in (one, two, three):
                asked = [
                    connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                    for name in ("synchronous", "journal_mode", "busy_timeout", "fullfsync")
                ]
                assert asked == [2, "wal", 30_000, 1]


def test_a_commit_is_on_the_disk_when_exchange_returns(
    campaign: Path, tool: Callable[[str], str], tmp_path: Path
) -> None:
    """The system calls, as they are: the log is written, then flushed, before anything is told."""
    mailed(campaign, "ann")
    code = (
        "import sys; sys.path[:0] = [sys.argv[2]]\n"
        "from pathlib import Path\n"
        "from advocacy.mail.ledger import LedgerEntry, open_ledger\n"
        "ledger = open_ledger(Path(sys.argv[1]), environ={})\n"
        f"run = ledger.begin_run('{MAILING}')\n"
        "print('BEFORE', flush=True)\n"
        "ledger.exchange(run, [], [LedgerEntry('bob', 'b@x.example', 'b@x.example', '', '', '')])\n"
        "print('AFTER', flush=True)\n"
    )
    log = tmp_path / "calls"
    root = Path(__file__).parents[2]
    subprocess.run(
        [tool("strace"), "-f", "-y", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o", log,
         sys.executable, "-c", code, campaign, root],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    lines = log.read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if "BEFORE" in line)
    end = next(n for n, line in enumerate(lines) if "AFTER" in line)
    calls = [line for line in lines[start:end] if "-wal>" in line]
    assert "pwrite64" in calls[0]
    assert "sync(" in calls[-1]


def test_a_file_that_is_no_ledger_is_never_taken_for_one(campaign: Path, file: Path) -> None:
    file.write_bytes(b"")
    assert "empty" in str(refused(campaign, "ledger-damaged"))
    file.write_text("id,email\n" * 50)
    assert "not a database" in str(refused(campaign, "ledger-damaged"))
    file.unlink()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE mine (id)")
    other.close()
    before = file.read_bytes()
    assert "another program" in str(refused(campaign, "ledger-damaged"))
    assert file.read_bytes() == before, "it is left as it was"
    file.unlink()
    file.mkdir()
    refused(campaign, "ledger-damaged")


def locks(file: Path) -> list[str]:
    """What the system holds locked of a file for this process."""
    inode = f":{file.stat().st_ino} "
    lines = Path("/proc/locks").read_text().splitlines()
    return [line for line in lines if inode in line and f" {os.getpid()} " in line]


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the system tells of no locks")
def test_to_open_a_ledger_twice_leaves_the_first_ones_locks(campaign: Path, file: Path) -> None:
    with open_ledger(campaign, create=True, environ={}) as ledger:
        ledger.start(MAILING, "parks", "call", TEXT)
        held = len(locks(file))
        assert held
        open_ledger(campaign, environ={}).close()
        assert len(locks(file)) == held


def test_a_damaged_ledger_is_not_sent_by(campaign: Path, file: Path) -> None:
    mailed(campaign, *(f"p{n}" for n in range(200)))
    data = bytearray(file.read_bytes())
    data[4096 * 6 : 4096 * 20] = b"\xff" * (4096 * 14)
    file.write_bytes(data)
    with pytest.raises(AdvocacyError, match="ledger-damaged") as caught:
        open_ledger(campaign, environ={}).begin_run(MAILING)
    assert "copy" in caught.value.problems[0].hint
    file.write_bytes(data[:5000])
    with pytest.raises(AdvocacyError, match="ledger-damaged"):
        open_ledger(campaign, environ={}).begin_run(MAILING)


def test_a_ledger_held_by_another_program_is_told_of(campaign: Path, file: Path) -> None:
    mailed(campaign, "ann")
    ledger = Store(SqliteBackend(file, create=False, busy_seconds=0.01))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(AdvocacyError, match="ledger-locked") as caught:
        ledger.begin_run(MAILING)
    assert "viewer" in caught.value.problems[0].hint
    other.execute("ROLLBACK")
    other.close()
    with ledger, ledger.begin_run(MAILING) as run:
        assert taken(ledger.exchange(run, [], [entry("bob")])) == ["bob"]


@contextmanager
def nobody(folder: Path) -> Iterator[None]:
    """As a user who does not own the files; only root needs to become one."""
    if os.geteuid():
        yield
        return
    for parent in folder.parents:
        if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_place_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    campaign = folder / "parks.yaml"
    mailed(campaign, "ann")
    campaign.with_name("parks.ledger.sqlite").chmod(0o444)
    folder.chmod(0o555)
    try:
        with nobody(folder):
            refused(campaign, "ledger-read-only")
            with pytest.raises(AdvocacyError, match="ledger-read-only"):
                open_ledger(folder / "other.yaml", create=True, environ={})
    finally:
        folder.chmod(0o755)
    with pytest.raises(AdvocacyError, match="ledger-read-only"):
        open_ledger(tmp_path / "no" / "where.yaml", create=True, environ={})


def test_a_half_made_ledger_is_never_found(campaign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from advocacy.mail.ledger import sqlite

    def killed(_made: Path, _path: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite, "_give_name", killed)
    with pytest.raises(KeyboardInterrupt):
        open_ledger(campaign, create=True, environ={})
    assert list(campaign.parent.iterdir()) == []


def test_who_makes_a_ledger_second_gets_the_first_ones(
    campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from advocacy.mail.ledger import sqlite

    honest = sqlite._give_name

    def late(made: Path, path: Path) -> None:
        monkeypatch.setattr(sqlite, "_give_name", honest)
        mailed(campaign, "ann")
        honest(made, path)

    monkeypatch.setattr(sqlite, "_give_name", late)
    with open_ledger(campaign, create=True, environ={}) as ledger:
        assert [one.letter_id for one in ledger.records(MAILING)] == ["ann"]


# --- moving ------------------------------------------------------------------------------------


def killed(campaign: Path, tmp_path: Path, *, wal: bool) -> Path:
    """The ledger of a sender that was killed, copied with or without its log."""
    ledger = open_ledger(campaign, create=True, environ={})
    ledger.start(MAILING, "parks", "call", TEXT)
    run = ledger.begin_run(MAILING)
    ledger.exchange(run, [], [entry("ann"), entry("bob")])
    ledger.exchange(run, [Result("ann", State.SENT, 250, "ok")], [])
    elsewhere = tmp_path / "elsewhere" / "parks.yaml"
    elsewhere.parent.mkdir()
    for end in ("", "-wal") if wal else ("",):
        name = f"parks.ledger.sqlite{end}"
        shutil.copyfile(campaign.with_name(name), elsewhere.with_name(name))
    ledger.end_run(run, "finished")
    ledger.close()
    return elsewhere


def dead(_owner: object) -> bool:
    return False


def test_a_ledger_taken_to_another_machine_after_a_crash_goes_on(
    campaign: Path, tmp_path: Path
) -> None:
    elsewhere = killed(campaign, tmp_path, wal=True)
    with open_ledger(elsewhere, environ={}, alive=dead) as ledger:
        assert ledger.settle(MAILING) == 1
        counts = ledger.counts(MAILING)
        assert (counts[State.SENT], counts[State.UNCERTAIN]) == (1, 1)
    open_ledger(elsewhere, environ={}).close()


def test_a_ledger_taken_along_without_its_log_is_refused(campaign: Path, tmp_path: Path) -> None:
    elsewhere = killed(campaign, tmp_path, wal=False)
    error = refused(elsewhere, "ledger-incomplete")
    assert "parks.ledger.sqlite-wal" in str(error)
    # An empty log comes of a look at the file, and holds nothing.
    elsewhere.with_name("parks.ledger.sqlite-wal").touch()
    refused(elsewhere, "ledger-incomplete")
    # Lost for good: the hint's own way out.
    with open_ledger(elsewhere, environ={}, incomplete=True, alive=dead) as ledger:
        ledger.settle(MAILING)
    open_ledger(elsewhere, environ={}).close()


def test_to_look_at_a_ledger_does_not_make_it_look_incomplete(
    campaign: Path, tmp_path: Path
) -> None:
    """The last one to close the file removes the log, having carried it over."""
    elsewhere = killed(campaign, tmp_path, wal=True)
    for _ in range(2):
        with open_ledger(elsewhere, environ={}) as ledger:
            assert runs_of(ledger)[0].ended_at is None
            assert ledger.counts(MAILING)[State.SENDING] == 1
    assert not elsewhere.with_name("parks.ledger.sqlite-wal").exists()


@pytest.mark.parametrize("remembered", [True, False])
def test_another_program_that_opens_it_after_a_crash_raises_no_false_alarm(
    campaign: Path, file: Path, tmp_path: Path, remembered: bool
) -> None:
    """The sender had said that the log belongs to the file, and died before it wrote there."""
    mailed(campaign, "ann")
    with open_ledger(campaign, environ={}) as ledger:
        ledger._backend.guard()
        for name in (file.name, f"{file.name}-wal"):
            shutil.copyfile(file.with_name(name), tmp_path / f"kept-{name}")
    for name in (file.name, f"{file.name}-wal"):
        shutil.move(tmp_path / f"kept-{name}", file.with_name(name))
    with closing(sqlite3.connect(file)) as viewer:
        assert viewer.execute("SELECT complete FROM advocacy_ledger").fetchone() == (0,)
    assert list(file.parent.glob("*-wal")) == []
    if not remembered:
        mailed_since = Path(os.environ["XDG_STATE_HOME"]) / "advocacy" / "ledgers"
        for memory in mailed_since.iterdir():
            memory.write_text(memory.read_text().replace("-", "+"))  # as after a boot
        refused(campaign, "ledger-incomplete")
        return
    with open_ledger(campaign, environ={}) as ledger:
        assert ledger.counts(MAILING)[State.SENT] == 1


def test_a_log_without_its_ledger_is_no_reason_to_begin_anew(campaign: Path, file: Path) -> None:
    file.with_name(f"{file.name}-wal").write_bytes(b"x" * 4096)
    assert ledger_exists(campaign, {})
    with pytest.raises(AdvocacyError, match="ledger-damaged"):
        open_ledger(campaign, create=True, environ={})


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_nothing_is_given_out_once_the_file_was_taken_away(
    campaign: Path, file: Path, how: str
) -> None:
    with open_ledger(campaign, create=True, environ={}) as ledger:
        ledger.start(MAILING, "parks", "call", TEXT)
        run = ledger.begin_run(MAILING)
        assert taken(ledger.exchange(run, [], [entry("ann")])) == ["ann"]
        moved = file.rename(file.with_name("moved.sqlite"))
        if how == "replaced":
            shutil.copyfile(moved, file)
        with pytest.raises(AdvocacyError, match="ledger-moved"):
            ledger.exchange(run, [], [entry("bob")])
        with pytest.raises(AdvocacyError, match="ledger-moved"):
            ledger.end_run(run, "stopped")


# --- a disk that is full -----------------------------------------------------------------------


def begun(campaign: Path) -> tuple[Ledger, MailingRun]:
    ledger = open_ledger(campaign, create=True, environ={})
    ledger.start(MAILING, "parks", "call", TEXT)
    return ledger, ledger.begin_run(MAILING)


def test_where_the_disk_is_full_nothing_is_given_out(campaign: Path) -> None:
    ledger, run = begun(campaign)
    with ledger:
        engine = ledger._backend.engine
        assert ledger.exchange(run, [], [entry("ann")])
        with engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        engine.dispose()

        from sqlalchemy import event

        full = True

        @event.listens_for(engine, "checkout")
        def limit(raw: sqlite3.Connection, *_: object) -> None:
            raw.execute(f"PRAGMA max_page_count = {pages if full else 10**6}")

        many = [entry(f"p{n}") for n in range(300)]
        with pytest.raises(AdvocacyError, match="ledger-not-written") as caught:
            ledger.exchange(run, [Result("ann", State.SENT, 250, "ok")], many)
        assert "Free space" in caught.value.problems[0].hint
        full = False
        assert ledger.counts(MAILING)[State.SENDING] == 1, "all or nothing"
        answers = ledger.exchange(run, [Result("ann", State.SENT, 250, "ok")], many)
        assert len(taken(answers)) == 300


FULL = """\
import sys
from pathlib import Path
from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import LedgerEntry, open_ledger
ledger = open_ledger(Path(sys.argv[1]), environ={})
run = ledger.begin_run("parks/call")
print("READY", flush=True)
sys.stdin.readline()
for n in range(400):
    name = f"p{n}"
    try:
        given = ledger.exchange(run, [], [LedgerEntry(name, name, name, "", "", "")])
    except AdvocacyError as error:
        print(error.problems[0].code, flush=True)
        break
    print(*(one.letter_id for one in given if one.taken), flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EDQUOT"])
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_what_the_disk_did_not_take_is_not_given_out(
    campaign: Path, tool: Callable[[str], str], call: str, error: str
) -> None:
    """The system's own calls fail, from the n-th on; the file says the same as the sender."""
    strace = tool("strace")
    mailed(campaign, "ann")
    with subprocess.Popen(
        [sys.executable, "-c", FULL, campaign], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "READY\n"
        tracer = subprocess.Popen(
            [strace, "-f", "-qq", "-p", str(process.pid), "-e", f"trace={call}",
             "-e", f"inject={call}:error={error}:when=40+"],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        status = Path(f"/proc/{process.pid}/status")
        while "TracerPid:\t0" in status.read_text():
            assert tracer.poll() is None
        process.stdin.write("go\n")
        process.stdin.flush()
        told = process.stdout.read().split()
        process.wait()
        tracer.wait()
    assert told[-1] == "ledger-not-written"
    with open_ledger(campaign, environ={}, alive=dead) as ledger:
        ledger.settle(MAILING)
        found = {one.letter_id for one in ledger.records(MAILING, [State.UNCERTAIN])}
    assert len(told) > 2
    assert set(told[:-1]) <= found, "whatever was given out is in the file"
