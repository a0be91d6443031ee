"""Render a campaign: load it, then compose, check, document and write each letter.

What was made before is looked up on the way to the workers, and what was made is recorded on
the way back; the letters themselves know of neither.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from advocacy.batch import DEFAULT_FORMATS, Format
from advocacy.batch.documents import (
    BatchSettings,
    Typeset,
    shared_digests,
)
from advocacy.batch.executor import ProgressWatcher, run_batch
from advocacy.batch.interrupts import interruptible
from advocacy.batch.previous_run import Manifests, as_recorded, find_previous
from advocacy.batch.printing import PrintQueue
from advocacy.batch.problem_kinds import ProblemCollector
from advocacy.batch.recorder import Recorder, RenderSummary
from advocacy.batch.worker import WantedLetter
from advocacy.campaign.addressing import People, columns_of, list_of
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.recipients.list_details import CSV_SUFFIXES
from advocacy.campaign.recipients.select import Selection
from advocacy.campaign.stages import stage_for, stages_signed, unknown_stage
from advocacy.campaign.supporters.letters import correspondence
from advocacy.checks.inputs import inputs_digest
from advocacy.errors import Problem, Report, has_errors
from advocacy.letters.compose import compose_for


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What to render, of which campaign file, for whom, and how.

    `formats` left out means the usual ones, of which one that cannot be made is a warning.
    `people` says whose letters, where not those of all whom the campaign names. With `audit`
    each letter gets an audit sheet. `typeset` says whether PDFs are laid out fast where they
    come out the same, or each in full.

    None of the rest changes a letter's bytes: `workers` are processes (default: one for a few
    letters, else one for each core), `cluster` is the address of a Dask scheduler to use
    instead. `force` makes letters again although nothing has changed, `prune` removes those of
    people who are no longer listed. `draft` makes refused letters too, and marks all as drafts.
    """

    campaign: Path
    formats: tuple[Format, ...] | None = None
    output: Path = Path("output")
    stage: str | None = None
    day: date | None = None
    people: People = field(default_factory=People)
    templates: Path | None = None
    audit: bool = False
    typeset: Typeset = "auto"
    workers: int | None = None
    cluster: str | None = None
    force: bool = False
    prune: bool = False
    draft: bool = False


def read_campaign(request: RenderRequest) -> tuple[Campaign | None, list[Problem]]:
    """Load a request's campaign; None where it has errors, or not the stage that is asked for."""
    campaign, problems = load_campaign(request.campaign, request.templates)
    if campaign is None or has_errors(problems):
        return None, problems
    unknown = unknown_stage(campaign, request.stage)
    return (campaign, problems) if unknown is None else (None, [*problems, unknown])


def render_campaign(
    request: RenderRequest,
    watcher: ProgressWatcher | None = None,
    queue: PrintQueue | None = None,
) -> RenderSummary:
    """Make the letters of a campaign file; a letter with an error leaves the others.

    `watcher` is called as letters are made; the letters that may be printed go into `queue`.

    Raises AdvocacyError where the output cannot be written at all, and KeyboardInterrupt after
    Ctrl-C: what was finished is then recorded. A program that calls it for many letters guards
    its main module, as the standard library's `multiprocessing` asks.
    """
    watcher = watcher or ProgressWatcher()
    campaign, problems = load_campaign(request.campaign, request.templates)
    if campaign is None or has_errors(problems):
        return RenderSummary(problems=problems)
    day, people = campaign.letter_date(request.day), request.people
    if unknown := unknown_stage(campaign, request.stage):
        found = ProblemCollector(people.supporters or list_of(campaign, people))
        found.add([*problems, unknown])
        for _ in correspondence(campaign, day, lambda one: found.add([one]), people):
            pass
        return RenderSummary(problems=found.problems())
    formats = request.formats or DEFAULT_FORMATS
    settings = BatchSettings(
        campaign, day, formats, formats_asked_for=request.formats is not None,
        output=request.output, deliver="write" if request.cluster is None else "return",
        audit=request.audit, force=request.force, typeset=request.typeset,
        shared=shared_digests(campaign, formats),
        judged=inputs_digest(campaign), judged_by_client=request.cluster is not None,
    )  # fmt: skip
    with Manifests(request.output / campaign.file.id) as manifests:
        recorder = Recorder(
            manifests, people.supporters or list_of(campaign, people),
            columns=columns_of(campaign, people),
            counts_rows=people.supporters is None and people.selection == Selection(),
        )  # fmt: skip
        recorder.problems.add(problems)
        with interruptible(watcher.interrupted) as interrupt:
            wanted = _with_previous(campaign, day, request, manifests, recorder, queue)
            outcomes = run_batch(
                settings, wanted, lambda: bool(interrupt) or recorder.is_full,
                watcher, partial(_most_letters, campaign, people),
                workers=request.workers, cluster=request.cluster,
            )  # fmt: skip
            with closing(outcomes):
                for outcome in outcomes:
                    recorder.record(outcome)
                    if queue is not None:
                        queue.enter(outcome, campaign.file.id)
            if request.prune and not interrupt and not recorder.is_full:
                recorder.prune(_stages_of(campaign, day, request))
    summary = recorder.finish()
    if interrupt:
        raise KeyboardInterrupt
    return summary


