"""JSON files whose people are read one by one, each with the line on which it begins."""

import json
import re
from pathlib import Path
from typing import Any

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.text import read_text
from advocacy.files.yaml.reading import YamlList, YamlMap

DEEPEST = 50
_SPACE = re.compile(r"[ \t\r\n]*")


def read_json(path: Path) -> YamlMap | YamlList:
    """A JSON file as if it were YAML: items of its lists know their line, all in them shares it.

    Raises AdvocacyError for what cannot be read, is no JSON, or holds neither list nor object.
    """
    text = read_text(path)
    try:
        return _Reader(text, path).root()
    except json.JSONDecodeError as error:
        place = Place(path, error.lineno, error.colno)
        raise AdvocacyError(_not_json(why_not_json(error), place)) from None
    except (ValueError, RecursionError) as error:
        raise AdvocacyError(_not_json(why_not_json(error), Place(path))) from None


class NotJsonValueError(ValueError):
    """A constant such as `NaN`, which `json` reads and JSON does not have."""


def why_not_json(error: Exception) -> str:
    """Why `json` did not read a text: words for a message, without Python's own."""
    if isinstance(error, json.JSONDecodeError):
        return error.msg
    if isinstance(error, NotJsonValueError):
        return str(error)
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return "it contains a number with too many digits"


def refuse_constant(name: str) -> Any:
    """For `json`'s `parse_constant`. Raises NotJsonValueError."""
    raise NotJsonValueError(f"{name} is not a JSON value")


def _not_json(reason: str, place: Place) -> Problem:
    hint = "Get a new copy of the file, or save the list as CSV."
    return Problem("not-json", f"The file is not valid JSON: {reason}.", hint, place)


class _Reader:
    """The top levels of a JSON text, whose values are decoded one by one."""

    def __init__(self, text: str, path: Path) -> None:
        self._text, self._path = text, path
        self._decoder = json.JSONDecoder(parse_constant=refuse_constant)
        self._at = 0
        self._line, self._counted = 1, 0

    def root(self) -> YamlMap | YamlList:
        found: YamlMap | YamlList
        if self._next() == "[":
            found = self._list()
        elif self._next() == "{":
            found = self._object()
        else:
            raise ValueError("it contains neither a list nor an object")
        if self._next():
            raise json.JSONDecodeError("Extra data", self._text, self._at)
        return found

    def _next(self) -> str:
        """Pass over blanks; the character that stands there, or nothing at the end."""
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _place(self) -> Place:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return Place(self._path, self._line)

    def _value(self) -> Any:
        self._next()
        place = self._place()
        value, self._at = self._decoder.raw_decode(self._text, self._at)
        return _placed(value, place, DEEPEST)

    def _list(self) -> YamlList:
        found = YamlList(self._path, self._place())
        self._at += 1
        while self._next() != "]":
            found.append(self._value())
            self._comma("]")
        self._at += 1
        return found

    def _object(self) -> YamlMap:
        found = YamlMap(self._path, self._place())
        self._at += 1
        while self._next() != "}":
            key = self._value()
            if not isinstance(key, str):
                raise json.JSONDecodeError("A key is not text", self._text, self._at)
            if self._next() != ":":
                raise json.JSONDecodeError("Expecting ':'", self._text, self._at)
            self._at += 1
            found[key] = self._list() if self._next() == "[" else self._value()
            self._comma("}")
        self._at += 1
        return found

    def _comma(self, end: str) -> None:
        following = self._next()
        if following == ",":
            self._at += 1
        elif following != end:
            raise json.JSONDecodeError("Expecting ','", self._text, self._at)


def _placed(value: Any, place: Place, levels: int) -> Any:
    """A decoded value with a place for each object and list in it."""
    if not levels:
        raise RecursionError
    if isinstance(value, dict):
        mapping = YamlMap(place.path, place)
        for key, one in value.items():
            mapping[key] = _placed(one, place, levels - 1)
        return mapping
    if isinstance(value, list):
        items = YamlList(place.path, place)
        items.extend(_placed(one, place, levels - 1) for one in value)
        return items
    return value
