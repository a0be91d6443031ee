"""Bodies made for many letters: each is what its own run of the template would give."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.facts import Fact
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.cache import files_held
from advocacy.files.workspace import Workspace
from advocacy.templating import Body, bodies, render_body, shared_run
from advocacy.templating.citation_marks import owned
from advocacy.templating.running import CHARACTERS_AT_MOST
from advocacy.templating.shared_run import SharedTemplateRun

FACTS: Mapping[str, Fact] = {
    "so": Fact.model_validate({"statement": "It is so.", "source": "s", "quote": "so it is"})
}
SHARED = {"asks": ["Stop.", "Say so."], "demand": {"summary": "Stop it"}}
PRINTS = "Dear {{ recipient.name }}{% if recipient.title %}, {{ recipient.title }}{% endif %}."
# What templates do with values; each piece must come out as if there were no other letters.
PIECES = [
    PRINTS,
    '{{ recipient.title | default("you") }}',
    "{{ recipient.name | upper }}",
    "{% if recipient.region == 'IL' %}{{ recipient.name }}{% else %}not you{% endif %}",
    "{% if recipient.region in ['IL', 'CA'] %}near{% else %}far{% endif %}",
    "{% if recipient.region in 'IL CA' %}near{% else %}far{% endif %}",
    "{% set who = recipient.name %}{{ who }} and {{ who }}",
    "{% set who %}*{{ recipient.name }}*{% endset %}{{ who }} {{ who | upper }} {{ who | length }}",
    "{{ recipient.address | join(', ') }}",
    "{% for line in recipient.address %}{{ line }} {% else %}nowhere{% endfor %}",
    "{{ recipient.address }}",
    "{{ recipient.name ~ '!' }} {{ 'a' + recipient.name }}",
    "{{ recipient.name[:2] }} {{ recipient.name | length }}",
    "{% if recipient.name == recipient.title %}same{% endif %}",
    # `isinstance` must take a placeholder for text.
    "{% if recipient.name is defined and recipient.name is string %}text{% endif %}",
    # Jinja's test takes an Exception for "no", so that NeedsValue must not be one.
    "{% if recipient.name is sequence %}text{% endif %}",
    "{% if recipient.nickname is defined %}{{ recipient.nickname }}{% endif %}",
    "{% for ask in asks %}{{ loop.index }}. {{ ask }} {{ recipient.name }}\n{% endfor %}",
    "{% macro greet(who) %}Hello {{ who }}{% endmacro %}{{ greet(recipient.name) }}",
    "{% include 'partials/own.md' %}",
    "{{ [recipient.name, recipient.title] | select | and_list }}",
    "{{ [recipient.name, recipient.title] | sort | first }} {{ [recipient.name] | last }}",
    "{{ recipient.name | replace('a', 'b') | trim }}",
    "{% if recipient.name %}{{ fact('so') }}{% endif %}{{ cite('so') }} {{ demand.summary }}",
    "{{ fact(recipient.title) }}",
    "{{ recipient.name | int }}",
    "{{ recipient.title | date }}",
    "{% if '\\r' in supporter.own_words %}lines{% endif %}",
    "{{ supporter.own_words }}",
    "{% filter upper %}{{ supporter.own_words }}{% endfilter %}",
    "{% for name in recipient %}{{ name }} {% endfor %}",
    "{{ recipient.name.x }}",
]
WORDS = st.sampled_from(["", "IL", "CA", "so", "*Bob* <b>", "2020-06-10", "7", "a\r\nb", "x\nb"])
PERSON = st.fixed_dictionaries(
    {"name": WORDS, "title": WORDS, "region": WORDS, "address": st.lists(WORDS).map(tuple)},
    optional={"nickname": WORDS},
)
OWN = st.fixed_dictionaries(
    {"recipient": PERSON, "supporter": st.fixed_dictionaries({"own_words": WORDS})}
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("shared")
    for name in ("letters", "partials"):
        (folder / name).mkdir()
    (folder / "partials" / "own.md").write_text("By {{ recipient.name }}.", "utf-8")
    return Workspace(folder, (folder,))


def written(workspace: Workspace, text: str) -> Path:
    path = workspace.folder / "letters" / "call.md"
    path.write_text(text, "utf-8")
    return path


def alone(workspace: Workspace, own: Mapping[str, Any]) -> Body | tuple[Problem, ...]:
    try:
        return render_body("call", workspace, "en", {**SHARED, **own}, FACTS)
    except AdvocacyError as error:
        return error.problems


def among(bodies: SharedTemplateRun, own: Mapping[str, Any]) -> Body | tuple[Problem, ...]:
    try:
        return bodies.render(own)
    except AdvocacyError as error:
        return error.problems


def kinds(body: Body | tuple[Problem, ...]) -> list[type]:
    """Which values are a person's own: a layout that many letters share leaves room for these."""
    return list(map(type, body.prose.values)) if isinstance(body, Body) else []


