"""The page's own API: what people do on their phones, fault switches, the clock, pictures; never the bot itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from aiohttp import web

from sandbox import dingtalk, wecom
from sandbox.faults import Trouble
from sandbox.feed import Feed
from sandbox.gateway import Refused, object_of, strings
from sandbox.wecom.errors import Refused as WeComRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sandbox.stage import Stage
    from sandbox.world import Item

    Act = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

API = "/sandbox/api"
LONGEST_TEXT = 5000  #: characters a phone lets one type
LONGEST_SKIP = 60 * 24 * 366  #: minutes
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
TROUBLES = frozenset(get_args(Trouble))


class Control:
    """Acts for the people of the page. Refusals are 4xx with one Chinese sentence: ``{"message"}``."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._feed = Feed(stage)

    def routes(self) -> list[web.RouteDef]:
        acts = {"say": self._say, "tap": self._tap, "scan": self._scan, "fault": self._arm, "clock": self._advance}
        return [
            web.get(f"{API}/state", self._state),
            web.get(f"{API}/feed", self._feed.serve, allow_head=False),
            *(web.post(f"{API}/{name}", _json_act(act)) for name, act in acts.items()),
            web.post(f"{API}/photo", _refusing(self._photo)),
            web.post(f"{API}/file", _refusing(self._file)),
            web.delete(f"{API}/faults", self._disarm),
            web.get("/sandbox/media/{id}", self._media),
        ]

    async def close(self) -> None:
        await self._feed.close()

    async def _state(self, _: web.Request) -> web.Response:
        return web.json_response(self._stage.state() | {"now": self._stage.now()})

    # -- on a phone --------------------------------------------------------------------------------------------------

    async def _say(self, given: dict[str, Any]) -> dict[str, Any]:
        """``{"platform", "userid", "text", "group"?}``; ``group`` is a DingTalk conversation."""
        platform, userid, text = strings(given, "platform", "userid", "text")
        if len(text) > LONGEST_TEXT:
            raise Refused(400, f"一条消息最多 {LONGEST_TEXT} 字")
        group = self._chat(platform, userid, given.get("group"))
        if platform == "wecom":
            delivery = await self._stage.wecom.phones.say(userid, text)
            return {"answered": delivery.answered or delivery.held}
        await self._stage.dingtalk.phones.say(userid, text, group=group)
        return {"answered": not self._stage.is_cut_off}

    async def _photo(self, request: web.Request) -> web.Response:
        """A form of ``platform``, ``userid``, ``file`` and perhaps ``group``."""
        sent = await _attached(request)
        group = self._chat(sent.platform, sent.userid, sent.group)
        if not sent.data.startswith(PICTURES):
            raise Refused(400, "只能发 JPG 或 PNG 图片")
        if sent.platform == "wecom":
            answered = await self._wecom_picture(sent.userid, sent.data)
        else:
            await self._stage.dingtalk.phones.send_picture(sent.userid, sent.data, group=group)
            answered = not self._stage.is_cut_off
        return web.json_response({"answered": answered})

    async def _file(self, request: web.Request) -> web.Response:
        """The same form with any file, which reaches an app only from DingTalk's 1:1 chat (dingtalk.md §2.1)."""
        sent = await _attached(request)
        group = self._chat(sent.platform, sent.userid, sent.group)
        if sent.platform == "wecom":
            raise Refused(400, "企业微信不把文件交给应用，请在钉钉单聊里发")
        if group:
            raise Refused(400, "群里的文件到不了机器人，请在单聊里发")
        await self._stage.dingtalk.phones.send_file(sent.userid, sent.name, sent.data)
        return web.json_response({"answered": not self._stage.is_cut_off})

    async def _wecom_picture(self, userid: str, data: bytes) -> bool:
        try:
            delivery = await self._stage.wecom.phones.send_image(userid, data)
        except WeComRefused:
            raise Refused(400, "企业微信不收这张图片：最大 10 MB") from None
        return delivery.answered or delivery.held

    async def _scan(self, given: dict[str, Any]) -> dict[str, Any]:
        """``{"userid", "code", "barcode"?}``: the scan menu, which only WeCom has."""
        userid, code = strings(given, "userid", "code")
        self._chat("wecom", userid, None)
        is_bars = given.get("barcode") is True
        result, kind = (f"CODE_128,{code}", "barcode") if is_bars else (code, "qrcode")
        delivery = await self._stage.wecom.phones.scan(userid, "scan", result, kind)
        return {"answered": delivery.answered or delivery.held}

    async def _tap(self, given: dict[str, Any]) -> dict[str, Any]:
        """``{"item", "button", "selected"?, "menu"?, "by"?}``; in a group ``by`` is the userid of who taps."""
        item = self._stage.world.items.get(_whole(given, "item", 1, 2**53))
        (button,) = strings(given, "button")
        if item is None:
            raise Refused(404, "没有这条消息")
        try:
            return {"answered": await self._press(item, button, given)}
        except (wecom.DeadButton, dingtalk.DeadButton):
            raise Refused(409, "这个按钮已经不能点了") from None

    async def _press(self, item: Item, button: str, given: dict[str, Any]) -> bool:
        if item.place.platform == "dingtalk":
            by = given.get("by") if item.place.group else item.place.chat
            self._chat("dingtalk", by if isinstance(by, str) else "", None)
            after = await self._stage.dingtalk.phones.tap(item.id, button, by=by)
            return not after.state.get("error")
        phones = self._stage.wecom.phones
        if given.get("menu") is True:
            delivery = await phones.tap_menu(item.id, button)
        else:
            delivery = await phones.tap(item.id, button, _choices(given.get("selected")))
        return delivery.answered or delivery.held

    def _chat(self, platform: str, userid: str, group: object) -> str | None:
        """The group, checked like the person. Raises Refused."""
        known = platform in ("wecom", "dingtalk") and userid
        if not known or self._stage.world.person(platform, userid) is None:  # type: ignore[arg-type]
            raise Refused(404, "这个平台上没有这个人")
        if not group:
            return None
        if platform == "wecom":
            raise Refused(400, "企业微信的群机器人收不到群里的消息")
        if group not in self._stage.world.groups:
            raise Refused(404, "没有这个群")
        return str(group)

    # -- behind the scenes -------------------------------------------------------------------------------------------

    async def _arm(self, given: dict[str, Any]) -> dict[str, Any]:
        """``{"trouble", "where", "times"?, "seconds"?}``, as ``Faults.arm`` takes them."""
        trouble, where = strings(given, "trouble", "where")
        if trouble not in TROUBLES:
            raise Refused(400, "没有这种故障")
        times = _whole({"times": 1} | given, "times", -1, 1000)
        seconds = _whole({"seconds": 0} | given, "seconds", 0, 600)
        fault = self._stage.faults.arm(trouble, where, times=times, seconds=seconds)  # type: ignore[arg-type]
        return {"id": fault.id}

    async def _disarm(self, _: web.Request) -> web.Response:
        self._stage.faults.clear()
        return web.json_response({})

    async def _advance(self, given: dict[str, Any]) -> dict[str, Any]:
        """``{"minutes"}``: moves the platforms' clock, and nobody else's."""
        self._stage.world.clock.advance(timedelta(minutes=_whole(given, "minutes", 1, LONGEST_SKIP)))
        return {"now": self._stage.now()}

    async def _media(self, request: web.Request) -> web.Response:
        try:
            data, content_type = self._stage.media(request.match_info["id"])
        except KeyError:
            raise web.HTTPNotFound from None
        shown = "inline" if content_type.startswith("image/") else "attachment"
        headers = {"Content-Disposition": shown, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=data, content_type=content_type, headers=headers)


