"""How the sender of letters looks and can be reached: offices, font, color, and unsubscribing.

The letterhead of every layout shows them, on paper, on screen and in Word.
"""

from pydantic import Field

from advocacy.campaign.field_types import Color, Email, HttpUrl
from advocacy.files.characters import Line
from advocacy.files.yaml.reading import Located


class Unsubscribe(Located):
    """Where a subscriber can unsubscribe: at most one address of each kind."""

    mailto: Email | None = Field(
        None, description="An email address that accepts unsubscribe requests."
    )
    url: HttpUrl | None = Field(None, description="A page that accepts unsubscribe requests.")
    signed: bool = Field(
        True,
        description="`false`: your own page does not support signed addresses, so mail programs "
        "cannot offer one-click unsubscribe.",
    )


class Office(Located):
    """A place where the organization can be reached."""

    name: Line | None = Field(None, description="What the office is called, such as its town.")
    address: tuple[Line, ...] = Field((), description="Street and town lines.")
    phone: Line | None = Field(None, description="The phone number.")
    email: Email | None = Field(None, description="The email address.")


class Look(Located):
    """How the organization's letters look, in any layout."""

    font: Line | None = Field(
        None,
        description="The font family of printed letters: built in, or from the folder `fonts`.",
    )
    color: Color | None = Field(
        None, description="The color of the letterhead, as `#1d3a5f`, on paper and on screen."
    )
