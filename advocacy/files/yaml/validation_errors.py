"""Pydantic's validation errors as problems: in plain words, at the place of the value.

The mapping that was validated is walked beside each error's location. Steps that are no key
or index of it are pydantic's names for the members of a union; they show which errors are
about one value, so that `text or a mapping` is one problem and not two.
"""

import types
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from advocacy.errors import Place, Problem, nearest
from advocacy.files.yaml.phrases import SHAPES, Phrase, either, phrase
from advocacy.files.yaml.tree import YamlList, YamlMap

Keys = tuple[str | int, ...]


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
        key = self.keys[-1] if self.keys else None
        if isinstance(self.owner, YamlMap) and isinstance(key, str):
            return self.owner.raw(key)
        if isinstance(self.owner, YamlList) and isinstance(key, int):
            return self.owner.raw(key)
        return None

    @property
    def place(self) -> Place | None:
        """Where to point."""
        key = self.keys[-1] if self.keys else None
        if self.missing is not None or key is None:
            # A mapping is known by the key above it, not by its own first key.
            return self.value.head if isinstance(self.value, YamlMap) else self._owner_place(key)
        if self.on_key or self.error["type"] == "extra_forbidden":
            return self.owner.key_place(str(key)) if isinstance(self.owner, YamlMap) else None
        return self._owner_place(key)

    def _owner_place(self, key: str | int | None) -> Place | None:
        if isinstance(self.owner, YamlMap):
            return self.owner.value_place(str(key))
        if isinstance(self.owner, YamlList) and isinstance(key, int):
            return self.owner.item_place(key)
        return None


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
        if _has(at, step):
            owner, at = at, at[step]
            keys.append(step)
        elif step == "[key]" and index == len(loc) - 1:
            on_key = True
        elif error["type"] == "missing" and index == len(loc) - 1:
            missing = step
        elif index < len(loc):
            branch = branch or (len(keys), str(step))
    return ModelErrors(error, tuple(keys), branch, at, owner, missing, on_key)


def _has(at: Any, step: str | int) -> bool:
    if isinstance(at, YamlMap):
        return step in at
    return isinstance(at, YamlList) and isinstance(step, int) and 0 <= step < len(at)


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
    where = one.owner.label if isinstance(one.owner, YamlMap) else ""
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
