"""A desk with somebody of every role, and a case that is theirs, their team's, their shop's, and nobody's they know."""

from __future__ import annotations

import hashlib
import itertools
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.outbox.replies import queue_says
from cards.types import Text
from flow.cases.assessment import Draft
from flow.cases.opening import open_case
from flow.definitions.permissions import Scope
from flow.desk import Desk
from flow.errors import FlowError, NotAllowed, Unseen
from flow.people.directory import MEMBERS
from flow.records.sequences import take
from handlers.chat.context import Ctx, Reply, Upload
from handlers.root import handle
from models import Case, Dialog, Member, MemberRole, Outbox, Parcel, Proposal, ProposalState, Task
from models.database.connection import database
from models.pipeline import session
from tests.support.shipped import ROLES
from tests.support.stage import START, sell

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from handlers.chat.events import Event, Labels, Message
    from models.views.case import Person

OWN, TEAM, SHOP, OTHER, NONE = "own", "team", "shop", "other", "none"
WHOSE = (OWN, TEAM, SHOP, OTHER)  #: of four cases, from the nearest to the farthest
MINE, THEIRS = "天猫", "京东"  #: shops: the one that everybody here serves, and the one that nobody does
#: which of the four a scope takes in; nobody here serves a warehouse
COVERS = {
    Scope.OWN: (OWN,),
    Scope.TEAM: (OWN, TEAM),
    Scope.WAREHOUSE: (OWN, TEAM),
    Scope.SHOP: (OWN, TEAM, SHOP),
    Scope.ALL: WHOSE,
}
FAR, JUDGE = "远处", "远处审"  #: whoever opened what is nobody's here, and whoever decides it
GOODS = {"85123A": ("白色心形烛台", 6, "2.55"), "71053": ("金属灯笼", 6, "3.39")}
SOON = START + timedelta(hours=1)
UNKNOWN_NO, UNKNOWN_ID = "R20261123-9999", 9999
TABLES = (
    "return_case", "case_line", "task", "case_event", "parcel", "refund", "outbox", "dialog", "sent_card", "proposal",
    "definition", "shop_order", "order_line", "customer_list", "staff_leave", "member", "member_role",
)  # fmt: skip


class _Undo(Exception):
    """Nothing of a try is kept."""


@dataclass(frozen=True, slots=True)
class Place:
    """One of the four cases, or none."""

    whose: str
    no: str
    case_id: int
    waybill: str


@dataclass(slots=True)
class Tried:
    """What came of a try: how it ended, what was said, and whether anything stood otherwise afterwards."""

    ended: str  #: done, unseen, role, refused, or else
    words: str
    changed: bool


@dataclass(slots=True)
class World:
    """Everybody by role, and where their cases are."""

    desk: Desk
    people: dict[str, Person]
    places: dict[tuple[str, str], Place]  #: role and whose
    dialog_id: int  #: of a question that waits for somebody who is none of them
    proposal_id: int  #: of a change that waits for somebody who may publish
    before: dict[str, str] = field(default_factory=dict)

    def place(self, role: str, whose: str) -> Place:
        return self.places[role, whose]

    async def tries(self, role: str, event: Event | Labels, **how: Any) -> Tried:
        """Somebody of that role does it; nothing is kept."""
        who = self.people[role]
        upload = Upload("file", "改动.xlsx", b"no workbook") if how.pop("upload", False) else None
        ctx = Ctx(who, START.astimezone(self.desk.zone), self.desk, "wecom", upload=upload, **how)
        found = Tried("else", "", changed=False)
        try:
            async with session.transaction():
                before = await written()
                try:
                    reply = await handle(ctx, event)
                    found = Tried("done", words_of(reply), changed=False)
                except FlowError as error:
                    found = Tried(_ending(error), str(error), changed=False)
                found.changed = await written() != before and await digests() != self.before
                raise _Undo
        except _Undo:
            return found


def _ending(error: FlowError) -> str:
    if isinstance(error, Unseen):
        return "unseen"
    if isinstance(error, NotAllowed) and str(error).startswith("你的角色不能"):
        return "role"
    return "refused" if isinstance(error, NotAllowed) else "else"


def words_of(reply: Reply) -> str:
    """Everything that an answer says or would draw."""
    return f"{reply.face} {reply.says}"


async def written() -> int:
    """How many rows this connection has ever written: where it is the same, not one row is another."""
    return int((await session.rows("SELECT total_changes() AS rows"))[0]["rows"])


async def digests() -> dict[str, str]:
    """A sum over every row of every table that business is kept in."""
    found = {}
    for table in TABLES:
        rows = await session.rows(f"SELECT * FROM {table} ORDER BY 1")
        found[table] = hashlib.sha256(repr([dict(row) for row in rows]).encode()).hexdigest()
    return found


