"""Templates: what is printed, what is refused, what is said about mistakes."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateSyntaxError
from markdown_it import MarkdownIt

from advocacy.campaign.facts import Fact
from advocacy.campaign.languages import LocalText
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.templating import Body, bodies, layout_environment, render_body, render_layout
from advocacy.templating.citation_marks import CITE_MARK, LINE, LINE_MARK, VALUE_MARK
from advocacy.templating.source import syntax_problem

FACTS: Mapping[str, Fact] = {
    "first-fact": Fact.model_validate(
        {"statement": {"en": "It is so.", "fr": "C’est ainsi."}, "source": "s", "quote": "so it is"}
    ),
    "second-fact": Fact.model_validate({"statement": "It was so.", "source": "s"}),
}
HOSTILE = "*Bob* <b>`x`</b> {{ 7*7 }} [a](b) & \\ 1. # ~~ ]]>"
Write = Callable[[str, str], Path]


@dataclass(frozen=True)
class Person:
    name: str
    title: str | None = None
    born: dt.date | None = None

    @property
    def initial(self) -> str:
        return self.name[0]

    def secret(self) -> str:
        return "not for templates"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in ("letters", "partials", "layouts"):
        (tmp_path / name).mkdir()
    return Workspace(tmp_path, (tmp_path,))


@pytest.fixture
def write(tmp_path: Path, workspace: Workspace) -> Write:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


class Render:
    """Renders a template text: `render("{{ name }}", name="Bob")`."""

    def __init__(self, workspace: Workspace, write: Write) -> None:
        self.workspace, self.write, self.language, self.trace = workspace, write, "en-US", False

    def body(self, template: str, **variables: Any) -> Body:
        self.write("letters/call.md", template)
        return render_body(
            "call", self.workspace, self.language, variables, FACTS, trace=self.trace
        )

    def __call__(self, template: str, **variables: Any) -> str:
        return self.body(template, **variables).prose.text()

    def problems(self, template: str, **variables: Any) -> tuple[Problem, ...]:
        with pytest.raises(AdvocacyError) as caught:
            self.body(template, **variables)
        return caught.value.problems

    def problem(self, template: str, **variables: Any) -> Problem:
        (problem,) = self.problems(template, **variables)
        return problem


@pytest.fixture
def render(workspace: Workspace, write: Write) -> Render:
    return Render(workspace, write)


def at(problem: Problem) -> tuple[str, int | None]:
    assert problem.place is not None
    return problem.place.path.name, problem.place.line


# --- what is printed -----------------------------------------------------------------------


def test_a_value_is_one_mark_and_the_templates_words_are_markdown(render: Render) -> None:
    prose = render.body("Dear *{{ name }}*, hello.\n", name=HOSTILE).prose
    assert prose.markdown == f"Dear *{chr(VALUE_MARK)}*, hello.\n"
    assert prose.values == (HOSTILE,)


def test_letters_that_differ_in_values_alone_have_the_same_markdown(render: Render) -> None:
    template = "{{ name }} and {% for x in xs %}{{ x }}{% endfor %} {{ cite('first-fact') }}"
    first = render.body(template, name="A", xs=["1", "2"])
    second = render.body(template, name="Quite another", xs=["3", "4"])
    assert first.prose.markdown == second.prose.markdown
    assert first.prose.values != second.prose.values


LEAKS = {
    "print": "{{ v }}",
    "joined with ~": "{{ v ~ v }}",
    "joined with own text": "{{ 'own ' ~ v ~ ' words' }}",
    "plus": "{{ v + v }}",
    "captured": "{% set c %}own {{ v }}{% endset %}{{ c }}",
    "captured and joined": "{% set c %}own{% endset %}{{ c ~ v }}",
    "captured plus": "{% set c %}own{% endset %}{{ c + v }}",
    "value plus captured": "{% set c %}own{% endset %}{{ v + c }}",
    "captured and replaced": "{% set c %}own NAME{% endset %}{{ c|replace('NAME', v) }}",
    "value replaced by captured": "{% set c %}own{% endset %}{{ v|replace('Bob', c) }}",
    "join": "{{ [v, v]|join(', ') }}",
    "join with captured": "{% set c %} own {% endset %}{{ [v, v]|join(c) }}",
    "join of captured": "{% set c %}own{% endset %}{{ [c, v]|join(v) }}",
    "and_list": "{% set c %}own{% endset %}{{ [c, v]|and_list }} {{ [v, v]|and_list }}",
    "list": "{{ [v, v] }}",
    "filter block": "{% filter trim %} {{ v }} {% endfilter %}",
    "macro": "{% macro m(a, b='x') %}<{{ a }}>{{ b }}{% endmacro %}{{ m(v) ~ m(v, b=v) }}",
    "macro and varargs": "{% macro m() %}{{ varargs }}{{ kwargs|length }}{% endmacro %}{{ m(v) }}",
    "call": "{% macro m() %}[{{ caller(v) }}]{% endmacro %}{% call(x) m() %}{{ x }}{% endcall %}",
    "include": "{% include 'partials/p.md' %}",
    "import": "{% from 'partials/m.md' import show %}{{ show(v) }}",
    "choice": "{{ v if v else 'no' }}{{ none or v }}{{ nothing|default(v) }}",
    "first of list": "{{ [v]|first }}{{ [v]|last }}{{ [v][0] }}{{ v[0] }}{{ v[1:] }}",
    "map": "{{ [v]|map('upper')|join }}{{ [v]|map('trim')|list }}",
    "case": "{{ v|upper }}{{ v|lower }}{{ v|title }}{{ v|capitalize }}",
    "case of captured": "{% set c %}own {{ v }}{% endset %}{{ c|upper }}{{ c|title }}",
    "trim and slice of captured": "{% set c %} {{ v }} {% endset %}{{ c|trim }}{{ c[0:2] }}",
    "namespace": "{% set n = namespace(x='') %}{% for i in [v] %}{% set n.x = n.x ~ i %}"
    "{% endfor %}{{ n.x }}",
    "with": "{% with w = v %}{{ w }}{% endwith %}",
    "loop": "{% for i in [v, v] %}{{ i }}{{ loop.nextitem|default('') }}{% endfor %}",
    "cycle": "{% for i in [1, 2] %}{{ loop.cycle(v, 'own') }}{% endfor %}",
    "filter block that puts in": "{% filter default(v, true) %}{% endfilter %}",
    "sort": "{{ [v, v]|sort|unique|reverse|join }}{{ v|reverse }}",
}


@pytest.mark.parametrize("template", LEAKS.values(), ids=LEAKS.keys())
def test_no_way_of_printing_makes_a_value_markup(
    render: Render, write: Write, template: str
) -> None:
    write("partials/p.md", "part {{ v }}\n")
    write("partials/m.md", "{% macro show(x) %}*{{ x }}*{% endmacro %}")
    prose = render.body(template, v="☢", nothing=None, none=None).prose
    assert "☢" not in prose.markdown
    assert any("☢" in value for value in prose.values)
    assert "&" not in prose.markdown  # nothing was escaped as HTML on the way


@given(value=st.text(st.characters(exclude_categories=["Cs", "Co", "Cc", "Cn"]), min_size=1))
def test_any_value_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, value: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "letters").mkdir()
    (folder / "letters" / "call.md").write_text(
        "{% set c %}*{{ v }}*{% endset %}{{ v }}|{{ c ~ v }}|{{ [v]|join('x') }}"
    )
    body = render_body("call", Workspace(folder, (folder,)), "en", {"v": value}, FACTS)
    assert body.prose.text() == f"{value}|*{value}*{value}|{value}"
    assert set(body.prose.values) == {value}


def test_dates_numbers_and_lists_are_written_as_in_the_language(render: Render) -> None:
    day = dt.date(2020, 6, 10)
    template = "{{ day }}; {{ n }}; {{ x }}; {{ year }}; {{ names }}; {{ day|date('yMMMM') }}"
    given_ = {"day": day, "n": 12500, "x": 0.5, "year": 2020, "names": ["a", "b", "c"]}
    assert render(template, **given_) == "June 10, 2020; 12,500; 0.5; 2020; a, b, and c; June 2020"
    render.language = "de"
    assert render(template, **given_) == "10. Juni 2020; 12.500; 0,5; 2020; a, b und c; Juni 2020"
    render.language = "fr-CA"
    assert render("{{ day }}", day=day) == "10 juin 2020"


def test_what_is_missing_prints_nothing_and_no_mark(render: Render) -> None:
    prose = render.body("a{{ title }}{{ empty }}b", title=None, empty="").prose
    assert (prose.markdown, prose.values) == ("ab", ())


def test_numbers_of_a_loop_are_the_templates_own_so_that_lists_are_lists(render: Render) -> None:
    template = "{% for ask in asks %}\n{{ loop.index }}. {{ ask }}\n{% endfor %}"
    markdown = render.body(template, asks=["one", "two"]).prose.markdown
    assert markdown == f"1. {chr(VALUE_MARK)}\n2. {chr(VALUE_MARK + 1)}\n"
    assert render("{{ 7 }}{% for i in range(3) %}{{ i + 1 }}. {% endfor %}") == "71. 2. 3. "


def test_text_in_a_command_is_the_templates_own(render: Render) -> None:
    prose = render.body("{{ \"it's *so*\" if yes else 'no' }} {{ title or 'your *office*' }}",
                        yes=True, title=None).prose  # fmt: skip
    assert prose.markdown == "it's *so* your *office*"


def test_text_in_several_languages_prints_in_the_letters(render: Render) -> None:
    asks = (LocalText.of({"en": "Stop.", "fr": "Arrêtez."}),)
    variables = {"asks": asks, "demand": {"summary": asks[0]}, "title": asks[0]}
    template = "{{ title }} {{ demand.summary|upper }} {% for a in asks %}{{ a ~ '!' }}{% endfor %}"
    assert render(template, **variables) == "Stop. STOP. Stop.!"
    render.language = "fr-CA"
    assert render(template, **variables) == "Arrêtez. ARRÊTEZ. Arrêtez.!"
    render.language = "de"
    problem = render.problem("\n{{ demand.summary }}", **variables)
    assert (problem.code, at(problem)) == ("missing-language", ("call.md", 2))


def test_a_filter_of_a_captured_text_changes_its_values_too(render: Render) -> None:
    template = "{% set c %}dear {{ name }}, {{ cite('first-fact') }}{% endset %}{{ c|upper }}"
    assert render(template, name="Bob") == "DEAR BOB, "


# --- citations -----------------------------------------------------------------------------


def test_citations_are_marked_in_order_and_know_their_lines(render: Render) -> None:
    body = render.body(
        "One.{{ cite('first-fact') }}\n\nTwo.{{\ncite('second-fact', 'first-fact') }}\n"
    )
    assert body.prose.markdown == f"One.{chr(CITE_MARK)}\n\nTwo.{chr(CITE_MARK + 1)}\n"
    assert [cite.ids for cite in body.cites] == [("first-fact",), ("second-fact", "first-fact")]
    assert [cite.place and (cite.place.path.name, cite.place.line) for cite in body.cites] == [
        ("call.md", 1),
        ("call.md", 4),
    ]


def test_a_citation_in_a_partial_stands_at_the_partials_line(render: Render, write: Write) -> None:
    path = write("partials/p.md", "\n{{ cite('first-fact') }}\n")
    (cite,) = render.body("{% include 'partials/p.md' %}").cites
    assert cite.place is not None
    assert (cite.place.path, cite.place.line) == (path, 2)


def test_marks_are_numbered_as_they_stand_in_the_text(render: Render) -> None:
    body = render.body(
        "{% set late = cite('second-fact') %}{% set never = cite('second-fact') %}"
        "{% set name = 'x' %}{{ cite('first-fact') }}{{ late }}{{ late }}"
    )
    assert [ord(mark) - CITE_MARK for mark in body.prose.markdown] == [0, 1, 2]
    assert [cite.ids[0] for cite in body.cites] == ["first-fact", "second-fact", "second-fact"]


def test_fact_prints_the_statement_and_quote_the_words_in_the_languages_marks(
    render: Render,
) -> None:
    template = "{{ fact('first-fact') }} {{ quote('first-fact') }}."
    assert render(template) == "It is so. “so it is.”"
    render.language = "fr"
    body = render.body(template)
    # In French the mark of a note stands before the stop.
    assert body.prose.values == ("C’est ainsi", "so it is")
    assert body.prose.text() == "C’est ainsi. «\u202fso it is\u202f»."
    assert len(body.cites) == 2


def test_a_fact_without_quote_cannot_be_quoted(render: Render) -> None:
    problem = render.problem("\n{{ quote('second-fact') }}")
    assert (problem.code, at(problem)) == ("no-quote", ("call.md", 2))


def test_unknown_facts_are_named_all_at_once_with_the_nearest(render: Render) -> None:
    problems = render.problems(
        "{{ cite('frst-fact') }}\n{% if false %}{{ fact('second-fct') }}{% endif %}\n"
        "{{ quote('first-fact') }}{{ cite('first-fact', 'third') }}"
    )
    assert [(p.code, at(p)[1]) for p in problems] == [("unknown-fact", n) for n in (1, 2, 3)]
    assert [p.hint for p in problems][:2] == [
        "Did you mean `first-fact`?",
        "Did you mean `second-fact`?",
    ]


def test_an_unknown_fact_in_a_value_is_a_problem_at_its_line(render: Render) -> None:
    problem = render.problem("\n{{ cite(x) }}", x="firstfact")
    assert (problem.code, at(problem)) == ("unknown-fact", ("call.md", 2))
    assert render.problem("{{ cite(x) }}", x=3).code == "template-value"
    assert render.problem("{{ cite() }}").code == "template-value"


# --- languages and files --------------------------------------------------------------------


def test_the_letters_language_chooses_the_file(workspace: Workspace, write: Write) -> None:
    write("letters/call.md", "own")
    write("letters/call.fr.md", "français")
    found = {}
    for language in ("fr-CA", "fr", "de", "en-US"):
        body = render_body("call", workspace, language, {}, FACTS)
        found[language] = (body.prose.markdown, body.language)
    assert found == {
        "fr-CA": ("français", "fr"),
        "fr": ("français", "fr"),
        "de": ("own", None),
        "en-US": ("own", None),
    }


def test_an_unknown_template_names_the_nearest(workspace: Workspace, write: Write) -> None:
    write("letters/call-to-follow.md", "x")
    with pytest.raises(AdvocacyError, match="Did you mean `call-to-follow`"):
        render_body("call-to-folow", workspace, "en", {}, FACTS)


def test_a_changed_file_is_read_again(render: Render, write: Write) -> None:
    write("partials/p.md", "one")
    assert render("{% include 'partials/p.md' %}") == "one"
    write("partials/p.md", "two, {{ name }}")
    assert render("{% include 'partials/p.md' %}", name="Bob") == "two, Bob"
    write("partials/p.md", "three, {{ nme }}")
    assert render.problem("{% include 'partials/p.md' %}", name="Bob").code == "unknown-name"


def test_byte_order_mark_and_windows_line_ends_are_no_matter(
    workspace: Workspace, tmp_path: Path
) -> None:
    text = "\ufeffOne\r\ntwo {{ name }}\r\n".encode()
    (tmp_path / "letters" / "call.md").write_bytes(text)
    body = render_body("call", workspace, "en", {"name": "Bob"}, FACTS)
    assert body.prose.text() == "One\ntwo Bob\n"


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"fine\ncaf\xe9", "not-utf8", 2),
        ("fine\n\nx\U000f0000".encode(), "bad-character", 3),
        ("a\n\u202eb".encode(), "bad-character", 2),
        (b"\0\1\2", "binary-file", None),
        (b"x" * 1_000_001, "template-too-large", None),
        (b"{{ n }}" * 20_000, "template-too-large", None),
    ],
    ids=["latin-1", "private use", "bidi", "binary", "large", "many commands"],
)
def test_a_file_that_is_no_template_is_refused(
    workspace: Workspace, tmp_path: Path, data: bytes, code: str, line: int | None
) -> None:
    (tmp_path / "letters" / "call.md").write_bytes(data)
    with pytest.raises(AdvocacyError) as caught:
        render_body("call", workspace, "en", {"n": 1}, FACTS)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place and problem.place.line) == (code, line)


def test_a_file_outside_the_templates_is_never_read(
    render: Render, write: Write, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.md"
    outside.write_text("secret")
    (tmp_path / "partials" / "link.md").symlink_to(outside)
    write("letters/other.md", "other letter")
    for name in ("/etc/passwd", "../secret.md", "partials/../letters/other.md", "letters/other.md",
                 "partials/link.md", str(outside)):  # fmt: skip
        for template in ("{{% include '{}' %}}", "{{% import '{}' as x %}}{{{{ x }}}}"):
            assert render.problem(template.format(name)).code == "unknown-template"
        assert render.problem("{% include name %}", name=name).code == "unknown-template"


# --- mistakes -------------------------------------------------------------------------------


def test_all_unknown_names_are_reported_in_one_pass_with_their_lines(
    render: Render, write: Write
) -> None:
    write("partials/evidence.md", "\n{{ recipent.name }}\n")
    problems = render.problems(
        "{{ recipient.nmae }}\n{% if false %}{{ dat }}{% endif %}\n{{ recipient.name|uper }}\n"
        "{% include 'partials/evidnce.md' %}{% include 'partials/evidence.md' %}",
        recipient=Person("Bob"),
        date=dt.date(2020, 6, 10),
    )
    assert {(p.code, *at(p), p.hint) for p in problems} == {
        ("unknown-name", "call.md", 1, "Did you mean `recipient.name`?"),
        ("unknown-name", "call.md", 2, "Did you mean `date`?"),
        ("unknown-filter", "call.md", 3, "Did you mean `upper`?"),
        ("unknown-template", "call.md", 4, "Did you mean `partials/evidence.md`?"),
        ("unknown-name", "evidence.md", 2, "Did you mean `recipient`?"),
    }


def test_several_unknown_fields_are_reported_together(render: Render) -> None:
    problems = render.problems(
        "{{ p.nmae }}\n\n{{ p.initial }} {{ p.titel }}\n{{ p.name.first }}", p=Person("Bob")
    )
    assert [at(p)[1] for p in problems] == [1, 3, 4]
    assert problems[1].message == "`p` has no `titel`."


def test_a_name_that_a_loop_gives_is_known_in_a_partial(render: Render, write: Write) -> None:
    write("partials/p.md", "{{ peer.name }};")
    text = render(
        "{% for peer in peers %}{% include 'partials/p.md' %}{% endfor %}",
        peers=[Person("A"), Person("B")],
    )
    assert text == "A;B;"


def test_asking_whether_a_name_is_known_is_no_mistake(render: Render) -> None:
    assert render("{% if reply_by is defined %}{{ reply_by }}{% endif %}ok") == "ok"
    assert render(
        "{{ nick|default('friend') }}, {{ p.nick|default(p.name) }}", p=Person("Bob")
    ) == ("friend, Bob")


MISTAKES = {
    "never closed": ("a\n{% if x %}\nb\n", 2, "`{% if … %}` is never closed."),
    "wrong end": ("{% for a in b %}\n{% endif %}", 2, "is expected"),
    "end alone": ("\n{% endif %}", 2, "no opening command"),
    "unknown command": ("a\n{% inlcude 'x' %}", 2, "`{% inlcude %}` is not a command"),
    "space in a name": ("a\n{{ recipient name }}", 2, "Expected `}}`, but got `name`"),
    "one bracket": ("a\n{{ name }\nb", 2, "a single bracket"),
    "no bracket": ("a\n{{ name \nb c", 2, "is not closed"),
    "no bracket at the end": ("a\n{{ name ", 2, "`{{` is not closed"),
    "no end of command": ("a\n{% if name ", 2, "is not closed"),
    "curly quotes": ("a\n{{ cite(“first-fact”) }}", 2, "curly quotation marks"),
    "open quote": ("a\n{{ cite('first-fact) }}", 2, "is not closed"),
    "open comment": ("a\n{# note\n\nb", 2, "comment is not closed"),
    "open raw": ("a\n{% raw %}\nb", 2, "is not closed"),
    "round bracket": ("a\n{{ cite('first-fact' }}", 2, "`)` is missing"),
    "nothing": ("a\n{{ }}", 2, "missing before `}}`"),
    "half a question": ("a\n{% if name == %}b{% endif %}", 2, "missing before `%}`"),
    "one equals sign": ("\n{% if name = 'x' %}b{% endif %}", 2, "Expected `%}`, but got `=`"),
    "three brackets": ("\n{{{ name }}}", 2, "bracket too many"),
    "id without quotes": ("\n{{ cite(first-fact) }}", 2, "`first-fact` needs quotation marks"),
    "id without brackets": ("\n{{ cite 'first-fact' }}", 2, "got a text in quotation marks"),
    "loop without in": ("\n{% for x b %}{% endfor %}", 2, "Expected `in`, but got `b`"),
    "odd character": ("a\n{{ name ? }}", 2, "not allowed in a command"),
    "loop over text": ("\n{% for x in name %}{% endfor %}", 2, "`for` requires a list"),
    "group printed": ("\n{{ person }}", 2, "has parts"),
    "yes or no printed": ("\n{{ name == 'x' }}", 2, "yes/no value"),
    "text and number": ("\n{{ name + 1 }}", 2, "two numbers"),
    "compared": ("\n{% if 1 < name %}{% endif %}", 2, "cannot be compared: a number and a text"),
    "divided by zero": ("\n{{ 1 / 0 }}", 2, "Division by zero"),
    "not a date": ("\n{{ name|date }}", 2, "is not a date"),
    "no such form": ("\n{{ '2020-06-10'|date('blue') }}", 2, "not a valid date format"),
    "called value": ("\n{{ name(1) }}", 2, "not a function"),
    "too much for a macro": (
        "{% macro m(a) %}{% endmacro %}\n{{ m(1, 2) }}", 2, "parentheses of `m`"),
    "too little for a macro": ("{% macro m(a) %}{{ a }}{% endmacro %}\n{{ m() }}", 1, "its `a`"),
    "too much for fact": ("\n{{ fact('first-fact', 1, 2, 3) }}", 2, "parentheses of `fact`"),
    "first of nothing": ("\n{{ []|first }}", 2, "empty list"),
    "slice of a number": ("\n{{ 3[1:] }}", 2, "cannot be sliced"),
    "past the end": ("\n{{ [1][3] }}", 2, "no entry number 3"),
    "name before its line": ("{% if false %}{% set n = 1 %}{% endif %}\n{{ n }}", 2, "not known"),
    "unknown test": ("\n{% if name is definde %}{% endif %}", 2, "`definde` is not a known test"),
    "unknown filter in map": ("\n{{ [name]|map('uper') }}", 2, "`uper` is not a known filter"),
    "name with a meaning": ("\n{% set cite = 1 %}", 2, "a reserved name"),
    "method": ("\n{{ name.upper() }}", 2, "is not allowed here"),
}  # fmt: skip


@pytest.mark.parametrize(("template", "line", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_explained_at_its_line_without_jargon(
    render: Render, template: str, line: int, words: str
) -> None:
    problem = render.problems(template, name="Bob", person=Person("Bob"), b=[1], x=1)[0]
    assert at(problem) == ("call.md", line)
    assert words in problem.message
    assert problem.hint
    said = f"{problem.message} {problem.hint}".lower()
    for jargon in ("jinja", "token", "object", "nonetype", "argument", "exception", "undefined"):
        assert jargon not in said


# --- what is refused ------------------------------------------------------------------------

ESCAPES = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ''['__class__'] }}",
    "{{ p.__init__ }}",
    "{{ p['__dict__'] }}",
    "{{ p.secret }}",
    "{{ p.secret() }}",
    "{{ p.name.format(p) }}",
    "{{ ('%s' ~ '')|attr('__class__') }}",
    "{{ p|attr('secret') }}",
    "{{ cite.__globals__ }}",
    "{{ range.__class__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ self }}",
    "{{ self.__init__ }}",
    "{{ loop.__class__ }}",
    "{% for x in [1] %}{{ loop._iterable }}{% endfor %}",
    "{% for x in [1] %}{{ loop.__init__.__globals__ }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m._func }}",
    "{% macro m() %}{% endmacro %}{{ m.name }}",
    "{{ lipsum() }}",
    "{{ cycler(1) }}",
    "{{ [p]|map(attribute='__class__')|list }}",
    "{{ [p]|map(attribute='secret')|list }}",
    "{{ [p]|map('attr', 'secret')|list }}",
    "{{ [p]|sort(attribute='__class__') }}",
    "{{ p.name|safe }}",
    "{{ p|pprint }}",
    "{{ p.name|xmlattr }}",
    "{{ '%s'|format(p) }}",
    "{{ '%s' % p }}",
    "{% autoescape false %}{{ p.name }}{% endautoescape %}",
    "{% extends 'layouts/x.html' %}",
    "{% block x %}{% endblock %}",
    "{% import 'partials/m.md' as m %}{{ m.__init__ }}",
    "{% import 'partials/m.md' as m %}{{ m._body_stream }}",
    "{% include ['partials/m.md'] %}",
    "{{ {'a': 1} }}",
    "{{ cite(*['first-fact']) }}",
    "{{ cite('first-fact', path='/etc/passwd') }}",
    "{{ mapping._hidden }}",
    "{{ mapping.keys() }}",
    "{{ mapping.clear() }}",
    "{{ items.append(1) }}",
    "{{ caller() }}",
    "{{ 2 ** 9 }}",
    "{% set x|default(p.name, true) %}{% endset %}{{ x }}",
]


@pytest.mark.parametrize("template", ESCAPES)
def test_a_template_reaches_nothing_but_its_fields(
    render: Render, write: Write, template: str
) -> None:
    write("partials/m.md", "{% macro x() %}{% endmacro %}")
    mapping = {"_hidden": "x", "shown": "y"}
    problems = render.problems("\n" + template, p=Person("Bob"), mapping=mapping, items=[1])
    assert all(problem.message and problem.code != "bug" for problem in problems)
    assert mapping == {"_hidden": "x", "shown": "y"}


ENDLESS = {
    "loops in loops": "{% for a in range(1000) %}" * 4 + "x" + "{% endfor %}" * 4,
    "great range": "{% for a in range(10**9) %}x{% endfor %}",
    "great range written out": "{% for a in range(1000000000) %}x{% endfor %}",
    "text times number": "{{ 'x' * 1000000000 }}",
    "list times number": "{{ [1] * 1000000000 }}",
    "power": "{{ 9 ** 9 ** 9 }}",
    "great numbers": "{% set n = namespace(x=9) %}{% for i in range(1000) %}"
    "{% set n.x = n.x * n.x %}{% endfor %}",
    "doubling by ~": "{% set n = namespace(x='xxxxxxxxxx') %}{% for i in range(99) %}"
    "{% set n.x = n.x ~ n.x %}{% endfor %}",
    "doubling by +": "{% set n = namespace(x='xxxxxxxxxx') %}{% for i in range(99) %}"
    "{% set n.x = n.x + n.x %}{% endfor %}",
    "doubling by replace": "{% set n = namespace(x='xxxxxxxxxx') %}{% for i in range(99) %}"
    "{% set n.x = n.x|replace('x', n.x) %}{% endfor %}",
    "doubling by join": "{% set n = namespace(x='xxxxxxxxxx') %}{% for i in range(99) %}"
    "{% set n.x = [n.x, n.x]|join(n.x) %}{% endfor %}",
    "doubling by capture": "{% set n = namespace(x='xxxxxxxxxx') %}{% for i in range(99) %}"
    "{% set c %}{{ n.x }}own{{ n.x }}{% endset %}{% set n.x = c %}{% endfor %}",
    "doubling lists": "{% set n = namespace(x=[1]) %}{% for i in range(99) %}"
    "{% set n.x = [n.x, n.x] %}{% endfor %}",
    "comparing deep lists": "{% set a = [1] %}{% set b = [1] %}"
    + "{% set a = [a, a] %}{% set b = [b, b] %}" * 40
    + "{% if a == b %}{% endif %}",
    "captured gigabyte": "{% set c %}{% for a in range(1000) %}{% for b in range(900) %}"
    + "x" * 2000
    + "{% endfor %}{% endfor %}{% endset %}",
    "printed gigabyte": "{% for a in range(1000) %}{% for b in range(900) %}"
    + "x" * 2000
    + "{% endfor %}{% endfor %}",
    "printed values": "{% for a in range(1000) %}{% for b in range(900) %}{{ long }}"
    "{% endfor %}{% endfor %}",
    "macro that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "macro that calls itself twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}"
    "{% endif %}{% endmacro %}{{ m(90) }}",
    "partial in itself": "{% include 'partials/self.md' %}",
    "partial in itself by name": "{% include 'partials/by-name.md' %}",
    "partials in a ring": "{% include 'partials/ring-a.md' %}",
    "import in itself": "{% import 'partials/import.md' as m %}",
    "slow search": "{% set s = 'ab' ~ long ~ long ~ long %}" + "{% for a in range(900) %}"
    + "{% if 'b' ~ a in s %}{% endif %}" * 400 + "{% endfor %}",
    "deep brackets": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "long sum": "{{ 1" + " + 1" * 30000 + " }}",
    "deep loops": "{% for a in [1] %}" * 60 + "{% endfor %}" * 60,
    "great number written out": "{{ " + "9" * 9000 + " }}",
}  # fmt: skip


@pytest.mark.parametrize("template", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_template_without_end_is_stopped_with_a_problem(
    render: Render, write: Write, template: str
) -> None:
    write("partials/self.md", "{% include 'partials/self.md' %}")
    write("partials/by-name.md", "{% set p = 'partials/by-name.md' %}{% include p %}")
    write("partials/ring-a.md", "{% include 'partials/ring-b.md' %}")
    write("partials/ring-b.md", "{% include 'partials/ring-a.md' %}")
    write("partials/import.md", "{% import 'partials/import.md' as m %}")
    problem = render.problems(template, long="y" * 50_000)[0]
    assert problem.code in ("template-endless", "template-too-large", "template-value") or (
        problem.code == "template-refused" and "**" in problem.message
    )
    assert problem.place is not None
    assert problem.place.path.suffix == ".md"


def test_a_template_is_stopped_off_the_main_thread_too(render: Render) -> None:
    codes: list[str] = []
    template = ENDLESS["macro that calls itself twice"]
    thread = threading.Thread(target=lambda: codes.append(render.problems(template)[0].code))
    thread.start()
    thread.join(60)
    assert codes == ["template-endless"]


def test_an_ordinary_letter_uses_a_small_part_of_the_limits(render: Render) -> None:
    template = "{% for x in xs %}" + "Words, words, {{ x }}.\n\n" * 20 + "{% endfor %}"
    assert len(render(template, xs=["value"] * 50)) > 20_000


# --- traces ---------------------------------------------------------------------------------


def test_a_trace_leads_from_words_to_lines(render: Render, write: Write) -> None:
    write("partials/p.md", "\nFrom the partial.\n")
    render.trace = True
    body = render.body(
        "First line,\nsecond {{ name }} line.\n\n{% include 'partials/p.md' %}\nLast *words*.\n",
        name="Bob",
    )
    found = {}
    for mark in LINE.finditer(body.prose.markdown):
        place = body.lines[ord(mark[0]) - LINE_MARK]
        word = LINE.sub("", body.prose.markdown[: mark.start()]).split()[-1].strip("*")
        found[word] = (place.path.name, place.line)
    assert found == {
        "line": ("call.md", 2),  # the one of the second line
        "second": ("call.md", 2),
        "partial": ("p.md", 2),
        "words": ("call.md", 5),
    }


def test_a_list_of_values_is_traced_to_its_own_line(render: Render) -> None:
    render.trace = True
    body = render.body("First.\n\n{% for v in name %}\n- {{ v }}\n{% endfor %}\n", name=["a", "b"])
    marks = [
        body.lines[ord(mark[0]) - LINE_MARK].line for mark in LINE.finditer(body.prose.markdown)
    ]
    assert marks == [1, 4, 4]


def test_a_trace_still_leads_to_lines_after_many_changes(
    render: Render, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LINES_AT_MOST", 10)
    render.trace = True
    for number in range(10):
        body = render.body(f"Change {number},\nthe second\nand third line.\n")
    marks = LINE.finditer(body.prose.markdown)
    assert [body.lines[ord(mark[0]) - LINE_MARK].line for mark in marks] == [1, 2, 3]


PIECES = st.sampled_from(
    ["word", "two words", " ", "\n", "\n\n", "*", "**", "_", "`", "1. ", "- ", "> ", "# ", "[a]",
     "(b)", "<http://c.d>", "&amp;", "&", ";", "\\", "!", "'", '"', "https://x.y/z", "---", "```",
     "    ", "a_b_c", "don't", ".", ":", "|", "~~~", "<b>", "[x]: /y", "{{ v }}", "é", "日本"]
)  # fmt: skip


@given(pieces=st.lists(PIECES, max_size=30))
def test_a_trace_changes_nothing_but_its_marks(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("trace")
    (folder / "letters").mkdir()
    (folder / "letters" / "call.md").write_text("".join(pieces), encoding="utf-8")
    workspace = Workspace(folder, (folder,))
    plain = render_body("call", workspace, "en", {"v": "x"}, FACTS)
    traced = render_body("call", workspace, "en", {"v": "x"}, FACTS, trace=True)
    assert LINE.sub("", traced.prose.markdown) == plain.prose.markdown
    html = MarkdownIt("commonmark").render
    assert LINE.sub("", html(traced.prose.markdown)) == html(plain.prose.markdown)


# --- layouts --------------------------------------------------------------------------------


def test_a_layout_escapes_values_and_prints_html_that_it_is_given(
    workspace: Workspace, write: Write
) -> None:
    from markupsafe import Markup

    write("partials/foot.html", "<footer>{{ name ~ '<i>' }}</footer>")
    write("layouts/base.html", "<main>{% block main %}{% endblock %}</main>")
    write(
        "layouts/letter.html",
        "{% extends 'layouts/base.html' %}{% block main %}"
        '<p title="{{ name }}">{{ name }}|{{ body }}|{{ lines|value_html }}|{{ day }}</p>'
        "{% include 'partials/foot.html' %}{% endblock %}",
    )
    variables = {
        "name": "<b> \"x\" & 'y'",
        "body": Markup("<em>ok</em>"),
        "lines": "a\n<b>",
        "day": dt.date(2020, 6, 10),
        "lang": "fr",
    }
    html = render_layout("letter", workspace, variables)
    escaped = "&lt;b&gt; &#34;x&#34; &amp; &#39;y&#39;"
    assert html == (
        f'<main><p title="{escaped}">{escaped}|<em>ok</em>|a<br>&lt;b&gt;|10 juin 2020</p>'
        f"<footer>{escaped}&lt;i&gt;</footer></main>"
    )
    template = layout_environment(workspace).get_template("layouts/letter.html")
    assert template.render(variables) == html


def test_a_mistake_in_a_layout_is_a_problem_at_its_line(workspace: Workspace, write: Write) -> None:
    write("layouts/letter.html", "<p>\n{{ leter }}\n{{ letter.name|safe }}\n{{ letter.nam }}")
    with pytest.raises(AdvocacyError) as caught:
        render_layout("letter", workspace, {"letter": Person("Bob")})
    assert [(p.code, at(p)) for p in caught.value.problems] == [
        ("unknown-name", ("letter.html", 2)),
        ("unknown-filter", ("letter.html", 3)),
        ("unknown-name", ("letter.html", 4)),
    ]


def test_an_endless_layout_is_stopped(workspace: Workspace, write: Write) -> None:
    write("layouts/letter.html", ENDLESS["loops in loops"])
    with pytest.raises(AdvocacyError, match="template-endless"):
        render_layout("letter", workspace, {})


def test_an_unknown_layout_names_the_nearest(workspace: Workspace, write: Write) -> None:
    write("layouts/window-10.html", "x")
    with pytest.raises(AdvocacyError, match=r"Did you mean `layouts/window-10\.html`"):
        render_layout("window10", workspace, {})


# --- filters --------------------------------------------------------------------------------

PEOPLE = [Person("Roe", "Mayor"), Person("abel"), Person("Roe", "Clerk")]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ 'ibm and aws'|title }} {{ 'says IBM'|capitalize }}", "Ibm And Aws Says IBM"),
        ("{{ name|trim|length }} {{ people|length }} {{ name|lower }}", "3 3  bob "),
        ("{{ people|map(attribute='name')|join('; ') }}", "Roe; abel; Roe"),
        ("{{ people|join(', ', attribute='name') }}", "Roe, abel, Roe"),
        ("{{ people|and_list(attribute='name') }}", "Roe, abel, and Roe"),
        ("{{ people|sort(attribute='name')|map(attribute='name')|list }}", "abel, Roe, and Roe"),
        ("{{ people|sort(reverse=true, attribute='name')|first|attr_name }}", None),
        ("{{ (people|sort(attribute='name')|last).name }}", "Roe"),
        ("{{ people|unique(attribute='name')|list|length }}", "2"),
        ("{{ (people|reverse|first).title }}", "Clerk"),
        ("{{ people|selectattr('title')|map(attribute='title')|and_list }}", "Mayor and Clerk"),
        ("{{ people|selectattr('name', 'eq', 'abel')|list|length }}", "1"),
        ("{{ people|rejectattr('title')|map(attribute='name')|list }}", "abel"),
        ("{{ [1, 2, 3]|select('odd')|join }}{{ [1, 2, 3]|reject('odd')|join }}", "132"),
        ("{{ [0, 1]|select|list }}", "1"),
        ("{% for k, v in places|items %}{{ k }}={{ v }};{% endfor %}", "a=1;b=2;"),
        ("{% for k in places %}{{ k }}{% endfor %}", "ab"),
        ("{{ 2.345|round(2) }} {{ 2.7|round }} {{ (-3)|abs }} {{ '12'|int + 1 }}", "2.35 3 3 13"),
        ("{{ 1234|number }} {{ 1234 }}", "1,234 1234"),
        ("{{ day|date('short') }} {{ day|date('MMMM y') }} {{ '2020-06-10'|date }}",
         "6/10/20 June 2020 June 10, 2020"),
        ("{{ name|replace('B', 'R')|trim }} {{ none|default('x') }} {{ ''|d('y', true) }}",
         "Rob x y"),
        ("{{ span }}", "14 days"),
        ("{{ 7 - 2 * 3 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 'a' + 'b' }}", "1 3 3 ab"),
        ("{% if 'Bo' in name and people is not none and 3 is odd %}yes{% endif %}", "yes"),
        ("{{ day.year }} {{ places.a }} {{ places['b'] }} {{ people[0].initial }}", "2020 1 2 R"),
        ("{% for p in people %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}", "1,2,3"),
        ("{% raw %}{{ name }}{% endraw %}{# note #}", "{{ name }}"),
    ],
)  # fmt: skip
def test_filters_do_what_their_names_say(
    render: Render, template: str, expected: str | None
) -> None:
    variables = {
        "name": " Bob ",
        "people": PEOPLE,
        "places": {"a": 1, "b": 2},
        "day": dt.date(2020, 6, 10),
        "span": dt.timedelta(days=14),
        "none": None,
    }
    if expected is None:
        assert render.problem(template, **variables).code == "unknown-filter"
    else:
        assert render(template, **variables) == expected


@pytest.mark.parametrize(
    "template",
    ["{{ name|int }}", "{{ name|round }}", "{{ name|abs }}", "{{ name|number }}", "{{ 3|date }}",
     "{{ name|sort }}", "{{ name|items }}", "{{ name|replace('', 'x') }}", "{{ 3.14|round(99) }}",
     "{{ [1]|map('nothing') }}", "{{ [1]|select('nothing') }}", "{{ day.hour }}", "{{ 3 + day }}",
     "{{ people|map(attribute='nmae')|list }}", "{{ people.name }}", "{{ name.first }}"],
)  # fmt: skip
def test_a_filter_on_the_wrong_thing_is_a_problem(render: Render, template: str) -> None:
    given_ = {"name": "Bob", "people": PEOPLE, "day": dt.date(2020, 6, 10)}
    problem = render.problems("\n" + template, **given_)[0]
    assert at(problem) == ("call.md", 2)


SCRAPS = st.sampled_from(
    [
        *"""{{ }} {% %} {# #} v xs v.name xs[0] | upper if endif else for in endfor x set = endset ~
        + * ( ) 'a' "b" cite 'first-fact' quote fact , [ ] macro endmacro m call endcall include
        'partials/p.md' - 1 loop.index is defined not raw endraw filter endfilter with endwith
        import as . text do “ \\ é % { }""".split(),
        *(" ", "\n", "{{ v }}", "{% for x in xs %}", "{% endfor %}", "{% if v %}", "{% endif %}"),
    ]
)


@given(scraps=st.lists(SCRAPS, max_size=25), spaced=st.booleans())
def test_whatever_is_typed_is_a_letter_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, scraps: list[str], spaced: bool
) -> None:
    folder = tmp_path_factory.mktemp("typed")
    for name in ("letters", "partials"):
        (folder / name).mkdir()
    (folder / "partials" / "p.md").write_text("part {{ v }}")
    text = (" " if spaced else "").join(scraps)
    (folder / "letters" / "call.md").write_text(text, encoding="utf-8")
    workspace = Workspace(folder, (folder,))
    problems: tuple[Problem, ...] = ()
    try:
        body = render_body("call", workspace, "en", {"v": "☢", "xs": ["☢", "☢"]}, FACTS)
        assert "☢" not in body.prose.markdown
    except AdvocacyError as error:
        problems = error.problems
    assert all(problem.place and problem.place.path.suffix == ".md" for problem in problems)


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("One. {# uncited: ours #}\n\nTwo.\n", "One. \n\nTwo.\n"),
        ("One. {# a #}\nTwo.\n", "One. \nTwo.\n"),
        ("{# alone #}\nOne.\n", "One.\n"),
        ("{% if true %}{# why #}\nOne.\n{% endif %}\n", "One.\n"),
        ("One. {# a -#}\n\nTwo.\n", "One. Two.\n"),
    ],
)
def test_a_remark_behind_a_sentence_leaves_the_paragraphs_apart(
    tmp_path: Path, template: str, printed: str
) -> None:
    folder = tmp_path / "templates" / "letters"
    folder.mkdir(parents=True)
    (folder / "open.md").write_text(template, encoding="utf-8")
    workspace = Workspace.of(tmp_path / "campaign.yaml")
    assert render_body("open", workspace, "en", {}, {}).prose.markdown.rstrip() == printed.rstrip()


@pytest.mark.parametrize(
    ("text", "opening", "line"),
    [
        ('One.{{ cite("a")\n\n## Two {{ date }}\n', "{{", 1),
        ("One.\n\n{{ date\n{{ date }}\n", "{{", 3),
        ("{# {{ #}{{ date }}\n{% if date\nText.\n\n{% endif %}", "{%", 2),
        ("{% raw %}{{{% endraw %} {{ date }} and {{ date", "{{", 1),
    ],
)
def test_a_command_that_is_not_closed_is_told_where_it_opens(
    text: str, opening: str, line: int
) -> None:
    error = TemplateSyntaxError("unexpected", 9)
    found = syntax_problem(error, text, Path("open.md"))
    assert found.place == Place(Path("open.md"), line)
    assert found.message == f"`{opening}` is not closed."
