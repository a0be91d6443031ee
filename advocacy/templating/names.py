"""Names and fields: what a template may read, and what it is told of those there are none of."""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property, lru_cache, partial
from typing import Any

from jinja2 import StrictUndefined
from jinja2.environment import TemplateModule
from jinja2.runtime import BlockReference, LoopContext
from jinja2.utils import missing

from advocacy.errors import nearest
from advocacy.templating.mistakes import Mistake

_LOOP_FIELDS = frozenset(
    (
        "changed", "cycle", "depth", "first", "index", "index0", "last", "length",
        "nextitem", "previtem", "revindex", "revindex0",
    )
)  # fmt: skip


class UnknownName(Mistake):
    """A name or a field that there is none of."""

    def __init__(self, hint: str | None, obj: Any, name: str | None) -> None:
        self.name, self.object = name, obj
        if hint and hint.startswith("parameter "):
            super().__init__(
                "template-value",
                f"This macro is used without its `{name}`.",
                f'Give it in the brackets where the macro is used, or a default: `{name}=""`.',
            )
        elif hint:
            message = f"{hint[0].upper()}{hint[1:]}".rstrip(".") + "."
            super().__init__("unknown-name", message, "Ask first whether there is one, with `if`.")
        elif obj is missing:
            super().__init__(
                "unknown-name",
                f"`{name}` is not known here.",
                "It is known after the line that gives it a value, and inside a loop or macro only "
                "there.",
            )
        else:
            known = readable(obj)
            near = nearest(str(name), known)
            super().__init__(
                "unknown-name",
                f"There is no `{name}` in {described(obj)}.",
                f"Did you mean `{near}`?" if near else known_names(known),
            )


def known_names(known: Iterable[str]) -> str:
    """A hint that lists the names there are."""
    names = ", ".join(f"`{name}`" for name in sorted(known))
    return f"There are: {names}." if names else "It has no parts; print it as it is."


class NotKnown(StrictUndefined):
    """What stands for a name that is not known: any use but `is defined` is a Mistake."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: Any = None,  # noqa: ARG002 - Jinja's signature
    ) -> None:
        super().__init__(hint, obj, name, partial(_unknown, hint, obj, name))  # type: ignore[arg-type]


def _unknown(hint: str | None, obj: Any, name: str | None, _message: str) -> UnknownName:
    return UnknownName(hint, obj, name)


@lru_cache(maxsize=256)
def fields_of(kind: type) -> frozenset[str]:
    """The fields and properties of a class that templates may read."""
    if issubclass(kind, date):
        return frozenset(("year", "month", "day"))
    if issubclass(kind, LoopContext):
        return _LOOP_FIELDS
    if issubclass(kind, BlockReference):
        return frozenset()
    names: set[str] = set(getattr(kind, "model_fields", ()))
    if dataclasses.is_dataclass(kind):
        names.update(f.name for f in dataclasses.fields(kind))
    if issubclass(kind, tuple):
        names.update(getattr(kind, "_fields", ()))
    if names:
        for base in kind.__mro__:
            if not base.__module__.startswith("pydantic"):
                properties = (property, cached_property)
                names.update(n for n, v in vars(base).items() if isinstance(v, properties))
    return frozenset(name for name in names if not name.startswith("_"))


def readable(obj: Any) -> frozenset[str]:
    """The names that a template may read from an object."""
    if isinstance(obj, Mapping):
        return frozenset(key for key in obj if isinstance(key, str) and not key.startswith("_"))
    if isinstance(obj, TemplateModule):
        return frozenset(name for name in vars(obj) if not name.startswith("_"))
    kind: type = type(obj)
    return fields_of(kind)


def described(obj: Any) -> str:
    """What an object is, in plain words."""
    if isinstance(obj, str):
        return "this text"
    if isinstance(obj, bool):
        return "this yes or no"
    if isinstance(obj, int | float):
        return "this number"
    if obj is None:
        return "nothing: the value is missing"
    if isinstance(obj, list | tuple | range):
        return "this list"
    if isinstance(obj, TemplateModule):
        return "this partial"
    if isinstance(obj, date):
        return "this date"
    return "this value"


def unknown(kind: str, name: str, known: Iterable[str]) -> Mistake:
    """That there is no filter or test of that name."""
    names = [other for other in known if other.isidentifier()]
    near = nearest(name, names)
    hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(sorted(names))}."
    return Mistake(f"unknown-{kind}", f"There is no {kind} `{name}`.", hint)