async def _member(name: str, role: str, team: str = "", shop: str = "") -> Member:
    made = await Member.create(name=name, wecom=name, dingtalk=name, team=team, shops=[shop] if shop else [])
    await MemberRole.create(member=made, role=role)
    return made


async def _case(desk: Desk, order: str, by: Person) -> Case:
    async with session.transaction():
        case, _ = await open_case(
            desk, Draft("退货", order, (("85123A", 1),), "质量问题", "外壳破裂"), by, START, passed_on=True
        )
    return case


async def _placed(case: Case, whose: str, owner: int) -> Place:
    """The case at its first node, where that person alone has the task, with a parcel on its way."""
    task, *more = await Task.filter(case_id=case.id).order_by("id")
    await Task.filter(id__in=[each.id for each in more]).delete()
    await Task.filter(id=task.id).update(owner_id=owner)
    waybill = f"SF10000000{case.id:04}"
    await Parcel.create(case_id=case.id, waybill=waybill, announced_at=START)
    return Place(whose, case.no, case.id, waybill)


async def staff() -> None:
    """Somebody of every role and of one team with nobody else but a porter; two who are far from all of them."""
    for role in sorted(ROLES):
        await _member(f"试{role}", role, f"组{role}", MINE)
        await _member(f"伴{role}", "操作员", f"组{role}", THEIRS)
    await _member(FAR, "客服", "", THEIRS)
    await _member(JUDGE, "客服组长", "", THEIRS)
    await take(MEMBERS)


async def placed(desk: Desk, named: Mapping[str, Person]) -> dict[tuple[str, str], Place]:
    """The four cases of every role; that of the shop and that of nobody they know are the same for all."""
    far, judge, numbers = named[FAR], named[JUDGE].id, itertools.count(7001)

    async def one(whose: str, by: Person, owner: int) -> Place:
        order = str(next(numbers))
        await sell(order, GOODS, shop=MINE if whose == SHOP else THEIRS, customer=f"C{order}")
        return await _placed(await _case(desk, order, by), whose, owner)

    common = {whose: await one(whose, far, judge) for whose in (SHOP, OTHER)}
    places: dict[tuple[str, str], Place] = {}
    for role in sorted(ROLES):
        places[role, OWN] = await one(OWN, far, named[f"试{role}"].id)
        places[role, TEAM] = await one(TEAM, named[f"伴{role}"], judge)
        places |= {(role, whose): place for whose, place in common.items()}
    return places


@asynccontextmanager
async def world(url: str) -> AsyncIterator[World]:
    """On a database with the shipped rules in force. Whoever serves a shop or a team here serves the same one."""
    async with database(url):
        await staff()
        desk = Desk(ZoneInfo("Asia/Shanghai"))
        await desk.fresh()
        named = {person.name: person for person in (await desk.staff.now()).by_id.values()}
        places = await placed(desk, named)
        await sell("9001", GOODS, shop=MINE)
        await sell("9002", GOODS, shop=THEIRS)
        dialog = await Dialog.create(
            member_id=named[FAR].id, kind="ask", data={"case_id": 1, "action": "同意"}, version=1, expires_at=SOON
        )
        proposal = await Proposal.create(
            author_id=named[FAR].id,
            about="退货流程",
            words=["质检 时限 4小时"],
            created_at=START,
            state=ProposalState.ASKED,
        )  # fmt: skip
        found = World(desk, {role: named[f"试{role}"] for role in ROLES}, places, dialog.id, proposal.id)
        found.before = await digests()
        yield found


# -- in a group --------------------------------------------------------------------------------------------------------

GROUP = "cidgroup"


@dataclass(slots=True)
class Heard:
    """What a group is shown when somebody has said something there, and what went to them alone."""

    group: list[str]
    alone: list[str]


async def in_a_group(desk: World, role: str, event: Message) -> Heard:
    """Rows for delivery, as words; refusals are answered as they are at the door. Nothing is kept."""
    ctx = Ctx(desk.people[role], START.astimezone(desk.desk.zone), desk.desk, "dingtalk", chat=GROUP)
    found = Heard([], [])
    try:
        async with session.transaction():
            try:
                async with session.transaction():
                    reply = await handle(ctx, event)
            except FlowError as error:
                reply = Reply(says=[Text(str(error))], alone=error.alone)
            await queue_says(reply, ctx, event.event_id)
            for row in await Outbox.filter(key__startswith=f"reply:{event.event_id}:"):
                (found.group if row.payload.get("chat") else found.alone).append(f"{row.kind} {row.payload}")
            raise _Undo
    except _Undo:
        return found
