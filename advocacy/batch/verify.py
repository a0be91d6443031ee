"""Look at finished batches: sum up their manifests, or make the letters again and compare.

Letters that are made again must come out with the sums that the manifest gives.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from advocacy.batch import FORMATS
from advocacy.batch.campaigns import RenderRequest, wanted_letters
from advocacy.batch.documents import (
    BatchSettings,
    Typeset,
    document_kind,
    letter_folder,
    shared_digests,
)
from advocacy.batch.executor import ProgressWatcher, run_batch
from advocacy.batch.interrupts import interruptible
from advocacy.batch.previous_run import as_recorded
from advocacy.batch.problem_kinds import ProblemCollector
from advocacy.batch.record import JOURNAL, NAME, BatchRecord, Entry, broken_manifest
from advocacy.batch.rejects import NAME as REJECTS
from advocacy.batch.worker import LetterOutcome, WantedLetter
from advocacy.campaign.loading import load_campaign
from advocacy.errors import AdvocacyError, Place, Problem, has_errors
from advocacy.files.content_digests import file_sum


@dataclass(slots=True)
class StageStatus:
    """One stage's letters: how many, of which days, their files, and the facts they rely on.

    `skipped` counts letters without a format that others have, `failed` the rows of the
    campaign that were rejected in its last batch, `running` that a batch was not finished.
    """

    campaign: str
    stage: str
    folder: Path
    made: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    missing: int = 0
    days: set[date] = field(default_factory=set)
    facts: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    unfinished: bool = False


@dataclass(slots=True)
class BatchStatus:
    """All stages found, and the rows rejected, by the file that has them."""

    stages: list[StageStatus] = field(default_factory=list)
    failed: dict[Path, int] = field(default_factory=dict)


def batch_status(folder: Path) -> BatchStatus:
    """Read every manifest below a folder.

    Raises AdvocacyError where there is none, or one cannot be read.
    """
    found = {path.parent for name in (NAME, JOURNAL) for path in folder.rglob(name)}
    if not found:
        raise AdvocacyError(_no_batch(folder))
    status = BatchStatus([_stage(path) for path in sorted(found)])
    for path in sorted(path for path in folder.rglob(REJECTS) if path.is_file()):
        status.failed[path] = _rows(path)
    return status


def _stage(folder: Path) -> StageStatus:
    status = StageStatus(folder.parent.name, folder.name, folder)
    with BatchRecord(folder, read_only=True) as record:
        for entry in _whole_entries(record):
            status.campaign, status.stage = entry["campaign"], entry["stage"]
            status.made += 1
            for name in entry["files"]:
                status.kinds[document_kind(name)] += 1
                status.missing += not (folder / name).is_file()
            status.days.add(date.fromisoformat(entry["date"]))
            status.facts.update(entry["facts"])
            versions = entry["versions"].items()
            status.versions[", ".join(f"{name} {number}" for name, number in versions)] += 1
    for kind, count in status.kinds.items():
        if count < status.made:
            status.skipped[kind] = status.made - count
    status.unfinished = (folder / JOURNAL).is_file()
    return status


_TEXTS, _OTHERS = ("campaign", "stage", "date"), (("facts", list), ("versions", dict))


def _whole_entries(record: BatchRecord) -> Iterator[Entry]:
    """The letters' lines. Raises AdvocacyError where somebody has taken parts of one away."""
    for entry in record:
        parts = (*((name, str) for name in _TEXTS), *_OTHERS)
        whole = all(isinstance(entry.get(name), kind) for name, kind in parts)
        if not (
            whole and _is_day(entry["date"]) and all(isinstance(f, str) for f in entry["facts"])
        ):
            raise AdvocacyError(broken_manifest(record.folder / NAME))
        yield entry


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        try:
            return max(sum(1 for _ in csv.reader(file)) - 1, 0)
        except csv.Error:  # a cell beyond all sense: somebody has edited it
            return 0


def find_batches(folder: Path) -> list[tuple[Path, str, str | None]]:
    """Find the finished batches in a folder: the output folder and the campaign of each.

    The third value is the stage, where the folder holds the letters of one alone. Raises
    AdvocacyError where there are no letters.
    """
    folder = folder.resolve()
    if (folder / NAME).is_file():
        return [(folder.parent.parent, folder.parent.name, folder.name)]
    campaigns = {path.parent.parent for path in folder.rglob(NAME)}
    if not campaigns:
        raise AdvocacyError(_no_batch(folder))
    return [(path.parent, path.name, None) for path in sorted(campaigns)]


