"""Options that several commands share, each defined once."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.completion import complete_campaigns, complete_formats, complete_stages
from advocacy.cli.report import Report, Reporting, report_option

if TYPE_CHECKING:
    from advocacy.campaign.addressing import People

Decorator = Callable[[Any], Any]


_SECTIONS = {
    "Letters": ("--stage", "--date", "--format", "--audit", "--draft", "--output", "--templates"),
    "Recipients": (
        "--recipients", "--committees", "--where", "--only", "--exclude", "--sample", "--limit",
        "--supporters", "--joint", "--districts", "--also-answered",
    ),
    "Mailing": (
        "--mailing", "--new-mailing", "--new-text", "--this-ledger", "--resend-uncertain",
        "--assume-sent",
    ),
    "Server and speed": (
        "--connections", "--per-connection", "--rate", "--per-domain", "--patience",
    ),
    "Print files": ("--merge", "--duplex", "--sort"),
    "Batch": ("--workers", "--cluster", "--typeset", "--force", "--prune"),
    "Output": ("--strict", "--quiet", "--report", "--help"),
}  # fmt: skip


class LongCommand(click.Command):
    """A command with many options: help lists them in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List first the options that only this command has, then each section."""
        section_of = {name: title for title, names in _SECTIONS.items() for name in names}
        sections: dict[str, list[tuple[str, str]]] = {
            title: [] for title in ("Options", *_SECTIONS)
        }
        for param in self.get_params(ctx):
            if (record := param.get_help_record(ctx)) is not None:
                titles = (section_of[name] for name in param.opts if name in section_of)
                sections[next(titles, "Options")].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


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
            self.fail(f"“{value}” is not a valid date. Write it as 2020-06-10.", param, ctx)


class WholeNumber(click.IntRange):
    """A whole number between bounds; help and errors state the bounds in words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number, or say which numbers are allowed."""
        number: int = click.INT.convert(value, param, ctx)
        if (self.min is not None and number < self.min) or (
            self.max is not None and number > self.max
        ):
            self.fail(f"{number} is not allowed here. Write {self._describe_range()}.", param, ctx)
        return number

    def _describe_range(self) -> str:
        return f"{self.min} or more" if self.max is None else f"{self.min} to {self.max}"


def _no_approvals(
    _ctx: click.Context, _param: click.Parameter, paths: tuple[Path, ...]
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
    help="Date of the letters, such as 2020-06-10. Default: the campaign's date, otherwise today "
    "in its time zone.",
)
stage_option = click.option(
    "--stage",
    metavar="NAME",
    shell_complete=complete_stages,
    help="The stage to use instead of the one whose window covers the date.",
)
templates_option = click.option(
    "--templates",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="A templates folder that is searched before the campaign's own and the built-in ones.",
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print problems only.")


def join_options(*options: Decorator) -> Decorator:
    """Join options into one decorator; help lists them in their order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def output_option(text: str, **path: bool) -> Decorator:
    """The option that names the folder of letters; `path` are settings of `click.Path`."""
    return click.option(
        "--output", type=click.Path(path_type=Path, **path), default=Path("output"),
        show_default=True, metavar="DIR", help=text,
    )  # fmt: skip


def combine_options(name: str, make: Callable[..., Any], *options: Decorator) -> Decorator:
    """Combine options into one argument of a command.

    The command gets the argument `name`: a function without parameters that calls `make` with
    the values of the options that it has as parameters. The command calls it, so that wrong
    values are reported when everything else about the usage is right.
    """
    own = tuple(inspect.signature(make).parameters)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(**values: Any) -> Any:
            mine = {key: values.pop(key) for key in own}
            return function(**{name: functools.partial(make, **mine)}, **values)

        decorated: Callable[..., Any] = join_options(*options)(command)
        return decorated

    return decorate


