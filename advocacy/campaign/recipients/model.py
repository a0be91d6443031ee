"""Recipients: the people a letter is addressed to."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Self

from pydantic import Field

from advocacy.campaign.field_types import Day, Email
from advocacy.campaign.languages import Country, Language
from advocacy.campaign.recipients.identity import PersonId, earlier_id, made_id, person_key
from advocacy.campaign.recipients.personal_names import (
    full_name,
    generation,
    greeted_name,
    with_name,
)
from advocacy.errors import Problem
from advocacy.files.characters import Line, Words
from advocacy.files.file_names import file_name
from advocacy.files.yaml.reading import Located


class Recipient(Located):
    """One person or office that gets a letter; the columns of a list, or an addressee."""

    id: PersonId | None = Field(
        None,
        description="A stable id for the person. Default: the name with the email address, or "
        "with the postal address.",
    )
    name: Line | None = Field(None, description="The name, as on the envelope.")
    given_name: Line | None = Field(None, description="The given name, if `name` is not set.")
    family_name: Line | None = Field(
        None,
        description="The family name, if `name` is not set. Printed first if the language or "
        "script requires it.",
    )
    suffix: Line | None = Field(None, description="Printed after the name: Jr., PhD …")
    honorific: Line | None = Field(None, description="Dr., The Honorable, Frau …")
    title: Line | None = Field(None, description="The office the person holds.")
    organization: Line | None = Field(
        None, description="The organization. Default: the target's organization."
    )
    address: tuple[Line, ...] = Field((), description="Street lines. Default: the target's.")
    city: Line | None = Field(None, description="The city, printed in the country's format.")
    region: Line | None = Field(
        None, description="The state or province, printed in the country's format."
    )
    postal_code: Line | None = Field(
        None, description="The postal code, as text, so that 02139 keeps its zero."
    )
    country: Country | None = Field(None, description="The two-letter country code: US, FR …")
    email: Email | None = Field(
        None, description="Without it, the letter is printed but not emailed."
    )
    aide: Line | None = Field(
        None, description="The aide to whom `email` belongs. The letter is for the recipient."
    )
    gender: Line | None = Field(
        None,
        description="`female` or `male`, for languages whose forms of address need it. Default: as "
        "the honorific says; with neither, a form that fits everybody.",
    )
    salutation: Line | None = Field(
        None, description="The name in the salutation: “Mr. Smith”. Default: the name."
    )
    greeting: Line | None = Field(
        None, description="The whole line of the salutation: “Dear Brad,”."
    )
    closing: Line | None = Field(
        None, description="The whole line before the signature: “With best wishes,”."
    )
    delivery: Line | None = Field(
        None, description="How the letter is delivered, printed above the address."
    )
    your_ref: Line | None = Field(None, description="The recipient's file number.")
    your_letter: Day | None = Field(None, description="The date of the recipient's letter.")
    language: Language | None = Field(
        None, description="The recipient's language. Default: the campaign's language."
    )
    verified: Day | None = Field(None, description="The last day on which the entry was checked.")
    in_office_from: Day | None = Field(
        None, description="The first day in office. A letter with an earlier date is refused."
    )
    in_office_until: Day | None = Field(
        None, description="The last day in office. A letter with a later date is refused."
    )
    other: dict[Line, Words] = Field(
        default_factory=dict, description="Other columns of a list, by name, for use in templates."
    )

    @cached_property
    def full_name(self) -> str:
        """The name to print: as given, or put together of its parts."""
        if self.name:
            return self.name
        return full_name(self.given_name, self.family_name, self.suffix, self.language)

    @cached_property
    def greeted(self) -> str:
        """Whom the salutation greets: as given, else with an honorific that goes with a name.

        Nothing is guessed: without either, it is the full name, else the organization. Degrees
        and orders stay on the envelope.
        """
        if self.salutation:
            return self.salutation
        found = with_name(self.honorific, self.given_name, self.family_name)
        if found:
            return found
        if self.name:
            return greeted_name(self.name)
        given, family = self.given_name, self.family_name
        return full_name(given, family, generation(self.suffix), self.language) or self.called

    @cached_property
    def called(self) -> str:
        """What messages call the recipient: the name, else the organization, else the id."""
        return self.full_name or self.organization or self.id or ""

    def text_of(self, column: str) -> str:
        """The text in a column, a known one or the list's own; empty where there is none."""
        if column in self.other or column == "other" or column not in type(self).model_fields:
            return self.other.get(column, "")
        value = self.letter_id if column == "id" else getattr(self, column)
        if isinstance(value, tuple):
            return "\n".join(value)
        return "" if value is None else str(value)

    @cached_property
    def letter_id(self) -> str:
        """The id of this recipient's letter: the `id` column, else name and mailbox or place."""
        if self.id:
            return self.id
        return made_id(self.called, self.email, () if self.email else self._postal())

    @cached_property
    def file_name(self) -> str:
        """The name of the letter's files, without an ending."""
        return file_name(self.letter_id, self.called)

    @property
    def earlier_id(self) -> str:
        """The letter's id in manifests and ledgers of earlier versions."""
        return self.id.lower() if self.id else earlier_id(self.full_name, self.organization)

    @property
    def person_key(self) -> str:
        """A text that two rows have in common where they are one person."""
        return person_key(self.called, self.email, () if self.email else self._postal())

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, whose names are its own where it has other values."""
        copy = super().model_copy(update=update, deep=deep)
        if update:
            for name in _NAMES.intersection(copy.__dict__):
                del copy.__dict__[name]
        return copy

    def goes_by(self, names: Collection[str]) -> bool:
        """Whether one of the names is the letter's: its id, its file name, or its earlier id."""
        return (
            self.letter_id in names
            or self.file_name in names
            or (self.id is None and self.earlier_id in names)
        )

    @property
    def people(self) -> "tuple[Recipient, ...]":
        """The people whom the letter addresses: this one, or those who get it together."""
        return (self,)

    def on(self, day: date) -> "Recipient":  # noqa: ARG002 - an addressee's titles have days
        """The person as of a letter's date."""
        return self

    def with_id(self, name: str) -> "Recipient":
        """The same person under another id."""
        return self.model_copy(update={"id": name})

    def _postal(self) -> tuple[str | None, ...]:
        return (
            self.organization if self.full_name else None, *self.address, self.postal_code,
            self.city, self.region, self.country,
        )  # fmt: skip


