"""Record what came of a batch's letters: in the manifests, as a summary, and as rejected rows.

Everything here takes bounded memory, however long the list.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.batch.documents import document_kind
from advocacy.batch.previous_run import Manifests
from advocacy.batch.problem_kinds import LeftOutRows, ProblemCollector, sum_up
from advocacy.batch.record import BatchRecord, Entry
from advocacy.batch.rejects import Rejects
from advocacy.batch.worker import LetterOutcome
from advocacy.errors import AdvocacyError, Level, Problem
from advocacy.files.writing import CANNOT_WRITE, NO_ROOM, write_file
from advocacy.letters.compose import Languages

MOST_FILES = 1000


@dataclass(slots=True)
class RenderSummary:
    """What a campaign's batch came to.

    `made`, `unchanged`, `refused` and `pruned` count letters, `kinds` the files made, by their
    endings; `fast` counts the PDFs laid out fast, `in_full` the others, by the reason. `files`
    and `problems` are the first thousand of each; `rejects` is the file of rejected rows,
    `crashes` are tracebacks of bugs. `judged` counts letters whose words were judged, now or by an
    earlier run, `warned` those of them that have warnings, which `check` tells.

    `listed` is `made` + `unchanged` + `left_out`, which counts who gets no letter, by the code
    of the reason: rows that cannot be read, people listed twice, and letters that are refused or
    of no stage. Rows that cannot be read count where the whole list is asked for.
    """

    listed: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    made: int = 0
    unchanged: int = 0
    refused: int = 0
    pruned: int = 0
    judged: int = 0
    warned: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    fast: int = 0
    in_full: Counter[str] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rejects: Path | None = None
    crashes: list[str] = field(default_factory=list)


class Recorder:
    """Records the outcomes of a batch, one after the other.

    `listed` is the list that the letters come from, if it is one, and `columns` what the campaign
    calls its columns; with `counts_rows` a row that
    cannot be read is one of those who get no letter. `is_full` turns true when the disk takes
    nothing more: the batch then stops.
    """

    def __init__(
        self,
        manifests: Manifests,
        listed: Path | None,
        *,
        columns: Mapping[str, str] | None = None,
        counts_rows: bool = True,
    ) -> None:
        self.summary = RenderSummary()
        self.problems = ProblemCollector(listed)
        self._left_out = LeftOutRows(listed if counts_rows else None)
        self._listed = listed
        self.is_full = False
        self._manifests = manifests
        self._languages = Languages()
        self._rejects = Rejects(listed, columns or {})
        self._not_pruned: Problem | None = None

    def record_problem(self, problem: Problem) -> None:
        """Record a problem of the list itself, such as a row that cannot be read."""
        self.problems.add([problem])
        self._left_out.add(problem)
        self._rejects.add([problem], problem.place, {})
        if problem.code == "max-per-target":
            self._not_pruned = _not_pruned(
                "some supporters’ letters are for a later day, and may be in the folder.",
                "To also remove old letters, delete the stage’s folder and render again.",
            )
        elif problem.level is Level.ERROR:
            self._not_pruned = self._not_pruned or _not_pruned(
                "the list has rows that cannot be read, and their letters may be in the folder.",
                "Correct the rows, then run the same command again.",
            )

    def record(self, outcome: LetterOutcome) -> None:
        """Record what came of a letter; files that no worker has written are written here."""
        self.problems.add(outcome.problems)
        if any(problem.code in (CANNOT_WRITE, NO_ROOM) for problem in outcome.problems):
            self.is_full = True
        if outcome.crash is not None:
            self.summary.crashes.append(outcome.crash)
        if outcome.problems:
            self._rejects.add(outcome.problems, outcome.place, outcome.row)
        self.summary.refused += outcome.refused
        self.summary.judged += outcome.warned is not None
        self.summary.warned += bool(outcome.warned)
        made, unchanged = self.summary.made, self.summary.unchanged
        self._record_outcome(outcome)
        self.summary.listed += 1
        if (made, unchanged) == (self.summary.made, self.summary.unchanged):
            self.summary.left_out[_reason(outcome)] += 1

    def _record_outcome(self, outcome: LetterOutcome) -> None:
        if outcome.languages is not None:
            self._languages.count(*outcome.languages)
        if outcome.stage is None:
            return
        manifest = self._manifests.stage(outcome.stage)
        manifest.mark_listed(outcome.id)
        if outcome.entry is not None:
            self._record_made(manifest, outcome, outcome.entry)
        elif not outcome.refused:
            self.summary.unchanged += 1
            if outcome.judged and (known := manifest.find(outcome.id)):
                now = {"judged": outcome.judged} | ({"warned": True} if outcome.warned else {})
                manifest.add({k: v for k, v in known.items() if k != "warned"} | now)

    def _record_made(self, manifest: BatchRecord, outcome: LetterOutcome, entry: Entry) -> None:
        try:
            for name, data in outcome.documents.items():
                write_file(manifest.folder / name, data)
            manifest.remove_files(outcome.obsolete)
            manifest.add(entry)
        except AdvocacyError as error:
            self.is_full = True
            self.problems.add(error.problems)
            return
        summary = self.summary
        summary.made += 1
        summary.fast += outcome.typeset == "fast"
        if outcome.typeset == "full":
            summary.in_full[outcome.why] += 1
        for name in outcome.sums:
            summary.kinds[document_kind(name)] += 1
            if len(summary.files) < MOST_FILES:
                summary.files.append(manifest.folder / name)

    def prune(self, stages: Iterable[str]) -> None:
        """Remove the letters of people who are not on the list, unless it is not known whole."""
        if self._not_pruned is not None:
            self.problems.add([self._not_pruned])
            return
        for stage in stages:
            self.summary.pruned += self._manifests.stage(stage).prune()

    def finish(self) -> RenderSummary:
        """Write the rejected rows, and return the summary.

        Raises AdvocacyError where the rows cannot be written.
        """
        summary = self.summary
        self.problems.add(self._languages.notes())
        summary.left_out += self._left_out.counts
        summary.listed += self._left_out.counts.total()
        note = sum_up(summary.listed, summary.left_out, self._listed)
        self.problems.add([note] if note and self._listed else [])
        self.summary.problems = self.problems.problems()
        self.summary.rejects = self._rejects.write(self._manifests.folder)
        return self.summary


def _reason(outcome: LetterOutcome) -> str:
    """The code of the reason why there is no letter; `other-stage` where it is not for them."""
    errors = [problem.code for problem in outcome.problems if problem.level is Level.ERROR]
    if errors:
        return errors[0]
    if outcome.crash is not None:
        return "crash"
    # An email that cannot be made is a warning where the formats were left to the default.
    return outcome.problems[0].code if outcome.refused and outcome.problems else "other-stage"


def _not_pruned(why: str, hint: str) -> Problem:
    return Problem("not-pruned", f"Nothing was pruned: {why}", hint, level=Level.WARNING)
