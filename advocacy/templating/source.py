"""The source of a template: reading its file, and what is wrong with its syntax.

Jinja says what its parser met, and often on the last line of the file. Here a command that is
never closed is found at its own line, and each of Jinja's messages is put in plain words.
"""

import re
from pathlib import Path
from stat import S_ISREG

from jinja2 import TemplateSyntaxError

from advocacy.errors import AdvocacyError, Place, Problem, nearest
from advocacy.files.cache import file_status
from advocacy.files.text import read_text, without_bad_characters

BYTES_AT_MOST = 1_000_000
COMMANDS_AT_MOST = 10_000
TAGS = ("call", "filter", "for", "from", "if", "import", "include", "macro", "raw", "set", "with")
"""The commands of letters."""
LAYOUT_TAGS = (*TAGS, "block", "extends")
"""The commands of layouts."""
COMMAND = re.compile(r"\{\{.*?(?:\}\}|\Z)|\{%.*?(?:%\}|\Z)|\{#.*?(?:#\}|\Z)", re.DOTALL)
"""A value, a command, or a comment; one that is never closed goes on to the end of the text.

If it did not, its end would be sought from each opening: a time by the square of the length.
"""
_OPENING = ("block", "call", "filter", "for", "if", "macro", "with")
_MIDDLE = {"else": ("if", "for"), "elif": ("if",)}
# Comments and raw blocks are skipped whole, so that commands in them do not count. What is never
# closed goes on to the end, so that no text is searched twice.
_SCAN = re.compile(
    r"\{#.*?(?:#\}|\Z)|\{%[-+]?\s*raw\s*[-+]?%\}.*?(?:\{%[-+]?\s*endraw\s*[-+]?%\}|\Z)"
    r"|\{%[-+]?\s*(?P<tag>\w+)(?P<rest>(?:[^%]|%(?!\}))*)(?:%\}|\Z)"
    r"|\{\{(?:[^}]|\}(?!\}))*(?:\}\}|\Z)",
    re.DOTALL,
)
_HINT = "Print a value with `{{ name }}`. Write a command in `{% … %}`."
_ENDS = {"end of print statement": "}}", "end of statement block": "%}"}
_OPENS = {"}}": "{{", "%}": "{%"}
_SIGNS = re.compile(
    r"\{#.*?(?:#\}|\Z)"
    r"|(?P<raw>\{%[-+]?\s*raw\s*[-+]?%\}.*?(?:\{%[-+]?\s*endraw\s*[-+]?%\}|\Z))"
    r"|\{\{|\}\}|\{%|%\}|\n\n",
    re.DOTALL,
)
_FOUND = {"string": "a text in quotation marks", "integer": "a number", "float": "a number"}
_WANTED = {**_FOUND, "name": "a name"}
_WHERE = {
    "in": "Write it as `{% for ask in demand.asks %}`.",
    "name": "Put a vertical bar before a filter: `{{ recipient.name | upper }}`.",
}
_CURLY = re.compile("[“”„‘’«»]")


def read_template(path: Path) -> str:
    """A template's text, with line feeds alone at the ends of its lines.

    Raises AdvocacyError where it cannot be read, is too large, is not UTF-8, or holds
    characters that no text may hold (all of them are named).
    """
    status = file_status(str(path))
    if status is not None and S_ISREG(status.st_mode) and status.st_size > BYTES_AT_MOST:
        raise AdvocacyError(_too_large(path, f"{BYTES_AT_MOST:,} bytes"))
    text, problems = without_bad_characters(read_text(path), path)
    if text.count("{{") + text.count("{%") > COMMANDS_AT_MOST:
        problems.append(_too_large(path, f"{COMMANDS_AT_MOST:,} commands"))
    if problems:
        raise AdvocacyError(problems)
    return text


def with_line_ends(text: str) -> str:
    """The text with the line ends kept after comments that follow words on their line.

    Jinja takes away the line end behind a command and behind a comment alike; behind a
    sentence that would join it with the next paragraph. The plus sign of `+#}` keeps it.
    """
    if "#}\n" not in text:
        return text
    *lines, last = text.split("\n")
    return "\n".join((*map(_with_line_end, lines), last))


def _with_line_end(line: str) -> str:
    """A line; where a comment ends it, behind words, its line end is kept."""
    if not line.endswith("#}") or line.endswith(("-#}", "+#}")):
        return line
    start = line.find("{#", line.rfind("#}", 0, -2) + 1)
    before = line[: max(start, 0)].rstrip(" \t")
    return line if not before or before.endswith(("%}", "#}")) else f"{line[:-2]}+#}}"


def _too_large(path: Path, limit: str) -> Problem:
    return Problem(
        "template-too-large",
        f"The template has more than {limit}.",
        "A letter has only a few thousand characters. Remove the rest.",
        Place(path),
    )


def syntax_problem(
    error: TemplateSyntaxError, text: str, path: Path, tags: tuple[str, ...] = TAGS
) -> Problem:
    """What a syntax error of Jinja means, at the line where it is to be put right."""
    message = error.message or ""
    unclosed = _unclosed(text)
    if unclosed is not None:
        line, opening = unclosed
        rest = text.split("\n")[line - 1].rpartition(opening)[2]
        what, hint = _endless(opening)
        if opening == "{{" and "}" in rest:
            what = "`{{` is closed with a single bracket."
        return Problem("template-syntax", what, hint, Place(path, line))
    if "tag" in message or "end of template" in message:
        problem = nesting_problem(text, path, tags)
        if problem is not None:
            return problem
    line, what, hint = _explained(message, text, error.lineno)
    return Problem("template-syntax", what, hint, Place(path, line))


