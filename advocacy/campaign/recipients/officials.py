"""Records of people in public office, whoever publishes them: values, days, and those left out."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.table import recipient_of
from advocacy.errors import AdvocacyError, Level, Place, Problem, Report, count_noun
from advocacy.files.json_reading import read_json
from advocacy.files.text import read_text
from advocacy.files.yaml.reading import YamlList, YamlMap, scan_root


def read_root(path: Path) -> YamlMap | YamlList:
    """What stands at the top of a YAML or JSON file. Raises AdvocacyError."""
    if path.suffix.lower() == ".json":
        return read_json(path)
    root, problems = scan_root(read_text(path), path)
    if problems:
        raise AdvocacyError(problems)
    return root if isinstance(root, YamlMap | YamlList) else YamlList(path, Place(path))


def text_in(record: Mapping[str, Any], *keys: str) -> str:
    """The first of these values that is a text or a number, as text; else nothing."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str | int | float | date) and str(value).strip():
            return str(value).strip()
    return ""


def map_in(record: YamlMap, key: str) -> YamlMap:
    """A mapping in a record, empty where there is none."""
    found = record.get(key)
    return found if isinstance(found, YamlMap) else YamlMap(record.path, record.place)


def maps_in(record: Mapping[str, Any], key: str) -> list[YamlMap]:
    """The mappings of a list in a record; what is none is passed over."""
    found = record.get(key)
    return [one for one in found if isinstance(one, YamlMap)] if isinstance(found, list) else []


def covers(record: Mapping[str, Any], day: date, start: str, end: str) -> bool:
    """Whether a term's days include a day. Days may lack (`2023`, `2023-01`), or be empty."""
    first, last, on = text_in(record, start), text_in(record, end), day.isoformat()
    return first[:10] <= on and (not last or on[: len(last[:10])] <= last[:10])


def whole_day(text: str) -> str:
    """A day as a recipient has it; empty for one that is not whole."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def official(
    values: Mapping[str, Any], other: Mapping[str, str], place: Place, report: Report
) -> Recipient | None:
    """The recipient of a record: its known values, and columns that are there even if empty.

    Empty texts are not values of a row, but templates may ask for each of these columns.
    """
    known = {key: value for key, value in values.items() if value}
    recipient = recipient_of(known, place, report, str(known.get("name", "the person")))
    return recipient and recipient.model_copy(update={"other": dict(other)})


class Absent:
    """Those who hold no office on a day, counted, with the place of the first."""

    def __init__(self, day: date) -> None:
        self._day, self._count = day, 0
        self._first: Place | None = None

    def add(self, place: Place) -> None:
        """Count a person."""
        self._count += 1
        self._first = self._first or place

    def problems(self) -> Iterator[Problem]:
        """One warning for all of them."""
        if self._count:
            people = count_noun(self._count, "person holds", "people hold")
            message = f"{people} no office on {self._day}. No letter is written to them."
            hint = "If they are in office, get a new copy of the data."
            yield Problem("no-office-then", message, hint, self._first, Level.WARNING)
