"""What `tests/conftest.py` promises to the other tests."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

Run = subprocess.CompletedProcess[str]


@pytest.fixture
def house(tmp_path: Path, project_root: Path) -> Path:
    """A folder with the same rules and no tests yet."""
    tests = tmp_path / "house" / "tests"
    tests.mkdir(parents=True)
    for name in ("conftest.py", "forking.py"):
        shutil.copy(project_root / "tests" / name, tests)
    (tests.parent / "pyproject.toml").write_text(
        '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n'
    )
    return tests


def run_tests(house: Path, code: str, *options: str, **env: str) -> Run:
    (house / "test_it.py").write_text(code)
    inherited = {name: v for name, v in os.environ.items() if name != "ADVOCACY_NO_SKIPS"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=house.parent,
        env=inherited | env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_no_test_reaches_the_network(host: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="network"):
        socket.create_connection((host, 80), timeout=1)


def test_no_datagram_leaves_the_machine() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock,
        pytest.raises(pytest.fail.Exception, match="network"),
    ):
        sock.sendto(b"", ("192.0.2.1", 53))


def test_servers_on_this_machine_can_be_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


SKIPS = """
import pytest

def test_tool(tool):
    tool("no-such-tool")

def test_reason():
    pytest.skip("root may write everywhere")
"""


def test_a_missing_tool_skips_a_test_and_says_what_to_install(house: Path) -> None:
    result = run_tests(house, SKIPS, "-rs")
    assert result.returncode == 0
    assert "needs no-such-tool (apt-get install no-such-tool)" in result.stdout
    assert "2 skipped" in result.stdout


def test_where_everything_must_be_there_a_missing_tool_is_a_failure(house: Path) -> None:
    result = run_tests(house, SKIPS, ADVOCACY_NO_SKIPS="1")
    assert result.returncode == 1
    assert "needs no-such-tool" in result.stdout
    assert "1 failed, 1 skipped" in result.stdout


@pytest.mark.slow
def test_where_everything_must_be_there_a_module_is_not_left_out(house: Path) -> None:
    code = "import pytest\npytest.importorskip('no_such_module')\n"
    assert run_tests(house, code).returncode == 5  # nothing was run
    result = run_tests(house, code, ADVOCACY_NO_SKIPS="1")
    assert result.returncode == 2
    assert "could not import 'no_such_module'" in result.stdout


GOLDEN = """
def test_text(golden):
    golden("a/letter.txt", "Dear {}\\n")

def test_bytes(golden):
    golden("b.bin", b"\\xff{}")
"""


@pytest.mark.slow
def test_goldens_are_renewed_on_request_and_compared_otherwise(house: Path) -> None:
    absent = run_tests(house, GOLDEN.format(1, 1))
    assert "there is no golden a/letter.txt; make goldens writes it" in absent.stdout
    assert run_tests(house, GOLDEN.format(1, 1), "--renew-goldens").returncode == 0
    assert (house / "goldens" / "a" / "letter.txt").read_bytes() == b"Dear 1\n"
    assert run_tests(house, GOLDEN.format(1, 1)).returncode == 0
    changed = run_tests(house, GOLDEN.format(2, 2))
    assert changed.returncode == 1
    assert "-Dear 1\n" in changed.stdout
    assert "+Dear 2\n" in changed.stdout
    assert "2 bytes became 2; the first that differs is at 1" in changed.stdout
    assert "make goldens" in changed.stdout


def test_each_run_has_a_cache_of_its_own(cache_folder: Path) -> None:
    assert os.environ["ADVOCACY_CACHE"] == str(cache_folder)
    assert Path.home() / ".cache" not in cache_folder.parents
