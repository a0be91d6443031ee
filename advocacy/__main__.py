"""`python -m advocacy` and the `advocacy` command: the door, which says what is not installed.

Nothing but Python is imported before the guard stands, so a missing library is one plain
line and exit code 1, whichever it is.
"""

import sys

from advocacy.installation import explain_missing


def main() -> int:
    """Run the command line; the exit code is the caller's to use."""
    try:
        from advocacy.cli import main as run

        return run()
    except (ImportError, OSError) as error:
        problem = explain_missing(error)
        if problem is None:
            raise
        sys.stderr.write(f"advocacy: {problem.message} {problem.hint}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
