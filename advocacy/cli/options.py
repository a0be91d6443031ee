"""Options that several commands share, each defined once."""

import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from advocacy.cli.completion import complete_campaigns, complete_stages

if TYPE_CHECKING:
    from advocacy.batch.campaigns import RenderOptions
    from advocacy.batch.documents import Typeset
    from advocacy.campaign.addressing import People

Function = TypeVar("Function", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A day on the command line, as 2020-06-10."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day, or say how days are written."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not a day; write it as 2020-06-10.", param, ctx)


def _no_approvals(
    ctx: click.Context,  # noqa: ARG001
    param: click.Parameter,  # noqa: ARG001
    paths: tuple[Path, ...],
) -> tuple[Path, ...]:
    """Without the files of approvals that `campaigns/*.yaml` names too."""
    kept = tuple(path for path in paths if not path.name.endswith(".approvals.yaml"))
    return kept or paths


campaign_argument = click.argument(
    "campaign",
    type=click.Path(path_type=Path),
    metavar="CAMPAIGN",
    shell_complete=complete_campaigns,
)
optional_campaign_argument = click.argument(
    "campaign",
    required=False,
    type=click.Path(path_type=Path),
    metavar="[CAMPAIGN]",
    shell_complete=complete_campaigns,
)
campaigns_argument = click.argument(
    "campaigns",
    nargs=-1,
    required=True,
    metavar="CAMPAIGN...",
    type=click.Path(path_type=Path),
    callback=_no_approvals,
    shell_complete=complete_campaigns,
)
date_option = click.option(
    "--date",
    "day",
    type=Day(),
    metavar="DAY",
    help="The letters' date, as 2020-06-10. Default: the campaign's, else today there.",
)
stage_option = click.option(
    "--stage",
    metavar="NAME",
    shell_complete=complete_stages,
    help="The stage to use, instead of the one whose window fits.",
)
templates_option = click.option(
    "--templates",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A templates folder that comes before the campaign's own and the built-in ones.",
)
strict_option = click.option(
    "--strict", is_flag=True, help="End with exit code 1 for warnings too."
)


def recipients_options(function: Function) -> Function:
    """Options that say who gets a letter; the command gets `people`, which makes a `People`.

    It is called within the command, where a wrong file or selection is told like any problem.
    """

    @functools.wraps(function)
    def command(
        recipients: Path | None,
        committees: tuple[Path, ...],
        where: tuple[str, ...],
        only: tuple[str, ...],
        exclude: Path | None,
        sample: int | None,
        limit: int | None,
        **others: Any,
    ) -> Any:
        def people() -> "People":
            from advocacy.campaign.addressing import People
            from advocacy.campaign.recipients import select

            out = select.excluded(exclude) if exclude else frozenset[str]()
            selection = select.Selection(select.where(where), only, out, sample, limit)
            return People(recipients, committees, selection)

        return function(people=people, **others)

    for option in reversed(_RECIPIENTS_OPTIONS):
        command = option(command)
    return cast("Function", command)


def supporters_options(function: Function) -> Function:
    """Options that say who writes; after `recipients_options`, whose `people` they add to."""

    @functools.wraps(function)
    def command(
        people: "Callable[[], People]", supporters: Path | None, joint: bool, **others: Any
    ) -> Any:
        if joint and supporters is None:
            raise click.UsageError("--joint needs --supporters FILE.")

        def with_supporters() -> "People":
            return replace(people(), supporters=supporters, joint=joint)

        return function(people=with_supporters, **others)

    for option in reversed(_SUPPORTERS_OPTIONS):
        command = option(command)
    return cast("Function", command)


_SUPPORTERS_OPTIONS = (
    click.option(
        "--supporters",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A list of people (.csv, .xlsx, .jsonl) who each write a letter of their own to the "
        "recipients who are theirs; a column `consent` says `yes`.",
    ),
    click.option(
        "--joint",
        is_flag=True,
        help="One letter to each recipient, signed by all supporters together.",
    ),
)
_RECIPIENTS_OPTIONS = (
    click.option(
        "--recipients",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A list of recipients (.csv, .xlsx, .jsonl, congress-legislators' .yaml) instead of "
        "the campaign's.",
    ),
    click.option(
        "--committees",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="With a list of legislators: who sits on which committee "
        "(committee-membership-current.yaml); repeatable.",
    ),
    click.option(
        "--where",
        multiple=True,
        metavar="COLUMN=VALUE",
        help="Only recipients with this value in a column; repeatable: values of one column are "
        "joined by “or”, columns by “and”.",
    ),
    click.option(
        "--only", multiple=True, metavar="ID", help="Only the letter of this id; repeatable."
    ),
    click.option(
        "--exclude",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Not those whose email address or id is in this file, one a line or as CSV.",
    ),
    click.option(
        "--sample",
        type=click.IntRange(1, 1000),
        metavar="N",
        help="Only N recipients, those that show the list's variety: the longest names, empty "
        "fields, other scripts first.",
    ),
    click.option(
        "--limit", type=click.IntRange(1), metavar="N", help="Only the first N recipients."
    ),
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print problems only.")


def batch_options(function: Function) -> Function:
    """Options of how a batch runs; the command gets `how`, which makes its `RenderOptions`."""

    @functools.wraps(function)
    def command(
        workers: int | None,
        cluster: str | None,
        typeset: "Typeset",
        force: bool,
        prune: bool,
        **others: Any,
    ) -> Any:
        def how() -> "RenderOptions":
            from advocacy.batch.campaigns import RenderOptions

            return RenderOptions(workers, cluster, force, prune, typeset)

        return function(how=how, **others)

    for option in reversed(_BATCH_OPTIONS):
        command = option(command)
    return cast("Function", command)


_BATCH_OPTIONS = (
    click.option(
        "--workers",
        type=click.IntRange(1, 256),
        metavar="N",
        help="So many processes at once. Default: one for a few letters, else one for each core.",
    ),
    click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Have the letters made by the workers of the Dask scheduler at this address, as "
        "tcp://10.0.0.5:8786. Install advocacy[cluster] here and there.",
    ),
    click.option(
        "--typeset",
        type=click.Choice(("auto", "full")),
        default="auto",
        show_default=True,
        help="auto: lay out a PDF once for all letters like it, where that comes out the same. "
        "full: lay out each.",
    ),
    click.option(
        "--force", is_flag=True, help="Make every letter again, those that have not changed too."
    ),
    click.option(
        "--prune", is_flag=True, help="Remove the letters of people who are no longer listed."
    ),
)
