"""Check days: those that stages cover, and those on which the facts that letters cite hold."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations, product
from pathlib import Path

from advocacy.campaign.bills.model import Bill
from advocacy.campaign.campaign import (
    Addressee,
    HeldTitle,
    Signatory,
    SignedTitle,
    title_held,
)
from advocacy.campaign.days import ONE_DAY, Days
from advocacy.campaign.demand import Demand, Follows
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import stage_sets
from advocacy.checks.codes import problem
from advocacy.errors import Hint, Place, Problem, count_noun
from advocacy.letters.letter import CitedFact, Letter


def check_windows(campaign: Campaign, recipients: Sequence[Recipient]) -> Iterator[Problem]:
    """Report overlaps and gaps of the stages, each once with the people whom it concerns."""
    overlaps: dict[tuple[str, str], list[str]] = {}
    gaps: dict[Days, list[str]] = {}
    seen: dict[tuple[str, ...], list[str]] = {}
    stages = campaign.file.stages
    sets = [names for _, names in stage_sets(campaign)]
    for recipient, names in product(recipients, sets):
        mine = tuple(name for name in names if stages[name].bill or stages[name].is_for(recipient))
        seen.setdefault(mine, []).append(recipient.called)
    for mine, people in seen.items():
        for pair in combinations(mine, 2):
            chosen = any(stages[name].to for name in pair)  # by `to:`, in the file's order
            if not chosen and stages[pair[0]].days.shared(stages[pair[1]].days):
                overlaps.setdefault(pair, []).extend(people)
        for gap in _gaps(campaign, mine):
            gaps.setdefault(gap, []).extend(people)
    for pair, people in overlaps.items():
        yield _overlap(campaign, pair, _whom(people, recipients))
    for gap, people in gaps.items():
        yield _gap(campaign, gap, _whom(people, recipients))
    for name, stage in stages.items():
        earlier = stages.get(stage.follows.stage) if stage.follows else None
        if stage.follows and earlier and stage.follows.day(earlier.from_, earlier.until) is None:
            yield _from_ledger(name, stage.follows)


def _from_ledger(name: str, follows: Follows) -> Problem:
    return problem(
        "previous-from-ledger",
        f"The stage `{name}` has no date of the letter that it follows. It is checked with a "
        "made-up one.",
        "`advocacy send` takes the date from the ledger. To `render` these letters, add it: "
        f"`follows: {{stage: {follows.stage}, date: …}}`.",
        follows.place(),
    )


def _gaps(campaign: Campaign, names: tuple[str, ...]) -> Iterator[Days]:
    """Find the days between the first and the last stage that none of them covers."""
    stages = sorted(
        (campaign.file.stages[name] for name in names), key=lambda s: s.from_ or date.min
    )
    reached: date | None = None
    for stage in stages:
        if reached is not None and stage.from_ is not None and stage.from_ > reached + ONE_DAY:
            yield Days(reached + ONE_DAY, stage.from_ - ONE_DAY)
        last = stage.until or date.max
        reached = last if reached is None else max(reached, last)
        if reached == date.max:
            return


def _overlap(campaign: Campaign, pair: tuple[str, str], whom: str) -> Problem:
    stages = campaign.file.stages
    common = stages[pair[0]].days.shared(stages[pair[1]].days)
    later = max(pair, key=lambda name: stages[name].from_ or date.min)
    return problem(
        "stages-overlap",
        f"The stages `{pair[0]}` and `{pair[1]}` both cover {_in_words(common)}{whom}.",
        "End one on the day before the other begins. A window includes its first and last day.",
        stages[later].place("from"),
    )


def _gap(campaign: Campaign, gap: Days, whom: str) -> Problem:
    return problem(
        "stages-gap",
        f"No stage covers {_in_words(gap)}{whom}, so there is no letter to send on those days.",
        "If this is intended, leave it. Otherwise, widen a window or add a stage.",
        campaign.file.place("stages"),
    )


def _in_words(days: Days | None) -> str:
    words = days.text(always="every day") if days else ""
    return f"all days {words}" if words.startswith(("from", "until")) else words


def _whom(people: list[str], recipients: Sequence[Recipient]) -> str:
    if len(people) == len(recipients):
        return ""
    some = ", ".join(people[:3]) + (f" and {len(people) - 3} more" if len(people) > 3 else "")
    return f" for {some}"


def check_fact_days(letter: Letter, campaign: Campaign) -> Iterator[Problem]:
    """Report facts and sources of the letter that do not hold over its stage's whole window."""
    stage = campaign.file.stages[letter.stage]
    window = stage.days
    for cited, place in facts_used(letter, campaign):
        # The letter of the first day stands for the whole beginning, that of the last for the
        # end; a passage for other days is judged by its own letter's day.
        opens = letter.date == (window.first or letter.date)
        closes = letter.date == (window.last or letter.date)
        first = window.first if opens else letter.date
        last = window.last if closes else letter.date
        if cited.fact.from_ and (first is None or first < cited.fact.from_):
            yield _begins(cited, letter, window, place)
        if cited.fact.until and (last is None or last > cited.fact.until):
            yield _ends(cited, letter, window, place, campaign)
        yield from _published(cited, letter, window, place)
        yield from _replaced(cited, letter, window, place, campaign)


