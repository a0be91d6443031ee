"""How the command ends, whatever happens to it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from advocacy.cli import group


def test_version_help_and_module_agree(run_cli) -> None:
    version = run_cli("--version")
    assert version.returncode == 0
    assert version.stdout.startswith("advocacy ")
    help_page = run_cli("--help")
    assert help_page.returncode == 0
    for name, purpose in group.COMMANDS.items():
        assert name in help_page.stdout
        assert purpose.split(":")[0] in " ".join(help_page.stdout.split())


@pytest.mark.parametrize("name", group.COMMANDS)
def test_every_command_teaches(run_cli, name: str) -> None:
    page = run_cli(name, "--help")
    assert page.returncode == 0
    assert len(page.stdout.splitlines()) > 5


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(run_cli, shell: str) -> None:
    script = run_cli("completion", shell)
    assert script.returncode == 0
    assert "_ADVOCACY_COMPLETE" in script.stdout


def test_bash_completes_commands(run_cli) -> None:
    found = run_cli(
        env={"_ADVOCACY_COMPLETE": "bash_complete", "COMP_WORDS": "advocacy re", "COMP_CWORD": "1"}
    )
    assert "render" in found.stdout


def test_a_mistyped_command_is_wrong_usage(run_cli) -> None:
    result = run_cli("rendr")
    assert result.returncode == 2
    assert "render" in result.stderr


def test_help_and_check_load_no_heavy_library(campaigns: Path) -> None:
    heavy = "{'weasyprint', 'pypandoc', 'pikepdf', 'rich', 'sqlalchemy', 'fontTools', 'starlette'}"
    for arguments in (["--help"], ["check", str(campaigns / "microsoft.yaml"), "--quiet"]):
        code = (
            "import sys; from advocacy.cli import main; "
            f"code = main({arguments!r}); found = {heavy} & set(sys.modules); "
            "sys.exit(f'loaded {found}' if found else code)"
        )
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert result.returncode == 0, result.stderr


def test_a_bug_ends_with_70_and_a_report_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("a slip")

    monkeypatch.setattr(group.advocacy, "main", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert group.main([]) == 70
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    (report,) = tmp_path.glob("advocacy-bug-*.txt")
    assert str(report) in shown
    assert "a slip" in report.read_text()


def test_a_reader_that_goes_away_is_no_error(campaigns: Path) -> None:
    command = f"{sys.executable} -m advocacy schema campaign | head -n 1"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, env=os.environ
    )
    assert result.stderr == ""
    assert result.returncode == 0


def test_another_pipe_that_breaks_is_not_taken_for_the_output_s_reader(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A command that ends without a word has not done what it was asked to do."""

    def fail(*_: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("advocacy.cli.schema.command.callback", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert group.main(["schema", "campaign"]) == 70
    assert "this is a bug in advocacy" in capfd.readouterr().err


def test_colour_is_for_terminals_alone(run_cli, small_campaign: Path, edit) -> None:
    edit(small_campaign, "timezone:", "timezon:")
    assert "\x1b[" not in run_cli("check", small_campaign).stderr


@pytest.mark.parametrize("form", ["json", "github", "sarif", "csv"])
def test_problems_are_printed_for_programs(run_cli, small_campaign: Path, edit, form: str) -> None:
    edit(small_campaign, "timezone:", "timezon:")
    result = run_cli("check", small_campaign, "--report", form)
    assert result.returncode == 1
    assert "unknown-key" in result.stdout
    assert "parks.yaml" in result.stdout


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(run_cli, tmp_path: Path) -> None:
    from advocacy.files.writing import spreadsheet_safe

    assert spreadsheet_safe("=cmd|' /C calc'!A0").startswith("'=")
    assert spreadsheet_safe("plain") == "plain"


def test_a_mistyped_option_is_answered_with_the_nearest_one(run_cli) -> None:
    done = run_cli("check", "--slect", "x")
    assert done.returncode == 2
    assert "Did you mean '--select'?" in done.stderr


def test_help_states_bounds_in_words(run_cli) -> None:
    page = run_cli("send", "--help").stdout
    assert "1 to 50" in " ".join(page.split())
    assert "x>=" not in page
    assert "\nRecipients:\n" in page
    done = run_cli("send", "x.yaml", "--connections", "77")
    assert "77 is not allowed here. Write 1 to 50." in done.stderr
