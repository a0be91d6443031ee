"""Signed marks by which a message that comes back says which letter it answers.

Envelope senders carry the message (variable envelope return paths, VERP):
`bounces+<token>@coalition.example`. The token is the digest in the letter's Message-ID and a MAC
over it under the organisation's key (80 bits), in base 32, which survives servers that change the
case. So a bounce is matched whatever it quotes, and nobody can make one up that gets a stranger
suppressed. The part before the @ stays within the 64 octets of RFC 5321 (4.5.3.1.1) where the base
has at most 21. The receiving server must deliver `bounces+anything` to `bounces` (in Postfix:
`recipient_delimiter = +`).

A Message-ID carries such a MAC, too: `<digest.mac@coalition.example>`. The digest alone is made of
what public files say. Recipients show a Message-ID to whomever they answer, so its MAC is made
with a key of its own, and tells nothing of the envelope sender.
"""

import base64
import hashlib
import hmac
import re

from advocacy.documents.headers import wire_address
from advocacy.errors import AdvocacyError
from advocacy.mail import problem
from advocacy.mail.consent.tokens import Keys

_MAC = 10
_PURPOSE, _ID_PURPOSE = "bounce address v1", "message id v1"
_OURS = re.compile(r"<([0-9a-f]{32})(?:\.([a-z2-7]{16}))?@([^<>\s]+)>")
_IN_TEXT = re.compile(rb"<[0-9a-f]{32}\.[a-z2-7]{16}@[^<>\s]{1,255}>")
_ADDRESS = re.compile(rb"[+=_.-]([a-zA-Z2-7]{42})@")
LONGEST_LOCAL = 64


def bounce_address(base: str, keys: Keys, message_id: str) -> str:
    """The envelope sender of one message, from the campaign's `bounces:` address.

    `message_id` is what `documents.email.message.message_id` gives, signed or not. Raises
    AdvocacyError where the part before the @ gets too long.
    """
    local, _, domain = wire_address(base).rpartition("@")
    digest = bytes.fromhex(_parts(message_id)[0])
    whole = f"{local}+{_text(digest + _mac(keys.signing(_PURPOSE), digest))}"
    if len(whole) > LONGEST_LOCAL:
        raise AdvocacyError(problem("bounces-too-long", base=base, length=len(whole)))
    return f"{whole}@{domain}"


def message_digests(keys: Keys, text: bytes) -> list[str]:
    """The digests of the messages whose envelope senders stand in a text, each once.

    Only what our key has signed counts.
    """
    found: dict[str, None] = {}
    for token in dict.fromkeys(_ADDRESS.findall(text)):
        data = base64.b32decode(token.upper() + b"=" * (-len(token) % 8))
        digest, mac = data[:16], data[16:]
        for secret in keys.verifying(_PURPOSE):
            if hmac.compare_digest(mac, _mac(secret, digest)):
                found[digest.hex()] = None
    return list(found)


def sign_message_id(keys: Keys, message_id: str) -> str:
    """A Message-ID that only our key makes, from one that `documents.email.message` gives."""
    digest, _, domain = _parts(message_id)
    return _signed_id(keys.signing(_ID_PURPOSE), digest, domain)


def signed_message_ids(keys: Keys, text: bytes) -> list[str]:
    """The Message-IDs in a text that one of our keys has signed, each once."""
    found = dict.fromkeys(one.decode("utf-8", "replace") for one in _IN_TEXT.findall(text))
    return [one for one in found if _is_signed(keys, one)]


def _is_signed(keys: Keys, message_id: str) -> bool:
    digest, _, domain = _parts(message_id)
    made = [_signed_id(key, digest, domain) for key in keys.verifying(_ID_PURPOSE)]
    return any(hmac.compare_digest(one.encode(), message_id.encode()) for one in made)


def message_ids_of(keys: Keys, digest: str, domain: str) -> list[str]:
    """The Message-IDs that a letter with this digest may have: unsigned, and under each key."""
    plain = f"<{digest}@{domain}>"
    return [plain, *(_signed_id(key, digest, domain) for key in keys.verifying(_ID_PURPOSE))]


def _parts(message_id: str) -> tuple[str, str, str]:
    """The digest, the MAC or nothing, and the domain."""
    found = _OURS.fullmatch(message_id)
    if found is None:
        raise ValueError(f"not a Message-ID of ours: {message_id!r}")
    return found[1], found[2] or "", found[3]


def _signed_id(secret: bytes, digest: str, domain: str) -> str:
    return f"<{digest}.{_text(_mac(secret, bytes.fromhex(digest)))}@{domain}>"


def _text(data: bytes) -> str:
    return base64.b32encode(data).rstrip(b"=").decode().lower()


def _mac(secret: bytes, digest: bytes) -> bytes:
    return hmac.digest(secret, digest, hashlib.sha256)[:_MAC]
