"""Options with which letters are merged for the print shop, and how that is told."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from advocacy.errors import count_noun

if TYPE_CHECKING:
    from advocacy.batch.executor import ProgressWatcher
    from advocacy.batch.printing import Merged, Printing, PrintQueue

Function = TypeVar("Function", bound=Callable[..., Any])
_ALL = "all"


def _merge(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[Path | None, int | None] | None:
    if value is None:
        return None
    if value == _ALL:
        return None, None
    if value.isascii() and value.isdigit():
        if int(value) == 0:
            raise click.BadParameter("merge one letter at least.", ctx, param)
        return None, int(value)
    if value.lower().endswith(".pdf"):
        return Path(value), None
    raise click.BadParameter(
        f"“{value}” is neither a number nor a file that ends in .pdf. To merge all letters into "
        "one file with a name of its own, write --merge after the campaigns.",
        ctx,
        param,
    )


def merge_options(function: Function) -> Function:
    """The options of merging; the command gets `printing`, which makes a `Printing` or None."""

    @functools.wraps(function)
    def command(
        merge: tuple[Path | None, int | None] | None, duplex: bool, sort: str | None, **others: Any
    ) -> Any:
        if merge is None and (duplex or sort):
            raise click.UsageError("--duplex and --sort go with --merge.")

        def printing() -> "Printing | None":
            from advocacy.batch.printing import Printing

            if merge is None:
                return None
            order = sort or "postal-code"
            return Printing(merge[0], merge[1], duplex, order)  # type: ignore[arg-type]

        return function(printing=printing, **others)

    for option in reversed(_OPTIONS):
        command = option(command)
    return cast("Function", command)


_OPTIONS = (
    click.option(
        "--merge",
        is_flag=False,
        flag_value=_ALL,
        callback=_merge,
        metavar="[FILE|N]",
        help="For the print shop, all letters in one PDF too, or N in each, with a CSV of their "
        "order. Default: merged.pdf in the campaign's folder.",
    ),
    click.option(
        "--duplex", is_flag=True, help="When merging, begin each letter on the front of a sheet."
    ),
    click.option(
        "--sort",
        type=click.Choice(["postal-code", "list"]),
        help="The order of merged letters. Default: postal-code.",
    ),
)


def piles(printing: "Printing | None", output: Path, count: int) -> "list[PrintQueue | None]":
    """A pile for each of so many campaigns: the same one for all, where there is one file."""
    if printing is None:
        return [None] * count
    from advocacy.batch.printing import PrintQueue

    if printing.file is not None:
        return [PrintQueue(output)] * count
    return [PrintQueue(output) for _ in range(count)]


def merge(
    found: "Sequence[PrintQueue | None]", printing: "Printing | None", watcher: "ProgressWatcher"
) -> "list[Merged]":
    """Merge each of the piles."""
    if printing is None:
        return []
    from advocacy.batch.printing import merge_pile

    each = {id(pile): pile for pile in found if pile is not None}
    return [merge_pile(pile, printing, watcher) for pile in each.values()]


def tell_merged(merged: "Merged") -> None:
    """Print what was merged."""
    if not merged.files:
        click.echo("There was no letter to merge.")
        return
    click.echo(
        f"{count_noun(merged.letters, 'letter')} merged, {count_noun(merged.pages, 'page')}:"
    )
    for file in merged.files[:20]:
        click.echo(f"  {file}")
    if len(merged.files) > 20:
        click.echo(f"  … and {len(merged.files) - 20} more files")
    click.echo(f"  {merged.table}")
