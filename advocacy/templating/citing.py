"""What a body prints while it is rendered: the marks of its values and of its citations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jinja2.runtime import Undefined
from markupsafe import Markup

from advocacy.campaign.facts import Fact
from advocacy.errors import Place
from advocacy.templating.display import display
from advocacy.templating.marks import CITE_MARK, MARKS_AT_MOST, VALUE_MARK
from advocacy.templating.mistakes import Mistake
from advocacy.templating.outline import fact_problem
from advocacy.templating.run import RUN, Run
from advocacy.templating.trusted import trusted
from advocacy.templating.typography import quotes
from advocacy.templating.unseen import Unseen


@dataclass(frozen=True, slots=True)
class CiteCall:
    """One citation as a template asks for it: ids of facts, and where it does."""

    ids: tuple[str, ...]
    place: Place | None = None


@dataclass(slots=True)
class LetterRun(Run):
    """The rendering of a body: what it printed and cited, in that order.

    Values that are `unseen` are among the values too; their lengths are not in `characters`.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)
    cites: list[CiteCall] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)

    def value(self, text: str) -> Markup:
        """The mark of a value; none for empty text."""
        if not text:
            return Markup()
        if isinstance(text, Unseen):
            self.unseen.append(text)
        else:
            self.grow(len(text))
        if len(self.values) > MARKS_AT_MOST:
            raise Mistake("template-too-large", "This template prints too many values.")
        self.values.append(text)
        return trusted(chr(VALUE_MARK + len(self.values) - 1))

    def cite(self, ids: tuple[Any, ...], line: int | None, path: str) -> Markup:
        """The mark of a citation."""
        for name in ids:
            self.fact(name)
        if len(self.cites) > MARKS_AT_MOST:
            raise Mistake("template-too-large", "This template has too many citations.")
        place = _place(path, line) if line else None
        self.cites.append(CiteCall(tuple(str(name) for name in ids), place))
        return trusted(chr(CITE_MARK + len(self.cites) - 1))

    def fact(self, name: Any) -> Fact:
        """The fact of an id."""
        if isinstance(name, Undefined):
            str(name)  # raises
        if not isinstance(name, str):
            raise Mistake(
                "template-value",
                "A citation names a fact by its id.",
                'Write the id in quotation marks: `{{ cite("the-id") }}`.',
            )
        if name not in self.facts:
            problem = fact_problem(name, self.facts, None)
            raise Mistake(problem.code, problem.message, problem.hint)
        return self.facts[name]


@lru_cache(maxsize=4096)
def _place(path: str, line: int) -> Place:
    return Place(Path(path), line)


def letter_run() -> LetterRun:
    """The rendering that is under way."""
    return cast("LetterRun", RUN.get())


def _cite(*ids: Any, line: int | None = None, path: str = "") -> Markup:
    if not ids:
        raise Mistake("template-value", "`cite` names no fact.", 'Write `{{ cite("the-id") }}`.')
    return letter_run().cite(ids, line, path)


def _fact(name: Any, line: int | None = None, path: str = "") -> Markup:
    run = letter_run()
    statement = display(run.fact(name).statement, run.language)
    return run.value(statement) + run.cite((name,), line, path)


def _quote(name: Any, line: int | None = None, path: str = "") -> Markup:
    run = letter_run()
    words = run.fact(name).quote
    if words is None:
        raise Mistake(
            "no-quote",
            f"The fact `{name}` has no `quote:`.",
            f'Add its source\'s own words, or print the statement: `{{{{ fact("{name}") }}}}`.',
        )
    marks = quotes(run.language)
    quoted = trusted(marks.opening) + run.value(words) + trusted(marks.closing)
    return quoted + run.cite((name,), line, path)


CITING: dict[str, Callable[..., Markup]] = {"cite": _cite, "fact": _fact, "quote": _quote}
"""The functions of bodies, by name."""
