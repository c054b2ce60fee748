"""The open API: a call with its token, pace and meter, and its refusals as errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.channels.dingtalk.errors import Shut, TokenRefused, code_of, refusal
from bot.channels.dingtalk.wire import CALL, TRANSFER

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import FormData

    from bot.channels.dingtalk.app import App
    from bot.channels.dingtalk.pace import Pace
    from bot.channels.dingtalk.tokens import Tokens
    from bot.channels.dingtalk.wire import Answer

TOKEN_HEADER = "x-acs-dingtalk-access-token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Call:
    """One request; paths beyond ``/v1.0/`` belong to the old host and its dialect (dingtalk.md §4.1)."""

    path: str
    body: Any = None
    method: str = "POST"
    query: tuple[tuple[str, str], ...] = ()
    form: Callable[[], FormData] | None = None  #: makes the multipart body anew for each try
    counted: bool = True  #: charged to the month's quota; contacts are not (KB 1432)

    @property
    def old(self) -> bool:
        return not self.path.startswith("/v1.0/")


class Api:
    """The one way out to the platform, except for session webhooks and the gateway."""

    def __init__(self, app: App, tokens: Tokens, pace: Pace) -> None:
        self._app, self._tokens, self._pace = app, tokens, pace

    async def call(self, call: Call) -> dict[str, Any]:
        """The answer's JSON. A token that the platform refuses is renewed once.

        Raises Retryable or Rejected.
        """
        try:
            answer = await self._with_token(call)
        except Shut as error:
            self._app.health.note("api", str(error))
            raise
        self._app.health.clear("api")
        return answer

    async def _with_token(self, call: Call) -> dict[str, Any]:
        token = await self._tokens.get()
        try:
            return await self._try(call, token)
        except TokenRefused:
            return await self._try(call, await self._tokens.renew(token))

    async def _try(self, call: Call, token: str) -> dict[str, Any]:
        await self._pace.wait(call.path)
        self._app.count(call.path, counted=call.counted)
        answer = await self._ask(call, token)
        if code := code_of(answer.body, answer.status):
            raise refusal(call.path, answer.status, code, self._app.settings.client_id)
        return answer.body

    async def _ask(self, call: Call, token: str) -> Answer:
        query, headers = dict(call.query), {"Accept": "application/json"}
        if call.old:
            base, query["access_token"] = self._app.settings.oapi_base, token
        else:
            base, headers[TOKEN_HEADER] = self._app.settings.api_base, token
        request: dict[str, Any] = {"data": call.form()} if call.form else {"json": call.body}
        return await self._app.wire.ask(
            call.method,
            base + call.path,
            within=TRANSFER if call.form else CALL,
            params=query,
            headers=headers,
            **request,
        )
