"""Email addresses compared: one person's address, however it is written, has one key.

Keyed hashes of addresses: how a person who was forgotten is still not written to.

A plain hash of an address is undone by hashing every address one knows; one under the
organisation's key says nothing to whoever has the file alone. Its text is
`hmac-sha256:<key id>:<hash>`; the key's id says which of the keys it was made with, so that a
key that is no longer there is noticed and not taken for an address that is not listed.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from advocacy.documents.headers import ascii_domain
from advocacy.errors import Place, Problem
from advocacy.files.characters import without_invisible
from advocacy.mail import problem
from advocacy.mail.consent.tokens import Keys, find_keys

_PLAIN = re.compile(r"[!-?A-~]+@[A-Za-z0-9.-]+[A-Za-z0-9]")
# Marks of direction, which programs put around addresses that are copied.
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ADDRESS = re.compile(
    r"[^\s@<>\"(),:;\[\]\\]{1,64}@[^\s@<>\"(),:;\[\]\\/]{0,253}[^\s@<>\"(),:;\[\]\\/.'!?]"
)
"""Something that looks like an address, in the middle of other text; bounded (RFC 5321, 4.5.3.1),
so that a long text without any takes no long time."""


def address_key(address: str, *, plus_tags: bool = False) -> str:
    """An address as it is compared and looked up: `bob@xn--mller-kva.example`.

    Trimmed, in NFC, without what nobody sees, the part before the @ without regard to case, the
    domain in lower-case ASCII (IDNA by UTS 46). Mail servers may tell `Bob@` from `bob@` (RFC 5321,
    2.4); none that matters does, and for who was written to already, and who said no, one person
    counts once. With `plus_tags` what follows a `+` before the @ is left out.
    """
    text = address.strip()
    if _PLAIN.fullmatch(text):
        key = text.lower()
    else:
        text = without_invisible(_DIRECTIONS.sub("", text)).strip()
        local, at, domain = unicodedata.normalize("NFC", text).rpartition("@")
        # Case folding may take a text out of NFC, and the other way about.
        local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).casefold())
        key = f"{local.strip()}{at}{domain_key(domain)}"
    return without_tag(key) if plus_tags else key


def without_tag(key: str) -> str:
    """The key without what follows a `+` in the part before the @."""
    local, at, domain = key.rpartition("@")
    name = local.partition("+")[0]
    return f"{name}{at}{domain}" if name else key


@lru_cache(maxsize=65_536)
def domain_key(domain: str) -> str:
    """A domain as it is compared: lower-case ASCII, without a final dot.

    What is no domain is given back in lower case.
    """
    plain = unicodedata.normalize("NFC", domain.strip()).rstrip(".")
    try:
        return ascii_domain(plain).lower()
    except UnicodeError:  # idna's own errors are of this kind
        return unicodedata.normalize("NFC", plain.lower())


def readable(address: str) -> str:
    """An address or a domain with the letters that people know it by (IDNA)."""
    local, at, domain = address.rpartition("@")
    if "xn--" not in domain:
        return address
    import idna

    try:
        return f"{local}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address


PREFIX = "hmac-sha256:"
_PURPOSE = "forgotten address v1"


def address_hash(keys: Keys, key: str) -> str:
    """The hash of an address's key under the key that signs."""
    return _hashed(keys.signing(_PURPOSE), key)


def address_hashes(keys: Keys, key: str) -> list[str]:
    """The hashes of an address's key under each of the keys."""
    return [_hashed(secret, key) for secret in keys.verifying(_PURPOSE)]


def with_hashes(people: Iterable[str]) -> dict[str, str]:
    """From each person's key, and each hash of it under a key of the environment, to the key."""
    people = list(people)
    found = {key: key for key in people}
    keys = find_keys()
    if keys is not None:
        for key in people:
            found |= dict.fromkeys(address_hashes(keys, key), key)
    return found


def _hashed(secret: bytes, key: str) -> str:
    return f"{PREFIX}{_id(secret)}:{hmac.digest(secret, key.encode(), hashlib.sha256).hex()}"


def _id(secret: bytes) -> str:
    return hashlib.sha256(b"id " + secret).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Hashes:
    """The hashed rows of a list, and the keys that find an address among them."""

    reasons: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[bytes, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.reasons)

    @classmethod
    def of(
        cls, rows: Mapping[str, tuple[str, int]], keys: Keys | None, path: Path
    ) -> tuple["Hashes", list[Problem]]:
        """From hashes with their reasons and lines; an error where a key for them is missing."""
        if not rows:
            return cls(), []
        secrets = keys.verifying(_PURPOSE) if keys else ()
        known = {_id(secret) for secret in secrets}
        lost = [line for text, (_, line) in rows.items() if text.split(":")[1] not in known]
        problems = [_key_lost(path, min(lost), len(lost), keys is None)] if lost else []
        reasons = {text: reason for text, (reason, _) in rows.items()}
        used = {text.split(":")[1] for text in rows}
        return cls(reasons, tuple(s for s in secrets if _id(s) in used)), problems

    def reason(self, key: str) -> str | None:
        """Why the address with this key is suppressed, or None."""
        for secret in self.secrets:
            found = self.reasons.get(_hashed(secret, key))
            if found is not None:
                return found
        return None


def _key_lost(path: Path, line: int, count: int, unset: bool) -> Problem:
    return problem(
        "suppression-needs-key",
        entry="suppression-without-key" if unset else "suppression-of-other-key",
        place=Place(path, line),
        rows=f"{count} row{'s are' if count > 1 else ' is'}",
    )
