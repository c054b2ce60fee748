"""A shop with somebody of every role on both platforms, and whatever somebody may send it over the wire.

What comes of it is read off the sandbox's phones and the tables; nothing that the bot says of itself counts.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.outbox.delivery import Deliverer
from flow.people.directory import MEMBERS
from flow.records import outbox
from flow.records.sequences import take
from handlers.chat.events import Message, Scan, Tap
from models import Dialog, Member, Proposal, ProposalState, SentCard, Task, TaskState
from models.pipeline import session
from sandbox.dingtalk.frames import CARD_TOPIC, ROBOT_TOPIC
from sandbox.wecom.crypto import Crypto
from sandbox.world import Person
from tests.support.rights import FAR, GOODS, MINE, SOON, THEIRS, placed, staff
from tests.support.stage import START, sell, stage, text_of
from tests.support.wire import WECOM as APP
from tests.support.wire import dingtalk_message, dingtalk_post, dingtalk_tap, streamed, wecom_tap

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from handlers.chat.events import Event, Labels
    from sandbox.world import Item
    from tests.support.rights import Place
    from tests.support.stage import Stage
    from tests.support.wire import Post

WECOM, STREAM, HTTP = "wecom", "stream", "http"  #: ways to the bot; a stage has the first, and one of the others
LEAVER, STRANGER = "走了的", "没见过的"  #: somebody who was of the staff, and somebody who never was
GROUP = "cidAfterSales01"
A_MOMENT = timedelta(seconds=3)
#: every table that a refused attack must leave alone; what is asked of the attacker alone stands in none of them
TABLES = (
    "return_case", "case_line", "task", "case_event", "parcel", "refund", "stock_move", "inspection", "customer_notice",
    "customer_list", "proposal", "definition", "shop_order", "order_line", "staff_leave", "member", "member_role",
    "case_link", "sent_card",
)  # fmt: skip


@dataclass(slots=True)
class Heard:
    """What came of something sent: the answer of the call itself, and what was shown on any phone since."""

    answer: str = ""
    own: list[str] = field(default_factory=list)
    group: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  #: on the phones of those who have asked nothing

    @property
    def words(self) -> str:
        return "\n".join([self.answer, *self.own, *self.group])


@dataclass(slots=True)
class Siege:
    """The shop, where everybody's cases are, and what waits for somebody else."""

    desk: Stage
    places: Mapping[tuple[str, str], Place]
    dialog_id: int
    proposal_id: int
    mode: str
    cards: Mapping[str, str]  #: member -> token of a live card of theirs

    def place(self, role: str, whose: str) -> Place:
        return self.places[role, whose]

    async def sends(self, way: str, userid: str, event: Event | Labels, token: str = "", chat: str = "") -> Heard:
        """Somebody's message, scan or tap on the card ``token``, as their platform brings it."""
        await self.rest()
        seen = len(self.desk.sandbox.world.items)
        answer = ""
        if isinstance(event, Tap):
            answer = await self._taps(way, userid, event, token)
        elif isinstance(event, Scan):
            await self.desk.sandbox.wecom.phones.scan(userid, "dock", event.code)
            await self.desk.bot.settled()
        elif isinstance(event, Message):
            await self._says(way, userid, event, chat)
        return self.heard(seen, userid, answer, chat)

    def heard(self, seen: int, userid: str, answer: str = "", chat: str = "") -> Heard:
        """What the bot has shown on any phone after the first ``seen`` bubbles."""
        found = Heard(answer)
        for item in list(self.desk.sandbox.world.items.values())[seen:]:
            if item.sender == "bot":
                self._whose(found, item, userid, chat).append(text_of(item))
        return found

    def _whose(self, found: Heard, item: Item, userid: str, chat: str) -> list[str]:
        if item.place.group:
            return found.group if item.place.chat == chat else found.others
        return found.own if item.place.chat == userid else found.others

    async def _taps(self, way: str, userid: str, event: Tap, token: str) -> str:
        body = dingtalk_tap(userid, token, event.payload)
        if way == STREAM:
            return str((await streamed(self.desk, CARD_TOPIC, body)).data)
        if way == HTTP:
            return await self.posted(_signed(self.desk, "/dingtalk/card", body))
        chosen = [
            ("SelectedItem", [("QuestionKey", key), ("OptionIds", [("OptionId", value)])])
            for key, value in event.selected.items()
        ]
        more = {"SelectedItems": chosen} if chosen else {}
        return await self.posted(wecom_tap(self.desk, userid, token, event.payload, **more))

    async def posted(self, post: Post) -> str:
        """The answer to a request, in clear."""
        status, text = await post.to(self.desk)
        inside = text.partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
        return f"{status} {Crypto(APP.token, APP.aes_key, APP.corp_id).decrypt(inside) if inside else text}"

    async def _says(self, way: str, userid: str, event: Message, chat: str) -> None:
        if way == WECOM:
            await self.desk.sandbox.wecom.phones.say(userid, event.text)
            await self.desk.bot.settled()
            return
        body = dingtalk_message(self.desk, userid, event.text)
        if event.quoted:
            replied = {"msgType": "text", "content": {"content": " ".join(event.quoted)}}
            body["text"] |= {"isReplyMsg": True, "repliedMsg": replied}
        if chat:
            body |= {"conversationId": chat, "conversationType": "2", "isInAtList": True}
        if way == STREAM:
            await streamed(self.desk, ROBOT_TOPIC, body)
        else:
            await _signed(self.desk, "/dingtalk/robot", body).to(self.desk)

    async def digest(self, but: str = "") -> str:
        """A sum over every row of every table that an attack must leave alone, ``but`` one."""
        found = hashlib.sha256()
        for table in (table for table in TABLES if table != but):
            for row in await session.rows(f"SELECT * FROM {table} ORDER BY 1"):
                found.update(repr(dict(row)).encode())
        return found.hexdigest()

    async def rest(self) -> None:
        """Let a moment pass, for platforms that take so much in a second, and forget what we have counted ourselves."""
        self.desk.clock.advance(A_MOMENT)
        delivery = self.desk.bot.outbox.delivery
        assert isinstance(delivery, Deliverer)
        await delivery.reach.store.counters.reset()


