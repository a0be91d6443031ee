"""A machine that lacks something is told, in one line, what to type."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from advocacy.installation import (
    EXTRA_OF_MODULE,
    SYSTEM_LIBRARIES,
    explain_missing,
    missing_system_libraries,
    not_installed,
    require_pango,
    system_install_line,
)
from advocacy.resources import fonts_dir, templates_dir, version

ASK = "import advocacy.installation as l; "


def run(*args: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", *args],
        cwd=cwd,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def without_pango(tmp_path: Path) -> str:
    """A folder for LD_LIBRARY_PATH in which Pango is no library."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the loader's search is Linux's")
    for library in SYSTEM_LIBRARIES:
        (tmp_path / library.files[0]).write_bytes(b"")
    return str(tmp_path)


def test_without_its_python_libraries_advocacy_says_what_to_install(project_root: Path) -> None:
    result = run("-S", "-m", "advocacy", "--version", cwd=project_root)
    assert result.returncode == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("advocacy: The Python library '")
    assert line.endswith(f"Type: make -C {project_root} setup")


def test_what_is_missing_is_named_with_the_versions_that_are_asked_for() -> None:
    requirements = [
        "rich>=14.0",
        "no-such-library[fast]<71,>=70",
        "no-such-server>=0.5; extra == 'preview'",
        'no-such-cluster>=2; extra == "cluster"',
        "no-such-console; sys_platform == 'win32'",
    ]
    assert list(not_installed(requirements, None)) == ["no-such-library[fast]<71,>=70"]
    assert list(not_installed(requirements, "preview"))[1:] == ["no-such-server>=0.5"]
    assert list(not_installed(requirements, "cluster"))[1:] == ["no-such-cluster>=2"]


def test_a_bug_is_not_explained_away_as_a_missing_library() -> None:
    assert explain_missing(ModuleNotFoundError(name="advocacy.compsoe")) is None
    assert explain_missing(ImportError("cannot import name 'x'")) is None
    assert explain_missing(FileNotFoundError("campaign.yaml")) is None


def test_where_all_is_installed_nothing_is_missing() -> None:
    assert missing_system_libraries() == ()
    require_pango()


def test_without_pango_a_problem_says_what_to_type(without_pango: str, project_root: Path) -> None:
    code = ASK + "l.require_pango()"
    result = run("-c", code, cwd=project_root, LD_LIBRARY_PATH=without_pango)
    last = result.stderr.splitlines()[-2:]
    assert "missing-library Pango, which lays out the text of PDF letters, is not" in last[0]
    assert last[1].strip().startswith("Type: ")
    assert "pango" in last[1]


def test_weasyprints_own_complaint_is_understood(without_pango: str, project_root: Path) -> None:
    code = ASK + (
        "\ntry:\n    import weasyprint"
        "\nexcept OSError as error:\n    print(l.explain_missing(error).hint)"
    )
    result = run("-c", code, cwd=project_root, LD_LIBRARY_PATH=without_pango)
    assert result.stdout.splitlines()[-1].startswith("Type: ")


def test_a_letter_without_pango_ends_in_one_plain_problem(
    without_pango: str, small_campaign: Path
) -> None:
    result = run(
        "-m", "advocacy", "render", "parks.yaml",
        cwd=small_campaign.parent, LD_LIBRARY_PATH=without_pango, NO_COLOR="1", COLUMNS="200",
    )  # fmt: skip
    assert result.returncode == 1
    assert "Pango, which lays out the text of PDF letters, is not installed" in result.stderr
    assert "Type: " in result.stderr
    assert "Traceback" not in result.stderr
    assert "WeasyPrint" not in result.stdout + result.stderr


def test_the_subsetter_alone_stops_no_letter(project_root: Path, without_pango: str) -> None:
    for library in SYSTEM_LIBRARIES:
        if library.required:
            (Path(without_pango) / library.files[0]).unlink()
    code = ASK + "l.require_pango(); print(*[x.name for x in l.missing_system_libraries()])"
    result = run("-c", code, cwd=project_root, LD_LIBRARY_PATH=without_pango)
    assert (result.stdout, result.stderr) == ("harfbuzz-subset\n", "")


def test_the_line_to_type_names_every_package(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = {}
    for manager in ("apt-get", "dnf", "brew", "none"):
        monkeypatch.setattr("shutil.which", lambda name, m=manager: name if name == m else None)
        lines[manager] = system_install_line(SYSTEM_LIBRARIES)
    assert "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in lines["apt-get"]
    assert lines["dnf"].endswith("dnf install -y pango harfbuzz")
    assert lines["brew"] == "brew install pango"
    assert "pango" in lines["none"]


def test_the_extras_are_those_of_the_package(project_root: Path) -> None:
    project = tomllib.loads((project_root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert set(extras) == {"preview", "cluster", "postgres", "dkim", "keyring", "scripts", "all"}
    # Fonts are looked for, not imported.
    assert set(EXTRA_OF_MODULE.values()) == set(extras) - {"all", "scripts"}


def test_the_package_finds_its_own_files() -> None:
    assert (templates_dir() / "letters").is_dir()
    assert any(fonts_dir().glob("*/*.[ot]tf"))
    assert version()[0].isdigit()
