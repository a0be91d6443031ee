"""The ledgers of a folder of campaigns: one beside each, or one for all.

Where the ledger is, and opening it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advocacy.errors import AdvocacyError
from advocacy.mail.ledger.faults import fault
from advocacy.mail.ledger.processes import RunOwner

if TYPE_CHECKING:
    from advocacy.mail.ledger.store import Ledger
    from advocacy.mail.ledger.transactions import Backend


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
    return AdvocacyError(fault("ledger-missing", folder, "no-ledger-in-folder"))


VARIABLE = "ADVOCACY_LEDGER"
_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql://", "postgres://", "postgresql+psycopg://")


def ledger_url(campaign: Path, environ: Mapping[str, str] | None = None) -> str:
    """The ledger's address: `ADVOCACY_LEDGER`, else a file beside the campaign's.

    Raises AdvocacyError where the variable holds none that can be used. It may hold a password:
    never print it; `Ledger.shown` is safe.
    """
    url = (os.environ if environ is None else environ).get(VARIABLE, "").strip()
    if not url:
        return f"{_SQLITE}{campaign.with_suffix('.ledger.sqlite').absolute()}"
    if url.startswith(_POSTGRESQL) or (url.startswith(_SQLITE) and len(url) > len(_SQLITE)):
        return url
    kind = f"it begins with `{url.partition(':')[0]}:`" if ":" in url else "it has no scheme"
    raise AdvocacyError(fault("ledger-url", "", told=kind))


def ledger_place(campaign: Path, environ: Mapping[str, str] | None = None) -> str:
    """Where a campaign's ledger is or will be, safe to print: its path, or the server's address."""
    values = os.environ if environ is None else environ
    if not values.get(VARIABLE, "").strip():
        return str(campaign.with_suffix(ENDING))
    url = ledger_url(campaign, environ)
    if url.startswith(_SQLITE):
        return str(_file(url))
    from advocacy.mail.ledger.postgres import shown_address

    return shown_address(url)


def ledger_exists(campaign: Path, environ: Mapping[str, str] | None = None) -> bool:
    """Whether there is a ledger for a campaign. Raises AdvocacyError where that cannot be known."""
    url = ledger_url(campaign, environ)
    if url.startswith(_SQLITE):
        path = _file(url)
        return path.exists() or path.with_name(f"{path.name}-wal").exists()
    from advocacy.mail.ledger.postgres import has_ledger

    return has_ledger(url)


def open_ledger(
    campaign: Path,
    *,
    create: bool = False,
    incomplete: bool = False,
    looking: bool = False,
    environ: Mapping[str, str] | None = None,
    clock: Callable[[], float] | None = None,
    owner: RunOwner | None = None,
    alive: Callable[[RunOwner], bool | None] | None = None,
) -> "Ledger":
    """Open the ledger of a campaign; with `create` one is made where there is none.

    With `incomplete` a copy without its last part is opened, too: the letters in that part count as
    left. For someone who is only `looking`, what dead senders had under way is found out first, and
    a file that cannot be written is read all the same. Raises AdvocacyError where it is missing,
    damaged, of a newer version, locked, not to be written, incomplete, or out of reach. For tests
    a `clock`, an `owner` and a judge of who is `alive` may be given.
    """
    url = ledger_url(campaign, environ)
    more: dict[str, Any] = {"alive": alive} if alive else {}
    from advocacy.mail.ledger.store import Ledger

    def opened(backend: "Backend") -> "Ledger":
        return Ledger(backend, clock=clock, owner=owner, **more)

    if not looking:
        return opened(_backend(url, create=create, incomplete=incomplete))
    return _look_at_server(url, opened) if not url.startswith(_SQLITE) else _look_at(url, opened)


def _look_at(url: str, opened: "Callable[[Backend], Ledger]") -> "Ledger":
    """Open a file of which nothing is to be changed, but for what dead senders left.

    Where it is in doubt whether the mailing goes on with it, or it cannot be written, that is found
    out in a passing copy.
    """
    from advocacy.mail.ledger.snapshot import UNWRITABLE, SnapshotBackend

    ledger: Ledger | None = None
    try:
        ledger = opened(_backend(url, create=False, incomplete=False))
        if ledger.doubt() is None:
            ledger.settle_to_look()
            return ledger
    except AdvocacyError as error:
        if error.problems[0].code not in UNWRITABLE:
            _close(ledger)
            raise
    except BaseException:
        _close(ledger)
        raise
    _close(ledger)
    ledger = opened(SnapshotBackend(_file(url)))
    try:
        ledger.settle_to_look()
    except BaseException:
        _close(ledger)
        raise
    return ledger


def _look_at_server(url: str, opened: "Callable[[Backend], Ledger]") -> "Ledger":
    """The same on a server. Where nothing may be written, what is not found out is told."""
    ledger = opened(_backend(url, create=False, incomplete=False))
    try:
        ledger.settle_to_look()
    except AdvocacyError as error:
        if error.problems[0].code == "ledger-unreachable":
            _close(ledger)
            raise
        ledger.unsettled = error.problems[0]
    except BaseException:
        _close(ledger)
        raise
    return ledger


def _close(ledger: "Ledger | None") -> None:
    if ledger is not None:
        ledger.close()


def _file(url: str) -> Path:
    return Path(url.removeprefix(_SQLITE)).absolute()


def _backend(url: str, *, create: bool, incomplete: bool) -> "Backend":
    if url.startswith(_SQLITE):
        from advocacy.mail.ledger.sqlite import SqliteBackend

        return SqliteBackend(_file(url), create=create, incomplete=incomplete)
    from advocacy.mail.ledger.postgres import PostgresBackend

    return PostgresBackend(url, create=create)
