"""Cards that stand on phones: delivered once, redrawn in place, or as ActionCards while the template is refused."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from bot.channels.base import Rejected
from bot.channels.dingtalk import actioncard, cards
from bot.channels.dingtalk.api import Call
from bot.channels.dingtalk.errors import TemplateRefused
from bot.channels.dingtalk.text import json_text
from handlers.chat.events import Tap

if TYPE_CHECKING:
    from bot.channels.dingtalk.api import Api
    from bot.channels.dingtalk.app import App
    from bot.channels.dingtalk.namespace import Namespace
    from bot.channels.dingtalk.robot import Robot
    from cards.types import Card
    from handlers.chat.events import Message

CREATE, UPDATE = "/v1.0/card/instances/createAndDeliver", "/v1.0/card/instances"
REGISTER = "/v1.0/card/callbacks/register"
REFUSED = "template-refused"
REFUSED_FOR = 600.0  #: seconds until a refused template is tried again
BUTTONS_FOR = 14 * 86400.0  #: seconds that a tap on an ActionCard is understood
log = logging.getLogger(__name__)


class CardDelivery:
    """``outTrackId`` is the card's token, so that a repeated delivery shows nothing twice (dingtalk.md §3.1)."""

    def __init__(self, app: App, api: Api, robot: Robot, namespace: Namespace) -> None:
        self._app, self._api, self._robot, self._namespace = app, api, robot, namespace

    async def deliver(self, userid: str, card: Card, token: str) -> None:
        """Raises Retryable or Rejected."""
        kept = await self._kept(token)
        if kept.get("sent"):
            return
        if not await self._namespace.get(REFUSED):
            try:
                await self._create(userid, card, token)
            except TemplateRefused as error:
                log.warning("card template refused, buttons send texts for now: %s", error)
                await self._namespace.set(REFUSED, error.code, REFUSED_FOR)
            else:
                return
        await self._stand_in(userid, card, token)

    async def update(self, token: str, card: Card) -> None:
        """Redraw every copy. A stand-in can't be redrawn: it stays, and its taps are answered with the card as it is.

        Raises Retryable or Rejected.
        """
        if (await self._kept(token)).get("sent"):
            return
        body = {"outTrackId": token, "userIdType": 1, **cards.update(card)}
        answer = await self._api.call(Call(UPDATE, body, "PUT"))
        if answer.get("success") is False:
            raise Rejected("success=false", "钉钉没有更新卡片")

    async def tap(self, message: Message) -> Tap | None:
        """The tap that a text stands for which a stand-in's button has sent; None for what people type."""
        if not (found := actioncard.tapped(message.text)):
            return None
        token, index = found
        payloads = (await self._kept(token)).get("payloads", [])
        if index >= len(payloads):
            return None
        return Tap(message.event_id, "dingtalk", message.userid, message.at, token, payloads[index])

    async def register(self) -> None:
        """Tell the platform where taps go in http mode (dingtalk.md §3.2). Raises Retryable or Rejected."""
        url = self._app.public_url.rstrip("/") + "/dingtalk/card"
        route = {"callbackRouteKey": cards.ROUTE_KEY, "callbackUrl": url}
        await self._api.call(Call(REGISTER, {**route, "apiSecret": self._app.secret, "forceUpdate": True}))

    async def _create(self, userid: str, card: Card, token: str) -> None:
        settings = self._app.settings
        body = cards.creation(card, token, template=settings.card_template, stream=settings.mode == "stream")
        body |= cards.robot_space(card, userid, settings.robot_code)
        try:
            answer = await self._api.call(Call(CREATE, body))
        except Rejected as error:
            if error.code != "param.cardAlreadyExist":
                raise
        else:
            _check_delivery(answer)

    async def _stand_in(self, userid: str, card: Card, token: str) -> None:
        payloads = [button.payload for button in card.buttons]
        # Before it is sent: the tap may be faster than the answer to the sending.
        await self._keep(token, payloads, sent=False)
        failed = await self._robot.send([userid], actioncard.bubble(card, token))
        if userid in failed:
            raise failed[userid]
        await self._keep(token, payloads, sent=True)

    async def _keep(self, token: str, payloads: list[str], *, sent: bool) -> None:
        await self._namespace.set(f"buttons:{token}", json_text({"payloads": payloads, "sent": sent}), BUTTONS_FOR)

    async def _kept(self, token: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await self._namespace.get(f"buttons:{token}") or "{}")
        return found


def _check_delivery(answer: dict[str, Any]) -> None:
    """HTTP 200 with a place that got nothing is a failure (dingtalk.md §3.1)."""
    results = (answer.get("result") or {}).get("deliverResults") or []
    if answer.get("success") is False or not results or not all(r.get("success") for r in results):
        said = "；".join(str(r.get("errorMsg") or "") for r in results if not r.get("success"))
        raise Rejected("deliverResults", f"卡片没有送达：{said or '钉钉没有说明原因'}")
