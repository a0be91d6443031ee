"""The books of a batch: what was made, refused and told, in bounded memory."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from advocacy.batch.documents import letter_folder
from advocacy.batch.record import BatchRecord, Entry
from advocacy.batch.rejects import Rejects
from advocacy.batch.worker import WITHOUT_EMAIL, LetterOutcome, WorkerSetup
from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.writing import CANNOT_WRITE, NO_ROOM, sweep, write_file
from advocacy.letters.compose import Languages

MANY = 5
"""So many problems of one kind are told as one."""
MOST_TOLD = 1000
MOST_FILES = 1000


@dataclass(slots=True)
class RenderSummary:
    """What a campaign came to.

    `made`, `unchanged`, `refused` and `pruned` count letters, `kinds` the files made, by their
    endings; `fast` counts the PDFs that were laid out so, `in_full` the others, by the reason.
    `files` are the first of the files, `problems` the first of them; `rejects` is the file of
    rejected rows, `crashes` are tracebacks of errors of the program.
    """

    made: int = 0
    unchanged: int = 0
    refused: int = 0
    pruned: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    fast: int = 0
    in_full: Counter[str] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rejects: Path | None = None
    crashes: list[str] = field(default_factory=list)


class ProblemCollector:
    """Problems, each once; of very many the first are kept and the others counted."""

    def __init__(self) -> None:
        self._kept: dict[Problem, None] = {}
        self._more: Counter[Level] = Counter()
        self._without_email: list[Problem] = []
        self._without = 0

    def add(self, problems: Iterable[Problem]) -> None:
        """Keep or count problems."""
        for problem in problems:
            if problem.code == WITHOUT_EMAIL and problem.level is Level.WARNING:
                self._without += 1
                if self._without < MANY:
                    self._without_email.append(problem)
            elif problem in self._kept:
                continue
            elif len(self._kept) < MOST_TOLD:
                self._kept[problem] = None
            else:
                self._more[problem.level] += 1

    def told(self) -> list[Problem]:
        """All there is to tell, with one problem for what is much the same."""
        found = list(self._kept)
        if self._without < MANY:
            found += self._without_email
        else:
            found.append(_without_email(self._without, self._without_email[0].place))
        for level, count in self._more.items():
            found.append(_more(level, count))
        return found


class PreviousRun:
    """Where the outcomes of a batch are entered; the manifests are written when it closes."""

    def __init__(self, setup: WorkerSetup, listed: Path | None, *, prunes: bool = False) -> None:
        self.result = RenderSummary()
        self.problems = ProblemCollector()
        self.full = False
        self._setup = setup
        self._folder = setup.job.output / setup.campaign.file.id
        self._records: dict[str, BatchRecord] = {}
        self._languages = Languages()
        self._broken_rows = False
        self._mark = prunes
        self._waiting = False
        own = setup.campaign.file.recipients
        if listed is None and own is not None:
            listed = setup.campaign.workspace.folder / own
        self._rejects = Rejects(listed)

    def __enter__(self) -> "PreviousRun":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with ExitStack() as closing:  # each is closed, whatever happens to the others
            for record in self._records.values():
                closing.callback(record.close)
                if error is not None:
                    sweep(record.folder)
        self.problems.add(self._languages.notes())
        self.result.problems = self.problems.told()
        if error is None:
            self.result.rejects = self._rejects.write(self._folder)

    def before(self, stage: str, letter_id: str) -> Entry | None:
        """The manifest's line for a letter, with those of its files alone that are still there.

        Raises AdvocacyError where the stage's folder cannot be written or its manifest be read.
        """
        record = self._record(stage)
        entry = record.find(letter_id)
        if entry is None:
            return None
        files = entry["files"].items()
        if record.is_doubtful(letter_id):
            here = {n: s for n, s in files if sum_of(record.folder / n) == s}
        else:
            here = {n: s for n, s in files if (record.folder / n).is_file()}
        inputs = {n: i for n, i in entry.get("inputs", {}).items() if n in here}
        return {**entry, "files": here, "inputs": inputs}

    def note(self, problem: Problem) -> None:
        """A problem of the list."""
        self.problems.add([problem])
        if problem.level is Level.ERROR:
            self._broken_rows = True
        if problem.code == "max-per-target":
            self._waiting = True
        self._rejects.add([problem], problem.place, {})

    def enter(self, outcome: LetterOutcome) -> None:
        """What came of a letter: its files are recorded, its problems kept."""
        self.problems.add(outcome.problems)
        if any(problem.code in (CANNOT_WRITE, NO_ROOM) for problem in outcome.problems):
            self.full = True
        if outcome.crash is not None:
            self.result.crashes.append(outcome.crash)
        if outcome.problems:
            self._rejects.add(outcome.problems, outcome.place, outcome.row)
        self.result.refused += outcome.refused
        if outcome.stage is None:
            return
        record = self._record(outcome.stage)
        if self._mark:
            record.mark_listed(outcome.id)
        if outcome.line is not None:
            self._record_made(record, outcome, outcome.line)
        elif not outcome.refused:
            self.result.unchanged += 1
        if not outcome.refused:
            self._languages.count(outcome.wanted_language, outcome.language or "")

    def _record_made(self, record: BatchRecord, outcome: LetterOutcome, line: str) -> None:
        try:
            for name, data in outcome.documents.items():
                write_file(record.folder / name, data)
            record.remove_files(outcome.gone)
            record.add(outcome.id, line)
        except AdvocacyError as error:
            self.full = True
            self.problems.add(error.problems)
            return
        self.result.made += 1
        self.result.fast += outcome.typeset == "fast"
        if outcome.typeset == "full":
            self.result.in_full[outcome.why] += 1
        for name in outcome.files:
            self.result.kinds[name.removeprefix(outcome.id)[1:]] += 1
            if len(self.result.files) < MOST_FILES:
                self.result.files.append(record.folder / name)

    def prune(self, stages: Iterable[str]) -> None:
        """Remove the letters of people who are not on the list."""
        if self._broken_rows or self._waiting:
            self.problems.add([_waiting() if self._waiting else _not_pruned()])
            return
        for stage in stages:
            self.result.pruned += self._record(stage).prune()

    def _record(self, stage: str) -> BatchRecord:
        if stage not in self._records:
            folder = letter_folder(self._setup.job.output, self._setup.campaign.file.id, stage)
            self._records[stage] = BatchRecord(folder)
        return self._records[stage]


def sum_of(path: Path) -> str | None:
    """The SHA-256 sum of a file, or None where there is none to read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _without_email(count: int, place: Place | None) -> Problem:
    return Problem(
        WITHOUT_EMAIL,
        f"{count} recipients have no email address: they get letters on paper alone.",
        "If that is right, leave `eml` out: `--format pdf`.",
        place and Place(place.path),
        Level.WARNING,
    )


def _more(level: Level, count: int) -> Problem:
    return Problem(
        "more-problems",
        f"There are {count} more {level}s than the {MOST_TOLD} that are shown.",
        "Correct these first; the rows that were rejected are in problems.csv.",
        level=level,
    )


def _waiting() -> Problem:
    return Problem(
        "not-pruned",
        "Nothing was pruned: some supporters’ letters are not of today, and may stand.",
        "Delete the stage’s folder and render again, if letters in it should not be there.",
        level=Level.WARNING,
    )


def _not_pruned() -> Problem:
    return Problem(
        "not-pruned",
        "Nothing was pruned: the list has rows that could not be read, whose letters may stand.",
        "Correct the rows, then run the same command again.",
        level=Level.WARNING,
    )
