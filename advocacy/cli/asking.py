"""Agreeing to a mailing: nothing leaves before somebody has said how many messages it is.

The interview of `advocacy new campaign`: a question for each answer that no option gave.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from advocacy.authoring.new_campaign.answers import read_answer
from advocacy.campaign.recipients.model import slug
from advocacy.cli import sending_output
from advocacy.cli.report import Report, print_problems
from advocacy.errors import AdvocacyError, count_noun, has_errors
from advocacy.mail.sending.rendering import nobody_to_mail

if TYPE_CHECKING:
    from advocacy.mail.sending.preparation import Agree, PreparedMailing


def agreement(yes: int | None, *, quiet: bool, report: Report) -> "Agree":
    """Make the callback that asks for consent to a mailing.

    With `--yes N` nobody is asked. Otherwise the dry run is printed, and somebody types how many
    messages it is. The callback returns to how many people the mailing may go, 0 where nobody is
    left. It raises click.UsageError where nobody agreed, AdvocacyError where no message can be
    made.
    """

    def agree_up_to(mailing: "PreparedMailing", most: int) -> int:
        left = mailing.count_left()
        if left > most:
            raise click.UsageError(
                f"{left:,} messages are left, more than --yes {most} allows: nothing was sent."
            )
        return most if left else 0

    def ask(mailing: "PreparedMailing") -> int:
        seen = mailing.dry_run()
        print_problems(seen.problems, report)
        if not quiet and report == "text":
            sending_output.print_dry_run(mailing, seen, ())
        left = seen.count + seen.left_out["put off"]
        if not left:
            if has_errors(seen.problems):
                raise AdvocacyError(nobody_to_mail(mailing.mailing))
            return 0
        try:
            question = _question(left, left - seen.count)
            typed = click.prompt(question, default="", show_default=False, err=True)
        except click.Abort:
            if sys.stdin.isatty():
                raise
            raise click.UsageError("There is no terminal to ask at: use --yes N.") from None
        if "".join(char for char in typed if char not in " ,.’'") != str(left):
            raise click.UsageError("That is not their number: nothing was sent.")
        return left

    return ask if yes is None else lambda mailing: agree_up_to(mailing, yes)


def _question(left: int, put_off: int) -> str:
    later = f" ({put_off:,} of them later: they were put off)" if put_off else ""
    return f"To send {count_noun(left, 'message')}{later}, type the number"


LINES = "Lines are parted by semicolons: 2 Main Street; Springfield, IL 62701"
_ADDRESS_OF_PAGE = "    Where does it stand? The address of the page (https://…)"


def ask_for(given: dict[str, Any]) -> dict[str, Any]:
    """The answers with those added that are still lacking; a wrong one is asked for again.

    Raises click.Abort where the interview is broken off.
    """
    answers = dict(given)

    def ask(key: str, text: str, **how: Any) -> None:
        if not answers.get(key):
            answers[key] = _asked(
                text, lambda typed: read_answer(key, typed, today=_seen_from(key, given)), **how
            )

    click.echo("A few questions; Ctrl-C stops, and nothing is written before the end.")
    _heading("Whom do you ask?")
    ask("target", "The organisation that is to act, by its full name")
    ask("target_address", "Its postal address", note=LINES)
    ask("to", "The person there to whom you write")
    ask("to_title", "That person’s office (such as Director)", optional=True)
    ask("salutation", "Dear …", default=answers["to"])
    ask("to_email", "Email address (without one: paper alone)", optional=True)
    _heading("What do you ask?")
    ask("demand", "The demand in one line (such as: Keep the park open)")
    if not answers.get("asks"):
        answers["asks"] = _asks(answers["demand"])
    ask("reply_by", "By when do you ask for an answer? Days, or a day", default="14 days")
    if not answers.get("precedents"):
        _heading("Who has done it already?")
        _precedents(answers)
    if not answers.get("facts"):
        _heading("What else do you rely on? Facts that the letter states, each with its source.")
        _facts(answers)
    if answers.get("sources"):
        ask("checked", "When did you last look at these pages?", default=str(answers["today"]))
    if not answers.get("sender_from"):
        _heading("Who writes?")
        ask("sender", "Your organisation’s name")
        ask("sender_address", "Its postal address", note=LINES)
        ask("sender_email", "The email address that letters come from")
        ask("signatory", "Who signs")
        ask("signatory_title", "That person’s office", optional=True)
    if "timezone" not in given or not given["timezone"]:
        ask("timezone", "Whose days are the dates? Your time zone (such as America/New_York)")
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
            click.echo("    This is needed.")
            continue
        try:
            read(typed)
        except AdvocacyError as error:
            print_problems(error.problems)
            continue
        return typed


def _asks(demand: str) -> list[str]:
    asks: list[str] = []
    click.echo("  Each thing that you ask for, one sentence each; an empty line ends the list.")
    while True:
        typed = _asked(f"{len(asks) + 1}.", lambda text: read_answer("asks", [text]), optional=True)
        if not typed:
            if not asks:
                click.echo(f"    The letter asks for this, then: {demand}")
            return asks
        asks.append(typed)


def _precedents(answers: dict[str, Any]) -> None:
    entries: list[tuple[str, str, str]] = []
    while True:
        who = _part("precedents", "organization", "A peer that has (Enter: nobody, or no more)")
        if not who:
            break
        what = _part("precedents", "action", f"{who} has …", needed=True)
        entries.append((who, what, _source(answers)))
    answers["precedents"] = entries


def _facts(answers: dict[str, Any]) -> None:
    entries: list[tuple[str, str, str]] = []
    while True:
        statement = _part("facts", "statement", "One plain sentence (Enter: none, or no more)")
        if not statement:
            break
        suggested = slug(" ".join(statement.split()[:4]))
        name = _part("facts", "id", "  A short name to cite it by", default=suggested, needed=True)
        if name in {entry[0] for entry in entries}:
            click.echo(f"    There is a fact `{name}` already; this one is `{name}-2`.")
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
        "  On which day (2026-03-01; Enter: not known)",
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
