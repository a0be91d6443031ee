"""What SpamAssassin's local rules say of a message, where `spamassassin` is installed.

Its tests over the network are left off (`-L`), and so are the user's own preferences: what it
says here is what its rules say of the text. A message that has not travelled yet fails a few
rules for that alone; those are left out.
"""

import os
import re
import shutil
import subprocess
import tempfile

from advocacy.errors import Level, Problem
from advocacy.mail import problem

_SECONDS = 60
_MARKED = 5.0
"""Points from which SpamAssassin calls a message spam, as installed."""
_NOT_SENT_YET = {"NO_RECEIVED", "NO_RELAYS", "ALL_TRUSTED", "UNPARSEABLE_RELAY"}
_RULE = re.compile(r"^[* ]{0,3}(-?\d+\.\d+) ([A-Z][A-Z0-9_]+)\s+(.*)$")


def spam_problems(message: bytes) -> list[Problem]:
    """A problem that names the rules which count against the message, if any do.

    A note, and a warning from five points. None where SpamAssassin is not installed; a note
    where it does not work.
    """
    program = shutil.which("spamassassin")
    if program is None:
        return []
    with tempfile.TemporaryDirectory() as home:
        # It would make a folder for itself in the home.
        environment = {**os.environ, "HOME": home, "LC_ALL": "C"}
        try:
            run = subprocess.run(  # noqa: S603 - the program that PATH names
                [program, "-L", "-t", "-x"],
                input=message,
                capture_output=True,
                timeout=_SECONDS,
                env=environment,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            return [problem("spam-check-failed", told=type(error).__name__)]
    return _problems(run.stdout.decode(errors="replace"))


def rules(report: str) -> list[tuple[float, str, str]]:
    """Points, name and description of each rule in the report that `-t` adds at the end."""
    table = report.rpartition("Content analysis details:")[2]
    found: list[tuple[float, str, str]] = []
    for line in table.splitlines():
        if one := _RULE.match(line):
            found.append((float(one[1]), one[2], one[3].strip()))
        elif found and line.startswith(" " * 20) and line.strip():
            points, name, description = found[-1]
            found[-1] = (points, name, f"{description} {line.strip()}")
    return [one for one in found if one[1] not in _NOT_SENT_YET]


def _problems(report: str) -> list[Problem]:
    found = rules(report)
    against = [one for one in found if one[0] > 0]
    if not against:
        return []
    points = sum(one[0] for one in found)
    told = "; ".join(f"{name} ({points:g}: {what})" for points, name, what in against)
    level = Level.WARNING if points >= _MARKED else Level.NOTE
    return [problem("spam-rules", level=level, points=points, marked=_MARKED, told=told)]
