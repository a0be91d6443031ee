"""How fast messages may leave: in all, and to each domain.

Messages are spaced evenly: after one, the next waits the rate's interval, whatever was or was
not sent before. So no stretch of time ever holds more than the rate promises it, not even the
first second after a pause, and `5000/h` is one every 0.72 seconds, not five thousand at once.
"""

import math
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from advocacy.documents.headers import ascii_domain
from advocacy.errors import AdvocacyError
from advocacy.mail import problem

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_NAMES = {
    "sec": "s", "second": "s", "m": "min", "minute": "min", "hour": "h", "hr": "h", "day": "d"
}  # fmt: skip
_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*(?:/|per\s)\s*([a-z]+)", re.IGNORECASE)
_DOMAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many messages in a unit of time: `14/s`, `600/min`, `5000/h`, `2000/d`."""

    count: float
    unit: str

    @property
    def interval(self) -> float:
        """Seconds from one message to the next."""
        return _UNITS[self.unit] / self.count

    def __str__(self) -> str:
        return f"{self.count:g}/{self.unit}"


@dataclass(frozen=True, slots=True)
class DomainRates:
    """Limits by the recipient's domain: one for every domain, and others for some."""

    every: Rate | None = None
    some: Mapping[str, Rate] = field(default_factory=dict)

    def of(self, domain: str) -> Rate | None:
        """The limit for a domain, in ASCII and small letters."""
        return self.some.get(domain, self.every)


def rate_from(text: str, option: str = "--rate") -> Rate:
    """A rate as it is typed. Raises AdvocacyError for what is none, and for nothing at all."""
    found = _RATE.fullmatch(text.strip())
    if found:
        unit = found[2].lower()
        unit = unit.removesuffix("s") if len(unit) > 1 else unit
        unit = _NAMES.get(unit, unit)
        if unit in _UNITS and float(found[1]) > 0:
            return Rate(float(found[1]), unit)
    raise AdvocacyError(problem("bad-pace", option=option, text=text))


def domain_rates_from(texts: Iterable[str], option: str = "--per-domain") -> DomainRates:
    """Limits as they are typed, each `2/s` for every domain or `gmail.com=20/min` for one.

    Raises AdvocacyError for what is neither, and for two limits of one domain.
    """
    every: Rate | None = None
    some: dict[str, Rate] = {}
    for text in texts:
        name, given, rate = text.rpartition("=")
        domain = _ascii(name.strip().removeprefix("@")) if given else ""
        if given and not _DOMAIN.fullmatch(domain):
            raise AdvocacyError(
                problem("bad-pace", entry="bad-pace-domain", option=option, name=name)
            )
        if domain in some or (not given and every is not None):
            who = domain or "every domain"
            raise AdvocacyError(problem("bad-pace", entry="two-limits", option=option, domain=who))
        if given:
            some[domain] = rate_from(rate, option)
        else:
            every = rate_from(rate, option)
    return DomainRates(every, some)


class Pace:
    """Says when the next message may leave. Safe to use from several threads.

    `clock` counts nanoseconds and never goes back.
    """

    def __init__(
        self,
        rate: Rate | None = None,
        per_domain: DomainRates | None = None,
        *,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._interval = _nanoseconds(rate)
        self._per_domain = per_domain or DomainRates()
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock()
        self._next_of: dict[str, int] = {}

    def take(self, domain: str) -> float:
        """Leave to send one message to that domain now: 0, or the seconds to wait before one
        may ask again. What is not given costs nothing, so another domain can be asked for.
        """
        domain = domain.lower()
        with self._lock:
            now = self._clock()
            wait = max(self._next, self._next_of.get(domain, now)) - now
            if wait > 0:
                return wait / 1e9
            self._next = now + self._interval
            rate = self._per_domain.of(domain)
            if rate is not None:
                self._next_of[domain] = now + _nanoseconds(rate)
            return 0.0

    def shortest(self, domains: Mapping[str, int]) -> float:
        """Seconds that a mailing takes at the least, from how many messages go to each domain."""
        total = sum(domains.values())
        at_least = [max(0, total - 1) * self._interval / 1e9]
        for domain, messages in domains.items():
            rate = self._per_domain.of(domain.lower())
            if rate is not None:
                at_least.append(max(0, messages - 1) * rate.interval)
        return max(at_least)


def _nanoseconds(rate: Rate | None) -> int:
    return 0 if rate is None else math.ceil(rate.interval * 1e9)


def _ascii(domain: str) -> str:
    try:
        return ascii_domain(domain).lower().removesuffix(".")
    except UnicodeError:
        return ""
