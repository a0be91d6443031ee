"""Header lines of an email: folding, encoded words, addresses, parameters.

Python's own writer of headers loses text in a few corners (a comma in a long name that is
not ASCII, words longer than a line), and takes longer than all the rest of a message. These
few rules are what a letter needs: RFC 5322 for the lines, RFC 2047 for text that is not
ASCII, RFC 6532 for addresses whose local part is not, RFC 2231 for file names. A value
cannot end its header: whatever breaks a line becomes a space.
"""

import binascii
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

LINE = 76
"""How long a header line may be where it has encoded words (RFC 2047, 2)."""
WORD = 64
"""The length of an encoded word or quoted name: at most 75, and fits after `Subject:`."""

_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOT_ATOM = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
    r"(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+)*"
)
_DOMAIN = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_URL_SAFE = "%/:=&?~+!$,;'@()*"
_TOKEN = re.compile(r"[A-Za-z0-9!#$&+.^_`{|}~-]{1,70}")
# The only characters that stand for themselves in every place (RFC 2047, 5, rule 3).
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


@lru_cache(maxsize=256)  # saves a tenth of an email: letters share their subject
def text_header(name: str, value: str) -> str:
    """A header of free text, such as Subject, with its final line break."""
    return _folded(name, _text_tokens(one_line(value)))


def address_header(header: str, people: Iterable[tuple[str, str]]) -> str:
    """A header of addresses, such as To, from pairs of display name and address.

    Raises ValueError for what is no address; the models refuse such before.
    """
    tokens: list[str] = []
    for display, address in people:
        if tokens:
            tokens[-1] += ","
        name = re.sub(" +", " ", one_line(display))  # readers keep no runs of spaces in a name
        tokens += _mailbox_tokens(name, wire_address(address))
    return _folded(header, tokens)


def parameter_header(header: str, value: str, **parameters: str) -> str:
    """A header with parameters, such as Content-Type; each that needs it by RFC 2231."""
    tokens = [value]
    for key, text in parameters.items():
        tokens[-1] += ";"
        tokens += _parameter_tokens(key, one_line(text))
    return _folded(header, tokens)


def one_line(value: str) -> str:
    """The value with everything that could break a line or a header turned into a space."""
    return _BREAKS.sub(" ", value).strip(" ")


@lru_cache(maxsize=4096)  # saves a seventh of an email: the sender's address, three times
def wire_address(address: str) -> str:
    """An address as it travels: the domain in ASCII (IDNA), the local part as it is.

    Raises ValueError for what is not an email address.
    """
    local, _, domain = address.rpartition("@")
    domain = ascii_domain(domain)
    if not (_DOT_ATOM.fullmatch(local) and _DOMAIN.fullmatch(domain)) or _BREAKS.search(local):
        raise ValueError(f"not an email address: {address!r}")
    return f"{local}@{domain}"


def ascii_domain(domain: str) -> str:
    """A domain in ASCII (IDNA 2008 with UTS 46); one that is in ASCII already stays as it is.

    Raises ValueError (idna's own errors are UnicodeErrors) for what is not a domain.
    """
    if domain.isascii():
        return domain
    import idna

    return idna.encode(domain, uts46=True).decode("ascii")


def ascii_url(url: str) -> str:
    """A web address as headers may hold it: the host by IDNA, all else percent-encoded."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    host = ascii_domain(parts.hostname or "")
    host += f":{parts.port}" if parts.port else ""
    path, query = quote(parts.path, safe=_URL_SAFE), quote(parts.query, safe=_URL_SAFE)
    return urlunsplit((parts.scheme, host, path, query, ""))


def _folded(header: str, tokens: list[str]) -> str:
    """The header with line breaks between tokens, never within one."""
    lines, line = [], f"{header}:"
    for position, token in enumerate(tokens):
        if position and len(line) + 1 + len(token) > LINE:
            lines.append(line)
            line = ""
        line += f" {token}"
    return "\r\n".join([*lines, line]) + "\r\n"


def _text_tokens(text: str) -> list[str]:
    # A plain text that looks like an encoded word would be decoded; two spaces in a row may
    # be lost at a fold.
    words = text.split(" ")
    if _PLAIN.fullmatch(text) and "=?" not in text and max(map(len, words)) < WORD:
        return words
    return list(_encoded_words(text))


def _mailbox_tokens(display: str, address: str) -> list[str]:
    if not display:
        return [address]
    if display.isascii() and len(display) < WORD and "=?" not in display:
        if _ATOMS.fullmatch(display):
            return [*display.split(" "), f"<{address}>"]
        if _PLAIN.fullmatch(display):
            escaped = re.sub(r'(["\\])', r"\\\1", display)
            return [f'"{escaped}"', f"<{address}>"]
    return [*_encoded_words(display), f"<{address}>"]


def _encoded_words(text: str) -> tuple[str, ...]:
    """The text as encoded words, each of whole characters, in the shorter of both encodings."""
    if not text:
        return ()
    data = text.encode()
    q_length = sum(1 if byte in _Q_SAFE or byte == 0x20 else 3 for byte in data)
    quoted = q_length <= (len(data) + 2) // 3 * 4
    room = WORD - len("=?utf-8?q??=")
    words, chunk, used = [], b"", 0
    for char in text:
        piece = char.encode()
        size = sum(1 if byte in _Q_SAFE or byte == 0x20 else 3 for byte in piece)
        longer = used + size if quoted else (len(chunk) + len(piece) + 2) // 3 * 4
        if chunk and longer > room:
            words.append(_encoded_word(chunk, quoted))
            chunk, used = b"", 0
        chunk += piece
        used += size
    return (*words, _encoded_word(chunk, quoted))


def _encoded_word(data: bytes, quoted: bool) -> str:
    if not quoted:
        return f"=?utf-8?b?{binascii.b2a_base64(data, newline=False).decode()}?="
    text = "".join(
        "_" if byte == 0x20 else chr(byte) if byte in _Q_SAFE else f"={byte:02X}" for byte in data
    )
    return f"=?utf-8?q?{text}?="


def _parameter_tokens(key: str, value: str) -> list[str]:
    if _TOKEN.fullmatch(value):
        return [f"{key}={value}"]
    if len(value) <= 60 and re.fullmatch(r"[ !#-\[\]-~]+", value):
        return [f'{key}="{value}"']
    encoded = quote(value, safe="")
    pieces = re.findall(r"(?:%[0-9A-F]{2}|.){1,19}", encoded)
    if len(pieces) == 1:
        return [f"{key}*=utf-8''{encoded}"]
    first, *rest = pieces
    tokens = [f"{key}*0*=utf-8''{first}", *(f"{key}*{n}*={p}" for n, p in enumerate(rest, 1))]
    return [*(f"{token};" for token in tokens[:-1]), tokens[-1]]
