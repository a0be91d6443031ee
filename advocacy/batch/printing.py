"""Merge a batch's PDFs for the print shop, in the order of their postal codes.

What is merged are the files of the letters that the batch made or left as they were, each
compared with the manifest's sum, so that nothing is printed that was not checked.
"""

import glob
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from advocacy.batch.documents import letter_folder
from advocacy.batch.executor import ProgressWatcher
from advocacy.batch.record import BatchRecord
from advocacy.batch.worker import LetterOutcome, WantedLetter
from advocacy.campaign.loading import Campaign
from advocacy.campaign.supporters.model import letter_file_name
from advocacy.errors import Place, Problem
from advocacy.files.content_digests import file_sum
from advocacy.files.writing import csv_line, prepare_folder, replace_file

Order = Literal["postal-code", "list"]
NAME = "merged"
COLUMNS = ("sequence", "id", "name", "postal_code", "country", "file", "first_page", "pages")
"""The columns of the list that goes with merged letters."""
_CHANGED_HINT = "Make it again with `--force`. If you edited it, edit the template instead."
_PART = re.compile(r"-\d{4,}\.pdf")


def printing_key(postal_code: str, country: str) -> tuple[bool, str, str]:
    """The key that sorts letters and labels: those without a postal code come last."""
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
class PrintedLetter:
    """A letter to merge: its folder and PDF, and what the list says of its recipient."""

    number: int
    folder: Path
    id: str
    file: Path
    name: str
    postal_code: str
    country: str


@dataclass(slots=True)
class Merged:
    """What was merged: the PDFs, the table of their letters, and problems of those left out."""

    files: list[Path] = field(default_factory=list)
    table: Path | None = None
    letters: int = 0
    pages: int = 0
    problems: list[Problem] = field(default_factory=list)


class PrintQueue:
    """The letters of batches that may be printed.

    A batch adds each letter before it is made (`expect`), and enters what came of it. `output`
    is the folder below which the letters are written. Title, language and folder of what is
    printed are those of the first campaign.
    """

    def __init__(self, output: Path) -> None:
        self.output = self.folder = output
        self.title = self.language = ""
        self._expected: dict[tuple[Path, str], PrintedLetter] = {}
        self._good: list[PrintedLetter] = []
        self._count = 0

    def expect(self, wanted: WantedLetter, campaign: Campaign) -> None:
        """Note a letter that is about to be made."""
        recipient, file = wanted.recipient, campaign.file
        key = letter_folder(self.output, file.id, wanted.stage or ""), wanted.letter_id
        self._count += 1
        if self._count == 1:
            self.language = file.language
            self.title = file.title.get(self.language) or file.id
            self.folder = self.output / file.id
        self._expected[key] = PrintedLetter(
            self._count,
            *key,
            key[0] / f"{letter_file_name(recipient, wanted.supporters)}.pdf",
            recipient.called,
            recipient.postal_code or "",
            recipient.country or "",
        )

    def enter(self, outcome: LetterOutcome, campaign: str) -> None:
        """Keep a letter that was made or left as it was, and drop a refused one."""
        folder = letter_folder(self.output, campaign, outcome.stage or "")
        letter = self._expected.pop((folder, outcome.id), None)
        if letter is not None and not outcome.refused:
            self._good.append(letter)

    def letters(self, order: Order) -> list[PrintedLetter]:
        """The letters to print, in the order in which they are printed."""
        if order == "list":
            return sorted(self._good, key=lambda letter: letter.number)
        return sorted(
            self._good,
            key=lambda letter: (*printing_key(letter.postal_code, letter.country), letter.number),
        )


def merge_letters(
    queue: PrintQueue, printing: Printing, watcher: ProgressWatcher | None = None
) -> Merged:
    """Merge the letters of a queue into one file, or several.

    A letter without a PDF is left out, and so is one whose PDF is not what the manifest says,
    which is a problem. Raises AdvocacyError where a file cannot be written.
    """
    watcher = watcher or ProgressWatcher()
    file = printing.file or queue.folder / f"{NAME}.pdf"
    result = Merged()
    letters = list(_unchanged(queue.letters(printing.order), result.problems))
    if letters:
        prepare_folder(file.parent)
        per = printing.per or len(letters)
        parts = [letters[i : i + per] for i in range(0, len(letters), per)]
        numbers = range(1, len(parts) + 1)
        names = [file.with_name(f"{file.stem}-{number:04}.pdf") for number in numbers]
        names = [file] if printing.per is None else names
        result.table, result.letters = file.with_suffix(".csv"), len(letters)
        watcher.begin(f"{NAME}.pdf", lambda: len(letters))
        try:
            with replace_file(result.table) as table:
                table.write(csv_line(COLUMNS))
                for number, (name, part) in enumerate(zip(names, parts, strict=True), 1):
                    title = queue.title
                    title += f" ({number}/{len(parts)})" if len(parts) > 1 else ""
                    about, first = (title, queue.language), (number - 1) * per + 1
                    result.pages += _merge(
                        part, name, about, first, printing.duplex, table, watcher
                    )
                    result.files.append(name)
        finally:
            watcher.end()
    if printing.file is None:
        _remove_older(file, result.files)
    return result


def _merge(
    letters: Sequence[PrintedLetter],
    file: Path,
    about: tuple[str, str],
    first: int,
    duplex: bool,
    table: IO[bytes],
    watcher: ProgressWatcher,
) -> int:
    """Write one merged PDF and its rows of the table; returns the number of pages.

    `about` is the title and the language, `first` the sequence number of the first letter.
    """
    from advocacy.documents.print_shop.merge import Merger

    with replace_file(file) as out, Merger(out, *about, duplex=duplex, first=first) as merger:
        for sequence, one in enumerate(letters, first):
            added = merger.add(one.file, one.name or one.id)
            row = (sequence, one.id, one.name, one.postal_code, one.country)
            table.write(csv_line((*row, file.name, added.first, added.pages)))
            watcher.step()
        return merger.pages


def _unchanged(
    letters: Sequence[PrintedLetter], problems: list[Problem]
) -> Iterator[PrintedLetter]:
    """Yield the letters whose PDF is the one that the manifest names."""
    with ExitStack() as stack:
        records: dict[Path, BatchRecord] = {}
        for one in letters:
            if one.folder not in records:
                records[one.folder] = stack.enter_context(BatchRecord(one.folder, read_only=True))
            entry = records[one.folder].find(one.id)
            expected = entry and entry["files"].get(one.file.name)
            if not expected:
                continue  # why there is none was reported when it was to be made
            if file_sum(one.file) == expected:
                yield one
            else:
                message = f"{one.file} was changed after it was made, so it was not merged."
                problems.append(Problem("changed-file", message, _CHANGED_HINT, Place(one.file)))


def _remove_older(file: Path, kept: Sequence[Path]) -> None:
    """Remove what an earlier run merged under the same name, lest somebody prints it."""
    older = [file, *file.parent.glob(f"{glob.escape(file.stem)}-*.pdf")]
    for path in older:
        ours = path == file or _PART.fullmatch(path.name.removeprefix(file.stem))
        if ours and path not in kept:
            with suppress(OSError):
                path.unlink()
    if not kept:
        with suppress(OSError):
            file.with_suffix(".csv").unlink()
