"""Runs of the command line, forked from a process that has imported it.

Imports are most of a short command's time. A server process imports `advocacy` once and forks
itself for each run. A run is still a process of its own: it takes the arguments, folder,
environment, and streams asked for, and executes the package as `python -m advocacy` does.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

LARGEST_REQUEST = 100_000
HEAVY = [
    "advocacy.batch.campaigns",
    "advocacy.documents.email.message",
    "advocacy.documents.pdf.render",
]


class ForkedRun:
    """A run under way; the methods are those of `subprocess.Popen`."""

    def __init__(self, arguments: Sequence[str], answers: int) -> None:
        self.args = arguments
        self.returncode: int | None = None
        self._answers = open(answers, "rb", buffering=0)  # noqa: SIM115 - closed in `wait`
        self.pid = int(self._answers.readline())

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; the exit code, or the negative number of a signal."""
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(self._answers.readline())
            self._answers.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class ForkingServer:
    """The process that forks itself; it is started when it is needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: socket.socket | None = None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
            )  # fmt: skip
        return ours

    def begin(
        self, arguments: Sequence[str], cwd: Path, env: dict[str, str], streams: Sequence[int]
    ) -> ForkedRun:
        """Start `advocacy` in a session of its own.

        `streams` are its input, output, and errors. `run_cli` is for runs that only print.
        """
        self._requests = self._requests or self._start()
        request = {"arguments": arguments, "cwd": str(cwd), "env": env}
        reading, writing = os.pipe()
        socket.send_fds(self._requests, [json.dumps(request).encode()], [*streams, writing])
        os.close(writing)
        return ForkedRun(arguments, reading)

    def run(
        self, arguments: Sequence[str], cwd: Path, env: dict[str, str], stdin: str, timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end; raises TimeoutExpired after `timeout` seconds."""
        with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
            given.write(stdin.encode())
            given.seek(0)
            run = self.begin(arguments, cwd, env, [given.fileno(), out.fileno(), err.fileno()])
            try:
                code = run.wait(timeout)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()
                raise
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(
                arguments, code, out.read().decode(), err.read().decode()
            )

    def close(self) -> None:
        """End the process."""
        if self._process is not None and self._requests is not None:
            self._requests.close()
            self._process.wait(timeout=60)


# --- in the server's own process ----------------------------------------------------------------


def _import_all() -> None:
    """Import the commands, and the libraries that they import when they need them."""
    from advocacy.cli.group import COMMANDS

    for name in [*(f"advocacy.cli.{command}" for command in COMMANDS), *HEAVY]:
        with contextlib.suppress(ImportError):  # an optional library; the command says what it is
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _wait_for_run(requests: socket.socket) -> bool:
    """Fork at each request: true in the process that is to run it, and false at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait below
    while True:
        message, descriptors, _, _ = socket.recv_fds(requests, LARGEST_REQUEST, 4)
        if not message:
            return False
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            requests.close()
            child = os.fork()
            if child == 0:
                break
            _report(child, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in a shell's background
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.dup2(descriptors[number], number)
        stream = open(  # noqa: SIM115 - it is the process's own
            number,
            "w" if number else "r",
            encoding="utf-8",
            errors="backslashreplace" if number == 2 else "strict",
            closefd=False,
        )
        stream.reconfigure(line_buffering=number == 2 or os.isatty(number))
        setattr(sys, name, stream)
    for descriptor in descriptors:
        os.close(descriptor)
    request = json.loads(message)
    sys.argv = ["advocacy", *request["arguments"]]
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    return True


def _report(child: int, descriptors: Sequence[int]) -> None:
    *streams, pipe = descriptors
    for stream in streams:  # who reads them waits for the end of the run alone
        os.close(stream)
    os.write(pipe, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(pipe, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    sys.path.pop(0)  # the tests' folder
    _import_all()
    if _wait_for_run(socket.socket(fileno=int(sys.argv[1]))):
        runpy.run_module("advocacy", run_name="__main__", alter_sys=True)
