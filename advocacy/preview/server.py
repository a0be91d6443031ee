"""Run the page: a port of this machine, an address with a token, a guard, a browser."""

import os
import secrets
import signal
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.server import HANDLED_SIGNALS

from advocacy.files.cache import keep_fewer_results
from advocacy.preview.app import Application
from advocacy.preview.page_address import HOST, open_address
from advocacy.preview.state import PreviewState

COMMON_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
HOST_NAMES = ("127.0.0.1", "localhost")
KEPT_RESULTS = 16
"""How many letters' parts are kept: each edit makes new ones, and few letters are looked at."""


class AccessGuard:
    """Passes requests of the page's own scripts to the application, and refuses all others.

    The token in the address keeps out other users of the machine and other pages. The Host header
    keeps out pages whose own name was pointed at this machine (DNS rebinding). The Origin header
    keeps out forms and scripts of other pages. There are no CORS headers.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = {f"{place}:{port}".encode() for place in HOST_NAMES}
        self._origins = {b"http://" + host for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on with the token removed from its path."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            status, words = refusal
            response = PlainTextResponse(f"{words}\n", status)
            response.raw_headers += COMMON_HEADERS
            await response(scope, receive, send)
            return
        root = f"/{self._token.decode()}"
        inner = {**scope, "path": scope["path"].removeprefix(root), "root_path": ""}
        inner["raw_path"] = inner["path"].encode()

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *COMMON_HEADERS]
            await send(message)

        await self._app(inner, receive, with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {name.lower(): value for name, value in scope["headers"]}
        if headers.get(b"host") not in self._hosts:
            return 421, "The host name or port is not that of this page."
        token, slash, _ = scope["path"].removeprefix("/").partition("/")
        if not slash or not secrets.compare_digest(token.encode(), self._token):
            return 404, "Open the complete address that `advocacy preview` printed."
        origin = headers.get(b"origin")
        if origin is not None and origin not in self._origins:
            return 403, "Only this page may make this request."
        # The file that leads to the page, and a link in a mail, may open it as a page of its own.
        opens = scope["path"] == f"/{token}/" and headers.get(b"sec-fetch-dest") == b"document"
        site = headers.get(b"sec-fetch-site", b"none")
        if site not in (b"same-origin", b"none") and not (opens and scope["method"] == "GET"):
            return 403, "Only this page may make this request."
        if scope["method"] not in ("GET", "HEAD") and origin is None:
            return 403, "Only this page can make changes."
        return None


class _Server(uvicorn.Server):
    """A server that ends its event streams before it waits for open answers."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle Ctrl-C as the normal way to end, without raising it again afterwards."""
        before = {sig: signal.signal(sig, self.handle_exit) for sig in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the event streams, then the server."""
        self._closing()
        super().handle_exit(sig, frame)


def serve(
    campaign: Path,
    *,
    on_start: Callable[[str], None],
    templates: Path | None = None,
    port: int = 0,
    read_only: bool = False,
    real: bool = False,
    open_browser: bool = True,
) -> None:
    """Show a campaign on a page of this machine until Ctrl-C; `real` as of `PreviewState`.

    `on_start` is called with the page's address as soon as it can be opened. With `port` 0 it is
    the address of the last time, so that open tabs go on after a restart, or that of a free port.
    Raises AdvocacyError where the port cannot be used.
    """
    keep_fewer_results(KEPT_RESULTS)
    listener, token = open_address(campaign, port, remembered=not read_only)
    port = listener.getsockname()[1]
    address = f"http://{HOST}:{port}/{token}/"
    state = PreviewState(campaign, templates, real=real)
    state.page_process.warm()
    application = Application(state, read_only=read_only)
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
    on_start(address)
    if open_browser:
        # A text browser would wait for its end; the server must answer it meanwhile.
        page = _write_redirect(state.folder, address).as_uri()
        threading.Thread(target=webbrowser.open, args=(page,), daemon=True).start()
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
        state.close()


def _write_redirect(folder: Path, address: str) -> Path:
    """Write a page that leads to the address, for the browser to open.

    The command line of a browser can be read by every user of the machine, and the token in the
    address is secret; this file (mode 0600) can be read by its owner alone.
    """
    page = folder / "open.html"
    html = f'<!doctype html><meta http-equiv="refresh" content="0;url={address}"><title>…</title>'
    with open(page, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(html)
    return page
