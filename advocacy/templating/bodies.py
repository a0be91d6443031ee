"""Letters' bodies: Markdown with Jinja, in which values and citations become marks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import nodes
from markupsafe import Markup

from advocacy.campaign.facts import Fact
from advocacy.campaign.sources import Source
from advocacy.errors import AdvocacyError, Place, Problem, did_you_mean
from advocacy.files.workspace import Workspace
from advocacy.templating.body_limits import body_too_long
from advocacy.templating.citation_marks import (
    CITE_MARK,
    LINE_MARK,
    LINES_AT_MOST,
    MARK,
    VALUE_MARK,
    CiteCall,
    LetterRun,
    Own,
    Prose,
    letter_run,
)
from advocacy.templating.citing import CITING, end_quotations
from advocacy.templating.environment import SafeTemplate, TemplateEnvironment, running
from advocacy.templating.running import WATCH, TemplateWatch
from advocacy.templating.sandbox import trusted
from advocacy.templating.values import Placeholder

# A plain word with nothing before or after it that Markdown could take for a sign.
_WORD = re.compile(
    r"(?:(?<=^)|(?<=\s)|(?<=[\"“‘(*_]))[^\W\d_][^\W_’'-]*(?:[’'-][^\W_]+)*(?=[\s.,;:!?)…”’\"*_]|$)"
)
NO_SOURCES: Mapping[str, Source] = MappingProxyType({})
_STOP = re.compile(r"[*_~]{0,3}\.(?!\.)")
# A note's text: its paragraph, and indented ones after it.
_NOTE = re.compile(
    r"^ {0,3}\[\^([^\]\s]+)\]:(?:(?!\n\s*\n|\n {0,3}\[\^).)*(?:\n\s*\n(?: {4}|\t).*)*",
    re.MULTILINE | re.DOTALL,
)
# A list's sign before a value: the whole item may be a value, and have no word to mark.
_ITEM = re.compile(r"(?:(?:^|\n) *[-*+]|^[.)]) +$")
_NO_TEXT = re.compile(r"\s*(\[[^\]]+\]:|```|~~~|\{|<)|.*[`<\[\]&]")


@dataclass(frozen=True, slots=True)
class Body:
    """A rendered body: its text, its citations in the order of their marks, its template.

    `language` is the template file's (`fr` for `call.fr.md`), or None for the file without
    one. With `trace`, `chr(LINE_MARK + i)` in the Markdown stands in the line `lines[i]`.
    """

    prose: Prose
    cites: tuple[CiteCall, ...]
    path: Path
    language: str | None = None
    lines: tuple[Place, ...] = ()


class LetterEnvironment(TemplateEnvironment):
    """Bodies of letters; `trace` puts marks of lines into them."""

    def __init__(
        self, workspace: Workspace, *, trace: bool = False, watch: TemplateWatch | None = None
    ) -> None:
        super().__init__(workspace, watch)
        self.globals.update(CITING)
        self.functions = (*self.functions, *CITING.values())
        # A line has one mark however often its template is compiled: a page compiles with each key.
        self.lines: dict[Place, str] | None = {} if trace else None

    def own(self, text: str) -> Markup:
        """A value as its mark."""
        return letter_run().value(text)

    def plain(self, text: Markup) -> str:
        """Text with its values in place of their marks, without citations."""
        values = letter_run().values
        marks = (ord(mark[0]) - VALUE_MARK for mark in MARK.finditer(text))
        letter_run().grow(sum(len(values[mark]) for mark in marks if mark < len(values)))
        return Prose(str(text), tuple(map(str, letter_run().values))).text()

    def change(self, text: Markup, change: Callable[[str], str]) -> Markup:
        """The template's own text changed, and the values in it as well."""
        run = letter_run()
        parts = re.split(f"({MARK.pattern})", str(text))
        for index, part in enumerate(parts):
            if not MARK.match(part):
                parts[index] = change(part)
            elif ord(part) < CITE_MARK:
                parts[index] = run.value(change(str(run.values[ord(part) - VALUE_MARK])))
        return trusted("".join(parts))

    def prepare(self, tree: nodes.Template, path: Path) -> None:
        """Build in the counting, and with `trace` the marks of lines."""
        super().prepare(tree, path)
        if self.lines is not None:
            for output in tree.find_all(nodes.Output):
                last = output.nodes[-1]
                for node in output.nodes:
                    if isinstance(node, nodes.TemplateData):
                        mark = partial(self._mark, path)
                        node.data = _mark_lines(node, mark, before_value=node is not last)

    def _mark(self, path: Path, line: int) -> str:
        place = Place(path, line)
        if self.lines is None or (place not in self.lines and len(self.lines) >= LINES_AT_MOST):
            return ""
        return self.lines.setdefault(place, chr(LINE_MARK + len(self.lines)))


