"""The ledger: who was written to, with what, and what came of it.

It is kept in a SQLite file beside the campaign, or in PostgreSQL for several machines on one
mailing. The invariant: a letter is `sending`, committed and durable, before a byte of it leaves;
it is `sent` only after the server's 250; and who finds it `sending` without a living sender
calls it `uncertain`, which nothing but `resend_uncertain` frees.

    with open_ledger(campaign, create=True) as ledger:
        ledger.start("microsoft/call", "microsoft", "call", text)
        with ledger.begin_run("microsoft/call") as run:
            taken = ledger.exchange(run, [], entries)  # now send those, and only those
            ledger.exchange(run, results, more)
"""

from typing import TYPE_CHECKING, Any

from advocacy.mail.ledger.opening import (
    VARIABLE,
    ledger_exists,
    ledger_place,
    ledger_url,
    open_ledger,
)
from advocacy.mail.ledger.values import (
    Bounce,
    Delivered,
    LedgerEntry,
    LedgerMailing,
    LedgerRecord,
    MailingTally,
    MailingText,
    Moment,
    PersonKey,
    Result,
    State,
    Taken,
    Why,
)

if TYPE_CHECKING:
    from advocacy.mail.ledger.runs import MailingRun
    from advocacy.mail.ledger.store import Ledger

__all__ = [
    "VARIABLE",
    "Bounce",
    "Delivered",
    "Ledger",
    "LedgerEntry",
    "LedgerMailing",
    "LedgerRecord",
    "MailingRun",
    "MailingTally",
    "MailingText",
    "Moment",
    "PersonKey",
    "Result",
    "State",
    "Taken",
    "Why",
    "ledger_exists",
    "ledger_place",
    "ledger_url",
    "open_ledger",
]


def __getattr__(name: str) -> Any:
    """Load what needs SQLAlchemy only when it is asked for."""
    if name == "Ledger":
        from advocacy.mail.ledger.store import Ledger

        return Ledger
    if name == "MailingRun":
        from advocacy.mail.ledger.runs import MailingRun

        return MailingRun
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
