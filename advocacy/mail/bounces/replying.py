"""Who answered: noted in the ledger, so that no reminder goes to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy.errors import AdvocacyError, Place, Problem, nearest
from advocacy.mail.consent.addresses import address_key
from advocacy.mail.ledger.folder import no_ledger, open_ledgers

if TYPE_CHECKING:
    from advocacy.mail.ledger import Ledger, Record


@dataclass(frozen=True, slots=True)
class Reply:
    """Somebody's answer, and the letter it is noted with; `others` are mailings they got too."""

    asked: str
    letter_id: str
    mailing: str
    is_new: bool
    others: tuple[str, ...] = ()


def note_replies(
    folder: Path, who: Iterable[str], *, mailing: str | None = None, on: date | None = None
) -> tuple[list[Reply], list[Problem]]:
    """Note that people answered, named by letter id or address.

    Of several mailings that they got, the one they were sent last counts, unless `mailing`
    names another. `on` is the day of the answer, else it is now. Who cannot be found is a problem,
    and the others are noted all the same. Raises AdvocacyError where no letter was ever sent.
    """
    replies: list[Reply] = []
    problems: list[Problem] = []
    at = datetime.combine(on, time(12), tzinfo=UTC).timestamp() if on else None
    with open_ledgers(folder) as ledgers:
        if not ledgers:
            raise no_ledger(folder)
        if mailing is not None:
            _check_mailing(ledgers, mailing)
        for one in dict.fromkeys(text.strip() for text in who):
            found = _letters(ledgers, one, mailing)
            if isinstance(found, Problem):
                problems.append(found)
                continue
            (record, ledger), *rest = found
            if record.replied_at is None:
                ledger.mark_replied(record.mailing, record.letter_id, at)
            replies.append(
                Reply(
                    one,
                    record.letter_id,
                    record.mailing,
                    record.replied_at is None,
                    tuple(other.mailing for other, _ in rest),
                )
            )
    return replies, problems


def _check_mailing(ledgers: list["Ledger"], mailing: str) -> None:
    known = [one.name for ledger in ledgers for one in ledger.mailings()]
    if mailing in known:
        return
    near = nearest(mailing, known)
    hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(known) or 'none'}."
    raise AdvocacyError(Problem("mailing-unknown", f"There is no mailing `{mailing}`.", hint))


def _letters(
    ledgers: list["Ledger"], one: str, mailing: str | None
) -> "list[tuple[Record, Ledger]] | Problem":
    """The letters that somebody got, the last first."""
    wanted = {"address_key": address_key(one)} if "@" in one else {"letter_id": one.casefold()}
    found = [
        (record, ledger)
        for ledger in ledgers
        for record in ledger.find(**wanted)
        if record.forgotten_at is None and mailing in (None, record.mailing)
    ]
    if not found:
        message = f"No letter to `{one}` was sent" + (f" in {mailing}." if mailing else ".")
        hint = "Give the letter's id, as `advocacy status` shows it, or the address it went to."
        return Problem("unknown-letter", message, hint)
    people = {(record.letter_id, record.address_key) for record, _ in found}
    campaigns = {record.mailing.partition("/")[0] for record, _ in found}
    if len({key for _, key in people}) > 1 and len(campaigns) > 1:
        mailings = sorted({record.mailing for record, _ in found})
        message = f"`{one}` names several people, in {', '.join(mailings)}."
        return Problem("ambiguous-letter", message, "Say which with --mailing NAME.")
    if "@" in one and len({name for name, _ in people}) > 1 and mailing is not None:
        names = ", ".join(sorted(name for name, _ in people)[:5])
        message = f"Several letters went to `{one}`: {names}."
        return Problem("ambiguous-letter", message, "Give the id of the letter that was answered.")
    return sorted(found, key=lambda pair: pair[0].first_at, reverse=True)


def replied_file(path: Path) -> list[str]:
    """The ids and addresses in a file, one a line or in columns `id` and `email`.

    Raises AdvocacyError where it cannot be read, or names nobody.
    """
    from advocacy.campaign.recipients.select import excluded

    found = sorted(excluded(path))
    if not found:
        message = "The file names nobody."
        raise AdvocacyError(Problem("empty-list", message, "Write an id a line.", Place(path)))
    return found
