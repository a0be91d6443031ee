"""Send a mailing, rehearse it, or send one test message: what `advocacy send` does.

    request = SendRequest(Path("parks.yaml"), People(list=Path("members.csv")))
    rehearse_mailing(request)                                # nothing leaves
    send_mailing(request, agree=lambda mailing: mailing.count_left())

The order of the steps is the promise that nobody is written to twice or against their will, so
it stands here alone, for the command line, tests and scheduled jobs alike.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from math import inf

from advocacy.batch.executor import ProgressWatcher
from advocacy.batch.worker import make_letters
from advocacy.documents.email.message import needs_smtputf8
from advocacy.documents.headers import wire_address
from advocacy.errors import AdvocacyError, Level, Problem, has_errors
from advocacy.files.cache import files_held
from advocacy.letters.approvals import approval_problems
from advocacy.mail.ledger import State
from advocacy.mail.sending.account import MailingAccount
from advocacy.mail.sending.candidates import Candidates
from advocacy.mail.sending.dry_run import DryRun
from advocacy.mail.sending.messages import finishing_for, mark_as_test, read_header
from advocacy.mail.sending.passes import RunSettings, send_in_passes
from advocacy.mail.sending.preparation import Agree, PreparedMailing, SendRequest
from advocacy.mail.sending.rendering import message_renderer, nobody_to_mail
from advocacy.mail.sending.run_result import RunResult
from advocacy.mail.sending.stops import MANY_COMPLAINTS, RunStops
from advocacy.mail.smtp import Envelope, Options, Verdict, connect
from advocacy.mail.smtp.pace import Pace
from advocacy.mail.smtp.secrets import password_of
from advocacy.mail.smtp.server import Server

COUNT_SECONDS = 0.5
"""For how long a list is counted after Ctrl-C; a long one is left to `advocacy status`."""


@dataclass(slots=True)
class SendResult:
    """What came of a mailing: `run` is what this run did, None where nothing was left to send.

    `states` counts all letters of the mailing in the ledger, `account` says how the list adds up;
    it is None where the ledger could not be read again, or somebody who interrupted the run would
    have to wait for it. `problems` are those of the list where nothing was left to send.
    """

    mailing: str
    timezone: str
    states: Counter[State] = field(default_factory=Counter)
    run: RunResult | None = None
    account: MailingAccount | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_finished(self) -> bool:
        """Whether everybody got the message who could; nobody is uncertain or still to come."""
        run = self.run
        stopped = run is not None and (
            run.why is not None or run.unmade or has_errors(run.problems)
        )
        unfinished = self.account is None or self.account.unfinished
        return not stopped and not unfinished and self.states[State.SENT] == self.states.total()


class RunBrokenOffError(KeyboardInterrupt):
    """Ctrl-C was pressed once more, when messages may have left; it says what is known of them."""


@contextmanager
def breaking_off(has_run: Callable[[], bool]) -> Iterator[None]:
    """Let Ctrl-C raise RunBrokenOffError in this block where messages may have left."""
    try:
        yield
    except KeyboardInterrupt as error:
        if not has_run():
            raise
        raise RunBrokenOffError(
            "The ledger has a record of what was sent. `advocacy status` counts it, and `advocacy "
            "uncertain` lists the messages that may have arrived."
        ) from error


def send_mailing(
    request: SendRequest, agree: Agree, watcher: ProgressWatcher | None = None
) -> SendResult:
    """Send what is left of a mailing, once somebody agreed to how many messages that is.

    Raises MailingStoppedError where the mailing may not begin, AdvocacyError where files, server or
    ledger cannot be used, and what `agree` raises. What stopped a run that had begun is in the
    result; the ledger knows what it sent. Raises RunBrokenOffError at a third Ctrl-C.
    """
    prepared = PreparedMailing.open(request, watcher)
    with breaking_off(lambda: prepared.has_run), closing(prepared):
        prepared.start_early()
        return _send_mailing(prepared, agree)


def _send_mailing(prepared: PreparedMailing, agree: Agree) -> SendResult:
    prepared.check_may_begin()
    # Before anybody is asked: what a killed run had under way is no longer left, but uncertain.
    prepared.find_dead_runs()
    stop = prepared.find_stop()
    most = agree(prepared) if stop is None else 0
    if prepared.request.this_ledger and prepared.ledger is not None:
        prepared.ledger.claim()  # also where nobody is left: it is decided, and not asked again
    run = _send_left(prepared, most) if most else None
    if stop is not None:
        run = RunResult(why=stop)
    elif run is None:
        prepared.settle_uncertain()
    name = prepared.mailing.name
    result = SendResult(name, prepared.mailing.campaign.file.timezone, run=run)
    if run is None:
        _count(prepared, result)
    else:
        with suppress(AdvocacyError):  # what stopped the run says why the ledger cannot be asked
            if run.why is None or run.why.code != MANY_COMPLAINTS:
                run.problems |= dict.fromkeys(prepared.find_complaints())
            _count(prepared, result)
        if run.unrecorded:
            return result
    result.account = run.account if run is not None else None
    if result.account is None:
        with suppress(AdvocacyError):  # what stopped the run says why they cannot be counted
            in_a_hurry = run is not None and run.interrupted
            candidates = prepared.go_through(COUNT_SECONDS if in_a_hurry else inf)
            if candidates.is_whole:
                result.account, result.problems = candidates.account(), list(candidates.problems)
    return result


def _count(prepared: PreparedMailing, result: SendResult) -> None:
    if prepared.ledger is not None and prepared.begun:
        result.states = Counter(prepared.ledger.counts(result.mailing))


def _send_left(prepared: PreparedMailing, most: int) -> RunResult:
    server, request = prepared.server, prepared.request
    if server is None:
        raise AdvocacyError(prepared.problems)
    # Before the mailing counts as begun: nobody may know the password.
    password = password_of(server)
    ledger = prepared.begin()
    prepared.settle_uncertain()
    prepared.has_run = True
    options = Options(per_connection=request.per_connection)
    return send_in_passes(
        prepared.mailing,
        ledger,
        connect=lambda: connect(server, password, options),
        pace=Pace(request.rate, request.per_domain),
        settings=RunSettings(
            request.connections,
            request.patience,
            pretended=request.today is not None,
            most=most,
        ),
        candidates=prepared.candidates,
        guard=prepared.guard,
        renderer=prepared.renderer,
        stops=RunStops(prepared.mailing, ledger, prepared.text_now, request.despite),
        watcher=prepared.watcher,
    )


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A dry run: the mailing, its messages, what stops it, and everything that is to be told.

    `stop` is why a run would send nothing now, for the sake of the sender's name.

    Its ledger is open until it is closed: `with closing(rehearse_mailing(request)) as rehearsal`.
    """

    prepared: PreparedMailing
    messages: DryRun
    stops: list[Problem]
    problems: list[Problem]
    stop: Problem | None = None

    def close(self) -> None:
        """Close the ledger."""
        self.prepared.close()