@dataclass(slots=True)
class VerifyResult:
    """What a comparison came to: how many files came out the same, and every problem."""

    same: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify_campaign(request: RenderRequest, watcher: ProgressWatcher | None = None) -> VerifyResult:
    """Make the letters of a campaign again, as its manifests under `request.output` have them.

    Each file that a manifest names must be there with the sum that the manifest gives, and
    must come out with that sum once more. Nothing is written. Of the request the campaign, the
    output folder, the stage, the people, the templates and the workers count. Raises
    AdvocacyError where a manifest cannot be read, and KeyboardInterrupt after Ctrl-C.
    """
    watcher = watcher or ProgressWatcher()
    campaign, problems = load_campaign(request.campaign, request.templates)
    if campaign is None or has_errors(problems):
        return VerifyResult(problems=problems)
    result, found = VerifyResult(), ProblemCollector()
    found.add(problems)
    folders = {
        stage: letter_folder(request.output, campaign.file.id, stage)
        for stage in campaign.file.stages
        if request.stage in (None, stage)
    }
    folders = {stage: folder for stage, folder in folders.items() if (folder / NAME).is_file()}
    shared = shared_digests(campaign, FORMATS) if folders else {}
    for stage, folder in folders.items():
        with BatchRecord(folder, read_only=True) as record:
            for day in sorted({date.fromisoformat(one["date"]) for one in _whole_entries(record)}):
                settings = BatchSettings(
                    campaign, day, FORMATS, formats_asked_for=True, output=request.output,
                    deliver="compare", force=True, shared=shared,
                )  # fmt: skip
                result.same += _verify_day(settings, stage, record, request, watcher, found)
            found.add(_not_listed(record, letter_id) for letter_id in record.not_listed())
    if not folders:
        found.add([_no_batch(request.output / campaign.file.id)])
    result.problems = found.problems()
    return result


def _verify_day(
    settings: BatchSettings,
    stage: str,
    record: BatchRecord,
    request: RenderRequest,
    watcher: ProgressWatcher,
    found: ProblemCollector,
) -> int:
    """Make the letters of a stage and day again; returns how many files came out the same."""
    with interruptible(watcher.interrupted) as interrupt:
        wanted = _recorded_letters(settings, stage, record, request, found)
        outcomes = run_batch(
            settings, wanted, lambda: bool(interrupt), watcher, record.__len__,
            workers=request.workers, cluster=request.cluster,
        )  # fmt: skip
        with closing(outcomes):
            same = sum(_compare(outcome, record, found) for outcome in outcomes)
    if interrupt:
        raise KeyboardInterrupt
    return same


def _recorded_letters(
    settings: BatchSettings,
    stage: str,
    record: BatchRecord,
    request: RenderRequest,
    found: ProblemCollector,
) -> Iterator[WantedLetter]:
    """Yield the letters of the list that a manifest has for the day, in their formats."""
    campaign, day = settings.campaign, settings.day
    for one in wanted_letters(campaign, day, lambda one: found.add([one]), request.people, stage):
        one = as_recorded(record, one)
        entry = record.find(one.letter_id)
        if entry is not None and entry["date"] == settings.day.isoformat():
            typeset: Typeset = "full" if entry.get("typeset") == "full" else "auto"
            kinds = {document_kind(name) for name in entry["files"]}
            formats = tuple(kind for kind in FORMATS if kind in kinds)
            draft = entry.get("draft", False)
            yield replace(one, formats=formats, typeset=typeset, draft=draft)


def _compare(outcome: LetterOutcome, record: BatchRecord, found: ProblemCollector) -> int:
    """Compare a letter with its record; returns how many of its files are the same.

    Raises RuntimeError for a bug that the letter brought out.
    """
    found.add(outcome.problems)
    if outcome.crash is not None:
        raise RuntimeError(outcome.crash)
    record.mark_listed(outcome.id)
    entry = record.find(outcome.id)
    if entry is None:
        return 0
    same = 0
    for name, expected in entry["files"].items():
        path = record.folder / name
        if document_kind(name) not in FORMATS:
            continue  # an audit sheet tells of today, not of the letter's day
        there, made = file_sum(path), outcome.sums.get(name)
        if there != expected:
            what = "is missing" if there is None else "was changed after it was made"
            hint = "Render it again. If you edited it, save your copy elsewhere first."
            found.add([Problem("file-changed", f"`{name}` {what}.", hint, Place(path))])
        if made != expected:
            found.add([_differs(name, entry, path)])
        same += there == made == expected
    return same


def _differs(name: str, entry: Entry, path: Path) -> Problem:
    return Problem(
        "not-reproduced",
        f"`{name}` cannot be reproduced, because the campaign, the list, a template, or a library "
        f"has changed.",
        f"It was made with {', '.join(f'{k} {v}' for k, v in entry['versions'].items())}.",
        Place(path),
    )


def _no_batch(folder: Path) -> Problem:
    return Problem(
        "no-batch",
        f"The folder {folder} contains no letters.",
        "Use the folder that `--output` named when the letters were made.",
        Place(folder),
    )


def no_campaign(folder: Path) -> Problem:
    """That the campaign is not known whose letters are in a folder."""
    return Problem(
        "no-batch",
        f"The campaign file of the letters in {folder} is not in campaigns/ or in this folder.",
        "Name it instead: `advocacy verify CAMPAIGN --output DIR`.",
        Place(folder),
    )


def _not_listed(record: BatchRecord, letter_id: str) -> Problem:
    return Problem(
        "not-listed",
        f"The letter `{letter_id}` is in the manifest, but nobody on the list gets it.",
        "Name the list that it was made from with `--recipients`, or remove old letters: "
        "`advocacy render … --prune`.",
        Place(record.folder / NAME),
    )