def _unclosed(text: str) -> tuple[int, str] | None:
    """The line of the first command that is not closed before the next one, and its sign.

    A command in which quotation marks hold such a sign is not looked into.
    """
    opened: re.Match[str] | None = None
    for sign in _SIGNS.finditer(text):
        if sign[0].startswith("{#") or sign["raw"]:
            continue
        if opened is None:
            opened = sign if sign[0] in _OPENS.values() else None
        elif sign[0] in _OPENS.values() or sign[0] == "\n\n":
            return text.count("\n", 0, opened.start()) + 1, opened[0]
        elif _OPENS.get(sign[0]) == opened[0]:
            opened = None
    return (text.count("\n", 0, opened.start()) + 1, opened[0]) if opened else None


def _explained(message: str, text: str, line: int) -> tuple[int, str, str]:
    """The line, what is wrong on it, and what to do."""
    lines = text.split("\n")
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    if "omment" in message:
        return _line_of_last(text, "{#"), "A comment is not closed.", "Close it with `#}`."
    if "end of" in message and "expected token" not in message:
        return _early_end(message, text, line)
    if "unexpected char" in message:
        return line, *_odd_character(message, source)
    lacking = re.search(", expected '(.)'", message)
    if lacking and "unexpected '}'" in message and "{{" in source:
        return line, f"A `{lacking[1]}` is missing before `}}}}`.", "Add it in the correct place."
    if re.search(r"unexpected '[}\])]'", message):
        what = "A closing bracket has no matching opening bracket."
        return line, what, f"Check the brackets in this line. {_HINT}"
    if found := re.search(r"expected token '(.+?)', got '(.+?)'", message):
        return _unexpected(lines, line, *found.groups())
    return line, "This command cannot be parsed.", _HINT


def _early_end(message: str, text: str, line: int) -> tuple[int, str, str]:
    """What it means that a command ends before it is complete, or the file before it."""
    for end, closing in _ENDS.items():
        if end in message and "end of template" not in message:
            what = f"Something is missing before `{closing}`."
            return line, what, "Add what is missing, or remove the command."
    opening = "{{" if text.rfind("{{") > text.rfind("{%") else "{%"
    return _line_of_last(text, opening), *_endless(opening)


def _endless(opening: str) -> tuple[str, str]:
    closing = {"{{": "}}", "{%": "%}"}[opening]
    return f"`{opening}` is not closed.", f"Close it with `{closing}`."


def _unexpected(lines: list[str], line: int, wanted: str, got: str) -> tuple[int, str, str]:
    """What it means that one thing stands where another should."""
    closing = _ENDS.get(wanted)
    begins = _beginning(lines, line, closing or "")
    source = lines[begins - 1] if 0 < begins <= len(lines) else ""
    if "{{{" in source:
        return begins, "There is one bracket too many: `{{{`.", "Print a value as `{{ name }}`."
    if closing and begins < line and closing not in "".join(lines[begins - 1 : line - 1]):
        return begins, *_endless(_OPENS[closing])
    shown = f"`{_ENDS[got]}`" if got in _ENDS else _FOUND.get(got, f"`{got}`")
    where = f"`{closing}`" if closing else _WANTED.get(wanted, f"`{wanted}`")
    if got == "=":
        hint = "To compare two values, write `==`."
    elif got == "string" and closing:
        hint = 'Put the values for a function in parentheses: `{{ cite("the-id") }}`.'
    elif closing == "}}":
        hint = f"A name cannot contain spaces: `{{{{ recipient.name }}}}`. {_HINT}"
    else:
        hint = _WHERE.get(wanted, _HINT)
    return begins, f"Expected {where}, but got {shown}.", hint


def _odd_character(message: str, source: str) -> tuple[str, str]:
    found = re.search(r"unexpected char (['\"])(.+?)\1 at", message)
    character = found[2] if found else "?"
    if _CURLY.search(source):
        return "There are curly quotation marks in a command.", (
            'Use straight quotation marks: `"…"`.'
        )
    if character in ('"', "'"):
        return "A text in quotation marks is not closed.", f"Close it with `{character}`."
    return f"`{character}` is not allowed in a command.", _HINT


def _beginning(lines: list[str], line: int, mark: str) -> int:
    """The line on which the command begins that should end with `mark` before this line."""
    opening = _OPENS.get(mark)
    while opening and line > 1 and opening not in lines[line - 1]:
        line -= 1
    return line


def _line_of_last(text: str, mark: str) -> int:
    return text.count("\n", 0, text.rfind(mark)) + 1


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
        f"Add `{{% end{name} %}}` where it ends.",
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
        message = f"`{{% {tag} %}}` has no opening command."
        return Problem("template-syntax", message, "Remove it, or add the opening command.", place)
    name, line = open_tags[-1]
    return Problem(
        "template-syntax",
        f"`{{% {tag} %}}` is where `{{% end{name} %}}` is expected.",
        f"The `{{% {name} … %}}` of line {line} is still open.",
        place,
    )


def _unknown_tag(tag: str, tags: tuple[str, ...], place: Place) -> Problem:
    known = [*tags, *(f"end{name}" for name in tags), *_MIDDLE]
    near = nearest(tag, known)
    return Problem(
        "template-syntax",
        f"`{{% {tag} %}}` is not a command.",
        f"Did you mean `{{% {near} %}}`?" if near else f"Available: {', '.join(tags)}.",
        place,
    )
