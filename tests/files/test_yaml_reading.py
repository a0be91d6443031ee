"""What people may rely on when a YAML file of theirs is read: places, traps, limits."""

import copy
import os
import pickle
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, StringConstraints, ValidationError, model_validator

from advocacy.campaign.field_types import Day, Slug, Span
from advocacy.campaign.languages import LocalText
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.characters import BAD_CHARACTERS, Line, Words, fault
from advocacy.files.text import LARGEST
from advocacy.files.yaml.reading import (
    Located,
    YamlList,
    YamlMap,
    parse,
    read_text,
    read_yaml,
    read_yaml_text,
    scan_yaml_text,
)

PATH = Path("campaign.yaml")
LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]


def problems_of(text: str) -> list[Problem]:
    return scan_yaml_text(text, PATH)[1]


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def spot(problem: Problem) -> tuple[int | None, int | None]:
    assert problem.place is not None
    return problem.place.line, problem.place.column


def refused(path: Path) -> Problem:
    with pytest.raises(AdvocacyError) as error:
        read_yaml(path)
    return only(list(error.value.problems))


# --- places ---------------------------------------------------------------------------------------

LETTER = """\
# a comment
title: Now
demand:
  summary: "Stop"
  asks:
    - One
    - {to: 'Two', of: 1.10}
when: 2020-06-10
none:
"""


def test_every_key_and_value_knows_its_line_and_column() -> None:
    data = read_yaml_text(LETTER, PATH)
    asks = data["demand"]["asks"]
    assert data.place == Place(PATH, 2, 1)
    assert data.key_place("demand") == Place(PATH, 3, 1)
    assert data["demand"].place == Place(PATH, 4, 3)
    assert data["demand"].head == Place(PATH, 3, 1)
    assert data["demand"].value_place("summary") == Place(PATH, 4, 12)
    assert asks.place == Place(PATH, 6, 5)
    assert asks.value_place(0) == Place(PATH, 6, 7)
    assert asks[1].key_place("to") == Place(PATH, 7, 8)
    assert asks[1].value_place("to") == Place(PATH, 7, 12)
    assert data.value_place("none") == Place(PATH, 9, 6)


def test_a_place_that_is_not_there_is_that_of_the_whole() -> None:
    data = read_yaml_text(LETTER, PATH)
    assert data.key_place("x") == data.value_place("x") == data.place
    assert data.raw("x") is None
    asks = data["demand"]["asks"]
    assert asks.value_place(9) == asks.value_place(-1) == asks.place
    assert asks.raw(9) is None


def test_the_text_as_written_is_kept() -> None:
    data = read_yaml_text("a: 1.10\nb: [no, 'x']\nc: {}\nd: 2020-06-10\n", PATH)
    assert (data["a"], data.raw("a")) == (1.1, "1.10")
    assert (data["b"], data["b"].raw(0), data["b"].raw(1)) == ([False, "x"], "no", "x")
    assert data.raw("c") is None
    assert (data["d"], data.raw("d")) == (date(2020, 6, 10), "2020-06-10")


def test_values_survive_copying_and_pickling_with_their_places() -> None:
    data = read_yaml_text(LETTER, PATH)
    for twin in (pickle.loads(pickle.dumps(data)), copy.deepcopy(data)):
        assert twin == data
        assert twin["demand"]["asks"].value_place(1) == data["demand"]["asks"].value_place(1)


TRAPS = {"curly-quotes", "no-break-space", "not-a-list", "text-cut-off"}
TEXT = st.text(
    st.characters(codec="utf-8").filter(lambda c: not BAD_CHARACTERS.match(c)), max_size=30
)
TREES = st.recursive(
    TEXT, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
)


@given(
    st.dictionaries(TEXT, TREES, min_size=1, max_size=5),
    st.booleans(),
    st.sampled_from([True, False, None]),
    st.sampled_from(LOADERS),
)
def test_text_that_yaml_wrote_reads_back_equal_and_every_place_points_at_it(
    tree: dict[str, Any], as_unicode: bool, flow: bool | None, loader: Any
) -> None:
    text = yaml.safe_dump(
        tree, allow_unicode=as_unicode, default_flow_style=flow, sort_keys=False, width=40
    )
    data, problems = scan_yaml_text(text, PATH, loader=loader)
    assert {problem.code for problem in problems} <= TRAPS
    assert data == tree
    assert data is not None
    _check_places(data, text.split("\n"))


