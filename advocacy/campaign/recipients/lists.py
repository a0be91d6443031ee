"""Lists of recipients of any kind of file, read row by row, without anybody twice."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from advocacy.campaign.recipients.forms_of_address import address_lawmaker
from advocacy.campaign.recipients.identity import mailbox
from advocacy.campaign.recipients.list_details import CSV_SUFFIXES, ListDetails
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.suspicions import find_suspicions
from advocacy.errors import Level, Place, Problem, Report, reporting


def read_list(
    path: Path,
    day: date,
    report: Report,
    *,
    columns: Mapping[str, str] | None = None,
    committees: Sequence[Path] = (),
    committee: str | None = None,
    details: ListDetails | None = None,
) -> Iterator[Recipient]:
    """The recipients of a list in its order.

    `columns` maps foreign headers to names of columns. `day` is the letters' date, for lists of
    people with terms of office; `committees` and `committee` are for members of Congress (see
    `read_legislators`). A row's problem does not stop the others. Of two rows that are one
    person the second is left out with a note; two people with one id are a problem, and two in
    one mailbox a warning. `details` is filled in with what the list is.

    The file is streamed: nothing but short digests of a row are kept.
    """
    found = read_rows(path, day, report, columns, committees, committee, details)
    yield from _once(map(address_lawmaker, found), report)


def read_rows(
    path: Path,
    day: date,
    report: Report,
    columns: Mapping[str, str] | None = None,
    committees: Sequence[Path] = (),
    committee: str | None = None,
    details: ListDetails | None = None,
) -> Iterator[Recipient]:
    """The rows of a list as they stand, also several of one person (see `read_list`)."""
    kind = path.suffix.lower()
    details = details or ListDetails()
    rows: Iterator[Recipient] = iter(())
    if kind in CSV_SUFFIXES:
        from advocacy.campaign.recipients.formats import read_csv

        rows = read_csv(path, columns or {}, report, details)
    elif kind == ".xlsx":
        from advocacy.campaign.recipients.xlsxlist import read_xlsx

        rows = read_xlsx(path, columns or {}, report, details)
    elif kind in (".jsonl", ".ndjson"):
        from advocacy.campaign.recipients.formats import read_jsonl

        rows = read_jsonl(path, columns or {}, report, details)
    elif kind in (".yaml", ".yml", ".json") or path.is_dir():
        from advocacy.campaign.recipients.open_data import read_open_data

        with reporting(report):
            rows = read_open_data(path, day, report, committees, committee, columns or {}, details)
    else:
        message = f"Lists of the format `{kind or path.name}` are not supported."
        hint = "Save it as CSV in UTF-8 (.csv), as .xlsx, or as JSON (.json, .jsonl)."
        report(Problem("unknown-list", message, hint, Place(path)))
    yield from rows


def _once(rows: Iterable[Recipient], report: Report) -> Iterator[Recipient]:
    """Everyone once: a second row of the same person is a note with the line of the first."""
    names, people, mailboxes = Seen(), Seen(), Seen()
    for row in rows:
        place = row.place()
        line = (place.line if place else None) or 0
        name = row.letter_id
        same_name = names.add(name, line)
        same_person = people.add(row.person_key, line)
        # Two ids with one name and place may be a father and his son; two in one mailbox are not.
        if same_person is not None and (row.email or same_name is not None or row.id is None):
            report(_same_person(row, same_person))
            continue
        if same_name is not None:
            report(_same_id(row, same_name))
            continue
        if row.file_name != name:  # else the id itself is the name of the letter's files
            same_file = names.add(row.file_name, line)
            if same_file is not None:
                report(_same_file(row, same_file))
                continue
        if row.email:
            first = mailboxes.add(mailbox(row.email), line)
            if first is not None:
                report(_same_mailbox(row, first))
        for suspicion in find_suspicions(row):
            report(suspicion)
        yield row


def _same_person(row: Recipient, line: int) -> Problem:
    message = f"{row.called} appears twice, first in line {line}, and gets one letter."
    hint = "If these are two people, give each an `id`, and distinguish their names or addresses."
    return Problem("same-person", message, hint, row.place(), Level.NOTE)


def _same_id(row: Recipient, line: int) -> Problem:
    message = (
        f"The id `{row.letter_id}` of {row.called} is also the id of another person in line {line}."
    )
    hint = "Give one of them a different `id`."
    return Problem("duplicate-id", message, hint, row.place("id"))


def _same_file(row: Recipient, line: int) -> Problem:
    message = f"The letter of {row.called} would have the same file name as that of line {line}."
    hint = "Give one of them a different `id`."
    return Problem("duplicate-id", message, hint, row.place("id"))


def _same_mailbox(row: Recipient, line: int) -> Problem:
    message = f"{row.called} and the person in line {line} have the same mailbox, {row.email}."
    hint = "If these are two people, keep both rows. Otherwise, remove one."
    return Problem("same-address", message, hint, row.place("email"), Level.WARNING)


class Seen:
    """Texts that were seen, each with a number: a hash table of 12 bytes an entry.

    A million rows are remembered in a tenth of what a dict takes. Two texts are taken for one
    where their 64-bit hashes are equal, once in some ten million lists of a million rows.
    """

    def __init__(self) -> None:
        self._bits, self._count = 10, 0
        self._hashes, self._numbers = self._empty()

    def _empty(self) -> tuple["array[int]", "array[int]"]:
        size = 1 << self._bits
        return array("Q", (0,)) * size, array("I", (0,)) * size

    def add(self, text: str, number: int) -> int | None:
        """Remember a text; the number it was first added with, if it was there already."""
        if self._count * 5 > 4 << self._bits:
            self._grow()
        return self._put(hash(text) & 0xFFFF_FFFF_FFFF_FFFF or 1, number)

    def __contains__(self, text: str) -> bool:
        return bool(self._hashes[self._find(hash(text) & 0xFFFF_FFFF_FFFF_FFFF or 1)])

    def _find(self, digest: int) -> int:
        """Where a hash stands, or would stand."""
        mask = (1 << self._bits) - 1
        at = digest & mask
        while self._hashes[at] and self._hashes[at] != digest:
            at = (at + 1) & mask
        return at

    def _put(self, digest: int, number: int) -> int | None:
        hashes, mask = self._hashes, (1 << self._bits) - 1
        at = digest & mask
        while there := hashes[at]:  # as in `_find`: a call more for each text counts
            if there == digest:
                return self._numbers[at]
            at = (at + 1) & mask
        hashes[at], self._numbers[at] = digest, number
        self._count += 1
        return None

    def _grow(self) -> None:
        old = zip(self._hashes, self._numbers, strict=True)
        self._bits, self._count = self._bits + 1, 0
        self._hashes, self._numbers = self._empty()
        for digest, number in old:
            if digest:
                self._put(digest, number)
