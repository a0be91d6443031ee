"""What a worker on another machine needs: the batch, and the files that letters are made of.

It travels as bytes with every task, so that a worker may come and go, and is unpacked once.
Paths of this machine are put back into the problems that a worker finds.


A crew on other machines: the workers of a Dask cluster, which share no disk with this one.

Dask itself gives the tasks of a worker that died to the others. Whoever can reach the
scheduler can run programs on the workers: keep it inside a network that you trust.
"""

import atexit
import pickle
import shutil
import tempfile
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from advocacy.batch.documents import campaign_files, libraries, used_versions
from advocacy.batch.worker import TaskResult, WantedLetter, WorkerSetup, make_letters
from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.workspace import Workspace
from advocacy.installation import explain_missing

# Below the unpacked campaign's root, so that a file beside its folder keeps its `..`.
_DEEP = Path("in/in/in/in")
_TEMPLATES = ("layouts", "letters", "partials", "words")
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Luggage:
    setup: WorkerSetup
    files: tuple[dict[str, bytes], ...]  # the campaign's folder, then the templates' in order
    libraries: tuple[str, ...]


def pack(setup: WorkerSetup) -> bytes:
    """A batch as bytes that `make_away` understands on a machine with the same libraries."""
    workspace = setup.campaign.workspace
    own = {_name_in(workspace.folder, path): path for path in campaign_files(setup.campaign)}
    files = [{name: path.read_bytes() for name, path in own.items() if name}]
    files += [dict(_templates(root)) for root in workspace.templates]
    data = pickle.dumps(_Luggage(setup, tuple(files), _libraries()))
    return zlib.compress(data, 6)


def make_away(luggage: bytes, wanted: Sequence[WantedLetter]) -> TaskResult:
    """Make letters on a machine that shares no disk with the one that asks.

    Raises AdvocacyError where this machine's libraries are not those of the other.
    """
    with _one_at_a_time:  # Dask gives a process several threads
        unpacked = _unpacked(luggage)
        done = make_letters(unpacked.setup, wanted)
    outcomes = [
        replace(outcome, problems=tuple(map(unpacked.at_home, outcome.problems)))
        if outcome.problems
        else outcome
        for outcome in done.outcomes
    ]
    return replace(done, outcomes=outcomes)


@dataclass(frozen=True, slots=True)
class _Unpacked:
    setup: WorkerSetup
    homes: tuple[tuple[str, str], ...]

    def at_home(self, problem: Problem) -> Problem:
        """The problem with the paths of the machine that asked."""
        place = problem.place
        if place is not None:
            place = Place(Path(self._home(str(place.path))), place.line, place.column)
        message, hint = self._home(problem.message), self._home(problem.hint)
        return replace(problem, place=place, message=message, hint=hint)

    def _home(self, text: str) -> str:
        for here, there in self.homes:
            text = text.replace(here, there)
        return text


@lru_cache(maxsize=2)
def _unpacked(data: bytes) -> _Unpacked:
    luggage: _Luggage = pickle.loads(zlib.decompress(data))  # noqa: S301 - from our own client
    if luggage.libraries != _libraries():
        raise AdvocacyError(_other_libraries(luggage.libraries))
    root = Path(tempfile.mkdtemp(prefix="advocacy-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    theirs = luggage.setup.campaign.workspace
    folders = [root / "campaign" / _DEEP]
    folders += [root / f"templates-{number}" for number in range(len(theirs.templates))]
    for folder, files in zip(folders, luggage.files, strict=True):
        folder.mkdir(parents=True)
        for name, content in files.items():
            path = folder / name
            if path.resolve().is_relative_to(root.resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    workspace = Workspace(folders[0], tuple(folders[1:]), (root / "campaign",))
    homes = zip(folders, (theirs.folder, *theirs.templates), strict=True)
    return _Unpacked(
        _moved(luggage.setup, workspace), tuple((str(here), str(home)) for here, home in homes)
    )


def _moved(setup: WorkerSetup, workspace: Workspace) -> WorkerSetup:
    campaign = replace(setup.campaign, workspace=workspace)
    job = replace(setup.job, workspace=workspace)
    if isinstance(job.beside, partial):
        job = replace(job, beside=partial(job.beside.func, campaign))
    return replace(setup, campaign=campaign, job=job)


def _templates(root: Path) -> Iterator[tuple[str, bytes]]:
    for folder in _TEMPLATES:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.resolve().is_relative_to(root.resolve()):
                yield path.relative_to(root).as_posix(), path.read_bytes()


def _name_in(folder: Path, path: Path) -> str | None:
    """A file's name as seen from a folder, `..` and all; None where it is too far away."""
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return None


def _libraries() -> tuple[str, ...]:
    return (*libraries(), *(f"{name} {number}" for name, number in used_versions(True).items()))


def _other_libraries(wanted: Iterable[str]) -> Problem:
    here = dict(text.partition(" ")[::2] for text in _libraries())
    there = dict(text.partition(" ")[::2] for text in wanted)
    others = [
        f"{n} {here.get(n, '?')} instead of {v}" for n, v in there.items() if here.get(n) != v
    ]
    # The digest of the tool's own code has no name to show.
    told = [other for other in others if " " in other and len(other.split()[0]) < 40]
    return Problem(
        "other-versions",
        "A worker of the cluster has other libraries than this machine: "
        f"{', '.join(told) or 'another build of advocacy'}. Its letters would not be the same.",
        "Install the same locked versions on every machine.",
    )


PATIENCE = 30
"""Seconds to wait for the scheduler, and for its first worker."""


class Cluster:
    """The workers of a Dask scheduler, which hand the letters' bytes back.

    Raises AdvocacyError where it cannot be reached, has no workers, or Dask is not installed.
    """

    def __init__(self, setup: WorkerSetup, address: str) -> None:
        try:
            from distributed import Client
            from distributed.scheduler import KilledWorker
        except ModuleNotFoundError as error:
            raise AdvocacyError(explain_missing(error) or _unreachable(address)) from error
        self.deaths: tuple[type[BaseException], ...] = (KilledWorker,)
        self._luggage = pack(setup)
        self._client: Any = _connected(Client, address)
        self._executor: Any = self._client.get_executor(pure=False)

    @property
    def workers(self) -> int:
        """How many processes work at once, at this moment."""
        return max(len(self._client.ncores()), 1)

    def submit(self, wanted: Sequence[WantedLetter]) -> "Future[TaskResult]":
        """Have some letters made by whoever is free."""
        future: Future[TaskResult] = self._executor.submit(make_away, self._luggage, list(wanted))
        return future

    def renew(self) -> None:
        """Dask has done it."""

    def close(self, *, at_once: bool = False) -> None:
        """Let the workers go."""
        with suppress(Exception):  # the scheduler may be gone
            self._executor.shutdown(wait=not at_once)
        with suppress(Exception):
            self._client.close()


def _connected(kind: Any, address: str) -> Any:
    try:
        client = kind(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise AdvocacyError(_unreachable(address)) from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        client.close()
        raise AdvocacyError(
            Problem(
                "no-workers",
                f"The cluster at {address} has no workers.",
                f"Start some: `dask worker {address}`, with advocacy[cluster] installed.",
            )
        ) from error
    return client


def _unreachable(address: str) -> Problem:
    return Problem(
        "no-cluster",
        f"No Dask scheduler answers at {address}.",
        "Start one with `dask scheduler`, and name the address that it prints.",
    )
