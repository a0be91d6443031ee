"""Make a batch's letters by the workers of a Dask cluster, which share no disk with this machine.

The batch and the files that its letters are made of travel as bytes with every task, so that a
worker may come and go; each worker unpacks them once. Paths of the worker's machine are replaced
by this machine's in the problems that it finds.

Dask itself gives the tasks of a crashed worker to others. Whoever can reach the scheduler can
run programs on the workers: keep it inside a network that you trust.
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
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from advocacy.batch.documents import BatchSettings, campaign_files, libraries, used_versions
from advocacy.batch.worker import Executor, TaskResult, WantedLetter, make_task
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.workspace import Workspace
from advocacy.installation import explain_missing

_TEMPLATES = ("layouts", "letters", "partials", "words")
_one_at_a_time = threading.Lock()


_Packed = tuple[BatchSettings, list[dict[str, bytes]], tuple[str, ...]]
"""A batch, its files (of the campaign's folder, then of each templates folder), and versions."""


def pack_batch(settings: BatchSettings) -> bytes:
    """Pack a batch for `make_remotely` on a machine with the same libraries."""
    workspace = settings.campaign.workspace
    files = [dict(_campaign_files(settings))]
    files += [dict(_template_files(root)) for root in workspace.templates]
    packed: _Packed = settings, files, _library_versions()
    return zlib.compress(pickle.dumps(packed), 6)


def make_remotely(packed: bytes, wanted: Sequence[WantedLetter]) -> TaskResult:
    """Make letters on this machine for another one.

    Raises AdvocacyError where this machine's libraries are not those of the other.
    """
    with _one_at_a_time:  # Dask gives a process several threads
        settings, folders = _unpack(packed)
        outcomes, seconds = make_task(settings, wanted)

    def local(text: str) -> str:
        """A path, or a text with paths, as on the machine that asked."""
        for here, there in folders.items():
            text = text.replace(here, there)
        return text

    for outcome in outcomes:
        outcome.problems = [
            replace(
                one,
                place=one.place and replace(one.place, path=Path(local(str(one.place.path)))),
                message=local(one.message),
                hint=local(one.hint),
            )
            for one in outcome.problems
        ]
    return outcomes, seconds


@lru_cache(maxsize=2)
def _unpack(data: bytes) -> tuple[BatchSettings, dict[str, str]]:
    """Unpack a batch; returns it, and its folders here mapped to those they came from."""
    packed: _Packed = pickle.loads(zlib.decompress(data))  # noqa: S301 - from our own client
    settings, contents, versions = packed
    if versions != _library_versions():
        raise AdvocacyError(_other_libraries(versions))
    root = Path(tempfile.mkdtemp(prefix="advocacy-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    campaign = settings.campaign
    original = campaign.workspace
    folders = [root / "campaign"]
    folders += [root / f"templates-{number}" for number in range(len(original.templates))]
    for folder, files in zip(folders, contents, strict=True):
        folder.mkdir(parents=True)
        for name, content in files.items():
            path = folder / name
            if path.resolve().is_relative_to(root.resolve()):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
    workspace = Workspace(folders[0], tuple(folders[1:]))
    settings = replace(settings, campaign=replace(campaign, workspace=workspace))
    origins = (original.folder, *original.templates)
    return settings, dict(zip(map(str, folders), map(str, origins), strict=True))


def _campaign_files(settings: BatchSettings) -> Iterator[tuple[str, bytes]]:
    """The campaign's files by their names as seen from its folder; those far away are left out."""
    for path in campaign_files(settings.campaign):
        with suppress(ValueError):
            name = path.relative_to(settings.campaign.workspace.folder).as_posix()
            yield name, path.read_bytes()


def _template_files(root: Path) -> Iterator[tuple[str, bytes]]:
    for folder in _TEMPLATES:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.resolve().is_relative_to(root.resolve()):
                yield path.relative_to(root).as_posix(), path.read_bytes()


def _library_versions() -> tuple[str, ...]:
    return (*libraries(), *(f"{name} {number}" for name, number in used_versions(True).items()))


def _other_libraries(wanted: Iterable[str]) -> Problem:
    here = dict(text.partition(" ")[::2] for text in _library_versions())
    there = dict(text.partition(" ")[::2] for text in wanted)
    # The digest of the tool's own code is a name without a version.
    others = [
        f"{name} {here.get(name, '?')} instead of {number}"
        for name, number in there.items()
        if number and here.get(name) != number
    ]
    return Problem(
        "other-versions",
        "A worker of the cluster has different libraries from this machine: "
        f"{', '.join(others) or 'a different build of advocacy'}. Its letters would not be "
        f"identical.",
        "Install the same locked versions on every machine.",
    )


PATIENCE = 30
"""Seconds to wait for the scheduler, and for its first worker."""


class Cluster(Executor):
    """The workers of a Dask scheduler, which return the letters' bytes.

    Raises AdvocacyError where the scheduler cannot be reached, has no workers, or Dask is not
    installed.
    """

    def __init__(self, settings: BatchSettings, address: str) -> None:
        try:
            from distributed import Client
            from distributed.scheduler import KilledWorker
        except ModuleNotFoundError as error:
            raise AdvocacyError(explain_missing(error) or _unreachable(address)) from error
        super().__init__(settings)
        self.crash_errors = (KilledWorker,)
        self._packed = pack_batch(settings)
        self._client: Any = _connected(Client, address)
        self._executor: Any = self._client.get_executor(pure=False)

    @property
    def workers(self) -> int:
        """How many processes work at this moment."""
        return max(len(self._client.ncores()), 1)

    def submit(self, wanted: Sequence[WantedLetter]) -> "Future[TaskResult]":
        """Start a task in a free worker."""
        future: Future[TaskResult] = self._executor.submit(
            make_remotely, self._packed, list(wanted)
        )
        return future

    def close(self, *, at_once: bool = False) -> None:
        """Disconnect from the scheduler."""
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
                f"Install advocacy[cluster] on the worker machines, and start workers: `dask "
                f"worker {address}`.",
            )
        ) from error
    return client


def _unreachable(address: str) -> Problem:
    return Problem(
        "no-cluster",
        f"No Dask scheduler answers at {address}.",
        "Start one with `dask scheduler`, and use the address that it prints.",
    )
