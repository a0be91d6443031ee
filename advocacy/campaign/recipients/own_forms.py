"""A campaign's own forms of address, by chamber: for legislatures that the tool does not know.

Parliaments' open data (Popolo) name the chamber of each member. A file says for each chamber how
its members are addressed:

    House of Commons:
      title: Member of Parliament
      greeting: Member {family_name}

What the list says itself comes first.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from advocacy.campaign.recipients.model import Recipient
from advocacy.errors import Place, Problem, Read
from advocacy.files.characters import Line, fault
from advocacy.files.yaml.models import parse
from advocacy.files.yaml.reading import Located, YamlMap, scan_yaml

_BLANK = re.compile(r"\{([^{}]*)\}")
NAMES = ("name", "given_name", "family_name")


def _with_known_names(text: str) -> str:
    for name in _BLANK.findall(text):
        if name not in NAMES:
            known = ", ".join(f"`{{{one}}}`" for one in NAMES)
            message = f"contains `{{{name}}}`, which is not known here"
            raise fault("unknown-name", message, f"Write one of {known}.")
    return text


class ChamberForms(Located):
    """How the members of one chamber are addressed."""

    honorific: Line | None = Field(None, description="Before the name: `The Honourable`.")
    title: Line | None = Field(None, description="The line under the name.")
    greeting: Annotated[Line, AfterValidator(_with_known_names)] | None = Field(
        None, description="The name in the salutation: `Member {family_name}`."
    )
    organization: Line | None = Field(
        None, description="The line of the chamber. Default: its name."
    )


Forms = Mapping[str, ChamberForms]


def read_own_forms(path: Path) -> Read[Forms]:
    """The forms of a file by chamber, in lowercase, and everything that is wrong with it."""
    data, problems = scan_yaml(path)
    found: dict[str, ChamberForms] = {}
    for chamber, value in (data or {}).items():
        place = data.key_place(chamber) if data is not None else Place(path)
        if not isinstance(value, YamlMap):
            message = f"`{chamber}` does not say how members are addressed."
            hint = "Write below it, indented: `title: Member of Parliament`, `greeting: …`."
            problems.append(Problem("wrong-type", message, hint, place))
            continue
        forms, wrong = parse(ChamberForms, value)
        problems += wrong
        if forms is not None:
            found[chamber.casefold()] = forms
    return found, problems


def address_by_forms(rows: Iterable[Recipient], forms: Forms) -> Iterator[Recipient]:
    """The recipients, with what the forms of their chamber say and the list leaves out."""
    for row in rows:
        own = forms.get(row.text_of("chamber").casefold())
        if own is None:
            yield row
            continue
        found: dict[str, Any] = {
            "honorific": own.honorific,
            "title": own.title,
            "organization": own.organization or row.text_of("chamber"),
            "salutation": _filled(own.greeting, row) if own.greeting else None,
        }
        missing = {key: text for key, text in found.items() if text and not getattr(row, key)}
        yield row.model_copy(update=missing) if missing else row


def _filled(greeting: str, row: Recipient) -> str | None:
    """A greeting with a member's names; None where the list has not all of them."""
    values = {
        "name": row.full_name,
        "given_name": row.given_name,
        "family_name": row.family_name,
    }
    if any(not values[name] for name in _BLANK.findall(greeting)):
        return None
    return _BLANK.sub(lambda blank: str(values[blank[1]]), greeting)
