"""自主额度: small refunds that an agent decides alone, up to the day's sum, whoever races for the last of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from flow.cases.assessment import Draft
from flow.cases.opening import open_case
from flow.desk import Desk
from flow.publishing.release import publish_shipped
from flow.records import allowance
from flow.records.sequences import take
from models import Case, CloseReason, Counter, Event, Member, MemberRole
from models.database.connection import database
from models.pipeline import session
from tests.support.published import publish_policy
from tests.support.stage import START, sell
from tests.support.stories import play, says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

LIN = "林晓"
OWN = "自主额度:\n  - {角色: 客服, 每单: 20, 每天: 100}\n"
TEN = {"W1": ("滤网", 40, "10.00")}
ORDERS = 16  #: of as many customers: what one of them sends back is weighed together
LINE = "退货 7 W1×1 质量问题"
ZONE = ZoneInfo("Asia/Shanghai")


async def rule_of(no: str) -> str:
    """What the amount approval was decided by, "" where it waits for somebody."""
    event = await Event.filter(case__no=no, node="金额审批").first()
    return str(event.data.get("rule", "")) if event else ""


@pytest.fixture
async def shop(desk: Stage) -> Stage:
    """An agent with ¥100 a day of their own, and an order of forty small things."""
    await publish_policy(OWN)
    await sell("7", TEN)
    await _sell_more()
    return desk


async def test_a_small_refund_is_the_agent_s_own_to_decide(shop: Stage) -> None:
    assert "审批 自动（自主额度（客服））" in await says(shop, LIN, LINE)
    no = await submitted(shop, LINE)
    assert await rule_of(no) == "自主额度（客服）"
    assert (await Case.get(no=no)).nodes == ["仓库收货"]


async def test_the_eleventh_of_the_day_goes_to_the_table(shop: Stage) -> None:
    numbers = [await submitted(shop, _line(n)) for n in range(10)]
    assert [await rule_of(no) for no in numbers] == ["自主额度（客服）"] * 10
    assert "审批 客服主管（主管审批）" in await says(shop, LIN, _line(10))
    last = await submitted(shop, _line(10))
    assert (await Case.get(no=last)).nodes == ["客服审核"]
    other = await submitted(shop, _line(11), "何佳")
    assert await rule_of(other) == "自主额度（客服）"  # each agent has a day of their own


async def test_the_next_day_begins_anew_at_midnight_here(shop: Stage) -> None:
    for n in range(10):
        await submitted(shop, _line(n))
    shop.clock.advance(timedelta(hours=15))  # midnight in Shanghai
    assert await rule_of(await submitted(shop, _line(10))) == "自主额度（客服）"


@pytest.mark.parametrize(
    ("line", "by"),
    [
        pytest.param("退货 7 W1×3 质量问题", LIN, id="above the limit of a case"),
        pytest.param(LINE, "王建国", id="another role"),
    ],
)
async def test_what_is_not_one_s_own_goes_to_the_table(shop: Stage, line: str, by: str) -> None:
    case = await Case.get(no=await submitted(shop, line, by))
    assert case.nodes == ["客服审核"]
    assert not await Counter.filter(name__startswith="own:").exists()


async def test_a_look_at_the_card_takes_nothing(shop: Stage) -> None:
    for _ in range(12):
        await says(shop, LIN, LINE)
    assert "自主额度（客服）" in await says(shop, LIN, LINE)


async def test_the_rest_of_the_way_is_as_ever(shop: Stage) -> None:
    no = await submitted(shop, LINE)
    await play(shop, "周仓 确认收货", "许静 合格入库", "钱芳 确认退款")
    assert await rule_of(no) == "自主额度（客服）"
    assert (await Case.get(no=no)).state == "已完成"


# -- the sum itself ----------------------------------------------------------------------------------------------------


async def test_two_at_once_do_not_both_get_the_last_of_the_day(database_url: str) -> None:
    async with database(database_url):
        desk, agent = await _desk()
        for n in range(9):
            await _open(desk, agent.id, n)
        both = await asyncio.gather(*(_open(desk, agent.id, n) for n in (9, 10)))
        assert sorted(both) == ["", "客服"]
        assert (await Counter.get(name=_counter(agent.id))).value == 10_000


async def test_many_at_once_take_what_there_is_and_no_more(database_url: str) -> None:
    async with database(database_url):
        desk, agent = await _desk()
        found = await asyncio.gather(*(_open(desk, agent.id, n) for n in range(14)))
        assert sorted(found) == [""] * 4 + ["客服"] * 10


async def test_a_case_that_is_not_opened_after_all_takes_nothing(database_url: str) -> None:
    async with database(database_url):
        desk, agent = await _desk()
        with pytest.raises(RuntimeError):
            await _open(desk, agent.id, fails=True)
        assert not await Counter.filter(name=_counter(agent.id)).exists()


GIVEN = [
    (timedelta(hours=1), {}, 0),  # withdrawn the same day: the sum is free again
    (timedelta(days=1), {}, 1000),  # that day is over
    (timedelta(hours=1), {"已退款": True}, 1000),  # the money is gone
]


@pytest.mark.parametrize(("later", "known", "left"), GIVEN)
async def test_what_ended_unpaid_the_same_day_is_given_back(
    database_url: str, later: timedelta, known: dict[str, bool], left: int
) -> None:
    async with database(database_url):
        desk, agent = await _desk()
        await _open(desk, agent.id)
        case = await Case.get()
        case.facts, case.close_reason = {**case.facts, **known}, CloseReason.WITHDRAWN
        for _ in range(2):
            await allowance.give_back(case, START + later, ZONE)  # twice is once
            case.facts = {**case.facts, "已退款": True}
        assert (await Counter.get(name=_counter(agent.id))).value == left


async def test_a_sum_never_falls_below_nothing(database_url: str) -> None:
    async with database(database_url):
        desk, agent = await _desk()
        await _open(desk, agent.id)
        await Counter.filter(name=_counter(agent.id)).update(value=500)
        await allowance.give_back(await Case.get(), START, ZONE)
        assert (await Counter.get(name=_counter(agent.id))).value == 500


def _counter(member_id: int) -> str:
    return allowance.counter(member_id, START.astimezone(ZONE).date())


async def _desk() -> tuple[Desk, Member]:
    """A desk without chats: the shipped rules with an own limit, an agent, and somebody for every node."""
    await publish_shipped("standard", START)
    await publish_policy(OWN)
    agent = await Member.create(name=LIN)
    other = await Member.create(name="其他人")
    await MemberRole.create(member=agent, role="客服")
    await MemberRole.bulk_create(
        MemberRole(member=other, role=role) for role in ("客服组长", "客服主管", "仓管员", "质检员", "财务", "运营总监")
    )
    await take("members")
    await _sell_more()
    desk = Desk(ZONE)
    await desk.fresh()
    return desk, agent


async def _sell_more() -> None:
    for n in range(ORDERS):
        await sell(f"70{n:02}", TEN, customer=f"C7{n:02}")


def _line(n: int) -> str:
    return f"退货 70{n:02} W1×1 质量问题"


async def _open(desk: Desk, agent: int, n: int = 0, *, fails: bool = False) -> str:
    """Open a return of ¥10.00 by customer ``n``; the role whose own limit paid, "" for none."""
    person = (await desk.staff.now()).by_id[agent]
    async with session.transaction():
        case, _ = await open_case(desk, Draft("退货", f"70{n:02}", (("W1", 1),), "质量问题"), person, START)
        if fails:
            raise RuntimeError("the worker was killed")
    return str(case.facts.get("自主额度", ""))
