"""How a letter says where to unsubscribe: in its headers for programs, in a line for people.

List-Id (RFC 2919), List-Unsubscribe (RFC 2369) and List-Unsubscribe-Post (RFC 8058). The last
promises that one POST is enough, so it stands only beside an https address that knows its
recipient: a signed one. The headers belong under the DKIM signature (RFC 8058, 4).
"""

import re

from advocacy.campaign.campaign import Sender
from advocacy.documents.headers import wire_address
from advocacy.documents.unsubscribe_links import UnsubscribeLinks, mailto, sender_leaving
from advocacy.mail.consent.tokens import Keys, Ticket, seal, unsubscribe_url


def recipient_leaving(
    sender: Sender, mailing: str, address: str, language: str, keys: Keys | None
) -> UnsubscribeLinks:
    """The addresses for one recipient: signed where there is a key, else the sender's own.

    An email to `mailto` carries the token in its subject, so that `advocacy bounces import`
    knows whom it is about even where it comes from another address.
    """
    own, everyones = sender.unsubscribe, sender_leaving(sender)
    if own is None or keys is None:
        return everyones
    url = everyones.url
    if own.url and own.signed:
        url = unsubscribe_url(own.url, keys, address, mailing, language)
    token = seal(keys, Ticket(address, mailing, language))
    by_mail = mailto(own.mailto, f"unsubscribe {token}") if own.mailto else None
    return UnsubscribeLinks(url, by_mail, own.signed)


def list_headers(
    sender: Sender, mailing: str, address: str, language: str, *, keys: Keys | None
) -> str:
    """The List headers of one recipient's message, each ended by CRLF.

    `mailing` is `<campaign>/<stage>` or a name; the part before the first `/` names the list.
    Without an address to unsubscribe there is List-Id alone: a caller that mails subscribers
    does not send then.
    """
    leaving = recipient_leaving(sender, mailing, address, language, keys)
    return headers_of(sender, mailing, leaving)


def headers_of(sender: Sender, mailing: str, leaving: UnsubscribeLinks) -> str:
    """The same, where the addresses are known."""
    lines = [f"List-Id: <{list_id(sender, mailing)}>\r\n"]
    # The first that a mail program knows is taken: the page before the email (RFC 2369, 2).
    places = [f"<{place}>" for place in (leaving.url, leaving.mailto) if place]
    if places:
        lines.append("List-Unsubscribe: " + ",\r\n ".join(places) + "\r\n")
    if leaving.one_click:
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    return "".join(lines)


def list_id(sender: Sender, mailing: str) -> str:
    """The list's identifier, in the sender's own domain, the same for all its mailings."""
    name = re.sub(r"[^a-z0-9-]+", "-", mailing.partition("/")[0].lower()).strip("-") or "letters"
    return f"{name}.{wire_address(sender.email).rpartition('@')[2]}"
