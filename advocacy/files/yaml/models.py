"""Models of what people write, whose values know where they stand, and checking against them."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    model_validator,
)

from advocacy.errors import Place, Problem
from advocacy.files.yaml.tree import YamlMap, has_key
from advocacy.files.yaml.validation_errors import problems_of


class _Origin:
    """The mapping that a model was read from. It is not part of what the model says, so all
    origins are equal: a value made in memory equals one that was read.
    """

    __slots__ = ("data",)

    def __init__(self, data: YamlMap | None = None) -> None:
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Origin)

    __hash__ = None  # type: ignore[assignment]


class Located(BaseModel):
    """Base of every model that people write: frozen, refuses unknown keys, knows its places."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    _origin: _Origin = PrivateAttr(default_factory=_Origin)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_origin(cls, data: Any, handler: ModelWrapValidatorHandler["Located"]) -> "Located":
        value = handler(data)
        if isinstance(data, YamlMap):
            # pydantic asks three things before it gives a private attribute by its name.
            (value.__pydantic_private__ or {})["_origin"].data = data
        return value

    def place(self, *keys: str | int) -> Place | None:
        """Where a value stands: `place("asks", 0)`; without keys, the mapping itself.

        For a key that is not written, the place of the mapping it is missing in; None for
        a model that was not read from a file. Keys are those of the file or of the model.
        """
        data = self._origin.data
        if data is None:
            return None
        if not keys:
            return data.place
        first, *rest = keys
        if isinstance(first, str) and first not in data:
            field = type(self).model_fields.get(first)
            first = (field.alias if field else None) or first
        return place_in(data, (first, *rest))

    def filled(self, data: YamlMap, values: Mapping[str, Any]) -> Self:
        """A copy with other values, which are right already, and stand in `data`."""
        copy = self.model_copy(update=values)
        copy._origin = _Origin(data)
        return copy

    def has(self, key: str) -> bool:
        """Whether a key was written, rather than left to its default."""
        return _names_by_alias(type(self)).get(key, key) in self.model_fields_set


@cache  # asked for each letter; to go through a stage's fields takes 3 microseconds
def _names_by_alias(model: type[Located]) -> dict[str | None, str]:
    return {field.alias: name for name, field in model.model_fields.items()}


M = TypeVar("M", bound=Located)


def parse(model: type[M], data: YamlMap) -> tuple[M | None, list[Problem]]:
    """Check a mapping against a model: the value, or None and everything that is wrong."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, problems_of(error, model, data)


def place_in(data: YamlMap, keys: tuple[str | int, ...]) -> Place:
    """Where the value stands to which keys lead, or the deepest one on the way to it."""
    at: Any = data
    place = data.place
    for key in keys:
        if not has_key(at, key):
            break
        place, at = at.value_place(key), at[key]
    return place