def _signed(desk: Stage, path: str, body: Mapping[str, Any]) -> Post:
    return dingtalk_post(desk, path, json.dumps(body, ensure_ascii=False).encode())


@asynccontextmanager
async def siege(url: str, mode: str) -> AsyncIterator[Siege]:
    """On a database with the shipped rules in force; everybody has a case, and a live card on each platform."""
    async with stage(url, mode=mode) as desk:  # type: ignore[arg-type]
        desk.honest = False  # owners are set here as no hand-over would
        named = await _hired(desk)
        places = await placed(desk.bot.desk, named)
        await sell("9001", GOODS, shop=MINE)
        await sell("9002", GOODS, shop=THEIRS)
        far = named[FAR].id
        dialog = await Dialog.create(
            member_id=far, kind="ask", data={"case_id": 1, "action": "同意"}, version=1, expires_at=SOON
        )
        proposal = await Proposal.create(
            author_id=far, about="退货流程", words=["质检 时限 4小时"], created_at=START, state=ProposalState.ASKED
        )
        yield Siege(desk, places, dialog.id, proposal.id, mode, await _shown(desk))


async def _hired(desk: Stage) -> dict[str, Any]:
    """The staff of the table of rights on both platforms, and somebody who has left."""
    await staff()
    await Member.create(name=LEAVER, wecom=LEAVER, dingtalk=LEAVER, active=False)
    await take(MEMBERS)
    names = [*await Member.filter(wecom__not_isnull=True).values_list("name", flat=True), STRANGER]
    known = {person.name for person in desk.sandbox.world.people}
    desk.sandbox.world.people += [Person(str(n), (), str(n), str(n)) for n in names if n not in known]
    return {each.name: each for each in (await desk.bot.desk.staff.now()).by_id.values()}


async def _shown(desk: Stage) -> dict[str, str]:
    """A live card of everybody who has something to do."""
    tasks = await Task.filter(state=TaskState.OPEN).prefetch_related("case", "owner")
    newest = {task.owner.name: task for task in tasks}
    await outbox.put([outbox.task_card(task.case.no, task, START) for task in newest.values()])
    desk.bot.outbox.wake()
    await desk.bot.settled()
    sent = await SentCard.filter(live=True).prefetch_related("member")
    return {each.member.name: each.token for each in sent}
