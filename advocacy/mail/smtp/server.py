"""Where messages are handed over: a server, or a mailbox on this machine, by URL.

    smtps://user@smtp.example.org       TLS from the first byte, port 465 (RFC 8314, 3.3)
    smtp://user@smtp.example.org:587    STARTTLS, required unless the host is this machine
    smtp+unix:///run/smtp.sock          a socket of this machine
    maildir:/home/me/Mail               a folder of messages
    mbox:/home/me/letters.mbox          one file of messages

A URL never holds a password: it would stand in the shell's history and in the list of processes.
No message of this module repeats what may be one.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from advocacy.documents.headers import ascii_domain
from advocacy.errors import AdvocacyError, nearest
from advocacy.mail import problem

VARIABLE = "ADVOCACY_SMTP"
_SCHEMES = ("smtps", "smtp", "smtp+unix", "maildir", "mbox")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_TLS_PORT, _SUBMISSION_PORT, _RELAY_PORT = 465, 587, 25

Kind = Literal["smtp", "smtps", "unix", "maildir", "mbox"]
_PATHS: dict[str, Kind] = {"maildir": "maildir", "mbox": "mbox", "smtp+unix": "unix"}


@dataclass(frozen=True, slots=True)
class Server:
    """Where messages are handed over.

    `host` is a name in ASCII or an address without brackets. `path` is that of a socket, a
    Maildir or an mbox file.
    """

    kind: Kind
    host: str = ""
    port: int = 0
    user: str | None = None
    path: Path | None = None

    @property
    def is_local(self) -> bool:
        """Whether nothing that is handed over leaves this machine by itself."""
        return self.kind in ("unix", "maildir", "mbox") or _is_loopback(self.host)

    @property
    def is_mailbox(self) -> bool:
        """Whether messages are kept in a folder or file, with no server in between."""
        return self.kind in ("maildir", "mbox")

    @property
    def shown(self) -> str:
        """The URL, safe to print: it holds no password."""
        if self.path is not None:
            return f"{'smtp+unix' if self.kind == 'unix' else self.kind}:{self.path}"
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}://{user}{host}:{self.port}"


def server_from(url: str | None, *, source: str = VARIABLE) -> Server:
    """The server that a URL names; `source` is what the messages call the place of the URL.

    Raises AdvocacyError where there is none, or where it is written in a way that cannot be
    meant. Nothing is looked up and no file is touched.
    """
    text = (url or "").strip()
    if not text:
        raise AdvocacyError(problem("no-server", source=source))
    if text[0] in "\"'":
        raise _bad("url-quoted", source)
    if re.search(r"[\x00-\x20\x7f-\xa0]", text):
        raise _bad("url-spaced", source)
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not (scheme in _SCHEMES or rest.startswith("//")):
        raise _bad("url-without-scheme", source)
    if scheme not in _SCHEMES:
        raise _unknown_scheme(scheme, source)
    if kind := _PATHS.get(scheme):
        return Server(kind, path=_path(scheme, rest, source))
    if not rest.startswith("//"):
        raise _bad("url-without-slashes", source, scheme=scheme)
    return _network_server(scheme, rest[2:], source)


def server_of(environ: Mapping[str, str] = os.environ) -> Server:
    """The server that ADVOCACY_SMTP names. Raises AdvocacyError as `server_from` does."""
    return server_from(environ.get(VARIABLE))


def _network_server(scheme: str, rest: str, source: str) -> Server:
    """`rest` follows the slashes. Nothing of it is printed before the last @ is off."""
    info, at, place = rest.rpartition("@")
    if ":" in info:
        raise AdvocacyError(problem("password-in-url", source=source))
    user = unquote(info)
    if at and (not user or not user.isprintable() or set(user) & set("/?#")):
        raise _bad("url-user", source)
    place = place[:-1] if place.endswith("/") else place
    if found := re.search(r"[/?#]", place):
        raise _bad("url-too-long", source, mark=found[0])
    host, port = _host_and_port(place, source)
    if port == _TLS_PORT and scheme == "smtp":
        raise _bad("port-with-tls", source, host=host)
    if port in (_SUBMISSION_PORT, _RELAY_PORT) and scheme == "smtps":
        raise _bad("port-without-tls", source, host=host, port=port)
    local_port = _RELAY_PORT if _is_loopback(host) else _SUBMISSION_PORT
    default = _TLS_PORT if scheme == "smtps" else local_port
    return Server("smtps" if scheme == "smtps" else "smtp", host, port or default, user or None)


def _host_and_port(place: str, source: str) -> tuple[str, int]:
    if place.startswith("["):
        host, bracket, rest = place[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")) or not _is_ip(host, 6):
            raise _bad("bad-ipv6", source)
        return host, _port(rest[1:], source) if rest else 0
    if place.count(":") > 1:
        raise _bad("url-colons", source)
    host, colon, port = place.partition(":")
    if not host:
        raise _bad("url-without-host", source)
    return _host(host, source), _port(port, source) if colon else 0


def _host(host: str, source: str) -> str:
    """The name in ASCII (IDNA 2008 with UTS 46, as for the domains of addresses)."""
    try:
        host = ascii_domain(host).removesuffix(".").lower()
    except UnicodeError:
        host = ""
    labels = host.split(".")
    looks_like_address = all(label.isdigit() for label in labels)
    if (
        len(host) > 253
        or not all(_LABEL.fullmatch(label) for label in labels)
        or (looks_like_address and not _is_ip(host, 4))
    ):
        raise _bad("bad-host", source)
    return host


def _port(port: str, source: str) -> int:
    if re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65536:
        return int(port)
    raise _bad("bad-port", source)


def _path(scheme: str, rest: str, source: str) -> Path:
    if rest.startswith("//"):
        host, _, after = rest[2:].partition("/")
        if host not in ("", "localhost"):
            raise _bad("path-with-host", source, scheme=scheme)
        rest = f"/{after}"
    path = unquote(rest)
    if path.startswith("~"):
        raise _bad("path-from-home", source, scheme=scheme)
    if not path.startswith("/") or path.strip("/") == "":
        raise _bad("path-not-whole", source, scheme=scheme)
    if not path.isprintable():
        raise _bad("path-unprintable", source, scheme=scheme)
    return Path(path)


def _unknown_scheme(scheme: str, source: str) -> AdvocacyError:
    near = nearest(scheme, _SCHEMES)
    hint = f"Did you mean {near}:? " if near else ""
    if scheme in ("ssl", "tls", "smtp+ssl", "smtp+tls"):
        hint = "Write smtps:// for that. "
    elif scheme in ("smtp+starttls", "starttls", "submission"):
        hint = "Write smtp:// for that. "
    return _bad("unknown-scheme", source, lead=hint)


def _bad(entry: str, source: str, **words: Any) -> AdvocacyError:
    return AdvocacyError(problem("bad-server", entry=entry, source=source, **words))


def _is_ip(host: str, version: int) -> bool:
    try:
        return ip_address(host).version == version
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
