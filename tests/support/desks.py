"""A desk without chats, on either engine: the shipped rules, a small staff, and one return that was submitted."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flow.cases.assessment import Draft
from flow.cases.opening import open_case
from flow.desk import Desk
from flow.people.directory import MEMBERS
from flow.publishing.release import publish_shipped
from flow.records.sequences import take
from models import Member, MemberRole
from models.database.connection import database
from models.pipeline import session
from tests.support.stage import START, sell
from tests.support.stories import LAMP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from models.views.case import Person

STAFF = {
    "林晓": "客服",
    "王建国": "客服组长",
    "李敏": "客服主管",
    "周仓": "仓管员",
    "许静": "质检员",
    "钱芳": "财务",
    "陈立": "运营总监",
}


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[tuple[Desk, dict[str, Person]]]:
    """The desk and its staff by name, with two lamps of order 536365 on their way back."""
    async with database(url):
        await publish_shipped("standard", START)
        for name, role in STAFF.items():
            await MemberRole.create(member=await Member.create(name=name, wecom=name), role=role)
        await take(MEMBERS)
        await sell("536365", LAMP)
        desk = Desk(ZoneInfo("Asia/Shanghai"))
        await desk.fresh()
        people = {person.name: person for person in (await desk.staff.now()).by_id.values()}
        async with session.transaction():
            await open_case(
                desk, Draft("退货", "536365", (("85123A", 2),), "质量问题", "外壳破裂"), people["林晓"], START
            )
        yield desk, people
