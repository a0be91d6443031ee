"""Messages that came back, one after the other: a Maildir, an mbox, or files of one each.

They are read and left as they are; of each at most the first megabyte is taken.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.text import open_binary
from advocacy.mail.bounces.notices import MOST_BYTES

_LINE = 100_000


def messages_in(path: Path) -> Iterator[tuple[Place, bytes]]:
    """The messages of a mailbox, each with its place.

    Raises AdvocacyError where there is none, or it cannot be read.
    """
    if path.is_dir():
        for file in _files(path):
            with open_binary(file) as opened:
                yield Place(file), opened.read(MOST_BYTES)
        return
    with open_binary(path) as opened:
        start = opened.peek(5)[:5]
        if start == b"From ":
            yield from _mbox(path)
        elif start:
            yield Place(path), opened.read(MOST_BYTES)


def _files(folder: Path) -> Iterator[Path]:
    """The files of a Maildir, in the order of their names; of another folder its `.eml` files."""
    parts = [part for name in ("cur", "new") if (part := folder / name).is_dir()]
    try:
        if parts:
            found = [Path(entry) for part in parts for entry in os.scandir(part)]
            names = [path for path in found if not path.name.startswith(".")]
        else:
            names = list(folder.glob("*.eml"))
    except OSError as error:
        raise AdvocacyError(_unreadable(folder, error)) from error
    if not parts and not names:
        message = "This folder is no Maildir: it has neither `new` and `cur` nor `.eml` files."
        hint = "Name the Maildir, an mbox file, or a folder of `.eml` files."
        raise AdvocacyError(Problem("no-mailbox", message, hint, Place(folder)))
    yield from sorted((path for path in names if path.is_file()), key=lambda path: path.name)


def _unreadable(folder: Path, error: OSError) -> Problem:
    message = f"The folder cannot be read: {(error.strerror or str(error)).lower()}."
    return Problem("not-readable", message, "Let yourself read it.", Place(folder))


def _mbox(path: Path) -> Iterator[tuple[Place, bytes]]:
    """The messages of an mbox (RFC 4155): each begins with `From ` after an empty line."""
    lines: list[bytes] = []
    size, began = 0, 1
    is_blank = True
    with open_binary(path) as file:
        number = 0
        while line := file.readline(_LINE):
            if is_blank and line.startswith(b"From "):
                if lines:
                    yield Place(path, began), b"".join(lines)
                lines, size, began = [], 0, number + 1
            elif size < MOST_BYTES:
                lines.append(line)
                size += len(line)
            is_blank = not line.strip(b"\r\n")
            number += line.endswith(b"\n")
    if lines:
        yield Place(path, began), b"".join(lines)
