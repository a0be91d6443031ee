"""`python -m advocacy` and the `advocacy` command: the door, which says what is not installed.

Nothing but Python is imported before the guard stands, so a missing library is one plain
line and exit code 1, whichever it is.
"""

import gc
import os
import sys

from advocacy.installation import explain_missing


def main() -> int:
    """Run the command line; the exit code is the caller's to use."""
    # A command's work is mostly to read and to compare: hundreds of thousands of values that stay.
    # Looking through them for cycles again and again is a tenth of the time of a `check`.
    gc.set_threshold(200_000, 20, 50)
    # No plugin is to change what a file may say. To look for some, pydantic reads the metadata of
    # every installed package: a tenth of what a command needs before it does anything.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from advocacy.cli import main as run

        return run()
    except KeyboardInterrupt:  # nothing was begun; what has begun is ended in `cli/group.py`
        return 130
    except (ImportError, OSError) as error:
        problem = explain_missing(error)
        if problem is None:
            raise
        sys.stderr.write(f"advocacy: {problem.message} {problem.hint}\n")
        return 1
    finally:
        # The process ends here; to look through it all once more is another fifth.
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
