"""A campaign as its file describes it: whom it addresses, what it asks, and when."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal, Self, TypeVar

from pydantic import Field, model_validator

from advocacy.campaign.bills.model import VoteFile
from advocacy.campaign.campaign_rules import CampaignEvent, CheckSetting, SupporterRules, Variants
from advocacy.campaign.days import Days
from advocacy.campaign.demand import Demand, Follows, StageDemand, inherited_demand
from advocacy.campaign.field_types import (
    NOON,
    ClockTime,
    Day,
    Email,
    FileName,
    HttpUrl,
    Slug,
    Span,
)
from advocacy.campaign.languages import Country, Language, LocalLine, LocalText, Timezone
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.columns import ColumnMap
from advocacy.campaign.recipients.identity import PersonId
from advocacy.campaign.salutations import WholeLine
from advocacy.campaign.sender_details import Enclosed, LetterReferences, Look, Office, Unsubscribe
from advocacy.files.characters import Line, fault
from advocacy.files.yaml.reading import Located


class Precedent(Located):
    """A peer of the target that has already done what is asked."""

    organization: Line = Field(description="The organization's name, as printed in the letter.")
    action: LocalText = Field(description="What it did, as a verb phrase in the past tense.")
    fact: Slug = Field(description="The id of the fact that proves it.")


class OfficeDays(Located):
    """The days on which a person holds an office."""

    from_: Day | None = Field(None, alias="from", description="The first day in office.")
    until: Day | None = Field(None, description="The last day in office.")
    checked: Day | None = Field(
        None, description="The last day on which the title was checked. See `recheck_after`."
    )


class HeldTitle(OfficeDays):
    """An office that a person holds, and the days on which they hold it."""

    title: Line = Field(description="The office, as it is printed.")


class SignedTitle(OfficeDays):
    """An office that a signatory holds, and the days on which they hold it."""

    title: LocalLine = Field(description="The office, as it is printed under the name.")


HeldOffice = TypeVar("HeldOffice", bound=OfficeDays)


def title_held(titles: Iterable[HeldOffice], day: date) -> HeldOffice | None:
    """The first of some titles that is held on a day."""
    return next((one for one in titles if Days(one.from_, one.until).covers(day)), None)


class Addressee(Recipient):
    """A person at the target who gets a letter; without a name, the organization itself."""

    titles: tuple[HeldTitle, ...] = Field(
        (),
        description="Titles with their days, instead of `title`. The letter prints the title of "
        "its own date, or none.",
    )

    def on(self, day: date) -> "Addressee":
        """The person with the title of that day."""
        if not self.titles:
            return self
        held = title_held(self.titles, day)
        return self.model_copy(update={"title": held.title if held else None})


class Target(Located):
    """The organization that is asked to act."""

    organization: Line = Field(description="Its full name, as on the envelope.")
    address: tuple[Line, ...] = Field(min_length=1, description="Street and town lines.")
    country: Country | None = Field(None, description="Two letters: US, FR …")
    addressees: tuple[Addressee, ...] = Field(
        (), description="Who gets the letter, if there is no list of recipients."
    )

    @model_validator(mode="after")
    def _name_offices(self) -> Self:
        """An addressee without a person is the organization."""
        if any(not one.full_name and not one.organization for one in self.addressees):
            named = (
                one
                if one.full_name or one.organization
                else one.model_copy(update={"organization": self.organization})
                for one in self.addressees
            )
            object.__setattr__(self, "addressees", tuple(named))
        return self


class Signatory(Located):
    """A person who signs for the sender."""

    name: Line = Field(description="The name under the signature.")
    title: LocalLine | None = Field(None, description="The office, printed under the name.")
    titles: tuple[SignedTitle, ...] = Field(
        (), description="Titles with their days, instead of `title`."
    )
    organization: Line | None = Field(
        None, description="The organization, if it is not the sender."
    )
    signature: FileName | None = Field(None, description="An image of the signature.")

    def on(self, day: date) -> "Signatory":
        """The person with the title of that day."""
        if not self.titles:
            return self
        held = title_held(self.titles, day)
        return self.model_copy(update={"title": held.title if held else None})

    @property
    def office(self) -> str | None:
        """The title as text; in a letter, it is the one in the letter's language."""
        return str(self.title) if self.title else None


