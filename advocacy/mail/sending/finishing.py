"""What a mailing's messages get when they leave: envelope sender, List headers, a signature."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from advocacy.campaign.campaign import Sender
from advocacy.documents.email.message import message_id
from advocacy.documents.headers import wire_address
from advocacy.documents.unsubscribe_links import Leaving, sender_leaving
from advocacy.errors import AdvocacyError, Problem
from advocacy.letters.letter import Letter
from advocacy.mail.bounces.verp import bounce_address
from advocacy.mail.consent.keys import Keys, find_keys, require_keys
from advocacy.mail.consent.list_headers import list_headers, recipient_leaving
from advocacy.mail.sending.mailing_settings import Mailing
from advocacy.mail.smtp.dkim_signing import dkim_key_of, misaligned, sign

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Finish:
    """What a message gets when it is about to leave.

    `envelope_sender` is told the Message-ID, `headers` the recipient's address as it travels and
    the letter's language; `sign` puts a DKIM signature above the whole message, last of all.
    `leaving` says where a letter's recipient unsubscribes; it travels to the processes that
    compose.
    """

    envelope_sender: Callable[[str], str]
    headers: Callable[[str, str], tuple[str, ...]]
    sign: Callable[[bytes], bytes] | None = None
    leaving: Callable[[Letter], Leaving] | None = None


def finish_of(mailing: Mailing) -> Finish:
    """What this mailing's messages get, by its audience and the environment's keys.

    Raises AdvocacyError for keys that cannot be used; see `consent_problems`.
    """
    file = mailing.campaign.file
    sender, keys = file.sender, find_keys()
    bounces = wire_address(sender.bounces or sender.email)

    def envelope_sender(message_id: str) -> str:
        if keys is None or sender.bounces is None:
            return bounces
        return bounce_address(bounces, keys, message_id)

    def headers(address: str, language: str) -> tuple[str, ...]:
        if not mailing.subscribers:
            return ()
        # RFC 3834, 2: responders do not answer what says it is bulk; List-Id says the same.
        found = list_headers(sender, mailing.name, address, language, keys=keys)
        return (found, "Precedence: bulk\r\n")

    dkim = dkim_key_of(workspace=mailing.campaign.workspace.folder)
    return Finish(
        envelope_sender,
        headers,
        None if dkim is None else lambda message: sign(message, dkim),
        partial(_own_leaving, mailing.name, keys) if mailing.subscribers else None,
    )


def _own_leaving(mailing: str, keys: Keys | None, letter: Letter) -> Leaving:
    address = wire_address(letter.recipient.email or "nobody@invalid.invalid")
    return recipient_leaving(letter.sender, mailing, address, letter.language, keys)


def consent_problems(mailing: Mailing) -> list[Problem]:
    """What subscribed mail lacks of a way to say no, and keys that cannot be used.

    RFC 8058 and the large receivers ask for a way to unsubscribe by one click; the law of many
    countries for one that works, and for the sender's postal address.
    """
    problems: list[Problem] = []
    file = mailing.campaign.file
    keys = _found(find_keys, problems)
    if mailing.subscribers:
        place = file.sender.place("unsubscribe") or file.place("sender")
        if not sender_leaving(file.sender):
            problems.append(
                Problem(
                    "no-unsubscribe",
                    "The letters go to subscribers, and say nowhere how to get no more of them.",
                    "Add to the sender: `unsubscribe: {url: https://…, mailto: …}`.",
                    place,
                )
            )
        elif keys is None and _is_signed(file.sender):
            _found(lambda: require_keys("sign each subscriber's unsubscribe address"), problems)
    if keys is not None and file.sender.bounces:
        sample = message_id(mailing.name, "any", file.sender.email)
        _found(lambda: bounce_address(str(file.sender.bounces), keys, sample), problems)
    dkim = _found(lambda: dkim_key_of(workspace=mailing.campaign.workspace.folder), problems)
    if dkim is not None:
        wrong = misaligned(dkim, wire_address(file.sender.email).rpartition("@")[2])
        problems += [wrong] if wrong else []
    return list(dict.fromkeys(problems))


def _is_signed(sender: Sender) -> bool:
    own = sender.unsubscribe
    return own is not None and own.url is not None and own.signed


def _found(find: Callable[[], Found | None], problems: list[Problem]) -> Found | None:
    try:
        return find()
    except AdvocacyError as error:
        problems += error.problems
        return None
