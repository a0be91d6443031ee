"""Files made for many people in the output folder: merged letters, labels, envelopes, galleries,
worksheets.

One that holds a person to be forgotten goes as a whole, since a page taken out of a PDF leaves
its bookmark and its text behind. The command that made it makes it again without them. Whether
a file holds them is known by the table of merged letters, else by its text. A PDF of another
name, or without text to search, may be the user's own: it is told, and left.
"""

import csv
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from advocacy.batch.gallery.making import FILES, NAME
from advocacy.batch.printing import COLUMNS
from advocacy.batch.worksheets import TABLE
from advocacy.files.writing import as_before, open_own

_LABELS = re.compile(r"(?:labels|envelopes)-[\w.-]+\.pdf")
_MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class SharedOutput:
    """Files of many people, made by one command, at least one of which holds a person.

    `kind` is what they are. Where `is_sure` is False they may hold the person.
    """

    kind: str
    files: tuple[Path, ...]
    is_sure: bool = True


def find_shared_output(
    output: Path, texts: Collection[str], ids: Collection[str], known: Collection[Path]
) -> Iterator[SharedOutput]:
    """Yield the files of many people below a folder that hold a person, or may.

    `texts` are the person's address and names, `ids` their letters' ids; `known` are the PDFs
    that a manifest names, which hold one letter each.
    """
    pattern = _pattern(texts)
    for where, folders, _ in os.walk(output):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != FILES)
        folder = Path(where)
        files = _regular_files(folder)
        seen = set(known)
        for path in files:
            merged = _merged(path, texts, ids) if path.suffix == ".csv" else None
            if merged is not None:
                there = [folder / name for name in sorted(merged) if folder / name in files]
                seen.update(there)
                if there:
                    yield SharedOutput("file of merged letters in", (*there, path))
        yield from _worksheets(folder, files, pattern)
        documents = _regular_files(folder / FILES)
        gallery = [path for path in files if path.name == NAME] + documents
        if any(pattern.search(_text(path)) for path in gallery):
            yield SharedOutput("gallery", tuple(gallery))
        for path in files:
            if path.suffix != ".pdf" or path in seen:
                continue
            text, ours = _text(path), _LABELS.fullmatch(path.name)
            if pattern.search(text):
                kind = "file of addresses in" if ours else "file"
                yield SharedOutput(kind, (path,), is_sure=bool(ours))
            elif not text.strip() or (ours and len(texts) == 1):
                # Labels have names alone; where only the address is known, they cannot be searched.
                yield SharedOutput("file", (path,), is_sure=False)


def find_merged(
    table: Path, texts: Collection[str], ids: Collection[str]
) -> Iterator[SharedOutput]:
    """Yield the merged files of a table, with it, where the person is in it."""
    merged = _merged(table, texts, ids)
    if merged is not None:
        there = [table.parent / name for name in sorted(merged)]
        files = [path for path in there if path.is_file() and not path.is_symlink()]
        yield SharedOutput("file of merged letters in", (*files, table))


def _worksheets(
    folder: Path, files: Collection[Path], pattern: re.Pattern[str]
) -> Iterator[SharedOutput]:
    """The worksheets of a folder that hold the person; rows of its table go by the address."""
    sheets = [path for path in files if path.suffix == ".html"] if folder / TABLE in files else []
    yield from (
        SharedOutput("worksheet in", (path,)) for path in sheets if pattern.search(_text(path))
    )


def _regular_files(folder: Path) -> list[Path]:
    """The files below `_gallery`, or in another folder; a planted link or pipe is none."""
    deep = folder.name == FILES
    found = sorted(folder.rglob("*") if deep else folder.glob("*"))
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _pattern(texts: Collection[str]) -> re.Pattern[str]:
    """The person's address and names as they may stand in a text, or in HTML."""
    ways = {way for text in texts if text.strip() for way in (text, escape(text))}
    spaced = (r"\s+".join(map(re.escape, way.split())) for way in sorted(ways))
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(spaced)})(?!\w)")


def _merged(path: Path, texts: Collection[str], ids: Collection[str]) -> set[str] | None:
    """The names of a table's merged PDFs; None where the person is not in it, or it is another."""
    try:
        with os.fdopen(open_own(path, os.O_RDONLY), encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            if next(rows, []) != list(COLUMNS):
                return None
            found: set[str] = set()
            holds = False
            names = {text.casefold() for text in texts}
            for row in rows:
                cells = dict(zip(COLUMNS, map(as_before, row), strict=False))
                found.add(Path(cells.get("file", "")).name)
                holds |= cells.get("id") in ids or cells.get("name", "").casefold() in names
            return found if holds else None
    except (OSError, UnicodeDecodeError, csv.Error):
        return None


def _text(path: Path) -> str:
    """The text of a file that the tool makes, as far as it has one."""
    if path.suffix == ".pdf":
        return _pdf_text(path)
    with os.fdopen(open_own(path, os.O_RDONLY), "rb") as file:
        return file.read(_MOST_BYTES).decode("utf-8", "replace")


def _pdf_text(path: Path) -> str:
    """The text of a PDF's pages; empty where it cannot be read, or is one of pictures."""
    import pypdfium2

    pages = []
    try:
        with pypdfium2.PdfDocument(path) as document:
            for number in range(len(document)):
                page = document[number]
                text = page.get_textpage()
                pages.append(text.get_text_bounded())
                text.close()
                page.close()
    except pypdfium2.PdfiumError:
        return ""
    return "\n".join(pages).replace("\u2010", "-").replace("\xa0", " ")