def _check_places(value: Any, lines: list[str]) -> None:
    pairs: list[tuple[Place, Any]] = []
    if isinstance(value, YamlMap):
        pairs = [(value.key_place(key), key) for key in value]
        pairs += [(value.value_place(key), inner) for key, inner in value.items()]
    elif isinstance(value, YamlList):
        pairs = [(value.value_place(index), inner) for index, inner in enumerate(value)]
    for place, inner in pairs:
        assert place.line is not None
        assert place.column is not None
        rest = lines[place.line - 1][place.column - 1 :]
        if isinstance(inner, str):
            first = inner.split(" ")[0].split("\n")[0]
            assert rest.startswith(('"', "'", "|", ">", "? ", first))
        elif isinstance(inner, list):
            assert rest.startswith(("[", "-"))
        elif not rest.startswith(("{", '"', "'", "? ")):
            assert rest[0] in {key[:1] for key in inner}
        _check_places(inner, lines)


YAMLISH = st.lists(
    st.sampled_from(
        ["a", "b: ", "- ", "\n", "  ", "{", "}", "[", "]", ", ", ": ", "? ", "'", '"', "&x ", "*x",
         "|\n", ">\n", "#", "!t ", "!!str ", "<<: ", "010", "12:30", "no", "2020-02-30", "~", "\t",
         "---\n", "...\n", "%", "@", "`", "\\", "é", "\u202e", "\x00", "\U000f0000", "\r\n",
         "1e400", "0x", "-", ".inf", "\ufeff", "\u2028"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(YAMLISH | st.text(max_size=60), st.sampled_from(LOADERS))
def test_whatever_somebody_writes_is_a_value_or_problems_inside_the_text(
    text: str, loader: Any
) -> None:
    data, problems = scan_yaml_text(text, PATH, loader=loader)
    assert problems or isinstance(data, YamlMap)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in problems:
        assert problem.message
        assert problem.hint
        assert problem.place is not None
        assert 1 <= (problem.place.line or 1) <= len(lines) + 1
    if not problems and "=" not in text:  # PyYAML stumbles over a bare one
        assert data == yaml.load(text.removeprefix("\ufeff"), Loader=loader)


@given(YAMLISH)
def test_both_of_pyyamls_parsers_give_the_same_values_and_places(text: str) -> None:
    if BAD_CHARACTERS.search(text) or "\ufeff" in text:
        return
    results = [scan_yaml_text(text, PATH, loader=loader) for loader in LOADERS]
    if any(problems for _, problems in results):
        assert all(problems for _, problems in results) or "\t" in text or "#" in text
        return
    assert all(data == results[0][0] for data, _ in results)
    assert all(data.place == results[0][0].place for data, _ in results if data and results[0][0])


# --- what YAML reads differently ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("a: 1\nb: 2\na: 3", "duplicate-key", (3, 1), "lines 1 and 3"),
        ("no: x", "key-not-text", (1, 1), "`no` as false"),
        ("x: {1: a}", "key-not-text", (1, 5), "the number 1"),
        ("x: {2020-06-10: a}", "key-not-text", (1, 5), "the day 2020-06-10"),
        ("? \n: x", "key-not-text", (1, 2), "A key is missing"),
        ("~: x", "key-not-text", (1, 1), "empty"),
        ("x: {{ name }}", "key-not-text", (1, 5), "where a key is expected"),
        ("a: 12:30", "surprising-value", (1, 4), "the number 750"),
        ("a: 02134", "surprising-value", (1, 4), "the number 1116"),
        ("a: {b: 1}\nc: {<<: {d: 1}}", "merge-key", (2, 5), "merge key"),
        ("a: !!python/object/apply:os.system [ls]", "yaml-tag", (1, 4), "!!python/object"),
        ("a: !mine x", "yaml-tag", (1, 4), "`!mine`"),
        ("a: !!str 12", "yaml-tag", (1, 4), "`!!str`"),
        ("a: *b", "unknown-alias", (1, 4), "no value has this mark"),
        ("a: &b [*b]", "unknown-alias", (1, 8), "repeats the value that contains it"),
        ("a: b\n---\nc: d", "several-documents", (2, 1), "second YAML document"),
        ("a: b: c", "yaml-colon", (1, 5), "colon"),
        ("a: 'x\nb: 1\n", "yaml-open-quote", (1, 4), "never closed"),
        ('a: "C:\\x"', "yaml-escape", (1, 9), "backslash"),
        ("a: *Bob*", "yaml-alias", (1, 4), "`*`"),
        ("a: @home", "yaml-quotes", (1, 4), "`@`"),
        ("a: `x`", "yaml-quotes", (1, 4), "begin with ```"),
        ("a: %x", "yaml-quotes", (1, 4), "`%`"),
        ("a: [1, 2\nb: 3\n", "yaml-brackets", (2, 2), "begins on line 1"),
        ("a: - b", "yaml-list", (1, 4), "line of its key"),
        ("a: |x\n b", "yaml-block", (1, 5), "`|`"),
        ("a: b\nfoo\nc: d", "yaml-key", (2, 1), "has no key"),
        ("a:\n  b: 1\n c: 2", "yaml-indentation", (3, 2), "line 2 begins with 2"),
        ("a: 'it's me'", "yaml-text-after-quote", (1, 7), "ends the text"),
        ("%YAML 3\na: b", "yaml-directive", (1, 8), "`%`"),
        ("- a\n- b", "wrong-type", (1, 1), "contains a list"),
        ("just words", "wrong-type", (1, 1), "a single value"),
        ("", "empty-file", (None, None), "empty"),
        ("# only a comment\n---\n", "empty-file", (None, None), "empty"),
        ("a: x\u202ey", "bad-character", (1, 5), "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("# \u2066\na: x", "bad-character", (1, 3), "U+2066 LEFT-TO-RIGHT ISOLATE"),
        ("a: b\nc: \x07", "bad-character", (2, 4), "U+0007 CONTROL CHARACTER"),
        ("a: \U000f0000", "bad-character", (1, 4), "U+F0000 PRIVATE-USE CHARACTER"),
        ("a: \U00100001", "bad-character", (1, 4), "U+100001 PRIVATE-USE CHARACTER"),
        ("a: \ue000", "bad-character", (1, 4), "U+E000 PRIVATE-USE CHARACTER"),
        ("a: \ufdd0", "bad-character", (1, 4), "U+FDD0 NOT A CHARACTER"),
        ("a: \U0001ffff", "bad-character", (1, 4), "U+1FFFF NOT A CHARACTER"),
        ("a: \u2028", "bad-character", (1, 4), "U+2028 LINE SEPARATOR"),
        ("a: \u0085", "bad-character", (1, 4), "U+0085"),
        ('a: "x\\u202E"', "bad-character", (1, 4), "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ('a: "x\\0"', "bad-character", (1, 4), "U+0000 CONTROL CHARACTER"),
        ('"a\\e": x', "bad-character", (1, 1), "U+001B CONTROL CHARACTER"),
    ],
)  # fmt: skip
def test_a_trap_is_one_problem_that_says_where_and_why(
    text: str, code: str, place: tuple[int | None, int | None], words: str
) -> None:
    problem = only(problems_of(text))
    assert (problem.code, spot(problem)) == (code, place)
    assert words in problem.message
    assert problem.hint


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("a: 'Don't close it'", '"Don\'t close it"'),
        ("a: 'Don't close Sam's park'", "\"Don't close Sam's park\""),
        ('a: "Hello" she said', "'\"Hello\" she said'"),
        ('a: "Keep it" and "open it"', '\'"Keep it" and "open it"\''),
        ('a: "He said "no" to us"', "'He said \"no\" to us'"),
        ("- 'Keep' the park", "\"'Keep' the park\""),
    ],
)
def test_a_quote_that_ends_a_text_early_is_named_with_the_right_quotes(
    line: str, cure: str
) -> None:
    problem = only(problems_of(f"b:\n{line}" if line.startswith("-") else line))
    assert problem.code == "yaml-text-after-quote"
    assert problem.hint == f"Write `{cure}`."
    text = line.replace(line.partition(" ")[2], cure)
    assert not problems_of(f"b:\n{text}" if line.startswith("-") else text)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (
            "a:\n    b: 1\n  c: 2",
            3,
            "2 spaces; line 2 begins with 4, and line 1 with none",
        ),
        ("a:\n  - x: 1\n   y: 2", 3, "line 2 begins with 2 (4 up to its text)"),
        (" a: 1\nb: 2", 2, "begins with no spaces; line 1 begins with 1"),
        ("a:\n  b: 1\n    c: 2", 3, "more than line 2, which already has a value"),
        ("a:\n  - b\n  c: 2", 3, "is a key, but line 2, with the same indentation, is a list item"),
        ("a: [b]\n- c", 2, "is a list item, but line 1, with the same indentation, is a key"),
    ],
)
def test_wrong_indentation_is_told_with_the_lines_that_it_does_not_match(
    text: str, line: int, words: str
) -> None:
    problem = only(problems_of(text))
    assert (problem.code, problem.place.line) == ("yaml-indentation", line)
    assert words in problem.message


