"""An ordinary package: locked, built, installed elsewhere, and used there."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

PIN = re.compile(r"^([a-z0-9._-]+)==([^ ;]+)(.*)$", re.MULTILINE)
NAME = re.compile(r"^[A-Za-z0-9._-]+")
LOCKS = ("requirements.lock", "requirements-dev.lock")

CAMPAIGN = """\
id: lamps
title: Lamps for Mill Lane
language: en-US
timezone: America/New_York
date: 2021-03-01
audience: targets
citation_style: chicago-notes-bibliography
recheck_after: 90 days
target:
  organization: Example Township
  address: [1 Example Street, "Springfield, IL 62701"]
  country: US
  addressees:
    - {id: doe, name: Jo Doe, title: Clerk, salutation: Clerk Doe, email: clerk@township.example}
demand:
  summary: Mend the lamps of Mill Lane
  asks: [Mend the lamps of Mill Lane.]
  reply_by: 14 days
sender:
  organization: Friends of Mill Lane
  address: [2 Example Street, "Springfield, IL 62701"]
  email: friends@lane.example
  signatories:
    - {name: A. Example, title: Secretary}
facts: [facts.yaml]
sources: [sources.yaml]
stages:
  call:
    template: lamps
    layout: letter
    subject: The lamps of Mill Lane
    from: 2021-03-01
    until: 2021-03-31
"""
FACTS = """\
dark:
  statement: Nine of the twelve lamps of Mill Lane are dark.
  source: survey
  locator: {page: "2"}
  from: 2021-02-01
  checked: 2021-02-20
"""
SOURCES = """\
references:
  - id: survey
    type: report
    title: A Survey of Mill Lane
    author: [{literal: Friends of Mill Lane}]
    issued: "2021-02-01"
    URL: https://lane.example/survey
"""
LETTER = """\
Nine of the twelve lamps are dark.{{ cite("dark") }}

