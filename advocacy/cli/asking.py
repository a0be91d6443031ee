"""The interview of `advocacy new campaign`: a question for each answer that no option gave."""

from collections.abc import Callable
from typing import Any

import click

from advocacy.authoring.new_campaign.answers import read_answer
from advocacy.cli.report import print_problems
from advocacy.errors import AdvocacyError
from advocacy.files.file_names import slug

BACK = "<"
LINES = "Separate lines with semicolons: 2 Main Street; Springfield, IL 62701"
_ADDRESS_OF_PAGE = "    Where is it published? The page’s address (https://…)"


class _Back(Exception):  # noqa: N818 - a person's wish
    """The person wants to answer the previous question again."""


def ask_for(given: dict[str, Any], machine_timezone: str | None) -> dict[str, Any]:
    """Ask for the answers that are missing, and add them; a wrong one is asked for again.

    `machine_timezone` is what the question for the time zone suggests.
    To go back, the interview begins anew and takes all answers but the last from what was typed.
    Raises click.Abort if the person stops the interview.
    """
    click.echo(
        f"Answer a few questions. Type {BACK} to go back to the previous question.\n"
        f"Press Ctrl-C to stop; nothing is written before the last answer."
    )
    typed: list[str] = []
    while True:
        try:
            return _Interview(given, typed).answers_to_all(machine_timezone)
        except _Back:
            click.echo(
                "    Back to the previous question." if typed else "    This is the first question."
            )
            del typed[-1:]


