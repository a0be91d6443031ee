"""Watches the files of a mailing's text while it is sent.

Messages are composed ahead, and a server takes hundreds in a second. So nothing more is handed over
from the moment a file is seen to have changed, until it is known that what is sent is still the
approved text. If it is not, what was composed ahead is dropped.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.errors import AdvocacyError, Problem
from advocacy.letters.approvals import approvals_path
from advocacy.mail.sending.mailing_settings import MailingSettings

LOOK_SECONDS = 0.05
"""Seconds between two looks at the files. A look takes microseconds for each."""


@dataclass
class TextWatch:
    """Looks at the files of a mailing's text; `text_now` says what is changed in the text.

    `settled` is set while no change is in doubt: senders wait for it before each message.
    """

    mailing: MailingSettings
    text_now: Callable[[], Problem | None]
    settled: threading.Event = field(default_factory=threading.Event)
    _stamp: tuple[object, ...] | None = None

    def __post_init__(self) -> None:
        self.settled.set()

    def begin(self) -> Problem | None:
        """Find what is changed before the first message leaves; from then on the files are watched.

        It takes a while to read, in which the message may be composed.
        """
        stamp = _stamp_of(_files(self.mailing))
        changed = self.text_now()
        self._stamp = stamp
        return changed

    @contextmanager
    def watching(
        self, stop: Callable[[Problem], None], fail: Callable[[BaseException], None]
    ) -> Iterator[None]:
        """Watch in a thread for as long as the block lasts.

        `stop` is called with what has changed, `fail` with what kept it from being found out.
        """
        over = threading.Event()

        def watch() -> None:
            while not over.wait(LOOK_SECONDS):
                try:
                    changed = self._look()
                except AdvocacyError as error:
                    changed = error.problems[0]
                except BaseException as error:  # noqa: BLE001 - it is raised where the run waits
                    fail(error)
                    break
                if changed is not None:
                    stop(changed)
                    break
                self.settled.set()
            self.settled.set()  # nobody waits for an answer that will not come

        thread = threading.Thread(target=watch, name="text watch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            self._stamp = None

    def _look(self) -> Problem | None:
        if self._stamp is None:  # before the first message
            return None
        stamp = _stamp_of(_files(self.mailing))
        if stamp == self._stamp:
            return None
        self.settled.clear()
        changed = self.text_now()
        self._stamp = stamp
        return changed


def _files(mailing: MailingSettings) -> Iterable[Path]:
    """The files that a mailing's text is made of, and its approvals."""
    campaign = mailing.campaign
    file, folder = campaign.file, campaign.workspace.folder
    yield campaign.path
    yield approvals_path(campaign.path)
    yield from (folder / name for name in (*file.facts, *file.sources, *file.bills))
    yield from map(Path, list(mailing.text.files.contents))


def _stamp_of(paths: Iterable[Path]) -> tuple[object, ...]:
    """What changes when one of the files does."""
    found: list[object] = []
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            found.append(None)
        else:
            found.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)
