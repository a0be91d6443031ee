"""The secret of an organisation, `ADVOCACY_KEY`, from which every other key is derived.

It signs unsubscribe addresses and envelope senders, and stands behind the hashes of people who
were forgotten. It may hold two or more keys with commas between: the first signs, all verify,
so that a key is changed without a letter's unsubscribe address ceasing to work. This module
needs the standard library alone.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.errors import AdvocacyError, Problem

VARIABLE = "ADVOCACY_KEY"
SHORTEST = 32
"""Characters of a key: what `token_urlsafe(32)` makes has 43, with 256 bits in them."""
FEWEST_DIFFERENT = 10
MAKE_ONE = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


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
        message = f"A key is needed to {purpose}: {VARIABLE} is not set."
        raise AdvocacyError(Problem("no-key", message, _HOW))
    return keys


def read_keys(written: str) -> Keys:
    """The keys in a text, divided by commas. Raises AdvocacyError for a weak one."""
    values = [value for part in written.split(",") if (value := part.strip())]
    for number, value in enumerate(values, 1):
        if len(value) < SHORTEST or len(set(value)) < FEWEST_DIFFERENT:
            which = VARIABLE if len(values) == 1 else f"Key {number} of {VARIABLE}"
            message = f"{which} is too weak: whoever guesses it can unsubscribe anyone."
            raise AdvocacyError(Problem("weak-key", message, _HOW))
    if not values:
        message = f"{VARIABLE} holds no key."
        raise AdvocacyError(Problem("no-key", message, _HOW))
    return Keys(tuple(value.encode() for value in values))


_HOW = (
    f"Make one with: {MAKE_ONE} and set {VARIABLE} to what it prints, here and where the "
    "unsubscribe page runs. Keep it as you keep a password: without it, the unsubscribe "
    "addresses of letters already sent stop working."
)
