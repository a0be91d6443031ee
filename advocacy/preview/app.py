"""The web application: what the page asks, and what it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from advocacy.authoring.timeline import timeline_html
from advocacy.errors import AdvocacyError
from advocacy.preview import files, texts
from advocacy.preview.answers import (
    NO_STORE,
    Asked,
    Copy,
    Refused,
    Save,
    SaveField,
    answer,
    body,
    file_of_page,
    frame,
    framed,
    index,
    refused,
)
from advocacy.preview.desk import TabSession
from advocacy.preview.people import KINDS, Show
from advocacy.preview.studio import PreviewState, watch
from advocacy.preview.telling import told

DESKS_AT_MOST = 24


class Application:
    """The routes, over one studio and the desks of the tabs that are open."""

    def __init__(self, studio: PreviewState, *, read_only: bool = False) -> None:
        self._studio = studio
        self._read_only = read_only
        self._desks: dict[str, TabSession] = {}
        routes = [
            Route("/", self._index),
            Route("/static/{name}", file_of_page),
            Route("/frame", frame),
            Route("/events", self._events),
            Route("/show", self._show, methods=["POST"]),
            Route("/picture/{digest}.png", self._picture),
            Route("/timeline", self._timeline),
            Route("/letter.pdf", self._pdf),
            Route("/people", self._people),
            Route("/odd", self._odd),
            Route("/file", self._file),
            Route("/save", self._save, methods=["POST"]),
            Route("/save-field", self._save_field, methods=["POST"]),
            Route("/copy", self._copy, methods=["POST"]),
        ]
        self.asgi = Starlette(
            routes=routes, lifespan=self._lifespan, exception_handlers={Refused: refused}
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self._studio.when_people_are_read(self._people_read)
        watcher = asyncio.create_task(watch(self._studio, self._changed))
        try:
            yield
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
            self._studio.close()

    def _changed(self) -> None:
        for desk in self._desks.values():
            desk.want()

    def _people_read(self) -> None:
        for desk in list(self._desks.values()):
            desk.note_people()

    def close(self) -> None:
        """End the lines to all tabs, so that the server can end."""
        for desk in self._desks.values():
            desk.close()

    async def _index(self, _request: Request) -> Response:
        return index(read_only=self._read_only)

    # --- tabs ----------------------------------------------------------------------------------

    async def _events(self, request: Request) -> Response:
        name = request.query_params.get("desk", "")
        if not 8 <= len(name) <= 40 or len(self._desks) >= DESKS_AT_MOST:
            raise Refused(429)
        desk = self._desks[name] = TabSession(self._studio)

        async def stream() -> AsyncIterator[str]:
            try:
                async for event in desk.events():
                    yield event
            finally:
                if self._desks.get(name) is desk:
                    del self._desks[name]

        return StreamingResponse(stream(), media_type="text/event-stream", headers=NO_STORE)

    async def _show(self, request: Request) -> Response:
        show = await body(request, Show)
        if self._read_only:
            show = show.model_copy(update={"drafts": {}, "fields": ()})
        self._desk(show.desk).want(show)
        return Response(status_code=204)

    def _desk(self, name: str | None) -> TabSession:
        if name not in self._desks:
            raise Refused(410)
        return self._desks[name]

    async def _timeline(self, request: Request) -> Response:
        turn = self._desk(request.query_params.get("desk")).turn
        if turn is None or turn.campaign is None or turn.settled is None:
            raise Refused(404)
        return framed(await self._in_engine(timeline_html, turn.campaign, turn.settled.day))

    async def _picture(self, request: Request) -> Response:
        data = self._studio.pictures.get(request.path_params["digest"])
        if data is None:
            raise Refused(404)
        kept = {"cache-control": "private, max-age=86400, immutable"}
        return Response(data, media_type="image/png", headers=kept)

    async def _pdf(self, request: Request) -> Response:
        pdf = self._desk(request.query_params.get("desk")).pdf
        if pdf is None:
            raise Refused(404)
        name, data = pdf
        headers = {"content-disposition": f'inline; filename="{name}"', **NO_STORE}
        return Response(data, media_type="application/pdf", headers=headers)

    async def _people(self, request: Request) -> Response:
        roll, campaign = self._studio.roll, self._studio.campaign
        if roll is None or campaign is None:
            return answer({"people": [], "count": 0})
        stage = campaign.file.stages.get(request.query_params.get("stage", ""))
        words = request.query_params.get("words", "")[:200]
        found, count = await asyncio.to_thread(roll.search, words, stage.to if stage else ())
        people = [{"id": one.id, "name": one.name, "where": one.where} for one in found]
        return answer({"people": people, "count": count})

    async def _odd(self, request: Request) -> Response:
        roll, campaign = self._studio.roll, self._studio.campaign
        kind = KINDS.get(request.query_params.get("kind", ""))
        if roll is None or campaign is None or kind is None:
            raise Refused(404)
        stage = campaign.file.stages.get(request.query_params.get("stage", ""))
        after = request.query_params.get("after")
        one = await asyncio.to_thread(roll.odd, kind, after, stage.to if stage else ())
        return answer({"id": one.id if one else None})

    # --- files ---------------------------------------------------------------------------------

    async def _named(self, desk: str | None, name: str) -> files.File:
        """The file of that name, among those that the campaign's letters are made of."""
        turn, campaign = self._desk(desk).turn, self._studio.campaign
        if turn is None or campaign is None:
            raise Refused(404)
        stage = turn.settled.stage if turn.settled else ""
        found: files.File | None = await self._in_engine(
            files.named, campaign, name, stage, self._studio.templates
        )
        if found is None:
            raise Refused(404)
        return found

    async def _file(self, request: Request) -> Response:
        query = request.query_params
        file = await self._named(query.get("desk"), query.get("name", ""))
        return answer(await self._in_engine(files.opened, file))

    async def _save(self, request: Request) -> Response:
        asked = await self._writing(request, Save)
        file = await self._named(asked.desk, asked.name)
        return answer(await self._in_engine(files.save, file, asked.text, asked.base))

    async def _save_field(self, request: Request) -> Response:
        asked = await self._writing(request, SaveField)
        file = await self._named(asked.desk, asked.name)
        if file.kind != "yaml":
            raise Refused(404)
        digest = await self._in_engine(
            texts.save_field, file.path, asked.keys, asked.text, asked.base
        )
        return answer({"digest": digest})

    async def _copy(self, request: Request) -> Response:
        asked = await self._writing(request, Copy)
        file = await self._named(asked.desk, asked.name)
        campaign = self._studio.campaign
        if campaign is None or not file.built_in:
            raise Refused(404)
        path = await self._in_engine(files.copy, campaign, file, self._studio.templates)
        self._changed()
        return answer({"file": path.name})

    async def _writing(self, request: Request, model: type[Asked]) -> Asked:
        if self._read_only:
            raise Refused(403)
        return await body(request, model)

    async def _in_engine(self, work: Any, *arguments: Any) -> Any:
        """What touches the campaign is done in the engine; mistakes become answers."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._studio.engine, work, *arguments)
        except files.ChangedError as error:
            raise Refused(
                409, {"text": error.text, "digest": files.digest_of(error.text)}
            ) from None
        except AdvocacyError as error:
            records = told(error.problems, self._studio.campaign, {}, lambda _: None)
            raise Refused(422, {"problems": records}) from None
