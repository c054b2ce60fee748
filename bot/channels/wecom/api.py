"""Calls to the self-built app's API: token, one refetch, errors by table, and what stands in the way now."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.channels.base import ChannelError
from bot.channels.wecom.errors import STALE_TOKEN, NeedsAdmin, errcode, failure
from bot.channels.wecom.tokens import Tokens
from bot.channels.wecom.wire import Call, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.channels.wecom.errors import Answer
    from bot.channels.wecom.wire import Upload, Wire
    from bot.store.base import Store
    from config.settings import WeComSettings


class WeComApi:
    """Every method raises Retryable or Rejected; ``problem`` is what an administrator or the network must mend."""

    def __init__(self, settings: WeComSettings, wire: Wire, store: Store) -> None:
        self.agent_id = settings.agent_id
        self.problem: str | None = None
        self._is_away = False  #: the problem is that nothing answers
        self._base = settings.api_base.rstrip("/")
        self._wire = wire
        self._tokens = Tokens(settings, wire, store)

    async def get(self, api: str, **query: str) -> Answer:
        return await self._call(Call(api, self._base + api, query))

    async def post(self, api: str, body: Mapping[str, Any]) -> Answer:
        return await self._call(Call(api, self._base + api, body=body))

    async def upload(self, upload: Upload) -> str:
        """The media_id, good for three days (D/90253)."""
        api = "/cgi-bin/media/upload"
        answer = await self._call(Call(api, self._base + api, {"type": upload.kind}, upload=upload))
        return str(answer["media_id"])

    async def download(self, media_id: str) -> bytes:
        """The file behind a media_id. Raises Rejected when it is gone or over 20 MB."""
        api = "/cgi-bin/media/get"
        answer = await self._call(Call(api, self._base + api, {"media_id": media_id}, wants_file=True))
        return bytes(answer["file"])

    async def prime(self) -> None:
        """Get a token, so that wrong settings show before the first message."""
        with self._watched():
            await self._tokens.get()

    async def _call(self, call: Call) -> Answer:
        with self._watched():
            token = await self._tokens.get()
            answer = await self._wire.ask(_signed(call, token))
            if errcode(answer) in STALE_TOKEN:
                token = await self._tokens.get(stale=token)
                answer = await self._wire.ask(_signed(call, token))
            if errcode(answer):
                raise failure(call.api, answer)
            return answer

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Success clears the problem; that one message was refused shows only that the platform is there."""
        try:
            yield
        except (NeedsAdmin, Unreachable) as error:
            self.problem, self._is_away = str(error), isinstance(error, Unreachable)
            raise
        except ChannelError:
            self.problem = None if self._is_away else self.problem
            raise
        self.problem = None


def _signed(call: Call, token: str) -> Call:
    return replace(call, query={**call.query, "access_token": token})
