"""A process that has imported `advocacy` once and forks itself for each run of the command line.

Imports are most of a short command's time. Each run is still a process of its own: its child takes
the arguments, folder, environment, and streams asked for, and executes the package as
`python -m advocacy` does. The `run_cli` fixture of `tests/conftest.py` starts one for each worker.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import time

LARGEST_REQUEST = 100_000
HEAVY = [
    "advocacy.batch.campaigns",
    "advocacy.documents.email.message",
    "advocacy.documents.pdf.render",
]


def import_all() -> None:
    """Import the commands, and the libraries that they import when they need them."""
    from advocacy.cli.group import COMMANDS

    for name in [*(f"advocacy.cli.{command}" for command in COMMANDS), *HEAVY]:
        with contextlib.suppress(ImportError):  # an optional library; the command says what it is
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def wait_for_run(requests: socket.socket) -> bool:
    """Fork at each request; returns true in the children, which are to run it, and false at the end.

    A request is one JSON message with `arguments`, `cwd`, and `env`, and four descriptors: the
    streams of the run, and a pipe for the child's number and its exit status.
    """
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
            _report(child, descriptors[3])
        for descriptor in descriptors:
            os.close(descriptor)
    for number, descriptor in enumerate(descriptors):
        if number < 3:
            os.dup2(descriptor, number)
        os.close(descriptor)
    request = json.loads(message)
    sys.argv = ["advocacy", *request["arguments"]]
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    return True


def _report(child: int, pipe: int) -> None:
    os.write(pipe, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(pipe, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    sys.path.pop(0)  # the tests' folder
    import_all()
    if wait_for_run(socket.socket(fileno=int(sys.argv[1]))):
        runpy.run_module("advocacy", run_name="__main__", alter_sys=True)
