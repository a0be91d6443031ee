"""A workbook: its sheets, its shared texts, and which of its formats are dates."""

import posixpath
import re
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import BufferedReader
from pathlib import Path
from typing import IO

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.text import open_binary
from advocacy.files.workbook.cells import DATE, SheetRow, Styles
from advocacy.files.workbook.merged_cells import merged_cells, with_merged_values
from advocacy.files.workbook.rows import rows_of_sheet
from advocacy.files.workbook.xml_parts import (
    BrokenPartError,
    TextBuffer,
    attribute,
    elements,
    parse_part,
)

LARGEST = 200_000_000  # bytes, unpacked; Excel's own limit of rows fits with a few columns
MOST_SHEETS = 1_000
MOST_LINKS = MOST_FORMATS = 10_000
MOST_LETTERS = 255
"""Excel's limit of a format's length."""
# ECMA-376, 18.8.30: formats that are dates or times without saying so.
_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook; `part` is its file in the archive."""

    name: str
    part: str
    hidden: bool = False


class Workbook:
    """An open workbook. Its methods raise AdvocacyError where a part of it cannot be read."""

    def __init__(self, packed: zipfile.ZipFile, path: Path) -> None:
        self._packed, self._path = packed, path
        self._parts = {_plain(name): name for name in packed.namelist()}
        with self._reading():
            self._main = self._main_part()
            self._links = self._links_of(self._main)
            self.sheets, self._since_1904 = self._read_main()

    def rows(self, sheet: Sheet) -> Iterator[SheetRow]:
        """The rows of a sheet that hold anything, in turn."""
        with self._reading():
            with self._open(sheet.part) as part:
                merged = merged_cells(part)
            with self._open(sheet.part) as part:
                rows = rows_of_sheet(part, self.texts, self.styles)
                yield from with_merged_values(rows, merged) if merged else rows

    def has_cells(self, sheet: Sheet) -> bool:
        """Whether anything stands on a sheet."""
        with self._reading(), self._open(sheet.part) as part:
            return any(row.cells for row in rows_of_sheet(part, self.texts, self.styles))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (BrokenPartError, KeyError, ValueError, *_DAMAGE):
            raise AdvocacyError(_broken(self._path)) from None

    def _open(self, part: str) -> IO[bytes]:
        """A part, opened. Raises KeyError without it, AdvocacyError where it is too large."""
        info = self._packed.getinfo(self._parts[_plain(part)])
        # The library reads no more of a part than the archive says that it has.
        if info.file_size > LARGEST:
            raise AdvocacyError(_too_large(info.file_size, self._path))
        return self._packed.open(info)

    def _has(self, part: str) -> bool:
        return _plain(part) in self._parts

    def _main_part(self) -> str:
        if self._has("_rels/.rels"):
            for kind, target in self._links_of("").values():
                if kind == "officeDocument":
                    return target
        return "xl/workbook.xml"

    def _links_of(self, part: str) -> dict[str, tuple[str, str]]:
        """The kinds and targets of a part's links by their ids (ECMA-376 part 2, 6.5)."""
        folder, name = posixpath.split(part)
        links = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self._has(links):
            return {}
        found: dict[str, tuple[str, str]] = {}
        with self._open(links) as opened:
            for tag, attributes in elements(opened):
                if tag == "Relationship" and len(found) < MOST_LINKS:
                    target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
                    kind = attributes.get("Type", "").rpartition("/")[2]
                    found[attributes.get("Id", "")] = (kind, target.lstrip("/"))
        return found

    def _read_main(self) -> tuple[tuple[Sheet, ...], bool]:
        """The sheets with cells in their order, and whether days count from 1904."""
        sheets: list[Sheet] = []
        since_1904 = False
        with self._open(self._main) as part:
            for tag, attributes in elements(part):
                if tag == "workbookPr":
                    # An extension of Excel 2013 has an element of the same name, without it.
                    since_1904 = since_1904 or attributes.get("date1904") in ("1", "true")
                elif tag == "sheet" and len(sheets) < MOST_SHEETS:
                    kind, target = self._links.get(attribute(attributes, "id"), ("", ""))
                    if kind in ("worksheet", "") and self._has(target):
                        hidden = attributes.get("state", "visible") != "visible"
                        sheets.append(Sheet(attributes.get("name", ""), target, hidden))
        return tuple(sheets), since_1904

    def _linked(self, kind: str) -> str | None:
        targets = (target for found, target in self._links.values() if found == kind)
        return next((target for target in targets if self._has(target)), None)

    def _formats(self) -> bytes:
        """How each style of cells shows numbers: a byte each (see `Styles`)."""
        part = self._linked("styles")
        if part is None:
            return b""
        own: dict[str, int] = {}
        found = bytearray()
        inside = False
        with self._open(part) as opened:
            for tag, attributes in elements(opened):
                if tag == "numFmt" and len(own) < MOST_FORMATS:
                    own[attributes.get("numFmtId", "")] = _shown(attributes.get("formatCode", ""))
                elif tag in ("cellXfs", "cellStyles", "dxfs"):
                    inside = tag == "cellXfs"
                elif tag == "xf" and inside:
                    number = attributes.get("numFmtId", "0")
                    known = number.isdecimal() and len(number) < 4 and int(number) in _DATES
                    found.append(own.get(number, DATE * known))
        return bytes(found)

    @cached_property
    def styles(self) -> Styles:
        """How numbers are read."""
        return Styles(self._formats(), self._since_1904)

    @cached_property
    def texts(self) -> "SharedTexts":
        """The texts that cells share."""
        texts = SharedTexts()
        part = self._linked("sharedStrings")
        if part is not None:
            with self._open(part) as opened:
                texts.read(opened)
        return texts


