"""The campaign as it is now, the last good letters, and the watch over the campaign's folders."""

import asyncio
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from watchfiles import Change, awatch

from advocacy.authoring.templates.catalogue import KINDS
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.errors import Problem
from advocacy.letters.parts import image_files
from advocacy.preview.letters import Screen
from advocacy.preview.pages import PreviewPage
from advocacy.preview.paper import PageProcess
from advocacy.preview.people import PeopleList

STEP = 15  # milliseconds of quiet after which a change is told
DEBOUNCE = 150
SETTLING = (0.2, 1.0, 3.0)  # seconds after which a new watch has begun, on a slow machine too
_TEMPORARY = (".tmp", ".swp", ".swx", "~", ".part")


async def watch(state: "PreviewState", changed: Callable[[], None]) -> None:
    """Call `changed` after each change in a folder of the campaign, until it is cancelled.

    Folders are watched without their subfolders: a campaign may lie in somebody's home. Folders
    that the campaign names later, or that are made later, are watched from then on.
    """
    loop = asyncio.get_running_loop()
    again = asyncio.Event()
    state.on_folders_change = lambda: loop.call_soon_threadsafe(again.set)
    while True:
        again.clear()
        folders = state.folders()
        async for _ in awatch(
            *folders,
            watch_filter=_is_of_interest,
            step=STEP,
            debounce=DEBOUNCE,
            recursive=False,
            stop_event=again,
        ):
            changed()
            if state.folders() != folders:
                break
        # A file may have been saved between the old watch and the new one.
        for wait in SETTLING:
            loop.call_later(wait, changed)


def _is_of_interest(_change: Change, path: str) -> bool:
    name = Path(path).name
    return not (name.startswith(".") or name.endswith(_TEMPORARY) or name == "4913")


MOST_PICTURE_BYTES = 12_000_000
"""Pictures of pages that are kept: of about a hundred pages. Each edit makes new ones."""
MOST_KEPT = 64
FileStates = tuple[tuple[str, int, int, int], ...]
"""Of each file its path, time of change (nanoseconds), size (bytes) and inode."""


@dataclass(frozen=True, slots=True)
class LastGoodPage:
    """A letter as it was when it was last good; without pages where it never had any."""

    screen: Screen
    pages: tuple[PreviewPage, ...] = ()


