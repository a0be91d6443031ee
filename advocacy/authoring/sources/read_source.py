"""A source as it was read from another program's file, with what of it could not be kept."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from advocacy.campaign.sources import Name
from advocacy.errors import Level, Place, Problem, count_noun

Item = dict[str, Any]
_TAG = re.compile(r"</?(?:i|b|em|strong|sub|sup|span|sc)(?:\s[^<>]*)?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadSource:
    """A CSL item, and where it stands.

    `lost` names fields of the file that no source here keeps; `unread` are dates that cannot be
    read, by the field of CSL.
    """

    item: Item
    place: Place
    lost: tuple[str, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)


def plain_text(value: Any) -> str:
    """Plain text: without markup, with single spaces."""
    text = html.unescape(_TAG.sub("", str(value)))
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())


def plain_names(values: Iterable[Any]) -> Iterable[dict[str, str]]:
    """The names of a list of CSL, each with the parts that a sources file has."""
    known = {field.alias or name for name, field in Name.model_fields.items()}
    for value in values:
        if not isinstance(value, Mapping):
            continue
        name = {key: plain_text(part) for key, part in value.items() if key in known and part}
        if "literal" not in name and "family" not in name and "given" in name:
            name = {"literal": name["given"]}
        if name:
            yield name


def report_losses(sources: Iterable[ReadSource]) -> list[Problem]:
    """What of some sources was not kept: each date that is lost, and the other fields by kind."""
    problems: list[Problem] = []
    places: dict[str, list[Place]] = {}
    for one in sources:
        name = str(one.item.get("id") or one.item.get("title") or "?")
        for key, text in one.unread.items():
            message = (
                f"The date `{key}` of `{name}`, “{text}”, is not a date, and was not imported."
            )
            hint = "Add it by hand as 2020, 2020-06, or 2020-06-10; `1950~` means around 1950."
            problems.append(Problem("bad-date", message, hint, one.place, Level.WARNING))
        for key in one.lost:
            places.setdefault(key, []).append(one.place)
    if places:
        kinds = (f"`{name}` ({count_noun(len(found), 'source')})" for name, found in places.items())
        message = f"Fields that no letter prints were not imported: {', '.join(kinds)}."
        hint = "Keep the library that they come from, or add the fields that you need by hand."
        first = min((found[0] for found in places.values()), key=lambda place: place.line or 0)
        problems.append(Problem("fields-left-out", message, hint, first, Level.NOTE))
    return problems
