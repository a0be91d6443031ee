"""`.ci/setup` on machines that lack something: it installs as root, asks otherwise, never sudo."""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from advocacy.installation import SYSTEM_LIBRARIES

COMMANDS = ("cat", "cksum", "dirname", "env", "rm", "sh", "sleep", "tail")
NEEDED = ("requirements.lock", "requirements-dev.lock", "pyproject.toml", ".ci/setup")


@dataclass(frozen=True)
class Machine:
    """A machine of its own: `bin` is its whole PATH, `calls` what was run on it."""

    bin: Path
    checkout: Path
    calls: Path

    def program(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.calls}"\n{script}\n')
        path.chmod(0o755)

    def set_up(self, kind: str = "run", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.checkout / ".ci" / "setup", kind],
            env={"PATH": str(self.bin)} | env,
            capture_output=True,
            text=True,
            check=False,
        )

    def called(self) -> str:
        return self.calls.read_text() if self.calls.exists() else ""


@pytest.fixture
def machine(tmp_path: Path, project_root: Path) -> Machine:
    checkout, bin_folder = tmp_path / "checkout", tmp_path / "bin"
    bin_folder.mkdir()
    for name in COMMANDS:
        found = shutil.which(name)
        assert found is not None
        (bin_folder / name).symlink_to(found)
    for name in NEEDED:
        target = checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(project_root / name, target)
    shutil.copytree(
        project_root / "advocacy", checkout / "advocacy", ignore=lambda *_: ["__pycache__"]
    )
    made = Machine(bin_folder, checkout, tmp_path / "calls")
    made.program("sudo", "exit 1")
    made.program("id", "echo 1000")
    return made


