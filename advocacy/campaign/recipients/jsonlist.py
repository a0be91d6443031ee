"""Recipients from JSON Lines: an object a line."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from advocacy.campaign.recipients.columns import Columns, read_header
from advocacy.campaign.recipients.csvlist import gather_address
from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.rows import LONGEST_ROW, recipient_of
from advocacy.campaign.recipients.typed import as_text
from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.text import open_binary


def read_jsonl(path: Path, renamed: Mapping[str, str]) -> Iterator[Recipient | Problem]:
    """The recipients of a file of JSON Lines in turn, and every problem where it arises.

    `renamed` maps foreign keys to names of columns. Lists are taken for `address` alone.
    """
    try:
        file = open_binary(path)
    except AdvocacyError as error:
        yield from error.problems
        return
    headers = _Headers(renamed)
    count = 0
    with file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_ROW * 4), b""), start=1):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if text.strip():
                count += 1
                yield from _line(text, headers, Place(path, number))
    if not count:
        hint = 'Write an object a line: `{"name": "Jane Doe"}`.'
        yield Problem("empty-file", "The file is empty.", hint, Place(path))


class _Headers:
    """The columns of lines by their keys; lines of one list mostly have the same."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed
        self._known: dict[tuple[str, ...], Columns] = {}
        self._told: set[tuple[str, str]] = set()

    def of(self, keys: tuple[str, ...], place: Place) -> Columns:
        if keys not in self._known:
            if len(self._known) > 1000:
                self._known.clear()
            self._known[keys] = read_header(keys, self._renamed, place)
        return self._known[keys]

    def new(self, columns: Columns) -> Iterator[Problem]:
        """What was not told of a line before this one."""
        for note in columns.problems:
            if note.level is not Level.ERROR and (note.code, note.message) not in self._told:
                self._told.add((note.code, note.message))
                yield note


def _line(line: bytes, headers: _Headers, place: Place) -> Iterator[Recipient | Problem]:
    pairs, problem = _object(line, place)
    if problem:
        yield problem
        return
    header = headers.of(tuple(key for key, _ in pairs), place)
    yield from headers.new(header)
    wrong = [replace(p, place=place) for p in header.problems if p.level is Level.ERROR]
    if wrong:
        yield from wrong
    else:
        yield from _row(header, pairs, place)


def _object(line: bytes, place: Place) -> tuple[list[tuple[str, Any]], Problem | None]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = line[error.start]
        message = f"The byte 0x{byte:02X} in this line is not UTF-8."
        return [], Problem("not-utf8", message, "Save the file as UTF-8.", place)
    try:
        found = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        message = f"This line is not JSON: {reason or 'nested too deeply'}."
        hint = 'Write one object a line: `{"name": "Jane Doe", "email": "jane@parks.example"}`.'
        return [], Problem("not-json", message, hint, place)
    if not isinstance(found, _Pairs):
        message = "This line holds no JSON object."
        hint = 'Write one object a line: `{"name": "Jane Doe"}`.'
        return [], Problem("not-json", message, hint, place)
    return list(found), None


class _Pairs(list[tuple[str, Any]]):
    """An object's keys and values in order, those that stand twice included."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no value")


def _row(
    header: Columns, pairs: list[tuple[str, Any]], place: Place
) -> Iterator[Recipient | Problem]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, (key, value) in zip(header.names, pairs, strict=True):
        if name == "address" and isinstance(value, list) and not isinstance(value, _Pairs):
            lines = [as_text(name, line, place, f"`{key}`") for line in value]
            problems += [line for line in lines if isinstance(line, Problem)]
            text: str | Problem = "\n".join(str(line) for line in lines)
        elif isinstance(value, list):
            message = f"`{key}` is a list or an object, where text should be."
            text = Problem("not-text", message, "Write it as text.", place)
        else:
            text = as_text(name, value, place, "this line")
        if isinstance(text, Problem):
            problems.append(text)
        elif text and not name:
            message = f"“{text:.40}” has a key without letters or digits."
            problems.append(Problem("cell-without-column", message, "Name the key.", place))
        elif text:
            values[name] = re.sub(r"\r\n?", "\n", text)
    if problems:
        yield from problems
        return
    gather_address(values, header)
    recipient, found = recipient_of(values, place, "the line")
    yield from found
    if recipient is not None:
        yield recipient
