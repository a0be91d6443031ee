"""`advocacy verify`: make letters again, and compare them with what was made."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.options import (
    LongCommand,
    output_option,
    recipients_options,
    reporting_options,
    stage_option,
    supporters_options,
    templates_option,
    workers_options,
)
from advocacy.cli.report import Reporting
from advocacy.errors import AdvocacyError, count_noun

if TYPE_CHECKING:
    from collections.abc import Callable

    from advocacy.batch.campaigns import RenderRequest
    from advocacy.campaign.addressing import People


@click.command("verify", cls=LongCommand)
@click.argument(
    "batches",
    nargs=-1,
    required=True,
    metavar="FOLDER|CAMPAIGN...",
    type=click.Path(path_type=Path, exists=True),
)
@output_option(
    "For a CAMPAIGN: the folder that --output named when its letters were made.", file_okay=False
)
@stage_option
@recipients_options
@supporters_options
@workers_options
@templates_option
@reporting_options
def command(
    batches: tuple[Path, ...],
    people: "Callable[[], People]",
    reporting: Reporting,
    **options: Any,
) -> int:
    """Make letters again, and prove that every file is byte for byte identical.

    Nothing is written. FOLDER is a folder of letters. Their campaigns are searched for in
    campaigns/ or in this folder. Name the list that the letters were made from.

    \b
    Examples:
      advocacy verify output
      advocacy verify campaigns/microsoft.yaml
      advocacy verify parks.yaml --recipients members.csv --output /tmp/letters
    """
    from advocacy.batch.campaigns import RenderRequest

    chosen = people()
    requests: list[RenderRequest] = []
    for path in batches:
        request = RenderRequest(path, people=chosen, **options)
        requests += _batches_in(path, request) if path.is_dir() else [request]
    return verify_letters(requests, reporting)


def _batches_in(folder: Path, request: "RenderRequest") -> "Iterator[RenderRequest]":
    """Yield a request for each batch of letters in a folder.

    Raises AdvocacyError where there is none, or its campaign is not found.
    """
    from advocacy.authoring.templates.catalogue import campaigns_in
    from advocacy.batch.verify import find_batches, no_campaign
    from advocacy.files.workspace import campaigns_folder

    campaigns, _ = campaigns_in(campaigns_folder(None), request.templates)
    places = {one.file.id: one.file.place() for one in campaigns}
    for output, campaign, stage in find_batches(folder):
        place = places.get(campaign)
        if place is None:
            raise AdvocacyError(no_campaign(output / campaign))
        wanted = request.stage or stage
        yield replace(request, campaign=place.path, output=output, stage=wanted)


def verify_letters(requests: "Sequence[RenderRequest]", reporting: Reporting) -> int:
    """Verify the letters of each request, and print the result; returns the exit code."""
    from advocacy.batch.verify import verify_campaign
    from advocacy.cli.progress import watcher

    results = [verify_campaign(request, watcher(reporting.quiet)) for request in requests]
    problems = [problem for result in results for problem in result.problems]
    files = count_noun(sum(result.same for result in results), "file")
    line = f"{files} verified: made again, byte for byte identical."
    return reporting.finish(problems, [line])
