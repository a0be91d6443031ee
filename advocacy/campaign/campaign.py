"""A campaign as its file describes it: whom it addresses, what it asks, and when."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from advocacy.campaign.days import Days
from advocacy.campaign.field_types import (
    Country,
    Day,
    Email,
    HttpUrl,
    Language,
    Line,
    LocalLine,
    LocalText,
    PerDay,
    Slug,
    Span,
    Timezone,
    Words,
)
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.columns import ColumnName
from advocacy.files.yaml.reading import Located

FileName = Annotated[Line, Field(description="A file, named from the campaign's folder.")]


class Demand(Located):
    """What the campaign wants done, and by when."""

    summary: LocalLine = Field(description="The demand in one line.")
    asks: tuple[LocalText, ...] = Field((), description="Each thing asked for, one sentence each.")
    reply_by: Span | Day | None = Field(
        None, description="The deadline: a day, or a span from the letter's date (`14 days`)."
    )

    def deadline(self, letter_date: date) -> date | None:
        """The day by which a letter of that date asks for an answer."""
        if isinstance(self.reply_by, timedelta):
            # A window may end on 9999-12-31, “never”; the calendar ends there too.
            return letter_date + min(self.reply_by, date.max - letter_date)
        return self.reply_by


class Precedent(Located):
    """A peer of the target that has already done what is asked."""

    organization: Line = Field(description="The peer's name as the letter prints it.")
    action: LocalText = Field(description="What it did, as a verb phrase in the past tense.")
    fact: Slug = Field(description="The fact that proves it.")


class Addressee(Recipient):
    """A person at the target to whom a letter goes."""

    name: Line = Field(description="The name as it stands on the envelope.")


class Target(Located):
    """The organisation that is asked to act."""

    organization: Line = Field(description="Its full name, as on the envelope.")
    address: tuple[Line, ...] = Field(min_length=1, description="Street and town lines.")
    country: Country | None = Field(None, description="Two letters: US, FR …")
    addressees: tuple[Addressee, ...] = Field(
        (), description="Who gets the letter, where no list of recipients is given."
    )


class Signatory(Located):
    """A person who signs for the sender."""

    name: Line = Field(description="The name under the signature.")
    title: Line | None = Field(None, description="The office, printed under the name.")
    organization: Line | None = Field(None, description="If it is not the sender's.")
    signature: FileName | None = Field(None, description="An image of the signature.")


class Unsubscribe(Located):
    """Where a subscriber can say no: one address of each kind at most."""

    mailto: Email | None = Field(None, description="An address that takes the request by email.")
    url: HttpUrl | None = Field(None, description="A page that takes the request.")
    signed: bool = Field(
        True,
        description="`false`: the page is your own and knows no signed addresses, so that mail "
        "programs cannot unsubscribe by one click.",
    )


class Sender(Located):
    """The organisation that writes."""

    organization: Line = Field(description="Its name, set as the letterhead.")
    address: tuple[Line, ...] = Field(min_length=1, description="Street and town lines.")
    country: Country | None = Field(None, description="Two letters: US, FR …")
    email: Email = Field(description="The address that letters come from.")
    phone: Line | None = Field(None, description="As the letterhead prints it.")
    url: HttpUrl | None = Field(None, description="The web address in the letterhead.")
    reply_to: Email | None = Field(None, description="Where answers go; default: `email`.")
    unsubscribe: Unsubscribe | None = Field(
        None, description="Where subscribers say that they want no more letters."
    )
    bounces: Email | None = Field(None, description="The envelope sender's address.")
    logo: FileName | None = Field(None, description="An image for the letterhead.")
    signatories: tuple[Signatory, ...] = Field(min_length=1, description="Who signs the letter.")


class Cosigner(Located):
    """An organisation that joins the letter."""

    organization: Line = Field(description="Its name, set in the list of cosigners.")
    name: Line | None = Field(None, description="The person who signs for it.")
    title: Line | None = Field(None, description="That person's office.")


class Variants(Located):
    """Wordings to compare, each by a short name; which one a recipient gets never changes."""

    subject: dict[Slug, LocalLine] = Field(
        default_factory=dict, description="Subject lines, instead of the stage's `subject`."
    )
    opening: dict[Slug, FileName] = Field(
        default_factory=dict,
        description="Partials such as `partials/opening-a.md`, which the template includes "
        "with `{% include opening %}`.",
    )


class Stage(Located):
    """One letter in the life of the campaign, and the days on which it may be dated."""

    template: Slug = Field(description="A letter under `letters/`, without `.md`.")
    layout: Slug = Field("letter", description="A paper layout: letter, window-10, window-dl.")
    subject: LocalLine = Field(description="The subject line, on paper and in the inbox.")
    from_: Day | None = Field(None, alias="from", description="The first day of its window.")
    until: Day | None = Field(None, description="The last day of its window.")
    to: tuple[Slug, ...] = Field((), description="Ids of those who get it; default: everyone.")
    signed_by: Literal["sender", "supporters"] = Field(
        "sender", description="`supporters`: a letter for `--supporters FILE` alone."
    )
    variants: Variants | None = Field(
        None, description="Wordings of which each recipient gets one, to learn which works."
    )
    attach: tuple[Literal["pdf"], ...] = Field((), description="Documents the email carries.")
    demand: Demand | Literal["none"] | None = Field(
        None, description="Instead of the campaign's; `none`: this letter asks for nothing."
    )
    precedents: tuple[Precedent, ...] | Literal["none"] = Field(
        (), description="Instead of the campaign's; `none`: it names none."
    )

    @property
    def days(self) -> Days:
        """The window of its letters."""
        return Days(self.from_, self.until)

    def covers(self, day: date) -> bool:
        """Whether a letter of this stage may be dated that day; both ends count."""
        return self.days.covers(day)


class SupporterRules(Located):
    """How a list of supporters is read, and which letters are theirs."""

    match: tuple[ColumnName, ...] = Field(
        (),
        description="Columns in which a supporter and a recipient agree, such as `[state, "
        "district]`; one that the recipient has no value in is passed over. Default: everyone "
        "writes to everyone.",
    )
    consent: ColumnName = Field(
        "consent", description="The column that says `yes` where a supporter agreed to write."
    )
    own_words: ColumnName = Field(
        "own_words", description="The column of a supporter's own paragraph."
    )
    approved: ColumnName = Field(
        "approved", description="The column that says `yes` where that paragraph was read."
    )
    own_words_limit: int = Field(
        1500, ge=1, le=20_000, description="How many characters of own words a letter takes."
    )
    max_per_target: PerDay = Field(
        200, description="How many supporters' letters of one day a recipient gets at most."
    )
    joint_names: int = Field(
        60,
        ge=1,
        le=2000,
        description="How many names a joint letter prints before “and … others”.",
    )
    columns: dict[Line, ColumnName] = Field(
        default_factory=dict,
        description="What the list's own headers mean: `{Vorname: given_name}`.",
    )


def _no_is_off(value: Any) -> Any:
    return "off" if value is False else value  # YAML 1.1 reads a bare `off` as false


class CheckSetting(Located):
    """How a campaign changes one of the checks, and why."""

    level: Annotated[
        Literal["error", "warning", "note", "off"] | None, BeforeValidator(_no_is_off)
    ] = Field(None, description="`off` leaves the check out.")
    limit: int | None = Field(None, ge=1, description="Another limit, where the check has one.")
    reason: Words | None = Field(None, description="Why; needed to make a check milder.")


class CampaignFile(Located):
    """A campaign file, `campaigns/<name>.yaml`."""

    id: Slug = Field(description="Stable: names the mailing, the output folder and the ledger.")
    title: LocalLine = Field(description="What the campaign is called.")
    language: Language = Field("en-US", description="Dates, lists, quotes, hyphens, paper size.")
    timezone: Timezone = Field(description="Whose days the dates are, as Area/City.")
    date: Day | None = Field(None, description="The letters' date; default: today there.")
    audience: Literal["targets", "subscribers"] = Field(
        "targets", description="`subscribers`: the rules for subscribed mail apply."
    )
    citation_style: Line = Field("chicago-notes-bibliography", description="A CSL style's name.")
    recheck_after: Span = Field(
        timedelta(days=90),
        description="How old a fact's `checked` may be on the letter's date.",
    )
    max_age: Span = Field(
        timedelta(days=1), description="`send` refuses a letter dated longer ago."
    )
    target: Target = Field(description="The organisation that is asked to act.")
    demand: Demand = Field(description="What it is asked to do, and by when.")
    precedents: tuple[Precedent, ...] = Field(
        (), description="Peers that have already done what is asked."
    )
    sender: Sender = Field(description="The organisation that writes, and who signs.")
    cosigners: tuple[Cosigner, ...] = Field((), description="Organisations that join the letter.")
    cc: tuple[Line, ...] = Field((), description="Who gets a copy, printed under the letter.")
    enclosures: tuple[Line, ...] = Field((), description="What lies in the envelope too.")
    facts: tuple[FileName, ...] = Field((), description="Facts files, from this file's folder.")
    sources: tuple[FileName, ...] = Field((), description="Sources files (CSL-YAML), likewise.")
    recipients: FileName | None = Field(
        None, description="A list of recipients (CSV, XLSX, JSON Lines), instead of addressees."
    )
    columns: dict[Line, ColumnName] = Field(
        default_factory=dict,
        description="What the list's own headers mean: `{Vorname: given_name}`.",
    )
    supporters: SupporterRules = Field(
        SupporterRules.model_validate({}), description="Rules for supporters' own letters."
    )
    copies: FileName | None = Field(
        None, description="The folder of kept copies of sources; it may be absent."
    )
    checks: dict[Line, CheckSetting] = Field(
        default_factory=dict, description="Other levels and limits for checks, by their codes."
    )
    stages: dict[Slug, Stage] = Field(
        min_length=1, description="The campaign's letters by name, each with its days."
    )

    def stage_demand(self, stage: Stage) -> Demand | None:
        """The stage's own demand, none, or the campaign's."""
        own = stage.demand if stage.has("demand") else self.demand
        return None if own == "none" else own

    def stage_precedents(self, stage: Stage) -> tuple[Precedent, ...]:
        """The stage's own precedents, none, or the campaign's."""
        own = stage.precedents if stage.has("precedents") else self.precedents
        return () if own == "none" else own
