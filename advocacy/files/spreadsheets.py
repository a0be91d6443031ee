"""Text in tables that people open in a spreadsheet program."""

from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet_safe(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, made plain text (OWASP's advice)."""
    if isinstance(value, str) and value.startswith((*_FORMULA, *(f"'{sign}" for sign in _FORMULA))):
        return f"'{value}"
    return value


def as_before(value: str) -> str:
    """The text that `spreadsheet_safe` made into this."""
    plain = value[1:]
    return plain if value.startswith("'") and spreadsheet_safe(plain) == value else value
