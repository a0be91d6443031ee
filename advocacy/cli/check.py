"""`advocacy check`: check letters and the facts they rely on."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.completion import complete_codes
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
    from advocacy.checks.codes import explain_code

    click.echo(explain_code(value))
    ctx.exit(0)


@click.command("check")
@campaigns_argument
@date_option
@stage_option
@click.option(
    "--select", multiple=True, metavar="CODE", shell_complete=complete_codes,
    help="Report only this code; repeatable.",
)  # fmt: skip
@click.option(
    "--ignore", multiple=True, metavar="CODE", shell_complete=complete_codes,
    help="Do not report this code; repeatable.",
)  # fmt: skip
@click.option(
    "--copies",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="The folder of kept copies of sources, instead of the campaign's.",
)
@click.option(
    "--media",
    is_flag=True,
    help="Also render the letters, and check that PDF, HTML and text say the same.",
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
    help="Also check over the network that the sources' addresses still answer.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="Fix mechanical mistakes in the files before checking: missing quotes, mistyped keys.",
)
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    shell_complete=complete_codes,
    help="Explain a problem code and its cure, and stop; `all` lists the codes.",
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
    from advocacy.checks.run import filter_by_code, run_checks

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
    problems = filter_by_code(dict.fromkeys(problems), select, ignore)
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
    """Fix mechanical mistakes in the campaigns' files, and list the fixes."""
    from advocacy.checks.fixing import fix_campaign
    from advocacy.checks.run import filter_by_code

    found = False
    for path in campaigns:
        made = fix_campaign(
            path, templates, fixable=lambda problems: filter_by_code(problems, select, ignore)
        )
        found = found or bool(made)
        for one in () if quiet else made:
            click.echo(f"{shown_place(Place(one.place.path, one.place.line))}: fixed: {one.what}")
    if not found and not quiet:
        click.echo("There were no mechanical mistakes to fix.")