Please mend them.
"""


def pins(lock: Path) -> dict[tuple[str, str], str]:
    """(name, marker) → version."""
    return {(name, marker): version for name, version, marker in PIN.findall(lock.read_text())}


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    hidden = {"PYTHONPATH", "VIRTUAL_ENV"}
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={name: value for name, value in os.environ.items() if name not in hidden},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result


def test_letters_and_tests_use_the_same_versions(project_root: Path) -> None:
    runtime, dev = (pins(project_root / lock) for lock in LOCKS)
    assert len(runtime) > 20
    assert {key: dev.get(key) for key in runtime} == runtime


def test_the_locks_hold_what_the_project_asks_for(project_root: Path) -> None:
    project = tomllib.loads((project_root / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    groups = project["dependency-groups"]
    runtime = [*project["project"]["dependencies"], *groups["build"]]
    dev = [*runtime, *extras["preview"], *extras["cluster"], *extras["postgres"]]
    dev += [wanted for wanted in groups["dev"] if isinstance(wanted, str)]
    for lock, wanted in zip(LOCKS, (runtime, dev), strict=True):
        names = {name for name, _ in pins(project_root / lock)}
        asked = {re.sub(r"[-_.]+", "-", NAME.findall(line)[0].lower()) for line in wanted}
        assert asked <= names, f"{lock} is behind pyproject.toml: make lock"


def test_the_locks_name_no_machine_and_no_registry(project_root: Path) -> None:
    editor = "advocacy/preview/editor/package-lock.json"
    for name in (*LOCKS, "tests/tools/package-lock.json", editor):
        text = (project_root / name).read_text("utf-8")
        assert "resolved" not in text
        assert "--index" not in text
        assert "--find-links" not in text
        hosts = set(re.findall(r"(?:https?|file)://([^/\"\s]+)", text))
        assert hosts <= {"github.com", "opencollective.com", "tidelift.com", "www.patreon.com"}


def test_every_locked_version_is_held_by_its_hashes(project_root: Path) -> None:
    for name in LOCKS:
        lines = (project_root / name).read_text("utf-8").splitlines()
        for line, after in itertools.pairwise(lines):
            if PIN.match(line):
                assert after.strip().startswith("--hash=sha256:"), line


@pytest.fixture(scope="module")
def wheel(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the source archive, as package indexes get both."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "-o", out, cwd=project_root)
    assert list(out.glob("advocacy-*.tar.gz"))
    (wheel,) = out.glob("advocacy-*.whl")
    return wheel


@pytest.mark.slow
def test_the_wheel_carries_the_templates_and_nothing_foreign(
    wheel: Path, project_root: Path
) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    templates = {
        f"advocacy/{path.relative_to(project_root).as_posix()}"
        for path in (project_root / "templates").rglob("*")
        if path.is_file()
    }
    assert templates
    assert templates <= names
    assert "advocacy/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    tops = {name.split("/")[0] for name in names}
    assert tops == {"advocacy", next(top for top in tops if top.endswith(".dist-info"))}


OUTSIDE_BROWSERS = "@mixmark-io/domino"
"""What turndown needs only where there is no document: it is in no bundle for browsers."""


@pytest.mark.slow
def test_the_wheel_carries_the_editor_with_the_licences_of_all_that_is_in_it(
    wheel: Path, project_root: Path, tool: Any
) -> None:
    tool("node"), tool("npm")
    names = set(zipfile.ZipFile(wheel).namelist())
    page = "advocacy/preview/page/"
    assert f"{page}editor.bundle.js" in names
    assert not any(name.startswith("advocacy/preview/editor/") for name in names), "no sources"
    licences = zipfile.ZipFile(wheel).read(f"{page}editor.licenses.txt").decode()
    lock = json.loads((project_root / "advocacy/preview/editor/package-lock.json").read_text())
    bundled = [
        name.removeprefix("node_modules/")
        for name, package in lock["packages"].items()
        if name and not package.get("dev") and name != f"node_modules/{OUTSIDE_BROWSERS}"
    ]
    assert len(bundled) > 20
    missing = [
        name
        for name in bundled
        if f"{name} {lock['packages'][f'node_modules/{name}']['version']} (" not in licences
    ]
    assert missing == []


@pytest.mark.slow
def test_without_node_the_wheel_is_built_all_the_same_and_says_what_it_lacks(
    project_root: Path, tmp_path: Path
) -> None:
    checkout = tmp_path / "checkout"
    leave_out = shutil.ignore_patterns(".*", "node_modules", "editor.bundle.js", "tests", "output")
    shutil.copytree(project_root, checkout, ignore=leave_out)
    result = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", str(tmp_path), "."],
        cwd=checkout,
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    said = result.stdout + result.stderr
    assert "no editor for `advocacy preview`" in said
    assert "Node.js and npm are not installed" in said
    (made,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(made).namelist()
    assert "advocacy/preview/page/plain.js" in names
    assert "advocacy/preview/page/editor.bundle.js" not in names


@pytest.mark.slow
def test_the_package_works_in_a_clean_environment_outside_the_checkout(
    wheel: Path, project_root: Path, tmp_path: Path
) -> None:
    # One test, since making the environment takes longer than all that is asked of it.
    venv.create(tmp_path / "venv", with_pip=True)
    python, advocacy = tmp_path / "venv/bin/python", tmp_path / "venv/bin/advocacy"
    pip = (python, "-m", "pip", "install", "-q")
    run(*pip, "--require-hashes", "-r", project_root / "requirements.lock", cwd=tmp_path)
    run(*pip, "--no-deps", "--no-index", wheel, cwd=tmp_path)

    installed = "import advocacy; print(advocacy.__path__[0])"
    page = Path(run(python, "-c", installed, cwd=tmp_path).stdout.strip()) / "preview" / "page"
    assert (page / "index.html").is_file()
    assert (page / "editor.bundle.js").is_file() == bool(shutil.which("node"))

    run(python, "-m", "pip", "check", cwd=tmp_path)  # asks for nothing that is not locked
    project = tomllib.loads((project_root / "pyproject.toml").read_text("utf-8"))["project"]
    for command in ([advocacy], [python, "-m", "advocacy"]):
        assert project["version"] in run(*command, "--version", cwd=tmp_path).stdout

    files = {
        "lamps.yaml": CAMPAIGN,
        "facts.yaml": FACTS,
        "sources.yaml": SOURCES,
        "templates/letters/lamps.md": LETTER,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    run(advocacy, "check", "lamps.yaml", cwd=tmp_path)
    run(advocacy, "render", "lamps.yaml", cwd=tmp_path)
    out = tmp_path / "output" / "lamps" / "call"
    assert (out / "doe.pdf").read_bytes().startswith(b"%PDF-")
    message = message_from_bytes((out / "doe.eml").read_bytes(), policy=policy.default)
    assert message["Subject"] == "The lamps of Mill Lane"
    text = message.get_body(("plain",))
    assert text is not None
    assert "Nine of the twelve lamps are dark." in text.get_content()
    assert (out / "manifest.jsonl").is_file()
