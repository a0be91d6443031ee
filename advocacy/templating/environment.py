"""The environment of one workspace's templates: finding, compiling, checking, running them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from jinja2 import Template, TemplateNotFound, TemplateSyntaxError, nodes, pass_context
from jinja2.environment import TemplateModule
from jinja2.exceptions import TemplateError
from jinja2.runtime import Context, Undefined
from markupsafe import Markup

from advocacy.campaign.facts import Fact
from advocacy.errors import AdvocacyError, Place, Problem, did_you_mean
from advocacy.files.cache import file_status
from advocacy.files.workspace import Workspace
from advocacy.templating.filters import FILTERS, TESTS
from advocacy.templating.outline import (
    BodyOutline,
    missing,
    missing_facts,
    missing_fields,
    outline,
    walk,
)
from advocacy.templating.refusals import CITING, called
from advocacy.templating.running import (
    RUN,
    SEEN,
    TemplateMistake,
    TemplateRun,
    TemplateWatch,
    in_plain_words,
)
from advocacy.templating.sandbox import SafeEnvironment, each, trusted
from advocacy.templating.source import TAGS, read_template, syntax_problem, with_line_ends
from advocacy.templating.values import Count, display

_EACH = "(each)"  # no name that a template could write
_SPEND = "(spend)"
_REPEATED = (nodes.For, nodes.Macro, nodes.CallBlock, nodes.Template, nodes.Block)
_TOO_DEEP = "The template is nested too deeply."


class SafeTemplate(Template):
    """A compiled template; `render` raises AdvocacyError for what is wrong in it."""

    environment: "TemplateEnvironment"
    outline: BodyOutline

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The text it makes of variables (given as to a dict)."""
        variables = dict(*args, **kwargs)
        self.environment.check(self, variables)
        language = str(variables.get("lang") or "en")
        with running(TemplateRun(language), self, variables):
            return self.environment.concat(self.root_render_func(self.new_context(variables)))

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        # Jinja keeps a module for later renderings, whose marks would mean other values.
        return self.make_module(ctx.parent if ctx is not None else None)


@dataclass(frozen=True, slots=True)
class _Compiled:
    template: SafeTemplate
    state: tuple[int, int, int]  # of the file: when it changed, its size, its number


