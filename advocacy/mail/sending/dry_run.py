"""The dry run: compose and check every message, send none, and count them."""

import re
from collections import Counter
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from advocacy.batch.executor import ProgressWatcher, work_off
from advocacy.batch.interrupts import interruptible
from advocacy.errors import Problem
from advocacy.mail.sending.account import Category, LeftFor, MailingAccount
from advocacy.mail.sending.candidates import Candidates, LeftOut, WhyLeftOut
from advocacy.mail.sending.list_problems import rejected_rows, sort_problems
from advocacy.mail.sending.outbox import ReadyMessage
from advocacy.mail.sending.rendering import MessageRenderer

EXAMPLES = 3
"""The number of people left out for one reason that are named."""


@dataclass(frozen=True, slots=True)
class SampleMessage:
    """A message as an inbox would show it, and how large it is."""

    to: str
    subject: str
    beginning: str
    size: int
    attachments: tuple[str, ...]


@dataclass(slots=True)
class DryRun:
    """What a run would do: how many messages to which domains, how large, and who is left out.

    `account` is how the list adds up; without `count` messages, those who are left cannot be sent
    theirs now. `named` has some of those who are left out for each reason, `reasons` counts them
    by the words for it, such as when somebody was suppressed. `unread` counts rejected rows by
    the code of the reason, and `rejects` is the file of rows to correct. `shown` are three
    messages that show the variety.
    """

    account: MailingAccount
    count: int = 0
    size: int = 0
    domains: Counter[str] = field(default_factory=Counter)
    shown: list[ReadyMessage] = field(default_factory=list)
    reasons: Counter[tuple[WhyLeftOut, str]] = field(default_factory=Counter)
    named: dict[WhyLeftOut, list[str]] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)
    rejects: Path | None = None
    problems: dict[Problem, None] = field(default_factory=dict)
    crashes: list[str] = field(default_factory=list)


def compose_all(
    candidates: Candidates, renderer: MessageRenderer, *, watcher: ProgressWatcher
) -> DryRun:
    """Compose and check every message that is left, and send none.

    Raises KeyboardInterrupt after Ctrl-C.
    """
    result = DryRun(candidates.account())
    samples = _Samples()

    def note(out: LeftOut) -> None:
        # Where the reason names somebody, the warning about these people does, too.
        reason = out.reason if out.why is Category.SUPPRESSED else ""
        result.reasons[out.why, reason] += 1
        some = result.named.setdefault(out.why, [])
        if len(some) < EXAMPLES:
            some.append(out.letter.recipient.email or out.letter.recipient.called)

    candidates.on_left_out = note
    with interruptible(watcher.interrupted) as interrupt:
        watcher.begin(candidates.mailing.name, lambda: None)
        executor, wanted = renderer.executor(candidates.left())
        try:
            for outcome in work_off(wanted, executor, lambda: bool(interrupt), renderer.first):
                result.problems |= dict.fromkeys(outcome.problems)
                if outcome.crash is not None:
                    result.crashes.append(outcome.crash)
                ready = renderer.finish(outcome)
                if ready is None:
                    candidates.tally.leave(LeftFor.NOT_COMPOSED)
                else:
                    result.count += 1
                    result.size += len(ready.envelope.message)
                    result.domains[ready.domain] += 1
                    samples.add(ready)
                watcher.step()
        finally:
            executor.close(at_once=bool(interrupt))
            watcher.end()
    if interrupt:
        raise KeyboardInterrupt
    result.problems |= candidates.problems
    told = sort_problems(candidates.mailing, result.problems)
    result.problems, result.rejects = dict.fromkeys(told.problems), told.rejects
    result.account = candidates.account()
    result.unread = rejected_rows(candidates.mailing, candidates.problems)
    result.shown = samples.kept()
    return result


class _Samples:
    """Three messages that show the variety: the first, the longest address line, the largest."""

    def __init__(self) -> None:
        self._kept: list[ReadyMessage | None] = [None, None, None]
        self._longest = self._largest = 0

    def add(self, ready: ReadyMessage) -> None:
        if self._kept[0] is None:
            self._kept[0] = ready
            return
        size, length = len(ready.envelope.message), len(ready.entry.address)
        if self._kept[1] is None or length > self._longest:
            self._kept[1], self._longest = ready, length
        elif self._kept[2] is None or size > self._largest:
            self._kept[2], self._largest = ready, size

    def kept(self) -> list[ReadyMessage]:
        return [ready for ready in self._kept if ready is not None]


def read_sample(ready: ReadyMessage) -> SampleMessage:
    """Read a message as an inbox would show it."""
    data = ready.envelope.message
    message = BytesParser(EmailMessage, policy=policy.SMTP).parsebytes(data)
    text = message.get_body(("plain",))
    subject = str(message["Subject"])
    return SampleMessage(
        str(message["To"]),
        subject,
        _beginning(text.get_content() if text else "", subject),
        len(data),
        tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )


def _beginning(text: str, subject: str) -> str:
    """The salutation and the first paragraph, on one line: what stands after the subject."""
    paragraphs = [" ".join(one.split()) for one in re.split(r"\n\s*\n", text.replace("\r", ""))]
    wanted = " ".join(subject.split())
    after = next((n for n, one in enumerate(paragraphs) if wanted in one), -1) + 1
    return " ".join(paragraphs[after : after + 2])
