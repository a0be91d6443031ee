"""Pages of the manual whose commands are run: what they show is what is printed.

<!-- run -->

    $ advocacy check campaigns/parks.yaml
    its output
"""

import re
import textwrap
from collections.abc import Callable

RUN = re.compile(
    r"<!-- (run|killed) -->\n\n    \$ advocacy (.+)\n((?:(?:    .*)?\n)*?)(?=\n[^ ]|\Z)"
)


def commands(page: str) -> list[tuple[str, str]]:
    """The commands of a page in their order, each with what is done with it: `run`, `killed`."""
    return [(how, command) for how, command, _ in RUN.findall(page)]


def renewed(page: str, printed: Callable[[str, str], str]) -> str:
    """The page with what its commands print now; `printed` is told how, and the command."""
    return RUN.sub(
        lambda found: (
            f"<!-- {found[1]} -->\n\n    $ advocacy {found[2]}\n"
            f"{quoted(printed(found[1], found[2]))}"
        ),
        page,
    )


def quoted(text: str) -> str:
    """Output as a page shows it: indented, long lines wrapped."""
    lines: list[str] = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        lines += textwrap.wrap(
            line, 96, initial_indent="    ", subsequent_indent=indent, break_on_hyphens=False
        ) or [""]
    return "".join(f"{line}\n" for line in lines)