class PreviewState:
    """One campaign on the page, with what was made of it.

    `engine` is the one thread in which work on the campaign is done; `page_process` lays out
    paper. `folder` (mode 0700) holds the drafts and goes with the server. `pictures` are PNG files
    by digest, `last_good` is by a letter's key. `on_folders_change` is called when
    the campaign names other folders than before, and `on_people_read`, in another thread, now and
    then while a list is read.
    """

    def __init__(self, path: Path, templates: Path | None = None, *, real: bool = False) -> None:
        """With `real`, the versions of a letter are to people of the list, not to made-up ones."""
        self.path = path
        self.real = real
        self.templates = templates
        self.campaign: Campaign | None = None
        self.problems: tuple[Problem, ...] = ()
        self.people: PeopleList | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="advocacy-preview-")
        self.folder = Path(self._folder.name).resolve()
        self.page_process = PageProcess(self.folder)
        self.engine = ThreadPoolExecutor(1, thread_name_prefix="letters")
        self.pictures: OrderedDict[str, bytes] = OrderedDict()
        self.last_good: OrderedDict[tuple[str, ...], LastGoodPage] = OrderedDict()
        self.on_folders_change: Callable[[], object] = lambda: None
        self.on_people_read: Callable[[], object] = lambda: None
        self._file_states: FileStates | None = None
        self._folders: tuple[Path, ...] = ()
        self._people_key: object = None
        self._understood = False
        self._closing = threading.Event()

    def refresh(self) -> None:
        """Read the campaign again if one of its files has changed.

        Where it cannot be read, the campaign from before stays, with the new problems.
        """
        before = self._yaml_files()
        seen = stat_files(before)  # a file that is saved meanwhile is read again the next time
        if self._file_states == seen:
            self._read_people()
            return
        campaign, problems = load_campaign(self.path, self.templates)
        self.problems = tuple(problems)
        self._understood = campaign is not None  # not one from before a mistake
        if campaign is not None:
            self.campaign = campaign
            self._read_people()
        files = self._yaml_files()
        self._file_states = seen if files == before else stat_files(files)
        folders = self.folders()
        if folders != self._folders:
            self._folders = folders
            self.on_folders_change()

    def load(self, texts: Mapping[Path, str]) -> tuple[Campaign | None, tuple[Problem, ...]]:
        """The campaign, or with unsaved `texts` the one that they make, and its problems."""
        if not texts:
            return (self.campaign if self._understood else None), self.problems
        campaign, problems = load_campaign(self.path, self.templates, texts)
        return campaign, tuple(problems)

    def _yaml_files(self) -> list[Path]:
        files = [self.path]
        if self.campaign is not None:
            folder = self.campaign.workspace.folder
            names = (*self.campaign.file.facts, *self.campaign.file.sources)
            files += [folder / name for name in names]
        return files

    def list_file(self) -> Path | None:
        """The file of the campaign's list of people, if it has one."""
        if self.campaign is None or self.campaign.file.recipients is None:
            return None
        return self.campaign.workspace.folder / self.campaign.file.recipients

    def _read_people(self) -> None:
        """Read the people again if their list, or what the campaign says about it, has changed."""
        campaign = self.campaign
        if campaign is None:
            return
        file, path = campaign.file, self.list_file()
        key = (
            file.target if path is None else file.target.organization,
            file.recipients, file.columns, file.audience, file.language,
            stat_files([path] if path else []),
        )  # fmt: skip
        if key == self._people_key:
            return
        self._people_key = key
        people = self.people = PeopleList(campaign, campaign.letter_date())

        def stop() -> bool:
            return self._closing.is_set() or self.people is not people

        arguments = (stop, self.on_people_read)
        threading.Thread(target=people.read, args=arguments, name="people", daemon=True).start()

    def folders(self) -> tuple[Path, ...]:
        """Every folder in which a change may change the page."""
        folders = {self.path.parent.resolve()}
        if self.campaign is not None:
            workspace = self.campaign.workspace
            file = self.campaign.file
            named = (*file.facts, *file.sources, *file.bills)
            folders |= {(workspace.folder / name).parent for name in named}
            for root in workspace.templates:
                folders |= {root, *(root / kind for kind in KINDS)}
            files = [
                *image_files(self.campaign, *self.campaign.file.stages.values()).values(),
                self.list_file(),
            ]
            folders |= {file.resolve().parent for file in files if file is not None}
        return tuple(sorted(folder for folder in folders if folder.is_dir()))

    def keep_pages(
        self, key: tuple[str, ...], screen: Screen, pages: tuple[PreviewPage, ...]
    ) -> None:
        """Keep a good letter with its pages and their pictures."""
        for page in pages:
            if page.png is not None:
                self.pictures[page.digest] = page.png
            if page.digest in self.pictures:
                self.pictures.move_to_end(page.digest)
        shown = {page.digest for page in pages}  # the browser is about to ask for these
        size = sum(map(len, self.pictures.values()))
        while size > MOST_PICTURE_BYTES and next(iter(self.pictures)) not in shown:
            size -= len(self.pictures.popitem(last=False)[1])
        self.keep(key, screen, tuple(replace(page, png=None) for page in pages))

    def has_all(self, pages: Iterable[PreviewPage]) -> bool:
        """Whether each page comes with its picture or has it among those kept."""
        return all(page.png is not None or page.digest in self.pictures for page in pages)

    def keep(
        self, key: tuple[str, ...], screen: Screen, pages: tuple[PreviewPage, ...] = ()
    ) -> None:
        """Keep a good letter, to be shown while it is not; without `pages`, with those it had."""
        known = self.last_good.get(key)
        self.last_good[key] = LastGoodPage(screen, pages or (known.pages if known else ()))
        self.last_good.move_to_end(key)
        while len(self.last_good) > MOST_KEPT:
            self.last_good.popitem(last=False)

    def close(self) -> None:
        """Stop the threads and the process."""
        self._closing.set()
        self.page_process.close()
        self.engine.shutdown(wait=False, cancel_futures=True)
        self._folder.cleanup()


def stat_files(files: Iterable[Path]) -> FileStates:
    """The states of files: a value that changes when one of them does."""
    found = []
    for path in files:
        try:
            status = path.stat()
        except OSError:
            found.append((str(path), 0, 0, 0))
        else:
            found.append((str(path), status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)
