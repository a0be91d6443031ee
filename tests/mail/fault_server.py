"""A mail server that does at each step of SMTP, now and then, one of many wrong things.

`FAULTS` is the table: a step, and what the server may do there in place of what is right. Two lies
are left out, since no sender can tell: a 250 for a message that is thrown away, and a refusal of
one that is delivered all the same.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .smtp_fixtures import DROP, GOOD, RESET, Act, Closed, FaultyServer

STALL = Act(then="stall")
"""A wait, then the right answer."""
SLOW = Act(then="slow")
"""The right answer, byte by byte."""


def says(text: str, then: str = "go", *, keeps: bool = False) -> Act:
    """An answer in words."""
    return Act(f"{text}\r\n".encode(), then, keeps)


_TEMPORARY = {"451": says("451 4.3.0 try again"), "421": says("421 4.3.2 shutting down", "drop")}
_BROKEN = {"drop": DROP, "reset": RESET, "stall": STALL, "slow": SLOW, "noise": says("what?")}
FAULTS: Mapping[str, Mapping[str, Act]] = {
    "GREETING": {"421": _TEMPORARY["421"], "drop": DROP, "reset": RESET, "stall": STALL},
    "EHLO": {"421": _TEMPORARY["421"], "drop": DROP, "reset": RESET},
    "RSET": {**_TEMPORARY, **_BROKEN},
    "MAIL": {**_TEMPORARY, **_BROKEN},
    "RCPT": {**_TEMPORARY, **_BROKEN, "450": says("450 4.2.1 greylisted"),
             "550": says("550 5.1.1 no such user")},
    "DATA": {**_TEMPORARY, **_BROKEN, "554": says("554 5.7.1 no")},
    "BODY": {"drop": DROP, "reset": RESET},
    "END": {**_TEMPORARY, "554": says("554 5.7.1 spam"), "drop": DROP, "reset": RESET,
            "stall": STALL, "slow": SLOW,
            "kept, then drop": Act(then="drop", keeps=True),
            "kept, then reset": Act(then="reset", keeps=True),
            "kept, half a reply": Act(b"25", "drop", keeps=True),
            "kept, then 250 and drop": says(GOOD["END"], "drop", keeps=True),
            "kept, then noise": Act(b"ok\r\n", "drop", keeps=True)},
    "QUIT": {"421": _TEMPORARY["421"], "drop": DROP, "stall": STALL},
}  # fmt: skip
EVERYONES = ("GREETING", "EHLO")
"""Steps at which a fault stops every message, and the sender waits."""


@dataclass
class BenchServer(FaultyServer):
    """The server, with a table of faults and a seed; `chance` is of a fault at one step.

    `watch` is called with each step as it begins and, for the end of a message, as `ANSWERED` when
    the answer has been sent. `refused` counts the permanent refusals of each address, `faults` what
    was done, and `unanswered` the messages whose sender cannot know what became of them.
    """

    seed: int = 0
    chance: float = 0.0
    watch: Callable[[str], None] = lambda _step: None
    refused: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    _chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        super().__post_init__()

    def _wrong(self, step: str) -> Act | None:
        """What the server does wrong at this step, this time."""
        with self._lock:
            rare = 0.1 if step in EVERYONES else 1.0
            if self._chance.random() >= self.chance * rare:
                return None
            name = self._chance.choice(sorted(FAULTS[step]))
            self.faults[f"{step} {name}"] += 1
            return FAULTS[step][name]

    def _act(self, sock: Any, verb: str) -> Act:
        self.watch(verb)
        act = self._wrong(verb) if verb in FAULTS else None
        if act is None:
            return super()._act(sock, verb)
        self.verbs.append(verb)
        if act.then in ("stall", "slow"):
            time.sleep(0.05 if act.then == "stall" else 0)
            right = super()._act(sock, verb)
            return Act(right.send, act.then, right.keeps)
        if act.send[:1] == b"5" and verb in ("RCPT", "DATA", "END"):
            asked = [self.said.line[len("RCPT TO:<") :].partition(">")[0]]
            with self._lock:
                self.refused.update(asked if verb == "RCPT" else self.said.people)
        if verb == "END" and act.send[:1] not in (b"4", b"5") and not act.send.startswith(b"250"):
            with self._lock:
                self.unanswered += 1
        return act

    def _answer(self, sock: Any, verb: str, people: list[str]) -> Act:
        if verb != "EHLO":
            return super()._answer(sock, verb, people)
        self.watch(verb)
        act = self._wrong(verb)
        return super()._answer(sock, verb, people) if act is None else act

    def _finish(self, sock: Any, act: Act) -> Act:
        if act.then == "slow":
            for byte in act.send:
                sock.sendall(bytes([byte]))
            return Act(act.send, keeps=act.keeps)
        if act.then == "stall":
            act = Act(act.send, keeps=act.keeps)
        done = super()._finish(sock, act)
        if act.keeps:
            self.watch("ANSWERED")
        return done

    def _data(self, sock: Any, stream: Any) -> bytes:
        self.watch("BODY")
        act = self._wrong("BODY")
        if act is not None:
            stream.readline()
            super()._finish(sock, act)
            raise Closed
        return super()._data(sock, stream)

    @property
    def delivered(self) -> Counter[str]:
        """How many messages each address got."""
        with self._lock:
            return Counter(address for _, people, _ in self.received for address in people)
