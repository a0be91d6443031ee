"""The time zone of this machine, as far as it says."""

import os
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from advocacy.campaign.field_types import Timezone


def system_timezone(root: Path = Path("/")) -> str | None:
    """The name of the machine's time zone, as Area/City, or None where it does not tell.

    Asked are the variable `TZ`, the link `/etc/localtime`, then the file `/etc/timezone`.
    """
    for name in (os.environ.get("TZ", "").removeprefix(":"), _linked(root), _written(root)):
        if name and _known(name):
            return name
    return None


def _linked(root: Path) -> str:
    try:
        target = (root / "etc" / "localtime").readlink().as_posix()
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]


def _written(root: Path) -> str:
    try:
        return (root / "etc" / "timezone").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _known(name: str) -> bool:
    try:
        TypeAdapter(Timezone).validate_python(name)
    except ValidationError:
        return False
    return True
