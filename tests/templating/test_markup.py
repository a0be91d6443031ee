"""What a letter's text may hold; and all that looks like markup and is none is told."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.errors import Level, Problem
from advocacy.files.workspace import Workspace
from advocacy.templating.citation_marks import Own
from advocacy.templating.markup import body_tokens, note_tokens
from advocacy.templating.markup_problems import markup_problems
from advocacy.templating.markup_rules import MarkupRule, markup_rules, value_markup
from advocacy.templating.shared_run import SharedTemplateRun

RULES = markup_rules()


def problems(markdown: str, folder: Path) -> list[Problem]:
    template = folder / "templates" / "letters" / "open.md"
    template.parent.mkdir(parents=True, exist_ok=True)
    template.write_text(markdown, encoding="utf-8")
    text = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", markdown)
    return markup_problems(text, template, Workspace.of(folder / "parks.yaml"))


@pytest.mark.parametrize("rule", RULES, ids=[rule.example[:24] for rule in RULES])
def test_each_rule_tells_of_its_example_and_not_of_its_counterexample(
    rule: MarkupRule, tmp_path: Path
) -> None:
    assert rule.write in [one.hint for one in problems(rule.example, tmp_path)]
    assert problems(rule.counter, tmp_path) == []


@pytest.mark.parametrize(
    "markdown",
    [
        "A box of 5*3*2 feet, at 2 * 3 dollars, and 10 % of A*4.",
        "Write \\*, \\_, \\` and \\# as they are; C:\\d, too.",
        "See https://parks.example/a_b/c*d_e~f and <https://parks.example/_x_>.",
        'So 3 < 4, 5 > 4, AT&T, R&D; a == b; #1, `code *x* <b>`, $5, 6" and ~20 people.',
        "The 1^st^ of May, ~~not~~ of June.[^1] And more.^[An own note.]\n\n[^1]: It is so.",
        "|  | n |\n|--|--:|\n| a | 1 |\n\n4. Four\n5. Five\n\n+++\n\n- one\n  - two",
        "| a | b |\n|--|--|\n| x |\n| 1 \\| 2 | y |",
        "> A quotation\\\n> in two lines.\n\n## A heading\n\n***both***, __bold__, _slanted_",
    ],
)
def test_what_is_markup_or_plain_text_is_not_told(markdown: str, tmp_path: Path) -> None:
    assert problems(markdown, tmp_path) == []


@pytest.mark.parametrize(
    ("markdown", "words", "line"),
    [
        ("One.\n\n[^2]: Nobody leads here.", "without a reference", 3),
        ("| A | B |\n| --- | --- |\n| x | y | z |", "has 3 cells", 3),
        ("> | A |\n> | --- |\n> | x | y |", "has 2 cells", 3),
        ("| A |\n| --- |\n| ![Map](map.png) |", "or a table", 3),
        ("# ![Map](map.png)", "or a table", 1),
        ("One.\n\n[Note]: https://parks.example", "defines a link", 3),
        ("One.[^1] Two.[^1]\n\n[^1]: Text.", "referred to twice", 1),
        ("One.[^1]\n\n[^1]: - a list", "A note contains a list", 1),
        ("One.\n\n    four spaces", "computer code", 3),
        ("See ![a map](map.png) here.", "inside a line of text", 1),
        ("![](map.png)", "no alternative text", 1),
        ("Text.\n\n![Map](map.png){width=0%}", "a width of 0 %", 3),
        ("![Map](map.png){width=150%}", "a width of 150 %", 1),
        ("![a map](https://parks.example/map.png)", "not a file of the campaign", 1),
        ("A [page](parks.example).", "not a valid address", 1),
        ("First **one.\n\nThen ~~two.", "`~~`", 3),
        ("---\ntitle: x\n---\n\nWe write.", "`title: x` is a setting", 2),
        ("One.[^1]\n\n[^1]: First.\n[^1]: Second.", "defined twice", 4),
        ("See [us].\n\n[us]: https://a.example\n[us]: https://b.example", "defined twice", 4),
        ("One.\n\nH~2~O and x^2^.", "`~2~`", 3),
    ],
)
def test_what_would_be_lost_or_misread_is_told_at_its_line(
    markdown: str, words: str, line: int, tmp_path: Path
) -> None:
    found = [one for one in problems(markdown, tmp_path) if words in one.message]
    assert len(found) == 1
    assert found[0].place is not None
    assert found[0].place.line == line
    assert found[0].hint


@pytest.mark.parametrize("attributes", ["{width=5cm}", "{.left}", "{width=50% .left}"])
def test_a_picture_with_other_attributes_is_one_mistake(attributes: str, tmp_path: Path) -> None:
    (found,) = problems(f"![Map](map.png){attributes}", tmp_path)
    assert attributes in found.message
    assert "{width=50%}" in found.hint


def test_a_table_that_no_page_is_wide_enough_for_is_told_at_its_line(tmp_path: Path) -> None:
    def table(columns: int, cell: str) -> str:
        return "".join(f"|{f' {text} |' * columns}\n" for text in ("Year", "---", cell))

    (found,) = problems(f"We write.\n\n{table(14, 'Springfield')}", tmp_path)
    assert (found.code, found.level) == ("too-long-for-layout", Level.WARNING)
    assert found.place is not None
    assert found.place.line == 3
    assert problems(table(14, "1,234"), tmp_path) == []
    assert problems(table(5, "Springfield Parks Department"), tmp_path) == []


def test_every_mistake_of_a_paragraph_is_told_in_one_pass(tmp_path: Path) -> None:
    text = '~~a~~ [^1] \\newpage :::note { cite("time") } <b class="x">**c'
    assert len(problems(text, tmp_path)) == 6


def test_a_place_in_a_partial_is_found(tmp_path: Path) -> None:
    partial = tmp_path / "templates" / "partials" / "end.md"
    partial.parent.mkdir(parents=True)
    partial.write_text("Fine.\n\nNot **fine.\n", encoding="utf-8")
    template = tmp_path / "templates" / "letters" / "open.md"
    template.parent.mkdir()
    template.write_text('{% include "partials/end.md" %}', encoding="utf-8")
    (one,) = markup_problems(
        "Fine.\n\nNot **fine.\n", template, Workspace.of(tmp_path / "parks.yaml")
    )
    assert one.place is not None
    assert (one.place.path, one.place.line) == (partial, 3)


@pytest.mark.parametrize(
    "text",
    [
        "Publish **it**", "See [us](https://x.example)", "<b>it</b>", "~~it~~", "{{ date }}",
        "Keep **the park", "In **solidarity,", "Keep } it", "Keep { it", "Dear {family_name,",
        "{ recipient.name }", "::: note", "## Keep it", "# Keep it", "| a | b |", "a | b",
        "[^1]", "\\newpage", "Keep it.\\n", "\\u2013", "&nbsp;", "Map {width=50%}", "1^st^",
        "~~it", ":smile:", "++it++", "CO~2~",
    ],
)  # fmt: skip
def test_markup_in_a_value_is_told(text: str) -> None:
    assert value_markup(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "A*STAR", "5*3*2", "f_(x)", "*Bob*", "a < b > c", "[sic] (so)", "The set {a, {b}, c}",
        'O\'Neil "Tip" Smith', "4 Main St. #4", "# 12", "# B", "c/o Jane Doe", "AT&T; R&D",
        "F*** them", "C:\\Users\\jane", "Apt. 4 ~ rear", "Yahoo!", "P!nk", "10:30:45",
        "C++ and D++",
        "1 = 2", "$5", "Ke$ha", "Suite 100-A/B", "a^b", "https://x.example/a_b__c~d?e=f&g=h;i", "☐",
        "#parks", "#1 in parks", "Room 4; 2nd floor", "Smith & Sons; Jones", "D'Arcy",
    ],
)  # fmt: skip
def test_a_value_that_may_be_meant_so_is_not_told(text: str) -> None:
    assert value_markup(text) is None


def types(markdown: str) -> list[str]:
    return [token.type for token in body_tokens(markdown, "en-US")]


def test_lists_begin_and_go_on_as_they_are_numbered() -> None:
    starts = [
        token.attrGet("start") or 1
        for token in body_tokens("4. d\n5. e\n\n1. a\n2. b\n\n7. g\n", "en")
        if token.type == "ordered_list_open"
    ]
    assert starts == [4, 1, 7]
    assert types("1. a\n1. b\n1. c").count("ordered_list_open") == 1


def test_headings_leave_no_rank_out_in_the_order_of_reading() -> None:
    text = "### A\n\n# B\n\n#### C\n\n## D\n\n### E"
    found = body_tokens(text, "en")
    assert [t.tag for t in found if t.type == "heading_open"] == ["h2", "h2", "h3", "h3", "h4"]


def test_a_table_says_what_its_headers_head() -> None:
    cells = [
        (token.tag, token.attrGet("scope"))
        for token in body_tokens("|  | n |\n|--|--:|\n| a | 1 |", "en")
        if token.type in ("th_open", "td_open")
    ]
    assert cells == [("td", None), ("th", "col"), ("th", "row"), ("td", None)]


def test_a_picture_has_words_a_caption_and_a_width() -> None:
    (picture,) = body_tokens('![A "map"](a%20b.png "Of *lamps*"){width=150%}', "en-US")
    assert (picture.type, picture.content, picture.meta["width"]) == ("picture", 'A "map"', 100)
    assert [child.type for child in picture.children or ()] == [
        "text",
        "em_open",
        "text",
        "em_close",
    ]


def test_notes_are_numbered_by_their_marks_and_set_as_the_text_is() -> None:
    tokens = body_tokens('B.[^b] A.[^a]\n\n[^a]: "One"\n\n[^b]: Two\n\n    and three', "en-US")
    texts = ["".join(c.content for c in note.children or ()) for note in note_tokens(tokens)]
    assert texts == ["Twoand three", "“One”"]


@given(st.text(st.sampled_from("ab1 *_~^[]()|!+#:.\n\\`-{}=<>&\"'"), max_size=60))
def test_any_text_can_be_read_and_judged(text: str) -> None:
    body_tokens(text, "en-US")
    markup_problems(text, Path("open.md"), Workspace.of(Path("/nonexistent/parks.yaml")))


@pytest.mark.parametrize(
    ("text", "value", "printed"),
    [
        ("To {{ who }}.", "Stores, Inc.", "To Stores, Inc."),
        ("To **{{ who }}**. Now.", "Stores, Inc.", "To **Stores, Inc**. Now."),
        ("To {{ who }}, now.", "Stores, Inc.", "To Stores, Inc., now."),
        ("To {{ who }}... now.", "Stores, Inc.", "To Stores, Inc.... now."),
        ("To {{ who }}.", "Wait...", "To Wait...."),
        ("To {{ who }}.", "Stores", "To Stores."),
    ],
)
@pytest.mark.parametrize("own", [False, True])
def test_a_sentence_that_ends_with_an_abbreviation_has_one_stop(
    tmp_path: Path, text: str, value: str, printed: str, own: bool
) -> None:
    letters = tmp_path / "templates" / "letters"
    letters.mkdir(parents=True)
    name = "{{ recipient.name }}" if own else "{{ who }}"
    (letters / "open.md").write_text(text.replace("{{ who }}", name), encoding="utf-8")
    workspace = Workspace.of(tmp_path / "parks.yaml")
    run = SharedTemplateRun("open", workspace, "en", {"who": value}, {})
    body = run.render({"recipient": {"name": Own(value)}})
    assert body.prose.text() == printed
