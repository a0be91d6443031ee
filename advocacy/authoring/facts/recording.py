"""Record which quotations were compared with which kept copies, and keep the record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advocacy.campaign.facts import Fact
from advocacy.campaign.loading import Campaign
from advocacy.checks.quotations.comparing import all_facts, check_copies
from advocacy.checks.quotations.comparison_record import (
    Comparison,
    compared,
    digests_of,
    facts_files,
    noted,
    read_record,
    record_path,
    render_record,
)
from advocacy.checks.quotations.copies import KeptCopies, own_folder, read_in
from advocacy.errors import AdvocacyError, Problem, has_errors
from advocacy.files.writing import replace_file


@dataclass(slots=True)
class ComparedFacts:
    """What was compared: the ids of facts by the record that has them, those without a copy."""

    recorded: dict[Path, list[str]] = field(default_factory=dict)
    without_copy: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def compare_facts(
    campaign: Campaign, folder: Path | None, today: date, *, dry_run: bool = False
) -> ComparedFacts:
    """Compare every quotation of a campaign's facts with its kept copy; record those that agree.

    `folder` overrides the campaign's `copies:`. A fact whose copy is not here keeps its record.
    Raises AdvocacyError where there is no folder, or a record cannot be read or written.
    """
    where = folder or own_folder(campaign)
    if where is None or not where.is_dir():
        raise AdvocacyError(
            Problem(
                "no-copy",
                "The folder of kept copies is missing, so the quotes cannot be compared.",
                "Save each source as `<source id>.txt`, `.html`, or `.pdf` in a folder. Then name "
                "the folder in `copies:` or with `--copies`.",
                campaign.file.place("copies"),
            )
        )
    copies = KeptCopies.of(where)
    every = all_facts(campaign)
    quoting = [one for one in every if one.fact.quote]
    found = check_copies(campaign, quoting, where)
    recording = ComparedFacts(problems=[p for p in found if p.code in _OF_COPIES])
    made: dict[str, Comparison] = {}
    for one in quoting:
        source = read_in(one, copies)
        if source not in copies.files:
            recording.without_copy.append(one.id)
        elif copies.has(source, one.fact.quote or ""):
            made[one.id] = compared(one, today, source, copies.digest(source))
    without = [one for one in every if not one.fact.quote or one.id in recording.without_copy]
    made |= {one.id: noted(one, today) for one in without}
    for path in facts_files(campaign.facts.values()):
        _write(path, campaign, made, recording, dry_run=dry_run)
    return recording


_OF_COPIES = frozenset({"quote-not-in-copy", "quote-in-other-copy", "copy-not-readable"})


def _write(
    path: Path,
    campaign: Campaign,
    made: dict[str, Comparison],
    recording: ComparedFacts,
    *,
    dry_run: bool,
) -> None:
    """Write the record of a facts file, in the order of its facts."""
    old, problems = read_record(path)
    if has_errors(problems):
        raise AdvocacyError(problems)
    here = [name for name, fact in campaign.facts.items() if _is_in(fact, path)]
    # A fact without a quotation keeps its day for as long as nothing of it changes, and one
    # whose copy is not here what was compared with it.
    same = {
        name
        for name, one in made.items()
        if name in old
        and one.copied is None
        and (
            old[name].digests == one.digests or (campaign.facts[name].quote and old[name].has_quote)
        )
    }
    known = {**old, **{name: one for name, one in made.items() if name not in same}}
    comparisons = {name: known[name] for name in here if name in known}
    recorded = [name for name in here if name in made and made[name].has_quote]
    if recorded:
        recording.recorded[record_path(path)] = recorded
    if comparisons != old and not dry_run:
        _replace(path, comparisons)


def _is_in(fact: Fact, path: Path) -> bool:
    place = fact.place()
    return place is not None and place.path == path


def _replace(facts_file: Path, comparisons: dict[str, Comparison]) -> None:
    advice = "Name a file in an existing folder that you can write to"
    with replace_file(record_path(facts_file), shared=True, advice=advice) as file:
        file.write(render_record(comparisons).encode("utf-8"))


def keep_record(
    facts_file: Path, name: str, campaigns: Iterable[Campaign], keys: Iterable[str] = (), *,
    day: date | None = None,
) -> bool:  # fmt: skip
    """Bring the record of a fact up to date; return whether it has one that changed.

    The record then has the fact's present digests: of all that is compared, or of `keys` alone.
    With `day`, somebody looked at the source on it. A quote that changed has no copy any more.
    Raises AdvocacyError where the record cannot be read or written.
    """
    comparisons, problems = read_record(facts_file)
    if has_errors(problems):
        raise AdvocacyError(problems)
    old = comparisons.get(name)
    campaign = next((one for one in campaigns if name in one.facts), None)
    if old is None or campaign is None:
        return False
    fact = campaign.facts[name]
    sources = [campaign.sources.get(one) for one in (fact.source, fact.via) if one]
    now = digests_of(fact, [source for source in sources if source])
    wanted = set(keys) or {*now, *old.digests} - {"copy"}
    digests = {k: v for k, v in old.digests.items() if k not in wanted}
    digests |= {key: value for key, value in now.items() if key in wanted}
    copied = old.copied
    if digests.get("quote") != old.digests.get("quote"):
        digests.pop("copy", None)
        copied = None
    new = Comparison(compared=day or old.day, copy=copied, digests=digests)
    if new == old:
        return False
    _replace(facts_file, {**comparisons, name: new})
    return True
