"""A workbook sent back through its page means what it means in the chat: the answer goes there too."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from bot.outbox import replies
from cards.types import Text
from flow.errors import NotAllowed
from handlers.chat.context import Ctx
from handlers.commands import publishing, upload

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.outbox.reach import Reach
    from flow.desk import Desk


@dataclass(frozen=True, slots=True)
class Uploads:
    """Takes files from the page behind a link."""

    desk: Desk
    reach: Reach
    now: Callable[[], datetime]  #: in the merchant's zone
    wake: Callable[[], None]

    async def receive(self, member_id: int, data: bytes) -> str:
        """Propose what the file says, for the member who asked for the link; what to show on the page.

        Raises NotAllowed for somebody who may not, or is no longer reached anywhere; PolicyRefused or DefinitionError
        for a file that says what cannot be.
        """
        await self.desk.fresh()
        person = (await self.desk.staff.now()).by_id.get(member_id)
        names = await self.reach.platforms(person) if person else []
        if person is None or not names:
            raise NotAllowed("你已经不在员工名单里，或者没有可用的企业微信、钉钉账号")
        ctx = Ctx(person, self.now(), self.desk, names[0])
        await publishing.permitted_to_edit(ctx)
        async with in_transaction():
            reply = await upload.file(ctx, "", data)
            await replies.queue_says(reply, ctx, f"upload:{secrets.token_hex(8)}")
        self.wake()
        words = "\n".join(say.body for say in reply.says if isinstance(say, Text))
        return f"{words}\n（已发到你的聊天里，请在那里请求发布）"
