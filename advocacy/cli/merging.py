"""The options with which letters are merged for the print shop, and what is printed of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.options import combine_options
from advocacy.errors import count_noun

if TYPE_CHECKING:
    from advocacy.batch.executor import ProgressWatcher
    from advocacy.batch.printing import Merged, Printing, PrintQueue

SHOWN = 20
_ALL = "all"


def _read_merge(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[Path | None, int | None] | None:
    if value is None:
        return None
    if value == _ALL:
        return None, None
    if value.isascii() and value.isdigit():
        if int(value) == 0:
            raise click.BadParameter("merge at least one letter.", ctx, param)
        return None, int(value)
    if value.lower().endswith(".pdf"):
        return Path(value), None
    raise click.BadParameter(
        f"“{value}” is not a number or a .pdf file. To merge all letters into merged.pdf, write "
        f"--merge after the campaigns.",
        ctx,
        param,
    )


def _printing(
    merge: tuple[Path | None, int | None] | None, duplex: bool, sort: str | None
) -> "Printing | None":
    """Say how letters are merged; None where they are not."""
    from advocacy.batch.printing import Printing

    if merge is None:
        if duplex or sort:
            raise click.UsageError("--duplex and --sort require --merge.")
        return None
    file, per = merge
    return Printing(file, per, duplex, sort or "postal-code")  # type: ignore[arg-type]


merge_options = combine_options(
    "printing",
    _printing,
    click.option(
        "--merge",
        is_flag=False,
        flag_value=_ALL,
        callback=_read_merge,
        metavar="[FILE|N]",
        help="Also write all letters to one PDF, or N letters to each, with a CSV of their order, "
        "for a print shop. Default: merged.pdf in the campaign's folder.",
    ),
    click.option(
        "--duplex", is_flag=True, help="When merging, start each letter on the front of a sheet."
    ),
    click.option(
        "--sort",
        type=click.Choice(["postal-code", "list"]),
        help="The order of merged letters. Default: postal-code.",
    ),
)


def print_queues(
    printing: "Printing | None", output: Path, count: int
) -> "list[PrintQueue] | list[None]":
    """A queue for each of so many campaigns: the same one for all that go into one file."""
    from advocacy.batch.printing import PrintQueue

    if printing is None:
        return [None] * count
    if printing.file is not None:
        return [PrintQueue(output)] * count
    return [PrintQueue(output) for _ in range(count)]


def merge(
    queues: "Sequence[PrintQueue | None]", printing: "Printing | None", watcher: "ProgressWatcher"
) -> "list[Merged]":
    """Merge the letters of each queue."""
    from advocacy.batch.printing import merge_letters

    if printing is None:
        return []
    each = dict.fromkeys(queue for queue in queues if queue is not None)
    return [merge_letters(queue, printing, watcher) for queue in each]


def describe_merged(merged: "Merged") -> Iterator[str]:
    """Yield lines that say what was merged."""
    if not merged.files:
        yield "There were no letters to merge."
        return
    yield f"{count_noun(merged.letters, 'letter')} merged, {count_noun(merged.pages, 'page')}:"
    yield from list_files(merged.files, len(merged.files))
    yield f"  {merged.table}"


def list_files(files: Sequence[Path], count: int) -> Iterator[str]:
    """Yield a line for each of the first files, and one for the rest of the `count`."""
    for file in files[:SHOWN]:
        yield f"  {file}"
    if count > SHOWN:
        yield f"  … and {count_noun(count - SHOWN, 'more file')}"
