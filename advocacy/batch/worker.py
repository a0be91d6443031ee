"""Make some letters of a batch: compose and check each, then make and write its documents.

This is what a worker does, in this process, in another or on another machine. What all letters
have in common comes to a worker once, as `BatchSettings`; a task is a few `WantedLetter`s.
"""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

from advocacy.batch import Format
from advocacy.batch.documents import (
    BatchSettings,
    MadeDocuments,
    Typeset,
    document_inputs,
    document_kind,
    letter_folder,
    make_documents,
    used_versions,
)
from advocacy.batch.record import CHANGED, Entry, entry, warned_before
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.supporters import Supporters
from advocacy.campaign.supporters.model import earlier_letter_id, letter_id, under_earlier_id
from advocacy.errors import AdvocacyError, Level, Place, Problem, has_errors
from advocacy.files.cache import files_held, once_per_run
from advocacy.files.content_digests import data_digest
from advocacy.files.writing import no_room, write_file
from advocacy.letters.compose import compose_for
from advocacy.letters.digests import letter_digest, recipient_digest
from advocacy.letters.letter import CheckedLetter, Letter, PreviousSending, check, make_draft

if TYPE_CHECKING:
    from advocacy.checks.gate import WordsGate

WITHOUT_EMAIL = "no-email"


@dataclass(frozen=True, slots=True)
class WantedLetter:
    """A letter to make: its recipient, and the supporters who write it, if not the sender.

    `stage` is the one that applies on the day; where none does, `problems` say why, or nothing
    where the letters are not for this recipient. `previous` is the manifest's line, with the
    files that are still there. `formats` and `typeset` replace those of the batch. A `draft` is
    made whatever is wrong with the letter, says so on each page, and counts for no later run.
    `follows` is what the ledger knows of the letter before a reminder, where it was asked,
    `warned` that of the outcome, where the words were judged already.
    """

    recipient: Recipient
    stage: str | None
    supporters: Supporters | None = None
    problems: tuple[Problem, ...] = ()
    previous: Entry | None = None
    formats: tuple[Format, ...] | None = None
    typeset: Typeset | None = None
    draft: bool = False
    follows: PreviousSending | None = None
    warned: bool | None = None

    @property
    def letter_id(self) -> str:
        """The letter's id."""
        return letter_id(self.recipient, self.supporters)

    @property
    def earlier_id(self) -> str:
        """The letter's id in manifests of earlier versions."""
        return earlier_letter_id(self.recipient, self.supporters)

    def under_earlier_id(self) -> "WantedLetter":
        """The same letter, going on under that id."""
        recipient, supporters = under_earlier_id(self.recipient, self.supporters)
        return replace(self, recipient=recipient, supporters=supporters)


@dataclass(slots=True)
class LetterOutcome:
    """What came of one letter.

    `stage` is set where the letter could be composed. `entry` is its new line for the manifest,
    None where nothing was made; `sums` are the SHA-256 sums of the files made, by name, in
    hexadecimal, `obsolete` the names of files that no longer belong to the letter, `documents`
    the bytes that are not written yet. `judged` is set where nothing was made, and the words were
    judged anew: it belongs into the letter's line. `typeset` is how its PDF was laid out, `fast`
    or `full`, and `why` not fast. `warned` says whether its words have warnings, found now or by an
    earlier run; None where nobody asked.

    `languages` are the one that the recipient asks for and the one of the letter. Where there are
    problems, `place` and `row` are those of the list to correct. `crash` is the traceback of a
    bug.
    """

    id: str
    stage: str | None = None
    refused: bool = False
    problems: list[Problem] = field(default_factory=list)
    crash: str | None = None
    entry: Entry | None = None
    sums: Mapping[str, str] = field(default_factory=dict)
    obsolete: tuple[str, ...] = ()
    documents: Mapping[str, bytes] = field(default_factory=dict)
    judged: str | None = None
    typeset: str | None = None
    why: str = ""
    warned: bool | None = None
    languages: tuple[str, str] | None = None
    place: Place | None = None
    row: Mapping[str, str] = field(default_factory=dict)


