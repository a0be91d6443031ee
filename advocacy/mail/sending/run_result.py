"""What came of a run, and how it ends: also where its ledger is out of reach."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.batch.interrupts import Interrupt
from advocacy.errors import AdvocacyError, Problem
from advocacy.mail.ledger import Ledger, MailingRun, State
from advocacy.mail.sending.account import MailingAccount
from advocacy.mail.sending.senders import while_sending


@dataclass(slots=True)
class RunResult:
    """What a run did: messages by what came of them, and how the list adds up (`account`).

    The account is None where the last pass does not tell: others sent at the same time, say, or
    the run was stopped. `unmade` counts letters that could not be composed in the last pass.
    `unread` counts rejected rows by the code of the reason, and `rejects` is the file of rows to
    correct. `crashes` are tracebacks
    of bugs. `why` is what stopped the run; `interrupted` says that somebody did. `waiting_until`
    is when the first message that was put off may be tried again (UTC epoch seconds by
    `Ledger.now()`), and `given_back` says that some were not tried at all. `unrecorded` says that
    the ledger could not be told how the run ended, and `is_kept` that its journal knows.
    """

    states: Counter[State] = field(default_factory=Counter)
    account: MailingAccount | None = None
    unmade: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    rejects: Path | None = None
    problems: dict[Problem, None] = field(default_factory=dict)
    crashes: list[str] = field(default_factory=list)
    why: Problem | None = None
    interrupted: bool = False
    waiting_until: float | None = None
    given_back: bool = False
    unrecorded: bool = False
    is_kept: bool = False


@dataclass(slots=True)
class RunHurry:
    """Whether a ledger that is out of reach is waited for no longer."""

    interrupt: Interrupt = field(default_factory=Interrupt)
    is_lost: bool = False

    def asked(self) -> bool:
        """Whether somebody asked to stop, or it was waited for in vain."""
        return self.is_lost or bool(self.interrupt)


def end_run(ledger: Ledger, run: MailingRun, result: RunResult) -> None:
    """End a run. Where the ledger cannot be told, the journal stays for whoever looks next."""
    why = f"{result.why.code}: {result.why.message}" if result.why else ""
    try:
        ledger.end_run(run, why)
    except AdvocacyError as error:
        if not is_of_ledger(error):
            raise
        result.why = result.why or while_sending(error.problems[0])
        result.unrecorded, result.is_kept = True, run.journal.is_believed


def is_of_ledger(error: AdvocacyError) -> bool:
    """Whether it is the ledger that cannot be used."""
    return error.problems[0].code.startswith("ledger-")