def test_traps_that_are_text_are_cured_by_the_quotes_that_the_hint_shows() -> None:
    for raw in ("12:30", "02134"):
        hint = only(problems_of(f"a: {raw}")).hint
        assert f'"{raw}"' in hint
        assert read_yaml_text(f'a: "{raw}"', PATH) == {"a": raw}


def test_post_codes_with_eights_and_other_plain_text_stay_text() -> None:
    data = read_yaml_text("a: 02189\nb: SW1A 2AA\nc: y\nd: 1.2.3\ne: =", PATH)
    assert data == {"a": "02189", "b": "SW1A 2AA", "c": "y", "d": "1.2.3", "e": "="}


def test_a_day_that_is_not_in_the_calendar_is_text() -> None:
    assert read_yaml_text("a: 2020-02-30", PATH) == {"a": "2020-02-30"}


def test_a_leading_zero_that_changes_nothing_is_no_surprise() -> None:
    assert read_yaml_text("date-parts: [[2020, 06, 08]]", PATH) == {"date-parts": [[2020, 6, "08"]]}
    assert only(problems_of("a: -010")).code == "surprising-value"


def test_tabs_before_a_key_are_named_line_by_line() -> None:
    problem = only(problems_of("a:\n\tb: 1\n\tc: 2\n  \td: 3\n"))
    assert (problem.code, spot(problem)) == ("tab-indentation", (2, 1))
    assert "so are lines 3, 4" in problem.message
    assert only(problems_of("a:\n  - b\n\t- c\n")).code == "tab-indentation"


