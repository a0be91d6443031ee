"""`advocacy facts`: what every fact is today, and the night on which one ends."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from advocacy.cli.completion import complete_facts
from advocacy.cli.options import Day, campaign_argument, date_option, quiet_option, templates_option
from advocacy.cli.report import print_problems, shown_place
from advocacy.cli.tables import (
    Column,
    TableReport,
    is_terminal,
    report_choice,
    table_option,
    terminal_width,
    write_json,
    write_picture,
    write_table,
)
from advocacy.errors import Place, count_noun, has_errors

if TYPE_CHECKING:
    from advocacy.authoring.facts.ending import FactEnding
    from advocacy.authoring.facts.standing import FactStanding

CSV_COLUMNS = (
    "id", "state", "due_for_recheck", "superseded_by", "from", "until", "checked", "statement",
    "cited", "source", "source_title", "via", "speaker", "speech",
)  # fmt: skip
STYLES = {"holds": "green", "not yet": "cyan", "ended": "red", "superseded": "red"}
ROOM_FOR_SOURCES = 120
"""Terminal width, in characters, from which a table has a column for sources."""
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show what would be done, and write nothing."
)
file_argument = click.argument("facts_file", metavar="FACTSFILE", type=click.Path(path_type=Path))
fact_argument = click.argument("fact", metavar="ID", shell_complete=complete_facts)


@click.group("facts")
def command() -> None:
    """Show the state of facts on a day, record checks and comparisons, and end a fact."""


@command.command("show", short_help="Show facts on a day, or draw the timeline.")
@campaign_argument
@date_option
@click.option(
    "--svg", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the timeline of stages and facts to this file (SVG).",
)  # fmt: skip
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the timeline and the table to this file (HTML).",
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
    """Show the state of every fact of a campaign on a day, where it is cited, and its source.

    \b
    Examples:
      advocacy facts show campaigns/microsoft.yaml --date 2020-06-11
      advocacy facts show campaigns/microsoft.yaml --html timeline.html
      advocacy facts show campaigns/microsoft.yaml --report csv > facts.csv
    """
    from advocacy.authoring.facts.standing import standings
    from advocacy.authoring.timeline import timeline_html, timeline_svg
    from advocacy.campaign.loading import load_campaign

    loaded, problems = load_campaign(campaign, templates)
    print_problems(problems)
    if loaded is None:
        return 1
    day = loaded.letter_date(day)
    for path, draw in ((svg, timeline_svg), (html, timeline_html)):
        if path is not None:
            write_picture(path, draw(loaded, day))
    facts = standings(loaded, day)
    if report == "json":
        write_json({"date": day.isoformat(), "facts": [one.record() for one in facts]})
    elif report == "csv":
        rows = [one.record() | {"cited": one.cited()} for one in facts]
        write_table(rows, CSV_COLUMNS, report)
    elif svg is None and html is None:
        _write_facts(facts, day)
    else:
        for path in (svg, html):
            if path is not None:
                click.echo(path)
    return int(has_errors(problems))


@command.command("touch", short_help="Record that a fact was checked.")
@file_argument
@fact_argument
@click.option(
    "--date", "day", type=Day(), metavar="DAY", help="The day of the check. Default: today."
)
@dry_run_option
@quiet_option
def touch(facts_file: Path, fact: str, day: date | None, dry_run: bool, quiet: bool) -> int:
    """Record that somebody checked a fact's source and that it still supports the fact.

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
        done = "checked" if change else "was already recorded as checked:"
        click.echo(f"{fact}: {done} {day or today} ({facts_file})")
    return 0


@command.command("compare", short_help="Compare quotes with kept copies and record the result.")
@campaign_argument
@click.option(
    "--copies", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR", help="The folder of kept copies of sources, instead of the campaign's.",
)  # fmt: skip
@templates_option
@dry_run_option
@quiet_option
def compare(
    campaign: Path, folder: Path | None, templates: Path | None, dry_run: bool, quiet: bool
) -> int:
    """Compare the quotes of a campaign's facts with kept copies, and record those that agree.

    The record `facts/<name>.compared.yaml` belongs in version control. With it, a colleague who has
    no copies can see what was compared and what has changed since.

    \b
    Example:
      advocacy facts compare campaigns/microsoft.yaml --copies ~/copies
    """
    from advocacy.authoring.facts.recording import compare_facts
    from advocacy.campaign.loading import load_campaign

    loaded, problems = load_campaign(campaign, templates)
    print_problems(problems)
    if loaded is None or has_errors(problems):
        return 1
    recording = compare_facts(loaded, folder, loaded.today(), dry_run=dry_run)
    print_problems(recording.problems)
    for path, names in recording.recorded.items() if not quiet else ():
        agree = count_noun(
            len(names), "quote agrees with its copy", "quotes agree with their copies"
        )
        click.echo(f"{agree}{'' if dry_run else f': recorded in {shown_place(Place(path))}'}.")
    if recording.without_copy and not quiet:
        without = count_noun(len(recording.without_copy), "quote has", "quotes have")
        click.echo(f"{without} no copy: {', '.join(recording.without_copy)}.")
    return int(has_errors(recording.problems))


