"""Pydantic's validation errors as problems: in plain words, at the place of the value.

The mapping that was validated is walked beside each error's location. Steps that are not a key
or index of it are pydantic's names for the members of a union; they show which errors are
about one value, so that `text or a mapping` is one problem and not two.
"""

import re
import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from advocacy.errors import Place, Problem, join_words, nearest
from advocacy.files.characters import shown
from advocacy.files.yaml.tree import YamlList, YamlMap, as_read, has_key, quoted
from advocacy.resources import read_table

Keys = tuple[str | int, ...]

_TABLE = read_table("files/yaml/validation_errors.toml")
SHAPES: dict[str, str] = {e: kind["wanted"] for kind in _TABLE["kinds"] for e in kind["errors"]}
_HINTS: dict[str, str] = {
    kind["wanted"]: kind.get("hint", "Write one.") for kind in _TABLE["kinds"]
}
_SCALARS = {str, int, float, bool, date, datetime, type(None)}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A problem's words; the message follows the key's name and a colon."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class ModelErrors:
    """One of pydantic's errors, and where in the data it is."""

    error: dict[str, Any]
    keys: Keys  # lead from the data to the value
    branch: tuple[int, str] | None  # after how many keys a union began, and its member
    value: Any
    owner: "YamlMap | YamlList | None"  # what the value stands in
    missing: str | int | None
    on_key: bool

    @property
    def is_shape(self) -> bool:
        """Whether the value is of another kind than this member of a union wants."""
        depth = self.branch[0] if self.branch else 0
        here = self.missing is None and len(self.keys) == depth
        wanted = (self.error.get("ctx") or {}).get("wanted")
        return here and (bool(wanted) or self.error["type"] in SHAPES)

    @property
    def raw(self) -> str | None:
        """The scalar's text as written."""
        return self.owner.raw(self.keys[-1]) if self.owner is not None else None

    @property
    def place(self) -> Place | None:
        """Where to point."""
        if isinstance(self.value, YamlMap) and (self.missing is not None or not self.keys):
            return self.value.head  # a mapping is known by the key above it, not by its first key
        if self.owner is None:
            return None
        key = self.keys[-1]
        on_key = self.on_key or self.error["type"] == "extra_forbidden"
        if on_key and isinstance(self.owner, YamlMap):
            return self.owner.key_place(str(key))
        return self.owner.value_place(key)


def problems_of(error: ValidationError, model: type[BaseModel], data: YamlMap) -> list[Problem]:
    """All that is wrong with a mapping, by place; unknown keys with the nearest known one."""
    found = [_walk(dict(each), data) for each in error.errors(include_url=False)]
    problems: list[Problem] = []
    meant: set[tuple[Keys, str | int | None]] = set()
    for one in found:
        if one.error["type"] == "extra_forbidden":
            problem, near = _unknown_key(one, model)
            problems.append(problem)
            meant.add((one.keys[:-1], near))
    for group in _groups(found):
        first = group[0]
        if first.error["type"] == "extra_forbidden" or (first.keys, first.missing) in meant:
            continue
        problems.append(_problem(group, data))
    return sorted(set(problems), key=_order)


def _order(problem: Problem) -> tuple[int, int, str]:
    place = problem.place
    return (place.line or 0, place.column or 0, problem.code) if place else (0, 0, problem.code)


def _walk(error: dict[str, Any], data: YamlMap) -> ModelErrors:
    at: Any = data
    owner: YamlMap | YamlList | None = None
    keys: list[str | int] = []
    branch: tuple[int, str] | None = None
    missing: str | int | None = None
    on_key = False
    loc: tuple[str | int, ...] = error["loc"]
    inner = (error.get("ctx") or {}).get("keys") or ()
    for index, step in enumerate((*loc, *inner)):
        if has_key(at, step):
            owner, at = at, at[step]
            keys.append(step)
        elif step == "[key]" and index == len(loc) - 1:
            on_key = True
        elif error["type"] == "missing" and index == len(loc) - 1:
            missing = step
        elif index < len(loc):
            branch = branch or (len(keys), str(step))
    return ModelErrors(error, tuple(keys), branch, at, owner, missing, on_key)


def _groups(found: list[ModelErrors]) -> Iterator[list[ModelErrors]]:
    """Errors that make one problem together; those of unlikely members of a union are left out."""
    unions: dict[Keys, dict[str, list[ModelErrors]]] = {}
    for one in found:
        if one.branch is None:
            yield [one]
        else:
            depth, member = one.branch
            unions.setdefault(one.keys[:depth], {}).setdefault(member, []).append(one)
    for members in unions.values():
        fitting = [errors for errors in members.values() if not all(e.is_shape for e in errors)]
        if fitting:
            for one in min(fitting, key=len):
                yield [one]
        else:
            yield [one for errors in members.values() for one in errors]


