"""`advocacy new`: start a campaign, or copy a letter or layout to change it."""

import shlex
import shutil
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advocacy.cli.completion import complete_campaigns
from advocacy.cli.group import INTERRUPTED
from advocacy.cli.options import Day, templates_option
from advocacy.cli.report import print_problems, summary
from advocacy.errors import AdvocacyError, Place, Problem, has_errors
from advocacy.files.workspace import campaigns_folder

if TYPE_CHECKING:
    from advocacy.authoring.new_campaign.files import NewCampaign
    from advocacy.authoring.new_campaign.models import Answers
    from advocacy.authoring.templates.copying import NewTemplate

folder_option = click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The folder of campaigns. Default: campaigns/ if it exists, otherwise this folder.",
)


def _name(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001
    from advocacy.authoring.new_campaign.answers import read_answer

    try:
        return str(read_answer("name", value))
    except AdvocacyError as error:
        problem = error.problems[0]
        raise click.BadParameter(f"{problem.message} {problem.hint}", param_hint="NAME") from None


_REPEATED: dict[str, Any] = {"multiple": True}
# An option for each answer of the interview: names, placeholder, help, what else click is told.
_ANSWERS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("--target", "NAME", "The organization that you ask to act.", {}),
    ("--target-address", "LINES",
     "Its postal address. Repeat for each line, or separate lines with semicolons.", _REPEATED),
    ("--country", "CODE", "Its country: US, FR …", {}),
    ("--to", "NAME", "The person there to write to. Default: none.", {}),
    ("--to-title", "OFFICE", "That person's title.", {}),
    ("--salutation", "NAME", "The name after “Dear”. Default: the full name.", {}),
    ("--to-email", "ADDRESS", "That person's email address.", {}),
    ("--demand", "LINE", "Your demand in one line.", {}),
    ("--ask asks", "SENTENCE", "One thing that you ask for; repeatable.", _REPEATED),
    ("--reply-by", "WHEN", "Deadline for a reply: a date, or `14 days`.", {}),
    ("--precedent precedents", "WHO WHAT SOURCE",
     "A peer that has done it: its name, the words after “WHO has”, a source id; repeatable.",
     {"nargs": 3} | _REPEATED),
    ("--fact facts", "ID STATEMENT SOURCE",
     "A fact that the letter states: a short name, one sentence, and a source's id; repeatable.",
     {"nargs": 3} | _REPEATED),
    ("--source sources", "ID TITLE AUTHOR PUBLISHED URL",
     "A web page that proves a fact. PUBLISHED is its date, or \"\" if unknown; repeatable.",
     {"nargs": 5} | _REPEATED),
    ("--checked", "DAY", "The day on which you last checked the sources.", {}),
    ("--sender", "NAME", "The organization that writes.", {}),
    ("--sender-address", "LINES", "Its postal address.", _REPEATED),
    ("--sender-country", "CODE", "Its country.", {}),
    ("--sender-email", "ADDRESS", "The email address that letters are sent from.", {}),
    ("--signatory", "NAME", "The person who signs.", {}),
    ("--signatory-title", "OFFICE", "That person's title.", {}),
    ("--sender-from", "CAMPAIGN", "Copy the sender and its signatories from this campaign.",
     {"type": click.Path(path_type=Path, dir_okay=False), "shell_complete": complete_campaigns}),
    ("--language", "TAG", "en-US, en-GB, de, es, fr … Default: en-US.", {}),
    ("--timezone", "AREA/CITY", "Time zone of all dates. Default: this machine's.", {}),
    ("--date first_day", "DAY", "The first day of the letter. Default: today.", {"type": Day()}),
)  # fmt: skip


def _answer_options(function: Callable[..., int]) -> Callable[..., int]:
    for names, metavar, text, settings in reversed(_ANSWERS):
        add = click.option(*names.split(), metavar=metavar, help=text, **settings)
        function = add(function)
    return function


