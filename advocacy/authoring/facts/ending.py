"""Record that a fact was checked or has ended, and find the letters that are no longer true."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from advocacy.authoring.facts.recording import keep_record
from advocacy.authoring.facts.uses import Use, campaigns_with, fact_uses
from advocacy.campaign.days import ONE_DAY
from advocacy.campaign.facts import Fact, parse_facts
from advocacy.campaign.loading import Campaign
from advocacy.checks.quotations.comparison_record import record_path
from advocacy.errors import AdvocacyError, Level, Place, Problem, nearest
from advocacy.files.yaml.editing import Change, Edit, SetValue, edit_file
from advocacy.files.yaml.reading import YamlMap, read_yaml

_BEFORE_UNTIL = ("statement", "source", "locator", "quote", "speaker", "speech", "translations",
                 "via", "from")  # fmt: skip
_BEFORE_CHECKED = (*_BEFORE_UNTIL, "until", "superseded_by", "contradicts")
OVER = (
    "These days have passed. Letters of this stage that were sent on them stated what was no "
    "longer true. Consider sending a correction."
)


@dataclass(frozen=True, slots=True)
class AffectedStage:
    """A stage whose letter is untrue once a fact ended: from which day, at which lines, advice."""

    campaign: str
    path: Path
    stage: str
    first: date
    last: date | None
    uses: tuple[Use, ...]
    advice: tuple[str, ...]


@dataclass(slots=True)
class FactEnding:
    """What the end of a fact changes. `unaffected` are stages that cite it and end before it."""

    change: Change
    campaigns: int = 0
    affected: list[AffectedStage] = field(default_factory=list)
    unaffected: list[tuple[Path, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def touch_fact(path: Path, name: str, day: date, *, today: date, dry_run: bool = False) -> Change:
    """Record in a facts file that somebody looked at a fact's source on that day.

    If the fact was compared with a kept copy, its record takes in what has changed since.
    Raises AdvocacyError: no such fact, a day to come, or an earlier one than is recorded.
    """
    fact = _fact(path, name)
    if day > today:
        raise AdvocacyError(
            Problem("day-to-come", f"{day} is in the future.", "Give the day of the check.", None)
        )
    if fact.checked and fact.checked > day:
        raise AdvocacyError(
            Problem(
                "checked-later",
                f"`{name}` was checked on {fact.checked}, later than {day}.",
                "Leave it, or correct `checked:` by hand.",
                fact.place("checked"),
            )
        )
    edit = SetValue((name, "checked"), day, after=_BEFORE_CHECKED)
    change = edit_file(path, edit, accept=_wrong, dry_run=dry_run)
    if not dry_run and record_path(path).is_file():
        keep_record(path, name, campaigns_with(path)[0], day=day)
    return change


def end_fact(
    path: Path,
    name: str,
    until: date,
    new: str | None = None,
    *,
    today: date,
    folders: Sequence[Path] = (),
    templates: Path | None = None,
    dry_run: bool = False,
) -> FactEnding:
    """Record a fact's last day and its successor, and find every letter that is untrue after it.

    `folders` are searched for campaigns that name the facts file; none means its own folder
    and the one above. A successor that no file has yet is left out, and a warning says what
    to write. Raises AdvocacyError where the file cannot be edited so.
    """
    fact = _fact(path, name)
    if until == date.max:
        message = "A fact cannot end on the last day of the calendar."
        raise AdvocacyError(Problem("bad-day", message, "Give the fact's last day.", None))
    if new == name:
        message = f"`{name}` cannot replace itself."
        raise AdvocacyError(
            Problem("unknown-fact", message, "Name the fact that replaces it.", None)
        )
    campaigns, problems = campaigns_with(path, folders, templates)
    known = {k: f for campaign in campaigns for k, f in campaign.facts.items()}
    known |= parse_facts(read_yaml(path))[0]
    successor = known.get(new) if new else None
    edits: list[Edit] = [SetValue((name, "until"), until, after=_BEFORE_UNTIL)]
    if new and successor:
        edits.append(SetValue((name, "superseded_by"), new, after=(*_BEFORE_UNTIL, "until")))
        problems += _seam(name, until, new, successor)
    elif new:
        problems.append(_not_yet_written(path, name, new, until, known))
    ending = FactEnding(edit_file(path, *edits, accept=_wrong, dry_run=dry_run), len(campaigns))
    ending.problems = problems
    changed = {"until": until, "superseded_by": new if successor else fact.superseded_by}
    # As the file says it now, or would: a dry run tells the same.
    after = [
        replace(one, facts={**one.facts, name: one.facts[name].model_copy(update=changed)})
        for one in campaigns
    ]
    for campaign in after:
        _judge(campaign, name, until, new, today, ending)
    if not dry_run:
        keep_record(path, name, after, ("until",))
    return ending


def _fact(path: Path, name: str) -> Fact:
    data = read_yaml(path)
    facts, problems = parse_facts(data)
    if name in facts:
        return facts[name]
    if name in data:
        raise AdvocacyError(problems)
    near = nearest(name, data)
    hint = (
        f"Did you mean `{near}`?" if near else f"Its first facts are: {', '.join(list(data)[:5])}."
    )
    raise AdvocacyError(
        Problem("unknown-fact", f"The file has no fact `{name}`.", hint, Place(path))
    )


def _wrong(data: YamlMap) -> Sequence[Problem]:
    return parse_facts(data)[1]


def _seam(name: str, until: date, new: str, successor: Fact) -> list[Problem]:
    """Days on which both facts hold, or neither."""
    first, next_day = successor.from_, until + ONE_DAY
    if first == next_day:
        return []
    if first is None or first < next_day:
        message = f"`{new}` is true from {first or 'the beginning'}, when `{name}` is still true."
        hint = f"If they cannot both be true, start one when the other ends: `from: {next_day}`."
    else:
        message = f"From {next_day} until {first - ONE_DAY} neither `{name}` nor `{new}` is true."
        hint = f"If the new fact was true immediately, set `from: {next_day}` in it."
    return [Problem("facts-do-not-meet", message, hint, successor.place("from"), Level.NOTE)]


def _not_yet_written(
    path: Path, name: str, new: str, until: date, known: dict[str, Fact]
) -> Problem:
    near = nearest(new, [other for other in known if other != name])
    meant = f"If you meant `{near}`, use that name. Otherwise, " if near else ""
    return Problem(
        "unknown-fact",
        f"There is no fact `{new}` yet, so `superseded_by:` was left out.",
        f"{meant}{'w' if meant else 'W'}rite it (statement, source, from: {until + ONE_DAY}), "
        "and run the same command again.",
        Place(path),
        Level.WARNING,
    )


def _judge(
    campaign: Campaign, name: str, until: date, new: str | None, today: date, ending: FactEnding
) -> None:
    """Add the stages of a campaign that cite the fact to those that are affected, or are not."""
    by_stage: dict[str, list[Use]] = {}
    for use in fact_uses(campaign):
        if use.fact == name:
            by_stage.setdefault(use.stage, []).append(use)
    for stage_name, uses in by_stage.items():
        stage = campaign.file.stages[stage_name]
        if stage.until is not None and stage.until <= until:
            ending.unaffected.append((campaign.path, stage_name))
            continue
        dies = max(stage.from_ or date.min, until + ONE_DAY)
        if stage.until is not None and stage.until < today:
            advice = [OVER, _rewriting(campaign, name, new)]
        else:
            others = [other for other in campaign.stages_on(dies) if other not in by_stage]
            advice = [*_windows(campaign, stage_name, until, dies, others)]
            advice.append(_rewriting(campaign, name, new))
        ending.affected.append(
            AffectedStage(
                campaign.file.id,
                campaign.path,
                stage_name,
                dies,
                stage.until,
                tuple(uses),
                tuple(advice),
            )
        )


def _windows(
    campaign: Campaign, name: str, until: date, dies: date, others: Sequence[str]
) -> Iterator[str]:
    """Advise on the days of a stage that would go on, and of `others` that fit then."""
    stage = campaign.file.stages[name]
    if stage.from_ is None or stage.from_ <= until:
        place = stage.place("until") if stage.until else stage.place()
        line = f" (line {place.line})" if place else ""
        yield f"End the stage with the fact: `until: {until}` in `{name}`{line}."
    if others:
        command = f"advocacy render {campaign.path} --stage {others[0]} --date {dies}"
        yield f"From {dies}, use the stage `{others[0]}`: `{command}`."
    else:
        yield f"No other stage covers {dies}: add one that states what is true now."


def _rewriting(campaign: Campaign, name: str, new: str | None) -> str:
    """Advise on the lines that cite the fact."""
    successor = campaign.facts.get(new) if new else None
    if successor is not None:
        statement = successor.statement.get(campaign.file.language) or str(successor.statement)
        return f"Or rewrite the lines, and cite `{new}`: “{statement}”"
    if new:
        return f"Or write the fact `{new}`, rewrite the lines, and cite it."
    return f"Or rewrite the lines so that they do not need `{name}`."


def record(ending: FactEnding) -> dict[str, Any]:
    """Describe a fact's end for programs."""
    return {
        "file": str(ending.change.path),
        "diff": ending.change.diff(),
        "campaigns_searched": ending.campaigns,
        "dies": [
            {
                "campaign": one.campaign,
                "path": str(one.path),
                "stage": one.stage,
                "from": one.first.isoformat(),
                "until": one.last.isoformat() if one.last else None,
                "lines": [use.record() for use in one.uses],
                "what_to_do": list(one.advice),
            }
            for one in ending.affected
        ],
        "over_before": [{"path": str(path), "stage": name} for path, name in ending.unaffected],
        "problems": [str(problem) for problem in ending.problems],
    }
