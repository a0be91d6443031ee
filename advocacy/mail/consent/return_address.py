"""Signed marks by which a message that comes back says which letter it answers.

Envelope senders carry the message (variable envelope return paths, VERP):
`bounces+<token>@coalition.example`. The token is the digest in the letter's Message-ID and a MAC
over it under the organisation's key (80 bits), in base 32, which survives servers that change the
case. So a bounce is matched whatever it quotes, and nobody can make one up that gets a stranger
suppressed. The part before the @ stays within the 64 octets of RFC 5321 (4.5.3.1.1) where the base
has at most 21. The receiving server must deliver `bounces+anything` to `bounces` (in Postfix:
`recipient_delimiter = +`).
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
_PURPOSE = "bounce address v1"
_OURS = re.compile(r"<?([0-9a-f]{32})@[^<>\s]+>?")
_ADDRESS = re.compile(rb"[+=_.-]([a-zA-Z2-7]{42})@")
LONGEST_LOCAL = 64


def bounce_address(base: str, keys: Keys, message_id: str) -> str:
    """The envelope sender of one message, from the campaign's `bounces:` address.

    `message_id` is what `documents.email.message.message_id` gives. Raises AdvocacyError where the
    part before the @ gets too long.
    """
    local, _, domain = wire_address(base).rpartition("@")
    found = _OURS.fullmatch(message_id)
    if found is None:
        raise ValueError(f"not a Message-ID of ours: {message_id!r}")
    digest = bytes.fromhex(found[1])
    token = base64.b32encode(digest + _mac(keys.signing(_PURPOSE), digest)).rstrip(b"=").decode()
    whole = f"{local}+{token.lower()}"
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


def _mac(secret: bytes, digest: bytes) -> bytes:
    return hmac.digest(secret, digest, hashlib.sha256)[:_MAC]