@click.group("new")
def command() -> None:
    """Start a campaign, or copy a letter or layout to change it.

    \b
    Examples:
      advocacy new campaign parks
      advocacy new template parks-thanks --from thanks
    """


@command.command("campaign", short_help="Answer a few questions and write a campaign.")
@click.argument("name", metavar="NAME", callback=_name)
@_answer_options
@click.option("--yes", "-y", is_flag=True, help="Ask no questions.")
@folder_option
def campaign(name: str, sender_from: Path | None, yes: bool, folder: Path | None,
             timezone: str | None, first_day: date | None, **given: Any) -> int:  # fmt: skip
    """Write a new campaign: its file, its facts and sources, and a letter of its own.

    In a terminal, it asks for everything that no option gives. It writes only what you
    enter. You can check and render the campaign immediately, and comments in its files explain
    what to change. It never overwrites a file.

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
    here = system_timezone()
    given |= {"name": name, "timezone": timezone}
    given |= {"first_day": first_day, "today": _today(timezone or here)}
    given["sender_from"] = _sender(sender_from, folder)
    if not yes and sys.stdin.isatty():
        from advocacy.cli.asking import ask_for

        check_free(name, folder)
        check_given(given, option)
        try:
            given = ask_for(given, here)
        except click.Abort:
            click.echo("\nStopped. Nothing was written.", err=True)
            return INTERRUPTED
    else:
        given["timezone"] = timezone or here
    given["today"] = _today(given["timezone"])
    if lacking := missing_answers(given):
        names = ", ".join(option(key) for key in lacking)
        how = "Or omit --yes to be asked." if yes else "In a terminal, the command asks for them."
        raise click.UsageError(f"Missing options: {names}. {how}")
    answers = read_answers(given, option)
    new = compose_campaign(answers, folder)
    new.write()
    return _print_result(new, answers)


def option(answer: str, part: str = "") -> str:
    """Name the option of an answer: `--target-address`, or `--source, url` for a part of it."""
    names = {"asks": "ask", "precedents": "precedent", "facts": "fact", "sources": "source"}
    name = "NAME" if answer == "name" else f"--{names.get(answer, answer).replace('_', '-')}"
    return f"{name}, {part}" if part else name


def _today(timezone: str | None) -> date:
    """Today in a time zone; a wrong zone is reported later, with the other answers."""
    from zoneinfo import ZoneInfo

    try:
        return datetime.now(ZoneInfo(timezone or "UTC")).date()
    except (KeyError, ValueError, OSError):
        return datetime.now(ZoneInfo("UTC")).date()


def _sender(path: Path | None, folder: Path) -> Any:
    """Read the sender of another campaign. Raises AdvocacyError where its images stay behind."""
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
                "The sender's images are in the folder of another campaign.",
                f"Start the new campaign in that folder: `--folder {path.parent}`.",
                Place(path),
            )
        )
    return sender


def _typed_name() -> str:
    """The command's name as the person typed it: its path where the shell does not find it."""
    typed = Path(sys.argv[0])
    if typed.name != "advocacy" or shutil.which("advocacy") == str(typed):
        return "advocacy"
    return shlex.quote(sys.argv[0])


def _print_result(new: "NewCampaign", answers: "Answers") -> int:
    """Print what was written, check it, and print what to type next. Returns the exit code."""
    from advocacy.campaign.loading import load_campaign
    from advocacy.checks.run import run_checks

    purposes = {
        new.campaign: "whom you ask, for what, and by when",
        new.facts: "the facts that the letter relies on",
        new.sources: "the sources of these facts",
        new.letter: "the letter: write it in your own words",
    }
    width = max(len(str(path)) for path in new.files)
    click.echo(("\n" if sys.stdin.isatty() else "") + "Written:")
    for path in new.files:
        click.echo(f"  {str(path).ljust(width)}  {purposes[path]}")
    loaded, problems = load_campaign(new.campaign)
    if loaded is not None and not has_errors(problems):
        problems += run_checks(loaded, today=answers.today).problems
    print_problems(problems)
    click.echo(f"Checked: {summary(problems) or 'no problems'}.")
    click.echo(
        f"The letter can be dated from {answers.begins} to {new.last_day} "
        f"(time zone: {answers.timezone})."
    )
    click.echo("\nNext:")
    call = f"{_typed_name()} {{}} {shlex.quote(str(new.campaign))}"
    steps = {
        call.format("preview"): "write the letter in the browser",
        call.format("check"): "check the letter after each change",
        call.format("render"): "make the letter as PDF and email",
        call.format("templates vars"): "list the variables of the letter",
    }
    width = max(map(len, steps))
    for step, why in steps.items():
        click.echo(f"  {step.ljust(width)}  {why}")
    return int(has_errors(problems))


