"""Who writes a letter instead of the organization: one supporter, or several together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from advocacy.campaign.campaign import Signatory
from advocacy.campaign.languages import LocalText
from advocacy.campaign.recipients import Recipient
from advocacy.errors import Place
from advocacy.files.file_names import file_name, made_name

BETWEEN = "--"
"""Stands between supporter and addressee in a letter's id and in the name of its files."""


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
    address: tuple[str, ...] = ()
    """The lines of the postal address, which stand above a letter of their own."""
    earlier_id: str = ""
    """The id in manifests and ledgers of earlier versions."""

    @property
    def file_name(self) -> str:
        """The supporter's part of the name of a letter's files, in which no `--` stands."""
        return (
            made_name(self.id, self.name) if BETWEEN in self.id else file_name(self.id, self.name)
        )

    def signatory(self) -> Signatory:
        """The supporter as one of a letter's signatories: name, and address or town."""
        where = ", ".join(self.address) or self.town
        title = LocalText.of(where) if where else None
        return Signatory.model_construct(name=self.name, title=title)


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

    @property
    def person(self) -> str:
        """Whose letter it is, by name: the recipient's, or a supporter's to the recipient."""
        one = self.supporters.one if self.supporters is not None else None
        recipient = self.recipient.full_name or self.recipient.organization or ""
        return letter_person(recipient, one.name if one is not None else None)

    @property
    def earlier_id(self) -> str:
        """The letter's id in manifests and ledgers of earlier versions."""
        return earlier_letter_id(self.recipient, self.supporters)

    def under_earlier_id(self) -> "Correspondence":
        """The same letter, going on under that id."""
        return Correspondence(*under_earlier_id(self.recipient, self.supporters))

    def goes_by(self, names: Collection[str]) -> bool:
        """Whether one of the names is the letter's: its id, its file name, or its earlier id."""
        if self.supporters is None or self.supporters.joint:
            return self.recipient.goes_by(names)
        return (
            self.letter_id in names
            or letter_file_name(self.recipient, self.supporters) in names
            or self.earlier_id in names
        )


def letter_id(recipient: Recipient, supporters: Supporters | None) -> str:
    """`<supporter>--<addressee>` for a supporter's own letter, else the recipient's.

    Two letters of different people never have one id, since the first `--` divides it: where a
    supporter's id has another, or ends with a hyphen, the supporter's file name takes its place.
    """
    if supporters is None or supporters.joint:
        return recipient.letter_id
    one = supporters.people[0]
    first = made_name(one.id, one.name) if BETWEEN in f"{one.id}-" else one.id
    return f"{first}{BETWEEN}{recipient.letter_id}"


def letter_person(recipient: str, supporter: str | None) -> str:
    """Whose letter it is, by name: the recipient's, or a supporter's to the recipient."""
    return recipient if supporter is None else f"{supporter} to {recipient}"


def letter_file_name(recipient: Recipient, supporters: Supporters | None) -> str:
    """The name of a letter's files, without an ending: a function of the two rows alone."""
    if supporters is None or supporters.joint:
        return recipient.file_name
    return f"{supporters.people[0].file_name}{BETWEEN}{recipient.file_name}"


def earlier_letter_id(recipient: Recipient, supporters: Supporters | None) -> str:
    """The letter's id in manifests and ledgers of earlier versions."""
    if supporters is None or supporters.joint:
        return recipient.earlier_id
    return f"{supporters.people[0].earlier_id}{BETWEEN}{recipient.earlier_id}"


def under_earlier_id(
    recipient: Recipient, supporters: Supporters | None
) -> tuple[Recipient, Supporters | None]:
    """Recipient and supporters with those ids, so that a letter goes on under its earlier one."""
    recipient = recipient.with_id(recipient.earlier_id)
    if supporters is not None and not supporters.joint:
        people = tuple(replace(one, id=one.earlier_id) for one in supporters.people)
        supporters = replace(supporters, people=people)
    return recipient, supporters
