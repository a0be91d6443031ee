"""How quickly the command answers."""

import subprocess
import sys


def run(*arguments: str):
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def test_help_is_within_three_times_of_importing_click(side_by_side) -> None:
    result = side_by_side(
        "advocacy --help",
        "import click",
        run("-m", "advocacy", "--help"),
        run("-c", "import click"),
    )
    assert result.ratio <= 3