@command.command("end", short_help="End a fact and list the letters that rely on it.")
@file_argument
@fact_argument
@click.option(
    "--until",
    type=Day(),
    required=True,
    metavar="DAY",
    help="The last day on which the fact was true.",
)
@click.option(
    "--superseded-by", "new", metavar="NEW", shell_complete=complete_facts,
    help="The fact that replaces it.",
)  # fmt: skip
@click.option(
    "--campaigns", "folders", multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
    help="Folder to search for campaigns; repeatable. Default: the file's folder and its parent.",
)  # fmt: skip
@templates_option
@dry_run_option
@report_choice("Output format: for people or for programs.", "text", "json")
def end(
    facts_file: Path,
    fact: str,
    until: date,
    dry_run: bool,
    report: Literal["text", "json"],
    **options: Any,
) -> int:
    """End a fact that is no longer true, and list every letter that relies on it.

    Use it when the news breaks. The fact gets its last day and its successor. Then every
    campaign, stage, and line that relies on it after that day is listed, with what to do.

    \b
    Example:
      advocacy facts end campaigns/facts/face-recognition.yaml microsoft-terms \\
          --until 2026-11-22 --superseded-by microsoft-terms-gone
    """
    from advocacy.authoring.facts.ending import end_fact, record

    ending = end_fact(facts_file, fact, until, today=_today(), dry_run=dry_run, **options)
    if report == "json":
        write_json(record(ending))
        return 0
    print_problems(ending.problems)
    _print_ending(ending, fact, until, dry_run=dry_run)
    return 0


def _today() -> date:
    return datetime.now().astimezone().date()


def _write_facts(facts: "tuple[FactStanding, ...]", day: date) -> None:
    """Print the facts of a day; a terminal shows statements and sources too."""
    if not is_terminal():
        plain = [
            {"id": one.id, "state": one.label, "days": one.days, "source": one.fact.source,
             "cited": one.cited()}
            for one in facts
        ]  # fmt: skip
        write_table(plain, ("id", "state", "days", "source", "cited"), "text")
        return
    from rich.text import Text

    width = terminal_width()
    has_sources = width >= ROOM_FOR_SOURCES
    longest = max((len(use.short) for one in facts for use in one.uses), default=0)
    columns = [
        Column("fact", "fact", ratio=2),
        Column("state", "on this day", min(24, width // 5)),
        Column("days", "holds", 13),
        Column("cited", "cited in", min(longest, 32, width // 4)),
        *([Column("source", "source")] if has_sources else []),
    ]
    rows = []
    for one in facts:
        source = Text((one.source.title if one.source else None) or one.fact.source)
        lines = [Text(one.id, style="bold"), Text(one.statement)]
        lines += [Text(f"said by {one.speaker}", style="dim")] if one.speaker else []
        lines += [] if has_sources else [Text(f"({source})", style="dim")]
        state = Text(one.label, style=STYLES[one.state])
        cited = re.sub("; |, | ", "\n", one.cited())
        rows.append(
            {"fact": Text("\n").join(lines), "state": state, "days": one.days, "cited": cited,
             "source": source}
        )  # fmt: skip
    write_table(rows, columns, "text", title=f"Facts on {day}")


def _print_ending(ending: "FactEnding", fact: str, until: date, *, dry_run: bool) -> None:
    """Print what was edited, what dies with the fact, and what to do about each."""
    path = ending.change.path
    if dry_run:
        click.echo(ending.change.diff() or "The file already says so.")
        click.echo("\nDry run: nothing was written.")
    elif ending.change:
        click.echo(f"{fact} ended on {until} ({path}).")
    else:
        click.echo(f"{fact} ended on {until}; the file already says so ({path}).")
    uses = count_noun(ending.campaigns, "campaign uses", "campaigns use")
    searched = f"{uses} this file"
    if not ending.affected:
        click.echo(f"No letter relies on it after that day; {searched}.")
    for one in ending.affected:
        span = f"from {one.first}" + (f" to {one.last}" if one.last else " on")
        if one.last == one.first:
            span = f"on {one.first}"
        title = click.style(f"{one.path}, stage `{one.stage}`", bold=True)
        click.echo(f"\n{title}: cannot be sent {span}")
        for use in one.uses:
            kind = "a precedent: " if use.kind == "precedent" else ""
            click.echo(f"  {shown_place(use.place)}: {kind}{use.sentence}")
        for advice in one.advice:
            click.echo(f"    {click.style('→', fg='green')} {advice}")
    if ending.affected:
        dying = count_noun(len(ending.affected), "stage relies", "stages rely")
        click.echo(f"\n{dying} on it after that day; {searched}.")
    for campaign, stage in ending.unaffected:
        click.echo(f"Not affected: {campaign}, stage `{stage}`, which ends before that day.")
