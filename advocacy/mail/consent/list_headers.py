"""How a letter says where to unsubscribe: in its headers for programs, in a line for people.

List-Id (RFC 2919), List-Unsubscribe (RFC 2369) and List-Unsubscribe-Post (RFC 8058). The last
promises that one POST is enough, so it stands only beside an https address that knows its
recipient: a signed one. The headers belong under the DKIM signature (RFC 8058, 4).


The unsubscribe page's own file: one row for each request, appended, never rewritten.

It is CSV with the columns of `suppressed.csv`, so `advocacy suppress import` reads it and a
spreadsheet shows it. Several processes may append at once: each holds a lock, and answers only
when its row is on the disk.
"""

import csv
import fcntl
import io
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from advocacy.campaign.campaign import Sender
from advocacy.documents.headers import wire_address
from advocacy.documents.unsubscribe_links import Leaving, mailto, sender_leaving
from advocacy.files.csv_rows import spreadsheet_safe
from advocacy.mail.consent.tokens import Keys, Ticket, seal, unsubscribe_url


def recipient_leaving(
    sender: Sender, mailing: str, address: str, language: str, keys: Keys | None
) -> Leaving:
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
    return Leaving(url, by_mail, own.signed)


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


def headers_of(sender: Sender, mailing: str, leaving: Leaving) -> str:
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


HEADER = "address,since,source,campaign,how\n"
AGAIN = timedelta(minutes=10)
"""A request repeated within this time (a second click, a provider's second try) is the same."""
_TAIL = 65_536


def append_request(path: Path, ticket: Ticket, how: str, now: datetime | None = None) -> bool:
    """Write down that somebody unsubscribed; whether there is a new row.

    `how` is `one-click` or `page`. Raises OSError where it cannot be made durable; the file is
    then as it was.
    """
    now = now or datetime.now(UTC)
    is_new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        tail = os.pread(handle, _TAIL, max(0, size - _TAIL)).decode("utf-8", "replace")
        if _asked_lately(tail, ticket.address, now):
            return False
        text = HEADER if not size else "" if tail.endswith("\n") else "\n"
        _write(handle, (text + _row(ticket, how, now)).encode(), size)
    finally:
        os.close(handle)
    if is_new:
        _sync(path.parent)
    return True


def _row(ticket: Ticket, how: str, now: datetime) -> str:
    out = io.StringIO(newline="")
    cells = (ticket.address, f"{now:%Y-%m-%dT%H:%M:%SZ}", "unsubscribed", ticket.mailing, how)
    csv.writer(out, lineterminator="\n").writerow(
        spreadsheet_safe(" ".join(cell.split())) for cell in cells
    )
    return out.getvalue()


def _asked_lately(tail: str, address: str, now: datetime) -> bool:
    for line in tail.splitlines():
        if address not in line:
            continue
        cells = next(csv.reader([line]), [])
        try:
            ago = now - datetime.fromisoformat(cells[1])
        except (IndexError, ValueError, TypeError):  # not a row of ours
            continue
        if cells[0] == spreadsheet_safe(address) and timedelta() <= ago < AGAIN:
            return True
    return False


def _write(handle: int, data: bytes, size: int) -> None:
    try:
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, size)  # no half row
        raise


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
