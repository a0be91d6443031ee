"""Letters' bodies: Markdown with Jinja, in which values and citations become marks."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jinja2 import nodes
from jinja2.runtime import Undefined
from markupsafe import Markup

from advocacy.errors import AdvocacyError, Place, Problem, nearest
from advocacy.facts import Fact
from advocacy.marks import (
    CITE_MARK,
    LINE_MARK,
    LINES_AT_MOST,
    MARK,
    MARKS_AT_MOST,
    VALUE_MARK,
    Prose,
)
from advocacy.templating.branches import WATCH, Watch
from advocacy.templating.display import display
from advocacy.templating.environment import TemplateEnvironment, running
from advocacy.templating.lines import mark_lines
from advocacy.templating.mistakes import Mistake
from advocacy.templating.outline import fact_problem
from advocacy.templating.run import RUN, Run
from advocacy.templating.trusted import trusted
from advocacy.typography import quotes
from advocacy.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CiteCall:
    """One citation as a template asks for it: ids of facts, and where it does."""

    ids: tuple[str, ...]
    place: Place | None = None


class Watched(dict[str, Any]):
    """Fields that a template may read, and whether it did."""

    read = False

    def __getitem__(self, name: str) -> Any:
        self.read = True
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.read = True
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        self.read = True
        return super().__iter__()

    def __len__(self) -> int:
        self.read = True
        return super().__len__()

    def get(self, name: str, default: Any = None) -> Any:
        """The field, or a default."""
        self.read = True
        return super().get(name, default)


@dataclass(frozen=True, slots=True)
class Body:
    """A rendered body: its text, its citations in the order of their marks, its template.

    `language` is the template file's (`fr` for `call.fr.md`), or None for the file without
    one. With `trace`, `chr(LINE_MARK + i)` in the Markdown stands in the line `lines[i]`.
    `templates` are those that it came from, with their files.
    """

    prose: Prose
    cites: tuple[CiteCall, ...]
    path: Path
    language: str | None = None
    lines: tuple[Place, ...] = ()
    templates: tuple[tuple[Path, Any], ...] = ()

    @property
    def is_fresh(self) -> bool:
        """Whether the templates that it came from, partials too, are as they were."""
        environment = self.templates[0][1].environment
        return all(environment.compiled(path) is template for path, template in self.templates)


@dataclass(slots=True)
class _LetterRun(Run):
    facts: Mapping[str, Fact] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)
    cites: list[CiteCall] = field(default_factory=list)

    def value(self, text: str) -> Markup:
        """The mark of a value; none for empty text."""
        if not text:
            return Markup()
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


def _run() -> _LetterRun:
    return cast("_LetterRun", RUN.get())


def _cite(*ids: Any, line: int | None = None, path: str = "") -> Markup:
    if not ids:
        raise Mistake("template-value", "`cite` names no fact.", 'Write `{{ cite("the-id") }}`.')
    return _run().cite(ids, line, path)


def _fact(name: Any, line: int | None = None, path: str = "") -> Markup:
    run = _run()
    statement = display(run.fact(name).statement, run.language)
    return run.value(statement) + run.cite((name,), line, path)


def _quote(name: Any, line: int | None = None, path: str = "") -> Markup:
    run = _run()
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


class LetterEnvironment(TemplateEnvironment):
    """Bodies of letters; `trace` puts marks of lines into them."""

    def __init__(
        self, workspace: Workspace, *, trace: bool = False, watch: Watch | None = None
    ) -> None:
        super().__init__(workspace, watch)
        citing = {"cite": _cite, "fact": _fact, "quote": _quote}
        self.globals.update(citing)
        self.functions = (*self.functions, *citing.values())
        self.lines: list[Place] | None = [] if trace else None

    def own(self, text: str) -> Markup:
        """A value as its mark."""
        return _run().value(text)

    def plain(self, text: Markup) -> str:
        """Text with its values in place of their marks, without citations."""
        return Prose(str(text), tuple(_run().values)).text()

    def change(self, text: Markup, change: Callable[[str], str]) -> Markup:
        """The template's own text changed, and the values in it as well."""
        run = _run()
        parts = re.split(f"({MARK.pattern})", str(text))
        for index, part in enumerate(parts):
            if not MARK.match(part):
                parts[index] = change(part)
            elif ord(part) < CITE_MARK:
                parts[index] = run.value(change(run.values[ord(part) - VALUE_MARK]))
        return trusted("".join(parts))

    def prepare(self, tree: nodes.Template, path: Path) -> None:
        """Build in the counting, and with `trace` the marks of lines."""
        super().prepare(tree, path)
        if self.lines is not None:
            for data in tree.find_all(nodes.TemplateData):
                data.data = mark_lines(data.data, data.lineno, lambda line: self._mark(path, line))

    def _mark(self, path: Path, line: int) -> str:
        if self.lines is None or len(self.lines) >= LINES_AT_MOST:
            return ""
        self.lines.append(Place(path, line))
        return chr(LINE_MARK + len(self.lines) - 1)


