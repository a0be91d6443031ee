"""The office of a mailing: everything that a dry run, a test and a run have in common."""

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from advocacy.batch.executor import ProgressWatcher
from advocacy.batch.worker import make_letters
from advocacy.campaign.addressing import People
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients.select import Selection
from advocacy.documents.email.message import needs_smtputf8
from advocacy.documents.headers import wire_address
from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.mail.consent.suppression_snapshot import SuppressionGuard
from advocacy.mail.consent.tokens import find_keys
from advocacy.mail.ledger import Ledger, State, ledger_exists, open_ledger
from advocacy.mail.preflight.dns import resolver
from advocacy.mail.preflight.preflight import preflight
from advocacy.mail.sending.candidates import PUT_OFF, UNCERTAIN, Candidates, LeftOut
from advocacy.mail.sending.dry_run import DryRun, rehearse
from advocacy.mail.sending.mailing_settings import (
    MailingSettings,
    mailing_of,
    standing_problems,
    text_of,
)
from advocacy.mail.sending.messages import (
    Finish,
    TextChange,
    consent_problems,
    finish_of,
    header,
    marked_as_test,
    text_change,
)
from advocacy.mail.sending.outbox import Ready
from advocacy.mail.sending.rendering import (
    MessageRenderer,
    known_mailing,
    nobody_to_mail,
    only_here,
    press_of,
    test_failed,
    unknown_mailing,
)
from advocacy.mail.sending.sending import SendResult, SendTerms, send_mailing
from advocacy.mail.smtp import Envelope, Options, Verdict, connect
from advocacy.mail.smtp.pace import DomainRates, Pace, Rate
from advocacy.mail.smtp.secrets import Secret, password_of
from advocacy.mail.smtp.server import Server, server_of


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What somebody asked `advocacy send` for; `patience` is in seconds, rates are per second."""

    campaign: Path
    people: People
    stage: str | None = None
    day: date | None = None
    today: date | None = None
    mailing: str | None = None
    output: Path = Path("output")
    templates: Path | None = None
    also_answered: bool = False
    connections: int = 4
    per_connection: int | None = None
    rate: Rate | None = None
    per_domain: DomainRates | None = None
    patience: float = 3600.0
    workers: int | None = None


@dataclass
class PreparedMailing:
    """A mailing with its server and its ledger, as far as there are such.

    `problems` are what is wrong with the campaign's files; those that would stop the mailing
    are in `stops`.
    """

    request: SendRequest
    mailing: MailingSettings
    watcher: ProgressWatcher
    problems: list[Problem] = field(default_factory=list)
    server: Server | None = None
    ledger: Ledger | None = None
    password: Secret | None = None
    resend_uncertain: bool = False

    @classmethod
    def open(
        cls, request: SendRequest, watcher: ProgressWatcher | None = None
    ) -> "PreparedMailing":
        """Load the campaign, and open the ledger if there is one.

        Raises AdvocacyError for what cannot be understood; what merely stops the mailing is
        told in a dry run.
        """
        campaign, problems = load_campaign(request.campaign, request.templates)
        if campaign is None or has_errors(problems):
            raise AdvocacyError(problems)
        mailing = mailing_of(
            campaign, request.people, stage=request.stage, day=request.day, today=request.today,
            other=request.mailing,
        )  # fmt: skip
        office = cls(request, mailing, watcher or ProgressWatcher(), problems)
        try:
            office.server = server_of()
        except AdvocacyError as error:
            office.problems += error.problems
        if request.today and office.server and not office.server.is_local:
            raise AdvocacyError(only_here(office.server))
        if ledger_exists(request.campaign):
            office.ledger = open_ledger(request.campaign)
        return office

    @property
    def begun(self) -> bool:
        """Whether the ledger knows the mailing."""
        return self.ledger is not None and self.ledger.mailing(self.mailing.name) is not None

    @property
    def ledger_place(self) -> str:
        """Where the ledger is or will be, without its password."""
        if self.ledger is not None:
            return self.ledger.shown
        return str(self.request.campaign.with_suffix(".ledger.sqlite"))

    @cached_property
    def change(self) -> TextChange | None:
        """How the text differs from what the mailing's first got."""
        if self.ledger is None or not self.begun:
            return None
        return text_change(self.ledger.text(self.mailing.name), text_of(self.mailing))

    def stops(self, *, new_text: bool = False) -> list[Problem]:
        """Every reason why nothing would be sent now, among warnings of the same kind."""
        found = [*self.problems, *standing_problems(self.mailing)]
        found += consent_problems(self.mailing)
        if self.change is not None and not new_text and self.ledger is not None:
            found.append(self.change.problem(self.ledger.counts(self.mailing.name)[State.SENT]))
        return list(dict.fromkeys(found))

    def may_begin(self, *, new_mailing: bool, new_text: bool) -> None:
        """Raises AdvocacyError where a run would not begin."""
        problems = self.stops(new_text=new_text)
        if not self.begun and not new_mailing:
            problems.append(unknown_mailing(self.mailing, self.ledger_place, self.ledger is None))
        elif self.begun and new_mailing:
            problems.append(known_mailing(self.mailing))
        if has_errors(problems):
            raise AdvocacyError(problems)

    def begin(self, *, new_text: bool, assume_sent: bool = False) -> None:
        """Open the mailing in the ledger, and settle what is uncertain as somebody decided."""
        if self.server is not None:  # before the mailing counts as begun: nobody may know it
            self.password = password_of(self.server)
        if self.ledger is None:
            self.ledger = open_ledger(self.request.campaign, create=True)
        name = self.mailing.name
        if not self.begun:
            self.ledger.start(
                name, self.mailing.campaign.file.id, self.mailing.stage, text_of(self.mailing)
            )
        elif new_text and self.change is not None:
            self.ledger.accept_text(name, text_of(self.mailing))
        self.decide(assume_sent=assume_sent)

    def settle(self) -> None:
        """Find out what dead runs left behind: it is uncertain from now on."""
        if self.ledger is not None and self.begun:
            self.ledger.settle(self.mailing.name)

    def decide(self, *, assume_sent: bool = False) -> None:
        """Settle the uncertain as somebody decided; of a part of the list, no others than its."""
        if self.ledger is None or not self.begun:
            return
        name = self.mailing.name
        if self.resend_uncertain:
            self.ledger.resend_uncertain(name, self._uncertain())
            self.resend_uncertain = False  # what becomes uncertain now is another matter
        elif assume_sent:
            self.ledger.assume_sent(name, self._uncertain())

    def _uncertain(self) -> list[str] | None:
        """The letter ids of the uncertain whom the selection has, or None where it has all."""
        if self.request.people.selection == Selection():
            return None
        found: list[LeftOut] = []
        candidates = replace(self.candidates(), also_uncertain=False, told=found.append)
        for _ in candidates.left():
            pass
        return [one.letter.letter_id for one in found if one.why == UNCERTAIN]

    def candidates(self, mailing: MailingSettings | None = None) -> Candidates:
        """The list, to be gone through once."""
        return Candidates(
            mailing or self.mailing,
            self.guard,
            self.ledger if self.begun else None,
            self.request.output,
            also_answered=self.request.also_answered,
            also_uncertain=self.resend_uncertain,
        )

    @cached_property
    def guard(self) -> SuppressionGuard:
        """Knows who is not to be written to, at the moment it is asked."""
        return SuppressionGuard(self.mailing.campaign.workspace.folder, find_keys())

    def press(self, mailing: MailingSettings | None = None) -> MessageRenderer:
        """What composes the messages."""
        mailing = mailing or self.mailing
        return press_of(
            mailing, finish_of(mailing), output=self.request.output, workers=self.request.workers
        )

    def count(self) -> int:
        """How many messages are left, without composing them; with those that were put off.

        Raises AdvocacyError where there are none, and something is wrong with the list.
        """
        candidates = self.candidates()
        left = sum(1 for _ in candidates.left()) + candidates.counts[PUT_OFF]
        if not left and has_errors(candidates.problems):
            raise AdvocacyError(candidates.problems)
        return left

    def rehearse(self) -> DryRun:
        """Compose and check everything that is left; send nothing."""
        return rehearse(self.candidates(), self.press(), watcher=self.watcher)

    def preflight(self, seen: DryRun) -> list[Problem]:
        """What the large receivers and SpamAssassin would hold against the messages shown."""
        if self.server is None:
            return []
        audience = self.mailing.campaign.file.audience
        found = (
            preflight(
                ready.envelope.message,
                self.server,
                sender=ready.envelope.sender,
                audience=audience,
                lookup=None if self.server.is_local else resolver(),
            )
            for ready in seen.shown
        )
        return list(dict.fromkeys(problem for problems in found for problem in problems))

    def send_test(self, to: str) -> str:
        """Send one message of the list to `to`, marked as a test; returns whom it is for.

        Raises AdvocacyError where there is no such message, or it cannot be handed over.
        """
        if self.server is None:
            raise AdvocacyError(self.problems)
        sample = replace(self.mailing.people.selection, limit=None)
        people = self.mailing.people.selecting(sample)
        mailing = replace(self.mailing, people=people)
        # Nobody but the recipient gets the recipient's own address to unsubscribe.
        finish = finish_of(mailing)
        plain = replace(finish, sign=None, leaving=None)
        press = press_of(mailing, plain, output=self.request.output, workers=1)
        problems: list[Problem] = []
        listed = Candidates(mailing, self.guard, None, self.request.output)
        for wanted in listed.left():
            (outcome,) = make_letters(press.settings, [wanted])
            ready = press.ready(outcome)
            problems += outcome.problems
            if ready is not None:
                self._hand_over(ready, to, finish)
                return header(ready.envelope.message, "To")
        raise AdvocacyError(problems or [nobody_to_mail(mailing)])

    def _hand_over(self, ready: Ready, to: str, finish: Finish) -> None:
        server = self.server
        if server is None:
            raise AdvocacyError(self.problems)
        address = wire_address(to)
        message = marked_as_test(ready.envelope.message, to=address, real_to=ready.entry.address)
        message = finish.sign(message) if finish.sign is not None else message
        sender = wire_address(self.mailing.campaign.file.sender.email)
        envelope = Envelope(sender, address, message, needs_utf8=needs_smtputf8(message))
        with closing(connect(server, password_of(server))) as connection:
            reply = connection.send(envelope)
        if reply.verdict is not Verdict.SENT:
            raise AdvocacyError(reply.stop or test_failed(to, reply))

    def send(self, most: int | None = None) -> SendResult:
        """Send what is left, to so many people at most. `begin` came before."""
        if self.ledger is None or self.server is None:
            raise RuntimeError("a mailing begins before it is sent")
        server, request, password = self.server, self.request, self.password
        options = Options(per_connection=request.per_connection)
        return send_mailing(
            self.mailing,
            self.ledger,
            connect=lambda: connect(server, password, options),
            pace=Pace(request.rate, request.per_domain),
            terms=SendTerms(
                request.connections,
                request.patience,
                pretended=request.today is not None,
                most=most,
            ),
            candidates=self.candidates,
            guard=self.guard,
            press=self.press,
            watcher=self.watcher,
        )
