"""Run all checks of a campaign: compose its letters for the days of their windows, judge them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from advocacy.campaign.addressing import inside_address, to_check
from advocacy.campaign.campaign import Stage
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.checks.accepting import bind_problems, note_accepted
from advocacy.checks.agreement.brackets import bracket_problems
from advocacy.checks.agreement.facts import fact_problems
from advocacy.checks.agreement.library import Library
from advocacy.checks.agreement.places import place_problems
from advocacy.checks.agreement.sentences import sentence_problems
from advocacy.checks.agreement.speaking import speaker_problems
from advocacy.checks.agreement.translations import translation_problems
from advocacy.checks.bills import bill_problems
from advocacy.checks.claims.uncited import UncitedMarks, find_uncited
from advocacy.checks.codes import find_code
from advocacy.checks.facts import dates, records
from advocacy.checks.leftovers import leftover_problems
from advocacy.checks.letters import compose_letters_to_check, hide_own_values, trace_letter
from advocacy.checks.printed_values import list_markup_problems, recipient_value_problems
from advocacy.checks.quotations.comparing import check_copies
from advocacy.checks.quotations.cuts import cut_problems
from advocacy.checks.quotations.quoted import check_quotations
from advocacy.checks.sentences import TextBlock, read_letter
from advocacy.checks.settings import CheckSettings
from advocacy.checks.surroundings import heading_problems, surrounding_problems
from advocacy.checks.text_languages import text_language_problems
from advocacy.checks.variants import check_variants
from advocacy.checks.wording import (
    check_around_body,
    check_asks,
    check_body_length,
    check_placeholders,
    check_sentence_lengths,
    check_subject_length,
    check_values,
)
from advocacy.documents.fonts import font_library
from advocacy.documents.pdf.fitting import obstacles, place_of, unprintable_address
from advocacy.errors import Problem, has_errors
from advocacy.letters.approvals import approval_problems
from advocacy.letters.cosigning import cosigners_to_ask
from advocacy.letters.letter import CitedFact, Letter, check
from advocacy.templating.citation_marks import LINE
from advocacy.templating.markup_problems import markup_problems


@dataclass(frozen=True, slots=True)
class Report:
    """What was judged, and every problem in the order of files and lines.

    `letters` counts a letter once, however many of its days and wordings were checked.
    """

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
    is the end of windows that have none. `recipients` (default: the addressees, or a sample of
    the list) are those whose letters are composed. `links` asks the network whether the
    addresses of sources answer; `media` renders each text and reads it back. Problems of loading
    are not repeated here. Raises AdvocacyError for a stage that the campaign does not have.
    """
    today = today or campaign.today()
    settings = CheckSettings(campaign.file)
    if recipients is None:
        library = font_library(campaign.workspace)

        def judge(person: Recipient) -> Iterable[Problem]:
            return unprintable_address(
                inside_address(campaign, person), person.called, partial(place_of, person), library
            )

        recipients, of_list = to_check(campaign, campaign.letter_date(day), judge)
    else:
        of_list = []
    composed = compose_letters_to_check(campaign, recipients, day=day, stage=stage, today=today)
    letters = composed.letters
    cited = _cited(letters, campaign)
    whole_campaign = day is None and stage is None

    problems = [*settings.problems(), *of_list, *composed.problems]
    problems += check_days(letters, campaign, day, today)
    facts = Library(campaign, copies_folder)
    problems += _check_words(letters, campaign, settings, facts)
    problems += check_paper(letters, campaign)
    problems += check_all_variants(letters, campaign, settings)
    problems += records.check_sources(cited)
    problems += check_copies(campaign, cited, copies_folder)
    for name in [stage] if stage else campaign.file.stages:
        problems += cosigners_to_ask(campaign, name)
    if stage is None:
        problems += approval_problems(campaign)
    if whole_campaign:
        problems += dates.check_windows(campaign, recipients)
        if not has_errors(composed.problems):  # a letter that failed may use any fact
            problems += records.check_unused(campaign, {fact.id for fact in cited})
    if links:
        from advocacy.checks.facts.links import check_links

        problems += check_links(records.used_sources(cited))
    if media:
        from advocacy.checks.media import check_media

        problems += check_media(letters, campaign)
    return Report(
        _ordered(note_accepted(settings.apply(problems), campaign)),
        len({(letter.stage, letter.id) for letter in letters}),
        tuple(dict.fromkeys(letter.stage for letter in letters)),
        tuple(sorted({letter.date for letter in letters})),
    )


