"""A seeded minute of the strangers' fuzzer.

`make soak` runs it for longer. A seed that fails here is run again, alone, by
`python -m tests.cli.strangers_fuzz --seed N --seconds 1 --out FILE`, which keeps its files.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FIRST = os.environ.get("ADVOCACY_SEED", "1")
SECONDS = "60"


@pytest.mark.slow
def test_no_file_of_a_stranger_ends_a_command_otherwise_than_with_a_problem(
    tmp_path: Path, project_root: Path
) -> None:
    # A process of its own: the commands have a limit of memory, and what this one has already read
    # for other tests would count.
    command = [sys.executable, "-m", "tests.cli.strangers_fuzz", "--seconds", SECONDS]
    command += ["--seed", FIRST, "--out", str(tmp_path / "cases.jsonl")]
    result = subprocess.run(command, cwd=project_root, capture_output=True, text=True)
    print(result.stdout)
    kept = [path.read_text("utf-8", "replace") for path in tmp_path.glob("cases/*/*bug*.txt")]
    assert result.returncode == 0, "\n".join([result.stdout, result.stderr, *kept])