class Sender(Located):
    """The organization that sends the letters, and its signatories."""

    organization: Line = Field(description="Its name, set as the letterhead.")
    address: tuple[Line, ...] = Field(min_length=1, description="Street and town lines.")
    country: Country | None = Field(None, description="Two letters: US, FR …")
    town: LocalLine | None = Field(
        None, description="The town that is printed before the date: `Paris, le 1er juin 2026`."
    )
    email: Email = Field(description="The address that letters are sent from.")
    phone: Line | None = Field(None, description="The phone number, as printed in the letterhead.")
    url: HttpUrl | None = Field(None, description="The web address in the letterhead.")
    reply_to: Email | None = Field(None, description="Where replies go. Default: `email`.")
    unsubscribe: Unsubscribe | None = Field(None, description="Where subscribers unsubscribe.")
    bounces: Email | None = Field(None, description="The envelope sender address.")
    logo: FileName | None = Field(None, description="An image for the letterhead.")
    logo_has_name: bool = Field(
        False,
        description="`true`: the logo shows the organization's name, so that the letterhead does "
        "not print it again.",
    )
    offices: tuple[Office, ...] = Field((), description="Offices for the first page's footer.")
    look: Look | None = Field(None, description="The organization's font and color.")
    signatories: tuple[Signatory, ...] = Field(min_length=1, description="Who signs the letter.")


class Cosigner(Located):
    """An organization that also signs the letter."""

    organization: Line = Field(description="Its name, set in the list of cosigners.")
    name: Line | None = Field(None, description="The person who signs for the organization.")
    title: Line | None = Field(None, description="That person's office.")


BILL_SUBJECT = LocalText.of("{bill}: {position}")


class Stage(Located):
    """One letter of the campaign, and the dates that it may have."""

    template: Slug = Field(description="A letter under `letters/`, without `.md`.")
    layout: Slug = Field(
        "letter",
        description="A paper layout: letter, modern, large-print, window-10, window-dl, window-fr.",
    )
    subject: LocalLine = Field(
        BILL_SUBJECT,
        description="The subject line, on paper and in the inbox. With `bill:`, it may have "
        "`{bill}` and `{position}`, and the default is `{bill}: {position}`.",
    )
    preview: LocalLine | None = Field(
        None,
        description="The line that mail programs show after the subject in the inbox. Default: "
        "the first sentence of the letter.",
    )
    greeting: WholeLine | None = Field(
        None,
        description="The whole line of the salutation: `Dear {given_name},`. Default: the "
        "form that the language uses.",
    )
    closing: WholeLine | None = Field(
        None,
        description="The whole line before the signature: `In solidarity,`. `{greeting}` repeats "
        "the salutation.",
    )
    delivery: LocalLine | None = Field(
        None, description="How the letter is delivered, printed above the address: `Einschreiben`."
    )
    reference_lines: LetterReferences | None = Field(
        None, description="Reference lines. They replace those of the campaign key by key."
    )
    from_: Day | None = Field(None, alias="from", description="The first day of its window.")
    until: Day | None = Field(None, description="The last day of its window.")
    time: ClockTime = Field(
        NOON,
        description="The time of day in the emails' Date, in the campaign's timezone. Set it to a "
        "time after the sources were published. Default: noon.",
    )
    to: tuple[PersonId, ...] = Field((), description="Ids of the recipients. Default: everyone.")
    together: bool = Field(
        False,
        description="`true`: one letter to everyone the stage is for; with `bill:`, one for each "
        "committee.",
    )
    bill: Slug | None = Field(
        None,
        description="The id of the bill that its letters are about. `to:` may then name positions: "
        "sponsor, cosponsor, chair, ranking member, committee member, everyone else.",
    )
    position: Literal["support", "oppose", "amend"] = Field(
        "support",
        description="The sender's position on the bill. It determines `recipient.ask`, and "
        "which requests `check` refuses.",
    )
    event: Slug | None = Field(
        None,
        description="The id of the event that its letters are written for. A letter with a later "
        "date is refused.",
    )
    signed_by: Literal["sender", "supporters"] = Field(
        "sender", description="`supporters`: the letter is only for `--supporters FILE`."
    )
    variants: Variants | None = Field(
        None,
        description="Alternative wordings. Each recipient gets one, to learn which works best.",
    )
    attach: tuple[Literal["pdf"], ...] = Field((), description="Documents attached to the email.")
    unprintable_name: Literal["no-pdf", "no-name"] | None = Field(
        None,
        description="What to mail if no font can print the recipient's name: `no-pdf`, the email "
        "without the attached PDF, or `no-name`, a PDF that greets the organization. Default: "
        "the letter is refused.",
    )
    demand: StageDemand | Literal["none"] | None = Field(
        None,
        description="What differs from the campaign's demand. `none`: the letter asks for nothing.",
    )
    follows: Follows | None = Field(
        None,
        description="The earlier letter that this one is a reminder of. Templates print "
        "`{{ previous.date }}` and `{{ previous.subject }}`.",
    )
    precedents: tuple[Precedent, ...] | Literal["none"] = Field(
        (), description="Replaces the campaign's precedents. `none`: this letter names none."
    )

    @model_validator(mode="after")
    def _need_subject(self) -> Self:
        """A subject can be made up for letters on a bill alone."""
        if self.bill is None and "subject" not in self.model_fields_set:
            raise fault("missing-key", "the key `subject` is missing", "Add `subject: …`.")
        return self

    @property
    def days(self) -> Days:
        """The window of its letters."""
        return Days(self.from_, self.until)

    def covers(self, day: date) -> bool:
        """Whether a letter of this stage may be dated that day; both ends count."""
        return self.days.covers(day)

    def is_for(self, recipient: Recipient) -> bool:
        """Whether the recipient is among those whom the stage is for."""
        return not self.to or recipient.goes_by(self.to)