def _optional_name(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    return None if value is None else _name(ctx, param, value)


@command.command("template", short_help="Start a letter or a layout of your own.")
@click.argument("name", metavar="NAME", callback=_optional_name, required=False)
@click.option("--words", metavar="LANGUAGE", help="Create a language's set phrases.")
@click.option("--from", "letter", metavar="LETTER", help="The letter to copy.")
@click.option("--layout", metavar="LAYOUT", help="The layout to copy, with its styles.")
@folder_option
@templates_option
def template(
    name: str | None,
    words: str | None,
    letter: str | None,
    layout: str | None,
    folder: Path | None,
    templates: Path | None,
) -> int:
    """Start a letter or a layout of your own in the folder of campaigns.

    With --from or --layout, it is a copy of that letter or layout. Without them, it is a copy of
    the letter or layout of that NAME, and the copy replaces it in all campaigns of the folder. For
    any other name, it is a new letter that contains only the campaign's asks. It
    never overwrites a file.

    With --words, it creates a file for a language's set phrases (“Dear”, “Sincerely” …). Fill in
    each of them. The language's dates, lists, and quotation marks are known.

    \b
    Examples:
      advocacy new template call-to-follow
      advocacy new template --words nl
      advocacy new template parks-thanks --from thanks
      advocacy new template our-paper --layout letter
    """
    from advocacy.authoring.templates.copying import new_template

    if letter and layout:
        raise click.UsageError(
            "--from copies a letter and --layout copies a layout. Use only one of them."
        )
    folder = campaigns_folder(folder)
    if words is not None:
        if name or letter or layout:
            raise click.UsageError("--words takes no NAME, --from, or --layout.")
        return _start_words(words, folder)
    if name is None:
        raise click.UsageError("Missing argument 'NAME'.")
    new = new_template(name, folder, letter=letter, layout=layout, templates=templates)
    what = "a new letter, not a copy"
    if new.original:
        what = f"a copy of the {new.kind} {new.original}"
    for path in new.files:
        click.echo(f"{path}: {what}.")
    _print_users(new, folder)
    return 0


def _start_words(language: str, folder: Path) -> int:
    from advocacy.authoring.templates.words import new_words

    path = new_words(language, folder)
    click.echo(f"{path}: fill in the set phrases of the language {path.stem}.")
    click.echo("No letter in this language is made until every phrase is there.")
    click.echo(f"Edit it, then run:  advocacy check {folder / 'CAMPAIGN.yaml'}")
    return 0


def _print_users(new: "NewTemplate", folder: Path) -> None:
    from advocacy.authoring.templates.catalogue import campaigns_in, used_by

    first = new.files[0]
    loaded, _ = campaigns_in(folder)
    users = used_by(loaded).get(f"{first.parent.name}/{first.name}", ())
    key = "layout" if new.kind == "layout" else "template"
    if new.replaces and users:
        click.echo(f"It now replaces the original in: {', '.join(users)}.")
    elif new.replaces:
        click.echo("It now replaces the original in every campaign of this folder.")
    else:
        click.echo(f"To use it, add this to a stage of a campaign:  {key}: {new.name}")
    click.echo(f"Edit it, then run:  {_typed_name()} check {folder / 'CAMPAIGN.yaml'}")
