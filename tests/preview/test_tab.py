"""One tab without a browser: what is sent while pages are laid out."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from advocacy.errors import AdvocacyError, Problem
from advocacy.preview.pages import PreviewPage
from advocacy.preview.paper import PageImages, PageProcess
from advocacy.preview.people import Choices, Show
from advocacy.preview.state import PreviewState
from advocacy.preview.tab import Tab

LETTER = "letters/open.md"
TOLD_WITHIN = 30


class SlowPages(PageProcess):
    """Pages that are laid out one after the other, each when the test says so."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = asyncio.Semaphore(0)
        self.refuse = False

    async def lay_out(self, paper: Any, *_rest: Any) -> PageImages:
        self.asked.append(paper.html)
        await self.go_on.acquire()
        if self.refuse:
            raise AdvocacyError(Problem("layout-fails", "It cannot be laid out.", "Shorten it."))
        digest = f"page-{len(self.asked)}"
        return PageImages(b"", (PreviewPage(digest, 1, 1, (), b"picture"),))

    def close(self) -> None:
        pass


class Visit:
    """A tab with its events."""

    def __init__(self, state: PreviewState, pages: SlowPages) -> None:
        self.tab, self.pages, self.number = Tab(state), pages, 0
        self.events: list[tuple[str, dict[str, Any]]] = []

    async def listen(self) -> None:
        async for event in self.tab.events():
            if event.startswith("event: "):
                kind, _, data = event.removeprefix("event: ").partition("\ndata: ")
                self.events.append((kind, json.loads(data)))

    def show(self, text: str | None = None, **choices: Any) -> int:
        self.number += 1
        drafts = {LETTER: text} if text is not None else {}
        self.tab.request(
            Show(
                desk="a-tab-of-tests", number=self.number, drafts=drafts, choices=Choices(**choices)
            )
        )
        return self.number

    async def told(self, kind: str, number: int) -> dict[str, Any]:
        async with asyncio.timeout(TOLD_WITHIN):
            while True:
                for one, payload in self.events:
                    if one == kind and payload.get("number") == number:
                        return payload
                await asyncio.sleep(0.01)

    async def asked(self, count: int) -> None:
        async with asyncio.timeout(TOLD_WITHIN):
            while len(self.pages.asked) < count:
                await asyncio.sleep(0.01)


@pytest.fixture
def visit(small_campaign: Path) -> Callable[[Callable[[Visit], Awaitable[None]]], None]:
    """`visit(story)`: a tab at the campaign, and what happens at it."""

    def visited(story: Callable[[Visit], Awaitable[None]]) -> None:
        async def run() -> None:
            state = PreviewState(small_campaign)
            state.page_process.close()
            state.page_process = pages = SlowPages()
            one = Visit(state, pages)
            listening = asyncio.create_task(one.listen())
            try:
                await story(one)
            finally:
                one.tab.close()
                await listening
                state.close()

        asyncio.run(run())

    return visited


def test_the_email_of_what_is_typed_does_not_wait_for_pages(visit: Any) -> None:
    async def story(one: Visit) -> None:
        first = one.show("One letter.\n")
        assert "One letter." in (await one.told("letter", first))["text"]
        await one.asked(1)
        second = one.show("Two letters.\n")
        assert "Two letters." in (await one.told("letter", second))["text"]
        third = one.show("Three letters.\n")
        assert "Three letters." in (await one.told("letter", third))["text"]
        one.pages.go_on.release()
        assert (await one.told("paper", first))["pages"], "the same letter, a moment older"
        one.pages.go_on.release()
        assert (await one.told("paper", third))["pages"]
        await one.told("more", third)
        assert len(one.pages.asked) == 2, "the second is passed over: the third was newer"

    visit(story)


def test_pages_that_come_late_are_not_shown_for_another_person(
    visit: Any, small_campaign: Path, edit: Any
) -> None:
    edit(
        small_campaign,
        "- {id: doe, name: Jane Doe",
        "- {id: roe, name: Rita Roe}\n    - {id: doe, name: Jane Doe",
    )

    async def story(one: Visit) -> None:
        first = one.show(person="doe")
        await one.asked(1)
        second = one.show("{{ nobody }}\n", person="roe")
        assert (await one.told("letter", second))["pages"] == []
        one.pages.go_on.release()
        await one.told("more", second)
        assert not [1 for kind, payload in one.events if kind == "paper"], first

    visit(story)


def test_pages_that_cannot_be_laid_out_say_why_and_the_next_are_shown(visit: Any) -> None:
    async def story(one: Visit) -> None:
        one.pages.refuse = True
        first = one.show("One letter.\n")
        one.pages.go_on.release()
        refused = await one.told("paper", first)
        assert not refused["paperOk"]
        assert refused["paperProblems"][0]["code"] == "layout-fails"
        one.pages.refuse = False
        second = one.show("Two letters.\n")
        one.pages.go_on.release()
        shown = await one.told("paper", second)
        assert (len(shown["pages"]), shown["paperProblems"]) == (1, [])

    visit(story)
