"""The state of a batch, as its manifests tell it.

Proof of a batch: its letters made once more, and compared with the manifest's sums.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advocacy.batch.campaigns import RenderOptions, crew_for
from advocacy.batch.documents import (
    FORMATS,
    Format,
    RenderJob,
    Typeset,
    letter_folder,
    shared_inputs,
)
from advocacy.batch.executor import ProgressWatcher, interruptible, work_off
from advocacy.batch.previous_run import ProblemCollector, sum_of
from advocacy.batch.record import JOURNAL, NAME, BatchRecord, Entry
from advocacy.batch.rejects import NAME as REJECTS
from advocacy.batch.worker import LetterOutcome, WantedLetter, WorkerSetup
from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.supporters.letters import correspondence
from advocacy.errors import AdvocacyError, Place, Problem, has_errors

DEFAULT = ("pdf", "eml")


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
        raise AdvocacyError(
            Problem(
                "no-batch",
                f"There are no letters in {folder}.",
                "Name the folder that `--output` named when the letters were made.",
                Place(folder),
            )
        )
    status = BatchStatus([_stage(path) for path in sorted(found)])
    for path in sorted(folder.rglob(REJECTS)):
        status.failed[path] = _rows(path)
    return status


def _stage(folder: Path) -> StageStatus:
    status = StageStatus(folder.parent.name, folder.name, folder)
    with BatchRecord(folder, read_only=True) as record:
        for entry in record:
            status.campaign, status.stage = entry["campaign"], entry["stage"]
            status.made += 1
            for name in entry["files"]:
                status.kinds[name.removeprefix(f"{entry['id']}.")] += 1
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


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return max(sum(1 for _ in csv.reader(file)) - 1, 0)


@dataclass(slots=True)
class Verified:
    """What a proof came to: the files that are proven, and every problem."""

    proven: int = 0
    problems: list[Problem] = field(default_factory=list)


def verify_campaign(
    path: Path,
    output: Path,
    *,
    people: People | None = None,
    templates: Path | None = None,
    how: RenderOptions | None = None,
    watcher: ProgressWatcher | None = None,
) -> Verified:
    """Make the letters of a campaign again, as its manifests under `output` have them.

    Each file that a manifest names must be there with the sum that the manifest gives, and
    must come out with that sum once more. Nothing is written. Raises AdvocacyError where a
    manifest cannot be read, and KeyboardInterrupt after Ctrl-C.
    """
    how, watcher, people = how or RenderOptions(), watcher or ProgressWatcher(), people or People()
    campaign, problems = load_campaign(path, templates)
    if campaign is None or has_errors(problems):
        return Verified(problems=problems)
    result, told = Verified(), ProblemCollector()
    told.add(problems)
    found = False
    for stage in campaign.file.stages:
        folder = letter_folder(output, campaign.file.id, stage)
        if not (folder / NAME).is_file():
            continue
        found = True
        with BatchRecord(folder, read_only=True) as record:
            for day in sorted({date.fromisoformat(entry["date"]) for entry in record}):
                setup = _setup(campaign, output, stage, day)
                proof = _Proof(record, result, told)
                proof.run(setup, people, how, watcher)
            _tell_unlisted(record, told)
    if not found:
        told.add([_no_batch(output / campaign.file.id)])
    result.problems = told.told()
    return result


def _tell_unlisted(record: BatchRecord, told: ProblemCollector) -> None:
    """Tell of letters in the manifest that were not made again."""
    for letter_id in record.not_listed():
        told.add(
            [
                Problem(
                    "not-listed",
                    f"The letter `{letter_id}` is in the manifest, but nobody listed would get it.",
                    "Name the list it was made from with `--recipients`, or prune: "
                    "`advocacy render … --prune`.",
                    Place(record.folder / NAME),
                )
            ]
        )


def _setup(campaign: Campaign, output: Path, stage: str, day: date) -> WorkerSetup:
    return WorkerSetup(
        campaign,
        RenderJob(campaign.workspace, output, FORMATS, formats_asked_for=True),
        day,
        stage,
        shared_inputs(campaign, FORMATS),
        deliver="compare",
        force=True,
    )


class _Proof:
    """The letters of one stage and day, compared with their record."""

    def __init__(self, record: BatchRecord, result: Verified, told: ProblemCollector) -> None:
        self._record, self._result, self._told = record, result, told

    def run(
        self, setup: WorkerSetup, people: People, how: RenderOptions, watcher: ProgressWatcher
    ) -> None:
        with interruptible(watcher.interrupted) as interrupt:
            wanted = self._wanted(setup, people)
            crew, wanted = crew_for(setup, how, wanted)
            watcher.begin(setup.campaign.file.id, self._record.__len__)
            at_once = True
            try:
                for outcome in work_off(wanted, crew, lambda: bool(interrupt)):
                    self._compare(outcome)
                    watcher.step()
                at_once = False
            finally:
                crew.close(at_once=at_once)
                watcher.end()
        if interrupt:
            raise KeyboardInterrupt

    def _wanted(self, setup: WorkerSetup, people: People) -> Iterator[WantedLetter]:
        for one in correspondence(setup.campaign, setup.day, self._report, people):
            entry = self._record.find(one.letter_id)
            if entry is not None and entry["date"] == setup.day.isoformat():
                typeset: Typeset = "full" if entry.get("typeset") == "full" else "auto"
                yield WantedLetter(one.recipient, None, _formats(entry), one.supporters, typeset)

    def _report(self, problem: Problem) -> None:
        self._told.add([problem])

    def _compare(self, outcome: LetterOutcome) -> None:
        self._told.add(outcome.problems)
        if outcome.crash is not None:
            raise RuntimeError(outcome.crash)
        self._record.mark_listed(outcome.id)
        entry = self._record.find(outcome.id)
        if entry is None:
            return
        for name, wanted in entry["files"].items():
            path = self._record.folder / name
            if name.removeprefix(f"{outcome.id}.") not in FORMATS:
                continue  # an audit sheet tells of today, not of the letter's day
            there, made = sum_of(path), outcome.files.get(name)
            if there != wanted:
                what = "is missing" if there is None else "was changed after it was made"
                hint = "Render it again; if you have edited it, keep your copy elsewhere."
                self._told.add([Problem("file-changed", f"`{name}` {what}.", hint, Place(path))])
            if made != wanted:
                self._told.add([_differs(name, entry, path)])
            if there == made == wanted:
                self._result.proven += 1


def _formats(entry: Entry) -> tuple[Format, ...]:
    names = entry["files"]
    return tuple(kind for kind in FORMATS if f"{entry['id']}.{kind}" in names)


def _differs(name: str, entry: Entry, path: Path) -> Problem:
    return Problem(
        "not-reproduced",
        f"`{name}` does not come out as it did: the campaign, the list, a template or a library "
        "is not what it was.",
        f"It was made with {', '.join(f'{k} {v}' for k, v in entry['versions'].items())}.",
        Place(path),
    )


def _no_batch(folder: Path) -> Problem:
    return Problem(
        "no-batch",
        f"There is no manifest in {folder}.",
        "Name the folder that `--output` named when the letters were made.",
        Place(folder),
    )