def filter_by_code(
    problems: Iterable[Problem], select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> list[Problem]:
    """Keep the problems whose codes are selected (none named: all) and not ignored.

    Raises AdvocacyError for a name that is not a code.
    """
    wanted = {find_code(name).name for name in select}
    unwanted = {find_code(name).name for name in ignore}
    return [
        found
        for found in problems
        if (not wanted or found.code in wanted) and found.code not in unwanted
    ]


def check_days(
    letters: Sequence[Letter], campaign: Campaign, day: date | None, today: date
) -> Iterator[Problem]:
    """Report what does not hold on one day, or over the windows of the letters' stages."""
    for letter in letters:
        if day is None:
            yield from dates.check_fact_days(letter, campaign)
        else:
            yield from check(letter, campaign, day)[1]
            yield from dates.check_superseded(letter, campaign)
        yield from dates.check_contradictions(letter)
        yield from dates.check_deadline(letter, campaign)
    yield from dates.check_rechecks(letters, campaign, today, exact=day is not None)
    yield from dates.check_titles(letters, campaign, today, exact=day is not None)


def check_paper(letters: Iterable[Letter], campaign: Campaign) -> Iterator[Problem]:
    """Report what keeps letters off paper: pictures, fonts, and characters that no font has."""
    for letter in letters:
        found = obstacles(letter, campaign.workspace)
        if any(one.place is None for one in found) and not letter.lines:
            found = obstacles(trace_letter(letter, campaign), campaign.workspace)
        yield from found


def _check_words(
    letters: Sequence[Letter], campaign: Campaign, settings: CheckSettings, library: Library
) -> Iterator[Problem]:
    """Check the words; of letters whose texts differ in values alone, the first is read."""
    values_read: dict[tuple[str, str, str], set[str]] = {}
    marks = UncitedMarks()
    around: set[tuple[str, str, str]] = set()
    for letter in letters:
        yield from check_around(letter, campaign, settings)
        if (key := (letter.stage, letter.language, letter.subject)) not in around:
            around.add(key)
            yield from surrounding_problems(letter, campaign, library)
        text = (letter.stage, letter.language, LINE.sub("", letter.body.markdown))
        read = values_read.setdefault(text, {""})
        if len(read) == 1:
            traced = letter if letter.lines else trace_letter(letter, campaign)
            traced = hide_own_values(traced, campaign)
            yield from check_body(traced, campaign, settings, marks, library)
            yield from _check_facts(traced, campaign, library)
            read.update(traced.body.values)
        new = [value for value in letter.body.values if value not in read]
        yield from check_values(letter, new)
        yield from list_markup_problems(letter, new)
        read.update(letter.body.values)
    yield from marks.problems()


def check_around(letter: Letter, campaign: Campaign, settings: CheckSettings) -> Iterator[Problem]:
    """Check the words around a letter's body."""
    stage = campaign.file.stages[letter.stage]
    yield from check_around_body(letter, stage)
    yield from recipient_value_problems(letter, campaign)
    yield from check_subject_length(letter, stage, settings.limit("subject-length"))


def check_body(
    letter: Letter,
    campaign: Campaign,
    settings: CheckSettings,
    marks: UncitedMarks,
    library: Library,
) -> Iterator[Problem]:
    """Check the words of a traced letter's body, and the facts that it relies on."""
    blocks = read_letter(letter)
    found = _body_problems(letter, blocks, campaign, settings, marks, library)
    yield from bind_problems(found, letter, blocks, campaign)


def _body_problems(
    letter: Letter,
    blocks: Sequence[TextBlock],
    campaign: Campaign,
    settings: CheckSettings,
    marks: UncitedMarks,
    library: Library,
) -> Iterator[Problem]:
    stage = campaign.file.stages[letter.stage]
    limit, audience = settings.limit("body-length"), campaign.file.audience
    if too_long := list(check_sentence_lengths(blocks, stage.place("template"))):
        # Comparing them would take minutes; the letter is refused without it.
        yield from too_long
        return
    yield from check_placeholders(blocks, letter.recipient.place() or stage.place("template"))
    yield from check_body_length(letter, blocks, stage, limit, audience)
    yield from check_asks(letter, blocks)
    yield from text_language_problems(letter, blocks)
    yield from (found.problem for found in find_uncited(letter, blocks, campaign, marks, library))
    yield from check_quotations(letter, blocks, campaign)
    yield from speaker_problems(letter, blocks, campaign)
    yield from bill_problems(letter, blocks, campaign)
    yield from cut_problems(letter, blocks)
    yield from bracket_problems(letter, blocks)
    yield from leftover_problems(letter, blocks, stage)
    yield from _markup_warnings(letter, campaign, stage)
    yield from sentence_problems(letter, blocks, campaign, library)
    used = [one for one, _ in dates.facts_used(letter, campaign)]
    yield from place_problems(letter, blocks, campaign, library, used)
    yield from heading_problems(letter, blocks, campaign, library)
    yield from fact_problems(used, letter.language, library)
    yield from translation_problems(used, campaign.file.language)


def _markup_warnings(letter: Letter, campaign: Campaign, stage: Stage) -> Iterator[Problem]:
    """What may be markup in a traced body; no letter is composed with what surely is."""
    workspace = campaign.workspace
    path = letter.lines[0].path if letter.lines else None
    path = path or workspace.template(f"letters/{stage.template}.md")
    if path is not None:
        yield from markup_problems(letter.body.markdown, path, workspace)


def _check_facts(letter: Letter, campaign: Campaign, library: Library) -> Iterator[Problem]:
    """Check the campaign's other facts, in the language of a letter."""
    used = [one for one, _ in dates.facts_used(letter, campaign)]
    others = library.uncited(used)
    yield from fact_problems(others, letter.language, library)
    yield from translation_problems(others, campaign.file.language)


def check_all_variants(
    letters: Sequence[Letter], campaign: Campaign, settings: CheckSettings
) -> Iterator[Problem]:
    """Check the variants of each stage, in a letter to one of its recipients."""
    limit = settings.limit("subject-length")
    for name, letter in {letter.stage: letter for letter in letters}.items():
        yield from check_variants(
            campaign, name, letter.recipient, letter.date, subject_limit=limit
        )


def _cited(letters: Iterable[Letter], campaign: Campaign) -> list[CitedFact]:
    """Collect every fact that a letter cites or a precedent names, each once."""
    used = (one for letter in letters for one, _ in dates.facts_used(letter, campaign))
    return list({one.id: one for one in used}.values())


def _ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by file, line and column; those without a place last.

    A message that one line of a template gives on two days is kept once.
    """

    def key(found: Problem) -> tuple[object, ...]:
        where = found.place.order if found.place else ()
        return found.place is None, where, found.code, found.message

    once: dict[tuple[object, ...], Problem] = {}
    for found in problems:
        once.setdefault((found.code, found.place, found.message), found)
    return tuple(sorted(once.values(), key=key))
