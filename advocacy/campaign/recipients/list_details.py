"""What a reader finds out about a list beside its people: its form, its columns, its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.campaign.recipients.column_headers import KNOWN, is_address_line, plain_name
from advocacy.campaign.recipients.columns import Columns

CSV_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
"""File extensions of CSV; Excel's “Unicode Text” is a `.txt`."""

_PIECE = 1 << 20


def most_rows(path: Path) -> int | None:
    """How many rows a list has at most, by its line breaks; None where that cannot be told.

    Nothing is decoded: a header, an empty line or a line break in a cell make it too many.
    """
    if path.suffix.lower() not in CSV_SUFFIXES:
        return None
    breaks, last = 0, b""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                both = piece.count(b"\r\n") + (last == b"\r" and piece.startswith(b"\n"))
                breaks += piece.count(b"\n") + piece.count(b"\r") - both
                last = piece[-1:]
    except OSError:
        return None
    return breaks if last not in (b"\n", b"\r") else max(0, breaks - 1)


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column of a list: its header, what it is in letters, and why (a key of WHY)."""

    header: str
    becomes: str
    why: str


WHY = {
    "known": "known by its own name",
    "other-name": "another name for it",
    "program": "its name in this export",
    "campaign": "the campaign’s `columns:`",
    "own": "a column of this list only",
    "unnamed": "without a name, so not used",
    "position": "without a header; named by its position",
}


@dataclass(slots=True)
class ListDetails:
    """How a list is written, and how many rows it has; a reader fills it in.

    `kind` is what the file is, `header_row` counts from 1 in it. `encoding`, `separator`, and
    `sheet` are empty where the kind has none, `program` where the list is no known export.
    """

    kind: str = ""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    program: str = ""
    header_row: int | None = None
    columns: list[ColumnUse] = field(default_factory=list)
    rows: int = 0

    def add_header(
        self, headers: Sequence[str], columns: Columns, renamed: Mapping[str, str]
    ) -> None:
        """Note the columns of a header, those that are not there yet."""
        self.program = self.program or columns.program
        there = {column.header for column in self.columns}
        by_campaign = {plain_name(header) for header in renamed}
        for header, name in zip(headers, columns.names, strict=False):
            if header.strip() not in there:
                why = _why(plain_name(header), name, by_campaign, program=bool(columns.program))
                known = name in KNOWN or is_address_line(name)
                becomes = name if known else f"recipient.{name}" if name else ""
                self.columns.append(ColumnUse(header.strip(), becomes, why))


def _why(plain: str, name: str, by_campaign: set[str], *, program: bool) -> str:
    if not name:
        return "unnamed"
    if not plain:
        return "position"
    if plain in by_campaign:
        return "campaign"
    if name == f"other_{plain}":
        return "own"
    if name == plain:
        return "known" if name in KNOWN or is_address_line(name) else "own"
    return "program" if program else "other-name"
