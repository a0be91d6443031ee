"""Watching the folders of a campaign, so that a saved file is on the page at once.

The campaign as it is now, kept between letters, and the letters that were good last.
"""

import asyncio
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
_FLEETING = (".tmp", ".swp", ".swx", "~", ".part")


async def watch(studio: "PreviewState", changed: Callable[[], None]) -> None:
    """Call `changed` after each change in a folder of the campaign, until it is cancelled.

    Folders are watched by themselves, without those in them: a campaign may lie in somebody's
    home. What the campaign names, and folders that come to be, are watched from then on.
    """
    loop = asyncio.get_running_loop()
    again = asyncio.Event()
    studio.when_folders_change(lambda: loop.call_soon_threadsafe(again.set))
    while True:
        again.clear()
        folders = studio.folders()
        async for _ in awatch(
            *folders,
            watch_filter=_concerns,
            step=STEP,
            debounce=DEBOUNCE,
            recursive=False,
            stop_event=again,
        ):
            changed()
            if studio.folders() != folders:
                break
        # Between the old watch and the new one something may be saved.
        for wait in SETTLING:
            loop.call_later(wait, changed)


def _concerns(_change: Change, path: str) -> bool:
    name = Path(path).name
    return not (name.startswith(".") or name.endswith(_FLEETING) or name == "4913")


PICTURES_AT_MOST = 120_000_000  # bytes
KEPT_AT_MOST = 64
Stamps = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class LastGoodPage:
    """A letter as it was last good: its email and text, and its pages, where it has them."""

    screen: Screen
    pages: tuple[PreviewPage, ...] = ()


class PreviewState:
    """One campaign on the page. What is made of it is made in `engine`, one thing at a time."""

    def __init__(self, path: Path, templates: Path | None = None) -> None:
        self.path = path
        self.templates = templates
        self.campaign: Campaign | None = None
        self.problems: tuple[Problem, ...] = ()
        self.roll: PeopleList | None = None
        self.press = PageProcess()
        self.engine = ThreadPoolExecutor(1, thread_name_prefix="letters")
        self.pictures: OrderedDict[str, bytes] = OrderedDict()
        self.good: OrderedDict[tuple[str, str], LastGoodPage] = OrderedDict()
        self._stamps: Stamps | None = None
        self._folders: tuple[Path, ...] = ()
        self._folders_changed: Callable[[], object] = lambda: None
        self._people_told: Callable[[], object] = lambda: None
        self._roll_key: object = None
        self._understood = False
        self._closing = threading.Event()

    def refresh(self) -> None:
        """Read the campaign anew if one of its files has changed.

        Where it cannot be understood any more, the last campaign stays, with the problems.
        """
        before = self._yaml_files()
        seen = stamps(before)  # what is saved while it is read is read again the next time
        if self._stamps == seen:
            self._read_people()
            return
        campaign, problems = load_campaign(self.path, self.templates)
        self.problems = tuple(problems)
        self._understood = campaign is not None  # not one from before a mistake
        if campaign is not None:
            self.campaign = campaign
            self._read_people()
        files = self._yaml_files()
        self._stamps = seen if files == before else stamps(files)
        folders = self.folders()
        if folders != self._folders:
            self._folders = folders
            self._folders_changed()

    def when_folders_change(self, told: Callable[[], object]) -> None:
        """Have `told` called when a campaign that was read names other folders than before."""
        self._folders_changed = told

    def when_people_are_read(self, told: Callable[[], object]) -> None:
        """Have `told` called, in a thread, now and then while a long list is read."""
        self._people_told = told

    def load(self, texts: Mapping[Path, str]) -> tuple[Campaign | None, tuple[Problem, ...]]:
        """The campaign, or the one that unsaved texts would make."""
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
        """Read the people anew if their list, or what the campaign says of it, has changed."""
        campaign = self.campaign
        if campaign is None:
            return
        file, path = campaign.file, self.list_file()
        key = (
            file.target if path is None else file.target.organization,
            file.recipients, file.columns, file.audience, file.language,
            stamps([path] if path else []),
        )  # fmt: skip
        if key == self._roll_key:
            return
        self._roll_key = key
        roll = self.roll = PeopleList(campaign, campaign.letter_date())

        def stop() -> bool:
            return self._closing.is_set() or self.roll is not roll

        told = self._people_told
        threading.Thread(target=roll.read, args=(stop, told), name="people", daemon=True).start()

    def images(self, campaign: Campaign) -> Stamps:
        """The state of the pictures that a letter shows, which its HTML does not tell."""
        return stamps(image_files(campaign).values())

    def folders(self) -> tuple[Path, ...]:
        """Every folder in which a change may concern the page."""
        folders = {self.path.parent.resolve()}
        if self.campaign is not None:
            workspace = self.campaign.workspace
            folders |= set(workspace.named)
            for root in workspace.templates:
                folders |= {root, *(root / kind for kind in KINDS)}
            files = [*image_files(self.campaign).values(), self.list_file()]
            folders |= {file.resolve().parent for file in files if file is not None}
        return tuple(sorted(folder for folder in folders if folder.is_dir()))

    def keep_pages(
        self, key: tuple[str, str], screen: Screen, pages: tuple[PreviewPage, ...]
    ) -> None:
        """Remember a good letter with its pages, for a time when it is no longer good."""
        for page in pages:
            if page.png is not None:
                self.pictures[page.digest] = page.png
            if page.digest in self.pictures:
                self.pictures.move_to_end(page.digest)
        while sum(map(len, self.pictures.values())) > PICTURES_AT_MOST and len(self.pictures) > 1:
            self.pictures.popitem(last=False)
        self.keep(key, LastGoodPage(screen, tuple(replace(page, png=None) for page in pages)))

    def has_all(self, pages: Iterable[PreviewPage]) -> bool:
        """Whether there is a picture of each page."""
        return all(page.png is not None or page.digest in self.pictures for page in pages)

    def keep(self, key: tuple[str, str], good: LastGoodPage) -> None:
        """Remember a letter that was good."""
        known = self.good.get(key)
        self.good[key] = LastGoodPage(good.screen, good.pages or (known.pages if known else ()))
        self.good.move_to_end(key)
        while len(self.good) > KEPT_AT_MOST:
            self.good.popitem(last=False)

    def close(self) -> None:
        """End the threads and the process."""
        self._closing.set()
        self.press.close()
        self.engine.shutdown(wait=False, cancel_futures=True)


def stamps(files: Iterable[Path]) -> Stamps:
    """A value that changes when one of the files does."""
    found = []
    for path in files:
        try:
            status = path.stat()
        except OSError:
            found.append((str(path), 0, 0, 0))
        else:
            found.append((str(path), status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)
