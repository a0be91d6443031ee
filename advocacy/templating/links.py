"""Links and pictures in a letter's text: what mail and paper can hold of them."""

import re
from pathlib import Path

from advocacy.errors import Place, Problem
from advocacy.templating.marks import MARK
from advocacy.templating.source import read_template

_LINK = re.compile(r"(!?)(?<!\\)\[([^\]\n]*)\]\(\s*<?([^)\s>]*)")
_GOOD = re.compile(r"(?:https?://|mailto:|tel:)[^\s]", re.IGNORECASE)


def link_problems(markdown: str, path: Path) -> list[Problem]:
    """The pictures of a tokenised body, and the links that lead nowhere from an email.

    An address that begins with a value is judged with the value, where it is printed.
    """
    problems = []
    for picture, words, address in _LINK.findall(markdown):
        place = Place(path, _line_of(f"]({address}", path))
        if picture:
            problems.append(
                Problem(
                    "template-refused",
                    "A letter's text cannot hold a picture.",
                    "Remove it; the logo and signatures are named in the campaign (`logo:`).",
                    place,
                )
            )
        elif not (_GOOD.match(address) or MARK.match(address)):
            hint = "Write the whole address, as in `[our page](https://coalition.example/page)`."
            message = (
                f"The link “{MARK.sub('…', words)}” leads to `{address}`, which is no address."
            )
            problems.append(Problem("bad-url", message, hint, place))
    return list(dict.fromkeys(problems))


def _line_of(text: str, path: Path) -> int | None:
    """The line of the template in which a text first stands; None where it is in a partial."""
    before, found, _ = read_template(path).partition(text)
    return before.count("\n") + 1 if found else None
