"""The page behind a link: a flow's file and text to take away, and a form to send the edited file back."""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.outbox.links import BadLink
from flow.definitions.business import FLOW, POLICY
from flow.errors import DefinitionError, FlowError
from flow.versions import active_texts
from models import outside

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.outbox.definitions import Definitions
    from bot.outbox.links import Links, Ticket
    from bot.runtime.clock import Clock

LOOK = "流程"  #: the command whose permission the page asks for
MAX_FILE = 2 * 1024 * 1024  #: bytes of an uploaded workbook
CHUNK = 64 * 1024
MAX_FORM = MAX_FILE + 64 * 1024  #: bytes of the form around it
UPLOAD_SECONDS = 60.0  #: for two megabytes on a phone's line
MAX_PARTS = 8
#: what aiohttp raises for a form that is none, is cut short, or takes too long
UNREADABLE = (
    ValueError, LookupError, TypeError, AssertionError, RuntimeError, TimeoutError, zlib.error, HttpProcessingError,
    web.RequestPayloadError, web.HTTPException,
)  # fmt: skip
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: the address opens the page for whoever has it, so it goes to no cache and to no other site
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:640px;margin:32px auto;padding:0 16px;color:#222}}
pre{{background:#f5f5f5;padding:12px;overflow:auto;font-size:13px}}button,input{{font-size:16px}}
.note{{background:#fff7e0;padding:12px;white-space:pre-wrap}}a{{color:#1a5fb4}}</style>
<h1>{title}</h1>{body}</html>"""
_FORM = (
    '<p><a href="{}/xlsx">下载表格（XLSX）</a></p><form method="post" enctype="multipart/form-data">'
    "<p>改好以后在这里传回来，机器人会在聊天里给你看改动，由第二个人发布；打印模板也在这里传：</p>"
    '<p><input type="file" name="file" accept=".xlsx" required> <button>上传</button></p></form>'
)


@dataclass(frozen=True, slots=True)
class DefinitionPage:
    """``/d/<ticket>``: read with GET, sent back with POST. Whoever has no valid ticket gets 403 and one sentence."""

    links: Links
    definitions: Definitions
    clock: Clock
    receive: Callable[[int, bytes], Awaitable[str]]  #: member and file -> what to say
    renew: Callable[[], Awaitable[bool]]  #: whether there are other keys than before

    def routes(self) -> list[web.RouteDef]:
        """To be added to the bot's own application."""
        return [
            web.get("/d/{ticket}", self._show),
            web.post("/d/{ticket}", self._take),
            web.get("/d/{ticket}/xlsx", self._sheet),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        return await self._page(await self._ticket(request), "")

    async def _page(self, ticket: Ticket, note: str, status: int = 200) -> web.Response:
        texts = await active_texts()
        shown = [texts.get((FLOW, ticket.flow), ""), texts.get((POLICY, ticket.policy), "")]
        page = drawn(ticket, note, [text for text in shown if text])
        headers = _HEADERS | {"Content-Security-Policy": _POLICY}
        return web.Response(text=page, content_type="text/html", status=status, headers=headers)

    async def _sheet(self, request: web.Request) -> web.Response:
        ticket = await self._ticket(request)
        name = quote(outside.file_name(f"{ticket.flow}.xlsx"))
        headers = _HEADERS | {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        data = await self.definitions.file(ticket.flow, ticket.policy)
        return web.Response(body=data, content_type=SHEET, headers=headers)

    async def _take(self, request: web.Request) -> web.Response:
        ticket = await self._ticket(request)
        data = await _upload(request)
        if data is None:
            return await self._page(ticket, "没有收到文件，或者文件超过 2 MB", 400)
        try:
            said = await self.receive(ticket.member_id, data)
        except FlowError as error:
            return await self._page(ticket, f"没有收下，现在用的流程没有改动：\n{_lines(error)}", 422)
        return await self._page(ticket, said)

    async def _ticket(self, request: web.Request) -> Ticket:
        """What the link opens. Raises HTTPForbidden for a bad one, and for whoever may no longer look at flows."""
        try:
            ticket = await self._read(request.match_info["ticket"])
        except BadLink as error:
            raise _forbidden(str(error)) from error
        person = (await self.definitions.desk.staff.now()).by_id.get(ticket.member_id)
        business = await self.definitions.desk.fresh()
        if person is None or business.matrix.may(person.roles, LOOK) is None:
            raise _forbidden("你现在不能看流程，请回到聊天里问管理员")
        return ticket

    async def _read(self, token: str) -> Ticket:
        """What a token opens; under a key, too, that another replica has made since. Raises BadLink."""
        try:
            return self.links.read(token, self.clock.now())
        except BadLink:
            if not await self.renew():
                raise
            return self.links.read(token, self.clock.now())


def drawn(ticket: Ticket, note: str, texts: Iterable[str]) -> str:
    """The page of a flow: what there is to say, the form, and the texts as they stand."""
    said = f'<div class="note">{outside.page(note)}</div>' if note else ""
    shown = "".join(f"<pre>{outside.page(text)}</pre>" for text in texts)
    body = said + _FORM.format(quote(f"/d/{ticket.token}")) + shown
    return _PAGE.format(title=outside.page(f"{ticket.flow}流程"), body=body)


def _forbidden(words: str) -> web.HTTPForbidden:
    return web.HTTPForbidden(text=outside.visible(words), content_type="text/plain", headers=_HEADERS)


def _lines(error: FlowError) -> str:
    return "\n".join(error.problems) if isinstance(error, DefinitionError) else str(error)


async def _upload(request: web.Request) -> bytes | None:
    """The file of the form; None when there is none, or it is larger than a workbook of ours ever is."""
    if not request.content_type.startswith("multipart/") or (request.content_length or 0) > MAX_FORM:
        return None
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            return await _file(request)
    except UNREADABLE:
        return None


async def _file(request: web.Request) -> bytes | None:
    """Of the first part with that name, among a few. What stands before it may be as long as the file at most."""
    form, left = await request.multipart(), MAX_FILE
    for _ in range(MAX_PARTS):
        part = await form.next()
        if not isinstance(part, BodyPartReader):
            return None
        data = bytearray()
        while chunk := await part.read_chunk(CHUNK):
            data += chunk
            left -= len(chunk)
            if left < 0:
                return None
        if part.name == "file":
            return bytes(data) or None
    return None
