"""What is well formed in a row of a list, and yet hardly meant: told, and never corrected.

The rules are in `suspicions.toml`, each with an example of what it finds and what it leaves.
"""

import re
from collections.abc import Iterator

from advocacy.campaign.recipients.model import Recipient
from advocacy.campaign.recipients.personal_names import generation, greeted_name
from advocacy.errors import Level, Problem
from advocacy.resources import read_table

_TABLE = read_table("campaign/recipients/suspicions.toml")
_MERGE_FIELD: re.Pattern[str] = re.compile(
    "|".join(_TABLE["merge_field"]["patterns"]), re.IGNORECASE
)
# The patterns are slow, and hardly any name has one of these characters.
_MARKS = re.compile(r"[{}|%\[\]<>«»]")
_ENDINGS: dict[str, str] = _TABLE["slips"]["endings"]
_DOMAINS: dict[str, str] = {
    slip: meant for meant, slips in _TABLE["slips"]["domains"].items() for slip in slips.split()
}
_NOBODY = frozenset(_TABLE["nobody"]["locals"].split())
_OFFICE = frozenset(_TABLE["office"]["locals"].split())
_ROLES = _NOBODY | _OFFICE
_SLIPPED = tuple(f".{ending}" for ending in _ENDINGS)
_NO_NAMES = frozenset(_TABLE["not_a_name"]["words"].split("\n"))
_TOTAL: re.Pattern[str] = re.compile(_TABLE["not_a_name"]["total"])
_FIVE_DIGITS = frozenset(_TABLE["short_postal_code"]["countries"].split())
_STATES = frozenset(_TABLE["short_postal_code"]["states"].split())
_FORMS = frozenset(_TABLE["comma_in_name"]["forms"].split())
_OPTED_OUT: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        _TABLE["opted_out"]["columns"].split(), frozenset(_TABLE["opted_out"]["yes"].split())
    ),
    **{key: frozenset(text.split()) for key, text in _TABLE["opted_out"]["values"].items()},
}


def find_suspicions(row: Recipient) -> Iterator[Problem]:
    """What to look at in a row: its names, its email address, and whether it has opted out."""
    if _MARKS.search(f"{row.name}{row.given_name}{row.family_name}{row.salutation}"):
        yield from _merge_fields(row)
    name = row.full_name
    if name.isupper() and is_shouted(name):
        message = f"The name “{name}” is in all capitals and is printed that way."
        hint = "Write it as the person does."
        yield Problem("name-in-capitals", message, hint, row.place("name"), Level.WARNING)
    if row.name and "," in row.name and comma_in_name(row.name):
        message = f"The name “{name}” has a comma and is printed that way, in the salutation too."
        hint = "If the family name is first, write the given name first. If a title follows, use "
        hint += "the column `title`."
        yield Problem("comma-in-name", message, hint, row.place("name"), Level.WARNING)
    elif is_no_name(name):
        message = f"“{name}” is probably not a name, but is printed as one."
        hint = "Enter the person's name, or `organization` for an office without a name. If the "
        hint += "row is not a person, remove it."
        yield Problem("not-a-name", message, hint, row.place("name"), Level.WARNING)
    if row.postal_code and is_cut_off(row.postal_code, row.country or "", row.region or ""):
        message = f"`postal_code`: “{row.postal_code}” has too few digits."
        hint = "A spreadsheet may have dropped a leading zero: format the column as text and "
        hint += f"write `{row.postal_code.zfill(5)}`."
        yield Problem("short-postal-code", message, hint, row.place("postal_code"), Level.WARNING)
    for column in row.other.keys() & _OPTED_OUT.keys() if row.other else ():
        if row.other[column].casefold() in _OPTED_OUT[column]:
            message = f"`{column}` of {row.called} is “{row.other[column]:.40}”."
            hint = f"If this person must not be written to, choose the others: `--where {column}=…`"
            hint += ", or leave the person out with `--exclude FILE`."
            yield Problem("opted-out", message, hint, row.place(column), Level.WARNING)
    if row.email:
        local, _, domain = row.email.lower().rpartition("@")
        if local in _ROLES or domain in _DOMAINS or domain.endswith(_SLIPPED):
            yield from _of_address(row, row.email)


def _merge_fields(row: Recipient) -> Iterator[Problem]:
    for column in ("name", "given_name", "family_name", "salutation"):
        text = getattr(row, column)
        if text and (field := merge_field(text)):
            message = f"`{column}`: “{field}” is a merge field that was not filled."
            hint = "Fill in the name, or leave the cell empty and fill in `organization`."
            yield Problem("merge-field", message, hint, row.place(column), Level.WARNING)


def _of_address(row: Recipient, email: str) -> Iterator[Problem]:
    local, _, domain = email.lower().rpartition("@")
    meant = meant_domain(domain)
    if meant:
        message = f"The domain of {email} looks like a typing mistake."
        hint = f"Did you mean `{local}@{meant}`? If not, keep it."
        yield Problem("domain-slip", message, hint, row.place("email"), Level.WARNING)
    if local in _NOBODY:
        message = f"{email} is probably not read, or not read by {row.called}."
        hint = "Enter the person's own address, or leave the cell empty."
        yield Problem("role-address", message, hint, row.place("email"), Level.WARNING)
    elif local in _OFFICE and row.full_name:
        message = f"{email} is a shared mailbox. Other people also read the letter to {row.called}."
        hint = "Enter the person's own address if you know it."
        yield Problem("role-address", message, hint, row.place("email"), Level.NOTE)


def merge_field(text: str) -> str | None:
    """The first unfilled field of a mail merge in a text, such as `{{first_name}}`."""
    if not _MARKS.search(text):
        return None
    found = _MERGE_FIELD.search(text)
    return found[0] if found else None


def is_shouted(name: str) -> bool:
    """Whether a name of several words is all in capitals."""
    if not name.isupper():
        return False
    words = [word for word in re.split(r"[\s.-]+", name) if len(word) > 1]
    return len(words) > 1 or (len(words) == 1 and len(words[0]) > 1 and " " in name.strip())


def comma_in_name(name: str) -> bool:
    """Whether a name has a comma that does not set off post-nominals: `Roe, Ann`."""
    _, comma, rest = greeted_name(name).partition(",")
    first = re.sub(r"[.\s]", "", rest.partition(",")[0]).casefold()
    return bool(comma) and first not in _FORMS and generation(first) is None


def is_no_name(name: str) -> bool:
    """Whether a text stands for a missing name, is an address, or the total below a list."""
    if not name:
        return False
    plain = name.casefold().strip(" .-–—_*?!:/")
    return "@" in name or not plain or plain in _NO_NAMES or _TOTAL.match(plain) is not None


def is_cut_off(code: str, country: str, region: str) -> bool:
    """Whether a postal code of five digits has lost a zero at its beginning."""
    five = country in _FIVE_DIGITS or (not country and region in _STATES)
    return five and code.isascii() and code.isdigit() and len(code) in (3, 4)


def meant_domain(domain: str) -> str | None:
    """The domain that was likely meant, where this one is a known slip."""
    if domain in _DOMAINS:
        return _DOMAINS[domain]
    head, _, ending = domain.rpartition(".")
    return f"{head}.{_ENDINGS[ending]}" if head and ending in _ENDINGS else None
