"""The state of all mailings of a campaign: the ledger opened, and the list gone through."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from advocacy.campaign.addressing import People
from advocacy.campaign.loading import load_campaign
from advocacy.errors import AdvocacyError, Problem, nearest
from advocacy.mail.consent.keys import find_keys
from advocacy.mail.consent.suppression_snapshot import Guard
from advocacy.mail.ledger import Ledger, ledger_exists, open_ledger
from advocacy.mail.ledger import Mailing as Started
from advocacy.mail.sending.candidates import Candidates
from advocacy.mail.sending.mailing_settings import Mailing
from advocacy.mail.status.status import MailingStatus, mailing_status, not_reached


@dataclass(frozen=True, slots=True)
class Found:
    """What the ledger says of a campaign's mailings; `rows` are those who were not reached.

    `problems` are the rows of the lists that nobody can be written to for.
    """

    title: str
    campaign: str
    timezone: str
    ledger_place: str
    now: float
    statuses: list[MailingStatus]
    rows: Iterable[dict[str, str]] = ()
    problems: Iterable[Problem] = ()


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

    own: list[str] = []
    if people.list is None and file.recipients is None and people.supporters is None:
        own = [one.letter_id for one in file.target.addressees]

    def listed(name: str, stage: str) -> Candidates | None:
        if stage not in file.stages or (own and not _has_any_of(ledger, name, own)):
            return None
        today = campaign.today()
        one = Mailing(campaign, stage, name, campaign.letter_date(), today, people)
        return Candidates(one, guard, ledger)

    wrong: dict[Problem, None] = {}
    found = []
    for one in chosen:
        candidates = listed(one.name, one.stage)
        found.append(mailing_status(ledger, one.name, candidates))
        wrong |= candidates.problems if candidates is not None else {}
    rows = (
        row
        for one in chosen
        if (candidates := listed(one.name, one.stage)) is not None
        for row in not_reached(ledger, one.name, candidates)
    )
    return Found(title, file.id, file.timezone, ledger.shown, ledger.now(), found, rows, wrong)


def _has_any_of(ledger: Ledger, name: str, ids: list[str]) -> bool:
    """Whether a mailing went to any of these, or to nobody yet: else it had another list."""
    return not sum(ledger.counts(name).values()) or bool(ledger.state_of(name, ids))


def _short(mailing: Started) -> str:
    """The name that `send --mailing` was given."""
    return mailing.name.removeprefix(f"{mailing.campaign}/{mailing.stage}/")


def _no_such_mailing(name: str, place: str, known: list[str]) -> Problem:
    near = nearest(name, known)
    hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(known) or 'none'}."
    return Problem("no-mailing", f"The ledger ({place}) has no mailing `{name}`.", hint)
