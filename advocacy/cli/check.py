"""`advocacy check`: check letters and the facts they rely on."""

from pathlib import Path
from typing import Any

import click

from advocacy.cli.completion import complete_codes
from advocacy.cli.options import (
    campaigns_argument,
    date_option,
    reporting_options,
    stage_option,
    templates_option,
)
from advocacy.cli.report import Reporting, shown_place, summary
from advocacy.errors import Place, Problem, count_noun, has_errors


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
    "copies_folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="The folder of kept copies of sources to use instead of the campaign's.",
)
@click.option(
    "--media",
    is_flag=True,
    help="Also render the letters, and check that the PDF, HTML, and text agree.",
)
@click.option(
    "--branches",
    is_flag=True,
    help="Also render every branch of every `if` for the whole list and for worst cases. Report "
    "passages that nobody sees and texts that do not fit.",
)
@click.option(
    "--links",
    is_flag=True,
    help="Also check over the network that the sources' web addresses still work.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="Before checking, make the corrections that cannot change a meaning: put quotes around "
    "text that YAML misreads; correct case, hyphens, and underscores of keys; write https where "
    "the site's other addresses have it; remove `uncited` marks that have no effect.",
)
@click.option(
    "--explain",
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_explain,
    shell_complete=complete_codes,
    help="Explain a problem code and how to fix the problem, and exit; `all` lists the codes.",
)
@templates_option
@reporting_options
def command(
    campaigns: tuple[Path, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    branches: bool,
    fix: bool,
    templates: Path | None,
    reporting: Reporting,
    **options: Any,
) -> int:
    """Check the letters of campaigns and the facts they rely on.

    Every stage is checked on the first and the last day of its window: each fact it cites
    must be true on all its days, and no source may be newer than the letter. With --date, only
    the letters of that day are checked.

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
        is_quiet = reporting.quiet or reporting.report != "text"
        _fix(campaigns, templates, select, ignore, quiet=is_quiet)
    coverage = None
    if branches:
        from advocacy.checks.branches import Coverage

        coverage = Coverage()
    problems: list[Problem] = []
    letters = 0
    for path in campaigns:
        campaign, found = load_campaign(path, templates)
        problems += found
        if campaign is not None and not has_errors(found):
            result = run_checks(campaign, **options)
            problems += result.problems
            letters += result.letters
            if coverage is not None:
                problems += coverage.add(campaign, day=options["day"], stage=options["stage"])
    problems += coverage.problems() if coverage is not None else []
    problems = filter_by_code(dict.fromkeys(problems), select, ignore)
    lines = [
        f"{count_noun(letters, 'letter')} checked: {summary(problems) or 'no problems'}.",
        *([coverage.summary()] if coverage is not None else []),
    ]
    return reporting.finish(problems, lines)


def _fix(
    campaigns: tuple[Path, ...],
    templates: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    *,
    quiet: bool,
) -> None:
    """Make the safe corrections in the campaigns' files, and list them."""
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
        click.echo("Found nothing that --fix can correct.")
