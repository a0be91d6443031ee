"""Reading `suppressed.csv`: every row of it, whoever wrote it, on the safe side."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from advocacy.campaign.recipients.column_headers import plain_name
from advocacy.errors import AdvocacyError, Level, Place, Problem, count_noun
from advocacy.files.csv_rows import Lines, has_bad_bytes, header_of, lines_of, not_utf8, rows_of
from advocacy.files.text import open_binary
from advocacy.files.writing import as_before
from advocacy.mail import problem
from advocacy.mail.consent.addresses import ADDRESS, PREFIX, address_key, domain_key

FILE = "suppressed.csv"
COLUMNS = ("address", "domain", "reason", "since", "source", "campaign", "lifted", "lifted_reason")
"""The columns of a new file; columns that people add are kept."""
MOST_PROBLEMS = 100
_EMAIL = frozenset({"email", "e_mail", "mail", "email_address", "e_mail_adresse", "e_mail_address"})
_DOMAIN = re.compile(r"(\*?\.)?[^\s@.*/,;]+(\.[^\s@.*/,;]+)+")
_HASH = re.compile(rf"{PREFIX}[0-9a-f]{{8}}:[0-9a-f]{{64}}")
_PLUS = re.compile(r"#\s*plus[- ]?tags\s*[:=]\s*ignore\b", re.IGNORECASE)
_SAID = {
    "unsubscribed": "unsubscribed",
    "complaint": "reported the mail as unwanted",
    "bounce": "a message to it bounced",
    "forgotten": "asked to be forgotten",
}

FileStamp = tuple[int, int, int, int]
"""A file's inode, size and times: another value means that it has changed."""


@dataclass(frozen=True, slots=True)
class SuppressionRow:
    """A row as it was read: `key` is an address's key, `@domain`, `@*.domain` or a hash."""

    key: str
    line: int
    reason: str = ""
    since: str = ""
    source: str = ""
    campaign: str = ""
    lifted: str = ""
    lifted_reason: str = ""

    @property
    def counts(self) -> bool:
        """Whether the row suppresses: not when it was lifted at a moment that can be read."""
        return not self.lifted or read_moment(self.lifted) is None

    def said(self) -> str:
        """The reason in words, with its day."""
        reason = self.reason or _SAID.get(self.source, "on the suppression list")
        day = read_moment(self.since)
        return f"{reason} ({day.date()})" if day else reason


@dataclass(slots=True)
class SuppressionEntries:
    """What a file says: reasons by address key, by domain, by domain with all below, by hash."""

    addresses: dict[str, str] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, tuple[str, int]] = field(default_factory=dict)
    plus_tags: bool = False
    stamp: FileStamp | None = None


def file_stamp(path: Path) -> FileStamp | None:
    """The file's stamp now, or None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def read_moment(text: str) -> datetime | None:
    """A day or a time as people and programs write it (ISO 8601), in UTC; None for no such."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def read_entries(path: Path) -> tuple[SuppressionEntries, list[Problem]]:
    """What a file says, with all that is wrong in it; nothing where there is no file."""
    entries = SuppressionEntries(stamp=file_stamp(path))
    if entries.stamp is None:
        return entries, []
    problems: list[Problem] = []
    reasons: dict[tuple[str, str, str], str] = {}
    more = 0
    for row in read_rows(path):
        if isinstance(row, Problem):
            more += len(problems) >= MOST_PROBLEMS
            problems += [row] if len(problems) < MOST_PROBLEMS or row.level is Level.ERROR else []
        elif row is PLUS_TAGS:
            entries.plus_tags = True
        elif row.counts:
            kind = (row.reason, row.source, row.since[:10])
            reason = reasons.get(kind) or reasons.setdefault(kind, row.said())
            _enter(entries, row, reason)
    if more:
        problems.append(
            problem(
                "bad-suppression",
                entry="more-bad-rows",
                place=Place(path),
                rows=count_noun(more, "more row has", "more rows have"),
            )
        )
    return entries, problems


PLUS_TAGS = SuppressionRow("", 0)
"""Represents the comment that tells advocacy to ignore `+…` in addresses."""


def _enter(entries: SuppressionEntries, row: SuppressionRow, reason: str) -> None:
    key = row.key
    if key.startswith("@*."):
        entries.above.setdefault(key[3:], f"{reason}: everyone at {key[3:]} and below")
    elif key.startswith("@"):
        entries.domains.setdefault(key[1:], f"{reason}: everyone at {key[1:]}")
    elif key.startswith(PREFIX):
        entries.hashes.setdefault(key, (reason, row.line))
    else:
        entries.addresses.setdefault(key, reason)


def read_rows(path: Path) -> Iterator[SuppressionRow | Problem]:
    """The rows of a file in turn, with every problem where it arises.

    A broken row gives a problem and whatever looks like an address in it.
    """
    try:
        with open_binary(path) as file:
            yield from rows_in(file, path)
    except AdvocacyError as error:
        yield from error.problems


def rows_in(file: BufferedReader, path: Path) -> Iterator[SuppressionRow | Problem]:
    """The same of an open file. Raises AdvocacyError where it is no CSV in UTF-8."""
    with opened_lines(file, path) as lines:
        for _, found in raw_rows(lines, path):
            yield from found


@contextmanager
def opened_lines(file: BufferedReader, path: Path) -> Iterator[Lines]:
    """The lines of an open file, which stays open.

    Raises AdvocacyError where it is no CSV in UTF-8.
    """
    lines = lines_of(file, path)
    if isinstance(lines, Problem):
        raise AdvocacyError(lines)
    try:
        yield lines
    finally:
        lines.detach()


Raw = tuple[str, tuple[SuppressionRow | Problem, ...]]
"""The text of a row as it stands in the file, and what it says."""