def facts_used(letter: Letter, campaign: Campaign) -> Iterator[tuple[CitedFact, Place | None]]:
    """Yield what the letter cites, then the facts of its precedents that it does not cite."""
    for cite in letter.cites:
        for cited in cite.facts:
            yield cited, cite.place
    cited_ids = {cited.id for cited in letter.facts}
    for precedent in letter.precedents:
        fact = campaign.facts.get(precedent.fact)
        source = campaign.sources.get(fact.source) if fact else None
        if fact is None or source is None or precedent.fact in cited_ids:
            continue
        via = campaign.sources.get(fact.via) if fact.via else None
        yield CitedFact(precedent.fact, fact, source, via), precedent.place("fact")


def _begins(cited: CitedFact, letter: Letter, window: Days, place: Place | None) -> Problem:
    begins = cited.fact.from_
    start = f"begins on {window.first}" if window.first else "has no first day"
    return problem(
        "fact-not-yet",
        f"The stage `{letter.stage}` {start}, but its letter cites {_quoted(cited, letter)}, "
        f"which is true from {begins} only.",
        f"Start the stage later (`from: {begins}`), or cite a fact that was already true.",
        place,
    )


def _ends(
    cited: CitedFact, letter: Letter, window: Days, place: Place | None, campaign: Campaign
) -> Problem:
    ends = cited.fact.until or letter.date
    runs = f"runs until {window.last}" if window.last else "has no last day"
    hint = f"End the stage with the fact (`until: {ends}`), or cite a fact that is still true."
    new = cited.fact.superseded_by
    if new and new in campaign.facts:
        statement = campaign.facts[new].statement.get(letter.language) or ""
        hint += f" It was replaced by `{new}`: “{statement}”"
    fitting = [name for name in campaign.stages_on(ends + ONE_DAY) if name != letter.stage]
    if fitting:
        hint += f" From {ends + ONE_DAY} on there is the stage `{fitting[0]}`."
    return problem(
        "fact-ended",
        f"The stage `{letter.stage}` {runs}, but its letter cites {_quoted(cited, letter)}, which "
        f"was true until {ends}.",
        hint,
        place,
    )


def _published(
    cited: CitedFact, letter: Letter, window: Days, place: Place | None
) -> Iterator[Problem]:
    for source in (cited.source, cited.via):
        if source is not None and not source.published_by(letter.date):
            out = source.published[1] if source.published else None
            when = f"{source.issued}" if str(out) == source.issued else f"{source.issued} ({out})"
            yield problem(
                "source-too-new",
                f"A letter of {window.first or letter.date}, the first day of the stage "
                f"`{letter.stage}`, cites "
                f"`{cited.id}` from `{source.id}`, published {when}, after that date.",
                f"Start the stage on {out} or later, or cite an earlier source.",
                place,
            )


def _replaced(
    cited: CitedFact, letter: Letter, window: Days, place: Place | None, campaign: Campaign
) -> Iterator[Problem]:
    """A fact whose successor holds already, though its own last day was never written."""
    new = campaign.facts.get(cited.fact.superseded_by or "")
    if new is None or new.from_ is None or (cited.fact.until and cited.fact.until < new.from_):
        return
    last = min(window.last or letter.date, cited.fact.until or date.max)
    if max(last, letter.date) < new.from_:
        return
    day = max(new.from_, window.first or new.from_)
    yield problem(
        "fact-superseded",
        f"The stage `{letter.stage}` cites {_quoted(cited, letter)}, but from {new.from_} on "
        f"`{cited.fact.superseded_by}` replaces it: “{new.statement.get(letter.language) or ''}”",
        f"Write `until: {new.from_ - ONE_DAY}` at `{cited.id}`, and do not cite it on {day}.",
        place,
    )


def _quoted(cited: CitedFact, letter: Letter) -> str:
    return f"`{cited.id}` (“{cited.fact.statement.get(letter.language) or ''}”)"


def check_superseded(letter: Letter, campaign: Campaign) -> Iterator[Problem]:
    """Report facts whose successor holds already on the letter's own day."""
    window = Days(letter.date, letter.date)
    for cited, place in facts_used(letter, campaign):
        yield from _replaced(cited, letter, window, place, campaign)


