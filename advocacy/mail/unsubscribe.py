"""The unsubscribe page: a WSGI application for any host that runs Python.

    gunicorn advocacy.mail.unsubscribe:application
    python3 -m advocacy.mail.unsubscribe          (to try it on this machine)

GET and HEAD show a page with a button and change nothing, since link scanners follow every link
of a letter. POST unsubscribes: what a mail program sends by itself (RFC 8058: the form field
`List-Unsubscribe=One-Click`, as multipart or urlencoded), or the page's own button. Each
request is appended to a file, which `advocacy suppress import` reads.

The environment says the rest: ADVOCACY_KEY (as where the letters are sent), ADVOCACY_UNSUBSCRIBED
(the file), and, shown on the page, ADVOCACY_UNSUBSCRIBE_NAME (the organisation) and
ADVOCACY_UNSUBSCRIBE_CONTACT (an email address). The standard library is enough, so the host needs
none of the libraries that make letters.

What a request says is trusted in nothing but a token that the key has made. Nothing of a
request is logged: neither addresses nor tokens.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from advocacy.errors import AdvocacyError
from advocacy.mail import problem
from advocacy.mail.consent.requests_file import append_request
from advocacy.mail.consent.tokens import PARAMETER, Keys, Ticket, require_keys, unseal
from advocacy.mail.consent.unsubscribe_page import POLICY, accepted_language, page

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer

Environ = Mapping[str, Any]
StartResponse = Callable[..., Any]
MOST_BYTES = 8192
"""What is kept of a request's body; most valid requests have a few hundred bytes."""
MOST_PASSED_OVER = 16 * 1024 * 1024
"""A longer body is passed over up to here: a client that is cut off would see no answer."""
MOST_TOKENS = 5
"""The number of texts in an address that are tried as its token."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,}")
OVERLAP = 2048
"""Bytes that two parts of a body have in common, lest a field between them is missed."""
_ONE_CLICK_FIELD = re.compile(
    rb"[&\r\n]List-Unsubscribe=\s{0,20}One-Click\s{0,20}[&\r\n]", re.IGNORECASE
)
_ONE_CLICK = re.compile(
    rb'name="?List-Unsubscribe"?[^\r\n]{0,200}\r?\n(?:[^\r\n]{1,200}\r?\n){0,5}\r?\n\s{0,20}One-Click',
    re.IGNORECASE,
)
_HEADERS = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex"),
]


@dataclass(frozen=True, slots=True)
class UnsubscribeSettings:
    """What a page needs: keys, the file of requests, and what it shows of the sender."""

    keys: Keys
    requests: Path
    name: str = ""
    contact: str = ""


def settings_from(environ: Mapping[str, str] | None = None) -> UnsubscribeSettings:
    """The settings of the environment. Raises AdvocacyError for what is missing or wrong."""
    environ = os.environ if environ is None else environ
    keys = require_keys("open the tokens of unsubscribe addresses")
    path = environ.get("ADVOCACY_UNSUBSCRIBED", "").strip()
    contact = environ.get("ADVOCACY_UNSUBSCRIBE_CONTACT", "").strip()
    if not path or not Path(path).parent.is_dir():
        raise AdvocacyError(problem("no-requests-file"))
    if contact and not re.fullmatch(r"[^\s@<>\"&?%]+@[^\s@<>\"&?%]+", contact):
        raise AdvocacyError(problem("bad-email", entry="bad-contact"))
    name = " ".join(environ.get("ADVOCACY_UNSUBSCRIBE_NAME", "").split())
    return UnsubscribeSettings(keys, Path(path), name, contact)


def make_application(
    settings: UnsubscribeSettings,
) -> Callable[[Environ, StartResponse], Iterable[bytes]]:
    """A WSGI application with these settings."""
    return partial(_answer, settings)


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application with the settings of the environment."""
    try:
        settings = _settings()
    except AdvocacyError as error:
        print(error, file=environ["wsgi.errors"])
        return _page("failed", "500 Internal Server Error", environ, start_response)
    return _answer(settings, environ, start_response)


@lru_cache(maxsize=1)
def _settings() -> UnsubscribeSettings:
    return settings_from()


