"""`advocacy approve`: approve the text of a stage."""

from difflib import ndiff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advocacy.cli.completion import complete_stages
from advocacy.cli.options import campaign_argument, templates_option
from advocacy.cli.report import print_problems
from advocacy.errors import count_noun, has_errors, join_words

if TYPE_CHECKING:
    from advocacy.campaign.loading import Campaign
    from advocacy.checks.approving import Review


def _line(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    from advocacy.files.characters import bad_character

    if value is not None and (not value.strip() or "\n" in value or bad_character(value)):
        what = "a name, such as “Jane Doe”" if param.name == "by" else "a few words on one line"
        raise click.BadParameter(f"give {what}.", ctx, param)
    return value.strip() if value else None


@click.command("approve")
@campaign_argument
@click.option(
    "--stage", metavar="NAME", shell_complete=complete_stages,
    help="The stage whose text is approved. A campaign with one stage needs no name.",
)  # fmt: skip
@click.option(
    "--by", callback=_line, metavar="NAME",
    help="Name of the person who approves. Without it, nothing is recorded.",
)  # fmt: skip
@click.option(
    "--accept", multiple=True, metavar="ID",
    help="Accept an error about one sentence by its listed ID; requires --reason. Repeatable.",
)  # fmt: skip
@click.option(
    "--reason", callback=_line, metavar="TEXT",
    help="Why the sentences are correct despite the findings. It is recorded with every warning "
    "and with every error that --accept names.",
)  # fmt: skip
@templates_option
@click.option("--quiet", "-q", is_flag=True, help="Do not print the text.")
def command(
    campaign: Path,
    stage: str | None,
    by: str | None,
    accept: tuple[str, ...],
    reason: str | None,
    templates: Path | None,
    quiet: bool,
) -> int:
    """Show the text of a stage as its readers get it, and record who approves it.

    The approval is stored beside the campaign, in <campaign>.approvals.yaml. It covers the
    templates, facts, sources, asks, subject, sender, and layouts. When one of them changes,
    `advocacy check` reports it. You can still add people to the list. A stage with an error cannot
    be approved.

    Each finding about a sentence is listed with an ID. --reason accepts the warnings, and
    --accept accepts an error. An acceptance applies to the sentence, its facts, and their
    sources. When one of them changes, accept the finding again. You cannot accept errors about
    dates, placeholders, and quotations that are not in the kept copy.

    \b
    Examples:
      advocacy approve campaigns/microsoft.yaml --stage keep
      advocacy approve campaigns/microsoft.yaml --stage keep --by "Jane Doe"
      advocacy approve parks.yaml --stage call --by "Jane Doe" --reason "our own count"
    """
    if accept and not (reason and by):
        raise click.UsageError("--accept requires --by and --reason.")
    from advocacy.campaign.loading import load_campaign
    from advocacy.checks.approving import Words, approve_stage, review_stage
    from advocacy.letters.approvals import approvals_path

    loaded, problems = load_campaign(campaign, templates)
    if loaded is None or has_errors(problems):
        print_problems(problems)
        return 1
    stage = stage or _only_stage(loaded)
    seen = review_stage(loaded, stage)
    if not quiet:
        _show(loaded, seen)
    print_problems([*problems, *seen.problems])
    _list_open(seen)
    if by is None:
        click.echo(_describe_approval(seen))
        return int(not seen.may_be_approved)
    on = loaded.today()
    if reason:
        seen = seen.accepting(accept, Words(by, on, reason))
    approve_stage(loaded, seen, by, on)
    click.echo(f"Approved: the stage {stage}, by {by}, on {on} ({approvals_path(campaign)}).")
    return 0


def _only_stage(campaign: "Campaign") -> str:
    """The campaign's stage. Raises UsageError with the names if it has several."""
    names = list(campaign.file.stages)
    if len(names) == 1:
        return names[0]
    listed = join_words([f"--stage {name}" for name in names], "or")
    raise click.UsageError(f"The campaign has {len(names)} stages. Name one: {listed}.")


def _list_open(seen: "Review") -> None:
    """List what a person may accept, what is accepted, and the sentences without a source."""
    from advocacy.checks.accepting import SHORT

    for title, lines in (
        ("Accept with a reason, or change:",
         [f"{one.basis[:SHORT]}  {one.level} {one.code}: {one.message}" for one in seen.open]),
        ("Accepted:",
         [f"{one.basis[:SHORT]}  {one.code}: by {one.by} on {one.on}: {one.reason}"
          for one in seen.accepted]),
        ("Factual sentences without a source:", [one.message for one in seen.unsourced]),
    ):  # fmt: skip
        if lines:
            click.echo("\n".join([title, *(f"  {line}" for line in lines)]))


def _show(campaign: "Campaign", seen: "Review") -> None:
    """Print the letter as plain text, then the facts that it relies on."""
    from advocacy.documents.text import render_text

    if not seen.letters:
        return
    first = seen.letters[0]
    letter = first.letter
    rule = "-" * 76
    click.echo(f"{rule}\n{render_text(first, campaign.workspace).rstrip()}\n{rule}")
    for checked in seen.letters[1:]:
        before, after = letter.body.text().splitlines(), checked.letter.body.text().splitlines()
        changed = [line for line in ndiff(before, after) if line.startswith(("- ", "+ "))]
        click.echo(
            f"A letter dated {checked.letter.date}, the other end of the window, has the same text"
            + ("." if not changed else ", except for:")
        )
        for line in changed:
            click.echo(f"  {line}")
    click.echo(f"\nIt relies on {count_noun(len(letter.facts), 'fact')}:")
    for cited in letter.facts:
        fact = cited.fact
        until = f" to {fact.until}" if fact.until else " on"
        span = (
            f"from {fact.from_}{until}"
            if fact.from_
            else f"{f'until {fact.until}' if fact.until else 'with no last day'}"
        )
        click.echo(f"  {cited.id}: {span}, checked {fact.checked or 'never'}, {fact.source}")
    click.echo()


def _describe_approval(seen: "Review") -> str:
    found = seen.standing
    if found.approval is None:
        return "Nobody has approved this text. To approve it, add: --by NAME"
    who = f"{found.approval.by} approved it on {found.approval.on}"
    if found.state == "approved":
        return f"{who}, and it is unchanged."
    return f"{who}, but since then " + "; ".join(found.changes) + ". To approve it, add: --by NAME"
