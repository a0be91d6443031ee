"""Record in the ledger that letters were delivered by hand: by a contact form, or on paper.

The ledger then has them as sent, so `send` sends none of them again. It is not a reply.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.supporters.model import letter_person
from advocacy.errors import AdvocacyError, Place, Problem, did_you_mean, has_errors
from advocacy.files.text import read_text
from advocacy.files.writing import as_before
from advocacy.letters.stage_text import digest_parts
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.ledger import LedgerEntry, MailingText, Result, State, Taken, open_ledger
from advocacy.mail.ledger.values import by_hand_key

BY_HAND = "Delivered by hand."
"""The words in place of a server's."""
_NO = ("", "no", "n", "0", "false")


@dataclass(frozen=True, slots=True)
class DeliveredByHand:
    """A letter that was recorded; not `is_new` where the ledger had it as sent already."""

    letter_id: str
    mailing: str
    is_new: bool


def read_worksheet_table(path: Path) -> dict[str, Mapping[str, str]]:
    """The rows of a table of worksheets by the letter's id. Raises AdvocacyError.

    A spreadsheet may have saved the table with semicolons.
    """
    lines = read_text(path).removeprefix("\ufeff").splitlines(keepends=True)
    delimiter = ";" if lines and ";" in lines[0] else ","
    try:
        rows = list(csv.DictReader(lines, delimiter=delimiter))
    except csv.Error:
        message = "The table is not valid CSV."
        hint = "Use the `forms.csv` that `advocacy render --format forms` writes."
        raise AdvocacyError(Problem("not-worksheets", message, hint, Place(path))) from None
    if not rows or not {"id", "stage", "member", "supporter"} <= set(rows[0]):
        message = "This is not a table of worksheets."
        hint = "Use the `forms.csv` that `advocacy render --format forms` writes."
        raise AdvocacyError(Problem("not-worksheets", message, hint, Place(path)))
    return {as_before(row["id"] or ""): row for row in rows}


def ticked_ids(table: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The letters whose column `delivered` is filled in with anything but no."""
    return [
        name
        for name, row in table.items()
        if (row.get("delivered") or "").strip().casefold() not in _NO
    ]


def record_delivered(
    path: Path, table: Mapping[str, Mapping[str, str]], ids: Iterable[str]
) -> tuple[list[DeliveredByHand], list[Problem]]:
    """Record letters of a campaign file as delivered by hand, by their ids in the worksheets.

    An id that the table does not have is a problem, and the others are recorded all the same.
    Raises AdvocacyError for a campaign that cannot be read.
    """
    campaign, problems = load_campaign(path)
    if campaign is None or has_errors(problems):
        raise AdvocacyError(problems)
    told: list[Problem] = []
    by_stage: dict[str, list[str]] = {}
    for name in dict.fromkeys(ids):
        row = table.get(name)
        if not name or row is None or row["stage"] not in campaign.file.stages:
            hint = did_you_mean(name, table)
            told.append(Problem("unknown-letter", f"The worksheets have no letter `{name}`.", hint))
        else:
            by_stage.setdefault(row["stage"], []).append(name)
    found: list[DeliveredByHand] = []
    for stage, names in by_stage.items():
        found += _record(campaign, path, stage, {one: table[one] for one in names})
    return found, told


def _record(
    campaign: Campaign, path: Path, stage: str, letters: Mapping[str, Mapping[str, str]]
) -> Iterable[DeliveredByHand]:
    mailing = f"{campaign.file.id}/{stage}"
    text = MailingText(digest_parts(campaign, stage), "")
    entries = [
        LedgerEntry(
            letter_id=name,
            address="",
            address_key=by_hand_key(address_key(as_before(row.get("person_email") or "")) or name),
            digest="",
            recipient_digest="",
            message_id="",
            shared_address=True,
            person=letter_person(
                as_before(row["member"] or ""), as_before(row["supporter"] or "") or None
            ),
        )
        for name, row in letters.items()
    ]
    with open_ledger(path, create=True) as ledger:
        if mailing not in [one.name for one in ledger.mailings()]:
            ledger.start(mailing, campaign.file.id, stage, text)
        with ledger.begin_run(mailing) as run:
            taken: list[Taken] = ledger.exchange(run, (), entries)
            given = [one.letter_id for one in taken if one.taken]
            ledger.exchange(run, [Result(one, State.SENT, reply=BY_HAND) for one in given], ())
    return [DeliveredByHand(name, mailing, name in given) for name in letters]
