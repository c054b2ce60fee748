"""A refusal that closed a case is taken back with its units, on each engine; whoever was first has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from flow.cases.advance import advance
from flow.cases.assessment import Draft
from flow.cases.command import Command
from flow.cases.opening import open_case
from flow.desk import Desk
from flow.engine.verbs import TAKE_BACK
from flow.errors import FlowError
from flow.people.directory import MEMBERS
from flow.publishing.release import publish_shipped
from flow.records.sequences import take
from models import Case, CaseState, Event, Member, MemberRole, OrderLine, Parcel, Task
from models.database.connection import database
from models.pipeline import session
from tests.support.stage import START, sell

if TYPE_CHECKING:
    from models.views.case import Person

ZONE = ZoneInfo("Asia/Shanghai")
STAFF = {
    "小林": "客服", "王组": "客服组长", "李主": "客服主管", "周仓": "仓管员", "许检": "质检员", "钱财": "财务",
    "赵总": "运营总监",
}  # fmt: skip


async def desk_with_staff() -> tuple[Desk, dict[str, Person]]:
    await publish_shipped("standard", START)
    for name, role in STAFF.items():
        member = await Member.create(name=name, wecom=name)
        await MemberRole.create(member=member, role=role)
    await take(MEMBERS)
    await sell("7", {"W1": ("滤网", 3, "100.00")})
    desk = Desk(ZONE)
    await desk.fresh()
    people = await desk.staff.now()
    return desk, {name: person for name in STAFF if (person := people.named(name))}


async def does(desk: Desk, case: Case, action: str, who: Person, **said: str) -> str:
    """One step in a transaction of its own; why not, where it is refused."""
    try:
        async with session.transaction():
            await advance(desk, Command(case.id, action, who, START, said))
    except FlowError as refused:
        return str(refused)
    return ""


async def opens(desk: Desk, who: Person, units: int) -> str:
    try:
        async with session.transaction():
            await open_case(desk, Draft("退货", "7", (("W1", units),), "质量问题"), who, START)
    except FlowError as refused:
        return str(refused)
    return ""


async def test_it_stands_where_it_stood_and_has_its_units(database_url: str) -> None:
    async with database(database_url):
        desk, staff = await desk_with_staff()
        await opens(desk, staff["小林"], 2)
        case = await Case.get()
        assert not await does(desk, case, "驳回", staff["王组"], 理由="照片不清")
        assert (await OrderLine.get()).claimed == 0
        assert not await does(desk, case, TAKE_BACK, staff["王组"], 理由="点错了")
        case = await Case.get()
        assert (case.state, case.nodes) == (CaseState.OPEN, ["客服审核"])
        assert case.close_reason is None
        assert case.closed_at is None
        assert (await OrderLine.get()).claimed == 2
        assert [task.node for task in await Task.filter(state="open")] == ["客服审核"]
        assert (await Event.filter(action=TAKE_BACK).get()).data["理由"] == "点错了"
        assert "不能撤回" in await does(desk, case, TAKE_BACK, staff["王组"]), "once"


@pytest.mark.parametrize("units", [2, 3])
async def test_of_two_that_want_the_units_one_gets_them(database_url: str, units: int) -> None:
    async with database(database_url):
        desk, staff = await desk_with_staff()
        await opens(desk, staff["小林"], 2)
        case = await Case.get()
        await does(desk, case, "驳回", staff["王组"])
        said = await asyncio.gather(
            does(desk, case, TAKE_BACK, staff["王组"]), opens(desk, staff["小林"], units), return_exceptions=False
        )
        assert sorted(map(bool, said)) == [False, True]
        assert (await OrderLine.get()).claimed == (2 if not said[0] else units)


async def at_the_dock(desk: Desk, staff: dict[str, Person]) -> Case:
    """Reviewed, approved, and a parcel on its way."""
    await opens(desk, staff["小林"], 2)
    case = await Case.get()
    for name in ("王组", "李主"):
        assert not await does(desk, case, "同意", staff[name])
    await Parcel.create(case_id=case.id, waybill="SF1234567890", announced_at=START)
    return case


async def test_a_mistaken_refusal_at_the_dock_is_taken_back_with_its_parcel(database_url: str) -> None:
    async with database(database_url):
        desk, staff = await desk_with_staff()
        case = await at_the_dock(desk, staff)
        assert not await does(desk, case, "拒收", staff["周仓"], 理由="外箱压坏")
        assert (await Parcel.get()).refused
        assert not await does(desk, case, TAKE_BACK, staff["周仓"], 理由="看错单了")
        case = await Case.get()
        assert (case.nodes, (await Parcel.get()).refused) == (["仓库收货"], False)
        assert [task.node for task in await Task.filter(state="open")] == ["仓库收货"]
        assert (await OrderLine.get()).claimed == 2
        assert not await does(desk, case, "确认收货", staff["周仓"]), "the goods are received as if nothing had been"


async def test_once_somebody_has_decided_on_it_a_refusal_stands(database_url: str) -> None:
    async with database(database_url):
        desk, staff = await desk_with_staff()
        case = await at_the_dock(desk, staff)
        await does(desk, case, "拒收", staff["周仓"])
        await does(desk, case, "驳回", staff["王组"])
        assert "不能撤回" in await does(desk, case, TAKE_BACK, staff["周仓"])
        assert (await Case.get()).nodes == ["仓库收货"]


async def test_a_deduction_that_was_let_go_by_mistake_stands_again(database_url: str) -> None:
    async with database(database_url):
        desk, staff = await desk_with_staff()
        case = await at_the_dock(desk, staff)
        await does(desk, case, "配件缺失", staff["周仓"], 缺件="盖子", 扣款="35")
        await does(desk, case, "驳回", staff["小林"])
        assert not await does(desk, case, TAKE_BACK, staff["小林"])
        case = await Case.get()
        assert (case.nodes, case.facts["扣款"]) == (["缺件协商"], "35.00")


async def test_what_was_counted_is_no_refusal_and_stands(database_url: str) -> None:
    async with database(database_url):
        desk, staff = await desk_with_staff()
        case = await at_the_dock(desk, staff)
        await does(desk, case, "确认收货", staff["周仓"])
        assert "上一步办了就收不回来，不能撤回；要改请用退回" in await does(desk, case, TAKE_BACK, staff["周仓"])
