"""`advocacy check --fix`: what it puts right, and what it leaves to people."""

from pathlib import Path

import pytest

from advocacy.checks.fixing import fix_campaign


def fixed(house) -> list[str]:
    return [
        f"{fix.place.path.name}:{fix.place.line}"
        for fix in fix_campaign(house.folder / "acme.yaml")
    ]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def untouched(house, name: str, old: str, new: str) -> None:
    house.spoil(name, old, new)
    before = everything(house.folder)
    assert fixed(house) == []
    assert everything(house.folder) == before


@pytest.mark.parametrize(
    ("name", "right", "wrong", "cured"),
    [
        ("acme.yaml", "country: US", "country:   no   # Norway", 'country:   "no"   # Norway'),
        ("acme.yaml", "title: Counsel", "title: 2020-06-10", 'title: "2020-06-10"'),
        ("acme.yaml", "[1 Acme Way,", "[02134,", '["02134",'),
        ("facts.yaml", "  checked: 2020-06-13",
         "  locator: {timestamp: 12:30}\n  checked: 2020-06-13",
         '  locator: {timestamp: "12:30"}\n  checked: 2020-06-13'),
        ("sources.yaml", "title: Acme is silent", "title: 1.10", 'title: "1.10"'),
        ("acme.yaml", "subject: Thank you", "subject: Act #1 \"now\"  # short",
         "subject: 'Act #1 \"now\"'  # short"),
        ("acme.yaml", "subject: Thank you", 'subject: "Bill" #123 today',
         "subject: '\"Bill\" #123 today'"),
        ("acme.yaml", "subject: Thank you", "subject: Thank\n      you #1 all",
         'subject: "Thank\n      you #1 all"'),
        ("acme.yaml", "name: John Doe", "name: John #Doe", 'name: "John #Doe"'),
        ("acme.yaml", "[{name: A. Example, title: Director}]",
         "[{name: A. Example, title: Director #1}]", '[{name: A. Example, title: "Director #1"}]'),
        ("acme.yaml", "reply_by:", "Reply-By :", "reply_by :"),
        ("acme.yaml", "reply_by:", "reply by:", "reply_by:"),
        ("facts.yaml", "superseded_by:", "Superseded-By:", "superseded_by:"),
        ("sources.yaml", "URL: https://paper", "url: https://paper", "URL: https://paper"),
        ("sources.yaml", "container-title:", "container_title:", "container-title:"),
    ],
)  # fmt: skip
def test_a_slip_is_cured_and_all_the_rest_stays_as_written(
    house, name: str, right: str, wrong: str, cured: str
) -> None:
    house.spoil(name, right, wrong)
    expected = everything(house.folder)
    expected[name] = expected[name].replace(wrong.encode(), cured.encode())
    assert [place.split(":")[0] for place in fixed(house)] == [name]
    assert everything(house.folder) == expected
    house.check()  # it loads without a problem
    assert fixed(house) == []
    assert everything(house.folder) == expected


def test_many_slips_of_one_file_are_cured_at_once_with_its_line_ends_and_mark(house) -> None:
    house.spoil("acme.yaml", "country: US", "country: no  # ü — 💌")
    house.spoil("acme.yaml", "reply_by", "REPLY-BY")
    house.spoil("acme.yaml", "title: President", "title: 1.10")
    path = house.folder / "acme.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    path.chmod(0o640)
    before = path.read_bytes()
    assert len(fixed(house)) == 3
    changed = before.replace(b": no ", b': "no" ').replace(b"REPLY-BY", b"reply_by")
    assert path.read_bytes() == changed.replace(b"title: 1.10", b'title: "1.10"')
    assert path.stat().st_mode & 0o777 == 0o640
    house.check()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("acme.yaml", "reply_by: 14 days", "reply_by: 14 days\n  Reply-By: 15 days"),
        ("acme.yaml", "reply_by: 14 days", "REPLY_BY: 14 days\n  Reply-By: 15 days"),
        ("acme.yaml", "reply_by:", "reply_by_to:"),
        ("acme.yaml", "reply_by:", "reply_bye:"),
        ("acme.yaml", "title: Counsel", "title: null"),
        ("acme.yaml", "title: Counsel", "title: 2020-02-31"),
        ("acme.yaml", "title: Counsel", "title: [Counsel]"),
        ("acme.yaml", "title: Counsel", "title: &t 12"),
        ("acme.yaml", "copies: copies",
         "copies: copies\nchecks: {subject-length: {limit: 0110, reason: x}}"),
        ("acme.yaml", "date: 2020-06-10", "date: 2020"),
        ("acme.yaml", "target:", "target: ["),
    ],
)  # fmt: skip
def test_what_the_author_has_to_decide_is_left_as_a_problem(
    house, name: str, old: str, new: str
) -> None:
    untouched(house, name, old, new)