TaskResult = tuple[list[LetterOutcome], float]
"""The outcomes of a task's letters, in their order, and how many seconds they took."""


def make_task(settings: BatchSettings, wanted: Sequence[WantedLetter]) -> TaskResult:
    """Make some letters, and measure how long that takes."""
    start = perf_counter()
    return make_letters(settings, wanted), perf_counter() - start


class Executor:
    """Executes the tasks of one batch: in this process, when they are submitted."""

    crash_errors: tuple[type[BaseException], ...] = ()
    """What the future of a task raises whose worker crashed."""

    def __init__(self, settings: BatchSettings, workers: int = 1) -> None:
        self._settings, self._workers = settings, workers

    @property
    def workers(self) -> int:
        """How many tasks run at the same time."""
        return self._workers

    def submit(self, wanted: Sequence[WantedLetter]) -> "Future[TaskResult]":
        """Start a task: make some letters."""
        future: Future[TaskResult] = Future()
        future.set_result(make_task(self._settings, wanted))
        return future

    def replace_workers(self) -> None:
        """Start new workers in place of crashed ones."""

    def close(self, *, at_once: bool = False) -> None:
        """Stop all workers; `at_once` without waiting for their tasks."""


def make_letters(settings: BatchSettings, wanted: Sequence[WantedLetter]) -> list[LetterOutcome]:
    """Compose and check all these letters, then make the documents of each.

    Two passes, since a processor repeats one kind of work faster than it changes between two. A
    letter's problem, or a bug that it brings out, does not stop the others.
    """
    outcomes = [LetterOutcome(one.letter_id) for one in wanted]
    checked: list[_Judged | None] = [None] * len(wanted)
    with files_held(settings.text.files if settings.text else None):
        for number, (one, outcome) in enumerate(zip(wanted, outcomes, strict=True)):
            with _failures_noted(outcome):
                checked[number] = _compose(settings, one, outcome)
        for one, letter, outcome in zip(wanted, checked, outcomes, strict=True):
            if letter is not None:
                with _failures_noted(outcome):
                    _make(settings, one, letter, outcome)
            if outcome.problems:
                outcome.row, outcome.place = _row_to_correct(one)
    return outcomes


@contextmanager
def _failures_noted(outcome: LetterOutcome) -> Iterator[None]:
    """Turn what a letter's making raises into a refused letter."""
    try:
        yield
    except AdvocacyError as error:
        outcome.refused = True
        outcome.problems += error.problems
    except Exception as error:  # noqa: BLE001 - a bug is reported when the others are made
        outcome.refused = True
        full = no_room(error) if isinstance(error, OSError) else None
        if full is not None:
            outcome.problems.append(full)
        else:
            outcome.crash = traceback.format_exc()


@dataclass(frozen=True, slots=True)
class _Judged:
    """A letter that passed both gates, and its digest and the recipient's."""

    checked: CheckedLetter
    digests: tuple[str, str]


