"""`advocacy render`: make the letters."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.gallery import write_galleries
from advocacy.cli.merging import describe_merged, list_files, merge, merge_options, print_queues
from advocacy.cli.options import (
    LongCommand,
    batch_options,
    campaigns_argument,
    date_option,
    formats_option,
    output_option,
    recipients_options,
    reporting_options,
    stage_option,
    supporters_options,
    templates_option,
)
from advocacy.cli.report import LetterCrashed, Reporting, print_problems, verdict
from advocacy.cli.verify import verify_letters
from advocacy.errors import count_noun

if TYPE_CHECKING:
    from collections.abc import Callable

    from advocacy.batch.campaigns import RenderRequest
    from advocacy.batch.printing import Printing
    from advocacy.batch.recorder import RenderSummary
    from advocacy.campaign.addressing import People
    from advocacy.campaign.recipients.select import Selection

NOT_FOR_GALLERY = ("audit", "draft", "merge", "verify", "prune", "force", "workers", "cluster")


@click.command("render", cls=LongCommand)
@campaigns_argument
@formats_option
@output_option("Folder for the letters, DIR/<campaign>/<stage>/<letter>.pdf.")
@stage_option
@date_option
@recipients_options
@supporters_options
@click.option(
    "--audit",
    is_flag=True,
    help="Also write an audit sheet for each letter: its claims, their evidence, and a signature "
    "line.",
)
@click.option(
    "--draft",
    is_flag=True,
    help="Make every letter, even one that would be refused, with DRAFT across each page, in the "
    "subject, and in the text. Drafts are never sent.",
)
@click.option("--gallery", is_flag=True, hidden=True, help="Old name of `advocacy gallery`.")
@merge_options
@batch_options
@click.option(
    "--verify",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    hidden=True,
    help="Old name of `advocacy verify`.",
)
@templates_option
@reporting_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    campaigns: tuple[Path, ...],
    people: "Callable[[], People]",
    printing: "Callable[[], Printing | None]",
    gallery: bool,
    verify: Path | None,
    reporting: Reporting,
    **options: Any,
) -> int:
    """Make the letters of campaigns: a PDF to print and an email to send for each addressee.

    A letter with an error that `advocacy check` reports is refused, and the reason is printed. The
    others are made. With --recipients, a list replaces the campaign's
    addressees: CSV, XLSX, JSON, or the YAML of congress-legislators.

    \b
    Examples:
      advocacy render campaigns/microsoft.yaml
      advocacy render campaigns/microsoft.yaml --date 2020-06-12
      advocacy render campaigns/*.yaml --format pdf --output /tmp/letters
      advocacy render campaigns/microsoft.yaml --audit
      advocacy render campaigns/microsoft.yaml --draft
      advocacy render parks.yaml --recipients members.csv --merge --duplex
      advocacy render parks.yaml --recipients members.csv --where city=Springfield --sample 10
      advocacy render campaigns/congress.yaml --supporters constituents.csv --sample 5
      advocacy render campaigns/congress.yaml --supporters constituents.csv --joint
      advocacy render campaigns/congress.yaml --supporters constituents.csv --format forms
    """
    from advocacy.batch import DEFAULT_FORMATS
    from advocacy.batch.campaigns import RenderRequest, render_campaign
    from advocacy.cli.progress import watcher
    from advocacy.mail.consent.written_places import note_places

    chosen = people()
    wanted, options["formats"] = options["formats"] or (), _without_forms(options["formats"])
    requests = [RenderRequest(path, people=chosen, **options) for path in campaigns]
    if "forms" in wanted:
        note_places(campaigns, options["output"])
        code = _make_worksheets(requests)
        if wanted == ("forms",):
            return code
    _check_prune(options["prune"], chosen.selection)
    if (job := printing()) and options["formats"] and "pdf" not in options["formats"]:
        raise click.UsageError("--merge requires PDF. Add pdf to --format.")
    if gallery or verify is not None:
        return _run_other(requests, ctx.params, reporting)
    note_places(campaigns, options["output"], job.file if job else None)
    queues = print_queues(job, options["output"], len(requests))
    results = [
        render_campaign(request, watcher(reporting.quiet), queue)
        for request, queue in zip(requests, queues, strict=True)
    ]
    merged = merge(queues, job, watcher(reporting.quiet))
    problems = [problem for result in results for problem in result.problems]
    problems += [problem for one in merged for problem in one.problems]

    def lines() -> Iterator[str]:
        yield from _describe(results, options["formats"] or DEFAULT_FORMATS)
        if problems or any(result.judged for result in results):
            yield verdict(problems, is_warned=any(result.warned for result in results))
        for one in merged:
            yield from describe_merged(one)

    code = reporting.finish(problems, lines())
    for result in results:
        for crash in result.crashes:
            raise LetterCrashed(crash)
    return code


def _check_prune(prune: bool, selection: "Selection") -> None:
    """Refuse to remove letters that a selection leaves out."""
    from advocacy.campaign.recipients.select import Selection

    if prune and selection != Selection():
        raise click.UsageError("--prune requires the whole list, not a selection.")


def _without_forms(formats: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The kinds of documents of each letter: worksheets are made of all letters together."""
    return tuple(one for one in formats or () if one != "forms") or None


def _make_worksheets(requests: "list[RenderRequest]") -> int:
    """Write worksheets for contact forms, and say where they are."""
    from advocacy.batch.worksheets import make_worksheets
    from advocacy.errors import has_errors

    made = [make_worksheets(request) for request in requests]
    problems = [problem for one in made for problem in one.problems]
    print_problems(problems)
    letters, files = sum(one.letters for one in made), [file for one in made for file in one.files]
    click.echo(f"{count_noun(letters, 'letter')} on worksheets for contact forms.")
    for line in list_files(files, len(files)):
        click.echo(line)
    if refused := sum(one.refused for one in made):
        click.echo(f"{count_noun(refused, 'letter')} refused (see the problems above).")
    return int(has_errors(problems))


def _run_other(
    requests: "list[RenderRequest]", options: dict[str, Any], reporting: Reporting
) -> int:
    """Run `advocacy gallery` or `advocacy verify`, which once were options of this command."""
    if options["gallery"]:
        for name in NOT_FOR_GALLERY:
            if options[name]:
                raise click.UsageError(f"--gallery cannot be combined with --{name}.")
        return write_galleries(requests, reporting)
    requests = [replace(one, output=options["verify"], stage=None) for one in requests]
    return verify_letters(requests, reporting)


def _describe(results: "Sequence[RenderSummary]", formats: Sequence[str]) -> Iterator[str]:
    """Yield lines that say what was made, what was left, and what to correct."""
    kinds: Counter[str] = sum((result.kinds for result in results), Counter())
    parts = [f"{kinds[kind]} {kind}" for kind in formats if kinds[kind]]
    audits = kinds["audit.html"]
    parts += [count_noun(audits, "audit sheet")] if audits else []
    counts = f" ({', '.join(parts)})" if parts else ""
    yield f"{count_noun(sum(result.made for result in results), 'letter')} made{counts}"
    fast = sum(result.fast for result in results)
    in_full: Counter[str] = sum((result.in_full for result in results), Counter())
    if fast + in_full.total() > 1:
        whys = "; ".join(f"{count} {why}" for why, count in in_full.most_common())
        full = f", {in_full.total()} in full ({whys})" if in_full else ""
        yield f"Laid out: {fast} fast{full}."
    yield from list_files([file for result in results for file in result.files], kinds.total())
    for count, what in (
        (sum(result.unchanged for result in results), "unchanged"),
        (sum(result.pruned for result in results), "removed (no longer listed)"),
        (sum(result.refused for result in results), "refused (see the problems above)"),
    ):
        if count:
            yield f"{count_noun(count, 'letter')} {what}."
    for result in results:
        if result.rejects:
            yield f"Rejected rows, to correct and use as the list: {result.rejects}"
