"""What each of pydantic's errors says to the person who wrote the value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from advocacy.errors import nearest
from advocacy.files.characters import shown
from advocacy.files.yaml.tree import as_read, quoted


@dataclass(frozen=True, slots=True)
class Phrase:
    """A problem's words; the message follows the key's name and a colon."""

    code: str
    message: str
    hint: str


# What a type wants, by the errors of values that are of another kind altogether.
SHAPES = {
    "string_type": "text",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "dict_type": "keys with values",
    "mapping_type": "keys with values",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "iterable_type": "a list",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "`true` or `false`",
    "bool_parsing": "`true` or `false`",
    "none_required": "nothing",
    "literal_error": "",  # names its values itself
    "enum": "",
}

_HINTS = {
    "text": "Write text after the colon; text of several lines begins with `|`.",
    "keys with values": "Write each key on a line of its own under it, further in: `key: value`.",
    "a list": "Write each item on a line of its own under it, beginning with `- `.",
    "a whole number": "Write digits alone, such as `70`.",
    "a number": "Write a number such as `70` or `0.5`.",
    "`true` or `false`": "Write one of the two, without quotes.",
    "nothing": "Remove the value.",
}

_SCALARS = {str, int, float, bool, date, datetime, type(None)}

_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


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
        message = f"{_seen(value, raw)}, where {wanted} should be"
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
        return Phrase("empty-value", "has no value", "Write " + _any_of(_once(wanted)) + ".")
    message = f"{_seen(value, raw)}, where {_any_of(_once(wanted))} should be"
    return Phrase("wrong-type", message, " Or: ".join(_once(hints)[:2]))


def _once(words: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _any_of(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _names(expected: str) -> list[str]:
    return re.findall(r"'([^']*)'", expected)


def _seen(value: Any, raw: str | None) -> str:
    """What stands there, as the beginning of a sentence."""
    if isinstance(value, dict):
        return "keys with values stand here" if value else "an empty mapping stands here"
    if isinstance(value, list):
        return "a list stands here" if value else "an empty list stands here"
    if isinstance(value, str):
        return f"{shown(value)} stands here" if value else "empty text stands here"
    if not raw:
        return f"{as_read(value)} stands here"
    read = as_read(value)
    if read in (raw, f"the number {raw}", f"the day {raw}"):
        return f"`{raw}` stands here"
    return f"`{raw}` stands here, which YAML reads as {read}"


def _own(kind: str, context: dict[str, Any], value: Any, raw: str | None) -> Phrase:
    message, hint = str(context["message"]), str(context["hint"])
    if raw and isinstance(value, bool | int | float) and context.get("wanted"):
        message = f"{_seen(value, raw)}, where {context['wanted']} should be"
    return Phrase(kind, message, hint)


def _nothing(kind: str, raw: str | None) -> Phrase:
    wanted = SHAPES[kind]
    if raw:
        return Phrase(
            "empty-value",
            f"YAML reads `{raw}` as nothing",
            f"If it is meant as text, put it in quotes: `{quoted(raw)}`; else remove the key.",
        )
    return Phrase(
        "empty-value", "has no value", f"{_HINTS.get(wanted, 'Write one.')} Or remove the key."
    )


def _not_text(value: Any, raw: str | None) -> Phrase:
    if isinstance(value, bool | int | float | date) and raw is not None:
        return Phrase(
            "not-text",
            f"YAML reads `{raw}` as {as_read(value)}, but text is wanted",
            f"Put it in quotes: `{quoted(raw)}`.",
        )
    if isinstance(value, dict) and len(value) == 1 and set(map(type, value.values())) <= _SCALARS:
        hint = 'If the colon belongs to the text, put all of it in quotes: `"…: …"`.'
        return Phrase("not-text", "a key with a value stands here, where text should be", hint)
    if isinstance(value, list):
        hint = 'Write one text; if the brackets belong to it, put it in quotes: `"[…]"`.'
        return Phrase("not-text", "a list stands here, where text should be", hint)
    return Phrase("not-text", f"{_seen(value, raw)}, where text should be", _HINTS["text"])


def _choice(expected: str, value: Any, raw: str | None) -> Phrase:
    names = _names(expected)
    if not isinstance(value, str) and raw in names:
        return _not_text(value, raw)
    near = nearest(str(value), names) if isinstance(value, str) else None
    choices = _any_of([f"`{name}`" for name in names]) if names else expected
    hint = f"Did you mean `{near}`?" if near else f"Write {choices}."
    return Phrase("unknown-choice", f"{_seen(value, raw)}, where {choices} should be", hint)


def _measure(kind: str, context: dict[str, Any], said: str, value: Any, raw: str | None) -> Phrase:
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        bound = context[name]
        whole = isinstance(bound, float) and bound.is_integer()
        limit = f"{words} {int(bound) if whole else bound}"
        message = f"{_seen(value, raw)}, where {limit} is wanted"
        return Phrase("out-of-range", message, f"Write a number that is {limit}.")
    if kind.endswith("too_short") and isinstance(value, str) and not value.strip():
        return Phrase("empty-value", "is empty", "Write text after the colon, or remove the key.")
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        least = context.get("min_length")
        limit = f"at least {least}" if least is not None else f"at most {context['max_length']}"
        count = len(value) if isinstance(value, str | list | dict) else context.get("actual_length")
        unit = "characters" if kind.startswith("string") else "entries"
        message = f"has {count} {unit}, but {limit} {'is' if least == 1 else 'are'} wanted"
        return Phrase("wrong-length", message, "Add some." if least else "Take some away.")
    message = re.sub(r"^(Input|String|Value) should", "must", said)
    return Phrase("wrong-value", message, "Correct the value.")