def _answer(
    settings: UnsubscribeSettings, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    method = environ.get("REQUEST_METHOD", "")

    def answer(kind: str, status: str, *headers: tuple[str, str]) -> Iterable[bytes]:
        return _page(kind, status, environ, start_response, settings, ticket, headers)

    ticket = _find_ticket(settings.keys, environ)
    # Whatever else is wrong with a request, the page never calls a link wrong that works.
    kind = "wrong" if ticket is None else "ask"
    if method not in ("GET", "HEAD", "POST"):
        return answer(kind, "405 Method Not Allowed", ("Allow", "GET, HEAD, POST"))
    if method != "POST":
        return answer(kind, "200 OK" if ticket else "404 Not Found")
    try:
        body = _read_body(environ)
    except OSError:  # it did not come in time
        return answer(kind, "408 Request Timeout")
    how = _how(body, str(environ.get("CONTENT_TYPE", "")))
    if ticket is None:
        return answer(kind, "404 Not Found")
    if how is None:
        return answer(kind, "413 Content Too Large" if body.is_long else "400 Bad Request")
    try:
        append_request(settings.requests, ticket, how)
    except OSError as error:
        message = f"advocacy: {settings.requests} cannot be written: {error.strerror}"
        print(message, file=environ["wsgi.errors"])
        return answer("failed", "503 Service Unavailable", ("Retry-After", "300"))
    return answer("done", "200 OK")


def _page(
    kind: str,
    status: str,
    environ: Environ,
    start_response: StartResponse,
    settings: UnsubscribeSettings | None = None,
    ticket: Ticket | None = None,
    headers: Iterable[tuple[str, str]] = (),
) -> Iterable[bytes]:
    """Answer with a page, in the letter's language or else the browser's."""
    language = (
        ticket.language if ticket else accepted_language(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    )
    text = page(
        kind,
        language,
        address=ticket.address if ticket else "",
        name=settings.name if settings else "",
        contact=settings.contact if settings else "",
    )
    data = text.encode("utf-8", "replace")
    start_response(status, [*_HEADERS, ("Content-Length", str(len(data))), *headers])
    return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else data]


def _find_ticket(keys: Keys, environ: Environ) -> Ticket | None:
    """What the token says: the parameter `u` where there is one, else one in the path.

    Mail programs take what follows a link for a part of it, such as a full stop, a bracket, a
    closing quotation mark, or `&gt;`. So a token is whatever its characters make up.
    """
    query = str(environ.get("QUERY_STRING", ""))[:4096]
    try:
        found = parse_qs(query, max_num_fields=50).get(PARAMETER)
    except ValueError:
        found = None
    text = found[0] if found else str(environ.get("PATH_INFO", ""))[-4096:]
    for run in reversed(_TOKEN.findall(text)[-MOST_TOKENS:]):
        for token in dict.fromkeys((run, run.strip("_-"))):
            ticket = unseal(keys, token)
            if ticket is not None:
                return ticket
    return None


@dataclass(slots=True)
class _Body:
    """The body of a request: its beginning, whether there is more, and whether it unsubscribes.

    A mail program's `One-Click` may stand behind megabytes, so it is looked for in all of it.
    """

    beginning: bytes = b""
    is_long: bool = False
    is_one_click: bool = False


def _read_body(environ: Environ) -> _Body:
    """Read the request's body, up to `MOST_PASSED_OVER` bytes. Raises OSError if it is too slow."""
    body, window, length = _Body(), b"&", 0
    for part in _parts(environ):
        length += len(part)
        if len(body.beginning) < MOST_BYTES:
            body.beginning += part[: MOST_BYTES - len(body.beginning)]
        window = window[-OVERLAP:] + part
        body.is_one_click = body.is_one_click or bool(_ONE_CLICK.search(window) or _in_form(window))
        if length > MOST_PASSED_OVER:
            break
    body.is_one_click = body.is_one_click or _in_form(window[-OVERLAP:] + b"&")
    body.is_long = length > MOST_BYTES
    return body


def _in_form(window: bytes) -> bool:
    return bool(_ONE_CLICK_FIELD.search(window))


def _parts(environ: Environ) -> Iterator[bytes]:
    """The request's body in parts, however its length is told."""
    written = str(environ.get("CONTENT_LENGTH") or "")
    stream = environ["wsgi.input"]
    if written.isascii() and written.isdecimal():
        left = min(int(written[:10]), MOST_PASSED_OVER + 1)
    elif environ.get("wsgi.input_terminated"):
        left = MOST_PASSED_OVER + 1  # sent in chunks, which the server has put together
    else:
        if str(environ.get("HTTP_TRANSFER_ENCODING", "")).strip().lower() == "chunked":
            yield from _chunks(stream)
        return
    while left:
        part = stream.read(min(left, MOST_BYTES))
        if not part:
            return
        left -= len(part)
        yield part


def _chunks(stream: Any) -> Iterator[bytes]:
    """A body in chunks (RFC 9112, 7.1), of which a plain server passes on every byte."""
    while True:
        size = stream.readline(1000).partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", size) or not int(size, 16):
            return
        left = int(size, 16)
        while left:
            part = stream.read(min(left, MOST_BYTES))
            if not part:
                return
            left -= len(part)
            yield part
        stream.readline(1000)


def _how(body: _Body, content_type: str) -> str | None:
    """What kind of request a body is: `one-click`, `page`, or None for neither."""
    is_multipart = content_type.lstrip().lower().startswith("multipart/form-data")
    if is_multipart or body.is_long:
        return "one-click" if body.is_one_click else None
    try:
        fields = parse_qs(body.beginning.decode("ascii", "replace"), max_num_fields=50)
    except ValueError:
        return None
    if any(value.strip().lower() == "one-click" for value in fields.get("List-Unsubscribe", [])):
        return "one-click"
    return "page" if fields.get("confirm") == ["yes"] else None


def local_server(
    port: int, answers: Callable[[Environ, StartResponse], Iterable[bytes]] = application
) -> "WSGIServer":
    """A server on this machine's port, which logs nothing of a request.

    Each request has a thread of its own, and ten seconds, so that a slow client holds up no other.
    """
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing of clients that are slow or go away: there is nothing to do."""
            if not isinstance(sys.exc_info()[1], OSError):
                super().handle_error(request, client_address)

    class Handler(WSGIRequestHandler):
        timeout = SECONDS_AT_MOST

        def log_message(self, *_: object) -> None:
            """Log nothing: the address holds the token."""

    return make_server("127.0.0.1", port, answers, Server, Handler)


SECONDS_AT_MOST = 10


def main() -> None:
    """Serve the page on this machine, to try it: http://127.0.0.1:8025/."""
    if len(sys.argv) > 1:
        print(__doc__.strip())  # noqa: T201 - a program
        sys.exit(0 if {"-h", "--help"} & set(sys.argv[1:]) else 2)
    _settings()  # what is missing is said before anything listens
    port = int(os.environ.get("PORT", "8025"))
    with local_server(port) as server:
        print(f"http://127.0.0.1:{port}/ (press Ctrl-C to stop)", flush=True)  # noqa: T201 - a program
        server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except AdvocacyError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