def without(machine: Machine, library: int) -> dict[str, str]:
    """Environment in which the loader finds an empty file instead of a library."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the loader's search is Linux's")
    folder = machine.bin.parent / "lib"
    folder.mkdir()
    (folder / SYSTEM_LIBRARIES[library].files[0]).write_bytes(b"")
    return {"LD_LIBRARY_PATH": str(folder)}


def with_python(machine: Machine) -> None:
    machine.program("python3", f'exec "{sys.executable}" "$@"')


def test_an_old_python_is_told_plainly(machine: Machine) -> None:
    machine.program("python3", '[ "$1" = --version ] && echo "Python 3.9.2"; exit 1')
    machine.program("apt-get", "exit 0")
    result = machine.set_up()
    assert result.returncode != 0
    assert "needs Python 3.11 or newer; this machine has Python 3.9.2." in result.stderr
    assert "apt-get" not in machine.called()


def test_a_machine_without_python_is_told_one_line(machine: Machine) -> None:
    machine.program("apt-get", "exit 0")
    result = machine.set_up()
    assert result.returncode != 0
    assert result.stderr.splitlines()[-1] == (
        "sudo apt-get install -y python3 python3-venv"
        " libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )


@pytest.mark.parametrize("library", range(len(SYSTEM_LIBRARIES)))
def test_who_is_not_root_is_told_the_one_line_to_type(machine: Machine, library: int) -> None:
    with_python(machine)
    machine.program("apt-get", "exit 0")
    result = machine.set_up(**without(machine, library))
    assert result.returncode != 0
    line = result.stderr.splitlines()[-1]
    assert line.startswith("sudo apt-get install -y ")
    assert SYSTEM_LIBRARIES[library].debian in line.split()
    assert "apt-get" not in machine.called()
    assert "sudo" not in machine.called()
    assert not (machine.checkout / ".venv").exists()


def test_without_apt_another_systems_line_is_given(machine: Machine) -> None:
    with_python(machine)
    machine.program("dnf", "exit 0")
    result = machine.set_up(**without(machine, 0))
    assert result.returncode != 0
    assert result.stderr.splitlines()[-1].endswith("dnf install -y pango")


@pytest.mark.slow
def test_root_gets_what_is_missing_installed_without_sudo(machine: Machine) -> None:
    with_python(machine)
    machine.program("id", "echo 0")
    missing = without(machine, 0)
    lib = missing["LD_LIBRARY_PATH"]
    # Installing mends the machine; then the set-up stops, for want of a network in this test.
    machine.program("apt-get", f'[ "$1" = install ] && rm -f "{lib}"/*; exit 0')
    (machine.bin / "sleep").unlink()
    machine.program("sleep", "exit 0")
    result = machine.set_up(PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull, **missing)
    assert "Installing libpango-1.0-0" in result.stderr
    calls = machine.called()
    assert "apt-get install -y -qq --no-install-recommends " in calls
    assert " libpango-1.0-0 " in calls
    assert "sudo" not in calls
    assert "Making .venv" in result.stderr
    assert result.returncode != 0
    assert not (machine.checkout / ".venv" / ".advocacy").exists()


def test_an_installation_that_mends_nothing_does_not_go_round_in_circles(machine: Machine) -> None:
    with_python(machine)
    machine.program("id", "echo 0")
    machine.program("apt-get", "exit 0")
    result = machine.set_up(**without(machine, 0))
    assert result.returncode != 0
    assert "Still missing after installing: libpango-1.0-0" in result.stderr
    assert machine.called().count("apt-get install") == 1


@pytest.fixture
def installer(machine: Machine) -> Machine:
    """A machine with a virtual environment whose pip only writes down what it was asked."""
    with_python(machine)
    (machine.checkout / ".venv" / "bin").mkdir(parents=True)
    (machine.bin / "pip-recorder").write_text(
        f'#!/bin/sh\ncase "$*" in *"pip install"*) echo "pip $*" >>"{machine.calls}" ;; esac\n'
    )
    (machine.bin / "pip-recorder").chmod(0o755)
    (machine.checkout / ".venv" / "bin" / "python").symlink_to(machine.bin / "pip-recorder")
    return machine


def set_up_letters(machine: Machine) -> str:
    """What is printed by a complete set-up, which must succeed."""
    result = machine.set_up("run")
    assert result.returncode == 0, result.stderr
    assert (machine.checkout / ".venv" / ".advocacy").exists()
    return result.stderr


def test_without_node_letters_and_the_preview_work_and_it_says_what_is_missing(
    installer: Machine,
) -> None:
    said = set_up_letters(installer)
    assert "was not built: node and npm are not installed." in said
    assert "The preview works too, with a plain text area" in said
    assert said.splitlines()[-1].endswith("then type: make editor")


def test_with_node_the_editor_is_built_until_its_sources_change(installer: Machine) -> None:
    installer.program("node", "exit 0")
    installer.program("npm", "exit 0")
    assert "make editor" not in set_up_letters(installer)
    calls = [line for line in installer.called().splitlines() if line.startswith("npm ")]
    assert calls == ["npm ci --no-audit --no-fund", "npm run build"]
    installer.calls.unlink()
    set_up_letters(installer)
    assert installer.called() == ""
    with (installer.checkout / "advocacy/preview/editor/editor.js").open("a") as source:
        source.write("// changed\n")
    set_up_letters(installer)
    assert "npm run build" in installer.called()


def test_an_npm_that_fails_stops_nothing(installer: Machine) -> None:
    installer.program("node", "exit 0")
    installer.program("npm", "exit 1")
    assert "was not built: npm failed; its reasons are above." in set_up_letters(installer)


def test_what_letters_need_has_the_library_of_every_page(project_root: Path) -> None:
    lock = (project_root / "requirements.lock").read_text()
    extras = tomllib.loads((project_root / "pyproject.toml").read_text())["project"]
    for wanted in extras["optional-dependencies"]["preview"]:
        assert f"\n{wanted.partition('>=')[0]}==" in lock


def installs(machine: Machine, kind: str) -> list[str]:
    """The locks that a run of the set-up installed."""
    machine.calls.unlink(missing_ok=True)
    result = machine.set_up(kind)
    assert result.returncode == 0, result.stderr
    lines = [line for line in machine.called().splitlines() if line.startswith("pip ")]
    return [line.split()[-1] for line in lines if "--require-hashes" in line]


def test_a_second_run_does_nothing_until_a_lock_changes(installer: Machine) -> None:
    assert installs(installer, "dev") == ["requirements-dev.lock"]
    assert installs(installer, "dev") == []
    assert installer.called() == ""
    with (installer.checkout / "requirements-dev.lock").open("a") as lock:
        lock.write("# changed\n")
    assert installs(installer, "dev") == ["requirements-dev.lock"]


def test_the_tests_environment_does_for_letters_but_not_the_other_way(installer: Machine) -> None:
    assert installs(installer, "run") == ["requirements.lock"]
    assert installs(installer, "dev") == ["requirements-dev.lock"]
    assert installs(installer, "run") == []


def test_a_set_up_that_was_interrupted_is_done_again(installer: Machine) -> None:
    recorder = installer.bin / "pip-recorder"
    working = recorder.read_text()
    recorder.write_text('#!/bin/sh\ncase "$*" in *"pip install"*) exit 1 ;; esac\n')
    (installer.bin / "sleep").unlink()
    installer.program("sleep", "exit 0")
    assert installer.set_up("run").returncode != 0
    recorder.write_text(working)
    assert installs(installer, "run") == ["requirements.lock"]
