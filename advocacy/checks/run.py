"""All checks of a campaign: its letters composed for the days of their windows, and judged."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from advocacy.campaign.addressing import to_check
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.checks.agreement.facts import fact_problems
from advocacy.checks.agreement.library import Library
from advocacy.checks.agreement.places import place_problems
from advocacy.checks.agreement.sentences import sentence_problems
from advocacy.checks.claims import claims
from advocacy.checks.claims.sentences import TextBlock, read
from advocacy.checks.codes import find
from advocacy.checks.facts import dates, records
from advocacy.checks.facts.dates import windows
from advocacy.checks.letters import gather
from advocacy.checks.quotations import copies, quotations
from advocacy.checks.quotations.cuts import cut_problems
from advocacy.checks.settings import CheckSettings
from advocacy.checks.wording import wording
from advocacy.checks.wording.leftovers import leftover_problems
from advocacy.checks.wording.variants import variants
from advocacy.errors import Problem
from advocacy.letters.approvals import approval_problems
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import CitedFact, Letter, check
from advocacy.templating.citation_marks import LINE


@dataclass(frozen=True, slots=True)
class Report:
    """What was judged, and every problem in the order of files and lines."""

    problems: tuple[Problem, ...]
    letters: int = 0
    stages: tuple[str, ...] = ()
    days: tuple[date, ...] = ()


def run_checks(
    campaign: Campaign,
    *,
    day: date | None = None,
    stage: str | None = None,
    copies_folder: Path | None = None,
    today: date | None = None,
    recipients: Sequence[Recipient] | None = None,
    links: bool = False,
    media: bool = False,
) -> Report:
    """Judge a campaign: each stage's letters on the first and last day of its window.

    With `day`, only the letters of that day; with `stage`, only that stage's. `copies_folder`
    overrides the campaign's `copies:`. `today` (default: the day in the campaign's timezone)
    stands for the end of windows that have none. `recipients` (default: the addressees, or a
    sample of the list) are whose letters are composed. `links` asks the network whether the
    addresses of sources answer. Problems of loading are not repeated here. Raises AdvocacyError
    for a stage there is none of.
    """
    today = today or campaign.today()
    people, listed = (
        to_check(campaign, campaign.letter_date(day))
        if recipients is None
        else (list(recipients), [])
    )
    settings = CheckSettings(campaign.file)
    gathered = gather(campaign, people, day=day, stage=stage, today=today)
    letters = gathered.letters
    problems = [*settings.problems(), *listed, *gathered.problems]
    problems += _days(letters, campaign, day, today)
    library = Library(campaign, copies_folder)
    problems += _texts(letters, campaign, settings, library)
    for name, letter in {letter.stage: letter for letter in letters}.items():
        limit = settings.limit("subject-length")
        problems += variants(campaign, name, letter.recipient, letter.date, subject_limit=limit)
    cited = _cited(letters, campaign)
    problems += records.sources(cited)
    problems += copies.verbatim(campaign, cited, copies_folder)
    if stage is None:
        problems += approval_problems(campaign)
        if day is None:
            problems += windows(campaign, people)
            problems += records.unused(campaign, {fact.id for fact in cited})
    if links:
        from advocacy.checks.facts.links import check_links

        problems += check_links(records.used_sources(cited))
    if media:
        from advocacy.checks.media import prove

        problems += prove(letters, campaign)
    return Report(
        _ordered(settings.apply(problems)),
        len(letters),
        tuple(dict.fromkeys(letter.stage for letter in letters)),
        tuple(sorted({letter.date for letter in letters})),
    )


def chosen(
    problems: Iterable[Problem], select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Problem]:
    """The problems whose codes are selected (none named: all) and not ignored.

    Raises AdvocacyError for a name that is no code.
    """
    wanted = {find(name).name for name in select}
    unwanted = {find(name).name for name in ignore}
    return [
        found
        for found in problems
        if (not wanted or found.code in wanted) and found.code not in unwanted
    ]


def _days(
    letters: Sequence[Letter], campaign: Campaign, day: date | None, today: date
) -> Iterator[Problem]:
    """What does not hold on one day, or over the windows of the letters' stages."""
    for letter in letters:
        if day is None:
            yield from dates.fact_days(letter, campaign)
        else:
            yield from check(letter, campaign, day)[1]
            yield from dates.superseded_on(letter, campaign)
        yield from dates.contradictions(letter)
        yield from dates.deadlines(letter, campaign)
    yield from dates.recheck(letters, campaign, today, exact=day is not None)


def _texts(
    letters: Sequence[Letter], campaign: Campaign, settings: CheckSettings, library: Library
) -> Iterator[Problem]:
    """The checks of words; letters whose texts are equal but for their values are read once."""
    read_before: dict[tuple[str, str, str], set[str]] = {}
    silences = claims.Silences()
    for letter in letters:
        stage = campaign.file.stages[letter.stage]
        key = (letter.stage, letter.language, LINE.sub("", letter.body.markdown))
        yield from wording.around(letter, stage)
        yield from wording.subject_length(letter, stage, settings.limit("subject-length"))
        told = read_before.setdefault(key, set())
        if told:
            yield from wording.values(letter, [v for v in letter.body.values if v not in told])
        else:
            traced = letter if letter.lines else _traced(letter, campaign)
            blocks = read(traced.body, traced.language, traced.lines)
            yield from _judged(traced, blocks, campaign, settings, silences, library)
            yield from sentence_problems(traced, blocks, campaign, library)
            yield from cut_problems(traced, blocks)
            yield from leftover_problems(traced, blocks, stage)
            relied = [one for one, _ in dates.relied_on(traced, campaign)]
            yield from place_problems(traced, blocks, campaign, library, relied)
            yield from fact_problems([*relied, *library.uncited(relied)], traced.language, library)
        told.update(letter.body.values, [""])
    yield from silences.problems()


def _traced(letter: Letter, campaign: Campaign) -> Letter:
    """The same letter, composed with its lines."""
    return compose_letter(
        campaign,
        letter.recipient,
        letter.stage,
        letter.date,
        trace=True,
        supporters=letter.supporters,
    )


def _judged(
    letter: Letter,
    blocks: Sequence[TextBlock],
    campaign: Campaign,
    settings: CheckSettings,
    silences: claims.Silences,
    library: Library,
) -> Iterator[Problem]:
    stage = campaign.file.stages[letter.stage]
    yield from wording.placeholders(blocks, letter.recipient.place() or stage.place("template"))
    yield from wording.body_length(
        letter, blocks, stage, settings.limit("body-length"), campaign.file.audience
    )
    yield from wording.asks(letter, blocks)
    yield from claims.uncited(letter, blocks, campaign, silences, library)
    yield from quotations.verbatim(letter, blocks, campaign)


def _cited(letters: Iterable[Letter], campaign: Campaign) -> list[CitedFact]:
    """Every fact that a letter cites or a precedent names, each once."""
    cited: dict[str, CitedFact] = {}
    for letter in letters:
        for one, _ in dates.relied_on(letter, campaign):
            cited.setdefault(one.id, one)
    return list(cited.values())


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by file, line and column; those without a place last.

    A message that a template's line gives on two days of one stage is told once.
    """

    def key(found: Problem) -> tuple[bool, str, int, int, str, str]:
        place = found.place
        return (
            place is None,
            str(place.path) if place else "",
            (place.line or 0) if place else 0,
            (place.column or 0) if place else 0,
            found.code,
            found.message,
        )

    told: dict[tuple[object, ...], Problem] = {}
    for found in problems:
        told.setdefault((found.code, found.place, found.message), found)
    return tuple(sorted(told.values(), key=key))
