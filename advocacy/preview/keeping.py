"""Keep what each tab has not saved, and offer it after a crash, a restart, or a closed tab."""

import asyncio
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError
from advocacy.files.saved_texts import list_texts
from advocacy.files.text import read_text
from advocacy.files.unsaved import (
    UnsavedField,
    UnsavedText,
    UnsavedWork,
    list_unsaved,
    remove_unsaved,
    sweep_kept,
    write_unsaved,
)
from advocacy.preview.files import ChangedError, find_file
from advocacy.preview.people import Show
from advocacy.preview.texts import read_text_at

MOST_LINES = 3
"""How many of the lines that were typed are shown with an offer."""
_Present = Callable[[UnsavedText | UnsavedField], str | None]


class TextKeeper:
    """Keeps the unsaved texts of the tabs of one campaign, whose file is `path`."""

    def __init__(self, path: Path) -> None:
        self._folder, self._campaign = path.parent, path.name
        self._kept: dict[str, UnsavedWork] = {}
        self._numbers: dict[str, int] = {}
        self._lock = asyncio.Lock()

    def sweep(self) -> None:
        """Remove what a program that was killed in the middle of a word left half written."""
        sweep_kept(self._folder)

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

    def offer(
        self, open_tabs: Container[str], campaign: Campaign | None, templates: Path | None
    ) -> list[dict[str, object]]:
        """What tabs that are open no more have not saved, as the page shows it.

        What stands in its file, or stood there after a save, is not offered: nothing of it can be
        lost. The same text is offered once.
        """

        def present(one: UnsavedText | UnsavedField) -> str | None:
            return _present_text(one, campaign, templates)

        self.sweep()
        offered: list[dict[str, object]] = []
        seen: set[tuple[object, ...]] = set()
        for work in list_unsaved(self._folder):
            if work.campaign != self._campaign or work.tab in open_tabs:
                continue
            left = self._only_unsaved(work, present)
            key = (left.texts, left.fields)
            if key in seen or not (left.texts or left.fields):
                with suppress(OSError):  # it is looked at again the next time
                    self.remove(work.tab)
                continue
            seen.add(key)
            texts = [asdict(one) | {"typed": _typed(one, present(one))} for one in left.texts]
            fields = [asdict(one) | {"typed": [one.text]} for one in left.fields]
            offered.append({"id": left.tab, "when": left.when, "texts": texts, "fields": fields})
        return offered

    def _only_unsaved(self, work: UnsavedWork, present: _Present) -> UnsavedWork:
        """The work without the texts that are saved, or were before another save."""
        saved = {
            one.file: {_read(text.read) for text in list_texts(self._folder, one.file)}
            for one in work.texts
        }
        texts = [
            one
            for one in work.texts
            if one.text != present(one) and one.text not in saved[one.file]
        ]
        fields = [one for one in work.fields if one.text != present(one)]
        return replace(work, texts=tuple(texts), fields=tuple(fields))

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


def _present_text(
    one: UnsavedText | UnsavedField, campaign: Campaign | None, templates: Path | None
) -> str | None:
    """What the files have in the place of an unsaved text; None where that cannot be read."""
    file = find_file(campaign, one.file, "", templates) if campaign is not None else None
    if file is None:
        return None
    try:
        text = read_text(file.path)
        return text if isinstance(one, UnsavedText) else read_text_at(text, file.path, one.keys)
    except (AdvocacyError, ChangedError, OSError):
        return None


def _read(read: Callable[[], str]) -> str | None:
    try:
        return read()
    except OSError:
        return None


def _typed(one: UnsavedText, present: str | None) -> list[str]:
    """The first lines of an unsaved text that the file has not."""
    there = set((present or "").split("\n"))
    lines = [line for line in one.text.split("\n") if line.strip() and line not in there]
    return lines[:MOST_LINES]
