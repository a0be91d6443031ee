"""Who may ask: this machine's browser, at the address that was printed, from that page alone.

Running the page: a port of this machine, an address with a token, a browser.
"""

import secrets
import signal
import socket
import threading
import webbrowser
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from advocacy.errors import AdvocacyError, Problem
from advocacy.preview.app import Application
from advocacy.preview.studio import PreviewState

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COMMON = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
_PLACES = ("127.0.0.1", "localhost")


class AccessGuard:
    """Passes to the application what may be asked; everything else is refused.

    The token in the address keeps out other users of the machine and other pages; the Host header
    keeps out pages that give this machine's address a name of their own (DNS rebinding); the
    Origin keeps out forms and scripts of other pages. There are no CORS headers.
    """

    def __init__(self, app: App, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = {f"{place}:{port}".encode() for place in _PLACES}
        self._origins = {b"http://" + host for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on with the token taken off its path."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(send, *refusal)
            return
        root = f"/{self._token.decode()}"
        inner = {**scope, "path": scope["path"].removeprefix(root), "root_path": ""}
        inner["raw_path"] = inner["path"].encode()

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *COMMON]
            await send(message)

        await self._app(inner, receive, with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        if headers.get(b"host") not in self._hosts:
            return 421, "This is not the page's address."
        token, slash, _ = scope["path"].removeprefix("/").partition("/")
        if not slash or not secrets.compare_digest(token.encode(), self._token):
            return 404, "Open the address that `advocacy preview` printed, all of it."
        origin = headers.get(b"origin")
        if origin is not None and origin not in self._origins:
            return 403, "Another page may not ask this."
        if headers.get(b"sec-fetch-site", b"none") not in (b"same-origin", b"none"):
            return 403, "Another page may not ask this."
        if scope["method"] not in ("GET", "HEAD") and origin is None:
            return 403, "Only the page itself may change anything."
        return None


async def _refuse(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *COMMON]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{words}\n".encode()})


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
    studio = PreviewState(campaign, templates)
    studio.press.warm()
    application = Application(studio, read_only=read_only)
    config = uvicorn.Config(
        AccessGuard(application.asgi, token, port),
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
