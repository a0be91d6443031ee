"""The `advocacy` command: its subcommands, loaded when called, and how a run ends."""

import importlib
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence

import click

from advocacy.cli.report import print_problems
from advocacy.errors import AdvocacyError, nearest
from advocacy.files.writing import no_room
from advocacy.installation import explain_missing
from advocacy.resources import version

DONE, PROBLEMS, USAGE, UNFINISHED, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130

# The command's module is imported when it is called, so that `--help` stays quick.
COMMANDS = {
    "new": "Begin a campaign, or a letter of your own.",
    "check": "Check a campaign's letters and the facts they rely on.",
    "preview": "Show a letter in the browser while you write it.",
    "render": "Make the letters of a campaign: PDF and email.",
    "gallery": "Show a campaign's letters on one page, for review.",
    "verify": "Prove that letters come out again as they were made.",
    "labels": "Print address labels or envelopes.",
    "send": "Mail the letters of a stage: nobody twice, nobody who said no.",
    "status": "Say what became of a mailing, or of a batch.",
    "facts": "Show facts as they are on a day, record a check, end one.",
    "sources": "Import sources from other programs.",
    "approve": "Sign off the text of a stage.",
    "suppress": "Keep the list of people who are not to be written to.",
    "bounces": "Read what came back: bounces and complaints.",
    "replied": "Note who answered, so that no reminder goes to them.",
    "forget": "Remove a person from everything that is kept.",
    "templates": "List templates, and what letters may print.",
    "schema": "Print the JSON Schema of a campaign, facts or sources file.",
    "completion": "Print the completion script for your shell.",
}


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
            raise TypeError(f"advocacy.cli.{cmd_name}.command is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name, or the nearest as a hint."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and (near := nearest(name, COMMANDS)):
            ctx.fail(f"There is no command “{name}”. Did you mean “{near}”?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with: advocacy render campaigns/microsoft.yaml",
)
@click.version_option(version(), prog_name="advocacy", message="%(prog)s %(version)s")
def advocacy() -> None:
    """Write advocacy letters that can be trusted, printed and mailed.

    A campaign file says whom you address, what you ask and which facts you rely on; a
    template says it in words. Every fact has a source and the days on which it holds, and a
    letter that is no longer true is refused.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done, 1 problems in the user's files or places, 2 wrong usage, 3 something unfinished,
    70 a bug, 130 interrupted. A user's mistake never ends in a traceback.
    """
    try:
        result = advocacy.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="advocacy",
            standalone_mode=False,
        )
        sys.stdout.flush()  # a full disk under it is told here, and not at exit
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nInterrupted: what was finished is kept, and no half file is left.", err=True)
        return INTERRUPTED
    except AdvocacyError as error:
        print_problems(error.problems)
        return PROBLEMS
    except BrokenPipeError:
        _forget_output()
        return DONE
    except OSError as error:
        full = no_room(error)
        if full is None:
            return _failed(error)
        print_problems([full])
        _forget_output()
        return PROBLEMS
    except Exception as error:  # noqa: BLE001 - the last handler: a bug is reported, not shown
        return _failed(error)
    return result if isinstance(result, int) else DONE


def _failed(error: Exception) -> int:
    missing = explain_missing(error)
    if missing is None:
        return _report_bug(error)
    print_problems([missing])
    return PROBLEMS


def _forget_output() -> None:
    """Let Python not complain at exit of what could not be printed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report_bug(error: Exception) -> int:
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
        f"advocacy: this is a bug in advocacy, not a mistake of yours ({type(error).__name__}).\n"
        f"    Your files are untouched. {where}",
        err=True,
    )
    return BUG
