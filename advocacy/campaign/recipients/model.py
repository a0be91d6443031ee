"""Recipients: the people a letter is addressed to."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from pydantic import Field

from advocacy.campaign.field_types import Day, Email, Slug
from advocacy.campaign.languages import Country, Language
from advocacy.campaign.recipients.address import full_name, greeting
from advocacy.errors import Problem
from advocacy.files.characters import Line, Words
from advocacy.files.writing import WINDOWS_DEVICE
from advocacy.files.yaml.reading import Located


class Recipient(Located):
    """One person or office that gets a letter; the columns of a list, or an addressee."""

    id: Slug | None = Field(
        None, description="A stable id for the letter. Default: made from name and organization."
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
    salutation: Line | None = Field(
        None, description="The name in the salutation: “Mr. Smith”. Default: the name."
    )
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

    @property
    def full_name(self) -> str:
        """The name to print: as given, or put together of its parts."""
        if self.name:
            return self.name
        return full_name(self.given_name, self.family_name, self.suffix, self.language)

    @property
    def greeting(self) -> str:
        """Whom the salutation greets: as given, else with an honorific that goes with a name.

        Nothing is guessed: without either, it is the full name, else the organization.
        """
        if self.salutation:
            return self.salutation
        return greeting(self.honorific, self.family_name) or self.full_name or self.called

    @property
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

    @property
    def letter_id(self) -> str:
        """The id of this recipient's letter: the `id` column, else a slug of name and place."""
        return self.id or slug(f"{self.full_name} {self.organization or ''}")


LONGEST_SLUG = 80


def slug(text: str) -> str:
    """A file name made of a person's name: lower-case ASCII letters, digits and hyphens.

    Letters that have no ASCII form keep their code point, so that two names in another
    script do not collide; what is too long ends with a digest of the whole.
    """
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    kept = "".join(
        char if char.isascii() else f"-{ord(char):x}-"
        for char in folded
        if not unicodedata.combining(char)
    )
    found = re.sub(r"[^a-z0-9]+", "-", kept).strip("-") or "letter"
    if len(found) > LONGEST_SLUG:
        digest = hashlib.sha256(found.encode()).hexdigest()[:8]
        found = f"{found[: LONGEST_SLUG - 9].strip('-')}-{digest}"
    return f"letter-{found}" if WINDOWS_DEVICE.fullmatch(found) else found


def same_ids(recipients: Iterable[Recipient]) -> list[Problem]:
    """A problem for each recipient whose letter would take another one's file name."""
    problems: list[Problem] = []
    first: dict[str, Recipient] = {}
    for recipient in recipients:
        other = first.setdefault(recipient.letter_id, recipient)
        if other is not recipient:
            problems.append(
                Problem(
                    "duplicate-id",
                    f"The letter id `{recipient.letter_id}` appears twice, first at "
                    f"{other.place()}.",
                    "Give one of them a different `id`.",
                    recipient.place("id") or recipient.place(),
                )
            )
    return problems