def test_tabs_inside_text_are_no_mistake() -> None:
    assert read_yaml_text("a: |\n  x\ty\n", PATH) == {"a": "x\ty\n"}


def test_all_problems_of_a_file_are_told_at_once_in_order() -> None:
    text = "a: 1\na: 2\nno: 3\nb: 12:30\nc: !x y\nd: \u202e\n<<: {a: 1}\ne: *f\ng: 'x\n"
    codes = [problem.code for problem in problems_of(text)]
    assert codes == [
        "duplicate-key",
        "key-not-text",
        "surprising-value",
        "yaml-tag",
        "bad-character",
        "merge-key",
        "unknown-alias",
        "yaml-open-quote",
    ]


def test_a_flood_of_problems_is_cut_short_with_a_note() -> None:
    problems = problems_of("".join("a: 1\n" for _ in range(1000)))
    assert len(problems) == 201
    assert problems[-1].code == "more-problems"


def test_anchors_and_aliases_repeat_a_value() -> None:
    data = read_yaml_text("a: &x [1, 2]\nb: *x\nc: &y text\nd: [*y]\n", PATH)
    assert data == {"a": [1, 2], "b": [1, 2], "c": "text", "d": ["text"]}
    assert data.value_place("b") == Place(PATH, 2, 4)
    assert read_yaml_text("a: &k x\n*k : 1\n", PATH) == {"a": "x", "x": 1}


def test_aliases_that_explode_are_stopped() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert only(problems_of("\n".join(lines))).code == "too-many-aliases"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_values_nested_without_end_are_stopped(opening: str) -> None:
    assert problems_of(opening * 100_000)[-1].code == "too-deep"


def test_fifty_levels_are_deep_enough() -> None:
    assert problems_of("a: " + "[" * 49 + "]" * 49) == []
    assert only(problems_of("a: " + "[" * 50 + "]" * 50)).code == "too-deep"