def _compose(
    settings: BatchSettings, wanted: WantedLetter, outcome: LetterOutcome
) -> _Judged | None:
    """Compose and judge a letter; what is wrong with it goes into the outcome."""
    campaign = settings.campaign
    letter: Letter | None = None
    outcome.problems += wanted.problems
    if wanted.stage is not None:
        letter, problems = compose_for(
            campaign, wanted.recipient, wanted.stage, settings.day, supporters=wanted.supporters,
            follows=wanted.follows,
        )  # fmt: skip
        outcome.problems += problems
    if letter is None:
        outcome.refused = has_errors(outcome.problems)
        return None
    outcome.stage = letter.stage
    digests = letter_digest(letter), recipient_digest(letter.recipient)
    checked, problems = check(letter, campaign)
    if settings.text is not None and (uncovered := settings.text.uncovered(letter)):
        problems = [*problems, *uncovered]
        checked = None
    if settings.also_on is not None:
        later, more = check(letter, campaign, settings.also_on)
        checked = later and checked
        problems += more
    if settings.judged is None or settings.judged_by_client:
        outcome.warned = wanted.warned
    elif (warned := warned_before(wanted.previous, settings.judged, digests[0])) is not None:
        outcome.warned = warned
    else:
        # Once for a task's letters: to look what day it is takes 3 microseconds.
        gate = once_per_run(("gate", id(settings)), lambda: _gate(settings))
        errors, warnings = gate.findings(letter)
        problems += errors
        outcome.warned = bool(warnings)
    outcome.problems += (one for one in problems if one not in outcome.problems)
    if wanted.draft:
        outcome.problems = [_lowered(one) for one in outcome.problems]
        return _Judged(make_draft(letter), digests)
    outcome.refused = checked is None or has_errors(outcome.problems)
    return None if checked is None or outcome.refused else _Judged(checked, digests)


def _gate(settings: BatchSettings) -> "WordsGate":
    from advocacy.checks.gate import gate_of

    return gate_of(settings.campaign)


def _lowered(problem: Problem) -> Problem:
    """What would refuse a letter is told of a draft as a warning."""
    return problem.at(Level.WARNING) if problem.level is Level.ERROR else problem


def _make(
    settings: BatchSettings, wanted: WantedLetter, judged: _Judged, outcome: LetterOutcome
) -> None:
    """Make those of a letter's documents that have changed, and write them if workers do.

    Raises AdvocacyError where a document cannot be made or written.
    """
    checked, digests = judged.checked, judged.digests
    letter, previous = checked.letter, wanted.previous or {}
    formats = wanted.formats or settings.formats
    typeset = wanted.typeset or settings.typeset
    attached = "pdf" in letter.attach and "eml" in formats and settings.attach
    versions = used_versions("pdf" in formats or attached or settings.audit)
    inputs: dict[str, str] = {}
    changed = tuple(formats)
    if settings.recorded:
        typesetter = f"{versions.get('pango')} {typeset}"
        kinds = {*formats, "pdf"} if attached else formats
        made_of = document_inputs(letter, " ".join(digests), settings.shared, kinds, typesetter)
        inputs = {f"{letter.file_name}.{kind}": digest for kind, digest in made_of.items()}
        known = {} if settings.force or checked.draft else previous.get("inputs", {})
        changed = _changed(letter, formats, known, inputs)
    made = MadeDocuments()
    if changed:
        made = make_documents(checked, settings, changed, typeset=typeset)
    _prove(checked, settings.campaign, made, attached)
    if settings.audit and (made.documents or len(changed) < len(formats)):
        from advocacy.checks.audit import audit_documents

        sheets, problems = audit_documents(settings.campaign, checked, versions)
        made.documents |= sheets
        made.problems += problems
    if settings.deliver == "write":
        folder = letter_folder(settings.output, letter.campaign, letter.stage)
        for name, data in made.documents.items():
            write_file(folder / name, data)
    outcome.problems += [*made.problems, *_told_of_edits(settings, letter, previous, made)]
    outcome.refused = not made.documents and len(changed) == len(formats)
    if not outcome.refused and letter.recipient.language:
        outcome.languages = letter.recipient.language, letter.language
    if made.documents:
        _record(settings, wanted, checked, made, outcome, inputs, digests, versions)
        if settings.deliver == "return":
            outcome.documents = made.documents
    elif settings.judged and previous and previous.get("judged") != settings.judged:
        outcome.judged = settings.judged


