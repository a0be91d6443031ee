"""Columns of lists: what headers mean, and what is wrong with a header row."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, Field

from advocacy.campaign.recipients.model import Recipient
from advocacy.errors import Level, Place, Problem, did_you_mean, nearest
from advocacy.files.characters import Line, fault, shown
from advocacy.resources import read_table

KNOWN = tuple(name for name in Recipient.model_fields if name != "other")
"""The columns that the tool itself understands."""
REJECT_COLUMNS = ("problem_file", "problem_line", "problem_code", "problem_message")
"""Columns that say what is wrong with a row, in the file of those that a batch rejected."""
MOST_COLUMNS = 500
_ADDRESS = re.compile(r"address_?(?:line_?)?([1-9])")
_NAMES = frozenset({"name", "given_name", "family_name", "organization"})

_ALSO_CALLED = read_table("campaign/recipients/columns.toml")["also_called"]
_ALSO = {other: name for name, others in _ALSO_CALLED.items() for other in others.split()}


def plain_name(header: str) -> str:
    """A header as a name that templates can use: `Postal Code` is `postal_code`."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    name = re.sub(r"\W+", "_", folded).strip("_")
    found = _ADDRESS.fullmatch(name)
    if found:
        return f"address_{found[1]}"
    return f"column_{name}" if name[:1].isdigit() else name


def _column_name(value: str) -> str:
    name = plain_name(value)
    near = _ALSO.get(name) or nearest_column(name)
    if name == value and (name in KNOWN or near is None or _ADDRESS.fullmatch(name)):
        return value
    known = near or (name if name in KNOWN else None)
    raise fault(
        "bad-column",
        f"{shown(value)} is not a valid column name",
        f"Did you mean `{known}`?"
        if known
        else f"Use a known name such as `email`, or your own such as `{name or 'ward'}`.",
    )


ColumnName = Annotated[
    Line,
    AfterValidator(_column_name),
    Field(description="A column name: a known name, or lowercase letters and `_`."),
]
"""What a campaign may call a column of a list."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A list's columns by position: the names they have here, empty for none."""

    names: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    address: tuple[int, ...] = field(default=())


def column_names(headers: Iterable[str], renamed: Mapping[str, str]) -> list[str]:
    """The name of each column; `renamed` is the campaign's `columns:`."""
    own = {plain_name(header): name for header, name in renamed.items()}
    return [own.get(name, name) for name in map(plain_name, headers)]


def read_header(headers: Sequence[str], renamed: Mapping[str, str], place: Place) -> Columns:
    """What a header row says, with everything that is wrong with it."""
    names = column_names(headers, renamed)
    problems = [
        *_too_many(names, place),
        *_twice(headers, names, place),
        *_no_name(headers, names, place),
        *_near_misses(headers, names, renamed, place),
        *_not_there(headers, renamed, place),
    ]
    lines = sorted(
        (name, index) for index, name in enumerate(names) if re.fullmatch("address_[1-9]", name)
    )
    return Columns(tuple(names), tuple(problems), tuple(index for _, index in lines))


def _too_many(names: Sequence[str], place: Place) -> list[Problem]:
    if len(names) <= MOST_COLUMNS:
        return []
    message = f"The list has {len(names)} columns; the limit is {MOST_COLUMNS}."
    return [Problem("too-many-columns", message, "Check that it is the right file.", place)]


def _twice(headers: Sequence[str], names: Sequence[str], place: Place) -> list[Problem]:
    problems = []
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if not name or name not in first:
            first[name] = index
            continue
        both = f"{first[name] + 1} and {index + 1}"
        if headers[index].strip() == headers[first[name]].strip():
            message = f"The column `{headers[index].strip()}` appears twice, at {both}."
        else:
            message = f"The columns {both} (`{headers[first[name]].strip()}`, "
            message += f"`{headers[index].strip()}`) would both be `{name}`."
        problems.append(
            Problem("duplicate-column", message, "Rename or remove one of them.", place)
        )
    return problems


def _no_name(headers: Sequence[str], names: Sequence[str], place: Place) -> list[Problem]:
    if _NAMES & set(names):
        return []
    there = ", ".join(f"`{header.strip()}`" for header in headers[:12] if header.strip())
    hint = "The first line names the columns. Name one of them `name`, or map it in the campaign: "
    likely = next((h.strip() for h in headers if _ALSO.get(plain_name(h)) in _NAMES), None)
    example = likely or next((h.strip() for h in headers if h.strip()), "Name")
    hint += f"`columns: {{{example}: {_ALSO.get(plain_name(example), 'name')}}}`."
    message = f"No column contains names; there are {there or 'no columns'}."
    return [Problem("no-name-column", message, hint, place)]


def _near_misses(
    headers: Sequence[str], names: Sequence[str], renamed: Mapping[str, str], place: Place
) -> list[Problem]:
    """Columns that look like a known one that the list does not have."""
    problems = []
    explained = {plain_name(header) for header in renamed}
    for header, name in zip(headers, names, strict=True):
        if not name or name in KNOWN or name in explained or plain_name(header) in explained:
            continue
        meant = _ALSO.get(name) or nearest_column(name)
        if meant is None or meant in names:
            continue
        shown = header.strip()
        problems.append(
            Problem(
                "near-column",
                f"The column `{shown}` is not known. Is it `{meant}`?",
                f"If so, add to the campaign: `columns: {{{shown}: {meant}}}`; "
                f"otherwise: `columns: {{{shown}: {name}}}`.",
                place,
                Level.WARNING,
            )
        )
    return problems


def nearest_column(name: str) -> str | None:
    """The known column that a name is most likely a misspelling of."""
    near = nearest(name, KNOWN)
    # `nearest` is made for large vocabularies: `chamber` is not a misspelled column of ours.
    if near is None or abs(len(near) - len(name)) > 2 or near[0] != name[0]:
        return None
    return near


def _not_there(headers: Sequence[str], renamed: Mapping[str, str], place: Place) -> list[Problem]:
    there = {plain_name(header): header.strip() for header in headers}
    problems = []
    for header, name in renamed.items():
        if plain_name(header) in there:
            continue
        hint = did_you_mean(header, there.values(), "Correct or remove it in `columns:`.")
        message = f"`columns:` names `{header}` (for `{name}`), but this list has no such column."
        problems.append(Problem("column-missing", message, hint, place, Level.WARNING))
    return problems
