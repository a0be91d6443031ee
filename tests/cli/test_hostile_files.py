"""Files and settings of strangers that once ended in a traceback: each is a problem."""

import json
import os
from pathlib import Path

import pytest

from advocacy.cli.group import main
from advocacy.errors import AdvocacyError
from advocacy.mail.ledger import open_ledger

from ..conftest import Edit

RENDER = ("render", "parks.yaml", "--output", "out", "--format")


@pytest.fixture(autouse=True)
def here(small_campaign: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(small_campaign.parent)
    return small_campaign.parent


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sender:\n", f"sender:\n  logo: {'a' * 5000}.png\n"),
        ("facts: [facts.yaml]", f"facts: [{'a' * 5000}]"),
        ("sender:\n", f"citation_style: {'a' * 5000}\nsender:\n"),
        ("facts: [facts.yaml]", "facts: [loop.yaml]"),
    ],
    ids=["logo", "facts", "style", "link to itself"],
)
def test_a_name_that_no_file_can_have_is_a_problem_with_its_line(
    here: Path, edit: Edit, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    (here / "loop.yaml").symlink_to("loop.yaml")
    edit(here / "parks.yaml", old, new)
    assert main((*RENDER, "pdf")) == 1
    assert "parks.yaml:" in capsys.readouterr().err


@pytest.mark.parametrize("parts", ["[[99999999999, 99, 99]]", "[[-500, 1, 15]]", "[[2020, 13]]"])
def test_a_date_in_parts_that_is_none_is_a_problem_with_its_line(
    here: Path, edit: Edit, capsys: pytest.CaptureFixture[str], parts: str
) -> None:
    edit(here / "sources.yaml", '"2026-01-15"', f"{{date-parts: {parts}}}")
    assert main((*RENDER, "txt")) == 1
    assert "sources.yaml:6" in capsys.readouterr().err


@pytest.mark.slow
def test_a_huge_stylesheet_is_a_problem_and_is_not_read(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    css = here / "templates" / "layouts" / "letter.css"
    css.parent.mkdir()
    with css.open("wb") as file:
        file.truncate(20 * 1024**3)
    assert main((*RENDER, "pdf")) == 1
    assert "letter.css: error file-too-large" in capsys.readouterr().err


def test_a_line_of_a_manifest_without_its_parts_is_a_problem(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main((*RENDER, "txt")) == 0
    (manifest,) = here.rglob("manifest.jsonl")
    whole = json.loads(manifest.read_text())
    for part in ("versions", "files", "campaign", "date", "facts"):
        entry = {key: value for key, value in whole.items() if key != part}
        manifest.write_text(json.dumps(entry) + "\n")
        assert main(("status", "--batch", "out")) == 1
        assert "manifest.jsonl: error broken-manifest" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        '"inputs": 5',
        '"inputs": {"doe.txt": []}',
        '"files": {"doe.txt": null}',
        '"date": "x"',
        '"facts": [[]]',
        '"versions": {}, "recipient": 1e999',
        '"id": "\\ud800"',
        f'"subject": {"[" * 100_000}',
        f'"stage": {"9" * 6000}',
    ],
)
def test_a_line_of_a_manifest_with_parts_of_another_kind_is_a_problem(
    here: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    folder = here / "out" / "parks" / "call"
    folder.mkdir(parents=True)
    rest = '"id": "doe", "campaign": "parks", "stage": "call", "date": "2026-03-02", "facts": [], '
    rest += '"files": {}, "digest": "0", "versions": {}'
    (folder / "manifest.jsonl").write_text(f"{{{rest}, {line}}}\n")
    for command in (("status", "--batch", "out"), ("verify", "parks.yaml", "--output", "out")):
        assert main(command) == 1
    assert "manifest.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:AB@hush@127.0.0.1:1/db",
        "postgresql://u:A/B@hush@127.0.0.1:1/db",
        "postgres://u:@@hush@127.0.0.1:1/db",
        "postgresql://u:hush@[::1/db",
        "postgresql://u:hush@127.0.0.1:port/db",
        "POSTGRESQL://u:hush@127.0.0.1:1/db",
        "host=127.0.0.1 user=u password=hush",
    ],
)
def test_the_password_of_a_ledger_is_never_shown_however_its_address_is_written(
    here: Path, url: str
) -> None:
    with pytest.raises(AdvocacyError, match="ledger-url") as caught:
        open_ledger(here / "parks.yaml", environ={"ADVOCACY_LEDGER": url})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "where",
    [
        "postgresql://u%3Ahush@h/db",
        "postgresql://u;hush@h/db",
        "postgresql://u:hush@h/db",
        "postgresql://u:A/hush@B@h/db",
        "postgres:/u:hush@h/list.csv",
    ],
)
def test_no_command_prints_the_password_of_an_address_that_is_given_for_a_file(
    here: Path, edit: Edit, capfd: pytest.CaptureFixture[str], where: str
) -> None:
    assert main(("render", "parks.yaml", "--recipients", where)) != 0
    assert main(("send", "parks.yaml", "--recipients", where)) != 0
    assert main(("check", where)) != 0
    edit(here / "parks.yaml", "facts: [facts.yaml]", f"facts: ['{where}']")
    assert main(("check", "parks.yaml", "--report", "json")) != 0
    assert main(("check", "parks.yaml")) != 0
    told = "".join(capfd.readouterr())
    assert "hush" not in told
    assert "***@" in told