def test_https_is_written_only_where_the_host_is_already_used_with_it(house) -> None:
    house.spoil("sources.yaml", "https://acme.example", "http://acme.example")
    before = everything(house.folder)
    assert fixed(house) == []
    assert everything(house.folder) == before
    house.spoil("sources.yaml", "https://widget.example", "https://acme.example")
    assert fixed(house) == ["sources.yaml:21"]
    assert "http://" not in (house.folder / "sources.yaml").read_text("utf-8")
    assert fixed(house) == []


IDLE = "We hope for the best. {# uncited: opinion #} We wait."


def test_a_mark_that_silences_nothing_is_taken_out(house) -> None:
    house.call(IDLE)
    assert fixed(house) == ["call.md:7"]
    text = (house.folder / "templates/letters/call.md").read_text("utf-8")
    assert "\nWe hope for the best. We wait.\n" in text
    assert house.check() == []


def test_a_mark_that_silences_a_claim_stays(house) -> None:
    house.call("Widget sold 12 systems. {# uncited: our own count #} We wait.")
    assert fixed(house) == []


@pytest.mark.parametrize(
    "text",
    [
        "We hope for the best. {# uncited: opinion #}",  # the end of a paragraph
        "We hope for the best.\n{#- uncited: opinion -#}\nWe wait.",
    ],
)
def test_a_mark_is_left_where_its_line_break_would_come_back(house, text: str) -> None:
    house.call(text)
    assert fixed(house) == []


def test_a_mark_is_left_where_another_campaign_may_need_it(house) -> None:
    house.call(IDLE)
    house.write("other.yaml", "id: other\nstages: {}\n")
    assert fixed(house) == []


def test_the_command_says_what_it_fixed_and_checks_again(house, run_cli) -> None:
    house.spoil("acme.yaml", "reply_by:", "Reply-By:")
    house.spoil("acme.yaml", "timezone:", "timezon:")
    first = run_cli("check", "acme.yaml", "--fix", cwd=house.folder)
    assert "acme.yaml:21: fixed: the key `Reply-By` is now `reply_by`" in first.stdout
    assert first.returncode == 1
    assert "timezon" in first.stderr
    assert "Reply-By" not in first.stderr
    house.spoil("acme.yaml", "timezon:", "timezone:")
    second = run_cli("check", "acme.yaml", "--fix", cwd=house.folder)
    assert "Found nothing that --fix can correct." in second.stdout
    assert second.returncode == 0


def test_an_ignored_code_is_not_fixed(house, run_cli) -> None:
    house.spoil("acme.yaml", "reply_by:", "Reply-By:")
    before = everything(house.folder)
    run_cli("check", "acme.yaml", "--fix", "--ignore", "unknown-key", cwd=house.folder)
    assert everything(house.folder) == before


def test_a_program_gets_its_report_alone(house, run_cli) -> None:
    house.spoil("acme.yaml", "reply_by:", "Reply-By:")
    result = run_cli("check", "acme.yaml", "--fix", "--report", "csv", cwd=house.folder)
    assert "fixed" not in result.stdout
