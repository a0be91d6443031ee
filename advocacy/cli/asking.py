"""The interview of `advocacy new campaign`: a question for each answer that no option gave."""

from collections.abc import Callable
from typing import Any

import click

from advocacy.authoring.new_campaign.answers import read_answer
from advocacy.cli.report import print_problems
from advocacy.errors import AdvocacyError
from advocacy.files.file_names import slug

LINES = "Separate lines with semicolons: 2 Main Street; Springfield, IL 62701"
_ADDRESS_OF_PAGE = "    Where is it published? The page’s address (https://…)"


def ask_for(given: dict[str, Any]) -> dict[str, Any]:
    """Ask for the answers that are missing, and add them; a wrong one is asked for again.

    Raises click.Abort where the interview is broken off.
    """
    answers = dict(given)

    def ask(key: str, text: str, **how: Any) -> None:
        if not answers.get(key):
            answers[key] = _asked(
                text, lambda typed: read_answer(key, typed, today=_seen_from(key, given)), **how
            )

    click.echo("Answer a few questions. Press Ctrl-C to stop; nothing is written until the end.")
    _heading("Who do you write to?")
    ask("target", "Full name of the organization that should act")
    ask("target_address", "Its postal address", note=LINES)
    ask("to", "The person there you write to")
    ask("to_title", "That person’s title (such as Director)", optional=True)
    ask("salutation", "Dear …", default=answers["to"])
    ask("to_email", "Email address (leave empty for paper only)", optional=True)
    _heading("What do you ask for?")
    ask("demand", "The demand in one line (such as: Keep the park open)")
    if not answers.get("asks"):
        answers["asks"] = _asks(answers["demand"])
    ask("reply_by", "When do you need an answer? A number of days, or a date", default="14 days")
    if not answers.get("precedents"):
        _heading("Who has already done it?")
        _precedents(answers)
    if not answers.get("facts"):
        _heading("What other facts does the letter state? Each needs a source.")
        _facts(answers)
    if answers.get("sources"):
        ask("checked", "When did you last check these pages?", default=str(answers["today"]))
    if not answers.get("sender_from"):
        _heading("Who is the letter from?")
        ask("sender", "Your organization’s name")
        ask("sender_address", "Its postal address", note=LINES)
        ask("sender_email", "Email address that letters are sent from")
        ask("signatory", "Name of the person who signs")
        ask("signatory_title", "That person’s title", optional=True)
    if "timezone" not in given or not given["timezone"]:
        ask("timezone", "Your time zone (such as America/New_York)")
    return answers


def _seen_from(key: str, given: dict[str, Any]) -> Any:
    """The day by which a day is judged: a check is of the past, the rest before the letter."""
    return given["today"] if key == "checked" else given.get("first_day") or given["today"]


def _heading(text: str) -> None:
    click.echo(f"\n{click.style(text, bold=True)}")


def _asked(
    text: str,
    read: Callable[[str], Any],
    *,
    default: str = "",
    optional: bool = False,
    note: str = "",
) -> str:
    """What is typed, once it can be read; an empty text for what is left out."""
    if note:
        click.echo(f"  ({note})")
    while True:
        typed: str = click.prompt(
            f"  {text}", default=default, show_default=bool(default), type=str
        ).strip()
        if not typed:
            if optional:
                return ""
            click.echo("    An answer is required.")
            continue
        try:
            read(typed)
        except AdvocacyError as error:
            print_problems(error.problems)
            continue
        return typed


def _asks(demand: str) -> list[str]:
    asks: list[str] = []
    click.echo("  List what you ask for, one sentence per line. Enter an empty line to finish.")
    while True:
        typed = _asked(f"{len(asks) + 1}.", lambda text: read_answer("asks", [text]), optional=True)
        if not typed:
            if not asks:
                click.echo(f"    The letter asks for this: {demand}")
            return asks
        asks.append(typed)


def _precedents(answers: dict[str, Any]) -> None:
    entries: list[tuple[str, str, str]] = []
    while True:
        who = _part(
            "precedents", "organization", "Who has done it? (press Enter if none, or to finish)"
        )
        if not who:
            break
        what = _part("precedents", "action", f"{who} has …", needed=True)
        entries.append((who, what, _source(answers)))
    answers["precedents"] = entries


def _facts(answers: dict[str, Any]) -> None:
    entries: list[tuple[str, str, str]] = []
    while True:
        statement = _part(
            "facts", "statement", "One plain sentence (press Enter if none, or to finish)"
        )
        if not statement:
            break
        suggested = slug(" ".join(statement.split()[:4]))
        name = _part("facts", "id", "  Short name to cite it by", default=suggested, needed=True)
        if name in {entry[0] for entry in entries}:
            click.echo(f"    A fact `{name}` already exists; this one is named `{name}-2`.")
            name = _free(name, {entry[0] for entry in entries})
        entries.append((name, statement, _source(answers)))
    answers["facts"] = entries


def _source(answers: dict[str, Any]) -> str:
    """The id of the source of what was just told: a new one, or one with the same address."""
    sources = answers["sources"] = list(answers.get("sources") or ())
    url = _asked(_ADDRESS_OF_PAGE, lambda text: read_answer("sources", text, "url"))
    for known in sources:
        if known[4] == url:
            return str(known[0])
    title = _part("sources", "title", "  Its title", needed=True)
    author = _part("sources", "author", "  Who published it", needed=True)
    issued = _asked(
        "  Publication date (such as 2026-03-01; press Enter if unknown)",
        lambda text: read_answer("sources", text, "issued", _seen_from("issued", answers)),
        optional=True,
    )
    wanted = slug(f"{author} {issued}")[:60].strip("-")
    name = _free(wanted, {source[0] for source in sources})
    sources.append((name, title, author, issued, url))
    return name


def _part(key: str, part: str, text: str, *, default: str = "", needed: bool = False) -> str:
    def read(typed: str) -> Any:
        return read_answer(key, typed, part)

    return _asked(text, read, default=default, optional=not needed)


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
