"""What a worker does: some recipients' letters composed, checked, and made documents.

A task is small: recipients, and what the manifest says of their letters. The campaign comes
once to each worker, with everything else that letters have in common.
"""

import hashlib
import json
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import Any, Literal

from advocacy.batch.documents import (
    Format,
    MadeDocuments,
    RenderJob,
    Shared,
    Typeset,
    document_inputs,
    letter_folder,
    make_documents,
    used_versions,
)
from advocacy.batch.record import Entry, entry
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.supporters import Supporters
from advocacy.campaign.supporters.model import letter_id
from advocacy.errors import AdvocacyError, Place, Problem, has_errors
from advocacy.files.cache import files_held
from advocacy.files.writing import no_room, write_file
from advocacy.letters.compose import compose_for
from advocacy.letters.digests import letter_digest, recipient_digest
from advocacy.letters.letter import CheckedLetter, Letter, check

WITHOUT_EMAIL = "no-email"
_JSON = json.JSONEncoder(ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class WorkerSetup:
    """What all letters of a batch have in common.

    Workers `write` files, `return` their bytes, or only `compare` their sums. With `force`
    documents are made again although nothing has changed. The letters must be true on their own
    day, and `also_on` another: the day on which they are mailed.
    """

    campaign: Campaign
    job: RenderJob
    day: date
    stage: str | None
    shared: Shared
    deliver: Literal["write", "return", "compare"] = "write"
    force: bool = False
    also_on: date | None = None


@dataclass(frozen=True, slots=True)
class WantedLetter:
    """A letter to make: its recipient, and the manifest's line if its files are still there.

    `formats` are other ones than the job's, and so is `typeset`; `supporters` write it, where the
    sender does not.
    """

    recipient: Recipient
    before: Entry | None = None
    formats: tuple[Format, ...] | None = None
    supporters: Supporters | None = None
    typeset: Typeset | None = None

    @property
    def letter_id(self) -> str:
        """The letter's id."""
        return letter_id(self.recipient, self.supporters)


@dataclass(frozen=True, slots=True)
class LetterOutcome:
    """What came of one recipient's letter.

    `line` is its new line for the manifest, None where nothing was made, and `entry` the same as
    a value; `files` are the sums
    of what was made, `gone` names of files that no longer belong to it, `documents` the bytes
    that were not written yet. `place` and `row` are the recipient's, where there are problems.
    `crash` is the traceback of an error of the program. `typeset` is how its PDF was laid out,
    and `why` not fast.
    """

    id: str
    stage: str | None = None
    language: str | None = None
    refused: bool = False
    line: str | None = None
    entry: Entry | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    documents: Mapping[str, bytes] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    wanted_language: str | None = None
    place: Place | None = None
    row: Mapping[str, str] = field(default_factory=dict)
    crash: str | None = None
    typeset: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What came of a task, and how many seconds it took."""

    outcomes: list[LetterOutcome]
    seconds: float


def make_letters(setup: WorkerSetup, wanted: Sequence[WantedLetter]) -> TaskResult:
    """Compose and check all these letters, then make what is to be made of them.

    One letter's problem, or an error of the program, does not stop the others.
    """
    start = perf_counter()
    with files_held():
        composed = [_guarded(_compose, setup, one) for one in wanted]
        outcomes = [
            one if isinstance(one, LetterOutcome) else _guarded(_make, setup, one)
            for one in composed
        ]
    outcomes = [
        _with_recipient(outcome, one) for outcome, one in zip(outcomes, wanted, strict=True)
    ]
    return TaskResult(outcomes, perf_counter() - start)


def _with_recipient(outcome: LetterOutcome, wanted: WantedLetter) -> LetterOutcome:
    recipient, language = wanted.recipient, wanted.recipient.language
    if outcome.problems:
        row, place = row_of(recipient), recipient.place()
        if wanted.supporters and wanted.supporters.one:  # theirs is the list to correct
            one = wanted.supporters.one
            row = {**one.columns, "id": one.id, "name": one.name, "email": one.email or ""}
            place = one.place
        return replace(outcome, wanted_language=language, place=place, row=row)
    return replace(outcome, wanted_language=language) if language else outcome


def row_of(recipient: Recipient) -> dict[str, str]:
    """A recipient as the columns of a list."""
    known = recipient.model_dump(mode="json", exclude_defaults=True, exclude={"other"})
    columns = {
        name: "\n".join(value) if isinstance(value, list | tuple) else str(value)
        for name, value in known.items()
    }
    return {**columns, **recipient.other}


@dataclass(frozen=True, slots=True)
class _Composed:
    wanted: WantedLetter
    checked: CheckedLetter
    problems: tuple[Problem, ...]


def _guarded(step: Any, setup: WorkerSetup, what: WantedLetter | _Composed) -> Any:
    try:
        return step(setup, what)
    except AdvocacyError as error:
        return _refused(what, *error.problems)
    except Exception as error:  # noqa: BLE001 - a bug is reported when the others are made
        full = no_room(error) if isinstance(error, OSError) else None
        if full is not None:
            return _refused(what, full)
        return replace(_refused(what), crash=traceback.format_exc())


def _refused(what: WantedLetter | _Composed, *problems: Problem) -> LetterOutcome:
    if isinstance(what, WantedLetter):
        return LetterOutcome(what.letter_id, refused=True, problems=problems)
    stage = what.checked.letter.stage
    found = (*what.problems, *problems)
    return LetterOutcome(what.wanted.letter_id, stage, refused=True, problems=found)


def _compose(setup: WorkerSetup, wanted: WantedLetter) -> _Composed | LetterOutcome:
    campaign, recipient = setup.campaign, wanted.recipient
    letter, problems = compose_for(campaign, recipient, setup.day, setup.stage, wanted.supporters)
    if letter is None:
        # Without a problem, the stage is not for this recipient.
        name = wanted.letter_id
        return LetterOutcome(name, refused=has_errors(problems), problems=tuple(problems))
    checked, found = check(letter, campaign)
    problems = [*problems, *found]
    if setup.also_on is not None:
        later, found = check(letter, campaign, setup.also_on)
        checked = later and checked
        problems += (problem for problem in found if problem not in problems)
    if checked is None:
        return LetterOutcome(letter.id, letter.stage, refused=True, problems=tuple(problems))
    return _Composed(wanted, checked, tuple(problems))


def _make(setup: WorkerSetup, composed: _Composed) -> LetterOutcome:
    wanted, letter, job = composed.wanted, composed.checked.letter, setup.job
    before: Entry = wanted.before or {}
    formats = wanted.formats or job.formats
    digest = letter_digest(letter)
    attached = "pdf" in letter.attach and "eml" in formats
    versions = used_versions("pdf" in formats or attached or job.beside is not None)
    typeset = wanted.typeset or job.typeset
    setter = f"{versions.get('pango')} {typeset}"
    person = recipient_digest(letter.recipient)
    inputs = document_inputs(letter, f"{digest} {person}", setup.shared, formats, setter)
    known = {} if setup.force else before.get("inputs", {})
    names = {kind: f"{letter.id}.{kind}" for kind in formats}
    stale = tuple(kind for kind in formats if known.get(names[kind]) != inputs[kind])
    made = MadeDocuments()
    if stale:
        printed = None
        if attached and "pdf" not in stale:
            printed = _printed(setup, letter, f"{digest} {person}", before, setter)
        wanted_job = replace(job, formats=stale, typeset=typeset)
        made = make_documents(composed.checked, wanted_job, printed)
    documents, found = made.documents, made.problems
    if job.beside is not None and (documents or len(stale) < len(formats)):
        more, told = job.beside(composed.checked, versions)
        documents |= more
        found += told
    if setup.deliver == "write":
        folder = letter_folder(job.output, letter.campaign, letter.stage)
        for name, data in documents.items():
            write_file(folder / name, data)
    problems = (*composed.problems, *found)
    if not documents:
        refused = len(stale) == len(formats)
        return LetterOutcome(letter.id, letter.stage, letter.language, refused, problems=problems)
    sums = {
        name: made.sums.get(name) or hashlib.sha256(data).hexdigest()
        for name, data in documents.items()
    }
    # What was made with a warning is made again, so that the warning is told again.
    clean = all(problem.code == WITHOUT_EMAIL for problem in found)
    made_of = {names[kind]: inputs[kind] for kind in stale if names[kind] in sums and clean}
    files, gone = dict(sums), ()
    if before and before["digest"] == digest:
        # Another format of the same text: what was made before still stands.
        files = {**before["files"], **sums}
        older = {k: v for k, v in before.get("inputs", {}).items() if k not in sums}
        made_of = {**older, **made_of}
    elif before:
        gone = tuple(name for name in before["files"] if name not in files)
    way = made.typeset or before.get("typeset")
    record = entry(letter, files, versions, (digest, person), made_of, way)
    line = _JSON.encode(record)
    return LetterOutcome(
        letter.id,
        letter.stage,
        letter.language,
        line=line,
        entry=record,
        files=sums,
        gone=gone,
        documents=documents if setup.deliver == "return" else {},
        problems=problems,
        typeset=made.typeset,
        why=made.why,
    )


def _printed(
    setup: WorkerSetup, letter: Letter, digests: str, before: Entry, setter: str
) -> bytes | None:
    """The letter's PDF as it lies in the output folder, where it is what would be made now."""
    name = f"{letter.id}.pdf"
    expected = before.get("files", {}).get(name)
    if expected is None or (letter.stage, "pdf") not in setup.shared:
        return None
    inputs = document_inputs(letter, digests, setup.shared, ("pdf",), setter)
    if before.get("inputs", {}).get(name) != inputs["pdf"]:
        return None
    folder = letter_folder(setup.job.output, letter.campaign, letter.stage)
    try:
        data = (folder / name).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == expected else None
