"""Who is who: the id of a letter, and which rows of a list are one person.

An id is text of any kind, and says who somebody is from list to list. Where a list gives none,
a person is the mailbox with the name, else the name with the postal address. Both are a function
of the row alone: no id depends on a row's number, or on who else is listed.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from advocacy.campaign.languages import TABLE, refusal
from advocacy.files.characters import Line
from advocacy.files.file_names import digest
from advocacy.files.writing import WINDOWS_DEVICE

LONGEST_ID = 250
"""Characters: two ids of a supporter's letter fit PostgreSQL's 2,704 bytes of an index row."""


def plain_id(value: str) -> str | None:
    """An id as it is compared, in Unicode's NFC, or None for one that is too long."""
    if len(value) > LONGEST_ID:
        return None
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _person_id(value: str) -> str:
    found = plain_id(value)
    if found is None:
        raise refusal("long-id", value, length=len(value), limit=LONGEST_ID)
    return found


PersonId = Annotated[Line, AfterValidator(_person_id), Field(**TABLE["schema"]["person_id"])]
"""The id of a person: any text on one line, kept as it is written."""


def made_id(name: str, email: str | None, where: Iterable[str | None]) -> str:
    """The id of somebody whose list gives none: `Ann Roe <ann@parks.example>`.

    Without an email address, the postal address in `where` stands after the name. What is too
    long ends with a digest of the whole.
    """
    if email:
        found = f"{name} <{email.lower()}>"
    else:
        found = ", ".join(part for part in (name, *where) if part)
    if not found.isascii():
        found = unicodedata.normalize("NFC", found)
    if len(found) > LONGEST_ID:
        found = f"{found[: LONGEST_ID - 10].rstrip()}… {digest(found)}"
    return found


def person_key(name: str, email: str | None, where: Iterable[str | None]) -> str:
    """What two rows of one person have in common, in whatever capitals they are written."""
    found = f"{name}\n{mailbox(email)}" if email else "\n".join((name, *(p or "" for p in where)))
    if not found.isascii():
        found = unicodedata.normalize("NFC", found)
    return found.casefold()


def is_same_name(one: str, other: str) -> bool:
    """Whether two names may be one person's: one has all the words that the other has.

    Accents, capitals, punctuation, and the order of the words do not count, so that `Roe, Ann` is
    `Ann Roé`, and `Dr. Ann B. Roe` too. An empty name may be anybody's.
    """
    if one == other:
        return True
    first, second = _words(one), _words(other)
    return first <= second or second <= first


ALIKE = 0.75
"""How much of two words must be equal if one may be the other, spelled differently."""


def is_similar_name(one: str, other: str) -> bool:
    """Whether one name may be the other with its spelling corrected: `Jon Smith`, `John Smyth`.

    Each word of the shorter name must be like one of the longer. Words with digits must be equal.
    """
    if is_same_name(one, other):
        return True
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    return all(any(_is_like(word, another) for another in longer) for word in shorter)


def _is_like(one: str, other: str) -> bool:
    if one == other:
        return True
    if any(map(str.isdigit, one + other)):
        return False
    from difflib import SequenceMatcher  # few names are compared letter by letter

    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _words(name: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return frozenset(re.findall(r"\w+", plain))


_NO_DOTS = frozenset({"gmail.com", "googlemail.com"})


def mailbox(email: str) -> str:
    """The mailbox that an address leads to: `annroe@gmail.com` for `Ann.Roe+x@googlemail.com`.

    What stands after a plus sign is a tag in the same mailbox (RFC 5233), and Gmail ignores dots
    and has two domains (Gmail Help, “Dots don't matter in Gmail addresses”).
    """
    local, _, domain = email.lower().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _NO_DOTS:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


LONGEST_EARLIER = 80


def earlier_id(name: str, organization: str | None) -> str:
    """The id that earlier versions made of a name, by which manifests and ledgers know it.

    It has lower-case ASCII letters, digits and hyphens; letters without a decomposition into
    ASCII are their code points.
    """
    text = f"{name} {organization or ''}"
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    kept = "".join(
        char if char.isascii() else f"-{ord(char):x}-"
        for char in folded
        if not unicodedata.combining(char)
    )
    found = re.sub(r"[^a-z0-9]+", "-", kept).strip("-") or "letter"
    if len(found) > LONGEST_EARLIER:
        end = hashlib.sha256(found.encode()).hexdigest()[:8]
        found = f"{found[: LONGEST_EARLIER - 9].strip('-')}-{end}"
    return f"letter-{found}" if WINDOWS_DEVICE.fullmatch(found) else found
