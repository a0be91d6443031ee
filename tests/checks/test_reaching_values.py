"""The values that are found for a branch reach it, if any values can."""

from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from advocacy.checks.branches.reaching_values import find_reaching_values
from advocacy.checks.branches.watch import Branch, Watch
from advocacy.files.workspace import Workspace
from advocacy.templating import render_body
from advocacy.templating.running import watching

VALUES = ("", "x", "y", "Sample")
FIELDS = st.sampled_from(["recipient.title", "recipient.city", "recipient.other"])


def _atoms() -> Any:
    value = st.sampled_from(VALUES[1:])
    return st.one_of(
        FIELDS,
        st.builds("{} == {!r}".format, FIELDS, value),
        st.builds("{!r} != {}".format, value, FIELDS),
        st.builds("{!r} in {}".format, value, FIELDS),
        st.builds("{} not in ['x', 'y']".format, FIELDS),
        st.builds("{} | length > {}".format, FIELDS, st.integers(0, 3)),
    )


CONDITIONS = st.recursive(
    _atoms(),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=3,
)


@given(CONDITIONS, st.booleans())
def test_whoever_it_takes_is_found_if_there_can_be_anybody(condition: str, wanted: bool) -> None:
    environment = Environment(autoescape=True)
    tree = environment.parse(f"{{% if {condition} %}}{{% endif %}}").body[0]
    holds = environment.compile_expression(condition)
    names = ("title", "city", "other")

    def works(values: tuple[str, ...], reaching: Any = ()) -> bool:
        recipient = dict(zip(names, values, strict=True))
        recipient |= {name.split(".")[1]: value for name, value in reaching}
        return bool(holds(recipient=recipient)) is wanted

    anybody = any(map(works, product(VALUES, repeat=3)))
    bases = (("",) * 3, ("Sample",) * 3)
    branch = Branch(Path("one.md"), 1, 1, "if", condition, conditions=((tree.test, wanted),))  # type: ignore[attr-defined]
    tries = [(), *find_reaching_values(branch)]
    found = any(works(base, reaching) for base in bases for reaching in tries)
    assert found or not anybody, (condition, wanted, tries)


def test_later_arms_of_a_chain_are_reached_past_the_earlier_ones(tmp_path: Path) -> None:
    text = (
        "{% if recipient.title == 'A' %}1{% elif recipient.title == 'B' %}2"
        "{% elif recipient.title %}3{% else %}4{% endif %}"
    )
    letters = tmp_path / "templates" / "letters"
    letters.mkdir(parents=True)
    (letters / "one.md").write_text(text, "utf-8")
    workspace = Workspace.of(tmp_path / "campaign.yaml")
    with watching(Watch()) as watch:
        render_body("one", workspace, "en", {"recipient": {"title": ""}}, {})
    firsts = [find_reaching_values(branch)[0] for branch in watch.branches]
    assert [dict(values)["recipient.title"] for values in firsts] == ["A", "B", "Sample", ""]
