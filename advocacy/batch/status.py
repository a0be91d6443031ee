"""The state of a batch, as its manifests tell it."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advocacy.batch.manifest import NAME
from advocacy.batch.record import JOURNAL, Record
from advocacy.batch.rejects import NAME as REJECTS
from advocacy.errors import AdvocacyError, Place, Problem

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
    with Record(folder, read_only=True) as record:
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
