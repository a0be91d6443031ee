"""Names of files made of what people call things: safe on every file system, and stable.

Letters of other scripts become ASCII by `anyascii` (ISC license, typed, one table for all of
Unicode). `Unidecode` writes the same names, but has the GPL; `python-slugify` takes four times
as long, and joins `O’Brien` to `obrien`.
"""

import hashlib
import re
from functools import lru_cache

from advocacy.files.writing import WINDOWS_DEVICE

LONGEST_SLUG = 80
LONGEST_SAFE = 100
"""Two names, what stands between them and an ending fit the 255 bytes of every file system."""
LONGEST_WORDS = 60
DIGEST_LENGTH = 8

# No capitals: `Doe` and `doe` are one file on macOS and Windows. No dot at the end: Windows
# drops it. No hyphen or dot at the beginning: an option, a hidden file.
_SAFE = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9_-])?")
# An id of digits, slashes or an at sign says nothing to a reader; words do.
_WORDS = re.compile(r"[^\W\d_]+(?:[ ._'’-]+[^\W\d_]+)*")


def transliterated(text: str) -> str:
    """The text in ASCII: `Lukasz Wojcik` for `Łukasz Wójcik`."""
    if text.isascii():
        return text
    from anyascii import anyascii

    return anyascii(text)


def hyphenated(text: str) -> str:
    """The words of a text in lower-case ASCII letters and digits, joined by hyphens."""
    plain = transliterated(text).lower().replace("'", "-")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def slug(text: str) -> str:
    """An id made of a text: lower-case ASCII letters, digits and hyphens.

    What is too long ends with a digest of the whole.
    """
    found = hyphenated(text) or "letter"
    if len(found) > LONGEST_SLUG:
        found = f"{found[: LONGEST_SLUG - 9].strip('-')}-{digest(found)}"
    return f"letter-{found}" if WINDOWS_DEVICE.fullmatch(found) else found


@lru_cache(maxsize=1024)  # a letter is asked for its name four times
def file_name(name: str, called: str) -> str:
    """The name, without an ending, of the files of what has the id `name`.

    It is the id where every file system can have it: short, without capitals, and no name that
    Windows keeps for devices. Otherwise it is made of the id's words, or of `called` where the
    id has none, with eight characters of the id's digest: `lukasz-wojcik-1f3c9a20`.
    """
    if is_safe(name):
        return name
    return made_name(name, called)


def is_safe(name: str) -> bool:
    """Whether a text can be the name of a file anywhere, and of no other in other capitals."""
    return (
        len(name) <= LONGEST_SAFE
        and _SAFE.fullmatch(name) is not None
        and WINDOWS_DEVICE.fullmatch(name) is None
    )


def made_name(name: str, called: str) -> str:
    """Such a name for an id that is not safe. It never has two hyphens together."""
    words = name if _WORDS.fullmatch(name) else called
    shown = hyphenated(words[:LONGEST_SLUG])[:LONGEST_WORDS].strip("-") or "letter"
    return f"{shown}-{digest(name)}"


def digest(text: str) -> str:
    """Eight hexadecimal digits of the text's SHA-256 sum."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]
