"""The state of all mailings of a campaign: what their ledger says, and what their lists add."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.campaign.addressing import People
from advocacy.errors import Problem
from advocacy.mail.ledger import Ledger, LedgerRecord, Moment, State
from advocacy.mail.sending.account import (
    UNFINISHED,
    Category,
    Fate,
    MailingAccount,
    category_of,
    fate_of,
)
from advocacy.mail.sending.candidates import Candidates
from advocacy.mail.status.opened import open_mailings


@dataclass(frozen=True, slots=True)
class MailingsFound:
    """What the ledger says of a campaign's mailings.

    `problems` are the rows of the lists that nobody can be written to for, and a doubt about the
    ledger.
    """

    title: str
    campaign: str
    timezone: str
    ledger_place: str
    now: float
    statuses: list["MailingStatus"]
    problems: Iterable[Problem] = ()


def statuses(
    path: Path,
    people: People,
    *,
    mailing: str | None = None,
    templates: Path | None = None,
) -> MailingsFound:
    """The state of a campaign's mailings, or of one, with what their lists add.

    `people` is the list; where it is another than the campaign's, it belongs to one mailing.
    Raises AdvocacyError for a mailing that the ledger does not know.
    """
    with open_mailings(path, people, mailing=mailing, templates=templates) as opened:
        wrong = dict.fromkeys(opened.doubts())
        found = []
        now, file = 0.0, opened.campaign.file
        if opened.ledger is not None:
            now = opened.ledger.now()
            for one in opened.chosen:
                candidates = opened.candidates(one)
                found.append(mailing_status(opened.ledger, one.name, candidates))
                wrong |= candidates.problems if candidates is not None else {}
        title = file.title.get(file.language) or file.id
        return MailingsFound(title, file.id, file.timezone, opened.place, now, found, wrong)


_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
MOST_MOMENTS = 240
"""The approximate number of points in the plot of a mailing."""
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
    """What the ledger says of a mailing, and what the list adds. `totals` are the ledger's.

    `refused` and `deferred` are by code (`550 5.1.1`), `domains` counts what became of the letters
    by the recipient's domain, `uncertain` are letter ids with their addresses. `moments` count what
    reached its state in each span of time, of `span` seconds. `account` says how the list adds up;
    it is None without a list.
    """

    name: str
    states: dict[State, int]
    totals: Counter[Category] = field(default_factory=Counter)
    refused: dict[str, Reason] = field(default_factory=dict)
    deferred: dict[str, Reason] = field(default_factory=dict)
    domains: dict[str, Counter[Fate]] = field(default_factory=dict)
    uncertain: list[tuple[str, str]] = field(default_factory=list)
    replied: int = 0
    moments: list[Moment] = field(default_factory=list)
    span: float = 1.0
    account: MailingAccount | None = None

    @property
    def by_fate(self) -> Counter[Fate]:
        """What became of the letters of all domains."""
        return sum(self.domains.values(), Counter())

    @property
    def bounced(self) -> int:
        """How many letters came back undelivered."""
        return self.totals[Category.HARD_BOUNCE] + self.totals[Category.SOFT_BOUNCE]

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
        if self.account is not None and self.account.unfinished:
            return True
        return any(self.totals[one] for one in UNFINISHED)


def mailing_status(
    ledger: Ledger, name: str, candidates: Candidates | None = None
) -> MailingStatus:
    """Read a mailing's ledger and, with `candidates`, its list."""
    status = MailingStatus(name, ledger.counts(name))
    for tally in ledger.tallies(name):
        fate = fate_of(tally.state, tally.bounce)
        status.domains.setdefault(tally.domain or "forgotten", Counter())[fate] += tally.count
    for record in ledger.records(name, NOT_SENT):
        _enter(status, record)
    status.replied = ledger.heard(name).replied
    status.span, status.moments = _moments(ledger, name)
    for (state, bounce), count in ledger.totals(name).items():
        status.totals[category_of(state, bounce)] += count
    if candidates is not None:
        candidates.go_through()
        status.account = candidates.account()
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


def _enter(status: MailingStatus, record: LedgerRecord) -> None:
    if record.state is State.UNCERTAIN:
        status.uncertain.append((record.letter_id, record.address))
        return
    by_code = {State.REFUSED: status.refused, State.DEFERRED: status.deferred}.get(record.state)
    if by_code is not None:
        reason = by_code.setdefault(reason_of(record), Reason(0, words_of(record)))
        reason.count += 1


def reason_of(record: LedgerRecord) -> str:
    """A reply's code with its enhanced status code (RFC 3463), else its own words."""
    enhanced = _STATUS.search(record.reply)
    parts = [str(record.code) if record.code else "", enhanced[0] if enhanced else ""]
    return " ".join(part for part in parts if part) or record.reply or "no reply"


def words_of(record: LedgerRecord) -> str:
    """What the server said, without the status code in front."""
    return _STATUS.sub("", record.reply, count=1).strip(" -") or record.reply