@dataclass(frozen=True, slots=True)
class SuppressionTable:
    """How the columns of a file stand: their positions by name, and the delimiter."""

    at: dict[str, int]
    width: int
    delimiter: str = ","
    has_header: bool = True


def table_of(lines: Lines, path: Path) -> tuple[SuppressionTable | None, list[Raw]]:
    """The columns of a file, and what stands above its first row; None where there is no row."""
    raw: list[Raw] = []
    for line in lines:
        if line.lstrip(' "').startswith("#"):
            raw.append((line, (PLUS_TAGS,) if _PLUS.match(line.lstrip(' "')) else ()))
        elif not line.strip() or re.fullmatch(r"sep=.\s*", line, re.IGNORECASE):
            raw.append((line, ()))
        else:
            break
        lines.row.clear()
    else:
        return None, raw
    first = lines.row[0]
    lines.give_back(0)
    cells, delimiter, wrong = header_of(
        lines, path, lambda cells: len({*columns_of(cells)} & {*COLUMNS})
    )
    names = columns_of(cells)
    if wrong is None and "address" not in names and "domain" not in names:
        if "@" in first:  # a bare list
            lines.row[:] = [first]
            lines.give_back(0)
            width = max(1, len(cells))
            return SuppressionTable({"address": 0}, width, delimiter or ",", has_header=False), raw
        place = Place(path, lines.number)
        wrong = problem("no-address-column", place=place, columns=",".join(COLUMNS))
    at: dict[str, int] = {}
    for index, name in enumerate(names):
        at.setdefault(name, index)
    raw.append((first, (wrong,) if wrong else ()))
    return SuppressionTable(at, max(1, len(cells)), delimiter or ","), raw


def columns_of(headers: Sequence[str]) -> list[str]:
    """What headers mean. Beside a column `email`, `address` is that of a street."""
    names = [plain_name(as_before(header.strip())) for header in headers]
    if not _EMAIL.isdisjoint(names):
        names = [{"address": "postal_address"}.get(name, name) for name in names]
    return ["address" if name in _EMAIL else name for name in names]


def raw_rows(lines: Lines, path: Path, table: SuppressionTable | None = None) -> Iterator[Raw]:
    """Every row of a file, comments and blank lines too: its text, and what it says."""
    if table is None:
        table, raw = table_of(lines, path)
        yield from raw
        if table is None:
            return
    read = _reader(table, path)
    for number, cells in rows_of(lines, table.delimiter, path, table.width):
        text = "".join(lines.row)
        if text.startswith("#") or text.lstrip(' "').startswith("#"):
            yield text, (PLUS_TAGS,) if _PLUS.match(text.lstrip(' "')) else ()
        elif not cells:
            yield text, ()
        elif isinstance(cells, Problem):
            yield text, tuple(salvaged(text, cells, number))
        else:
            yield text, read(cells, number, text)


def _reader(
    table: SuppressionTable, path: Path
) -> Callable[[list[str], int, str], tuple[SuppressionRow | Problem, ...]]:
    at = table.at
    address, domain = at.get("address"), at.get("domain")
    others = [(name, at[name]) for name in COLUMNS[2:] if name in at]
    plain = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]+").fullmatch

    def read(cells: list[str], number: int, text: str) -> tuple[SuppressionRow | Problem, ...]:
        if has_bad_bytes(text):
            return tuple(salvaged(text, not_utf8(text, Place(path, number)), number))
        said = {name: cells[index].strip() for name, index in others if cells[index]}
        written = cells[address] if address is not None else ""
        if plain(written):
            return (SuppressionRow(written, number, **said),)
        key = key_of(written) if written.strip() else ""
        if not key and not written.strip() and domain is not None and cells[domain].strip():
            key = _domain(cells[domain])
        if key:
            return (SuppressionRow(key, number, **said),)
        if not any(map(str.strip, cells)):
            return ()
        wrong = problem("bad-suppression", place=Place(path, number))
        return tuple(salvaged(text, wrong, number, said))

    return read


def key_of(written: str) -> str:
    """The key of an address, `@domain` or hash as it was written; an empty text for none."""
    text = as_before(written.strip()).strip()
    if len(ADDRESS.findall(text)) > 1:
        return ""  # two people in a cell: the row is broken
    inside = re.search(r"<([^<>]*)>\s*$", text)
    text = (inside[1] if inside else text).strip().removeprefix("mailto:")
    if _HASH.fullmatch(text):
        return text
    if text.startswith("@"):
        return _domain(text)
    found = ADDRESS.fullmatch(text)
    return address_key(text) if found else ""


def _domain(written: str) -> str:
    text = as_before(written.strip()).strip().removeprefix("@").rstrip(".")
    if not _DOMAIN.fullmatch(text):
        return ""
    wide = text.startswith(("*.", "."))
    return ("@*." if wide else "@") + domain_key(text.lstrip("*."))


def salvaged(
    text: str, wrong: Problem, line: int, said: dict[str, str] | None = None
) -> Iterator[SuppressionRow | Problem]:
    """Of a broken row the problem, a warning where the row holds addresses, and those."""
    if has_bad_bytes(text):  # most likely Windows-1252, from a spreadsheet program
        text = text.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    found = list(dict.fromkeys(address_key(one) for one in ADDRESS.findall(text)))
    shown = ", ".join(found[:3]) + (" …" if len(found) > 3 else "")
    if found:
        message = f"{wrong.message} As a precaution, {shown} is suppressed."
        yield Problem(wrong.code, message, wrong.hint, wrong.place, Level.WARNING)
    else:
        yield wrong.at(Level.ERROR)
    for key in found:
        yield SuppressionRow(key, line, **(said or {}))
