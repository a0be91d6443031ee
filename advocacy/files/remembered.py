"""Results kept for the very objects that they were made of."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class IdentityCache(Generic[T]):
    """Results of work on objects that many letters share, such as facts or the sender.

    The same objects give the same result; equal ones are worked on again, for to hash or to
    compare them takes longer than most of the work. The objects must not change. They are kept
    beside the result, so that their identities stay theirs; of many, the last are kept.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._known: dict[tuple[Hashable, ...], tuple[tuple[object, ...], T]] = {}

    def get(
        self, objects: tuple[object, ...], values: tuple[Hashable, ...], make: Callable[[], T]
    ) -> T:
        """What `make` gave for these objects and values, or gives now.

        `values` are compared by what they say; they are texts, days and other small things.
        """
        key = (*map(id, objects), *values)
        known = self._known.get(key)
        if known is None:
            known = (objects, make())
            if len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
            self._known[key] = known
        return known[1]
