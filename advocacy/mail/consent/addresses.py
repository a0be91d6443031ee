"""Email addresses compared: one person's address, however it is written, has one key."""

import re
import unicodedata
from functools import lru_cache

_PLAIN = re.compile(r"[!-?A-~]+@[A-Za-z0-9.-]+[A-Za-z0-9]")
ADDRESS = re.compile(
    r"[^\s@<>\"(),:;\[\]\\]{1,64}@[^\s@<>\"(),:;\[\]\\/]{0,253}[^\s@<>\"(),:;\[\]\\/.'!?]"
)
"""Something that looks like an address, in the middle of other text; bounded (RFC 5321, 4.5.3.1),
so that a long text without any takes no long time."""


def address_key(address: str, *, plus_tags: bool = False) -> str:
    """An address as it is compared and looked up: `bob@xn--mller-kva.example`.

    Trimmed, in NFC, the part before the @ without regard to case, the domain in lower-case ASCII
    (IDNA by UTS 46). Mail servers may tell `Bob@` from `bob@` (RFC 5321, 2.4); none that matters
    does, and for who was written to already, and who said no, one person counts once. With
    `plus_tags` what follows a `+` before the @ is left out.
    """
    text = address.strip()
    if _PLAIN.fullmatch(text):
        key = text.lower()
    else:
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
    if plain.isascii():
        return plain.lower()
    import idna

    try:
        return idna.encode(plain, uts46=True).decode("ascii").lower()
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
