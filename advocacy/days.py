"""A day of a stage's window on which its letter is true."""

from collections.abc import Iterator, Mapping
from datetime import date

from advocacy.compose import compose_letter
from advocacy.errors import AdvocacyError, Problem
from advocacy.letter import CheckedLetter, Letter, check
from advocacy.loading import Campaign
from advocacy.people import not_in_office
from advocacy.recipients import Recipient
from advocacy.supporters import Supporters


def true_letter(
    campaign: Campaign,
    recipient: Recipient,
    stage: str,
    *,
    day: date | None = None,
    today: date | None = None,
    variants: Mapping[str, str] | None = None,
    supporters: Supporters | None = None,
) -> tuple[CheckedLetter | None, list[Problem]]:
    """A recipient's letter of a stage, dated so that all it says holds; or why there is none.

    The day is the campaign's own where it lies in the window, else the window's first, else the
    first on which a fact that the letter cites begins, and so on to the last; `day` asks for
    that one alone. `today` (default: in the campaign's timezone) stands for a window without ends.
    """
    told: list[Problem] = []
    tried: set[date] = set()
    waiting = [day] if day else list(_first_days(campaign, stage, today or campaign.today()))
    while waiting:
        one = waiting.pop(0)
        if one in tried:
            continue
        tried.add(one)
        wrong = not_in_office(recipient, one)
        if wrong:
            told = told or [wrong]
            continue
        try:
            letter = compose_letter(
                campaign, recipient, stage, one, variants=variants, supporters=supporters
            )
        except AdvocacyError as error:
            told = told or list(error.problems)
            continue
        checked, problems = check(letter, campaign)
        if checked is not None:
            return checked, problems
        told = told or problems
        if not day:
            waiting += sorted(set(_edges(letter, campaign)) - tried)
    return None, told


def _first_days(campaign: Campaign, name: str, today: date) -> Iterator[date]:
    """The days of a window to try first; there is always one."""
    stage = campaign.file.stages[name]
    if campaign.file.date and stage.covers(campaign.file.date):
        yield campaign.file.date
    yield stage.from_ or min(today, stage.until or today)
    if stage.until and stage.until < date.max:
        yield stage.until
    if stage.covers(today):
        yield today


def _edges(letter: Letter, campaign: Campaign) -> Iterator[date]:
    """The days of the window on which something that the letter relies on begins or ends."""
    stage = campaign.file.stages[letter.stage]
    for cited in letter.facts:
        days = [cited.fact.from_, cited.fact.until]
        sources = (source for source in (cited.source, cited.via) if source is not None)
        days += [source.published[1] for source in sources if source.published]
        yield from (day for day in days if day is not None and stage.covers(day))
