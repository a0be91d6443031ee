"""`advocacy check`: what is wrong with letters and facts, before anybody else finds it."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.options import (
    campaigns_argument,
    date_option,
    quiet_option,
    stage_option,
    strict_option,
    templates_option,
)
from advocacy.cli.report import (
    Report,
    has_warnings,
    print_problems,
    report_option,
    shown_place,
    summary,
)
from advocacy.errors import Place, Problem, count_noun, has_errors

if TYPE_CHECKING:
    from advocacy.checks.branches import Coverage


def _explain(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is None or ctx.resilient_parsing:
        return
    from advocacy.checks.codes import explain

    click.echo(explain(value))
    ctx.exit(0)


@click.command("check")
@campaigns_argument
@date_option
@stage_option
@click.option("--select", multiple=True, metavar="CODE", help="Only this code; repeatable.")
@click.option("--ignore", multiple=True, metavar="CODE", help="Not this code; repeatable.")
@click.option(
    "--copies",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="The folder of kept copies of sources, instead of the campaign's.",
)
@click.option(
    "--media",
    is_flag=True,
    help="Also make the letters, and prove that PDF, HTML and text say the same.",
)
@click.option(
    "--branches",
    is_flag=True,
    help="Also render every branch of every `if`, for all on the list and for worst cases, and "
    "report passages that no one sees and texts that do not fit.",
)
@click.option(
    "--links",
    is_flag=True,
    help="Also ask the network whether the sources' addresses still answer.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="First cure, in the files, what needs no judgment: missing quotes, slips in keys.",
)
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    help="Say what a problem's code means and how to cure it, and stop.",
)
@templates_option
@strict_option
@quiet_option
@report_option
def command(
    campaigns: tuple[Path, ...],
    day: date | None,
    stage: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    copies: Path | None,
    media: bool,
    branches: bool,
    links: bool,
    fix: bool,
    templates: Path | None,
    strict: bool,
    quiet: bool,
    report: Report,
) -> int:
    """Check the letters of campaigns and the facts they rely on.

    Every stage is checked on the first and the last day of its window: each fact it cites
    must hold on all its days, and no source may be newer than the letter. With --date, the
    letters of that day alone.

    \b
    Examples:
      advocacy check campaigns/*.yaml
      advocacy check campaigns/microsoft.yaml --date 2020-06-11 --stage call
      advocacy check campaigns/microsoft.yaml --media
      advocacy check campaigns/*.yaml --branches
      advocacy check campaigns/microsoft.yaml --fix
      advocacy check --explain fact-ended
    """
    from advocacy.campaign.loading import load_campaign
    from advocacy.checks.run import chosen, run_checks

    if fix:
        _fix(campaigns, templates, select, ignore, quiet=quiet or report != "text")
    coverage = _coverage() if branches else None
    problems: list[Problem] = []
    letters = 0
    for path in campaigns:
        campaign, found = load_campaign(path, templates)
        problems += found
        if campaign is not None and not has_errors(found):
            result = run_checks(
                campaign, day=day, stage=stage, copies_folder=copies, links=links, media=media
            )
            problems += result.problems
            letters += result.letters
            if coverage is not None:
                problems += coverage.add(campaign, day=day, stage=stage)
    problems += coverage.problems() if coverage is not None else []
    problems = chosen(dict.fromkeys(problems), select, ignore)
    print_problems(problems, report)
    if not quiet and report == "text":
        counted = f"{count_noun(letters, 'letter')} checked"
        click.echo(f"{counted}: {summary(problems) or 'no problems'}.")
        if coverage is not None:
            click.echo(coverage.summary())
    return int(has_errors(problems) or (strict and has_warnings(problems)))


def _coverage() -> "Coverage":
    from advocacy.checks.branches import Coverage

    return Coverage()


def _fix(
    campaigns: tuple[Path, ...],
    templates: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    *,
    quiet: bool,
) -> None:
    """Make the safe fixes, and say which."""
    from advocacy.checks.fixing import fix_campaign
    from advocacy.checks.run import chosen

    found = False
    for path in campaigns:
        made = fix_campaign(
            path, templates, wanted=lambda problems: chosen(problems, select, ignore)
        )
        found = found or bool(made)
        for one in () if quiet else made:
            click.echo(f"{shown_place(Place(one.place.path, one.place.line))}: fixed: {one.what}")
    if not found and not quiet:
        click.echo("There was nothing to fix by itself.")
