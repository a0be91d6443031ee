"""The email of a letter: one text in two forms, and its PDF where the letter carries it.

The bytes depend on the letter alone: Date is noon of its day, or its stage's `time`, Message-ID
and boundaries come from its id. `Auto-Submitted` stays out: its absence says that a person sent
the message (RFC 3834, 5.2), which is so, and a recipient's notice of absence is worth having.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from advocacy.campaign.set_phrases import read_set_phrases
from advocacy.documents.email.base64_lines import pdf_part
from advocacy.documents.email.html import encoded_html, html_of
from advocacy.documents.email.inline_pictures import picture_parts
from advocacy.documents.email.quoted_printable import quoted_printable, whole_lines
from advocacy.documents.frame import cover_html, draft_html, draft_subject
from advocacy.documents.headers import address_header, text_header, wire_address
from advocacy.documents.references import formatted
from advocacy.documents.text import render_text, text_pieces
from advocacy.documents.unsubscribe_links import UnsubscribeLinks
from advocacy.errors import AdvocacyError, Hint, Problem
from advocacy.files.enclosed_pdf import EnclosedFile, read_enclosure
from advocacy.files.workspace import Workspace
from advocacy.letters.letter import CheckedLetter, Letter
from advocacy.templating.values import long_date, shaped_date

_NAME_AT_MOST = 96
# What Windows, the strictest, has in no name of a file.
_NO_FILE_NAME = re.compile(r'[<>:"/\\|?*]')


def obstacles(checked: CheckedLetter) -> list[Problem]:
    """What stands in the way of an email of this letter; the caller decides how much it matters."""
    letter = checked.letter
    recipient = letter.recipient
    if recipient.email is None:
        who = recipient.called
        return [
            Problem(
                "no-email",
                f"{who} has no email address, so no email is made.",
                Hint("fix-or-omit-format", cure="Add `email` to the entry", format="eml"),
                recipient.place(),
            )
        ]
    return []


def needs_smtputf8(message: bytes) -> bool:
    """Whether a message has headers that only a server with SMTPUTF8 takes (RFC 6531).

    So it is where the part of an address before the @ is not ASCII.
    """
    return not message.partition(b"\r\n\r\n")[0].isascii()


def message_id(mailing: str, letter_id: str, sender: str) -> str:
    """The Message-ID, `<…@sender's domain>`: the same for one letter of one mailing, always.

    A mailing is named by campaign and stage, `microsoft/call`; `sender` is the sender's address.
    """
    domain = wire_address(sender).rpartition("@")[2]
    return f"<{_digest(mailing, letter_id)}@{domain}>"


def render_email(
    checked: CheckedLetter,
    workspace: Workspace,
    *,
    pdf: bytes | None = None,
    files: Sequence[EnclosedFile] = (),
    cc: Iterable[tuple[str, str]] = (),
    leaving: UnsubscribeLinks | None = None,
) -> bytes:
    """The message (RFC 5322, with CRLF) of a letter.

    It has a text and an HTML part, and `pdf` attached, if given (see `attachment_name`), and
    `files`, the enclosures of a letter whose PDF does not hold them, under their titles. `cc`
    are pairs of name and address; there are none unless the caller names them, for a copy
    shows other people's addresses. `leaving` are the recipient's own addresses to unsubscribe,
    which a letter to subscribers shows instead of the sender's. Raises AdvocacyError for what
    `obstacles` reports, and for what is wrong in the layout.
    """
    letter = checked.letter
    email = letter.recipient.email
    if email is None:
        raise AdvocacyError(obstacles(checked))
    boundary = _digest(letter.campaign, letter.stage, letter.id)
    citations = formatted(letter, workspace)
    if checked.draft or letter.cover:
        text = render_text(checked, workspace, leaving=leaving).splitlines()
        page = html_of(letter, workspace, citations, leaving)
        if letter.cover:
            text, page = [letter.cover, "", *text], cover_html(page, letter.cover)
        html = [quoted_printable(draft_html(page) if checked.draft else page)]
    else:
        text = text_pieces(letter, workspace, citations, leaving)
        html = encoded_html(letter, workspace, citations, leaving)
    pictures = picture_parts(letter.pictures, workspace)
    content = _alternative(f"=_text-{boundary}", text, html, pictures)
    attached = [] if pdf is None else [pdf_part(pdf, attachment_name(letter, workspace))]
    attached += [pdf_part(read_enclosure(one, workspace), _saved_as(one.title)) for one in files]
    if attached:
        content = _multipart("mixed", f"=_file-{boundary}", content, *attached)
    copies = list(cc)
    mailing = f"{letter.campaign}/{letter.stage}"
    subject = draft_subject(letter.subject) if checked.draft else letter.subject
    headers = [
        _address("From", *_from(letter, workspace)),
        _address("To", letter.recipient.aide or letter.recipient.full_name, email),
        address_header("Cc", copies) if copies else "",
        _reply_to(letter),
        text_header("Subject", subject),
        f"Date: {_date_of(letter)}\r\n",
        f"Message-ID: {message_id(mailing, letter.id, letter.sender.email)}\r\n",
        f"Content-Language: {letter.language}\r\n",
        "MIME-Version: 1.0\r\n",
    ]
    return b"".join(["".join(headers).encode(), *content])


def attachment_name(letter: Letter, workspace: Workspace) -> str:
    """The name of the attached PDF: `Letter to Brad Smith, June 10, 2020.pdf`, in its language.

    It has no character that a file system refuses, and at most 100 in all.
    """
    words = read_set_phrases(letter.language, workspace)
    day = long_date(letter.date, letter.language)
    if "," in day:  # one comma is enough: not “Smith, June 10, 2020”
        day = shaped_date(letter.date, "d MMMM y", letter.language)
    parts = {"{name}": letter.recipient.called, "{date}": day}
    name = re.sub(r"\{name\}|\{date\}", lambda found: parts[found[0]], words.attachment)
    if len(name) > _NAME_AT_MOST:
        room = _NAME_AT_MOST - len(name) + len(parts["{name}"])
        parts["{name}"] = parts["{name}"][: max(room, 0)].rstrip()
        name = re.sub(r"\{name\}|\{date\}", lambda found: parts[found[0]], words.attachment)
    return _saved_as(name)


def _saved_as(name: str) -> str:
    return f"{_NO_FILE_NAME.sub('-', name).strip(' .')}.pdf"


def _from(letter: Letter, workspace: Workspace) -> tuple[str, str]:
    """The sender's own address, always: a stranger's would fail DMARC (RFC 7489, 3.1)."""
    sender, one = letter.sender, letter.supporter
    if one is None:
        return sender.organization, sender.email
    words = read_set_phrases(letter.language, workspace)
    # One pass, so that a name with braces in it is a name.
    parts = {"{name}": one.name, "{organization}": sender.organization}
    display = re.sub(r"\{name\}|\{organization\}", lambda found: parts[found[0]], words.via)
    return display, sender.email


def _reply_to(letter: Letter) -> str:
    """Where answers go: to the supporter whose letter it is, else where the sender says."""
    one = letter.supporter
    if one is not None and one.email:
        return _address("Reply-To", one.name, one.email)
    address = letter.sender.reply_to
    return _address("Reply-To", "", address) if address else ""


@lru_cache(maxsize=256)  # saves a fifth of an email: From and Reply-To
def _address(header: str, name: str, address: str) -> str:
    return address_header(header, [(name, address)])


def build_message(
    checked: CheckedLetter,
    workspace: Workspace,
    *,
    pdf: bytes | None = None,
    cc: Iterable[tuple[str, str]] = (),
) -> EmailMessage:
    """The same as an EmailMessage of the standard library, parsed from `render_email`."""
    data = render_email(checked, workspace, pdf=pdf, cc=cc)
    policy = SMTPUTF8 if needs_smtputf8(data) else SMTP
    return message_from_string(data.decode(), policy=policy)


def _alternative(
    boundary: str, text: list[str], html: list[bytes], pictures: list[list[bytes]]
) -> list[bytes]:
    """The two forms, the plainer first (RFC 2046, 5.1.4); pictures go with the HTML (RFC 2387)."""
    page = [_HTML, *html]
    if pictures:
        inner = boundary.replace("=_text", "=_page")
        page = _multipart("related", inner, page, *pictures)
    return _multipart("alternative", boundary, [_PLAIN, *map(whole_lines, text)], page)


def _part_header(content_type: str) -> bytes:
    return (
        f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


_PLAIN = _part_header("text/plain; charset=utf-8")
_HTML = _part_header("text/html; charset=utf-8")


def _multipart(subtype: str, boundary: str, *parts: list[bytes]) -> list[bytes]:
    """Several parts as one, all in pieces."""
    # `=_` occurs in no quoted-printable and no base64 line (RFC 2045, 6.7), so the boundary
    # occurs in no part.
    kind = f'{subtype}; type="text/html"' if subtype == "related" else subtype
    opening = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'
    # The line break before a boundary is the boundary's own: each part keeps its last one.
    begin = f"{opening}--{boundary}\r\n".encode()
    between, end = f"\r\n--{boundary}\r\n".encode(), f"\r\n--{boundary}--\r\n".encode()
    first, *others = parts
    following = [piece for part in others for piece in (between, *part)]
    return [begin, *first, *following, end]


def _digest(*names: str) -> str:
    return hashlib.sha256("\0".join(names).encode()).hexdigest()[:32]


def _date_of(letter: Letter) -> str:
    return _moment_of(letter.date, letter.time, letter.timezone)


@lru_cache(maxsize=64)  # saves a third of an email
def _moment_of(day: date, at: time, timezone: str) -> str:
    return format_datetime(datetime.combine(day, at, tzinfo=ZoneInfo(timezone)))
