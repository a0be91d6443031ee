"""Edits of people's files change what they are asked to change, and nothing else."""

import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from advocacy.errors import AdvocacyError, Level, Place, Problem
from advocacy.files.characters import bad_character
from advocacy.files.yaml.editing import AppendItems, Remove, SetValue, edit_file, edited
from advocacy.files.yaml.reading import read_yaml_text

HERE = Path("facts.yaml")
DAY = date(2026, 11, 23)
FACTS = """\
# Facts of the campaign
visits:    # the park
  statement:   In 2025 the park had 40,000 visits.
  source: report
  locator: {page: 3, section: "4.10"}   # where
  from: 2026-01-15
  checked: 2026-03-01      # by Jane
  contradicts: [ other,
     third ]

'other':
    quote: >
      folded words
      go on
    via: x  # note


# the end
third: {source: 'a', from: 2026-01-15}
"""


def changed_lines(before: str, after: str) -> list[str]:
    old = before.splitlines()
    return [line for line in after.splitlines() if line not in old]


def test_a_day_is_exchanged_and_its_comment_keeps_its_column() -> None:
    after = edited(FACTS, HERE, SetValue(("visits", "checked"), DAY))
    assert changed_lines(FACTS, after) == ["  checked: 2026-11-23      # by Jane"]
    assert len(after.splitlines()) == len(FACTS.splitlines())


def test_a_longer_value_takes_the_room_before_its_comment() -> None:
    after = edited(FACTS, HERE, SetValue(("other", "via"), "reuters"))
    assert changed_lines(FACTS, after) == ["    via: reuters # note"]


def test_a_new_key_stands_after_the_one_it_belongs_to() -> None:
    after = edited(FACTS, HERE, SetValue(("visits", "until"), DAY, after=("from", "source")))
    assert after.replace("  until: 2026-11-23\n", "") == FACTS
    assert "from: 2026-01-15\n  until: 2026-11-23\n" in after


def test_a_new_key_at_the_end_of_a_mapping_keeps_its_indentation() -> None:
    after = edited(FACTS, HERE, SetValue(("other", "checked"), DAY))
    assert "    via: x  # note\n    checked: 2026-11-23\n\n\n# the end" in after


def test_a_key_is_added_between_curly_brackets() -> None:
    after = edited(FACTS, HERE, SetValue(("third", "until"), DAY, after=("from",)))
    assert "third: {source: 'a', from: 2026-01-15, until: 2026-11-23}\n" in after


def test_an_item_is_added_to_a_list_over_two_lines() -> None:
    after = edited(FACTS, HERE, AppendItems(("visits", "contradicts"), ["fourth"]))
    assert "  contradicts: [ other,\n     third, fourth ]\n" in after


def test_quotes_stay_the_quotes_they_were() -> None:
    after = edited(
        FACTS,
        HERE,
        SetValue(("visits", "locator", "section"), "5"),
        SetValue(("third", "source"), "it's"),
    )
    assert '{page: 3, section: "5"}' in after
    assert "{source: 'it''s', from" in after


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "12:30",
        "02139",
        "1.10",
        "2020-06-10",
        "a: b",
        "# x",
        "",
        "~",
        "x #y",
        "- a",
        "a\nb",
        " a",
        "“x”",
        "null",
        "=",
        "@a",
        "{a}",
    ],
)
def test_a_text_that_yaml_would_misread_is_quoted(text: str) -> None:
    for keys in (("visits", "source"), ("third", "source"), ("visits", "new"), ("third", "new")):
        assert (
            read_yaml_text(edited(FACTS, HERE, SetValue(keys, text)), HERE)[keys[0]][keys[1]]
            == text
        )
    after = edited(FACTS, HERE, AppendItems(("visits", "contradicts"), [text]))
    assert read_yaml_text(after, HERE)["visits"]["contradicts"][-1] == text


def test_a_key_is_removed_with_its_line_alone() -> None:
    after = edited(FACTS, HERE, Remove(("visits", "checked")), Remove(("third", "from")))
    assert after == FACTS.replace("  checked: 2026-03-01      # by Jane\n", "").replace(
        ", from: 2026-01-15", "", 2
    )


LIST = """\
references:
  # one
  - id: a
    type: webpage   # kind

  - id: b
    type: report
"""


def test_an_item_of_a_list_stands_apart_as_the_others_do() -> None:
    after = edited(
        LIST, HERE, AppendItems(("references",), [{"id": "c", "author": [{"literal": "C"}]}])
    )
    assert after == LIST + "\n  - id: c\n    author:\n      - literal: C\n"


def test_the_first_key_of_an_item_is_removed_and_the_next_moves_up() -> None:
    assert edited(LIST, HERE, Remove(("references", 0, "id"))) == LIST.replace("id: a\n    ", "", 1)
    assert edited(LIST, HERE, Remove(("references", 1))) == LIST[: LIST.index("  - id: b")]