def rehearse_mailing(
    request: SendRequest, watcher: ProgressWatcher | None = None, *, with_preflight: bool = False
) -> Rehearsal:
    """Compose and check every message that is left, and send none.

    `with_preflight` adds what the large receivers and SpamAssassin would hold against the
    messages that are shown.
    """
    prepared = PreparedMailing.open(request, watcher, looking=True)
    try:
        prepared.start_early()
        stops = prepared.stops()  # first, since the workers need not judge again what passed here
        seen = prepared.dry_run()
        stop = prepared.find_stop()
        reputation = [stop.at(Level.WARNING)] if stop is not None else prepared.find_complaints()
        problems = dict.fromkeys([*seen.problems, *stops, *reputation])
        found = _preflight(prepared, seen) if with_preflight else []
    except BaseException:
        prepared.close()
        raise
    return Rehearsal(prepared, seen, stops, [*problems, *found], stop)


def _preflight(prepared: PreparedMailing, seen: DryRun) -> list[Problem]:
    from advocacy.mail.preflight.dns import resolver
    from advocacy.mail.preflight.preflight import preflight

    server = prepared.server
    if server is None:
        return []
    found = (
        preflight(
            ready.envelope.message,
            server,
            sender=ready.envelope.sender,
            audience=prepared.mailing.campaign.file.audience,
            lookup=None if server.is_local else resolver(),
        )
        for ready in seen.shown
    )
    return list(dict.fromkeys(problem for problems in found for problem in problems))


@dataclass(frozen=True, slots=True)
class SentTest:
    """A test message that was handed over: whom it is for, and what is wrong with its approval."""

    recipient: str
    problems: tuple[Problem, ...]


def send_test(request: SendRequest, to: str, watcher: ProgressWatcher | None = None) -> SentTest:
    """Send one message of the list to `to`, marked as a test.

    The text need not be approved; the result says where it is not. Nothing is written into the
    ledger. Raises AdvocacyError where there is no such message, or it cannot be handed over.
    """
    with closing(PreparedMailing.open(request, watcher, looking=True)) as prepared:
        return _send_test(prepared, to)


def _send_test(prepared: PreparedMailing, to: str) -> SentTest:
    server = prepared.server
    if server is None:
        raise AdvocacyError(prepared.problems)
    sample = replace(prepared.mailing.people.selection, limit=None)
    mailing = replace(prepared.mailing, people=prepared.mailing.people.selecting(sample))
    finishing = finishing_for(mailing)
    # Nobody but the recipient gets the recipient's own address to unsubscribe.
    plain = replace(finishing, sign=None, leaving=None)
    renderer = message_renderer(mailing, plain, workers=1)
    problems: list[Problem] = []
    for wanted in Candidates(mailing, prepared.guard).left():
        (outcome,) = make_letters(renderer.settings, [wanted])
        ready = renderer.finish(outcome)
        problems += outcome.problems
        if ready is None:
            continue
        address = wire_address(to)
        message = mark_as_test(ready.envelope.message, to=address, real_to=ready.entry.address)
        message = finishing.sign(message) if finishing.sign is not None else message
        sender = wire_address(mailing.campaign.file.sender.email)
        _hand_over(
            server, Envelope(sender, address, message, needs_utf8=needs_smtputf8(message)), to
        )
        with files_held(mailing.text.files):
            unapproved = approval_problems(mailing.campaign, [mailing.stage])
        warnings = tuple(problem.at(Level.WARNING) for problem in unapproved)
        return SentTest(read_header(ready.envelope.message, "To"), warnings)
    raise AdvocacyError(problems or [nobody_to_mail(mailing)])


def _hand_over(server: Server, envelope: Envelope, to: str) -> None:
    with closing(connect(server, password_of(server))) as connection:
        reply = connection.send(envelope)
    if reply.verdict is not Verdict.SENT:
        said = f"{reply.code or ''} {reply.text}".strip()
        refused = Problem(
            "test-not-sent",
            f"The server did not accept the test message to {to}: {said}",
            "Correct what the server reports, and try again.",
        )
        raise AdvocacyError(reply.stop or refused)