class CampaignFile(Located):
    """A campaign file, `campaigns/<name>.yaml`."""

    id: Slug = Field(
        description="A stable id, used for the mailing, the output folder, and the ledger."
    )
    title: LocalLine = Field(description="The name of the campaign.")
    language: Language = Field(
        "en-US",
        description="The language of dates, lists, quotation marks, hyphenation, and paper size.",
    )
    timezone: Timezone = Field(description="The time zone of the dates, as Area/City.")
    date: Day | None = Field(
        None, description="The letters' date. Default: today in that time zone."
    )
    audience: Literal["targets", "subscribers"] = Field(
        "targets", description="`subscribers`: the rules for mail to subscribers apply."
    )
    citation_style: Line = Field(
        "chicago-notes-bibliography", description="The name of a CSL style."
    )
    recheck_after: Span = Field(
        timedelta(days=90),
        description="The maximum age of a fact's `checked` date on the letter's date.",
    )
    max_age: Span = Field(
        timedelta(days=1), description="`send` refuses letters with an older date."
    )
    target: Target = Field(description="The organization that is asked to act.")
    demand: Demand = Field(description="What it is asked to do, and by which date.")
    precedents: tuple[Precedent, ...] = Field(
        (), description="Organizations that have already done what is asked."
    )
    sender: Sender = Field(description="The organization that writes, and its signatories.")
    cosigners: tuple[Cosigner, ...] | FileName = Field(
        (),
        description="Organizations that also sign the letter, or a table of them (CSV, XLSX) that "
        "says which text each has seen.",
    )
    cc: tuple[LocalLine, ...] = Field((), description="Who gets a copy, printed under the letter.")
    enclosures: tuple[Enclosed, ...] = Field((), description="What is enclosed: titles, or PDFs.")
    reference_lines: LetterReferences | None = Field(
        None, description="Reference lines: file numbers, and who answers questions."
    )
    facts: tuple[FileName, ...] = Field(
        (), description="Facts files, relative to this file's folder."
    )
    sources: tuple[FileName, ...] = Field(
        (), description="Sources files (CSL-YAML), relative to this file's folder."
    )
    bills: tuple[FileName, ...] = Field(
        (),
        description="Bills, relative to this file's folder: BILLSTATUS XML, Open States JSON, or "
        "YAML.",
    )
    votes: tuple[VoteFile | FileName, ...] = Field(
        (),
        description="Votes on the passage of these bills: XML of the House Clerk or the Senate, or "
        "tables.",
    )
    recipients: FileName | None = Field(
        None,
        description="A list of recipients (CSV, XLSX, JSON, or open data, which may be a "
        "folder), instead of addressees.",
    )
    staff: FileName | None = Field(
        None,
        description="A table of aides (member's `id`, `name`, `email`), who get the emails, with "
        "the letter as a PDF.",
    )
    forms_of_address: FileName | None = Field(
        None, description="A file that says how members of other legislatures are addressed."
    )
    office: Literal["capitol", "district"] = Field(
        "capitol", description="The lawmakers' office that letters go to."
    )
    columns: ColumnMap = Field(
        default_factory=dict,
        description="The meaning of the list's own column headers: `{Vorname: given_name}`.",
    )
    supporters: SupporterRules = Field(
        SupporterRules.model_validate({}), description="Rules for supporters' own letters."
    )
    copies: FileName | None = Field(
        None, description="The folder for kept copies of sources. It need not exist."
    )
    events: dict[Slug, CampaignEvent] = Field(
        default_factory=dict, description="Hearings, votes, and deadlines, by id."
    )
    checks: dict[Line, CheckSetting] = Field(
        default_factory=dict, description="Changed levels and limits of checks, by code."
    )
    stages: dict[Slug, Stage] = Field(
        min_length=1, description="The campaign's letters by name, each with its window."
    )

    @model_validator(mode="after")
    def _attach_for_staff(self) -> Self:
        """An aide gets the letter as the member will see it."""
        if self.staff is not None:
            for name, stage in self.stages.items():
                if not stage.has("attach"):
                    self.stages[name] = stage.model_copy(update={"attach": ("pdf",)})
        return self

    def stage_demand(self, stage: Stage) -> Demand | None:
        """The stage's own demand, none, or the campaign's."""
        if not stage.has("demand") or stage.demand is None:
            return self.demand if stage.demand is None and not stage.has("demand") else None
        return None if stage.demand == "none" else inherited_demand(stage.demand, self.demand)

    def stage_precedents(self, stage: Stage) -> tuple[Precedent, ...]:
        """The stage's own precedents, none, or the campaign's."""
        own = stage.precedents if stage.has("precedents") else self.precedents
        return () if own == "none" else own
