"""One tab of the browser: the letter it shows, and the events that it is sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from advocacy.errors import AdvocacyError, Problem
from advocacy.letters.letter import CheckedLetter
from advocacy.preview.composing import ComposedPreview, add_details, compose_preview
from advocacy.preview.drafts import Drafts
from advocacy.preview.paper import PageImages, PaperHtml
from advocacy.preview.people import Show
from advocacy.preview.problems import placed, problem_records
from advocacy.preview.state import PreviewState, stat_files
from advocacy.preview.versions import LetterVersion

HEARTBEAT = 15.0
"""Seconds after which a silent event stream gets a comment, so that nothing closes it."""


@dataclass(frozen=True, slots=True)
class TabPages:
    """A letter's pages, None where the same are shown already, and what they are known by."""

    key: object
    images: PageImages | None


@dataclass(frozen=True, slots=True)
class PreviewTurn:
    """One letter of a tab, the request that it answers, and its pages once they are laid out."""

    show: Show
    composed: ComposedPreview
    pages: "Future[TabPages | None] | None"


class Tab:
    """One tab: `request` asks for a new preview, `events` are what the browser receives.

    There are three kinds of events: `letter`, which is quick, `paper`, the pages, and `more`, the
    rest. Each has the parts of its payload that have changed since they were sent last, and the
    number of the request that it answers. Pages are laid out in another process, from the moment
    that a letter is composed; meanwhile its email is made, and the next letter composed.
    """

    def __init__(self, state: PreviewState) -> None:
        self._state = state
        self._queue: asyncio.Queue[tuple[str, dict[str, Any]] | None] = asyncio.Queue()
        self._requested = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._sent: dict[str, str] = {}
        self._drafts = Drafts(state.folder)
        self._show: Show | None = None
        self._turns: asyncio.Queue[PreviewTurn] = asyncio.Queue()
        self._laying_out = asyncio.Lock()
        self._newest_paper: PaperHtml | None = None
        self._shown_letter: tuple[str, ...] | None = None
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
        tasks = [asyncio.create_task(work()) for work in (self._work, self._finish_turns)]
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
            for task in tasks:
                task.cancel()
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
            show = self._show
            if show is None:
                continue
            try:
                await self._compose(show)
            except Exception as error:  # noqa: BLE001 - the page goes on, and says so
                self._send_bug(error, show)

    async def _compose(self, show: Show) -> None:
        """Make and send a letter; its pages, which are begun on the way, are sent later."""
        pages: Future[TabPages | None] | None = None

        def begin_pages(paper: PaperHtml, checked: CheckedLetter) -> None:
            nonlocal pages
            work = self._lay_out(paper, checked, show.choices.width)
            pages = asyncio.run_coroutine_threadsafe(work, self._loop)

        composed = await self._loop.run_in_executor(
            self._state.engine, compose_preview, self._state, self._drafts, show, begin_pages
        )
        self.composed, self.pdf = composed, None
        self._send("letter", {"bug": None, **self._with_last_good(composed)}, show)
        self._turns.put_nowait(PreviewTurn(show, composed, pages))

    async def _finish_turns(self) -> None:
        while True:
            turn = await self._turns.get()
            try:
                await self._finish(turn)
            except Exception as error:  # noqa: BLE001 - the page goes on, and says so
                if self.composed is turn.composed:
                    self._send_bug(error, turn.show)

    async def _finish(self, turn: PreviewTurn) -> None:
        """Send the pages of a letter; if no newer one is asked for, the details too."""
        composed = turn.composed
        if composed.paper is not None and turn.pages is not None:
            await self._send_pages(turn, asyncio.wrap_future(turn.pages))
        if self._requested.is_set() or self.composed is not composed:
            return
        state = self._state
        details = await self._loop.run_in_executor(state.engine, add_details, composed, state)
        if self.composed is not composed:
            return
        # Only now it is known whether the letter would be refused; then it is not handed out.
        may_go = composed.paper is not None and details.get("wordsOk", False)
        self.pdf = self._laid_out if may_go else None
        self._send("more", details, turn.show)

    def _send_bug(self, error: Exception, show: Show) -> None:
        self._send("letter", {"ok": False, "bug": f"{type(error).__name__}: {error}"}, show)

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

    def _kept_pages(self, key: tuple[str, ...]) -> list[dict[str, Any]]:
        kept = self._state.last_good.get(key)
        self._shown_paper = None
        has_all = kept is not None and self._state.has_all(kept.pages)
        return [page.record() for page in kept.pages] if kept and has_all else []

    async def _lay_out(
        self, paper: PaperHtml, checked: CheckedLetter, width: int
    ) -> TabPages | None:
        """Lay out a letter, unless a newer one is to be laid out when its time comes.

        Raises AdvocacyError with everything that keeps it off paper.
        """
        self._newest_paper, process = paper, self._state.page_process
        async with self._laying_out:
            if self._newest_paper is not paper:
                return None
            key = (paper.html, str(paper.css), width, stat_files(paper.pictures))
            if key == self._shown_paper:
                return TabPages(key, None)
            images = await process.lay_out(paper, checked, width, frozenset(self._state.pictures))
            if not self._state.has_all(images.pages):  # a picture was dropped meanwhile
                images = await process.lay_out(paper, checked, width, frozenset())
            return TabPages(key, images)

    async def _send_pages(
        self, turn: PreviewTurn, pages: "asyncio.Future[TabPages | None]"
    ) -> None:
        """Send the pages of a letter, unless they are not of the letter that is shown now."""
        composed, state = turn.composed, self._state
        paper, chosen = composed.paper, composed.chosen
        layout: TabPages | None = None
        refused: tuple[Problem, ...] = ()
        try:
            layout = await pages
        except AdvocacyError as error:
            refused = error.problems
        now = self.composed
        if paper is None or chosen is None or now is None or now.chosen is None:
            return
        if now is not composed and (now.paper is None or now.chosen.key != chosen.key):
            return
        if refused:
            self._laid_out = None
            shown = self._kept_pages(chosen.key)  # and not those of another person's letter
            problems = self._records(refused, composed)
            payload = {"paperOk": False, "paperProblems": problems, "pages": shown}
            self._send("paper", payload, turn.show)
        elif layout is not None and layout.images is None:
            self._send("paper", {"paperOk": True}, turn.show)
        elif layout is not None and layout.images is not None and composed.campaign is not None:
            images = layout.images
            self._shown_paper = layout.key
            if composed.documents.screen is not None:
                state.keep_pages(chosen.key, composed.documents.screen, images.pages)
            campaign = Path(composed.campaign.file.id).name
            name = f"{campaign}-{chosen.stage}-{chosen.person.file_name}.pdf"
            self._laid_out = (name, images.data)
            problems = self._records((*paper.problems, *images.problems), composed)
            shown = [page.record() for page in images.pages]
            payload = {"paperOk": True, "pages": shown, "paperProblems": problems}
            self._send("paper", payload, turn.show)

    def _records(self, problems: Any, composed: ComposedPreview) -> list[dict[str, object]]:
        campaign, names = self._state.campaign, composed.names
        found = placed(problems, composed.documents.sentences)
        return problem_records(found, campaign, names, composed.texts, medium="paper")