def test_numbers_of_absurd_length_are_a_problem() -> None:
    for number in ("1" + "0" * 5000, "0x" + "f" * 5000):
        problem = only(problems_of(f"a: {number}"))
        assert problem.code == "surprising-value"
        assert problem.message.startswith(f"YAML cannot read “{number[:50]}")
        assert len(problem.message) < 120


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfa: \xc3\xa9\nb: 1\n",
        b"a: \xc3\xa9\r\nb: 1\r\n",
        b"a: \xc3\xa9\rb: 1\r",
        b"\xef\xbb\xbfa: \xc3\xa9\r\nb: 1",
    ],
)
def test_byte_order_marks_and_line_ends_of_other_systems_are_fine(
    tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    read = read_yaml(path)
    assert read == {"a": "é", "b": 1}
    assert read.key_place("b") == Place(path, 2, 1)


def test_a_block_of_text_with_windows_line_ends_has_plain_ones(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: |\r\n  one\r\n  two\r\n")
    assert read_yaml(path) == {"a": "one\ntwo\n"}


def test_a_latin_1_file_is_refused_with_the_line_of_the_byte_and_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("# ok\r\nname: 日 Renée\n".encode().replace("é".encode(), b"\xe9"))
    problem = refused(path)
    assert (problem.code, spot(problem)) == ("not-utf8", (2, 12))
    assert "0xE9" in problem.message
    assert "“é”" in problem.message
    assert "UTF-8" in problem.hint


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"\n\n", "empty-file"),
        (b"\x7fELF\x01\x00\x00", "binary-file"),
        ("a: b".encode("utf-16"), "not-utf8"),
        (b"\x89PNG\r\n\x1a\n\x00", "binary-file"),
        (b"a" * (LARGEST + 1), "file-too-large"),
    ],
)
def test_files_that_are_no_text_are_told_apart(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    problem = refused(path)
    assert problem.code == code
    assert problem.place == Place(path)


def test_a_hundred_megabytes_are_never_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert refused(path).code == "file-too-large"


def test_a_missing_file_is_told_with_the_name_that_is_near(tmp_path: Path) -> None:
    (tmp_path / "microsoft.yaml").write_text("a: 1")
    problem = refused(tmp_path / "microsfot.yml")
    assert problem.code == "file-missing"
    assert f"`{tmp_path / 'microsoft.yaml'}`" in problem.hint
    assert "no folder" in refused(tmp_path / "nowhere" / "x.yaml").hint
    assert refused(tmp_path / "microsoft.yaml" / "x").code == "file-missing"
    assert refused(tmp_path / "zzz").hint == "Check the name and the folder."


def test_odd_places_are_told_apart_and_never_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe").code == "not-a-file"
    assert refused(Path("/dev/null")).code == "not-a-file"
    assert refused(tmp_path).code == "is-a-folder"
    assert refused(tmp_path / "a\0b").code == "file-missing"
    (tmp_path / "loop").symlink_to("loop")
    assert refused(tmp_path / "loop").code == "not-readable"


def test_a_file_that_may_not_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*args: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("advocacy.files.text._open_at_once", forbidden)
    problem = refused(tmp_path / "x.yaml")
    assert problem.code == "not-readable"
    assert "chmod" in problem.hint


@pytest.fixture(scope="module")
def one_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bytes") / "x.yaml"


@given(data=st.binary(max_size=60))
def test_any_bytes_are_text_or_one_problem(data: bytes, one_path: Path) -> None:
    one_path.write_bytes(data)
    try:
        expected = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        expected = None
    if expected is None or "\0" in expected:
        with pytest.raises(AdvocacyError) as error:
            read_text(one_path)
        assert len(error.value.problems) == 1
    else:
        assert read_text(one_path) == expected


# --- models ---------------------------------------------------------------------------------------


class Text(Located):
    a: Words


class Ask(Located):
    summary: LocalText
    fact: Slug | None = None


class Stage(Located):
    from_: Day | None = Field(None, alias="from")
    until: Day | None = None
    demand: Ask | Literal["none"] | None = None

    @model_validator(mode="after")
    def _days_in_order(self) -> "Stage":
        if self.from_ and self.until and self.until < self.from_:
            raise fault("days-reversed", "ends before it begins", "Swap them.", keys=("until",))
        return self


class Campaign(Located):
    id: Slug
    title: LocalText
    asks: tuple[Ask, ...] = ()
    reply_by: Span | Day | None = None
    audience: Literal["targets", "subscribers"] = "targets"
    limit: int = Field(70, ge=1)
    lines: tuple[Line, ...] = Field((), max_length=3)
    stages: dict[Slug, Stage] = Field(default_factory=dict)
    cc: Line | tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _plain_error(self) -> "Campaign":
        if self.limit == 13:
            raise ValueError("the limit is unlucky")
        return self


GOOD = """\
id: microsoft
title: {en: No sales, fr: Pas de ventes}
asks:
  - summary: Stop
  - {summary: "Now: stop", fact: ibm-exit}
reply_by: 2 weeks
stages:
  call: {from: 2020-06-10, until: "2020-06-11", demand: none}
"""


def check(text: str) -> list[Problem]:
    value, problems = parse(Campaign, read_yaml_text(text, PATH))
    assert (value is None) == bool(problems)
    return problems


def checked(line: str) -> Problem:
    return only(check("id: x\ntitle: y\n" + line))


def test_a_model_knows_where_each_of_its_values_stands() -> None:
    campaign, problems = parse(Campaign, read_yaml_text(GOOD, PATH))
    assert problems == []
    assert campaign is not None
    assert campaign.place() == Place(PATH, 1, 1)
    assert campaign.place("title") == Place(PATH, 2, 8)
    assert campaign.place("title", "fr") == Place(PATH, 2, 27)
    assert campaign.place("asks", 1, "summary") == Place(PATH, 5, 15)
    assert campaign.asks[1].place("fact") == Place(PATH, 5, 34)
    call = campaign.stages["call"]
    assert call.place("from") == call.place("from_") == Place(PATH, 8, 16)
    assert call.place() == Place(PATH, 8, 9)
    assert campaign.place("limit") == campaign.place()
    assert campaign.place("asks", 7) == campaign.place("asks") == Place(PATH, 4, 3)


def test_a_model_knows_what_was_written() -> None:
    campaign, _ = parse(Campaign, read_yaml_text(GOOD, PATH))
    assert campaign is not None
    assert campaign.has("title")
    assert not campaign.has("limit")
    call = campaign.stages["call"]
    assert call.has("from")
    assert call.has("from_")
    assert call.demand == "none"


def test_a_model_made_in_memory_equals_one_that_was_read() -> None:
    read, _ = parse(Ask, read_yaml_text("summary: Stop", PATH))
    made = Ask(summary=LocalText.of("Stop"))
    assert made == read
    assert hash(made) == hash(read)
    assert made.place() is None
    assert made.place("summary") is None
    assert made != Ask(summary=LocalText.of("Go"))


def test_a_model_survives_pickling_and_copying_with_its_places() -> None:
    read, _ = parse(Ask, read_yaml_text("summary: Stop", PATH))
    assert read is not None
    for twin in (pickle.loads(pickle.dumps(read)), copy.deepcopy(read), read.model_copy()):
        assert twin == read
        assert twin.place("summary") == Place(PATH, 1, 10)


def test_a_model_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Ask(summary=LocalText.of("Stop")).fact = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("line", "code", "place", "message", "hint"),
    [
        ("titel: x", "unknown-key", (3, 1), "`titel` is not a key of this file.",
         "Did you mean `title`?"),
        ("zzz: x", "unknown-key", (3, 1), "`zzz` is not a key of this file.",
         "The keys are: `id`, `title`, `asks`"),
        ("asks: [{sumary: x}]", "unknown-key", (3, 9), "is not a key of item 1 of `asks`",
         "Did you mean `summary`?"),
        ("stages:\n  call:\n    form: 2020-06-10", "unknown-key", (5, 5), "of `call`",
         "Did you mean `from`?"),
        ("stages:\n  call:\n    from_: 2020-06-10", "unknown-key", (5, 5), "of `call`",
         "Did you mean `from`?"),
        ("asks:\n  - fact: x", "missing-key", (4, 5), "`summary` is missing in item 1 of `asks`.",
         "Add `summary: …`."),
        ("stages:\n  call:\n    demand:\n      fact: x", "missing-key", (5, 5),
         "`summary` is missing in `demand`", "Add"),
        ("asks: [{summary: no}]", "not-text", (3, 18),
         "`summary`: YAML reads `no` as false, not as text.",
         'Put it in quotes: `"no"`.'),
        ("lines: [1.10]", "not-text", (3, 9), "Item 1 of `lines`: YAML reads `1.10` as the number",
         '`"1.10"`'),
        ("lines: [2020-06-10]", "not-text", (3, 9), "reads `2020-06-10` as the day 2020-06-10",
         '`"2020-06-10"`'),
        ("lines: [~]", "empty-value", (3, 9), "YAML reads `~` as empty", '`"~"`'),
        ("lines:\n  - Stop: now", "not-text", (4, 5), "found a key with a value",
         "quotes"),
        ("lines: [[your name]]", "not-text", (3, 9), "found a list", "quotes"),
        ("asks:\n  - summary: [x]", "not-text", (4, 14), "found a list", "quotes"),
        ("asks:\n  - summary:\n      Stop: now", "not-text", (5, 7), "a key with a value",
         "quotes"),
        ("asks: [{summary: {fr: no}}]", "not-text", (3, 23), "`fr`: YAML reads `no`", '"no"'),
        ("asks: [{summary: {fr: a, en-XX: b}}]", "bad-language", (3, 26), "“en-XX”", "`en`"),
        ("asks: [{summary: {}}]", "wrong-length", (3, 18), "at least 1", "Add"),
        ("lines: x", "wrong-type", (3, 8), "`lines`: expected a list, found “x”.",
         "`- `"),
        ("lines: [a, b, c, d]", "wrong-length", (3, 8), "at most 3 entries, found 4", "Remove"),
        ("lines:", "empty-value", (3, 7), "`lines`: has no value", "remove the key"),
        ('lines: [""]', "empty-value", (3, 9), "Item 1 of `lines`: is empty", "Write"),
        ("stages: [a]", "wrong-type", (3, 9), "expected keys with values, found a list", "key:"),
        ("stages: {call: [a]}", "wrong-type", (3, 16), "expected keys with values", "key:"),
        ("stages: {Call 1: {}}", "bad-id", (3, 10), "“Call 1” is not a valid id", "`call-1`"),
        ("limit: many", "wrong-type", (3, 8), "expected a whole number", "digits"),
        ("limit: 0", "out-of-range", (3, 8), "expected at least 1", "at least 1"),
        ("limit: 13", "wrong-value", (1, 1), "the limit is unlucky", "Correct"),
        ("audience: target", "unknown-choice", (3, 11), "expected `targets` or `subscribers`",
         "Did you mean `targets`?"),
        ("audience: no", "unknown-choice", (3, 11), "found `no`, which YAML reads as false",
         "Write `targets` or"),
        ("stages: {a: {from: 10 June}}", "bad-day", (3, 20), "`from`: “10 June” is not a date.",
         "YYYY-MM-DD"),
        ("stages: {a: {from: 2020-06-10 10:00:00}}", "bad-day", (3, 20), "has a time",
         "`2020-06-10`"),
        ("stages: {a: {from: 2020}}", "bad-day", (3, 20), "found `2020`",
         "YYYY-MM-DD"),
        ("stages: {a: {from: 2020-06-10, until: 2020-06-09}}", "days-reversed", (3, 39),
         "`until`: ends before it begins.", "Swap"),
        ("reply_by: soon", "wrong-type", (3, 11),
         "expected a span such as `14 days` or a day such as `2020-06-10`, found “soon”",
         " Or "),
        ('reply_by: "2020-02-30"', "bad-day", (3, 11), "is not a calendar date", "YYYY"),
        ("stages: {a: {demand: nothing}}", "wrong-type", (3, 22), "keys with values or `none`",
         " Or "),
        ("stages: {a: {demand: {summary: no}}}", "not-text", (3, 32), "reads `no` as false", ""),
        ("cc: [a, no]", "not-text", (3, 9), "Item 2 of `cc`: YAML reads `no`", '"no"'),
        ("cc: no", "wrong-type", (3, 5), "expected text or a list", " Or "),
        ('cc: "a\\tb"', "not-one-line", (3, 5), "a tab", "spaces"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_problem_at_its_value_in_plain_words(
    line: str, code: str, place: tuple[int, int], message: str, hint: str
) -> None:
    problem = checked(line)
    assert (problem.code, spot(problem)) == (code, place)
    assert message in problem.message
    assert hint in problem.hint
    assert "nput" not in problem.message


class Paper(Located):
    kind: Literal["paper"]
    size: Annotated[str, StringConstraints(pattern="^A[45]$")]


class Mail(Located):
    kind: Literal["mail"]
    to: Annotated[str, StringConstraints(max_length=3)]


class Odd(Located):
    """Shapes that no model of ours has yet, but that pydantic allows."""

    pair: tuple[int, float] = (1, 1.0)
    pairs: tuple[tuple[int, int], ...] = ()
    made: Annotated[Paper | Mail, Field(discriminator="kind")] | None = None
    ask: Annotated[Ask | Stage, Field()] | None = None
    flag: bool = False
    asks: Annotated[tuple[Ask, ...], Field()] = ()
    either: dict[str, Ask] | list[Ask] = Field(default_factory=list)
    low: float = Field(0, gt=0, lt=9)


@pytest.mark.parametrize(
    ("text", "code", "place", "message"),
    [
        ("pair: [1]", "missing-item", (1, 7), "Item 2 is missing in `pair`."),
        ("pair: [1, x]", "wrong-type", (1, 11), "Item 2 of `pair`: expected a"),
        ("pairs: [[1, 2], [3, x]]", "wrong-type", (1, 21), "Item 2 of `pairs`"),
        ("made: {kind: post}", "unknown-choice", (1, 7), "expected `paper` or `mail`"),
        ("made: {size: A4}", "missing-key", (1, 7), "the key `kind` is missing"),
        ("made: {kind: paper, size: B5}", "wrong-value", (1, 27), "must match pattern"),
        ("made: {kind: mail, to: a@b.org}", "wrong-length", (1, 24), "at most 3 characters"),
        ("made: {kind: mail, too: a}", "unknown-key", (1, 20), "`too` is not a key of `made`"),
        ("ask: {sumary: x}", "unknown-key", (1, 7), "`sumary` is not a key of `ask`"),
        ("flag: maybe", "wrong-type", (1, 7), "expected `true` or `false`"),
        ("asks: [{summary: x, fakt: y}]", "unknown-key", (1, 21), "item 1 of `asks`"),
        ("either: {a: {summary: x, fakt: y}}", "unknown-key", (1, 26), "of `a`"),
        ("either: [{summary: x}, {summary: no}]", "not-text", (1, 34), "reads `no` as false"),
        ("either: 3", "wrong-type", (1, 9), "expected keys with values or a list"),
        ("either: {}\nlow: 10", "out-of-range", (2, 6), "expected less than 9"),
        ("low: -1", "out-of-range", (1, 6), "expected more than 0"),
        ("ask: 2020-06-10 10:00:00", "wrong-type", (1, 6), "as the time 2020-06-10 10:00:00"),
    ],
)  # fmt: skip
def test_unusual_shapes_make_one_problem_each_too(
    text: str, code: str, place: tuple[int, int], message: str
) -> None:
    problem = only(parse(Odd, read_yaml_text(text, PATH))[1])
    assert (problem.code, spot(problem)) == (code, place)
    assert message in problem.message
    assert problem.hint


def test_text_that_cannot_be_read_raises_its_problems() -> None:
    with pytest.raises(AdvocacyError) as error:
        read_yaml_text("a: 1\na: 2\nb: *c", PATH)
    assert [p.code for p in error.value.problems] == ["duplicate-key", "unknown-alias"]


def test_all_mistakes_of_a_file_are_told_at_once_in_order() -> None:
    text = "title: no\naudience: x\nasks: [{sumary: a}, {summary: 1}]\nlimt: 3\n"
    assert [(problem.code, spot(problem)) for problem in check(text)] == [
        ("missing-key", (1, 1)),
        ("not-text", (1, 8)),
        ("unknown-choice", (2, 11)),
        ("unknown-key", (3, 9)),
        ("not-text", (3, 31)),
        ("unknown-key", (4, 1)),
    ]


def test_a_misspelt_key_is_not_reported_as_missing_too() -> None:
    assert [problem.code for problem in check("id: x\ntitel: y")] == ["unknown-key"]


def test_the_mistakes_of_a_part_name_the_part(tmp_path: Path) -> None:
    data = read_yaml_text("ibm-exit:\n  fact: x\n", PATH)
    problem = only(parse(Ask, data["ibm-exit"])[1])
    assert problem.message == "`summary` is missing in `ibm-exit`."
    assert spot(problem) == (1, 1)


def test_other_readers_of_files_can_give_places_too() -> None:
    from advocacy.files.yaml.reading import Spot

    row = YamlMap(Path("list.csv"), Place(Path("list.csv"), 7), label="line 7")
    row.put("summary", "", Spot(1, 5, 7, 1, ""))
    problem = only(parse(Ask, row)[1])
    assert problem.code == "empty-value"
    assert problem.place == Place(Path("list.csv"), 7, 1)


def test_the_json_schema_of_a_model_lists_its_keys_and_no_others() -> None:
    schema = Campaign.model_json_schema()
    assert set(schema["properties"]) == set(Campaign.model_fields)
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Stage"]["properties"].keys() == {"from", "until", "demand"}


def test_the_shipped_campaign_is_clean(project_root: Path) -> None:
    for path in sorted((project_root / "campaigns").rglob("*.yaml")):
        assert read_yaml(path)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("subject: Vote yes on bill #123 today", "text-cut-off", 1, 10),
        ("asks:\n  - Settle case #4711 now.", "text-cut-off", 2, 5),
        ('subject: "Bill" #123 today', "text-cut-off", 1, 10),
        ("asks: [Keep park #1 open.]", "text-cut-off", 1, 8),
        ("{name: Jane #Doe, title: Mayor}", "text-cut-off", 1, 8),
        ('asks: ["Bill, the" #1 open, Next.]', "text-cut-off", 1, 8),
        ("subject: “Three things we ask”", "curly-quotes", 1, 10),
        ("subject: “Our letter: three things”", "curly-quotes", 1, 10),
        ("asks:\n  - One.\n  – Two.", "not-a-list", 3, 3),
        ("asks:\n  - One.\n    • Two.", "not-a-list", 3, 5),
        ("asks:\n  — One.\n  — Two.", "not-a-list", 2, 3),
        ("asks:\n  -\u00a0One.", "no-break-space", 2, 4),
        ("asks:\n  - One.\n  -\u00a0Two.", "no-break-space", 3, 4),
        ("subject:\u00a0Keep", "no-break-space", 1, 9),
        ("id: a\nsubject:\u00a0Keep", "no-break-space", 2, 9),
        ("call:\n  subject:\u00a0Keep", "no-break-space", 2, 11),
        ("call:\n  id: a\n  subject:\u00a0Keep\n  b: c", "no-break-space", 3, 11),
        ("id: a\n\u00a0 title: b\n", "no-break-space", 2, 1),
        ("asks:\n\u00a0 - id: a\n    name: b\n", "no-break-space", 2, 1),
    ],
)
def test_what_yaml_reads_otherwise_than_it_looks_is_told(
    text: str, code: str, line: int, column: int
) -> None:
    problems = scan_yaml_text(text, PATH)[1]
    assert [one.code for one in problems] == [code]
    place = problems[0].place
    assert place is not None
    assert (place.line, place.column) == (line, column)


@pytest.mark.parametrize(
    "text",
    [
        "title: A title          # a comment",
        "title: A title # a comment",
        "limit: 70    #characters",
        'subject: "Bill #123"',
        "subject: C# and F#, issue#4",
        "quote: '“as typed”'",
        "title: He said “no” and “yes”",
        "text: |\n  – a line\n  “all”\n  a #b",
        "a: one -\n  two – three",
        "url: https://parks.example/#top",
    ],
)
def test_what_is_meant_so_is_no_trap(text: str) -> None:
    assert scan_yaml_text(text, PATH)[1] == []


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("asks: [Keep park #1 open.]", '`"Keep park #1 open."`'),
        ("asks: [\n  Keep park #1 open.,\n  Next.]", '`"Keep park #1 open."`'),
        ("{name: Jane #Doe, title: Mayor}", '`"Jane #Doe"`'),
        ('subject: "Bill" #123 today', "`'\"Bill\" #123 today'`"),
        ("subject: Vote on #1 today # a comment", '`"Vote on #1 today"`'),
    ],
)
def test_a_text_that_is_cut_off_is_told_with_the_whole_text_in_quotes(
    text: str, whole: str
) -> None:
    (problem,) = scan_yaml_text(text, PATH)[1]
    assert f"Put the text in quotes: {whole}." in problem.hint


def test_a_number_of_thousands_of_digits_is_told_as_one() -> None:
    for text in ("1" * 5_000, "1:0" * 200_000):
        assert only(problems_of(f"a: {text}")).message.endswith("as a number.")
