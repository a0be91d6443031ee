"""Watching the folders of a campaign, so that a saved file is on the page at once."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, awatch

from advocacy.preview.studio import Studio

STEP = 15  # milliseconds of quiet after which a change is told
DEBOUNCE = 150
_FLEETING = (".tmp", ".swp", ".swx", "~", ".part")


async def watch(studio: Studio, changed: Callable[[], None], stop: asyncio.Event) -> None:
    """Call `changed` after each change in a folder of the campaign, until `stop` is set.

    Folders are watched by themselves, without those in them: a campaign may lie in somebody's
    home. A folder that comes to be is watched from then on.
    """
    while not stop.is_set():
        folders = studio.folders()
        async for _ in awatch(
            *folders,
            watch_filter=_concerns,
            step=STEP,
            debounce=DEBOUNCE,
            recursive=False,
            stop_event=stop,
        ):
            changed()
            await asyncio.sleep(0)
            if studio.folders() != folders:
                break


def _concerns(_change: Change, path: str) -> bool:
    name = Path(path).name
    return not (name.startswith(".") or name.endswith(_FLEETING) or name == "4913")
