"""Who got a mailing's letter, who did not, and whose letter rests on a fact, one row a person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from advocacy.batch.worker import row_of
from advocacy.campaign.addressing import People
from advocacy.campaign.recipients import Recipient
from advocacy.errors import AdvocacyError, Problem, count_noun, nearest
from advocacy.mail.consent.addresses import readable
from advocacy.mail.ledger import Bounce, Ledger, LedgerRecord, State
from advocacy.mail.ledger.persons import mark_of
from advocacy.mail.sending.account import REACHED, Category, LeftFor, category_of
from advocacy.mail.sending.candidates import Candidates, LeftOut, WhyLeftOut
from advocacy.mail.sending.list_problems import cells_of, rejected_cells
from advocacy.mail.status.opened import OpenMailings, open_mailings

Who = Literal["sent", "not", "all"]
PersonRow = dict[str, str]
COLUMNS = ("what", "reason", "mailing", "at", "sent_to", "assumed", "text", "variant", "listed",
           "id")  # fmt: skip
"""The columns that stand before the list's own. `at` is when the letter came to its state, in the
campaign's time zone, and `sent_to` the address at which it was sent or tried, which may be another
than the list has now. `assumed` is `yes` where somebody decided that an uncertain letter arrived.
`text` is the number of the mailing's text, 1 for the first. `listed` is `no` where the person is
not on the list."""
_MAY_HAVE_ARRIVED = (State.SENT, State.UNCERTAIN, State.SENDING)


def list_people(
    path: Path,
    people: People,
    who: Who,
    *,
    mailing: str | None = None,
    templates: Path | None = None,
    report: Callable[[Problem], None] = lambda _: None,
) -> Iterator[PersonRow]:
    """Everybody of a campaign's mailings, or of one, who got the letter, who did not, or both.

    Those who did not can be corrected and used as the next list: ids stay, and the ledger knows
    who has got it meanwhile. `report` is told of a doubt about the ledger. Raises AdvocacyError.
    """
    with open_mailings(path, people, mailing=mailing, templates=templates) as opened:
        for doubt in opened.doubts():
            report(doubt)
        for part in _parts(opened):
            for what, row in part.everybody():
                if who == "all" or (what in REACHED) == (who == "sent"):
                    yield row


def list_citing(
    path: Path,
    people: People,
    fact: str,
    *,
    mailing: str | None = None,
    templates: Path | None = None,
    report: Callable[[Problem], None] = lambda _: None,
) -> Iterator[PersonRow]:
    """Everybody whose letter rests on a fact and may have arrived, ready for a correction.

    `report` is told of a doubt about the ledger. Raises AdvocacyError for a fact that neither the
    campaign nor a letter knows, and where letters were sent by an earlier version, which did not
    record the facts.
    """
    with open_mailings(path, people, mailing=mailing, templates=templates) as opened:
        for doubt in opened.doubts():
            report(doubt)
        known = set(opened.campaign.facts)
        unknown = 0
        for part in _parts(opened):
            cites: set[str] = set()
            for record in part.records.values():
                known |= set(record.facts or ())
                if record.state in _MAY_HAVE_ARRIVED and record.came_back is not Bounce.HARD:
                    unknown += record.facts is None and record.forgotten_at is None
                    if fact in (record.facts or ()):
                        cites.add(record.letter_id)
            yield from (row for _, row in part.everybody() if row["id"] in cites)
        problems = [] if fact in known else [_no_such_fact(fact, known)]
        problems += [_not_recorded(unknown)] if unknown else []
        if problems:
            raise AdvocacyError(problems)


def _parts(opened: OpenMailings) -> Iterator["_MailingPeople"]:
    zone = ZoneInfo(opened.campaign.file.timezone)
    for one in opened.chosen:
        if opened.ledger is not None:
            yield _MailingPeople(opened.ledger, one.name, opened.candidates(one), zone)


@dataclass
class _MailingPeople:
    """Everybody of one mailing: those on its list, then those whom only the ledger has."""

    ledger: Ledger
    name: str
    candidates: Candidates | None
    zone: ZoneInfo
    records: dict[str, LedgerRecord] = field(init=False)
    texts: dict[int, int] = field(init=False)
    _wrong: dict[int, tuple[WhyLeftOut, PersonRow]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.records = {record.letter_id: record for record in self.ledger.records(self.name)}
        self.texts = self.ledger.texts_of_runs(self.name)

    def everybody(self) -> Iterator[tuple[WhyLeftOut, PersonRow]]:
        """Each person with what became of the letter."""
        seen: set[str] = set()
        if self.candidates is not None:
            yield from self._listed(self.candidates, seen)
        for record in self.records.values():
            if record.letter_id not in seen:
                what = category_of(record.state, record.came_back)
                yield what, self._row(what, "", record.letter_id, record) | _bare(record)

    def _listed(
        self, candidates: Candidates, seen: set[str]
    ) -> Iterator[tuple[WhyLeftOut, PersonRow]]:
        out: list[LeftOut] = []
        candidates.on_left_out = out.append
        unmade = candidates.unmade()
        for wanted in candidates.left():
            yield from self._left_out(out, seen)
            why = unmade.get(mark_of(wanted.letter_id))
            left = Category.LEFT if why is None else LeftFor.NOT_COMPOSED
            yield self._person(left, why or "", wanted.letter_id, wanted.recipient, seen)
        yield from self._left_out(out, seen)
        for line, cells in cells_of(candidates.mailing, sorted(self._wrong)):
            what, row = self._wrong[line]
            yield what, row | {"email": cells.get("email", "")}
        for cells in rejected_cells(candidates.mailing, candidates.problems):
            what = Category.REJECTED
            yield what, self._row(what, cells.pop("reason"), cells.pop("id", ""), None) | cells

    def _left_out(
        self, out: list[LeftOut], seen: set[str]
    ) -> Iterator[tuple[WhyLeftOut, PersonRow]]:
        for one in out:
            letter = one.letter
            recorded = letter.letter_id
            if one.others and one.why is not Category.SIMILAR_NAME:
                recorded = one.others[0]
            found = self._person(
                one.why, one.reason, letter.letter_id, letter.recipient, seen, recorded
            )
            place = letter.recipient.place()
            if one.why is Category.WRONG_ADDRESS and place is not None and place.line is not None:
                self._wrong[place.line] = found  # the list has the address as it is written
            else:
                yield found
        out.clear()

    def _person(
        self,
        what: WhyLeftOut,
        reason: str,
        letter_id: str,
        recipient: Recipient,
        seen: set[str],
        recorded: str | None = None,
    ) -> tuple[WhyLeftOut, PersonRow]:
        """The person's row; `recorded` is the id under which the ledger has the letter."""
        record = None
        if what is not Category.OTHER_PERSON:  # whose letter the ledger has under this id
            recorded = recorded or letter_id
            seen.add(recorded)
            record = self.records.get(recorded)
        own = {key: value for key, value in row_of(recipient).items() if key not in COLUMNS}
        return what, self._row(what, reason, letter_id, record) | own

    def _row(
        self, what: WhyLeftOut, reason: str, letter_id: str, record: LedgerRecord | None
    ) -> PersonRow:
        row = dict.fromkeys(COLUMNS, "")
        if isinstance(what, LeftFor):
            said = _words(record) if record is not None else reason
            reason = f"{what.value}: {said}".rstrip(": ")
            what = Category.LEFT
        row |= {"what": what.value, "reason": reason, "mailing": self.name, "id": letter_id}
        if record is None:
            return row
        at = datetime.fromtimestamp(record.bounced_at or record.at, self.zone)
        variants = (f"{name}={one}" for name, one in sorted(record.variants.items()))
        return row | {
            "reason": reason or _words(record),
            "at": at.strftime("%Y-%m-%d %H:%M:%S"),
            "sent_to": readable(record.address),
            "assumed": "yes" if record.is_assumed else "",
            "text": str(self.texts.get(record.run, "")),
            "variant": " ".join(variants),
        }


def _words(record: LedgerRecord) -> str:
    """What a server said of the letter: when it came back, else when it was handed over."""
    if record.came_back is not None:
        return record.bounce.removeprefix(record.came_back.value).lstrip(": ")
    return f"{record.code or ''} {record.reply}".strip()


def _bare(record: LedgerRecord) -> PersonRow:
    """What the ledger knows of somebody who is not on the list."""
    return {"listed": "no", "name": record.person, "email": readable(record.address)}


def _no_such_fact(fact: str, known: set[str]) -> Problem:
    near = nearest(fact, sorted(known))
    return Problem(
        "unknown-fact",
        f"No letter and no file of the campaign has a fact `{fact}`.",
        f"Did you mean `{near}`?" if near else "`advocacy facts show` lists the campaign's facts.",
    )


def _not_recorded(count: int) -> Problem:
    return Problem(
        "facts-not-recorded",
        f"The ledger does not record the facts of {count_noun(count, 'letter')}: an earlier "
        f"version of advocacy sent {'it' if count == 1 else 'them'}.",
        "These people are not listed. `manifest.jsonl` names the facts of letters that were also "
        "rendered.",
    )
