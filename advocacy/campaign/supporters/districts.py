"""The district of supporters whose list has only an address, by the US Census Bureau's geocoder.

`write_batches` writes the addresses for the geocoder's batch form
(https://geocoding.geo.census.gov/geocoder/geographies/addressbatch?form). Its results have no
header: id, address, match, kind of match, matched address, coordinates, TIGER line, side, state,
county, tract, block (as the library `fitnr/censusgeocode` reads it, too). `read_districts` reads
the results, and the Census Bureau's block file for a Congress, which has each block's district.
Nothing here uses the network.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeAlias

from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.lists import read_rows
from advocacy.errors import AdvocacyError, Level, Place, Problem, Report, count_noun, reporting
from advocacy.files.writing import write_file
from advocacy.resources import read_table

MOST_ROWS = 10_000
"""The rows that the geocoder takes in one file (its own pages, and the FCC's guide to it)."""
GEOCODER = "https://geocoding.geo.census.gov/geocoder/geographies/addressbatch?form"

Districts: TypeAlias = Mapping[str, tuple[str, str]]
"""State and district by the number of a row (`row_number`)."""

_TABLE = read_table("campaign/supporters/census.toml")
_ANSWERS = {"match", "no_match", "tie"}
_BLOCK = re.compile(r"(GEOID|BLOCKID)\d*", re.IGNORECASE)
_DISTRICT = re.compile(r"(CDFP|CD\d{3}(FP)?|DISTRICT)", re.IGNORECASE)


def row_number(row: Recipient) -> str:
    """The number of a row in the geocoder's files: a digest, which names nobody."""
    return hashlib.sha256(row.letter_id.encode()).hexdigest()[:16]


def write_batches(path: Path, output: Path, day: date, report: Report) -> list[Path]:
    """Write the addresses of a list that have no district, for the geocoder; return the files.

    Each file has at most 10,000 rows of number, street, city, state, ZIP code. Rows without a
    street, or without a city and ZIP code, are counted in a warning.
    """
    lines: list[str] = []
    without: list[Recipient] = []
    for row in read_rows(path, day, report):
        if row.text_of("district"):
            continue
        if not row.address or not (row.postal_code or row.city):
            without.append(row)
            continue
        state = row.region or row.text_of("state")
        values = (row_number(row), row.address[0], row.city, state, (row.postal_code or "")[:5])
        lines.append(",".join(_quoted(value or "") for value in values))
    if without:
        rows = count_noun(len(without), "row has", "rows have")
        message = f"{rows} neither a district nor a complete address."
        hint = "Fill in `address`, `city`, `region`, and `postal_code`, or `state` and `district`."
        report(Problem("no-address-to-locate", message, hint, without[0].place(), Level.WARNING))
    files: list[Path] = []
    for start in range(0, len(lines), MOST_ROWS):
        number = f"-{len(files) + 1}" if len(lines) > MOST_ROWS else ""
        files.append(output.with_name(f"{output.stem}{number}{output.suffix or '.csv'}"))
        write_file(
            files[-1], "".join(f"{one}\n" for one in lines[start : start + MOST_ROWS]).encode()
        )
    return files


def _quoted(value: str) -> str:
    return f'"{value.replace(chr(34), " ")}"' if re.search(r'[",\n]', value) else value


def read_districts(paths: Sequence[Path], report: Report) -> Districts:
    """The districts of rows, from the geocoder's results and the block files for a Congress.

    Addresses that the geocoder did not find are counted in a warning. What is neither a results
    file nor a block file is reported.
    """
    blocks: dict[str, str] = {}
    tables: list[tuple[Path, int, int]] = []
    unknown = 0
    for path in paths:
        with reporting(report):
            columns = _block_columns(path)
            if columns is not None:
                tables.append((path, *columns))
            else:
                found, missed = _answer(path)
                blocks |= found
                unknown += missed
    if unknown:
        addresses = count_noun(unknown, "address was", "addresses were")
        message = f"{addresses} not found by the geocoder, so these supporters have no district."
        hint = "Correct the addresses, or fill in `state` and `district`."
        report(Problem("address-not-found", message, hint, Place(paths[0]), Level.WARNING))
    if blocks and not tables:
        message = "The geocoder's results name census blocks, but no file has their districts."
        hint = (
            "Download the block file for the Congress from https://www.census.gov (“Congressional "
            "District Block Equivalency Files”), and name it with a second `--districts FILE`."
        )
        report(Problem("no-block-file", message, hint, Place(paths[0])))
    district_of: dict[str, str] = {}
    wanted = set(blocks.values())
    for path, block, district in tables:
        for line in _lines(path):
            if len(line) > max(block, district) and line[block].strip() in wanted:
                district_of[line[block].strip()] = line[district].strip()
    return {
        row: (_TABLE["states"].get(block[:2], ""), _district(district_of[block]))
        for row, block in blocks.items()
        if block in district_of
    }


def _district(number: str) -> str:
    return "0" if number in _TABLE["at_large"]["numbers"] else number.lstrip("0")


def _lines(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            yield from csv.reader(file)
    except (OSError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not valid CSV"
        message = f"The file cannot be read: {why}."
        problem = Problem("not-readable", message, "Name a CSV file.", Place(path))
        raise AdvocacyError(problem) from None


def _block_columns(path: Path) -> tuple[int, int] | None:
    """Which columns of a block file have the block and its district; None for another file."""
    head = [name.strip() for name in next(_lines(path), [])]
    block = next((at for at, name in enumerate(head) if _BLOCK.fullmatch(name)), None)
    district = next((at for at, name in enumerate(head) if _DISTRICT.fullmatch(name)), None)
    return None if block is None or district is None else (block, district)


def _answer(path: Path) -> tuple[dict[str, str], int]:
    """The census block of each row of a results file, and how many rows have none."""
    blocks: dict[str, str] = {}
    missed = 0
    for number, line in enumerate(_lines(path), 1):
        if not line:
            continue
        if len(line) < 3 or line[2].strip().casefold() not in _ANSWERS:
            message = "This is neither a results file of the Census geocoder nor a block file."
            hint = f"Use the file that {GEOCODER} returns, unchanged."
            raise AdvocacyError(Problem("not-districts", message, hint, Place(path, number)))
        if line[2].strip().casefold() != "match":
            missed += 1
        elif len(line) < 12:
            message = "This file has no census blocks."
            hint = f"Request geographies, not locations: {GEOCODER}."
            raise AdvocacyError(Problem("not-districts", message, hint, Place(path, number)))
        else:
            state, county, tract, block = (part.strip() for part in line[8:12])
            blocks[line[0].strip()] = (
                f"{state.zfill(2)}{county.zfill(3)}{tract.zfill(6)}{block.zfill(4)}"
            )
    return blocks, missed


def with_districts(rows: Iterable[Recipient], districts: Districts) -> Iterator[Recipient]:
    """The rows of a list, with state and district where the geocoder found them."""
    for row in rows:
        found = districts.get(row_number(row)) if districts else None
        if found is None or row.text_of("district"):
            yield row
        else:
            yield row.model_copy(
                update={"other": {**row.other, "state": found[0], "district": found[1]}}
            )
