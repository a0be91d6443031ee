"""What became of a mailing, as its ledger tells it, and who of the list has not got it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from advocacy.batch.worker import row_of
from advocacy.campaign.recipients import Recipient
from advocacy.mail.ledger import Ledger, Moment, Record, State
from advocacy.mail.sending.candidates import ANSWERED, NO_EMAIL, SUPPRESSED, Candidates, LeftOut

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
MOST_MOMENTS = 240
"""So many points of time a picture of the mailing has, and some."""
HOUR = 3600.0
FINAL = (State.SENT, State.REFUSED)
NOT_SENT = (State.REFUSED, State.DEFERRED, State.UNCERTAIN, State.SENDING)


@dataclass(slots=True)
class Reason:
    """Why messages were refused or put off: how many, and what was said of the first."""

    count: int = 0
    example: str = ""


@dataclass(slots=True)
class MailingStatus:
    """What the ledger says of a mailing, and what the list adds.

    `refused` and `deferred` are by code (`550 5.1.1`), `domains` counts states by the recipient's
    domain, `uncertain` are letter ids with their addresses. `moments` count what reached its
    state in each span of time, of `span` seconds. `left` and `left_out` are None without a list.
    """

    name: str
    states: dict[State, int]
    refused: dict[str, Reason] = field(default_factory=dict)
    deferred: dict[str, Reason] = field(default_factory=dict)
    domains: dict[str, Counter[State]] = field(default_factory=dict)
    uncertain: list[tuple[str, str]] = field(default_factory=list)
    replied: int = 0
    bounced: int = 0
    moments: list[Moment] = field(default_factory=list)
    span: float = 1.0
    listed: int | None = None
    left: int | None = None
    left_out: Counter[str] | None = None

    @property
    def first(self) -> float | None:
        """When the first message was sent or refused, in UTC epoch seconds."""
        return min((moment.at for moment in self.moments), default=None)

    @property
    def last(self) -> float | None:
        """When the last was."""
        return max((moment.at for moment in self.moments), default=None)

    @property
    def rate(self) -> float | None:
        """Messages sent a second, in the spans of time in which any were."""
        busy = {moment.at for moment in self.moments}
        sent = sum(moment.count for moment in self.moments if moment.state is State.SENT)
        return sent / (len(busy) * self.span) if busy else None

    @property
    def unfinished(self) -> bool:
        """Whether somebody who should have got it has not, or may not have."""
        return bool(self.left or sum(self.states[state] for state in NOT_SENT))


def mailing_status(
    ledger: Ledger, name: str, candidates: Candidates | None = None
) -> MailingStatus:
    """Read a mailing's ledger and, with `candidates`, its list."""
    status = MailingStatus(name, ledger.counts(name))
    for tally in ledger.tallies(name):
        status.domains.setdefault(tally.domain or "forgotten", Counter())[tally.state] += (
            tally.count
        )
    for record in ledger.records(name, NOT_SENT):
        _enter(status, record)
    heard = ledger.heard(name)
    status.replied, status.bounced = heard.replied, heard.bounced
    status.span, status.moments = _moments(ledger, name)
    if candidates is not None:
        status.left = sum(1 for _ in candidates.left())
        status.listed, status.left_out = candidates.listed, candidates.counts
    return status


def _moments(ledger: Ledger, name: str) -> tuple[float, list[Moment]]:
    """The mailing over time, in spans as short as a picture needs, of a second at least."""
    span = HOUR
    moments = [one for one in ledger.progress(name, span) if one.state in FINAL]
    while moments and span > 1.0:
        length = max(one.at for one in moments) - min(one.at for one in moments) + span
        finer = max(1.0, length // MOST_MOMENTS)
        if finer >= span:
            break
        span = finer
        moments = [one for one in ledger.progress(name, span) if one.state in FINAL]
    return span, moments


def _enter(status: MailingStatus, record: Record) -> None:
    if record.state is State.UNCERTAIN:
        status.uncertain.append((record.letter_id, record.address))
        return
    by_code = {State.REFUSED: status.refused, State.DEFERRED: status.deferred}.get(record.state)
    if by_code is not None:
        reason = by_code.setdefault(reason_of(record), Reason(0, words_of(record)))
        reason.count += 1


def reason_of(record: Record) -> str:
    """A reply's code with its enhanced status code (RFC 3463), else its own words."""
    enhanced = _STATUS.search(record.reply)
    parts = [str(record.code) if record.code else "", enhanced[0] if enhanced else ""]
    return " ".join(part for part in parts if part) or record.reply or "no reply"


def words_of(record: Record) -> str:
    """What the server said, without the status code in front."""
    return _STATUS.sub("", record.reply, count=1).strip(" -") or record.reply


def not_reached(
    ledger: Ledger | None, name: str, candidates: Candidates
) -> Iterator[dict[str, str]]:
    """The rows of the list of those who did not get it, with `what` and `reason` in front.

    They can be corrected and used as the next list: letter ids stay, and the ledger knows who
    has got it meanwhile.
    """
    out: list[LeftOut] = []
    candidates.told = out.append
    records = ledger.records(name, NOT_SENT) if ledger is not None else ()
    known = {record.letter_id: record for record in records}
    for wanted in candidates.left():
        yield from _rows(out, known)
        record = known.get(wanted.letter_id)
        yield _row("left", record.reply if record else "", wanted.recipient)
    yield from _rows(out, known)


def _rows(out: list[LeftOut], known: dict[str, Record]) -> Iterable[dict[str, str]]:
    for one in out:
        record = known.get(one.letter.letter_id)
        if record is not None or one.why in (SUPPRESSED, ANSWERED, NO_EMAIL):
            said = one.reason or (record.reply if record else "")
            yield _row(one.why, said, one.letter.recipient)
    out.clear()


def _row(what: str, reason: str, recipient: Recipient) -> dict[str, str]:
    row = {"what": what, "reason": reason, "id": recipient.letter_id}
    return row | row_of(recipient)
