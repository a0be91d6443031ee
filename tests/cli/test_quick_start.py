"""A command loads only the libraries that it uses: to load one takes longer than its answer."""

import subprocess
import sys
from pathlib import Path

import pytest

TYPESETTERS = {"weasyprint", "fontTools", "uharfbuzz", "pypandoc", "pikepdf", "pypdfium2"}
DATABASES = {"sqlalchemy", "psycopg"}
SCREENS = {"rich", "starlette", "uvicorn"}
SELDOM = {"difflib", "xml.etree.ElementTree", "smtplib", "openpyxl", "python_calamine"}
READERS = {"pydantic", "yaml", "jinja2", "markdown_it", "zoneinfo", "sqlite3"}


def loaded(folder: Path, *words: str) -> set[str]:
    """The modules that a run of the command has loaded when it is over."""
    script = (
        "import sys; from advocacy.__main__ import main; main(); "
        "print('\\n'.join(['', 'LOADED', *sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(done.stdout.partition("\nLOADED\n")[2].split())


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("render", "--no-such-option")])
def test_help_and_errors_of_usage_load_no_reader_of_files(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    modules = loaded(tmp_path, *words)
    assert "advocacy.cli.group" in modules
    found = modules & (TYPESETTERS | DATABASES | SCREENS | READERS | SELDOM)
    assert found <= ({"difflib"} if "--no-such-option" in words else set())  # the nearest option


def test_a_check_loads_no_typesetter(small_campaign: Path) -> None:
    modules = loaded(small_campaign.parent, "check", "parks.yaml")
    assert "advocacy.checks.run" in modules
    assert not modules & (TYPESETTERS | DATABASES | SCREENS | {"xml.etree.ElementTree", "smtplib"})


def test_where_nothing_has_changed_no_check_and_no_typesetter_is_loaded(
    small_campaign: Path,
) -> None:
    render = ("render", "parks.yaml", "--format", "txt")
    assert "advocacy.checks.run" in loaded(small_campaign.parent, *render)
    modules = loaded(small_campaign.parent, *render)
    assert "advocacy.batch.campaigns" in modules
    assert "advocacy.checks.run" not in modules
    assert not modules & (TYPESETTERS | DATABASES | SCREENS | SELDOM | {"text_to_num"})


def test_no_plugin_of_pydantic_is_looked_for(small_campaign: Path) -> None:
    script = (
        "import importlib.metadata as m, sys\n"
        "def refuse(**asked): raise AssertionError(asked)\n"
        "m.entry_points = refuse\n"
        "from advocacy.__main__ import main\n"
        "sys.exit(main())"
    )
    command = [sys.executable, "-c", script, "check", "parks.yaml"]
    done = subprocess.run(
        command, cwd=small_campaign.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
