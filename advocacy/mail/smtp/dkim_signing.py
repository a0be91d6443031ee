"""Signing messages with DKIM (RFC 6376), by an RSA or an Ed25519 key (RFC 8463).

The key comes from ADVOCACY_DKIM_KEY, a path outside the workspace or the PEM text itself; the
selector from ADVOCACY_DKIM_SELECTOR; the domain from ADVOCACY_DKIM_DOMAIN, or else it is that of
From. Canonicalization is relaxed/relaxed. Receivers ask that List-Unsubscribe and its Post be
signed (RFC 8058, 4). Headers that a reader goes by are signed once more than they are there, so
that nobody can add another; but a provider may add those of a list that has none.

The `cryptography` library signs in a fraction of a millisecond and knows both kinds of key.
"""

import base64
import hashlib
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from advocacy.errors import AdvocacyError, Problem
from advocacy.mail import problem

KEY, SELECTOR, DOMAIN = "ADVOCACY_DKIM_KEY", "ADVOCACY_DKIM_SELECTOR", "ADVOCACY_DKIM_DOMAIN"
_OVERSIGNED = ("from", "reply-to", "subject", "to", "cc", "list-unsubscribe",
               "list-unsubscribe-post")  # fmt: skip
_SIGNED = (*_OVERSIGNED, "date", "message-id", "mime-version", "content-type",
           "content-transfer-encoding", "content-language", "in-reply-to", "references",
           "auto-submitted", "precedence")  # fmt: skip
_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
_LEAST_BITS = 1024
_MAKE_ONE = "Create one: openssl genrsa -out dkim.pem 2048"
_SPACES = re.compile(rb"[ \t]+")
_HEADER = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r]|\r\n[ \t]|\r(?!\n))*)\r\n")

Algorithm = Literal["rsa-sha256", "ed25519-sha256"]


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A key to sign with. `domain` is None where it is that of each message's From."""

    selector: str
    domain: str | None
    algorithm: Algorithm
    _sign: Callable[[bytes], bytes] = field(repr=False, compare=False)


def dkim_key_of(
    environ: Mapping[str, str] = os.environ, workspace: Path | None = None
) -> DkimKey | None:
    """The key that the environment names; None where it names none.

    `workspace` is a folder in which no key may stand: it is shared. Raises AdvocacyError where
    the key, selector or domain cannot be used.
    """
    given = environ.get(KEY, "").strip()
    if not given:
        return None
    pem = given.replace("\\n", "\n") if "-----BEGIN" in given else _read(given, workspace)
    selector, domain = environ.get(SELECTOR, "").strip(), environ.get(DOMAIN, "").strip()
    if not _NAME.fullmatch(selector):
        message = (
            f"{SELECTOR} is missing." if not selector else f"{SELECTOR} is not a valid DNS label."
        )
        hint = (
            "The part before ._domainkey of the DNS record: `mail` of mail._domainkey.example.org"
        )
        raise _bad(message, hint)
    if domain and not _NAME.fullmatch(domain):
        raise _bad(
            f"{DOMAIN} is not a valid domain.",
            "Use a domain such as example.org, in ASCII, or unset the variable.",
        )
    algorithm, sign_bytes = _signer(pem.encode())
    return DkimKey(selector, domain.lower() or None, algorithm, sign_bytes)


def sign(message: bytes, key: DkimKey, *, now: float | None = None) -> bytes:
    """The message (with CRLF) under a signature of its own. It must not change after this.

    `now` is the time of signing in UTC epoch seconds. Raises ValueError for a message without a
    From.
    """
    head, _, body = message.partition(b"\r\n\r\n")
    headers = [(found[1].lower(), found[2]) for found in _HEADER.finditer(head + b"\r\n")]
    domain = key.domain or from_domain(message)
    if not domain:
        raise ValueError("a message without From cannot be signed")
    names = _to_sign([name.decode("ascii") for name, _ in headers])
    digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode("ascii")
    value = (
        f"v=1; a={key.algorithm}; c=relaxed/relaxed;\r\n"
        f" d={domain}; s={key.selector};\r\n"
        f" t={int(time.time() if now is None else now)};\r\n"
        f" h={_folded(names)};\r\n bh={digest};\r\n b="
    )
    hashed = _hashed(headers, names) + _relaxed_header(b"dkim-signature", value.encode())
    signature = base64.b64encode(key._sign(hashed)).decode("ascii")
    lines = "\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72))
    return f"DKIM-Signature: {value}{lines}\r\n".encode() + message


