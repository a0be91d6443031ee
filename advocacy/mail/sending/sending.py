"""Sending a mailing: passes over the list until nothing is left that may go now.

Only the ledger decides what is left. So a pass may end at any moment, because a server was
slow, a day ended or somebody pressed Ctrl-C, and the next one, here or on another machine,
goes on where it ended.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from advocacy.batch.documents import used_versions
from advocacy.batch.executor import ProgressWatcher, interruptible, work_off
from advocacy.batch.worker import LetterOutcome
from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.mail.consent.suppression_snapshot import SuppressionGuard
from advocacy.mail.ledger import Ledger, MailingRun, Result, State
from advocacy.mail.sending.candidates import SUPPRESSED, Candidates
from advocacy.mail.sending.mailing_settings import MailingSettings, standing_problems
from advocacy.mail.sending.outbox import Outbox, Ready
from advocacy.mail.sending.rendering import MessageRenderer
from advocacy.mail.sending.senders import Senders, SendFailure, SendSettings
from advocacy.mail.smtp import Connection
from advocacy.mail.smtp.pace import Pace

LONGEST_NAP = 0.5
"""Seconds after which a run that waits looks around: for Ctrl-C."""
LONGEST_REST = 30.0
"""Seconds at most between two passes for the sake of the second alone."""


@dataclass(frozen=True, slots=True)
class SendTerms:
    """How a mailing is sent: by how many connections, how fast, and how long to try again.

    `patience` is for how many seconds a run waits for messages that their servers put off;
    `pretended` says that the day of sending is not the real one. To more than `most` people
    nothing is sent, whatever becomes of the list meanwhile.
    """

    connections: int = 4
    patience: float = 3600.0
    most_failures: int = 20
    pretended: bool = False
    most: int | None = None


@dataclass(slots=True)
class SendResult:
    """What a run came to: counts by state, and those that were left out, by reason.

    `unmade` are letters that could not be composed; `why` is what stopped it, `interrupted`
    that somebody did. `left_out` and `unmade` are those of the last pass over the list.
    """

    states: Counter[State] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    listed: int = 0
    unmade: int = 0
    problems: dict[Problem, None] = field(default_factory=dict)
    crashes: list[str] = field(default_factory=list)
    why: Problem | None = None
    interrupted: bool = False
    waiting_until: float | None = None
    given_back: bool = False


def send_mailing(
    mailing: MailingSettings,
    ledger: Ledger,
    *,
    connect: Callable[[], Connection],
    pace: Pace,
    terms: SendTerms,
    candidates: Callable[[MailingSettings], Candidates],
    guard: SuppressionGuard,
    press: Callable[[MailingSettings], MessageRenderer],
    watcher: ProgressWatcher | None = None,
) -> SendResult:
    """Send what is left of a mailing, and tell what came of it.

    `candidates` and `press` are made anew for each day on which it runs. Raises AdvocacyError
    where the server or the ledger cannot be reached; what was sent is then in the ledger.
    """
    watcher = watcher or ProgressWatcher()
    account = SendResult()
    composed: set[str] = set()
    trouble = SendFailure()
    patient_until: float | None = None
    run = ledger.begin_run(mailing.name, versions=used_versions(typeset=False))
    try:
        with interruptible(watcher.interrupted) as interrupt:
            while True:
                one = _Pass(
                    mailing, ledger, run, terms, trouble, composed, account, watcher,
                    lambda: bool(interrupt),
                )  # fmt: skip
                began = time.monotonic()
                one.go(candidates(mailing), press(mailing), connect, pace, guard)
                if interrupt or account.why or account.crashes:
                    break
                today = mailing.today if terms.pretended else mailing.campaign.today()
                if today != mailing.today:
                    mailing = mailing.on(today)
                    found = standing_problems(mailing)
                    account.problems |= dict.fromkeys(found)
                    if has_errors(found):
                        account.why = _new_day(today)
                        break
                    continue
                if account.given_back:  # not tried at all, as after a sleep of the machine
                    continue
                until = account.waiting_until
                if until is not None:
                    # Each pass reads the whole list: let more than one become due for the next.
                    rest = min(LONGEST_REST, (time.monotonic() - began) / 2)
                    until = max(until, ledger.now() + rest)
                if patient_until is None:  # it is for waiting: a long list does not use it up
                    patient_until = time.monotonic() + terms.patience
                left = patient_until - time.monotonic()
                if not _waited(ledger, until, left, lambda: bool(interrupt), watcher):
                    break
            account.interrupted = bool(interrupt)
    finally:
        ledger.end_run(run, account.why.message if account.why else "")
    return account


def _waited(
    ledger: Ledger,
    until: float | None,
    patience: float,
    interrupted: Callable[[], bool],
    watcher: ProgressWatcher,
) -> bool:
    """Wait until messages may be tried again; False where there are none, or too late."""
    if until is None or until - ledger.now() > patience:
        return False
    watcher.waiting(until - ledger.now())
    while (left := until - ledger.now()) > 0:
        if interrupted():
            return False
        time.sleep(min(left, LONGEST_NAP))
    return True


@dataclass(slots=True)
class _Pass:
    """Once over the list."""

    mailing: MailingSettings
    ledger: Ledger
    run: MailingRun
    terms: SendTerms
    trouble: SendFailure
    composed: set[str]
    account: SendResult
    watcher: ProgressWatcher
    interrupted: Callable[[], bool]
    said_no: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def go(
        self,
        candidates: Candidates,
        press: MessageRenderer,
        connect: Callable[[], Connection],
        pace: Pace,
        guard: SuppressionGuard,
    ) -> None:
        day_ends = float("inf") if self.terms.pretended else _midnight(self.mailing)

        def may_go(ready: Ready) -> bool:
            if _has_come(day_ends):
                return False
            if guard.reason(ready.entry.address) is None:
                return True
            with self.lock:
                self.said_no += 1
                self.watcher.step()
            return False

        outbox = Outbox(pace)
        terms = self.terms
        job = SendSettings(
            outbox, self.ledger, self.run, connect, may_go, self._tell, terms.connections,
            terms.most_failures, self.trouble,
        )  # fmt: skip
        senders = Senders(job)

        def over() -> bool:
            return self.interrupted() or senders.stopped or _has_come(day_ends)

        self.watcher.begin(self.mailing.name, lambda: None)
        self.account.unmade = 0
        try:
            self._feed(candidates, press, outbox, over)
        except BaseException:
            senders.stop()  # what waits is for the next run: nobody waits for it before they hear
            raise
        finally:
            try:
                senders.finish(over)
            finally:
                self.watcher.end()
                self.account.why = self.account.why or senders.why
                self._note(candidates, senders)

    def _feed(
        self,
        candidates: Candidates,
        press: MessageRenderer,
        outbox: Outbox,
        over: Callable[[], bool],
    ) -> None:
        crew, wanted = press.crew(candidates.left())
        at_once = True
        try:
            for outcome in work_off(wanted, crew, over, press.first):
                ready = self._ready(press, outcome)
                if ready is None:
                    continue
                if not self._agreed(ready):
                    self.account.why = _more_than_agreed(self.terms.most)
                    return
                if not outbox.put(ready, over):
                    return
            at_once = False
        finally:
            crew.close(at_once=at_once)

    def _agreed(self, ready: Ready) -> bool:
        """Whether the message is among as many as may be sent; one tried again is not another."""
        most, letter_id = self.terms.most, ready.entry.letter_id
        if most is not None and letter_id not in self.composed and len(self.composed) >= most:
            return False
        self.composed.add(letter_id)
        return True

    def _ready(self, press: MessageRenderer, outcome: LetterOutcome) -> Ready | None:
        self.account.problems |= dict.fromkeys(outcome.problems)
        if outcome.crash is not None:
            self.account.crashes.append(outcome.crash)
        try:
            ready = press.ready(outcome)
        except AdvocacyError as error:
            self.account.problems |= dict.fromkeys(error.problems)
            ready = None
        if ready is None:
            self.account.unmade += 1
            self.watcher.step()
        return ready

    def _tell(self, _: Ready, result: Result) -> None:
        with self.lock:  # the senders tell it
            self.account.states[result.state] += 1
            self.watcher.step()

    def _note(self, candidates: Candidates, senders: Senders) -> None:
        account = self.account
        account.listed = candidates.listed
        account.left_out = candidates.counts + Counter({SUPPRESSED: self.said_no})
        account.problems |= candidates.problems
        account.given_back = senders.gave_back
        times = (candidates.next_try, senders.next_try)
        account.waiting_until = min((at for at in times if at is not None), default=None)


def _midnight(mailing: MailingSettings) -> float:
    """When the day of sending ends, in seconds since the epoch."""
    zone = ZoneInfo(mailing.campaign.file.timezone)
    tomorrow = mailing.today + timedelta(days=1)
    return datetime.combine(tomorrow, clock_time(), tzinfo=zone).timestamp()


def _has_come(moment: float) -> bool:
    return time.time() >= moment


def _more_than_agreed(most: int | None) -> Problem:
    return Problem(
        "more-than-agreed",
        f"The list has grown: more people are left than the {most} for whom it was begun.",
        "Those that were agreed to are done. Look at the list, then run the command again.",
    )


def _new_day(today: date) -> Problem:
    return Problem(
        "new-day",
        f"It has become {today} while the mailing ran, and its letters may not go out any more.",
        "The reasons are above. What was sent is in the ledger; the others were not sent.",
    )
