"""Running the page: a port of this machine, an address with a token, a browser."""

import secrets
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from advocacy.errors import AdvocacyError, Problem
from advocacy.preview.app import Application
from advocacy.preview.guard import Guard
from advocacy.preview.studio import Studio

HERE = "127.0.0.1"


class _Server(uvicorn.Server):
    """A server that ends its long answers before it waits for them."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take Ctrl-C and its like for the way to end: they are not raised again afterwards."""
        before = {sig: signal.signal(sig, self.handle_exit) for sig in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note that it is to end."""
        self._closing()
        super().handle_exit(sig, frame)


def serve(
    campaign: Path,
    *,
    told: Callable[[str], None],
    templates: Path | None = None,
    port: int = 0,
    read_only: bool = False,
    open_browser: bool = True,
) -> None:
    """Show a campaign on a page of this machine until somebody ends it.

    `told` is given the page's address as soon as it answers; Ctrl-C ends it. Raises AdvocacyError
    where the port is taken.
    """
    listening = _listening(port)
    token = secrets.token_urlsafe(24)
    port = listening.getsockname()[1]
    address = f"http://{HERE}:{port}/{token}/"
    studio = Studio(campaign, templates)
    studio.press.warm()
    application = Application(studio, read_only=read_only)
    config = uvicorn.Config(
        Guard(application.asgi, token, port),
        log_level="error",
        access_log=False,
        lifespan="on",
        ws="none",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config, application.close)
    told(address)
    if open_browser:
        # A text browser would wait for its end; the server must answer it meanwhile.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
        studio.close()


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HERE, port))
        listening.listen(64)
    except (OSError, OverflowError) as error:
        listening.close()
        raise AdvocacyError(
            Problem(
                "port-taken",
                f"The port {port} of this machine cannot be used: "
                f"{getattr(error, 'strerror', None) or error}.".replace("..", "."),
                "Leave out `--port`, and a free one is taken.",
            )
        ) from error
    return listening
