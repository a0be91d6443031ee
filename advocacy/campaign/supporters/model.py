"""Who writes a letter instead of the organization: one supporter, or several together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from advocacy.campaign.campaign import Signatory
from advocacy.campaign.recipients import Recipient
from advocacy.errors import Place

BETWEEN = "--"
"""Stands between supporter and addressee in a letter's id, and in no supporter's id."""


@dataclass(frozen=True, slots=True)
class Supporter:
    """A person who signs: `columns` are other columns of the list, `place` the row's."""

    id: str
    name: str
    town: str = ""
    email: str | None = None
    own_words: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None

    def signatory(self) -> Signatory:
        """The supporter as one of a letter's signatories: name and town."""
        return Signatory.model_construct(name=self.name, title=self.town or None)


@dataclass(frozen=True, slots=True)
class Supporters:
    """Those who sign a letter: its `people` by name, and `count` of them in all.

    More than one sign a `joint` letter alone, and only there are some not named.
    """

    people: tuple[Supporter, ...]
    count: int = 1
    joint: bool = False

    @property
    def one(self) -> Supporter | None:
        """The supporter whose own letter it is; none where several sign."""
        return self.people[0] if self.count == 1 else None


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A letter to be written: to whom, and by which supporters, where not by the sender."""

    recipient: Recipient
    supporters: Supporters | None = None

    @property
    def letter_id(self) -> str:
        """The letter's id."""
        return letter_id(self.recipient, self.supporters)


def letter_id(recipient: Recipient, supporters: Supporters | None) -> str:
    """`<supporter>--<addressee>` for a supporter's own letter, else the recipient's.

    Two letters of different people never have one id: supporters' ids have no `--`, and no id
    begins with a hyphen.
    """
    if supporters is None or supporters.joint:
        return recipient.letter_id
    return f"{supporters.people[0].id}{BETWEEN}{recipient.letter_id}"
