"""Messages of the app to one person, and cards redrawn on their phone (wecom.md §3, §4)."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.channels.base import Rejected, Sent, told_apart
from bot.channels.wecom.budget import Budget
from bot.channels.wecom.cards import to_send, to_update
from bot.channels.wecom.errors import FINAL, MEDIA_GONE, TASK_ID
from bot.channels.wecom.media import MediaCache
from bot.channels.wecom.parts import Words, parts_of, send_in_turn
from cards.types import Card
from models.accounts import is_account

if TYPE_CHECKING:
    from bot.channels.base import CardRef
    from bot.channels.wecom.api import WeComApi
    from bot.channels.wecom.errors import Answer
    from bot.channels.wecom.parts import Part
    from bot.channels.wecom.wire import Upload
    from bot.runtime.clock import Clock
    from bot.store.base import Store
    from cards.types import Content

log = logging.getLogger(__name__)

SEND = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
CODE_LIFE = timedelta(hours=72)  #: of a response_code (D/94888)
STALE = "stale"
_NOT_DELIVERED = {  #: a partial failure is errcode 0 all the same (D/90236)
    "invaliduser": "接收人不在应用可见范围内或已离职：请管理员在应用详情页调整可见范围",
    "unlicenseduser": "接收人没有企业微信接口许可：请管理员分配许可",
}
NOT_REACHED = frozenset({*map(str, FINAL), *_NOT_DELIVERED})


class People:
    """1:1 chats. A card's task_id makes it once. A text whose answer was lost is sent again, and says so."""

    def __init__(self, api: WeComApi, store: Store, clock: Clock) -> None:
        self._api = api
        self._store = store
        self._clock = clock
        self._budget = Budget(store, clock)
        self._media = MediaCache(store, api.upload, "corp")

    async def send(self, userid: str, content: Content, token: str, *, again: int = 0) -> Sent:
        if isinstance(content, Card) and content.live:
            return await self._card(userid, content, token, again=bool(again))
        await send_in_turn(self._store, userid, parts_of(content), lambda part: self._part(userid, part, again))
        return Sent()

    async def update(self, card: CardRef, content: Card) -> None:
        """Use up the card's code. Raises Rejected ``stale`` when there is none that works."""
        if not card.code or card.code_at is None or self._clock.now() - card.code_at >= CODE_LIFE:
            raise Rejected(STALE, "卡片超过 72 小时，不能再主动更新；点按时会换成最新的")
        userid = card.userid.lower()
        body = {
            "userids": [userid],
            "agentid": self._api.agent_id,
            "response_code": card.code,
            "template_card": to_update(content),
        }
        try:
            answer = await self._api.post(UPDATE, body)
        except Rejected as error:
            # No code is published for a used or expired response_code, so every refusal counts as one.
            raise Rejected(STALE, f"卡片不能再主动更新（{error.code}）") from error
        if answer.get("invaliduser"):
            raise Rejected(STALE, "这个成员已经看不到这张卡片")

    async def _card(self, userid: str, card: Card, token: str, *, again: bool) -> Sent:
        """Of a name that was taken before no code is published, so what is refused the second time is taken for that.

        Whoever can't be reached at all is no such case.
        """
        template = to_send(card, token)
        try:
            answer = await self._post(userid, "template_card", template)
        except Rejected as error:
            if error.code != str(TASK_ID) and (not again or error.code in NOT_REACHED):
                raise
            log.info("wecom card %s was delivered before", token)
            return Sent()
        return Sent(str(answer.get("response_code") or ""))

    async def _part(self, userid: str, part: Part, again: int) -> None:
        """The platform's own check for duplicates looks at the words alone (wecom.md §4.1), and swallows good ones."""
        if isinstance(part, Words):
            await self._post(userid, part.msgtype, {"content": told_apart(part.body, again)})
        else:
            await self._file(userid, part)

    async def _file(self, userid: str, file: Upload) -> None:
        try:
            await self._post(userid, file.kind, {"media_id": await self._media.media_id(file)})
        except Rejected as error:
            if error.code != MEDIA_GONE:
                raise
            await self._post(userid, file.kind, {"media_id": await self._media.media_id(file, anew=True)})

    async def _post(self, userid: str, msgtype: str, body: dict[str, Any]) -> Answer:
        userid = userid.lower()
        if not is_account(userid):
            raise Rejected("userid", "这个企业微信账号不是一个人的，没有发送：请管理员改成员表")
        await self._budget.spend(userid)
        message = {"touser": userid, "agentid": self._api.agent_id, "msgtype": msgtype, msgtype: body}
        answer = await self._api.post(SEND, message)
        for failed, reason in _NOT_DELIVERED.items():
            if answer.get(failed):
                log.warning("wecom message to %s was not delivered: %s", userid, failed)
                raise Rejected(failed, reason)
        return answer