class SharedTexts:
    """The texts that cells share, by number: their bytes in a row, and where each begins.

    A text takes its bytes and eight more; as Python's own it would take fifty more.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._starts = array("Q", (0,))

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._starts) - 1:
            raise BrokenPartError("no such text")
        data = self._bytes[self._starts[number] : self._starts[number + 1]]
        return data.decode("utf-8", "surrogatepass")

    def read(self, part: IO[bytes]) -> None:
        """Add the texts of a part, without the pronunciations that East Asian texts have."""
        text = TextBuffer()
        aside = False
        wanted = False

        def start(name: str, _: object) -> None:
            nonlocal aside, wanted
            if name == "si":
                text.clear()
            elif name == "rPh":
                aside = True
            wanted = name == "t" and not aside

        def end(name: str) -> None:
            nonlocal aside, wanted
            wanted = False
            if name == "rPh":
                aside = False
            elif name == "si":
                self._bytes += str(text).encode("utf-8", "surrogatepass")
                self._starts.append(len(self._bytes))

        def add(data: str) -> None:
            if wanted:
                text.add(data)

        for _ in parse_part(part, start, end, add):
            pass


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """Open a workbook. Raises AdvocacyError for what is none, and for one without sheets."""
    with open_binary(path) as file:
        packed = _unpack(file, path)
        with packed:
            book = Workbook(packed, path)
            if not book.sheets:
                raise AdvocacyError(_broken(path))
            yield book


def _unpack(file: BufferedReader, path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (*_DAMAGE, ValueError):
        raise AdvocacyError(_broken(path)) from None


def _plain(name: str) -> str:
    """A part's name as it is compared: some programs write backslashes, or other capitals."""
    return name.replace("\\", "/").lstrip("/").casefold()


def _shown(code: str) -> int:
    """How a format shows numbers: as a day or a time, with so many digits, or else (18.8.31)."""
    if re.fullmatch("0{2,20}", code):
        return len(code)
    plain = _QUOTED.sub("", code[:MOST_LETTERS]).partition(";")[0].casefold()
    is_date = "general" not in plain and any(letter in plain for letter in "dmyhs")
    return DATE if is_date else 0


def _broken(path: Path) -> Problem:
    return Problem(
        "not-xlsx",
        "This is not an Excel workbook (.xlsx), or it is damaged or password-protected.",
        "Open it in your spreadsheet program and save it as .xlsx without a password, or as CSV.",
        Place(path),
    )


def _too_large(size: int, path: Path) -> Problem:
    limit = LARGEST // 1_000_000
    message = f"The workbook unpacks to {size // 1_000_000:,} MB; the limit is {limit} MB."
    hint = "Save the sheet as CSV, or split it."
    return Problem("file-too-large", message, hint, Place(path))
