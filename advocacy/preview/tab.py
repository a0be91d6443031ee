"""One tab of the browser: the letter it shows, and the events that it is sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from advocacy.errors import AdvocacyError
from advocacy.letters.parts import image_files
from advocacy.preview.composing import ComposedPreview, add_details, compose_preview
from advocacy.preview.drafts import Drafts
from advocacy.preview.people import Show
from advocacy.preview.problems import problem_records
from advocacy.preview.state import PreviewState, stat_files
from advocacy.preview.versions import LetterVersion

HEARTBEAT = 15.0
"""Seconds after which a silent event stream gets a comment, so that nothing closes it."""


class Tab:
    """One tab: `request` asks for a new preview, `events` are what the browser receives.

    There are three kinds of events: `letter`, which is quick, `paper`, the pages, and `more`, the
    rest. Each has the parts of its payload that have changed since they were sent last, and the
    number of the request that it answers.
    """

    def __init__(self, state: PreviewState) -> None:
        self._state = state
        self._queue: asyncio.Queue[tuple[str, dict[str, Any]] | None] = asyncio.Queue()
        self._requested = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._sent: dict[str, str] = {}
        self._drafts = Drafts(state.folder)
        self._show: Show | None = None
        self._shown_letter: tuple[str, str] | None = None
        self._shown_paper: object = None
        self._laid_out: tuple[str, bytes] | None = None
        self.pdf: tuple[str, bytes] | None = None
        self.composed: ComposedPreview | None = None
        self.versions: list[LetterVersion] = []

    def request(self, show: Show | None = None) -> None:
        """Ask for a new preview: of other choices or texts, or because a file has changed."""
        if show is not None and self._show is not None and show.number < self._show.number:
            return
        self._show = show or self._show
        if self._show is not None:
            self._requested.set()

    def close(self) -> None:
        """End the stream of events."""
        self._queue.put_nowait(None)

    async def events(self) -> AsyncIterator[str]:
        """The server-sent events, until either side ends the stream."""
        work = asyncio.create_task(self._work())
        try:
            yield "retry: 500\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(self._queue.get(), HEARTBEAT)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if event is None:
                    yield "event: bye\ndata: {}\n\n"
                    return
                kind, payload = event
                yield f"event: {kind}\ndata: {json.dumps(payload, ensure_ascii=False)}\n\n"
        finally:
            work.cancel()
            self._drafts.close()

    def _send(self, kind: str, payload: dict[str, Any], show: Show | None = None) -> None:
        """Send the parts of a payload that differ from what was sent last.

        An answer to `show` is sent even where it is the same as before.
        """
        fresh: dict[str, Any] = {} if show is None else {"number": show.number}
        for name, value in payload.items():
            encoded = json.dumps(value, ensure_ascii=False, sort_keys=True)
            if self._sent.get(name) != encoded:
                self._sent[name] = encoded
                fresh[name] = value
        if fresh:
            self._queue.put_nowait((kind, fresh))

    def send_people(self) -> None:
        """Send how many people have been read; called from the thread that reads them."""
        if self._state.people is not None:
            progress = {"people": self._state.people.progress()}
            self._loop.call_soon_threadsafe(self._send, "more", progress)

    def send_kept(self, is_kept: bool) -> None:
        """Send whether what is not saved could be kept beside the campaign."""
        self._send("more", {"kept": is_kept})

    async def _work(self) -> None:
        while True:
            await self._requested.wait()
            self._requested.clear()
            if self._show is None:
                continue
            try:
                await self._update(self._show)
            except Exception as error:  # noqa: BLE001 - the page goes on, and says so
                bug = {"ok": False, "bug": f"{type(error).__name__}: {error}"}
                self._send("letter", bug, self._show)

    async def _update(self, show: Show) -> None:
        """Make and send one preview: the letter, its pages, then the details."""
        run, engine, state = self._loop.run_in_executor, self._state.engine, self._state
        composed = await run(engine, compose_preview, state, self._drafts, show)
        self.composed = composed
        self._send("letter", {"bug": None, **self._with_last_good(composed)}, show)
        self.pdf = None
        if composed.paper is not None:
            await self._lay_out(composed, show)
        if not self._requested.is_set():
            details = await run(engine, add_details, composed, self._drafts, state)
            # Only now it is known whether the letter would be refused; then it is not handed out.
            may_go = composed.paper is not None and details.get("wordsOk", False)
            self.pdf = self._laid_out if may_go else None
            self._send("more", details, show)

    def _with_last_good(self, composed: ComposedPreview) -> dict[str, Any]:
        """The payload; where the letter is not good, with its documents from when it was."""
        payload, screen = dict(composed.payload), composed.documents.screen
        if composed.chosen is None:
            return payload
        key = composed.chosen.key
        if screen is not None:
            self._state.keep(key, screen)
            if composed.paper is None:
                payload["pages"] = self._kept_pages(key)
        elif key != self._shown_letter:
            kept = self._state.last_good.get(key)
            payload |= {"html": None, "text": None, "inbox": None}
            payload |= asdict(kept.screen) if kept else {}
            payload["pages"] = self._kept_pages(key)
        self._shown_letter = key
        return payload

    def _kept_pages(self, key: tuple[str, str]) -> list[dict[str, Any]]:
        kept = self._state.last_good.get(key)
        self._shown_paper = None
        has_all = kept is not None and self._state.has_all(kept.pages)
        return [page.record() for page in kept.pages] if kept and has_all else []

    async def _lay_out(self, composed: ComposedPreview, show: Show) -> None:
        """Lay out the letter and send its pages, unless the same are shown already."""
        paper, checked, chosen = composed.paper, composed.documents.checked, composed.chosen
        if paper is None or checked is None or chosen is None or composed.campaign is None:
            return
        state, width = self._state, show.choices.width
        # The HTML stays the same when an image changes.
        stages = composed.campaign.file.stages.values()
        images_now = stat_files(image_files(composed.campaign, *stages).values())
        key = (paper.html, str(paper.css), width, images_now)
        if key == self._shown_paper:
            self._send("paper", {"paperOk": True}, show)
            return
        try:
            known = frozenset(state.pictures)
            images = await state.page_process.lay_out(paper, checked, width, known)
            if not state.has_all(images.pages):  # a picture was dropped meanwhile
                images = await state.page_process.lay_out(paper, checked, width, frozenset())
        except AdvocacyError as error:
            self._laid_out = None
            problems = self._records(error.problems, composed)
            pages = self._kept_pages(chosen.key)  # and not those of another person's letter
            refused = {"paperOk": False, "paperProblems": problems, "pages": pages}
            self._send("paper", refused, show)
            return
        self._shown_paper = key
        if composed.documents.screen is not None:
            state.keep_pages(chosen.key, composed.documents.screen, images.pages)
        campaign = Path(composed.campaign.file.id).name
        name = f"{campaign}-{chosen.stage}-{chosen.person.file_name}.pdf"
        self._laid_out = (name, images.data)
        problems = self._records((*paper.problems, *images.problems), composed)
        pages = [page.record() for page in images.pages]
        self._send("paper", {"paperOk": True, "pages": pages, "paperProblems": problems}, show)

    def _records(self, problems: Any, composed: ComposedPreview) -> list[dict[str, object]]:
        campaign, names = self._state.campaign, composed.names
        return problem_records(problems, campaign, names, self._drafts, medium="paper")
