"""What a command prints in a terminal of a certain width."""

import os
import pty
import re
from pathlib import Path

from ..forking import ForkingServer


def read_terminal(main: int) -> str:
    """What is printed on a terminal until its last program ends; `main` is the other side."""
    data = b""
    while True:
        try:
            block = os.read(main, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            block = b""
        if not block:
            os.close(main)
            return data.decode()
        data += block


def lines_on_terminal(server: ForkingServer, width: int, *arguments: str) -> list[str]:
    """Run `advocacy` in a terminal with so many columns; the lines without escape sequences."""
    main, terminal = pty.openpty()
    env = os.environ | {"COLUMNS": str(width), "TERM": "xterm", "NO_COLOR": "1"}
    run = server.begin(arguments, Path.cwd(), env, [terminal] * 3)
    os.close(terminal)
    printed = read_terminal(main)
    run.wait()
    return re.sub(r"\x1b\[[0-9;]*m", "", printed).splitlines()
