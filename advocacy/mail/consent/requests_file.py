"""The unsubscribe page's own file: one row for each request, appended, never rewritten.

It is CSV with the columns of `suppressed.csv`, so `advocacy suppress import` reads it and a
spreadsheet shows it. Several processes may append at once: each holds a lock, and answers only
when its row is on the disk.
"""

import csv
import fcntl
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from advocacy.files.writing import spreadsheet_safe, sync_folder
from advocacy.mail.consent.tokens import Ticket

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
        sync_folder(path.parent)
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
