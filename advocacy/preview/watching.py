"""Watching the folders of a campaign, so that a saved file is on the page at once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, awatch

from advocacy.preview.studio import Studio

STEP = 15  # milliseconds of quiet after which a change is told
DEBOUNCE = 150
SETTLING = (0.2, 1.0, 3.0)  # seconds after which a new watch has begun, on a slow machine too
_FLEETING = (".tmp", ".swp", ".swx", "~", ".part")


async def watch(studio: Studio, changed: Callable[[], None]) -> None:
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
