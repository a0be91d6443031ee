"""Who said no is not written to, however the file was edited."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.errors import AdvocacyError, Level, Problem
from advocacy.mail.consent.addresses import address_hash, address_key
from advocacy.mail.consent.suppression_snapshot import (
    SuppressionGuard,
    Suppressions,
    read_suppressions,
)
from advocacy.mail.consent.tokens import read_keys

HEADER = "address,domain,reason,since,source,campaign,lifted\n"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "suppressed.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(folder: Path, text: str | bytes) -> tuple[Suppressions, list[Problem]]:
    written(folder, text)
    return read_suppressions(folder)


# --- keys of addresses --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bob@MÜLLER.example", "bob@xn--mller-kva.example"),
        (" bob@Example.ORG. ", "bob@example.org"),
        ("bob@EXAMPLE。org", "bob@example.org"),
        ("Jo\u0308rg@example.org", "jörg@example.org"),
        ("STRASSE@example.org", "straße@example.org"),
        ("bob@xn--MLLER-kva.example", "bob@müller.example"),
        ("\u202abob\u200b@example.org\u202c", "bob@example.org"),
        ("\ufeffb\u00ado\U000e0041b@exam\u2063ple.org", "bob@example.org"),
    ],
)
def test_one_address_written_two_ways_has_one_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


def test_two_people_are_not_one() -> None:
    assert address_key("bob+news@example.org") != address_key("bob@example.org")
    assert address_key("bob@straße.example") != address_key("bob@strasse.example")
    assert address_key("b.ob@example.org") != address_key("bob@example.org")


def test_plus_tags_are_left_out_where_that_is_asked_for() -> None:
    assert address_key("Bob+News@example.org", plus_tags=True) == "bob@example.org"
    assert address_key("+x@example.org", plus_tags=True) == "+x@example.org"


@given(st.text(), st.text())
def test_the_key_of_a_key_is_itself_and_case_never_matters(local: str, domain: str) -> None:
    key = address_key(f"{local}@{domain}")
    assert address_key(key) == key


@given(st.text(alphabet="abcXYZäÖß.+-_019"), st.sampled_from(["x.example", "Müller.example"]))
def test_case_never_matters(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert address_key(address.upper()) == address_key(address.lower()) == address_key(address)


# --- reading ------------------------------------------------------------------------------------


def test_without_a_file_nobody_is_suppressed(tmp_path: Path) -> None:
    found, problems = read_suppressions(tmp_path)
    assert (len(found), problems, found.reason("bob@example.org")) == (0, [], None)


def test_an_address_is_found_however_it_is_written_and_says_why(tmp_path: Path) -> None:
    found, problems = read(
        tmp_path, HEADER + "Bob@Müller.example,,,2026-11-20T10:00:00Z,unsubscribed,parks,\n"
    )
    assert problems == []
    assert found.reason("BOB@xn--mller-kva.example") == "unsubscribed (2026-11-20)"
    assert found.reason("ann@müller.example") is None


@pytest.mark.parametrize("row", [",example.org,no mail,,,,", "@example.org,,no mail,,,,"])
def test_a_domain_is_everyone_there_and_nobody_below(tmp_path: Path, row: str) -> None:
    found, problems = read(tmp_path, f"{HEADER}{row}\n")
    assert problems == []
    assert found.reason("x@Example.org") == "no mail: everyone at example.org"
    assert found.reason("x@mail.example.org") is None
    assert found.reason("x@badexample.org") is None


def test_a_star_is_everyone_below_too(tmp_path: Path) -> None:
    found, problems = read(tmp_path, f"{HEADER},*.example.org,,,,,\n")
    assert problems == []
    assert found.reason("x@example.org")
    assert found.reason("x@a.b.example.org")
    assert found.reason("x@badexample.org") is None


def test_a_row_that_was_lifted_no_longer_counts_and_a_later_one_does(tmp_path: Path) -> None:
    lifted = "bob@example.org,,,2026-11-01,unsubscribed,,2026-11-10T08:00:00Z\n"
    assert read(tmp_path, HEADER + lifted)[0].reason("bob@example.org") is None
    again = "bob@example.org,,,2026-11-12,unsubscribed,,\n"
    assert read(tmp_path, HEADER + lifted + again)[0].reason("bob@example.org")


def test_a_lifting_that_cannot_be_read_does_not_count(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER + "bob@example.org,,,,,,perhaps\n")[0].reason("bob@example.org")


@pytest.mark.parametrize(
    "text",
    [
        "bob@example.org\nann@example.org\n",  # a bare list
        "\ufeffEmail;Grund\nBob <bob@example.org>;nein\n",  # a spreadsheet's CSV
        "sep=;\nE-Mail;note\nmailto:bob@example.org;\n",
        "# people who said no\n\naddress\treason\n# the first\nbob@example.org\tno\n",
        "note,address\n,'@example.org\n",
        'reason,address\n"no,\nnever",bob@example.org\n',
    ],
)
def test_what_people_and_spreadsheets_write_is_understood(tmp_path: Path, text: str) -> None:
    found, problems = read(tmp_path, text)
    assert problems == []
    assert found.reason("bob@example.org")


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ("bob@example.org", 2),  # too few cells
        ("bob@example.org,,no,,,,,,,,", 2),
        ('bob@example.org,"it,,,,,', 2),
        ("see bob@example.org!,,,,,,", 2),
        ("x\nbob@example.org and ann@example.org,,,,,,", 3),
    ],
)
def test_a_broken_row_is_told_with_its_line_and_its_addresses_count(
    tmp_path: Path, row: str, line: int
) -> None:
    found, problems = read(tmp_path, f"{HEADER}{row}\nlast@example.org,,,,,,\n")
    assert found.reason("bob@example.org")
    assert found.reason("last@example.org")
    told = next(p for p in problems if "bob@example.org" in p.message)
    assert told.level is Level.WARNING
    assert told.place
    assert told.place.line == line
    assert told.hint


@pytest.mark.parametrize("row", ["bob,,,,,,", "nobody", ",example,,,,,", "hmac-sha256:12,,,,,,"])
def test_a_row_that_says_nothing_is_an_error_that_stops_a_mailing(tmp_path: Path, row: str) -> None:
    _, problems = read(tmp_path, f"{HEADER}{row}\n")
    assert [(p.level, p.place and p.place.line) for p in problems] == [(Level.ERROR, 2)]
    with pytest.raises(AdvocacyError):
        SuppressionGuard(tmp_path)


def test_a_row_in_windows_1252_counts_and_is_told(tmp_path: Path) -> None:
    found, problems = read(tmp_path, HEADER.encode() + b"m\xfcller@example.org,,,,,,\n")
    assert found.reason("müller@example.org")
    assert [(p.code, p.level) for p in problems] == [("not-utf8", Level.WARNING)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("name,reason\nBob,no\n", "no-address-column"),
        ("address\n".encode("utf-16"), "not-utf8"),
        (b"PK\x03\x04...", "not-csv"),
    ],
)
def test_a_file_that_is_no_list_stops_a_mailing(
    tmp_path: Path, data: str | bytes, code: str
) -> None:
    _, problems = read(tmp_path, data)
    assert code in [p.code for p in problems if p.level is Level.ERROR]


def test_a_folder_in_the_files_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "suppressed.csv").mkdir()
    assert [p.code for p in read_suppressions(tmp_path)[1]] == ["is-a-folder"]


def test_plus_tags_are_one_person_where_the_file_says_so(tmp_path: Path) -> None:
    row = "bob+news@example.org,,,,,,\n"
    assert read(tmp_path, HEADER + row)[0].reason("bob@example.org") is None
    found, problems = read(tmp_path, f"# plus-tags: ignore\n{HEADER}{row}")
    assert problems == []
    assert found.reason("Bob+parks@example.org")
    assert found.reason("bob@example.org")


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    read(folder, data)
    read(folder, HEADER.encode() + data)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_an_address_counts_whatever_stands_beside_it(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    found, _ = read(tmp_path_factory.mktemp("beside"), f"{HEADER}bob@example.org,,{text}\n")
    assert found.reason("bob@example.org")


def test_two_people_in_one_cell_are_both_left_out(tmp_path: Path) -> None:
    row = '"Bob <bob@example.org>, Ann <ann@example.org>",,,,,,\n'
    found, problems = read(tmp_path, HEADER + row)
    assert found.reason("bob@example.org")
    assert found.reason("ann@example.org")
    assert [p.level for p in problems] == [Level.WARNING]


def test_in_a_list_of_recipients_the_address_is_that_of_the_email(tmp_path: Path) -> None:
    text = "name,address,city,email\nBob,1 Main Street,Springfield,bob@example.org\n"
    found, problems = read(tmp_path, text)
    assert problems == []
    assert found.reason("bob@example.org")


def test_a_long_text_without_an_address_takes_no_long_time(tmp_path: Path) -> None:
    # Unbounded, this search took time with the square of the length: an hour here.
    _, problems = read(tmp_path, HEADER + "a" * 900_000 + "\n")
    assert [p.level for p in problems] == [Level.ERROR]


# --- people who were forgotten ------------------------------------------------------------------


def test_a_hash_finds_the_person_and_needs_its_key(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = address_hash(read_keys(key), address_key("bob@example.org"))
    assert "bob" not in row
    found, problems = read(tmp_path, f"{HEADER}{row},,,2026-11-20,forgotten,,\n")
    assert problems == []
    assert found.reason("BOB@example.org") == "asked to be forgotten (2026-11-20)"
    assert found.reason("ann@example.org") is None
    monkeypatch.setenv("ADVOCACY_KEY", f"{key[::-1]},{key}")
    assert read_suppressions(tmp_path)[0].reason("bob@example.org")
    monkeypatch.setenv("ADVOCACY_KEY", key[::-1])
    assert [p.code for p in read_suppressions(tmp_path)[1]] == ["suppression-needs-key"]
    monkeypatch.delenv("ADVOCACY_KEY")
    assert [p.code for p in read_suppressions(tmp_path)[1]] == ["suppression-needs-key"]


def test_a_forgotten_person_is_found_with_and_without_a_tag(tmp_path: Path, key: str) -> None:
    keys = read_keys(key)
    rows = [address_hash(keys, address_key(f"{n}@example.org")) for n in ("bob+news", "ann")]
    text = "# plus-tags: ignore\n" + HEADER + "".join(f"{row},,,,forgotten,,\n" for row in rows)
    found, _ = read(tmp_path, text)
    assert found.reason("bob+news@example.org")
    assert found.reason("ann@example.org")
    assert found.reason("ann+news@example.org")


# --- at the moment of sending -------------------------------------------------------------------


def test_a_change_counts_at_once_and_a_removal_not_for_the_running_mailing(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "bob@example.org,,,,,,\n")
    guard = SuppressionGuard(tmp_path)
    assert guard.reason("ann@example.org") is None
    written(tmp_path, HEADER + "ann@example.org,,,,,,\n")
    assert guard.reason("ann@example.org")
    assert guard.reason("bob@example.org")
    path.unlink()
    assert guard.reason("bob@example.org")
    assert SuppressionGuard(tmp_path).reason("bob@example.org") is None


def test_a_change_is_seen_that_keeps_size_and_time(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "bob@example.org,,,,,,\n")
    before = path.stat()
    guard = SuppressionGuard(tmp_path)
    written(tmp_path, HEADER + "ann@example.org,,,,,,\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert guard.reason("ann@example.org")


def test_nobody_is_written_to_once_the_file_is_broken(tmp_path: Path) -> None:
    written(tmp_path, HEADER)
    guard = SuppressionGuard(tmp_path)
    written(tmp_path, HEADER + "bob,,,,,,\n")
    for _ in range(2):
        with pytest.raises(AdvocacyError):
            guard.reason("ann@example.org")
