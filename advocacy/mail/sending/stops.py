"""What stops a run in the middle, for the sake of the sender's name and of the truth.

- Refusals: whoever writes to many addresses that do not exist is taken for a spammer.
- Complaints: Google asks senders to keep the share of mail that is reported as spam below 0.1%, and
  never to reach 0.3% (https://support.google.com/a/answer/81126, "Email sender guidelines").
- A file or a fact that was changed: what has been sent stays, but no more of the old text follows
  (`text_watch`).
"""

import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import Lock

from advocacy.campaign.loading import Campaign
from advocacy.errors import Level, Problem, count_noun
from advocacy.mail import problem
from advocacy.mail.figures import human_share
from advocacy.mail.ledger import Delivered, Ledger
from advocacy.mail.sending.mailing_settings import MailingSettings
from advocacy.mail.sending.text_watch import TextWatch

MOST_REFUSED, OF_LAST = 10, 200
"""So many refused of so many messages, the last ones, stop a run."""
COMPLAINTS_WARN, COMPLAINTS_STOP = 0.001, 0.003
"""The shares of complaints, of what was delivered, at which a run warns and stops."""
FEWEST_COMPLAINTS = 3
"""With fewer complaints no run is stopped: one person may always complain."""
LOOK_AT_COMPLAINTS = 20.0
"""Seconds between two looks while a run sends."""
REFUSALS, COMPLAINTS = "refusals", "complaints"
"""What somebody may decide to send in spite of."""
TOO_MANY_REFUSED, MANY_COMPLAINTS = "too-many-refusals", "too-many-complaints"


@dataclass
class RunStops:
    """Knows when a run must stop; `despite` is what somebody has decided to send in spite of.

    `text_now` says what is changed in the mailing's text on the disk.
    """

    mailing: MailingSettings
    ledger: Ledger
    text_now: Callable[[], Problem | None]
    despite: Collection[str] = ()
    _last: deque[bool] = field(default_factory=lambda: deque(maxlen=OF_LAST))
    _lock: Lock = field(default_factory=Lock)
    _complaints_at: float = 0.0
    text: TextWatch = field(init=False)

    def __post_init__(self) -> None:
        self.text = TextWatch(self.mailing, self.text_now)

    def before(self) -> Problem | None:
        """Why nothing may be composed now, asked before a run and between its passes."""
        self._complaints_at = time.monotonic() + LOOK_AT_COMPLAINTS
        return reputation_problem(self.ledger, self.mailing, self.despite)

    def after(self, refused: bool) -> Problem | None:
        """Why a run stops after a message that was sent, or refused for its recipient's sake."""
        with self._lock:
            self._last.append(refused)
            count = sum(self._last)
            if not refused or count < MOST_REFUSED:
                return None
            return problem(TOO_MANY_REFUSED, count=count, of=len(self._last))

    def meanwhile(self) -> Problem | None:
        """Why a run stops in the middle of a pass; cheap to ask, again and again."""
        now = time.monotonic()
        if now >= self._complaints_at:
            self._complaints_at = now + LOOK_AT_COMPLAINTS
            return complaints_problem(self.ledger, self.mailing.campaign, self.despite)
        return None


def reputation_problem(
    ledger: Ledger, mailing: MailingSettings, despite: Collection[str]
) -> Problem | None:
    """Why nothing may be sent now for the sake of the sender's name.

    A run that was stopped for refusals is not simply begun anew.
    """
    last = ledger.last_run_why(mailing.name)
    if REFUSALS not in despite and last.startswith(TOO_MANY_REFUSED):
        return problem(TOO_MANY_REFUSED, entry="refused-before")
    return complaints_problem(ledger, mailing.campaign, despite)


def complaints_problem(
    ledger: Ledger, campaign: Campaign, despite: Collection[str]
) -> Problem | None:
    """That too many have reported the campaign's letters as spam."""
    found = ledger.delivered(campaign.file.id)
    share = found.complaints / found.letters if found.letters else 0.0
    is_stop = share >= COMPLAINTS_STOP and found.complaints >= FEWEST_COMPLAINTS
    return _complaints(MANY_COMPLAINTS, found) if is_stop and COMPLAINTS not in despite else None


def complaints_warning(
    ledger: Ledger, campaign: Campaign, despite: Collection[str] = ()
) -> Problem | None:
    """That more have reported the letters as spam than large receivers tolerate for long."""
    found = ledger.delivered(campaign.file.id)
    if not found.complaints or found.complaints < COMPLAINTS_WARN * found.letters:
        return None
    entry = "spam-reports-despite" if COMPLAINTS in despite else "spam-reports"
    return _complaints("spam-reports", found, entry).at(Level.WARNING)


def _complaints(code: str, found: Delivered, entry: str | None = None) -> Problem:
    people = count_noun(found.complaints, "person has", "people have")
    share = human_share(found.complaints, found.letters)
    letters = f"{found.letters:,}"
    return problem(code, entry=entry or code, people=people, letters=letters, share=share)
