"""Columns of lists: what headers mean, and what is wrong with a header row."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, Field

from advocacy.campaign.recipients.column_headers import (
    ADDRESS_LINE,
    ASKED,
    HOUSE_NUMBERS,
    KNOWN,
    TAKEN,
    Resolved,
    plain_name,
    resolve,
)
from advocacy.errors import Level, Place, Problem, did_you_mean, nearest
from advocacy.files.characters import Line, fault, shown

REJECT_COLUMNS = ("problem_file", "problem_line", "problem_code", "problem_message")
"""Columns that say what is wrong with a row, in the file of those that a batch rejected."""
MOST_COLUMNS = 500
NAMES = frozenset({"name", "given_name", "family_name", "organization"})
"""The columns of which a list must have at least one."""


_Name = Annotated[
    Line, Field(description="A column name: a known name, or lowercase letters and `_`.")
]


def _column_name(value: str, keys: tuple[str, ...] = ()) -> str:
    name = plain_name(value)
    near = TAKEN.get(name) or ASKED.get(name) or nearest_column(name)
    if name == value and (name in KNOWN or near is None or ADDRESS_LINE.fullmatch(name)):
        return value
    known = near or (name if name in KNOWN else None)
    raise fault(
        "bad-column",
        f"{shown(value)} is not a valid column name",
        f"Did you mean `{known}`?"
        if known
        else f"Use a known name such as `email`, or your own such as `{name or 'ward'}`.",
        keys=keys,
    )


def _own_column_name(value: str) -> str:
    return _column_name(value)


ColumnName = Annotated[_Name, AfterValidator(_own_column_name)]
"""A name that a campaign may give to a column of a list."""


def _column_map(columns: dict[str, str]) -> dict[str, str]:
    """Each header's name; one that only looks misspelled may keep its own (`{Mal: mal}`)."""
    for header, name in columns.items():
        if name != plain_name(header) or name in KNOWN:
            _column_name(name, (header,))
    return columns


ColumnMap = Annotated[dict[Line, _Name], AfterValidator(_column_map)]
"""What a campaign calls the columns of a list, by their headers."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A list's columns by position: the names they have here, empty for none.

    `address` are the positions of an address's lines in their order. `copies` are pairs of a
    known name and the name that the list itself gives the column: templates may use either.
    `one_line` are columns that hold a whole address in a line, `first_of` what stands between
    several values of which the first counts. `house_number` is the column of a number that belongs
    to the street, and whether it stands before it.
    """

    names: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    address: tuple[int, ...] = field(default=())
    copies: tuple[tuple[str, str], ...] = ()
    program: str = ""
    one_line: tuple[str, ...] = ()
    first_of: str = ""
    house_number: tuple[str, bool] | None = None


FIRST_COLUMN = "column_1"
"""The name of a first column without a header, in which programs number their rows."""


def column_names(headers: Iterable[str], renamed: Mapping[str, str]) -> list[str]:
    """The name of each column; `renamed` is the campaign's `columns:`."""
    return resolve(list(headers), renamed).names


def names_people(headers: Sequence[str], renamed: Mapping[str, str]) -> bool:
    """Whether a row can only be a header: a column of names, and another known one."""
    names = set(column_names(headers, renamed)) if len(headers) <= MOST_COLUMNS else set()
    return bool(NAMES & names) and len(names.intersection(KNOWN)) > 1


def below_title(place: Place) -> Problem:
    """That rows above the header were not read."""
    message = f"Row {place.line} is the header. The rows above it are not read."
    hint = "If they are people, move the header to the first row."
    return Problem("title-rows", message, hint, place, Level.NOTE)


def read_header(headers: Sequence[str], renamed: Mapping[str, str], place: Place) -> Columns:
    """What a header row says, with everything that is wrong with it."""
    if len(headers) > MOST_COLUMNS:
        return Columns((), (_too_many(len(headers), place),))
    found = resolve(headers, renamed)
    names = found.names
    if names and not headers[0].strip() and any(names) and FIRST_COLUMN not in names:
        names[0] = FIRST_COLUMN
    problems = [
        *_twice(headers, names, place),
        *_ambiguous(headers, found, place),
        *_no_name(headers, names, place),
        *_near_misses(headers, found, renamed, place),
        *_not_there(headers, renamed, place),
    ]
    lines = sorted(
        (name, index) for index, name in enumerate(names) if re.fullmatch("address_[1-9]", name)
    )
    program = found.program
    return Columns(
        tuple(names),
        tuple(problems),
        tuple(index for _, index in lines),
        copies=tuple((names[index], own) for index, own in found.own.items()),
        program=program.name if program else "",
        one_line=program.one_line if program else (),
        first_of=program.first_of if program else "",
        house_number=next(
            ((name, HOUSE_NUMBERS[name]) for name in names if name in HOUSE_NUMBERS), None
        ),
    )


