"""How the sender of letters looks and can be reached, and what goes with the letters.

Offices, font, color and unsubscribing, which the letterhead of every layout shows; enclosed files.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag

from advocacy.campaign.field_types import Day, Email, FileName, HttpUrl
from advocacy.campaign.languages import TABLE, LocalLine, LocalText, refusal
from advocacy.files.characters import Line
from advocacy.files.yaml.reading import Located


def _color(value: str) -> str:
    found = re.fullmatch(r"#([0-9a-fA-F]{6})", value)
    if not found:
        raise refusal("color", value)
    red, green, blue = (_linear(int(found[1][at : at + 2], 16) / 255) for at in (0, 2, 4))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    if 1.05 / (light + 0.05) < _CONTRAST:
        raise refusal("pale-color", value)
    return value.lower()


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


_CONTRAST = 4.5
"""The least contrast between text and its ground (WCAG 2.2, 1.4.3)."""

Color = Annotated[Line, AfterValidator(_color), Field(**TABLE["schema"]["color"])]
"""A color, dark enough to be read on white: `#1d3a5f`."""


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

    name: Line | None = Field(None, description="The name of the office, such as its town.")
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


class LetterReferences(Located):
    """Reference lines: file numbers and who answers questions."""

    your_ref: Line | None = Field(None, description="The addressee's file number.")
    your_letter: Day | None = Field(None, description="The date of the addressee's letter.")
    our_ref: Line | None = Field(None, description="The sender's own file number.")
    our_letter: Day | None = Field(None, description="The date of the sender's earlier letter.")
    contact: Line | None = Field(None, description="The person who answers questions.")
    phone: Line | None = Field(None, description="That person's phone number.")
    email: Email | None = Field(None, description="That person's email address.")


class Enclosure(Located):
    """A PDF that goes with the letter, and its title."""

    file: FileName = Field(description="A PDF, relative to this file's folder.")
    title: LocalLine = Field(description="Its title in the list of enclosures and in the bookmark.")


def _has_file(value: Any) -> str:
    is_file = isinstance(value, Enclosure) or (isinstance(value, dict) and "file" in value)
    return "enclosed file" if is_file else "title"


Enclosed = Annotated[
    Annotated[Enclosure, Tag("enclosed file")] | Annotated[LocalLine, Tag("title")],
    Discriminator(_has_file),
]
"""A title of what is enclosed, or a file with its title."""


def enclosure_title(one: Enclosure | LocalText) -> LocalText:
    """What the list of enclosures calls it."""
    return one.title if isinstance(one, Enclosure) else one
