"""The state of all mailings of a campaign: the ledger opened, and the list gone through.

What became of a mailing, as its ledger tells it, and who of the list has not got it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.batch.worker import row_of
from advocacy.campaign.addressing import People
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.errors import AdvocacyError, Level, Problem, nearest
from advocacy.mail.consent.suppression_snapshot import SuppressionGuard
from advocacy.mail.consent.tokens import find_keys
from advocacy.mail.ledger import Ledger, LedgerRecord, Moment, State, ledger_exists, open_ledger
from advocacy.mail.ledger import LedgerMailing as Started
from advocacy.mail.sending.candidates import (
    ANSWERED,
    NO_EMAIL,
    OTHER_PERSON,
    SUPPRESSED,
    Candidates,
    LeftOut,
)
from advocacy.mail.sending.mailing_settings import MailingSettings


@dataclass(frozen=True, slots=True)
class MailingsFound:
    """What the ledger says of a campaign's mailings; `rows` are those who were not reached.

    `problems` are the rows of the lists that nobody can be written to for. The ledger is open, for
    the rows, until it is closed: `with closing(statuses(…)) as found`.
    """

    title: str
    campaign: str
    timezone: str
    ledger_place: str
    now: float
    statuses: list["MailingStatus"]
    rows: Iterable[dict[str, str]] = ()
    problems: Iterable[Problem] = ()
    ledger: Ledger | None = None

    def close(self) -> None:
        """Close the ledger."""
        if self.ledger is not None:
            self.ledger.close()


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
    campaign, problems = load_campaign(path, templates)
    if campaign is None:
        raise AdvocacyError(problems)
    file = campaign.file
    title = file.title.get(file.language) or file.id
    guard = SuppressionGuard(campaign.workspace.folder, find_keys())
    place = str(path.with_suffix(".ledger.sqlite"))
    if not ledger_exists(path):
        if mailing is not None:
            raise AdvocacyError(_no_such_mailing(mailing, place, []))
        return MailingsFound(title, file.id, file.timezone, place, 0.0, [])
    ledger = open_ledger(path)
    known = [one for one in ledger.mailings() if one.campaign == file.id]
    chosen = [one for one in known if mailing in (None, one.name, _short(one))]
    if mailing is not None and not chosen:
        raise AdvocacyError(_no_such_mailing(mailing, ledger.shown, [one.name for one in known]))

    own: list[str] = []
    if people.list is None and file.recipients is None and people.supporters is None:
        own = [one.letter_id for one in file.target.addressees]

    def listed(name: str, stage: str) -> Candidates | None:
        if stage not in file.stages or (own and not _has_any_of(ledger, name, own)):
            return None
        today = campaign.today()
        one = MailingSettings(campaign, stage, name, campaign.letter_date(), today, people)
        return Candidates(one, guard, ledger)

    doubt = ledger.doubt()
    wrong: dict[Problem, None] = {doubt.at(Level.WARNING): None} if doubt is not None else {}
    found = []
    for one in chosen:
        candidates = listed(one.name, one.stage)
        found.append(mailing_status(ledger, one.name, candidates))
        wrong |= candidates.problems if candidates is not None else {}
    rows = (
        row
        for one in chosen
        if (candidates := listed(one.name, one.stage)) is not None
        for row in not_reached(ledger, one.name, candidates)
    )
    return MailingsFound(
        title, file.id, file.timezone, ledger.shown, ledger.now(), found, rows, wrong, ledger
    )


def _has_any_of(ledger: Ledger, name: str, ids: list[str]) -> bool:
    """Whether a mailing went to any of these, or to nobody yet: else it had another list."""
    return not sum(ledger.counts(name).values()) or bool(ledger.state_of(name, ids))


def _short(mailing: Started) -> str:
    """The name that `send --mailing` was given."""
    return mailing.name.removeprefix(f"{mailing.campaign}/{mailing.stage}/")


def _no_such_mailing(name: str, place: str, known: list[str]) -> Problem:
    near = nearest(name, known)
    hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(known) or 'none'}."
    return Problem("no-mailing", f"The ledger ({place}) has no mailing `{name}`.", hint)


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


def not_reached(
    ledger: Ledger | None, name: str, candidates: Candidates
) -> Iterator[dict[str, str]]:
    """The rows of the list of those who did not get it, with `what` and `reason` in front.

    They can be corrected and used as the next list: letter ids stay, and the ledger knows who
    has got it meanwhile.
    """
    out: list[LeftOut] = []
    candidates.on_left_out = out.append
    records = ledger.records(name, NOT_SENT) if ledger is not None else ()
    known = {record.letter_id: record for record in records}
    for wanted in candidates.left():
        yield from _rows(out, known)
        record = known.get(wanted.letter_id)
        yield _row("left", record.reply if record else "", wanted.recipient)
    yield from _rows(out, known)


def _rows(out: list[LeftOut], known: dict[str, LedgerRecord]) -> Iterable[dict[str, str]]:
    for one in out:
        record = known.get(one.letter.letter_id)
        if record is not None or one.why in (SUPPRESSED, ANSWERED, NO_EMAIL, OTHER_PERSON):
            said = one.reason or (record.reply if record else "")
            yield _row(one.why, said, one.letter.recipient)
    out.clear()


def _row(what: str, reason: str, recipient: Recipient) -> dict[str, str]:
    row = {"what": what, "reason": reason, "id": recipient.letter_id}
    return row | row_of(recipient)
