"""`advocacy render --gallery`: a page of letters for review, told on the terminal."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.report import Report, has_warnings, print_problems, summary
from advocacy.errors import count_noun, has_errors

if TYPE_CHECKING:
    from advocacy.batch.gallery import Gallery
    from advocacy.campaign.addressing import People

MAIL_TAKES = 10_000_000
"""Bytes of a file that most mail still takes, as it grows by a third on its way."""

gallery_option = click.option(
    "--gallery",
    is_flag=True,
    help="Instead of a batch, one page for review: every stage, wording and language, to a few "
    "recipients who show the list's variety. DIR/<campaign>/gallery.html",
)


def gallery(
    campaigns: Sequence[Path],
    formats: Sequence[Any] | None,
    output: Path,
    stage: str | None,
    day: date | None,
    people: "People",
    templates: Path | None,
    *,
    strict: bool,
    quiet: bool,
    report: Report,
) -> int:
    """Make the gallery of each campaign, and say where it is; returns the exit code."""
    from advocacy.batch.gallery import render_gallery
    from advocacy.cli.progress import watcher

    made = [
        render_gallery(
            path,
            formats=formats,
            output=output,
            stage=stage,
            day=day,
            people=people,
            templates=templates,
            watcher=watcher(quiet),
        )
        for path in campaigns
    ]
    problems = list(dict.fromkeys(problem for one in made for problem in one.problems))
    print_problems(problems, report)
    if not quiet and report == "text":
        for one in made:
            _tell(one)
        if problems:
            click.echo(f"Needs attention: {summary(problems)}.")
    return int(has_errors(problems) or (strict and has_warnings(problems)))


def _tell(made: "Gallery") -> None:
    if made.path is None:
        return
    letters = count_noun(made.letters, "letter")
    refused = f", {made.refused} refused" if made.refused else ""
    click.echo(f"{made.path}: {letters}{refused}, {made.size / 1e6:.1f} MB")
    if made.size > MAIL_TAKES:
        click.echo(
            "  That is much for mail: share the folder, or show fewer, as --sample 2 or --stage."
        )


def refuse(options: dict[str, object]) -> None:
    """Say which option does not go with a gallery. Raises UsageError."""
    for name, given in options.items():
        if given:
            raise click.UsageError(f"--gallery does not go with {name}.")
