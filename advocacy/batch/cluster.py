"""A crew on other machines: the workers of a Dask cluster, which share no disk with this one.

Dask itself gives the tasks of a worker that died to the others. Whoever can reach the
scheduler can run programs on the workers: keep it inside a network that you trust.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from advocacy.batch.luggage import make_away, pack
from advocacy.batch.worker import Done, Setup, Wanted
from advocacy.errors import AdvocacyError, Problem
from advocacy.installation import explain_missing

PATIENCE = 30
"""Seconds to wait for the scheduler, and for its first worker."""


class Cluster:
    """The workers of a Dask scheduler, which hand the letters' bytes back.

    Raises AdvocacyError where it cannot be reached, has no workers, or Dask is not installed.
    """

    def __init__(self, setup: Setup, address: str) -> None:
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

    def submit(self, wanted: Sequence[Wanted]) -> "Future[Done]":
        """Have some letters made by whoever is free."""
        future: Future[Done] = self._executor.submit(make_away, self._luggage, list(wanted))
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
