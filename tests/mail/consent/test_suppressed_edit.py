"""Changing the list keeps what others wrote in it, and loses nobody."""

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.errors import AdvocacyError
from advocacy.mail.consent.suppress_commands import import_list, suppress, unsuppress
from advocacy.mail.consent.suppression_edits import NewSuppression, add, lift
from advocacy.mail.consent.suppression_snapshot import read_suppressions

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
HEADER = "address,domain,reason,since,source,campaign,lifted,lifted_reason\n"


def content(folder: Path) -> str:
    return (folder / "suppressed.csv").read_bytes().decode("utf-8", "surrogateescape")


def put(folder: Path, text: str) -> None:
    (folder / "suppressed.csv").write_bytes(text.encode("utf-8", "surrogateescape"))


def test_a_new_list_is_its_owners_alone_and_says_who_why_and_since_when(tmp_path: Path) -> None:
    outcome = add(
        tmp_path, [NewSuppression("bob@example.org", "asked by phone", campaign="parks")], now=NOW
    )
    assert outcome.added == ["bob@example.org"]
    assert content(tmp_path) == (
        HEADER + "bob@example.org,,asked by phone,2026-11-25T10:00:00Z,manual,parks,,\n"
    )
    assert stat.S_IMODE((tmp_path / "suppressed.csv").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["suppressed.csv"]


def test_adding_twice_changes_nothing(tmp_path: Path) -> None:
    add(tmp_path, [NewSuppression("bob@example.org")], now=NOW)
    before = (tmp_path / "suppressed.csv").stat()
    outcome = add(tmp_path, [NewSuppression("bob@example.org")])
    assert (outcome.added, outcome.there) == ([], ["bob@example.org"])
    after = (tmp_path / "suppressed.csv").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert os.listdir(tmp_path) == ["suppressed.csv"]


def test_a_list_kept_by_hand_stays_as_it_is(tmp_path: Path) -> None:
    hand = (
        "\ufeff# told us by phone\r\nwho;E-Mail;reason\r\nBob;Bob@Example.org;no\r\n\r\n"
        '# Ann too\r\n"Lee; Ann";ann@example.org;"so ""no"""'
    )
    put(tmp_path, hand)
    add(tmp_path, [NewSuppression("eve@example.org", "bounce; hard", "bounce")], now=NOW)
    assert content(tmp_path) == (
        "\ufeff# told us by phone\r\nwho;E-Mail;reason;domain;since;source;campaign\r\n"
        "Bob;Bob@Example.org;no;;;;\r\n\r\n"
        '# Ann too\r\n"Lee; Ann";ann@example.org;"so ""no""";;;;\r\n'
        ';eve@example.org;"bounce; hard";;2026-11-25T10:00:00Z;bounce;\r\n'
    )
    found, problems = read_suppressions(tmp_path)
    assert problems == []
    assert [bool(found.reason(f"{n}@example.org")) for n in ("bob", "ann", "eve")] == [True] * 3


def test_a_bare_list_gets_a_header_and_keeps_its_rows(tmp_path: Path) -> None:
    put(tmp_path, "bob@example.org\nann@example.org")
    add(tmp_path, [NewSuppression("@example.net")], now=NOW)
    lines = content(tmp_path).splitlines()
    assert lines[0].startswith("address,domain,")
    assert [line.split(",")[0] for line in lines[1:]] == ["bob@example.org", "ann@example.org", ""]
    found, problems = read_suppressions(tmp_path)
    assert problems == []
    assert found.reason("x@example.net")


def test_bytes_that_are_no_text_survive_an_edit(tmp_path: Path) -> None:
    put(tmp_path, HEADER + "m\udcfcller@example.org,,,,,,,\n")
    add(tmp_path, [NewSuppression("bob@example.org")], now=NOW)
    assert "m\udcfcller@example.org" in content(tmp_path)


def test_what_is_no_list_is_left_alone(tmp_path: Path) -> None:
    put(tmp_path, "name,reason\nBob,no\n")
    with pytest.raises(AdvocacyError, match="no-address-column"):
        add(tmp_path, [NewSuppression("bob@example.org")])
    assert content(tmp_path) == "name,reason\nBob,no\n"
    assert os.listdir(tmp_path) == ["suppressed.csv"]


def test_lifting_keeps_the_row_with_its_day_and_reason(tmp_path: Path) -> None:
    put(tmp_path, "email,why\nbob@example.org,no\nann@example.org,no\n")
    outcome = lift(tmp_path, ["bob@example.org"], "asked to be written to again", now=NOW)
    assert [row.key for row in outcome.changed] == ["bob@example.org"]
    found, problems = read_suppressions(tmp_path)
    assert problems == []
    assert found.reason("bob@example.org") is None
    assert found.reason("ann@example.org")
    assert "asked to be written to again" in content(tmp_path)
    assert lift(tmp_path, ["bob@example.org"], "again").changed == []


def test_a_request_from_before_the_lifting_does_not_come_back_and_a_later_one_counts(
    tmp_path: Path,
) -> None:
    page = tmp_path / "unsubscribed.csv"
    first = "address,since,source\nbob@example.org,2026-11-20T10:00:00Z,unsubscribed\n"
    page.write_text(first)
    assert import_list(tmp_path, page).outcome.added == ["bob@example.org"]
    lift(tmp_path, ["bob@example.org"], "signed up again", now=NOW)
    again = import_list(tmp_path, page).outcome
    assert (again.added, again.lifted_since) == ([], ["bob@example.org"])
    page.write_text(first + "bob@example.org,2026-11-26T10:00:00Z,unsubscribed\n")
    assert import_list(tmp_path, page).outcome.added == ["bob@example.org"]
    assert read_suppressions(tmp_path)[0].reason("bob@example.org") == "unsubscribed (2026-11-26)"


def test_a_broken_row_is_not_lifted_by_guessing(tmp_path: Path) -> None:
    text = HEADER + "bob@example.org,no\n"
    put(tmp_path, text)
    with pytest.raises(AdvocacyError, match=r"suppressed.csv:2"):
        lift(tmp_path, ["bob@example.org"], "asked")
    assert content(tmp_path) == text


def test_a_formula_in_a_reason_is_text_in_a_spreadsheet(tmp_path: Path) -> None:
    suppress(tmp_path, ["bob@example.org"], reason="=HYPERLINK(0)")
    assert "'=HYPERLINK(0)" in content(tmp_path)


def test_nonsense_is_refused_and_nobody_added(tmp_path: Path) -> None:
    with pytest.raises(AdvocacyError) as caught:
        suppress(tmp_path, ["bob@example.org", "bob", "@", "a b@c.example"], ["example", "x y.org"])
    assert len(caught.value.problems) == 5
    assert not (tmp_path / "suppressed.csv").exists()


def test_an_import_tells_broken_lines_and_takes_the_others(tmp_path: Path) -> None:
    path = tmp_path / "left.txt"
    path.write_text("bob@example.org\nnonsense\nAnn@Example.org\n")
    found = import_list(tmp_path, path, reason="from the old tool")
    assert found.outcome.added == ["bob@example.org", "ann@example.org"]
    assert [p.place and p.place.line for p in found.problems] == [2]


def test_removing_a_domain_leaves_the_people_at_it(tmp_path: Path) -> None:
    suppress(tmp_path, ["bob@example.org"], ["example.org"])
    assert len(unsuppress(tmp_path, ["@example.org"], "a mistake").changed) == 1
    found, _ = read_suppressions(tmp_path)
    assert found.reason("bob@example.org")
    assert found.reason("ann@example.org") is None


ADDING = """
import sys
from pathlib import Path
from advocacy.mail.consent.suppression_edits import NewSuppression, add
for n in range(15):
    add(Path(sys.argv[1]), [NewSuppression(f"{sys.argv[2]}{n}@example.org")])
"""


def test_two_programs_at_once_lose_nobody(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", ADDING, str(tmp_path), name]) for name in ("a", "b")
    ]
    assert [process.wait() for process in running] == [0, 0]
    found, problems = read_suppressions(tmp_path)
    assert problems == []
    assert len(found) == 30


ONE = """
import sys
from pathlib import Path
from advocacy.mail.consent.suppression_edits import NewSuppression, add
add(Path(sys.argv[1]), [NewSuppression("new@example.org")])
"""


@pytest.mark.slow
@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_program_that_is_killed_leaves_the_old_list_or_the_new_one(
    tmp_path: Path, tool, call: str
) -> None:
    strace = tool("strace")
    old = HEADER + "bob@example.org,,,,,,,\n"
    killed = 0
    for number in range(1, 4):
        folder = tmp_path / str(number)
        folder.mkdir()
        put(folder, old)
        result = subprocess.run(
            [strace, "-f", "-qq", "-o", "/dev/null", "-e",
             f"inject={call}:signal=KILL:when={number}", sys.executable, "-B", "-c", ONE, folder],
            capture_output=True,
            check=False,
        )  # fmt: skip
        killed += result.returncode != 0
        found, problems = read_suppressions(folder)
        assert problems == []
        assert found.reason("bob@example.org")
        add(folder, [NewSuppression("new@example.org")])
        after, problems = read_suppressions(folder)
        assert problems == []
        assert len(after) == 2
    assert killed


ROWS = st.lists(
    st.sampled_from(
        [
            "bob@example.org,no",
            "# a comment",
            "",
            ",",
            '"ann@example.org","a ""b"", c"',
            "broken@example.org",
            "x@y.example,1,2",
            'quote@example.org,"open',
            "m\udcfcller@example.org,x",
        ]
    ),
    max_size=8,
)


@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_no_edit_loses_a_row_or_a_person(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], end: str, header: bool, last: bool
) -> None:
    folder = tmp_path_factory.mktemp("edit")
    first = ["address,reason"] if header else ["first@example.org,x"]
    text = end.join([*first, *rows]) + (end if last else "")
    put(folder, text)
    before, _ = read_suppressions(folder)
    add(folder, [NewSuppression("new@example.org")], now=NOW)
    after, _ = read_suppressions(folder)
    assert set(before.entries.addresses) | {"new@example.org"} == set(after.entries.addresses)
    for row in rows:
        assert row in content(folder)
