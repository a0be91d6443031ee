"""What a campaign rules beside its letters: events, supporters, and checks."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from advocacy.campaign.field_types import Day, FileName, PerDay, Slug
from advocacy.campaign.languages import LocalLine
from advocacy.campaign.recipients.columns import ColumnMap, ColumnName
from advocacy.files.characters import Line, Words
from advocacy.files.yaml.reading import Located


def _no_is_off(value: Any) -> Any:
    return "off" if value is False else value  # YAML 1.1 reads a bare `off` as false


class CampaignEvent(Located):
    """A day on which something happens to the campaign's cause, such as a hearing."""

    day: Day = Field(description="The day of the event.")
    kind: Literal["hearing", "markup", "vote", "record closes", "comments close", "other"] = Field(
        description="The kind of event."
    )
    what: Line = Field(description="The event in one line.")
    bill: Slug | None = Field(None, description="The id of the bill that it is about.")
    docket: Line | None = Field(None, description="The docket number, for comments to an agency.")
    source: Slug = Field(description="The id of the source that announces it.")


class SupporterRules(Located):
    """How a list of supporters is read, and which letters each supporter signs."""

    match: tuple[ColumnName, ...] = Field(
        (),
        description="Columns in which a supporter and a recipient must match, such as `[state, "
        "district]`. Columns that are empty for the recipient are ignored. Default: "
        "everyone writes to everyone.",
    )
    consent: ColumnName = Field(
        "consent", description="The column that says `yes` if a supporter consented."
    )
    consent_on: ColumnName = Field(
        "consent_on", description="The column with the day of the consent, as YYYY-MM-DD."
    )
    consent_text: ColumnName = Field(
        "consent_text", description="The column with the words that the supporter agreed to."
    )
    own_words: ColumnName = Field(
        "own_words", description="The column with a supporter's own paragraph."
    )
    approved: ColumnName = Field(
        "approved", description="The column that says `yes` if that paragraph is approved."
    )
    own_words_limit: int = Field(
        1500,
        ge=1,
        le=20_000,
        description="The maximum length of a supporter's own words, in characters.",
    )
    max_per_target: PerDay = Field(
        200, description="The maximum number of supporters' letters per recipient and day."
    )
    joint_names: int = Field(
        60,
        ge=1,
        le=2000,
        description="The number of names that a joint letter prints before “and … others”.",
    )
    columns: ColumnMap = Field(
        default_factory=dict,
        description="The meaning of the list's own column headers: `{Vorname: given_name}`.",
    )


class CheckSetting(Located):
    """A change to one of the checks, with its reason."""

    level: Annotated[
        Literal["error", "warning", "note", "off"] | None, BeforeValidator(_no_is_off)
    ] = Field(
        None,
        description="`off` turns the check off. What is an error because days, sources, or "
        "facts refute it cannot be lowered for a campaign; a person may accept an error of "
        "agreement for one sentence with `advocacy approve --accept`.",
    )
    limit: int | None = Field(None, ge=1, description="A different limit, if the check has one.")
    reason: Words | None = Field(None, description="The reason; required to relax a check.")


class Variants(Located):
    """Wordings to compare, by short name. A recipient always gets the same one."""

    subject: dict[Slug, LocalLine] = Field(
        default_factory=dict, description="Subject lines that replace the stage's `subject`."
    )
    opening: dict[Slug, FileName] = Field(
        default_factory=dict,
        description="Partials such as `partials/opening-a.md`, which the template includes "
        "with `{% include opening %}`.",
    )
