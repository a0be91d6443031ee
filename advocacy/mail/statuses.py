"""The state of all mailings of a campaign: the ledger opened, and the list gone through."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from advocacy.errors import AdvocacyError, Problem, nearest
from advocacy.loading import load_campaign
from advocacy.mail.candidates import Candidates
from advocacy.mail.consent.keys import find_keys
from advocacy.mail.consent.suppression import Guard
from advocacy.mail.ledger import Mailing as Started
from advocacy.mail.ledger import ledger_exists, open_ledger
from advocacy.mail.mailing import Mailing
from advocacy.mail.status import MailingStatus, mailing_status, not_reached
from advocacy.people import People


@dataclass(frozen=True, slots=True)
class Found:
    """What the ledger says of a campaign's mailings; `rows` are those who were not reached."""

    title: str
    campaign: str
    timezone: str
    ledger_place: str
    now: float
    statuses: list[MailingStatus]
    rows: Iterable[dict[str, str]] = ()


def statuses(
    path: Path,
    people: People,
    *,
    mailing: str | None = None,
    templates: Path | None = None,
) -> Found:
    """The state of a campaign's mailings, or of one, with what their lists add.

    `people` is the list; where it is another than the campaign's, it belongs to one mailing.
    Raises AdvocacyError for a mailing that the ledger does not know.
    """
    campaign, problems = load_campaign(path, templates)
    if campaign is None:
        raise AdvocacyError(problems)
    file = campaign.file
    title = file.title.get(file.language) or file.id
    guard = Guard(campaign.workspace.folder, find_keys())
    place = str(path.with_suffix(".ledger.sqlite"))
    if not ledger_exists(path):
        if mailing is not None:
            raise AdvocacyError(_no_such_mailing(mailing, place, []))
        return Found(title, file.id, file.timezone, place, 0.0, [])
    ledger = open_ledger(path)
    known = [one for one in ledger.mailings() if one.campaign == file.id]
    chosen = [one for one in known if mailing in (None, one.name, _short(one))]
    if mailing is not None and not chosen:
        raise AdvocacyError(_no_such_mailing(mailing, ledger.shown, [one.name for one in known]))

    def listed(name: str, stage: str) -> Candidates | None:
        if stage not in file.stages:
            return None
        today = campaign.today()
        one = Mailing(campaign, stage, name, campaign.letter_date(), today, people)
        return Candidates(one, guard, ledger)

    found = [mailing_status(ledger, one.name, listed(one.name, one.stage)) for one in chosen]
    rows = (
        row
        for one in chosen
        if (candidates := listed(one.name, one.stage)) is not None
        for row in not_reached(ledger, one.name, candidates)
    )
    return Found(title, file.id, file.timezone, ledger.shown, ledger.now(), found, rows)


def _short(mailing: Started) -> str:
    """The name that `send --mailing` was given."""
    return mailing.name.removeprefix(f"{mailing.campaign}/{mailing.stage}/")


def _no_such_mailing(name: str, place: str, known: list[str]) -> Problem:
    near = nearest(name, known)
    hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(known) or 'none'}."
    return Problem("no-mailing", f"The ledger ({place}) has no mailing `{name}`.", hint)