class JointRecipient(Recipient):
    """Several people who get one letter together (`campaign.joint_letters`)."""

    members: tuple[Recipient, ...] = ()

    @property
    def people(self) -> tuple[Recipient, ...]:
        """The people whom the letter addresses."""
        return self.members

    def goes_by(self, names: Collection[str]) -> bool:
        """Whether one of the names is the letter's, or that of one of its people."""
        return super().goes_by(names) or any(one.goes_by(names) for one in self.members)


# Worked out once for each row: a letter asks for each a dozen times.
_NAMES = frozenset(
    name for name, value in vars(Recipient).items() if isinstance(value, cached_property)
)


def same_ids(recipients: Iterable[Recipient]) -> list[Problem]:
    """A problem for each recipient who has another one's id, or would have another's file name."""
    problems: list[Problem] = []
    first: dict[str, Recipient] = {}
    for recipient in recipients:
        for name in dict.fromkeys((recipient.letter_id, recipient.file_name)):
            other = first.setdefault(name, recipient)
            if other is not recipient:
                problems.append(
                    Problem(
                        "duplicate-id",
                        f"The letter id `{name}` appears twice, first at {other.place()}.",
                        "Give one of them a different `id`.",
                        recipient.place("id") or recipient.place(),
                    )
                )
                break
    return problems
