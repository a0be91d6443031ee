"""`advocacy gallery`: one page of letters, for review."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.options import (
    LongCommand,
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
from advocacy.cli.report import Reporting, verdict
from advocacy.errors import count_noun

if TYPE_CHECKING:
    from collections.abc import Callable

    from advocacy.batch.campaigns import RenderRequest
    from advocacy.batch.gallery import Gallery
    from advocacy.campaign.addressing import People

MAIL_TAKES = 10_000_000
"""Bytes of a file that most mail servers accept; it grows by a third in transit."""


@click.command("gallery", cls=LongCommand)
@campaigns_argument
@formats_option
@output_option("Folder for the page, DIR/<campaign>/gallery.html.")
@stage_option
@date_option
@recipients_options
@supporters_options
@templates_option
@reporting_options
def command(
    campaigns: tuple[Path, ...],
    people: "Callable[[], People]",
    reporting: Reporting,
    **options: Any,
) -> int:
    """Make one page of a campaign's letters for a reviewer.

    It shows every stage, wording, and language, for a few recipients who show the list's variety.
    Each letter is dated on a day of its stage's window on which it is true.

    A reader of the page can comment on a sentence, and save the comments as a file, which
    `advocacy preview` imports.

    \b
    Examples:
      advocacy gallery campaigns/microsoft.yaml
      advocacy gallery parks.yaml --recipients members.csv --sample 2
    """
    from advocacy.batch.campaigns import RenderRequest

    chosen = people()
    requests = [RenderRequest(path, people=chosen, **options) for path in campaigns]
    return write_galleries(requests, reporting)


def write_galleries(requests: "Sequence[RenderRequest]", reporting: Reporting) -> int:
    """Make the gallery of each campaign, and print where it is; returns the exit code."""
    from advocacy.batch.gallery import render_gallery
    from advocacy.cli.progress import watcher
    from advocacy.mail.consent.written_places import note_places

    for request in requests:
        note_places([request.campaign], request.output)
    made = [render_gallery(request, watcher(reporting.quiet)) for request in requests]
    problems = list(dict.fromkeys(problem for one in made for problem in one.problems))

    def lines() -> Iterator[str]:
        for one in made:
            yield from _describe(one)
        if problems or any(one.letters for one in made):
            yield verdict(problems, is_warned=any(one.is_warned for one in made))

    return reporting.finish(problems, lines())


def _describe(made: "Gallery") -> Iterator[str]:
    if made.path is None:
        return
    letters = count_noun(made.letters, "letter")
    refused = f", {made.refused} refused" if made.refused else ""
    yield f"{made.path}: {letters}{refused}, {made.size / 1e6:.1f} MB"
    if made.size > MAIL_TAKES:
        yield (
            "  The file is large for email. Share the folder instead, or show fewer letters with "
            "`--sample 2` or `--stage`."
        )
