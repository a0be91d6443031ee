"""`advocacy render`: make the letters."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.gallery import gallery as make_gallery
from advocacy.cli.gallery import gallery_option, refuse
from advocacy.cli.merging import merge, merge_options, piles, tell_merged
from advocacy.cli.options import (
    batch_options,
    campaigns_argument,
    date_option,
    quiet_option,
    recipients_options,
    stage_option,
    strict_option,
    supporters_options,
    templates_option,
)
from advocacy.cli.report import Report, has_warnings, print_problems, report_option, summary
from advocacy.errors import Problem, count_noun, has_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from advocacy.batch.campaigns import RenderOptions, Sheets
    from advocacy.batch.previous_run import RenderSummary
    from advocacy.batch.printing import Printing
    from advocacy.campaign.addressing import People

SHOWN = 20
DESCRIPTION = "pdf, eml, html, txt or docx, joined by commas. Default: pdf,eml."


def _formats(
    ctx: click.Context,
    param: click.Parameter,
    value: str | None,
) -> tuple[str, ...] | None:
    from advocacy.batch.documents import FORMATS
    from advocacy.errors import nearest

    if value is None:
        return None
    names = tuple(dict.fromkeys(name.strip().lower() for name in value.split(",") if name.strip()))
    for name in names:
        if name not in FORMATS:
            near = nearest(name, FORMATS)
            hint = f" Did you mean “{near}”?" if near else f" There are: {', '.join(FORMATS)}."
            raise click.BadParameter(f"there is no format “{name}”.{hint}", ctx, param)
    if not names:
        raise click.BadParameter("name at least one format.", ctx, param)
    return names


@click.command("render")
@campaigns_argument
@click.option("--format", "formats", callback=_formats, metavar="KINDS", help=DESCRIPTION)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("output"),
    show_default=True,
    metavar="DIR",
    help="Where the letters go, as DIR/<campaign>/<stage>/<letter>.pdf.",
)
@stage_option
@date_option
@recipients_options
@supporters_options
@click.option(
    "--audit",
    is_flag=True,
    help="Beside each letter, a sheet of its claims and their evidence, to be signed.",
)
@gallery_option
@merge_options
@batch_options
@click.option(
    "--verify",
    "proof",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Write nothing: make the letters in DIR again, and prove that they come out the same.",
)
@templates_option
@strict_option
@quiet_option
@report_option
def command(
    campaigns: tuple[Path, ...],
    formats: tuple[str, ...] | None,
    output: Path,
    stage: str | None,
    day: date | None,
    people: "Callable[[], People]",
    audit: bool,
    gallery: bool,
    printing: "Callable[[], Printing | None]",
    how: "Callable[[], RenderOptions]",
    proof: Path | None,
    templates: Path | None,
    strict: bool,
    quiet: bool,
    report: Report,
) -> int:
    """Make the letters of campaigns: a PDF to print and an email to send, for each addressee.

    A letter that cites a fact outside its days, or that is dated outside its stage's window,
    is refused, and the reason is printed; the others are made. A list takes the addressees'
    place with --recipients: CSV, XLSX, JSON Lines, or congress-legislators' YAML as it is.

    \b
    Examples:
      advocacy render campaigns/microsoft.yaml
      advocacy render campaigns/microsoft.yaml --date 2020-06-12
      advocacy render campaigns/*.yaml --format pdf --output /tmp/letters
      advocacy render campaigns/microsoft.yaml --audit
      advocacy render campaigns/microsoft.yaml --gallery
      advocacy render parks.yaml --recipients members.csv --merge --duplex
      advocacy render parks.yaml --recipients members.csv --where city=Springfield --sample 10
      advocacy render campaigns/congress.yaml --supporters constituents.csv --sample 5
      advocacy render campaigns/congress.yaml --supporters constituents.csv --joint
    """
    from advocacy.batch.campaigns import render_campaign
    from advocacy.batch.documents import DEFAULT_FORMATS
    from advocacy.campaign.recipients.select import Selection
    from advocacy.cli.progress import watcher

    chosen = people()
    effort = how()
    if effort.prune and chosen.selection != Selection():
        raise click.UsageError("--prune goes with the whole list, not with a part of it.")
    if (job := printing()) and formats and "pdf" not in formats:
        raise click.UsageError("--merge needs the letters on paper: add pdf to --format.")
    if gallery:
        refuse(
            {
                "--audit": audit,
                "--merge": job,
                "--verify": proof,
                "--prune": effort.prune,
                "--force": effort.force,
                "--workers": effort.workers,
                "--cluster": effort.cluster,
            }
        )
        return make_gallery(
            campaigns,
            formats,
            output,
            stage,
            day,
            chosen,
            templates,
            strict=strict,
            quiet=quiet,
            report=report,
        )
    heaps = piles(job, output, len(campaigns))
    if proof is not None:
        return _verify(campaigns, proof, chosen, templates, effort, strict, quiet, report)
    results = [
        render_campaign(
            path,
            formats=formats,  # type: ignore[arg-type]
            output=output,
            stage=stage,
            day=day,
            people=chosen,
            templates=templates,
            sheets=_sheets() if audit else None,
            how=effort,
            watcher=watcher(quiet),
            pile=heap,
        )
        for path, heap in zip(campaigns, heaps, strict=True)
    ]
    merged = merge(heaps, job, watcher(quiet))
    problems = [problem for result in results for problem in result.problems]
    problems += [problem for one in merged for problem in one.problems]
    print_problems(problems, report)
    if not quiet and report == "text":
        _print_summary(results, problems, formats or DEFAULT_FORMATS)
        for one in merged:
            tell_merged(one)
    for result in results:
        for crash in result.crashes:
            raise LetterCrashed(crash)
    return int(has_errors(problems) or (strict and has_warnings(problems)))


def _verify(
    campaigns: tuple[Path, ...],
    proof: Path,
    people: "People",
    templates: Path | None,
    how: "RenderOptions",
    strict: bool,
    quiet: bool,
    report: Report,
) -> int:
    from advocacy.batch.verify import verify_campaign
    from advocacy.cli.progress import watcher

    results = [
        verify_campaign(
            path, proof, people=people, templates=templates, how=how, watcher=watcher(quiet)
        )
        for path in campaigns
    ]
    problems = [problem for result in results for problem in result.problems]
    print_problems(problems, report)
    if not quiet and report == "text":
        proven = count_noun(sum(result.proven for result in results), "file")
        click.echo(f"{proven} proven: made again, the same to the last byte.")
    return int(has_errors(problems) or (strict and has_warnings(problems)))


class LetterCrashed(Exception):  # noqa: N818 - what happened
    """A bug that one letter brought out; the other letters are made."""


def _sheets() -> "Sheets":
    from advocacy.checks.audit import audit_documents

    return audit_documents


def _print_summary(
    results: "Sequence[RenderSummary]", problems: Sequence[Problem], formats: tuple[str, ...]
) -> None:
    kinds: Counter[str] = sum((result.kinds for result in results), Counter())
    told = [f"{kinds[kind]} {kind}" for kind in formats if kinds[kind]]
    audited = kinds["audit.html"]
    told += [count_noun(audited, "audit sheet")] if audited else []
    counts = f" ({', '.join(told)})" if told else ""
    click.echo(f"{count_noun(sum(result.made for result in results), 'letter')} made{counts}")
    _print_typesetting(results)
    files = [file for result in results for file in result.files]
    for file in files[:SHOWN]:
        click.echo(f"  {file}")
    if kinds.total() > SHOWN:
        click.echo(f"  … and {kinds.total() - SHOWN} more files")
    for count, what in (
        (sum(result.unchanged for result in results), "unchanged, and left as before"),
        (sum(result.pruned for result in results), "removed: no longer listed"),
        (sum(result.refused for result in results), "refused; the reasons are above"),
    ):
        if count:
            click.echo(f"{count_noun(count, 'letter')} {what}.")
    for result in results:
        if result.rejects:
            click.echo(f"Rows to correct and feed back as the list: {result.rejects}")
    if problems:
        click.echo(f"Needs attention: {summary(problems)}.")


def _print_typesetting(results: "Sequence[RenderSummary]") -> None:
    """How many PDFs were laid out fast, and why others were not."""
    fast = sum(result.fast for result in results)
    in_full: Counter[str] = sum((result.in_full for result in results), Counter())
    if fast + in_full.total() > 1:
        whys = "; ".join(f"{count} {why}" for why, count in in_full.most_common())
        full = f", {in_full.total()} in full ({whys})" if in_full else ""
        click.echo(f"Laid out: {fast} fast{full}.")
