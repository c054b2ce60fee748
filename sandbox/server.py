"""The whole outside world on one port: both platforms, the shop, the SMS gateway, and the page with the phones."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click
from aiohttp import web

from sandbox.clock import Clock
from sandbox.control import Control
from sandbox.dingtalk import DingTalk, DingTalkApp
from sandbox.faults import Faults
from sandbox.notices import PATH as SMS_PATH
from sandbox.notices import Sms
from sandbox.people import staff
from sandbox.shop import Shop
from sandbox.stage import Stage
from sandbox.wecom import WeCom, WeComApp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

    from sandbox.dingtalk import Timing
    from sandbox.world import World

WEB = Path(__file__).parent / "web"
FONT = Path(__file__).parent.parent / "cards" / "fonts" / "NotoSansSC-subset.otf"  #: for machines without Chinese
LARGEST_BODY = 32 * 1024 * 1024  #: bytes; a photo of 20 MB in its form fits
SHUTDOWN = 1.0  #: seconds for requests that are still being answered
SHOP_KEY, SHOP_SIGNING = "boomerang", "only-good-in-the-sandbox"
#: Pictures may also come from the bot, which listens on this machine.
POLICY = "default-src 'self'; img-src 'self' blob: http://127.0.0.1:* http://localhost:*"


class Sandbox:
    """Both platforms with these apps, and the rest; every group of ``world`` exists on WeCom too.

    ``timing`` is DingTalk's own unless told otherwise.
    """

    def __init__(
        self,
        world: World,
        *,
        wecom_app: WeComApp,
        dingtalk_app: DingTalkApp,
        host: str = "127.0.0.1",
        port: int = 0,
        timing: Timing | None = None,
    ) -> None:
        self.world, self.faults = world, Faults()
        self._webhooks = {f"robot-{number}": name for number, name in enumerate(world.groups.values(), 1)}
        self.wecom = WeCom(world, wecom_app, self._webhooks, self.faults)
        self.dingtalk = DingTalk(world, dingtalk_app, self.faults, timing=timing)
        self.shop = Shop(world.clock, self.faults, key=SHOP_KEY, secret=SHOP_SIGNING)
        self.sms = Sms(world, self.faults)
        self._control = Control(self._stage(streaming=dingtalk_app.mode == "stream"))
        self._apps = (wecom_app, dingtalk_app)
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        self.listener: Callable[[str, bytes], None] | None = None  #: hears the path and the body of requests

    @property
    def url(self) -> str:
        """Base address of everything; with ``port=0`` known once it is started."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[self._heard])
        for part in (self.wecom, self.dingtalk, self.shop, self.sms, self._control):
            app.add_routes(part.routes())
        app.add_routes([web.get("/", _page), web.get("/sandbox/font.otf", _font), web.static("/sandbox/web", WEB)])
        app.on_shutdown.append(self._hang_up)
        self._runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError:
            await self.close()
            raise
        self._port = self._runner.addresses[0][1]
        self.dingtalk.base_url = self.url

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def bot_environ(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The settings that point a bot at this sandbox, with ``extra`` over them."""
        return {**self._wecom_environ(), **self._dingtalk_environ(), **self._service_environ(), **(extra or {})}

    def _stage(self, *, streaming: bool) -> Stage:
        fakes = (self.wecom, self.dingtalk, self.shop, self.sms)
        return Stage(self.world, self.faults, *fakes, self._webhooks, streaming)

    @web.middleware
    async def _heard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.listener and not request.content_type.startswith("multipart/"):  # files are looked at where they lie
            self.listener(request.path, await request.read())
        return await handler(request)

    async def _hang_up(self, _: web.Application) -> None:
        await self._control.close()
        await self.dingtalk.close()
        await self.wecom.close()

    def _wecom_environ(self) -> dict[str, str]:
        app, _ = self._apps
        robots = (f"{name}={self.url}/cgi-bin/webhook/send?key={key}" for key, name in self._webhooks.items())
        return {
            "WECOM_CORP_ID": app.corp_id,
            "WECOM_AGENT_ID": str(app.agent_id),
            "WECOM_SECRET": app.secret,
            "WECOM_TOKEN": app.token,
            "WECOM_AES_KEY": app.aes_key,
            "WECOM_API_BASE": self.url,
            "WECOM_GROUP_WEBHOOKS": ",".join(robots),
        }

    def _dingtalk_environ(self) -> dict[str, str]:
        _, app = self._apps
        return {
            "DINGTALK_CLIENT_ID": app.client_id,
            "DINGTALK_CLIENT_SECRET": app.client_secret,
            "DINGTALK_ROBOT_CODE": app.robot_code,
            "DINGTALK_MODE": app.mode,
            "DINGTALK_TOKEN": app.token,
            "DINGTALK_AES_KEY": app.aes_key,
            "DINGTALK_API_BASE": self.url,
            "DINGTALK_OAPI_BASE": self.url,
            "DINGTALK_GROUPS": ",".join(f"{name}={cid}" for cid, name in self.world.groups.items()),
        }

    def _service_environ(self) -> dict[str, str]:
        return {
            "SMS_URL": self.url + SMS_PATH,
            "SHOP_API_BASE": f"{self.url}/shop",
            "SHOP_API_KEY": SHOP_KEY,
            "SHOP_API_SECRET": SHOP_SIGNING,
        }


def demo_wecom(bot_url: str) -> WeComApp:
    """The demo's self-built app, whose callback is the bot at ``bot_url``."""
    return WeComApp(
        corp_id="wwboomerangdemo01",
        agent_id=1000002,
        secret="demo-wecom-only-good-in-the-sandbox",  # noqa: S106
        token="DemoToken2026",  # noqa: S106
        aes_key="DemoWeComCallbackKeyOnlyGoodInTheSandbox012",
        callback_url=f"{bot_url.rstrip('/')}/wecom/callback",
    )


def demo_dingtalk(bot_url: str) -> DingTalkApp:
    """The demo's internal app in Stream mode."""
    return DingTalkApp(
        client_id="dingboomerangdemo01",
        client_secret="demo-dingtalk-only-good-in-the-sandbox",  # noqa: S106
        robot_code="dingboomerangdemo01",
        corp_id="dingcorpboomerang",
        token="DemoToken2026",  # noqa: S106
        aes_key="DemoDingTalkEventKeyOnlyGoodInSandbox012345",
        mode="stream",
        bot_url=bot_url.rstrip("/"),
    )


async def run(host: str, port: int, bot_url: str, start: datetime | None = None) -> None:
    """Serve the demo's sandbox until cancelled, for a bot that listens at ``bot_url``; its clock begins at ``start``.

    Raises OSError when the port is taken.
    """
    world = staff().world(Clock(start))
    sandbox = Sandbox(world, wecom_app=demo_wecom(bot_url), dingtalk_app=demo_dingtalk(bot_url), host=host, port=port)
    await sandbox.start()
    try:
        click.echo(f"所有人的手机：{sandbox.url}/")
        click.echo("让机器人连到这里的设置：")
        for key, value in sandbox.bot_environ().items():
            click.echo(f"{key}={value}")
        await asyncio.Event().wait()
    finally:
        await sandbox.close()


async def _font(_: web.Request) -> web.FileResponse:
    """A browser asks for it only where its own machine has no Chinese letters."""
    return web.FileResponse(FONT, headers={"Content-Type": "font/otf", "Cache-Control": "max-age=86400"})


async def _page(_: web.Request) -> web.FileResponse:
    return web.FileResponse(
        WEB / "index.html", headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    )
