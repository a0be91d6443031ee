"""Keyed hashes of addresses: how a person who was forgotten is still not written to.

A plain hash of an address is undone by hashing every address one knows; one under the
organisation's key says nothing to whoever has the file alone. Its text is
`hmac-sha256:<key id>:<hash>`; the key's id says which of the keys it was made with, so that a
key that is no longer there is noticed and not taken for an address that is not listed.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.errors import Place, Problem
from advocacy.mail.consent.keys import VARIABLE, Keys, find_keys

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
    rows = f"{count} row{'s are' if count > 1 else ' is'}"
    what = f"and {VARIABLE} is not set" if unset else f"which {VARIABLE} does not hold"
    joined = "made with a key, " if unset else "made with another key, "
    return Problem(
        "suppression-needs-key",
        f"{rows} of people who were forgotten, {joined}{what}: they cannot be told from others.",
        f"Set {VARIABLE} to the key that was used; after a change of keys, to the new and the "
        "old one with a comma between.",
        Place(path, line),
    )
