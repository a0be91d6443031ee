"""Letters that may have arrived: who they are for, and one by one what becomes of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.campaign.addressing import People
from advocacy.errors import Problem, has_errors
from advocacy.mail import problem
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.ledger import Ledger, LedgerRecord, State
from advocacy.mail.status.opened import open_mailings


@dataclass(frozen=True, slots=True)
class UncertainFound:
    """The letters of a campaign's mailings that are uncertain, and those that were decided.

    `arrived` are now counted as sent, `resent` will be sent by the next run. `problems` name who
    could not be found, and a doubt about the ledger.
    """

    timezone: str
    uncertain: list[LedgerRecord] = field(default_factory=list)
    arrived: list[LedgerRecord] = field(default_factory=list)
    resent: list[LedgerRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def settle_uncertain(
    path: Path,
    *,
    arrived: Collection[str] = (),
    resend: Collection[str] = (),
    mailing: str | None = None,
    templates: Path | None = None,
) -> UncertainFound:
    """List a campaign's uncertain letters, and decide about some, named by letter id or address.

    What a killed run had in hand is found first. Where anybody cannot be found, nothing is decided.
    Raises AdvocacyError for a mailing that the ledger does not know.
    """
    deciding = bool(arrived or resend)
    with open_mailings(
        path, People(), mailing=mailing, templates=templates, looking=not deciding
    ) as opened:
        found = UncertainFound(opened.campaign.file.timezone, problems=opened.doubts())
        ledger = opened.ledger
        if ledger is None:
            found.problems.extend(_not_uncertain(who) for who in (*arrived, *resend))
            return found
        names = [one.name for one in opened.chosen]
        for name in names:
            ledger.settle(name)
        open_ones = _uncertain(ledger, names)
        for wanted, decided in ((arrived, found.arrived), (resend, found.resent)):
            for who in dict.fromkeys(wanted):
                named = [one for one in open_ones if _is_named(one, who)]
                decided.extend(named)
                found.problems.extend(_problems(who, named))
        if has_errors(found.problems):
            return UncertainFound(found.timezone, open_ones, problems=found.problems)
        for one in found.arrived:
            ledger.assume_sent(one.mailing, [one.letter_id])
        for one in found.resent:
            ledger.resend_uncertain(one.mailing, [one.letter_id])
        found.uncertain.extend(_uncertain(ledger, names))
        return found


def _uncertain(ledger: Ledger, names: Iterable[str]) -> list[LedgerRecord]:
    return [one for name in names for one in ledger.records(name, [State.UNCERTAIN])]


def _is_named(record: LedgerRecord, who: str) -> bool:
    return who == record.letter_id or address_key(who) == record.address_key


def _problems(who: str, named: list[LedgerRecord]) -> list[Problem]:
    if not named:
        return [_not_uncertain(who)]
    mailings = sorted({one.mailing for one in named})
    if len(mailings) > 1:
        return [problem("ambiguous-letter", who=who, mailings=", ".join(mailings))]
    if len(named) > 1:
        ids = ", ".join(one.letter_id for one in named[:5])
        return [problem("ambiguous-letter", entry="several-uncertain", who=who, names=ids)]
    return []


def _not_uncertain(who: str) -> Problem:
    return problem("not-uncertain", who=who)
