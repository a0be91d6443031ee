"""A tab of the browser: what it shows, what it was told, and the turns that are made for it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from advocacy.errors import AdvocacyError, Problem
from advocacy.preview.drafts import Drafts
from advocacy.preview.letters import PreviewDocuments, page_name
from advocacy.preview.pages import PreviewPage
from advocacy.preview.people import Show
from advocacy.preview.studio import LastGoodPage, PreviewState
from advocacy.preview.telling import told
from advocacy.preview.turns import PreviewTurn, first, screen_of, then

BEAT = 15.0  # seconds; a word now and then keeps the line open


class TabSession:
    """One tab. `want` asks for a turn; `events` are what the tab is to be told."""

    def __init__(self, studio: PreviewState) -> None:
        self._studio = studio
        self._queue: asyncio.Queue[tuple[str, dict[str, Any]] | None] = asyncio.Queue()
        self._wanted = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._sent: dict[str, str] = {}
        self._drafts = Drafts()
        self._show: Show | None = None
        self._key: tuple[str, str] | None = None
        self._paper: object = None
        self.pdf: tuple[str, bytes] | None = None
        self.turn: PreviewTurn | None = None

    def want(self, show: Show | None = None) -> None:
        """Ask for a turn: with other choices or texts, or because a file has changed."""
        self._show = show or self._show
        if self._show is not None:
            self._wanted.set()

    def close(self) -> None:
        """Tell the tab nothing more."""
        self._queue.put_nowait(None)

    async def events(self) -> AsyncIterator[str]:
        """What the tab is told, as server-sent events, until either side ends it."""
        work = asyncio.create_task(self._work())
        try:
            yield "retry: 500\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(self._queue.get(), BEAT)
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

    def _tell(self, kind: str, payload: dict[str, Any]) -> None:
        """Send those parts of a payload that are not what was sent last."""
        fresh = {}
        for name, value in payload.items():
            written = json.dumps(value, ensure_ascii=False, sort_keys=True)
            if self._sent.get(name) != written:
                self._sent[name] = written
                fresh[name] = value
        if fresh or kind == "letter":
            self._queue.put_nowait((kind, fresh))

    def note_people(self) -> None:
        """Tell how many people have been read; called from their thread."""
        roll = self._studio.roll
        if roll is not None:
            people = {"people": {"count": len(roll), "complete": roll.complete}}
            self._loop.call_soon_threadsafe(self._tell, "more", people)

    async def _work(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._show is None:
                continue
            try:
                await self._turn(self._show)
            except Exception as error:  # noqa: BLE001 - the page goes on, and says so
                self._tell("letter", {"ok": False, "bug": f"{type(error).__name__}: {error}"})

    async def _turn(self, show: Show) -> None:
        engine, studio = self._studio.engine, self._studio
        turn = await self._loop.run_in_executor(engine, first, studio, self._drafts, show)
        self.turn = turn
        self._tell("letter", {"bug": None, **self._with_last_good(turn)})
        if turn.sheet is not None:
            await self._lay_out(turn, show.choices.width)
        if not self._wanted.is_set():
            more = await self._loop.run_in_executor(engine, then, turn, self._drafts, studio)
            self._tell("more", more)

    def _with_last_good(self, turn: PreviewTurn) -> dict[str, Any]:
        """The payload; where the letter is not good, with what is left of it from before."""
        key = turn.settled.key if turn.settled else None
        payload = dict(turn.payload)
        if turn.made.screen is not None and key is not None:
            self._studio.keep(key, LastGoodPage(turn.made.screen))
            if turn.sheet is None:
                payload["pages"] = self._kept_pages(key)
        elif key is not None and key != self._key:
            kept = self._studio.good.get(key)
            payload |= {"html": None, "text": None, "inbox": None}
            payload |= screen_of(PreviewDocuments(screen=kept.screen)) if kept else {}
            payload["pages"] = self._kept_pages(key)
        if key is not None:
            self._key = key
        return payload

    def _kept_pages(self, key: tuple[str, str]) -> list[dict[str, Any]]:
        kept = self._studio.good.get(key)
        pages = kept.pages if kept else ()
        self._paper = None
        return records(pages) if self._studio.has_all(pages) else []

    async def _lay_out(self, turn: PreviewTurn, width: int) -> None:
        sheet, checked, settled = turn.sheet, turn.made.checked, turn.settled
        if sheet is None or checked is None or settled is None or turn.campaign is None:
            return
        studio = self._studio
        images = studio.images(turn.campaign)
        key = (sheet.html, str(sheet.css), width, images)
        if key == self._paper:
            self._tell("paper", {"paperOk": True})
            return
        try:
            known = frozenset(studio.pictures)
            laid = await studio.press.lay_out(sheet, checked, width, known)
            if not studio.has_all(laid.pages):  # one was put away meanwhile
                laid = await studio.press.lay_out(sheet, checked, width, frozenset())
        except AdvocacyError as error:
            problems = self._told(error.problems, turn)
            pages = self._kept_pages(settled.key)  # and not those of another person's letter
            self._tell("paper", {"paperOk": False, "paperProblems": problems, "pages": pages})
            return
        self._paper = key
        if turn.made.screen is not None:
            studio.keep_pages(settled.key, turn.made.screen, laid.pages)
        self.pdf = (page_name(settled, turn.campaign), laid.data)
        self._tell(
            "paper",
            {
                "paperOk": True,
                "pages": records(laid.pages),
                "paperProblems": self._told((*sheet.problems, *laid.problems), turn),
            },
        )

    def _told(self, problems: tuple[Problem, ...], turn: PreviewTurn) -> list[dict[str, object]]:
        real = self._drafts.told(problems)
        return told(real, self._studio.campaign, turn.names or {}, self._drafts.line)


def records(pages: tuple[PreviewPage, ...]) -> list[dict[str, Any]]:
    """Pages as the browser gets them: where the picture is, and the words on it."""
    return [
        {
            "digest": page.digest,
            "width": page.width,
            "height": page.height,
            "runs": [[r.text, r.left, r.top, r.width, r.height] for r in page.runs],
        }
        for page in pages
    ]