def columns_line(pairs: Iterable[tuple[str, str]]) -> str:
    """What to add to a campaign so that headers mean what the pairs say: `columns: {Zip: …}`."""
    return f"`columns: {{{', '.join(f'{_as_key(header)}: {name}' for header, name in pairs)}}}`"


def _as_key(header: str) -> str:
    plain = re.fullmatch(r"[^\W_][\w /().-]*", header) and not header.endswith((" ", "-"))
    return header if plain else "'" + header.replace("'", "''") + "'"


def _too_many(count: int, place: Place) -> Problem:
    message = f"The list has {count:,} columns; the limit is {MOST_COLUMNS}."
    return Problem("too-many-columns", message, "Check that it is the right file.", place)


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


def _ambiguous(headers: Sequence[str], found: Resolved, place: Place) -> list[Problem]:
    """One problem for each thing that several columns could be, with the lines to choose from."""
    problems = []
    for what, choices in found.unclear:
        ways = [[(headers[index].strip(), name) for index, name in way] for way in choices]
        first = ", ".join(f"`{way[0][0]}`" for way in ways)
        message = f"Several columns could be {what}: {first}."
        hint = "Add one of these lines to the campaign: " + " or ".join(map(columns_line, ways))
        problems.append(Problem("ambiguous-column", message, f"{hint}.", place))
    return problems


def _no_name(headers: Sequence[str], names: Sequence[str], place: Place) -> list[Problem]:
    if NAMES & set(names):
        return []
    there = ", ".join(f"`{header.strip()}`" for header in headers[:12] if header.strip())
    message = f"No column contains names. Columns: {there or 'none'}."
    if any("@" in header for header in headers):  # a person stands where the header should be
        hint = "The list seems to have no header. Add one as the first line: `name,email`."
        return [Problem("no-name-column", message, hint, place)]
    hint = "The first line names the columns. Name one of them `name`, or map it in the campaign: "
    likely = next((h.strip() for h in headers if ASKED.get(plain_name(h)) in NAMES), None)
    example = likely or next((h.strip() for h in headers if h.strip()), "Name")
    hint += columns_line([(example, ASKED.get(plain_name(example), "name"))]) + "."
    return [Problem("no-name-column", message, hint, place)]


def _near_misses(
    headers: Sequence[str], found: Resolved, renamed: Mapping[str, str], place: Place
) -> list[Problem]:
    """Columns that look like a known one that the list does not have."""
    problems = []
    explained = {plain_name(header) for header in renamed} | found.explained
    for header, name in zip(headers, found.names, strict=True):
        if (
            not name
            or name in KNOWN
            or ADDRESS_LINE.fullmatch(name)
            or name in explained
            or plain_name(header) in explained
        ):
            continue
        # An export is spelled by a program: what looks misspelled there is a column of its own.
        meant = ASKED.get(name) or (None if found.program else nearest_column(name))
        if meant is None or meant in found.names:
            continue
        if meant == "name" and {"given_name", "family_name"} <= set(found.names):
            continue
        shown = header.strip()
        problems.append(
            Problem(
                "near-column",
                f"The column `{shown}` is not known. Is it `{meant}`?",
                f"If so, add {columns_line([(shown, meant)])} to the campaign. If it is a column "
                f"of your own, add {columns_line([(shown, name)])}.",
                place,
                Level.WARNING,
            )
        )
    return problems


# The columns that people type. `aide` is filled from a table of staff.
_NEAR = tuple(name for name in KNOWN if name != "aide")
# Words that lists have as columns of their own, though a known one is spelled nearly alike.
_OWN_WORDS = frozenset({"cite", "count", "counter", "county"})


def nearest_column(name: str) -> str | None:
    """The known column that a name is most likely a misspelling of."""
    near = None if name in _OWN_WORDS else nearest(name, _NEAR, cutoff=0.75)
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
