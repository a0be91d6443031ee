"""The web application: its routes, and one `Tab` for each tab of a browser.

Work on the campaign runs in the state's engine, a thread of its own, one piece at a time. The
names in addresses and in JSON (`desk` is a tab's name) are those of the scripts in `page/`.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from advocacy.authoring.timeline import timeline_html
from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError
from advocacy.files.content_digests import text_digest
from advocacy.preview import files, history, texts
from advocacy.preview.answers import (
    NO_STORE,
    CopyFile,
    Refused,
    RemoveUnsaved,
    RequestBody,
    SaveField,
    SaveFile,
    answer_refused,
    empty_frame,
    frame_answer,
    index_page,
    json_answer,
    page_file,
    read_body,
)
from advocacy.preview.commenting import (
    ChangeComment,
    ImportComments,
    act_on_comment,
    import_comments,
)
from advocacy.preview.keeping import TextKeeper
from advocacy.preview.pages import MOST_PIXELS
from advocacy.preview.people import KINDS, PeopleList, Show
from advocacy.preview.plain_words import plain_message
from advocacy.preview.problems import problem_records
from advocacy.preview.state import PreviewState, watch
from advocacy.preview.tab import Tab
from advocacy.preview.versions import lay_out_version, list_versions

MOST_TABS = 24


class Application:
    """The ASGI application `asgi` over one campaign; with `read_only` it writes no file."""

    def __init__(self, state: PreviewState, *, read_only: bool = False) -> None:
        self._state = state
        self._read_only = read_only
        self._tabs: dict[str, Tab] = {}
        self._keeper = TextKeeper(state.path)
        routes = [
            Route("/", self._index),
            Route("/static/{name}", page_file),
            Route("/frame", empty_frame),
            Route("/events", self._events),
            Route("/show", self._show, methods=["POST"]),
            Route("/picture/{digest}.png", self._picture),
            Route("/timeline", self._timeline),
            Route("/versions", self._list_versions),
            Route("/version", self._lay_out_version),
            Route("/letter.pdf", self._pdf),
            Route("/people", self._search_people),
            Route("/odd", self._find_unusual),
            Route("/file", self._open_file),
            Route("/save", self._save_file, methods=["POST"]),
            Route("/save-field", self._save_field, methods=["POST"]),
            Route("/copy", self._copy_file, methods=["POST"]),
            Route("/history", self._list_history),
            Route("/history-text", self._read_history),
            Route("/unsaved", self._list_unsaved),
            Route("/remove-unsaved", self._remove_unsaved, methods=["POST"]),
            Route("/import-comments", self._import_comments, methods=["POST"]),
            Route("/comment", self._change_comment, methods=["POST"]),
        ]
        self.asgi = Starlette(
            routes=routes, lifespan=self._lifespan, exception_handlers={Refused: answer_refused}
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self._keeper.sweep()
        self._state.on_people_read = self._send_people
        watcher = asyncio.create_task(watch(self._state, self._refresh_tabs))
        try:
            yield
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
            self._keeper.sweep()
            self._state.close()

    def _refresh_tabs(self) -> None:
        for tab in self._tabs.values():
            tab.request()

    def _send_people(self) -> None:
        for tab in list(self._tabs.values()):
            tab.send_people()

    def close(self) -> None:
        """End the event streams of all tabs, for which the server would wait."""
        for tab in self._tabs.values():
            tab.close()

    async def _index(self, _request: Request) -> Response:
        return index_page(read_only=self._read_only)

    # --- tabs ----------------------------------------------------------------------------------

    async def _events(self, request: Request) -> Response:
        name = request.query_params.get("desk", "")
        if not 8 <= len(name) <= 40 or len(self._tabs) >= MOST_TABS:
            raise Refused(429)
        tab = self._tabs[name] = Tab(self._state)

        async def stream() -> AsyncIterator[str]:
            try:
                async for event in tab.events():
                    yield event
            finally:
                if self._tabs.get(name) is tab:
                    del self._tabs[name]

        return StreamingResponse(stream(), media_type="text/event-stream", headers=NO_STORE)

    async def _show(self, request: Request) -> Response:
        show = await read_body(request, Show)
        if self._read_only:
            show = show.model_copy(update={"drafts": {}, "fields": ()})
        tab = self._tab(show.desk)
        tab.request(show)
        if not self._read_only:
            tab.send_kept(await self._keeper.keep(show))
        return Response(status_code=204)

    def _tab(self, name: str | None) -> Tab:
        if name not in self._tabs:
            raise Refused(410)
        return self._tabs[name]

    async def _timeline(self, request: Request) -> Response:
        composed = self._tab(request.query_params.get("desk")).composed
        if composed is None or composed.campaign is None or composed.chosen is None:
            raise Refused(404)
        width = request.query_params.get("width", "")
        wide = int(width) if width.isdecimal() and len(width) < 6 else None
        html = await self._in_engine(timeline_html, composed.campaign, composed.chosen.day, wide)
        return frame_answer(html)

    async def _list_versions(self, request: Request) -> Response:
        tab = self._tab(request.query_params.get("desk"))
        composed, state = tab.composed, self._state
        if composed is None or composed.campaign is None or composed.chosen is None:
            raise Refused(404)
        people = state.people if state.real else None
        arguments = (composed.campaign, composed.chosen, people)
        tab.versions = await self._in_engine(list_versions, *arguments)
        records = [one.record() for one in tab.versions]
        return json_answer({"versions": records, "real": state.real})

    async def _lay_out_version(self, request: Request) -> Response:
        query = request.query_params
        tab = self._tab(query.get("desk"))
        number, width = query.get("number", ""), query.get("width", "")
        if not (number.isdecimal() and width.isdecimal() and int(number) < len(tab.versions)):
            raise Refused(404)
        version, composed = tab.versions[int(number)], tab.composed
        if composed is None or composed.campaign is None or not 100 <= int(width) <= MOST_PIXELS:
            raise Refused(404)
        try:
            found = await lay_out_version(self._state, composed.campaign, version, int(width))
        except AdvocacyError as error:
            found = (), error.problems
        pages, problems = found
        said = [plain_message(one) for one in problems]
        return json_answer({"pages": [one.record() for one in pages], "problems": said})

    async def _picture(self, request: Request) -> Response:
        data = self._state.pictures.get(request.path_params["digest"])
        if data is None:
            raise Refused(404)
        # The address holds the picture's digest, so the browser may keep it.
        headers = {"cache-control": "private, max-age=86400, immutable"}
        return Response(data, media_type="image/png", headers=headers)

    async def _pdf(self, request: Request) -> Response:
        pdf = self._tab(request.query_params.get("desk")).pdf
        if pdf is None:
            raise Refused(404)
        name, data = pdf
        headers = {"content-disposition": f'inline; filename="{name}"', **NO_STORE}
        return Response(data, media_type="application/pdf", headers=headers)

    async def _search_people(self, request: Request) -> Response:
        people, among = self._people_of_stage(request)
        if people is None:
            return json_answer({"people": [], "count": 0})
        words = request.query_params.get("words", "")[:200]
        found, count = await asyncio.to_thread(people.search, words, among)
        return json_answer({"people": list(map(asdict, found)), "count": count})

    async def _find_unusual(self, request: Request) -> Response:
        people, among = self._people_of_stage(request)
        query = request.query_params
        kind = next((kind for kind in KINDS if kind == query.get("kind")), None)
        if people is None or kind is None:
            raise Refused(404)
        one = await asyncio.to_thread(people.find_unusual, kind, query.get("after"), among)
        return json_answer({"id": one.id if one else None})

    def _people_of_stage(self, request: Request) -> tuple[PeopleList | None, Sequence[str]]:
        """The people, and the ids of those alone for whom the request's stage is."""
        campaign = self._state.campaign
        name = request.query_params.get("stage", "")
        stage = campaign.file.stages.get(name) if campaign else None
        return self._state.people, stage.to if stage and not stage.bill else ()

    # --- files ---------------------------------------------------------------------------------

    async def _find_file(self, tab: str | None, name: str) -> files.EditableFile:
        """The file of that name, among those that the campaign's letters are made of."""
        composed, campaign = self._tab(tab).composed, self._state.campaign
        if composed is None or campaign is None:
            raise Refused(404)
        stage = composed.chosen.stage if composed.chosen else ""
        found: files.EditableFile | None = await self._in_engine(
            files.find_file, campaign, name, stage, self._state.templates
        )
        if found is None:
            raise Refused(404)
        return found

    async def _open_file(self, request: Request) -> Response:
        query = request.query_params
        file = await self._find_file(query.get("desk"), query.get("name", ""))
        return json_answer(await self._in_engine(files.open_file, file))

    async def _save_file(self, request: Request) -> Response:
        asked = await self._read_edit(request, SaveFile)
        file = await self._find_file(asked.desk, asked.name)
        edit = (self._state.campaign, file, asked.text, asked.base)
        return json_answer(await self._in_engine(history.save_and_keep, *edit))

    async def _list_history(self, request: Request) -> Response:
        file = await self._find_file(
            request.query_params.get("desk"), request.query_params.get("name", "")
        )
        found = await self._in_engine(history.list_history, self._state.campaign, file)
        return json_answer({"versions": found})

    async def _read_history(self, request: Request) -> Response:
        query = request.query_params
        file = await self._find_file(query.get("desk"), query.get("name", ""))
        wanted = (self._state.campaign, file, query.get("id", ""))
        text = await self._in_engine(history.read_history, *wanted)
        if text is None:
            raise Refused(404)
        return json_answer({"text": text})

    async def _save_field(self, request: Request) -> Response:
        asked = await self._read_edit(request, SaveField)
        file = await self._find_file(asked.desk, asked.name)
        if file.kind != "yaml":
            raise Refused(404)
        edit = (file.path, asked.keys, asked.text, asked.base)
        return json_answer({"digest": await self._in_engine(texts.save_text, *edit)})

    async def _copy_file(self, request: Request) -> Response:
        asked = await self._read_edit(request, CopyFile)
        file = await self._find_file(asked.desk, asked.name)
        campaign = self._state.campaign
        if campaign is None or not file.built_in:
            raise Refused(404)
        path = await self._in_engine(files.copy_built_in, campaign, file, self._state.templates)
        self._refresh_tabs()
        return json_answer({"file": path.name})

    async def _list_unsaved(self, _request: Request) -> Response:
        if self._read_only:
            return json_answer({"works": []})
        among = (set(self._tabs), self._state.campaign, self._state.templates)
        return json_answer({"works": await self._in_engine(self._keeper.offer, *among)})

    async def _remove_unsaved(self, request: Request) -> Response:
        asked = await self._read_edit(request, RemoveUnsaved)
        with suppress(OSError):  # it is offered again
            self._keeper.remove(asked.id)
        return Response(status_code=204)

    # --- comments ------------------------------------------------------------------------------

    async def _import_comments(self, request: Request) -> Response:
        asked = await self._read_edit(request, ImportComments)
        found = await self._in_engine(import_comments, self._campaign(), asked.file)
        self._refresh_tabs()
        return json_answer(found)

    async def _change_comment(self, request: Request) -> Response:
        asked = await self._read_edit(request, ChangeComment)
        if not await self._in_engine(act_on_comment, self._campaign(), asked):
            raise Refused(404)
        self._refresh_tabs()
        return Response(status_code=204)

    def _campaign(self) -> Campaign:
        if self._state.campaign is None:
            raise Refused(404)
        return self._state.campaign

    async def _read_edit(self, request: Request, model: type[RequestBody]) -> RequestBody:
        """Read a request that changes a file. Raises Refused (403) on a page to look at only."""
        if self._read_only:
            raise Refused(403)
        return await read_body(request, model)

    async def _in_engine(self, work: Any, *arguments: Any) -> Any:
        """Run `work` in the engine. Raises Refused with the user's mistakes (409 or 422)."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._state.engine, work, *arguments)
        except files.ChangedError as error:
            content = {"text": error.text, "digest": text_digest(error.text)}
            raise Refused(409, content) from None
        except AdvocacyError as error:
            records = problem_records(error.problems, self._state.campaign, {})
            raise Refused(422, {"problems": records}) from None
