"""What docs/bills.md shows is what happens."""

import shlex
import shutil
from pathlib import Path

import pytest

from advocacy.cli.group import advocacy

from ..conftest import RunCli
from ..pages import commands, renewed


@pytest.fixture
def page(project_root: Path) -> str:
    return (project_root / "docs" / "bills.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_command_prints_what_the_page_shows(
    page: str, project_root: Path, tmp_path: Path, run_cli: RunCli, request: pytest.FixtureRequest
) -> None:
    example = project_root / "docs" / "examples" / "parks-act"
    shutil.copytree(example, tmp_path, dirs_exist_ok=True)

    def printed(_how: str, command: str) -> str:
        result = run_cli(*shlex.split(command), cwd=tmp_path, env={"COLUMNS": "96"})
        return (result.stdout + result.stderr).replace(f"{tmp_path}/", "")

    fresh = renewed(page, printed)
    assert len(commands(page)) == 9
    if request.config.getoption("--renew-goldens"):
        (project_root / "docs" / "bills.md").write_text(fresh, encoding="utf-8")
        return
    assert page == fresh, "make goldens renews it"


def test_every_command_on_the_page_is_one(page: str) -> None:
    for _, command in commands(page):
        assert advocacy.get_command(None, shlex.split(command)[0]) is not None  # type: ignore[arg-type]


def test_the_page_is_named_in_the_readme(project_root: Path) -> None:
    assert "docs/bills.md" in (project_root / "README.md").read_text(encoding="utf-8")
