"""Digests of content: short names for exactly what was read.

All are SHA-256 in hexadecimal, 64 digits. JSON values are digested in one form (UTF-8, keys in
order, no blanks), so that two programs, or two versions of this one, agree.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from advocacy.errors import AdvocacyError
from advocacy.files.text import LARGEST, read_start
from advocacy.files.writing import open_own
from advocacy.files.yaml.reading import Located

# Made once: `json.dumps` with options makes an encoder each time.
_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain_values(model: Located | None) -> Any:
    """A record as JSON values by the keys of its file, without keys that have their default.

    A key that a later version adds does not change the digest of a file that does not use it.
    """
    return model and model.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def digest_of(content: Any) -> str:
    """The digest of JSON values. The order of a mapping does not count."""
    return data_digest(_JSON.encode(content).encode())


def data_digest(data: bytes) -> str:
    """The digest of bytes."""
    return hashlib.sha256(data).hexdigest()


def text_digest(text: str) -> str:
    """The digest of a text in UTF-8; lone surrogates, which no file can hold, count too."""
    return data_digest(text.encode("utf-8", "surrogatepass"))


def file_digest(path: Path) -> str:
    """The digest of a file that people wrote.

    Within a run it is that of the file as the run holds it (`files.held`). Raises AdvocacyError
    for a file that cannot be read or is larger than `LARGEST`.
    """
    return data_digest(read_start(path, LARGEST))


def file_sum(path: Path) -> str | None:
    """The digest of a file that the tool wrote, of any size; None where it cannot be read."""
    try:
        with os.fdopen(open_own(path, os.O_RDONLY), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, AdvocacyError):
        return None
