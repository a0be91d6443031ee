"""A mailing with its server and its ledger: what a dry run, a test and a real run share.

A `SendRequest` says what somebody asked for. `PreparedMailing.open` loads the campaign, finds
the server and opens the ledger; the other methods answer questions before anything is sent.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Literal

from advocacy.batch.documents import BatchSettings
from advocacy.batch.executor import ProgressWatcher
from advocacy.batch.fork_server import FEW_TO_MAIL, is_many, start_fork_server
from advocacy.campaign.addressing import People, list_of
from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients.list_details import most_rows
from advocacy.campaign.recipients.select import Selection
from advocacy.errors import AdvocacyError, Level, Problem, has_errors
from advocacy.mail.consent.suppression_snapshot import SuppressionGuard
from advocacy.mail.consent.tokens import find_keys
from advocacy.mail.ledger import (
    VARIABLE,
    Ledger,
    State,
    ledger_exists,
    ledger_place,
    open_ledger,
)
from advocacy.mail.sending.account import Category, LeftFor
from advocacy.mail.sending.candidates import Candidates, LeftOut
from advocacy.mail.sending.dry_run import DryRun, compose_all
from advocacy.mail.sending.mailing_settings import (
    MailingSettings,
    choose_mailing,
    find_obstacles,
    mailing_text,
    text_on_disk,
)
from advocacy.mail.sending.messages import (
    TextChange,
    compare_texts,
    consent_problems,
    finishing_for,
)
from advocacy.mail.sending.previous_sendings import find_changed_subject
from advocacy.mail.sending.rendering import MessageRenderer, message_renderer
from advocacy.mail.sending.stops import complaints_warning, reputation_problem
from advocacy.mail.smtp.pace import DomainRates, Rate
from advocacy.mail.smtp.server import Server, server_of


@dataclass(frozen=True, slots=True)
class SendRequest:
    """What somebody asked `advocacy send` for; `patience` is in seconds, rates are per second.

    `new_mailing` says that the ledger does not know the mailing yet, `new_text` that it goes on
    with another text, `this_ledger` that it goes on with this copy of the ledger. `uncertain`
    decides about messages that may have arrived: they are left alone, sent again, or counted as
    sent. `despite` has what nevertheless stops no run: `refusals`, `complaints`. `attach`
    asks for the PDF that the stage attaches, or for emails without it.
    """

    campaign: Path
    people: People
    stage: str | None = None
    day: date | None = None
    today: date | None = None
    mailing: str | None = None
    new_mailing: bool = False
    new_text: bool = False
    this_ledger: bool = False
    uncertain: Literal["leave", "resend", "assume sent"] = "leave"
    templates: Path | None = None
    also_answered: bool = False
    despite: frozenset[str] = frozenset()
    attach: bool | None = None
    connections: int = 4
    per_connection: int | None = None
    rate: Rate | None = None
    per_domain: DomainRates | None = None
    patience: float = 3600.0
    workers: int | None = None


class MailingStoppedError(AdvocacyError):
    """A mailing may not begin. `change` is how its text differs from what its first got, if so."""

    def __init__(self, problems: list[Problem], change: TextChange | None) -> None:
        super().__init__(problems)
        self.change = change


@dataclass
class PreparedMailing:
    """A mailing with its server and its ledger, where there are such.

    `problems` are what is wrong with the campaign's files and the server's address.
    """

    request: SendRequest
    mailing: MailingSettings
    watcher: ProgressWatcher
    problems: list[Problem] = field(default_factory=list)
    server: Server | None = None
    ledger: Ledger | None = None
    resends: bool = False
    """Whether uncertain letters count as left, because they are about to be freed."""
    has_run: bool = False
    """Whether messages may have left."""
    _ahead: Candidates | None = None

    @classmethod
    def open(
        cls,
        request: SendRequest,
        watcher: ProgressWatcher | None = None,
        *,
        looking: bool = False,
    ) -> "PreparedMailing":
        """Load the campaign, and open the ledger if there is one; `looking` changes nothing in it.

        Raises AdvocacyError for what cannot be understood. What merely stops the mailing is in
        `stops`, so that a dry run can tell it with everything else.
        """
        campaign, problems = load_campaign(request.campaign, request.templates)
        if campaign is None or has_errors(problems):
            raise AdvocacyError(problems)
        mailing = choose_mailing(
            campaign, request.people, stage=request.stage, day=request.day, today=request.today,
            other=request.mailing, attach=request.attach,
        )  # fmt: skip
        prepared = cls(request, mailing, watcher or ProgressWatcher(), problems)
        prepared.resends = request.uncertain == "resend"
        try:
            prepared.server = server_of()
        except AdvocacyError as error:
            prepared.problems += error.problems
        if request.today and prepared.server and not prepared.server.is_local:
            raise AdvocacyError(_pretended_day(prepared.server))
        if ledger_exists(request.campaign):
            prepared.ledger = open_ledger(
                request.campaign, incomplete=request.this_ledger, looking=looking
            )
            if request.this_ledger:
                prepared.ledger.continue_here()
        return prepared

    def close(self) -> None:
        """Close the ledger."""
        if self.ledger is not None:
            self.ledger.close()

    @property
    def begun(self) -> bool:
        """Whether the ledger knows the mailing."""
        return self.ledger is not None and self.ledger.mailing(self.mailing.name) is not None

    @property
    def ledger_place(self) -> str:
        """Where the ledger is or will be, without its password."""
        if self.ledger is not None:
            return self.ledger.shown
        return ledger_place(self.request.campaign)

    @cached_property
    def change(self) -> TextChange | None:
        """How the text differs from what the mailing's first got."""
        if self.ledger is None or not self.begun:
            return None
        return compare_texts(self.ledger.text(self.mailing.name), mailing_text(self.mailing))

    @cached_property
    def guard(self) -> SuppressionGuard:
        """Knows who is not to be written to, at the moment it is asked."""
        return SuppressionGuard(self.mailing.campaign.workspace.folder, find_keys())

    def stops(self) -> list[Problem]:
        """Find every reason why nothing would be sent now, among warnings of the same kind."""
        found = [*self.problems, *find_obstacles(self.mailing), *consent_problems(self.mailing)]
        doubt = self.ledger.doubt() if self.ledger is not None else None
        if doubt is not None and not self.request.this_ledger:
            found.append(doubt)
        if self.ledger is not None and self.ledger.unsettled is not None:
            found.append(self.ledger.unsettled.at(Level.WARNING))
        if self.ledger is not None:
            changed = find_changed_subject(self.ledger, self.mailing)
            found += [changed] if changed else []
        if self.change is not None and not self.request.new_text and self.ledger is not None:
            found.append(self.change.problem(self.ledger.counts(self.mailing.name)[State.SENT]))
        return list(dict.fromkeys(found))

    def check_may_begin(self) -> None:
        """Raise MailingStoppedError where a run would not begin."""
        problems = self.stops()
        if not self.begun and not self.request.new_mailing:
            problems.append(_unknown_mailing(self))
        elif self.begun and self.request.new_mailing:
            problems.append(_known_mailing(self.mailing))
        if has_errors(problems):
            raise MailingStoppedError(problems, None if self.request.new_text else self.change)

    def candidates(self, mailing: MailingSettings | None = None) -> Candidates:
        """The list, to be gone through once; from where somebody was found to be left, if so."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None and (mailing is None or mailing is ahead.mailing):
            return ahead
        return Candidates(
            mailing or self.mailing,
            self.guard,
            self.ledger,
            begun=self.begun,
            also_answered=self.request.also_answered,
            also_uncertain=self.resends,
        )

    def renderer(self, mailing: MailingSettings | None = None) -> MessageRenderer:
        """What composes the messages."""
        mailing = mailing or self.mailing
        return message_renderer(
            mailing,
            finishing_for(mailing),
            workers=self.request.workers,
        )

    def text_now(self) -> Problem | None:
        """Find whether the text on the disk is no longer what is sent, or not approved any more."""
        return text_on_disk(self.mailing, self.request.templates)

    def go_through(self, seconds: float = inf) -> Candidates:
        """Go through the list, without composing a message, but for no longer than so many seconds.

        Whether the end was reached, the candidates tell (`is_whole`).
        """
        candidates = self.candidates()
        candidates.go_through(time.monotonic() + seconds)
        return candidates

    def find_stop(self) -> Problem | None:
        """Find why a run would stop at once, for the sake of the sender's name."""
        if self.ledger is None:
            return None
        return reputation_problem(self.ledger, self.mailing, self.request.despite)

    def find_complaints(self) -> list[Problem]:
        """Warn of complaints about earlier letters of the campaign."""
        found = None if self.ledger is None else complaints_warning(
            self.ledger, self.mailing.campaign, self.request.despite
        )  # fmt: skip
        return [] if found is None else [found]

    def count_left(self) -> int:
        """Count the messages that are left, those that were put off too, without composing them.

        Raises AdvocacyError where there are none, and something is wrong with the list.
        """
        candidates = self.go_through()
        tally = candidates.tally
        tried_again = (LeftFor.DEFERRED, LeftFor.NOT_COMPOSED)
        left = tally.to_send + sum(tally.waiting[why] for why in tried_again)
        if not left and has_errors(candidates.problems):
            raise AdvocacyError(candidates.problems)
        return left

    def start_early(self) -> None:
        """Have the processes that will compose a long list start while the mailing is checked."""
        rows = self._most_rows()
        if self.request.workers is None and rows is not None:
            mailing = self.mailing
            settings = BatchSettings(
                mailing.campaign, mailing.day, ("eml",), attach=mailing.attach, stage=mailing.stage
            )
            wants_paper = settings.wants_paper
            if is_many(rows, FEW_TO_MAIL, wants_paper=wants_paper):
                start_fork_server(wants_paper=wants_paper)

    def _most_rows(self) -> int | None:
        people = self.mailing.people
        path = list_of(self.mailing.campaign, people) if people.supporters is None else None
        return None if path is None else most_rows(path)

    def is_within(self, most: int) -> bool:
        """Whether somebody is left, and certainly no more than so many.

        The first message need not wait for the whole list to be read: that the file has no more
        rows is enough. Where it has more, `count_left` tells.
        """
        rows = self._most_rows()
        if rows is None or rows > most:
            return False
        candidates = self.candidates()
        if not candidates.look_ahead():
            return False
        if self.begun and self.request.uncertain == "leave":  # else the ledger changes first
            self._ahead = candidates
        return True

    def dry_run(self) -> DryRun:
        """Compose and check everything that is left; send nothing."""
        return compose_all(self.candidates(), self.renderer(), watcher=self.watcher)

    def find_dead_runs(self) -> None:
        """Make uncertain what dead runs left under way."""
        if self.ledger is not None and self.begun:
            self.ledger.settle(self.mailing.name)

    def settle_uncertain(self) -> None:
        """Free the uncertain, or count them as sent, as the request says.

        Of a selection of the list no others than its own are touched. It is done once: what
        becomes uncertain in the run that follows is another matter.
        """
        if self.ledger is None or not self.begun:
            return
        name = self.mailing.name
        if self.resends:
            self.ledger.resend_uncertain(name, self._uncertain())
            self.resends = False
        elif self.request.uncertain == "assume sent":
            self.ledger.assume_sent(name, self._uncertain())

    def _uncertain(self) -> list[str] | None:
        """The letter ids of the uncertain whom the selection has, or None where it has all."""
        if self.request.people.selection == Selection():
            return None
        found: list[LeftOut] = []
        candidates = replace(self.candidates(), also_uncertain=False, on_left_out=found.append)
        for _ in candidates.left():
            pass
        return [
            letter_id
            for one in found
            if one.why is Category.UNCERTAIN
            for letter_id in (one.others or (one.letter.letter_id,))
        ]

    def begin(self) -> Ledger:
        """Open the mailing in the ledger, which is made where there is none; the ledger."""
        ledger = self.ledger = self.ledger or open_ledger(self.request.campaign, create=True)
        mailing = self.mailing
        if not self.begun:
            text = mailing_text(mailing)
            ledger.start(mailing.name, mailing.campaign.file.id, mailing.stage, text)
        elif self.request.new_text and self.change is not None:
            ledger.accept_text(mailing.name, mailing_text(mailing))
        return ledger