@dataclass(frozen=True, slots=True)
class _Attached:
    """Something that somebody has picked on their phone."""

    platform: str
    userid: str
    group: object
    name: str
    data: bytes


async def _attached(request: web.Request) -> _Attached:
    form = await request.post()
    file = form.get("file")
    if not isinstance(file, web.FileField) or not file.filename:
        raise Refused(400, "缺少图片或文件")
    platform, userid = strings(dict(form), "platform", "userid")
    return _Attached(platform, userid, form.get("group"), file.filename, file.file.read())


def _refusing(handler: Callable[[web.Request], Awaitable[web.Response]]) -> Callable[..., Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except Refused as refused:
            return refused.response()

    return handle


def _json_act(act: Act) -> Callable[..., Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return web.json_response(await act(object_of(await request.text())))

    return _refusing(handle)


def _whole(given: dict[str, Any], name: str, least: int, most: int) -> int:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refused(400, f"{name} 应是 {least} 到 {most} 的整数")
    return value


def _choices(selected: object) -> dict[str, str | list[str]] | None:
    """Drop-down and tick-box choices: question_key -> option id, or several."""
    if selected is None:
        return None
    if not isinstance(selected, dict) or not all(isinstance(choice, str | list) for choice in selected.values()):
        raise Refused(400, "selected 应是 题目 → 选项")
    return selected
