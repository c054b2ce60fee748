"""The outside world of a bench: the project's sandbox, with a staff of ours and the bot's settings for it."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sandbox.server import Sandbox, demo_dingtalk, demo_wecom
from sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sandbox.dingtalk import DingTalkApp
    from sandbox.wecom import WeComApp
    from sandbox.world import Person

GROUPS = {"cidManagement01": "管理群", "cidRiskDesk0001": "风控群"}


@dataclass(frozen=True, slots=True)
class Outside:
    """Both platforms, and where the bot is to listen."""

    sandbox: Sandbox
    wecom: WeComApp
    dingtalk: DingTalkApp
    port: int

    def environ(self, url: str, **more: str) -> dict[str, str]:
        """The bot's settings."""
        at = f"http://127.0.0.1:{self.port}"
        own = {"DATABASE_URL": url, "BOT_PORT": str(self.port), "BOT_PUBLIC_URL": at}
        return self.sandbox.bot_environ(own | more)


@asynccontextmanager
async def outside(staff: Sequence[Person], *, http: bool = False) -> AsyncIterator[Outside]:
    """Both platforms on a free port; ``http`` makes DingTalk call back instead of keeping a line."""
    port = free_port()
    at = f"http://127.0.0.1:{port}"
    wecom, dingtalk = demo_wecom(at), replace(demo_dingtalk(at), mode="http" if http else "stream")
    sandbox = Sandbox(World(staff, GROUPS), wecom_app=wecom, dingtalk_app=dingtalk)
    sandbox.wecom.push.retry_pause = 0.05
    await sandbox.start()
    try:
        yield Outside(sandbox, wecom, dingtalk, port)
    finally:
        await sandbox.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