def wanted_letters(
    campaign: Campaign, day: date, report: Report, people: People, stage: str | None = None
) -> Iterator[WantedLetter]:
    """Yield the letters of a list in its order, each with its stage; report the list's problems."""
    by_supporters = people.supporters is not None
    for one in correspondence(campaign, day, report, people):
        name, problems = stage_for(campaign, one.recipient, day, stage, by_supporters=by_supporters)
        yield WantedLetter(one.recipient, name, one.supporters, tuple(problems))


def _with_previous(
    campaign: Campaign,
    day: date,
    request: RenderRequest,
    manifests: Manifests,
    recorder: Recorder,
    queue: PrintQueue | None,
) -> Iterator[WantedLetter]:
    """Yield the letters to make, each with what an earlier run made of it."""
    report = recorder.record_problem
    for one in wanted_letters(campaign, day, report, request.people, request.stage):
        if one.stage is not None:
            record = manifests.stage(one.stage)
            one = as_recorded(record, one)
            previous = find_previous(record, one.letter_id)
            one = replace(one, previous=previous) if previous else one
            if queue is not None:
                queue.expect(one, campaign)
        one = replace(one, draft=True) if request.draft else one
        yield one if request.cluster is None else _judged_here(campaign, day, one)


def _judged_here(campaign: Campaign, day: date, wanted: WantedLetter) -> WantedLetter:
    """A letter with its words' errors: a cluster's workers have no kept copies to compare with."""
    from advocacy.checks.gate import gate_of

    if wanted.stage is None:
        return wanted
    letter, _ = compose_for(
        campaign, wanted.recipient, wanted.stage, day, supporters=wanted.supporters
    )
    if letter is None:
        return wanted
    errors, warnings = gate_of(campaign).findings(letter)
    return replace(wanted, problems=(*wanted.problems, *errors), warned=bool(warnings))


def _stages_of(campaign: Campaign, day: date, request: RenderRequest) -> set[str]:
    """The stages whose letters a request makes, whoever gets them."""
    signed = stages_signed(campaign, by_supporters=request.people.supporters is not None)
    wanted = campaign.stages_on(day) if request.stage is None else [request.stage]
    return set(signed) & set(wanted)


def _most_letters(campaign: Campaign, people: People) -> int | None:
    """How many letters there will be at most; None where only reading the list would tell."""
    selection = people.selection
    limits = [selection.limit, len(selection.only) or None]
    if people.supporters is None:
        limits.append(selection.sample)
        path = list_of(campaign, people)
        if path is None:
            limits.append(len(campaign.file.target.addressees))
        elif path.suffix.lower() in (*CSV_SUFFIXES, ".jsonl", ".ndjson"):
            with path.open("rb") as file:
                blocks = iter(lambda: file.read(1 << 20), b"")
                limits.append(sum(block.count(b"\n") for block in blocks))
    return min((limit for limit in limits if limit is not None), default=None)
