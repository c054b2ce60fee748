"""Carries out outbox rows: what stands in the row is *what* to say; how it looks is decided now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from bot.channels.base import Rejected, Retryable
from bot.outbox import digests, exports, failures
from bot.outbox.batches import Batches
from bot.outbox.greetings import greet
from bot.runtime.oserrors import in_words
from bot.store.photos import drop_unnamed
from cards import content
from cards.case import turn
from cards.digest import AT_ONCE, WAITED, Late, digest
from cards.types import Image, Text
from flow.cases.follow_up import take_over
from flow.cases.photos import FILES, PLACES
from flow.errors import FlowError
from flow.records import outbox
from flow.records.anchors import EVERYWHERE
from flow.records.gathering import LATE
from flow.stats.errors import StatsError
from flow.views.case import case_view, task_view
from models import CaseState, Outbox, Task, TaskState, WorkState
from models.views.masks import without_numbers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.channels.base import Channel
    from bot.outbox.cards import CardDesk
    from bot.outbox.definitions import Definitions
    from bot.outbox.payments import Payments
    from bot.outbox.reach import Reach
    from bot.store.photos import PhotoStore
    from cards.types import Content
    from flow.desk import Desk

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
    invitation: Callable[[int], Awaitable[list[Text]]]  #: the words that pass a case on to its customer, by its id
    now: Callable[[], datetime]  #: in the merchant's zone
    photos: PhotoStore
    batches: Batches = field(default_factory=Batches)

    async def deliver(self, row: Outbox) -> None:
        """Do what the row asks. Raises Retryable or Rejected."""
        kinds: dict[str, Callable[[Outbox], Awaitable[None]]] = {
            "card": self.cards.show_task,
            "named": self.cards.show_named,
            "refresh": self.cards.refresh,
            "redraw": self.cards.redraw,
            "missed": self.cards.missed,
            "text": self._text,
            "digest": self._digest,
            "reply": self._reply,
            "sorry": self._reply,
            "aside": self._aside,
            "greeting": self._greeting,
            "chart": self._chart,
            "drawing": self._drawing,
            "workbook": self._workbook,
            "simulate": self._simulate,
            "invitation": self._invitation,
            "papers": self._papers,
            "case_list": self._case_list,
            "case_lines": self._case_lines,
            "my_cases": self._my_cases,
            "proposal": self.cards.show_proposal,
            "group": self._group,
            "pass": self._pass,
            FILES: self._erased,
            "refund": self.payments.refund,
            "notice": self.payments.notice,
        }
        try:
            await kinds[row.kind](row)
        finally:
            self.batches.end(row)

    def begin(self, rows: Sequence[Outbox]) -> None:
        """Rows that were taken at once."""
        self.batches.begin(rows)

    async def given_up(self, row: Outbox, reason: str) -> None:
        """Whoever waits for it is told, and the managers' group where nobody does; nothing ends in silence."""
        if row.kind == "refund":
            await self.payments.no_answer(row, reason)
            return
        await outbox.put(await failures.told(self.desk, row, reason, self.now()))

    def waited_for(self, row: Outbox) -> bool:
        """Whether somebody has asked for it, and looks at their phone."""
        return row.kind in failures.ANSWERS

    async def _text(self, row: Outbox) -> None:
        if not await digests.said_already(row):
            await self._say(row, [row])

    async def _digest(self, row: Outbox) -> None:
        rows = await digests.waiting(row)
        await digests.tick_off(row, rows, await self._say(row, rows))

    async def _say(self, row: Outbox, rows: Sequence[Outbox]) -> int:
        """Say what ``rows`` have to say, in one message; how many late tasks of its reader it tells of."""
        told = [await self._told(held) for held in rows]
        late, said = (
            [each for each in told if isinstance(each, Late)],
            [each for each in told if isinstance(each, tuple)],
        )
        if late or said:
            words = digest(late, said, self.now(), AT_ONCE if row.key.startswith(LATE) else WAITED)
            ticket = self.batches.ticket(row)
            await self.reach.person(row.member_id or 0, words, again=sent_before(row), ticket=ticket)
        return sum(not each.copied for each in late)

    async def _told(self, row: Outbox) -> Late | tuple[int, Text] | None:
        """What a row has to say now; None where it is no longer so: done, put aside, or given more time."""
        what: dict[str, Any] = row.payload
        if what["say"] == outbox.WORDS:
            return row.case_id or 0, Text(what["text"])
        viewer = (await self.desk.staff.now()).by_id.get(row.member_id or 0)
        case = await case_view(self.desk, row.case_id or 0, events=True, viewer=viewer)
        if what["say"] == "turn":
            return case.id, turn(case, case.events[what["seq"] - 1], self.now())
        task = await Task.get(id=what["task_id"])
        if task.state is not TaskState.OPEN or case.state is CaseState.HELD or task.due_at > self.now():
            return None
        copied, by, why = what["say"] == "overdue_copy", str(what.get("by") or ""), str(what.get("why") or "")
        return Late(case, await task_view(self.desk, task, case), copied, by, why)

    async def _reply(self, row: Outbox) -> None:
        await self._answer(row, content.unpack(row.payload["face"]))

    async def _greeting(self, row: Outbox) -> None:
        if who := (await self.desk.staff.now()).by_id.get(row.member_id or 0):
            await self._answer(row, await greet(self.desk, who, self.now()))

    async def _aside(self, row: Outbox) -> None:
        """A group hears that somebody was answered alone; where that failed, the failure has been told."""
        states = {str(one) for one in await Outbox.filter(key__in=row.payload["after"]).values_list("state", flat=True)}
        if WorkState.FAILED not in states:
            await self._answer(row, content.unpack(row.payload["late" if WorkState.NEW in states else "face"]))

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
        words = Text(await take_over(self.desk, row, who, self.now()))
        await self.reach.person(who.id, words, again=sent_before(row))

    async def _invitation(self, row: Outbox) -> None:
        for part in await self.invitation(row.case_id or 0):
            await self._answer(row, part)

    async def _papers(self, row: Outbox) -> None:
        ask = exports.Ask(
            row.case_id or 0, row.member_id or 0, row.payload.get("paper", ""), row.payload.get("digest", "")
        )
        for part in await exports.papers(self.desk, ask, self.now()):
            await self._answer(row, part)

    async def _case_list(self, row: Outbox) -> None:
        for part in await exports.case_list(self.desk, row.payload["words"], row.member_id or 0, self.now()):
            await self._answer(row, part)

    async def _case_lines(self, row: Outbox) -> None:
        for part in await exports.case_lines(self.desk, row.payload["words"], row.member_id or 0, self.now()):
            await self._answer(row, part)

    async def _my_cases(self, row: Outbox) -> None:
        for part in await exports.my_cases(self.desk, row.payload["words"], row.member_id or 0, self.now()):
            await self._answer(row, part)

    async def _answer(self, row: Outbox, what: Content) -> None:
        """As asked, or in words what became of a picture or file that the platform would not take."""
        try:
            await self._send(row, what)
        except Rejected as error:
            words = failures.instead(what, error.reason)
            if words is None:
                raise
            log.warning("told in words instead", key=row.key, reason=error.reason)
            await self._send(row, words)

    async def _send(self, row: Outbox, what: Content) -> None:
        """Answer where the question came from: the group, the member, or somebody who is no member."""
        channel = self._channel(row.payload["platform"])
        if chat := row.payload.get("chat"):
            handle = await self.reach.handle(channel.platform, f"chat:{chat}")
            await channel.send_group(chat, what, reply=handle, again=sent_before(row))
        elif row.member_id:
            await self.reach.person(row.member_id, what, platform=channel.platform, again=sent_before(row))
        else:
            await channel.send(row.payload["userid"], what, again=sent_before(row))

    def _channel(self, platform: str) -> Channel:
        channel = self.reach.channels.get(platform)
        if channel is None:
            raise Rejected("off", "这个平台没有启用")
        return channel

    async def _erased(self, row: Outbox) -> None:
        """Take away the files of photos whose rows are gone, but for a picture that another case has too."""
        try:
            await drop_unnamed(self.photos, row.payload[PLACES])
        except OSError as error:
            raise Retryable(f"清除照片文件没有做成：{in_words(error)}，请看看 PHOTO_STORE") from error

    async def _group(self, row: Outbox) -> None:
        name, platform = row.payload["group"], row.payload.get(EVERYWHERE, "")
        channel = self.reach.group_channel(name, platform)
        if channel is None and platform:
            return  # a word for both platforms, and the group is on the other
        if channel is None:
            log.warning("no such alert group is configured", group=name, key=row.key)
            return
        await channel.send_group(name, Text(without_numbers(row.payload["text"])), again=sent_before(row))


def sent_before(row: Outbox) -> int:
    """How many attempts at a row may have come through: whoever made one has died, or got no answer."""
    return row.attempts if row.in_doubt else 0