Agree = Callable[[PreparedMailing], int]
"""Asks for consent: to how many people may the mailing go? 0 where nobody is left.

It may ask the mailing how many are left (`count_left`) or how their messages look (`dry_run`).
It raises an exception of its own where nobody agrees; nothing has left then.
"""


def _pretended_day(server: Server) -> Problem:
    return Problem(
        "pretended-day",
        f"--today is only for servers on this machine, but {server.shown} is not.",
        "Omit it, or test the mailing with a folder: ADVOCACY_SMTP=maildir:/tmp/trial.",
    )


def _unknown_mailing(prepared: PreparedMailing) -> Problem:
    place = prepared.ledger_place
    if prepared.ledger is None:
        what = f"The ledger does not exist ({place})."
    else:
        what = f"The ledger ({place}) has no mailing `{prepared.mailing.name}`."
    return Problem(
        "new-mailing",
        f"{what} No message counts as sent yet.",
        "If this mailing is new, add `--new-mailing`. If it started earlier, "
        f"{_find_ledger()} first; otherwise, everyone gets the letter again.",
    )


def _find_ledger() -> str:
    """What to do about a ledger that is not the one that was expected."""
    if os.environ.get(VARIABLE, "").strip():
        return f"check that {VARIABLE} names its ledger"
    return "restore its ledger"


def _known_mailing(mailing: MailingSettings) -> Problem:
    return Problem(
        "known-mailing",
        f"The mailing `{mailing.name}` has already started.",
        "Omit `--new-mailing` to continue it, or name a different one with `--mailing NAME`.",
    )
