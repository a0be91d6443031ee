"""maildir: and mbox: keep each message whole, once, for its owner's eyes alone."""

import errno
import mailbox
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy.mail.smtp import Envelope, SmtpReply, Verdict, connect
from advocacy.mail.smtp.server import Server

from .smtp_fixtures import MESSAGE

KINDS = pytest.mark.parametrize("kind", ["maildir", "mbox"])


def envelope(to: str = "jane@parks.example", message: bytes = MESSAGE) -> Envelope:
    return Envelope("letters@friends.example", to, message)


def server(kind: str, path: Path) -> Server:
    return Server("maildir" if kind == "maildir" else "mbox", path=path)


def read(kind: str, path: Path) -> list[mailbox.Message]:
    box: mailbox.Mailbox[mailbox.Message] = (
        mailbox.Maildir(path, create=False)  # type: ignore[assignment]
        if kind == "maildir"
        else mailbox.mbox(path, create=False)
    )
    try:
        return list(box)
    finally:
        box.close()


@KINDS
def test_messages_are_kept_as_any_program_reads_them(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "box"
    connection = connect(server(kind, path))
    assert connection.open() is None
    replies = [connection.send(envelope(f"p{n}@parks.example")) for n in range(3)]
    assert [reply.verdict for reply in replies] == [Verdict.SENT] * 3
    messages = read(kind, path)
    assert sorted(one["Delivered-To"] for one in messages) == [
        f"p{n}@parks.example" for n in range(3)
    ]
    for one in messages:
        assert one["Return-Path"] == "<letters@friends.example>"
        assert one["Message-ID"] == "<0123456789abcdef@friends.example>"
        body = one.get_payload()
        assert str(body).rstrip("\n") == "Please keep the park open.\n.\n..two dots"


def test_a_line_that_begins_with_from_stays_in_its_message(tmp_path: Path) -> None:
    path = tmp_path / "letters.mbox"
    connection = connect(server("mbox", path))
    for _ in range(2):
        connection.send(envelope(message=MESSAGE + b"From here on\r\n>From there\r\n"))
    messages = read("mbox", path)
    assert len(messages) == 2
    assert ">From here on\n>>From there" in str(messages[0].get_payload())


@KINDS
def test_nobody_else_may_read_them(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "box"
    old = os.umask(0)
    try:
        connect(server(kind, path)).send(envelope())
    finally:
        os.umask(old)
    files = [one for one in [path, *path.rglob("*")] if one.is_file()]
    assert len(files) == 1
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in files)
    folders = [one for one in [path, *path.rglob("*")] if one.is_dir()]
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o700 for one in folders)