class TemplateEnvironment(SafeEnvironment):
    """Templates of one workspace, compiled once for each state of their files."""

    template_class = SafeTemplate
    folders: tuple[str, ...] = ("partials/",)
    tags: tuple[str, ...] = TAGS

    def __init__(self, workspace: Workspace, watch: TemplateWatch | None = None) -> None:
        super().__init__()
        self.workspace, self.watch = workspace, watch
        self.filters = {**FILTERS, _EACH: each, _SPEND: _spend}
        if watch is not None:
            self.filters[SEEN] = watch.see
        self.tests = dict(TESTS)
        self.finalize = _finalize
        self._compiled: dict[Path, _Compiled] = {}
        self._outlined: dict[Path, tuple[BodyOutline, tuple[int, int, int]]] = {}

    def get_template(
        self,
        name: Any,
        parent: str | None = None,  # noqa: ARG002 - Jinja's signature
        globals: Any = None,  # noqa: A002, ARG002 - Jinja's signature
    ) -> SafeTemplate:
        """The compiled template of a name such as `partials/evidence.md`.

        Raises AdvocacyError for mistakes in its file, Mistake for a name that there is none of.
        """
        run = RUN.get(None)
        if run is not None:
            run.spend(10)
        if isinstance(name, Undefined):
            str(name)  # raises
        path = self.find(str(name))
        template = None if path is None else self.compiled(path)
        if run is not None:
            run.fetched[str(name)] = template
        if template is None:
            raise TemplateNotFound(str(name))
        if template.outline.problems:
            raise AdvocacyError(template.outline.problems)
        return template

    def find(self, name: str) -> Path | None:
        """The file of a template that others may include, if there is one."""
        if not name.startswith(self.folders) or ".." in name.split("/"):
            return None
        return self.workspace.template(name)

    def unknown_template(self, name: str, place: Place | None = None) -> Problem:
        """That there is no template of that name."""
        if not name.startswith(self.folders) or ".." in name.split("/"):
            return Problem(
                "unknown-template",
                f"`{name}` is outside the templates folder.",
                f"Name a file under `{self.folders[-1]}`, as in `{self.folders[-1]}evidence.md`.",
                place,
            )
        unusable = self.workspace.unusable_template(name)
        if unusable is not None:
            return replace(unusable, place=place)
        folder = name.split("/")[0]
        known = [f"{folder}/{other}" for other in self.workspace.template_names(folder, "")]
        hint = did_you_mean(name, known, f"Available: {', '.join(known) or 'none'}.")
        return Problem("unknown-template", f"The template `{name}` does not exist.", hint, place)

    def compiled(self, path: Path) -> SafeTemplate:
        """The template of a file, from the cache unless the file has changed.

        One whose outline has problems is empty. Raises AdvocacyError where the file cannot be
        read or parsed.
        """
        state = _state(path)
        known = self._compiled.get(path)
        if known is None or known.state != state:
            known = self._compiled[path] = _Compiled(self._built(path), state)
        return known.template

    def outlined(self, path: Path) -> BodyOutline:
        """The outline of a file's template, which need not be compiled for it.

        Raises AdvocacyError where the file cannot be read or parsed.
        """
        if self.watch is not None:  # which counts what is parsed
            return self.compiled(path).outline
        state = _state(path)
        compiled = self._compiled.get(path)
        if compiled is not None and compiled.state == state:
            return compiled.template.outline
        known = self._outlined.get(path)
        if known is None or known[1] != state:
            known = self._outlined[path] = (self._outline_of(path), state)
        return known[0]

    def _outline_of(self, path: Path) -> BodyOutline:
        text = read_template(path)
        try:
            return outline(self._parsed(text, path), self, path)
        except TemplateSyntaxError as error:
            raise AdvocacyError(syntax_problem(error, text, path, self.tags)) from None
        except (RecursionError, MemoryError):
            raise AdvocacyError(_too_deep(path)) from None

    def _parsed(self, text: str, path: Path) -> nodes.Template:
        source = with_line_ends(text)
        if self.watch is not None:
            return self.watch.parse(self, source, path)
        return self.parse(source, None, str(path))

    def _built(self, path: Path) -> SafeTemplate:
        text = read_template(path)
        try:
            tree = self._parsed(text, path)
            found = outline(tree, self, path)
            if found.problems:
                tree = nodes.Template([], lineno=1)
                tree.set_environment(self)
            self.prepare(tree, path)
            if self.watch is not None:
                self.watch.build_in(tree, path)
            code = self.compile(tree, None, str(path))
        except TemplateSyntaxError as error:
            raise AdvocacyError(syntax_problem(error, text, path, self.tags)) from None
        except (RecursionError, SyntaxError, ValueError, OverflowError, MemoryError):
            raise AdvocacyError(_too_deep(path)) from None
        template = cast("SafeTemplate", SafeTemplate.from_code(self, code, self.globals))
        template.outline = found
        return template

    def prepare(self, tree: nodes.Template, path: Path) -> None:
        """Build the counting into a parsed template."""
        _build_in(tree, path, own_words=not self.is_layout)

    def check(
        self,
        template: SafeTemplate,
        variables: Mapping[str, Any],
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        """Look for all mistakes in a template and its partials that can be found before it runs.

        Raises AdvocacyError with every refused command and every unknown name, filter, partial
        and fact in them.
        """
        outlines, problems = self.outlines(template.outline)
        problems += missing(outlines, variables, self.globals)
        if facts is not None:
            problems += missing_facts(outlines, facts)
        if problems:
            problems += missing_fields(outlines, variables)
            raise AdvocacyError(sorted(dict.fromkeys(problems), key=_order))

    def outlines(self, first: BodyOutline) -> tuple[list[BodyOutline], list[Problem]]:
        """The outlines of a template and of all it includes by name, with their problems."""
        outlines = {first.path: first}
        problems = list(first.problems)
        waiting = [first]
        while waiting:
            current = waiting.pop()
            for name, line in current.partials:
                path = self.find(name)
                if path is None:
                    problems.append(self.unknown_template(name, Place(current.path, line)))
                elif path not in outlines:
                    try:
                        outlines[path] = self.outlined(path)
                    except AdvocacyError as error:
                        problems += error.problems
                        continue
                    problems += outlines[path].problems
                    waiting.append(outlines[path])
            for name in current.optional_partials:
                path = self.find(name)
                if path is not None and path not in outlines:
                    with suppress(AdvocacyError):  # it is told where the template runs
                        outlines[path] = self.outlined(path)
                        waiting.append(outlines[path])
        return list(outlines.values()), problems


def _state(path: Path) -> tuple[int, int, int]:
    """When a file changed, its size and its number; raises AdvocacyError if there is none."""
    stat = file_status(str(path))
    if stat is None:
        read_template(path)  # says what is wrong
        stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _too_deep(path: Path) -> Problem:
    hint = "Shorten it, or move parts of it to partials."
    return Problem("template-too-large", _TOO_DEEP, hint, Place(path))


def _build_in(tree: nodes.Template, path: Path, own_words: bool) -> None:
    """Make the template count what it does, and its citations know their lines.

    With `own_words`, literal text that is printed (`{{ "text" }}`) is the template's own.
    """
    for node, _ in list(walk(tree)):
        if isinstance(node, nodes.For):
            node.iter = nodes.Filter(node.iter, _EACH, [], [], None, None, lineno=node.lineno)
        if isinstance(node, _REPEATED):
            _count_parts(node)
        elif isinstance(node, nodes.Call) and called(node) in CITING and own_words:
            for key, value in (("line", node.lineno), ("path", str(path))):
                node.kwargs.append(nodes.Keyword(key, nodes.Const(value), lineno=node.lineno))
        elif isinstance(node, nodes.Output) and own_words:
            node.nodes = [_make_own(child) for child in node.nodes]


def _count_parts(node: Any) -> None:
    """Make a body count its parts each time that it is gone through."""
    weight = nodes.Const(sum(1 for child in node.body for _ in walk(child)), lineno=node.lineno)
    count = nodes.Filter(weight, _SPEND, [], [], None, None, lineno=node.lineno)
    node.body.insert(0, nodes.ExprStmt(count, lineno=node.lineno))


def _make_own(node: Any) -> Any:
    """The expression, with literals that may be printed made the template's own."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        return nodes.MarkSafe(node, lineno=node.lineno)
    if isinstance(node, nodes.CondExpr):
        node.expr1 = _make_own(node.expr1)
        node.expr2 = _make_own(node.expr2) if node.expr2 is not None else None
    elif isinstance(node, nodes.Or | nodes.And):
        node.left, node.right = _make_own(node.left), _make_own(node.right)
    elif isinstance(node, nodes.Concat):
        node.nodes = [_make_own(part) for part in node.nodes]
    elif isinstance(node, nodes.Filter) and node.name in ("default", "d") and node.args:
        node.args[0] = _make_own(node.args[0])
    return node


def _order(problem: Problem) -> tuple[str, int]:
    place = problem.place
    return (str(place.path), place.line or 0) if place else ("", 0)


@pass_context
def _finalize(context: Context, value: Any) -> Markup:
    """What is printed: the template's own text as it is, anything else as a value."""
    run = RUN.get()
    run.spend(1)
    if isinstance(value, Markup):
        return value
    if isinstance(value, Count):
        return trusted(str(int(value)))
    return cast("SafeEnvironment", context.environment).own(display(value, run.language))


def _spend(weight: int) -> None:
    RUN.get().spend(weight)


@contextmanager
def running(
    run: TemplateRun, template: SafeTemplate, variables: Mapping[str, Any]
) -> Iterator[None]:
    """Carry out a rendering, and turn what goes wrong in it into problems with places."""
    token = RUN.set(run)
    try:
        yield
    except (TemplateMistake, TemplateError, ArithmeticError, LookupError) as error:
        raise AdvocacyError(_problems(error, template, variables)) from None
    except (TypeError, ValueError, AttributeError, RecursionError, MemoryError) as error:
        if _where(error.__traceback__) is None:
            raise  # not the template's: a bug
        raise AdvocacyError(_problems(error, template, variables)) from None
    finally:
        RUN.reset(token)


def _problems(
    error: Exception, template: SafeTemplate, variables: Mapping[str, Any]
) -> list[Problem]:
    environment = template.environment
    place = _where(error.__traceback__) or Place(template.outline.path)
    if isinstance(error, TemplateNotFound):
        problem = environment.unknown_template(str(error.name), place)
    else:
        mistake = error if isinstance(error, TemplateMistake) else in_plain_words(error)
        problem = Problem(mistake.code, mistake.message, mistake.hint, place)
    outlines, _ = environment.outlines(template.outline)
    others = missing_fields(outlines, variables)
    if problem.code == "unknown-name" and any(other.place == place for other in others):
        return others
    return [problem, *others]


def _where(trace: TracebackType | None) -> Place | None:
    """The place of the innermost template line that was running."""
    place = None
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, SafeTemplate):
            line = template.get_corresponding_lineno(trace.tb_lineno)
            place = Place(template.outline.path, line)
        trace = trace.tb_next
    return place
