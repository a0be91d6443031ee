"""Commands that open and close: what is never closed, never opened, or no command at all."""

import re
from pathlib import Path

from advocacy.errors import Place, Problem, nearest

TAGS = ("call", "filter", "for", "from", "if", "import", "include", "macro", "raw", "set", "with")
"""The commands of letters."""
LAYOUT_TAGS = (*TAGS, "block", "extends")
"""The commands of layouts."""
_OPENING = ("block", "call", "filter", "for", "if", "macro", "with")
_MIDDLE = {"else": ("if", "for"), "elif": ("if",)}
# Comments and raw blocks are skipped whole, so that commands in them do not count.
_SCAN = re.compile(
    r"\{#.*?#\}|\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}"
    r"|\{%[-+]?\s*(?P<tag>\w+)(?P<rest>(?:[^%]|%(?!\}))*)%\}"
    r"|\{\{(?:[^}]|\}(?!\}))*\}\}",
    re.DOTALL,
)


def nesting_problem(text: str, path: Path, tags: tuple[str, ...]) -> Problem | None:
    """The first mistake in the nesting of a template's commands, if there is one."""
    open_tags: list[tuple[str, int]] = []
    for found in _SCAN.finditer(text):
        tag = found["tag"]
        if tag is None:
            continue
        place = Place(path, text.count("\n", 0, found.start()) + 1)
        if tag.startswith("end") or tag in _MIDDLE:
            problem = _closing_problem(tag, open_tags, tags, place)
            if problem is not None:
                return problem
        elif tag not in tags:
            return _unknown_tag(tag, tags, place)
        elif tag in _OPENING or (tag == "set" and "=" not in found["rest"]):
            open_tags.append((tag, place.line or 0))
    if not open_tags:
        return None
    name, line = open_tags[-1]
    return Problem(
        "template-syntax",
        f"`{{% {name} … %}}` is never closed.",
        f"Put `{{% end{name} %}}` where it ends.",
        Place(path, line),
    )


def _closing_problem(
    tag: str, open_tags: list[tuple[str, int]], tags: tuple[str, ...], place: Place
) -> Problem | None:
    """What is wrong with a command that closes; closes it if nothing is."""
    closes = _MIDDLE.get(tag, (tag.removeprefix("end"),))
    if open_tags and open_tags[-1][0] in closes:
        if tag not in _MIDDLE:
            open_tags.pop()
        return None
    if closes[0] not in tags:
        return _unknown_tag(tag, tags, place)
    if not open_tags:
        message = f"`{{% {tag} %}}` closes what was never opened."
        return Problem("template-syntax", message, "Remove it, or add the beginning.", place)
    name, line = open_tags[-1]
    return Problem(
        "template-syntax",
        f"`{{% {tag} %}}` stands where `{{% end{name} %}}` should stand.",
        f"The `{{% {name} … %}}` of line {line} is still open.",
        place,
    )


def _unknown_tag(tag: str, tags: tuple[str, ...], place: Place) -> Problem:
    known = [*tags, *(f"end{name}" for name in tags), *_MIDDLE]
    near = nearest(tag, known)
    return Problem(
        "template-syntax",
        f"There is no command `{{% {tag} %}}`.",
        f"Did you mean `{{% {near} %}}`?" if near else f"There are: {', '.join(tags)}.",
        place,
    )
