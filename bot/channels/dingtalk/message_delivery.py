"""What the bot says, brought as messages: free of charge into a session when it can be, else through the API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.channels.base import told_apart
from bot.channels.dingtalk import cards, messages
from bot.channels.dingtalk.errors import StaleMedia
from bot.channels.dingtalk.media import file_type
from bot.channels.dingtalk.robot import BATCH
from cards.types import Card, File, Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.channels.base import ChannelError
    from bot.channels.dingtalk.media import MediaStore
    from bot.channels.dingtalk.messages import Bubble
    from bot.channels.dingtalk.robot import Robot
    from bot.runtime.clock import Clock
    from cards.types import Content
    from handlers.chat.events import ReplyTo

MARGIN = timedelta(seconds=60)  #: a session this close to its end may be over when the message arrives


class MessageDelivery:
    """Messages are at least once: a long text whose second part fails comes again whole."""

    at_once = BATCH

    def __init__(self, robot: Robot, media_store: MediaStore, clock: Clock) -> None:
        self._robot, self._media_store, self._clock = robot, media_store, clock

    async def send(self, userids: Sequence[str], content: Content, again: int = 0) -> dict[str, ChannelError]:
        """To ``at_once`` people or fewer; who did not get all of it, and why."""
        failed: dict[str, ChannelError] = {}
        for bubble in await self._bubbles(content, again):
            failed |= await self._robot.send([u for u in userids if u not in failed], bubble, again)
        if any(isinstance(error, StaleMedia) for error in failed.values()):
            await self._forget(content)
        return failed

    async def send_group(self, conversation: str, content: Content, again: int = 0) -> None:
        """Raises Retryable or Rejected."""
        for bubble in await self._bubbles(content, again):
            try:
                await self._robot.send_group(conversation, bubble, again)
            except StaleMedia:
                await self._forget(content)
                raise

    async def answer(self, reply: ReplyTo | None, content: Content, again: int = 0) -> bool:
        """Say it into the session of ``reply``; False when that is over, or can't carry it.

        Raises Unsure when nobody answered.
        """
        if reply is None or isinstance(content, File) or self._clock.now() >= reply.until - MARGIN:
            return False
        first, *rest = await self._bubbles(content, again)
        if not await self._robot.answer(reply.url, first):
            return False
        return all([await self._robot.answer(reply.url, bubble) for bubble in rest])

    async def _bubbles(self, content: Content, again: int) -> list[Bubble]:
        if isinstance(content, Card):
            return [messages.markdown(content.title, told_apart(cards.message(content), again))]
        if isinstance(content, Image):
            media_id = await self._media_store.upload("image", content.name, content.png)
            return [messages.image(media_id, content.name, told_apart(content.caption, again))]
        if isinstance(content, File):
            kind = file_type(content.name)
            media_id = await self._media_store.upload("file", content.name, content.data)
            return [messages.attachment(media_id, content.name, kind)]
        return messages.texts(content.body, again, content.links)

    async def _forget(self, content: Content) -> None:
        if isinstance(content, Image):
            await self._media_store.forget("image", content.name, content.png)
        elif isinstance(content, File):
            await self._media_store.forget("file", content.name, content.data)
