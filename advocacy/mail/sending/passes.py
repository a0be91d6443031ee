"""Pass over the list again and again, until nothing is left that may go now.

Only the ledger decides what is left. So a pass may end at any moment, because a server was
slow, a day ended or somebody pressed Ctrl-C, and the next one, here or on another machine,
goes on where it ended.

In a pass this thread composes messages and puts them into the outbox; the threads of `senders`
take them out, ask the ledger for each, and hand them over.
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
from advocacy.batch.executor import ProgressWatcher, work_off
from advocacy.batch.interrupts import interruptible
from advocacy.batch.worker import LetterOutcome
from advocacy.campaign.recipients.select import Selection
from advocacy.errors import AdvocacyError, Level, Problem, has_errors
from advocacy.mail.consent.suppression_snapshot import SuppressionGuard
from advocacy.mail.ledger import Ledger, MailingRun, Result, State
from advocacy.mail.sending.candidates import Candidates
from advocacy.mail.sending.list_problems import rejected_rows, sort_problems
from advocacy.mail.sending.mailing_settings import MailingSettings, find_obstacles
from advocacy.mail.sending.outbox import Outbox, ReadyMessage
from advocacy.mail.sending.rendering import MessageRenderer
from advocacy.mail.sending.run_result import RunHurry, RunResult, end_run, is_of_ledger
from advocacy.mail.sending.senders import Senders, SenderSettings, ServerTrouble, while_sending
from advocacy.mail.sending.stops import RunStops
from advocacy.mail.smtp import Connection
from advocacy.mail.smtp.pace import Pace

LONGEST_NAP = 0.5
"""Seconds after which a waiting run checks for Ctrl-C."""
LONGEST_REST = 30.0
"""Seconds at most between two passes for the sake of the second alone."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How a mailing is sent: by how many connections, and how long to try again.

    `patience` is for how many seconds a run waits for messages that their servers put off;
    `pretended` says that the day of sending is not the real one. To more than `most` people
    nothing is sent, whatever becomes of the list meanwhile.
    """

    connections: int = 4
    patience: float = 3600.0
    most_failures: int = 20
    pretended: bool = False
    most: int | None = None


def send_in_passes(
    mailing: MailingSettings,
    ledger: Ledger,
    *,
    connect: Callable[[], Connection],
    pace: Pace,
    settings: RunSettings,
    candidates: Callable[[MailingSettings], Candidates],
    guard: SuppressionGuard,
    renderer: Callable[[MailingSettings], MessageRenderer],
    stops: RunStops,
    watcher: ProgressWatcher,
) -> RunResult:
    """Send what is left of a mailing that the ledger knows.

    `candidates` and `renderer` are made anew for each pass, since the day may be another; before
    each, and in its middle, `stops` says whether the run may go on. A ledger that cannot be used
    any more ends the run, as does a second Ctrl-C, at once. Raises AdvocacyError for a list that
    cannot be read, say; what was sent is then in the ledger.
    """
    result = RunResult()
    hurry = RunHurry()
    ledger.wait_until(hurry.asked, watcher.ledger_lost)
    run = ledger.begin_run(mailing.name, versions=used_versions(typeset=False), journaled=True)
    passes = _Passes(
        ledger, run, connect, pace, settings, candidates, guard, renderer, stops, watcher, result,
        hurry,
    )  # fmt: skip
    try:
        with interruptible(watcher.interrupted) as interrupt:
            hurry.interrupt = interrupt
            passes.send(mailing)
    except KeyboardInterrupt:  # the second
        result.interrupted = hurry.is_lost = True
    except AdvocacyError as error:
        hurry.is_lost = True
        if not is_of_ledger(error):
            raise
        result.why = result.why or while_sending(error.problems[0])
    finally:
        result.interrupted = result.interrupted or bool(hurry.interrupt)
        end_run(ledger, run, result)
    told = sort_problems(mailing, result.problems)
    result.problems, result.rejects = dict.fromkeys(told.problems), told.rejects
    return result


@dataclass(slots=True)
class _Passes:
    """The passes of one run; its fields are the arguments of `send_in_passes`."""

    ledger: Ledger
    run: MailingRun
    connect: Callable[[], Connection]
    pace: Pace
    settings: RunSettings
    candidates: Callable[[MailingSettings], Candidates]
    guard: SuppressionGuard
    renderer: Callable[[MailingSettings], MessageRenderer]
    stops: RunStops
    watcher: ProgressWatcher
    result: RunResult
    hurry: RunHurry

    def send(self, mailing: MailingSettings) -> None:
        """Pass over the list until nothing is left that may go now, or the run stops."""
        composed: set[str] = set()
        trouble = ServerTrouble()
        patient_until: float | None = None
        settings, result, ledger = self.settings, self.result, self.ledger
        interrupt = self.hurry.interrupt
        while True:
            result.why = self.stops.before()
            if result.why is not None:
                return
            one = _Pass(
                mailing, ledger, self.run, settings, trouble, self.stops, composed, result,
                self.watcher, lambda: bool(interrupt), self.hurry,
            )  # fmt: skip
            began = time.monotonic()
            one.send(
                self.candidates(mailing),
                self.renderer(mailing),
                self.connect,
                self.pace,
                self.guard,
            )
            if interrupt or result.why or result.crashes:
                return
            today = mailing.today if settings.pretended else mailing.campaign.today()
            if today != mailing.today:
                mailing = mailing.on(today)
                found = find_obstacles(mailing)
                result.problems |= dict.fromkeys(found)
                if has_errors(found):
                    result.why = _new_day(today)
                    return
                continue
            if result.given_back:  # not tried at all, as after a sleep of the machine
                continue
            until = result.waiting_until
            if until is not None:
                # Each pass reads the whole list: let more than one become due for the next.
                rest = min(LONGEST_REST, (time.monotonic() - began) / 2)
                until = max(until, ledger.now() + rest)
            if patient_until is None:  # it is for waiting: a long list does not use it up
                patient_until = time.monotonic() + settings.patience
            left = patient_until - time.monotonic()
            if not _wait_until(ledger, until, left, lambda: bool(interrupt), self.watcher):
                return


def _wait_until(
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
    """One pass over the list.

    `unmade` has the codes of the problems for which letters could not be composed, by their ids,
    `composed` has the ids of all letters that the run has composed, in this pass or before,
    `said_no` counts who was suppressed between composing and sending, and `came` what came of the
    others. `lock` guards what the senders' threads write.
    """

    mailing: MailingSettings
    ledger: Ledger
    run: MailingRun
    settings: RunSettings
    trouble: ServerTrouble
    stops: RunStops
    composed: set[str]
    result: RunResult
    watcher: ProgressWatcher
    interrupted: Callable[[], bool]
    hurry: RunHurry
    said_no: int = 0
    came: Counter[State] = field(default_factory=Counter)
    unmade: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(
        self,
        candidates: Candidates,
        renderer: MessageRenderer,
        connect: Callable[[], Connection],
        pace: Pace,
        guard: SuppressionGuard,
    ) -> None:
        day_ends = float("inf") if self.settings.pretended else _midnight(self.mailing)

        def may_go(ready: ReadyMessage) -> bool:
            # The last moment: what was true of the day and of the person's consent when the
            # message was composed may not be true any more.
            if _is_past(day_ends):
                return False
            if guard.reason(ready.entry.address) is None:
                return True
            with self.lock:
                self.said_no += 1
                self.watcher.step()
            return False

        outbox = Outbox(pace)
        settings = SenderSettings(
            outbox, self.ledger, self.run, connect, may_go, self._note_sent,
            self.settings.connections, self.settings.most_failures, self.trouble,
            self.stops.after, self.stops.text.settled,
        )  # fmt: skip
        senders = Senders(settings)

        def over() -> bool:
            if senders.lost:
                self.hurry.is_lost = True
            why = None if senders.stopped else self.stops.meanwhile()
            if why is not None:
                senders.stop(why)
            return self.interrupted() or senders.stopped or _is_past(day_ends)

        self.watcher.begin(self.mailing.name, lambda: None)
        self.result.unmade = 0
        try:
            with self.stops.text.watching(senders.stop, senders.fail):
                try:
                    self._compose(candidates, renderer, outbox, over)
                except BaseException:
                    senders.stop()  # what is in the outbox is for the next run
                    raise
                finally:
                    senders.finish(over, self.interrupted)
        except KeyboardInterrupt:
            senders.abandon()
            raise
        finally:
            self.watcher.end()
            self.result.why = self.result.why or senders.why
            self._note_end(candidates, senders)
        if candidates.is_whole and self.result.why is None and not self.interrupted():
            self._note_unmade(candidates)

    def _note_unmade(self, candidates: Candidates) -> None:
        """Have the ledger say who could not be sent the letter, for `status`."""
        name = candidates.mailing.name
        if self.unmade or self.ledger.unmade(name):
            everybody = candidates.mailing.people.selection == Selection()
            self.ledger.note_unmade(name, self.unmade, anew=everybody)

    def _compose(
        self,
        candidates: Candidates,
        renderer: MessageRenderer,
        outbox: Outbox,
        over: Callable[[], bool],
    ) -> None:
        def look_at_text() -> None:
            self.result.why = self.stops.text.begin()

        executor, wanted = renderer.executor(candidates.left())
        at_once = True
        try:
            for outcome in work_off(wanted, executor, over, renderer.first, look_at_text):
                if self.result.why is not None:
                    return
                ready = self._finish(renderer, outcome, candidates)
                if ready is None:
                    continue
                if not self._is_agreed(ready):
                    self.result.why = _more_than_agreed(self.settings.most)
                    return
                if not outbox.put(ready, over):
                    return
            at_once = False
        finally:
            executor.close(at_once=at_once)

    def _is_agreed(self, ready: ReadyMessage) -> bool:
        """Whether the message is among as many as may be sent; one tried again is not another."""
        most, letter_id = self.settings.most, ready.entry.letter_id
        if most is not None and letter_id not in self.composed and len(self.composed) >= most:
            return False
        self.composed.add(letter_id)
        return True

    def _finish(
        self, renderer: MessageRenderer, outcome: LetterOutcome, candidates: Candidates
    ) -> ReadyMessage | None:
        found = list(outcome.problems)
        if outcome.crash is not None:
            self.result.crashes.append(outcome.crash)
        try:
            ready = renderer.finish(outcome, candidates.sharing, candidates.returned)
        except AdvocacyError as error:
            found += error.problems
            ready = None
        self.result.problems |= dict.fromkeys(found)
        if ready is None:
            self.result.unmade += 1
            codes = {one.code for one in found if one.level is Level.ERROR}
            self.unmade[outcome.id] = " ".join(sorted(codes))
            self.watcher.step()
        return ready

    def _note_sent(self, _: ReadyMessage, came_of_it: Result) -> None:
        with self.lock:  # called from the senders' threads
            self.result.states[came_of_it.state] += 1
            self.came[came_of_it.state] += 1
            self.watcher.step()

    def _note_end(self, candidates: Candidates, senders: Senders) -> None:
        result = self.result
        result.unread = rejected_rows(candidates.mailing, candidates.problems)
        result.problems |= candidates.problems
        after = candidates.tally.after(self.came, unmade=result.unmade, suppressed=self.said_no)
        known = after if candidates.is_whole else None  # a pass that was cut short tells nothing
        result.account = None if known is None else candidates.account_of(known)
        result.given_back = senders.gave_back
        times = (candidates.next_try, senders.next_try)
        result.waiting_until = min((at for at in times if at is not None), default=None)


def _midnight(mailing: MailingSettings) -> float:
    """When the day of sending ends, in seconds since the epoch."""
    zone = ZoneInfo(mailing.campaign.file.timezone)
    tomorrow = mailing.today + timedelta(days=1)
    return datetime.combine(tomorrow, clock_time(), tzinfo=zone).timestamp()


def _is_past(moment: float) -> bool:
    return time.time() >= moment


def _more_than_agreed(most: int | None) -> Problem:
    return Problem(
        "more-than-agreed",
        f"The list has grown: more people are left than the {most} that were confirmed.",
        "The confirmed messages are done. Check the list, then run the command again.",
    )


def _new_day(today: date) -> Problem:
    return Problem(
        "new-day",
        f"The date changed to {today} during the mailing, and its letters can no longer be sent.",
        "See the problems above. The ledger records what was sent; the other messages were not "
        "sent.",
    )