def letters(workspace: Workspace) -> SharedTemplateRun:
    return SharedTemplateRun("call", workspace, "en", SHARED, FACTS)


def to(name: str, **fields: Any) -> dict[str, dict[str, Any]]:
    person = {"name": name, "title": "", "region": "", "address": (), **fields}
    return {"recipient": person, "supporter": {"own_words": ""}}


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows with each run of a template."""
    found: list[str] = []

    def counted(*args: Any, **kwargs: Any) -> bodies.Ran:
        found.append(args[0])
        return bodies.run_body(*args, **kwargs)

    monkeypatch.setattr(shared_run, "run_body", counted)
    monkeypatch.setattr(shared_run, "render_body", lambda *args: counted(*args).body)
    return found


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3), st.lists(OWN, max_size=6))
def test_a_body_is_what_its_own_run_gives_whoever_else_gets_one(
    workspace: Workspace, pieces: list[str], people: list[dict[str, Any]]
) -> None:
    written(workspace, "\n\n".join(pieces))
    many = letters(workspace)
    for person in people:
        own = {group: owned(fields) for group, fields in person.items()}
        mine, expected = among(many, own), alone(workspace, own)
        assert mine == expected
        assert kinds(mine) == kinds(expected)


@pytest.mark.parametrize("piece", PIECES)
def test_each_use_of_a_value_gives_what_its_own_run_gives(workspace: Workspace, piece: str) -> None:
    written(workspace, piece)
    many = letters(workspace)
    for name, title in (("Ann", "Dr"), ("Bob", "so"), ("7", ""), ("", "2020-06-10")):
        person = to(name, title=title, address=("1 Main Street",), nickname="N")
        own = {group: owned(fields) for group, fields in person.items()}
        assert among(many, own) == alone(workspace, own)


def test_a_template_that_only_prints_is_run_once_for_all(
    workspace: Workspace, runs: list[str]
) -> None:
    written(workspace, PRINTS)
    many = letters(workspace)
    texts = [many.render(to(f"Person {n}")).prose.text() for n in range(20)]
    assert texts[19] == "Dear Person 19."
    assert len(runs) == 1
    many.render(to("Person", title="Chair"))
    assert len(runs) == 2, "for those with a title it is another text"


def test_a_template_that_asks_for_a_value_is_run_once_for_each(
    workspace: Workspace, runs: list[str]
) -> None:
    written(workspace, "{% if recipient.region == 'IL' %}Near{% endif %} {{ recipient.name }}")
    many = letters(workspace)
    for n in range(20):
        many.render(to(f"Person {n}", region="IL" if n % 2 else "CA"))
        if n == 3:
            found = len(runs)
    assert len(runs) == found


def test_values_that_make_a_body_too_large_are_refused_as_ever(workspace: Workspace) -> None:
    written(workspace, "{% for n in range(1000) %}{{ recipient.name }}{% endfor %}")
    many = letters(workspace)
    assert among(many, to("short")) == alone(workspace, to("short"))
    long = to("x" * (CHARACTERS_AT_MOST // 1000))
    (problem,) = among(many, long)
    assert problem.code == "template-too-large"
    assert (problem,) == alone(workspace, long)


def test_a_template_or_partial_that_changes_is_read_anew(workspace: Workspace) -> None:
    written(
        workspace, "{% include 'partials/own.md' %}{% include 'partials/more.md' ignore missing %}"
    )
    many = letters(workspace)
    assert many.render(to("A")).prose.text() == "By A."
    more = workspace.folder / "partials" / "more.md"
    more.write_text(" More.", "utf-8")
    assert many.render(to("A")).prose.text() == "By A. More."
    more.unlink()
    assert many.render(to("B")).prose.text() == "By B."
    written(workspace, "Now {{ recipient.name }}.")
    assert many.render(to("B")).prose.text() == "Now B."


def test_while_files_are_settled_they_are_taken_to_stay(workspace: Workspace) -> None:
    written(workspace, "Before.")
    many = letters(workspace)
    with files_held():
        assert many.render(to("A")).prose.text() == "Before."
        written(workspace, "After, and longer.")
        assert many.render(to("B")).prose.text() == "Before."
    assert many.render(to("C")).prose.text() == "After, and longer."