def _problem(group: list[ModelErrors], data: YamlMap) -> Problem:
    first = group[0]
    if first.missing is not None:
        words = _missing(first)
    elif len(group) > 1:
        words = either([one.error for one in group], first.value, first.raw)
    else:
        words = phrase(first.error, first.value, first.raw)
    name = "" if first.missing is not None or first.on_key else _name(first.keys, data)
    message = f"{name}: {words.message}" if name else words.message
    end = "" if message.endswith((".", "…", "?", "!")) else "."
    return Problem(words.code, message + end, words.hint, first.place)


def describe_errors(errors: Sequence[ErrorDetails], value: Any) -> Phrase:
    """Say what is wrong with one value that stands in no file, by pydantic's errors about it."""
    if any(one["type"] == "missing" for one in errors):
        return Phrase("empty-value", "has no value", "Write one.")
    own = [dict(one) for one in errors if not (one.get("ctx") or {}).get("wanted")]
    if len(errors) == 1 or own:
        one = own[0] if own else dict(errors[0])
        return phrase(one, one.get("input", value), None)
    return either([dict(one) for one in errors], value, None)


def _missing(one: ModelErrors) -> Phrase:
    where = one.value.label if isinstance(one.value, YamlMap | YamlList) else ""
    inside = f" in {where}" if where else ""
    if isinstance(one.missing, int):
        message = f"Item {one.missing + 1} is missing{inside}"
        return Phrase("missing-item", message, "Add it to the list.")
    return Phrase("missing-key", f"`{one.missing}` is missing{inside}", f"Add `{one.missing}: …`.")


def _name(keys: Keys, data: YamlMap) -> str:
    if not keys:
        return data.label
    if isinstance(keys[-1], int):
        of = next((f"`{key}`" for key in reversed(keys) if isinstance(key, str)), data.label)
        return f"Item {keys[-1] + 1} of {of}"
    return f"`{keys[-1]}`"


def _unknown_key(one: ModelErrors, model: type[BaseModel]) -> tuple[Problem, str | int | None]:
    key = str(one.keys[-1])
    known = list(dict.fromkeys(_known_keys(_types_at(model, one.keys[:-1]))))
    near = nearest(key, known)
    where = one.owner.label if one.owner is not None else ""
    inside = f"of {where}" if where else "of this file"
    hint = f"Did you mean `{near}`?"
    if near is None:
        hint = "The keys are: " + ", ".join(f"`{name}`" for name in known) + "."
    return Problem("unknown-key", f"`{key}` is not a key {inside}.", hint, one.place), near


def _known_keys(kinds: Iterable[Any]) -> Iterator[str]:
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                yield field.alias or name


def _types_at(model: Any, keys: Keys) -> list[Any]:
    """The types that models give to the value to which keys lead."""
    kinds = list(_members(model))
    for key in keys:
        kinds = [inner for kind in kinds for inner in _inside(kind, key)]
    return kinds


def _members(kind: Any) -> Iterator[Any]:
    if hasattr(kind, "__value__"):  # a named type (PEP 695)
        yield from _members(kind.__value__)
    elif get_origin(kind) is Annotated:
        yield from _members(get_args(kind)[0])
    elif get_origin(kind) in (Union, types.UnionType):
        for member in get_args(kind):
            yield from _members(member)
    else:
        yield kind


