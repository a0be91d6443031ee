"""Keep what each tab has not saved, and offer it after a crash, a restart, or a closed tab."""

import asyncio
from collections.abc import Container
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from advocacy.errors import AdvocacyError
from advocacy.files.unsaved import (
    UnsavedField,
    UnsavedText,
    UnsavedWork,
    list_unsaved,
    remove_unsaved,
    write_unsaved,
)
from advocacy.preview.people import Show


class TextKeeper:
    """Keeps the unsaved texts of the tabs of one campaign, whose file is `path`."""

    def __init__(self, path: Path) -> None:
        self._folder, self._campaign = path.parent, path.name
        self._kept: dict[str, UnsavedWork] = {}
        self._numbers: dict[str, int] = {}
        self._lock = asyncio.Lock()

    async def keep(self, show: Show) -> bool:
        """Keep what a tab's request has not saved; whether that was possible."""
        work = _unsaved(show, self._campaign)
        async with self._lock:
            if show.number < self._numbers.get(show.desk, 0):
                return True
            self._numbers[show.desk] = show.number
            known = self._kept.get(show.desk)
            if known is not None and (known.texts, known.fields) == (work.texts, work.fields):
                return True
            try:
                await asyncio.to_thread(write_unsaved, self._folder, work)
            except (AdvocacyError, OSError):
                return False
            self._kept[show.desk] = work
            return True

    def offer(self, open_tabs: Container[str]) -> list[dict[str, object]]:
        """What tabs that are open no more have not saved, as the page shows it."""
        found = list_unsaved(self._folder)
        return [
            {
                "id": one.tab,
                "when": one.when,
                "texts": [asdict(text) for text in one.texts],
                "fields": [asdict(field) for field in one.fields],
            }
            for one in found
            if one.campaign == self._campaign and one.tab not in open_tabs
        ]

    def remove(self, tab: str) -> None:
        """Remove what is kept of a tab, once it is restored or not wanted. Raises OSError."""
        self._kept.pop(tab, None)
        remove_unsaved(self._folder, tab)


def _unsaved(show: Show, campaign: str) -> UnsavedWork:
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    texts = [
        UnsavedText(name, text, show.bases.get(name, "")) for name, text in show.drafts.items()
    ]
    fields = [UnsavedField(one.file, one.keys, one.text, one.base) for one in show.fields]
    return UnsavedWork(show.desk, campaign, when, tuple(texts), tuple(fields))
