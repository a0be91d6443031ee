"""A campaign's mailings, opened to be looked at: their ledger, and the list of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.errors import AdvocacyError, Level, Problem, nearest
from advocacy.mail.consent.suppression_snapshot import SuppressionGuard
from advocacy.mail.consent.tokens import find_keys
from advocacy.mail.ledger import Ledger, LedgerMailing, ledger_exists, ledger_place, open_ledger
from advocacy.mail.sending.candidates import Candidates
from advocacy.mail.sending.mailing_settings import MailingSettings


@dataclass
class OpenMailings:
    """A campaign with its ledger, if there is one at `place`, and the `chosen` of its mailings.

    `people` is the list; where it is another than the campaign's, it belongs to one mailing.
    """

    campaign: Campaign
    people: People
    place: str
    ledger: Ledger | None
    chosen: list[LedgerMailing]

    def candidates(self, mailing: LedgerMailing) -> Candidates | None:
        """The list of a mailing, to be gone through once; None where it had another one."""
        file = self.campaign.file
        if mailing.stage not in file.stages or self._had_other_list(mailing.name):
            return None
        today, day = self.campaign.today(), self.campaign.letter_date()
        settings = MailingSettings(
            self.campaign, mailing.stage, mailing.name, day, today, self.people
        )
        return Candidates(settings, self._guard, self.ledger)

    def doubts(self) -> list[Problem]:
        """Warn that the ledger may not be the one that the mailings went on with, if so."""
        if self.ledger is None:
            return []
        found = (self.ledger.doubt(), self.ledger.unsettled)
        return [one.at(Level.WARNING) for one in found if one is not None]

    @cached_property
    def _guard(self) -> SuppressionGuard:
        return SuppressionGuard(self.campaign.workspace.folder, find_keys())

    def _had_other_list(self, name: str) -> bool:
        """Whether a mailing that has begun went to none of the campaign's own addressees."""
        file = self.campaign.file
        if self.people.list or self.people.supporters or file.recipients or self.ledger is None:
            return False
        own = [one.letter_id for one in file.target.addressees]
        begun = any(self.ledger.counts(name).values())
        return bool(own) and begun and not self.ledger.state_of(name, own)


@contextmanager
def open_mailings(
    path: Path,
    people: People,
    *,
    mailing: str | None = None,
    templates: Path | None = None,
    looking: bool = True,
) -> Iterator[OpenMailings]:
    """Open the ledger of a campaign, and choose its mailings: all, or the one of that name.

    Without `looking`, the ledger can be changed. What dead senders had under way is found out.
    Raises AdvocacyError for a campaign that cannot be read, and for a mailing that the ledger does
    not know.
    """
    campaign, problems = load_campaign(path, templates)
    if campaign is None:
        raise AdvocacyError(problems)
    if not ledger_exists(path):
        place = ledger_place(path)
        if mailing is not None:
            raise AdvocacyError(_no_such_mailing(mailing, place, []))
        yield OpenMailings(campaign, people, place, None, [])
        return
    with open_ledger(path, looking=looking) as ledger:
        known = [one for one in ledger.mailings() if one.campaign == campaign.file.id]
        chosen = [one for one in known if mailing in (None, one.name, _short(one))]
        if mailing is not None and not chosen:
            names = [one.name for one in known]
            raise AdvocacyError(_no_such_mailing(mailing, ledger.shown, names))
        yield OpenMailings(campaign, people, ledger.shown, ledger, chosen)


def _short(mailing: LedgerMailing) -> str:
    """The name that `send --mailing` was given."""
    return mailing.name.removeprefix(f"{mailing.campaign}/{mailing.stage}/")


def _no_such_mailing(name: str, place: str, known: list[str]) -> Problem:
    near = nearest(name, known)
    hint = f"Did you mean `{near}`?" if near else f"Available: {', '.join(known) or 'none'}."
    return Problem("no-mailing", f"The ledger ({place}) has no mailing `{name}`.", hint)
