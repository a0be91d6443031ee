"""PDFs that are enclosed with letters: whole, of a bearable size, and without programs in them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.cache import by_file, once_per_run
from advocacy.files.text import read_start
from advocacy.files.workspace import Workspace

if TYPE_CHECKING:
    from pikepdf import Pdf

BIGGEST_ENCLOSURE = 8 * 1024 * 1024
MOST_PAGES = 100
_ACTIONS = ("/AA", "/OpenAction", "/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/XFA", "/AF")
"""Names that begin programs, other files, and forms that are programs (ISO 32000-2, 12.6, 7.11)."""
_SAVE_ANEW = "Print it to a new PDF file, and enclose that file."


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """A PDF that goes with a letter: its path from the campaign's folder, and what it is called.

    `digest` is the SHA-256 sum of its bytes, in hexadecimal.
    """

    name: str
    title: str
    digest: str
    pages: int


def find_enclosure(
    name: str, title: str, workspace: Workspace, place: Place | None = None
) -> EnclosedFile:
    """The PDF of that name, from the campaign's folder.

    Raises AdvocacyError where it lies outside the workspace, is missing, broken, encrypted, too
    large, or has programs in it.
    """
    path = once_per_run(("enclosure", workspace, name), lambda: workspace.file(name, place))
    found = by_file(str(path), ("enclosure", name), lambda: _found(path, name))
    if isinstance(found, Problem):
        raise AdvocacyError(replace(found, place=place))
    return replace(found, title=title)


def read_enclosure(one: EnclosedFile, workspace: Workspace) -> bytes:
    """The bytes of an enclosed PDF. Raises AdvocacyError where it has changed since."""
    data = read_start(workspace.file(one.name), BIGGEST_ENCLOSURE + 1)
    if hashlib.sha256(data).hexdigest() != one.digest:
        raise AdvocacyError(
            Problem(
                "bad-enclosure",
                f"The enclosure `{one.name}` changed while letters were made.",
                "Make the letters again.",
            )
        )
    return data


def _found(path: Path, name: str) -> EnclosedFile | Problem:
    try:
        data = read_start(path, BIGGEST_ENCLOSURE + 1)
    except AdvocacyError as error:
        return error.problems[0]
    if len(data) > BIGGEST_ENCLOSURE:
        limit = f"The limit is {BIGGEST_ENCLOSURE // 1024**2} MB"
        return _bad(name, f"is too large. {limit}", "Save a smaller copy.")
    import pikepdf

    try:
        with pikepdf.Pdf.open(BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            if pdf.is_encrypted:
                return _bad(name, "is encrypted", f"Remove the password. {_SAVE_ANEW}")
            if not 0 < pages <= MOST_PAGES:
                return _bad(name, f"has {pages} pages. The limit is {MOST_PAGES}", "Shorten it.")
            if any(_programs(pdf)):
                return _bad(name, "contains a program, a form, or another file", _SAVE_ANEW)
    except pikepdf.PasswordError:
        return _bad(name, "is encrypted", f"Remove the password. {_SAVE_ANEW}")
    except (pikepdf.PdfError, ValueError, RuntimeError):
        return _bad(name, "is not a PDF, or is broken", _SAVE_ANEW)
    return EnclosedFile(name, "", hashlib.sha256(data).hexdigest(), pages)


def _bad(name: str, why: str, cure: str) -> Problem:
    return Problem("bad-enclosure", f"The enclosure `{name}` {why}.", cure)


def _programs(pdf: "Pdf") -> Iterator[str]:
    """Names in a PDF that begin what only a program runs."""
    import pikepdf

    for item in (*pdf.objects, pdf.Root):
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield from _named(item, 4)


def _named(item: Any, depth: int) -> Iterator[str]:
    import pikepdf

    for key in item.keys():  # noqa: SIM118 - a stream is no mapping
        value = item.get(key)
        # A destination may stand where an action may.
        if key in _ACTIONS and not (key == "/OpenAction" and isinstance(value, pikepdf.Array)):
            yield key
        elif key == "/S" and str(value) in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData"):
            yield str(value)
        elif depth and isinstance(value, pikepdf.Dictionary) and not value.is_indirect:
            yield from _named(value, depth - 1)


@lru_cache(maxsize=8)  # saves reading the same enclosure for each letter
def open_enclosure(data: bytes) -> "Pdf":
    """An enclosed PDF, to copy pages from."""
    import pikepdf

    return pikepdf.Pdf.open(BytesIO(data))
