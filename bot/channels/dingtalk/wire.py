"""One HTTP exchange with the platform: deadlines, answers that are not JSON, and the ban (dingtalk.md §4.7)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import ClientConnectorError, ClientError, ClientTimeout

from bot.channels.base import Retryable
from bot.channels.dingtalk.errors import SOON, Unsure

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from bot.channels.dingtalk.health import Health

CALL = ClientTimeout(total=10)
TRANSFER = ClientTimeout(total=60, sock_read=10)  #: up to 20 MB of file
BANNED = "钉钉的答复不是接口的格式：可能封禁了本机 IP，或接口地址不对"
BAN = 300.0  #: seconds that an IP is shut out after too many requests


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object and the HTTP status it came with."""

    status: int
    body: dict[str, Any]


class Wire:
    """Asks; while the platform shuts this machine out, asks nothing.

    Errors carry no address: query strings hold tokens and tickets.
    """

    def __init__(self, session: ClientSession, health: Health) -> None:
        self._session, self._health = session, health
        self._banned_until = 0.0

    async def ask(self, method: str, url: str, *, within: ClientTimeout = CALL, **request: Any) -> Answer:
        """Raises Unsure when no usable answer came, Retryable when nothing was sent."""
        self._check_ban()
        try:
            async with self._session.request(method, url, timeout=within, allow_redirects=False, **request) as response:
                return self._read(response.status, await response.text(errors="replace"))
        except ClientConnectorError as error:
            raise Retryable(f"连不上钉钉：{type(error).__name__}", SOON) from None
        except (ClientError, TimeoutError) as error:
            raise Unsure(f"钉钉没有回答：{type(error).__name__}", SOON) from None

    def _read(self, status: int, text: str) -> Answer:
        try:
            body = json.loads(text)
        except ValueError:
            body = None
        if isinstance(body, dict) and body.get("source") != "x5":
            self._health.clear("ban")
            return Answer(status, body)
        if status >= 500:
            raise Unsure(f"钉钉网关出错：HTTP {status}", SOON)
        self._banned_until = asyncio.get_running_loop().time() + BAN
        self._health.note("ban", f"{BANNED}，五分钟后再试")
        raise Retryable(f"{BANNED}（HTTP {status}）", BAN)

    def _check_ban(self) -> None:
        left = self._banned_until - asyncio.get_running_loop().time()
        if left > 0:
            raise Retryable(BANNED, left)


def needed(body: dict[str, Any], key: str) -> str:
    """A text that a good answer carries. Raises Retryable when this one does not."""
    value = body.get(key)
    if not isinstance(value, str) or not value:
        raise Retryable(f"钉钉的答复缺少 {key}", 60)
    return value