def reporting_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add `--strict`, `--quiet` and `--report`; the command gets the argument `reporting`."""

    @functools.wraps(function)
    def command(strict: bool, quiet: bool, report: Report, **values: Any) -> int:
        return function(reporting=Reporting(strict, quiet, report), **values)

    strict = click.option("--strict", is_flag=True, help="Also exit with code 1 for warnings.")
    decorated: Callable[..., int] = join_options(strict, quiet_option, report_option)(command)
    return decorated


def _people(
    recipients: Path | None,
    committees: tuple[Path, ...],
    where: tuple[str, ...],
    only: tuple[str, ...],
    exclude: Path | None,
    sample: int | None,
    limit: int | None,
) -> "People":
    """Say who gets a letter. Raises AdvocacyError where a file or a selection is wrong."""
    from advocacy.campaign.addressing import People
    from advocacy.campaign.recipients import select

    excluded = select.excluded(exclude) if exclude else frozenset[str]()
    selection = select.Selection(select.where(where), only, excluded, sample, limit)
    return People(recipients, committees, selection)


def _people_with_supporters(
    people: "Callable[[], People]",
    supporters: Path | None,
    joint: bool,
    districts: tuple[Path, ...],
) -> "People":
    if joint and supporters is None:
        raise click.UsageError("--joint requires --supporters FILE.")
    if districts and supporters is None:
        raise click.UsageError("--districts requires --supporters FILE.")
    return replace(people(), supporters=supporters, joint=joint, districts=districts)


def _read_formats(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[str, ...] | None:
    from advocacy.batch import FORMATS
    from advocacy.errors import nearest

    if value is None:
        return None
    names = tuple(dict.fromkeys(name.strip().lower() for name in value.split(",") if name.strip()))
    for name in names:
        known = (*FORMATS, "forms") if ctx.info_name == "render" else FORMATS
        if name not in known:
            near = nearest(name, known)
            hint = f" Did you mean “{near}”?" if near else f" Available: {', '.join(known)}."
            raise click.BadParameter(f"“{name}” is not a known format.{hint}", ctx, param)
    if not names:
        raise click.BadParameter("name at least one format.", ctx, param)
    return names


formats_option = click.option(
    "--format",
    "formats",
    callback=_read_formats,
    shell_complete=complete_formats,
    metavar="KINDS",
    help="Comma-separated list of pdf, eml, html, txt, and docx. `render` also accepts forms, "
    "which makes worksheets for contact forms. Default: pdf,eml.",
)
list_option = click.option(
    "--recipients",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A list of recipients to use instead of the campaign's: .csv, .xlsx, .jsonl, or "
    "published open data (.yaml, .json, or a folder of Open States).",
)
committees_option = click.option(
    "--committees",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With a list of legislators: a file of committee members "
    "(committee-membership-current.yaml); repeatable.",
)
recipients_options = combine_options(
    "people",
    _people,
    list_option,
    committees_option,
    click.option(
        "--where",
        multiple=True,
        metavar="COLUMN=VALUE",
        help="Only recipients with this value in a column; repeatable. Values of one column are "
        "combined with “or”, different columns with “and”.",
    ),
    click.option(
        "--only", multiple=True, metavar="ID", help="Only the letter with this id; repeatable."
    ),
    click.option(
        "--exclude",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Leave out recipients whose email address or id is in this file, one per line or as "
        "CSV.",
    ),
    click.option(
        "--sample",
        type=WholeNumber(1, 1000),
        metavar="N",
        help="Only N recipients that show the list's variety: the longest names, empty fields, "
        "and other scripts first.",
    ),
    click.option("--limit", type=WholeNumber(1), metavar="N", help="Only the first N recipients."),
)
supporters_options = combine_options(
    "people",
    _people_with_supporters,
    click.option(
        "--supporters",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A list of people (.csv, .xlsx, .jsonl) who each write to their own recipients. The "
        "column `consent` must be `yes`.",
    ),
    click.option(
        "--joint",
        is_flag=True,
        help="Write one letter to each recipient, signed by all supporters together.",
    ),
    click.option(
        "--districts",
        type=click.Path(path_type=Path),
        multiple=True,
        metavar="FILE",
        help="Files with the supporters' districts: the Census geocoder's results, and the block "
        "file for the Congress; repeatable.",
    ),
)
"""Who writes the letters; it stands below `recipients_options`, whose `people` it adds to."""
workers_options = join_options(
    click.option(
        "--workers",
        type=WholeNumber(1, 256),
        metavar="N",
        help="Number of processes that make letters. Default: one for a few letters, otherwise "
        "one per core.",
    ),
    click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Make the letters on the workers of the Dask scheduler at this address (such as "
        "tcp://10.0.0.5:8786). Requires advocacy[cluster] on every machine.",
    ),
)
batch_options = join_options(
    workers_options,
    click.option(
        "--typeset",
        type=click.Choice(("auto", "full")),
        default="auto",
        show_default=True,
        help="auto: lay out similar letters once where the result is identical. full: lay out "
        "every letter.",
    ),
    click.option(
        "--force", is_flag=True, help="Make every letter again, even if nothing has changed."
    ),
    click.option(
        "--prune", is_flag=True, help="Remove the letters of people who are no longer listed."
    ),
)
