"""The secret of an organisation, `ADVOCACY_KEY`, from which every other key is derived.

It signs unsubscribe addresses and envelope senders, and stands behind the hashes of people who
were forgotten. It may hold two or more keys with commas between: the first signs, all verify,
so that a key is changed without a letter's unsubscribe address ceasing to work. This module
needs the standard library alone.


Unsubscribe addresses: a token in a URL that says who unsubscribes, and proves it.

What a URL holds is copied into the logs of web servers and proxies, browsers' histories and
the caches of link scanners. An address in it would tell them all whose politics these are; a
bare number would need the ledger on the web host, and stop working when a ledger is lost or
a person forgotten. So the token carries the address sealed: nobody reads or changes it
without the organisation's key, and the page needs nothing but the key.

The seal is deterministic authenticated encryption in the construction of SIV (Rogaway and
Shrimpton, 2006; RFC 5297 has it with AES), here with HMAC-SHA256 as the pseudo-random function, so
that the standard library is enough: the tag is a MAC over the text, and the text is masked
by a stream that starts from the tag. Equal text gives an equal token, so one letter of one
mailing always has the same address; that is all that a token tells. The first byte is the
version. A token never expires: a letter's link must work as long as the letter is kept.

Whoever has the URL can unsubscribe its one address, and do nothing else.
"""

import binascii
import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from advocacy.documents.headers import ascii_url
from advocacy.errors import AdvocacyError
from advocacy.mail import problem

VARIABLE = "ADVOCACY_KEY"
SHORTEST = 32
"""Characters of a key: what `token_urlsafe(32)` makes has 43, with 256 bits in them."""
FEWEST_DIFFERENT = 10


@dataclass(frozen=True, slots=True)
class Keys:
    """The organisation's keys, of which the first signs and all verify. They are never printed."""

    values: tuple[bytes, ...] = field(repr=False)

    def signing(self, purpose: str) -> bytes:
        """The key for one purpose (32 bytes), from the first of the keys."""
        return derived(self.values[0], purpose)

    def verifying(self, purpose: str) -> tuple[bytes, ...]:
        """The keys for one purpose, from each of the keys."""
        return tuple(derived(value, purpose) for value in self.values)


@lru_cache(maxsize=64)
def derived(key: bytes, purpose: str) -> bytes:
    """A key for one purpose alone, 32 bytes: HMAC-SHA256, as HKDF expands (RFC 5869, 2.3)."""
    return hmac.digest(key, b"advocacy " + purpose.encode() + b"\x01", hashlib.sha256)


def find_keys() -> Keys | None:
    """The keys of the environment, or None where there are none.

    Raises AdvocacyError for a key that is too short or no secret at all.
    """
    written = os.environ.get(VARIABLE, "")
    return read_keys(written) if written.strip() else None


def require_keys(purpose: str) -> Keys:
    """The same, but AdvocacyError with words on how to make one where there are none.

    `purpose` completes “A key is needed to …”.
    """
    keys = find_keys()
    if keys is None:
        raise AdvocacyError(problem("no-key", purpose=purpose))
    return keys


def read_keys(written: str) -> Keys:
    """The keys in a text, divided by commas. Raises AdvocacyError for a weak one."""
    values = [value for part in written.split(",") if (value := part.strip())]
    for number, value in enumerate(values, 1):
        if len(value) < SHORTEST or len(set(value)) < FEWEST_DIFFERENT:
            which = VARIABLE if len(values) == 1 else f"Key {number} of {VARIABLE}"
            raise AdvocacyError(problem("weak-key", key=which))
    if not values:
        raise AdvocacyError(problem("no-key", entry="empty-key"))
    return Keys(tuple(value.encode("utf-8", "surrogateescape") for value in values))


VERSION = b"\x01"
TAG = 16
"""Bytes of the tag: 128 bits."""
LONGEST = 1200
"""Characters of a token: an address has at most 254, a mailing's name 200."""
PARAMETER = "u"
"""The parameter that carries the token where the page's address has a query of its own."""
_TAG_KEY, _MASK_KEY = "unsubscribe tag v1", "unsubscribe mask v1"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who unsubscribes, by which mailing's letter, and the letter's language."""

    address: str
    mailing: str
    language: str = "en"


def seal(keys: Keys, ticket: Ticket) -> str:
    """The token of a ticket: letters, digits, `-` and `_`."""
    parts = (ticket.address, ticket.mailing, ticket.language)
    text = "\0".join(part.replace("\0", "") for part in parts).encode()
    tag = _tag(keys.signing(_TAG_KEY), text)
    sealed = _masked(keys.signing(_MASK_KEY), tag, text)
    return urlsafe_b64encode(VERSION + tag + sealed).rstrip(b"=").decode("ascii")


def unseal(keys: Keys, token: str) -> Ticket | None:
    """What a token says, or None for one that no key of ours has made."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        data = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    tag, sealed = data[1 : 1 + TAG], data[1 + TAG :]
    # The decoder passes over strange characters: one ticket has one token.
    whole = urlsafe_b64encode(data).rstrip(b"=").decode("ascii") == token
    if data[:1] != VERSION or len(tag) < TAG or not whole:
        return None
    for tag_key, mask_key in zip(keys.verifying(_TAG_KEY), keys.verifying(_MASK_KEY), strict=True):
        text = _masked(mask_key, tag, sealed)
        if hmac.compare_digest(tag, _tag(tag_key, text)):
            return _ticket(text)
    return None


def unsubscribe_url(base: str, keys: Keys, address: str, mailing: str, language: str = "en") -> str:
    """The address at which one recipient of one mailing unsubscribes.

    `base` is where `mail.unsubscribe` answers. The token is the last part of the path:
    unlike a query, it holds no `=`, which careless mail programs decode once too often. Where
    `base` has a query, the token joins it as `u`.
    """
    token = seal(keys, Ticket(address, mailing, language))
    parts = urlsplit(ascii_url(base))
    if parts.query:
        return urlunsplit(parts._replace(query=f"{parts.query}&{PARAMETER}={token}", fragment=""))
    path = f"{parts.path.rstrip('/')}/{token}"
    return urlunsplit(parts._replace(path=path, fragment=""))


def _tag(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, VERSION + text, hashlib.sha256)[:TAG]


def _masked(key: bytes, tag: bytes, text: bytes) -> bytes:
    mask = b"".join(_stream(key, tag, len(text)))[: len(text)]
    return bytes(a ^ b for a, b in zip(text, mask, strict=True))


def _stream(key: bytes, tag: bytes, length: int) -> Iterator[bytes]:
    for block in range(-(-length // hashlib.sha256().digest_size)):
        yield hmac.digest(key, tag + block.to_bytes(4, "big"), hashlib.sha256)


def _ticket(text: bytes) -> Ticket | None:
    parts = text.decode("utf-8", "replace").split("\0")
    return Ticket(*parts) if len(parts) == 3 else None
