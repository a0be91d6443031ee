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
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from advocacy.documents.headers import ascii_domain
from advocacy.errors import AdvocacyError, Problem, nearest

VARIABLE = "ADVOCACY_SMTP"
_EXAMPLE = f"{VARIABLE}=smtps://user@smtp.example.org"
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
        raise _refused(
            "no-server",
            f"No mail server is named: {source} is not set.",
            f"Type: export {_EXAMPLE}",
        )
    bad = partial(_refused, "bad-server")
    if text[0] in "\"'":
        raise bad(f"{source} begins with a quotation mark.", f"Write it without: {_EXAMPLE}")
    if re.search(r"[\x00-\x20\x7f-\xa0]", text):
        raise bad(
            f"{source} has a space or a control character in it.",
            "Write %20 for a space in a path; a host name has none.",
        )
    scheme, colon, rest = text.partition(":")
    scheme = scheme.lower()
    if not colon or not (scheme in _SCHEMES or rest.startswith("//")):
        raise bad(
            f"{source} does not say how the server is spoken to.",
            f"Begin with one of {_listed(_SCHEMES)}, such as {_EXAMPLE}",
        )
    if scheme not in _SCHEMES:
        raise _unknown_scheme(scheme, source)
    if kind := _PATHS.get(scheme):
        return Server(kind, path=_path(scheme, rest, source))
    if not rest.startswith("//"):
        raise bad(f"{source} lacks the two slashes after `{scheme}:`.", f"As in {_EXAMPLE}")
    return _network_server(scheme, rest[2:], source)


def server_of(environ: Mapping[str, str] = os.environ) -> Server:
    """The server that ADVOCACY_SMTP names. Raises AdvocacyError as `server_from` does."""
    return server_from(environ.get(VARIABLE))


def _network_server(scheme: str, rest: str, source: str) -> Server:
    """`rest` follows the slashes. Nothing of it is printed before the last @ is off."""
    bad = partial(_refused, "bad-server")
    info, at, place = rest.rpartition("@")
    if ":" in info:
        raise _refused(
            "password-in-url",
            f"{source} has a password in it, or what looks like one. It was not used.",
            "Take it out of the URL and change it, for it may have been seen. Then name it by "
            "ADVOCACY_SMTP_PASSWORD or keep it in a keyring, and write an @ or : in the user's "
            "name as %40 or %3A.",
        )
    user = unquote(info)
    if at and (not user or not user.isprintable() or set(user) & set("/?#")):
        raise bad(
            f"{source} has no user's name before the @, or one with characters that none has.",
            f"As in {_EXAMPLE}; without a user, leave the @ out.",
        )
    place = place[:-1] if place.endswith("/") else place
    if found := re.search(r"[/?#]", place):
        raise bad(
            f"{source} goes on with `{found[0]}` after the host.",
            f"It ends with the host or the port, as in {_EXAMPLE}:465",
        )
    host, port = _host_and_port(place, source)
    if port == _TLS_PORT and scheme == "smtp":
        raise bad(
            f"{source} says smtp:// with port 465, on which servers speak TLS from the first byte.",
            f"Write smtps://{host}:465",
        )
    if port in (_SUBMISSION_PORT, _RELAY_PORT) and scheme == "smtps":
        raise bad(
            f"{source} says smtps:// with port {port}, on which servers begin without TLS.",
            f"Write smtp://{host}:{port} (STARTTLS is used, and required), or smtps://{host}:465",
        )
    local_port = _RELAY_PORT if _is_loopback(host) else _SUBMISSION_PORT
    default = _TLS_PORT if scheme == "smtps" else local_port
    return Server("smtps" if scheme == "smtps" else "smtp", host, port or default, user or None)


def _host_and_port(place: str, source: str) -> tuple[str, int]:
    bad = partial(_refused, "bad-server")
    if place.startswith("["):
        host, bracket, rest = place[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")) or not _is_ip(host, 6):
            raise bad(f"{source} has an IPv6 address that is none.", "As in smtp://[::1]:2525")
        return host, _port(rest[1:], source) if rest else 0
    if place.count(":") > 1:
        raise bad(
            f"{source} has more than one colon after the @.",
            "An IPv6 address stands in brackets: smtp://[2001:db8::1]:587",
        )
    host, colon, port = place.partition(":")
    if not host:
        raise bad(f"{source} names no host.", f"As in {_EXAMPLE}")
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
        raise _refused(
            "bad-server", f"{source} has a host that cannot be one.", f"As in {_EXAMPLE}"
        )
    return host


def _port(port: str, source: str) -> int:
    if re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65536:
        return int(port)
    raise _refused(
        "bad-server",
        f"{source} has a port that is none.",
        "Ports are numbers from 1 to 65535: 465 for smtps, 587 for smtp.",
    )


def _path(scheme: str, rest: str, source: str) -> Path:
    bad = partial(_refused, "bad-server")
    if rest.startswith("//"):
        host, _, after = rest[2:].partition("/")
        if host not in ("", "localhost"):
            raise bad(
                f"{source} names a host, and a {scheme} is on this machine.",
                f"Write three slashes, or one: {scheme}:/path",
            )
        rest = f"/{after}"
    path = unquote(rest)
    if path.startswith("~"):
        raise bad(
            f"{source} has a path that begins with ~, which nobody expands here.",
            f'Write {scheme}:$HOME/… in "double quotation marks", or the whole path.',
        )
    if not path.startswith("/") or path.strip("/") == "":
        raise bad(
            f"{source} needs a whole path, from the root.", f"As in {scheme}:/home/me/letters"
        )
    if not path.isprintable():
        raise bad(
            f"{source} has a path with characters that nobody can see.",
            f"As in {scheme}:/home/me/letters",
        )
    return Path(path)


def _unknown_scheme(scheme: str, source: str) -> AdvocacyError:
    near = nearest(scheme, _SCHEMES)
    hint = f"Did you mean {near}:? " if near else ""
    if scheme in ("ssl", "tls", "smtp+ssl", "smtp+tls"):
        hint = "Write smtps:// for that. "
    elif scheme in ("smtp+starttls", "starttls", "submission"):
        hint = "Write smtp:// for that. "
    return _refused(
        "bad-server",
        f"{source} begins with what is no way to send mail.",
        f"{hint}There are {_listed(_SCHEMES)}, as in {_EXAMPLE}",
    )


def _refused(code: str, message: str, hint: str) -> AdvocacyError:
    return AdvocacyError(Problem(code, message, hint))


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}"


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