def check_contradictions(letter: Letter) -> Iterator[Problem]:
    """Report pairs of facts in one letter that cannot both be true."""
    places = {cited.id: cite.place for cite in reversed(letter.cites) for cited in cite.facts}
    for one, two in combinations(letter.facts, 2):
        if two.id in one.fact.contradicts or one.id in two.fact.contradicts:
            yield problem(
                "facts-contradict",
                f"The letter of the stage `{letter.stage}` cites {_quoted(one, letter)} and "
                f"{_quoted(two, letter)}; they contradict each other.",
                "Keep the fact that is true on the letter's days, and rewrite the passage.",
                places[two.id],
            )


def check_rechecks(
    letters: Iterable[Letter], campaign: Campaign, today: date, *, exact: bool = False
) -> Iterator[Problem]:
    """Report cited facts whose source nobody has looked at for too long before the letter's date.

    A letter of the future is judged as of today, unless its day was asked for (`exact`).
    """
    due: dict[str, tuple[date, CitedFact]] = {}
    after = campaign.file.recheck_after
    for letter in letters:
        stage = campaign.file.stages[letter.stage]
        day = letter.date if exact else max(min(letter.date, today), stage.from_ or date.min)
        for cited in letter.facts:
            if cited.fact.recheck_due(day, after) and day >= due.get(cited.id, (day,))[0]:
                due[cited.id] = (day, cited)
            if cited.fact.checked is not None and cited.fact.checked > today:
                yield problem(
                    "checked-in-future",
                    f"`{cited.id}` was checked on {cited.fact.checked} according to `checked:`, "
                    f"which is in the future.",
                    "Set `checked:` to the day on which the source was checked.",
                    cited.fact.place("checked"),
                )
    stale_bills: dict[str, tuple[date, Bill]] = {}
    for name, (day, cited) in due.items():
        checked, where = cited.fact.checked, cited.fact.place()
        bill = campaign.bills.get(cited.fact.source)
        if where is None and bill is not None:
            stale_bills.setdefault(bill.id, (day, bill))
            continue
        file = _typed(where.path) if where else "FACTSFILE"
        if checked is None:
            said = f"`{name}` has no record of a check against its source."
        else:
            said = (
                f"`{name}` was last checked on {checked}, {_before(day, checked)}; the campaign "
                f"allows {after.days}."
            )
        yield problem(
            "recheck-due",
            said,
            Hint("recheck", source=cited.source.id, file=file, fact=name),
            cited.fact.place("checked"),
        )
    for day, bill in stale_bills.values():
        yield problem(
            "recheck-due",
            f"The record of {bill.number} is dated {bill.as_of}, {_before(day, bill.as_of)}; the "
            f"campaign allows {after.days}.",
            "Download the record again. In your own file, check the bill and set `as_of`.",
            bill.place,
        )


def _before(day: date, checked: date) -> str:
    return f"{count_noun((day - checked).days, 'day')} before the letter of {day}"


def check_titles(
    letters: Iterable[Letter], campaign: Campaign, today: date, *, exact: bool = False
) -> Iterator[Problem]:
    """Report titles in letters that nobody has made sure of for too long before the letter's date.

    Titles without days are left alone. Days are counted as in `check_rechecks`.
    """
    after = campaign.file.recheck_after
    for letter in letters:
        day = letter.date if exact else min(letter.date, today)
        people: list[Addressee | Signatory] = []
        people += campaign.file.sender.signatories if letter.supporters is None else ()
        if isinstance(letter.recipient, Addressee):
            people.append(letter.recipient)
        for person in people:
            titles: Sequence[HeldTitle | SignedTitle] = person.titles
            held = title_held(titles, letter.date)
            if held is None or (held.checked and day - held.checked <= after):
                continue
            said = f"That {person.name} is “{held.title}” "
            if held.checked is None:
                said += "has no `checked:` date."
            else:
                said += f"was last checked on {held.checked}, {_before(day, held.checked)}."
            yield problem(
                "recheck-due",
                said,
                "If it is still true, set `checked:` to the day of your check. If it has ended, "
                "set `until:` and add the next title.",
                held.place("checked") or held.place("title"),
            )


def _typed(path: Path) -> str:
    """A path as somebody types it: from the folder they are in, if it lies below."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def check_deadline(letter: Letter, campaign: Campaign) -> Iterator[Problem]:
    """Report a day to reply by that lies before the letter's own date."""
    demand: Demand | None = letter.demand
    deadline = demand.deadline(letter.date) if demand else None
    if demand is None or deadline is None or deadline >= letter.date:
        return
    yield problem(
        "deadline-passed",
        f"The stage `{letter.stage}` asks for a reply by {deadline}, but its letter may be dated "
        f"{letter.date}.",
        "Use a number of days, such as `reply_by: 14 days`, or end the stage's window before the "
        "deadline.",
        demand.place("reply_by") or campaign.file.place("demand"),
    )
