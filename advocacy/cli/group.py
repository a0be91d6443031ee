"""The `advocacy` command: its subcommands, loaded when called, and how a run ends."""

import importlib
import os
import select
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import click

from advocacy.batch.interrupts import ending_as_ctrl_c_does
from advocacy.cli.printing import printing
from advocacy.cli.report import REPORTS, Report, is_colorless, print_problems
from advocacy.errors import AdvocacyError, Problem, nearest
from advocacy.files.writing import no_room
from advocacy.installation import explain_missing
from advocacy.resources import version

DONE, PROBLEMS, USAGE, UNFINISHED, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130

# The command's module is imported when it is called, so that `--help` stays quick.
COMMANDS = {
    "new": "Start a campaign, or copy a letter or layout.",
    "check": "Check a campaign's letters and the facts they rely on.",
    "preview": "Show a letter in the browser while you write it.",
    "render": "Make the letters of a campaign: PDF and email.",
    "gallery": "Show a campaign's letters on one page, for review.",
    "verify": "Prove that letters can be reproduced byte for byte.",
    "labels": "Print address labels or envelopes.",
    "send": "Mail the letters of a stage, once to each recipient who has not opted out.",
    "status": "Show the state of a mailing or a batch.",
    "uncertain": "List the letters that may have arrived, and decide about each.",
    "lists": "Explain a list, or write its addresses for the Census geocoder.",
    "facts": "Show facts on a day, record a check, end a fact.",
    "bills": "Show a bill and the letters that are due, or count letters on bills.",
    "sources": "Import sources from other programs, or add saved pages.",
    "cosigners": "Show who has signed the text of each stage.",
    "approve": "Approve the text of a stage.",
    "suppress": "Manage the list of people who must not get messages.",
    "bounces": "Read bounces and complaints.",
    "delivered": "Record letters that were delivered by hand.",
    "replied": "Record who replied, so that they get no reminder.",
    "forget": "Remove a person from all stored files.",
    "templates": "List templates and the variables of a letter.",
    "layouts": "List the layouts of printed letters, with a picture of each.",
    "schema": "Print the JSON Schema of a campaign, facts, sources, or bill file.",
    "completion": "Print the completion script for your shell.",
}


class _PipeClosedError(Exception):
    """Nobody reads a pipe any more: standard output's, or another of the program's."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports each when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, from the module of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"advocacy.cli.{cmd_name}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"advocacy.cli.{cmd_name}.command is not a command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises _PipeClosedError where click would end without a word."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _PipeClosedError from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown name is wrong usage, with the nearest as a hint."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and (near := nearest(name, COMMANDS)):
            ctx.fail(f"There is no command “{name}”. Did you mean “{near}”?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"advocacy {version()}")
        ctx.exit(0)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: advocacy new campaign my-campaign",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
    help="Show the version and exit.",
)  # fmt: skip
def advocacy() -> None:
    """Write advocacy letters that can be trusted, printed, and mailed.

    A campaign file states whom you address, what you ask, and which facts you rely on. A
    template contains the letter's text. Every fact has a source and the days on which it is true,
    and a letter that is no longer true is refused.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done, 1 problems in the user's files or places, 2 wrong usage, 3 a mailing with something
    unfinished (the command `send` returns it), 70 a bug, 130 interrupted. A user's mistake never
    ends in a traceback.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    color = False if is_colorless() else None  # None: click colors what goes to a terminal
    # Problems are printed after the command's own context has ended; this one outlives it.
    with click.Context(advocacy, color=color), printing(), ending_as_ctrl_c_does():
        return _run(words, color)


def _run(words: list[str], color: bool | None) -> int:
    had_terminal = sys.stderr.isatty()
    try:
        _check_text(words)
        result = advocacy.main(args=words, prog_name="advocacy", standalone_mode=False, color=color)
        sys.stdout.flush()  # so that a full disk is reported here, and not at exit
    except click.ClickException as error:
        _print_usage(error, _report_in(words))
        return USAGE
    except (click.Abort, KeyboardInterrupt) as error:
        return _interrupted(_left_by(words, error))
    except AdvocacyError as error:
        print_problems(error.problems)
        return PROBLEMS
    except (BrokenPipeError, _PipeClosedError) as error:
        if not any(map(_is_unread, (sys.stdout, sys.stderr))):
            return _failed(error)
        _forget_output(sys.stdout)
        return DONE
    except OSError as error:
        if had_terminal and not sys.stderr.isatty():  # it was closed
            return _interrupted("")
        full = no_room(error)
        if full is None:
            return _failed(error)
        print_problems([full])
        _forget_output(sys.stdout)
        return PROBLEMS
    except Exception as error:  # noqa: BLE001 - the last handler: a bug is reported, not shown
        return _failed(error)
    return result if isinstance(result, int) else DONE


