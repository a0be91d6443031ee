"""How quickly the command answers, where nothing has to be read: beside `import click`."""

import os
import subprocess
import sys

import pytest

COMPLETION = {
    "_ADVOCACY_COMPLETE": "bash_complete",
    "COMP_WORDS": "advocacy ren",
    "COMP_CWORD": "1",
}


def run(*arguments: str, **environment: str):
    return lambda: subprocess.run(
        [sys.executable, *arguments],
        check=False, capture_output=True, env=os.environ | environment,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (("--help",), {}),
        (("render", "--no-such-option"), {}),
        (("rendr",), {}),
        ((), COMPLETION),
    ],
    ids=["help", "unknown option", "unknown command", "completion"],
)
def test_an_answer_is_within_twice_of_importing_click(words, environment, side_by_side) -> None:
    result = side_by_side(
        f"advocacy {' '.join(words) or '<Tab>'}",
        "import click",
        run("-m", "advocacy", *words, **environment),
        run("-c", "import click"),
    )
    assert result.ratio <= 2
