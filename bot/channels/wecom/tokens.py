"""The app's access_token: fetched once for everybody, two hours of life (wecom.md §4.4, D/91039)."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from bot.channels.base import Rejected, Retryable
from bot.channels.wecom.errors import NeedsAdmin, errcode, failure
from bot.channels.wecom.wire import Call, Wire

if TYPE_CHECKING:
    from bot.channels.base import ChannelError
    from bot.store.base import Store
    from config.settings import WeComSettings

API = "/cgi-bin/gettoken"
EARLY = 300  #: seconds before its end at which a token is no longer used
REFUSED_PAUSE = 60.0  #: seconds without asking again after a refusal; frequent asking is throttled
OTHERS_WAIT = 0.2  #: seconds between looks while another process fetches
FETCH_TTL = 15.0  #: seconds that one process may take to fetch


class Tokens:
    """The store holds the token for all processes; a lock in each keeps its own tasks to one request."""

    def __init__(self, settings: WeComSettings, wire: Wire, store: Store) -> None:
        self._settings = settings
        self._wire = wire
        self._store = store
        self._key = f"wecom:token:{settings.corp_id}:{settings.agent_id}"
        self._lock = asyncio.Lock()
        self._clock = time.monotonic
        self._refused_until = 0.0
        self._refused_why = ""

    async def get(self, stale: str = "") -> str:
        """The present token; when ``stale`` is one that was refused, another one."""
        if token := await self._known(stale):
            return token
        async with self._lock:
            return await self._known(stale) or await self._fresh(stale)

    async def _known(self, stale: str) -> str | None:
        token = await self._store.get(self._key)
        return token if token != stale else None

    async def _fresh(self, stale: str) -> str:
        for _ in range(round(FETCH_TTL / OTHERS_WAIT)):
            if await self._store.add(f"{self._key}:lock", "1", FETCH_TTL):
                try:
                    return await self._fetch()
                finally:
                    await self._store.delete(f"{self._key}:lock")
            await asyncio.sleep(OTHERS_WAIT)
            if token := await self._known(stale):
                return token
        raise Retryable("另一个进程还没有取到企业微信的 access_token", 2.0)

    async def _fetch(self) -> str:
        if self._clock() < self._refused_until:
            raise NeedsAdmin(self._refused_why)
        secret = self._settings.secret.get_secret_value()
        query = {"corpid": self._settings.corp_id, "corpsecret": secret}
        answer = await self._wire.ask(Call(API, self._settings.api_base + API, query))
        if errcode(answer):
            raise self._refused(failure(API, answer))
        token, seconds = str(answer.get("access_token", "")), float(answer.get("expires_in", 0))
        await self._store.set(self._key, token, max(seconds - EARLY, 1.0))
        return token

    def _refused(self, error: ChannelError) -> ChannelError:
        """A wrong setting is not tried again at once for every message that waits."""
        if isinstance(error, Rejected):
            error = NeedsAdmin(f"取不到企业微信的 access_token：{error.reason}")
        if isinstance(error, NeedsAdmin):
            self._refused_until, self._refused_why = self._clock() + REFUSED_PAUSE, str(error)
        return error
