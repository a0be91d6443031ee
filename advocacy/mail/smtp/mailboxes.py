"""Mailboxes on this machine in place of a server: a Maildir, or an mbox file.

What is SENT is on the disk, whole, with mode 0600, and only then. A message is kept as it would
have traveled, under the trace headers of a final delivery (RFC 5321, 4.4): Return-Path and
Delivered-To.
"""

import contextlib
import fcntl
import os
import re
import socket
import threading
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from advocacy.errors import Problem
from advocacy.mail.smtp.judging import Envelope, SmtpReply, Verdict
from advocacy.mail.smtp.server import Server
from advocacy.mail.smtp.wire import fault_of

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_MAILDIR = ("tmp", "new", "cur")
_numbers = count()
# Locks on files are a process's, not a thread's.
_mbox_lock = threading.Lock()


class MaildirConnection:
    """Each message in a file of its own, as maildir(5) has it."""

    def __init__(self, server: Server) -> None:
        self._server, self._folder = server, _path_of(server)
        self._ready = False

    def open(self) -> SmtpReply | None:
        """Make the folder and its three, where they are not there."""
        folder = self._folder
        try:
            there = set(os.listdir(folder)) if folder.is_dir() else set()
            if there and there.isdisjoint(_MAILDIR):
                return _unusable(self._server, "it is a folder, but not a Maildir")
            for name in ("", *_MAILDIR):
                (folder / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            return _unusable(self._server, _words(error))
        self._ready = True
        return None

    def send(self, envelope: Envelope) -> SmtpReply:
        """Write it in `tmp`, and give it its name in `new` when it is on the disk."""
        fault = fault_of(envelope)
        if fault:
            return SmtpReply(Verdict.REFUSED, None, fault)
        failed = None if self._ready else self.open()
        if failed is not None:
            return failed
        # Time, process and number make the name unique on this machine.
        name = f"{time.time():.6f}.P{os.getpid()}Q{next(_numbers)}.{_host_name()}"
        written, final = self._folder / "tmp" / name, self._folder / "new" / name
        try:
            with _opened(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as descriptor:
                _write(descriptor, _kept(envelope))
                os.fsync(descriptor)
            written.rename(final)
        except OSError as error:
            with contextlib.suppress(OSError):
                written.unlink()
            self._ready = False
            return _unusable(self._server, _words(error))
        try:
            with _opened(final.parent, os.O_RDONLY | os.O_DIRECTORY) as descriptor:
                os.fsync(descriptor)
        except OSError as error:
            told = f"saved as {final.name}, but perhaps not written to disk: {_words(error)}"
            return SmtpReply(Verdict.UNCERTAIN, None, told)
        return SmtpReply(Verdict.SENT, None, f"saved as {final.name}")

    def close(self) -> None:
        """Nothing stays open."""

    def break_off(self) -> None:
        """There is no other side."""


class MboxConnection:
    """All messages in one file, the lines that look like the next one's first marked with `>`."""

    def __init__(self, server: Server) -> None:
        self._server, self._path = server, _path_of(server)

    def open(self) -> SmtpReply | None:
        """See that the file can be written to; it is made where it is not there."""
        try:
            with _opened(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND):
                return None
        except OSError as error:
            return _unusable(self._server, _words(error))

    def send(self, envelope: Envelope) -> SmtpReply:
        """Append it while nobody else does; where that fails, the file is as it was."""
        fault = fault_of(envelope)
        if fault:
            return SmtpReply(Verdict.REFUSED, None, fault)
        sender = envelope.sender or "MAILER-DAEMON"
        first = f"From {sender} {time.strftime('%a %b %d %H:%M:%S %Y', time.gmtime())}\n"
        data = first.encode() + _FROM.sub(rb">\1", _kept(envelope)) + b"\n"
        try:
            with _mbox_lock, _opened(self._path, os.O_RDWR | os.O_CREAT) as descriptor:
                fcntl.lockf(descriptor, fcntl.LOCK_EX)
                return self._append(descriptor, data)
        except OSError as error:
            return _unusable(self._server, _words(error))

    def _append(self, descriptor: int, data: bytes) -> SmtpReply:
        end = os.lseek(descriptor, 0, os.SEEK_END)
        # Whoever was cut off before us left no empty line.
        tail = os.pread(descriptor, 2, max(0, end - 2))
        gap = b"" if end == 0 or tail == b"\n\n" else b"\n" if tail.endswith(b"\n") else b"\n\n"
        try:
            _write(descriptor, gap + data)
            os.fsync(descriptor)
        except OSError as error:
            try:
                os.ftruncate(descriptor, end)
            except OSError:
                told = (
                    f"{self._server.shown}: {_words(error)}; a part of the message may have "
                    f"been written"
                )
                return SmtpReply(Verdict.UNCERTAIN, None, told, everyone=True)
            return _unusable(self._server, _words(error))
        return SmtpReply(Verdict.SENT, None, "kept")

    def close(self) -> None:
        """Nothing stays open."""

    def break_off(self) -> None:
        """There is no other side."""


def _kept(envelope: Envelope) -> bytes:
    """The message with its trace headers, its lines ended as files here end them."""
    trace = f"Return-Path: <{envelope.sender}>\nDelivered-To: {envelope.recipient}\n"
    return trace.encode() + envelope.message.replace(b"\r\n", b"\n")


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _unusable(server: Server, reason: str) -> SmtpReply:
    problem = Problem(
        "mailbox-unusable",
        f"{server.shown} cannot be written to: {reason}.",
        "Use a different one in ADVOCACY_SMTP, or free some space and check the permissions.",
    )
    return SmtpReply(Verdict.DEFERRED, None, problem.message, problem, everyone=True)


def _words(error: OSError) -> str:
    return error.strerror or str(error)


def _host_name() -> str:
    """With / and : written as maildir(5) wants them."""
    return socket.gethostname().replace("/", r"\057").replace(":", r"\072")


def _path_of(server: Server) -> Path:
    if server.path is None:
        raise ValueError(f"{server.kind} without a path")
    return server.path