@lru_cache(maxsize=32)
def letter_environment(
    workspace: Workspace, *, trace: bool = False, watch: Watch | None = None
) -> LetterEnvironment:
    """The environment of a workspace's bodies; it remembers what it has compiled."""
    return LetterEnvironment(workspace, trace=trace, watch=watch)


def find_body(name: str, workspace: Workspace, language: str) -> tuple[Path, str | None]:
    """The file of a body in a language, and the language in its name.

    `call` in `fr-CA` is `letters/call.fr-CA.md`, else `letters/call.fr.md`, else
    `letters/call.md`. Raises AdvocacyError where there is none.
    """
    tag = language
    while tag:
        path = workspace.template(f"letters/{name}.{tag}.md")
        if path is not None:
            return path, tag
        tag = tag.rpartition("-")[0]
    path = workspace.template(f"letters/{name}.md")
    if path is not None:
        return path, None
    known = workspace.template_names("letters", ".md")
    near = nearest(name, known)
    raise AdvocacyError(
        Problem(
            "unknown-template",
            f"There is no template `letters/{name}.md`.",
            f"Did you mean `{near}`?" if near else f"There are: {', '.join(known) or 'none'}.",
        )
    )


def render_body(
    name: str,
    workspace: Workspace,
    language: str,
    variables: Mapping[str, Any],
    facts: Mapping[str, Fact],
    *,
    trace: bool = False,
) -> Body:
    """The body of one letter.

    `variables` are what the template may print: texts, dates, numbers, lists of these, and
    mappings, dataclasses or models whose declared fields may be read. `facts` are what `cite`,
    `fact` and `quote` may name. Raises AdvocacyError with all problems of the template.
    """
    path, template_language = find_body(name, workspace, language)
    environment = letter_environment(workspace, trace=trace, watch=WATCH.get())
    template = environment.compiled(path)
    environment.check(template, variables, facts)
    run = _LetterRun(language, facts=facts)
    run.templates.append((path, template))
    with running(run, environment, template, variables):
        context = template.new_context(dict(variables))
        markdown = environment.concat(template.root_render_func(context))
    prose, cites = _in_order(markdown, run)
    lines, templates = tuple(environment.lines or ()), tuple(run.templates)
    return Body(prose, cites, path, template_language, lines, templates)


def _in_order(markdown: str, run: _LetterRun) -> tuple[Prose, tuple[CiteCall, ...]]:
    """Number the marks as they stand in the text: commands may print late, twice or never."""
    values: list[str] = []
    cites: list[CiteCall] = []

    def renumbered(mark: re.Match[str]) -> str:
        code = ord(mark[0])
        if code < CITE_MARK:
            values.append(run.values[code - VALUE_MARK])
            return chr(VALUE_MARK + len(values) - 1)
        cites.append(run.cites[code - CITE_MARK])
        return chr(CITE_MARK + len(cites) - 1)

    return Prose(MARK.sub(renumbered, markdown), tuple(values)), tuple(cites)