def test_what_is_no_ordinary_file_is_called_what_it_is(
    here: Path, tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "file"
    outside.write_text("x")
    for name in ("facts.yaml", "templates/letters/open.md"):
        path = here / name
        kept = path.read_bytes()
        path.unlink()
        os.mkfifo(path)
        assert main(("check", "parks.yaml")) == 1
        told = capfd.readouterr().err
        assert "is a named pipe" in told
        assert "Did you mean" not in told
        path.unlink()
        path.symlink_to(outside)
        assert main(("check", "parks.yaml")) == 1
        assert " is a link to" in capfd.readouterr().err.replace("that leads", "to")
        path.unlink()
        path.write_bytes(kept)


@pytest.mark.parametrize(
    "user", ["u%3Ahush", "u;hush", "u%3bhush", "u:%68ush", "u%3A%68ush", "u%2Fhush", "hush"]
)
def test_no_message_about_a_database_shows_its_user_or_password(here: Path, user: str) -> None:
    address = f"postgresql://{user}@127.0.0.1:1/db"
    with pytest.raises(AdvocacyError) as caught:
        open_ledger(here / "parks.yaml", environ={"ADVOCACY_LEDGER": address})
    assert "ush@" not in str(caught.value)
    assert ("hush" in str(caught.value)) is False


@pytest.mark.parametrize("name", ["ADVOCACY_KEY", "ADVOCACY_SMTP_PASSWORD", "ADVOCACY_LEDGER"])
def test_a_setting_that_is_not_utf8_is_a_problem_that_names_it_and_repeats_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "S3CRET-\udcff\udcfe-of-an-example-coalition-0123456789")
    assert main(("suppress", "list")) == 1
    said = capsys.readouterr()
    assert f"error not-utf8: {name} is not text in UTF-8." in said.err
    assert "S3CRET" not in said.out + said.err


def test_an_argument_that_is_not_utf8_is_wrong_usage_unless_it_is_a_file(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(("approve", "parks.yaml", "--stage", "call", "--by", "J\udcff")) == 2
    assert "“J\ufffd” is not text in UTF-8" in capsys.readouterr().err
    (here / "parks.yaml").rename(here / "p\udcff.yaml")
    assert main(("check", "p\udcff.yaml")) in (0, 1)
    said = capsys.readouterr()
    (said.out + said.err).encode()


def test_files_whose_names_are_not_utf8_stop_nobody(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    partials = here / "templates" / "partials"
    partials.mkdir()
    for name in ("\udcff.md", "\x1b]0;x\x07.md"):
        (partials / name).write_text("{{")
    assert main((*RENDER, "txt")) == 0
    assert main(("templates", "list", "--templates", "templates")) in (0, 1)
    assert main(("check", "parks.yaml")) == 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    (said.out + said.err).encode()
