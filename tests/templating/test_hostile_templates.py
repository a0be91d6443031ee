"""Templates of strangers: limits by length, literals with escapes, and very long bodies."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.errors import AdvocacyError, Problem
from advocacy.files.characters import BAD_CHARACTERS
from advocacy.files.workspace import Workspace
from advocacy.templating import Body, render_body, render_layout
from advocacy.templating.body_limits import BODY_AT_MOST, PARAGRAPH_AT_MOST, WORD_AT_MOST
from advocacy.templating.running import CHARACTERS_AT_MOST
from advocacy.templating.source import nesting_problem, with_line_ends
from advocacy.templating.typography.marks_and_spaces import outside_addresses


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in ("letters", "partials", "layouts"):
        (tmp_path / name).mkdir()
    return Workspace(tmp_path, (tmp_path,))


def rendered(workspace: Workspace, template: str, **variables: object) -> Body:
    path = workspace.folder / "letters" / "call.md"
    path.write_text(template, encoding="utf-8")
    return render_body("call", workspace, "en", variables, {})


def problem_of(workspace: Workspace, template: str, **variables: object) -> Problem:
    with pytest.raises(AdvocacyError) as caught:
        rendered(workspace, template, **variables)
    return caught.value.problems[0]


BIG = "{% set x %}{% for i in range(1000) %}" + "a " * 500 + "{% endfor %}{% endset %}"


@pytest.mark.parametrize(
    "work",
    [
        "{% set y = x|upper %}",
        "{% set y = x|trim %}",
        "{% set y = x|reverse %}",
        "{% set y = x|title|lower %}",
        "{% set y = x|replace('a', 'b') %}",
        "{% set y = x[1:] %}",
        "{% set y = [x[1:], x[2:], x[3:]] %}",
        "{% set y = [x, x, x]|map('upper') %}",
        "{% set y = [x, x, x]|sort %}",
        "{% set y = [x, x, x]|unique %}",
        "{% set y = [x, x, x]|join %}",
        "{% set y = x ~ x %}",
    ],
)
def test_what_a_filter_makes_counts_by_its_length(workspace: Workspace, work: str) -> None:
    problem = problem_of(workspace, BIG + work * 40)
    assert problem.code == "template-too-large"
    assert f"{CHARACTERS_AT_MOST:,}" in problem.message


def test_what_a_filter_reads_counts_by_its_length(workspace: Workspace) -> None:
    loops = "{% for a in range(1000) %}{% for b in range(100) %}{% if x|length %}{% endif %}"
    problem = problem_of(workspace, BIG + loops + "{% endfor %}{% endfor %}")
    assert problem.code in ("template-endless", "template-too-large")


def test_a_value_printed_in_a_doubled_text_is_never_written_out_beyond_the_limit(
    workspace: Workspace,
) -> None:
    template = "{% set n = namespace(x=long ~ '') %}{% set n.x %}{{ long }}{% endset %}"
    template += "{% for i in range(16) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x|length }}"
    assert problem_of(workspace, template, long="y" * 90_000).code == "template-too-large"


def test_a_long_list_is_joined_with_and_only_where_that_is_cheap(workspace: Workspace) -> None:
    template = "{% set t %}{{ long }}{% endset %}{{ " + "[" + "t, " * 4000 + "]|and_list }}"
    assert problem_of(workspace, template, long="y" * 200).code in (
        "template-endless",
        "template-too-large",
    )


@pytest.mark.parametrize(
    "literal",
    [r"\U000f0000", r"\U00100009", r"\ud800", r"\u202e", r"\x1b]0;x\x07", r"\ue000", r"\x00"],
)
@pytest.mark.parametrize(
    "template",
    ['{{{{ "{}" }}}}', '{{% set x = "{}" %}}{{{{ x }}}}', '{{{{ "a"|replace("a", "{}") }}}}',
     '{{{{ [1, 2]|join("{}") }}}}', '{{% include "partials/{}.md" ignore missing %}}'],
)  # fmt: skip
def test_an_escape_in_a_literal_is_judged_as_the_character_itself(
    workspace: Workspace, template: str, literal: str
) -> None:
    problem = problem_of(workspace, template.format(literal))
    assert problem.code == "bad-character"
    assert problem.place is not None
    assert problem.place.line == 1
    assert not BAD_CHARACTERS.search(problem.message)


def test_an_escape_in_a_literal_of_a_layout_is_judged_too(workspace: Workspace) -> None:
    (workspace.folder / "layouts" / "letter.html").write_text(r'{{ "\u202e" }}')
    with pytest.raises(AdvocacyError, match="bad-character"):
        render_layout("letter", workspace, {})


@given(st.characters(exclude_categories=()))
def test_no_escape_brings_a_character_into_a_letter_that_a_file_may_not_hold(
    tmp_path_factory: pytest.TempPathFactory, character: str
) -> None:
    folder = tmp_path_factory.mktemp("w")
    (folder / "letters").mkdir()
    workspace = Workspace(folder, (folder,))
    template = f'{{{{ "\\U{ord(character):08x}" }}}}'
    if BAD_CHARACTERS.search(character):
        assert problem_of(workspace, template).code == "bad-character"
    else:
        assert rendered(workspace, template).prose.text().strip() == character.strip()


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 30, f"'{'9' * 30}'|int"])
def test_a_number_beyond_all_sense_is_a_problem(workspace: Workspace, number: str) -> None:
    problem = problem_of(workspace, f"{{{{ {number} }}}}")
    assert (problem.code, problem.message) == ("template-value", "This number is too large.")


def test_a_body_a_paragraph_and_a_word_are_limited_and_named(workspace: Workspace) -> None:
    sentence = "Words, words, and more words. "
    whole = problem_of(workspace, (sentence * 50 + "\n\n") * (BODY_AT_MOST // 1500 + 1))
    assert "The letter's text has more than 100,000 characters." in whole.message
    paragraph = problem_of(workspace, sentence * (PARAGRAPH_AT_MOST // len(sentence) + 1))
    assert paragraph.message.startswith("The paragraph “Words, words,")
    word = problem_of(workspace, "So: " + "x" * (WORD_AT_MOST + 1))
    assert word.message.startswith("The word “xxx")
    table = problem_of(workspace, "|a" * 200 + "|\n" + "|-" * 200 + "|\n")
    assert "more than 60 columns" in table.message


@pytest.mark.parametrize(
    "text",
    [
        "| one | two |\n| --- | --- |\n" + "| a cell of some words | and another |\n" * 900,
        "- an item of a list with some words\n" * 900,
        "字" * 9_000,
        "See https://example.org/" + "x" * 1_900,
        ("Words, words, and more words. " * 40 + "\n\n") * 60,
    ],
    ids=["table", "list", "no spaces", "address", "long letter"],
)
def test_a_long_letter_that_people_can_read_is_not_refused(workspace: Workspace, text: str) -> None:
    assert rendered(workspace, text).prose.text().strip() == text.strip()


def test_a_persons_own_value_counts_towards_the_limits(workspace: Workspace) -> None:
    problem = problem_of(workspace, "Dear {{ name }}", name="x" * (WORD_AT_MOST + 1))
    assert problem.message.startswith("The word “xxx")


def test_comments_at_line_ends_keep_them(workspace: Workspace) -> None:
    text = "One. {# a #}\nTwo.\n{# alone #}\n{% if 1 %} {# b #}\nThree.{% endif %}\n"
    body = rendered(workspace, text).prose.markdown
    assert body == "One. \nTwo.\n Three."


def test_signs_that_never_close_are_searched_once() -> None:
    # Half a million of them: anything but a linear search would not end in this suite's time.
    many = 500_000
    assert with_line_ends("x" + "{#" * many + "\n" + "x") == "x" + "{#" * many + "\n" + "x"
    assert with_line_ends("x " + "{#" * many + " #}\n").endswith(" +#}\n")
    for sign in ("{#", "{% raw %}", "{% a ", "{{ "):
        nesting_problem(sign * (many // 10), Path("x.md"), ("raw",))
    text = "a" * many + "@" + "b." * 1000
    assert outside_addresses(text, str.upper).startswith("aaa")
