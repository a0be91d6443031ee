"""A watched template prints what it always prints, and tells exactly which branches ran."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.checks.branches.watch import Watch
from advocacy.errors import AdvocacyError
from advocacy.files.workspace import Workspace
from advocacy.templating import letter_environment, render_body
from advocacy.templating.running import watching

FLAGS = ("a", "b", "c")


def rendered(folder: Path, text: str, variables: dict[str, Any]) -> tuple[str, Watch]:
    """The text with a watch; without one it is the same."""
    letters = folder / "templates" / "letters"
    letters.mkdir(parents=True, exist_ok=True)
    (letters / "one.md").write_text(text, "utf-8")
    workspace = Workspace.of(folder / "campaign.yaml")
    plain = render_body("one", workspace, "en", variables, {})
    watch = Watch()
    watch.viewer = "me"
    with watching(watch):
        watched = render_body("one", workspace, "en", variables, {})
        traced = render_body("one", workspace, "en", variables, {}, trace=True)
    assert watched == plain
    assert traced.prose.values == plain.prose.values
    return plain.prose.text(), watch


# --- any template at all ------------------------------------------------------------------------


@dataclass
class Written:
    """A template that writes itself, and knows what runs in it."""

    flags: dict[str, bool]
    ran: set[tuple[str, str]] = field(default_factory=set)
    every: set[tuple[str, str]] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=count)

    def branch(self, kind: str, head: str, runs: bool) -> bool:
        self.every.add((kind, head))
        if runs:
            self.ran.add((kind, head))
        return runs

    def test(self, flag: str, plain: bool) -> tuple[str, bool]:
        """A condition that no other one equals."""
        value = self.flags[flag]
        number = next(self.numbers)
        text = f"{flag}  and {number} == {number}" if plain else f"not ( {flag} ) or {number} < 0"
        return text, value if plain else not value

    def text(self, node: Any, runs: bool) -> str:
        match node:
            case str(word):
                return f"{word} "
            case list(parts):
                return "\n".join(self.text(part, runs) for part in parts)
            case ("if", tests, otherwise):
                return self._if(tests, otherwise, runs)
            case ("for", times, body, otherwise):
                items = f"range({next(self.numbers)}, {{}})"
                start = int(items.split("(")[1].split(",")[0])
                head = f"for x in {items.format(start + times)}"
                first = self.text(body, self.branch("for", head, runs and times > 0))
                other = self.text(otherwise, self.branch("for-else", head, runs and not times))
                return f"{{% {head} %}}{first}{{% else %}}{other}{{% endfor %}}"
            case ("inline", (flag, plain), one, two):
                test, holds = self.test(flag, plain)
                head = " ".join(test.split())
                self.branch("inline-if", head, runs and holds)
                self.branch("inline-else", head, runs and not holds)
                return f"{{{{ '{one}' if {test} else '{two}' }}}}"
        raise TypeError(node)

    def _if(self, tests: Any, otherwise: Any, runs: bool) -> str:
        text, kind, opened = "", "if", ""
        for (flag, plain), body in tests:
            test, holds = self.test(flag, plain)
            head = " ".join(f"{kind} {test}".split())
            opened = opened or head
            here = self.branch(kind, head, runs and holds)
            text += f"{{% {kind} {test} %}}{self.text(body, here)}"
            runs = runs and not holds
            kind = "elif"
        here = self.branch("else", opened, runs)
        return f"{text}{{% else %}}{self.text(otherwise, here)}{{% endif %}}"


WORDS = st.sampled_from(["one", "two", "three"])
TESTS = st.tuples(st.sampled_from(FLAGS), st.booleans())
INLINE = st.tuples(st.just("inline"), TESTS, WORDS, WORDS)


def _bigger(inner: Any) -> Any:
    body = st.lists(inner, min_size=1, max_size=3)
    arms = st.lists(st.tuples(TESTS, body), min_size=1, max_size=3)
    return st.one_of(
        st.tuples(st.just("if"), arms, body),
        st.tuples(st.just("for"), st.integers(0, 2), body, body),
    )


TREES = st.lists(st.recursive(WORDS | INLINE, _bigger, max_leaves=8), min_size=1, max_size=4)


@given(TREES, st.tuples(*[st.booleans()] * 3))
def test_a_watched_template_tells_exactly_the_branches_that_ran(
    tmp_path_factory: pytest.TempPathFactory, tree: Any, values: tuple[bool, ...]
) -> None:
    flags = dict(zip(FLAGS, values, strict=True))
    written = Written(flags)
    text = written.text(tree, runs=True)
    _, watch = rendered(tmp_path_factory.mktemp("any"), text, flags)

    def named(branches: Any) -> set[tuple[str, str]]:
        elses = ("else", "for-else")
        return {(b.kind, b.opened[1] if b.kind in elses else b.head) for b in branches}

    assert named(watch.branches) == written.every
    assert named(watch.seen) == written.ran


# --- places -------------------------------------------------------------------------------------


def test_each_branch_knows_its_line_and_what_is_written_there(tmp_path: Path) -> None:
    text = (
        "{#- a comment\n of two lines -#}\n"
        "{%- if  a  -%} x\n"
        "{% elif b\n   and c %}\ny\n"
        "{%- else %}\nz {{ 'p' if (a or b) else 'q' }}\n"
        "{% endif %}\n"
        "{% raw %}{% if no %}{% endraw %}\n"
        "{% for x in [1, 2] if x > 1 %}{{ x }}{% else %}none{% endfor %}\n"
    )
    _, watch = rendered(tmp_path, text, {"a": False, "b": False, "c": True})
    assert [(b.line, b.kind, b.head) for b in watch.branches] == [
        (3, "if", "if a"),
        (4, "elif", "elif b and c"),
        (7, "else", "else"),
        (8, "inline-if", "(a or b)"),
        (8, "inline-else", "(a or b)"),
        (11, "for", "for x in [1, 2] if x > 1"),
        (11, "for-else", "else"),
    ]
    assert {b.opened for b in watch.branches if b.kind == "else"} == {(3, "if a")}
    assert [b.number for b in watch.branches] == [1, 2, 3, 4, 5, 6, 7]


def test_branches_in_macros_calls_and_expressions_are_told_when_they_run(tmp_path: Path) -> None:
    text = (
        "{% macro m(x) %}{% if x %}yes{% else %}no{% endif %}{% endmacro %}"
        "{% set w = 'u' if a else 'v' %}{{ m(a if b else c) }} {{ w }} {{ [1 if a else 2][0] }}"
        "{% filter upper %}{% if b %}f{% endif %}{% endfilter %}"
    )
    printed, watch = rendered(tmp_path, text, {"a": True, "b": False, "c": False})
    assert printed.split() == ["no", "u", "1"]
    seen = [b in watch.seen for b in watch.branches]
    assert seen == [False, True, True, False, False, True, True, False, False]


def test_a_template_with_a_mistake_is_told_as_ever(tmp_path: Path) -> None:
    letters = tmp_path / "templates" / "letters"
    letters.mkdir(parents=True)
    workspace = Workspace.of(tmp_path / "campaign.yaml")
    for text in ("{% if a %}x", "{% if a %}{{ b..c }}{% endif %}", "{% iff a %}x{% endif %}", "{{"):
        (letters / "one.md").write_text(text, "utf-8")
        letter_environment.cache_clear()
        with pytest.raises(AdvocacyError) as plain:
            render_body("one", workspace, "en", {"a": 1}, {})
        with watching(Watch()), pytest.raises(AdvocacyError) as watched:
            render_body("one", workspace, "en", {"a": 1}, {})
        assert watched.value.problems == plain.value.problems
