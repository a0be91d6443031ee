"""Servers to measure mailing against: Postfix's sink, its own client as the limit, a slow one."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def sink() -> Iterator[int]:
    """Postfix's `smtp-sink` on a free port of loopback: takes everything, keeps nothing."""
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(["smtp-sink", *user, f"127.0.0.1:{port}", "100"])
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def smtp_source(port: int, messages: int, size: int, connections: int) -> float:
    """Messages a second that Postfix's `smtp-source` hands over on kept connections."""
    start = time.perf_counter()
    subprocess.run(
        ["smtp-source", "-d", "-s", str(connections), "-m", str(messages), "-l", str(size),
         f"127.0.0.1:{port}"],
        check=True,
    )  # fmt: skip
    return messages / (time.perf_counter() - start)


@contextmanager
def slow_sink(seconds: float) -> Iterator[int]:
    """A server that answers the end of each message after a while; keeps nothing."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)

    def serve(sock: socket.socket) -> None:
        with sock, suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.sendall(b"220 slow\r\n")
            stream = sock.makefile("rb")
            while line := stream.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    sock.sendall(b"354 go\r\n")
                    while stream.readline() not in (b".\r\n", b""):
                        pass
                    time.sleep(seconds)
                sock.sendall(b"250 ok\r\n" if verb != b"QUIT" else b"221 bye\r\n")

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise TimeoutError(port)