class _Interview:
    """One pass through the questions.

    `typed` are the accepted answers in the order of the questions, empty ones too. The pass takes
    those silently, asks for the others, and adds them.
    """

    def __init__(self, given: dict[str, Any], typed: list[str]) -> None:
        self.given, self.typed = given, typed
        self.answers = dict(given)
        self._taken = 0

    def answers_to_all(self, machine_timezone: str | None) -> dict[str, Any]:
        """Ask every question that is open. Raises _Back, or click.Abort."""
        answers, ask = self.answers, self._ask_for
        self._heading("Who are you writing to?")
        ask("target", "Full name of the organization that should act")
        ask("target_address", "Its postal address", note=LINES)
        ask("to", "The person there you write to (leave empty for none)", optional=True)
        if answers.get("to"):
            ask("to_title", "That person’s title (such as Director)", optional=True)
            ask("salutation", "Name after “Dear” (such as Ms. Doe)", default=answers["to"])
        ask("to_email", "Email address (leave empty for paper only)", optional=True)
        ask("country", "Country of the address, by its two letters (US, DE, FR …)", optional=True)
        self._heading("What are you asking for?")
        ask("demand", "The demand in one line (such as: Keep the park open)")
        if not answers.get("asks"):
            answers["asks"] = self._asks(answers["demand"])
        ask(
            "reply_by",
            "When do you need an answer? A number of days, or a date",
            default="14 days",
        )
        if not answers.get("precedents"):
            self._heading("Who has already done it?")
            self._precedents()
        if not answers.get("facts"):
            self._heading("What other facts does the letter state? Each needs a source.")
            self._facts()
        if answers.get("sources"):
            ask("checked", "When did you last check these pages?", default=str(answers["today"]))
        if not answers.get("sender_from"):
            self._heading("Who is the letter from?")
            ask("sender", "Your organization’s name")
            ask("sender_address", "Its postal address", note=LINES)
            ask("sender_email", "Email address that letters are sent from")
            ask("signatory", "Name of the person who signs")
            ask("signatory_title", "That person’s title", optional=True)
        ask(
            "language",
            "Language of the letter (en-US, en-GB, de, es, fr)",
            default="en-US",
        )
        ask(
            "timezone",
            "Your time zone (such as America/New_York)",
            default=machine_timezone or "",
        )
        return answers

    def _ask_for(self, key: str, text: str, **how: Any) -> None:
        if not self.answers.get(key):
            day = _seen_from(key, self.given)
            self.answers[key] = self._ask(
                text, lambda typed: read_answer(key, typed, today=day), **how
            )

    def _ask(
        self,
        text: str,
        read: Callable[[str], Any],
        *,
        default: str = "",
        optional: bool = False,
        note: str = "",
    ) -> str:
        """What is typed, once it can be read; an empty text for what is left out."""
        if self._is_repeated:
            self._taken += 1
            return self.typed[self._taken - 1]
        if note:
            click.echo(f"  ({note})")
        while True:
            typed: str = click.prompt(
                f"  {text}", default=default, show_default=bool(default), type=str
            ).strip()
            if typed == BACK:
                raise _Back
            if not typed and not optional:
                click.echo("    An answer is required.")
                continue
            try:
                if typed:
                    read(typed)
            except AdvocacyError as error:
                print_problems(error.problems)
                continue
            self.typed.append(typed)
            self._taken += 1
            return typed

    @property
    def _is_repeated(self) -> bool:
        """Whether the next answer was typed before."""
        return self._taken < len(self.typed)

    def _say(self, text: str) -> None:
        if not self._is_repeated:
            click.echo(text)

    def _heading(self, text: str) -> None:
        self._say(f"\n{click.style(text, bold=True)}")

    def _asks(self, demand: str) -> list[str]:
        asks: list[str] = []
        self._say("  List what you ask for, one sentence per line. Enter an empty line to finish.")
        while True:
            typed = self._ask(
                f"{len(asks) + 1}.", lambda text: read_answer("asks", [text]), optional=True
            )
            if not typed:
                if not asks:
                    self._say(f"    The letter asks for this: {demand}")
                return asks
            asks.append(typed)

    def _precedents(self) -> None:
        entries: list[tuple[str, str, str]] = []
        while True:
            who = self._part(
                "precedents", "organization", "Who has done it? (press Enter if none, or to finish)"
            )
            if not who:
                break
            what = self._part("precedents", "action", f"{who} has …", needed=True)
            entries.append((who, what, self._source()))
        self.answers["precedents"] = entries

    def _facts(self) -> None:
        entries: list[tuple[str, str, str]] = []
        while True:
            statement = self._part(
                "facts", "statement", "One plain sentence (press Enter if none, or to finish)"
            )
            if not statement:
                break
            suggested = slug(" ".join(statement.split()[:4]))
            name = self._part(
                "facts", "id", "  Short name to cite it by", default=suggested, needed=True
            )
            taken = {entry[0] for entry in entries}
            if name in taken:
                other = _free(name, taken)
                self._say(f"    A fact `{name}` already exists; this one is named `{other}`.")
                name = other
            entries.append((name, statement, self._source()))
        self.answers["facts"] = entries

    def _source(self) -> str:
        """Ask for the source of what was just stated.

        Returns its id: a new one, or that of the source with the same address.
        """
        sources = self.answers["sources"] = list(self.answers.get("sources") or ())
        url = self._ask(_ADDRESS_OF_PAGE, lambda text: read_answer("sources", text, "url"))
        for known in sources:
            if known[4] == url:
                return str(known[0])
        title = self._part("sources", "title", "  Its title", needed=True)
        author = self._part("sources", "author", "  Who published it", needed=True)
        day = _seen_from("issued", self.answers)
        issued = self._ask(
            "  Publication date (such as 2026-03-01; press Enter if unknown)",
            lambda text: read_answer("sources", text, "issued", day),
            optional=True,
        )
        wanted = slug(f"{author} {issued}")[:60].strip("-")
        name = _free(wanted, {source[0] for source in sources})
        sources.append((name, title, author, issued, url))
        return name

    def _part(
        self, key: str, part: str, text: str, *, default: str = "", needed: bool = False
    ) -> str:
        def read(typed: str) -> Any:
            return read_answer(key, typed, part)

        return self._ask(text, read, default=default, optional=not needed)


def _seen_from(key: str, given: dict[str, Any]) -> Any:
    """The day by which a day is judged: a check is of the past, the rest before the letter."""
    return given["today"] if key == "checked" else given.get("first_day") or given["today"]


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
