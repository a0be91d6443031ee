"""What a campaign's letters on bills came to in a quarter: material for lobbying reports.

The LD-2 of the Lobbying Disclosure Act asks for bills and chambers (2 U.S.C. 1604(b)(2));
Schedule C of Form 990 for what is direct and what is grassroots lobbying, which
26 CFR 56.4911-2 defines.
The report counts; it gives no verdict. Whether a letter is lobbying depends on matters that no
file has, such as the exceptions of section 56.4911-2(c) and the sender's own status.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from advocacy.campaign.addressing import People, recipients_of
from advocacy.campaign.bills.states import chamber_name
from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.supporters.model import BETWEEN
from advocacy.errors import AdvocacyError, Level, Place, Problem, Read, has_errors, ignore
from advocacy.mail.ledger import LedgerMailing, State, ledger_exists, open_ledger
from advocacy.mail.sending.by_hand import BY_HAND

_QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)

DIRECT = "direct: to lawmakers, 26 CFR 56.4911-2(b)(1)"
CALL = "call to action: to the public, 26 CFR 56.4911-2(b)(2)"
OWN = "constituents' own letters, which the organization arranged"

COLUMNS = (
    "campaign", "bill", "name", "position", "stage", "chamber", "letters", "by_hand", "first",
    "last", "kind", "asks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BillReportRow:
    """The letters of a stage on a bill to one chamber in a quarter.

    `letters` counts those that the ledger has as sent, `by_hand` those of them that somebody
    delivered; `first` and `last` are days in the campaign's time zone. `kind` says to whom, and
    where the regulation defines such; `asks` are the texts of the demand.
    """

    campaign: str
    bill: str
    name: str
    position: str
    stage: str
    chamber: str
    letters: int
    by_hand: int
    first: str
    last: str
    kind: str
    asks: str


def quarter_days(text: str) -> tuple[date, date] | None:
    """The first and last day of a quarter such as `2026Q2`; None for another text."""
    found = _QUARTER.fullmatch(text.strip())
    if found is None:
        return None
    year, month = int(found[1]), 3 * int(found[2]) - 2
    if year < 1:
        return None
    after = date(year + month // 10, (month + 2) % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def report_bills(path: Path, first: date, last: date, people: People) -> Read[list[BillReportRow]]:
    """The letters on bills that a campaign's ledger has as sent from one day to another.

    `people` is the list by which chambers are known; a campaign has its own. Letters that were
    printed and posted count where `advocacy delivered` recorded them. Raises AdvocacyError.
    """
    campaign, problems = load_campaign(path)
    if campaign is None or has_errors(problems):
        raise AdvocacyError(problems)
    if not any(stage.bill for stage in campaign.file.stages.values()):
        message = "No stage of the campaign is about a bill."
        hint = "Name the bill in the stage: `bill: us-119-s3779`."
        return [], [*problems, Problem("no-bills", message, hint, Place(path))]
    if not ledger_exists(path):
        message = "The campaign has no ledger, so no letter is known to have been sent."
        hint = (
            "Record letters that you sent on paper or by contact forms with `advocacy delivered`."
        )
        problems.append(Problem("nothing-sent", message, hint, Place(path), Level.NOTE))
        return [], problems
    chambers = {
        one.letter_id: one.text_of("chamber")
        for joint in recipients_of(campaign, campaign.letter_date(first), ignore, people)
        for one in (joint, *joint.people)
    }
    rows: list[BillReportRow] = []
    with open_ledger(path, looking=True) as ledger:
        for mailing in ledger.mailings():
            stage = campaign.file.stages.get(mailing.stage)
            if mailing.campaign != campaign.file.id or stage is None or stage.bill is None:
                continue
            sent: dict[str, list[date]] = {}
            by_hand: Counter[str] = Counter()
            for record in ledger.records(mailing.name, (State.SENT,)):
                day = datetime.fromtimestamp(record.at, ZoneInfo(campaign.file.timezone)).date()
                if first <= day <= last:
                    chamber = chambers.get(record.letter_id.rpartition(BETWEEN)[2], "")
                    sent.setdefault(chamber, []).append(day)
                    by_hand[chamber] += record.reply == BY_HAND
            rows += _rows(campaign, mailing, stage, sent, by_hand)
    return rows, problems


def _rows(
    campaign: Campaign,
    mailing: LedgerMailing,
    stage: Stage,
    sent: dict[str, list[date]],
    by_hand: Counter[str],
) -> Iterator[BillReportRow]:
    bill, file = campaign.bills.get(stage.bill or ""), campaign.file
    demand = file.stage_demand(stage)
    kind = DIRECT
    if file.audience == "subscribers":
        kind = CALL
    elif stage.signed_by == "supporters":
        kind = OWN
    for chamber, days in sorted(sent.items()):
        yield BillReportRow(
            campaign=file.id,
            bill=stage.bill or "",
            name=bill.name if bill else "",
            position=stage.position,
            stage=mailing.stage,
            chamber=chamber_name(chamber).removeprefix("the ") if chamber else "",
            letters=len(days),
            by_hand=by_hand[chamber],
            first=min(days).isoformat(),
            last=max(days).isoformat(),
            kind=kind,
            asks=" | ".join(str(ask) for ask in demand.asks) if demand else "",
        )
