"""Read mailboxes of messages that came back, and note in the ledger who answered.

Messages are read and left as they are, of each at most the first megabyte. Nobody who answered
gets a reminder.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy.errors import AdvocacyError, Place, Problem, nearest
from advocacy.files.text import open_binary
from advocacy.mail import problem
from advocacy.mail.bounces.notices import MOST_BYTES
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.ledger.opening import no_ledger, open_ledgers

if TYPE_CHECKING:
    from advocacy.mail.ledger import Ledger, LedgerRecord


_LINE = 100_000


def messages_in(path: Path) -> Iterator[tuple[Place, bytes]]:
    """The messages of a mailbox, each with its place.

    Raises AdvocacyError where there is none, or it cannot be read.
    """
    if path.is_dir():
        for file in _files(path):
            with open_binary(file) as opened:
                yield Place(file), opened.read(MOST_BYTES)
        return
    with open_binary(path) as opened:
        start = opened.peek(5)[:5]
        if start == b"From ":
            yield from _mbox(path)
        elif start:
            yield Place(path), opened.read(MOST_BYTES)


def _files(folder: Path) -> Iterator[Path]:
    """The files of a Maildir, in the order of their names; of another folder its `.eml` files."""
    parts = [part for name in ("cur", "new") if (part := folder / name).is_dir()]
    try:
        if parts:
            found = [Path(entry) for part in parts for entry in os.scandir(part)]
            names = [path for path in found if not path.name.startswith(".")]
        else:
            names = list(folder.glob("*.eml"))
    except OSError as error:
        told = (error.strerror or str(error)).lower()
        raise AdvocacyError(
            problem(
                "not-readable",
                entry="mailbox-unreadable",
                place=Place(folder),
                told=told,
                folder=folder,
            )
        ) from error
    if not parts and not names:
        raise AdvocacyError(problem("no-mailbox", place=Place(folder)))
    yield from sorted((path for path in names if path.is_file()), key=lambda path: path.name)


def _mbox(path: Path) -> Iterator[tuple[Place, bytes]]:
    """The messages of an mbox (RFC 4155): each begins with `From ` after an empty line."""
    lines: list[bytes] = []
    size, began = 0, 1
    is_blank = True
    with open_binary(path) as file:
        number = 0
        while line := file.readline(_LINE):
            if is_blank and line.startswith(b"From "):
                if lines:
                    yield Place(path, began), b"".join(lines)
                lines, size, began = [], 0, number + 1
            elif size < MOST_BYTES:
                lines.append(line)
                size += len(line)
            is_blank = not line.strip(b"\r\n")
            number += line.endswith(b"\n")
    if lines:
        yield Place(path, began), b"".join(lines)


@dataclass(frozen=True, slots=True)
class RecordedReply:
    """Somebody's answer, and the letter it is noted with; `others` are mailings they got too."""

    asked: str
    letter_id: str
    mailing: str
    is_new: bool
    others: tuple[str, ...] = ()


def note_replies(
    folder: Path, who: Iterable[str], *, mailing: str | None = None, on: date | None = None
) -> tuple[list[RecordedReply], list[Problem]]:
    """Note that people answered, named by letter id or address.

    Of several mailings that they got, the one they were sent last counts, unless `mailing`
    names another. `on` is the day of the answer, else it is now. Who cannot be found is a problem,
    and the others are noted all the same. Raises AdvocacyError where no letter was ever sent.
    """
    replies: list[RecordedReply] = []
    problems: list[Problem] = []
    at = datetime.combine(on, time(12), tzinfo=UTC).timestamp() if on else None
    with open_ledgers(folder) as ledgers:
        if not ledgers:
            raise no_ledger(folder)
        if mailing is not None:
            _check_mailing(ledgers, mailing)
        for one in dict.fromkeys(text.strip() for text in who):
            found = _letters(ledgers, one, mailing)
            if isinstance(found, Problem):
                problems.append(found)
                continue
            (record, ledger), *rest = found
            if record.replied_at is None:
                ledger.mark_replied(record.mailing, record.letter_id, at)
            replies.append(
                RecordedReply(
                    one,
                    record.letter_id,
                    record.mailing,
                    record.replied_at is None,
                    tuple(other.mailing for other, _ in rest),
                )
            )
    return replies, problems


def _check_mailing(ledgers: list["Ledger"], mailing: str) -> None:
    known = [one.name for ledger in ledgers for one in ledger.mailings()]
    if mailing in known:
        return
    near = nearest(mailing, known)
    hint = f"Did you mean `{near}`?" if near else f"Available: {', '.join(known) or 'none'}."
    raise AdvocacyError(problem("mailing-unknown", name=mailing, hint=hint))


def _letters(
    ledgers: list["Ledger"], one: str, mailing: str | None
) -> "list[tuple[LedgerRecord, Ledger]] | Problem":
    """The letters that somebody got, the last first."""
    # An id may have an at sign, too, and was in small letters in ledgers of earlier versions.
    ways = [{"letter_id": one}, {"letter_id": one.lower()}, {"address_key": address_key(one)}]
    found: list[tuple[LedgerRecord, Ledger]] = []
    for wanted in ways:
        found = found or [
            (record, ledger)
            for ledger in ledgers
            for record in ledger.find(**wanted)
            if record.forgotten_at is None and mailing in (None, record.mailing)
        ]
    if not found:
        return problem("unknown-letter", who=one, where=f" in {mailing}" if mailing else "")
    people = {(record.letter_id, record.address_key) for record, _ in found}
    campaigns = {record.mailing.partition("/")[0] for record, _ in found}
    if len({key for _, key in people}) > 1 and len(campaigns) > 1:
        mailings = sorted({record.mailing for record, _ in found})
        return problem("ambiguous-letter", who=one, mailings=", ".join(mailings))
    if "@" in one and len({name for name, _ in people}) > 1 and mailing is not None:
        names = ", ".join(sorted(name for name, _ in people)[:5])
        return problem("ambiguous-letter", entry="several-letters", who=one, names=names)
    return sorted(found, key=lambda pair: pair[0].first_at, reverse=True)


def replied_file(path: Path) -> list[str]:
    """The ids and addresses in a file, one a line or in columns `id` and `email`.

    Raises AdvocacyError where it cannot be read, or names nobody.
    """
    from advocacy.campaign.recipients.select import named_people

    found = sorted(named_people(path))
    if not found:
        raise AdvocacyError(problem("empty-list", entry="no-replies", place=Place(path)))
    return found
