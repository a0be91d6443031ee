"""A campaign rendered: loaded, and its letters made, one after the other or many at once."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain, islice
from pathlib import Path

from advocacy.batch.documents import DEFAULT_FORMATS, Format, RenderJob, Typeset, shared_inputs
from advocacy.batch.executor import (
    Executor,
    InProcess,
    ProgressWatcher,
    WorkerProcesses,
    interruptible,
    wants_paper,
    work_off,
)
from advocacy.batch.previous_run import PreviousRun, ProblemCollector, RenderSummary
from advocacy.batch.printing import PrintQueue
from advocacy.batch.worker import WantedLetter, WorkerSetup
from advocacy.campaign.addressing import People
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.stages import stage_for, stages_signed, unknown_stage
from advocacy.campaign.supporters.letters import correspondence
from advocacy.errors import Problem, has_errors
from advocacy.letters.letter import CheckedLetter

Sheets = Callable[
    [Campaign, CheckedLetter, Mapping[str, str]], tuple[dict[str, bytes], Sequence[Problem]]
]
"""Makes what stands beside a letter's own documents, by file name: its audit sheet."""

FEW_ON_PAPER, FEW_ON_SCREEN = 32, 2000
"""So many letters are made sooner by one process than others could be started."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a batch is worked off; none of it but `typeset` changes a letter's bytes.

    `workers` are processes (default: one for a few letters, else one for each core), `cluster`
    the address of a Dask scheduler to use instead. `force` makes letters again although
    nothing has changed, `prune` removes those of people who are no longer listed. `typeset` says
    whether PDFs are laid out fast where they come out the same, or each in full.
    """

    workers: int | None = None
    cluster: str | None = None
    force: bool = False
    prune: bool = False
    typeset: Typeset = "auto"


def render_campaign(
    path: Path,
    *,
    formats: Sequence[Format] | None = None,
    output: Path = Path("output"),
    stage: str | None = None,
    day: date | None = None,
    only: Sequence[str] = (),
    people: People | None = None,
    templates: Path | None = None,
    sheets: Sheets | None = None,
    how: RenderOptions | None = None,
    watcher: ProgressWatcher | None = None,
    pile: PrintQueue | None = None,
) -> RenderSummary:
    """Make the letters of a campaign file; a letter with an error leaves the others.

    `formats` left out means the usual ones, of which one that cannot be made is a warning.
    `people` says whose letters, where not those of all whom the campaign names.
    `sheets` makes what stands beside each letter's documents. `watcher` is told of progress,
    `pile` of the letters, which may then be printed.

    Raises AdvocacyError where the output cannot be written at all, and KeyboardInterrupt after
    Ctrl-C: what was finished is then recorded. Programs that call it for many letters guard
    their main module, as the standard library's `multiprocessing` asks.
    """
    how, watcher = how or RenderOptions(), watcher or ProgressWatcher()
    campaign, problems = load_campaign(path, templates)
    if campaign is None or has_errors(problems):
        return RenderSummary(problems=problems)
    day = campaign.letter_date(day)
    people = (people or People()).only(tuple(only))
    unknown = unknown_stage(campaign, stage)
    if unknown:
        found = ProblemCollector()
        found.add([*problems, unknown])
        for _ in correspondence(campaign, day, lambda one: found.add([one]), people):
            pass
        return RenderSummary(problems=found.told())
    kinds = tuple(formats or DEFAULT_FORMATS)
    beside = partial(sheets, campaign) if sheets else None
    setup = WorkerSetup(
        campaign,
        RenderJob(
            campaign.workspace, output, kinds, formats is not None, beside, typeset=how.typeset
        ),
        day,
        stage,
        shared_inputs(campaign, kinds if "eml" not in kinds else {*kinds, "pdf"}),
        deliver="write" if how.cluster is None else "return",
        force=how.force,
    )
    with (
        PreviousRun(setup, people.supporters or people.list, prunes=how.prune) as books,
        interruptible(watcher.interrupted) as interrupt,
    ):
        books.problems.add(problems)
        wanted = _wanted(setup, people, books, pile)
        crew, wanted = crew_for(setup, how, wanted)
        at_once = True
        try:
            watcher.begin(campaign.file.id, partial(_expected, campaign, people))
            first = 1 if wants_paper(setup) else 20
            for outcome in work_off(wanted, crew, lambda: bool(interrupt) or books.full, first):
                books.enter(outcome)
                if pile is not None:
                    pile.enter(outcome, campaign.file.id)
                watcher.step()
            at_once = False
        finally:
            crew.close(at_once=at_once)
            watcher.end()
        if how.prune and not interrupt and not books.full:
            signed = stages_signed(campaign, by_supporters=people.supporters is not None)
            books.prune(set(signed) & set(campaign.stages_on(day) if stage is None else [stage]))
    if interrupt:
        raise KeyboardInterrupt
    return books.result


def _wanted(
    setup: WorkerSetup, people: People, books: PreviousRun, pile: PrintQueue | None = None
) -> Iterator[WantedLetter]:
    """The letters to make, in the order of the list; its problems go into the books."""
    by_supporters = people.supporters is not None
    for one in correspondence(setup.campaign, setup.day, books.note, people):
        row = one.recipient
        name, _ = stage_for(
            setup.campaign, row, setup.day, setup.stage, by_supporters=by_supporters
        )
        before = books.before(name, one.letter_id) if name else None
        if pile is not None and name:
            pile.expect(one, setup.campaign, name)
        yield WantedLetter(row, before, supporters=one.supporters)


def crew_for(
    setup: WorkerSetup, how: RenderOptions, wanted: Iterator[WantedLetter]
) -> tuple[Executor, Iterator[WantedLetter]]:
    """Who makes the letters, and the letters."""
    if how.cluster is not None:
        from advocacy.batch.cluster import Cluster

        return Cluster(setup, how.cluster), wanted
    workers = how.workers
    if workers is None:
        few = FEW_ON_PAPER if wants_paper(setup) else FEW_ON_SCREEN
        first = list(islice(wanted, few + 1))
        wanted = chain(first, wanted)
        workers = cores() if len(first) > few else 1
    return (WorkerProcesses(setup, workers) if workers > 1 else InProcess(setup)), wanted


def _expected(campaign: Campaign, people: People) -> int | None:
    """How many letters there will be at most; None where that would take a reading of the list."""
    selection = people.selection
    if people.supporters is not None:
        most = [n for n in (selection.limit, len(selection.only) or None) if n]
        return min(most, default=None)
    most = [n for n in (selection.limit, selection.sample, len(selection.only) or None) if n]
    path = people.list
    if path is None and campaign.file.recipients is not None:
        path = campaign.workspace.folder / campaign.file.recipients
    if path is None:
        most.append(len(campaign.file.target.addressees))
    elif path.suffix.lower() in (".csv", ".tsv", ".jsonl", ".ndjson"):
        with path.open("rb") as file:
            most.append(sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")))
    return min(most, default=None)


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
