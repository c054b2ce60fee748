"""名单: put on with a reason, shown masked, honoured until it runs out, taken off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from flow.cases.customer_lists import listed, plain
from models import Case, CustomerEntry, Order
from tests.support.published import prefer
from tests.support.stage import sell
from tests.support.stories import says, submitted

if TYPE_CHECKING:
    from tests.support.stage import Stage

pytestmark = pytest.mark.homes("both", "dingtalk")

HEAD, LIN = "李敏", "林晓"
FAULT = "退货 536365 85123A×2 质量问题"
BLOCKED = "客户在禁止名单里；客服主管、风控专员 可以例外"

NUMBERS = [
    ("13800138000", "13800138000"),
    ("+86 138-0013-8000", "13800138000"),
    ("8613800138000", "13800138000"),
    ("8617", "8617"),  # a customer's number that begins like a country's
    ("C-1", "C-1"),  # not ours to take apart
    (" C1 ", "C1"),
    ("", ""),
]


@pytest.mark.parametrize(("typed", "kept"), NUMBERS)
def test_a_number_is_the_same_however_it_is_written(typed: str, kept: str) -> None:
    assert plain(typed) == kept


@pytest.mark.parametrize("number", ["13800138000", "+86 138-0013-8000", "C1"])
async def test_a_blocked_customer_is_refused_by_mobile_and_by_number(desk: Stage, number: str) -> None:
    assert "已放进名单：禁止" in await says(desk, HEAD, f"名单 禁止 {number.replace(' ', '')} 三次调包")
    assert BLOCKED in await says(desk, LIN, FAULT)


async def test_the_number_of_an_order_is_its_customer(desk: Stage) -> None:
    assert "已放进名单：禁止 尾号 8000" in await says(desk, HEAD, "名单 禁止 536365 三次调包")
    assert BLOCKED in await says(desk, LIN, FAULT)
    assert await says(desk, HEAD, "名单 移除 536365") == "已从名单移除：尾号 8000"
    await sell("536365", {"W1": ("猫抓板", 1, "9.90")}, shop="直营店", customer="C2", mobile="13900139000")
    told = await says(desk, HEAD, "名单 禁止 536365 三次调包")
    assert "有几家店都有订单 536365，客户不是同一个，名单没有动；请写手机号或客户号" in told
    assert "名单是空的" in await says(desk, HEAD, "名单")


async def test_who_why_and_until_when_are_shown_and_the_number_is_not(desk: Stage) -> None:
    await says(desk, HEAD, "名单 禁止 13800138000 三次 调包 到 2027-03-01")
    await says(desk, HEAD, "名单 允许 C9 老客户")
    assert await says(desk, HEAD, "名单") == "\n".join(
        [
            "名单上现在有 2 个：",
            "1. 允许 C9：老客户（李敏 11-23 09:00，一直有效）",
            "2. 禁止 尾号 8000：三次 调包（李敏 11-23 09:00，到 2027-03-01 23:59）",
        ]
    )


async def test_an_entry_runs_out_by_itself(desk: Stage) -> None:
    await says(desk, HEAD, "名单 禁止 C1 先看一周 到 11-30")
    assert BLOCKED in await says(desk, LIN, FAULT)
    desk.clock.advance(timedelta(days=8))
    assert "预计退款" in await says(desk, LIN, FAULT)
    assert (
        await says(desk, HEAD, "名单")
        == "名单是空的。要放人进去：名单 禁止 <手机、客户号或单号> <理由> [到 2027-03-01]"
    )


async def test_who_is_not_to_be_banned_yet_is_not(desk: Stage) -> None:
    assert "像是还没有定，名单没有动" in await says(desk, HEAD, "名单 禁止 C1 骗退三次 但是先别禁")
    assert "名单是空的" in await says(desk, HEAD, "名单")


async def test_an_entry_is_taken_off_and_stays_on_record(desk: Stage) -> None:
    await says(desk, HEAD, "名单 禁止 13800138000 调包")
    assert await says(desk, "郑瑞", "名单 移除 138-0013-8000") == "已从名单移除：尾号 8000"
    assert "预计退款" in await says(desk, LIN, FAULT)
    entry = await CustomerEntry.get()
    assert (entry.why, entry.removed_at is None, entry.removed_by_id is None) == ("调包", False, False)
    assert "名单里没有" in await says(desk, HEAD, "名单 移除 13800138000")


async def test_the_last_word_on_a_customer_counts(desk: Stage) -> None:
    await says(desk, HEAD, "名单 禁止 C1 调包")
    await says(desk, HEAD, "名单 允许 C1 查清楚了")
    assert "预计退款" in await says(desk, LIN, FAULT)
    assert (await says(desk, HEAD, "名单")).count("C1") == 1


async def test_a_customer_on_both_lists_is_refused(desk: Stage) -> None:
    await says(desk, HEAD, "名单 允许 C1 老客户")
    await says(desk, HEAD, "名单 禁止 13800138000 调包")
    assert BLOCKED in await says(desk, LIN, FAULT)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param("名单 禁止 13800138000", "理由一定要写", id="no reason"),
        pytest.param("名单 禁止 张三 调包", "“张三”不是手机号、客户号或单号", id="a name is no number"),
        pytest.param("名单 禁止 C1 到 2027-03-01", "理由要写", id="only a day"),
        pytest.param("名单 禁止 C1 调包 到 2026-11-01", "看不懂或已经过了", id="a day that is over"),
        pytest.param("名单 禁止 C1 调包 到 2027-13-01", "没有 2027-13-01 这一天", id="no day at all"),
        pytest.param("名单 禁止 C1 调包 到 改天", "看不懂或已经过了", id="no moment"),
        pytest.param("名单 拉黑 C1 调包", "请写成：名单 禁止", id="another word"),
    ],
)
async def test_what_cannot_be_read_is_told_and_nothing_is_kept(desk: Stage, typed: str, told: str) -> None:
    assert told in await says(desk, HEAD, typed)
    assert not await CustomerEntry.exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param("名单 禁止 C1 调包 到月底", "到 2026-11-30 23:59", id="the end of the month"),
        pytest.param("名单 禁止 C1 调包 到 明年3月1日", "到 2027-03-01 23:59", id="next year"),
        pytest.param("名单 禁止 C1 到货拒收", "到货拒收", id="a reason that begins alike"),
    ],
)
async def test_until_when_is_read_as_it_is_typed(desk: Stage, typed: str, told: str) -> None:
    assert told in await says(desk, HEAD, typed)
    assert bool((await CustomerEntry.get()).until) is ("拒收" not in typed)


async def test_the_list_is_not_an_agent_s(desk: Stage) -> None:
    assert "你的角色不能用“名单”" in await says(desk, LIN, "名单 禁止 C1 调包")


async def test_a_blocked_customer_is_flagged_so_nothing_is_paid_unseen(desk: Stage) -> None:
    await prefer("express")
    await says(desk, HEAD, "名单 禁止 C1 调包")
    case = await Case.get(no=await submitted(desk, f"{FAULT} 例外 这次核实过", HEAD))
    assert (case.facts["名单"], case.facts["风险客户"], case.facts["风险规则"]) == ("禁止", True, "在禁止名单里")
    assert case.nodes == ["客服审核"]  # ¥5.10 that would else have passed by itself


async def test_an_unknown_customer_is_on_no_list(ready: str) -> None:
    assert await listed(Order(no="1"), datetime(2026, 11, 22, tzinfo=UTC)) == ""
