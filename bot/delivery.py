"""Carries out outbox rows: what stands in the row is *what* to say; how it looks is decided now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bot import content, digests, exports
from bot.channels.base import Rejected
from cards.case import overdue, turn
from cards.digest import digest
from cards.types import Image, Text
from flow import queue
from flow.errors import FlowError
from flow.passing import take_over
from flow.reading import case_view, task_view
from flow.stats.errors import StatsError
from models import Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.cards import CardDesk
    from bot.channels.base import Channel
    from bot.customer import CustomerPage
    from bot.definitions import Definitions
    from bot.money import Payments
    from bot.reach import Reach
    from cards.types import Content
    from flow.desk import Desk
    from models import Outbox

    Draw = Callable[[list[str], datetime], Awaitable[Image | Text]]

log = structlog.get_logger("delivery")


@dataclass(slots=True)
class Deliverer:
    """One method per kind of row."""

    desk: Desk
    reach: Reach
    cards: CardDesk
    payments: Payments
    draw: Draw
    definitions: Definitions
    customers: CustomerPage
    now: Callable[[], datetime]  #: in the merchant's zone

    async def deliver(self, row: Outbox) -> None:
        """Do what the row asks. Raises Retryable or Rejected."""
        kinds: dict[str, Callable[[Outbox], Awaitable[None]]] = {
            "card": self.cards.show_task,
            "named": self.cards.show_named,
            "refresh": self.cards.refresh,
            "redraw": self.cards.redraw,
            "text": self._text,
            "digest": self._digest,
            "reply": self._reply,
            "chart": self._chart,
            "drawing": self._drawing,
            "workbook": self._workbook,
            "simulate": self._simulate,
            "invitation": self._invitation,
            "papers": self._papers,
            "case_list": self._case_list,
            "case_lines": self._case_lines,
            "proposal": self.cards.show_proposal,
            "group": self._group,
            "pass": self._pass,
            "refund": self.payments.refund,
            "notice": self.payments.notice,
        }
        await kinds[row.kind](row)

    async def given_up(self, row: Outbox, reason: str) -> None:
        """A card or word that reached nobody is told to the managers' group; nothing ends in silence."""
        if row.kind == "refund":
            await self.payments.no_answer(row)
        if row.kind in {"card", "redraw", "named", "text", "refund", "notice", "pass"}:
            who = (await self.desk.staff.now()).by_id.get(row.member_id or 0)
            words = f"送达失败：{who.name if who else row.kind}，{reason}"
            await queue.put([queue.alert(f"lost:{row.key}"[:191], self.now(), words)])

    async def _text(self, row: Outbox) -> None:
        words = None if await digests.said_already(row) else await self._words(row)
        if words:
            await self.reach.person(row.member_id or 0, words, again=bool(row.attempts))

    async def _digest(self, row: Outbox) -> None:
        rows = await digests.waiting(row)
        said = [(held.case_id or 0, words) for held in rows if (words := await self._words(held))]
        if said:
            await self.reach.person(row.member_id or 0, digest(said), again=bool(row.attempts))
        await digests.tick_off(rows)

    async def _words(self, row: Outbox) -> Text | None:
        said: dict[str, Any] = row.payload
        if said["say"] == queue.WORDS:
            return Text(said["text"])
        viewer = (await self.desk.staff.now()).by_id.get(row.member_id or 0)
        case = await case_view(self.desk, row.case_id or 0, events=True, viewer=viewer)
        if said["say"] == "turn":
            return turn(case, case.events[said["seq"] - 1], self.now())
        task = await Task.get(id=said["task_id"])
        if task.state is not TaskState.OPEN:
            return None
        view = await task_view(self.desk, task, case)
        return overdue(case, view, self.now(), to_manager=said["say"] == "overdue_copy")

    async def _reply(self, row: Outbox) -> None:
        await self._answer(row, content.unpack(row.payload["face"]))

    async def _chart(self, row: Outbox) -> None:
        try:
            picture: Content = await self.draw(list(row.payload["words"]), self.now())
        except StatsError as error:
            picture = Text(str(error))
        await self._answer(row, picture)

    async def _drawing(self, row: Outbox) -> None:
        await self._answer(row, await self.definitions.drawing(row.payload))

    async def _workbook(self, row: Outbox) -> None:
        for part in await self.definitions.workbook(row.payload, row.member_id or 0):
            await self._answer(row, part)

    async def _simulate(self, row: Outbox) -> None:
        try:
            parts = await self.definitions.simulation(row.payload)
        except (StatsError, FlowError) as error:
            parts = [Text(str(error))]
        for part in parts:
            await self._answer(row, part)

    async def _pass(self, row: Outbox) -> None:
        """Done as whoever asked for it, for as long as they are of the staff."""
        who = (await self.desk.staff.now()).by_id.get(row.member_id or 0)
        if who is None:
            raise Rejected("pass", "经手人已不在职，没有转单")
        await self.desk.fresh()
        await self.reach.person(who.id, Text(await take_over(self.desk, row, who, self.now())))

    async def _invitation(self, row: Outbox) -> None:
        for part in await self.customers.invitation(row.case_id or 0):
            await self._answer(row, part)

    async def _papers(self, row: Outbox) -> None:
        for part in await exports.papers(self.desk, row.case_id or 0, row.member_id or 0, self.now()):
            await self._answer(row, part)

    async def _case_list(self, row: Outbox) -> None:
        for part in await exports.case_list(self.desk, row.payload["words"], row.member_id or 0, self.now()):
            await self._answer(row, part)

    async def _case_lines(self, row: Outbox) -> None:
        for part in await exports.case_lines(self.desk, row.payload["words"], row.member_id or 0, self.now()):
            await self._answer(row, part)

    async def _answer(self, row: Outbox, what: Content) -> None:
        """Answer where the question came from: the group, the member, or somebody who is no member."""
        channel = self._channel(row.payload["platform"])
        if chat := row.payload.get("chat"):
            await channel.send_group(chat, what, reply=await self.reach.handle(channel.platform, f"chat:{chat}"))
        elif row.member_id:
            await self.reach.person(row.member_id, what, platform=channel.platform)
        else:
            await channel.send(row.payload["userid"], what)

    def _channel(self, platform: str) -> Channel:
        channel = self.reach.channels.get(platform)
        if channel is None:
            raise Rejected("off", "这个平台没有启用")
        return channel

    async def _group(self, row: Outbox) -> None:
        name = row.payload["group"]
        channel = self.reach.group_channel(name)
        if channel is None:
            log.warning("no such alert group is configured", group=name, key=row.key)
            return
        await channel.send_group(name, Text(row.payload["text"]))
