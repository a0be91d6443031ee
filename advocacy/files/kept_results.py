"""Results that are kept in the user's cache folder, each by the digest of all it was made of.

A result is found again for as long as nothing that it rests on has changed: whoever keeps one
chooses a `key` that covers that. What cannot be read, or is not what was written, counts as not
kept, and that something cannot be kept is no error. So the folder may be deleted at any time.
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from advocacy.errors import AdvocacyError
from advocacy.files.writing import replace_file

VARIABLE = "ADVOCACY_CACHE"
"""The setting that names another folder."""


def kept_folder(kind: str) -> Path:
    """The folder of one kind of results, such as `citations`.

    It is the user's cache folder, unless a setting names another one.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen) / kind
    from platformdirs import user_cache_path

    return user_cache_path("advocacy", appauthor=False) / kind


def kept_key(request: str) -> str:
    """The key of a result: the digest of a text that names all it is made of."""
    return hashlib.sha256(request.encode()).hexdigest()


def read_kept(kind: str, key: str) -> bytes | None:
    """What was kept; None if there is nothing, or it is not what was written."""
    try:
        checksum, _, content = _path(kind, key).read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if checksum == _checksum(content) else None


def keep(kind: str, key: str, content: bytes) -> None:
    """Keep a result, whole or not at all."""
    path = _path(kind, key)
    with suppress(OSError, AdvocacyError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replace_file(path) as file:
            file.write(_checksum(content) + b"\n" + content)


def _path(kind: str, key: str) -> Path:
    return kept_folder(kind) / f"{key}.json"


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
