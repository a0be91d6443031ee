"""Lists of recipients of any kind of file, read row by row, without anybody twice."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from advocacy.campaign.recipients.model import Recipient
from advocacy.errors import Level, Place, Problem, Report, reporting


def read_list(
    path: Path,
    day: date,
    report: Report,
    *,
    columns: Mapping[str, str] | None = None,
    committees: Sequence[Path] = (),
    committee: str | None = None,
    shared_addresses: bool = False,
) -> Iterator[Recipient]:
    """The recipients of a list in its order.

    `columns` maps foreign headers to names of columns. `day` is the letters' date, for lists of
    people with terms of office; `committees` and `committee` are for members of Congress (see
    `read_legislators`). A row's problem does not stop the others. Of two rows that are one
    person, or would be one file, the second is a problem; of two with one email address the
    second goes without, unless `shared_addresses` may be. The file is streamed: nothing but a short
    digest of a row is kept.
    """
    kind = path.suffix.lower()
    rows: Iterator[Recipient] = iter(())
    if kind in (".csv", ".tsv"):
        from advocacy.campaign.recipients.formats import read_csv

        rows = read_csv(path, columns or {}, report)
    elif kind == ".xlsx":
        from advocacy.campaign.recipients.xlsxlist import read_xlsx

        rows = read_xlsx(path, columns or {}, report)
    elif kind in (".jsonl", ".ndjson"):
        from advocacy.campaign.recipients.formats import read_jsonl

        rows = read_jsonl(path, columns or {}, report)
    elif kind in (".yaml", ".yml"):
        from advocacy.campaign.recipients.congress import read_legislators, read_seats

        with reporting(report):
            rows = read_legislators(path, day, report, read_seats(committees), committee)
    else:
        message = f"Lists of the format `{kind or path.name}` are not supported."
        hint = "Save it as CSV in UTF-8 (.csv), as .xlsx, or as JSON Lines (.jsonl)."
        report(Problem("unknown-list", message, hint, Place(path)))
    yield from _once(rows, report, shared=shared_addresses)


def _once(rows: Iterable[Recipient], report: Report, *, shared: bool) -> Iterator[Recipient]:
    """Everyone once: a second row of the same person is reported with the line of the first."""
    ids, people, addresses = Seen(), Seen(), Seen()
    for row in rows:
        place = row.place()
        line = (place.line if place else None) or 0
        first = ids.add(row.letter_id, line)
        if first is not None:
            report(_again(row, first))
            continue
        # Two rows that share a name alone may be two people.
        if row.email or row.address or row.postal_code:
            first = people.add(_person(row), line)
            if first is not None:
                report(_same_person(row, first))
                continue
        if row.email and not shared:
            first = addresses.add(row.email.casefold(), line)
            if first is not None:
                report(_same_address(row, first))
                row = row.model_copy(update={"email": None})
        yield row


def _person(row: Recipient) -> str:
    """What makes two rows one person: name, office and every address."""
    parts = (
        row.full_name, row.title, row.organization, *row.address, row.postal_code, row.city,
        row.email,
    )  # fmt: skip
    return "\n".join(part or "" for part in parts).casefold()


def _again(row: Recipient, line: int) -> Problem:
    if row.id:
        message = f"The letter id `{row.id}` appears twice, first in line {line}."
        hint = "Give one of them a different `id`."
    else:
        message = f"{row.called} would have the same letter id as line {line}, `{row.letter_id}`."
        hint = "Remove one row. If these are two people, add an `id` column with an id for each."
    return Problem("duplicate-id", message, hint, row.place("id"))


def _same_person(row: Recipient, line: int) -> Problem:
    message = f"{row.called} appears twice, first in line {line}. The second letter is held."
    hint = (
        "Remove one row. If these are two people, distinguish them by `name`, `suffix` or `title`."
    )
    return Problem("same-person", message, hint, row.place())


def _same_address(row: Recipient, line: int) -> Problem:
    message = (
        f"{row.called} has the same email address as line {line} ({row.email}). The "
        "second email is held; the paper letter is not."
    )
    hint = "Enter the person's own address, or remove the row."
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

    def _put(self, digest: int, number: int) -> int | None:
        mask = (1 << self._bits) - 1
        at = digest & mask
        while self._hashes[at]:
            if self._hashes[at] == digest:
                return self._numbers[at]
            at = (at + 1) & mask
        self._hashes[at], self._numbers[at] = digest, number
        self._count += 1
        return None

    def _grow(self) -> None:
        old = zip(self._hashes, self._numbers, strict=True)
        self._bits, self._count = self._bits + 1, 0
        self._hashes, self._numbers = self._empty()
        for digest, number in old:
            if digest:
                self._put(digest, number)