def _inside(kind: Any, key: str | int) -> Iterator[Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if key in (field.alias, name):
                yield from _members(field.annotation)
        return
    arguments = [argument for argument in get_args(kind) if argument is not Ellipsis]
    if isinstance(key, str) and len(arguments) == 2:
        yield from _members(arguments[1])
    elif isinstance(key, int) and arguments:
        yield from _members(arguments[key] if key < len(arguments) else arguments[-1])


# --- the words of each error --------------------------------------------------------------------


def phrase(error: dict[str, Any], value: Any, raw: str | None) -> Phrase:
    """The words for one error; `value` is what the file has, `raw` its text as written."""
    kind: str = error["type"]
    context: dict[str, Any] = error.get("ctx") or {}
    if "message" in context and "hint" in context:  # `characters.fault`
        return _own(kind, context, value, raw)
    if value is None and kind in SHAPES:
        return _nothing(kind, raw)
    if kind == "string_type":
        return _not_text(value, raw)
    if kind in ("literal_error", "enum"):
        return _choice(context.get("expected", ""), value, raw)
    if kind in SHAPES:
        wanted = SHAPES[kind]
        message = f"expected {wanted}, found {_found(value, raw)}"
        return Phrase("wrong-type", message, _HINTS[wanted])
    if kind in ("value_error", "assertion_error"):
        return Phrase("wrong-value", str(context.get("error", error["msg"])), "Correct the value.")
    if kind == "union_tag_invalid":
        return _choice(context["expected_tags"], context["tag"], None)
    if kind == "union_tag_not_found":
        name = str(context["discriminator"]).strip("'")
        return Phrase("missing-key", f"the key `{name}` is missing", f"Add `{name}: …`.")
    return _measure(kind, context, str(error["msg"]), value, raw)


def either(errors: Sequence[dict[str, Any]], value: Any, raw: str | None) -> Phrase:
    """The words for a value that fits none of several types."""
    wanted: list[str] = []
    hints: list[str] = []
    for error in errors:
        context = error.get("ctx") or {}
        names = context.get("wanted") or SHAPES.get(error["type"], "")
        wanted += [names] if names else [f"`{name}`" for name in _names(context["expected"])]
        hints.append(phrase(error, value, raw).hint)
    if value is None:
        return Phrase(
            "empty-value", "has no value", "Write " + join_words(_once(wanted), "or") + "."
        )
    message = f"expected {join_words(_once(wanted), 'or')}, found {_found(value, raw)}"
    first, *others = _once(hints)[:2]
    hint = "".join([first, *(f" Or {other[:1].lower()}{other[1:]}" for other in others)])
    return Phrase("wrong-type", message, hint)


def _once(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _names(expected: str) -> list[str]:
    return re.findall(r"'([^']*)'", expected)


def _found(value: Any, raw: str | None) -> str:
    """The value that was found, in words."""
    if isinstance(value, dict):
        return "keys with values" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, str):
        return shown(value) if value else "empty text"
    read = as_read(value)
    if not raw:
        return read
    short = shown(raw)[1:-1]
    if read in (raw, f"the number {raw}", f"the day {raw}"):
        return f"`{short}`"
    return f"`{short}`, which YAML reads as {read}"


def _own(kind: str, context: dict[str, Any], value: Any, raw: str | None) -> Phrase:
    message, hint = str(context["message"]), str(context["hint"])
    if raw and isinstance(value, bool | int | float) and context.get("wanted"):
        message = f"expected {context['wanted']}, found {_found(value, raw)}"
    return Phrase(kind, message, hint)


def _nothing(kind: str, raw: str | None) -> Phrase:
    wanted = SHAPES[kind]
    if raw:
        return Phrase(
            "empty-value",
            f"YAML reads `{raw}` as empty",
            f"If it is meant as text, put it in quotes: `{quoted(raw)}`. Otherwise remove the key.",
        )
    return Phrase("empty-value", "has no value", f"{_HINTS[wanted]} Or remove the key.")


def _not_text(value: Any, raw: str | None) -> Phrase:
    if isinstance(value, bool | int | float | date) and raw is not None:
        return Phrase(
            "not-text",
            f"YAML reads `{shown(raw)[1:-1]}` as {as_read(value)}, not as text",
            f"Put it in quotes: `{quoted(raw)}`.",
        )
    if isinstance(value, dict) and len(value) == 1 and set(map(type, value.values())) <= _SCALARS:
        hint = 'If the colon belongs to the text, put all of it in quotes: `"…: …"`.'
        return Phrase("not-text", "expected text, found a key with a value", hint)
    if isinstance(value, list):
        hint = 'Write a single text. If the brackets belong to it, put it in quotes: `"[…]"`.'
        return Phrase("not-text", "expected text, found a list", hint)
    return Phrase("not-text", f"expected text, found {_found(value, raw)}", _HINTS["text"])


def _choice(expected: str, value: Any, raw: str | None) -> Phrase:
    names = _names(expected)
    if not isinstance(value, str) and raw in names:
        return _not_text(value, raw)
    near = nearest(str(value), names) if isinstance(value, str) else None
    choices = join_words([f"`{name}`" for name in names], "or") if names else expected
    hint = f"Did you mean `{near}`?" if near else f"Write {choices}."
    return Phrase("unknown-choice", f"expected {choices}, found {_found(value, raw)}", hint)


def _measure(kind: str, context: dict[str, Any], said: str, value: Any, raw: str | None) -> Phrase:
    if kind in _TABLE["bounds"]:
        words, name = _TABLE["bounds"][kind]
        bound = context[name]
        whole = isinstance(bound, float) and bound.is_integer()
        limit = f"{words} {int(bound) if whole else bound}"
        message = f"expected {limit}, found {_found(value, raw)}"
        return Phrase("out-of-range", message, f"Write a number that is {limit}.")
    if kind.endswith("too_short") and isinstance(value, str) and not value.strip():
        return Phrase("empty-value", "is empty", "Write text after the colon, or remove the key.")
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        least = context.get("min_length")
        limit = f"at least {least}" if least is not None else f"at most {context['max_length']}"
        count = len(value) if isinstance(value, str | list | dict) else context.get("actual_length")
        unit = "characters" if kind.startswith("string") else "entries"
        message = f"expected {limit} {unit}, found {count}"
        return Phrase("wrong-length", message, "Add some." if least else "Remove some.")
    message = re.sub(r"^(Input|String|Value) should", "must", said)
    return Phrase("wrong-value", message, "Correct the value.")