@lru_cache(maxsize=32)
def letter_environment(
    workspace: Workspace, *, trace: bool = False, watch: TemplateWatch | None = None
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
    unusable = workspace.unusable_template(f"letters/{name}.md")
    if unusable is not None:
        raise AdvocacyError(unusable)
    known = workspace.template_names("letters", ".md")
    hint = did_you_mean(name, known, f"Available: {', '.join(known) or 'none'}.")
    message = f"The template `letters/{name}.md` does not exist."
    raise AdvocacyError(Problem("unknown-template", message, hint))


def render_body(
    name: str,
    workspace: Workspace,
    language: str,
    variables: Mapping[str, Any],
    facts: Mapping[str, Fact],
    sources: Mapping[str, Source] = NO_SOURCES,
    *,
    in_text: bool = False,
    trace: bool = False,
) -> Body:
    """The body of one letter.

    `variables` are what the template may print: texts, dates, numbers, lists of these, and
    mappings, dataclasses or models whose declared fields may be read. `facts` are what `cite`,
    `fact` and `quote` may name, `sources` the records that these name. `in_text`: the citation
    style prints citations in the text, not as notes. Raises AdvocacyError with
    all problems of the template.
    """
    known = (facts, sources)
    return run_body(name, workspace, language, variables, *known, in_text=in_text, trace=trace).body


@dataclass(frozen=True, slots=True)
class Ran:
    """A body, with the run that made it and the template that was run."""

    body: Body
    run: LetterRun
    template: SafeTemplate


def run_body(
    name: str,
    workspace: Workspace,
    language: str,
    variables: Mapping[str, Any],
    facts: Mapping[str, Fact],
    sources: Mapping[str, Source] = NO_SOURCES,
    *,
    in_text: bool = False,
    trace: bool = False,
) -> Ran:
    """As `render_body`; `Placeholder`s may stand for texts in groups among the variables.

    Those that the template prints are among the body's values. Raises NeedsValue where the
    template does more with one than print it or ask whether it is there.
    """
    path, template_language = find_body(name, workspace, language)
    environment = letter_environment(workspace, trace=trace, watch=WATCH.get())
    template = environment.compiled(path)
    environment.check(template, variables, facts)
    run = LetterRun(language, facts=facts, sources=sources, workspace=workspace, in_text=in_text)
    with running(run, template, variables):
        context = template.new_context(dict(variables))
        markdown = environment.concat(template.root_render_func(context))
    prose, cites = _in_order(end_quotations(markdown, run), run)
    too_long = list(body_too_long(prose, path))
    if too_long:
        raise AdvocacyError(too_long)
    lines = tuple(environment.lines or ())
    return Ran(Body(prose, cites, path, template_language, lines), run, template)


def _in_order(markdown: str, run: LetterRun) -> tuple[Prose, tuple[CiteCall, ...]]:
    """Number the marks as they are read: commands may print late, twice or never.

    What stands in a note of the letter's own is read where the note's mark stands.
    """
    values: list[str] = []
    cites: list[CiteCall] = []
    renumbered: dict[int, str] = {}
    marks = list(MARK.finditer(markdown))
    notes = _notes(markdown) if "[^" in markdown else ()

    def read_at(mark: re.Match[str]) -> tuple[int, int]:
        at = mark.start()
        return next((referred for start, end, referred in notes if start <= at < end), at), at

    for mark in sorted(marks, key=read_at) if notes else marks:
        code = ord(mark[0])
        if code < CITE_MARK:
            values.append(before_stop(run.values[code - VALUE_MARK], markdown, mark.end()))
            renumbered[mark.start()] = chr(VALUE_MARK + len(values) - 1)
        else:
            cites.append(run.cites[code - CITE_MARK])
            renumbered[mark.start()] = chr(CITE_MARK + len(cites) - 1)
    text = MARK.sub(lambda mark: renumbered[mark.start()], markdown)
    return Prose(text, tuple(values)), tuple(cites)


def before_stop(value: str, markdown: str, end: int) -> str:
    """A value whose mark ends there, without its last stop where the sentence ends with another.

    “Stores, Inc.” at the end of a sentence has one stop (Chicago Manual of Style 17, on
    periods of abbreviations beside other punctuation).
    """
    if (
        isinstance(value, Placeholder)
        or not value.endswith(".")
        or value.endswith("..")
        or not _STOP.match(markdown, end)
    ):
        return value
    return Own(value[:-1]) if isinstance(value, Own) else value[:-1]


def _notes(markdown: str) -> list[tuple[int, int, int]]:
    """Where the text of each note begins and ends, and where its mark stands."""
    found = []
    for note in _NOTE.finditer(markdown):
        referred = markdown.find(f"[^{note[1]}]")
        if referred == note.start():  # the text stands before the mark
            referred = markdown.find(f"[^{note[1]}]", note.end())
        if referred >= 0:
            found.append((note.start(), note.end(), referred))
    return found


def _mark_lines(data: nodes.TemplateData, mark: Callable[[int], str], *, before_value: bool) -> str:
    """Template text with an invisible mark after the last plain word of each line.

    `mark(line)` gives the character for a line. Lines in which a word may be part of an
    address or of code have no mark. `before_value`: a value follows the text.
    """
    first_line, lines = data.lineno, data.data.split("\n")
    for index, line in enumerate(lines):
        if _NO_TEXT.match(line):
            continue
        words = list(_WORD.finditer(line))
        if words:
            at = words[-1].end()
            lines[index] = line[:at] + mark(first_line + index) + line[at:]
    if before_value and _ITEM.search(data.data):
        lines[-1] += mark(first_line + len(lines) - 1)
    return "\n".join(lines)
