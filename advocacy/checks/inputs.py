"""The digest of what the gate of words reads, by which a verdict holds for the next run, too.

It is asked before anything is judged, also where nothing has to be: so it loads no check.
"""

import hashlib
import importlib.metadata
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.files.text import LARGEST, read_start
from advocacy.resources import PACKAGE

_TEMPLATES = ("letters", "partials", "words")
_CODE = (".py", ".toml")
_LIBRARIES = ("text2num", "babel", "markdown-it-py", "pypdfium2")


def inputs_digest(campaign: Campaign) -> str:
    """The digest (SHA-256, hexadecimal) of all that verdicts on a campaign's letters rest on.

    These are the campaign's files, the templates' texts, the checks themselves, and the kept
    copies, of which names, sizes, and times of change count. The letter itself has a digest of
    its own.
    """
    found = hashlib.sha256(_checks_digest().encode())
    for path in _files(campaign):
        found.update(b"\0%s\0" % os.fsencode(path.name))
        found.update(hashlib.sha256(read_start(path, LARGEST)).digest())
    for path in _copies(campaign):
        status = path.stat()
        found.update(b"\0%s" % os.fsencode(path.name))
        found.update(f" {status.st_size} {status.st_mtime_ns}".encode())
    return found.hexdigest()


def _files(campaign: Campaign) -> Iterator[Path]:
    """What people wrote, and the records of bills: all files that the campaign names."""
    folder, file = campaign.workspace.folder, campaign.file
    votes = [one if isinstance(one, str) else one.file for one in file.votes]
    named = [folder / name for name in (*file.facts, *file.sources, *file.bills, *votes)]
    beside = [path.with_name(f"{path.stem}.compared.yaml") for path in named]
    approvals = campaign.path.with_name(f"{campaign.path.stem}.approvals.yaml")
    yield from (path for path in (campaign.path, *named, *beside, approvals) if path.is_file())
    for root in campaign.workspace.templates:
        for name in _TEMPLATES:
            yield from (path for path in sorted((root / name).glob("*")) if path.is_file())


def _copies(campaign: Campaign) -> list[Path]:
    name = campaign.file.copies
    folder = campaign.workspace.folder / name if name else None
    if folder is None or not folder.is_dir() or not campaign.workspace.contains(folder):
        return []
    return sorted(path for path in folder.iterdir() if path.is_file())


@cache
def _checks_digest() -> str:
    """The checks' own code, its rules, and the libraries that read numbers and languages."""
    found = hashlib.sha256()
    for path in sorted((PACKAGE / "checks").rglob("*")):
        if path.suffix in _CODE:
            found.update(path.read_bytes())
    versions = (f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES)
    return " ".join((found.hexdigest(), *versions))
