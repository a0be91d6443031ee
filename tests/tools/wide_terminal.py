"""What a command prints in a terminal of a certain width."""

import os
import pty
import re
import subprocess
import sys


def lines_on_terminal(width: int, *arguments: str) -> list[str]:
    """Run `advocacy` in a terminal with so many columns; the lines without escape sequences."""
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "advocacy", *arguments]
    env = os.environ | {"COLUMNS": str(width), "TERM": "xterm", "NO_COLOR": "1"}
    data = b""
    with subprocess.Popen(command, stdout=terminal, stdin=terminal, env=env) as process:
        os.close(terminal)
        while True:
            try:
                block = os.read(main, 65536)
            except OSError:  # the command has ended
                break
            if not block:
                break
            data += block
        process.wait()
    os.close(main)
    return re.sub(r"\x1b\[[0-9;]*m", "", data.decode()).splitlines()
