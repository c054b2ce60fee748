"""The robot's own messages: to people in twenties, to groups, and free of charge into a session (dingtalk.md §4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.channels.base import ChannelError, Rejected, Retryable
from bot.channels.dingtalk.api import Call
from bot.channels.dingtalk.errors import Unsure, code_of, refusal
from bot.channels.dingtalk.namespace import digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.dingtalk.api import Api
    from bot.channels.dingtalk.app import App
    from bot.channels.dingtalk.messages import Bubble
    from bot.channels.dingtalk.namespace import Namespace

TO_PEOPLE, TO_GROUP, TO_SESSION = (
    "/v1.0/robot/oToMessages/batchSend",
    "/v1.0/robot/groupMessages/send",
    "sessionWebhook",
)
BATCH = 20  #: people per call; a text says 20, an error 100
UNSURE_FOR = 3600.0  #: seconds in which a second silence about the same message ends its tries


class Robot:
    """Messages have no idempotency key, so delivery is at least once.

    After a call that nobody answered it is tried once more, and says so; after the second silence it is Rejected as
    ``unsure``. ``again`` is how often it may have been sent before.
    """

    def __init__(self, app: App, api: Api, namespace: Namespace) -> None:
        self._app, self._api, self._namespace = app, api, namespace

    async def send(self, userids: Sequence[str], bubble: Bubble, again: int = 0) -> dict[str, ChannelError]:
        """One message to ``BATCH`` people or fewer. Who did not get it, and why: Rejected or Retryable."""
        body = {"robotCode": self._app.settings.robot_code, "userIds": list(userids), **bubble.sample()}
        try:
            answer = await self._once_more(Call(TO_PEOPLE, body), again)
        except ChannelError as error:
            return dict.fromkeys(userids, error)
        return _not_delivered(answer)

    async def send_group(self, conversation: str, bubble: Bubble, again: int = 0) -> None:
        """Raises Retryable or Rejected."""
        body = {"robotCode": self._app.settings.robot_code, "openConversationId": conversation, **bubble.sample()}
        await self._once_more(Call(TO_GROUP, body), again)

    async def answer(self, url: str, bubble: Bubble) -> bool:
        """Say it into the conversation that ``url`` came from; False when it must go another way.

        Raises Unsure when nobody answered.
        """
        body = bubble.webhook()
        if body is None or not self._is_ours(url):
            return False
        self._app.count(TO_SESSION)
        answer = await self._app.wire.ask("POST", url, json=body)
        code = code_of(answer.body, answer.status)
        if code and isinstance(error := refusal(TO_SESSION, answer.status, code, ""), Unsure):
            raise error
        return not code

    async def _once_more(self, call: Call, again: int) -> dict[str, Any]:
        try:
            return await self._api.call(call)
        except Unsure as error:
            if not again and await self._namespace.add(f"unsure:{digest(call.path, repr(call.body))}", UNSURE_FOR):
                raise
            raise Rejected("unsure", "钉钉两次都没有回答，消息可能已经送达") from error

    def _is_ours(self, url: str) -> bool:
        """The signature does not cover the body that brought ``url``, so it must lead to the platform."""
        given, known = urlsplit(url), urlsplit(self._app.settings.oapi_base)
        return (given.scheme, given.netloc) == (known.scheme, known.netloc)


def _not_delivered(answer: dict[str, Any]) -> dict[str, ChannelError]:
    """HTTP 200 still names people that got nothing."""
    gone = Rejected("invalidStaffIdList", "员工不在通讯录里，或不在应用的可见范围里")
    slowed = Retryable("flowControlledStaffIdList 这个人收到的消息太多，钉钉限流", 60)
    return dict.fromkeys(answer.get("invalidStaffIdList") or [], gone) | dict.fromkeys(
        answer.get("flowControlledStaffIdList") or [], slowed
    )
