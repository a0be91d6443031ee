"""A day of a stage's window on which its letter is true."""

from collections.abc import Iterator, Mapping
from datetime import date

from advocacy.campaign.addressing import not_in_office
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.supporters import Supporters
from advocacy.errors import AdvocacyError, Problem
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import CheckedLetter, Letter, check
from advocacy.letters.previous import example_sending


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

    These days are tried in turn: the campaign's own date if it lies in the window, the window's
    first day, each day on which a fact or source of the letter begins or ends, the window's last
    day, `today` (default: in the campaign's timezone). `day` asks for that day alone. Returns the
    checked letter with its warnings, or None with the problems of the first day that has some.
    """
    first_problems: list[Problem] = []
    edges: set[date] = set()
    for each in _days(campaign, stage, day, today or campaign.today(), edges):
        absent = not_in_office(recipient, each)
        if absent:
            first_problems = first_problems or [absent]
            continue
        try:
            letter = compose_letter(
                campaign, recipient, stage, each, variants=variants, supporters=supporters,
                follows=example_sending(campaign, stage, each),
            )  # fmt: skip
        except AdvocacyError as error:
            first_problems = first_problems or list(error.problems)
            continue
        checked, problems = check(letter, campaign)
        if checked is not None:
            return checked, problems
        first_problems = first_problems or problems
        edges.update(_edges(letter, campaign))
    return None, first_problems


def _days(
    campaign: Campaign, name: str, day: date | None, today: date, edges: set[date]
) -> Iterator[date]:
    """The days to try, each once. The caller adds to `edges` while it tries the first ones."""
    if day is not None:
        yield day
        return
    stage, anchor = campaign.file.stages[name], campaign.file.date
    tried: set[date] = set()
    firsts = [anchor] if anchor and stage.covers(anchor) else []
    firsts.append(stage.from_ or stage.days.nearest(today))
    lasts = [one for one in (stage.until, today) if one and stage.covers(one)]
    for days in (firsts, edges, lasts):
        for one in sorted(days) if days is edges else days:
            if one not in tried:
                tried.add(one)
                yield one


def _edges(letter: Letter, campaign: Campaign) -> Iterator[date]:
    """The days of the window on which something that the letter relies on begins or ends."""
    stage = campaign.file.stages[letter.stage]
    for cited in letter.facts:
        days = [cited.fact.from_, cited.fact.until]
        sources = (source for source in (cited.source, cited.via) if source is not None)
        days += [source.published[1] for source in sources if source.published]
        yield from (day for day in days if day is not None and stage.covers(day))
