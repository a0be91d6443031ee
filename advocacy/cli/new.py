"""`advocacy new`: begin a campaign, or a letter or layout of your own."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.options import Day, templates_option
from advocacy.cli.report import print_problems, summary
from advocacy.errors import AdvocacyError, Place, Problem, has_errors

if TYPE_CHECKING:
    from advocacy.authoring.new_campaign.files import NewCampaign
    from advocacy.authoring.new_campaign.models import Answers
    from advocacy.authoring.templates.copying import NewTemplate

folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The campaigns' folder. Default: campaigns/ where there is one here, else this folder.",
)


def _name(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001
    from advocacy.authoring.new_campaign.answers import read_answer

    try:
        return str(read_answer("name", value))
    except AdvocacyError as error:
        problem = error.problems[0]
        raise click.BadParameter(f"{problem.message} {problem.hint}", param_hint="NAME") from None


@click.group("new")
def command() -> None:
    """Begin a campaign, or a letter or layout of your own.

    \b
    Examples:
      advocacy new campaign parks
      advocacy new template parks-thanks --from thanks
    """


@command.command("campaign", short_help="Ask a few questions, and write a campaign from them.")
@click.argument("name", metavar="NAME", callback=_name)
@click.option("--target", metavar="NAME", help="The organisation that is asked to act.")
@click.option(
    "--target-address", multiple=True, metavar="LINES",
    help="Its postal address; repeat it for each line, or part lines by semicolons.",
)  # fmt: skip
@click.option("--country", metavar="CODE", help="Its country: US, FR …")
@click.option("--to", metavar="NAME", help="The person there to whom you write.")
@click.option("--to-title", metavar="OFFICE", help="That person's office.")
@click.option("--salutation", metavar="NAME", help="Whom “Dear …” greets; else by the full name.")
@click.option("--to-email", metavar="ADDRESS", help="That person's email address.")
@click.option("--demand", metavar="LINE", help="What you ask, in one line.")
@click.option(
    "--ask", "asks", multiple=True, metavar="SENTENCE", help="One thing asked for; repeatable."
)
@click.option(
    "--reply-by", metavar="WHEN", help="By when you ask for an answer: a day, or `14 days`."
)
@click.option(
    "--precedent", "precedents", nargs=3, multiple=True, metavar="WHO WHAT SOURCE",
    help="A peer that has done it: its name, the end of the sentence “WHO has …”, and the id of "
    "the source that says so; repeatable.",
)  # fmt: skip
@click.option(
    "--fact", "facts", nargs=3, multiple=True, metavar="ID STATEMENT SOURCE",
    help="A fact that the letter states: a short name, one sentence, and the id of its source; "
    "repeatable.",
)  # fmt: skip
@click.option(
    "--source", "sources", nargs=5, multiple=True, metavar="ID TITLE AUTHOR PUBLISHED URL",
    help="A page that proves it; PUBLISHED is its day (or \"\" if not known). Repeatable.",
)  # fmt: skip
@click.option("--checked", metavar="DAY", help="The day on which you last looked at the sources.")
@click.option("--sender", metavar="NAME", help="The organisation that writes.")
@click.option("--sender-address", multiple=True, metavar="LINES", help="Its postal address.")
@click.option("--sender-country", metavar="CODE", help="Its country.")
@click.option("--sender-email", metavar="ADDRESS", help="The address that letters come from.")
@click.option("--signatory", metavar="NAME", help="Who signs.")
@click.option("--signatory-title", metavar="OFFICE", help="That person's office.")
@click.option(
    "--sender-from", type=click.Path(path_type=Path, dir_okay=False), metavar="CAMPAIGN",
    help="Take the sender, with its signatories, from this campaign's file.",
)  # fmt: skip
@click.option("--language", metavar="TAG", help="en-US, en-GB, de, es, fr … Default: en-US.")
@click.option("--timezone", metavar="AREA/CITY", help="Whose days the dates are. Default: here.")
@click.option(
    "--date",
    "first_day",
    type=Day(),
    metavar="DAY",
    help="The first day of the letter. Default: today.",
)
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
@folder_option
def campaign(name: str, sender_from: Path | None, yes: bool, folder: Path | None,
             timezone: str | None, first_day: date | None, **given: Any) -> int:  # fmt: skip
    """Write a new campaign: its file, its facts and sources, and a letter of its own.

    On a terminal it asks for what no option gives. What is written is what you say and
    nothing else; it checks and renders at once, and its notes tell what to change. No file is
    ever written over.

    \b
    Examples:
      advocacy new campaign parks
      advocacy new campaign parks --sender-from campaigns/microsoft.yaml
      advocacy new campaign parks --yes --target "Springfield Parks Department" \\
          --target-address "2 Main Street; Springfield, IL 62701" --to "Jane Doe" \\
          --demand "Keep the park open" --sender "Example Park Friends" \\
          --sender-address "1 Example Street" --sender-email us@friends.example \\
          --signatory "A. Example"
    """
    from advocacy.authoring.new_campaign.answers import (
        check_given,
        missing_answers,
        read_answers,
        system_timezone,
    )
    from advocacy.authoring.new_campaign.files import check_free, compose_campaign

    folder = campaigns_folder(folder)
    given |= {"name": name, "timezone": timezone or system_timezone()}
    given |= {"first_day": first_day, "today": _today(given["timezone"])}
    given["sender_from"] = _sender(sender_from, folder)
    if not yes and sys.stdin.isatty():
        from advocacy.cli.asking import ask_for

        check_free(name, folder)
        check_given(given, option)
        given = ask_for(given)
        given["today"] = _today(given["timezone"])
    elif lacking := missing_answers(given):
        names = ", ".join(option(key) for key in lacking)
        how = "Or leave out --yes, and be asked." if yes else "Or type it in a terminal: it asks."
        raise click.UsageError(f"These are needed: {names}. {how}")
    answers = read_answers(given, option)
    new = compose_campaign(answers, folder)
    new.write()
    return _told(new, answers)


def option(answer: str, part: str = "") -> str:
    """Name the option of an answer: `--target-address`, or `--source, url` for a part of it."""
    names = {"asks": "ask", "precedents": "precedent", "facts": "fact", "sources": "source"}
    name = "NAME" if answer == "name" else f"--{names.get(answer, answer).replace('_', '-')}"
    return f"{name}, {part}" if part else name


def campaigns_folder(folder: Path | None) -> Path:
    """The folder that an option names, else `campaigns/` here, else this folder."""
    return folder or (Path("campaigns") if Path("campaigns").is_dir() else Path())


def _today(timezone: str | None) -> date:
    """Today in a time zone; a wrong one is told with the other answers."""
    from zoneinfo import ZoneInfo

    try:
        return datetime.now(ZoneInfo(timezone or "UTC")).date()
    except (KeyError, ValueError, OSError):
        return datetime.now(ZoneInfo("UTC")).date()


def _sender(path: Path | None, folder: Path) -> Any:
    """The sender of another campaign."""
    if path is None:
        return None
    from advocacy.campaign.loading import load_campaign

    loaded, problems = load_campaign(path)
    if loaded is None:
        raise AdvocacyError(problems)
    sender = loaded.file.sender
    images = [sender.logo, *(person.signature for person in sender.signatories)]
    if any(images) and path.parent.resolve() != folder.resolve():
        raise AdvocacyError(
            Problem(
                "outside-workspace",
                "The sender has images, which its campaign names from a folder of its own.",
                f"Begin the new campaign there: --folder {path.parent}.",
                Place(path),
            )
        )
    return sender


def _told(new: "NewCampaign", answers: "Answers") -> int:
    """Say what was written, how it checks, and what to type next."""
    from advocacy.campaign.loading import load_campaign
    from advocacy.checks.run import run_checks

    told = {
        new.campaign: "whom you ask, for what, by when",
        new.facts: "what the letter relies on",
        new.sources: "where that stands",
        new.letter: "the letter: write it in your own words",
    }
    width = max(len(str(path)) for path in new.files)
    click.echo(("\n" if sys.stdin.isatty() else "") + "Written:")
    for path in new.files:
        click.echo(f"  {str(path).ljust(width)}  {told[path]}")
    loaded, problems = load_campaign(new.campaign)
    if loaded is not None and not has_errors(problems):
        problems += run_checks(loaded, today=answers.today).problems
    print_problems(problems)
    click.echo(f"Checked: {summary(problems) or 'no problems'}.")
    days = f"Its days are those of {answers.timezone}"
    click.echo(f"{days}; the letter may be dated from {answers.begins} on.")
    click.echo("\nNext:")
    file = new.campaign
    steps = {
        f"advocacy render {file}": "make the letter, on paper and as email",
        f"advocacy check {file}": "after each change",
        f"advocacy templates vars {file}": "what the letter may print",
    }
    width = max(map(len, steps))
    for step, why in steps.items():
        click.echo(f"  {step.ljust(width)}  {why}")
    return int(has_errors(problems))


@command.command("template", short_help="Begin a letter or a layout, to be changed.")
@click.argument("name", metavar="NAME", callback=_name)
@click.option("--from", "letter", metavar="LETTER", help="The letter to copy.")
@click.option("--layout", metavar="LAYOUT", help="The layout to copy, with its styles.")
@folder_option
@templates_option
def template(
    name: str, letter: str | None, layout: str | None, folder: Path | None, templates: Path | None
) -> int:
    """Begin a letter or a layout beside the campaigns, to be changed there.

    It is a copy of the letter --from or of the --layout. Without these, it is a copy of the
    letter or layout of that NAME, which takes its place in all campaigns of the folder. If there
    is none, it is a new letter, which makes the campaign's asks and says nothing else. No file
    is ever written over.

    \b
    Examples:
      advocacy new template call-to-follow
      advocacy new template parks-thanks --from thanks
      advocacy new template our-paper --layout letter
    """
    from advocacy.authoring.templates.copying import new_template

    if letter and layout:
        raise click.UsageError("--from copies a letter, --layout a layout: name one of them.")
    folder = campaigns_folder(folder)
    new = new_template(name, folder, letter=letter, layout=layout, templates=templates)
    what = "a new letter, which copies none"
    if new.original:
        what = f"a copy of the {new.kind} {new.original}"
    for path in new.files:
        click.echo(f"{path}: {what}.")
    _say_who_uses_it(new, folder)
    return 0


def _say_who_uses_it(new: "NewTemplate", folder: Path) -> None:
    from advocacy.authoring.templates.catalogue import campaigns_in, used_by

    first = new.files[0]
    loaded, _ = campaigns_in(folder)
    users = used_by(loaded).get(f"{first.parent.name}/{first.name}", ())
    key = "layout" if new.kind == "layout" else "template"
    if new.replaces and users:
        click.echo(f"It takes the place of the other one at once, in: {', '.join(users)}.")
    elif new.replaces:
        click.echo("It takes the place of the other one in every campaign of this folder.")
    else:
        click.echo(f"To use it, write in a stage of a campaign:  {key}: {new.name}")
    click.echo(f"Change it, then type:  advocacy check {folder / 'CAMPAIGN.yaml'}")