def from_domain(message: bytes) -> str:
    """The domain of a message's From, in small letters, or nothing."""
    head = message.partition(b"\r\n\r\n")[0]
    for found in _HEADER.finditer(head + b"\r\n"):
        if found[1].lower() == b"from":
            unfolded = found[2].replace(b"\r\n", b"").decode(errors="replace")
            return parseaddr(unfolded.strip())[1].rpartition("@")[2].lower()
    return ""


def misaligned(key: DkimKey, sender_domain: str) -> Problem | None:
    """The warning that a key's domain does not speak for From's (RFC 7489, 3.1.1), if so."""
    if key.domain is None or aligned(key.domain, sender_domain):
        return None
    return problem(
        "dkim-not-aligned",
        entry="dkim-would-not-align",
        signed=key.domain,
        domain=sender_domain,
    )


def aligned(one: str, other: str) -> bool:
    """Whether two domains belong together: one is the other or lies under it.

    It is a little stricter than DMARC's relaxed alignment, which compares organisational
    domains and needs the list of public suffixes for that.
    """
    one, other = one.lower(), other.lower()
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _to_sign(present: list[str]) -> list[str]:
    names = [name for name in present if name in _SIGNED or name.startswith("list-")]
    more = [name for name in _OVERSIGNED if name in present or not name.startswith("list-")]
    return names + more


def _hashed(headers: list[tuple[bytes, bytes]], names: list[str]) -> bytes:
    """The headers in the order of `names`; of several, the last first; of none, nothing
    (RFC 6376, 5.4.2).
    """
    left: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        left.setdefault(name, []).append(value)
    lines = []
    for text in names:
        name = text.encode()
        if left.get(name):
            lines.append(_relaxed_header(name, left[name].pop()) + b"\r\n")
    return b"".join(lines)


def _relaxed_header(name: bytes, value: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    return name + b":" + _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4. Most lines have no space to change, and are not looked at one by one."""
    if b"\t" in body:
        body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    body = body.replace(b" \r\n", b"\r\n")
    body = body.rstrip(b"\r\n ") if body.endswith((b"\r\n\r\n", b" ")) else body
    if not body or body == b"\r\n":
        return b""
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _folded(names: list[str]) -> str:
    lines, line = [], ""
    for position, name in enumerate(names):
        part = name + (":" if position < len(names) - 1 else "")
        if line and len(line) + len(part) > 70:
            lines.append(line)
            line = ""
        line += part
    return "\r\n  ".join([*lines, line])


def _read(path: str, workspace: Path | None) -> str:
    file = Path(path).expanduser()
    if workspace is not None and file.resolve().is_relative_to(workspace.resolve()):
        raise _bad(
            f"The key that {KEY} names is in the workspace, which you share with others.",
            "Move it, for example to ~/.config/advocacy, with mode 0600.",
        )
    try:
        return file.read_text("ascii")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        message = f"The key that {KEY} names cannot be read: {reason}."
        raise _bad(message, "Set it to the path of a PEM file or to the PEM text.") from None


def _signer(pem: bytes) -> tuple[Algorithm, Callable[[bytes], bytes]]:
    try:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        message = "Signing requires a library that is not installed."
        raise _bad(message, "Install it: pip install 'advocacy[dkim]'") from None
    try:
        key = load_pem_private_key(pem, None)
    except TypeError:
        cure = "Remove the passphrase: openssl pkey -in KEY -out dkim.pem"
        raise _bad(f"The key of {KEY} is encrypted with a passphrase.", cure) from None
    except Exception:  # noqa: BLE001 - what it raises for what is no key varies by version
        raise _bad(f"{KEY} does not contain a private key in PEM.", _MAKE_ONE) from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        # RFC 8463, 3: the SHA-256 of what is signed, by pure Ed25519.
        return "ed25519-sha256", lambda data: key.sign(hashlib.sha256(data).digest())
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _LEAST_BITS:
        return "rsa-sha256", lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    raise _bad(f"The key of {KEY} is neither RSA of 1024 bits or more nor Ed25519.", _MAKE_ONE)


def _bad(message: str, hint: str) -> AdvocacyError:
    return AdvocacyError(Problem("bad-dkim-key", message, hint))