def _left_by(words: Sequence[str], error: BaseException) -> str:
    """What a command leaves that was interrupted: what the error says, else what it does."""
    cause = error.__cause__ if isinstance(error, click.Abort) else error
    told = str(cause) if isinstance(cause, KeyboardInterrupt) else ""
    if told or list(words[:1]) != ["send"]:
        return told or "Finished files are kept, and no file is incomplete."
    if any(word.startswith("--test-to") for word in words):
        return "The test message may have been sent; no other message was."
    return "Nothing was sent."


def _interrupted(told: str) -> int:
    try:
        click.echo(f"\nInterrupted. {told}".rstrip(" "), err=True)
    except OSError:  # the terminal was closed
        _forget_output(sys.stdout, sys.stderr)
    return INTERRUPTED


def _check_text(words: Sequence[str]) -> None:
    """See that arguments and settings are text in UTF-8; only names of files may be otherwise.

    Nothing of a setting is repeated: it may be a password. Raises AdvocacyError for settings,
    and UsageError for arguments.
    """
    settings = [name for name, value in os.environ.items() if name.startswith("ADVOCACY_")
                and not _is_text(value)]  # fmt: skip
    if settings:
        names = ", ".join(sorted(settings))
        hint = "Set it again, in a terminal that uses UTF-8."
        raise AdvocacyError(Problem("not-utf8", f"{names} is not text in UTF-8.", hint))
    for word in words:
        if not _is_text(word) and not os.path.lexists(word):
            shown = word.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            raise click.UsageError(f"“{shown}” is not text in UTF-8.")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # bytes that are not UTF-8 are lone surrogates here
        return False
    return True


def _failed(error: Exception) -> int:
    missing = explain_missing(error)
    if missing is None:
        return _report_bug(error)
    print_problems([missing])
    return PROBLEMS


def _report_in(words: Sequence[str]) -> Report:
    """The form of report that the arguments ask for, though they could not be parsed."""
    asked = "text"
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--report":
            asked = following
        elif word.startswith("--report="):
            asked = word.partition("=")[2]
    return next((report for report in REPORTS if report == asked), "text")


def _print_usage(error: click.ClickException, report: Report) -> None:
    """Say what is wrong with the command's arguments, to a program in the form it asked for."""
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        near = nearest(error.option_name, error.possibilities) or error.possibilities[0]
        error = click.NoSuchOption(error.option_name, possibilities=[near], ctx=error.ctx)
    if report == "text":
        error.show()
        return
    ctx = getattr(error, "ctx", None)
    name = ctx.command_path if ctx is not None else "advocacy"
    message, hint = error.format_message(), f"`{name} --help` lists its options."
    print_problems([Problem("wrong-usage", message, hint)], report)


def _is_unread(stream: TextIO) -> bool:
    """Whether a stream is a pipe of which nobody reads the other end, as after `| head`."""
    asked = select.poll()
    try:
        asked.register(stream.fileno(), select.POLLOUT)
    except OSError:  # it is no file
        return False
    return any(events & select.POLLERR for _, events in asked.poll(0))


def _forget_output(*streams: TextIO) -> None:
    """Drop unprinted output, so that Python prints no message of it at exit."""
    for stream in streams:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _report_bug(error: Exception) -> int:
    import platform
    import tempfile
    import traceback

    report = (
        f"advocacy {version()}, Python {platform.python_version()}, {platform.platform()}\n\n"
        f"{''.join(traceback.format_exception(error))}"
    )
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="advocacy-bug-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(report)
        where = f"Please send the report {file.name} to the developers."
    except OSError:
        where = f"Please send this report to the developers:\n\n{report}"
    click.echo(
        f"advocacy: this is a bug in advocacy, not your mistake ({type(error).__name__}).\n"
        f"    Your files were not changed. {where}",
        err=True,
    )
    return BUG
