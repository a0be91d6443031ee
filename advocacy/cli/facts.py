"""`advocacy facts`: what every fact is today, and the night on which one ends."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import click

from advocacy.cli.completion import complete_facts
from advocacy.cli.options import Day, campaign_argument, date_option, quiet_option, templates_option
from advocacy.cli.report import print_problems
from advocacy.errors import AdvocacyError, Place, Problem, has_errors

TableReport = Literal["text", "json", "csv"]
table_option = click.option(
    "--report",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="How to print the table: for people, programs or a spreadsheet.",
)
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show what would be done, and write nothing."
)
file_argument = click.argument("facts_file", metavar="FACTSFILE", type=click.Path(path_type=Path))
fact_argument = click.argument("fact", metavar="ID", shell_complete=complete_facts)


@click.group("facts")
def command() -> None:
    """See what every fact is on a day, record a check, and end a fact that is no longer true."""


@command.command("show", short_help="Show facts as they are on a day; draw the timeline.")
@campaign_argument
@date_option
@click.option(
    "--svg", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Draw the timeline of stages and facts into this file.",
)  # fmt: skip
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="The same as a page, with the table.",
)  # fmt: skip
@templates_option
@table_option
def show(
    campaign: Path,
    day: date | None,
    svg: Path | None,
    html: Path | None,
    templates: Path | None,
    report: TableReport,
) -> int:
    """Show every fact of a campaign as it is on a day, where it is cited, and its source.

    \b
    Examples:
      advocacy facts show campaigns/microsoft.yaml --date 2020-06-11
      advocacy facts show campaigns/microsoft.yaml --html timeline.html
      advocacy facts show campaigns/microsoft.yaml --report csv > facts.csv
    """
    from advocacy.authoring.facts.standing import standings
    from advocacy.authoring.timeline import timeline_html, timeline_svg
    from advocacy.campaign.loading import load_campaign
    from advocacy.cli.tables import print_csv, print_table

    loaded, problems = load_campaign(campaign, templates)
    print_problems(problems)
    if loaded is None:
        return 1
    day = loaded.letter_date(day)
    for path, draw in ((svg, timeline_svg), (html, timeline_html)):
        if path is not None:
            _write(path, draw(loaded, day))
    facts = standings(loaded, day)
    if report == "json":
        records = [one.record() for one in facts]
        click.echo(
            json.dumps({"date": day.isoformat(), "facts": records}, ensure_ascii=False, indent=2)
        )
    elif report == "csv":
        print_csv(facts)
    elif svg is None and html is None:
        print_table(facts, day)
    else:
        for path in (svg, html):
            if path is not None:
                click.echo(path)
    return int(has_errors(problems))


@command.command("touch", short_help="Record that somebody has checked a fact.")
@file_argument
@fact_argument
@click.option(
    "--date", "day", type=Day(), metavar="DAY", help="The day of the check. Default: today."
)
@dry_run_option
@quiet_option
def touch(facts_file: Path, fact: str, day: date | None, dry_run: bool, quiet: bool) -> int:
    """Record that somebody has looked at a fact's source, and that it still says so.

    \b
    Example:
      advocacy facts touch campaigns/facts/face-recognition.yaml microsoft-terms
    """
    from advocacy.authoring.facts.ending import touch_fact

    today = _today()
    change = touch_fact(facts_file, fact, day or today, today=today, dry_run=dry_run)
    if dry_run:
        click.echo(change.diff() or "Nothing would change.")
    elif not quiet:
        done = "checked" if change else "was recorded as checked already:"
        click.echo(f"{fact}: {done} {day or today} ({facts_file})")
    return 0


@command.command("end", short_help="End a fact, and list what dies with it.")
@file_argument
@fact_argument
@click.option(
    "--until", type=Day(), required=True, metavar="DAY", help="The last day on which it held."
)
@click.option(
    "--superseded-by", "new", metavar="NEW", shell_complete=complete_facts,
    help="The fact that replaces it.",
)  # fmt: skip
@click.option(
    "--campaigns", "folders", multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
    help="Where to look for campaigns; repeatable. Default: the file's folder and the one above.",
)  # fmt: skip
@templates_option
@dry_run_option
@click.option(
    "--report", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to print what dies: for people or programs.",
)  # fmt: skip
def end(
    facts_file: Path,
    fact: str,
    until: date,
    new: str | None,
    folders: tuple[Path, ...],
    templates: Path | None,
    dry_run: bool,
    report: Literal["text", "json"],
) -> int:
    """End a fact that is no longer true, and list every letter that dies with it.

    For the night the news breaks. The fact gets its last day and its successor; then every
    campaign, stage and line that relies on it after that day is listed, with what to do.

    \b
    Example:
      advocacy facts end campaigns/facts/face-recognition.yaml microsoft-terms \\
          --until 2026-11-22 --superseded-by microsoft-terms-gone
    """
    from advocacy.authoring.facts.ending import end_fact, record
    from advocacy.cli.tables import print_ending

    ending = end_fact(
        facts_file,
        fact,
        until,
        new,
        today=_today(),
        folders=folders,
        templates=templates,
        dry_run=dry_run,
    )
    if report == "json":
        click.echo(json.dumps(record(ending), ensure_ascii=False, indent=2))
        return 0
    print_problems(ending.problems)
    print_ending(ending, fact, until, dry_run=dry_run)
    return 0


def _today() -> date:
    return datetime.now().astimezone().date()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AdvocacyError(
            Problem(
                "cannot-write",
                f"{path} cannot be written: {(error.strerror or str(error)).lower()}.",
                "Name a file in a folder that is there and that you may write to.",
                Place(path),
            )
        ) from error
