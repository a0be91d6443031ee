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
from collections.abc import Callable, Iterable, Mapping
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
"""What is read of a request's body; valid requests have a few hundred bytes."""
MOST_PASSED_OVER = 16 * 1024 * 1024
"""A longer body is passed over up to here: a client that is cut off would see no answer."""
AROUND_A_LINK = " \t<>()[]{}.,;:!?'\"/"
"""What mail programs take for a part of the link that it stands in or before."""
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

    ticket = None
    if method not in ("GET", "HEAD", "POST"):
        return answer("wrong", "405 Method Not Allowed", ("Allow", "GET, HEAD, POST"))
    ticket = unseal(settings.keys, _token(environ))
    if method != "POST":
        return answer("ask", "200 OK") if ticket else answer("wrong", "404 Not Found")
    try:
        body, is_whole = _body(environ)
    except OSError:  # it did not come in time
        return answer("wrong", "408 Request Timeout")
    how = _how(body, str(environ.get("CONTENT_TYPE", "")))
    if how is None and not is_whole:
        return answer("wrong", "413 Content Too Large")
    if ticket is None:
        return answer("wrong", "404 Not Found")
    if how is None:
        return answer("ask", "400 Bad Request")
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


def _token(environ: Environ) -> str:
    """The token: the parameter `u` where there is one, else the last part of the path.

    Mail programs take a full stop or a bracket after a link for a part of it.
    """
    query = str(environ.get("QUERY_STRING", ""))[:4096]
    try:
        found = parse_qs(query, max_num_fields=50).get(PARAMETER)
    except ValueError:
        found = None
    if found:
        return found[0].strip(AROUND_A_LINK)
    path = str(environ.get("PATH_INFO", "")).rstrip(AROUND_A_LINK)
    return path.rpartition("/")[2].lstrip(AROUND_A_LINK)


def _body(environ: Environ) -> tuple[bytes, bool]:
    """The beginning of the request's body, and whether that is all of it."""
    written = str(environ.get("CONTENT_LENGTH") or "")
    if written.isascii() and written.isdecimal():
        length = int(written[:10])
    elif environ.get("wsgi.input_terminated"):
        length = MOST_PASSED_OVER  # sent in chunks, which the server has put together
    else:
        return b"", True
    if length > MOST_PASSED_OVER:
        return b"", False
    stream = environ["wsgi.input"]
    body: bytes = stream.read(min(length, MOST_BYTES))
    more, left = b" ", length - len(body)
    while left and more:
        more = stream.read(min(left, MOST_BYTES))
        left -= len(more)
    whole = left == length - len(body)
    return body, whole


def _how(body: bytes, content_type: str) -> str | None:
    """What kind of request a body is: `one-click`, `page`, or None for neither."""
    if content_type.lstrip().lower().startswith("multipart/form-data"):
        return "one-click" if _ONE_CLICK.search(body) else None
    try:
        fields = parse_qs(body.decode("ascii", "replace"), max_num_fields=50)
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

    class Handler(WSGIRequestHandler):
        timeout = SECONDS_AT_MOST

        def log_message(self, *_: object) -> None:
            """Log nothing: the address holds the token."""

    return make_server("127.0.0.1", port, answers, Server, Handler)


SECONDS_AT_MOST = 10


def main() -> None:
    """Serve the page on this machine, to try it: http://127.0.0.1:8025/."""
    _settings()  # what is missing is said before anything listens
    port = int(os.environ.get("PORT", "8025"))
    with local_server(port) as server:
        print(f"http://127.0.0.1:{port}/ (press Ctrl-C to stop)", flush=True)  # noqa: T201 - a program
        server.serve_forever()


if __name__ == "__main__":
    import sys

    try:
        main()
    except AdvocacyError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
