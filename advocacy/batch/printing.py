"""Letters for the print shop: a batch's PDFs merged in the order of their postal codes.

What is merged are the files of the letters that the batch made or left as they were, each
compared with the manifest's sum, so that nothing is printed that was not checked.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from advocacy.batch.documents import letter_folder
from advocacy.batch.executor import ProgressWatcher
from advocacy.batch.record import BatchRecord
from advocacy.batch.worker import LetterOutcome
from advocacy.campaign.loading import Campaign
from advocacy.campaign.supporters import Correspondence
from advocacy.errors import Place, Problem
from advocacy.files.csv_rows import spreadsheet_safe
from advocacy.files.writing import prepare_folder, replace_file

Order = Literal["postal-code", "list"]
NAME = "merged"
COLUMNS = ("sequence", "id", "name", "postal_code", "country", "file", "first_page", "pages")
"""The columns of the list that goes with merged letters."""
_PART = re.compile(r"-\d{4,}\.pdf")


def printing_key(postal_code: str, country: str) -> tuple[bool, str, str]:
    """What letters and labels are sorted by: those without a postal code come last."""
    return not postal_code, country, postal_code


@dataclass(frozen=True, slots=True)
class Printing:
    """How letters are merged.

    Into `file` (default: `merged.pdf` in the campaign's folder), `per` letters at most in each,
    with an empty page after an odd number of pages for `duplex`.
    """

    file: Path | None = None
    per: int | None = None
    duplex: bool = False
    order: Order = "postal-code"


@dataclass(frozen=True, slots=True)
class Piece:
    """A letter to be merged: its folder, and what the list says of its recipient."""

    number: int
    folder: Path
    id: str
    name: str
    postal_code: str
    country: str

    def file(self) -> Path:
        """Its PDF."""
        return self.folder / f"{self.id}.pdf"


@dataclass(slots=True)
class Merged:
    """What was merged: the PDFs, the table of their letters, and problems of those left out."""

    files: list[Path] = field(default_factory=list)
    table: Path | None = None
    letters: int = 0
    pages: int = 0
    problems: list[Problem] = field(default_factory=list)


class PrintQueue:
    """The letters of batches that may be printed; each batch tells it what it does.

    `output` is the folder below which the letters are written. The title and the language of
    what is printed, and the folder that it goes to, are those of the first campaign.
    """

    def __init__(self, output: Path) -> None:
        self.output = self.folder = output
        self.title = self.language = ""
        self._expected: dict[tuple[Path, str], Piece] = {}
        self._good: list[Piece] = []
        self._count = 0

    def expect(self, wanted: Correspondence, campaign: Campaign, stage: str) -> None:
        """A letter is about to be made."""
        recipient = wanted.recipient
        key = letter_folder(self.output, campaign.file.id, stage), wanted.letter_id
        self._count += 1
        if self._count == 1:
            self.language = campaign.file.language
            self.title = campaign.file.title.get(self.language) or campaign.file.id
            self.folder = self.output / campaign.file.id
        self._expected[key] = Piece(
            self._count,
            *key,
            recipient.called,
            recipient.postal_code or "",
            recipient.country or "",
        )

    def enter(self, outcome: LetterOutcome, campaign: str) -> None:
        """A letter was made, or left as it was, or refused."""
        folder = letter_folder(self.output, campaign, outcome.stage or "")
        piece = self._expected.pop((folder, outcome.id), None)
        if piece is not None and not outcome.refused:
            self._good.append(piece)

    def pieces(self, order: Order) -> list[Piece]:
        """The letters that passed, in the order in which they are printed."""
        if order == "list":
            return sorted(self._good, key=lambda piece: piece.number)
        return sorted(
            self._good,
            key=lambda piece: (*printing_key(piece.postal_code, piece.country), piece.number),
        )


def merge_pile(
    pile: PrintQueue, printing: Printing, watcher: ProgressWatcher | None = None
) -> Merged:
    """Merge the letters of a pile into one file, or several.

    A letter without a PDF is left out, and so is one whose PDF is not what the manifest says,
    which is a problem. Raises AdvocacyError where a file cannot be written.
    """
    watcher = watcher or ProgressWatcher()
    file = printing.file or pile.folder / f"{NAME}.pdf"
    result = Merged()
    with ExitStack() as stack:
        pieces = list(_sound(pile.pieces(printing.order), result.problems))
        if not pieces:
            if printing.file is None:
                _forget(file, [])
            return result
        prepare_folder(file.parent)
        per = printing.per or len(pieces)
        parts = [pieces[i : i + per] for i in range(0, len(pieces), per)]
        names = [file] if printing.per is None else list(_numbered(file, len(parts)))
        listed = stack.enter_context(replace_file(file.with_suffix(".csv")))
        _row(listed, COLUMNS)
        watcher.begin(f"{NAME}.pdf", lambda: len(pieces))
        stack.callback(watcher.end)
        for number, (name, part) in enumerate(zip(names, parts, strict=True), 1):
            title = pile.title if len(parts) == 1 else f"{pile.title} ({number}/{len(parts)})"
            first = (number - 1) * per + 1
            with replace_file(name) as out:
                result.pages += _merge(
                    part, out, (title, pile.language), first, printing, name, listed, watcher
                )
            result.files.append(name)
        result.letters = len(pieces)
    result.table = file.with_suffix(".csv")
    if printing.file is None:
        _forget(file, result.files)
    return result


def _merge(
    pieces: Sequence[Piece],
    out: IO[bytes],
    about: tuple[str, str],
    first: int,
    printing: Printing,
    name: Path,
    listed: IO[bytes],
    watcher: ProgressWatcher,
) -> int:
    """Write one merged PDF and its part of the list; returns the number of pages."""
    from advocacy.documents.print_shop.merge import Merger

    with Merger(out, *about, duplex=printing.duplex, first=first) as merger:
        for sequence, piece in enumerate(pieces, first):
            added = merger.add(piece.file(), piece.name or piece.id)
            place = (name.name, added.first, added.pages)
            _row(
                listed,
                (sequence, piece.id, piece.name, piece.postal_code, piece.country, *place),
            )
            watcher.step()
        return merger.pages


def _sound(pieces: Sequence[Piece], problems: list[Problem]) -> Iterator[Piece]:
    """Those of which there is the PDF that the manifest names."""
    with ExitStack() as stack:
        records: dict[Path, BatchRecord] = {}
        for piece in pieces:
            if piece.folder not in records:
                records[piece.folder] = stack.enter_context(
                    BatchRecord(piece.folder, read_only=True)
                )
            entry = records[piece.folder].find(piece.id)
            wanted = entry and entry["files"].get(f"{piece.id}.pdf")
            if not wanted:
                continue  # why there is none was told when it was to be made
            try:
                with piece.file().open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError:
                found = ""
            if found == wanted:
                yield piece
            else:
                problems.append(_changed(piece))


def _numbered(file: Path, count: int) -> Iterator[Path]:
    for number in range(1, count + 1):
        yield file.with_name(f"{file.stem}-{number:04}.pdf")


def _forget(file: Path, kept: Sequence[Path]) -> None:
    """Remove what an earlier run merged under the same name: nobody shall print it by mistake."""
    older = [file, *file.parent.glob(f"{_literal(file.stem)}-*.pdf")]
    for path in older:
        ours = path == file or _PART.fullmatch(path.name.removeprefix(file.stem))
        if ours and path not in kept:
            with suppress(OSError):
                path.unlink()
    if not kept:
        with suppress(OSError):
            file.with_suffix(".csv").unlink()


def _literal(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)


class _Text:
    """A text file for `csv`, above one of bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def _row(file: IO[bytes], cells: Sequence[object]) -> None:
    csv.writer(_Text(file)).writerow([spreadsheet_safe(cell) for cell in cells])


def _changed(piece: Piece) -> Problem:
    return Problem(
        "changed-file",
        f"{piece.file()} is not the file that was made: it is left out.",
        "Make it again with `--force`; if it was changed on purpose, change the template instead.",
        Place(piece.file()),
    )