def test_an_empty_list_is_filled_in_lines_of_its_own() -> None:
    after = edited("references: []  # none\n", HERE, AppendItems(("references",), [{"id": "c"}]))
    assert after == "references:\n  - id: c  # none\n"


def test_line_ends_of_windows_and_a_missing_last_one_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_bytes(b"\xef\xbb\xbfa:\r\n  b: 1\r\n  c: 2")
    edit_file(path, SetValue(("a", "d"), "x"))
    assert path.read_bytes() == b"\xef\xbb\xbfa:\r\n  b: 1\r\n  c: 2\r\n  d: x"


def test_the_files_mode_and_the_link_to_it_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "facts.yaml", tmp_path / "link.yaml"
    path.write_text(FACTS, "utf-8")
    path.chmod(0o640)
    link.symlink_to(path)
    assert edit_file(link, SetValue(("visits", "checked"), DAY))
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert "2026-11-23" in path.read_text("utf-8")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["facts.yaml", "link.yaml"]


def test_a_dry_run_shows_the_change_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS, "utf-8")
    change = edit_file(path, SetValue(("visits", "checked"), DAY), dry_run=True)
    assert "+  checked: 2026-11-23      # by Jane" in change.diff()
    assert path.read_text("utf-8") == FACTS


def refused(text: str, *edits: Any, **options: Any) -> Problem:
    with pytest.raises(AdvocacyError) as error:
        edited(text, HERE, *edits, **options)
    return error.value.problems[0]


def test_a_name_that_is_not_there_is_told_with_the_nearest() -> None:
    problem = refused(FACTS, SetValue(("visit", "checked"), DAY))
    assert (problem.code, problem.hint) == ("nothing-to-edit", "Did you mean `visits`?")


def test_an_edit_that_would_change_another_value_is_refused() -> None:
    text = "a: &x {b: 1}\nc: *x\n"
    assert refused(text, SetValue(("c", "b"), 2)).code == "edit-refused"
    assert refused(text, SetValue(("a",), 2)).code == "edit-refused"


def test_a_file_with_mistakes_in_it_is_not_edited() -> None:
    assert refused("a: 1\na: 2\n", SetValue(("a",), 3)).code == "duplicate-key"


def test_an_edit_that_makes_the_file_wrong_is_refused() -> None:
    def accept(data: Any) -> list[Problem]:
        return [Problem("bad", "Not so.", "", Place(HERE), Level.ERROR)] if data["a"] == 2 else []

    assert refused("a: 1\n", SetValue(("a",), 2), accept=accept).code == "bad"
    assert edited("a: 2\nb: 1\n", HERE, SetValue(("b",), 2), accept=accept) == "a: 2\nb: 2\n"


@pytest.mark.parametrize(
    "name", ["facts/face-recognition.yaml", "sources/face-recognition.yaml", "microsoft.yaml"]
)
def test_any_scalar_of_the_shipped_files_is_edited_in_its_own_line(
    name: str, project_root: Path
) -> None:
    text = (project_root / "campaigns" / name).read_text("utf-8")
    count = 0
    for keys in list(_scalars(read_yaml_text(text, HERE)))[::5]:
        after = edited(text, HERE, SetValue(keys, "a new: value"))
        pairs = list(zip(text.splitlines(), after.splitlines(), strict=True))
        assert sum(one != two for one, two in pairs) == 1, keys
        count += 1
    assert count > 10


def _scalars(data: Any, keys: tuple[Any, ...] = ()) -> Any:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _scalars(value, (*keys, key))
    else:
        yield keys


def _texts(value: Any) -> list[str]:
    return value if isinstance(value, list) else []


SIMPLE = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=30)
VALUES = st.one_of(
    SIMPLE, st.integers(-5, 5), st.booleans(), st.dates(), st.lists(SIMPLE, max_size=3)
)


@given(
    VALUES,
    st.sampled_from(
        [
            ("visits", "source"),
            ("visits", "new"),
            ("other", "quote"),
            ("visits", "contradicts"),
            ("third", "from"),
            ("fourth",),
        ]
    ),
)
def test_whatever_is_written_reads_back_and_leaves_the_other_lines(
    value: Any, keys: tuple[str, ...]
) -> None:
    assume(not bad_character(str(value)) and all(not bad_character(v) for v in _texts(value)))
    after = edited(FACTS, HERE, SetValue(keys, value))
    data = read_yaml_text(after, HERE)
    assert (data[keys[0]] if len(keys) == 1 else data[keys[0]][keys[1]]) == value
    kept = [line for line in FACTS.splitlines() if line in after.splitlines()]
    assert len(FACTS.splitlines()) - len(kept) <= 3
    assert [line for line in after.splitlines() if "#" in line and line in FACTS.splitlines()] == [
        line for line in FACTS.splitlines() if "#" in line
    ]
