"""How a subscriber leaves: the addresses that a letter shows, and the line that shows them.

`render` shows the sender's own addresses, the same for everyone; `send` puts the recipient's
signed ones in their place (see `advocacy.mail.consent.list_headers`). A letter's digest covers
neither.
"""

from dataclasses import dataclass
from urllib.parse import quote

from advocacy.campaign.campaign import Sender
from advocacy.campaign.set_phrases import SetPhrases
from advocacy.documents.headers import ascii_url, wire_address
from advocacy.letters.letter import Letter


@dataclass(frozen=True, slots=True)
class UnsubscribeLinks:
    """Where one recipient of one mailing unsubscribes.

    `url` is the page, `mailto` a whole `mailto:` address; `signed` says that both know the
    recipient. Without either, nobody can unsubscribe.
    """

    url: str | None = None
    mailto: str | None = None
    signed: bool = False

    def __bool__(self) -> bool:
        return bool(self.url or self.mailto)

    @property
    def one_click(self) -> bool:
        """Whether a mail program may unsubscribe by itself (RFC 8058 asks for https)."""
        return self.signed and (self.url or "").startswith("https://")

    @property
    def link(self) -> str:
        """What the visible line links to: the page, else the mail address."""
        return self.url or self.mailto or ""

    @property
    def shown(self) -> str:
        """The same as the plain text shows it."""
        return self.url or (self.mailto or "").removeprefix("mailto:").partition("?")[0]


def sender_leaving(sender: Sender) -> UnsubscribeLinks:
    """The sender's own addresses."""
    own = sender.unsubscribe
    if own is None:
        return UnsubscribeLinks()
    url = ascii_url(own.url) if own.url else None
    return UnsubscribeLinks(url, mailto(own.mailto, "unsubscribe") if own.mailto else None)


def mailto(address: str, subject: str) -> str:
    """A `mailto:` address with a subject (RFC 6068)."""
    return f"mailto:{quote(wire_address(address), safe='@!$*+')}?subject={quote(subject)}"


def leaving_of(letter: Letter, given: UnsubscribeLinks | None) -> UnsubscribeLinks:
    """What a letter shows: the addresses given, or the sender's own; none to those asked to act."""
    if not letter.subscribed:
        return UnsubscribeLinks()
    return sender_leaving(letter.sender) if given is None else given


def subscribed_line(words: SetPhrases, sender: Sender) -> str:
    """Why somebody gets the letter, in its language."""
    return words.subscribed.replace("{organization}", sender.organization)
