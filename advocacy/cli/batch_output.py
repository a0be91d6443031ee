"""What `advocacy status --batch` prints: for people, programs or a spreadsheet."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.tables import TableReport, write_json, write_table
from advocacy.errors import count_noun

if TYPE_CHECKING:
    from advocacy.batch.verify import BatchStatus, StageStatus

COLUMNS = ("campaign", "stage", "what", "name", "count")


def print_batch(status: "BatchStatus", report: TableReport) -> None:
    """Print the state of a batch."""
    if report == "text":
        _print_text(status)
    elif report == "json":
        stages = [_stage(stage) for stage in status.stages]
        failed = {str(path): count for path, count in status.failed.items()}
        write_json({"stages": stages, "failed": failed})
    else:
        rows = (dict(zip(COLUMNS, row, strict=True)) for row in _csv_rows(status))
        write_table(rows, COLUMNS, report)


def _print_text(status: "BatchStatus") -> None:
    for stage in status.stages:
        click.echo(click.style(f"{stage.campaign} / {stage.stage}", bold=True))
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(stage.kinds.items()))
        days = " to ".join(dict.fromkeys([str(min(stage.days)), str(max(stage.days))]))
        click.echo(f"  made     {count_noun(stage.made, 'letter')} of {days} ({kinds})")
        for kind, count in sorted(stage.skipped.items()):
            click.echo(f"  skipped  {count_noun(count, 'letter has', 'letters have')} no {kind}")
        if stage.missing:
            click.echo(f"  missing  {count_noun(stage.missing, 'file')} made, but now missing")
        if stage.unfinished:
            click.echo("  running  a batch is in progress or was stopped; run it again to continue")
        click.echo("  facts    " + (", ".join(stage.facts) or "none"))
        for versions, count in stage.versions.most_common():
            click.echo(f"  with     {versions} ({count:,})")
    for path, count in status.failed.items():
        click.echo(f"failed: {count_noun(count, 'row')} rejected; correct {path}")


def _stage(stage: "StageStatus") -> dict[str, Any]:
    return {
        "campaign": stage.campaign,
        "stage": stage.stage,
        "folder": str(stage.folder),
        "made": stage.made,
        "files": dict(stage.kinds),
        "skipped": dict(stage.skipped),
        "missing": stage.missing,
        "unfinished": stage.unfinished,
        "dates": sorted(day.isoformat() for day in stage.days),
        "facts": dict(stage.facts),
        "versions": dict(stage.versions),
    }


def _csv_rows(status: "BatchStatus") -> Iterator[tuple[str, str, str, str, int]]:
    """Yield a row for each count: campaign, stage, what is counted, its name, the count."""
    for stage in status.stages:
        rows: list[tuple[str, str, int]] = [("made", "", stage.made)]
        rows += [("file", kind, count) for kind, count in sorted(stage.kinds.items())]
        rows += [("skipped", kind, count) for kind, count in sorted(stage.skipped.items())]
        rows += [("missing", "", stage.missing)] if stage.missing else []
        rows += [("fact", name, count) for name, count in stage.facts.items()]
        for row in rows:
            yield stage.campaign, stage.stage, *row
    for path, count in status.failed.items():
        yield "", "", "failed", str(path), count