def _prove(checked: CheckedLetter, campaign: Campaign, made: MadeDocuments, attached: bool) -> None:
    """Raise AdvocacyError where a layout hides a part of a letter from its reader."""
    kinds = {document_kind(name) for name in made.documents}
    on_paper = "pdf" in kinds or (attached and "eml" in kinds)
    media = (*["PDF"] * on_paper, *["HTML"] * bool(kinds & {"eml", "html"}))
    if not media or checked.draft:
        return
    from advocacy.checks.media import find_unseen

    unseen = find_unseen(checked, campaign, media)
    if has_errors(unseen):
        raise AdvocacyError([*made.problems, *unseen])


def _changed(
    letter: Letter, formats: Sequence[Format], known: Mapping[str, str], inputs: Mapping[str, str]
) -> tuple[Format, ...]:
    """The formats whose document was made of something else before, if it was made."""
    names = {kind: f"{letter.file_name}.{kind}" for kind in formats}
    return tuple(kind for kind, name in names.items() if known.get(name) != inputs[name])


def _told_of_edits(
    settings: BatchSettings, letter: Letter, previous: Entry, made: MadeDocuments
) -> Iterator[Problem]:
    """Yield a warning for each file that somebody edited and that was made again."""
    folder = letter_folder(settings.output, letter.campaign, letter.stage)
    for name in previous.get(CHANGED, ()):
        if name in made.documents:
            message = f"{folder / name} was changed after it was made, so it was made again."
            hint = "To change the letter, edit the template or the list."
            yield Problem("changed-file", message, hint, Place(folder / name), Level.WARNING)


def _record(
    settings: BatchSettings,
    wanted: WantedLetter,
    checked: CheckedLetter,
    made: MadeDocuments,
    outcome: LetterOutcome,
    inputs: Mapping[str, str],
    digests: tuple[str, str],
    versions: Mapping[str, str],
) -> None:
    """Write down what was made: the sums of the files, and the letter's line for the manifest."""
    letter, judged = checked.letter, settings.judged
    if not settings.recorded:
        outcome.entry = entry(letter, {}, versions, digests)
        return
    if checked.draft:
        inputs, judged = {}, None
    previous = wanted.previous
    sums = {name: made.sums.get(name) or data_digest(data) for name, data in made.documents.items()}
    # What was made with a warning is made again, so that the warning is told again.
    is_clean = all(problem.code == WITHOUT_EMAIL for problem in made.problems)
    made_of = {name: inputs[name] for name in sums if is_clean and name in inputs}
    files = sums
    same_kind = previous and previous.get("draft", False) == wanted.draft
    if previous and same_kind and previous["digest"] == digests[0]:
        # Another format of the same text: what was made before still stands.
        files = {**previous["files"], **sums}
        older = {k: v for k, v in previous.get("inputs", {}).items() if k not in sums}
        made_of = {**older, **made_of}
    elif previous:
        outcome.obsolete = tuple(name for name in previous["files"] if name not in sums)
    typeset = made.typeset or (previous or {}).get("typeset")
    outcome.entry = entry(letter, files, versions, digests, made_of, typeset, judged)
    if judged and outcome.warned:
        outcome.entry["warned"] = True
    if wanted.draft:
        outcome.entry["draft"] = True
    outcome.sums, outcome.typeset, outcome.why = sums, made.typeset, made.why


def _row_to_correct(wanted: WantedLetter) -> tuple[dict[str, str], Place | None]:
    """The row of a list whose letter has problems, by column, and its place."""
    if wanted.supporters and wanted.supporters.one:
        one = wanted.supporters.one
        return {**one.columns, "id": one.id, "name": one.name, "email": one.email or ""}, one.place
    return row_of(wanted.recipient), wanted.recipient.place()


def row_of(recipient: Recipient) -> dict[str, str]:
    """A recipient as the columns of a list."""
    known = recipient.model_dump(
        mode="json", exclude_defaults=True, exclude={"other", "titles", "members"}
    )
    columns = {
        name: "\n".join(value) if isinstance(value, list | tuple) else str(value)
        for name, value in known.items()
    }
    return {**columns, **recipient.other}
