"""The ledgers of a folder of campaigns: one beside each, or one for all."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.mail.ledger import VARIABLE, ledger_exists, open_ledger

if TYPE_CHECKING:
    from advocacy.mail.ledger.store import Ledger

ENDING = ".ledger.sqlite"


def ledger_files(folder: Path) -> list[Path]:
    """The files of ledgers beside the campaigns of a folder."""
    return sorted(folder.glob(f"*{ENDING}"))


@contextmanager
def open_ledgers(folder: Path) -> Iterator[list["Ledger"]]:
    """Every ledger that the campaigns of a folder have, open: those beside them, or the common one.

    Raises AdvocacyError where one cannot be opened.
    """
    with ExitStack() as stack:
        found: list[Ledger] = []
        if os.environ.get(VARIABLE, "").strip():
            if ledger_exists(folder / "any.yaml"):
                found.append(stack.enter_context(open_ledger(folder / "any.yaml")))
        else:
            for path in ledger_files(folder):
                campaign = path.with_name(path.name.removesuffix(ENDING) + ".yaml")
                found.append(stack.enter_context(open_ledger(campaign)))
        yield found


def no_ledger(folder: Path) -> AdvocacyError:
    """That nothing was sent from here, as far as anybody knows."""
    return AdvocacyError(
        Problem(
            "ledger-missing",
            f"There is no ledger of a campaign in {folder}: nothing was sent from here.",
            f"Name the campaigns' folder with --campaigns DIR, or set {VARIABLE} as for `send`.",
            Place(folder),
        )
    )