@KINDS
def test_threads_and_processes_do_not_get_into_each_others_way(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "box"
    code = (
        "import sys, threading\n"
        "from pathlib import Path\n"
        "from advocacy.mail.smtp import *\n"
        "from advocacy.mail.smtp.server import Server\n"
        "server = Server(sys.argv[1], path=Path(sys.argv[2]))\n"
        "message = b'Subject: x\\r\\n\\r\\n' + b'x' * 70 * 1000 + b'\\r\\n'\n"
        "def run(n):\n"
        "    connection = connect(server)\n"
        "    for i in range(5):\n"
        "        e = Envelope('a@b.example', f'{sys.argv[3]}-{n}-{i}@x.example', message)\n"
        "        assert connection.send(e).verdict == 'sent'\n"
        "threads = [threading.Thread(target=run, args=(n,)) for n in range(3)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, kind, str(path), str(n)]) for n in range(3)
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    messages = read(kind, path)
    assert len({one["Delivered-To"] for one in messages}) == len(messages) == 45
    assert all(len(str(one.get_payload()).strip()) == 70_000 for one in messages)


@KINDS
def test_a_place_that_is_something_else_stops_with_the_cure(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "documents"
    path.mkdir()
    (path / "thesis.txt").write_text("mine")
    connection = connect(server(kind, path))
    opened, sent = connection.open(), connection.send(envelope())
    for reply in (opened, sent):
        assert reply is not None
        assert reply.verdict is Verdict.DEFERRED
        assert reply.stop is not None
        assert reply.stop.code == "mailbox-unusable"
    assert [one.name for one in path.iterdir()] == ["thesis.txt"]


@KINDS
def test_a_message_that_breaks_the_rules_is_kept_nowhere(kind: str, tmp_path: Path) -> None:
    reply = connect(server(kind, tmp_path / "box")).send(envelope(message=b"a\nb\r\n"))
    assert reply.verdict is Verdict.REFUSED
    assert not (tmp_path / "box").exists()


def test_an_mbox_that_another_program_holds_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "box"
    code = (
        "import fcntl, sys\n"
        "file = open(sys.argv[1], 'a+')\n"
        "fcntl.lockf(file, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        replies: list[SmtpReply] = []
        thread = threading.Thread(
            target=lambda: replies.append(connect(server("mbox", path)).send(envelope()))
        )
        thread.start()
        thread.join(0.2)
        assert (replies, path.read_bytes()) == ([], b"")
        holder.stdin.close()
        thread.join(10)
    assert [one.verdict for one in replies] == [Verdict.SENT]


def failing(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> None:
    """Let a call of the system fail so many times, as on a full disk."""
    real: Callable[..., object] = getattr(os, name)
    left = [times]

    def call(*arguments: object) -> object:
        if left[0]:
            left[0] -= 1
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(os, name, call)


@KINDS
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_keeps_nothing_and_is_told(
    kind: str, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "box"
    connection = connect(server(kind, path))
    assert connection.send(envelope("a@parks.example")).verdict is Verdict.SENT
    failing(monkeypatch, call, 1)
    reply = connection.send(envelope("b@parks.example"))
    assert reply.verdict is Verdict.DEFERRED
    assert "No space left" in reply.text
    assert connection.send(envelope("c@parks.example")).verdict is Verdict.SENT
    found = {one["Delivered-To"] for one in read(kind, path)}
    assert found == {"a@parks.example", "c@parks.example"}
    assert kind == "mbox" or list((path / "tmp").iterdir()) == []


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_a_message_that_may_be_there_is_not_called_unsent(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "box"
    connection = connect(server(kind, path))
    connection.open()
    real, calls = os.fsync, [0]

    def fsync(descriptor: int) -> None:
        calls[0] += 1
        if calls[0] == (2 if kind == "maildir" else 1):
            raise OSError(errno.EIO, "Input/output error")
        real(descriptor)

    def truncate(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "ftruncate", truncate)
    assert connection.send(envelope()).verdict is Verdict.UNCERTAIN


def test_an_mbox_cut_off_by_a_crash_takes_more_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "box"
    connection = connect(server("mbox", path))
    connection.send(envelope("a@parks.example"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    connection.send(envelope("b@parks.example"))
    messages = read("mbox", path)
    assert len(messages) == 3
    assert messages[-1]["Delivered-To"] == "b@parks.example"


def test_a_maildir_that_vanishes_is_made_anew(tmp_path: Path) -> None:
    import shutil

    path = tmp_path / "box"
    connection = connect(server("maildir", path))
    assert connection.send(envelope()).verdict is Verdict.SENT
    shutil.rmtree(path)
    replies: list[SmtpReply] = [connection.send(envelope()) for _ in range(2)]
    assert [one.verdict for one in replies] == [Verdict.DEFERRED, Verdict.SENT]


def test_many_threads_share_a_maildir(tmp_path: Path) -> None:
    connection = connect(server("maildir", tmp_path / "box"))
    threads = [
        threading.Thread(target=lambda: [connection.send(envelope()) for _ in range(20)])
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list((tmp_path / "box" / "new").iterdir())) == 100
